package widget

import (
	"context"
	"sync"

	"cdp-tui/internal/text"
)

// PageRows is the number of rows a table asks for at once; offsets are its multiples.
const PageRows = 128

// Cell is one field of a row.
type Cell struct {
	Text  text.Safe
	Style Style
}

// Row is one row of a table. Key names what it shows, for marks; it is never drawn.
type Row struct {
	Key   string
	Cells []Cell
}

// Source is where a table's rows come from. Its methods are called in commands,
// several at a time, and must return when ctx is done. Filter and order are the
// source's own.
type Source interface {
	// Len returns the number of rows; exact is false when there are at least n.
	Len(ctx context.Context) (n int, exact bool, err error)
	// Page returns up to n rows from offset off. Fewer mean that the rows end there.
	Page(ctx context.Context, off, n int) ([]Row, error)
}

// Ender is a Source that can find its end when asked, though Len does not know it.
type Ender interface {
	End(ctx context.Context) (n int, err error)
}

// Pager reads rows in the order of their keys. It returns up to n rows after
// anchor (from the first with an empty one) and the anchor after which the
// following page begins, empty at the end.
type Pager interface {
	PageAfter(ctx context.Context, anchor string, n int) (rows []Row, next string, err error)
}

// keyed gives offsets to a Pager: it remembers the anchor of each page met.
type keyed struct {
	pager Pager

	mu      sync.Mutex
	anchors []string // of page i: what PageAfter is to be given; the first is ""
	known   int      // rows met
	ended   bool
}

// Keyed makes a Source of a Pager. It keeps one anchor for each page it met; its
// count is "at least" until the end was met. Going far ahead reads the pages in
// between, one at a time, and stops when the context is done.
func Keyed(p Pager) Source { return &keyed{pager: p, anchors: []string{""}} }

func (k *keyed) Len(context.Context) (int, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known, k.ended, nil
}

func (k *keyed) Page(ctx context.Context, off, n int) ([]Row, error) {
	page := off / PageRows
	for {
		anchor, at, ok := k.nearest(page)
		if !ok {
			return nil, nil // behind the end
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows, next, err := k.pager.PageAfter(ctx, anchor, PageRows)
		if err != nil {
			return nil, err
		}
		k.met(at, len(rows), next)
		if at == page {
			skip := min(off%PageRows, len(rows))
			return rows[skip:min(len(rows), skip+n)], nil
		}
	}
}

// End walks to the end.
func (k *keyed) End(ctx context.Context) (int, error) {
	for {
		k.mu.Lock()
		last, known, ended := len(k.anchors)-1, k.known, k.ended
		k.mu.Unlock()
		if ended {
			return known, nil
		}
		if _, err := k.Page(ctx, last*PageRows, PageRows); err != nil {
			return 0, err
		}
	}
}

// nearest returns the last page not after the wanted one whose anchor is known.
func (k *keyed) nearest(page int) (anchor string, at int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if page < len(k.anchors) {
		return k.anchors[page], page, true
	}
	if k.ended {
		return "", 0, false
	}
	at = len(k.anchors) - 1
	return k.anchors[at], at, true
}

func (k *keyed) met(page, rows int, next string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = max(k.known, page*PageRows+rows)
	if page != len(k.anchors)-1 {
		return
	}
	if next == "" || rows < PageRows {
		k.ended = true
		return
	}
	k.ended = false
	k.anchors = append(k.anchors, next)
}

// Rows is a Source of rows that are at hand; for short lists.
type Rows []Row

// Len returns the number of rows.
func (r Rows) Len(context.Context) (int, bool, error) { return len(r), true, nil }

// Page returns the rows from off.
func (r Rows) Page(_ context.Context, off, n int) ([]Row, error) {
	off = min(off, len(r))
	return r[off:min(len(r), off+n)], nil
}
