package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) matchesCommand() *cobra.Command {
	var limit int
	var profile string
	var related, ambiguous, unsure, anew bool
	var least float64
	c := &cobra.Command{
		Use:   "matches",
		Short: "List profiles that may be one person, for a person to judge",
		Long: "List pairs of profiles that may be one person, the likeliest first; those that\nsomebody was unsure of come last. Nothing joins them but a person's verdict.\n\n" +
			"Each field gives points for or against: name, birth date, e-mail, phone, address,\nnational id. An ambiguous pair has a profile that fits a third one as well, while\n" +
			"those two do not fit each other. Only records that may be linked are compared, and\nonly within one controller.\n\nWhat changed in the store since the last time is looked at first.",
		Example: "  cdp-tui matches --limit 10\n  cdp-tui matches --profile P-0000012 --related\n  cdp-tui matches show P-0000012 P-0000040\n" +
			"  cdp-tui matches same P-0000012 P-0000040 --yes --reason \"same passport shown, case 2026-017\"",
		Args: takes(0, 0, "no arguments: name what to do, or nothing for the list"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			f := cdp.MatchFilter{Related: related, Least: least}
			switch {
			case limit < 0:
				return usagef("--limit is not negative")
			case math.IsNaN(least) || math.IsInf(least, 0):
				return usagef("--least is a number of points")
			case related && profile == "":
				return &usageError{"--related is for one profile", "name it with --profile"}
			}
			if ambiguous {
				f.Ambiguous = &ambiguous
			}
			if unsure {
				f.Unsure = &unsure
			}
			if anew {
				if err := s.desk.RemakeMatches(ctx); err != nil {
					return err
				}
			}
			if err := s.followMatches(ctx); err != nil {
				return err
			}
			if profile != "" {
				id, err := s.profileOf(ctx, profile)
				if err != nil {
					return err
				}
				f.Profile = id
			}
			return s.matches(ctx, f, limit)
		})),
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	c.Flags().StringVar(&profile, "profile", "", "only those of the `PROFILE` that this names, as cdp-tui find takes it")
	c.Flags().BoolVar(&related, "related", false, "with --profile: also relatives, namesakes and households")
	c.Flags().BoolVar(&ambiguous, "ambiguous", false, "only ambiguous ones")
	c.Flags().BoolVar(&unsure, "unsure", false, "only those that somebody was unsure of")
	c.Flags().Float64Var(&least, "least", 0, "only those of so many `POINTS` at least")
	c.Flags().BoolVar(&anew, "rebuild", false, "look for all of them anew; verdicts stay")
	c.AddCommand(p.matchesShowCommand(), p.matchesStatusCommand(), p.matchesJudgeCommand(), p.unsureCommand())
	for _, v := range []struct{ verdict, short string }{
		{cdp.MatchSame, "Say that two profiles are one person: they become one"},
		{cdp.MatchDifferent, "Say that two profiles are different people: they never become one"},
	} {
		c.AddCommand(p.verdictCommand(v.verdict, v.short))
	}
	return c
}

// followMatches looks for possible matches among what changed.
func (s *session) followMatches(ctx context.Context) error {
	defer roomy()()
	bar := s.progress("looked at for possible matches")
	defer bar.end()
	_, err := s.desk.FollowMatches(ctx, bar.count)
	return err
}

func (s *session) matches(ctx context.Context, f cdp.MatchFilter, limit int) error {
	end := false
	return list(s, limit, func(_ *cdp.PossibleMatch, n int) (out []cdp.PossibleMatch, err error) {
		for !end && len(out) < n {
			f.Limit = min(n-len(out), 200)
			page, err := s.desk.Matches(ctx, f)
			if err != nil {
				return nil, err
			}
			out = append(out, page.Items...)
			f.From, end = page.Next, !page.More
		}
		return out, nil
	}, (*report.JSON).PossibleMatches, report.Matches)
}

// profileOf returns the profile that an officer's word names.
func (s *session) profileOf(ctx context.Context, typed string) (cdp.ProfileID, error) {
	f, err := s.desk.Resolve(ctx, typed)
	if err == nil && f.Profile == 0 {
		err = fmt.Errorf("that is in no profile: %w", steward.ErrNotFound)
	}
	return f.Profile, err
}

