package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
)

// Search answers a request. Identifiers in it are looked up in the store. At
// another standpoint it is SearchThen.
func (d *Desk) Search(ctx context.Context, req cdp.SearchRequest) (cdp.SearchAnswer, error) {
	if !d.lens.IsNow() {
		return d.SearchThen(ctx, req, nil)
	}
	if d.s.opt.Index == nil {
		return cdp.SearchAnswer{}, ErrNoIndex
	}
	out, err := d.s.opt.Index.Search(ctx, req, d.s.identified)
	if err != nil {
		return out, err
	}
	err = d.read(ctx, d.entry("search", cdp.Ref{Kind: "search"}, ""), func(tx *graph.Tx, r *reading) error {
		for _, h := range out.Hits {
			r.saw(h.Profile)
			r.about = append(r.about, profileRef(h.Profile))
		}
		head, err := tx.JournalHead()
		if err != nil {
			return err
		}
		at, err := d.s.opt.Index.Position()
		if err == nil && head > at {
			out.Behind = head - at
		}
		r.detail = fmt.Sprintf("%d hits, %d shown from %d on, facets %d", out.Total, len(out.Hits), req.Offset, len(req.Facets))
		return err
	})
	return out, err
}

// prefixLimit is how many profiles a prefix look-up gives.
const prefixLimit = 200

// identified answers a term of a query that names an identifier.
func (s *Steward) identified(ctx context.Context, t query.IdentifierTerm) ([]cdp.ProfileID, error) {
	var out []cdp.ProfileID
	err := s.g.View(ctx, func(tx *graph.Tx) error {
		carriers, err := s.carriers(tx, t)
		if err != nil {
			return err
		}
		seen := make(map[cdp.ProfileID]bool)
		out = nil
		for _, c := range carriers {
			if c.Profile != 0 && !seen[c.Profile] {
				seen[c.Profile] = true
				out = append(out, c.Profile)
			}
		}
		return nil
	})
	return out, err
}

func (s *Steward) carriers(tx *graph.Tx, t query.IdentifierTerm) ([]graph.Carrier, error) {
	text := t.Text.Reveal()
	if t.Kind == cdp.KindRecord {
		id, err := cdp.ParseRecordID(text)
		if err != nil {
			return nil, nil
		}
		p, err := tx.ProfileOf(id)
		if errors.Is(err, graph.ErrNotFound) {
			return nil, nil
		}
		return []graph.Carrier{{Profile: p, Record: id}}, err
	}
	kinds := []cdp.Kind{t.Kind}
	if t.Kind == "" {
		kinds = cdp.Kinds()
	}
	var out []graph.Carrier
	for _, kind := range kinds {
		var more []graph.Carrier
		var err error
		if t.Prefix {
			more, err = tx.LookupPrefix(kind, strings.ToLower(text), prefixLimit)
		} else {
			more, err = s.lookup(tx, kind, text)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// A Feed is what the search index follows.
type Feed struct{ s *Steward }

// Feed returns the journal and the documents of the store.
func (s *Steward) Feed() *Feed { return &Feed{s} }

// Head returns the number of the journal's last entry.
func (f *Feed) Head(ctx context.Context) (n uint64, err error) {
	err = f.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		n, err = tx.JournalHead()
		return err
	})
	return n, err
}

// Changes returns changes after a number, in order: whole rows, at least max
// if there are that many.
func (f *Feed) Changes(ctx context.Context, after uint64, max int) (out []cdp.Change, err error) {
	err = f.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.Changes(after, max)
		return err
	})
	return out, err
}

// Document returns what is to be indexed of a profile; false when it is gone,
// an alias, or not for the common search.
func (f *Feed) Document(ctx context.Context, id cdp.ProfileID) (doc cdp.Document, ok bool, err error) {
	return f.doc(ctx, id, detail{records: 0, texts: true, consents: true})
}

// A detail says how much of a profile goes into a document.
type detail struct {
	records         int // at most; 0 for all
	texts, consents bool
	unasked         bool // consents also where no record states one: an officer may have recorded it
	lens            cdp.Lens
}

// Summary is Document for a list of hits: of the first records, without
// consents, and with texts if they are asked for.
func (f *Feed) Summary(ctx context.Context, id cdp.ProfileID, records int, texts bool) (doc cdp.Document, ok bool, err error) {
	return f.doc(ctx, id, detail{records: records, texts: texts})
}

