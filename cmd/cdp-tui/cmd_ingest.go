package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/ingest/suggest"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
	"cdp-tui/internal/report"
)

// intake are the flags of ingest.
type intake struct {
	mapping, country, controller string
	dryRun                       bool
}

func (p *program) ingestCommand() *cobra.Command {
	var in intake
	c := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Take files of source systems into the store",
		Long: "Take files into the store: CSV, NDJSON, JSON, vCard, plain or packed with gzip or\nzstd; - is standard input. Known systems are recognised (cdp-tui presets); for\n" +
			"others name a mapping with --map, which ingest suggest begins for you. The store\nis made when there is none. Each row is accounted for; rows that can not be read\n" +
			"are kept as rejects. A file that was cut off goes on where it stopped, and one\nthat was taken already changes nothing.",
		Example: "  cdp-tui ingest customers.csv orders.json.gz\n  zcat dump.gz | cdp-tui ingest --map shop.yaml -\n  cdp-tui ingest --dry-run --map shop.yaml shop.csv",
		Args:    takes(1, -1, "one or more files, or - for standard input"),
		RunE:    p.run(func(ctx context.Context, args []string) error { return p.ingest(ctx, in, args) }),
	}
	f := c.Flags()
	f.StringVar(&in.mapping, "map", "", "mapping `FILE|PRESET`; without it each file is recognised")
	f.StringVar(&in.country, "country", "", "country of phone numbers written without one, such as DE, when the mapping names none")
	f.StringVar(&in.controller, "controller", "", "id of the controller who answers for the source, when the mapping names none")
	f.BoolVar(&in.dryRun, "dry-run", false, "say what the files would give; no store is opened")
	complete(c, "map", ingest.PresetNames())
	c.AddCommand(p.suggestCommand())
	return c
}

// countryCode is ISO 3166-1 alpha-2.
var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

func (p *program) ingest(ctx context.Context, in intake, paths []string) error {
	in.country = strings.ToUpper(in.country)
	if in.country != "" && !countryCode.MatchString(in.country) {
		return usagef("--country is two letters (ISO 3166-1), such as DE")
	}
	files, err := p.files(paths)
	if err != nil {
		return err
	}
	base := ingest.Options{Country: in.country, Controller: in.controller}
	if in.mapping != "" {
		if base.Mapping, base.Preset, err = readMapping(in.mapping); err != nil {
			return err
		}
	}
	if in.dryRun {
		return p.dryRun(ctx, base, files)
	}
	files, failed, err := p.readable(base, files)
	if err != nil {
		return err
	}
	err = p.with(use{create: true, index: true}, func(ctx context.Context, s *session, _ []string) error {
		s.tellCreated()
		base.Canon = s.canon
		return s.take(ctx, base, files)
	})(ctx, nil)
	if err == nil || errors.Is(err, errRejects) {
		err = cmp.Or(failed, err)
	}
	return err
}

// errNotAll says that some of several files could not be taken.
func errNotAll() error {
	return hint(errors.New("not all files could be taken"), "the messages above say which; taking the others again changes nothing")
}

// readable leaves out the files before the first that can be read, while there
// is no store: none is made for files that can not be taken. failed says that
// some were left out, err that all were.
func (p *program) readable(base ingest.Options, files []file) (rest []file, failed, err error) {
	dir, err := p.storeDir()
	if err != nil {
		return nil, nil, err
	}
	if err := finishSwap(dir); err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, kvDir)); !errors.Is(err, fs.ErrNotExist) {
		return files, nil, nil
	}
	for i := range files {
		f := &files[i]
		if f.opened, err = ingest.Open(f.options(base)); err == nil {
			return files[i:], failed, nil
		}
		err = explained(err, f.path)
		if len(files) == 1 {
			return nil, nil, err
		}
		p.complain(err)
		failed = errNotAll()
	}
	return nil, nil, failed
}

// plainPath is a path that a shell reads as it stands.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)

