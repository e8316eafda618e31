package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/synth"
)

// A bench says what to measure.
type bench struct {
	records, compare int
	seed             uint64
	samples, crowd   int
	dir, profiles    string
	keep             bool
}

func (p *program) benchCommand() *cobra.Command {
	var b bench
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure this machine: load, ingest, open, look up, search",
		Long: "Make a population (see synth), take it into a new store by the same way as ingest\ndoes, and measure:\n\n" +
			"  first load      parse, judge, resolve and write all records, then commit\n  index           all profiles into the search index\n" +
			"  incremental     a further 5 % of the records, durable batch by batch: new records\n                  of known people and new people\n  index follows   the profiles that these touched\n\n" +
			"Then latencies over random samples, one at a time, on the warm store. \"Sampled by\nrecord\" opens the profile of a random record, so that large ones come up more often.\nLast, a device that many records carry is suppressed, and given back.\n" +
			"Memory is that of this process: resident, and anonymous (without mapped files).\nTimes are those of a machine that does other things too: repeat, and trust ratios.",
		Example: "  cdp-tui bench\n  cdp-tui bench --records 1000000 --compare 100000 --json > bench.json",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(func(ctx context.Context, _ []string) error {
			if b.records < 1000 || b.records > maxRecords || b.compare != 0 && (b.compare < 1000 || b.compare >= b.records) {
				return usagef("--records is 1,000 to %s, and --compare less", thousands(maxRecords))
			}
			if b.samples < 10 || b.samples > 100_000 {
				return usagef("--samples is 10 to 100,000")
			}
			if b.crowd == 0 {
				b.crowd = b.records / 100
			}
			if b.crowd < 10 || b.crowd > b.records/4 {
				return usagef("--crowd is 10 to a quarter of the records")
			}
			return p.bench(ctx, b)
		}),
	}
	f := c.Flags()
	f.IntVar(&b.records, "records", 100_000, "how many `N` records the first load takes")
	f.IntVar(&b.compare, "compare", 0, "measure a smaller population of `N` records first, and tell by which power the cost grows")
	f.Uint64Var(&b.seed, "seed", 1, "which `S` population")
	f.IntVar(&b.samples, "samples", 2000, "how many `N` samples of each latency; what is slow gets a minute and 200")
	f.IntVar(&b.crowd, "crowd", 0, "how many `N` records carry a device that is suppressed (default one in 100)")
	f.StringVar(&b.dir, "dir", "", "`DIR` to work in, new or empty (default a temporary directory)")
	f.BoolVar(&b.keep, "keep", false, "keep the files and the store")
	f.StringVar(&b.profiles, "profiles", "", "existing `DIR` for a processor profile of each phase (go tool pprof)")
	return c
}

// A measured population.
type measured struct {
	Version     int       `json:"version"`
	Machine     machine   `json:"machine"`
	Seed        uint64    `json:"seed"`
	Records     int       `json:"records"` // of the first load
	Touchpoints int       `json:"touchpoints"`
	Profiles    int       `json:"profiles"` // afterwards, like the rest
	Largest     int       `json:"largest_profile_records"`
	Quarantined int       `json:"quarantined"`
	SourceBytes int64     `json:"source_bytes"` // of the files of the first load
	StoreBytes  int64     `json:"store_bytes"`
	IndexBytes  int64     `json:"index_bytes"`
	EndToEnd    phase     `json:"end_to_end"` // first load and index
	Phases      []phase   `json:"phases"`
	Latencies   []latency `json:"latencies"`
	Identity    []latency `json:"identity"`
	Crowds      []crowded `json:"crowds"`
	Growth      *growth   `json:"growth,omitempty"`
}

type machine struct {
	Cores int    `json:"cores"`
	Procs int    `json:"gomaxprocs"`
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Go    string `json:"go"`
}

