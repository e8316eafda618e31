package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/text"
)

// identityCommand is the group of the rules by which identifiers join records.
func (p *program) identityCommand() *cobra.Command {
	var all bool
	rules := &cobra.Command{
		Use:     "rules",
		Short:   "Print the rules of identity in force, or list all versions",
		Long:    "Print the rules by which identifiers join records into profiles: classes, caps\nbeyond which a value is shared by many, kinds of which a person has one.",
		Example: "  cdp-tui identity rules > rules.yaml\n  cdp-tui identity rules --all",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			versions, err := s.desk.IdentityRules(ctx)
			if err != nil {
				return err
			}
			for _, v := range versions {
				if !all && !v.InForce {
					continue
				}
				from := "comes with the program"
				if !v.From.IsZero() {
					from = "in force from " + v.From.In(s.place).Format(time.DateTime)
				}
				switch {
				case s.json:
					if err := s.object(rulesJSON(v)); err != nil {
						return err
					}
				case all:
					mark := " "
					if v.InForce {
						mark = "*"
					}
					if _, err := fmt.Fprintf(s.out, "%s %.16s %s, %s\n", mark, v.Hash, text.Clean(v.Name), from); err != nil {
						return err
					}
				default:
					s.say("rules %.16s, %s", v.Hash, from)
					if err := s.source(v.Text); err != nil {
						return err
					}
				}
			}
			return nil
		})),
	}
	rules.Flags().BoolVar(&all, "all", false, "list all versions; * marks the one in force")
	var from string
	named := func(cmd *cobra.Command, args []string) error {
		if from != "" {
			return takes(0, 0, "a file of rules or --lists FILE, not both")(cmd, args)
		}
		return takes(1, 1, "a file of rules, or --lists FILE")(cmd, args)
	}
	change := func(ctx context.Context, args []string, a *approval) error {
		if from != "" {
			return p.changeIdentity(ctx, from, a, (*steward.Desk).PreviewLists, (*steward.Desk).ActivateLists)
		}
		return p.changeIdentity(ctx, args[0], a, (*steward.Desk).PreviewRules, (*steward.Desk).ActivateRules)
	}
	preview := &cobra.Command{
		Use:   "preview FILE | --lists FILE",
		Short: "Tell what other rules of identity, or lists, would do to all profiles",
		Long: "Divide all records of the store by other rules (FILE, - for standard input), or\nwith other lists of placeholders, and compare: which profiles would appear,\n" +
			"vanish and change. Nothing is done.",
		Example: "  cdp-tui identity preview rules.yaml\n  cdp-tui identity preview --lists lists.yaml",
		Args:    named,
		RunE:    p.run(func(ctx context.Context, args []string) error { return change(ctx, args, &approval{}) }),
	}
	var a approval
	activate := &cobra.Command{
		Use:   "activate FILE | --lists FILE",
		Short: "Put other rules of identity, or lists, in force",
		Long: "Put rules of identity, or lists of placeholders, in force, and settle again the\nprofiles that they make otherwise: as if they had always been in force. Records\n" +
			"that were held on what was said at a value that is a placeholder now go into\nquarantine. Versions are kept." + longApproval,
		Example: "  cdp-tui identity activate rules.yaml\n  cdp-tui identity activate rules.yaml --digest 5f0c1a2b3c4d5e6f --reason \"families share phones\"\n" +
			"  cdp-tui identity activate --lists lists.yaml --yes --reason \"the tills type kasse@\"",
		Args: named,
		RunE: p.run(func(ctx context.Context, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			return change(ctx, args, &a)
		}),
	}
	a.flags(activate, "")
	for _, c := range []*cobra.Command{preview, activate} {
		c.Flags().StringVar(&from, "lists", "", "a `FILE` of lists of placeholders instead of rules; - for standard input")
	}
	return group("identity", "The rules by which identifiers join records, and the lists of those that do not", rules, p.identityListsCommand(), preview, activate)
}

type rulesVersion struct {
	Rules   string `json:"rules"`
	Name    string `json:"name"`
	From    string `json:"from,omitempty"`
	InForce bool   `json:"in_force"`
	YAML    string `json:"yaml"`
}

func rulesJSON(v cdp.IdentityRules) rulesVersion {
	out := rulesVersion{v.Hash, v.Name, "", v.InForce, string(v.Text)}
	if !v.From.IsZero() {
		out.From = v.From.UTC().Format(time.RFC3339)
	}
	return out
}

// changeIdentity previews what a file would do to who is who, or puts it in
// force.
func (p *program) changeIdentity(ctx context.Context, path string, a *approval,
	preview func(*steward.Desk, context.Context, []byte, func(int)) (cdp.Effect, error),
	activate func(*steward.Desk, context.Context, []byte, string, string, func(int)) (cdp.Effect, error)) error {
	yaml, err := readRules(p.in, path)
	if err != nil {
		return err
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		err := s.approved(ctx, a, report.Acted{Did: "activated"}, func() (cdp.Effect, error) {
			bar := s.progress("records read")
			defer bar.end()
			return preview(s.desk, ctx, yaml, bar.count)
		}, func(digest string) ([]cdp.Decision, cdp.Effect, error) {
			bar := s.progress("records read")
			eff, err := activate(s.desk, ctx, yaml, digest, a.reason, bar.count)
			bar.end()
			return nil, eff, err
		})
		switch {
		case errors.Is(err, steward.ErrSameRules):
			return hint(err, "cdp-tui identity rules prints them")
		case errors.Is(err, steward.ErrSameLists):
			return hint(err, "cdp-tui identity lists prints them")
		case errors.Is(err, steward.ErrNotYet):
			return hint(err, "activate them on that day, or give another valid_from; cdp-tui identity preview --lists %s works now", fileName(path))
		}
		return err
	})(ctx, nil)
}
