package graph

import (
	"errors"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// A Merged is a merge that is still so: the rows that are the alias's without
// what joined it, and those that are in the profile besides.
type Merged struct {
	Alias, Survivor cdp.ProfileID // Survivor as it is now
	Merge           cdp.Change
	Held, Rest      []cdp.Row // by record
	Untied          []cdp.Row // of Rest: tied to neither of the two, they stay with the survivor
}

// ErrNoMerge is returned for a profile id that no merge made an alias, and
// ErrBlurred when the two stay one without what joined them.
var (
	ErrNoMerge = errors.New("that profile is not merged into another one")
	ErrBlurred = errors.New("what it held before can not be told from the rest: name the records to split off")
)

// BeforeMerge tells which rows of a profile are those of an alias that was merged
// into it: the records of today are divided without what joined the two, and
// each goes where it is tied to. If other records hold the two together by now,
// what the alias held when it was merged is its, and what came since is not.
func (tx *Tx) BeforeMerge(alias cdp.ProfileID) (Merged, error) {
	out := Merged{Alias: alias}
	live, row, err := tx.find(alias)
	if err != nil {
		return out, err
	}
	if live == alias {
		return out, ErrNoMerge
	}
	out.Survivor = live
	history, err := tx.History(alias)
	if err != nil {
		return out, err
	}
	for _, c := range history {
		if c.Verb == "merge" && slices.Index(c.Profiles, alias) > 0 {
			out.Merge = c
		}
	}
	if out.Merge.Verb == "" {
		return out, ErrNoMerge
	}
	s, err := tx.settled(row.component)
	if err != nil {
		return out, err
	}
	sides, err := tx.sides(s, headsOf(s), out.Merge, alias)
	if errors.Is(err, ErrBlurred) {
		var then []*head
		if then, err = tx.asOfMerge(s, out.Merge); err == nil {
			sides, err = tx.sides(s, then, out.Merge, alias)
		}
	}
	if err != nil {
		return out, err
	}
	for _, m := range s.members {
		r := cdp.Row{Source: m.Source, Key: m.Key}
		side := sides[r]
		if side == held {
			out.Held = append(out.Held, r)
			continue
		}
		out.Rest = append(out.Rest, r)
		if side == untied {
			out.Untied = append(out.Untied, r)
		}
	}
	return out, nil
}

// tiedTo says whose a row is in a merge that is looked at.
type tiedTo byte

const (
	untied tiedTo = iota // nobody's
	held                 // the alias's
	others               // the survivor's, or that of another profile merged since
)

// asOfMerge returns the versions of a component's rows that were there when a
// merge happened, what caused it left out if it was new.
func (tx *Tx) asOfMerge(s *settled, merge cdp.Change) ([]*head, error) {
	causeIsNew := false
	if merge.Record != 0 {
		p, err := tx.place(merge.Record)
		if err != nil {
			return nil, err
		}
		h, err := tx.headAt(merge.Record, p)
		if err != nil {
			return nil, err
		}
		causeIsNew = h.Recorded.Equal(merge.At)
	}
	was := func(h *head) bool {
		return h.Recorded.Before(merge.At) || h.Recorded.Equal(merge.At) && (!causeIsNew || h.ID < merge.Record)
	}
	var out []*head
	for _, m := range s.members {
		if was(m.head) {
			out = append(out, m.head)
			continue
		}
		_, before, err := tx.Row(m.Source, m.Key)
		if err != nil {
			return nil, err
		}
		for _, id := range slices.Backward(before) {
			p, err := tx.place(id)
			if err != nil {
				return nil, err
			}
			h, err := tx.headAt(id, p)
			if err != nil {
				return nil, err
			}
			if was(h) && h.live() {
				out = append(out, h)
				break
			}
		}
	}
	return out, nil
}

// sides divides versions of a component's rows without what joined an alias, and
// says whose each row is. A decision that joined them counts as not made. More and more is left out until the two are apart: the
// claim by which they were joined, of the row that caused it; all that row
// says; the claim wherever it is made.
func (tx *Tx) sides(s *settled, of []*head, merge cdp.Change, alias cdp.ProfileID) (map[cdp.Row]tiedTo, error) {
	rules, err := tx.rules()
	if err != nil {
		return nil, err
	}
	by := decisionBehind(merge.Rule)
	same, differ, err := tx.pairs(of, by)
	if err != nil {
		return nil, err
	}
	var causes cdp.Row // merge.Record is a version of it
	if merge.Record != 0 {
		rec, err := tx.Head(merge.Record)
		if err != nil {
			return nil, err
		}
		causes = cdp.Row{Source: rec.Source, Key: rec.Key}
	}
	apart := make(map[linkKey]bool, len(s.apart))
	for _, a := range s.apart {
		apart[keyOf(a.link(s.controller()))] = true
	}
	rowOf := make(map[cdp.RecordID]cdp.Row, len(s.members))
	for _, m := range s.members {
		rowOf[m.ID] = cdp.Row{Source: m.Source, Key: m.Key}
	}
	at := make(map[cdp.Row]int, len(of))
	all := make([]resolve.Record, len(of))
	for i, h := range of {
		if all[i], err = tx.recordOf(h, rules); err != nil {
			return nil, err
		}
		at[cdp.Row{Source: h.Source, Key: h.Key}] = i
	}
	anchor := make(map[cdp.ProfileID]int, len(s.ids)) // its place
	for _, m := range s.ids {
		if i, ok := at[rowOf[m.anchor]]; ok {
			anchor[m.profile] = i
		}
	}
	mine, ok := anchor[alias]
	theirs, also := anchor[merge.Profiles[0]]
	if !ok || !also {
		return nil, ErrBlurred
	}
	joined := func(c resolve.Claimed) bool {
		return merge.Claim != nil && c.ID.Kind() == merge.Claim.Kind() && c.ID.Tag() == merge.Claim.Tag()
	}
	for step := range 3 {
		recs := slices.Clone(all)
		for i, h := range of {
			cause := causes == cdp.Row{Source: h.Source, Key: h.Key}
			switch {
			case step == 2 || step == 0 && cause:
				recs[i].Claims = slices.DeleteFunc(slices.Clone(recs[i].Claims), joined)
			case step == 1 && cause:
				recs[i].Claims = nil
			}
		}
		c := rules.Resolve(recs, func(l resolve.Link) bool { return apart[keyOf(l)] }, same, differ)
		part := c.Result.Part
		if part[mine] == part[theirs] {
			continue
		}
		tied := make(map[int32]tiedTo)
		for _, i := range anchor {
			tied[part[i]] = others
		}
		tied[part[mine]] = held
		out := make(map[cdp.Row]tiedTo, len(at))
		for r, i := range at {
			out[r] = tied[part[i]]
		}
		return out, nil
	}
	return nil, ErrBlurred
}

// decisionBehind is the decision that a rule of the journal names; 0 for none.
func decisionBehind(rule string) uint64 {
	if !strings.HasPrefix(rule, "decision.") {
		return 0
	}
	id, err := cdp.ParseDecisionID(rule[strings.LastIndexByte(rule, '.')+1:])
	if err != nil {
		return 0
	}
	return uint64(id)
}
