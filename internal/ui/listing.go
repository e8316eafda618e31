package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// listing is a screen, or a tab, of a list with a detail pane.
type listing[T any] struct {
	panes
	ses  *session
	rows *list[T]
	info *widget.TextView
	told string // the key of the row that info shows, behind the number of the feed

	title   string // key of the word over the list
	base    address
	crumb   func() text.Safe
	about   func(d *detail, x T)              // writes the detail
	open    func(x T) tea.Cmd                 // enter
	binds   func() []binding                  // further keys
	reveals func() (cdp.Ref, []string)        // nil: nothing is masked here
	extra   func() []text.Safe                // further parts of the status line
	done    func(msg tea.Msg) (bool, tea.Cmd) // takes answers to own reads
	again   func() tea.Cmd                    // reads anew what else is read
	papers  func() []paper                    // for somebody outside; nil for none
	feedNo  *feed[T]
	keep    bool // the other pane does not tell of the row
	ctx     func() context.Context
}

func newListing[T any](s *session, title string, l *list[T]) *listing[T] {
	x := &listing[T]{ses: s, rows: l, title: title, info: widget.NewTextView(s.kit)}
	keys := s.kit.Keys()
	x.panes = panes{kit: s.kit, digits: true, layout: layoutListing, rects: make([]widget.Rect, 2), list: []pane{
		{part: l, title: func() text.Safe { return s.say(x.title) }, footer: l.Footer, moving: rowKeys(keys)},
		{part: x.info, title: func() text.Safe { return s.say("pane.detail") }, moving: textKeys(keys)},
	}}
	return x
}

// layoutListing puts the detail at the right of a wide screen, under the list
// of a high one, and leaves it out else.
func layoutListing(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	switch {
	case w >= 100:
		left, right := all.Right(max(40, w*36/100))
		return []widget.Rect{left, right}
	case h >= 18:
		top, bottom := all.Bottom(max(8, h*2/5))
		return []widget.Rect{top, bottom}
	}
	return []widget.Rect{all, {}}
}

func (x *listing[T]) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	return x.synced(x.rows.Open(ctx))
}

func (x *listing[T]) Close() {
	x.rows.Close()
	x.info.Close()
	x.ctx = nil
}

func (x *listing[T]) Refresh() tea.Cmd {
	cmd := x.rows.Reread()
	if x.again != nil {
		cmd = tea.Batch(cmd, x.again())
	}
	return x.synced(cmd)
}

// Remask shows what may be shown now.
func (x *listing[T]) Remask() tea.Cmd { return x.synced(x.rows.Reread()) }

func (x *listing[T]) Reveals() (cdp.Ref, []string) {
	if x.reveals == nil {
		return cdp.Ref{}, nil
	}
	return x.reveals()
}

func (x *listing[T]) Update(msg tea.Msg) (bool, tea.Cmd) {
	if x.done != nil {
		if ok, cmd := x.done(msg); ok {
			return true, x.synced(cmd)
		}
	}
	if ok, cmd := x.rows.Update(msg); ok {
		return true, x.synced(cmd)
	}
	return x.info.Update(msg)
}

func (x *listing[T]) Key(k tea.KeyPressMsg) (bool, tea.Cmd) {
	ok, cmd := x.panes.Key(k)
	return ok, x.synced(cmd)
}

func (x *listing[T]) Click(px, py int) tea.Cmd { return x.synced(x.panes.Click(px, py)) }
func (x *listing[T]) Wheel(px, py, d int) tea.Cmd {
	return x.synced(x.panes.Wheel(px, py, d))
}

func (x *listing[T]) Resize(w, h int) tea.Cmd { return x.synced(x.panes.Resize(w, h)) }

// synced makes the detail pane tell of the row under the cursor.
func (x *listing[T]) synced(cmd tea.Cmd) tea.Cmd {
	item, ok := x.rows.Item()
	key := ""
	if ok {
		key = x.rows.key(item)
	}
	if key == x.told && x.feedNo == x.rows.feed || x.ctx == nil || x.keep {
		return cmd
	}
	if !ok && x.rows.Position().Loading {
		return cmd // what stood there stays until the answer
	}
	x.told, x.feedNo = key, x.rows.feed
	d := &detail{show: x.ses.show()}
	switch {
	case !ok:
		x.nothing(d)
	case x.about != nil:
		x.about(d, item)
	}
	x.info.Open(x.ctx(), d.lines)
	return cmd
}

// nothing says why there is no row: what could not be read, in full; a filter; or
// what would stand here, and how it comes about.
func (x *listing[T]) nothing(d *detail) {
	why := "empty." + x.title
	if err := x.rows.Failed(); err != nil {
		d.text(widget.Bad, d.say("empty.failed", err.Error()))
	} else if x.rows.Filter() != "" {
		d.text(widget.Dim, d.say("empty.filter", x.rows.Filter()))
	} else if d.lex.has(why) {
		d.text(widget.Dim, d.say(why))
	}
}

func (x *listing[T]) Address() address {
	return x.rows.address(x.base)
}

func (x *listing[T]) Crumb() text.Safe {
	if x.crumb != nil {
		return x.crumb()
	}
	return x.ses.say(x.title)
}

func (x *listing[T]) Status() []text.Safe {
	var out []text.Safe
	if x.extra != nil {
		out = x.extra()
	}
	return append(out, x.rows.status()...)
}

func (x *listing[T]) Bindings() []binding {
	var out []binding
	if x.open != nil {
		out = append(out, binding{id: "open", keys: []string{"enter"}, hint: 1, do: func() tea.Cmd {
			if item, ok := x.rows.Item(); ok {
				return x.open(item)
			}
			return nil
		}, off: x.empty})
	}
	if x.binds != nil {
		out = append(out, x.binds()...)
	}
	return append(out, binding{id: "detail", keys: []string{"d"}, hint: 4, do: func() tea.Cmd {
		if x.focus == 1 {
			_, cmd := x.Back()
			if x.focus == 1 {
				cmd = tea.Batch(cmd, x.to(0))
			}
			return cmd
		}
		return x.to(1)
	}})
}

// empty says that there is no row to act on.
func (x *listing[T]) empty() text.Safe {
	if _, ok := x.rows.Item(); !ok {
		return x.ses.say("off.norow")
	}
	return text.Safe{}
}

// on makes an action of the row under the cursor.
func (x *listing[T]) on(f func(T) tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd {
		if item, ok := x.rows.Item(); ok {
			return f(item)
		}
		return nil
	}
}

// Papers are what the screen can be written as.
func (x *listing[T]) Papers() []paper {
	if x.papers == nil {
		return nil
	}
	return x.papers()
}

func (x *listing[T]) Filter() string             { return x.rows.Filter() }
func (x *listing[T]) SetFilter(q string) tea.Cmd { return x.synced(x.rows.SetFilter(q)) }
func (x *listing[T]) CanSort() bool              { return x.rows.CanSort() }
func (x *listing[T]) Sort() tea.Cmd              { return x.synced(x.rows.Sort()) }
func (x *listing[T]) Goto(row int) tea.Cmd       { return x.synced(x.rows.Goto(row)) }
func (x *listing[T]) Copies() (cdp.Ref, []copyable) {
	return x.ref(), x.rows.copies()
}

// ref is what a copy or an export is about.
func (x *listing[T]) ref() cdp.Ref {
	about, _ := x.Reveals()
	return about
}

func (x *listing[T]) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	return x.ref(), x.rows.writer()
}
