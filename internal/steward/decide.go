package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// maxDecidedRows is how many source rows one decision names.
const maxDecidedRows = 1_000

// Plan makes a decision of what an officer typed, to be previewed and decided.
// Things are taken as Find takes them; a profile stands for all its rows.
//
//	same A B...        they are one person
//	different A B...   they are different people, each of them one
//	split P R...       the records R leave profile P together
//	unmerge ALIAS      the alias gets back what it held before its merge
//	cut R IDENTIFIER   the record does not carry the identifier
//	suppress IDENTIFIER  the identifier joins nobody
//	lock P             rules change the profile no more
//
// The decision of split and of unmerge is that the two sides are different.
func (d *Desk) Plan(ctx context.Context, verb string, things []string) (cdp.Decision, error) {
	var out cdp.Decision
	var ambiguous error
	err := d.read(ctx, d.entry("plan", cdp.Ref{Kind: "decision"}, "to "+verb), func(tx *graph.Tx, r *reading) error {
		ambiguous = nil
		p := &planning{s: d.s, tx: tx}
		var err error
		out, err = p.plan(verb, things)
		if many := (*AmbiguousError)(nil); errors.As(err, &many) { // its candidates are shown, and so they are logged
			ambiguous, r.verb = err, "find"
			r.found(many.Found)
			return nil
		}
		for _, ref := range p.looked {
			r.saw(ref)
		}
		r.about, r.detail = p.looked, fmt.Sprintf("to %s: %s", verb, several(len(out.Rows), "row"))
		return err
	})
	if err == nil {
		err = ambiguous
	}
	return out, err
}

// A PlanError says why what was asked for is no decision.
type PlanError struct{ Text, Hint string }

func (e *PlanError) Error() string { return e.Text }

func planf(hint, format string, args ...any) error {
	return &PlanError{fmt.Sprintf(format, args...), hint}
}

type planning struct {
	s      *Steward
	tx     *graph.Tx
	looked []cdp.Ref
}

func (p *planning) plan(verb string, things []string) (cdp.Decision, error) {
	count := func(least, most int, what string) error {
		if len(things) < least || most > 0 && len(things) > most {
			return planf("", "%s takes %s", verb, what)
		}
		return nil
	}
	switch verb {
	case cdp.DecideSame:
		if err := count(2, 0, "two or more profiles or records"); err != nil {
			return cdp.Decision{}, err
		}
		return p.together(verb, things)
	case cdp.DecideLock:
		if err := count(1, 1, "a profile"); err != nil {
			return cdp.Decision{}, err
		}
		return p.together(verb, things)
	case cdp.DecideDifferent:
		if err := count(2, 0, "two or more profiles or records"); err != nil {
			return cdp.Decision{}, err
		}
		return p.different(things)
	case cdp.PlanSplit:
		if err := count(2, 0, "a profile and the records that leave it"); err != nil {
			return cdp.Decision{}, err
		}
		return p.split(things[0], things[1:])
	case cdp.PlanUnmerge:
		if err := count(1, 1, "the id of a profile that was merged into another one"); err != nil {
			return cdp.Decision{}, err
		}
		return p.unmerge(things[0])
	case cdp.DecideCut:
		if err := count(2, 2, "a record and one of its identifiers"); err != nil {
			return cdp.Decision{}, err
		}
		return p.cut(things[0], things[1])
	case cdp.DecideSuppress:
		if err := count(1, 1, "an identifier"); err != nil {
			return cdp.Decision{}, err
		}
		id, err := p.identifier(things[0])
		return cdp.Decision{Verb: verb, Identifier: id}, err
	}
	return cdp.Decision{}, planf("same, different, split, unmerge, cut, suppress or lock", "there is no such decision")
}

// A side is the rows that one thing stands for.
type side struct {
	ref        cdp.Ref
	profile    cdp.ProfileID // 0 for a record in none
	rows       []cdp.Row
	controller string
}

// side returns the rows of a profile, or of a record.
func (p *planning) side(text string) (side, error) {
	found, err := p.s.find(p.tx, text)
	if err != nil {
		return side{}, err
	}
	f, err := one(found)
	if err != nil {
		return side{}, err
	}
	p.looked = append(p.looked, f.Ref)
	out := side{ref: f.Ref, profile: f.Profile}
	if f.Ref.Kind == "record" {
		id, err := cdp.ParseRecordID(f.Ref.ID)
		if err != nil {
			return out, err
		}
		rec, err := p.tx.Head(id)
		out.rows, out.controller = []cdp.Row{{Source: rec.Source, Key: rec.Key}}, rec.Controller
		return out, err
	}
	prof, err := p.tx.Profile(f.Profile, maxDecidedRows+1)
	if err != nil {
		return out, err
	}
	if prof.Size > maxDecidedRows {
		return out, ErrTooManyRows
	}
	for _, rec := range prof.Records {
		out.rows, out.controller = append(out.rows, cdp.Row{Source: rec.Source, Key: rec.Key}), rec.Controller
	}
	return out, nil
}

// sides returns the sides of a decision; no row is on two of them.
func (p *planning) sides(things []string) ([]side, error) {
	var out []side
	seen := make(map[cdp.Row]bool)
	n := 0
	for i, text := range things {
		s, err := p.side(text)
		if err != nil && len(things) > 1 {
			err = fmt.Errorf("thing %d: %w", i+1, err)
		}
		if err != nil {
			return nil, err
		}
		for _, r := range s.rows {
			if seen[r] {
				return nil, planf("name the records by themselves: R-0000001, or source/key", "%s and what was named before it are one already, or overlap", s.ref.ID)
			}
			seen[r] = true
		}
		if n += len(s.rows); n > maxDecidedRows {
			return nil, ErrTooManyRows
		}
		out = append(out, s)
	}
	return out, nil
}

