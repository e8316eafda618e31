package search

import (
	"context"
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

// A testFeed is a store in memory.
type testFeed struct {
	docs    map[cdp.ProfileID]cdp.Document
	changes []cdp.Change
	idents  map[string][]cdp.ProfileID // text of an identifier to profiles
	fail    error
}

func newFeed() *testFeed {
	return &testFeed{docs: make(map[cdp.ProfileID]cdp.Document), idents: make(map[string][]cdp.ProfileID)}
}

func (f *testFeed) put(d cdp.Document) {
	f.docs[d.Profile] = d
	f.changed(d.Profile)
}

func (f *testFeed) remove(id cdp.ProfileID) {
	delete(f.docs, id)
	f.changed(id)
}

func (f *testFeed) changed(ids ...cdp.ProfileID) {
	f.changes = append(f.changes, cdp.Change{Seq: uint64(len(f.changes) + 1), Profiles: ids})
}

func (f *testFeed) Head(context.Context) (uint64, error) { return uint64(len(f.changes)), f.fail }

func (f *testFeed) Changes(_ context.Context, after uint64, max int) ([]cdp.Change, error) {
	cs := f.changes[min(int(after), len(f.changes)):]
	return cs[:min(max, len(cs))], f.fail
}

func (f *testFeed) Document(_ context.Context, id cdp.ProfileID) (cdp.Document, bool, error) {
	d, ok := f.docs[id]
	return d, ok, f.fail
}

// Summary of a profile of more records than asked for knows one source, one
// basis and as many keys.
func (f *testFeed) Summary(_ context.Context, id cdp.ProfileID, records int, texts bool) (cdp.Document, bool, error) {
	d, ok := f.docs[id]
	d.Consents = nil
	if d.Size > records {
		d.Sources, d.Bases = d.Sources[:min(1, len(d.Sources))], d.Bases[:min(1, len(d.Bases))]
		d.Records = d.Records[:min(records, len(d.Records))]
	}
	if !texts {
		d.Texts = nil
	}
	return d, ok, f.fail
}

func (f *testFeed) All(context.Context) iter.Seq2[cdp.Document, error] {
	return func(yield func(cdp.Document, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(f.docs)) {
			if !yield(f.docs[id], f.fail) {
				return
			}
		}
	}
}

func (f *testFeed) ident(_ context.Context, id query.IdentifierTerm) ([]cdp.ProfileID, error) {
	return f.idents[id.Text.Reveal()], nil
}

func open(t testing.TB, dir string, opt Options) *Index {
	t.Helper()
	x, err := Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func built(t testing.TB, f *testFeed) *Index {
	t.Helper()
	x := open(t, t.TempDir(), Options{})
	if _, err := x.Rebuild(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	return x
}

func ask(t testing.TB, x *Index, f *testFeed, req cdp.SearchRequest) cdp.SearchAnswer {
	t.Helper()
	a, err := x.Search(t.Context(), f, req, f.ident)
	if err != nil {
		t.Fatalf("%q: %v", req.Query, err)
	}
	return a
}

func profiles(a cdp.SearchAnswer) []cdp.ProfileID {
	var ids []cdp.ProfileID
	for _, h := range a.Hits {
		ids = append(ids, h.Profile)
	}
	return ids
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}
