// Package kvtest is the contract of an engine as tests: [Run] for every
// engine, [RunBulk] for one with a loader, [RunDurable] for one on disk. It
// also has [FailAt], which makes any engine fail at a chosen write, for tests
// above the seam.
//
// The trap: an engine passes only if all that apply to it pass; none replaces
// another.
package kvtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/kv"
)

// Run checks the contract of package kv. open returns an empty store of its
// own at each call; the test closes it.
func Run(t *testing.T, open func(t *testing.T) kv.Store) {
	check(t, open, []clause[kv.Store]{
		{"read own absence", testEmpty},
		{"order is of bytes", testOrder},
		{"ranges", testRanges},
		{"empty value is a value", testEmptyValue},
		{"own writes", testOwnWrites},
		{"delete while scanning", testDeleteWhileScanning},
		{"write while scanning", testWriteWhileScanning},
		{"scan stops early", testScanStops},
		{"nested scans", testNestedScans},
		{"slices belong to the receiver", testOwnership},
		{"limits", testLimits},
		{"keys count once", testKeysCountOnce},
		{"view is read-only", testReadOnly},
		{"view is a snapshot", testSnapshot},
		{"rollback on error", testRollbackError},
		{"rollback on panic", testRollbackPanic},
		{"rollback on goexit", testRollbackGoexit},
		{"cancelled", testCancelled},
		{"cancelled in line", testCancelledInLine},
		{"used after its end", testUsedAfterEnd},
		{"closed", testClosed},
		{"counter", testCounter},
		{"no phantoms", testPhantoms},
		{"no write skew", testWriteSkew},
		{"readers beside writers", testReadersBesideWriters},
		{"random walk", testWalk},
	})
}

// A clause is one thing that the contract says.
type clause[S kv.Store] struct {
	name string
	test func(*testing.T, S)
}

// check tests the clauses, each on a store of its own.
func check[S kv.Store](t *testing.T, open func(*testing.T) S, clauses []clause[S]) {
	for _, c := range clauses {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil && !errors.Is(err, kv.ErrClosed) {
					t.Errorf("close: %v", err)
				}
			})
			c.test(t, s)
		})
	}
}

func b(s string) []byte { return []byte(s) }

func update(t *testing.T, s kv.Store, f func(kv.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, s kv.Store, f func(kv.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// put sets key-value pairs in one update.
func put(t *testing.T, s kv.Store, pairs ...string) {
	t.Helper()
	update(t, s, func(tx kv.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Set(b(pairs[i]), b(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
}

// list returns the entries of r as "key=value" words, or keys alone.
func list(r kv.Reader, rg kv.Range) (string, error) {
	var words []string
	for e, err := range r.Scan(rg) {
		switch {
		case err != nil:
			return strings.Join(words, " "), err
		case rg.KeysOnly && e.Value != nil:
			return "", fmt.Errorf("a scan of keys yields a value of %d bytes", len(e.Value))
		case rg.KeysOnly:
			words = append(words, string(e.Key))
		case e.Value == nil:
			return "", errors.New("a scan yields a nil value")
		default:
			words = append(words, string(e.Key)+"="+string(e.Value))
		}
	}
	return strings.Join(words, " "), nil
}

func wantList(t *testing.T, r kv.Reader, rg kv.Range, want string) {
	t.Helper()
	got, err := list(r, rg)
	if err != nil || got != want {
		t.Errorf("scan %q to %q reverse=%t keys=%t:\n got %q, %v\nwant %q", rg.Start, rg.End, rg.Reverse, rg.KeysOnly, got, err, want)
	}
}

// wantAll checks the whole content in a View.
func wantAll(t *testing.T, s kv.Store, want string) {
	t.Helper()
	view(t, s, func(r kv.Reader) error {
		wantList(t, r, kv.Range{}, want)
		return nil
	})
}

func wantGet(t *testing.T, r kv.Reader, key, want string) {
	t.Helper()
	got, err := r.Get(b(key))
	if err != nil || string(got) != want {
		t.Errorf("get %q: %q, %v, want %q", key, got, err, want)
	}
}

func wantMissing(t *testing.T, r kv.Reader, key string) {
	t.Helper()
	if got, err := r.Get(b(key)); !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("get %q: %q, %v, want ErrNotFound", key, got, err)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: error is %v, want %v", what, got, want)
	}
}
