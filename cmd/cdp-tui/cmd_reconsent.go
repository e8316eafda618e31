package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) reconsentCommand() *cobra.Command {
	var purpose string
	c := &cobra.Command{
		Use:   "again",
		Short: "List who has to be asked again, and why",
		Long: "List the consents that do not count until the person is asked again: the notice\nchanged materially, the consent ran out, its evidence does not suffice, or it\n" +
			"never was one (a box ticked beforehand, a child). Who refused, withdrew or\nobjected is not on it. The sum goes to standard error.",
		Example: "  cdp-tui consent again --purpose newsletter --json",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if err := s.disclose(ctx, cdp.Ref{Kind: "register"}, nil, "endpoints"); err != nil {
				return err
			}
			bar := s.progress("profiles looked at")
			sum, err := s.desk.Reconsent(ctx, cdp.PurposeID(purpose), func(a cdp.Reasking) error {
				return s.write(func(j *report.JSON) error { return j.Reasking(a) },
					func(w io.Writer, o report.Options) error { return report.Reasking(w, a, o) })
			}, bar.count)
			bar.end()
			if err != nil || s.quiet {
				return err
			}
			return report.ReaskingSum(s.err, sum, s.options())
		})),
	}
	c.Flags().StringVar(&purpose, "purpose", "", "only for a `PURPOSE` of the register")
	p.times(c)
	return c
}
