package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) searchCommand() *cobra.Command {
	var facets []string
	var offset, limit int
	var saved string
	var counts bool
	c := &cobra.Command{
		Use:   "search [QUERY...]",
		Short: "Find profiles by names, words, identifiers and what is known of them",
		Long: "Find profiles. Words must all be found; upper and lower case, accents and the\nspelling of umlauts do not matter. Fields, phrases, prefixes, near words, ranges,\n" +
			"and, or, not: docs/queries.md. Without a query everyone is found, to be narrowed\nby facets. A query that begins with - stands after --.\n" +
			"With --as-of or --as-known who would have been found then: the store is read for\nit, profile by profile, and hits have no score: those seen last come first.",
		Example: "  cdp-tui search müller city:köln\n  cdp-tui search 'consent:newsletter=withdrawn seen:>2026-01-01'\n" +
			"  cdp-tui search --facet source=shop.orders --facets\n  cdp-tui search --saved \"late returns\" --json\n  cdp-tui search müller --as-known 2026-05-01",
		Args: func(_ *cobra.Command, args []string) error {
			if saved != "" && len(args) > 0 {
				return usagef("--saved takes the place of a query")
			}
			return nil
		},
		RunE: p.run(p.with(use{index: true}, func(ctx context.Context, s *session, args []string) error {
			req := cdp.SearchRequest{Query: strings.Join(args, " "), Offset: offset, Limit: limit, Bare: !counts}
			if offset < 0 || limit < 1 || limit > 200 {
				return usagef("--offset is not negative, --limit is 1 to 200")
			}
			var err error
			if req.Facets, err = chosen(facets); err != nil {
				return err
			}
			if saved != "" {
				if req.Query, err = s.savedQuery(ctx, saved); err != nil {
					return err
				}
			}
			if strings.TrimSpace(req.Query) == "" {
				req.Query = "*"
			}
			s.typed = req.Query
			return s.search(ctx, req, counts)
		})),
	}
	f := c.Flags()
	f.StringArrayVar(&facets, "facet", nil, "only profiles with this `NAME=VALUE` of a facet: "+strings.Join(facetNames(), ", ")+"; may be given again")
	f.IntVar(&offset, "offset", 0, "how many hits to pass over")
	f.IntVar(&limit, "limit", 20, "how many hits to show, at most 200")
	f.StringVar(&saved, "saved", "", "search with the saved query of this `NAME`")
	f.BoolVar(&counts, "facets", false, "count the facets over all hits; with --json the whole answer is one object")
	complete(c, "facet", []string{"source=", "channel=", "basis=", "consent=", "country="})
	p.times(c)
	return c
}

func facetNames() []string { return []string{"source", "channel", "basis", "consent", "country"} }

// chosen reads name=value as often as it was given.
func chosen(facets []string) (map[string][]string, error) {
	out := make(map[string][]string)
	for _, f := range facets {
		name, value, ok := strings.Cut(f, "=")
		known := false
		for _, n := range facetNames() {
			known = known || n == name
		}
		if !ok || !known {
			return nil, &usageError{"--facet is NAME=VALUE", "names are " + strings.Join(facetNames(), ", ")}
		}
		out[name] = append(out[name], value)
	}
	return out, nil
}

func (s *session) savedQuery(ctx context.Context, name string) (string, error) {
	all, err := s.desk.SavedSearches(ctx)
	if err != nil {
		return "", err
	}
	for _, x := range all {
		if x.Name == name {
			return x.Query, nil
		}
	}
	return "", hint(fmt.Errorf("there is no saved search of that name: %w", steward.ErrNotFound), "cdp-tui searches lists them")
}

func (s *session) search(ctx context.Context, req cdp.SearchRequest, counts bool) error {
	ans, err := s.found(ctx, req)
	if err != nil {
		return err
	}
	about := make([]cdp.Ref, 0, len(ans.Hits))
	for _, h := range ans.Hits {
		if h.Profile != 0 { // which had no id then
			about = append(about, profileRef(h.Profile))
		}
	}
	if err := s.disclose(ctx, cdp.Ref{Kind: "search"}, about, "names, cities, texts"); err != nil {
		return err
	}
	if !counts {
		ans.Facets = nil
	}
	if s.json && !counts {
		err = s.write(func(j *report.JSON) error { return j.Hits(ans.Hits) }, nil)
		s.say("%d of %d profiles, in %v", len(ans.Hits), ans.Total, ans.Took)
		if ans.Partial != "" {
			s.say("incomplete: %s", ans.Partial)
		}
		return err
	}
	return s.write(func(j *report.JSON) error { return j.Search(ans) },
		func(w io.Writer, o report.Options) error { return report.Hits(w, ans, o) })
}

