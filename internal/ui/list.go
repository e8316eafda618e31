package ui

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// list is a table over a Desk's answers, with a filter and, when it is read at
// once, an order.
type list[T any] struct {
	*widget.Table
	ses   *session
	cols  []column[T]
	key   func(T) string
	read  func(ctx context.Context, after string, n int) (items []T, next string, err error)
	whole bool   // read answers everything at once
	renew func() // makes read anew before rows are read; nil for nothing

	offsets func(*feed[T]) widget.Source // instead of read where rows have offsets; nil for none
	src     widget.Source

	filter  string
	sortBy  int
	down    bool
	row     int // to go to when opened, from an address
	feed    *feed[T]
	context func() context.Context // while open
	at      time.Time              // when it was read
}

func newList[T any](s *session, cols []column[T], key func(T) string, a address) *list[T] {
	l := &list[T]{ses: s, cols: cols, key: key, sortBy: -1, filter: a.Filter, row: a.Row}
	wide := make([]widget.Column, len(cols))
	for i, c := range cols {
		wide[i] = widget.Column{Title: s.say("col." + c.name), Min: c.min, Max: c.max, Flex: c.flex, Priority: c.prio, Right: c.right}
	}
	l.Table = widget.NewTable(s.kit, wide)
	l.SetColumnCursor(true)
	name := a.Sort
	if l.down = strings.HasPrefix(name, "-"); l.down {
		name = name[1:]
	}
	l.sortBy = slices.Index(l.names(), name)
	return l
}

// paged makes it read page by page.
func (l *list[T]) paged(read func(ctx context.Context, after string, n int) ([]T, string, error)) *list[T] {
	l.read = read
	return l
}

// numbered makes it read page by page where a page begins behind the number of
// the one before it, at 0; one with less items than were asked for is the last.
func (l *list[T]) numbered(number func(T) uint64, read func(ctx context.Context, from uint64, n int) ([]T, error)) *list[T] {
	return l.paged(func(ctx context.Context, after string, n int) ([]T, string, error) {
		from, _ := strconv.ParseUint(after, 10, 64)
		items, err := read(ctx, from, n)
		if err != nil || len(items) < n || n == 0 {
			return items, "", err
		}
		return items, strconv.FormatUint(number(items[len(items)-1]), 10), nil
	})
}

// atOnce makes it read everything at once.
func (l *list[T]) atOnce(read func(ctx context.Context) ([]T, error)) *list[T] {
	l.whole = true
	l.read = func(ctx context.Context, _ string, _ int) ([]T, string, error) {
		items, err := read(ctx)
		return items, "", err
	}
	return l
}

func (l *list[T]) names() []string {
	out := make([]string, len(l.cols))
	for i, c := range l.cols {
		out[i] = c.name
	}
	return out
}

// source is the rows as they may be shown now.
func (l *list[T]) source() (*feed[T], widget.Source) {
	if l.renew != nil {
		l.renew()
	}
	f := &feed[T]{show: l.ses.show(), cols: l.cols, key: l.key, read: l.read, match: newMatcher(l.filter, l.names())}
	if l.whole {
		return f, &wholeSource[T]{feed: f, sortBy: l.sortBy, down: l.down}
	}
	f.limit = maxSeen
	if l.offsets != nil {
		return f, l.offsets(f)
	}
	return f, widget.Keyed(f)
}

func (l *list[T]) Open(ctx context.Context) tea.Cmd {
	l.context = func() context.Context { return ctx }
	if l.feed != nil {
		return l.Resume(ctx)
	}
	f, src := l.source()
	l.feed, l.src, l.at = f, src, l.ses.env.Now()
	l.showSort()
	cmd := l.Table.Open(ctx, src)
	if l.row > 0 {
		cmd = tea.Batch(cmd, l.Goto(l.row))
	}
	return cmd
}

func (l *list[T]) Close() {
	l.Table.Close()
	l.context = nil
}

// Reread reads anew and stays where it is.
func (l *list[T]) Reread() tea.Cmd {
	if l.context == nil {
		l.feed = nil // the next Open reads
		l.row = l.Position().Cursor
		return nil
	}
	f, src := l.source()
	l.feed, l.src, l.at = f, src, l.ses.env.Now()
	return l.Refresh(l.context(), src)
}

func (l *list[T]) Filter() string { return l.filter }

