package report

import (
	"io"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Taken writes what became of one of many deliveries in a line; what did not
// occur is left out. Receipt has the rest.
func Taken(w io.Writer, r cdp.Receipt, o Options) error {
	p := newPage(w, o)
	line := text.Concat(words(batchID(r.Batch), text.Clean(r.File)), text.Lit(": "), sum(r))
	if r.Rows == 0 {
		line = text.Concat(words(batchID(r.Batch), text.Clean(r.File)), text.Lit(": no new rows"))
	}
	if n := len(r.Notes); n > 0 {
		line = text.Concat(line, text.Lit("; "), plural(n, "note"))
	}
	p.line(0, line)
	return p.done()
}

// TakenAll writes the sum of many deliveries, and whether every row is
// accounted for.
func TakenAll(w io.Writer, list []cdp.Receipt, o Options) error {
	p := newPage(w, o)
	var total cdp.Receipt
	for _, r := range list {
		total.Add(r)
	}
	line := text.Concat(plural(len(list), "file"), text.Lit(": "), sum(total))
	if total.Balanced() {
		line = text.Concat(line, text.Lit("; every row is accounted for"))
	}
	p.line(0, line)
	for _, f := range []fate{{"of these held apart (they may be held, not linked)", total.HeldApart}, {"of these delete markers", total.Deleted},
		{"released from quarantine", total.Released}} {
		if f.count > 0 {
			p.fact(2, f.name, text.Int(f.count))
		}
	}
	return p.done()
}

// sum spells out rows as the sum of what became of them.
func sum(r cdp.Receipt) text.Safe {
	var parts []text.Safe
	for _, f := range fates(r) {
		if f.count > 0 {
			parts = append(parts, words(text.Int(f.count), text.Clean(f.name)))
		}
	}
	out := plural(r.Rows, "row")
	if len(parts) > 0 {
		out = words(out, text.Lit("="), text.Join(text.Lit(" + "), parts...))
	}
	if !r.Balanced() {
		out = words(out, text.Lit("! the sum does not hold"))
	}
	return out
}

// plural is a number of things: "1 record", "2 records", "2 entries".
func plural(n int, noun string) text.Safe { return words(text.Int(n), text.Clean(several(n, noun))) }

// several is the form of a noun that goes with a number.
func several(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if stem, ok := strings.CutSuffix(noun, "ry"); ok {
		return stem + "ries"
	}
	return noun + "s"
}

// does is what a number of things do: "1 appears", "2 appear".
func does(n int, verb string) text.Safe {
	if n == 1 {
		verb += "s"
	}
	return words(text.Int(n), text.Clean(verb))
}
