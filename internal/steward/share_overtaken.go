package steward

import (
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// overtaken returns the lines of the run on which a change since they were
// judged may bear, as far as the journal was read. more says that it goes on;
// whole that the lines are best judged again all.
func (r *running) overtaken(tx *graph.Tx, reg *policy.Register) (lines []cdp.ShareLine, seen uint64, more, whole bool, err error) {
	seen = r.seen
	changes, err := tx.Changes(r.seen, followedChanges*r.reach)
	if err != nil || len(changes) == 0 {
		return nil, seen, false, false, err
	}
	head, err := tx.JournalHead()
	if err != nil {
		return nil, seen, false, false, err
	}
	seen = changes[len(changes)-1].Seq
	w := overtaking{tx: tx, limit: r.d.s.followed * r.reach, carriers: followedCarriers * r.reach, ends: r.d.s.endsOn(reg, ""), records: make(map[cdp.RecordID]bool), profiles: make(map[cdp.ProfileID]bool)}
	for _, c := range changes {
		if err := w.change(&c); err != nil {
			return nil, seen, false, false, err
		}
	}
	if w.whole {
		return nil, r.seen, false, true, nil
	}
	ids := make([]cdp.RecordID, 0, len(w.records))
	for id := range w.records {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	lines, err = tx.SharesOfRun(r.run.ID, ids)
	return lines, seen, seen < head, false, err
}

// An overtaking gathers the records on which changes may bear.
type overtaking struct {
	tx       *graph.Tx
	ends     []string // touchpoints that end a contract
	records  map[cdp.RecordID]bool
	profiles map[cdp.ProfileID]bool
	limit    int  // of records
	carriers int  // of an identifier
	whole    bool // there are more: nothing more is gathered
}

func (w *overtaking) change(c *cdp.Change) error {
	if w.whole {
		return nil
	}
	for _, id := range c.Profiles {
		if err := w.profile(id); err != nil || w.whole {
			return err
		}
	}
	if c.Record == 0 {
		return nil
	}
	rec, err := w.row(c.Record)
	if errors.Is(err, graph.ErrNotFound) {
		return nil
	}
	if err != nil || w.whole {
		return err
	}
	// A no at an endpoint, or the return of an order, bears on all that carry it.
	ending := slices.ContainsFunc(rec.TouchKinds, func(k string) bool { return slices.Contains(w.ends, k) })
	endpoints := endpointsOf(&rec.Record)
	guards, err := w.tx.Guards(endpoints)
	if err != nil {
		return err
	}
	for i, e := range endpoints {
		if guards[i] == 0 && !(ending && e.Kind() == cdp.KindOrder) {
			continue
		}
		ids, err := w.tx.Carriers(e, 0, w.carriers)
		if err != nil {
			return err
		}
		if len(ids) == w.carriers {
			w.whole = true
			return nil
		}
		for _, id := range ids {
			if _, err := w.row(id); err != nil || w.whole {
				return err
			}
		}
	}
	return nil
}

// row takes a record, all versions of its row, and those in its profile.
func (w *overtaking) row(id cdp.RecordID) (graph.Record, error) {
	rec, err := w.tx.Head(id)
	if err != nil || w.records[id] {
		return rec, err
	}
	current, before, err := w.tx.Row(rec.Source, rec.Key)
	if err != nil && !errors.Is(err, graph.ErrNotFound) {
		return rec, err
	}
	for _, v := range append(before, id, current) {
		w.add(v)
	}
	if w.whole {
		return rec, nil
	}
	p, err := w.tx.ProfileOf(id)
	if err != nil || p == 0 {
		return rec, err
	}
	return rec, w.profile(p)
}

func (w *overtaking) profile(id cdp.ProfileID) error {
	live, err := w.tx.Find(id)
	if errors.Is(err, graph.ErrNotFound) || err == nil && w.profiles[live] {
		return nil
	}
	if err != nil {
		return err
	}
	w.profiles[live] = true
	p, err := w.tx.Profile(live, w.limit+1)
	if err != nil {
		return err
	}
	for i := range p.Records {
		w.add(p.Records[i].ID)
	}
	return nil
}

func (w *overtaking) add(id cdp.RecordID) {
	w.records[id] = true
	w.whole = w.whole || len(w.records) > w.limit
}
