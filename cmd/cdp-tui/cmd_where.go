package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) whereCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "where ID|VALUE [ATTRIBUTE|IDENTIFIER]",
		Short: "Tell in which systems, regions and departments a person's data are, and who got them",
		Long: "Tell in which systems the data of a person are: where the systems stand and who\nanswers for them, by the inventory of the register, when they delivered last, and\n" +
			"which recipients got data. What the inventory does not say is a finding. Asked by\na value, an e-mail address or a number, or with the name of an attribute, it tells\nwhich of these hold that very value, and those first.",
		Example: "  cdp-tui where P-0000001\n  cdp-tui where anna@shop.example\n  cdp-tui where P-0000001 city",
		Args:    takes(1, 2, "an id, or an identifier of a person, and the name of an attribute or the tag of an identifier"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			found, err := s.desk.Resolve(ctx, args[0])
			if err != nil {
				return err
			}
			if found.Profile == 0 {
				return fmt.Errorf("%s is in no profile: see card %s", found.Ref.ID, found.Ref.ID)
			}
			of := cdp.Ref{}
			switch {
			case len(args) > 1:
				of = valueRef(args[1])
			case found.Identifier != nil:
				of = cdp.Ref{Kind: "identifier", ID: found.Identifier.String()}
			}
			x, err := s.desk.Where(ctx, found.Profile, of)
			if err == nil {
				err = s.disclose(ctx, profileRef(x.Profile), nil, "where")
			}
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Where(x) },
				func(w io.Writer, o report.Options) error { return report.Where(w, x, o) })
		})),
	}
}

func (p *program) viewAsCommand() *cobra.Command {
	var purpose string
	c := &cobra.Command{
		Use:   "view-as RECIPIENT ID",
		Short: "Show a person as a recipient may see them: the fields the gate out lets through",
		Long: "Show what of a person the gate out would let through to a recipient, for a purpose\nor for each for which the register has it as a recipient, and of every field that\n" +
			"is left out the reason. Nothing is sent.",
		Example: "  cdp-tui view-as letterwing P-0000001 --purpose newsletter\n  cdp-tui view-as paket P-0000001 --as-of 2026-05-01",
		Args:    takes(2, 2, "a recipient of the register, and the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			id, err := s.profileID(ctx, args[1])
			if err != nil {
				return err
			}
			x, err := s.desk.SeenBy(ctx, args[0], id, cdp.PurposeID(purpose))
			if err == nil {
				err = s.disclose(ctx, profileRef(x.Profile), nil, "view-as")
			}
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			return s.write(func(j *report.JSON) error { return j.SeenBy(x) },
				func(w io.Writer, o report.Options) error { return report.SeenBy(w, x, o) })
		})),
	}
	c.Flags().StringVar(&purpose, "purpose", "", "`PURPOSE` of the register; each of the recipient's unless given")
	p.times(c)
	return c
}
