package ui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// fakePapers write what they were asked for.
func fakePapers() Papers {
	say := func(w io.Writer, list ...any) error { _, err := fmt.Fprintln(w, list...); return err }
	return Papers{
		Ropa:   func(w io.Writer, r cdp.Ropa, format string) error { return say(w, "ropa", format, len(r.Rows)) },
		Breach: func(w io.Writer, b cdp.Breach, format string) error { return say(w, "breach", format, b.Persons) },
		Persons: func(w io.Writer) func(cdp.BreachPerson) error {
			return func(p cdp.BreachPerson) error { return say(w, p.Profile) }
		},
		Card: func(w io.Writer, c cdp.Card, lang string) error { return say(w, "card", lang, c.Label) },
	}
}

// A record of processing, the scope of a breach and a card leave as files for
// somebody outside, from the menu of exports, each with its entry in the log.
func TestPapers(t *testing.T) {
	for _, c := range []struct{ open, key, menu, file, holds, logged string }{
		{"ropa", "ropa.csv", "the 30 columns of the ICO", "record-of-processing-", "ropa csv ", "f00d"},
		{"ropa", "ropa.html", "a page for print", ".html", "ropa html ", "html"},
		{"ropa", "ropa.json", "Art. 30, JSON", ".json", "ropa json ", "json"},
		{"breach?source+shop.de", "breach.txt", "all counts and the clock, to be read", "breach-scope-", "breach txt ", "shop.de"},
		{"breach?source+shop.de", "breach.persons", "whom to tell (Art. 34)", "breach-persons-", "P-0042117", "shop.de"},
		{"card?P-0042117&of=attribute%3Acity", "card.html", "the card in this language, masked", "card-en-", "card en city", "P-0042117"},
	} {
		d := drive(t, 80, 24, newFake(), c.open)
		d.m.env.Papers = fakePapers()
		d.press("e").sees(c.menu).press("esc").command("export " + c.key)
		if len(d.files) != 1 || len(d.desk.exports) != 1 || !strings.Contains(d.desk.exports[0], c.logged) || !strings.Contains(d.desk.exports[0], "masked") {
			t.Errorf("%s: files %d, log %q", c.key, len(d.files), d.desk.exports)
		}
		for name, data := range d.files {
			if !strings.Contains(name, c.file) || !strings.Contains(string(data), c.holds) {
				t.Errorf("%s: %s holds %q", c.key, name, data)
			}
		}
	}
	d := drive(t, 80, 24, newFake(), "ropa")
	d.press("e").misses("Art. 30, CSV").press("esc").command("export ropa.csv").sees("Export everything") // this console has no papers
	d = drive(t, 80, 24, newFake(), "sources")
	d.m.env.Papers = fakePapers()
	d.press("e").misses("Art. 30")
	d = drive(t, 80, 24, newFake(), "ropa")
	d.m.env.Papers = fakePapers()
	d.desk.fail["Exported"] = true
	d.command("export ropa.csv").sees("disk is on fire")
	if len(d.files) != 0 {
		t.Error("written though it could not be logged")
	}
	broken := paper{write: func(context.Context, io.Writer) error { return errFake }}
	if err := broken.sheet(t.Context(), &sheet{}); err == nil {
		t.Error("half a paper is written")
	}
}
