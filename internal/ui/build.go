package ui

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
)

// errScreen says that there is no screen of that name.
var errScreen = errors.New("no such screen")

// builders make the screens by name.
func (m *Model) builders() map[string]func(address) (screen, error) {
	s := m.session
	plain := func(f func(*session, address) screen) func(address) (screen, error) {
		return func(a address) (screen, error) { return f(s, a), nil }
	}
	profile := func(f func(*session, address, cdp.ProfileID) screen) func(address) (screen, error) {
		return func(a address) (screen, error) {
			id, err := cdp.ParseProfileID(a.Object)
			if err != nil {
				return nil, fmt.Errorf("profile: %w", err)
			}
			a.Object = id.String()
			return f(s, a, id), nil
		}
	}
	decision := func(f func(*session, address, cdp.DecisionID) screen) func(address) (screen, error) {
		return func(a address) (screen, error) {
			id, err := cdp.ParseDecisionID(a.Object)
			if err != nil {
				return nil, fmt.Errorf("decision: %w", err)
			}
			a.Object = id.String()
			return f(s, a, id), nil
		}
	}
	return map[string]func(address) (screen, error){
		"dashboard":  plain(newDashboard),
		"search":     plain(newSearch),
		"profile":    profile(newProfile),
		"trace":      profile(newTrace),
		"graph":      profile(newGraph),
		"card":       func(a address) (screen, error) { return newCard(s, a) },
		"where":      profile(newWhere),
		"view-as":    profile(newViewAs),
		"history":    profile(newHistory),
		"why":        plain(newWhy),
		"sources":    plain(newSources),
		"batches":    plain(newBatches),
		"rejects":    plain(newRejects),
		"quarantine": plain(newQuarantine),
		"messages":   plain(newMessages),
		"health":     plain(newHealth),
		"conflicts":  plain(newConflicts),
		"lawful":     plain(newLawful),
		"journey":    profile(newJourney),
		"basis":      profile(newBasis),
		"lens":       profile(newLensed),
		"targets":    plain(newTargets),
		"plan":       plain(newPlan),
		"verdicts":   plain(newVerdicts),
		"outbox":     plain(newOutbox),
		"drift":      plain(newDrift),
		"findings":   plain(newFindings),
		"segments":   plain(newSegments),
		"segment":    plain(newSegment),
		"inside":     plain(newInside),
		"builder":    plain(newBuilder),
		"counts":     plain(newCounts),
		"coverage":   plain(newCoverage),
		"covered":    plain(newCovered),
		"finding":    plain(newFinding),
		"mutes":      plain(newMutes),
		"ropa":       plain(newRopa),
		"breach":     plain(newBreach),
		"decisions":  plain(newDecisions),
		"radius":     plain(newRadius),
		"matches":    plain(newMatches),
		"match":      func(a address) (screen, error) { return newMatch(s, a) },
		"decision":   decision(newDecision),
		"undo":       decision(newUndo),
		"members":    profile(newMembers),
		"preview": func(a address) (screen, error) {
			if !slices.Contains(verbs(), a.Object) || a.Of == "" {
				return nil, errScreen
			}
			return newPreview(s, a), nil
		},
		"instruct": func(a address) (screen, error) { return newInstruct(s, a) },
		"log": func(a address) (screen, error) {
			about, err := refOf(a.Object)
			return newLog(s, a, about), err
		},
		"record": func(a address) (screen, error) {
			id, err := cdp.ParseRecordID(a.Object)
			if err != nil {
				return nil, fmt.Errorf("record: %w", err)
			}
			a.Object = id.String()
			return newRecord(s, a, id), nil
		},
		"batch": func(a address) (screen, error) {
			id, err := cdp.ParseBatchID(a.Object)
			if err != nil {
				return nil, fmt.Errorf("batch: %w", err)
			}
			a.Object = id.String()
			return newBatch(s, a, id), nil
		},
	}
}

func (m *Model) knows(name string) bool { return m.builders()[name] != nil }

func (m *Model) build(a address) (screen, error) {
	f := m.builders()[a.Screen]
	if f == nil {
		return nil, errScreen
	}
	return f(a)
}

// refOf names the thing of an id: the zero Ref for "".
func refOf(id string) (cdp.Ref, error) {
	if id == "" {
		return cdp.Ref{}, nil
	}
	a, ok := idAddress(id)
	if !ok {
		return cdp.Ref{}, errors.New("not an id: want P-0000001, R-0000001 or B-000001")
	}
	return cdp.Ref{Kind: a.Screen, ID: a.Object}, nil
}
