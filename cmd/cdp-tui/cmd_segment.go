package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui"
)

func (p *program) segmentCommand() *cobra.Command {
	c := group("segment", "Say who is in a group of people, count it, save it, send it through the gate",
		p.segmentListCommand(), p.segmentShowCommand(), p.segmentSaveCommand(), p.segmentCountCommand(), p.segmentTrendCommand(), p.segmentMembersCommand(),
		p.segmentExportCommand(), p.segmentForgetCommand())
	c.Long = "A segment is a query (docs/queries.md) held against the store profile by profile,\nnever against the search index, which may lag. Saved ones have a name and versions:\n" +
		"in:NAME stands for one in any query, in:NAME/2 for its second version. Profiles that\nare restricted (Art. 18) are in no segment, and records in quarantine neither."
	return c
}

// askedSegment is the query of a saved segment, or the one that was typed.
type askedSegment struct{ query string }

func (a *askedSegment) flag(c *cobra.Command) {
	c.Flags().StringVar(&a.query, "query", "", "a `QUERY` in place of a saved segment")
}

func (a *askedSegment) of(args []string) (string, error) {
	switch {
	case a.query != "" && len(args) == 0:
		return a.query, nil
	case a.query == "" && len(args) == 1:
		return savedQuery(args[0]), nil
	}
	return "", &usageError{"say which segment: the NAME of a saved one, or --query", "cdp-tui segment count --query 'country:RO may:newsletter'"}
}

// savedQuery asks for a saved segment by its name, or name/version.
func savedQuery(name string) string {
	return query.Term{Field: query.FieldIn, Text: strings.ToLower(strings.TrimSpace(name))}.String()
}

// segmentHint says what to do about a segment that could not be asked.
func segmentHint(err error) error {
	switch {
	case errors.Is(err, steward.ErrSegmentName), errors.Is(err, steward.ErrBreakdown), errors.Is(err, steward.ErrSegmentPerson):
		return usagef("%v", err)
	case errors.Is(err, steward.ErrPast):
		return usagef("the counts that are kept are of now: leave out --keep")
	case errors.Is(err, steward.ErrNotFound):
		return hint(err, "cdp-tui segment list names the saved ones, cdp-tui policy show the purposes")
	}
	return err
}

func (p *program) segmentListCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{Use: "list", Short: "List the saved segments", Args: takes(0, 0, "no arguments")}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
		list, err := s.desk.Segments(ctx, all)
		if err != nil {
			return err
		}
		return s.segments(ctx, list)
	}))
	c.Flags().BoolVar(&all, "all", false, "those that were retired too")
	return c
}

func (s *session) segments(ctx context.Context, list []cdp.Segment) error {
	if err := s.disclose(ctx, cdp.Ref{Kind: "segment"}, nil, "query"); err != nil {
		return err
	}
	page := cdp.Page[cdp.Segment]{Items: list, Total: len(list), Exact: true}
	return s.write(func(j *report.JSON) error { return j.Segments(list) },
		func(w io.Writer, o report.Options) error { return report.Segments(w, page, o) })
}

// shownRuns is how many of the counts that were kept are shown with a segment.
const shownRuns = 5

func (p *program) segmentShowCommand() *cobra.Command {
	return &cobra.Command{Use: "show NAME", Short: "Show a saved segment: what it says, its versions, its last counts", Args: takes(1, 1, "the name of a segment"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			name := strings.ToLower(args[0])
			list, err := s.desk.SegmentVersions(ctx, name)
			if err != nil {
				return segmentHint(err)
			}
			runs, err := s.desk.SegmentRuns(ctx, name, shownRuns)
			if err != nil {
				return err
			}
			if err := s.disclose(ctx, cdp.Ref{Kind: "segment"}, nil, "query"); err != nil {
				return err
			}
			said := make([][]text.Safe, len(list))
			for i, k := range list {
				said[i] = ui.InWords(k.Query, !s.revealed)
			}
			return s.write(func(j *report.JSON) error { return j.SegmentShown(list, said, runs) },
				func(w io.Writer, o report.Options) error { return report.SegmentShown(w, list, said, runs, o) })
		}))}
}

func (p *program) segmentSaveCommand() *cobra.Command {
	var note string
	c := &cobra.Command{
		Use:     "save NAME QUERY...",
		Short:   "Save a query as a segment, or as the next version of one",
		Long:    "Save a query under a name. What was counted or sent by an older version can still\nbe read. A saved segment holds no identifier of a person.",
		Example: "  cdp-tui segment save winback 'count:order>=2 count:order=0/180d may:newsletter'",
		Args:    takes(2, -1, "a name and a query"),
	}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
		s.typed = strings.Join(args[1:], " ")
		out, err := s.desk.SaveSegment(ctx, args[0], s.typed, note)
		if err != nil {
			return segmentHint(err)
		}
		s.say("saved as version %d; in:%s asks for it", out.Version, out.Name)
		return s.segments(ctx, []cdp.Segment{out})
	}))
	c.Flags().StringVar(&note, "note", "", "what it is for, for people")
	return c
}

