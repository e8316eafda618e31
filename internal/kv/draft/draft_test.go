package draft

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
)

// TestDraft does the same random acts in a draft and in an update that is
// rolled back: both answer the same, and the store stays as it was.
func TestDraft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := memkv.New()
		key := rapid.Map(rapid.IntRange(0, 30), func(n int) []byte { return []byte{'k', byte(n)} })
		value := rapid.SliceOfN(rapid.Byte(), 0, 3)
		rollback := errors.New("rollback")
		err := s.Update(t.Context(), func(tx kv.Tx) error {
			for range rapid.IntRange(0, 20).Draw(t, "before") {
				if err := tx.Set(key.Draw(t, "key"), value.Draw(t, "value")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		before := entries(t, s)
		err = s.View(t.Context(), func(r kv.Reader) error {
			d := On(r)
			return s.Update(t.Context(), func(tx kv.Tx) error {
				for range rapid.IntRange(0, 30).Draw(t, "acts") {
					k, v := key.Draw(t, "key"), value.Draw(t, "value")
					switch rapid.IntRange(0, 4).Draw(t, "act") {
					case 0:
						if errors.Join(d.Set(k, v), tx.Set(k, v)) != nil {
							t.Fatal("set")
						}
					case 1:
						if errors.Join(d.Delete(k), tx.Delete(k)) != nil {
							t.Fatal("delete")
						}
					case 2:
						a, err1 := d.Get(k)
						b, err2 := tx.Get(k)
						if !bytes.Equal(a, b) || !errors.Is(err1, err2) {
							t.Fatalf("get: %v %v, want %v %v", a, err1, b, err2)
						}
					case 3:
						a, _ := d.GetAll([][]byte{k, v, k})
						b, _ := tx.GetAll([][]byte{k, v, k})
						for i := range a {
							if !bytes.Equal(a[i], b[i]) || (a[i] == nil) != (b[i] == nil) {
								t.Fatalf("all: %v, want %v", a, b)
							}
						}
					default:
						r := kv.Range{Start: k, Reverse: rapid.Bool().Draw(t, "reverse"), KeysOnly: rapid.Bool().Draw(t, "keys")}
						if rapid.Bool().Draw(t, "bounded") {
							r.End = key.Draw(t, "end")
						}
						if a, b := scan(t, d, r), scan(t, tx, r); a != b {
							t.Fatalf("scan %v: %q, want %q", r, a, b)
						}
					}
				}
				return rollback
			})
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
		if after := entries(t, s); after != before {
			t.Fatalf("the store was %q and is %q", before, after)
		}
	})
}

func scan(t *rapid.T, r kv.Reader, rng kv.Range) string {
	var out []byte
	for e, err := range r.Scan(rng) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(append(append(out, e.Key...), '='), e.Value...), ' ')
	}
	return string(out)
}

func entries(t *rapid.T, s kv.Store) (out string) {
	err := s.View(t.Context(), func(r kv.Reader) error {
		out = scan(t, r, kv.Range{})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
