package kvtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"cdp-tui/internal/kv"
)

// RunBulk checks the contract of [kv.Bulk]. open returns an empty store of its
// own at each call; the test closes it.
func RunBulk(t *testing.T, open func(t *testing.T) kv.Bulk) {
	check(t, open, []clause[kv.Bulk]{
		{"commit", testLoadCommit},
		{"abort", testLoadAbort},
		{"nothing loaded", testLoadNothing},
		{"only into an empty store", testLoadNotEmpty},
		{"order", testLoadOrder},
		{"limits", testLoadLimits},
		{"alone", testLoadAlone},
		{"cancelled", testLoadCancelled},
		{"closed", testLoadClosed},
		{"ownership", testLoadOwnership},
		{"round trip", testLoadMany},
	})
}

func newLoader(t *testing.T, s kv.Bulk) kv.Loader {
	t.Helper()
	l, err := s.NewLoader(t.Context())
	if err != nil {
		t.Fatalf("new loader: %v", err)
	}
	return l
}

// load puts key-value pairs.
func load(t *testing.T, l kv.Loader, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if err := l.Put(b(pairs[i]), b(pairs[i+1])); err != nil {
			t.Fatalf("put: %v", err)
		}
	}
}

func testLoadCommit(t *testing.T, s kv.Bulk) {
	l := newLoader(t, s)
	load(t, l, "\x00", "0", "!badger!x", "1", "a", "", "b", "2", "\xff\xff", "3")
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "Put after Commit", l.Put(b("z"), nil), kv.ErrClosed)
	wantErr(t, "second Commit", l.Commit(), kv.ErrClosed)
	wantErr(t, "Abort after Commit", l.Abort(), kv.ErrClosed)
	wantAll(t, s, "\x00=0 !badger!x=1 a= b=2 \xff\xff=3")
	view(t, s, func(r kv.Reader) error {
		if v, err := r.Get(b("a")); err != nil || v == nil || len(v) != 0 {
			t.Errorf("an empty value comes back as %#v, %v", v, err)
		}
		return nil
	})
	// Updates go on from there.
	update(t, s, func(tx kv.Tx) error {
		return errors.Join(tx.Set(b("b"), b("4")), tx.Delete(b("\x00")), tx.Set(b("c"), b("5")))
	})
	wantAll(t, s, "!badger!x=1 a= b=4 c=5 \xff\xff=3")
}

func testLoadAbort(t *testing.T, s kv.Bulk) {
	for range 2 {
		l := newLoader(t, s)
		load(t, l, "a", "1", "b", "2")
		if err := l.Abort(); err != nil {
			t.Fatal(err)
		}
		wantErr(t, "Put after Abort", l.Put(b("z"), nil), kv.ErrClosed)
		wantErr(t, "Commit after Abort", l.Commit(), kv.ErrClosed)
		wantErr(t, "second Abort", l.Abort(), kv.ErrClosed)
		wantAll(t, s, "")
	}
	put(t, s, "c", "3")
	wantAll(t, s, "c=3")
}

func testLoadNothing(t *testing.T, s kv.Bulk) {
	if err := newLoader(t, s).Commit(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, s, "")
	put(t, s, "a", "1")
	wantAll(t, s, "a=1")
}

func testLoadNotEmpty(t *testing.T, s kv.Bulk) {
	put(t, s, "a", "1")
	_, err := s.NewLoader(t.Context())
	wantErr(t, "NewLoader", err, kv.ErrNotEmpty)
	wantAll(t, s, "a=1")
	update(t, s, func(tx kv.Tx) error { return tx.Delete(b("a")) })
	l := newLoader(t, s) // empty again
	load(t, l, "a", "2", "b", "2")
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, s, "a=2 b=2")
	_, err = s.NewLoader(t.Context())
	wantErr(t, "NewLoader after a load", err, kv.ErrNotEmpty)
}

func testLoadOrder(t *testing.T, s kv.Bulk) {
	for _, bad := range []string{"b", "a", "aa", "\x00"} {
		l := newLoader(t, s)
		load(t, l, "a", "1", "b", "2")
		wantErr(t, "Put", l.Put(b(bad), nil), kv.ErrOrder)
		wantErr(t, "next Put", l.Put(b("c"), nil), kv.ErrOrder)
		wantErr(t, "Commit", l.Commit(), kv.ErrOrder)
		if err := l.Abort(); err != nil {
			t.Fatal(err)
		}
		wantAll(t, s, "")
	}
}

