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
		Use:   "card ID [VALUE]",
		Short: "Answer why a value is there: source, link, basis, recipients, retention, rights",
		Long: "Answer the six questions about a value of a profile, or about a record: where it\ncame from, why it is in this profile, for what and on which basis, who received\nit, how long it is kept, and which rights apply and why the others do not. What\n" +
			"nobody knows is said, and is a finding.\n\nVALUE is the name of an attribute, the tag of an identifier as profile prints it,\nor touchpoint:, use: or share: with the id of one: a record and its number or\nactivity (R-0000001/1, R-0000001/newsletter.send), or the line of a run.",
		Example: "  cdp-tui card P-0000001 email#1a37e542\n  cdp-tui card P-0000001 city --lang de\n  cdp-tui card P-0000001 touchpoint:R-0000035/1\n  cdp-tui card R-0000001 --lang tr --html > card.html",
		Args:    takes(1, 2, "the id of a profile or a record, and one of its values"),
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

// valueRef names a value as it is typed: the tag of an identifier, the name of
// an attribute, or after its kind a touchpoint, use or disclosure.
func valueRef(typed string) cdp.Ref {
	if kind, id, ok := strings.Cut(typed, ":"); ok && (kind == "touchpoint" || kind == "use" || kind == "share") {
		return cdp.Ref{Kind: kind, ID: id}
	}
	if strings.Contains(typed, "#") {
		return cdp.Ref{Kind: "identifier", ID: typed}
	}
	return cdp.Ref{Kind: "attribute", ID: typed}
}
