package widget

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"
)

const (
	maxPages = 8 // held at a time
	maxReads = 4 // under way at a time, the given-up ones included
	maxRange = 10_000
)

// pages holds the rows of a table page by page and knows which to read next.
type pages struct {
	loads
	owner    *Table
	src      Source
	held     map[int]*page
	old      map[int]*page // shown until a refresh has read them anew
	clock    int
	flight   map[int]*read
	running  int
	counting bool
	stopLen  context.CancelFunc
	jump     bool // to the end as soon as it is known
	lost     bool // a page behind the end was read: ask for the length again
	n        int
	exact    bool
	lenErr   error
}

type page struct {
	rows []Row
	err  error
	used int // clock when last shown
}

type read struct {
	stop  context.CancelFunc
	given bool // given up
}

type (
	pageMsg struct {
		t     *Table
		gen   uint64
		no    int
		read  *read
		asked int
		rows  []Row
		err   error
	}
	lenMsg struct {
		t     *Table
		gen   uint64
		n     int
		exact bool
		err   error
		end   bool // looked for on purpose
	}
	keysMsg struct {
		t    *Table
		gen  uint64
		keys []string
		err  error
	}
)

func (p *pages) open(ctx context.Context, t *Table, src Source) {
	p.loads.open(ctx)
	*p = pages{loads: p.loads, owner: t, src: src, held: map[int]*page{}, flight: map[int]*read{}}
}

// reopen reads anew; the rows of the window and the count stay until then.
func (p *pages) reopen(ctx context.Context, src Source, top, h int) {
	old, n, owner := map[int]*page{}, p.n, p.owner
	for no, pg := range p.held {
		if pg.err == nil && no >= top/PageRows && no <= (top+h-1)/PageRows {
			old[no] = pg
		}
	}
	p.open(ctx, owner, src)
	p.old, p.n = old, n
}

func (p *pages) close() {
	p.loads.close()
	p.flight, p.running, p.counting, p.jump = map[int]*read{}, 0, false, false
}

// count asks the source how many rows there are.
func (p *pages) count() tea.Cmd {
	src := p.src
	return p.length(func(ctx context.Context) (n int, exact bool, err error) { return src.Len(ctx) }, false)
}

// toEnd looks for the end of a source whose length is not known, to jump there.
func (p *pages) toEnd() tea.Cmd {
	p.jump = true
	e, ok := p.src.(Ender)
	if !ok {
		return p.count()
	}
	return p.length(func(ctx context.Context) (int, bool, error) {
		n, err := e.End(ctx)
		return n, err == nil, err
	}, true)
}

// stay gives up looking for the end.
func (p *pages) stay() {
	p.jump = false
	if p.counting {
		p.stopLen()
	}
}

func (p *pages) length(ask func(context.Context) (int, bool, error), end bool) tea.Cmd {
	if p.start == nil || p.counting {
		return nil
	}
	p.counting, p.lost = true, false
	t, gen := p.owner, p.gen
	cmd, stop := p.start(func(ctx context.Context) tea.Msg {
		m := lenMsg{t: t, gen: gen, end: end}
		m.n, m.exact, m.err = ask(ctx)
		if end && errors.Is(m.err, context.Canceled) {
			m.n, m.exact, m.err = 0, false, nil // given up, not failed
		}
		return m
	})
	p.stopLen = stop
	return cmd
}

// counted takes the answer; false when it is not for this generation.
func (p *pages) counted(m lenMsg) bool {
	if m.gen != p.gen {
		return false
	}
	p.counting = false
	p.lenErr = m.err
	if m.err != nil {
		return true
	}
	if m.exact {
		p.n, p.exact = m.n, true
	} else {
		p.n = max(p.n, m.n)
	}
	return true
}

// fill reads the pages that the window needs, the goal's, and one on each side;
// reads that nobody needs any more are given up.
func (p *pages) fill(top, h, goal int) tea.Cmd {
	if p.start == nil {
		return nil
	}
	p.clock++
	var want []int
	first, last := top/PageRows, (top+h-1)/PageRows
	for no := first; no <= last; no++ {
		want = append(want, no)
	}
	if goal >= 0 {
		want = append(want, goal/PageRows)
	}
	want = append(want, last+1, first-1)

	needed := map[int]bool{}
	var todo []int
	for _, no := range want {
		if no < 0 || needed[no] || !p.exists(no) && (goal < 0 || no != goal/PageRows) {
			continue
		}
		needed[no] = true
		if pg, ok := p.held[no]; ok {
			pg.used = p.clock
		} else if _, ok := p.flight[no]; !ok {
			todo = append(todo, no)
		}
	}
	for no, r := range p.flight {
		if !needed[no] {
			r.given = true
			r.stop()
			delete(p.flight, no)
		}
	}
	var cmds []tea.Cmd
	for _, no := range todo {
		if p.running == maxReads {
			break
		}
		cmds = append(cmds, p.read(no))
	}
	return tea.Batch(cmds...)
}