// A growth is the exponent of cost over size, end to end.
type growth struct {
	From    int     `json:"from_records"`
	Seconds float64 `json:"seconds_exponent"`
	CPU     float64 `json:"cpu_exponent"`
	Anon    float64 `json:"peak_anon_exponent"`
}

func (p *program) bench(ctx context.Context, b bench) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "cdp-tui-bench-"); err != nil {
			return err
		}
	} else if files, err := os.ReadDir(b.dir); err == nil && len(files) > 0 {
		return hint(fmt.Errorf("%s is not empty", b.dir), "give a new directory with --dir")
	}
	if b.keep {
		p.say("files and store are kept in %s", b.dir)
	} else {
		defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	}
	var small *measured
	if b.compare > 0 {
		less := b
		less.crowd = max(10, b.crowd*b.compare/b.records)
		less.records, less.dir, less.profiles = b.compare, filepath.Join(b.dir, "small"), ""
		if small, err = p.benchOne(ctx, less); err != nil {
			return err
		}
		if err := p.tellBench(small); err != nil {
			return err
		}
	}
	whole := b
	whole.dir = filepath.Join(b.dir, "bench")
	m, err := p.benchOne(ctx, whole)
	if err != nil {
		return err
	}
	if small != nil {
		x := func(a, b float64) float64 { return exponent(float64(small.Records), float64(m.Records), a, b) }
		m.Growth = &growth{small.Records, x(small.EndToEnd.Seconds, m.EndToEnd.Seconds), x(small.EndToEnd.CPU, m.EndToEnd.CPU),
			x(float64(small.EndToEnd.PeakAnon), float64(m.EndToEnd.PeakAnon))}
	}
	return p.tellBench(m)
}

// What stands in the directory of a measurement.
const (
	benchFirst = "first" // files of the first load
	benchMore  = "more"  // files of the incremental ingest
	benchStore = "store"
)

// benchOne measures one population in a store of its own.
func (p *program) benchOne(ctx context.Context, b bench) (*measured, error) {
	samples, err := p.benchFiles(ctx, b)
	if err != nil {
		return nil, err
	}
	q := *p
	q.store = filepath.Join(b.dir, benchStore)
	q.revealed = false
	var m *measured
	err = q.with(use{create: true, index: true}, func(ctx context.Context, s *session, _ []string) error {
		m, err = s.bench(ctx, b, samples)
		return err
	})(ctx, nil)
	return m, err
}

// benchFiles writes the population: 20 of 21 records into the files of the
// first load, one into those of the incremental ingest, whosever it is. It returns a
// random sample of the first.
func (p *program) benchFiles(ctx context.Context, b bench) ([]*synth.Record, error) {
	first, err := newDelivered(filepath.Join(b.dir, benchFirst))
	if err != nil {
		return nil, err
	}
	defer first.close()
	more, err := newDelivered(filepath.Join(b.dir, benchMore))
	if err != nil {
		return nil, err
	}
	defer more.close()
	keep := newReservoir(b.samples, b.seed)
	bar := p.progress("records made up")
	defer bar.end()
	if err := b.addCrowds(first); err != nil {
		return nil, err
	}
	n, loaded, added := 0, 2*b.crowd, 0
	for rec := range synth.Population(b.seed, b.records+b.records/16+1000) { // some are left over
		if n++; n%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			bar.count(n)
		}
		var to *delivered
		switch later := later(rec); {
		case !later && loaded < b.records:
			to = first
			loaded++
			keep.offer(rec)
		case later && added < b.records/20:
			to = more
			added++
		case loaded == b.records && added == b.records/20:
			return keep.records, errors.Join(first.close(), more.close())
		default:
			continue
		}
		if err := to.add(rec); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%d and %d records instead of %d and %d", loaded, added, b.records, b.records/20)
}

// later picks one record in 21, whatever the order.
func later(rec *synth.Record) bool {
	h := fnv.New64a()
	io.WriteString(h, rec.Source+" "+rec.Key)
	return (h.Sum64()>>20)%21 == 0
}

