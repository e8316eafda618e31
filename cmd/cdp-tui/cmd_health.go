package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) healthCommand() *cobra.Command {
	var top int
	c := &cobra.Command{
		Use:   "health",
		Short: "Show where identity resolution may have gone wrong, and what waits for a person",
		Long: "Look at every profile and identifier: the largest and the least dense profiles,\nthose that one value holds together or that the guard froze, the values that most\n" +
			"records carry, conflicts, decisions in force, and how many records of each source\nare linked. It reads the whole store. With --as-known or --as-of it tells how well\nit held then, without what waited for a person, which is known of now alone.",
		Example: "  cdp-tui health --top 5\n  cdp-tui health --as-known 2026-05-01\n  cdp-tui health --json",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if top < 1 || top > 100 {
				return usagef("--top is 1 to 100")
			}
			bar := s.progress(s.lookedAt("records"))
			h, err := s.desk.Health(ctx, top, bar.count)
			bar.end()
			if err != nil {
				return err
			}
			var about []cdp.Ref
			for _, x := range h.Hubs {
				about = append(about, cdp.Ref{Kind: "identifier", ID: x.Identifier.String()})
			}
			for _, list := range [][]cdp.ProfileShape{h.Largest, h.Sparse, h.Held, h.Frozen} {
				for _, x := range list {
					if x.Profile != 0 {
						about = append(about, profileRef(x.Profile))
					}
				}
			}
			if err := s.disclose(ctx, cdp.Ref{Kind: "health"}, about, "identifiers"); err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Health(h) },
				func(w io.Writer, o report.Options) error { return report.Health(w, h, o) })
		})),
	}
	c.Flags().IntVar(&top, "top", 10, "how many in each list, 1 to 100")
	p.times(c)
	return c
}

func (p *program) conflictsCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "conflicts",
		Short: "List identifiers that join nothing because what they would join must stay apart",
		Long: "List identifiers that join nothing because what they would join must stay apart:\ntwo values of which one person has one, different birth dates, people called\n" +
			"different, a locked profile, a profile of too many links. A person judges them.",
		Example: "  cdp-tui conflicts --limit 10",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if limit < 0 {
				return usagef("--limit is not negative")
			}
			after := ""
			return list(s, limit, func(_ *cdp.Conflict, n int) (out []cdp.Conflict, err error) {
				for more := true; more && len(out) < n; {
					page, err := s.desk.Conflicts(ctx, after, n-len(out))
					if err != nil {
						return nil, err
					}
					out = append(out, page.Items...)
					after, more = page.Next, page.More
				}
				return out, s.disclose(ctx, cdp.Ref{Kind: "conflicts"}, sidesOf(out), "identifiers")
			}, (*report.JSON).Conflicts, report.Conflicts)
		})),
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	return c
}

// sidesOf are the profiles of conflicts, as many as one entry of the log names.
func sidesOf(list []cdp.Conflict) []cdp.Ref {
	const most = 4_000
	var out []cdp.Ref
	for _, c := range list {
		for _, s := range c.Sides {
			if len(out) < most {
				out = append(out, profileRef(s.Profile))
			}
		}
	}
	return out
}