func (f *Feed) doc(ctx context.Context, id cdp.ProfileID, want detail) (doc cdp.Document, ok bool, err error) {
	err = f.s.g.View(ctx, func(tx *graph.Tx) error {
		p, err := tx.Profile(id, want.records)
		if errors.Is(err, graph.ErrNotFound) || err == nil && p.ID != id {
			return nil
		}
		if err != nil {
			return err
		}
		var left *graph.Profile
		if left, ok = usable(&p); ok {
			doc, err = f.s.document(tx, *left, want)
			ok = err == nil
		}
		return err
	})
	return doc, ok, err
}

// All returns the documents of all profiles.
func (f *Feed) All(ctx context.Context) iter.Seq2[cdp.Document, error] {
	return func(yield func(cdp.Document, error) bool) {
		stopped := false
		err := f.s.g.View(ctx, func(tx *graph.Tx) error {
			for p, err := range tx.ByComponent() {
				if err != nil {
					return err
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				left, ok := usable(&p)
				if !ok {
					continue
				}
				doc, err := f.s.document(tx, *left, detail{texts: true, consents: true})
				if err != nil {
					return err
				}
				if !yield(doc, nil) {
					stopped = true
					return nil
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(cdp.Document{}, err)
		}
	}
}

// maxTexts bounds the free texts of a document.
const maxTexts = 500

func (s *Steward) document(tx *graph.Tx, p graph.Profile, want detail) (cdp.Document, error) {
	doc := cdp.Document{Profile: p.ID, Size: p.Size}
	var endpoints []cdp.Held
	asked := false
	seen := make(map[cdp.IdentifierKey]bool)
	keys, names := make(map[cdp.Value]bool), make(map[cdp.Value]bool) // of a crowd they are many
	for i := range p.Records {
		rec := &p.Records[i]
		doc.Sources = appendNew(doc.Sources, rec.Source)
		if key := cdp.Value(rec.Key); !keys[key] {
			keys[key] = true
			doc.Records = append(doc.Records, key)
		}
		var given, family, full cdp.Value
		for _, a := range rec.Attributes {
			switch a.Name {
			case "given_name":
				given = a.Value
			case "family_name":
				family = a.Value
			case "full_name", "name":
				full = a.Value
			case "city":
				doc.Cities = appendNew(doc.Cities, a.Value)
			case "country":
				doc.Countries = appendNew(doc.Countries, strings.ToUpper(a.Value.Reveal()))
			case "segment":
				doc.Segments = appendNew(doc.Segments, a.Value)
			}
		}
		for _, n := range []cdp.Value{cdp.Value(strings.TrimSpace(given.Reveal() + " " + family.Reveal())), full} {
			if n != "" && !names[n] {
				names[n] = true
				doc.Names = append(doc.Names, n)
			}
		}
		for _, c := range rec.Channels {
			doc.Channels = appendNew(doc.Channels, c)
		}
		for _, k := range rec.TouchKinds {
			doc.TouchKinds = appendNew(doc.TouchKinds, k)
		}
		for _, b := range rec.Bases {
			doc.Bases = appendNew(doc.Bases, b)
		}
		for _, c := range rec.Claims {
			doc.Kinds = appendNew(doc.Kinds, c.Identifier.Kind())
			if want.consents && c.Blocked == "" && !seen[c.Identifier.Key()] {
				seen[c.Identifier.Key()] = true
				endpoints = append(endpoints, cdp.Held{Identifier: c.Identifier})
			}
		}
		asked = asked || rec.ConsentCount > 0
		if rec.Last.After(doc.Seen) {
			doc.Seen = rec.Last
		}
		if rec.At.After(doc.Seen) {
			doc.Seen = rec.At
		}
		if want.texts && rec.Texts && len(doc.Texts) < maxTexts {
			var texts []cdp.Value
			for _, t := range rec.Touchpoints { // there when not all had happened
				if t.Text != "" {
					texts = append(texts, t.Text)
				}
			}
			if len(rec.Touchpoints) == 0 {
				var err error
				if texts, err = tx.Texts(rec.ID); err != nil {
					return doc, err
				}
			}
			doc.Texts = append(doc.Texts, texts[:min(len(texts), maxTexts-len(doc.Texts))]...)
		}
	}
	if !want.consents || !asked && !want.unasked {
		return doc, nil
	}
	slices.SortFunc(endpoints, func(a, b cdp.Held) int {
		return cmp.Or(strings.Compare(string(a.Identifier.Kind()), string(b.Identifier.Kind())), strings.Compare(a.Identifier.Reveal(), b.Identifier.Reveal()))
	})
	v, err := s.look(tx, want.lens)
	if err != nil {
		return doc, err
	}
	standings, err := v.standings(endpoints, p.Records)
	for _, st := range standings {
		doc.Consents = appendNew(doc.Consents, cdp.DocumentConsent{Purpose: st.Purpose, State: st.State})
	}
	return doc, err
}

func appendNew[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
