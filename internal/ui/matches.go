package ui

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// matches is the queue of possible matches, or those of one profile.
type matches struct {
	*listing[cdp.PossibleMatch]
	counts load[cdp.MatchCounts]
}

// newMatches lists profiles that may be one person, the likeliest first.
func newMatches(s *session, a address) screen {
	desk := s.desk
	f := cdp.MatchFilter{}
	if p, err := cdp.ParseProfileID(a.Object); err == nil {
		f.Profile, f.Related = p, true
	}
	cols := []column[cdp.PossibleMatch]{
		{name: "score", min: 6, right: true, cell: func(_ show, m cdp.PossibleMatch) val { return points(m.Score) }},
		{name: "level", min: 8, cell: func(s show, m cdp.PossibleMatch) val { return s.level(m) }},
		{name: "profile", min: 9, cell: func(_ show, m cdp.PossibleMatch) val { return plain(m.A.String()).in(widget.Accent) }},
		{name: "other", min: 9, cell: func(_ show, m cdp.PossibleMatch) val { return plain(m.B.String()).in(widget.Accent) }},
		{name: "note", min: 9, cell: func(s show, m cdp.PossibleMatch) val { return s.matchNote(m) }},
		{name: "fields", min: 14, flex: 2, cell: func(s show, m cdp.PossibleMatch) val { return s.speaks(m) }},
	}
	l := newList(s, cols, func(m cdp.PossibleMatch) string { return m.A.String() + m.B.String() }, a)
	l.paged(func(ctx context.Context, after string, n int) ([]cdp.PossibleMatch, string, error) {
		f := f
		f.From, f.Limit = after, n
		page, err := desk.Matches(ctx, f)
		if err != nil || !page.More {
			return page.Items, "", err
		}
		return page.Items, page.Next, nil
	})
	x := &matches{listing: newListing(s, "screen.matches", l)}
	x.base = address{Screen: "matches", Object: a.Object}
	x.crumb = func() text.Safe {
		if f.Profile != 0 {
			return s.say("screen.matches.of", f.Profile)
		}
		return s.say("screen.matches")
	}
	x.about = func(d *detail, m cdp.PossibleMatch) {
		d.head(text.Join(text.Lit(" – "), text.Clean(m.A.String()), text.Clean(m.B.String())))
		tellMatch(d, m)
		for _, f := range m.Fields {
			d.head(text.Join(text.Lit("  "), d.lex.term("kind", f.Name), points(f.Points).text, d.lex.term("how", f.How)))
			d.text(widget.Plain, text.Clean(f.Why))
		}
	}
	x.open = func(m cdp.PossibleMatch) tea.Cmd { return s.visit(matchAddress(m)) }
	x.again = x.count
	x.done = func(msg tea.Msg) (bool, tea.Cmd) {
		mine, _ := x.counts.take(msg)
		return mine, nil
	}
	x.extra = func() []text.Safe {
		n := x.counts.val
		if !x.counts.ok {
			return nil
		}
		out := []text.Safe{s.say("match.open", n.Open), s.say("match.unsure", n.Unsure), s.say("match.ambiguous", n.Ambiguous)}
		if !n.Made {
			return append(out, s.say("match.unmade"))
		}
		if n.Behind > 0 {
			out = append(out, s.say("match.behind", strconv.FormatUint(n.Behind, 10)))
		}
		return out
	}
	return x
}

func (x *matches) Open(ctx context.Context) tea.Cmd {
	cmd := x.listing.Open(ctx)
	return tea.Batch(cmd, x.count())
}

func (x *matches) Close() {
	x.counts.end()
	x.listing.Close()
}

// count reads how long the queue is.
func (x *matches) count() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	return x.counts.start(x.ctx(), x.ses.env.Now, x.ses.desk.MatchCounts)
}

func matchAddress(m cdp.PossibleMatch) address {
	return address{Screen: "match", Object: m.A.String(), Of: m.B.String()}
}

// points are a score or what a field adds to it.
func points(p float64) val {
	v := plain(fmt.Sprintf("%+.2f", p))
	switch {
	case p == 0:
		v = plain("0.00")
	case p > 0:
		v.style = widget.Good
	case p < 0:
		v.style = widget.Bad
	}
	return v
}

func (s show) level(m cdp.PossibleMatch) val {
	v := val{text: s.lex.term("matchlevel", m.Level), raw: m.Level}
	if m.Level == "possible" {
		v.style = widget.Strong
	}
	return v
}

// matchNote is what must not be overlooked of a possible match.
func (s show) matchNote(m cdp.PossibleMatch) val {
	switch {
	case m.Unsure != nil:
		return val{text: s.say("match.isunsure"), raw: "unsure", style: widget.Dim}
	case m.Ambiguous:
		return val{text: s.say("match.isambiguous"), raw: "ambiguous", style: widget.Warn}
	}
	return val{}
}

// speaks names the fields that speak for a match, and those that speak against it.
func (s show) speaks(m cdp.PossibleMatch) val {
	var out []text.Safe
	raw := ""
	for _, f := range m.Fields {
		if f.Points == 0 {
			continue
		}
		sign := "+"
		if f.Points < 0 {
			sign = "-"
		}
		out = append(out, text.Concat(text.Clean(sign), s.lex.term("kind", f.Name)))
		raw += " " + sign + f.Name
	}
	return val{text: text.Join(text.Lit(" "), out...), raw: raw}
}

func tellMatch(d *detail, m cdp.PossibleMatch) {
	d.fact("field.score", points(m.Score))
	d.fact("field.level", d.level(m))
	if m.Ambiguous {
		d.text(widget.Warn, d.say("match.ambiguous.what"))
	}
	if u := m.Unsure; u != nil {
		d.text(widget.Warn, d.say("match.unsure.what", u.By, d.minute(u.At).text))
		d.fact("field.reason", plain(u.Reason))
	}
}
