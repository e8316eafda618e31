package main

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

// asks are the flags that say what is asked for.
type asks struct {
	ask    cdp.Ask
	fields string
}

func (a *asks) flags(c *cobra.Command) {
	c.Flags().StringVar(&a.ask.Recipient, "to", "", "the `RECIPIENT`, as the activity register names it")
	c.Flags().StringVar((*string)(&a.ask.Purpose), "purpose", "", "the `PURPOSE`, as the activity register names it")
	c.Flags().StringVar((*string)(&a.ask.Channel), "channel", "", "the `CHANNEL` over which the recipient will speak to people: email, sms, post ...")
	c.Flags().StringVar(&a.ask.Topic, "topic", "", "the `TOPIC` about which it will, as preferences name it: who does not want it is left out")
	c.Flags().StringVar(&a.fields, "fields", "", "comma-separated `FIELDS` that are asked for; all that the purpose needs if none")
	c.Flags().StringVar(&a.ask.Segment, "segment", "", "only profiles that this `QUERY` finds")
}

func (a *asks) settle() error {
	if a.ask.Recipient == "" || a.ask.Purpose == "" {
		return &usageError{"say to whom and for what", "such as --to letterwing --purpose newsletter; cdp-tui policy lists both"}
	}
	if a.ask.Topic = strings.TrimSpace(a.ask.Topic); a.ask.Topic != "" && a.ask.Channel == "" {
		return &usageError{"a topic is something that people are spoken to about", "say over which --channel as well"}
	}
	a.ask.Fields = nil
	for _, f := range strings.Split(a.fields, ",") {
		if f = strings.TrimSpace(f); f != "" {
			a.ask.Fields = append(a.ask.Fields, f)
		}
	}
	return nil
}

func (p *program) shareCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "share",
		Short: "Plan and run disclosures to recipients, and list those that were made",
		Long:  "The gate out: what of which profiles may go to a recipient for a purpose. A plan\nchanges nothing; a run records each share and each denial before anything leaves.",
		Args:  takes(0, 0, "a sub-command: plan, run, list, show or settle"),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.sharePlanCommand(), p.shareRunCommand(), p.shareListCommand(), p.shareShowCommand(), p.shareSettleCommand())
	return c
}

func (p *program) sharePlanCommand() *cobra.Command {
	var a asks
	var list bool
	var field, rule string
	var limit int
	c := &cobra.Command{
		Use:   "plan [PROFILE] --to RECIPIENT --purpose PURPOSE",
		Short: "Judge what would go to a recipient, and what not and why; nothing is sent",
		Long: "Judge every profile, or those of a segment, or one: allow, strip (the purpose does\nnot need it, or the record has no basis for it) or deny, with rule and article. The\n" +
			"digest stands for exactly what would be sent: share run --digest sends that or\nnothing. --list gives profiles, --rule and --field those that a rule decides on.\n\n" +
			"--as-of and --as-known show what would have gone then: the people, segments and\nregister of that time. Such a plan has no digest: what is sent is of now.",
		Example: "  cdp-tui share plan --to letterwing --purpose newsletter --channel email\n  cdp-tui share plan --to paket --purpose orders --list --rule share.contract.ended\n  cdp-tui share plan P-0000012 --to letterwing --purpose newsletter\n  cdp-tui share plan --to letterwing --purpose newsletter --as-known 2026-05-01",
		Args:    takes(0, 1, "at most one profile"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		if err := a.settle(); err != nil {
			return err
		}
		if limit < 0 {
			return usagef("--limit is not negative")
		}
		return p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			switch {
			case len(args) == 1:
				id, err := s.profileOf(ctx, args[0])
				if err != nil {
					return err
				}
				d, err := s.desk.ShareVerdict(ctx, a.ask, id)
				if err != nil {
					return err
				}
				one := cdp.Page[cdp.Disclosure]{Items: []cdp.Disclosure{d}}
				return s.write(func(j *report.JSON) error { return j.Disclosures(one.Items) },
					func(w io.Writer, o report.Options) error { return report.Disclosures(w, one, o) })
			case list || rule != "" || field != "":
				return s.sharePlanList(ctx, a.ask, field, rule, limit)
			}
			bar := s.progress("profiles judged")
			plan, err := s.desk.SharePlan(ctx, a.ask, bar.count)
			bar.end()
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.SharePlan(plan) },
				func(w io.Writer, o report.Options) error { return report.SharePlan(w, plan, o) })
		})(ctx, args)
	})
	a.flags(c)
	c.Flags().BoolVar(&list, "list", false, "list the profiles with their verdicts")
	c.Flags().StringVar(&rule, "rule", "", "list profiles on which this `RULE` decides")
	c.Flags().StringVar(&field, "field", "", "list profiles by the verdict on this `FIELD`")
	c.Flags().IntVar(&limit, "limit", 50, "how many profiles; 0 for all")
	p.times(c)
	return c
}

