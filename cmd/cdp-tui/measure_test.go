package main

import (
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/synth"
)

func TestQuantile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	for _, c := range []struct {
		list []int
		q    float64
		want int
	}{{hundred, 0.5, 50}, {hundred, 0.99, 99}, {hundred, 1, 100}, {hundred, 0, 1}, {[]int{7}, 0.99, 7}, {[]int{1, 2}, 0.5, 1}, {[]int{1, 2}, 0.51, 2}} {
		if got := quantile(c.list, c.q); got != c.want {
			t.Errorf("quantile %v of %d values: %d, want %d", c.q, len(c.list), got, c.want)
		}
	}
}

func TestExponent(t *testing.T) {
	for _, c := range []struct{ small, large, a, b, want float64 }{
		{100, 1000, 5, 50, 1}, {100, 1000, 5, 500, 2}, {100, 1000, 5, 5, 0}, {100, 100, 5, 5, 0}, {100, 1000, 0, 5, 0},
	} {
		if got := exponent(c.small, c.large, c.a, c.b); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestSample: the runs that warm up do not count, and an error ends it.
func TestSample(t *testing.T) {
	now, step, runs := time.Unix(0, 0), time.Second, 0
	w := stopwatch{now: func() time.Time { return now }}
	l, err := w.sample("work", 100, 1, func(int) error {
		if runs++; runs > 10 {
			step = time.Duration(runs-10) * time.Millisecond
		}
		now = now.Add(step)
		return nil
	})
	if err != nil || runs != 110 || l.Samples != 100 || l.P50 != 50 || l.P99 != 99 || l.Max != 100 {
		t.Errorf("%+v after %d runs, %v", l, runs, err)
	}
	step = time.Second
	if l, err = w.sample("slow work", 1000, 0, func(int) error { now = now.Add(step); return nil }); err != nil || l.Samples != fewSamples {
		t.Errorf("%+v, %v: what is slow is sampled too often", l, err)
	}
	boom := errors.New("boom")
	if _, err := w.sample("work", 10, 0, func(int) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
}

// TestReservoir: every record is as likely to be kept as any other.
func TestReservoir(t *testing.T) {
	early := 0
	for seed := range uint64(200) {
		k := newReservoir(10, seed)
		for i := range 1000 {
			k.offer(&synth.Record{Person: uint64(i)})
		}
		if len(k.records) != 10 {
			t.Fatalf("%d records", len(k.records))
		}
		for _, rec := range k.records {
			if rec.Person < 500 {
				early++
			}
		}
	}
	if early < 880 || early > 1120 { // of 2,000; five standard deviations and more
		t.Errorf("%d of 2000 are of the first half", early)
	}
}

// TestBenchIsDescribed: docs/bench.md names every field of the JSON.
func TestBenchIsDescribed(t *testing.T) {
	doc, err := os.ReadFile("../../docs/bench.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{measured{}, machine{}, phase{}, latency{}, crowded{}, growth{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name == "" || !strings.Contains(string(doc), "`"+name+"`") {
				t.Errorf("%s.%s is not described", typ.Name(), typ.Field(i).Name)
			}
		}
	}
}

// TestSampleMended: what a run changed is mended after each, in time that does
// not count.
func TestSampleMended(t *testing.T) {
	now, dirty, mended := time.Unix(0, 0), false, 0
	w := stopwatch{now: func() time.Time { return now }}
	l, err := w.sampleMended("work", 10, 0, func(int) error {
		if dirty {
			t.Fatal("the run before was not mended")
		}
		dirty, now = true, now.Add(time.Millisecond)
		return nil
	}, func(int) error {
		dirty, now, mended = false, now.Add(time.Hour), mended+1
		return nil
	})
	if err != nil || mended != 11 || l.Max != 1 {
		t.Errorf("%+v, mended %d times, %v", l, mended, err)
	}
}
