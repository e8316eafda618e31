package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/spelling"
)

func TestFollow(t *testing.T) {
	f := family()
	x := open(t, t.TempDir(), Options{Batch: 2})
	if n, err := x.Follow(t.Context(), f); err != nil || n != 5 {
		t.Fatalf("followed %d, %v", n, err)
	}
	if n, err := x.Follow(t.Context(), f); err != nil || n != 0 {
		t.Errorf("nothing to follow: %d, %v", n, err)
	}
	f.remove(1)
	d := f.docs[2]
	d.Names = []cdp.Value{"Zoltan"}
	f.put(d)
	f.changed() // an entry that touches no profile
	if n, _ := x.Behind(uint64(len(f.changes))); n != 3 {
		t.Errorf("%d behind, want 3", n)
	}
	if n, err := x.Follow(t.Context(), f); err != nil || n != 2 {
		t.Errorf("followed %d, %v", n, err)
	}
	if got := profiles(ask(t, x, f, cdp.SearchRequest{Query: "name:mueller or zoltan"})); !slices.Equal(got, []cdp.ProfileID{2, 3}) {
		t.Errorf("after the changes: %v", got)
	}
	if p, _ := x.Position(); p != 8 {
		t.Errorf("at %d, want 8", p)
	}
	f.changes = f.changes[:4]
	if _, err := x.Follow(t.Context(), f); !errors.Is(err, ErrRebuild) {
		t.Errorf("ahead of the journal: %v", err)
	}
	if _, err := x.CatchUp(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	if p, _ := x.Position(); p != 4 {
		t.Errorf("caught up to %d, want 4", p)
	}
}

func TestAFailedBatchLeavesPositionAndDocuments(t *testing.T) {
	f := family()
	x := built(t, f)
	f.put(cdp.Document{Profile: 9, Names: []cdp.Value{"Zoltan"}})
	f.fail = errors.New("down")
	if _, err := x.Follow(t.Context(), f); !errors.Is(err, f.fail) {
		t.Errorf("follow: %v", err)
	}
	if _, err := x.Rebuild(t.Context(), f, nil); !errors.Is(err, f.fail) {
		t.Errorf("rebuild: %v", err)
	}
	f.fail = nil
	if p, err := x.Position(); err != nil || p != 5 {
		t.Errorf("at %d, %v", p, err)
	}
	if a := ask(t, x, f, cdp.SearchRequest{}); a.Total != 5 || a.Behind != 1 {
		t.Errorf("%d profiles, %d behind", a.Total, a.Behind)
	}
	if es, _ := filepath.Glob(filepath.Join(x.dir, prefix+"*")); len(es) != 1 {
		t.Errorf("generations left: %v", es)
	}
}

func TestReopen(t *testing.T) {
	f := family()
	dir := t.TempDir()
	x, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	progress := 0
	if n, err := x.Rebuild(t.Context(), f, func(n int) { progress = n }); err != nil || n != 5 || progress != 5 {
		t.Fatalf("rebuilt %d, told %d, %v", n, progress, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	// A rebuild that was cut off leaves a directory.
	if err := os.MkdirAll(filepath.Join(dir, prefix+"000099", "bleve"), 0o700); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir, Options{})
	if x.Doubt() != "" {
		t.Errorf("in doubt: %s", x.Doubt())
	}
	if a := ask(t, x, f, cdp.SearchRequest{Query: "muller"}); a.Total != 3 {
		t.Errorf("%d hits", a.Total)
	}
	if _, err := os.Stat(filepath.Join(dir, prefix+"000099")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the rest of a rebuild is still there: %v", err)
	}
	filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
			return nil
		}
		i, err := e.Info()
		if err != nil {
			return nil // Bleve removes files as it goes
		}
		if i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", e.Name(), i.Mode())
		}
		return nil
	})
}