// pairOf returns the two profiles that two words name.
func (s *session) pairOf(ctx context.Context, args []string) (ids [2]cdp.ProfileID, err error) {
	for i, which := range []string{"the first", "the second"} {
		if ids[i], err = s.profileOf(ctx, args[i]); err != nil {
			return ids, fmt.Errorf("%s: %w", which, err)
		}
	}
	return ids, nil
}

func (p *program) matchesShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show A B",
		Short:   "Show two profiles side by side, and what each field says",
		Long:    "Show two profiles side by side and what each field says, whether they wait for\nreview or not. A and B are what cdp-tui find takes.",
		Example: "  cdp-tui matches show P-0000012 P-0000040",
		Args:    takes(2, 2, "two profiles"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			ids, err := s.pairOf(ctx, args)
			if err == nil {
				err = s.followMatches(ctx)
			}
			if err != nil {
				return err
			}
			m, err := s.desk.Match(ctx, ids[0], ids[1])
			if err != nil {
				return err
			}
			if err := s.disclose(ctx, profileRef(m.A), []cdp.Ref{profileRef(m.B)}, "what is compared of two profiles"); err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.MatchView(m) },
				func(w io.Writer, o report.Options) error { return report.Match(w, m, o) })
		})),
	}
}

func (p *program) matchesStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Count what waits for review, and how far that is behind the store",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{asItIs: true}, func(ctx context.Context, s *session, _ []string) error {
			counts, err := s.desk.MatchCounts(ctx)
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.MatchCounts(counts) },
				func(w io.Writer, o report.Options) error { return report.MatchCounts(w, counts, o) })
		})),
	}
}

func (p *program) verdictCommand(verdict, short string) *cobra.Command {
	var a approval
	c := &cobra.Command{
		Use:     verdict + " A B",
		Short:   short,
		Long:    short + "." + longApproval,
		Example: "  cdp-tui matches " + verdict + " P-0000012 P-0000040\n  cdp-tui matches " + verdict + " P-0000012 P-0000040 --digest 5f0c1a2b3c4d5e6f --reason \"case 2026-017\"",
		Args:    takes(2, 2, "two profiles"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			return p.with(use{index: true}, func(ctx context.Context, s *session, args []string) error { return s.judge(ctx, verdict, args, &a) })(ctx, args)
		}),
	}
	a.flags(c, "")
	return c
}

func (p *program) unsureCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     cdp.MatchUnsure + " A B --reason REASON",
		Short:   "Say that nobody can tell: the pair is shown last from then on",
		Example: "  cdp-tui matches unsure P-0000012 P-0000040 --reason \"neither answers\"",
		Args:    takes(2, 2, "two profiles"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return &usageError{"a verdict needs a reason", `it goes into the log: --reason "neither answers"`}
			}
			return p.with(use{}, func(ctx context.Context, s *session, args []string) error {
				ids, err := s.pairOf(ctx, args)
				if err != nil {
					return err
				}
				v, err := s.desk.JudgeMatch(ctx, ids[0], ids[1], cdp.MatchUnsure, reason, "")
				if err != nil {
					return err
				}
				return s.verdicts([]cdp.MatchVerdict{v})
			})(ctx, args)
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "the `REASON`; it goes into the log")
	return c
}

// judge previews a verdict that is a decision, or gives it as it was previewed.
func (s *session) judge(ctx context.Context, verdict string, args []string, a *approval) error {
	ids, err := s.pairOf(ctx, args)
	if err != nil {
		return err
	}
	digest := a.digest
	if digest == "" {
		dec, err := s.desk.PlanMatch(ctx, ids[0], ids[1], verdict)
		if err != nil {
			return err
		}
		list := []cdp.Decision{dec}
		preview := func() (cdp.Effect, error) { return s.desk.Preview(ctx, list) }
		if !a.yes {
			return s.approved(ctx, a, report.Acted{Decisions: list}, preview, nil)
		}
		would, err := preview()
		if err != nil {
			return err
		}
		digest = would.Digest
	}
	v, err := s.desk.JudgeMatch(ctx, ids[0], ids[1], verdict, a.reason, digest)
	if v.Decision == 0 {
		return err
	}
	return errors.Join(err, s.verdicts([]cdp.MatchVerdict{v}), s.catchUp(ctx))
}

func (s *session) verdicts(list []cdp.MatchVerdict) error {
	return s.write(func(j *report.JSON) error { return j.MatchVerdicts(list) },
		func(w io.Writer, o report.Options) error { return report.MatchVerdicts(w, list, o) })
}
