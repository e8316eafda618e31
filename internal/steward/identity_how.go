package steward

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/audit"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// How tells how a profile came to be what it is, oldest first: when its ids
// were minted, merged and divided, what its identifiers stopped or began to
// join, what persons decided. The ids that were merged into it are told of too.
// As known at a time it ends there; what held in the world does not bear on it.
func (d *Desk) How(ctx context.Context, id cdp.ProfileID) ([]cdp.Event, error) {
	var out []cdp.Event
	err := d.read(ctx, d.entry("view", profileRef(id), "how it came to be"), func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		ids, anchors, err := v.aliases(ctx, id)
		if err != nil {
			return err
		}
		h := &history{sight: v, told: make(map[string]bool)}
		for i, alias := range ids {
			if err := h.of(alias, anchors[i]); err != nil {
				return err
			}
		}
		slices.SortStableFunc(h.events, func(a, b cdp.Event) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq))
		})
		out = h.events
		r.object = profileRef(ids[0])
		r.saw(ids[0], len(out))
		return nil
	})
	return out, err
}

// aliases returns the ids that lead to a profile at the standpoint, its own
// first, with the record that each stood for.
func (v *sight) aliases(ctx context.Context, id cdp.ProfileID) ([]cdp.ProfileID, []cdp.RecordID, error) {
	if v.lens.IsNow() {
		return v.tx.Aliases(id)
	}
	a, err := v.tx.Around(ctx, v.lens.Standpoint, v.judgeThen, []cdp.ProfileID{id}, nil, false)
	if err != nil {
		return nil, nil, err
	}
	p, err := a.Profile(id, 0)
	if err != nil {
		return nil, nil, err
	}
	return a.Anchors(&p)
}

type history struct {
	*sight
	events []cdp.Event
	told   map[string]bool
}

func (h *history) of(id cdp.ProfileID, anchor cdp.RecordID) error {
	p, err := h.tx.Minted(id)
	if err != nil {
		return err
	}
	words := fmt.Sprintf("%v was first known", id)
	if from, err := h.recordWords(anchor); err != nil {
		return err
	} else if from != "" {
		words += ", for " + from
	}
	h.add(cdp.Event{Change: cdp.Change{At: p, Verb: "mint", Profiles: []cdp.ProfileID{id}, Record: anchor}, Words: words})
	changes, err := h.tx.History(id)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if !h.lens.Knew(c.At) {
			continue
		}
		if err := h.change(c); err != nil {
			return err
		}
	}
	return h.decisions(id)
}

// add tells an event once: each id that it touched has it.
func (h *history) add(e cdp.Event) {
	key := fmt.Sprint(e.Seq, e.At.UnixMicro(), e.Words)
	if !h.told[key] {
		h.told[key] = true
		h.events = append(h.events, e)
	}
}

func (h *history) change(c cdp.Change) error {
	e := cdp.Event{Change: c}
	because, err := h.because(&e)
	if err != nil {
		return err
	}
	names := make([]string, len(c.Profiles))
	for i, p := range c.Profiles {
		names[i] = p.String()
	}
	of := "an identifier"
	if c.Claim != nil {
		of = c.Claim.String()
	}
	switch c.Verb {
	case "merge":
		e.Words = fmt.Sprintf("%s was merged into %s", strings.Join(names[1:], ", "), names[0])
		if c.Claim != nil {
			e.Words += ", as both carry " + of
		}
	case "split":
		e.Words = "it was divided: " + strings.Join(names, " | ")
	case "joins":
		e.Words = of + " joins records again"
	default:
		e.Words = fmt.Sprintf("%s joins nothing: %s", of, standingWords(c.Verb))
	}
	e.Words += because
	h.add(e)
	return nil
}

// because says what caused a change.
func (h *history) because(e *cdp.Event) (string, error) {
	if id, ok := decisionNamed(e.Rule); ok {
		one, err := h.tx.DecisionThen(id, h.lens.Standpoint)
		if err != nil {
			return "", err
		}
		e.Decision = &one
		if !one.Undone.IsZero() && !e.At.Before(one.Undone) {
			return fmt.Sprintf("; %s took %v back: %s", one.UndoneBy, id, one.UndoneFor), nil
		}
		return fmt.Sprintf("; %s decided it (%v): %s", one.By, id, one.Reason), nil
	}
	if e.Record != 0 {
		rec, err := h.recordWords(e.Record)
		if err != nil || rec == "" {
			return "", err
		}
		return "; when " + rec + " came, left or was judged anew" + ruleWords(e.Rule), nil
	}
	return ruleWords(e.Rule), nil
}

func ruleWords(rule string) string {
	switch {
	case rule == "":
		return ""
	case strings.HasPrefix(rule, listsCause):
		return "; by other lists of placeholders (" + strings.TrimPrefix(rule, listsCause) + ")"
	case strings.HasPrefix(rule, rulesCause):
		return "; by other rules of identity (" + strings.TrimPrefix(rule, rulesCause) + ")"
	}
	return " (" + rule + ")"
}

// rulesCause begins the rule of a change that other rules of identity made.
const rulesCause = "rules."

// listsCause is rulesCause for other lists.
const listsCause = "lists."

// recordWords names a record with its source, "" for one that is not there.
func (h *history) recordWords(id cdp.RecordID) (string, error) {
	if id == 0 {
		return "", nil
	}
	rec, err := h.tx.Head(id)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%v of %s", id, rec.Source), nil
}

// mostDecisions bounds the log entries of a profile in which decisions are
// looked for.
const mostDecisions = 1_000

// decisions adds what persons decided of a profile, also what changed nothing
// at the time.
func (h *history) decisions(id cdp.ProfileID) error {
	entries, err := audit.About(h.tx.Reader(), profileRef(id), 0, mostDecisions)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !h.lens.Knew(entry.At) || entry.Object.Kind != "decision" || entry.Verb != "decide" && entry.Verb != "undo" {
			continue
		}
		n, err := cdp.ParseDecisionID(entry.Object.ID)
		if err != nil {
			return err
		}
		one, err := h.tx.DecisionThen(n, h.lens.Standpoint)
		if err != nil {
			return err
		}
		words := fmt.Sprintf("%s decided %v, %s of %s: %s", entry.Actor, n, one.Verb, several(len(one.Rows), "row"), entry.Reason)
		if entry.Verb == "undo" {
			words = fmt.Sprintf("%s took %v back: %s", entry.Actor, n, entry.Reason)
		}
		h.add(cdp.Event{Change: cdp.Change{At: entry.At, Verb: entry.Verb, Profiles: []cdp.ProfileID{id}}, Words: words, Decision: &one})
	}
	return nil
}
