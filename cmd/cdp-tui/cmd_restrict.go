package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) restrictCommand() *cobra.Command {
	in := &instruction{Instruction: cdp.Instruction{Verb: cdp.InstructRestrict}}
	var ground, told string
	long := "\n\nWHO is a profile, as cdp-tui find takes it, or a record (R-0000007) of which the\nrow alone is meant. --via, --date and --ref are the evidence of the demand. Without\n" +
		"--yes or --digest nothing is recorded: the records and recipients it touches are\nshown, with a digest."
	root := &cobra.Command{Use: "restrict WHO", Short: "Restrict the processing of a person's data, or of one row (Art. 18)",
		Long: "Record that processing is restricted: the data stay where they are, are indicated,\nand are used for nothing until the restriction is lifted. Recipients who got them\nare told (outbox)." + long,
		Example: "  cdp-tui restrict P-0000007 --ground accuracy --via letter --date 2026-11-03 --ref L-2026-18\n" +
			"  cdp-tui restrict R-0000031 --ground claims --via e-mail --date 2026-11-03 --ref C-7",
		Args: takes(1, 1, "a profile or a record"),
		RunE: p.run(func(ctx context.Context, args []string) error { return p.restrict(ctx, args[0], in, ground, told) })}
	root.Flags().StringVar(&ground, "ground", "", "accuracy (it is contested), unlawful (and no erasure is wanted), claims (the person\nneeds them), objection (until it is decided): Art. 18(1)(a) to (d)")
	complete(root, "ground", grounds())
	in.art18(root)

	off := &instruction{Instruction: cdp.Instruction{Verb: cdp.InstructLift}}
	var which, when string
	lift := &cobra.Command{Use: "lift WHO", Short: "Lift a restriction, after the person was told (Art. 18(3))",
		Long:    "Lift restrictions: of one --ground, or all. The person has to be told before:\n--told says when." + long,
		Example: "  cdp-tui restrict lift P-0000007 --told 2026-11-20 --via letter --date 2026-11-24 --ref L-2026-21",
		Args:    takes(1, 1, "a profile or a record"),
		RunE:    p.run(func(ctx context.Context, args []string) error { return p.restrict(ctx, args[0], off, which, when) })}
	lift.Flags().StringVar(&which, "ground", "", "only what was restricted on this ground")
	lift.Flags().StringVar(&when, "told", "", "`DAY` on which the person was told")
	complete(lift, "ground", grounds())
	off.art18(lift)

	var limit int
	list := &cobra.Command{Use: "list [WHO]", Short: "Show what is restricted, since when and why",
		Long: "Show the rows that are restricted, each with its ground, since when and who says\nso; of a profile also what was lifted.", Example: "  cdp-tui restrict list\n  cdp-tui restrict list P-0000007",
		Args: takes(0, 1, "a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) (err error) {
			var id cdp.ProfileID
			if len(args) > 0 {
				if id, err = s.profileID(ctx, args[0]); err != nil {
					return err
				}
			}
			out, err := s.desk.Restrictions(ctx, id, limit)
			if err == nil {
				err = s.disclose(ctx, cdp.Ref{Kind: "restrictions"}, nil, "keys, evidence")
			}
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Restrictions(out) },
				func(w io.Writer, o report.Options) error { return report.Restrictions(w, out, o) })
		}))}
	list.Flags().IntVar(&limit, "limit", 200, "at most `N` rows; 0 for all")
	p.times(list)
	root.AddCommand(lift, list)
	return root
}

func grounds() (out []string) {
	for _, g := range cdp.RestrictionGrounds() {
		out = append(out, string(g))
	}
	return out
}

// art18 are the flags of evidence and approval.
func (in *instruction) art18(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&in.Via, "via", "", "how the demand came: letter, call, e-mail, counter ...")
	f.StringVar(&in.date, "date", "", "when: a `DAY` 2026-11-03, or a time 2026-11-03T10:15")
	f.StringVar(&in.ref, "ref", "", "`REFERENCE` of the letter or case, by which it is found again")
	f.BoolVar(&in.yes, "yes", false, "record it at once, as a preview made now shows it")
	f.StringVar(&in.digest, "digest", "", "record exactly what the preview with this `DIGEST` showed, or nothing")
}

func (p *program) restrict(ctx context.Context, who string, in *instruction, ground, told string) error {
	in.all = true // there is no purpose to name
	if err := in.read(p.place); err != nil {
		return err
	}
	in.Ground = cdp.RestrictionGround(ground)
	if told != "" {
		at, _, ok := moment(told, p.place)
		if !ok {
			return usagef("--told is a day such as 2026-11-20, or a time such as 2026-11-20T10:15")
		}
		in.Told = at
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		act := in.Instruction
		var err error
		if id, wrong := cdp.ParseRecordID(who); wrong == nil && (who[0] == 'R' || who[0] == 'r') {
			act.Row = id
		} else if act.Profile, err = s.profileID(ctx, who); err != nil {
			return err
		}
		return s.carryOut(ctx, act, in.approval)
	})(ctx, nil)
}
