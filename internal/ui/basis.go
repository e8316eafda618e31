package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A based is an interval of a record's basis for a purpose, or that there never
// was one.
type based struct {
	of *cdp.BasisHistory
	no int // of the interval, -1: there never was a basis
}

func (b based) interval() cdp.BasisInterval {
	if b.no < 0 {
		return cdp.BasisInterval{}
	}
	return b.of.Intervals[b.no]
}

// newBasis lists from when to when the records of a profile had a basis for a
// purpose, or for each, what proves it and why it ended.
func newBasis(s *session, a address, id cdp.ProfileID) screen {
	desk := s.desk
	cols := []column[based]{
		{name: "record", min: 9, cell: func(_ show, b based) val { return plain(b.of.Record.String()).in(widget.Accent) }},
		{name: "purpose", min: 12, max: 22, flex: 1, prio: 4, cell: func(_ show, b based) val { return plain(string(b.of.Purpose)) }},
		{name: "from", min: 10, cell: func(s show, b based) val {
			if b.no < 0 {
				return safe(s.say("basis.never")).in(widget.Bad)
			}
			return s.day(b.interval().From)
		}, by: func(a, b based) int { return a.interval().From.Compare(b.interval().From) }},
		{name: "to", min: 10, cell: func(s show, b based) val {
			if b.no >= 0 && b.interval().To.IsZero() {
				return safe(s.say("basis.open")).in(widget.Good)
			}
			return s.day(b.interval().To)
		}, by: func(a, b based) int { return a.interval().To.Compare(b.interval().To) }},
		{name: "law", min: 13, prio: 2, cell: func(_ show, b based) val { return plain(law(b.interval().Verdict)) }},
		{name: "ended", min: 16, flex: 3, prio: 1, cell: func(s show, b based) val {
			switch iv := b.interval(); {
			case b.no < 0:
				return because(b.of.Now.Reason)
			case iv.To.IsZero():
				return val{}
			case iv.Ended.Allow:
				return safe(s.say("basis.taken")).in(widget.Dim)
			default:
				return because(iv.Ended.Reason)
			}
		}},
		{name: "source", min: 10, max: 20, flex: 1, prio: 3, cell: func(_ show, b based) val { return plain(string(b.of.Source)) }},
	}
	l := newList(s, cols, func(b based) string {
		return b.of.Record.String() + "\x00" + string(b.of.Purpose) + "\x00" + itoa(b.no)
	}, a).
		atOnce(func(ctx context.Context) ([]based, error) {
			list, err := desk.Basis(ctx, id)
			var out []based
			for i := range list {
				h := &list[i]
				if a.Of != "" && string(h.Purpose) != a.Of {
					continue
				}
				if len(h.Intervals) == 0 {
					out = append(out, based{h, -1})
				}
				for n := range h.Intervals {
					out = append(out, based{h, n})
				}
			}
			return out, err
		})
	x := newListing(s, "pane.basis", l)
	x.base = address{Screen: "basis", Object: id.String(), Of: a.Of}
	x.crumb = func() text.Safe {
		if a.Of == "" {
			return s.say("screen.basis.all")
		}
		return s.say("screen.basis", a.Of)
	}
	x.about = func(d *detail, b based) {
		d.head(text.Clean(b.of.Record.String()))
		d.fact("field.purpose", plain(string(b.of.Purpose)))
		d.fact("field.title", plain(b.of.Title))
		d.fact("field.source", plain(string(b.of.Source)))
		if b.no >= 0 {
			iv := b.interval()
			d.fact("field.from", d.minute(iv.From))
			d.fact("field.until", d.minute(iv.To))
			d.head(d.say("basis.proof"))
			d.verdict(iv.Verdict)
			if !iv.To.IsZero() {
				d.head(d.say("basis.end"))
				d.verdict(iv.Ended)
			}
		}
		d.head(d.say("basis.now"))
		d.verdict(b.of.Now)
	}
	x.binds = func() []binding {
		return []binding{s.card(func() cdp.ProfileID { return id }, func() string {
			b, ok := x.rows.Item()
			if !ok {
				return ""
			}
			u := cdp.Use{Record: b.of.Record, Activity: b.of.Now.Activity}
			if n := len(b.of.Intervals); u.Activity == "" && n > 0 {
				u.Activity = b.of.Intervals[max(b.no, 0)].Verdict.Activity
			}
			if u.Activity == "" {
				return ""
			}
			return "use:" + u.PartID()
		})}
	}
	x.open = func(b based) tea.Cmd { return s.visit(address{Screen: "record", Object: b.of.Record.String()}) }
	return x
}
