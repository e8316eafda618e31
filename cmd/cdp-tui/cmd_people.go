package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

// profileID reads what names a profile: its id, or anything it can be found by.
func (s *session) profileID(ctx context.Context, typed string) (cdp.ProfileID, error) {
	f, err := s.desk.Resolve(ctx, typed)
	var many *steward.AmbiguousError
	if errors.As(err, &many) && many.Found[0].Profile == 0 {
		f, err = many.Found[0], nil // there is no profile among them
	}
	switch {
	case errors.Is(err, steward.ErrNotFound) && !s.desk.Lens().IsNow():
		return 0, hint(fmt.Errorf("no profile was or carried that then: %w", steward.ErrNotFound), "cdp-tui find tells what is or carries it now")
	case errors.Is(err, steward.ErrNotFound):
		return 0, hint(fmt.Errorf("no profile is or carries that: %w", steward.ErrNotFound), "cdp-tui search finds profiles by names and words")
	case err == nil && f.Profile == 0:
		return 0, hint(fmt.Errorf("only records in quarantine, or out of use, are or carry that: %w", steward.ErrNotFound), "cdp-tui record %s", f.Ref.ID)
	}
	return f.Profile, err
}

// tabs are what profile --tab can show, as the console does.
func tabs() []string {
	return []string{"overview", "identifiers", "touchpoints", "consents", "wishes", "uses", "basis", "shares", "log", "history"}
}

func (p *program) profileCommand() *cobra.Command {
	var tab string
	var limit int
	c := &cobra.Command{
		Use:     "profile ID",
		Short:   "Show what is known of one person",
		Long:    "Show a profile: what the company believes to be one person, with where each\nvalue came from. ID is a profile id or anything that\ncdp-tui find takes and that leads to one profile.",
		Example: "  cdp-tui profile P-0000001\n  cdp-tui profile P-0000001 --tab touchpoints --limit 0 --json\n  cdp-tui profile P-0000001 --reveal \"case 2026-017\"",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if !slices.Contains(tabs(), tab) {
				return usagef("--tab is one of %s", strings.Join(tabs(), ", "))
			}
			if limit < 0 {
				return usagef("--limit is not negative")
			}
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			if err := s.showTab(ctx, id, tab, limit); err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			return nil
		})),
	}
	c.Flags().StringVar(&tab, "tab", "overview", "what to show: "+strings.Join(tabs(), ", "))
	c.Flags().IntVar(&limit, "limit", 50, "how many touchpoints or log entries; 0 for all")
	complete(c, "tab", tabs())
	return c
}

// complete offers words for a flag.
func complete(c *cobra.Command, flag string, words []string) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // only fails for a flag that is not there
}

func (s *session) showTab(ctx context.Context, id cdp.ProfileID, tab string, limit int) error {
	ref := profileRef(id)
	looked := func(f func(io.Writer, report.Options) error) func(io.Writer, report.Options) error {
		return func(w io.Writer, o report.Options) error {
			if err := report.Looked(w, s.desk.Lens(), o); err != nil {
				return err
			}
			return f(w, o)
		}
	}
	switch tab {
	case "touchpoints":
		return s.touchpoints(ctx, id, limit)
	case "uses":
		uses, err := s.desk.Uses(ctx, id)
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.Uses(uses) },
			looked(func(w io.Writer, o report.Options) error { return report.Uses(w, uses, o) }))
	case "basis":
		list, err := s.desk.Basis(ctx, id)
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.Basis(list) },
			looked(func(w io.Writer, o report.Options) error { return report.Basis(w, list, o) }))
	case "shares":
		shares, err := s.desk.Shares(ctx, id)
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.Shares(shares) }, looked(func(w io.Writer, o report.Options) error {
			return report.Shares(w, cdp.Page[cdp.Share]{Items: shares, Total: len(shares), Exact: true}, o)
		}))
	case "log":
		return s.showLog(ctx, ref, 0, limit)
	case "history":
		changes, err := s.desk.History(ctx, id)
		if err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.History(changes) },
			func(w io.Writer, o report.Options) error { return report.History(w, changes, o) })
	}
	p, err := s.desk.Profile(ctx, id)
	if err == nil {
		err = s.disclose(ctx, profileRef(p.ID), nil, tab)
	}
	if err != nil {
		return err
	}
	switch tab {
	case "consents":
		return s.write(func(j *report.JSON) error { return j.Consents(p.Consents) },
			looked(func(w io.Writer, o report.Options) error { return report.Consents(w, p.Consents, o) }))
	case "wishes":
		return s.write(func(j *report.JSON) error { return j.Wishes(p.Wishes) },
			looked(func(w io.Writer, o report.Options) error { return report.Wishes(w, p.Wishes, o) }))
	case "identifiers":
		return s.write(func(j *report.JSON) error { return j.Members(p) },
			looked(func(w io.Writer, o report.Options) error { return report.Members(w, p, o) }))
	}
	return s.write(func(j *report.JSON) error { return j.Profile(p) },
		func(w io.Writer, o report.Options) error { return report.Profile(w, p, o) })
}

