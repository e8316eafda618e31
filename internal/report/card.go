package report

import (
	"bufio"
	"html"
	"io"
	"strings"

	"cdp-tui/internal/card"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Card writes the six answers of a card as plain text in a language: en, de, ro
// or tr.
func Card(w io.Writer, c cdp.Card, lang string, o Options) error {
	p := newPage(w, o)
	d := card.Write(c, lang, o.zone())
	p.line(0, d.Title)
	for _, l := range d.Head {
		p.cardLine(2, l)
	}
	for _, s := range d.Sections {
		p.put(0, text.Safe{})
		p.line(0, s.Title)
		for _, l := range s.Lines {
			p.cardLine(2, l)
		}
	}
	p.put(0, text.Safe{})
	p.line(0, d.Foot)
	return p.done()
}

func (p *page) cardLine(indent int, l card.Line) {
	says := p.o.cardParts(l.Parts)
	if !l.Name.Empty() {
		says = words(text.Concat(l.Name, text.Lit(":")), says)
	}
	p.line(indent+l.Indent, words(text.Clean(l.Mark), says))
}

// cardParts are the parts of a line as they may be shown. Parts of a sentence
// bring their own spaces.
func (o Options) cardParts(parts []card.Part) text.Safe {
	var out text.Safe
	for _, q := range parts {
		s := o.cardPart(q)
		switch {
		case s.Empty():
			continue
		case out.Empty(), strings.HasSuffix(out.String(), " "), strings.HasPrefix(s.String(), " "), strings.HasPrefix(s.String(), ";"), strings.HasPrefix(s.String(), ","):
			out = text.Concat(out, s)
		default:
			out = text.Concat(out, text.Lit(" "), s)
		}
	}
	return out
}

func (o Options) cardPart(q card.Part) text.Safe {
	switch {
	case q.Ident != nil:
		return words(o.ident(*q.Ident), text.Clean("("+q.Ident.String()+")"))
	case q.Value != "":
		return o.show(q.Kind, q.Value.Reveal())
	}
	return q.Text
}

// cardStyle is for paper: black on white, nothing fetched from anywhere.
const cardStyle = `body{font:11pt/1.35 sans-serif;max-width:46em;margin:2em auto;color:#000;background:#fff}
h1{font-size:16pt}h2{font-size:12pt;margin:1.2em 0 .3em;border-bottom:1px solid #000;break-after:avoid}
p{margin:.1em 0}b{font-weight:600}.i2{margin-left:1.5em}.i4{margin-left:3em}.strong{margin-top:.5em;font-weight:600;break-after:avoid}
.mark{display:inline-block;min-width:1em;font-weight:700}footer{margin-top:2em;font-size:9pt}`

// CardHTML writes a card as a page for print. All that it holds is escaped, and
// it loads nothing.
func CardHTML(w io.Writer, c cdp.Card, lang string, o Options) error {
	d := card.Write(c, lang, o.zone())
	b := bufio.NewWriter(w)
	esc := func(s text.Safe) string { return html.EscapeString(s.String()) }
	b.WriteString("<!DOCTYPE html>\n<html lang=\"" + html.EscapeString(d.Lang) + "\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
	b.WriteString("<title>" + esc(d.Title) + "</title>\n<style>\n" + cardStyle + "\n</style>\n</head>\n<body>\n<h1>" + esc(d.Title) + "</h1>\n")
	line := func(l card.Line) {
		class := map[int]string{2: "i2", 4: "i4"}[l.Indent]
		if l.Strong {
			class = strings.TrimSpace(class + " strong")
		}
		b.WriteString("<p")
		if class != "" {
			b.WriteString(" class=\"" + class + "\"")
		}
		b.WriteString(">")
		if l.Mark != "" {
			b.WriteString("<span class=\"mark\">" + html.EscapeString(l.Mark) + "</span> ")
		}
		if !l.Name.Empty() {
			b.WriteString("<b>" + esc(l.Name) + ":</b> ")
		}
		b.WriteString(esc(o.cardParts(l.Parts)) + "</p>\n")
	}
	for _, l := range d.Head {
		line(l)
	}
	for _, s := range d.Sections {
		b.WriteString("<section>\n<h2>" + esc(s.Title) + "</h2>\n")
		for _, l := range s.Lines {
			line(l)
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("<footer>" + esc(d.Foot) + "</footer>\n</body>\n</html>\n")
	return b.Flush()
}