// bench measures on a new store.
func (s *session) bench(ctx context.Context, b bench, samples []*synth.Record) (*measured, error) {
	m := &measured{Version: 1, Machine: machine{runtime.NumCPU(), runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH, runtime.Version()}, Seed: b.seed}
	if _, err := s.desk.Activate(ctx, "register.yaml", synth.Register(), nil); err != nil {
		return nil, err
	}
	w := stopwatch{now: time.Now, profiles: b.profiles}
	measure := func(name string, f func() (int, error)) error {
		s.say("%s ...", name)
		ph, err := w.measure(name, f)
		m.Phases = append(m.Phases, ph)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	err := measure("first load", func() (n int, err error) {
		err = s.firstLoad(ctx, func(ctx context.Context, gate ingest.Gate) error {
			n, err = s.deliver(ctx, gate, filepath.Join(b.dir, benchFirst))
			return err
		})
		return n, err
	})
	if err != nil {
		return nil, err
	}
	m.Records = m.Phases[0].Records
	m.Touchpoints = m.Records * synth.Touches
	follow := func() (int, error) {
		defer roomy()()
		return s.index.CatchUp(ctx, s.steward.Feed(), nil)
	}
	if err := measure("index", follow); err != nil {
		return nil, err
	}
	m.EndToEnd = together("end to end", m.Records, m.Phases)
	err = measure("incremental", func() (int, error) { return s.deliver(ctx, s.desk, filepath.Join(b.dir, benchMore)) })
	if err != nil {
		return nil, err
	}
	if err := measure("index follows", follow); err != nil {
		return nil, err
	}
	sampled := func(list *[]latency, f func(context.Context, stopwatch, []*synth.Record) ([]latency, error)) func() (int, error) {
		return func() (n int, err error) {
			*list, err = f(ctx, w, samples)
			for _, l := range *list {
				n += l.Samples
			}
			return n, err
		}
	}
	if err := measure("latencies", sampled(&m.Latencies, s.latencies)); err != nil {
		return nil, err
	}
	if err := s.sizes(ctx, b, m); err != nil {
		return nil, err
	}
	if err := measure("identity", sampled(&m.Identity, s.identity)); err != nil {
		return nil, err
	}
	for _, r := range benchReports() {
		if err := measure(r.name, func() (int, error) { return r.read(ctx, s) }); err != nil {
			return nil, err
		}
	}
	return m, measure("suppress", func() (int, error) {
		m.Crowds, err = s.crowded(ctx, w, b)
		return 2 * b.crowd, err
	})
}

// together adds phases up; peaks are the highest.
func together(name string, records int, phases []phase) phase {
	out := phase{Name: name, Records: records}
	for _, ph := range phases {
		out.Seconds += ph.Seconds
		out.CPU += ph.CPU
		out.PeakRSS, out.PeakAnon = max(out.PeakRSS, ph.PeakRSS), max(out.PeakAnon, ph.PeakAnon)
	}
	out.PerSecond = float64(records) / max(out.Seconds, 1e-9)
	return out
}

// deliver ingests the files of a population, source by source.
func (s *session) deliver(ctx context.Context, gate ingest.Gate, dir string) (rows int, err error) {
	for _, source := range synth.Sources() {
		m, err := mapping.Load(source+".yaml", synth.Mapping(source))
		if err != nil {
			return rows, err
		}
		path := sourceFile(dir, source)
		info, err := os.Stat(path)
		if err != nil {
			return rows, err
		}
		bar := s.progress("rows of " + source)
		r, err := ingest.Run(ctx, ingest.Options{Gate: gate, Canon: s.canon, Mapping: m, Name: path, Size: info.Size(),
			Open: func() (io.ReadCloser, error) { return os.Open(path) }, Progress: bar.rows})
		bar.end()
		rows += r.Rows
		if err != nil {
			return rows, err
		}
		if r.Rejected+r.Unchanged+r.Superseding > 0 {
			return rows, fmt.Errorf("%s: %d of %d rows are not new", source, r.Rejected+r.Unchanged+r.Superseding, r.Rows)
		}
	}
	return rows, nil
}

// sizes fills in what the store holds and takes.
func (s *session) sizes(ctx context.Context, b bench, m *measured) error {
	st, err := s.desk.Stats(ctx)
	if err != nil {
		return err
	}
	m.Profiles, m.Largest, m.Quarantined = st.Profiles, st.LargestSize, st.Quarantined
	if m.StoreBytes, err = s.kv.Size(); err != nil {
		return err
	}
	m.IndexBytes = st.DiskBytes - m.StoreBytes
	for _, source := range synth.Sources() {
		info, err := os.Stat(sourceFile(filepath.Join(b.dir, benchFirst), source))
		if err != nil {
			return err
		}
		m.SourceBytes += info.Size()
	}
	return nil
}

// tellBench prints a measurement.
func (p *program) tellBench(m *measured) error {
	if p.json {
		return p.object(m)
	}
	const mib = 1 << 20
	w := &tableWriter{w: p.out}
	w.line("%s records and %s touchpoints first, then 5 %% more; %s profiles, the largest of %s records; %s in quarantine", thousands(m.Records),
		thousands(m.Touchpoints), thousands(m.Profiles), thousands(m.Largest), thousands(m.Quarantined))
	w.line("%d cores, %s/%s, %s; seed %d", m.Machine.Cores, m.Machine.OS, m.Machine.Arch, m.Machine.Go, m.Seed)
	w.line("source files %d MiB, store %d MiB, index %d MiB", m.SourceBytes/mib, m.StoreBytes/mib, m.IndexBytes/mib)
	w.line("")
	w.line("%-20s %10s %9s %9s %9s %9s %9s", "", "number", "seconds", "CPU s", "per s", "RSS MiB", "anon MiB")
	for _, ph := range append(m.Phases, m.EndToEnd) {
		w.line("%-20s %10s %9.1f %9.1f %9s %9d %9d", ph.Name, thousands(ph.Records), ph.Seconds, ph.CPU, thousands(int(ph.PerSecond)), ph.PeakRSS/mib, ph.PeakAnon/mib)
	}
	w.line("")
	goal := func(got, want float64) string {
		switch {
		case want <= 0:
			return ""
		case got > want:
			return fmt.Sprint(want) + " !"
		}
		return fmt.Sprint(want)
	}
	w.line("%-42s %7s %9s %9s %9s %9s", "milliseconds", "samples", "p50", "p99", "max", "p99 goal")
	for _, l := range slices.Concat(m.Latencies, m.Identity) {
		w.line("%-42s %7d %9.3f %9.3f %9.3f %9s", l.Name, l.Samples, l.P50, l.P99, l.Max, goal(l.P99, l.Target))
	}
	w.line("")
	w.line("%-24s %8s %10s %9s %9s %9s %9s", "suppress a device", "records", "profiles", "after", "seconds", "goal", "undo s")
	for _, c := range m.Crowds {
		w.line("%-24s %8s %10s %9s %9.2f %9s %9.2f", c.Name, thousands(c.Records), thousands(c.Before), thousands(c.After), c.Seconds, goal(c.Seconds, c.Target), c.Undone)
	}
	if g := m.Growth; g != nil {
		w.line("")
		w.line("growth from %s records, end to end: time %.2f, CPU %.2f, anonymous memory %.2f (1 is linear)", thousands(g.From), round2(g.Seconds), round2(g.CPU), round2(g.Anon))
	}
	return w.err
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }

// A tableWriter keeps the first error.
type tableWriter struct {
	w   io.Writer
	err error
}

func (t *tableWriter) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}
