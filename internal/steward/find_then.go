package steward

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
)

// tagged is an identifier with the tag by which it prints.
func (s *Steward) tagged(id cdp.Identifier) cdp.Identifier {
	if s.opt.Canon != nil {
		if out, ok := s.opt.Canon(id.Kind(), id.Reveal()); ok {
			return out
		}
	}
	return id
}

// profileThen finds the profile that an id meant at the standpoint.
func (v *sight) profileThen(id cdp.ProfileID) ([]cdp.Found, error) {
	p, err := v.whole(id, 0)
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f := cdp.Found{Ref: profileRef(p.ID), Profile: p.ID}
	if p.ID != id {
		f.Note = id.String() + " was an alias of " + p.ID.String()
	}
	return []cdp.Found{f}, nil
}

// recordThen finds a record as it stood at the standpoint, with the profile that
// held its row if it was the version that counted.
func (v *sight) recordThen(rec graph.Record) ([]cdp.Found, error) {
	if !v.lens.Knew(rec.Recorded) {
		return nil, nil
	}
	f := cdp.Found{Ref: recordRef(rec.ID)}
	state, err := v.stateThen(rec)
	if err != nil {
		return nil, err
	}
	if state != graph.Live {
		f.Note = state.String()
		return []cdp.Found{f}, nil
	}
	then, err := v.tx.ThenOf(rec.ID, v.lens.Standpoint, v.judgeThen)
	if errors.Is(err, graph.ErrNotThen) {
		f.Note = graph.InQuarantine.String()
		return []cdp.Found{f}, nil
	}
	if f.Profile = then.Profile.ID; f.Profile == 0 {
		f.Note = noIDThen
	}
	return []cdp.Found{f}, err
}

// noIDThen is the note of what was in a profile that had no id yet.
const noIDThen = "in a profile that had no id then"

// stateThen says whether a record counted at the standpoint: whether it was let
// in it does not say.
func (v *sight) stateThen(rec graph.Record) (graph.State, error) {
	id := rec.ID
	var err error
	if v.lens.Known.IsZero() {
		id, _, err = v.tx.Row(rec.Source, rec.Key)
	} else {
		id, err = v.tx.RowKnown(rec.Source, rec.Key, v.lens.Known)
	}
	switch {
	case err != nil && !errors.Is(err, graph.ErrNotFound):
		return 0, err
	case id != rec.ID:
		return graph.Superseded, nil
	case rec.Deleted:
		return graph.Deleted, nil
	case !rec.Dropped.IsZero():
		return graph.Dropped, nil
	}
	return graph.Live, nil
}

// A sought is an identifier as an officer typed it: what of those that are
// carried is meant.
type sought struct {
	exact  []cdp.Identifier // any of them
	prefix string           // "" for none
	kind   cdp.Kind         // of the prefix, "" for any
}

func (w *sought) is(id cdp.Identifier) bool {
	if w.prefix != "" {
		return (w.kind == "" || id.Kind() == w.kind) && strings.HasPrefix(id.Reveal(), w.prefix)
	}
	return slices.ContainsFunc(w.exact, id.Same)
}

// sought reads the term of a query that names an identifier. What stands in no
// row may be meant too: what carried it then may be gone.
func (v *sight) sought(t query.IdentifierTerm) (*sought, error) {
	w := &sought{}
	text := t.Text.Reveal()
	if t.Prefix {
		w.prefix, w.kind = strings.ToLower(text), t.Kind
		return w, nil
	}
	kinds := []cdp.Kind{t.Kind}
	if t.Kind == "" {
		kinds = cdp.Kinds()
	}
	for _, kind := range kinds {
		ids, err := v.meant(kind, text)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			w.exact = append(w.exact, id)
			hashed, err := v.tx.Hashed(id)
			switch {
			case err == nil:
				w.exact = append(w.exact, hashed)
			case !errors.Is(err, graph.ErrNotFound):
				return nil, err
			}
		}
	}
	return w, nil
}

// meant are the identifiers of a kind that what was typed may be: canonical,
// and with each issuer.
func (v *sight) meant(kind cdp.Kind, raw string) ([]cdp.Identifier, error) {
	if v.opt.Canon == nil {
		return nil, nil
	}
	var out []cdp.Identifier
	if id, ok := v.opt.Canon(kind, raw); ok {
		out = append(out, id)
	}
	if !issued(kind) {
		return out, nil
	}
	issuers, err := v.tx.Issuers(kind)
	for _, issuer := range issuers {
		if id, ok := v.opt.Canon(kind, issuer+":"+raw); ok {
			out = append(out, id)
		}
	}
	return out, err
}

