package ui

import (
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// detail writes the lines of a detail pane: facts with a label, texts, heads.
type detail struct {
	show
	lines widget.LineList
}

const (
	labelWidth = 11
	longWord   = 22
)

// add adds a line, one cell from the edge.
func (d *detail) add(l widget.Line) {
	l.Spans = append([]widget.Span{{Text: text.Lit(" ")}}, l.Spans...)
	l.Hang++
	d.lines = append(d.lines, l)
}

func (d *detail) head(t text.Safe) {
	if len(d.lines) > 0 {
		d.gap()
	}
	d.add(widget.Line{Spans: []widget.Span{widget.S(widget.Heading, t)}})
}

func (d *detail) gap() { d.add(widget.Line{Spans: []widget.Span{{}}}) }

// fact is a labelled value; nothing when the value is empty.
func (d *detail) fact(label string, v val) { d.labelled(d.say(label), v) }

func (d *detail) labelled(label text.Safe, v val) {
	if v.text.Empty() {
		return
	}
	if text.Width(label) < labelWidth {
		label = text.Pad(label, labelWidth)
	}
	hang := labelWidth + 1
	if text.Width(v.text) > longWord && !strings.Contains(v.text.String(), " ") {
		hang = 2 // a long address in one piece, rather than in two beside the label
	}
	d.add(widget.Line{Spans: []widget.Span{widget.S(widget.Dim, label), {Text: text.Lit(" ")}, v.span()}, Hang: hang})
}

func (d *detail) text(style widget.Style, t text.Safe) {
	d.add(widget.Line{Spans: []widget.Span{widget.S(style, t)}})
}

// block is a text of several lines.
func (d *detail) block(raw string) {
	for _, l := range text.Block(raw) {
		d.text(widget.Plain, l)
	}
}

// value is a personal value, and what is in it when it holds characters that
// can not be shown.
func (d *detail) value(label string, v val) {
	d.fact(label, v)
	if v.style == widget.Altered {
		d.text(widget.Warn, d.say("detail.altered"))
	}
	if v.clear && v.text.Changed() {
		d.head(d.say("detail.characters"))
		for i, l := range text.Inspect(v.raw) {
			if i == maxInspect {
				d.text(widget.Dim, text.Lit("…"))
				break
			}
			d.text(widget.Plain, l)
		}
	}
}

const maxInspect = 400

// because is what a reason says after its question, which the columns beside it
// tell already: a line is too short for both. An export has all of it.
func because(reason string) val {
	v := plain(reason)
	if _, why, ok := strings.Cut(reason, "”: "); ok {
		v.text = text.Clean(why)
	} else if _, why, ok := strings.Cut(reason, ": "); ok && strings.HasPrefix(reason, "May ") {
		v.text = text.Clean(why)
	}
	return v
}

// broken says how often a rule said no, with the reason of one such verdict.
func (d *detail) broken(n int, rule, reason string) {
	l := widget.Line{Spans: []widget.Span{{Text: text.Int(n)}, {Text: text.Lit("  ")}}, Hang: 3}
	if reason == "" {
		l.Spans = append(l.Spans, widget.S(widget.Dim, text.Clean(rule)))
	} else {
		l.Spans = append(l.Spans, widget.S(widget.Plain, d.say("lawful.such", because(reason).text)), widget.S(widget.Dim, text.Clean(" ("+rule+")")))
	}
	d.add(l)
}

// answer is a verdict in a word. A value that its mapping keeps from linking,
// or that identifies nobody, is no breach of anything.
func (s show) answer(v cdp.Verdict) val {
	switch {
	case v.Allow:
		return safe(s.say("verdict.allow")).in(widget.Good)
	case v.Rule == "link.none", strings.HasPrefix(v.Rule, "link.blocked."), strings.HasPrefix(v.Rule, "link.generic."):
		return safe(s.say("graph.nolink"))
	}
	return safe(s.say("verdict.deny")).in(widget.Bad)
}

// verdict is a judgement with its reasons (law L6).
func (d *detail) verdict(v cdp.Verdict) {
	d.fact("field.verdict", d.answer(v))
	d.fact("field.reason", plain(v.Reason))
	d.fact("field.basis", d.basis(v.Basis))
	d.fact("field.law", plain(law(v)))
	d.fact("field.rule", plain(v.Rule))
	d.fact("field.activity", plain(string(v.Activity)))
	d.fact("field.from", d.minute(v.From))
	d.fact("field.until", d.minute(v.Until))
	for i, f := range v.Facts {
		label := ""
		if i == 0 {
			label = "field.facts"
		}
		d.fact(label, plain(f))
	}
	d.fact("field.register", plain(short(v.Register)))
}

// short is the beginning of a hash.
func short(hash string) string {
	if len(hash) > 12 {
		return hash[:12]
	}
	return hash
}

// hash is a hash in groups, so that it can be compared and wrapped.
func hash(h string) val {
	var parts []string
	for len(h) > 16 {
		parts, h = append(parts, h[:16]), h[16:]
	}
	return plain(strings.Join(append(parts, h), " "))
}

// names joins ids for a cell.
func names[T ~string](list []T) val {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = string(s)
	}
	return plain(strings.Join(parts, ", "))
}
