package steward

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// errNotForPurpose is returned for a profile of which nothing may be used for
// the purpose that is looked through.
var errNotForPurpose = fmt.Errorf("nothing of the profile may be used for that purpose: %w", ErrNotFound)

// pieces returns what a profile is for some purposes: its records that may be
// used for one of them, put together by what links them. What links two
// records that may both be used is lawful for the purpose; through others they
// are not one. So the pieces are parts of the profile, and for more purposes
// never more of them. The first piece is the one with the oldest record. left
// are the records that may not be used, with the verdict.
func (v *sight) pieces(p graph.Profile, purposes ...cdp.PurposeID) (pieces [][]graph.Record, left []cdp.LeftOut, err error) {
	var used []graph.Record
	for _, rec := range p.Records {
		verdict, err := v.mayUse(rec, purposes)
		if err != nil {
			return nil, nil, err
		}
		if verdict.Allow {
			used = append(used, rec)
		} else {
			left = append(left, cdp.LeftOut{Record: rec.ID, Source: rec.Source, Verdict: verdict})
		}
	}
	ties, err := v.tx.TiesAmong(used, v.lens.Standpoint)
	return together(used, ties), left, err
}

// together returns the parts of records that share an identifier which links
// them, or that a person tied.
func together(records []graph.Record, ties [][2]int) [][]graph.Record {
	root := make([]int, len(records))
	for i := range root {
		root[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if root[i] != i {
			root[i] = find(root[i])
		}
		return root[i]
	}
	join := func(a, b int) {
		a, b = find(a), find(b)
		root[max(a, b)] = min(a, b)
	}
	first := make(map[cdp.IdentifierKey]int)
	for i, rec := range records {
		for _, c := range rec.Claims {
			if !c.Active {
				continue
			}
			k := c.Identifier.Key()
			if f, ok := first[k]; ok {
				join(f, i)
			} else {
				first[k] = i
			}
		}
	}
	for _, t := range ties {
		join(t[0], t[1])
	}
	var out [][]graph.Record
	place := make(map[int]int)
	for i, rec := range records {
		r := find(i)
		n, ok := place[r]
		if !ok {
			n = len(out)
			place[r] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], rec)
	}
	return out
}

// mayUse says whether a record may be used for one of some purposes: the verdict of the
// first of its source's activities for it that allows, or else of the first.
func (v *sight) mayUse(rec graph.Record, purposes []cdp.PurposeID) (cdp.Verdict, error) {
	f, err := v.factsOf(v.tx, rec, v.lens.Standpoint)
	if err != nil {
		return cdp.Verdict{}, err
	}
	return f.use(purposes...), nil
}

// use judges whether the record may be used for one of some purposes.
func (f *bearing) use(purposes ...cdp.PurposeID) cdp.Verdict {
	out := cdp.Verdict{Rule: "use.purpose.source", Article: "Art. 5(1)(b)", Register: f.reg.Hash(),
		Reason: "May not be used: no activity of the source is for that purpose."}
	src, ok := f.reg.Source(f.src.ID)
	if !ok {
		out.Rule, out.Reason = "use.source.unknown", "May not be used: the register does not know the source."
		return out
	}
	found := false
	for _, id := range src.Activities {
		a, ok := f.reg.Activity(id)
		if !ok || !slices.Contains(purposes, a.Purpose) || len(f.rec.Activities) > 0 && !slices.Contains(f.rec.Activities, id) {
			continue
		}
		v := policy.Decide(policy.Question{Act: policy.Use, Source: f.src, Activity: id, Channel: f.channel, At: f.at.At}, f.policy())
		if v.Allow {
			return v
		}
		if !found {
			out, found = v, true
		}
	}
	return out
}