func (s *session) sharePlanList(ctx context.Context, ask cdp.Ask, field, rule string, limit int) error {
	after, done := "", false
	return list(s, limit, func(_ *cdp.Disclosure, n int) ([]cdp.Disclosure, error) {
		if done {
			return nil, nil
		}
		if !s.lens.looked.IsNow() && limit == 0 { // each page would be divided anew
			n = math.MaxInt
		}
		page, err := s.desk.ShareVerdicts(ctx, ask, field, rule, after, n)
		after, done = page.Next, !page.More
		return page.Items, err
	}, (*report.JSON).Disclosures, report.Disclosures)
}

func (p *program) shareRunCommand() *cobra.Command {
	var a asks
	var format, out, digest, reason string
	c := &cobra.Command{
		Use:   "run --to RECIPIENT --purpose PURPOSE --out FILE --reason REASON",
		Short: "Send what may be sent to a file or a pipe, and record each share and denial",
		Long: "Judge profile by profile again, record each share and each denial, and only then\nlet the bytes leave. A file is held until all is judged and then released in one\nmoment, which is recorded: " +
			"who withdrew before it is struck from the file. A pipe\nhonours what was acknowledged before the line. The file has mode 0600 and appears\nwhen it is released; cut off before, nothing has left. With --digest of a plan\n" +
			"exactly that is sent, or nothing: exit code 5.\n\n" +
			"Formats: ndjson, csv (columns: --fields; guarded against formulas), opendsr,\ncloudevents, parquet (columns: --fields; lists of text; to a file only).",
		Example: "  cdp-tui share run --to letterwing --purpose newsletter --channel email \\\n    --out letter.ndjson --digest 3f1c9a0b77e2d410 --reason 'letter of August'",
		Args:    takes(0, 0, "no arguments"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		if err := a.settle(); err != nil {
			return err
		}
		switch {
		case out == "":
			return &usageError{"say where it goes with --out FILE", "- for a pipe"}
		case reason == "":
			return &usageError{"a disclosure needs a reason", `it goes into the log: --reason "letter of August"`}
		}
		payload, err := report.NewPayload(format, a.ask.Fields)
		if err != nil {
			return usagef("%v", err)
		}
		return p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			o, err := p.outlet(out, payload.Header(), payload)
			if err != nil {
				return err
			}
			bar := s.progress("profiles judged")
			run, err := s.desk.ShareRun(ctx, a.ask, steward.ShareOrder{Digest: digest, Reason: reason, Format: format, To: filepath.Base(out)}, o, bar.count)
			bar.end()
			var closed *steward.ClosedError
			if errors.As(err, &closed) {
				return hint(err, "nothing was sent; the denial is in the log")
			}
			if err != nil {
				return err
			}
			if out == "-" { // standard output has the payload
				s.say("%v: %d sent, %d denied", run.ID, run.Allowed, run.Denied)
				return nil
			}
			runs := cdp.Page[cdp.ShareRun]{Items: []cdp.ShareRun{run}}
			return s.write(func(j *report.JSON) error { return j.ShareRuns(runs.Items) },
				func(w io.Writer, o report.Options) error { return report.ShareRuns(w, runs, o) })
		})(ctx, args)
	})
	a.flags(c)
	c.Flags().StringVar(&format, "format", report.PayloadNDJSON, "one of "+strings.Join(report.PayloadFormats(), ", "))
	c.Flags().StringVar(&out, "out", "", "the new `FILE`, or - for a pipe")
	c.Flags().StringVar(&digest, "digest", "", "send what the plan of this `DIGEST` showed, or nothing")
	c.Flags().StringVar(&reason, "reason", "", "the `REASON`; it goes into the log")
	return c
}

