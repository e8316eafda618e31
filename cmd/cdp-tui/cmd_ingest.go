package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
	"cdp-tui/internal/report"
)

// intake are the flags of ingest.
type intake struct {
	mappings            []string
	country, controller string
	dryRun              bool
}

func (p *program) ingestCommand() *cobra.Command {
	var in intake
	c := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Take files of source systems into the store",
		Long: "Take files into the store: CSV, NDJSON, JSON, vCard, plain or packed with gzip or\nzstd; - is standard input. Known systems are recognised (cdp-tui presets); for\n" +
			"others name a mapping with --map, which ingest suggest begins for you. With several\nmappings each file goes to the one that recognises it. The store is made when there\nis none. Each row is accounted for; rows that can not be read are kept as rejects.\n" +
			"A file that was cut off goes on where it stopped, and one that was taken already\nchanges nothing.",
		Example: "  cdp-tui ingest customers.csv orders.json.gz\n  zcat dump.gz | cdp-tui ingest --map shop.yaml -\n  cdp-tui ingest --dry-run --map shop.yaml shop.csv\n  cdp-tui ingest --map shop.yaml --map club.yaml export/*.csv",
		Args:    takes(1, -1, "one or more files, or - for standard input"),
		RunE:    p.run(func(ctx context.Context, args []string) error { return p.ingest(ctx, in, args) }),
	}
	f := c.Flags()
	f.StringArrayVar(&in.mappings, "map", nil, "mapping `FILE|PRESET`; given several times, each file goes to the one that recognises it; without it, to a preset")
	f.StringVar(&in.country, "country", "", "country of phone numbers written without one, such as DE, when the mapping names none")
	f.StringVar(&in.controller, "controller", "", "id of the controller who answers for the source, when the mapping names none")
	f.BoolVar(&in.dryRun, "dry-run", false, "say what the files would give; no store is opened")
	complete(c, "map", ingest.PresetNames())
	c.AddCommand(p.suggestCommand())
	return c
}

// countryCode is ISO 3166-1 alpha-2.
var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// options reads the mappings and checks the rest.
func (in *intake) options() (ingest.Options, error) {
	o := ingest.Options{Country: strings.ToUpper(in.country), Controller: in.controller}
	if o.Country != "" && !countryCode.MatchString(o.Country) {
		return o, usagef("--country is two letters (ISO 3166-1), such as DE")
	}
	for _, name := range in.mappings {
		m, err := readMapping(name)
		if err != nil {
			return o, err
		}
		if len(in.mappings) == 1 {
			o.Mapping, o.Preset = m.Mapping, m.Name
			return o, nil
		}
		if len(m.Mapping.Detect.Headers)+len(m.Mapping.Detect.Paths) == 0 {
			return o, &usageError{name + " does not say by what it knows its files", "write detect: in it (docs/mapping.md), or name it alone"}
		}
		o.Among = append(o.Among, m)
	}
	return o, nil
}

func (p *program) ingest(ctx context.Context, in intake, paths []string) error {
	base, err := in.options()
	if err != nil {
		return err
	}
	files, err := p.files(paths)
	if err != nil {
		return err
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
	if err != nil || st.Versions > 0 || st.Batches > 0 {
		return false, err
	}
	suppressing, err := s.desk.Suppressing(ctx) // which a first load does not ask
	return !suppressing, err
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