func TestDamagedIndexIsReplaced(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
	}{
		{"flipped bit in a segment", func(t *testing.T, dir string) {
			change(t, glob(t, dir, "*.zap"), func(b []byte) []byte { b[len(b)/3] ^= 4; return b })
		}},
		{"cut segment", func(t *testing.T, dir string) {
			change(t, glob(t, dir, "*.zap"), func(b []byte) []byte { return b[:len(b)/2] })
		}},
		{"empty segment", func(t *testing.T, dir string) {
			change(t, glob(t, dir, "*.zap"), func(b []byte) []byte { return nil })
		}},
		{"cut root.bolt", func(t *testing.T, dir string) {
			change(t, glob(t, dir, "root.bolt"), func(b []byte) []byte { return b[:len(b)/3] })
		}},
		{"root.bolt without its last page", func(t *testing.T, dir string) {
			change(t, glob(t, dir, "root.bolt"), func(b []byte) []byte { return b[:len(b)/2+1] })
		}},
		{"zeroes in root.bolt", func(t *testing.T, dir string) {
			change(t, glob(t, dir, "root.bolt"), func(b []byte) []byte { return make([]byte, len(b)) })
		}},
		{"empty index_meta.json", func(t *testing.T, dir string) {
			change(t, filepath.Join(filepath.Dir(filepath.Dir(glob(t, dir, "root.bolt"))), "index_meta.json"), func([]byte) []byte { return nil })
		}},
		{"no generation", func(t *testing.T, dir string) {
			n, err := readNote(dir)
			if err != nil {
				t.Fatal(err)
			}
			os.RemoveAll(filepath.Join(dir, n.Generation))
		}},
		{"unreadable CURRENT", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, current), func([]byte) []byte { return []byte(`{"generation":"../x"}`) })
		}},
		{"older analyser", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, current), func(b []byte) []byte {
				return bytes.Replace(b, fmt.Appendf(nil, `"analyser":%d`, spelling.Version), []byte(`"analyser":0`), 1)
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := family()
			dir := t.TempDir()
			x, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := x.Rebuild(t.Context(), f, nil); err != nil {
				t.Fatal(err)
			}
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			c.damage(t, dir)
			x = open(t, dir, Options{})
			if x.Doubt() == "" {
				t.Fatal("the damage was not seen")
			}
			if _, err := x.Follow(t.Context(), f); !errors.Is(err, ErrRebuild) {
				t.Errorf("follow: %v", err)
			}
			if a := ask(t, x, f, cdp.SearchRequest{}); a.Partial == "" {
				t.Error("the answer does not say that the index is in doubt")
			}
			if _, err := x.CatchUp(t.Context(), f, nil); err != nil {
				t.Fatal(err)
			}
			if a := ask(t, x, f, cdp.SearchRequest{Query: "muller"}); a.Total != 3 || a.Partial != "" || x.Doubt() != "" {
				t.Errorf("after the rebuild: %d hits, partial %q, doubt %q", a.Total, a.Partial, x.Doubt())
			}
		})
	}
}

// An index that is open is not taken for a damaged one and replaced.
func TestIndexInUse(t *testing.T) {
	t.Parallel() // it waits for the lock
	f := family()
	x := built(t, f)
	if y, err := Open(x.dir, Options{}); !errors.Is(err, ErrInUse) {
		if err == nil {
			y.Close()
		}
		t.Fatalf("opened twice: %v", err)
	}
	if _, err := os.Stat(x.gen.dir); err != nil {
		t.Error(err)
	}
	f.put(cdp.Document{Profile: 9, Names: []cdp.Value{"Zoltan"}})
	if _, err := x.Follow(t.Context(), f); err != nil {
		t.Error(err)
	}
}

func glob(t *testing.T, dir, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, prefix+"*", "bleve", "store", pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return names[len(names)-1]
}

func change(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, f(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Searches go on while the index is followed and rebuilt.
func TestSearchWhileWriting(t *testing.T) {
	f := family()
	x := built(t, f)
	still := &testFeed{docs: f.docs, changes: f.changes, idents: f.idents}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				a, err := x.Search(context.Background(), still, cdp.SearchRequest{Query: "muller* or anna"}, still.ident)
				if err != nil || a.Total != 4 {
					t.Errorf("%d hits, %v", a.Total, err)
					return
				}
			}
		})
	}
	for range 5 {
		if _, err := x.Rebuild(t.Context(), still, nil); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wg.Wait()
}

// The words of a person who is gone are gone from the dictionary after a
// rebuild, and the old files with them.
func TestRebuildRemovesWhatIsGone(t *testing.T) {
	f := family()
	x := built(t, f)
	before, err := readNote(x.dir)
	if err != nil {
		t.Fatal(err)
	}
	holds := func() bool {
		snap, err := x.gen.snapshot()
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		terms, err := (&planner{folder: x.folder, snap: snap}).expand(t.Context(), "name", "mullermann")
		if err != nil {
			t.Fatal(err)
		}
		return len(terms) > 0
	}
	if !holds() {
		t.Fatal("the name is not in the index to begin with")
	}
	f.remove(5)
	if _, err := x.Rebuild(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("the dictionary still holds the name")
	}
	if _, err := os.Stat(filepath.Join(x.dir, before.Generation)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old files are still there: %v", err)
	}
}
