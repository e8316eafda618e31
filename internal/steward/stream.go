package steward

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// streamRecords is about how many records of profiles are read in one view, so
// that a slow reader holds no snapshot.
const streamRecords = 2000

// EachProfile hands every live profile to f, with all its records and
// identifiers and nothing else of it, in no order that means anything. The run
// is logged once, before the first profile is handed out. Profiles that change
// while it runs are given as they were, or as they are then.
func (d *Desk) EachProfile(ctx context.Context, f func(cdp.Profile) error) error {
	return d.eachProfile(ctx, d.entry("export", cdp.Ref{Kind: "profiles"}, "records and identifiers of all %d profiles"), f)
}

// Measure is EachProfile for a comparison with a truth file, the hex SHA-256 of
// which the log keeps.
func (d *Desk) Measure(ctx context.Context, hash string, f func(cdp.Profile) error) error {
	e := d.entry("eval", cdp.Ref{Kind: "profiles"}, "all %d profiles against a truth file")
	e.Digest = hash
	return d.eachProfile(ctx, e, f)
}

// eachProfile logs e, with the number of profiles in its detail.
func (d *Desk) eachProfile(ctx context.Context, e cdp.Entry, f func(cdp.Profile) error) error {
	detail := e.Detail
	err := d.update(ctx, &e, func(tx *graph.Tx) error {
		st, err := tx.Stats()
		e.Detail = fmt.Sprintf(detail, st.Profiles)
		return err
	})
	if err != nil {
		return err
	}
	if !d.lens.IsNow() { // each page would be divided anew
		_, err := d.stream(ctx, 0, func(_ *graph.Tx, p *graph.Profile) (bool, error) { return false, f(members(*p)) })
		return err
	}
	for place, more := uint64(0), true; more; {
		var page []cdp.Profile
		records := 0
		next, err := d.stream(ctx, place, func(_ *graph.Tx, p *graph.Profile) (bool, error) {
			page = append(page, members(*p))
			records += len(p.Records)
			return records >= streamRecords, nil
		})
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f(p); err != nil {
				return err
			}
		}
		place, more = next, next != 0
	}
	return nil
}

// members is a profile with its records and identifiers only.
func members(p graph.Profile) cdp.Profile {
	out := cdp.Profile{ID: p.ID, Asked: p.ID, RecordCount: p.Size}
	at := make(map[cdp.IdentifierKey]int)
	for _, rec := range p.Records {
		out.Records = append(out.Records, cdp.Member{Record: rec.ID, Source: rec.Source, Key: cdp.Value(rec.Key), At: rec.At, Recorded: rec.Recorded,
			Batch: rec.Lineage.Batch, Line: rec.Lineage.Line, Version: rec.Version, Touchpoints: rec.TouchpointCount, Outcome: rec.Outcome})
		out.Outcome = max(out.Outcome, rec.Outcome)
		for _, c := range rec.Claims {
			i, ok := at[c.Identifier.Key()]
			if !ok {
				i = len(out.Identifiers)
				at[c.Identifier.Key()] = i
				out.Identifiers = append(out.Identifiers, cdp.Held{Identifier: c.Identifier})
			}
			h := &out.Identifiers[i]
			h.Records++
			h.Active = h.Active || c.Active
		}
	}
	slices.SortStableFunc(out.Identifiers, func(a, b cdp.Held) int {
		return cmp.Or(strings.Compare(string(a.Identifier.Kind()), string(b.Identifier.Kind())),
			strings.Compare(a.Identifier.Reveal(), b.Identifier.Reveal()))
	})
	return out
}

// RevealPage is Reveal for an answer about several things: one entry, found by
// each of them.
func (d *Desk) RevealPage(ctx context.Context, object cdp.Ref, about []cdp.Ref, fields []string, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	e := d.entry("reveal", object, strings.Join(fields, ", "))
	e.Reason = reason
	return d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e, about...) })
}
