package steward

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Why tells why two things are one: the shortest chain of evidence between
// them; or, when there is none, what they share without being linked. a and b
// are profiles, records or identifiers as Find takes them; an *AmbiguousError
// says that one of them is or is carried by several.
func (d *Desk) Why(ctx context.Context, a, b string) (cdp.Path, error) {
	var out cdp.Path
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
		var err error
		out, err = d.s.path(tx, ends[0], ends[1])
		r.object, r.about = out.From, append(r.about, out.To)
		r.detail = fmt.Sprintf("and %s: %d hops", out.To.ID, len(out.Hops))
		r.saw(out.From, out.To, len(out.Hops))
		return err
	})
	if err == nil {
		err = ambiguous
	}
	return out, err
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

func (s *Steward) path(tx *graph.Tx, from, to end) (cdp.Path, error) {
	out := cdp.Path{From: from.ref, To: to.ref}
	if from.profile != 0 && from.profile == to.profile {
		steps, found, err := tx.Path(from.records, to.records)
		if err != nil {
			return out, err
		}
		out.Found = found
		out.Hops, err = s.hops(tx, steps)
		return out, err
	}
	var err error
	out.Not, err = s.whyNot(tx, from, to)
	return out, err
}

func (s *Steward) hops(tx *graph.Tx, steps []graph.Step) ([]cdp.Hop, error) {
	reg, err := s.inForce(tx, s.opt.Now())
	if err != nil {
		return nil, err
	}
	var out []cdp.Hop
	for _, st := range steps {
		h := cdp.Hop{From: st.From.ID, To: st.To.ID, FromSource: st.From.Source, ToSource: st.To.Source, Identifier: st.Identifier, At: st.From.Recorded}
		if st.To.Recorded.After(h.At) {
			h.At = st.To.Recorded
		}
		for _, side := range []struct {
			rec graph.Record
			v   *cdp.Verdict
		}{{st.From, &h.FromVerdict}, {st.To, &h.ToVerdict}} {
			ruling, err := s.judgeStored(tx, reg, side.rec)
			if err != nil {
				return nil, err
			}
			for i, c := range side.rec.Claims {
				if c.Identifier.Same(st.Identifier) && i < len(ruling.Claims) {
					*side.v = ruling.Claims[i]
				}
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// whyNot lists the identifiers that records of both ends carry, and why they
// do not link.
func (s *Steward) whyNot(tx *graph.Tx, from, to end) ([]string, error) {
	reg, err := s.inForce(tx, s.opt.Now())
	if err != nil {
		return nil, err
	}
	type carried struct {
		rec graph.Record
		v   cdp.Verdict
	}
	load := func(e end) (map[cdp.IdentifierKey]carried, []cdp.Identifier, error) {
		out := make(map[cdp.IdentifierKey]carried)
		var order []cdp.Identifier
		for _, id := range e.records {
			rec, err := tx.Head(id)
			if err != nil {
				return nil, nil, err
			}
			ruling, err := s.judgeStored(tx, reg, rec)
			if err != nil {
				return nil, nil, err
			}
			for i, c := range rec.Claims {
				if _, ok := out[c.Identifier.Key()]; !ok && i < len(ruling.Claims) {
					v := ruling.Claims[i]
					if ruling.Outcome != cdp.Linked && v.Allow {
						v = ruling.Verdict
					}
					out[c.Identifier.Key()] = carried{rec, v}
					order = append(order, c.Identifier)
				}
			}
		}
		return out, order, nil
	}
	left, order, err := load(from)
	if err != nil {
		return nil, err
	}
	right, _, err := load(to)
	if err != nil {
		return nil, err
	}
	// An address and its hashes have one reason: it is told once, of all of them.
	var reasons []string
	by := make(map[string][]string)
	tell := func(id cdp.Identifier, reason string) {
		if by[reason] == nil {
			reasons = append(reasons, reason)
		}
		by[reason] = append(by[reason], id.String())
	}
	for _, id := range order {
		a := left[id.Key()]
		b, shared := right[id.Key()]
		if !shared {
			continue
		}
		if a.rec.Controller != b.rec.Controller {
			tell(id, fmt.Sprintf(" for different controllers (%s, %s): joining them would be a disclosure, not a merge", a.rec.Controller, b.rec.Controller))
			continue
		}
		for _, side := range []carried{a, b} {
			if !side.v.Allow {
				tell(id, fmt.Sprintf(", but for %v of %s it does not link: %s (%s)", side.rec.ID, side.rec.Source, side.v.Reason, side.v.Rule))
			}
		}
	}
	if len(reasons) == 0 {
		return []string{"they share no identifier"}, nil
	}
	out := make([]string, len(reasons))
	for i, reason := range reasons {
		out[i] = strings.Join(by[reason], ", ") + " carried by both" + reason
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
		if out.Held, err = d.s.held(tx, p); err != nil {
			return err
		}
		all, err := shares(tx, p.Records)
		if err != nil {
			return err
		}
		out.Down = downstream(all, nil)
		seen := map[cdp.ProfileID]bool{p.ID: true}
		ring := []graph.Profile{p}
		for hop := 1; hop <= out.Hops && len(ring) > 0; hop++ {
			if ring, err = d.s.ring(tx, ring, hop, seen, &out); err != nil {
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

// ring adds what is one hop further, and returns those profiles.
func (s *Steward) ring(tx *graph.Tx, from []graph.Profile, hop int, seen map[cdp.ProfileID]bool, out *cdp.Neighbourhood) ([]graph.Profile, error) {
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
				if err != nil || len(others) == 0 {
					if err != nil {
						return nil, err
					}
					continue
				}
				sh := cdp.Sharing{Identifier: c.Identifier, From: p.ID, Reason: shortVerdict(c).Rule, Hop: hop}
				for _, o := range others {
					sh.Profiles = append(sh.Profiles, o)
					if seen[o] {
						continue
					}
					if len(seen) >= neighbourLimit {
						out.Hidden++
						continue
					}
					seen[o] = true
					q, err := tx.Profile(o, 50)
					if err != nil {
						return nil, err
					}
					next = append(next, q)
				}
				out.Shared = append(out.Shared, sh)
			}
		}
	}
	return next, nil
}