func (p *program) segmentForgetCommand() *cobra.Command {
	return &cobra.Command{Use: "forget NAME", Short: "Retire a saved segment; its versions stay as evidence", Args: takes(1, 1, "the name of a segment"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if err := s.desk.ForgetSegment(ctx, strings.ToLower(args[0])); err != nil {
				return segmentHint(err)
			}
			s.say("%s is retired", args[0])
			return nil
		}))}
}

func (p *program) segmentCountCommand() *cobra.Command {
	var a askedSegment
	var ask cdp.SegmentAsk
	var purpose string
	var keep bool
	c := &cobra.Command{
		Use:     "count [NAME]",
		Short:   "Count a segment, and of how many something may be used or sent",
		Long:    "Count a saved segment, or a --query, on the store. With --purpose it says of how\nmany something may be used for it now, with --to of how many something may be sent\nthere, both by the gates. --keep keeps the count for the trend.",
		Example: "  cdp-tui segment count winback --by country --purpose newsletter --to letterwing --keep\n  cdp-tui segment count --query 'consent:newsletter/given -may:newsletter'",
		Args:    takes(0, 1, "the name of a saved segment, or --query"),
	}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
		q, err := a.of(args)
		if err != nil {
			return err
		}
		switch {
		case ask.Recipient != "" && purpose == "":
			return &usageError{"--to needs a purpose", "what would it be sent for: --purpose newsletter"}
		case keep && len(args) == 0:
			return usagef("--keep is for a saved segment")
		case keep:
			ask.Keep = strings.ToLower(args[0])
		}
		ask.Query, ask.Purpose, s.typed = q, cdp.PurposeID(purpose), q
		bar := s.progress("profiles looked at")
		out, err := s.desk.CountSegment(ctx, ask, bar.count)
		bar.end()
		if err != nil {
			return segmentHint(err)
		}
		if err := s.disclose(ctx, cdp.Ref{Kind: "segment"}, nil, "query"); err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.SegmentCount(out) },
			func(w io.Writer, o report.Options) error { return report.SegmentCount(w, out, o) })
	}))
	a.flag(c)
	c.Flags().StringVar(&ask.By, "by", "", "break down by "+strings.Join(cdp.SegmentBreakdowns(), ", "))
	c.Flags().StringVar(&purpose, "purpose", "", "a purpose of the register")
	c.Flags().StringVar(&ask.Recipient, "to", "", "a recipient of the register")
	c.Flags().BoolVar(&keep, "keep", false, "keep the count for the trend")
	p.times(c)
	return c
}

func (p *program) segmentTrendCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{Use: "trend NAME", Short: "Show how a segment has grown or shrunk, from the counts that were kept", Args: takes(1, 1, "the name of a segment")}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
		if limit < 1 || limit > 1000 {
			return usagef("--limit is 1 to 1000")
		}
		name := strings.ToLower(args[0])
		if _, err := s.desk.SegmentVersions(ctx, name); err != nil {
			return segmentHint(err)
		}
		runs, err := s.desk.SegmentRuns(ctx, name, limit)
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.SegmentRuns(runs) },
			func(w io.Writer, o report.Options) error { return report.SegmentTrend(w, runs, o) })
	}))
	c.Flags().IntVar(&limit, "limit", 30, "how many counts, the last ones")
	return c
}

func (p *program) segmentMembersCommand() *cobra.Command {
	var a askedSegment
	var limit int
	var sheet bool
	c := &cobra.Command{
		Use:     "members [NAME]",
		Short:   "List the profiles of a segment: ids and nothing personal, for review within the house",
		Long:    "List who is in a segment, without personal values. Data leave only through the gate\nout: cdp-tui segment export.",
		Example: "  cdp-tui segment members winback --limit 0 --csv > review.csv",
		Args:    takes(0, 1, "the name of a saved segment, or --query"),
	}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
		q, err := a.of(args)
		if err != nil {
			return err
		}
		if limit < 0 {
			return usagef("--limit is 0 or more")
		}
		s.typed = q
		after, done := "", false
		next := func(_ *cdp.SegmentMember, n int) ([]cdp.SegmentMember, error) {
			if done {
				return nil, nil
			}
			if !s.lens.looked.IsNow() && limit == 0 { // each page would be divided anew
				n = math.MaxInt
			}
			page, err := s.desk.SegmentMembers(ctx, q, after, n)
			after, done = page.Next, !page.More
			return page.Items, segmentHint(err)
		}
		if !sheet {
			return list(s, limit, next, (*report.JSON).SegmentMembers, report.SegmentMembers)
		}
		w, header := bufio.NewWriter(p.out), true
		_, err = pages(limit, next, func(items []cdp.SegmentMember) error {
			defer func() { header = false }()
			return report.SegmentMembersCSV(w, items, header)
		})
		return errors.Join(err, w.Flush())
	}))
	a.flag(c)
	c.Flags().IntVar(&limit, "limit", 20, "how many, 0 for all")
	c.Flags().BoolVar(&sheet, "csv", false, "as a table for a spreadsheet")
	p.times(c)
	return c
}