func (s *session) touchpoints(ctx context.Context, id cdp.ProfileID, limit int) error {
	if err := s.disclose(ctx, profileRef(id), nil, "touchpoints"); err != nil {
		return err
	}
	var after string
	var page cdp.Page[cdp.Touchpoint]
	read := func(n int) error {
		next, err := s.desk.Touchpoints(ctx, id, after, n)
		page, after = next, next.Next
		return err
	}
	left := func(shown int) int {
		if limit == 0 {
			return pageSize
		}
		return min(pageSize, limit-shown)
	}
	err := s.write(func(j *report.JSON) error {
		for shown := 0; ; {
			if err := read(left(shown)); err != nil {
				return err
			}
			if err := j.Touchpoints(page.Items); err != nil {
				return err
			}
			if shown += len(page.Items); !page.More || limit > 0 && shown >= limit {
				return nil
			}
		}
	}, func(w io.Writer, o report.Options) error {
		var all []cdp.Touchpoint
		for {
			if err := read(left(len(all))); err != nil {
				return err
			}
			if all = append(all, page.Items...); !page.More || limit > 0 && len(all) >= limit {
				break
			}
		}
		page.Items = all
		return report.Touchpoints(w, page, o)
	})
	if err == nil && page.More {
		s.say("more follow: --limit 0 gives all")
	}
	return err
}

func (p *program) recordCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "record ID",
		Short:   "Show one record as it was delivered, and how it is judged now",
		Example: "  cdp-tui record R-0000001\n  cdp-tui record shop.orders/1001",
		Args:    takes(1, 1, "the id of a record, or its source and key"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			id, err := s.recordID(ctx, args[0])
			if err != nil {
				return err
			}
			v, err := s.desk.Record(ctx, id)
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			var about []cdp.Ref
			if v.Profile != 0 {
				about = append(about, profileRef(v.Profile))
			}
			if err := s.disclose(ctx, recordRef(id), about, "record"); err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Record(v) },
				func(w io.Writer, o report.Options) error { return report.Record(w, v, o) })
		})),
	}
}

// recordID reads what names a record: its id, or its key in its source.
func (s *session) recordID(ctx context.Context, typed string) (cdp.RecordID, error) {
	if id, err := cdp.ParseRecordID(typed); err == nil {
		return id, nil
	}
	found, err := s.desk.Find(ctx, typed)
	if err != nil {
		return 0, err
	}
	found = slices.DeleteFunc(found, func(f cdp.Found) bool { return f.Ref.Kind != "record" })
	switch len(found) {
	case 0:
		return 0, hint(fmt.Errorf("no record is that: %w", steward.ErrNotFound), "records are listed by cdp-tui profile and cdp-tui quarantine")
	case 1:
		return cdp.ParseRecordID(found[0].Ref.ID)
	}
	return 0, &steward.AmbiguousError{Found: found}
}

func (p *program) traceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "trace ID [VALUE]",
		Short: "Tell why something is held, what linked it, who got it, what it is used for",
		Long: "Trace a profile, or one of its values: held because, linked by, sent to, used\nfor. VALUE is the name of an attribute (city), a kind of identifier (email),\n" +
			"an identifier as it prints (email#1a37e542), or the identifier itself.",
		Example: "  cdp-tui trace P-0000001\n  cdp-tui trace P-0000001 city\n  cdp-tui trace P-0000001 email#1a37e542",
		Args:    takes(1, 2, "the id of a profile and, if one value is meant, its name"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			var of string
			if len(args) == 2 {
				of = args[1]
			}
			root, err := s.trace(ctx, id, of)
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			if err := s.disclose(ctx, *root.Ref, nil, "trace"); err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Trace(root) },
				func(w io.Writer, o report.Options) error { return report.Trace(w, root, o) })
		})),
	}
}

