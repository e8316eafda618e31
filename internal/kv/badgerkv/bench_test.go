package badgerkv_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
)

// row returns the key and value of a small row: 16 and 80 bytes.
func row(i uint64) (key, value []byte) {
	key = binary.BigEndian.AppendUint64([]byte("row/0000"), i)
	rnd := rand.New(rand.NewPCG(3, i))
	value = make([]byte, 0, 80)
	for range 10 {
		value = binary.BigEndian.AppendUint64(value, rnd.Uint64())
	}
	return key, value
}

// BenchmarkUpdate is one durable update of a record of 6 rows.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		for _, noSync := range []bool{false, true} {
			b.Run(fmt.Sprintf("callers=%d/sync=%t", callers, !noSync), func(b *testing.B) {
				s := open(b, b.TempDir(), badgerkv.Options{NoSync: noSync})
				defer closeStore(b, s)
				var next atomic.Int64
				var wg sync.WaitGroup
				b.ReportAllocs()
				b.ResetTimer()
				for range callers {
					wg.Go(func() {
						for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
							err := s.Update(b.Context(), func(tx kv.Tx) error {
								for j := range uint64(6) {
									if err := tx.Set(row(uint64(i)*6 + j)); err != nil {
										return err
									}
								}
								return nil
							})
							if err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
			})
		}
	}
}

// BenchmarkBatch is one durable update of 200 records of 6 rows.
func BenchmarkBatch(b *testing.B) {
	s := open(b, b.TempDir(), badgerkv.Options{})
	defer closeStore(b, s)
	i := uint64(0)
	for b.Loop() {
		err := s.Update(b.Context(), func(tx kv.Tx) error {
			for range 1200 {
				if err := tx.Set(row(i)); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(i)/6/b.Elapsed().Seconds(), "records/s")
}

const loaded = 1_000_000

func loadRows(b *testing.B, s *badgerkv.Store) {
	b.Helper()
	l, err := s.NewLoader(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for i := range uint64(loaded) {
		if err := l.Put(row(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLoad is a load of a million rows.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		s := open(b, b.TempDir(), badgerkv.Options{})
		loadRows(b, s)
		closeStore(b, s)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/loaded, "us/key")
}

// BenchmarkRead reads among a million rows.
func BenchmarkRead(b *testing.B) {
	s := open(b, b.TempDir(), badgerkv.Options{})
	defer closeStore(b, s)
	loadRows(b, s)
	read := func(name string, f func(r kv.Reader, i uint64) error) {
		b.Run(name, func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(1, 1))
			b.ReportAllocs()
			for b.Loop() {
				i := rnd.Uint64N(loaded - 100)
				if err := s.View(b.Context(), func(r kv.Reader) error { return f(r, i) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	read("get", func(r kv.Reader, i uint64) error {
		key, _ := row(i)
		_, err := r.Get(key)
		return err
	})
	for _, n := range []int{1, 20, 100} {
		for _, reverse := range []bool{false, true} {
			read(fmt.Sprintf("scan=%d/reverse=%t", n, reverse), func(r kv.Reader, i uint64) error {
				start, _ := row(i)
				end, _ := row(i + 100)
				got := 0
				for _, err := range r.Scan(kv.Range{Start: start, End: end, Reverse: reverse}) {
					if err != nil {
						return err
					}
					if got++; got == n {
						break
					}
				}
				if got != n {
					return fmt.Errorf("%d rows, want %d", got, n)
				}
				return nil
			})
		}
	}
}

// BenchmarkScanOwnWrites is a short scan in an update that has written 5,000
// rows.
func BenchmarkScanOwnWrites(b *testing.B) {
	s := open(b, b.TempDir(), badgerkv.Options{})
	defer closeStore(b, s)
	err := s.Update(b.Context(), func(tx kv.Tx) error {
		for i := range uint64(5000) {
			if err := tx.Set(row(i)); err != nil {
				return err
			}
		}
		for b.Loop() {
			start, _ := row(2500)
			n := 0
			for _, err := range tx.Scan(kv.Range{Start: start}) {
				if err != nil {
					return err
				}
				if n++; n == 10 {
					break
				}
			}
			if err := tx.Set(start, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
