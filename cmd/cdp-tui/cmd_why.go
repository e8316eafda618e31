package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// reasonCommands tell why records are one or not, and what a profile rests on.
func (p *program) reasonCommands() []*cobra.Command {
	two := takes(2, 2, "two profiles, records or identifiers")
	why := &cobra.Command{
		Use:     "why A B",
		Short:   "Tell why two things are one person, or why they are not",
		Long:    "Show the shortest chain of evidence between two profiles, records or\nidentifiers, each as cdp-tui find takes it; of several as short the strongest.\nWhen there is none, what they share without being linked. With --as-of or --as-known\nwhy they were one person then, or why they were not.",
		Example: "  cdp-tui why R-0000001 R-0000007\n  cdp-tui why shop.orders/1001 anna@shop.example",
		Args:    two,
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			path, err := s.desk.Why(ctx, args[0], args[1])
			if err == nil {
				err = s.disclose(ctx, path.From, []cdp.Ref{path.To}, "why")
			}
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Path(path) },
				func(w io.Writer, o report.Options) error { return report.Path(w, path, o) })
		})),
	}
	p.times(why)
	whyNot := &cobra.Command{
		Use:     "why-not A B",
		Short:   "Tell what keeps two things apart",
		Long:    "Show what two profiles, records or identifiers share without being joined by\nit, and why: too many share it, it would join two customer numbers, a person\ndecided so. With --as-of or --as-known what kept them apart then.",
		Example: "  cdp-tui why-not P-0000001 P-0000007\n  cdp-tui why-not shop.orders/1001 store.pos/77 --as-known 2026-05-01",
		Args:    two,
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			n, err := s.desk.WhyNot(ctx, args[0], args[1])
			if err == nil {
				err = s.disclose(ctx, n.A, []cdp.Ref{n.B}, "why not")
			}
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.WhyNot(n) },
				func(w io.Writer, o report.Options) error { return report.WhyNot(w, n, o) })
		})),
	}
	p.times(whyNot)
	how := &cobra.Command{
		Use:     "how PROFILE",
		Short:   "Tell how a profile came to be: merges, divisions, decisions",
		Long:    "Tell how a profile came to be, oldest first: merges, divisions, decisions. With\n--as-known what had happened by then, to who it was then.",
		Example: "  cdp-tui how P-0000001",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			events, err := s.desk.How(ctx, id)
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			return s.write(func(j *report.JSON) error { return j.How(events) }, func(w io.Writer, o report.Options) error {
				if err := report.Looked(w, s.desk.Lens(), o); err != nil {
					return err
				}
				return report.How(w, events, o)
			})
		})),
	}
	p.times(how)
	holding := &cobra.Command{
		Use:     "holding PROFILE",
		Short:   "Tell what holds a profile together, and without what it falls apart",
		Long:    "Tell what holds a profile together, without what it falls apart, and what its\nrecords carry that joins nothing. With --as-of or --as-known what did then.",
		Example: "  cdp-tui holding P-0000001",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			h, err := s.desk.Holding(ctx, id)
			if err == nil {
				err = s.disclose(ctx, profileRef(h.Profile), nil, "what holds it together")
			}
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			return s.write(func(j *report.JSON) error { return j.Holding(h) },
				func(w io.Writer, o report.Options) error { return report.Holding(w, h, o) })
		})),
	}
	p.times(holding)
	weakest := &cobra.Command{
		Use:     "cut-advice A B",
		Short:   "Tell the least that parts two records of one profile",
		Long:    "Show the fewest claims to cut, or identifiers to suppress, so that no evidence\nleads from one record to the other; of as few the weakest. cdp-tui cut and\ncdp-tui suppress do it. It is of the present: what is cut is cut now.",
		Example: "  cdp-tui cut-advice R-0000001 R-0000007",
		Args:    takes(2, 2, "two records"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			c, err := s.desk.CutBetween(ctx, args[0], args[1])
			if err == nil {
				err = s.disclose(ctx, recordRef(c.A), []cdp.Ref{recordRef(c.B)}, "what would part them")
			}
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Cut(c) },
				func(w io.Writer, o report.Options) error { return report.Cut(w, c, o) })
		})),
	}
	radius := &cobra.Command{
		Use:     "radius DECISION|ALIAS",
		Short:   "Tell what a wrong merge has touched: recipients, disclosures, log",
		Long:    "Show who got data of a profile while it was wrongly one, and what was viewed,\nexported and decided about it in that time. Name the decision that parted it,\nor the id that was merged.",
		Example: "  cdp-tui radius P-0000002\n  cdp-tui radius D-000003 --json",
		Args:    takes(1, 1, "a decision, or a profile id that was merged into another one"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			r, err := s.desk.Radius(ctx, args[0])
			if err == nil {
				err = s.disclose(ctx, profileRef(r.Profiles[0]), nil, "blast radius")
			}
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Radius(r) },
				func(w io.Writer, o report.Options) error { return report.Radius(w, r, o) })
		})),
	}
	return []*cobra.Command{why, whyNot, how, holding, weakest, radius}
}