// exists reports whether page no has rows or may have.
func (p *pages) exists(no int) bool {
	if p.exact {
		return no*PageRows < p.n
	}
	return no*PageRows <= p.n
}

func (p *pages) read(no int) tea.Cmd {
	r := &read{}
	p.flight[no] = r
	p.running++
	t, gen, src := p.owner, p.gen, p.src
	cmd, stop := p.start(func(ctx context.Context) tea.Msg {
		rows, err := src.Page(ctx, no*PageRows, PageRows)
		return pageMsg{t: t, gen: gen, no: no, read: r, asked: PageRows, rows: rows, err: err}
	})
	r.stop = stop
	return cmd
}

// answer takes a page; false when nobody waits for it.
func (p *pages) answer(m pageMsg) bool {
	if m.gen != p.gen {
		return false
	}
	p.running--
	if m.read.given {
		return false
	}
	delete(p.flight, m.no)
	delete(p.old, m.no)
	p.held[m.no] = &page{rows: m.rows, err: m.err, used: p.clock}
	p.evict()
	if m.err != nil {
		return true
	}
	end := m.no*PageRows + len(m.rows)
	switch {
	case len(m.rows) == m.asked:
		if p.exact && end > p.n || !p.exact {
			p.n = max(p.n, end)
		}
	case len(m.rows) > 0 || m.no == 0:
		p.n, p.exact = end, true
		for no := range p.held {
			if no > m.no {
				delete(p.held, no)
			}
		}
	default: // behind the end, wherever that is: the pages before will tell
		p.n = min(p.n, end)
		p.exact = p.n == end
		p.lost = !p.exact
	}
	return true
}

func (p *pages) evict() {
	for len(p.held)+len(p.old) > maxPages {
		oldest, used := -1, 0
		for no, pg := range p.held {
			if oldest < 0 || pg.used < used {
				oldest, used = no, pg.used
			}
		}
		delete(p.held, oldest)
	}
}

// row returns row i when it is held.
func (p *pages) row(i int) (Row, bool) {
	if i < 0 || i >= p.n {
		return Row{}, false
	}
	pg, ok := p.held[i/PageRows]
	if !ok {
		pg, ok = p.old[i/PageRows]
	}
	if !ok || i%PageRows >= len(pg.rows) {
		return Row{}, false
	}
	return pg.rows[i%PageRows], true
}

// void reports whether the page of row i was read and is empty.
func (p *pages) void(i int) bool {
	pg, ok := p.held[i/PageRows]
	return ok && pg.err == nil && len(pg.rows) == 0 && !p.counting && !p.lost
}

func (p *pages) busy() bool { return len(p.flight) > 0 || p.counting }

func (p *pages) failed() bool { return p.firstErr() != nil }

func (p *pages) firstErr() error {
	best, err := -1, p.lenErr
	for no, pg := range p.held {
		if pg.err != nil && (best < 0 || no < best) {
			best, err = no, pg.err
		}
	}
	return err
}

// forgive drops the pages that could not be read, so that fill reads them again.
func (p *pages) forgive() {
	p.lenErr = nil
	for no, pg := range p.held {
		if pg.err != nil {
			delete(p.held, no)
		}
	}
}

// ErrRange is what Err returns when a range was too long to be marked.
var ErrRange = errors.New("a range has at most 10,000 rows: narrow the filter, or mark all")

// keysOf reads the keys of the rows lo to hi.
func (p *pages) keysOf(lo, hi int) tea.Cmd {
	if p.start == nil {
		return nil
	}
	t, gen, src := p.owner, p.gen, p.src
	cmd, _ := p.start(func(ctx context.Context) tea.Msg {
		m := keysMsg{t: t, gen: gen}
		for off := lo - lo%PageRows; off <= hi; off += PageRows {
			rows, err := src.Page(ctx, off, PageRows)
			if err != nil {
				m.err = err
				return m
			}
			for i, r := range rows {
				if off+i >= lo && off+i <= hi {
					m.keys = append(m.keys, r.Key)
				}
			}
			if len(rows) < PageRows {
				break
			}
		}
		return m
	})
	return cmd
}
