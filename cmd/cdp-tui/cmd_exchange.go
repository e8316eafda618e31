package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/text"
)

func (p *program) consentExportCommand() *cobra.Command {
	var format, output, controller string
	c := &cobra.Command{
		Use:   "export PROFILE",
		Short: "Write a person's consents in the format of another system",
		Long: "Write what a person agreed to, refused and withdrew as JSON, one document a\nline, in a format that another system reads: " + strings.Join(exchange.Formats(), ", ") + ".\nWhat the format can not carry, or only in a place that other systems do not read,\nis listed, to standard error, or to standard output when the documents go to a\n" +
			"file. The way back is cdp-tui ingest: presets read each format. The documents hold\nidentifiers in clear, so --reveal says why; the export is logged with its SHA-256 before it is handed out.",
		Example: "  cdp-tui consent export P-0000001 --format dpv --reveal \"request 2026-017\" --output consents.jsonld",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			if !p.revealed {
				return &usageError{"the documents hold identifiers in clear: --reveal says why", `it goes into the log: --reveal "request 2026-017"`}
			}
			return p.with(use{}, func(ctx context.Context, s *session, args []string) error {
				id, err := s.profileID(ctx, args[0])
				if err != nil {
					return err
				}
				return s.exportConsents(ctx, id, format, output, controller)
			})(ctx, args)
		}),
	}
	c.Flags().StringVar(&format, "format", "dpv", strings.Join(exchange.Formats(), ", "))
	c.Flags().StringVar(&controller, "controller", "", "whose statements: one `CONTROLLER`; that of most of them unless said")
	c.Flags().StringVar(&output, "output", "", "`FILE` to make; it must not be there yet")
	complete(c, "format", exchange.Formats())
	return c
}

func (s *session) exportConsents(ctx context.Context, id cdp.ProfileID, format, output, controller string) error {
	v, err := s.desk.Profile(ctx, id)
	if err != nil {
		return err
	}
	about := profileRef(v.ID)
	person := exchange.Person{Profile: v.ID.String(), At: s.now(), Controller: controller, Standings: v.Consents, Wishes: v.Wishes}
	if err := s.registered(ctx, &person); err != nil {
		return err
	}
	doc, losses, err := exchange.Export(format, person)
	if err != nil {
		return usagef("--format is one of %s", strings.Join(exchange.Formats(), ", "))
	}
	if err := s.disclose(ctx, about, nil, "consents, identifiers"); err != nil {
		return err
	}
	where := "standard output"
	if output != "" {
		where = "a file"
	}
	sum := sha256.Sum256(doc)
	digest := hex.EncodeToString(sum[:])
	if err := s.desk.Exported(ctx, about, fmt.Sprintf("consents as %s to %s, %d losses", format, where, len(losses)), digest); err != nil {
		return err
	}
	if output == "" {
		if _, err := s.out.Write(doc); err != nil {
			return err
		}
		for _, l := range losses {
			s.say("%s", lossText(l))
		}
		return nil
	}
	if err := newFile(output, bytesTo(doc)); err != nil {
		return err
	}
	return s.printLosses(losses, digest)
}

// registered adds what the register says of purposes and controllers. Without
// one they keep their ids.
func (s *session) registered(ctx context.Context, person *exchange.Person) error {
	person.Controllers, person.Purposes = map[string]exchange.Controller{}, map[cdp.PurposeID]exchange.Purpose{}
	_, yaml, err := s.desk.Register(ctx)
	if errors.Is(err, steward.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	reg, err := policy.Parse("register", yaml)
	if err != nil {
		return err
	}
	for _, c := range reg.Controllers {
		person.Controllers[c.ID] = exchange.Controller{Name: c.Name, Country: c.Country, Contact: c.Contact}
	}
	for _, x := range reg.Purposes {
		person.Purposes[x.ID] = exchange.Purpose{Title: x.Title.EN, DPV: x.DPV, Categories: x.Categories, Marketing: x.DirectMarketing}
	}
	return nil
}

func lossText(l exchange.Loss) string {
	out := l.Text
	if l.Purpose != "" {
		out = string(l.Purpose) + ": " + out
	}
	if l.Code == exchange.Extension {
		out = "not read by others: " + out
	} else {
		out = "not carried: " + l.Code + ": " + out
	}
	if l.Count > 1 {
		out += fmt.Sprintf(" (%d)", l.Count)
	}
	return out
}

func (s *session) printLosses(losses []exchange.Loss, digest string) error {
	if s.json {
		type lossJSON struct {
			Code    string `json:"code"`
			Purpose string `json:"purpose,omitempty"`
			Text    string `json:"text"`
			Count   int    `json:"count"`
		}
		out := struct {
			SHA256 string     `json:"sha256"`
			Losses []lossJSON `json:"losses"`
		}{digest, []lossJSON{}}
		for _, l := range losses {
			out.Losses = append(out.Losses, lossJSON{l.Code, string(l.Purpose), l.Text, l.Count})
		}
		return json.NewEncoder(s.out).Encode(out)
	}
	s.say("sha256 %s", digest)
	for _, l := range losses {
		if _, err := fmt.Fprintln(s.out, text.Clean(lossText(l))); err != nil {
			return err
		}
	}
	return nil
}