// explained says what to do about a file that can not be taken. Where a file is
// damaged, the message itself says so.
func explained(err error, path string) error {
	if !plainPath.MatchString(path) {
		path = "FILE"
	}
	var several *ingest.AmbiguousError
	switch {
	case errors.Is(err, ingest.ErrUnknown):
		return hint(err, "cdp-tui ingest suggest %s begins a mapping for it; cdp-tui presets lists the systems that are known, to be named with --map", path)
	case errors.As(err, &several):
		return hint(err, "name the one that it is with --map")
	case errors.Is(err, ingest.ErrNoRows):
		return hint(err, "deliver it again, or say in a mapping how it is to be read: cdp-tui ingest suggest %s begins one", path)
	case errors.Is(err, ingest.ErrOther):
		return hint(err, "name another mapping with --map; cdp-tui ingest suggest %s begins one", path)
	case errors.Is(err, fs.ErrNotExist):
		return hint(err, "check how it is written, and from which directory")
	case errors.Is(err, fs.ErrPermission):
		return hint(err, "ask its owner to let you read it")
	}
	return err
}

// readMapping loads a preset of that name, or else a mapping file.
func readMapping(name string) (*mapping.Mapping, string, error) {
	if slices.Contains(ingest.PresetNames(), name) {
		preset, err := ingest.LoadPreset(name)
		return preset.Mapping, name, err
	}
	b, err := readRules(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, "", hint(err, "cdp-tui presets lists the presets; cdp-tui ingest suggest FILE begins a mapping")
	}
	if err != nil {
		return nil, "", err
	}
	m, err := mapping.Load(filepath.Base(name), b)
	return m, "", err
}

// A file is one to be ingested.
type file struct {
	path   string
	size   int64
	stream bool
	open   func() (io.ReadCloser, error)
	opened *ingest.Input // nil until it is
}

// options are those with which a file is opened.
func (f *file) options(base ingest.Options) ingest.Options {
	base.Open, base.Name, base.Size, base.Stream = f.open, f.path, f.size, f.stream
	return base
}

