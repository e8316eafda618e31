package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

// An approval is how an officer lets an act happen: nothing is done without it.
type approval struct {
	yes            bool
	digest, reason string
	from           string // file of many
}

func (a *approval) flags(c *cobra.Command, bulk string) {
	c.Flags().BoolVar(&a.yes, "yes", false, "do it at once, as a preview made now shows it")
	c.Flags().StringVar(&a.digest, "digest", "", "do exactly what the preview with this `DIGEST` showed, or nothing")
	c.Flags().StringVar(&a.reason, "reason", "", "`WHY`; it is kept with the decision and in the log; needed to do it")
	if bulk != "" {
		c.Flags().StringVar(&a.from, "from", "", bulk)
	}
}

// check says whether the flags go together.
func (a *approval) check() error {
	if !a.does() {
		return nil
	}
	if err := a.goTogether(); err != nil {
		return err
	}
	if strings.TrimSpace(a.reason) == "" {
		return &usageError{"--reason is needed to do it", `it is kept with the decision and goes into the log: --reason "case 2026-017, seen in person"`}
	}
	return nil
}

// leastDigest is how much of a digest the desk takes for it, in digits.
const leastDigest = 16

func (a *approval) goTogether() error {
	switch {
	case a.yes && a.digest != "":
		return usagef("--yes makes a preview of its own: give it or --digest")
	case a.digest != "" && (len(a.digest) < leastDigest || strings.Trim(a.digest, "0123456789abcdef") != ""):
		return &usageError{fmt.Sprintf("--digest takes the digest of a preview, its first %d digits or all", leastDigest), "the command without --digest shows it"}
	}
	return nil
}

func (a *approval) does() bool { return a.yes || a.digest != "" }

// longApproval is part of the help of each act.
const longApproval = "\n\nWithout --yes or --digest nothing is done: the effect on profiles is shown, with\na digest. --digest does exactly that, or nothing when the data changed\nmeanwhile. Decisions outrank the rules, hold for later deliveries of the same\nrows, and can be taken back: cdp-tui undo."

// decideCommands are the acts by which persons say who is who.
func (p *program) decideCommands() []*cobra.Command {
	type verb struct{ use, short, long, example, takes string }
	verbs := []struct {
		verb
		least, most int
	}{
		{verb{"same A B...", "Decide that profiles or records are one person", "Make profiles or records one. Each is a profile, a record (R-0000001 or\nsource/key) or what cdp-tui find takes.",
			"  cdp-tui same P-0000001 P-0000007\n  cdp-tui same P-0000001 P-0000007 --digest 5f0c1a2b3c4d5e6f --reason \"ID card seen\"", "two or more profiles or records"}, 2, -1},
		{verb{"different A B...", "Decide that profiles or records are different people", "Keep profiles or records apart, whatever they carry. Each of them stays one.",
			"  cdp-tui different R-0000001 R-0000009 --yes --reason \"twins\"", "two or more profiles or records"}, 2, -1},
		{verb{"split P RECORD...", "Part records from their profile", "Part some records of a profile from the others: they become a profile of their\nown.",
			"  cdp-tui split P-0000001 R-0000004 shop/1009", "a profile and the records that leave it"}, 2, -1},
		{verb{"unmerge ALIAS", "Take a merge back: the id that was lost comes back", "Give a profile id that was merged into another one back what it held before.\nBoth ids lead to what they led to. cdp-tui how ID tells what was merged;\ncdp-tui radius ALIAS what the merge has touched.",
			"  cdp-tui unmerge P-0000002\n  cdp-tui radius P-0000002", "the id of a profile that was merged into another one"}, 1, 1},
		{verb{"cut RECORD IDENTIFIER", "Decide that a record does not carry an identifier", "Cut one claim. IDENTIFIER is its kind when the record has one of it\n(phone), as it prints (phone#1a37e542), or the identifier itself.",
			"  cdp-tui cut R-0000004 phone", "a record and one of its identifiers"}, 2, 2},
		{verb{"suppress IDENTIFIER", "Decide that an identifier joins nobody", "Let an identifier join nobody, whoever carries it: the number of a hotline, a\nshared device. P-0000001/phone#1a37e542 names one that a profile carries.",
			"  cdp-tui suppress 'phone:+49 30 1234567'\n  cdp-tui suppress P-0000001/device#1a37e542", "an identifier"}, 1, 1},
		{verb{"lock PROFILE", "Decide that rules change a profile no more", "Keep a profile as it is: its rows stay one, and rules add no others.",
			"  cdp-tui lock P-0000001", "a profile"}, 1, 1},
	}
	var out []*cobra.Command
	for _, v := range verbs {
		var a approval
		name, _, _ := strings.Cut(v.use, " ")
		c := &cobra.Command{Use: v.use, Short: v.short, Long: v.long + longApproval, Example: v.example,
			Args: func(cmd *cobra.Command, args []string) error {
				if a.from != "" {
					return takes(0, 0, "nothing but --from FILE when there is a file")(cmd, args)
				}
				return takes(v.least, v.most, v.takes)(cmd, args)
			},
			RunE: p.run(func(ctx context.Context, args []string) error { return p.decide(ctx, name, args, &a) }),
		}
		a.flags(c, "a `FILE` of many: CSV with the things of one decision a line, or NDJSON {\"things\": [...], \"reason\": ...}; - for standard input")
		out = append(out, c)
	}
	return out
}

