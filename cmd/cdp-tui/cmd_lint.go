package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) lintCommand() *cobra.Command {
	var f cdp.LintFilter
	var source, failOn string
	var refs int
	c := &cobra.Command{
		Use:   "lint",
		Short: "Find what is unlawful, late or drifting",
		Long: "Look at the register, every source, record, profile and disclosure for what an\nauthority would ask about. It reads the whole store. A run without --rule and\n" +
			"--source is kept for the trend. With --fail-on the exit code is 6 when findings\nof that severity or a more urgent one are open.\n\n" +
			"With --as-known it says what it would have said then, with --as-of what there was\nto find then by all that is known now; such a run is not kept for the trend.\n\nSubcommands explain a rule, mute findings, and show the trend.",
		Example: "  cdp-tui lint\n  cdp-tui lint --rule SHARE_AFTER_WITHDRAWAL\n  cdp-tui lint --fail-on high --json > findings.json\n  cdp-tui lint --as-known 2026-05-01 --rule SHARE_AFTER_WITHDRAWAL\n  cdp-tui lint explain BASIS_SWAP",
		Args:    takes(0, 0, "no arguments; its subcommands are explain, mute, unmute, mutes, trend"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			least := cdp.Severity(failOn)
			if failOn != "" && !slices.Contains(cdp.Severities(), least) {
				return usagef("--fail-on is high, medium, low or info")
			}
			if refs < -1 || refs > 1000 {
				return usagef("--refs is 0 to 1000")
			}
			f.Source = cdp.SourceID(source)
			shown := refs
			if shown < 0 { // not said: of one rule all that is kept
				shown = 0
				if f.Rule != "" {
					shown = 20
				}
			}
			f.Refs = max(shown, 20)
			bar := s.progress(s.lookedAt("records"))
			r, err := s.desk.Lint(ctx, f, bar.count)
			bar.end()
			if errors.Is(err, steward.ErrNotFound) {
				return hint(err, "cdp-tui lint explain lists the rules, cdp-tui sources the sources")
			}
			if err != nil {
				return err
			}
			err = s.write(func(j *report.JSON) error { return j.Lint(r) },
				func(w io.Writer, o report.Options) error { return report.Lint(w, r, shown, o) })
			if err != nil || failOn == "" {
				return err
			}
			if n := r.Open(least); n > 0 {
				return fmt.Errorf("%w: %d of severity %s or more urgent", errFindings, n, least)
			}
			return nil
		})),
	}
	c.Flags().StringVar(&f.Rule, "rule", "", "only this rule, with what it found")
	c.Flags().StringVar(&source, "source", "", "only findings about this source")
	c.Flags().StringVar(&failOn, "fail-on", "", "exit code 6 when findings of this `SEVERITY` or a more urgent one are open: high, medium, low, info")
	c.Flags().IntVar(&refs, "refs", -1, "how many things each rule names in plain text, 0 to 1000 (default 0, of one rule 20); JSON has at least 20")
	p.times(c)
	c.AddCommand(p.explainRuleCommand(), p.muteCommand(), p.unmuteCommand(), p.mutesCommand(), p.trendCommand())
	return c
}

func (p *program) explainRuleCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain [RULE]",
		Short:   "Say what a rule looks for, by which law, and what to do; without RULE all of them",
		Example: "  cdp-tui lint explain NOT_INFORMED",
		Args:    takes(0, 1, "a rule, or nothing"),
		RunE: p.run(func(_ context.Context, args []string) error {
			list := (&steward.Desk{}).LintRules()
			if len(args) == 0 {
				return p.write(func(j *report.JSON) error { return j.LintRules(list) },
					func(w io.Writer, o report.Options) error { return report.LintRules(w, list, o) })
			}
			i := slices.IndexFunc(list, func(r cdp.LintRule) bool { return strings.EqualFold(r.ID, args[0]) })
			if i < 0 {
				return hint(fmt.Errorf("no rule is called so: %w", steward.ErrNotFound), "cdp-tui lint explain lists the rules")
			}
			return p.write(func(j *report.JSON) error { return j.LintRules(list[i : i+1]) },
				func(w io.Writer, o report.Options) error { return report.LintRule(w, list[i], o) })
		}),
	}
}

// mutedThing reads what is muted: a record, a profile, a source, or kind:id.
func mutedThing(args []string, source string) (cdp.Ref, error) {
	switch {
	case source != "" && len(args) == 0:
		return cdp.Ref{Kind: "source", ID: source}, nil
	case source != "" || len(args) == 0:
		return cdp.Ref{}, &usageError{"say what is muted: a thing, or --source", "cdp-tui lint mute RETENTION_PASSED R-0000012 ..., or --source web.sessions"}
	}
	if id, err := cdp.ParseRecordID(args[0]); err == nil && strings.HasPrefix(strings.ToUpper(args[0]), "R-") {
		return cdp.Ref{Kind: "record", ID: id.String()}, nil
	}
	if id, err := cdp.ParseProfileID(args[0]); err == nil && strings.HasPrefix(strings.ToUpper(args[0]), "P-") {
		return cdp.Ref{Kind: "profile", ID: id.String()}, nil
	}
	if kind, id, ok := strings.Cut(args[0], ":"); ok && id != "" && slices.Contains([]string{"activity", "recipient", "source"}, kind) {
		return cdp.Ref{Kind: kind, ID: id}, nil
	}
	return cdp.Ref{}, &usageError{"that is nothing a finding is about", "write R-0000012, P-0000003, activity:ID, recipient:ID or source:ID"}
}

