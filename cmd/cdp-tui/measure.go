package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A phase is one part of a benchmark, measured.
type phase struct {
	Name      string  `json:"phase"`
	Records   int     `json:"records"`
	Seconds   float64 `json:"seconds"`
	CPU       float64 `json:"cpu_seconds"`
	PerSecond float64 `json:"per_second"`
	PeakRSS   int64   `json:"peak_rss_bytes"`  // 0 where the system does not say
	PeakAnon  int64   `json:"peak_anon_bytes"` // sampled every 20 ms
}

// sampleEvery is how often memory is looked at.
const sampleEvery = 20 * time.Millisecond

// A stopwatch measures phases; profiles go to a directory if it names one.
type stopwatch struct {
	now      func() time.Time
	profiles string
}

// measure runs f and says what it took. The memory of what went before is
// given back first.
func (w stopwatch) measure(name string, f func() (records int, err error)) (p phase, err error) {
	runtime.GC()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // forget the peak (proc(5)); without it the peak is the program's
	if w.profiles != "" {
		out, err := os.Create(filepath.Join(w.profiles, strings.ReplaceAll(name, " ", "-")+".pprof"))
		if err != nil {
			return p, err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return p, err
		}
		defer pprof.StopCPUProfile()
	}
	stop, peak := make(chan struct{}), make(chan int64)
	go watchAnon(stop, peak)
	begun, cpu := w.now(), cpuSeconds()
	records, err := f()
	p = phase{Name: name, Records: records, Seconds: w.now().Sub(begun).Seconds(), CPU: cpuSeconds() - cpu}
	close(stop)
	p.PeakAnon = max(<-peak, memory("RssAnon"))
	p.PeakRSS = memory("VmHWM")
	p.PerSecond = float64(records) / max(p.Seconds, 1e-9)
	return p, err
}

// watchAnon sends the largest anonymous memory seen until stop is closed.
func watchAnon(stop <-chan struct{}, peak chan<- int64) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	var most int64
	for {
		select {
		case <-tick.C:
			most = max(most, memory("RssAnon"))
		case <-stop:
			peak <- most
			return
		}
	}
}

// memory reads a line of /proc/self/status, in bytes; 0 when it is not there.
func memory(field string) int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte(field+":")); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(rest)), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}

// cpuSeconds is the processor time of the program so far, user and system.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// A latency is how long one thing takes, over many samples.
type latency struct {
	Name    string  `json:"what"`
	Samples int     `json:"samples"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
	Target  float64 `json:"target_p99_ms,omitempty"` // 0 for none
}

// A slow thing is sampled for enoughTime, but fewSamples times at least.
const (
	enoughTime = time.Minute
	fewSamples = 200
)

// sample times n runs of f, after some that only warm up; fewer than n when f
// is slow.
func (w stopwatch) sample(name string, n int, target float64, f func(i int) error) (latency, error) {
	return w.sampleMended(name, n, target, f, nil)
}

// sampleMended is as sample; what a run changed is mended after it, in time
// that does not count. mend may be nil.
func (w stopwatch) sampleMended(name string, n int, target float64, f, mend func(i int) error) (latency, error) {
	runtime.GC()
	took := make([]time.Duration, 0, n)
	first := w.now()
	for i := range n + n/10 {
		begun := w.now()
		if len(took) >= fewSamples && begun.Sub(first) > enoughTime {
			break
		}
		if err := f(i % n); err != nil {
			return latency{}, fmt.Errorf("%s: %w", name, err)
		}
		if i >= n/10 {
			took = append(took, w.now().Sub(begun))
		}
		if mend != nil {
			if err := mend(i % n); err != nil {
				return latency{}, fmt.Errorf("%s, mending: %w", name, err)
			}
		}
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e3 }
	return latency{Name: name, Samples: len(took), P50: ms(quantile(took, 0.50)), P99: ms(quantile(took, 0.99)), Max: ms(took[len(took)-1]), Target: target}, nil
}

// quantile is the smallest value that a share q of a sorted list does not
// exceed.
func quantile[T cmp.Ordered](sorted []T, q float64) T {
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// exponent is by which power of the size a cost grows: 1 is linear.
func exponent(small, large, costSmall, costLarge float64) float64 {
	if small <= 0 || large <= small || costSmall <= 0 || costLarge <= 0 {
		return 0
	}
	return math.Log(costLarge/costSmall) / math.Log(large/small)
}
