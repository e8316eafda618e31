package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) matchesJudgeCommand() *cobra.Command {
	var a approval
	c := &cobra.Command{
		Use:   "judge --from FILE",
		Short: "Take verdicts on many pairs from a file",
		Long: "Take verdicts on many pairs from a file: CSV with the columns a, b, verdict and\nreason, or NDJSON with these fields. A verdict is same, different or unsure;\n" +
			"--reason is for rows that give none. Rows that can not be judged are told with\ntheir lines, and the others are previewed and done together: exit code 3.\nTo be unsure changes no profile, and is kept once the others are decided." + longApproval,
		Example: "  cdp-tui matches --json --least 8 | jq -c '{a, b, verdict: \"same\"}' > verdicts.ndjson\n  cdp-tui matches judge --from verdicts.ndjson\n" +
			"  cdp-tui matches judge --from verdicts.ndjson --digest 5f0c1a2b3c4d5e6f --reason \"all fields agree, reviewed by two\"",
		Args: takes(0, 0, "no arguments: name the file with --from"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		if a.from == "" {
			return &usageError{"name the file with --from FILE", c.CommandPath() + " --help has an example"}
		}
		if err := a.goTogether(); err != nil {
			return err
		}
		text, err := readRules(p.in, a.from)
		if err != nil {
			return explained(err, a.from)
		}
		rows, err := parseVerdicts(text, a.from)
		if err != nil {
			return err
		}
		for i, r := range rows {
			if rows[i].reason = r.reason; r.reason == "" {
				rows[i].reason = strings.TrimSpace(a.reason)
			}
			if a.does() && rows[i].reason == "" {
				return usagef("line %d: a verdict needs a reason: in the column reason, or with --reason for all", r.line)
			}
		}
		return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error { return s.judgeAll(ctx, rows, &a) })(ctx, args)
	})
	a.flags(c, "`FILE` with verdicts; - for standard input")
	return c
}

// judgeAll previews the verdicts of a file, or gives them as they were previewed.
func (s *session) judgeAll(ctx context.Context, rows []verdictRow, a *approval) error {
	b := &bulk{s: s}
	for _, r := range rows {
		if r.verdict == cdp.MatchUnsure {
			b.unsure = append(b.unsure, r)
			continue
		}
		dec, err := s.desk.PlanMatch(ctx, r.a, r.b, r.verdict)
		if err != nil {
			if err := b.fail(ctx, r, err); err != nil {
				return err
			}
			continue
		}
		dec.Reason = r.reason
		b.rows, b.list = append(b.rows, r), append(b.list, dec)
	}
	would, err := b.preview(ctx)
	if err != nil {
		return err
	}
	if !a.does() {
		if len(b.list) > 0 {
			if err := s.approved(ctx, a, report.Acted{Decisions: b.list}, func() (cdp.Effect, error) { return would, nil }, nil); err != nil {
				return err
			}
		}
		if n := len(b.unsure); n > 0 {
			s.say("besides, nobody can tell of %s; with --yes or --digest that is kept", pairs(n))
		}
		return b.left(len(rows))
	}
	digest := a.digest
	if a.yes {
		digest = would.Digest
	}
	var done []cdp.MatchVerdict
	if len(b.list) > 0 {
		verdicts := make([]cdp.MatchVerdict, len(b.rows))
		for i, r := range b.rows {
			verdicts[i] = cdp.MatchVerdict{A: min(r.a, r.b), B: max(r.a, r.b), Verdict: r.verdict}
		}
		if done, err = s.desk.DecideMatches(ctx, verdicts, b.list, digest); len(done) == 0 {
			return err
		}
	}
	for _, r := range b.unsure {
		v, bad := s.desk.JudgeMatch(ctx, r.a, r.b, r.verdict, r.reason, "")
		if bad == nil {
			done = append(done, v)
		} else if bad = b.fail(ctx, r, bad); bad != nil {
			return errors.Join(err, bad, s.verdicts(done), s.catchUp(ctx))
		}
	}
	return errors.Join(err, s.verdicts(done), s.catchUp(ctx), b.left(len(rows)))
}

// A bulk is the verdicts of a file: those that are decisions, those that nobody
// can tell, and how many can not be judged.
type bulk struct {
	s      *session
	rows   []verdictRow
	list   []cdp.Decision // of rows
	unsure []verdictRow
	failed int
}

// fail tells of a row that can not be judged; an error that is of no row is returned.
func (b *bulk) fail(ctx context.Context, r verdictRow, err error) error {
	if ctx.Err() != nil || errors.Is(err, steward.ErrReadOnly) {
		return err
	}
	b.failed++
	also := ""
	if errors.Is(err, steward.ErrContradiction) && len(b.rows) > 0 && r.line > b.rows[0].line {
		also = "; the lines before it count as decided"
	}
	b.s.say("line %d: %v and %v: %s%s", r.line, r.a, r.b, messageOf(err), also)
	return nil
}

// preview drafts the decisions, without those that others deny.
func (b *bulk) preview(ctx context.Context) (would cdp.Effect, err error) {
	for len(b.list) > 0 {
		would, err = b.s.desk.Preview(ctx, b.list)
		var nth *steward.NthError
		if !errors.As(err, &nth) {
			return would, err
		}
		if err := b.fail(ctx, b.rows[nth.N], nth.Err); err != nil {
			return would, err
		}
		b.rows, b.list = append(b.rows[:nth.N:nth.N], b.rows[nth.N+1:]...), append(b.list[:nth.N:nth.N], b.list[nth.N+1:]...)
	}
	return would, nil
}

// left says how many were not judged.
func (b *bulk) left(of int) error {
	if b.failed == 0 {
		return nil
	}
	return hint(fmt.Errorf("%d of %s can not be judged: %w", b.failed, pairs(of), errRejects), "the lines above say why")
}

func pairs(n int) string {
	if n == 1 {
		return "1 pair"
	}
	return fmt.Sprintf("%d pairs", n)
}
