package ui

import (
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// touched is a profile that an act makes, ends or changes.
type touched struct {
	how string // appear, vanish, change
	cdp.ProfileEffect
}

func touchedBy(e cdp.Effect) (out []touched) {
	for _, of := range []struct {
		how  string
		list []cdp.ProfileEffect
	}{{"vanish", e.Vanish}, {"appear", e.Appear}, {"change", e.Change}} {
		for _, p := range of.list {
			out = append(out, touched{of.how, p})
		}
	}
	return out
}

func touchedColumns() []column[touched] {
	return []column[touched]{
		{name: "effect", min: 8, cell: func(s show, t touched) val {
			v := val{text: s.say("effect." + t.how), raw: t.how}
			if t.how == "vanish" {
				v.style = widget.Warn
			}
			return v
		}},
		{name: "profile", min: 9, cell: func(_ show, t touched) val { return plain(t.Profile.String()).in(widget.Accent) }},
		{name: "before", min: 7, right: true, cell: func(_ show, t touched) val { return number(t.Before) }, by: func(a, b touched) int { return compare(a.Before, b.Before) }},
		{name: "after", min: 7, right: true, cell: func(_ show, t touched) val { return number(t.After) }, by: func(a, b touched) int { return compare(a.After, b.After) }},
		{name: "records", min: 10, flex: 1, prio: 1, cell: func(_ show, t touched) val { return names(recordNames(t.Records)) }},
	}
}

func recordNames(ids []cdp.RecordID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

// counted says what an effect amounts to, in a line.
func (s show) counted(e cdp.Effect) text.Safe {
	n := e.Counts
	if n == (cdp.EffectCounts{}) {
		return s.say("effect.none")
	}
	return s.say("effect.counts", n.Vanish, n.Appear, n.Change, n.Records, n.Links)
}

// effect tells what an act does to profiles; when it was done, the examples too.
func (d *detail) effect(e cdp.Effect, examples bool) {
	d.text(widget.Strong, d.counted(e))
	if e.Largest.Profile != 0 {
		d.fact("field.largest", safe(d.say("effect.largest", e.Largest.Profile, e.Largest.After)))
	}
	if left := e.Counts.Appear + e.Counts.Vanish + e.Counts.Change - len(touchedBy(e)); left > 0 {
		d.text(widget.Dim, d.say("effect.more", left))
	}
	d.fact("field.digest", hash(e.Digest))
	if !examples {
		return
	}
	for _, t := range touchedBy(e) {
		d.add(widget.Line{Spans: []widget.Span{widget.S(widget.Accent, text.Clean(t.Profile.String())), {Text: text.Lit("  ")}, {Text: d.say("effect." + t.how)}, {Text: text.Lit("  ")},
			{Text: d.say("effect.size", t.Before, t.After)}, {Text: text.Lit("  ")}, widget.S(widget.Dim, text.Clean(strings.Join(recordNames(t.Records), " ")))}, Hang: 2})
	}
}

// aboutTouched is the detail of a profile that is touched.
func aboutTouched(d *detail, t touched) {
	d.head(text.Join(text.Lit(" "), text.Clean(t.Profile.String()), d.say("effect."+t.how)))
	d.text(widget.Plain, d.say("effect."+t.how+".what"))
	d.fact("field.before", number(t.Before))
	d.fact("field.after", number(t.After))
	d.fact("field.records", names(recordNames(t.Records)))
	if n := max(t.Before, t.After); n > len(t.Records) {
		d.text(widget.Dim, d.say("effect.first", len(t.Records)))
	}
}

// decision tells what a person decides, or decided.
func (d *detail) decision(x cdp.Decision) {
	d.text(widget.Strong, d.verb(x))
	if !x.Identifier.IsZero() {
		d.fact("field.identifier", d.named(decisionRef(x.ID), x.Identifier))
	}
}

// verb is a decision as a sentence.
func (s show) verb(x cdp.Decision) text.Safe {
	switch x.Verb {
	case cdp.DecideDifferent:
		groups := map[int]int{}
		for _, r := range x.Rows {
			groups[r.Group]++
		}
		return s.say("decide.different.what", len(groups))
	case cdp.DecideSame, cdp.DecideLock:
		return s.say("decide."+x.Verb+".what", len(x.Rows))
	}
	return s.say("decide." + x.Verb + ".what")
}

func decisionRef(id cdp.DecisionID) cdp.Ref { return cdp.Ref{Kind: "decision", ID: id.String()} }