func (p *program) decide(ctx context.Context, verb string, args []string, a *approval) error {
	asked := []asking{{Things: args}}
	if a.from != "" {
		var err error
		if asked, err = p.askedIn(a.from); err != nil {
			return err
		}
		for _, one := range asked {
			if strings.TrimSpace(one.Reason) == "" && a.does() && strings.TrimSpace(a.reason) == "" {
				return usagef("line %d has no reason, and --reason is not given", one.line)
			}
		}
		if err := a.goTogether(); err != nil {
			return err
		}
	} else if err := a.check(); err != nil {
		return err
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		list := make([]cdp.Decision, 0, len(asked))
		for _, one := range asked {
			d, err := s.desk.Plan(ctx, verb, one.Things)
			if err != nil && one.line > 0 {
				err = fmt.Errorf("line %d: %w", one.line, err)
			}
			if err != nil {
				return err
			}
			if d.Reason = one.Reason; strings.TrimSpace(d.Reason) == "" {
				d.Reason = a.reason
			}
			list = append(list, d)
		}
		err := s.approved(ctx, a, report.Acted{Did: "decided", Decisions: list}, func() (cdp.Effect, error) { return s.desk.Preview(ctx, list) },
			func(digest string) ([]cdp.Decision, cdp.Effect, error) { return s.desk.Decide(ctx, list, digest) })
		var nth *steward.NthError
		if errors.As(err, &nth) && asked[nth.N].line > 0 {
			err = fmt.Errorf("line %d: %w", asked[nth.N].line, err)
		}
		return err
	})(ctx, nil)
}

// approved previews an act, or does it: then the index follows.
func (s *session) approved(ctx context.Context, a *approval, act report.Acted, preview func() (cdp.Effect, error), do func(string) ([]cdp.Decision, cdp.Effect, error)) error {
	if err := s.disclose(ctx, cdp.Ref{Kind: "decisions"}, nil, "keys of rows, identifiers"); err != nil {
		return err
	}
	show := func() error {
		return s.write(func(j *report.JSON) error { return j.Act(act) }, func(w io.Writer, o report.Options) error { return report.Act(w, act, o) })
	}
	digest := a.digest
	if digest == "" {
		would, err := preview()
		if err != nil {
			return err
		}
		if digest = would.Digest; !a.yes {
			act.Did, act.Effect = "previewed", would
			if err := show(); err != nil {
				return err
			}
			s.say("nothing was done; to do exactly this, repeat the command with --digest %.16s --reason WHY", digest)
			return nil
		}
	}
	done, eff, err := do(digest)
	var otherwise *steward.OtherwiseError
	if err != nil && !errors.As(err, &otherwise) {
		return err
	}
	act.Decisions, act.Effect = done, eff
	if shown := show(); shown != nil {
		return errors.Join(err, shown)
	}
	if behind := s.catchUp(ctx); behind != nil {
		return errors.Join(err, behind)
	}
	if err == nil {
		s.say("done as previewed, digest %.16s", eff.Digest)
	}
	return err
}

