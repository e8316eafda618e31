package audit_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdp-tui/internal/audit"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
)

func entry(n int) cdp.Entry {
	return cdp.Entry{At: time.Unix(int64(1e9+n), 0).UTC(), Actor: "officer", Verb: "view", Object: cdp.Ref{Kind: "profile", ID: fmt.Sprint("P-", n%3)},
		Case: "DSR-1", Reason: "asked", Digest: "d", Detail: "overview"}
}

func appendAll(t *testing.T, s kv.Store, n int) {
	t.Helper()
	for i := 1; i <= n; i++ {
		err := s.Update(t.Context(), func(tx kv.Tx) error {
			seq, err := audit.Append(tx, entry(i), cdp.Ref{Kind: "batch", ID: "B-1"})
			if err == nil && seq != uint64(i) {
				t.Errorf("entry %d has number %d", i, seq)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEntries(t *testing.T) {
	s := memkv.New()
	appendAll(t, s, 10)
	err := s.View(t.Context(), func(r kv.Reader) error {
		all, err := audit.Entries(r, 0, 100)
		if err != nil {
			return err
		}
		if len(all) != 10 {
			t.Fatalf("%d entries", len(all))
		}
		want := entry(10)
		want.Seq = 10
		if d := cmp.Diff(want, all[0]); d != "" {
			t.Errorf("the newest (-want +got):\n%s", d)
		}
		var seqs []uint64
		for before := uint64(0); ; {
			page, err := audit.Entries(r, before, 3)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				seqs = append(seqs, e.Seq)
			}
			before = page[len(page)-1].Seq
		}
		if d := cmp.Diff([]uint64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, seqs); d != "" {
			t.Errorf("page by page:\n%s", d)
		}
		about, err := audit.About(r, cdp.Ref{Kind: "profile", ID: "P-1"}, 8, 2)
		if err != nil {
			return err
		}
		if len(about) != 2 || about[0].Seq != 7 || about[1].Seq != 4 {
			t.Errorf("about P-1 before 8: %+v", about)
		}
		also, err := audit.About(r, cdp.Ref{Kind: "batch", ID: "B-1"}, 0, 100)
		if len(also) != 10 {
			t.Errorf("found by what it is about besides: %d", len(also))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWithTheAct rolls back the entry with the act it is written in.
func TestWithTheAct(t *testing.T) {
	s := memkv.New()
	appendAll(t, s, 1)
	boom := errors.New("boom")
	err := s.Update(t.Context(), func(tx kv.Tx) error {
		if _, err := audit.Append(tx, entry(2)); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), func(r kv.Reader) error {
		last, err := audit.Last(r)
		if last != 1 {
			t.Errorf("the last entry is %d", last)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestNewLog(t *testing.T) {
	s := memkv.New()
	if err := s.View(t.Context(), func(r kv.Reader) error {
		last, err := audit.Last(r)
		all, err2 := audit.Entries(r, 0, 5)
		if last != 0 || len(all) != 0 {
			t.Error("a new log has entries")
		}
		return errors.Join(err, err2)
	}); err != nil {
		t.Fatal(err)
	}
}
