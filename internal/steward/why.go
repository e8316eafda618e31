package steward

import (
	"context"
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/resolve/explain"
)

// Why tells why two things are one: the shortest chain of evidence between
// them; or, when there is none, what they share without being linked. a and b
// are profiles, records or identifiers as Find takes them; an *AmbiguousError
// says that one of them is or is carried by several.
func (d *Desk) Why(ctx context.Context, a, b string) (cdp.Path, error) {
	var out cdp.Path
	err := d.between(ctx, a, b, func(v *sight, from, to end, r *reading) (err error) {
		out, err = v.path(from, to)
		r.detail = fmt.Sprintf("and %s: %s", out.To.ID, several(len(out.Hops), "hop"))
		r.saw(out.From, out.To, len(out.Hops))
		return err
	})
	return out, err
}

// between reads about two things that an officer typed.
func (d *Desk) between(ctx context.Context, a, b string, f func(v *sight, from, to end, r *reading) error) error {
	var ambiguous error
	err := d.read(ctx, d.entry("why", cdp.Ref{}, ""), func(tx *graph.Tx, r *reading) error {
		ambiguous = nil
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		var things [2]cdp.Found
		for i, side := range []struct{ text, which string }{{a, "the first"}, {b, "the second"}} {
			found, err := v.find(ctx, side.text)
			if err != nil {
				return err
			}
			f, err := one(found)
			if err != nil {
				err = fmt.Errorf("%s: %w", side.which, err)
			}
			if many := (*AmbiguousError)(nil); errors.As(err, &many) { // its candidates are shown, and so they are logged
				ambiguous = err
				r.found(many.Found)
				return nil
			}
			if err != nil {
				return err
			}
			things[i] = f
		}
		ends, err := v.ends(ctx, things)
		if err != nil {
			return err
		}
		r.object, r.about = ends[0].ref, append(r.about, ends[1].ref)
		return f(v, ends[0], ends[1], r)
	})
	if err == nil {
		err = ambiguous
	}
	return err
}

// An end of a path: a thing and the records it stands for.
type end struct {
	ref     cdp.Ref
	records []cdp.RecordID
	profile cdp.ProfileID
	then    *graph.Then   // that held them at another standpoint; nil for none
	alone   *graph.Record // in none then, as it was judged
}

// one reports whether two ends are of one profile.
func (e *end) one(o *end) bool {
	if e.then != nil && o.then != nil { // of those without an id too
		return e.then.Profile.Records[0].ID == o.then.Profile.Records[0].ID
	}
	return e.profile != 0 && e.profile == o.profile
}

// endLimit bounds the records an end stands for.
const endLimit = 200

func (s *Steward) end(tx *graph.Tx, f cdp.Found) (end, error) {
	e := end{ref: f.Ref, profile: f.Profile}
	if f.Ref.Kind == "record" {
		id, err := cdp.ParseRecordID(f.Ref.ID)
		e.records = []cdp.RecordID{id}
		return e, err
	}
	if f.Identifier == nil {
		p, err := tx.Profile(f.Profile, endLimit)
		for _, rec := range p.Records {
			e.records = append(e.records, rec.ID)
		}
		return e, err
	}
	ids, err := tx.Carriers(*f.Identifier, 0, endLimit)
	if err != nil {
		return e, err
	}
	for _, id := range ids {
		p, err := tx.ProfileOf(id)
		if err != nil {
			return e, err
		}
		if p == f.Profile {
			e.records = append(e.records, id)
		}
	}
	return e, nil
}

func (v *sight) path(from, to end) (cdp.Path, error) {
	out := cdp.Path{From: from.ref, To: to.ref, Lens: v.lens}
	if from.one(&to) {
		in, err := v.insight(from)
		if err != nil {
			return out, err
		}
		e := weigh(in)
		a, err := v.numbers(e, from)
		if err != nil {
			return out, err
		}
		b, err := v.numbers(e, to)
		if err != nil {
			return out, err
		}
		chain, found := e.graph.Path(a, b)
		if out.Found = found; found {
			out.Hops, err = v.hops(e, chain)
			return out, err
		}
	}
	not, err := v.whyNot(from, to)
	if out.Not = notWords(not); v.partial || not.Partial {
		out.Not = append([]string{"not sure: too many rows bear on them to look at all, and what joined them may be among the rest"}, out.Not...)
	}
	return out, err
}

// insight is what held the profile of an end together at the standpoint.
func (v *sight) insight(e end) (*graph.Insight, error) {
	if e.then != nil {
		return e.then.Insight, nil
	}
	return v.tx.Insight(e.profile)
}

// numbers are those of what an end stands for: the versions of its rows that
// were known at the standpoint.
func (v *sight) numbers(e *evidence, of end) ([]int32, error) {
	if v.lens.IsNow() {
		return e.numbers(of.records), nil
	}
	rows := make(map[cdp.Row]bool, len(of.records))
	for _, id := range of.records {
		rec, err := v.tx.Head(id)
		if err != nil {
			return nil, err
		}
		rows[cdp.Row{Source: rec.Source, Key: rec.Key}] = true
	}
	var out []int32
	for i, rec := range e.Records {
		if rows[cdp.Row{Source: rec.Source, Key: rec.Key}] {
			out = append(out, int32(i))
		}
	}
	return out, nil
}

// hops tells a chain of evidence: each claim as policy judges it at the standpoint.
func (v *sight) hops(e *evidence, chain []explain.Hop) ([]cdp.Hop, error) {
	var out []cdp.Hop
	for _, st := range chain {
		from, to := e.Records[st.From], e.Records[st.To]
		h := cdp.Hop{From: from.ID, To: to.ID, FromSource: from.Source, ToSource: to.Source, At: from.Recorded}
		if to.Recorded.After(h.At) {
			h.At = to.Recorded
		}
		if st.Via.Kind == explain.Decision {
			made, err := v.tx.DecisionThen(e.Ties[st.Via.Number].Decision, v.lens.Standpoint)
			if err != nil {
				return nil, err
			}
			says := cdp.Verdict{Allow: true, Rule: "decision." + made.Verb + "." + made.ID.String(), Reason: "decided by " + made.By + ": " + made.Reason, From: made.At}
			h.Decision, h.At, h.FromVerdict, h.ToVerdict = &made, made.At, says, says
			if last := len(out) - 1; last >= 0 && out[last].Decision != nil && out[last].Decision.ID == made.ID { // it ties all its rows to each other
				out[last].To, out[last].ToSource = h.To, h.ToSource
				continue
			}
			out = append(out, h)
			continue
		}
		h.Identifier = e.values[st.Via.Number]
		h.Class = classOf(max(e.claims[st.Claims[0]].Strength, e.claims[st.Claims[1]].Strength))
		for _, side := range []struct {
			rec graph.Record
			v   *cdp.Verdict
		}{{from, &h.FromVerdict}, {to, &h.ToVerdict}} {
			ruling, err := v.judge(side.rec)
			if err != nil {
				return nil, err
			}
			for i, c := range side.rec.Claims {
				if c.Identifier.Same(h.Identifier) && i < len(ruling.Claims) {
					*side.v = ruling.Claims[i]
				}
			}
		}
		out = append(out, h)
	}
	return out, nil
}