func (p *program) shareListCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "list",
		Short: "List the disclosures that were run, newest first",
		Args:  takes(0, 0, "no arguments"),
	}
	c.RunE = p.run(p.with(use{asItIs: true}, func(ctx context.Context, s *session, _ []string) error {
		if limit < 0 {
			return usagef("--limit is not negative")
		}
		return list(s, limit, func(last *cdp.ShareRun, n int) ([]cdp.ShareRun, error) {
			before := cdp.RunID(0)
			if last != nil {
				if before = last.ID; before == 1 {
					return nil, nil
				}
			}
			return s.desk.ShareRuns(ctx, before, n)
		}, (*report.JSON).ShareRuns, report.ShareRuns)
	}))
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	return c
}

func (p *program) shareShowCommand() *cobra.Command {
	var limit int
	var denials bool
	c := &cobra.Command{
		Use:     "show RUN",
		Short:   "Show a run with its shares, and with --denials what was not sent and why",
		Example: "  cdp-tui share show S-000001 --denials",
		Args:    takes(1, 1, "a run, such as S-000001"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		id, err := cdp.ParseRunID(args[0])
		if err != nil {
			return usagef("a run is written S-000001")
		}
		if limit < 0 {
			return usagef("--limit is not negative")
		}
		return p.with(use{asItIs: true}, func(ctx context.Context, s *session, _ []string) error {
			var run cdp.ShareRun
			return list(s, limit, func(last *cdp.ShareLine, n int) (out []cdp.ShareLine, err error) {
				after := 0
				if last != nil {
					after = last.Line
				}
				run, out, err = s.desk.ShareLines(ctx, id, after, n, denials)
				return out, err
			}, (*report.JSON).ShareLines, func(w io.Writer, page cdp.Page[cdp.ShareLine], o report.Options) error {
				return report.ShareLines(w, run, page, o)
			})
		})(ctx, args)
	})
	c.Flags().IntVar(&limit, "limit", 50, "how many lines; 0 for all")
	c.Flags().BoolVar(&denials, "denials", false, "show what was denied too")
	return c
}

func (p *program) shareSettleCommand() *cobra.Command {
	var file, reason string
	var nothing bool
	c := &cobra.Command{
		Use:   "settle RUN (--file FILE | --nothing-left) --reason REASON",
		Short: "Say what became of a run that was cut off before it was confirmed",
		Long: "A run whose process was killed after the release (released) or while bytes went to a\npipe (prepared) counts as sent. --file checks that FILE is what was released, byte by\nbyte; --nothing-left makes the run void, unless lines of it are confirmed. " +
			"A run\nthat was cut off before its release is void by itself.",
		Example: "  cdp-tui share settle S-000004 --file letter.ndjson --reason 'the machine went down'",
		Args:    takes(1, 1, "a run, such as S-000001"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		id, err := cdp.ParseRunID(args[0])
		switch {
		case err != nil:
			return usagef("a run is written S-000001")
		case (file == "") == !nothing:
			return &usageError{"say whether the file is there", "--file FILE, or --nothing-left"}
		case reason == "":
			return &usageError{"that needs a reason", `it goes into the log: --reason "..."`}
		}
		hash := ""
		if file != "" {
			if hash, err = hashOf(file); err != nil {
				return explained(err, file)
			}
		}
		return p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			run, err := s.desk.SettleRun(ctx, id, hash, reason)
			if err != nil {
				return err
			}
			runs := cdp.Page[cdp.ShareRun]{Items: []cdp.ShareRun{run}}
			return s.write(func(j *report.JSON) error { return j.ShareRuns(runs.Items) },
				func(w io.Writer, o report.Options) error { return report.ShareRuns(w, runs, o) })
		})(ctx, args)
	})
	c.Flags().StringVar(&file, "file", "", "the `FILE` that is there")
	c.Flags().BoolVar(&nothing, "nothing-left", false, "no file appeared, and nothing came out of the pipe")
	c.Flags().StringVar(&reason, "reason", "", "the `REASON`; it goes into the log")
	return c
}
