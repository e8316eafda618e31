package steward

import (
	"context"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// neighbourLimit bounds the profiles of a neighbourhood.
const neighbourLimit = 200

// Neighbourhood returns a profile with what surrounds it: identifiers,
// recipients, and the profiles that carry the same identifiers without being
// linked, up to some hops (1 to 4); at another standpoint what surrounded it.
func (d *Desk) Neighbourhood(ctx context.Context, id cdp.ProfileID, hops int) (cdp.Neighbourhood, error) {
	var out cdp.Neighbourhood
	err := d.read(ctx, d.entry("view", profileRef(id), "graph"), func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		out = cdp.Neighbourhood{Hops: clamp(hops, 1, 4), Lens: d.lens}
		if !d.lens.IsNow() {
			if v.around, err = tx.Around(ctx, v.lens.Standpoint, v.judgeThen, []cdp.ProfileID{id}, nil, true); err != nil {
				return err
			}
		}
		p, err := v.ground().Profile(id, profileLimit)
		if err != nil {
			return err
		}
		out.Centre = p.ID
		all, err := v.shares(p.Records)
		if err != nil {
			return err
		}
		out.Down = downstream(all, nil)
		seen, read := map[cdp.ProfileID]bool{p.ID: true}, make(map[cdp.ProfileID]graph.Profile)
		ring := []graph.Profile{p}
		for hop := 1; hop <= out.Hops && len(ring) > 0; hop++ {
			if err := v.grow(ctx, ring, &out); err != nil {
				return err
			}
			if hop == 1 { // with who shares each
				if out.Held, err = v.held(p); err != nil {
					return err
				}
			}
			if ring, err = v.ring(ring, hop, seen, read, &out); err != nil {
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

// grow takes in what carried the identifiers of some profiles then, linking or
// not.
func (v *sight) grow(ctx context.Context, ring []graph.Profile, out *cdp.Neighbourhood) error {
	if v.around == nil {
		return nil
	}
	var ids []cdp.Identifier
	seen := make(map[cdp.IdentifierKey]bool)
	for _, p := range ring {
		for _, rec := range p.Records {
			for _, c := range rec.Claims {
				if c.Blocked == "" && !seen[c.Identifier.Key()] {
					seen[c.Identifier.Key()] = true
					ids = append(ids, c.Identifier)
				}
			}
		}
	}
	var err error
	if v.around, err = v.around.Grow(ctx, ids, true, v.judgeThen); err != nil {
		return err
	}
	out.Partial = v.around.Partial()
	for _, id := range ids {
		if v.around.Wide(id) && !slices.ContainsFunc(out.Wide, id.Same) {
			out.Wide = append(out.Wide, id)
		}
	}
	return nil
}

// ring adds what is one hop further, and returns those profiles. read holds
// the profiles that were read, each once.
func (v *sight) ring(from []graph.Profile, hop int, seen map[cdp.ProfileID]bool, read map[cdp.ProfileID]graph.Profile, out *cdp.Neighbourhood) ([]graph.Profile, error) {
	k := v.ground()
	var next []graph.Profile
	for _, p := range from {
		done := make(map[cdp.IdentifierKey]bool)
		for _, rec := range p.Records {
			for _, c := range rec.Claims {
				if done[c.Identifier.Key()] || c.Blocked != "" {
					continue
				}
				done[c.Identifier.Key()] = true
				others, err := k.Sharing(c.Identifier, p.ID)
				if err != nil {
					return nil, err
				}
				first := len(out.Shared) // of this identifier: one entry a reason
				for _, o := range others {
					if o == 0 { // it had no id then, by which it could be named
						out.Hidden++
						continue
					}
					q, ok := read[o]
					if !ok {
						if q, err = k.Profile(o, 50); err != nil {
							return nil, err
						}
						read[o] = q
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