// SetFilter shows only what matches, from the first row on.
func (l *list[T]) SetFilter(q string) tea.Cmd {
	if q == l.filter {
		return nil
	}
	l.filter, l.row = q, 0
	if l.context == nil {
		l.feed = nil
		return nil
	}
	f, src := l.source()
	l.feed, l.src = f, src
	return l.Table.Open(l.context(), src)
}

func (l *list[T]) CanSort() bool { return l.whole }

// Sort orders by the column of the cursor: up, then down, then as it was.
func (l *list[T]) Sort() tea.Cmd {
	switch c := l.Column(); {
	case l.sortBy != c:
		l.sortBy, l.down = c, false
	case !l.down:
		l.down = true
	default:
		l.sortBy, l.down = -1, false
	}
	l.showSort()
	return l.Reread()
}

func (l *list[T]) showSort() {
	order := widget.Ascending
	if l.down {
		order = widget.Descending
	}
	l.SetSort(l.sortBy, order)
}

// Item is what the cursor stands on.
func (l *list[T]) Item() (T, bool) {
	var none T
	r, ok := l.Current()
	if !ok || l.feed == nil {
		return none, false
	}
	return l.feed.get(r.Key)
}

// address adds where the list stands.
func (l *list[T]) address(a address) address {
	a.Filter, a.Row = l.filter, l.Position().Cursor
	if l.feed == nil {
		a.Row = l.row
	}
	if l.sortBy >= 0 {
		a.Sort = l.cols[l.sortBy].name
		if l.down {
			a.Sort = "-" + a.Sort
		}
	}
	return a
}

// status says what is left out and in which order the rest stands.
func (l *list[T]) status() (out []text.Safe) {
	if l.filter != "" {
		out = append(out, l.ses.say("status.filter", l.filter))
	}
	if l.sortBy >= 0 {
		key := "status.up"
		if l.down {
			key = "status.down"
		}
		out = append(out, l.ses.say(key, l.ses.say("col."+l.cols[l.sortBy].name)))
	}
	if !l.at.IsZero() {
		out = append(out, l.ses.say("status.asof", l.ses.show().time(l.at, time.TimeOnly).text))
	}
	return out
}

// writer returns what writes all rows, or the marked ones, to an export.
func (l *list[T]) writer() func(ctx context.Context, to *sheet) error {
	f, src := l.source()
	marks := l.Marks()
	names := l.names()
	return func(ctx context.Context, to *sheet) error {
		if err := to.head(names...); err != nil {
			return err
		}
		emit := func(x T) error {
			if _, on := slices.BinarySearch(marks.Keys, f.key(x)); (marks.All || len(marks.Keys) > 0) && on == marks.All {
				return nil
			}
			return to.row(f.vals(x)...)
		}
		if w, ok := src.(*wholeSource[T]); ok {
			items, err := w.all(ctx)
			if err != nil {
				return err
			}
			for _, x := range items {
				if err := emit(x); err != nil {
					return err
				}
			}
			return nil
		}
		return f.each(ctx, emit)
	}
}

// each reads all items that match, page by page.
func (f *feed[T]) each(ctx context.Context, emit func(T) error) error {
	after := ""
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		items, next, err := f.read(ctx, after, widget.PageRows)
		if err != nil {
			return err
		}
		for _, x := range items {
			if !f.match.vals(f.vals(x)) {
				continue
			}
			if err := emit(x); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		if next == after {
			return errors.New("the list does not go on: please report it")
		}
		after = next
	}
}

// copies are what can be copied of the row under the cursor.
func (l *list[T]) copies() []copyable {
	x, ok := l.Item()
	if !ok {
		return nil
	}
	vals := l.feed.vals(x)
	var out []copyable
	add := func(key string, what text.Safe, s string, clear bool) {
		out = append(out, copyable{label: l.ses.say(key, what), text: s, clear: clear})
	}
	if c := l.Column(); c >= 0 && c < len(vals) {
		add("copy.cell", l.ses.say("col."+l.cols[c].name), vals[c].raw, vals[c].clear)
	}
	sh := &sheet{json: true, names: l.names()}
	if err := sh.row(vals...); err == nil {
		raw := make([]string, len(vals))
		for i, v := range vals {
			raw[i] = text.Clean(v.raw).String() // a tab in a value must not part it
		}
		add("copy.row", text.Safe{}, strings.Join(raw, "\t"), sh.clear)
		add("copy.json", text.Safe{}, strings.TrimRight(sh.buf.String(), "\n"), sh.clear)
	}
	return out
}
