package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Radius writes what a wrong merge has touched: who got data while it was so,
// who saw them here, and what was done to them.
func Radius(w io.Writer, r cdp.Radius, o Options) error {
	p := newPage(w, o)
	ids := make([]text.Safe, len(r.Profiles))
	for i, id := range r.Profiles {
		ids[i] = profileID(id)
	}
	p.fact(0, "profiles that were one", commas(ids...))
	p.fact(0, "since", orElse(o.instant(r.Merged), "not known: they were one from the start"))
	p.fact(0, "until", orElse(o.instant(r.Parted), "they still are"))
	if r.Decision != 0 {
		p.fact(0, "parted by", text.Clean(r.Decision.String()))
	}
	rows := make([]text.Safe, 0, cdp.EffectExamples)
	for _, row := range r.Unmerged[:min(len(r.Unmerged), cdp.EffectExamples)] {
		rows = append(rows, p.row(row))
	}
	p.fact(0, "rows that part", commas(rows...))
	if more := len(r.Unmerged) - cdp.EffectExamples; more > 0 {
		p.rest(more, "row")
	}
	p.head("Recipients to be told", len(r.Recipients))
	t := newTable(column{title: "RECIPIENT", min: 12}, column{title: "SHARES", right: true}, column{title: "FIRST", drop: 2}, column{title: "LAST"},
		column{title: "FIELDS", min: 14, drop: 1}, column{title: "PURPOSES", min: 10, drop: 3})
	for _, x := range r.Recipients {
		t.row(orElse(text.Clean(x.Recipient), "not named"), text.Int(x.Shares), o.day(x.First), o.day(x.Last), names(x.Fields), names(x.Purposes))
	}
	p.table(2, t)
	p.head("Disclosures", len(r.Shares))
	t = newTable(column{title: "AT"}, column{title: "RECIPIENT", min: 12}, column{title: "RECORD"}, column{title: "PARTS"}, column{title: "BEFORE"},
		column{title: "FIELDS", min: 14, drop: 1}, column{title: "PURPOSE", min: 10, drop: 2})
	for _, s := range r.Shares {
		t.row(orElse(o.minute(s.At), "unknown"), orElse(text.Clean(s.Recipient), "not named"), recordID(s.Record), yesNo(s.Parts), yesNo(s.Before), names(s.Fields),
			text.Clean(string(s.Purpose)))
	}
	p.table(2, t)
	p.head("Seen or exported here", len(r.Entries)+r.More)
	p.logged(r.Entries)
	if r.More > 0 {
		p.rest(r.More, "entry")
	}
	p.head("Done to them, planned or previewed, which shows their data to nobody", len(r.Handled))
	p.logged(r.Handled)
	p.line(0, words(text.Lit("times in"), p.zoneName()))
	return p.done()
}

// logged lists entries of the log.
func (p *page) logged(list []cdp.Entry) {
	t := newTable(column{title: "ENTRY", right: true}, column{title: "AT"}, column{title: "ACTOR", min: 8}, column{title: "VERB", min: 6},
		column{title: "OBJECT", min: 9, drop: 1}, column{title: "DETAIL", min: 14, drop: 2})
	for _, e := range list {
		t.row(text.Clean(decimal(e.Seq)), p.o.minute(e.At), text.Clean(e.Actor), text.Clean(e.Verb), ref(e.Object), text.Clean(e.Detail))
	}
	p.table(2, t)
}

func yesNo(is bool) text.Safe {
	if is {
		return text.Lit("yes")
	}
	return text.Lit("no")
}

// Radius writes what a wrong merge has touched.
func (j *JSON) Radius(r cdp.Radius) error { return j.emit(wireRadius(j.o, r)) }
