package graph

import (
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// A Merged is a merge that is still so: what an alias held before it, and the
// rows that are in the profile besides.
type Merged struct {
	Alias, Survivor cdp.ProfileID // Survivor as it is now
	Merge           cdp.Change
	Held, Rest      []cdp.Row // by source and key
}

// ErrNoMerge is returned for a profile id that no merge made an alias, and
// ErrBlurred when what it held can not be told any more.
var (
	ErrNoMerge = errors.New("that profile is not merged into another one")
	ErrBlurred = errors.New("what it held before can not be told from the rest: name the records to split off")
)

// BeforeMerge tells what an alias held before it was merged. What was delivered
// since counts as the survivor's.
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
	then, err := tx.asOfMerge(s, out.Merge)
	if err != nil {
		return out, err
	}
	held, err := tx.heldBefore(s, then, out.Merge, alias)
	if err != nil {
		return out, err
	}
	for _, m := range s.members {
		r := cdp.Row{Source: m.Source, Key: m.Key}
		if held[r] {
			out.Held = append(out.Held, r)
		} else {
			out.Rest = append(out.Rest, r)
		}
	}
	return out, nil
}

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

// heldBefore returns the rows that were one with an alias's anchor. A cause
// that was there already had its claim left out: more and more of it, until the
// two are apart.
func (tx *Tx) heldBefore(s *settled, then []*head, merge cdp.Change, alias cdp.ProfileID) (map[cdp.Row]bool, error) {
	rules, err := tx.rules()
	if err != nil {
		return nil, err
	}
	apart := make(map[linkKey]bool, len(s.apart))
	for _, a := range s.apart {
		apart[keyOf(a.link(s.controller()))] = true
	}
	rowOf := make(map[cdp.RecordID]cdp.Row, len(s.members))
	for _, m := range s.members {
		rowOf[m.ID] = cdp.Row{Source: m.Source, Key: m.Key}
	}
	anchors := make(map[cdp.ProfileID]cdp.Row)
	for _, m := range s.ids {
		anchors[m.profile] = rowOf[m.anchor]
	}
	left := func(c resolve.Claimed) bool {
		return merge.Claim != nil && c.ID.Kind() == merge.Claim.Kind() && c.ID.Tag() == merge.Claim.Tag()
	}
	for step := range 3 {
		recs := make([]resolve.Record, 0, len(then))
		at := make(map[cdp.Row]int)
		for _, h := range then {
			rec, err := tx.recordOf(h, rules)
			if err != nil {
				return nil, err
			}
			switch {
			case step == 1 && h.ID == merge.Record || step == 2 && merge.Record == 0:
				rec.Claims = slices.DeleteFunc(rec.Claims, left)
			case step == 2 && h.ID == merge.Record:
				rec.Claims = nil
			}
			at[cdp.Row{Source: h.Source, Key: h.Key}] = len(recs)
			recs = append(recs, rec)
		}
		same, differ, err := tx.pairs(then)
		if err != nil {
			return nil, err
		}
		c := rules.Resolve(recs, func(l resolve.Link) bool { return apart[keyOf(l)] }, same, differ)
		mine, ok := at[anchors[alias]]
		theirs, also := at[anchors[merge.Profiles[0]]]
		if !ok || !also {
			return nil, ErrBlurred
		}
		if c.Result.Part[mine] == c.Result.Part[theirs] {
			continue
		}
		held := make(map[cdp.Row]bool)
		for r, i := range at {
			held[r] = c.Result.Part[i] == c.Result.Part[mine]
		}
		return held, nil
	}
	return nil, ErrBlurred
}
