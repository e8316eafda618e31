package report

import (
	"bufio"
	"io"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// minWidth is the narrowest line that still holds an id and a word.
const minWidth = 20

// A page is plain text being written. Errors of the writer come out at done.
type page struct {
	w     *bufio.Writer
	o     Options
	width int // 0: no limit
}

func newPage(w io.Writer, o Options) *page {
	p := &page{w: bufio.NewWriter(w), o: o, width: o.Width}
	if p.width != 0 {
		p.width = max(p.width, minWidth)
	}
	return p
}

func (p *page) done() error { return p.w.Flush() }

// line writes s, wrapped to the width; the lines after the first are indented
// by two more.
func (p *page) line(indent int, s text.Safe) {
	if p.width == 0 {
		p.put(indent, s)
		return
	}
	indent = min(indent, p.width/2)
	room := p.width - indent
	for i, r := range text.Breaks(s, room, room-2) {
		in := indent
		if i > 0 {
			in += 2
		}
		p.put(in, text.Cut(s.Slice(r[0], r[1]), p.width-in))
	}
}

// put writes one line as it is, without the spaces at its end.
func (p *page) put(indent int, s text.Safe) {
	if t := strings.TrimRight(s.String(), " "); t != "" {
		for range indent {
			p.w.WriteByte(' ')
		}
		p.w.WriteString(t)
	}
	p.w.WriteByte('\n')
}

// say writes a line of the program's own words.
func (p *page) say(indent int, s string) { p.line(indent, text.Clean(s)) }

// head writes the title of a section after an empty line.
func (p *page) head(title string, count int) {
	p.put(0, text.Safe{})
	p.line(0, words(text.Clean(title+":"), text.Int(count)))
}

// fact writes "name: value", nothing when the value is empty.
func (p *page) fact(indent int, name string, value text.Safe) {
	if !value.Empty() {
		p.line(indent, words(text.Clean(name+":"), value))
	}
}

// verdict writes a judgement with its reasons, one fact a line.
func (p *page) verdict(indent int, v cdp.Verdict) {
	p.fact(indent, "allowed", yes(v))
	p.fact(indent, "reason", text.Clean(v.Reason))
	p.fact(indent, "law", law(v))
	p.fact(indent, "rule", text.Clean(v.Rule))
	p.fact(indent, "activity", text.Clean(string(v.Activity)))
	for _, f := range v.Facts {
		p.fact(indent, "rests on", text.Clean(f))
	}
	p.fact(indent, "from", p.o.instant(v.From))
	p.fact(indent, "until", p.o.instant(v.Until))
	p.fact(indent, "register", digest(v.Register))
}

// yes is the answer of a verdict in a word. No verdict is not a yes.
func yes(v cdp.Verdict) text.Safe {
	switch {
	case v.Allow:
		return text.Lit("yes")
	case v.Rule == "":
		return text.Lit("unknown")
	}
	return text.Lit("no")
}

// law is the article and the basis of a verdict.
func law(v cdp.Verdict) text.Safe { return words(article(v), basis(v.Basis)) }

func article(v cdp.Verdict) text.Safe {
	if v.Article == "" {
		return text.Clean(v.Basis.Article())
	}
	return text.Clean(v.Article)
}

func basis(b cdp.BasisKind) text.Safe { return spaced(string(b)) }

// spaced writes the stable name of a thing as words.
func spaced(s string) text.Safe { return text.Clean(strings.ReplaceAll(s, "_", " ")) }

// digest is the beginning of a hash, enough to compare by eye.
func digest(hash string) text.Safe {
	if len(hash) > 16 {
		return text.Concat(text.Clean(hash[:16]), text.Lit("…"))
	}
	return text.Clean(hash)
}

// ref names a thing of the store.
func ref(r cdp.Ref) text.Safe {
	switch r.Kind {
	case "profile", "record", "batch", "identifier":
		return text.Clean(r.ID) // says itself what it is
	}
	return words(text.Clean(r.Kind), text.Clean(r.ID))
}

// place is a line number, empty when there is none.
func place(n int) text.Safe {
	if n == 0 {
		return text.Safe{}
	}
	return text.Int(n)
}

func profileID(id cdp.ProfileID) text.Safe {
	if id == 0 {
		return text.Safe{}
	}
	return text.Clean(id.String())
}

func recordID(id cdp.RecordID) text.Safe {
	if id == 0 {
		return text.Safe{}
	}
	return text.Clean(id.String())
}

func batchID(id cdp.BatchID) text.Safe {
	if id == 0 {
		return text.Safe{}
	}
	return text.Clean(id.String())
}

// footer says how much of a list stands above, and in which zone its times are.
func footer[T any](p *page, list cdp.Page[T], one, what string) {
	n := len(list.Items)
	shown := words(text.Int(n), text.Clean(what))
	switch {
	case n == 1 && !list.More && (!list.Exact || list.Total == 1):
		shown = words(text.Int(n), text.Clean(one))
	case list.Exact && list.Total > n:
		shown = words(text.Int(n), text.Lit("of"), text.Int(list.Total), text.Clean(what))
	case !list.Exact && list.More:
		shown = words(text.Int(n), text.Lit("of at least"), text.Int(max(list.Total, n+1)), text.Clean(what))
	}
	if list.More {
		shown = commas(shown, text.Lit("more follow"))
	}
	p.line(0, text.Concat(shown, text.Lit("; times in "), p.zoneName()))
}

func (p *page) zoneName() text.Safe {
	name := p.o.zone().String()
	if name == "Local" {
		name = "local time"
	}
	return text.Clean(name)
}
