package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	err := d.between(ctx, a, b, func(tx *graph.Tx, from, to end, r *reading) (err error) {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		out, err = v.path(from, to)
		r.detail = fmt.Sprintf("and %s: %s", out.To.ID, several(len(out.Hops), "hop"))
		r.saw(out.From, out.To, len(out.Hops))
		return err
	})
	return out, err
}

// between reads about two things that an officer typed.
func (d *Desk) between(ctx context.Context, a, b string, f func(tx *graph.Tx, from, to end, r *reading) error) error {
	var ambiguous error
	err := d.read(ctx, d.entry("why", cdp.Ref{}, ""), func(tx *graph.Tx, r *reading) error {
		ambiguous = nil
		var ends [2]end
		for i, side := range []struct{ text, which string }{{a, "the first"}, {b, "the second"}} {
			found, err := d.s.find(tx, side.text)
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
			if ends[i], err = d.s.end(tx, f); err != nil {
				return err
			}
		}
		r.object, r.about = ends[0].ref, append(r.about, ends[1].ref)
		return f(tx, ends[0], ends[1], r)
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
	if from.profile != 0 && (from.profile == to.profile || !v.lens.IsNow()) { // who are two now may have been one
		in, err := v.insight(from.profile)
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
	if !v.lens.IsNow() {
		return out, nil // what kept them apart is told of now only
	}
	not, err := v.whyNot(v.tx, from, to)
	out.Not = notWords(not)
	return out, err
}

// insight is what held a profile together at the standpoint.
func (v *sight) insight(id cdp.ProfileID) (*graph.Insight, error) {
	if v.lens.IsNow() {
		return v.tx.Insight(id)
	}
	then, err := v.tx.Then(id, v.lens.Standpoint, v.judgeThen)
	return then.Insight, err
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
			made, err := v.tx.Decision(uint64(e.Ties[st.Via.Number].Decision))
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

// neighbourLimit bounds the profiles of a neighbourhood.
const neighbourLimit = 200

// Neighbourhood returns a profile with what surrounds it: identifiers,
// recipients, and the profiles that carry the same identifiers without being
// linked, up to some hops (1 to 4).
func (d *Desk) Neighbourhood(ctx context.Context, id cdp.ProfileID, hops int) (cdp.Neighbourhood, error) {
	out := cdp.Neighbourhood{Hops: clamp(hops, 1, 4)}
	err := d.read(ctx, d.entry("view", profileRef(id), "graph"), func(tx *graph.Tx, r *reading) error {
		p, err := tx.Profile(id, profileLimit)
		if err != nil {
			return err
		}
		out.Centre, out.Shared, out.Hidden = p.ID, nil, 0
		v, err := d.s.look(tx, cdp.Lens{})
		if err != nil {
			return err
		}
		if out.Held, err = v.held(p); err != nil {
			return err
		}
		all, err := v.shares(p.Records)
		if err != nil {
			return err
		}
		out.Down = downstream(all, nil)
		seen, known := map[cdp.ProfileID]bool{p.ID: true}, make(map[cdp.ProfileID]graph.Profile)
		ring := []graph.Profile{p}
		for hop := 1; hop <= out.Hops && len(ring) > 0; hop++ {
			if ring, err = d.s.ring(tx, ring, hop, seen, known, &out); err != nil {
				return err
			}
		}
		r.object = profileRef(p.ID)
		for other := range seen {
			r.about = append(r.about, profileRef(other))
		}
		r.saw(p.ID, len(seen))
		return nil
	})
	return out, err
}

// ring adds what is one hop further, and returns those profiles. known holds
// the profiles that were read, each once.
func (s *Steward) ring(tx *graph.Tx, from []graph.Profile, hop int, seen map[cdp.ProfileID]bool, known map[cdp.ProfileID]graph.Profile, out *cdp.Neighbourhood) ([]graph.Profile, error) {
	var next []graph.Profile
	for _, p := range from {
		done := make(map[cdp.IdentifierKey]bool)
		for _, rec := range p.Records {
			for _, c := range rec.Claims {
				if done[c.Identifier.Key()] || c.Blocked != "" {
					continue
				}
				done[c.Identifier.Key()] = true
				others, err := tx.Sharing(c.Identifier, p.ID)
				if err != nil {
					return nil, err
				}
				first := len(out.Shared) // of this identifier: one entry a reason
				for _, o := range others {
					q, ok := known[o]
					if !ok {
						if q, err = tx.Profile(o, 50); err != nil {
							return nil, err
						}
						known[o] = q
					}
					reason := ringReason(rec, c, q)
					i := slices.IndexFunc(out.Shared[first:], func(sh cdp.Sharing) bool { return sh.Reason == reason })
					if i < 0 {
						i = len(out.Shared) - first
						out.Shared = append(out.Shared, cdp.Sharing{Identifier: c.Identifier, From: p.ID, Reason: reason, Hop: hop})
					}
					sh := &out.Shared[first+i]
					sh.Profiles = append(sh.Profiles, o)
					if seen[o] {
						continue
					}
					if len(seen) >= neighbourLimit {
						out.Hidden++
						continue
					}
					seen[o] = true
					next = append(next, q)
				}
			}
		}
	}
	return next, nil
}

// ringReason says why an identifier that both carry does not join a record and
// another profile: whichever side it is at.
func ringReason(rec graph.Record, c cdp.Claim, other graph.Profile) string {
	if _, why := apartFor(rec, c); why != "" && len(other.Records) > 0 && other.Records[0].Controller == rec.Controller {
		return why
	}
	for _, o := range other.Records {
		if o.Controller != rec.Controller {
			return controllersWords(rec.Controller, o.Controller)
		}
		for _, oc := range o.Claims {
			if _, why := apartFor(o, oc); oc.Identifier.Same(c.Identifier) && why != "" {
				return why
			}
		}
	}
	return "not known" // a profile too large to look at all of its records
}
