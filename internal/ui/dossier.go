package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// dossier is a screen of one thing: a card that tells of it as a whole, and a
// list of what it consists of. All of it is one answer.
type dossier[V, T any] struct {
	*listing[T]
	load   load[V]
	card   *widget.TextView
	read   func(context.Context) (V, error)
	parts  func(V) []T                   // rows of the list
	tell   func(d *detail, v V)          // writes the card
	failed func(err text.Safe) text.Safe // what stands in place of an answer that there is not
	taken  func(V) tea.Cmd               // a new answer is there; nil for nothing
}

func newDossier[V, T any](s *session, title string, cols []column[T], key func(T) string, a address) *dossier[V, T] {
	x := &dossier[V, T]{card: widget.NewTextView(s.kit)}
	l := newList(s, cols, key, a)
	l.renew = func() { // taken now: what is read in commands must not change
		var parts []T
		if x.load.ok {
			parts = x.parts(x.load.val)
		}
		l.atOnce(func(context.Context) ([]T, error) { return parts, nil })
	}
	x.listing = newListing(s, title, l)
	x.panes.layout = layoutDossier
	x.panes.list = append(x.panes.list, pane{part: x.card, title: func() text.Safe { return x.Crumb() }, moving: textKeys(s.kit.Keys())})
	x.rects = make([]widget.Rect, 3)
	return x
}

func (x *dossier[V, T]) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	x.card.Resume(ctx)
	if x.load.ok {
		return x.listing.Open(ctx)
	}
	return x.Refresh()
}

func (x *dossier[V, T]) Close() {
	x.load.end()
	x.card.Close()
	x.listing.Close()
}

func (x *dossier[V, T]) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	return x.load.start(x.ctx(), x.ses.env.Now, x.read)
}

// Remask shows what may be shown now.
func (x *dossier[V, T]) Remask() tea.Cmd {
	if x.ctx == nil || !x.load.ok {
		return nil
	}
	return x.present()
}

func (x *dossier[V, T]) present() tea.Cmd {
	d := &detail{show: x.ses.show()}
	x.tell(d, x.load.val)
	x.card.Open(x.ctx(), d.lines)
	if x.rows.feed == nil {
		return x.listing.Open(x.ctx())
	}
	return x.synced(x.rows.Reread())
}

func (x *dossier[V, T]) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.load.take(msg); mine {
		if !fresh || x.ctx == nil || x.load.err != nil {
			return true, x.ses.stale(fresh, x.load.ok, x.load.err)
		}
		cmd := x.present()
		if x.taken != nil {
			cmd = tea.Batch(cmd, x.taken(x.load.val))
		}
		return true, cmd
	}
	if ok, cmd := x.listing.Update(msg); ok {
		return true, cmd
	}
	return x.card.Update(msg)
}

func (x *dossier[V, T]) View() string {
	if x.load.err != nil && !x.load.ok {
		var lines []string
		for _, l := range text.Wrap(x.failed(text.Clean(x.load.err.Error())), x.w) {
			lines = append(lines, x.kit.Line(x.w, widget.S(widget.Bad, l)))
		}
		return widget.Fit(strings.Join(lines, "\n"), x.w, x.h)
	}
	return x.listing.View()
}

// unread says that there is no answer to act on yet.
func (x *dossier[V, T]) unread() text.Safe {
	if !x.load.ok {
		return x.ses.say("off.norow")
	}
	return text.Safe{}
}

// layoutWide is the parts in all the width, for what has many columns, over
// their detail and the card.
func layoutWide(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	if h < 18 {
		return []widget.Rect{all, {}, {}}
	}
	parts, below := all.Bottom(max(9, h*2/5))
	c := below.Columns(3, 2)
	return []widget.Rect{parts, c[0], c[1]}
}

// layoutDossier is the parts over their detail, beside the card.
func layoutDossier(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	switch {
	case w >= 100:
		left, right := all.Right(max(40, w*36/100))
		if h >= 20 {
			facts, info := left.Bottom(h * 2 / 5)
			return []widget.Rect{facts, info, right}
		}
		return []widget.Rect{left, {}, right}
	case h >= 18:
		card, facts := all.Top(h * 45 / 100)
		return []widget.Rect{facts, {}, card}
	}
	return []widget.Rect{all, {}, {}}
}
