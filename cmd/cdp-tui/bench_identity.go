package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/resolve"
	"cdp-tui/internal/resolve/explain"
	"cdp-tui/internal/synth"
)

// What is measured of identity, on the store as it is: loading profiles,
// explaining them, and taking a claim out of one.
type unlinking struct {
	s      *session
	g      *graph.Store
	w      stopwatch
	random []cdp.ProfileID
	links  []benchLink
}

// A benchLink is a claim of a random record that holds it in its profile.
type benchLink struct {
	profile cdp.ProfileID
	ids     []cdp.RecordID // of the profile, ascending
	ends    [2]cdp.RecordID
	cut     cdp.Decision
}

// identity measures one thing after the other. Everything that is cut is
// mended again, and must be as it was.
func (s *session) identity(ctx context.Context, w stopwatch, samples []*synth.Record) ([]latency, error) {
	g, err := graph.Open(ctx, s.kv)
	if err != nil {
		return nil, err
	}
	sub, err := s.subjects(ctx, g, samples)
	if err != nil {
		return nil, err
	}
	u := &unlinking{s: s, g: g, w: w, random: sub.random}
	if err := g.View(ctx, func(tx *graph.Tx) error { return u.choose(tx, samples) }); err != nil {
		return nil, err
	}
	if len(u.links) == 0 {
		return nil, errors.New("no record is linked with another")
	}
	load := func(ids []cdp.ProfileID) func(int) error {
		return func(i int) error {
			return g.View(ctx, func(tx *graph.Tx) error { _, err := tx.Profile(ids[i], 0); return err })
		}
	}
	link := func(i int) *benchLink { return &u.links[i%len(u.links)] }
	tests := []struct {
		name      string
		target    float64
		f, mended func(int) error
	}{
		{"whole profile, graph", 1, load(sub.random), nil},
		{"  sampled by record", 1, load(sub.byRecord), nil},
		{"why two records are one, what holds it", 1, func(i int) error { return u.explain(ctx, link(i)) }, nil},
		{"unlink computed", 1, func(i int) error { return u.compute(ctx, link(i)) }, nil},
		{"unlink done, logged, on disk", 10, func(i int) error { return u.unlink(ctx, link(i)) }, func(i int) error { return u.mend(ctx, link(i)) }},
	}
	var out []latency
	for _, t := range tests {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		l, err := w.sampleMended(t.name, len(samples), t.target, t.f, t.mended)
		if err != nil {
			return out, err
		}
		out = append(out, l)
	}
	return out, nil
}

// choose finds what may be cut: of each random record a claim that others of
// its profile carry too.
func (u *unlinking) choose(tx *graph.Tx, samples []*synth.Record) error {
	for _, rec := range samples {
		id, _, err := tx.Row(cdp.SourceID(rec.Source), rec.Key)
		if err != nil {
			return fmt.Errorf("record %s of %s: %w", rec.Key, rec.Source, err)
		}
		p, err := tx.ProfileOf(id)
		if err != nil || p == 0 {
			if err != nil {
				return err
			}
			continue
		}
		all, err := tx.Profile(p, 0)
		if err != nil {
			return err
		}
		l := benchLink{profile: p}
		var mine []cdp.Claim
		for _, r := range all.Records {
			if l.ids = append(l.ids, r.ID); r.ID == id {
				mine = r.Claims
			}
		}
		for _, r := range all.Records {
			if r.ID == id || !l.cut.Identifier.IsZero() {
				continue
			}
			for _, c := range r.Claims {
				if c.Active && slices.ContainsFunc(mine, func(o cdp.Claim) bool { return o.Active && o.Identifier.Same(c.Identifier) }) {
					l.cut = cdp.Decision{Verb: cdp.DecideCut, Identifier: c.Identifier, Reason: "a measurement",
						Rows: []cdp.DecidedRow{{Row: cdp.Row{Source: cdp.SourceID(rec.Source), Key: rec.Key}}}}
				}
			}
		}
		if len(l.ids) < 2 || l.cut.Identifier.IsZero() {
			continue
		}
		l.ends = [2]cdp.RecordID{l.ids[0], l.ids[len(l.ids)-1]}
		u.links = append(u.links, l)
	}
	return nil
}

// explain loads a profile with its evidence and finds the chain of claims
// between two of its records.
func (u *unlinking) explain(ctx context.Context, l *benchLink) error {
	return u.g.View(ctx, func(tx *graph.Tx) error {
		in, err := tx.Insight(l.profile)
		if err != nil {
			return err
		}
		var claims []explain.Claim
		order := make([]uint64, len(in.Sight.Links))
		var ends [2][]int32
		for i := range in.Records {
			for side, id := range l.ends {
				if in.Records[i].ID == id {
					ends[side] = append(ends[side], int32(i))
				}
			}
			for _, cl := range in.Sight.ClaimsOf(i) {
				if in.Sight.Result.States[cl[1]] == resolve.Joins {
					claims = append(claims, explain.Claim{Record: int32(i), Value: cl[1], Strength: explain.Strength(in.Sight.Links[cl[1]].Class)})
				}
			}
		}
		e := explain.New(len(in.Records), order, claims, nil)
		if hops, found := e.Path(ends[0], ends[1]); !found || len(hops) == 0 {
			return fmt.Errorf("%v and %v are one, and nothing says why", l.ends[0], l.ends[1])
		}
		_ = e.Articulations()
		return nil
	})
}

