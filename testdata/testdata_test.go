package testdata_test

import (
	"bytes"
	"context"
	"io"
	"path"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/rulefile"
	"cdp-tui/internal/steward"
	"cdp-tui/testdata"
	"time"
)

// A world is a store with the demo in it.
type world struct {
	g     *graph.Store
	desk  *steward.Desk
	canon *ident.Canonicaliser
}

func empty(t testing.TB) *world {
	t.Helper()
	g, err := graph.Create(t.Context(), memkv.New(), layout.Meta{Created: testdata.Day()})
	if err != nil {
		t.Fatal(err)
	}
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	w := &world{g: g, canon: ident.New([32]byte{1}, lists)}
	s := steward.New(g, steward.Options{Now: testdata.Day, Canon: func(k cdp.Kind, raw string) (cdp.Identifier, bool) {
		id, v := w.canon.Canon(k, raw, ident.Options{})
		return id, v.Outcome > ident.Empty
	}})
	w.desk = s.As(steward.Actor{Name: "test"})
	if _, err := w.desk.Activate(t.Context(), "register.yaml", testdata.Register(), nil); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) ingest(t testing.TB, it testdata.Item, stream bool) cdp.Receipt {
	t.Helper()
	text, err := testdata.FS.ReadFile(it.Mapping)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Load(path.Base(it.Mapping), text)
	if err != nil {
		t.Fatal(err)
	}
	data, err := testdata.FS.ReadFile(it.File)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ingest.Run(context.Background(), ingest.Options{Gate: w.desk, Canon: w.canon, Mapping: m, Name: it.File, Size: int64(len(data)), Stream: stream,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var _ = time.Now

func TestDump(t *testing.T) {
	w := empty(t)
	for _, it := range testdata.Demo() {
		r := w.ingest(t, it, false)
		t.Logf("%-32s rows %3d adm %3d quar %3d unch %2d sup %2d rej %2d drop %2d | apart %3d del %d older %d | tp %3d con %3d sh %3d | prof +%d m%d s%d rel %d", r.File, r.Rows, r.Admitted, r.Quarantined, r.Unchanged, r.Superseding, r.Rejected, r.Dropped, r.HeldApart, r.Deleted, r.Older, r.Touchpoints, r.Consents, r.Shares, r.NewProfiles, r.Merged, r.Split, r.Released)
		for _, n := range r.Notes {
			t.Logf("      note %s %s: %s (%d)", n.Code, n.Field, n.Text, n.Count)
		}
	}
	rej, err := w.desk.Rejects(t.Context(), 0, 100, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rej {
		t.Logf("reject %s %s:%d %s %s", r.Source, r.Lineage.File, r.Lineage.Line, r.Code, r.Field)
	}
	st, err := w.desk.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", st)
}
