package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/report"
)

var rejectsRef = cdp.Ref{Kind: "rejects"}

func (p *program) rejectsCommand() *cobra.Command {
	var limit int
	var all bool
	flags := func(c *cobra.Command) {
		c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
		c.Flags().BoolVar(&all, "all", false, "also those that are settled")
	}
	list := p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
		if limit < 0 {
			return usagef("--limit is not negative")
		}
		if err := s.disclose(ctx, rejectsRef, nil, "rows of rejects"); err != nil {
			return err
		}
		return list(s, limit, s.rejects(ctx, all), (*report.JSON).Rejects, report.Rejects)
	}))
	c := &cobra.Command{
		Use:   "rejects",
		Short: "List, export and replay rows that could not be made into records",
		Long:  "List the rows that could not be made into records, with file, line and reason.\nThe rows themselves are shown with --reveal only.",
		Args:  takes(0, 0, "list, export or replay"),
		RunE:  list,
	}
	flags(c)
	sub := &cobra.Command{Use: "list", Short: "List rejected rows", Args: takes(0, 0, "no arguments"), RunE: list}
	flags(sub)
	c.AddCommand(sub, p.exportCommand(), p.replayCommand())
	return c
}

// rejects gives the pages of the rejected rows.
func (s *session) rejects(ctx context.Context, all bool) func(last *cdp.Reject, n int) ([]cdp.Reject, error) {
	return func(last *cdp.Reject, n int) ([]cdp.Reject, error) {
		var after uint64
		if last != nil {
			after = last.ID
		}
		return s.desk.Rejects(ctx, after, n, all)
	}
}

func (p *program) exportCommand() *cobra.Command {
	var format, output string
	var all bool
	c := &cobra.Command{
		Use:   "export",
		Short: "Write rejected rows to a file, for the owner of the source",
		Long: "Write all rejected rows, as NDJSON or CSV, to a new file or to standard output.\nThe rows themselves are in it with --reveal only. The export is logged with its\n" +
			"SHA-256 before the first row is handed out.",
		Example: "  cdp-tui rejects export --reveal \"to the shop team, ticket 88\" --output rejects.csv --format csv",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if format != "ndjson" && format != "csv" {
				return usagef("--format is ndjson or csv")
			}
			if err := s.disclose(ctx, rejectsRef, nil, "rows of rejects"); err != nil {
				return err
			}
			h := sha256.New()
			n, err := s.exportRejects(ctx, h, format, all)
			if err != nil {
				return err
			}
			where := "standard output"
			if output != "" {
				where = "a file"
			}
			digest := hex.EncodeToString(h.Sum(nil))
			if err := s.desk.Exported(ctx, rejectsRef, fmt.Sprintf("%d rejects as %s to %s", n, format, where), digest); err != nil {
				return err
			}
			if output == "" {
				_, err = s.exportRejects(ctx, s.out, format, all)
			} else {
				err = newFile(output, func(w io.Writer) error {
					_, err := s.exportRejects(ctx, w, format, all)
					return err
				})
			}
			if err == nil {
				s.say("%s rejects, sha256 %s", thousands(n), digest)
			}
			return err
		})),
	}
	c.Flags().StringVar(&format, "format", "ndjson", "ndjson or csv")
	c.Flags().StringVar(&output, "output", "", "`FILE` to make; it must not be there yet")
	c.Flags().BoolVar(&all, "all", false, "also those that are settled")
	complete(c, "format", []string{"ndjson", "csv"})
	return c
}

func (s *session) exportRejects(ctx context.Context, w io.Writer, format string, all bool) (n int, err error) {
	write := report.NewJSON(w, s.options()).Rejects
	if format == "csv" {
		write = report.NewCSV(w, s.options()).Rejects
	}
	_, err = pages(0, s.rejects(ctx, all), func(items []cdp.Reject) error {
		n += len(items)
		return write(items)
	})
	return n, err
}

// newFile makes a file that only this user can read. What was begun is removed
// when it can not be ended.
func newFile(path string, f func(io.Writer) error) (err error) {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = f(w)
	if err == nil {
		err = w.Sync()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// bytesTo writes what is in memory.
func bytesTo(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// replayChunk is how many rejects are read again at a time.
const replayChunk = 2000

func (p *program) replayCommand() *cobra.Command {
	var in intake
	c := &cobra.Command{
		Use:     "replay --map FILE|PRESET",
		Short:   "Read rejected rows again under a corrected mapping",
		Long:    "Read the open rejects of a mapping's source again. Rows that now become records,\nor are dropped by a rule, are settled; the others stay open.",
		Example: "  cdp-tui rejects replay --map shop.yaml",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(func(ctx context.Context, _ []string) error {
			if len(in.mappings) != 1 {
				return usagef("name the corrected mapping with --map")
			}
			opt, err := in.options()
			if err != nil {
				return err
			}
			return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
				opt.Gate, opt.Canon = s.desk, s.canon
				return s.replay(ctx, opt)
			})(ctx, nil)
		}),
	}
	f := c.Flags()
	f.StringArrayVar(&in.mappings, "map", nil, "corrected mapping `FILE|PRESET`")
	f.StringVar(&in.country, "country", "", "country of phone numbers written without one")
	f.StringVar(&in.controller, "controller", "", "id of the controller who answers for the source, when the mapping names none")
	complete(c, "map", ingest.PresetNames())
	return c
}

func (s *session) replay(ctx context.Context, opt ingest.Options) error {
	settled, still := 0, 0
	var chunk []cdp.Reject
	flush := func() error {
		done, err := ingest.Replay(ctx, opt, chunk)
		chunk = chunk[:0]
		for _, r := range done {
			still += len(r.Still)
			if len(r.Settled) == 0 {
				continue
			}
			settled += len(r.Settled)
			if err := s.desk.Replayed(ctx, r.Settled, r.Receipt.Batch); err != nil {
				return err
			}
			receipt, err := s.desk.Batch(ctx, r.Receipt.Batch) // closed by now
			if err != nil {
				return err
			}
			if err := s.receipt(receipt); err != nil {
				return err
			}
		}
		return err
	}
	_, err := pages(0, s.rejects(ctx, false), func(items []cdp.Reject) error {
		for _, r := range items {
			if r.Source == opt.Mapping.Source.ID {
				chunk = append(chunk, r)
			}
		}
		if len(chunk) >= replayChunk {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	s.say("rejects of %s: %s settled, %s still open", opt.Mapping.Source.ID, thousands(settled), thousands(still))
	if still > 0 {
		return fmt.Errorf("%w again: %d of %d", errRejects, still, settled+still)
	}
	return nil
}