func (u *unlinking) compute(ctx context.Context, l *benchLink) error {
	return u.g.Draft(ctx, u.w.now(), func(tx *graph.Tx) error {
		w := graph.NewWitness()
		tx.Watch(w)
		d := l.cut
		if _, err := tx.Decide(&d); err != nil {
			return err
		}
		_ = w.Effect()
		return nil
	})
}

func (u *unlinking) unlink(ctx context.Context, l *benchLink) error {
	done, _, err := u.s.desk.Decide(ctx, []cdp.Decision{l.cut}, "")
	if err == nil {
		l.cut.ID = done[0].ID
	}
	return err
}

// mend takes a cut back: the same records are one profile again, of the same id.
func (u *unlinking) mend(ctx context.Context, l *benchLink) error {
	if _, _, err := u.s.desk.Undo(ctx, []cdp.DecisionID{l.cut.ID}, "the end of a measurement", ""); err != nil {
		return err
	}
	return u.g.View(ctx, func(tx *graph.Tx) error {
		p, err := tx.Profile(l.profile, 0)
		if err != nil {
			return err
		}
		var ids []cdp.RecordID
		for _, r := range p.Records {
			ids = append(ids, r.ID)
		}
		if p.ID != l.profile || !slices.Equal(ids, l.ids) {
			return fmt.Errorf("%v is not as it was before a claim was cut", l.profile)
		}
		return nil
	})
}

// goalOfSuppressing is in how many seconds a device is suppressed that 10,000
// records carry.
const goalOfSuppressing = 2

// A crowded device is one that many records carry, and what it takes to
// suppress it.
type crowded struct {
	Name    string  `json:"what"`
	Records int     `json:"records"`
	Before  int     `json:"profiles_before"`
	After   int     `json:"profiles_after"`
	Seconds float64 `json:"seconds"` // until all is settled, on disk
	Undone  float64 `json:"undo_seconds"`
	Target  float64 `json:"target_seconds,omitempty"`
}

// crowds are the two sorts of devices that many records carry: one that joins
// them, and one that is shared.
func crowds(b bench) []crowd {
	return []crowd{{"visits of one device", synth.Visits(b.seed, b.crowd)}, {"people at one device", synth.Kiosk(b.seed, b.crowd)}}
}

type crowd struct {
	name    string
	records iter.Seq[*synth.Record]
}

// add writes the crowds to the files of the first load.
func (b bench) addCrowds(to *delivered) error {
	for _, c := range crowds(b) {
		for rec := range c.records {
			if err := to.add(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// crowded suppresses a device that a crowd carries, and takes it back.
func (s *session) crowded(ctx context.Context, w stopwatch, b bench) ([]crowded, error) {
	g, err := graph.Open(ctx, s.kv)
	if err != nil {
		return nil, err
	}
	var out []crowded
	for _, c := range crowds(b) {
		var device string
		for rec := range c.records {
			device = rec.Device
			break
		}
		id, ok := s.canonical(cdp.KindDevice, device)
		if !ok {
			return out, fmt.Errorf("%s: no device", c.name)
		}
		r := crowded{Name: c.name, Records: b.crowd, Target: goalOfSuppressing}
		carriers := func() (ids []cdp.RecordID, in []cdp.ProfileID, n int, err error) {
			err = g.View(ctx, func(tx *graph.Tx) error {
				if ids, err = tx.Carriers(id, 0, b.crowd+1); err != nil {
					return err
				}
				in = nil
				for _, rec := range ids {
					p, err := tx.ProfileOf(rec)
					if err != nil {
						return err
					}
					in = append(in, p)
				}
				n = len(slices.Compact(slices.Sorted(slices.Values(in))))
				return nil
			})
			return ids, in, n, err
		}
		ids, in, n, err := carriers()
		if err != nil || len(ids) != b.crowd {
			return out, errors.Join(err, fmt.Errorf("%s: %d records carry it", c.name, len(ids)))
		}
		r.Before = n
		begun := w.now()
		done, _, err := s.desk.Decide(ctx, []cdp.Decision{{Verb: cdp.DecideSuppress, Identifier: id, Reason: "a measurement"}}, "")
		if err != nil {
			return out, fmt.Errorf("%s: %w", c.name, err)
		}
		r.Seconds = w.now().Sub(begun).Seconds()
		if _, _, r.After, err = carriers(); err != nil {
			return out, err
		}
		begun = w.now()
		if _, _, err := s.desk.Undo(ctx, []cdp.DecisionID{done[0].ID}, "the end of a measurement", ""); err != nil {
			return out, fmt.Errorf("%s: %w", c.name, err)
		}
		r.Undone = w.now().Sub(begun).Seconds()
		again, now, _, err := carriers()
		if err != nil {
			return out, err
		}
		if !slices.Equal(again, ids) || !slices.Equal(now, in) {
			return out, fmt.Errorf("%s: not as it was before the device was suppressed", c.name)
		}
		out = append(out, r)
	}
	return out, nil
}