// trace finds which value of a profile is meant, and traces it.
func (s *session) trace(ctx context.Context, id cdp.ProfileID, of string) (cdp.TraceNode, error) {
	if of == "" {
		return s.desk.Trace(ctx, id, cdp.Ref{})
	}
	for _, kind := range []string{"identifier", "attribute"} {
		root, err := s.desk.Trace(ctx, id, cdp.Ref{Kind: kind, ID: of})
		if !errors.Is(err, steward.ErrNotFound) {
			return root, err
		}
	}
	p, err := s.desk.Profile(ctx, id)
	if err != nil {
		return cdp.TraceNode{}, err
	}
	var held []cdp.Identifier
	for _, h := range p.Identifiers {
		if string(h.Identifier.Kind()) == of {
			held = append(held, h.Identifier)
		}
	}
	if len(held) > 1 {
		tags := make([]string, len(held))
		for i, h := range held {
			tags[i] = h.String()
		}
		return cdp.TraceNode{}, &usageError{fmt.Sprintf("the profile has %d identifiers of that kind", len(held)), "name one: " + strings.Join(tags, ", ")}
	}
	if len(held) == 0 {
		found, err := s.desk.Find(ctx, of)
		if err != nil {
			return cdp.TraceNode{}, err
		}
		for _, f := range found {
			if f.Profile == p.ID && f.Identifier != nil {
				held = append(held, *f.Identifier)
				break
			}
		}
	}
	if len(held) == 0 {
		return cdp.TraceNode{}, hint(fmt.Errorf("the profile has no such value: %w", steward.ErrNotFound), "cdp-tui profile %v lists its values", p.ID)
	}
	return s.desk.Trace(ctx, id, cdp.Ref{Kind: "identifier", ID: held[0].String()})
}

func (p *program) graphCommand() *cobra.Command {
	var hops int
	c := &cobra.Command{
		Use:     "graph ID",
		Short:   "Show what surrounds a profile: identifiers, recipients, who shares a value",
		Long:    "Show what surrounds a profile: its identifiers, who got data of it, and who shares\na value with it without being linked. With --as-of or --as-known what did then.",
		Example: "  cdp-tui graph P-0000001 --hops 2",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if hops < 1 || hops > 4 {
				return usagef("--hops is 1 to 4")
			}
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			n, err := s.desk.Neighbourhood(ctx, id, hops)
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			var about []cdp.Ref
			for _, sh := range n.Shared {
				for _, other := range sh.Profiles {
					if ref := profileRef(other); !slices.Contains(about, ref) {
						about = append(about, ref)
					}
				}
			}
			if err := s.disclose(ctx, profileRef(n.Centre), about, "graph"); err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Neighbourhood(n) },
				func(w io.Writer, o report.Options) error { return report.Neighbourhood(w, n, o) })
		})),
	}
	c.Flags().IntVar(&hops, "hops", 1, "how far from the profile: 1 to 4")
	p.times(c)
	return c
}

func (p *program) profilesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "profiles",
		Short:   "Stream every profile with its records and identifiers",
		Long:    "Stream every profile, one a line, with the records (source, key) and the\nidentifiers that make it up. Values are masked; tags tell equal ones apart.",
		Example: "  cdp-tui profiles --json | jq -r '.records[] | .source + \" \" + .key'",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if err := s.disclose(ctx, cdp.Ref{Kind: "profiles"}, nil, "identifiers of all profiles"); err != nil {
				return err
			}
			n := 0
			bar := s.progress("profiles")
			err := s.write(func(j *report.JSON) error {
				return s.desk.EachProfile(ctx, func(p cdp.Profile) error {
					n++
					bar.count(n)
					return j.Members(p)
				})
			}, func(w io.Writer, o report.Options) error {
				return s.desk.EachProfile(ctx, func(p cdp.Profile) error {
					n++
					return report.Members(w, p, o)
				})
			})
			bar.end()
			if err != nil {
				return fmt.Errorf("after %d profiles: %w", n, err)
			}
			s.say("%s profiles", thousands(n))
			return nil
		})),
	}
	p.times(c)
	return c
}
