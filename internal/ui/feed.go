package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// column is a column of a list, on the screen and in exports.
type column[T any] struct {
	name           string // in exports and addresses; its title is the word "col.<name>"
	min, max, flex int
	prio           int // columns of high prio are left out first
	right          bool
	cell           func(s show, x T) val
	by             func(a, b T) int // order of a whole list; nil: by what is shown
}

// feed makes rows of what a Desk answers. It is used by several commands at a
// time and, but for the items it has seen lately, never changes.
type feed[T any] struct {
	show  show
	cols  []column[T]
	key   func(T) string
	read  func(ctx context.Context, after string, n int) (items []T, next string, err error)
	match matcher
	limit int // of seen items, 0 for none

	mu    sync.Mutex
	seen  map[string]T
	order []string
}

// maxSeen is how many items a paged list keeps for its detail pane; a table
// holds at most 1,024 rows.
const maxSeen = 2048

func (f *feed[T]) keep(key string, x T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen == nil {
		f.seen = map[string]T{}
	}
	if _, ok := f.seen[key]; !ok {
		f.order = append(f.order, key)
	}
	f.seen[key] = x
	if f.limit > 0 && len(f.order) > f.limit {
		delete(f.seen, f.order[0])
		f.order = f.order[1:]
	}
}

func (f *feed[T]) get(key string) (T, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, ok := f.seen[key]
	return x, ok
}

// vals are the values of an item, one for each column.
func (f *feed[T]) vals(x T) []val {
	out := make([]val, len(f.cols))
	for i, c := range f.cols {
		out[i] = c.cell(f.show, x)
	}
	return out
}

func (f *feed[T]) row(x T, vals []val) widget.Row {
	r := widget.Row{Key: f.key(x), Cells: make([]widget.Cell, len(vals))}
	for i, v := range vals {
		r.Cells[i] = widget.Cell{Text: v.text, Style: v.style}
	}
	return r
}

// PageAfter reads rows that match the filter. An anchor is how many items of
// the page behind the Desk's own anchor were passed already: "3:anchor".
func (f *feed[T]) PageAfter(ctx context.Context, anchor string, n int) (rows []widget.Row, next string, err error) {
	err = guard(func() error {
		rows, next, err = f.pageAfter(ctx, anchor, n)
		return err
	})
	return rows, next, err
}

func (f *feed[T]) pageAfter(ctx context.Context, anchor string, n int) ([]widget.Row, string, error) {
	num, after, _ := strings.Cut(anchor, ":")
	skip, _ := strconv.Atoi(num)
	var rows []widget.Row
	for {
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		items, next, err := f.read(ctx, after, widget.PageRows)
		if err != nil {
			return nil, "", err
		}
		for i := min(skip, len(items)); i < len(items); i++ {
			if len(rows) == n {
				return rows, strconv.Itoa(i) + ":" + after, nil
			}
			if vals := f.vals(items[i]); f.match.vals(vals) {
				r := f.row(items[i], vals)
				f.keep(r.Key, items[i])
				rows = append(rows, r)
			}
		}
		if next == "" {
			return rows, "", nil
		}
		if len(rows) == n {
			return rows, "0:" + next, nil
		}
		after, skip = next, 0
	}
}

// wholeSource is the rows of a list that is read at once. It can be sorted.
type wholeSource[T any] struct {
	*feed[T]
	sortBy int // column, -1 for none
	down   bool

	mu   sync.Mutex
	done bool
	rows []widget.Row
}

func (s *wholeSource[T]) load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return nil
	}
	return guard(func() error {
		items, err := s.all(ctx)
		if err != nil {
			return err
		}
		for _, x := range items {
			r := s.row(x, s.vals(x))
			s.keep(r.Key, x)
			s.rows = append(s.rows, r)
		}
		s.done = true
		return nil
	})
}

// keys name the rows that were read.
func (s *wholeSource[T]) keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, len(s.rows))
	for i, r := range s.rows {
		out[i] = r.Key
	}
	return out
}

// all reads every item that matches, in order.
func (s *wholeSource[T]) all(ctx context.Context) ([]T, error) {
	items, _, err := s.read(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	type made struct {
		item T
		vals []val
	}
	var out []made
	for _, x := range items {
		if vals := s.vals(x); s.match.vals(vals) {
			out = append(out, made{x, vals})
		}
	}
	if s.sortBy >= 0 && s.sortBy < len(s.cols) {
		by := s.cols[s.sortBy].by
		slices.SortStableFunc(out, func(a, b made) int {
			var n int
			if by != nil {
				n = by(a.item, b.item)
			} else {
				n = strings.Compare(text.Fold(a.vals[s.sortBy].text.String()), text.Fold(b.vals[s.sortBy].text.String()))
			}
			if s.down {
				n = -n
			}
			return n
		})
	}
	sorted := make([]T, len(out))
	for i, m := range out {
		sorted[i] = m.item
	}
	return sorted, nil
}

func (s *wholeSource[T]) Len(ctx context.Context) (int, bool, error) {
	err := s.load(ctx)
	return len(s.rows), err == nil, err
}

func (s *wholeSource[T]) Page(ctx context.Context, off, n int) ([]widget.Row, error) {
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return widget.Rows(s.rows).Page(ctx, off, n)
}

// matcher is a filter: words that must all be found, each in any column or, as
// "column:word", in one. A ! before it all turns it round. It sees what is
// shown, so that a masked value can not be guessed by filtering.
type matcher struct {
	not   bool
	words []matchWord
}

type matchWord struct {
	col  int // -1: any
	text string
}

func newMatcher(filter string, cols []string) matcher {
	var m matcher
	filter = strings.TrimSpace(filter)
	if rest, ok := strings.CutPrefix(filter, "!"); ok {
		m.not, filter = true, rest
	}
	for _, w := range strings.Fields(filter) {
		x := matchWord{-1, text.Fold(w)}
		if name, rest, ok := strings.Cut(w, ":"); ok {
			if i := slices.Index(cols, strings.ToLower(name)); i >= 0 {
				x = matchWord{i, text.Fold(rest)}
			}
		}
		if x.text != "" {
			m.words = append(m.words, x)
		}
	}
	return m
}

func (m matcher) vals(vals []val) bool {
	if len(m.words) == 0 {
		return true
	}
	folded := make([]string, len(vals))
	for i, v := range vals {
		folded[i] = text.Fold(v.text.String())
	}
	all := true
	for _, w := range m.words {
		found := false
		for i, f := range folded {
			if (w.col < 0 || w.col == i) && strings.Contains(f, w.text) {
				found = true
				break
			}
		}
		if !found {
			all = false
			break
		}
	}
	return all != m.not
}
