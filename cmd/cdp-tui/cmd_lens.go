package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// A lens is what the flags say on how to look.
type lens struct {
	at, known, purpose string
	looked             cdp.Lens
}

// through marks commands that can look through a lens, and gives them its flags.
func (p *program) through(list ...*cobra.Command) []*cobra.Command {
	for _, c := range list {
		p.times(c)
		c.Flags().StringVar(&p.lens.purpose, "for", "", "only what may be used for a `PURPOSE` of the register, put together by what links it lawfully")
	}
	return list
}

// times are the flags of a standpoint.
func (p *program) times(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.lens.at, "as-of", "", "what held at a `TIME`: 2026-05-01 (the end of that day) or 2026-05-01T14:00")
	f.StringVar(&p.lens.known, "as-known", "", "as the store knew it at a `TIME`, in the same forms")
}

// lookedAt names what a pass over the store counts, for its progress: at another
// time all rows are judged first, and then those that were in profiles again.
func (p *program) lookedAt(what string) string {
	if p.lens.looked.IsNow() {
		return what + " looked at"
	}
	return what + " judged, each about twice"
}

// settle reads the flags.
func (l *lens) settle(zone *time.Location, now time.Time) (err error) {
	if l.looked.At, err = instant("--as-of", l.at, zone); err != nil {
		return err
	}
	if l.looked.Known, err = instant("--as-known", l.known, zone); err != nil {
		return err
	}
	if l.looked.Known.After(now) {
		return usagef("--as-known lies ahead: nobody knows yet")
	}
	l.looked.Purpose = cdp.PurposeID(l.purpose)
	return nil
}

// instant reads a time as an officer types it; a day alone means its end.
func instant(flag, typed string, zone *time.Location) (time.Time, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return time.Time{}, nil
	}
	t, ok := cdp.ParseInstant(typed, zone)
	if !ok {
		return time.Time{}, &usageError{flag + " is no time", "write it as 2026-05-01, 2026-05-01T14:00 or 2026-05-01T14:00:00+02:00"}
	}
	return t, nil
}

func (p *program) lensCommand() *cobra.Command {
	var purpose string
	c := &cobra.Command{
		Use:   "lens ID --purpose PURPOSE",
		Short: "Show who a person is for one purpose",
		Long: "Show into how many persons a profile falls for one purpose: only records that\nmay be used for it are there, and only what links those lawfully joins them.\n" +
			"Who is one customer under contract may be three for marketing.",
		Example: "  cdp-tui lens P-0000001 --purpose newsletter\n  cdp-tui lens P-0000001 --purpose newsletter --as-of 2026-05-01",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			if purpose == "" {
				return &usageError{"lens needs a purpose", "cdp-tui policy show lists the purposes of the register"}
			}
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			l, err := s.desk.Lensed(ctx, id, cdp.PurposeID(purpose))
			if err == nil {
				err = s.disclose(ctx, profileRef(l.Profile), nil, "identifiers")
			}
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			return s.write(func(j *report.JSON) error { return j.Lensed(l) },
				func(w io.Writer, o report.Options) error { return report.Lensed(w, l, o) })
		})),
	}
	c.Flags().StringVar(&purpose, "purpose", "", "`PURPOSE` of the register")
	p.times(c)
	return c
}

func (p *program) journeyCommand() *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use:   "journey ID",
		Short: "Tell step by step what happened to a person's data, and what the law says to it",
		Long: "Tell, oldest first, what a person did, what they said about their data, and what\nwas sent on: each step with its source, purpose, basis and recipient, and whether\n" +
			"it was lawful on that day by all that is known now (or by --as-known).",
		Example: "  cdp-tui journey P-0000001 --from 2026-09-14 --to 2026-09-17",
		Args:    takes(1, 1, "the id of a profile"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			first, err := instant("--from", from, s.place)
			if err != nil {
				return err
			}
			if len(strings.TrimSpace(from)) == len(time.DateOnly) { // a day to begin with begins in the morning
				first = first.Add(time.Microsecond).AddDate(0, 0, -1)
			}
			last, err := instant("--to", to, s.place)
			if err != nil {
				return err
			}
			if !last.IsZero() {
				if last = last.Add(time.Microsecond); last.Before(first) {
					return &usageError{"the days end before they begin", "--to comes after --from"}
				}
			}
			id, err := s.profileID(ctx, args[0])
			if err != nil {
				return err
			}
			steps, err := s.desk.Journey(ctx, id, first, last)
			if err == nil {
				err = s.disclose(ctx, profileRef(id), nil, "journey")
			}
			if err != nil {
				return fmt.Errorf("%v: %w", id, err)
			}
			return s.write(func(j *report.JSON) error { return j.Journey(steps) },
				func(w io.Writer, o report.Options) error { return report.Journey(w, steps, o) })
		})),
	}
	c.Flags().StringVar(&from, "from", "", "first `DAY` or time")
	c.Flags().StringVar(&to, "to", "", "last `DAY` or time")
	p.times(c)
	return c
}

func (p *program) lawfulCommand() *cobra.Command {
	var f cdp.LawfulFilter
	var profile string
	c := &cobra.Command{
		Use:   "lawful",
		Short: "Judge past disclosures again: as known then, and as known now",
		Long: "Judge every disclosure that was reported or made for the day on which it\nhappened, twice: by what was known then and by what is known now. Where the\n" +
			"answers differ, something was learnt too late: --differing lists only those,\nwhich is the retrospective report. With --uses what the touchpoints tell is judged\nalike. The sum goes to standard error.",
		Example: "  cdp-tui lawful --differing\n  cdp-tui lawful --uses --unlawful\n  cdp-tui lawful --profile P-0000001 --json",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			if f.Uses && f.Recipient != "" {
				return usagef("--uses and --recipient do not go together: a use has no recipient")
			}
			if profile != "" {
				id, err := s.profileID(ctx, profile)
				if err != nil {
					return err
				}
				f.Profile = id
			}
			bar := s.progress("profiles read")
			sum, err := s.desk.Lawful(ctx, f, func(j cdp.Judged) error {
				return s.write(func(w *report.JSON) error { return w.Judged(j) },
					func(w io.Writer, o report.Options) error { return report.Judged(w, j, o) })
			}, bar.count)
			bar.end()
			if err == nil && f.Recipient != "" && sum.Shares == 0 {
				err = s.recipient(ctx, f.Recipient)
			}
			if err != nil || s.quiet {
				return err
			}
			return report.LawfulSum(s.err, sum, s.options())
		})),
	}
	c.Flags().StringVar(&profile, "profile", "", "only those of one profile, by its `ID`")
	c.Flags().StringVar(&f.Recipient, "recipient", "", "only those to a recipient, by its `ID` in the register")
	c.Flags().BoolVar(&f.Uses, "uses", false, "judge uses too: what the touchpoints tell")
	c.Flags().BoolVar(&f.Unlawful, "unlawful", false, "only those that should not have been, as known now")
	c.Flags().BoolVar(&f.Differing, "differing", false, "only those of which the answer changed since")
	return c
}