// found asks the index, or at another standpoint the store.
func (s *session) found(ctx context.Context, req cdp.SearchRequest) (cdp.SearchAnswer, error) {
	if s.desk.Lens().IsNow() {
		if err := s.catchUp(ctx); err != nil {
			return cdp.SearchAnswer{}, err
		}
		return s.desk.Search(ctx, req)
	}
	bar := s.progress("records read")
	defer bar.end()
	return s.desk.SearchThen(ctx, req, bar.count)
}

func (p *program) searchesCommand() *cobra.Command {
	list := p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
		all, err := s.desk.SavedSearches(ctx)
		if err == nil {
			err = s.disclose(ctx, cdp.Ref{Kind: "search"}, nil, "saved queries")
		}
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.SavedSearches(all) },
			func(w io.Writer, o report.Options) error { return report.SavedSearches(w, all, o) })
	}))
	save := &cobra.Command{
		Use:     "save NAME QUERY...",
		Short:   "Keep a query under a name",
		Example: "  cdp-tui searches save \"late returns\" 'touchpoint:return seen:>2026-01-01'",
		Args:    takes(2, -1, "a name and a query"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			s.typed = strings.Join(args[1:], " ")
			if err := checkQuery(s.typed); err != nil {
				return err
			}
			if err := s.desk.SaveSearch(ctx, args[0], s.typed); err != nil {
				return err
			}
			s.say("saved; cdp-tui search --saved runs it")
			return nil
		})),
	}
	forget := &cobra.Command{
		Use:   "forget NAME",
		Short: "Delete a saved query",
		Args:  takes(1, 1, "a name"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if _, err := s.savedQuery(ctx, args[0]); err != nil {
				return err
			}
			return s.desk.ForgetSearch(ctx, args[0])
		})),
	}
	c := &cobra.Command{Use: "searches", Short: "List, save and forget searches", Args: takes(0, 0, "list, save or forget"), RunE: list}
	c.AddCommand(&cobra.Command{Use: "list", Short: "List saved searches", Args: takes(0, 0, "no arguments"), RunE: list}, save, forget)
	return c
}

func (p *program) findCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "find VALUE",
		Short: "Look up an id, an identifier or a record's key, quarantine included",
		Long: "Look up what a query takes for one thing: an id (P-0000012, R-0000012), an\nidentifier of any kind or of one (email:..., crm:..., with a star its beginning),\n" +
			"the key of a record in its source (shop.orders/1001) or in any (record:1001). With\n--as-of or --as-known what was or carried it then; all rows are read for that.",
		Example: "  cdp-tui find LC-77120034\n  cdp-tui find crm:77120034\n  cdp-tui find shop.orders/1001",
		Args:    takes(1, 1, "an id, an e-mail address, a phone or card number, a record's source and key"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			found, err := s.desk.Find(ctx, args[0])
			if err != nil {
				return err
			}
			if len(found) == 0 && !s.desk.Lens().IsNow() {
				return hint(fmt.Errorf("nothing in the store was or carried that then: %w", steward.ErrNotFound), "cdp-tui find without a time tells what is or carries it now")
			}
			if len(found) == 0 {
				return hint(fmt.Errorf("nothing in the store is or carries that: %w", steward.ErrNotFound), "cdp-tui search finds profiles by names and words")
			}
			var about []cdp.Ref
			for _, f := range found {
				about = append(about, f.Ref)
			}
			if err := s.disclose(ctx, cdp.Ref{Kind: "search"}, about, "identifiers"); err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Found(found) }, func(w io.Writer, o report.Options) error {
				if err := report.Looked(w, s.desk.Lens(), o); err != nil {
					return err
				}
				return report.Found(w, found, o)
			})
		})),
	}
	p.times(c)
	return c
}

// checkQuery reports whether a query can be read.
func checkQuery(q string) error {
	_, err := query.Parse(q)
	return err
}