// together makes a decision that ties all rows.
func (p *planning) together(verb string, things []string) (cdp.Decision, error) {
	sides, err := p.sides(things)
	if err != nil {
		return cdp.Decision{}, err
	}
	out := cdp.Decision{Verb: verb}
	for _, s := range sides {
		if s.controller != sides[0].controller {
			return out, planf("", "%s is a record of another controller: joining them would be a disclosure, not a merge", s.ref.ID)
		}
		if verb == cdp.DecideLock && s.ref.Kind != "profile" {
			return out, planf("name the profile of the record", "a profile is locked, not a record")
		}
		for _, r := range s.rows {
			out.Rows = append(out.Rows, cdp.DecidedRow{Row: r})
		}
	}
	return out, nil
}

func (p *planning) different(things []string) (cdp.Decision, error) {
	sides, err := p.sides(things)
	if err != nil {
		return cdp.Decision{}, err
	}
	out := cdp.Decision{Verb: cdp.DecideDifferent}
	for i, s := range sides {
		for _, r := range s.rows {
			out.Rows = append(out.Rows, cdp.DecidedRow{Row: r, Group: i + 1})
		}
	}
	return out, nil
}

// split parts records from the rest of their profile.
func (p *planning) split(profile string, records []string) (cdp.Decision, error) {
	whole, err := p.side(profile)
	if err != nil {
		return cdp.Decision{}, fmt.Errorf("thing 1: %w", err)
	}
	if whole.ref.Kind != "profile" {
		return cdp.Decision{}, planf("cdp-tui split P-0000001 R-0000002 R-0000003", "split takes the profile first, then its records")
	}
	leave := make(map[cdp.Row]bool)
	for i, text := range records {
		s, err := p.side(text)
		if err != nil {
			return cdp.Decision{}, fmt.Errorf("thing %d: %w", i+2, err)
		}
		if s.ref.Kind != "record" {
			return cdp.Decision{}, planf("name the records by themselves: R-0000001, or source/key", "%s is not a record", s.ref.ID)
		}
		if !slices.Contains(whole.rows, s.rows[0]) {
			return cdp.Decision{}, planf("cdp-tui profile "+whole.ref.ID+" lists its records", "%s is not in %s", s.ref.ID, whole.ref.ID)
		}
		leave[s.rows[0]] = true
	}
	if len(leave) == len(whole.rows) {
		return cdp.Decision{}, planf("", "all records of %s are named: nothing would stay", whole.ref.ID)
	}
	return parted(whole.rows, leave), nil
}

// parted makes rows different from others: group 1 leaves, group 2 stays.
func parted(rows []cdp.Row, leave map[cdp.Row]bool) cdp.Decision {
	out := cdp.Decision{Verb: cdp.DecideDifferent}
	for _, r := range rows {
		group := 2
		if leave[r] {
			group = 1
		}
		out.Rows = append(out.Rows, cdp.DecidedRow{Row: r, Group: group})
	}
	return out
}

func (p *planning) unmerge(alias string) (cdp.Decision, error) {
	id, ok := profileNamed(alias)
	if !ok {
		return cdp.Decision{}, planf("cdp-tui how P-0000001 tells which ids were merged into a profile", "unmerge takes the id of a profile that was merged into another one")
	}
	m, err := p.tx.BeforeMerge(id)
	if errors.Is(err, graph.ErrNotFound) {
		return cdp.Decision{}, fmt.Errorf("%v: %w", id, err)
	}
	if errors.Is(err, graph.ErrNoMerge) {
		return cdp.Decision{}, planf("cdp-tui how "+id.String()+" tells what was merged", "%v is not merged into another profile", id)
	}
	if by, ok := decisionNamed(m.Merge.Rule); ok && (err == nil || errors.Is(err, graph.ErrBlurred)) { // a decision that holds leaves nothing to tell apart
		one, err := p.tx.Decision(uint64(by))
		if err != nil {
			return cdp.Decision{}, err
		}
		if one.Undone.IsZero() && one.Verb != cdp.DecideCut && one.Verb != cdp.DecideSuppress {
			return cdp.Decision{}, planf("cdp-tui undo "+by.String(), "%v was merged by decision %v of a person: take that back", id, by)
		}
	}
	if errors.Is(err, graph.ErrBlurred) {
		return cdp.Decision{}, planf("cdp-tui split "+m.Survivor.String()+" RECORD...", "%v: %v", id, err)
	}
	if err != nil {
		return cdp.Decision{}, err
	}
	p.looked = append(p.looked, profileRef(m.Survivor))
	if len(m.Held)+len(m.Rest) > maxDecidedRows {
		return cdp.Decision{}, ErrTooManyRows
	}
	leave := make(map[cdp.Row]bool, len(m.Held))
	for _, r := range m.Held {
		leave[r] = true
	}
	out := parted(slices.Concat(m.Held, m.Rest), leave)
	out.Untied = m.Untied
	return out, nil
}

// decisionNamed reads the decision that a rule of the journal names.
func decisionNamed(rule string) (cdp.DecisionID, bool) {
	rest, ok := strings.CutPrefix(rule, "decision.")
	if !ok {
		return 0, false
	}
	_, name, _ := strings.Cut(rest, ".")
	id, err := cdp.ParseDecisionID(name)
	return id, err == nil
}
