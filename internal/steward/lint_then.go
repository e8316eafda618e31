package steward

import (
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/lint"
)

// read notes how many rows were judged before the first was handed over.
func (w *walk) read(rows int) {
	if w.judged = rows; w.progress != nil {
		w.progress(rows)
	}
}

// counted counts a record to its source, which at another standpoint nothing
// has counted.
func (w *walk) counted(rec *graph.Record) {
	src := w.sources[rec.Source]
	if src == nil {
		return
	}
	if rec.State == graph.InQuarantine {
		src.Quarantined++
	} else {
		src.Records++
		src.Touchpoints += len(rec.Touchpoints)
	}
	w.came(rec)
}

// delivered notes when the versions of a row came.
func (w *walk) delivered(t graph.RowThen) {
	for i := range t.Versions {
		w.came(&t.Versions[i])
	}
}

func (w *walk) came(rec *graph.Record) {
	if src := w.sources[rec.Source]; src != nil && rec.Recorded.After(src.Last) && !rec.Recorded.After(w.scope.Now) {
		src.Last = rec.Recorded
	}
}

// sourcesThen leaves of sources those of which a delivery was known, without
// their counts. What their mappings say of them is kept as of now alone.
func sourcesThen(tx *graph.Tx, all []cdp.SourceStat, from cdp.Standpoint) ([]cdp.SourceStat, error) {
	begun := make(map[cdp.SourceID]int)
	for before := cdp.BatchID(0); ; {
		list, err := tx.Batches(before, 1_000)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if before = list[i].Batch; from.Knew(list[i].Begun) {
				begun[list[i].Source]++
			}
		}
		if len(list) < 1_000 {
			break
		}
	}
	var out []cdp.SourceStat
	for _, s := range all {
		if n := begun[s.Source.ID]; n > 0 {
			out = append(out, cdp.SourceStat{Source: s.Source, Batches: n})
		}
	}
	return out, nil
}

// mutesThen returns the mutes that had been made at a standpoint, and not been
// lifted. One that was lifted or made anew before the store kept that is not
// found.
func mutesThen(tx *graph.Tx, from cdp.Standpoint) ([]cdp.Mute, error) {
	if from.IsNow() {
		return tx.Mutes()
	}
	return tx.MutesAt(earliest(from))
}

// crossings are the logins that lead to records of several controllers, found
// while profiles pass by: an entry for each login that links.
type crossings struct {
	kinds []string
	one   map[cdp.IdentifierKey]crossed
	more  map[cdp.IdentifierKey]*graph.Across
}

// crossed is where a login was seen first; most are seen there alone.
type crossed struct {
	controller string
	profile    cdp.ProfileID // 0 when it joins nothing
}

// look looks at the claims of a profile that link, or would if their value did
// not join what must stay apart.
func (x *crossings) look(id cdp.ProfileID, records []graph.Record, apart []graph.Apart) {
	for i := range records {
		rec := &records[i]
		for k := range rec.Claims {
			c := &rec.Claims[k]
			if !slices.Contains(x.kinds, string(c.Identifier.Kind())) {
				continue
			}
			at := crossed{rec.Controller, id}
			if !c.Active {
				if at.profile = 0; !slices.ContainsFunc(apart, func(a graph.Apart) bool { return a.Link.ID.Same(c.Identifier) }) {
					continue
				}
			}
			x.add(c.Identifier, at)
		}
	}
}

func (x *crossings) add(id cdp.Identifier, at crossed) {
	key := id.Key()
	a := x.more[key]
	if a == nil {
		first, seen := x.one[key]
		switch {
		case !seen:
			if x.one == nil {
				x.one = make(map[cdp.IdentifierKey]crossed)
			}
			x.one[key] = at
			return
		case first == at:
			return
		}
		if x.more == nil {
			x.more = make(map[cdp.IdentifierKey]*graph.Across)
		}
		a = &graph.Across{Identifier: id, Controllers: []string{first.controller}}
		if first.profile != 0 {
			a.Profiles = []cdp.ProfileID{first.profile}
		}
		x.more[key] = a
	}
	a.Controllers = appendNew(a.Controllers, at.controller)
	if at.profile != 0 {
		a.Profiles = appendNew(a.Profiles, at.profile)
	}
}

// tell hands what was found to a run.
func (x *crossings) tell(run *lint.Run) {
	for _, a := range x.more {
		if len(a.Controllers) < 2 {
			continue
		}
		slices.SortFunc(a.Controllers, strings.Compare)
		for _, id := range a.Profiles {
			run.Profile(&lint.Profile{ID: id, Crossed: []lint.Crossing{{Identifier: a.Identifier, Controllers: a.Controllers}}})
		}
	}
}
