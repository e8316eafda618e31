package kvtest

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"cdp-tui/internal/kv"
)

func testLimits(t *testing.T, s kv.Store) {
	put(t, s, "keep", "1")
	long := func(n int) []byte {
		k := make([]byte, n)
		for i := range k {
			k[i] = 'x'
		}
		return k
	}
	numbered := func(i int) []byte { return fmt.Appendf(nil, "n%06d", i) }
	const chunk = kv.MaxValue - 7 // with its key of 7 bytes a 32nd of the bytes of an update
	for _, c := range []struct {
		name string
		fits bool
		f    func(kv.Tx) error
	}{
		{"key of 0", false, func(tx kv.Tx) error { return tx.Set(nil, b("v")) }},
		{"delete key of 0", false, func(tx kv.Tx) error { return tx.Delete([]byte{}) }},
		{"longest key", true, func(tx kv.Tx) error { return tx.Set(long(kv.MaxKey), b("v")) }},
		{"key too long", false, func(tx kv.Tx) error { return tx.Set(long(kv.MaxKey+1), b("v")) }},
		{"delete key too long", false, func(tx kv.Tx) error { return tx.Delete(long(kv.MaxKey + 1)) }},
		{"longest value", true, func(tx kv.Tx) error { return tx.Set(b("v"), long(kv.MaxValue)) }},
		{"value too long", false, func(tx kv.Tx) error { return tx.Set(b("v"), long(kv.MaxValue+1)) }},
		{"most entries", true, func(tx kv.Tx) error {
			return each(kv.MaxUpdateEntries, func(i int) error { return tx.Set(numbered(i), nil) })
		}},
		{"most deletes", true, func(tx kv.Tx) error {
			return each(kv.MaxUpdateEntries, func(i int) error { return tx.Delete(numbered(i)) })
		}},
		{"too many entries", false, func(tx kv.Tx) error {
			return each(kv.MaxUpdateEntries+1, func(i int) error { return tx.Set(numbered(i), nil) })
		}},
		{"too many with deletes", false, func(tx kv.Tx) error {
			err := each(kv.MaxUpdateEntries, func(i int) error { return tx.Set(numbered(i), nil) })
			return errors.Join(err, tx.Delete(numbered(-1)))
		}},
		{"most bytes", true, func(tx kv.Tx) error {
			return each(kv.MaxUpdateBytes/kv.MaxValue, func(i int) error { return tx.Set(numbered(i), long(chunk)) })
		}},
		{"too many bytes", false, func(tx kv.Tx) error {
			err := each(kv.MaxUpdateBytes/kv.MaxValue, func(i int) error { return tx.Set(numbered(i), long(chunk)) })
			return errors.Join(err, tx.Delete(b("1")))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := s.Update(t.Context(), func(tx kv.Tx) error {
				if err := tx.Set(b("keep"), b("1")); err != nil {
					return err
				}
				if err := tx.Delete(b("keep")); err != nil { // charges its key only
					return err
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			put(t, s, "keep", "1")
			err = s.Update(t.Context(), c.f)
			if c.fits {
				if err != nil {
					t.Fatalf("at the limit: %v", err)
				}
				empty(t, s)
				return
			}
			wantErr(t, "over the limit", err, kv.ErrTooLarge)
			wantAll(t, s, "keep=1")
			// A function that overlooks the error must not get half of its
			// writes through.
			wantErr(t, "over the limit, error dropped", s.Update(t.Context(), func(tx kv.Tx) error {
				_ = c.f(tx)
				return nil
			}), kv.ErrTooLarge)
			wantAll(t, s, "keep=1")
		})
	}
}

// each calls f for 0 to n-1 and stops at the first error.
func each(n int, f func(int) error) error {
	for i := range n {
		if err := f(i); err != nil {
			return err
		}
	}
	return nil
}

// empty deletes all of the store.
func empty(t *testing.T, s kv.Store) {
	t.Helper()
	for more := true; more; {
		update(t, s, func(tx kv.Tx) error {
			n := 0
			for e, err := range tx.Scan(kv.Range{KeysOnly: true}) {
				if err != nil {
					return err
				}
				if n == 1000 {
					return nil
				}
				if err := tx.Delete(e.Key); err != nil {
					return err
				}
				n++
			}
			more = false
			return nil
		})
	}
}

func testKeysCountOnce(t *testing.T, s kv.Store) {
	big := make([]byte, kv.MaxValue)
	update(t, s, func(tx kv.Tx) error {
		return each(kv.MaxUpdateEntries+100, func(i int) error {
			value := big
			if i%100 != 0 {
				value = strconv.AppendInt(nil, int64(i), 10)
			}
			return tx.Set(b("k"), value) // 81 big ones would be 5 MiB
		})
	})
	wantAll(t, s, "k="+strconv.Itoa(kv.MaxUpdateEntries+99))
}
