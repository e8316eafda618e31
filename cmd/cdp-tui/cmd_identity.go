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
	preview := &cobra.Command{
		Use:     "preview FILE",
		Short:   "Tell what other rules of identity would do to all profiles",
		Long:    "Divide all records of the store by other rules (FILE, - for standard input) and\ncompare: which profiles would appear, vanish and change. Nothing is done.",
		Example: "  cdp-tui identity preview rules.yaml",
		Args:    takes(1, 1, "a file of rules"),
		RunE:    p.run(func(ctx context.Context, args []string) error { return p.changeRules(ctx, args[0], &approval{}) }),
	}
	var a approval
	activate := &cobra.Command{
		Use:     "activate FILE",
		Short:   "Put other rules of identity in force",
		Long:    "Put rules of identity in force, and settle again the profiles that they make\notherwise. Versions are kept." + longApproval,
		Example: "  cdp-tui identity activate rules.yaml\n  cdp-tui identity activate rules.yaml --digest 5f0c1a2b3c4d5e6f --reason \"families share phones\"",
		Args:    takes(1, 1, "a file of rules"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			return p.changeRules(ctx, args[0], &a)
		}),
	}
	a.flags(activate, "")
	return group("identity", "The rules by which identifiers join records: rules, preview, activate", rules, preview, activate)
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

func (p *program) changeRules(ctx context.Context, path string, a *approval) error {
	yaml, err := readRules(p.in, path)
	if err != nil {
		return err
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		err := s.approved(ctx, a, report.Acted{Did: "activated"}, func() (cdp.Effect, error) {
			bar := s.progress("records read")
			defer bar.end()
			return s.desk.PreviewRules(ctx, yaml, bar.count)
		}, func(digest string) ([]cdp.Decision, cdp.Effect, error) {
			bar := s.progress("records read")
			eff, err := s.desk.ActivateRules(ctx, yaml, digest, a.reason, bar.count)
			bar.end()
			return nil, eff, err
		})
		if errors.Is(err, steward.ErrSameRules) {
			return hint(err, "cdp-tui identity rules prints them")
		}
		return err
	})(ctx, nil)
}
