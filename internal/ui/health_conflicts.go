package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// newConflicts lists identifiers that join nothing because what they would
// join must stay apart: for a person to judge.
func newConflicts(s *session, a address) screen {
	desk := s.desk
	about := func(c cdp.Conflict) cdp.Ref { return cdp.Ref{Kind: "identifier", ID: c.Identifier.String()} }
	cols := []column[cdp.Conflict]{
		{name: "state", min: 9, cell: func(s show, c cdp.Conflict) val { return s.joins(false, c.State) }},
		{name: "identifier", min: 16, max: 36, flex: 1, cell: func(s show, c cdp.Conflict) val { return s.named(about(c), c.Identifier) }},
		{name: "class", min: 5, prio: 4, cell: func(_ show, c cdp.Conflict) val { return plain(c.Class) }},
		{name: "profiles", min: 8, right: true, cell: func(_ show, c cdp.Conflict) val { return atLeast(len(c.Sides), c.Bound) }},
		{name: "records", min: 7, right: true, prio: 1, cell: func(_ show, c cdp.Conflict) val { return atLeast(c.Records, c.Bound) }},
		{name: "reason", min: 24, flex: 3, cell: func(_ show, c cdp.Conflict) val { return plain(strings.Join(c.Why, "; ")) }},
	}
	l := newList(s, cols, func(c cdp.Conflict) string {
		return string(c.Identifier.Kind()) + "\x00" + c.Identifier.Reveal() + "\x00" + c.Controller
	}, a)
	l.paged(func(ctx context.Context, after string, n int) ([]cdp.Conflict, string, error) {
		if n == 0 {
			return nil, "", nil
		}
		page, err := desk.Conflicts(ctx, after, n)
		return page.Items, page.Next, err
	})
	x := newListing(s, "screen.conflicts", l)
	x.base = address{Screen: "conflicts"}
	x.about = func(d *detail, c cdp.Conflict) {
		d.value("field.identifier", d.named(about(c), c.Identifier))
		d.fact("field.state", d.standing(c.State))
		for _, w := range c.Why {
			d.text(widget.Strong, text.Clean(w))
		}
		d.head(d.say("conflict.sides", len(c.Sides)))
		for _, side := range c.Sides {
			d.text(widget.Plain, d.say("conflict.side", side.Profile, side.Carriers, side.Records))
		}
		if c.Bound {
			d.text(widget.Warn, d.say("conflict.bound"))
		}
		d.gap()
		d.fact("field.tag", plain(c.Identifier.String()))
		d.fact("field.class", plain(c.Class))
		d.fact("field.controller", plain(c.Controller))
	}
	x.reveals = func() (cdp.Ref, []string) {
		if c, ok := l.Item(); ok {
			return about(c), []string{string(c.Identifier.Kind())}
		}
		return cdp.Ref{}, nil
	}
	side := func(n int) func() string {
		return func() string {
			if c, ok := l.Item(); ok && n < len(c.Sides) {
				return c.Sides[n].Profile.String()
			}
			return ""
		}
	}
	x.open = func(c cdp.Conflict) tea.Cmd {
		ids := make([]cdp.ProfileID, len(c.Sides))
		for i, side := range c.Sides {
			ids[i] = side.Profile
		}
		return chooseProfile(s, s.say("conflict.which"), ids)
	}
	x.binds = func() []binding {
		return append([]binding{{id: "whynot", keys: []string{"w"}, hint: 2, do: func() tea.Cmd {
			return s.visit(address{Screen: "why", Object: side(0)(), Of: side(1)()})
		}, off: func() text.Safe {
			if side(1)() == "" {
				return s.say("off.oneside")
			}
			return text.Safe{}
		}}}, s.pairs(3, side(0), side(1))...)
	}
	return x
}

// atLeast is a number, or a bound of it.
func atLeast(n int, bound bool) val {
	v := number(n)
	if bound {
		v.text = text.Concat(v.text, text.Lit("+"))
	}
	return v
}
