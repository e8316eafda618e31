package ui

import (
	"context"
	"io"

	"cdp-tui/internal/cdp"
)

// Papers write answers as the commands do, values of persons masked. Those that
// are nil are not offered.
type Papers struct {
	// Ropa is the record of processing activities as csv, json or html.
	Ropa func(w io.Writer, r cdp.Ropa, format string) error
	// Breach is the scope of a breach as txt or json.
	Breach func(w io.Writer, b cdp.Breach, format string) error
	// Persons gives what writes the persons that a breach concerns, a line of
	// JSON each.
	Persons func(w io.Writer) func(cdp.BreachPerson) error
	// Card is a page for print, in a language.
	Card func(w io.Writer, c cdp.Card, lang string) error
}

// A paper is an export for somebody outside, beside the rows of a screen.
type paper struct {
	key   string // of its words: paper.<key>
	name  string // of the file, before the time
	ext   string
	about cdp.Ref
	rows  int
	write func(ctx context.Context, w io.Writer) error
}

// printed is a screen that can be written as a paper.
type printed interface{ Papers() []paper }

// papersOf are the papers of a screen.
func papersOf(s screen) []paper {
	if p, ok := able[printed](s); ok {
		return p.Papers()
	}
	return nil
}

// sheet writes a paper into a sheet.
func (p paper) sheet(ctx context.Context, to *sheet) error {
	to.rows = p.rows
	if err := p.write(ctx, &to.buf); err != nil {
		return err
	}
	return to.full()
}
