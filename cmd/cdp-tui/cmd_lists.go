package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) sourcesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sources",
		Short: "List the systems that deliver data, with their counts",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			sources, err := s.desk.Sources(ctx)
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Sources(sources) },
				func(w io.Writer, o report.Options) error { return report.Sources(w, sources, o) })
		})),
	}
}

func (p *program) batchesCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:     "batches [ID]",
		Short:   "List deliveries, newest first, or show what became of one",
		Example: "  cdp-tui batches --limit 10\n  cdp-tui batches B-000001",
		Args:    takes(0, 1, "the id of a batch, or nothing"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if limit < 0 {
				return usagef("--limit is not negative")
			}
			if len(args) == 1 {
				id, err := cdp.ParseBatchID(args[0])
				if err != nil {
					return &usageError{err.Error(), "cdp-tui batches lists them"}
				}
				r, err := s.desk.Batch(ctx, id)
				if err != nil {
					return fmt.Errorf("%v: %w", id, err)
				}
				return s.receipt(r)
			}
			return list(s, limit, func(last *cdp.Receipt, n int) ([]cdp.Receipt, error) {
				var before cdp.BatchID
				if last != nil {
					before = last.Batch
				}
				return s.desk.Batches(ctx, before, n)
			}, (*report.JSON).Batches, report.Batches)
		})),
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	return c
}

func (s *session) receipt(r cdp.Receipt) error {
	return s.write(func(j *report.JSON) error { return j.Batches([]cdp.Receipt{r}) },
		func(w io.Writer, o report.Options) error { return report.Receipt(w, r, o) })
}

func (p *program) quarantineCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "quarantine",
		Short: "List records for which no activity has a valid basis, and what would release them",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if limit < 0 {
				return usagef("--limit is not negative")
			}
			if err := s.disclose(ctx, cdp.Ref{Kind: "quarantine"}, nil, "keys"); err != nil {
				return err
			}
			return list(s, limit, func(last *cdp.Quarantine, n int) ([]cdp.Quarantine, error) {
				var after cdp.RecordID
				if last != nil {
					after = last.Record
				}
				return s.desk.Quarantined(ctx, after, n)
			}, (*report.JSON).Quarantined, report.Quarantined)
		})),
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	return c
}

func (p *program) logCommand() *cobra.Command {
	var limit int
	var before uint64
	c := &cobra.Command{
		Use:   "log [ABOUT]",
		Short: "List who did what, to what, why; newest first",
		Long: "List the log: acts and reads of personal data. ABOUT is the id of a batch,\nwhat cdp-tui find takes, or KIND/ID for other things (register/HASH, source/ID);\n" +
			"then only entries about it are listed. Reading the log is itself logged.",
		Example: "  cdp-tui log --limit 20\n  cdp-tui log P-0000001",
		Args:    takes(0, 1, "what it is about, or nothing"),
		RunE: p.run(p.with(use{asItIs: true}, func(ctx context.Context, s *session, args []string) error {
			if limit < 0 {
				return usagef("--limit is not negative")
			}
			var about cdp.Ref
			if len(args) == 1 {
				var err error
				if about, err = s.about(ctx, args[0]); err != nil {
					return err
				}
			}
			return s.showLog(ctx, about, before, limit)
		})),
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	c.Flags().Uint64Var(&before, "before", 0, "only entries before this number; 0 for the newest")
	return c
}

// about reads what a log entry can be about.
func (s *session) about(ctx context.Context, typed string) (cdp.Ref, error) {
	kind, id, ok := strings.Cut(typed, "/")
	if ok && id != "" && slices.Contains([]string{"profile", "record", "batch", "source", "register", "search", "log"}, kind) {
		return cdp.Ref{Kind: kind, ID: id}, nil
	}
	switch strings.ToUpper(typed[:min(len(typed), 2)]) { // what is in the log need not be in the store any more
	case "B-":
		if id, err := cdp.ParseBatchID(typed); err == nil {
			return cdp.Ref{Kind: "batch", ID: id.String()}, nil
		}
	case "R-":
		if id, err := cdp.ParseRecordID(typed); err == nil {
			return recordRef(id), nil
		}
	}
	f, err := s.desk.Resolve(ctx, typed)
	if errors.Is(err, steward.ErrNotFound) {
		err = hint(fmt.Errorf("that names nothing that the log can be about: %w", steward.ErrNotFound), "write P-0000001, R-0000001, B-000001, an identifier or KIND/ID")
	}
	return f.Ref, err
}

func (s *session) showLog(ctx context.Context, about cdp.Ref, before uint64, limit int) error {
	return list(s, limit, func(last *cdp.Entry, n int) ([]cdp.Entry, error) {
		from := before
		if last != nil {
			from = last.Seq
		}
		return s.desk.Log(ctx, about, from, n)
	}, (*report.JSON).Entries, report.Entries)
}

func (p *program) statsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Count what the store holds",
		Args:  takes(0, 0, "no arguments"),
		RunE:  p.run(p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error { return s.stats(ctx) })),
	}
}

func (s *session) stats(ctx context.Context) error {
	if s.index.Doubt() != "" { // it would count nothing; one that is only behind is told so
		if err := s.catchUp(ctx); err != nil {
			return err
		}
	}
	st, err := s.desk.Stats(ctx)
	if err != nil {
		return err
	}
	return s.write(func(j *report.JSON) error { return j.Stats(st) },
		func(w io.Writer, o report.Options) error { return report.Stats(w, st, o) })
}

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Compare the store with a recomputation of itself",
		Long:  "Recompute who is who from the records and compare it with what the store says,\nrow by row. Exit code 13 when something differs.",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{asItIs: true}, func(ctx context.Context, s *session, _ []string) error {
			bar := s.progress("records checked")
			c, err := s.desk.Check(ctx, bar.count)
			bar.end()
			if err != nil {
				return err
			}
			err = s.write(func(j *report.JSON) error { return j.Check(c) },
				func(w io.Writer, o report.Options) error { return report.Check(w, c, o) })
			if err == nil && len(c.Problems) > 0 {
				err = errProblems
			}
			return err
		})),
	}
}

func (p *program) reindexCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Make the search index anew from the store",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
			bar := s.progress("profiles indexed")
			n, err := s.index.Rebuild(ctx, s.steward.Feed(), bar.count)
			bar.end()
			if err != nil {
				return errors.Join(err, ctx.Err())
			}
			s.say("%s profiles indexed", thousands(n))
			return nil
		})),
	}
}
