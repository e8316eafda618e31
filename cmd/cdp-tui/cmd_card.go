package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) cardCommand() *cobra.Command {
	var lang string
	var page bool
	c := &cobra.Command{
		Use:   "card ID [ATTRIBUTE|IDENTIFIER]",
		Short: "Answer why a value is there: source, link, basis, recipients, retention, rights",
		Long: "Answer the six questions about a value of a profile, or about a record: where it\ncame from, why it is in this profile, for what and on which basis, who received\nit, how long it is kept, and which rights apply and why the others do not. What\n" +
			"nobody knows is said, and is a finding. An identifier is named by its tag, as\nprofile prints it.",
		Example: "  cdp-tui card P-0000001 email#1a37e542\n  cdp-tui card P-0000001 city --lang de\n  cdp-tui card R-0000001 --lang tr --html > card.html",
		Args:    takes(1, 2, "the id of a profile or a record, and the name of an attribute or the tag of an identifier"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			lang = strings.ToLower(lang)
			if !slices.Contains(cdp.Languages(), lang) {
				return &usageError{"no card in language " + lang, "choose one of " + strings.Join(cdp.Languages(), ", ")}
			}
			id, of, err := s.valueOf(ctx, args)
			if err != nil {
				return err
			}
			card, err := s.desk.Card(ctx, id, of)
			about := profileRef(card.Profile)
			if card.Profile == 0 {
				about = of
			}
			if err == nil {
				err = s.disclose(ctx, about, nil, "card")
			}
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return s.write(func(j *report.JSON) error { return j.Card(card, lang) },
				func(w io.Writer, o report.Options) error {
					if page {
						return report.CardHTML(w, card, lang, o)
					}
					return report.Card(w, card, lang, o)
				})
		})),
	}
	c.Flags().StringVar(&lang, "lang", "en", "`LANGUAGE` of the card: en, de, ro, tr")
	c.Flags().BoolVar(&page, "html", false, "as a page for print")
	return c
}

// valueOf reads what a card is about: a profile or record, and a value of it.
func (s *session) valueOf(ctx context.Context, args []string) (cdp.ProfileID, cdp.Ref, error) {
	if rec, err := cdp.ParseRecordID(args[0]); err == nil && strings.HasPrefix(strings.ToUpper(strings.TrimSpace(args[0])), "R-") {
		if len(args) > 1 {
			return 0, cdp.Ref{}, usagef("a record has one card; name the profile for one of its values")
		}
		return 0, cdp.Ref{Kind: "record", ID: rec.String()}, nil
	}
	id, err := s.profileID(ctx, args[0])
	if err != nil || len(args) == 1 {
		return id, cdp.Ref{}, err
	}
	return id, valueRef(args[1]), nil
}

// valueRef names a value as it is typed: the tag of an identifier, or the name
// of an attribute.
func valueRef(typed string) cdp.Ref {
	if strings.Contains(typed, "#") {
		return cdp.Ref{Kind: "identifier", ID: typed}
	}
	return cdp.Ref{Kind: "attribute", ID: typed}
}
