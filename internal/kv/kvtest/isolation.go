package kvtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"cdp-tui/internal/kv"
)

func testSnapshot(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "1")
	view(t, s, func(r kv.Reader) error {
		wantGet(t, r, "a", "1")
		done := make(chan error)
		go func() {
			done <- s.Update(context.WithoutCancel(t.Context()), func(tx kv.Tx) error {
				return errors.Join(tx.Set(b("a"), b("2")), tx.Delete(b("b")), tx.Set(b("c"), b("2")))
			})
		}()
		if err := <-done; err != nil { // a View does not hold up an Update
			return err
		}
		wantGet(t, r, "a", "1")
		wantGet(t, r, "b", "1")
		wantMissing(t, r, "c")
		wantList(t, r, kv.Range{}, "a=1 b=1")
		wantAll(t, s, "a=2 c=2") // a View that begins now sees it
		return nil
	})
}

// together runs f n times at once and fails the test on any error.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func number(r kv.Reader, key string) (int, error) {
	v, err := r.Get(b(key))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(v))
}

func testCounter(t *testing.T, s kv.Store) {
	ctx := t.Context()
	const workers, rounds = 8, 50
	refuse := errors.New("refused")
	together(t, workers, func(i int) error {
		for j := range rounds {
			err := s.Update(ctx, func(tx kv.Tx) error {
				n, err := number(tx, "n")
				if err != nil {
					return err
				}
				if err := tx.Set(b("n"), strconv.AppendInt(nil, int64(n+1), 10)); err != nil {
					return err
				}
				if j%5 == 4 {
					return refuse // others in the same commit must not see it
				}
				return nil
			})
			if j%5 == 4 {
				if !errors.Is(err, refuse) {
					return fmt.Errorf("worker %d: error is %w, want its own", i, err)
				}
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	wantAll(t, s, "n="+strconv.Itoa(workers*rounds*4/5))
}

// Each update adds a row and keeps the number of rows it found, by scanning,
// in it. If two that overlap both commit, two rows hold the same number.
func testPhantoms(t *testing.T, s kv.Store) {
	ctx := t.Context()
	const workers, rounds = 8, 25
	together(t, workers, func(i int) error {
		for j := range rounds {
			err := s.Update(ctx, func(tx kv.Tx) error {
				n := 0
				for _, err := range tx.Scan(kv.Prefix(b("row/"))) {
					if err != nil {
						return err
					}
					n++
				}
				return tx.Set(fmt.Appendf(nil, "row/%02d/%03d", i, j), strconv.AppendInt(nil, int64(n), 10))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	seen := make(map[string]bool)
	view(t, s, func(r kv.Reader) error {
		for e, err := range r.Scan(kv.Prefix(b("row/"))) {
			if err != nil {
				return err
			}
			if seen[string(e.Value)] {
				t.Errorf("two updates both found %s rows", e.Value)
			}
			seen[string(e.Value)] = true
		}
		return nil
	})
	if len(seen) != workers*rounds {
		t.Errorf("%d different numbers, want %d", len(seen), workers*rounds)
	}
}

// Two are on duty; one may leave if the other stays. Serially one stays.
func testWriteSkew(t *testing.T, s kv.Store) {
	ctx := t.Context()
	for round := range 50 {
		put(t, s, "duty/a", "1", "duty/b", "1")
		together(t, 2, func(i int) error {
			return s.Update(ctx, func(tx kv.Tx) error {
				on := 0
				for _, err := range tx.Scan(kv.Prefix(b("duty/"))) {
					if err != nil {
						return err
					}
					on++
				}
				if on < 2 {
					return nil
				}
				return tx.Delete([]byte{'d', 'u', 't', 'y', '/', byte('a' + i)})
			})
		})
		view(t, s, func(r kv.Reader) error {
			if got, err := list(r, kv.Range{KeysOnly: true}); err != nil || got != "duty/a" && got != "duty/b" {
				t.Errorf("round %d: on duty: %q, %v", round, got, err)
			}
			return nil
		})
	}
}

// Writers move amounts between accounts; whatever a reader sees adds up.
func testReadersBesideWriters(t *testing.T, s kv.Store) {
	ctx := t.Context()
	const accounts, total = 20, 2000
	update(t, s, func(tx kv.Tx) error {
		return each(accounts, func(i int) error { return tx.Set(fmt.Appendf(nil, "acc/%02d", i), b("100")) })
	})
	sum := func(r kv.Reader) error {
		n := 0
		for e, err := range r.Scan(kv.Prefix(b("acc/"))) {
			if err != nil {
				return err
			}
			v, err := strconv.Atoi(string(e.Value))
			if err != nil {
				return err
			}
			n += v
		}
		if n != total {
			return fmt.Errorf("a snapshot adds up to %d, want %d", n, total)
		}
		return nil
	}
	together(t, 8, func(i int) error {
		rnd := rand.New(rand.NewPCG(1, uint64(i)))
		for range 60 {
			var err error
			if i%2 == 0 {
				err = s.View(ctx, func(r kv.Reader) error { return errors.Join(sum(r), sum(r)) })
			} else {
				from, to := fmt.Sprintf("acc/%02d", rnd.IntN(accounts)), fmt.Sprintf("acc/%02d", rnd.IntN(accounts))
				amount := rnd.IntN(50)
				err = s.Update(ctx, func(tx kv.Tx) error {
					for _, step := range []struct {
						key   string
						delta int
					}{{from, -amount}, {to, amount}} {
						n, err := number(tx, step.key)
						if err != nil {
							return err
						}
						if err := tx.Set(b(step.key), strconv.AppendInt(nil, int64(n+step.delta), 10)); err != nil {
							return err
						}
					}
					return sum(tx)
				})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
