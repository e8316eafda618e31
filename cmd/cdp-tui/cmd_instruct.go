package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// An instruction is what the flags say of what a person told the officer.
type instruction struct {
	approval
	cdp.Instruction
	purposes      []string
	all           bool // purposes
	channel, wish string
	quiet, date   string
	expires, ref  string
}

func (in *instruction) evidence(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&in.Via, "via", "", "how the person said so: letter, call, e-mail, counter ...")
	f.StringVar(&in.date, "date", "", "when: a `DAY` 2026-11-03, or a time 2026-11-03T10:15")
	f.StringVar(&in.ref, "ref", "", "`REFERENCE` of the letter or call, by which it is found again")
	f.StringVar(&in.Controller, "controller", "", "to whom, when several hold data of the endpoint")
	f.StringVar(&in.channel, "channel", "", "about this channel only: email, sms, phone, post ...")
	f.StringVar(&in.Language, "language", "", "of the notice, or in which to write: de, ro, tr")
	f.BoolVar(&in.New, "new", false, "the store knows nothing of the endpoint yet, and that is right")
	f.BoolVar(&in.yes, "yes", false, "record it at once, as a preview made now shows it")
	f.StringVar(&in.digest, "digest", "", "record exactly what the preview with this `DIGEST` showed, or nothing")
}

const longEvidence = "\n\nENDPOINT is an identifier: an e-mail address, phone:+49301234567, loyalty:club:77,\nor P-0000001/email#1a37e542, one that a profile carries. --via, --date and --ref\nare the evidence that the person said so (Art. 7(1)); a day without a time is\nread restrictively. Without --yes or --digest nothing is recorded: all purposes,\nrecords and recipients that it touches are shown, with a digest."

func (p *program) consentCommand() *cobra.Command {
	root := &cobra.Command{Use: "consent", Short: "Show consents; record what a person says on their behalf", Args: nameVerb, RunE: func(*cobra.Command, []string) error { return nil },
		Long: "What persons agreed to, refused, withdrew and objected to; and what an officer\nrecords on their behalf, with evidence. Withdrawing takes no more than giving\n(Art. 7(3))."}
	root.AddCommand(p.shownTab("consents", "Show what a person agreed to and refused, with the evidence"))
	root.AddCommand(p.tcfCommand(), p.consentExportCommand(), p.reconsentCommand())
	for _, v := range []struct{ verb, short, example string }{
		{cdp.InstructGive, "Record a consent that a person gave", "  cdp-tui consent give anna@shop.example --purpose newsletter --notice NL-2026-1 --via form --date 2026-11-03 --ref F-118"},
		{cdp.InstructWithdraw, "Record that a person withdrew a consent (Art. 7(3))", "  cdp-tui consent withdraw anna@shop.example --purpose newsletter --via letter --date 2026-11-03 --ref L-2026-17"},
		{cdp.InstructRefuse, "Record that a person refused", "  cdp-tui consent refuse anna@shop.example --purpose newsletter --via call --date 2026-11-03 --ref C-118"},
		{cdp.InstructObject, "Record that a person objected (Art. 21)", "  cdp-tui consent object anna@shop.example --all-purposes --via letter --date 2026-11-03 --ref L-2026-18"},
	} {
		in := &instruction{Instruction: cdp.Instruction{Verb: v.verb}}
		c := &cobra.Command{Use: v.verb + " ENDPOINT", Short: v.short, Long: v.short + "." + longEvidence, Example: v.example,
			Args: takes(1, 1, "an endpoint"), RunE: p.run(func(ctx context.Context, args []string) error { return p.instruct(ctx, args[0], in) })}
		c.Flags().StringSliceVar(&in.purposes, "purpose", nil, "`PURPOSE` as in the register; may be repeated")
		if v.verb == cdp.InstructGive {
			c.Flags().StringVar(&in.Notice, "notice", "", "`VERSION` of the text that the person saw or was read")
			c.Flags().StringVar(&in.expires, "expires", "", "`DAY` on which it ends by itself")
		} else {
			c.Flags().BoolVar(&in.all, "all-purposes", false, "about all purposes")
		}
		in.evidence(c)
		root.AddCommand(c)
	}
	return root
}

func (p *program) preferenceCommand() *cobra.Command {
	root := &cobra.Command{Use: "preference", Short: "Show how persons want to be spoken to; record it on their behalf", Args: nameVerb, RunE: func(*cobra.Command, []string) error { return nil },
		Long: "Wishes about channels, topics, frequency, quiet hours and language. A wish is\nnever a consent: \"wanted\" permits nothing, \"unwanted\" is enforced like an\nobjection."}
	root.AddCommand(p.shownTab("wishes", "Show how a person wants to be spoken to, with each statement"))
	in := &instruction{Instruction: cdp.Instruction{Verb: cdp.InstructPrefer}}
	c := &cobra.Command{Use: "set ENDPOINT", Short: "Record how a person wants to be spoken to", Long: "Record how a person wants to be spoken to." + longEvidence,
		Example: "  cdp-tui preference set anna@shop.example --channel sms --wish unwanted --via call --date 2026-11-03 --ref C-118\n  cdp-tui preference set anna@shop.example --frequency P1W --quiet 21:00-07:00 --via call --date 2026-11-03 --ref C-118",
		Args:    takes(1, 1, "an endpoint"), RunE: p.run(func(ctx context.Context, args []string) error { return p.instruct(ctx, args[0], in) })}
	f := c.Flags()
	f.StringVar(&in.Topic, "topic", "", "about this topic only")
	f.StringVar(&in.wish, "wish", "", "wanted, unwanted, or none: an earlier wish is taken back")
	f.StringVar(&in.Frequency, "frequency", "", "at most one per `PERIOD`: P1D, P1W, P1M")
	f.StringVar(&in.quiet, "quiet", "", "`HOURS` without contact: 21:00-07:00, in the zone of --zone")
	complete(c, "wish", []string{"wanted", "unwanted", "none"})
	in.evidence(c)
	root.AddCommand(c)
	return root
}

