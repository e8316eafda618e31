package report

import (
	"io"
	"sort"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Hits writes a page of profiles found, where each matched, the facets, and
// what makes the answer incomplete.
func Hits(w io.Writer, a cdp.SearchAnswer, o Options) error {
	p := newPage(w, o)
	p.looked(a.Lens)
	t := newTable(
		column{title: "PROFILE"}, column{title: "NAME", min: 12}, column{title: "MATCH", min: 8, drop: 1}, column{title: "CITY", min: 8, drop: 3},
		column{title: "SEEN", drop: 2}, column{title: "RECORDS", right: true, drop: 5}, column{title: "SOURCES", min: 12, drop: 4},
		column{title: "BASES", min: 10, drop: 6}, column{title: "COUNTRY", drop: 7}, column{title: "SCORE", right: true, drop: 8})
	for _, h := range a.Hits {
		t.row(profileID(h.Profile), o.show(text.KindName, h.Name.Reveal()), matchedFields(h), o.show(text.KindName, h.City.Reveal()), o.day(h.Seen),
			text.Int(h.Records), names(h.Sources), names(h.Bases), text.Clean(h.Country), text.Clean(score(h.Score)))
	}
	p.table(0, t)
	if !a.Lens.IsNow() && len(a.Hits) > 0 {
		p.say(0, "from the store as it was then, without scores: those seen last come first")
	}
	if o.Reveal {
		p.fragments(a.Hits)
	}
	p.line(0, words(text.Int(len(a.Hits)), text.Lit("of"), text.Int(a.Total), text.Lit("profiles; times in"), p.zoneName()))
	if a.Partial != "" {
		p.line(0, text.Concat(text.Lit("! incomplete: "), text.Clean(a.Partial)))
	}
	if a.Behind > 0 {
		p.line(0, words(text.Lit("! the index is behind the store by"), text.Clean(decimal(a.Behind)), text.Lit("changes; cdp-tui reindex rebuilds it")))
	}
	for _, f := range a.Facets {
		if len(f.Values) == 0 {
			continue
		}
		p.put(0, text.Safe{})
		p.line(0, text.Concat(text.Lit("by "), text.Clean(f.Name), text.Lit(":")))
		for _, v := range f.Values {
			p.line(2, text.Concat(orElse(text.Clean(v.Value), "none"), text.Lit(": "), text.Int(v.Count)))
		}
	}
	return p.done()
}

func matchedFields(h cdp.Hit) text.Safe {
	var fields []string
next:
	for _, m := range h.Matched {
		for _, f := range fields {
			if f == m.Field {
				continue next
			}
		}
		fields = append(fields, m.Field)
	}
	return names(fields)
}

func (p *page) fragments(hits []cdp.Hit) {
	for _, h := range hits {
		for _, m := range h.Matched {
			if m.Fragment != "" {
				p.line(0, text.Concat(profileID(h.Profile), text.Lit(" "), text.Clean(m.Field), text.Lit(": "), marked(m)))
			}
		}
	}
}

// marked is a fragment with what matched between « and ». Spans that do not fit
// the fragment, or each other, are left out.
func marked(m cdp.Match) text.Safe {
	raw := m.Fragment.Reveal()
	spans := append([][2]int(nil), m.Spans...)
	sort.Slice(spans, func(i, j int) bool { return spans[i][0] < spans[j][0] })
	var parts []text.Safe
	at := 0
	for _, s := range spans {
		if s[0] < at || s[1] <= s[0] || s[1] > len(raw) {
			continue
		}
		parts = append(parts, text.Clean(raw[at:s[0]]), text.Lit("«"), text.Clean(raw[s[0]:s[1]]), text.Lit("»"))
		at = s[1]
	}
	return text.Concat(append(parts, text.Clean(raw[at:]))...)
}

func score(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// Rejects writes the rows that could not be made into records. The row itself
// is shown only when values are revealed.
func Rejects(w io.Writer, list cdp.Page[cdp.Reject], o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "REJECT", right: true}, column{title: "CODE", min: 10}, column{title: "FILE", min: 10, drop: 2}, column{title: "WHERE"},
		column{title: "FIELD", min: 8, drop: 3}, column{title: "REASON", min: 14, drop: 1}, column{title: "SOURCE", min: 10, drop: 4},
		column{title: "BATCH", drop: 5}, column{title: "REPLAYED BY", drop: 6})
	for _, r := range list.Items {
		t.row(text.Clean(decimal(r.ID)), text.Clean(r.Code), text.Clean(r.Lineage.File), where(r.Lineage), text.Clean(r.Field), text.Clean(r.Reason),
			text.Clean(string(r.Source)), batchID(r.Lineage.Batch), batchID(r.Replay))
	}
	p.table(0, t)
	if o.Reveal {
		for _, r := range list.Items {
			p.fact(0, "row of reject "+decimal(r.ID), text.Clean(r.Raw.Reveal()))
		}
	}
	footer(p, list, "reject", "rejects")
	return p.done()
}

// where is the place of a row within its file.
func where(l cdp.Lineage) text.Safe {
	switch {
	case l.Line > 0:
		return words(text.Lit("line"), text.Int(l.Line))
	case l.Row > 0:
		return words(text.Lit("row"), text.Int(l.Row))
	}
	return text.Safe{}
}

// Quarantined writes the records for which no activity has a valid basis, and
// what would release them.
func Quarantined(w io.Writer, list cdp.Page[cdp.Quarantine], o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "RECORD"}, column{title: "SOURCE", min: 10}, column{title: "KEY", min: 8, drop: 2}, column{title: "SINCE", drop: 3},
		column{title: "UNTIL", drop: 1}, column{title: "RULE", min: 14, drop: 4}, column{title: "REASON", min: 20, drop: 5},
		column{title: "BATCH", drop: 6}, column{title: "LINE", right: true, drop: 7})
	for _, q := range list.Items {
		t.row(recordID(q.Record), text.Clean(string(q.Source)), o.key(q.Key), o.day(q.Since), o.day(q.Until), text.Clean(q.Verdict.Rule),
			text.Clean(q.Verdict.Reason), batchID(q.Batch), place(q.Line))
	}
	p.table(0, t)
	type release struct {
		source cdp.SourceID
		rule   string
		todo   string
	}
	count := map[release]int{}
	var order []release
	for _, q := range list.Items {
		r := release{q.Source, q.Verdict.Rule, q.Todo}
		if count[r] == 0 {
			order = append(order, r)
		}
		count[r]++
	}
	for _, r := range order {
		todo := text.Block(r.todo)
		if len(todo) == 0 {
			todo = []text.Safe{text.Lit("unknown")}
		}
		p.line(0, text.Concat(text.Clean(string(r.source)), text.Lit(", "), text.Int(count[r]), text.Lit(" held by "), text.Clean(r.rule),
			text.Lit("; released by: "), todo[0]))
		for _, line := range todo[1:] { // an entry to write
			p.line(2, line)
		}
	}
	p.say(0, "records in quarantine are not merged and not searched with the rest; each is released by itself when a basis arrives")
	footer(p, list, "record in quarantine", "records in quarantine")
	return p.done()
}