// Lensed tells what a profile is for a purpose: the pieces into which it falls,
// and the records that may not be used, with the reasons.
func (d *Desk) Lensed(ctx context.Context, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Lensed, error) {
	out := cdp.Lensed{Lens: cdp.Lens{Standpoint: d.lens.Standpoint, Purpose: purpose}}
	err := d.read(ctx, d.entry("view", profileRef(id), "lens "+string(purpose)), func(tx *graph.Tx, r *reading) error {
		v, err := d.s.look(tx, out.Lens)
		if err != nil {
			return err
		}
		p, known := v.reg.Purpose(purpose)
		if !known {
			return fmt.Errorf("purpose %q: the register has %s: %w", purpose, purposeNames(v.reg), ErrNotFound)
		}
		whole, err := v.whole(id, 0)
		if err != nil {
			return err
		}
		out.Profile, out.Title, out.Records, out.Pieces = whole.ID, p.Title.EN, whole.Size, nil
		out.Truncated = v.partial
		pieces, left, err := v.pieces(whole, purpose)
		if err != nil {
			return err
		}
		out.Left = left
		for _, piece := range pieces {
			shown := lensPiece(piece)
			for _, rec := range piece {
				may, err := v.mayUse(rec, []cdp.PurposeID{purpose})
				if err != nil {
					return err
				}
				shown.May = append(shown.May, may)
			}
			out.Pieces = append(out.Pieces, shown)
		}
		r.object = profileRef(whole.ID)
		for _, rec := range whole.Records {
			r.saw(rec.ID)
		}
		return nil
	})
	return out, err
}

func lensPiece(records []graph.Record) cdp.LensPiece {
	var out cdp.LensPiece
	for _, rec := range records {
		out.Records = append(out.Records, rec.ID)
		out.From = append(out.From, rec.Source)
		out.Sources = appendNew(out.Sources, rec.Source)
		for _, c := range rec.Claims {
			if c.Active && !slices.ContainsFunc(out.Links, c.Identifier.Same) {
				out.Links = append(out.Links, c.Identifier)
			}
		}
	}
	order := cdp.Kinds()
	slices.SortStableFunc(out.Links, func(a, b cdp.Identifier) int {
		return cmp.Compare(slices.Index(order, a.Kind()), slices.Index(order, b.Kind()))
	})
	return out
}

// Purposes are those of the register in force at the standpoint, in its order.
func (d *Desk) Purposes(ctx context.Context) ([]cdp.PurposeTitle, error) {
	var out []cdp.PurposeTitle
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		v, err := d.look(tx)
		if err != nil || v.reg == nil {
			return err
		}
		for _, p := range v.reg.Purposes {
			out = append(out, cdp.PurposeTitle{ID: p.ID, Title: p.Title.EN})
		}
		return nil
	})
	return out, err
}

func purposeNames(reg *policy.Register) string {
	if reg == nil {
		return "nothing: none is in force"
	}
	names := make([]string, len(reg.Purposes))
	for i, p := range reg.Purposes {
		names[i] = string(p.ID)
	}
	slices.Sort(names)
	return joinWords(names)
}

func joinWords(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}

// touchpointsThen is a page of the touchpoints that are seen through a lens,
// newest first.
func (d *Desk) touchpointsThen(tx *graph.Tx, id cdp.ProfileID, after string, n int) (cdp.Page[cdp.Touchpoint], error) {
	out := cdp.Page[cdp.Touchpoint]{Exact: true}
	v, err := d.look(tx)
	if err != nil {
		return out, err
	}
	p, err := v.profile(id, 0)
	if err != nil {
		return out, err
	}
	var all []cdp.Touchpoint
	for _, rec := range p.Records {
		full, err := tx.Record(rec.ID)
		if err != nil {
			return out, err
		}
		for _, t := range full.Touchpoints {
			if v.lens.IsNow() || !t.At.After(v.at.At) {
				t.Source, t.Record = rec.Source, rec.ID
				all = append(all, t)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b cdp.Touchpoint) int { return b.At.Compare(a.At) })
	begin := 0
	if after != "" {
		if begin, err = strconv.Atoi(after); err != nil || begin < 0 || begin > len(all) {
			return out, fmt.Errorf("page %q: %w", after, ErrNotFound)
		}
	}
	end := min(begin+n, len(all))
	out.Items, out.Total, out.More = all[begin:end], len(all), end < len(all)
	if out.More {
		out.Next = strconv.Itoa(end)
	}
	return out, nil
}