func (p *program) undoCommand() *cobra.Command {
	var a approval
	c := &cobra.Command{
		Use:     "undo DECISION...",
		Short:   "Take decisions back",
		Long:    "Take decisions back: rules say again who is who, and ids that were lost come\nback." + longApproval,
		Example: "  cdp-tui undo D-000003\n  cdp-tui undo D-000003 --yes --reason \"the wrong Müller\"",
		Args: func(cmd *cobra.Command, args []string) error {
			if a.from != "" {
				return takes(0, 0, "nothing but --from FILE when there is a file")(cmd, args)
			}
			return takes(1, -1, "the ids of decisions")(cmd, args)
		},
		RunE: p.run(func(ctx context.Context, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			if a.from != "" {
				asked, err := p.askedIn(a.from)
				if err != nil {
					return err
				}
				for _, one := range asked {
					args = append(args, one.Things...)
				}
			}
			ids := make([]cdp.DecisionID, len(args))
			for i, arg := range args {
				var err error
				if ids[i], err = cdp.ParseDecisionID(arg); err != nil {
					return &usageError{"decisions are named D-000001", listsDecisions}
				}
			}
			return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
				act := report.Acted{Did: "undone"}
				for _, id := range ids {
					one, err := s.desk.Decision(ctx, id)
					if err != nil {
						return noDecision(id, err)
					}
					act.Decisions = append(act.Decisions, one)
				}
				return s.approved(ctx, &a, act, func() (cdp.Effect, error) { return s.desk.PreviewUndo(ctx, ids) },
					func(digest string) ([]cdp.Decision, cdp.Effect, error) {
						return s.desk.Undo(ctx, ids, a.reason, digest)
					})
			})(ctx, nil)
		}),
	}
	a.flags(c, "a `FILE` of many ids, as CSV; - for standard input")
	return c
}

const listsDecisions = "cdp-tui decisions lists them"

// noDecision says of which decision an error is, and how to find others.
func noDecision(id cdp.DecisionID, err error) error {
	return hint(fmt.Errorf("%v: %w", id, err), listsDecisions)
}

func (p *program) decisionsCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:     "decisions [ID]",
		Short:   "List what persons decided on who is who, newest first, or show one",
		Example: "  cdp-tui decisions\n  cdp-tui decisions D-000003",
		Args:    takes(0, 1, "the id of a decision, or nothing"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if limit < 0 {
				return usagef("--limit is not negative")
			}
			if err := s.disclose(ctx, cdp.Ref{Kind: "decisions"}, nil, "keys of rows, identifiers"); err != nil {
				return err
			}
			if len(args) == 1 {
				id, err := cdp.ParseDecisionID(args[0])
				if err != nil {
					return &usageError{"decisions are named D-000001", listsDecisions}
				}
				one, err := s.desk.Decision(ctx, id)
				if err != nil {
					return noDecision(id, err)
				}
				return s.write(func(j *report.JSON) error { return j.Decisions([]cdp.Decision{one}) },
					func(w io.Writer, o report.Options) error { return report.Decision(w, one, o) })
			}
			return list(s, limit, func(last *cdp.Decision, n int) ([]cdp.Decision, error) {
				var before cdp.DecisionID
				if last != nil {
					before = last.ID
				}
				return s.desk.Decisions(ctx, before, n)
			}, (*report.JSON).Decisions, report.Decisions)
		})),
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	return c
}
