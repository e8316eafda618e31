package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"cdp-tui/internal/kv"
)

// A model is what a store should hold, kept in the most naive way.
type model map[string]string

// scan returns what a scan of r should yield.
func (m model) scan(r kv.Range) []kv.Entry {
	var entries []kv.Entry
	for k, v := range m {
		if k >= string(r.Start) && (len(r.End) == 0 || k < string(r.End)) {
			e := kv.Entry{Key: b(k)}
			if !r.KeysOnly {
				e.Value = b(v)
			}
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(x, y kv.Entry) int {
		if r.Reverse {
			x, y = y, x
		}
		return bytes.Compare(x.Key, y.Key)
	})
	return entries
}

// A walk makes random steps on a store and on a model of it.
type walk struct {
	*rand.Rand
	model model
}

// key is from a small alphabet, so that keys meet and are prefixes of others.
func (w *walk) key() []byte {
	k := make([]byte, 1+w.IntN(4))
	for i := range k {
		k[i] = []byte{0, 'a', 'b', 0xff}[w.IntN(4)]
	}
	return k
}

func (w *walk) bound() []byte {
	if w.IntN(4) == 0 {
		return nil
	}
	return w.key()
}

// read compares one random read.
func (w *walk) read(r kv.Reader) error {
	switch w.IntN(4) {
	case 0:
		k := w.key()
		got, err := r.Get(k)
		want, ok := w.model[string(k)]
		if ok != (err == nil) || !ok && !errors.Is(err, kv.ErrNotFound) || string(got) != want {
			return fmt.Errorf("get %x: %q, %v, want %q, %t", k, got, err, want, ok)
		}
	case 1:
		keys := [][]byte{w.key(), w.key(), w.key()}
		got, err := r.GetAll(keys)
		if err != nil || len(got) != len(keys) {
			return fmt.Errorf("get all: %d values, %w", len(got), err)
		}
		for i, k := range keys {
			if want, ok := w.model[string(k)]; string(got[i]) != want || ok != (got[i] != nil) {
				return fmt.Errorf("get all: %x is %q, want %q, %t", k, got[i], want, ok)
			}
		}
	default:
		rg := kv.Range{Start: w.bound(), End: w.bound()}
		if w.IntN(2) == 0 {
			rg = kv.Prefix(w.bound())
		}
		rg.Reverse, rg.KeysOnly = w.IntN(2) == 0, w.IntN(2) == 0
		want := w.model.scan(rg)
		most := len(want)
		if w.IntN(3) == 0 {
			most = w.IntN(most + 1)
		}
		n := 0
		for e, err := range r.Scan(rg) {
			if err != nil {
				return fmt.Errorf("scan %+v: %w", rg, err)
			}
			if n == len(want) || !bytes.Equal(e.Key, want[n].Key) || !bytes.Equal(e.Value, want[n].Value) {
				return fmt.Errorf("scan %+v: element %d is %x=%q, want %q", rg, n, e.Key, e.Value, want)
			}
			if n++; n == most {
				break
			}
		}
		if n < most {
			return fmt.Errorf("scan %+v: %d elements, want %d", rg, n, most)
		}
	}
	return nil
}

// write makes one random write to the store and the model.
func (w *walk) write(tx kv.Tx) error {
	k := w.key()
	if w.IntN(3) == 0 {
		delete(w.model, string(k))
		return tx.Delete(k)
	}
	v := fmt.Sprint(w.IntN(1000))
	if w.IntN(10) == 0 {
		v = ""
	}
	w.model[string(k)] = v
	return tx.Set(k, b(v))
}

// update runs one transaction of random reads and writes; it may fail at the
// end, and then the model stays as it was.
func (w *walk) update(t *testing.T, s kv.Store) {
	before := maps.Clone(w.model)
	refused := errors.New("refused")
	refuse := w.IntN(5) == 0
	err := s.Update(t.Context(), func(tx kv.Tx) error {
		for range w.IntN(12) {
			step := w.read
			if w.IntN(2) == 0 {
				step = func(kv.Reader) error { return w.write(tx) }
			}
			if err := step(tx); err != nil {
				return err
			}
		}
		if refuse {
			return refused
		}
		return nil
	})
	if refuse {
		w.model = before
		wantErr(t, "update", err, refused)
	} else if err != nil {
		t.Fatal(err)
	}
}

func testWalk(t *testing.T, s kv.Store) {
	// The function runs once here: an engine that ran it again would disturb
	// the model, but this walk has no rival that could make it do so.
	w := &walk{Rand: rand.New(rand.NewPCG(2018, 525)), model: model{}}
	for i := range 3000 {
		if w.IntN(3) > 0 {
			w.update(t, s)
			continue
		}
		view(t, s, func(r kv.Reader) error {
			for range 4 {
				if err := w.read(r); err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
			}
			return nil
		})
	}
	if len(w.model) < 20 {
		t.Fatalf("the walk ends with %d keys: it tests little", len(w.model))
	}
}