func (p *program) muteCommand() *cobra.Command {
	var source, reason, until string
	c := &cobra.Command{
		Use:   "mute RULE [THING]",
		Short: "Keep findings out of the counts until a day, for a reason",
		Long: "Mute the findings of a rule about one thing (a record, a profile, activity:ID,\nrecipient:ID) or about a source. They are counted apart until the day is over.\n" +
			"The data are not changed, and nothing becomes lawful by it.",
		Example: "  cdp-tui lint mute RETENTION_PASSED --source web.sessions --until 2026-12-31 --reason \"deletion is ordered, ticket 4711\"",
		Args:    takes(1, 2, "a rule, and what is muted"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			about, err := mutedThing(args[1:], source)
			if err != nil {
				return err
			}
			day, err := time.ParseInLocation(time.DateOnly, until, s.place)
			if err != nil {
				return &usageError{"--until is a day", "write it as 2026-12-31: the last day on which it is muted"}
			}
			if strings.TrimSpace(reason) == "" {
				return &usageError{"--reason is needed to mute", "it goes into the log"}
			}
			m := cdp.Mute{Rule: args[0], Object: about, Reason: reason, Until: day.AddDate(0, 0, 1)}
			err = s.desk.Mute(ctx, m)
			switch {
			case errors.Is(err, steward.ErrNotFound):
				return hint(err, "cdp-tui lint explain lists the rules; cdp-tui lint --rule RULE what they found")
			case errors.Is(err, steward.ErrUntil):
				return &usageError{"--until has passed", "a mute ends by itself on its day"}
			case err != nil:
				return err
			}
			s.say("%s is muted for %s %s until %s is over", strings.ToUpper(args[0]), about.Kind, about.ID, until)
			return nil
		})),
	}
	c.Flags().StringVar(&source, "source", "", "mute what the rule finds about this source")
	c.Flags().StringVar(&reason, "reason", "", "`WHY`; it is kept with the mute and in the log")
	c.Flags().StringVar(&until, "until", "", "last `DAY` on which it is muted, such as 2026-12-31")
	return c
}

func (p *program) unmuteCommand() *cobra.Command {
	var source, reason string
	c := &cobra.Command{
		Use:     "unmute RULE [THING]",
		Short:   "End a mute before its day",
		Example: "  cdp-tui lint unmute RETENTION_PASSED --source web.sessions",
		Args:    takes(1, 2, "a rule, and what is muted"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			about, err := mutedThing(args[1:], source)
			if err != nil {
				return err
			}
			if err := s.desk.Unmute(ctx, args[0], about, reason); err != nil {
				if errors.Is(err, steward.ErrNotFound) {
					return hint(err, "cdp-tui lint mutes lists them")
				}
				return err
			}
			s.say("%s is no longer muted for %s %s", strings.ToUpper(args[0]), about.Kind, about.ID)
			return nil
		})),
	}
	c.Flags().StringVar(&source, "source", "", "what is muted is this source")
	c.Flags().StringVar(&reason, "reason", "", "`WHY`, for the log")
	return c
}

func (p *program) mutesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "mutes",
		Short: "List what is muted, and what was",
		Long:  "List the mutes, those that have ended too. With --as-known or --as-of those that\nwere there then, lifted since or not.",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			list, err := s.desk.Mutes(ctx)
			if err != nil {
				return err
			}
			page := cdp.Page[cdp.Mute]{Items: list, Total: len(list), Exact: true}
			return s.write(func(j *report.JSON) error { return j.Mutes(list) }, func(w io.Writer, o report.Options) error { return report.Mutes(w, page, o) })
		})),
	}
	p.times(c)
	return c
}

func (p *program) trendCommand() *cobra.Command {
	var limit int
	var rule string
	c := &cobra.Command{
		Use:     "trend",
		Short:   "Show how the findings have grown or shrunk from run to run",
		Example: "  cdp-tui lint trend --rule NOT_INFORMED --limit 12",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if limit < 1 || limit > 1000 {
				return usagef("--limit is 1 to 1000")
			}
			rules := s.desk.LintRules()
			rule := strings.ToUpper(rule)
			if rule != "" && !slices.ContainsFunc(rules, func(r cdp.LintRule) bool { return r.ID == rule }) {
				return hint(fmt.Errorf("no rule is called so: %w", steward.ErrNotFound), "cdp-tui lint explain lists the rules")
			}
			runs, err := s.desk.LintRuns(ctx, limit)
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.LintRuns(runs) },
				func(w io.Writer, o report.Options) error { return report.LintTrend(w, runs, rules, rule, o) })
		})),
	}
	c.Flags().IntVar(&limit, "limit", 30, "how many runs, the last ones")
	c.Flags().StringVar(&rule, "rule", "", "of one rule")
	p.times(c)
	return c
}