func testLoadLimits(t *testing.T, s kv.Bulk) {
	for _, bad := range []struct{ key, value int }{{0, 1}, {kv.MaxKey + 1, 1}, {1, kv.MaxValue + 1}} {
		l := newLoader(t, s)
		wantErr(t, "Put", l.Put(bytes.Repeat(b("k"), bad.key), make([]byte, bad.value)), kv.ErrTooLarge)
		wantErr(t, "Commit", l.Commit(), kv.ErrTooLarge)
		if err := l.Abort(); err != nil {
			t.Fatal(err)
		}
	}
	// At the limits, and more than an update may hold.
	l := newLoader(t, s)
	const n = 2 * kv.MaxUpdateBytes / kv.MaxValue
	for i := range n {
		if err := l.Put(fmt.Appendf(nil, "%0*d", kv.MaxKey, i), make([]byte, kv.MaxValue)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	view(t, s, func(r kv.Reader) error {
		v, err := r.Get(fmt.Appendf(nil, "%0*d", kv.MaxKey, n-1))
		if err != nil || len(v) != kv.MaxValue {
			t.Errorf("the last value has %d bytes, %v", len(v), err)
		}
		return nil
	})
}

func testLoadAlone(t *testing.T, s kv.Bulk) {
	l := newLoader(t, s)
	load(t, l, "a", "1")
	never := errors.New("ran")
	wantErr(t, "View", s.View(t.Context(), func(kv.Reader) error { return never }), kv.ErrLoading)
	wantErr(t, "Update", s.Update(t.Context(), func(kv.Tx) error { return never }), kv.ErrLoading)
	_, err := s.NewLoader(t.Context())
	wantErr(t, "NewLoader", err, kv.ErrLoading)
	load(t, l, "b", "2")
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, s, "a=1 b=2")
}

func testLoadCancelled(t *testing.T, s kv.Bulk) {
	ctx, cancel := context.WithCancel(t.Context())
	l, err := s.NewLoader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	load(t, l, "a", "1")
	cancel()
	wantErr(t, "Commit", l.Commit(), context.Canceled)
	if err := l.Abort(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, s, "")
	_, err = s.NewLoader(ctx)
	wantErr(t, "NewLoader", err, context.Canceled)
	put(t, s, "b", "2")
	wantAll(t, s, "b=2")
}

func testLoadClosed(t *testing.T, s kv.Bulk) {
	l := newLoader(t, s)
	load(t, l, "a", "1")
	if err := s.Close(); err != nil {
		t.Fatalf("close during a load: %v", err)
	}
	wantErr(t, "Put", l.Put(b("b"), nil), kv.ErrClosed)
	wantErr(t, "Commit", l.Commit(), kv.ErrClosed)
	wantErr(t, "Abort", l.Abort(), kv.ErrClosed)
}

func testLoadOwnership(t *testing.T, s kv.Bulk) {
	l := newLoader(t, s)
	key, value := make([]byte, 2), make([]byte, 2)
	for i := range 3 {
		copy(key, fmt.Sprintf("k%d", i))
		copy(value, fmt.Sprintf("v%d", i))
		if err := l.Put(key, value); err != nil {
			t.Fatal(err)
		}
	}
	copy(key, "xx")
	copy(value, "yy")
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, s, "k0=v0 k1=v1 k2=v2")
}

func testLoadMany(t *testing.T, s kv.Bulk) {
	const n = 200_000
	key := func(i int) []byte { return binary.BigEndian.AppendUint32([]byte{byte(i * 7 / n)}, uint32(i)) }
	value := func(i int) []byte {
		rnd := rand.New(rand.NewPCG(7, uint64(i)))
		v := make([]byte, rnd.IntN(60))
		for i := range v {
			v[i] = byte(rnd.Uint32())
		}
		return v
	}
	l := newLoader(t, s)
	for i := range n {
		if err := l.Put(key(i), value(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx kv.Tx) error { return tx.Delete(key(n / 2)) })
	view(t, s, func(r kv.Reader) error {
		i := 0
		for e, err := range r.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			if i == n/2 {
				i++
			}
			if !bytes.Equal(e.Key, key(i)) || !bytes.Equal(e.Value, value(i)) {
				t.Fatalf("entry %d is %x=%x", i, e.Key, e.Value)
			}
			i++
		}
		if i != n {
			t.Errorf("%d entries, want %d", i, n)
		}
		for i := 0; i < n; i += 97 {
			if got, err := r.Get(key(i)); err != nil || !bytes.Equal(got, value(i)) {
				t.Fatalf("entry %d: %x, %v", i, got, err)
			}
		}
		return nil
	})
}