func (p *program) segmentExportCommand() *cobra.Command {
	c := p.shareRunCommand()
	c.Use = "export NAME --to RECIPIENT --purpose PURPOSE --out FILE --reason REASON"
	c.Short = "Send what may be sent of a segment, through the gate out"
	c.Long = "cdp-tui share run, for those of a saved segment.\n\n" + c.Long
	c.Example = "  cdp-tui segment export winback --to letterwing --purpose newsletter --channel email \\\n    --out letter.ndjson --reason 'letter of August'"
	c.Args = takes(1, 1, "the name of a saved segment")
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("segment") {
			return usagef("--segment is what the name says")
		}
		if err := cmd.Flags().Set("segment", savedQuery(args[0])); err != nil {
			return fmt.Errorf("segment: %w", err)
		}
		return segmentHint(run(cmd, nil))
	}
	return c
}

func (p *program) countsCommand() *cobra.Command {
	var by string
	c := &cobra.Command{
		Use:     "counts",
		Short:   "Count what arrived, was said and was sent over time, in one pass over the store",
		Long:    "Count records by when they arrived, touchpoints by when they happened, consents by\nwhen they were said, disclosures by when they were made, in UTC. With --as-known the\ncounts end with what was known then, with --as-of with what had happened by then.",
		Example: "  cdp-tui counts --by quarter --json\n  cdp-tui counts --by month --as-known 2026-05-01",
		Args:    takes(0, 0, "no arguments"),
	}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
		bar := s.progress("profiles read")
		out, err := s.desk.Counts(ctx, by, bar.count)
		bar.end()
		if errors.Is(err, steward.ErrPeriod) {
			return usagef("--by is one of %s", strings.Join(cdp.CountPeriods(), ", "))
		}
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.Counts(out) },
			func(w io.Writer, o report.Options) error { return report.Counts(w, out, o) })
	}))
	p.times(c)
	c.Flags().StringVar(&by, "by", "month", "`PERIOD`: "+strings.Join(cdp.CountPeriods(), ", "))
	return c
}

func (p *program) coverageCommand() *cobra.Command {
	var cell cdp.CoverageCell
	var limit int
	c := &cobra.Command{
		Use:     "coverage",
		Short:   "Show on which bases the touchpoints of each channel may be used now, and which on none",
		Long:    "A table of touchpoints by channel and kind, and the bases of Art. 6(1) on which they\nmay be used now. One touchpoint can have several. It reads the whole store. With a\n--kind it lists the records behind a cell of the table.",
		Example: "  cdp-tui coverage\n  cdp-tui coverage --channel web --kind visit --of none",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			switch others := append([]string{"", "none", "restricted", "quarantined"}, basisNames()...); {
			case cell.Kind == "" && (cell.Channel != "" || cell.Of != ""):
				return &usageError{"a cell has a kind of touchpoint", "cdp-tui coverage --channel web --kind visit --of none"}
			case !slices.Contains(others, cell.Of):
				return usagef("--of is one of %s", strings.Join(others[1:], ", "))
			case limit < 0:
				return usagef("--limit is 0 or more")
			case cell.Kind != "":
				after, done := "", false
				return list(s, limit, func(_ *cdp.Covered, n int) ([]cdp.Covered, error) {
					if done {
						return nil, nil
					}
					page, err := s.desk.CoverageOf(ctx, cell, after, n)
					after, done = page.Next, !page.More
					return page.Items, err
				}, (*report.JSON).Covered, report.Covered)
			}
			bar := s.progress("profiles read")
			out, err := s.desk.Coverage(ctx, bar.count)
			bar.end()
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Coverage(out) },
				func(w io.Writer, o report.Options) error { return report.Coverage(w, out, o) })
		})),
	}
	c.Flags().StringVar((*string)(&cell.Channel), "channel", "", "list those of a `CHANNEL`")
	c.Flags().StringVar(&cell.Kind, "kind", "", "list those of a `KIND`")
	c.Flags().StringVar(&cell.Of, "of", "", "a `BASIS`, none, restricted or quarantined (default all)")
	c.Flags().IntVar(&limit, "limit", 20, "how many records, 0 for all")
	p.times(c)
	return c
}

func basisNames() (out []string) {
	for _, b := range cdp.Bases() {
		out = append(out, string(b))
	}
	return out
}