// shownTab shows what is on record of a person.
func (p *program) shownTab(tab, short string) *cobra.Command {
	c := &cobra.Command{Use: "show PROFILE", Short: short, Long: short + ".\nPROFILE is what cdp-tui find takes.", Args: takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			return s.showTab(ctx, id, tab, 0)
		}))}
	return p.through(c)[0]
}

// read makes an instruction of what the flags hold.
func (in *instruction) read(zone *time.Location) error {
	if err := in.goTogether(); err != nil {
		return err
	}
	for _, f := range []struct{ name, value string }{{"via", in.Via}, {"date", in.date}, {"ref", in.ref}} {
		if strings.TrimSpace(f.value) == "" {
			return &usageError{"--" + f.name + " is needed: it is the evidence that the person said so", "--via letter --date 2026-11-03 --ref L-2026-17"}
		}
	}
	at, day, ok := moment(in.date, zone)
	if !ok {
		return usagef("--date is a day such as 2026-11-03, or a time such as 2026-11-03T10:15")
	}
	in.At, in.Day, in.Ref = at, day, cdp.Value(in.ref)
	if in.expires != "" {
		if in.Expires, _, ok = moment(in.expires, zone); !ok {
			return usagef("--expires is a day such as 2027-11-03")
		}
	}
	for _, s := range in.purposes {
		in.Purposes = append(in.Purposes, cdp.PurposeID(s))
	}
	prefer := in.Verb == cdp.InstructPrefer
	if !prefer && in.all == (len(in.Purposes) > 0) {
		return usagef("name each --purpose, or say --all-purposes where it is a no")
	}
	in.Channel, in.Wish = cdp.Channel(in.channel), cdp.Wish(in.wish)
	if in.Wish != cdp.WishUnstated && in.Wish != cdp.Wanted && in.Wish != cdp.Unwanted && in.Wish != cdp.WishNone {
		return usagef("--wish is wanted, unwanted or none")
	}
	if in.quiet == "" {
		return nil
	}
	from, to, _ := strings.Cut(in.quiet, "-")
	a, errA := time.Parse("15:04", from)
	b, errB := time.Parse("15:04", to)
	if errA != nil || errB != nil || from == to {
		return usagef("--quiet is two times of day: 21:00-07:00")
	}
	in.Quiet = cdp.Quiet{From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute()}
	if zone != time.Local {
		in.Quiet.Zone = zone.String()
	}
	return nil
}

// moment reads a day, or a time of the given zone.
func moment(s string, zone *time.Location) (at time.Time, day, ok bool) {
	if at, err := time.Parse(time.DateOnly, s); err == nil {
		return at, true, true
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339Nano} {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			return at, false, true
		}
	}
	return time.Time{}, false, false
}

func (p *program) instruct(ctx context.Context, endpoint string, in *instruction) error {
	if err := in.read(p.place); err != nil {
		return err
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		id, err := s.desk.Endpoint(ctx, endpoint, in.New)
		if err != nil {
			return err
		}
		act := in.Instruction
		act.Endpoint = id
		return s.carryOut(ctx, act, in.approval)
	})(ctx, nil)
}

// carryOut previews an instruction, or records it.
func (s *session) carryOut(ctx context.Context, in cdp.Instruction, how approval) error {
	act := report.Instructed{Instruction: in}
	if err := s.disclose(ctx, in.Object(), nil, "endpoint, evidence"); err != nil {
		return err
	}
	show := func() error {
		return s.write(func(j *report.JSON) error { return j.Instruction(act) },
			func(w io.Writer, o report.Options) error { return report.Instruction(w, act, o) })
	}
	digest, err := how.digest, error(nil)
	if digest == "" {
		if act.Effect, err = s.desk.PreviewInstruction(ctx, in); err != nil {
			return err
		}
		if digest = act.Effect.Digest; !how.yes {
			if err := show(); err != nil {
				return err
			}
			s.say("nothing was recorded; to record exactly this, repeat the command with --digest %.16s", digest)
			return nil
		}
	}
	if act.Effect, err = s.desk.Instruct(ctx, in, digest); err != nil {
		return err
	}
	act.Done = true
	if err := show(); err != nil {
		return err
	}
	return s.catchUp(ctx)
}
