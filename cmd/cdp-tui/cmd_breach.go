package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) breachCommand() *cobra.Command {
	return group("breach", "Personal data breaches (Art. 33, 34): scope", p.breachScopeCommand())
}

// moment reads a time as an officer types it: a day, a minute, or RFC 3339. A
// day that ends something is the end of it.
func (p *program) moment(flag, s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, p.place); err == nil {
		if end {
			t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, p.place); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &usageError{"--" + flag + " is no time", "write 2026-03-27, 2026-03-27T16:00 (in --zone) or 2026-03-27T16:00:00+01:00"}
}

func (p *program) breachScopeCommand() *cobra.Command {
	var source, recipient, from, to, aware, export string
	c := &cobra.Command{
		Use:   "scope",
		Short: "Say whom a breach concerns: persons, data, countries, recipients, and the clock",
		Long: "Count the persons whose data were in a source, or went to a recipient, in a window\nof time. In a source was what came by its end and was not replaced or deleted\nbefore it began. Versions that are not current and deleted rows count. Without\n" +
			"--from everything until --to is affected. Records that belong to no profile are\ncounted apart. --aware starts the clock for notifying the authority\n(72 hours that pass, whatever the calendar says).\n\n--export writes one line of JSON a person, to be told (Art. 34): masked, unless\n--reveal gives a reason.",
		Example: "  cdp-tui breach scope --source shop.de --to 2026-10-23 --aware 2026-10-23T16:00\n  cdp-tui breach scope --recipient letterwing --from 2026-10-01 --to 2026-10-20 --export persons.ndjson --reveal \"breach 2026-3\"",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(func(ctx context.Context, args []string) (err error) {
			q := cdp.BreachQuestion{Source: cdp.SourceID(source), Recipient: recipient}
			if (source == "") == (recipient == "") {
				return usagef("give --source or --recipient")
			}
			if q.From, err = p.moment("from", from, false); err != nil {
				return err
			}
			if q.To, err = p.moment("to", to, true); err != nil {
				return err
			}
			if q.Aware, err = p.moment("aware", aware, false); err != nil {
				return err
			}
			return p.with(use{}, func(ctx context.Context, s *session, _ []string) error { return s.breachScope(ctx, q, export) })(ctx, args)
		}),
	}
	f := c.Flags()
	f.StringVar(&source, "source", "", "the system that was breached")
	f.StringVar(&recipient, "recipient", "", "who lost data that it had got")
	f.StringVar(&from, "from", "", "beginning of the window (default: of all)")
	f.StringVar(&to, "to", "", "end of the window (default: now)")
	f.StringVar(&aware, "aware", "", "when you became aware of it")
	p.times(c)
	f.StringVar(&export, "export", "", "write the persons to this `FILE`, which must not be there")
	return c
}

func (s *session) breachScope(ctx context.Context, q cdp.BreachQuestion, export string) (err error) {
	var each func(cdp.BreachPerson) error
	if export != "" {
		object := cdp.Ref{Kind: "source", ID: string(q.Source)}
		if q.Source == "" {
			object = cdp.Ref{Kind: "recipient", ID: q.Recipient}
		}
		if err := s.disclose(ctx, object, nil, "endpoints of all persons a breach concerns"); err != nil {
			return err
		}
		f, err := os.OpenFile(export, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		defer func() {
			if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
				err = errors.Join(err, os.Remove(export)) // half a list is a wrong one
			}
		}()
		each = report.NewJSON(w, s.options()).BreachPerson
	}
	bar := s.progress("records looked at")
	b, err := s.desk.BreachScope(ctx, q, each, bar.count)
	bar.end()
	switch {
	case errors.Is(err, steward.ErrBreach):
		return &usageError{"the window ends before it begins", "--to comes after --from"}
	case errors.Is(err, steward.ErrAware):
		return &usageError{"--aware lies ahead: nobody can have become aware of it yet", "write when you did; in --zone, unless it says another"}
	case errors.Is(err, steward.ErrNotFound):
		return hint(err, "cdp-tui sources lists the sources; cdp-tui policy show the recipients")
	case err != nil:
		return err
	}
	if each != nil {
		s.say("%s", fmt.Sprintf("%d persons and %d records without a profile written to %s", b.Persons, b.Unresolved, fileName(export)))
	}
	return s.write(func(j *report.JSON) error { return j.Breach(b) }, func(w io.Writer, o report.Options) error { return report.Breach(w, b, o) })
}