// files looks at the paths before anything is done.
func (p *program) files(paths []string) ([]file, error) {
	var out []file
	for _, path := range paths {
		if path == "-" {
			if slices.ContainsFunc(out, func(f file) bool { return f.path == "-" }) {
				return nil, usagef("standard input can be read only once")
			}
			out = append(out, file{path: "-", stream: true, open: func() (io.ReadCloser, error) { return io.NopCloser(p.in), nil }})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, explained(err, path)
		}
		if info.IsDir() {
			return nil, &usageError{path + " is a directory", "name the files in it: " + filepath.Join(path, "*")}
		}
		out = append(out, file{path: path, size: info.Size(), stream: !info.Mode().IsRegular(), open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	return out, nil
}

// take ingests files one after the other, brings the index up to date, and
// tells what is missing for what was quarantined.
func (s *session) take(ctx context.Context, base ingest.Options, files []file) error {
	tell := s.receipt
	if len(files) > 1 && !s.json {
		tell = func(r cdp.Receipt) error { return report.Taken(s.out, r, s.options()) }
	}
	receipts, failed, err := s.takeAll(ctx, base, files, tell)
	if err != nil {
		return err
	}
	if len(receipts) > 1 && !s.json {
		if err := report.TakenAll(s.out, receipts, s.options()); err != nil {
			return err
		}
		s.hint(fmt.Sprintf("cdp-tui batches %v tells more of a delivery", receipts[0].Batch))
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	var total cdp.Receipt
	quarantined := make(map[cdp.SourceID]bool)
	for _, r := range receipts {
		total.Add(r)
		if r.Quarantined > 0 {
			quarantined[r.Source] = true
		}
	}
	if err := s.tellMissing(ctx, quarantined); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if total.Rejected > 0 {
		return fmt.Errorf("%w: %d of %d", errRejects, total.Rejected, total.Rows)
	}
	return nil
}

// takeAll ingests files and tells their receipts. failed says that some could
// not be taken, err that the store could not go on.
func (s *session) takeAll(ctx context.Context, base ingest.Options, files []file, tell func(cdp.Receipt) error) (receipts []cdp.Receipt, failed, err error) {
	first, err := s.first(ctx, files)
	if err != nil {
		return nil, nil, err
	}
	if !first {
		base.Gate = s.desk
		receipts, failed, err = s.takeEach(ctx, base, files, tell)
		if err != nil {
			err = hint(err, "what was admitted is kept; the same command goes on where this one stopped")
		}
		return receipts, failed, err
	}
	err = s.firstLoad(ctx, func(ctx context.Context, gate ingest.Gate) (err error) {
		base.Gate, base.BatchSize = gate, loadBatch
		receipts, failed, err = s.takeEach(ctx, base, files, func(cdp.Receipt) error { return nil })
		return err
	})
	if err != nil {
		return nil, nil, hint(err, "a first load takes all or nothing: repeat the command")
	}
	for i := range receipts { // those of the load itself were provisional
		if receipts[i], err = s.desk.Batch(ctx, receipts[i].Batch); err == nil {
			err = tell(receipts[i])
		}
		if err != nil {
			return receipts, nil, err
		}
	}
	return receipts, failed, nil
}

// loadBatch is how many rows a first load takes at a time.
const loadBatch = 2000

// first reports whether files are to be taken by a first load: the store has
// no records yet, and there is enough to take.
func (s *session) first(ctx context.Context, files []file) (bool, error) {
	var bytes int64
	for _, f := range files {
		bytes += f.size
	}
	if bytes < firstLoadBytes {
		return false, nil
	}
	st, err := s.desk.Stats(ctx)
	return st.Versions == 0 && st.Batches == 0, err
}

// takeEach ingests files one after the other; tell is told of each.
func (s *session) takeEach(ctx context.Context, base ingest.Options, files []file, tell func(cdp.Receipt) error) (receipts []cdp.Receipt, failed, err error) {
	for _, f := range files {
		r, err := s.takeOne(ctx, base, f)
		if r.Batch != 0 {
			receipts = append(receipts, r)
			if err := tell(r); err != nil {
				return receipts, nil, err
			}
		}
		switch {
		case err == nil:
		case ctx.Err() != nil || fatal(err):
			return receipts, nil, err
		case len(files) == 1:
			failed = err
		default:
			s.complain(err)
			failed = errNotAll()
		}
	}
	return receipts, failed, nil
}

// fatal reports whether an error is one of the store, so that the files that
// follow would fail too.
func fatal(err error) bool {
	return errors.Is(err, kv.ErrClosed) || errors.Is(err, badgerkv.ErrFailed) || errors.Is(err, ingest.ErrUnbalanced) || exitOf(err) == exitNoSpace
}

func (s *session) takeOne(ctx context.Context, base ingest.Options, f file) (cdp.Receipt, error) {
	bar := s.progress("rows")
	defer bar.end()
	skipped := 0
	base.Progress = func(p ingest.Progress) {
		skipped = p.Skipped
		bar.rows(p)
	}
	in, err := f.opened, error(nil)
	if in == nil {
		in, err = ingest.Open(f.options(base))
	}
	if err != nil {
		return cdp.Receipt{}, explained(err, f.path)
	}
	r, err := in.Run(ctx, base)
	bar.end()
	switch {
	case skipped > 0 && r.Rows == 0 && err == nil:
		s.say("%s: all %s rows were taken before, as %v; nothing changed", r.File, thousands(skipped), r.Batch)
	case skipped > 0:
		s.say("%s: %s rows were taken before; went on from there", r.File, thousands(skipped))
	}
	return r, err
}

func (p *program) suggestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "suggest FILE",
		Short: "Begin a mapping for a file that no preset knows",
		Long: "Write a commented mapping for a file to standard output. What only a person can\nknow is left blank: the mapping is refused until that is filled in. The comments\n" +
			"say what each guess rests on; they hold no values of the file.",
		Example: "  cdp-tui ingest suggest customers.csv > customers.yaml",
		Args:    takes(1, 1, "a file, or - for standard input"),
		RunE: p.run(func(_ context.Context, args []string) error {
			files, err := p.files(args)
			if err != nil {
				return err
			}
			in, err := files[0].open()
			if err != nil {
				return explained(err, args[0])
			}
			defer in.Close()
			name := filepath.Base(args[0])
			if args[0] == "-" {
				name = "stdin"
			}
			yaml, r, err := suggest.Suggest(name, in)
			if err != nil {
				return err
			}
			if err := p.source(yaml); err != nil {
				return err
			}
			p.say("looked at %s rows (%d can not be read), %d fields", thousands(r.Rows), r.Bad, len(r.Fields))
			for _, b := range r.Blanks {
				p.say("to be filled in: %s", b)
			}
			return nil
		}),
	}
}
