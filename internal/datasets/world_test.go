package datasets

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/eval"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/rulefile"
	"cdp-tui/internal/steward"
)

// dataset returns a file of ../shared/datasets; the test is skipped without it.
func dataset(t testing.TB, name string) []byte {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "datasets", filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A world is a store with the register of ladder_test.go.
type world struct {
	desk     *steward.Desk
	canon    *ident.Canonicaliser
	mappings map[string]*mapping.Mapping // by their text
}

func empty(t testing.TB) *world {
	t.Helper()
	day := func() time.Time { return time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC) }
	g, err := graph.Create(t.Context(), memkv.New(), layout.Meta{Created: day()})
	if err != nil {
		t.Fatal(err)
	}
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	canon := ident.New([32]byte{1}, lists)
	s := steward.New(g, steward.Options{Now: day, Matcher: graph.DefaultMatcher(canon, "")})
	w := &world{desk: s.As(steward.Actor{Name: "test"}), canon: canon, mappings: make(map[string]*mapping.Mapping)}
	if _, err := w.desk.Activate(t.Context(), "register.yaml", register(), nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// take ingests a file; every row of it must become a record that may be linked.
func (w *world) take(t testing.TB, file, rules string, data []byte) cdp.Receipt {
	t.Helper()
	m := w.mappings[rules]
	if m == nil {
		var err error
		if m, err = mapping.Load("mapping.yaml", []byte(rules)); err != nil {
			t.Fatal(err)
		}
		w.mappings[rules] = m
	}
	r, err := ingest.Run(t.Context(), ingest.Options{Gate: w.desk, Canon: w.canon, Mapping: m, Name: filepath.Base(file), Size: int64(len(data)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if r.Admitted != r.Rows || r.HeldApart > 0 {
		t.Fatalf("%s: %d rows, %d admitted, %d held apart, %d quarantined, %d rejected, %d dropped", file, r.Rows, r.Admitted, r.HeldApart, r.Quarantined, r.Rejected, r.Dropped)
	}
	return r
}

// A key names a row.
type key struct{ source, key string }

// profiles returns which rows are one.
func (w *world) profiles(t testing.TB) map[cdp.ProfileID][]key {
	t.Helper()
	out := make(map[cdp.ProfileID][]key)
	err := w.desk.EachProfile(t.Context(), func(p cdp.Profile) error {
		for _, m := range p.Records {
			out[p.ID] = append(out[p.ID], key{string(m.Source), m.Key.Reveal()})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// picture writes who is who in words that do not depend on the order of
// arrival: a line a profile of more than one record.
func (w *world) picture(t testing.TB) string {
	t.Helper()
	var lines []string
	for _, rows := range w.profiles(t) {
		if len(rows) == 1 {
			continue
		}
		var names []string
		for _, r := range rows {
			names = append(names, r.source+"/"+r.key)
		}
		slices.Sort(names)
		lines = append(lines, strings.Join(names, " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// measure compares the profiles with a truth and logs the figures.
func (w *world) measure(t testing.TB, what string, truth func(source, key string) (cluster string, ok bool)) eval.Result {
	t.Helper()
	var records []eval.Placed
	clusters := make(map[string]uint64)
	for id, rows := range w.profiles(t) {
		for _, r := range rows {
			c, ok := truth(r.source, r.key)
			if !ok {
				t.Fatalf("%s: the truth does not tell of %s/%s", what, r.source, r.key)
			}
			n, ok := clusters[c]
			if !ok {
				n = uint64(len(clusters))
				clusters[c] = n
			}
			records = append(records, eval.Placed{Cluster: n, Profile: uint64(id), Record: uint64(len(records))})
		}
	}
	res := eval.Compare(records, 3)
	var worst []string
	for _, m := range res.Merges {
		worst = append(worst, fmt.Sprintf("%d records of %d", m.Records, len(m.Parts)))
	}
	t.Logf("%s: %d records, %d clusters, %d profiles, %d exact; pairs P %.4f R %.4f F1 %.4f (%d right, %d wrong, %d missed); B-cubed P %.4f R %.4f F1 %.4f; worst false merges: %s",
		what, res.Records, res.Clusters, res.Profiles, res.Exact, res.Pairs.Precision, res.Pairs.Recall, res.Pairs.F1, res.Right, res.Wrong, res.Missed,
		res.BCubed.Precision, res.BCubed.Recall, res.BCubed.F1, strings.Join(worst, ", "))
	return res
}

// floor fails below what was reached.
func floor(t testing.TB, res eval.Result, precision, recall, f1 float64) {
	t.Helper()
	if r := res.Pairs; r.Precision < precision || r.Recall < recall || r.F1 < f1 {
		t.Errorf("precision %.4f, recall %.4f, F1 %.4f: at least %.4f, %.4f, %.4f", r.Precision, r.Recall, r.F1, precision, recall, f1)
	}
}