// carriedThen finds what carried an identifier at the standpoint. It reads all
// rows of the store: what carried it then may carry it no more.
func (v *sight) carriedThen(ctx context.Context, t query.IdentifierTerm) ([]cdp.Found, error) {
	if t.Kind == cdp.KindRecord {
		id, err := cdp.ParseRecordID(t.Text.Reveal())
		if err != nil {
			return nil, nil
		}
		return v.findRecord(id)
	}
	w, err := v.sought(t)
	if err != nil || len(w.exact) == 0 && w.prefix == "" {
		return nil, err
	}
	rows, more, err := v.mayHaveCarried(ctx, t, w)
	if err != nil {
		return nil, err
	}
	a, err := v.tx.Around(ctx, v.lens.Standpoint, v.judgeThen, nil, rows, false)
	if err != nil {
		return nil, err
	}
	var out []cdp.Found
	seen := make(map[cdp.Ref]bool)
	for _, id := range rows {
		f, ok, err := v.carrierThen(a, id, w)
		if err != nil {
			return nil, err
		}
		if !ok || seen[f.Ref] {
			continue
		}
		if len(out) == findLimit {
			more = true
			break
		}
		seen[f.Ref] = true
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b cdp.Found) int {
		return cmp.Or(strings.Compare(string(a.Identifier.Kind()), string(b.Identifier.Kind())), strings.Compare(a.Identifier.Reveal(), b.Identifier.Reveal()))
	})
	if more && len(out) > 0 {
		out[len(out)-1].Note = "more carried it: search lists all"
	}
	return out, nil
}

// mayHaveCarried returns records of the rows that may have carried what is
// sought: at most twice as many as a look-up gives, and whether there are more.
func (v *sight) mayHaveCarried(ctx context.Context, t query.IdentifierTerm, w *sought) (rows []cdp.RecordID, more bool, err error) {
	ids := w.exact
	if w.prefix != "" {
		carriers, err := v.carriers(v.tx, t)
		if err != nil {
			return nil, false, err
		}
		more = len(carriers) >= prefixLimit
		for _, c := range carriers {
			if !slices.ContainsFunc(ids, c.Identifier.Same) {
				ids = append(ids, c.Identifier)
			}
		}
	}
	for _, id := range ids {
		now, err := v.tx.Carriers(id, 0, findLimit+1)
		if err != nil {
			return nil, false, err
		}
		rows, more = append(rows, now...), more || len(now) > findLimit
	}
	was, err := v.tx.Former(ctx, v.lens.Standpoint, w.is)
	if err != nil {
		return nil, false, err
	}
	rows = append(rows, was...)
	slices.Sort(rows)
	rows = slices.Compact(rows)
	const most = 2 * findLimit
	return rows[:min(len(rows), most)], more || len(rows) > most, nil
}

// carrierThen says what the row of a record was part of, if the version that
// counted carried what is sought.
func (v *sight) carrierThen(a *graph.Around, id cdp.RecordID, w *sought) (cdp.Found, bool, error) {
	rec, err := v.tx.Head(id)
	if err != nil {
		return cdp.Found{}, false, err
	}
	if !v.lens.Known.IsZero() {
		known, err := v.tx.RowKnown(rec.Source, rec.Key, v.lens.Known)
		if errors.Is(err, graph.ErrNotFound) {
			return cdp.Found{}, false, nil
		}
		if err == nil && known != id {
			rec, err = v.tx.Head(known)
		}
		if err != nil {
			return cdp.Found{}, false, err
		}
	}
	if rec.Deleted {
		return cdp.Found{}, false, nil
	}
	then, err := a.Of(rec.Source, rec.Key)
	out := cdp.Found{Ref: recordRef(rec.ID), Profile: then.Profile.ID}
	switch {
	case errors.Is(err, graph.ErrNotThen):
		out.Note = "in quarantine"
	case err != nil:
		return out, false, err
	case out.Profile == 0:
		out.Note = noIDThen
	default:
		out.Ref = profileRef(out.Profile)
	}
	claims := rec.Claims
	if i := slices.IndexFunc(then.Profile.Records, func(r graph.Record) bool { return r.ID == rec.ID }); i >= 0 {
		claims = then.Profile.Records[i].Claims // with the marks of the lists of then
	}
	for _, c := range claims {
		if c.Blocked == "" && w.is(c.Identifier) {
			found := v.tagged(c.Identifier)
			out.Identifier = &found
			return out, true, nil
		}
	}
	return out, false, nil
}
