package ui

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// Panes of the search screen.
const (
	paneHits = iota
	paneFacets
	paneWhy
)

// search is the search screen: a line for the query, hits, facets, and why the
// hit under the cursor matched.
type search struct {
	panes
	ses    *session
	prompt *widget.Prompt
	typing bool
	hits   *list[cdp.Hit]
	facets *widget.Facets
	why    *widget.TextView
	req    cdp.SearchRequest // what the hits answer
	bad    error             // why the query can not be read
	told   string
	feed   *feed[cdp.Hit]
	ctx    func() context.Context
	meter  meter // of a search through a lens
}

func newSearch(s *session, a address) screen {
	x := &search{ses: s, prompt: widget.NewPrompt(s.kit, text.Concat(text.Lit(" "), s.say("search.label"), text.Lit(" "))), why: widget.NewTextView(s.kit)}
	x.prompt.SetHistory(s.asked)
	x.prompt.SetValue(a.Query)
	x.req = cdp.SearchRequest{Query: a.Query, Facets: map[string][]string{}}
	for _, f := range a.Facets {
		if name, v, ok := strings.Cut(f, "="); ok {
			x.req.Facets[name] = append(x.req.Facets[name], v)
		}
	}
	x.typing = a.Query == "" && len(a.Facets) == 0
	x.hits = newList(s, x.columns(), func(h cdp.Hit) string { return h.Profile.String() }, a)
	x.hits.paged(x.pages())
	x.hits.offsets = func(f *feed[cdp.Hit]) widget.Source {
		return &hitSource{feed: f, desk: s.desk, req: x.req, then: x.then()}
	}
	x.facets = widget.NewFacets(s.kit, x.tick)
	keys := s.kit.Keys()
	x.panes = panes{kit: s.kit, layout: layoutSearch, top: 1, rects: make([]widget.Rect, 3), digits: true, list: []pane{
		paneHits:   {part: hitPart{x}, title: func() text.Safe { return s.say("pane.results") }, footer: x.footer, moving: rowKeys(keys)},
		paneFacets: {part: x.facets, title: func() text.Safe { return s.say("pane.facets") }, moving: append(scrollKeys(keys), keys.Mark)},
		paneWhy:    {part: x.why, title: x.whyTitle, moving: scrollKeys(keys)},
	}}
	x.prompt.SetFocus(x.typing)
	return x
}

// layoutSearch stands under the query's line; panes are hits, facets, why.
func layoutSearch(w, h int) []widget.Rect {
	_, body := widget.NewRect(0, 0, w, h).Top(1)
	facets, rest := body.Left(22)
	if w >= 100 {
		facets, rest = body.Left(28)
	}
	if w < 70 {
		facets, rest = widget.Rect{}, body
	}
	if rest.H >= 24 {
		hits, why := rest.Bottom(max(9, rest.H*2/5))
		return []widget.Rect{hits, facets, why}
	}
	return []widget.Rect{rest, facets, {}}
}

// hitPart shows, in place of the hits, why the query can not be read.
type hitPart struct{ x *search }

func (p hitPart) Key(k tea.KeyPressMsg) (bool, tea.Cmd) { return p.x.hits.Key(k) }
func (p hitPart) SetSize(w, h int) tea.Cmd              { return p.x.hits.SetSize(w, h) }
func (p hitPart) Wheel(d int) tea.Cmd                   { return p.x.hits.Wheel(d) }
func (p hitPart) SetFocus(on bool)                      { p.x.hits.SetFocus(on && !p.x.typing) }
func (p hitPart) Click(cx, cy int) (bool, tea.Cmd)      { return p.x.hits.Click(cx, cy) }
func (p hitPart) View() string {
	var e *query.Error
	if !errors.As(p.x.bad, &e) {
		return p.x.hits.View()
	}
	r := p.x.rects[paneHits]
	var rows []string
	for i, l := range strings.Split(e.Show(p.x.prompt.Value()), "\n") {
		style := widget.Plain
		if i > 0 {
			style = widget.Bad
		}
		rows = append(rows, p.x.kit.Line(r.W-2, widget.S(style, text.Clean(l))))
	}
	return widget.Fit(strings.Join(rows, "\n"), r.W-2, r.H-2)
}

func (x *search) columns() []column[cdp.Hit] {
	about := func(h cdp.Hit) cdp.Ref { return cdp.Ref{Kind: "profile", ID: h.Profile.String()} }
	return []column[cdp.Hit]{
		{name: "profile", min: 9, cell: func(_ show, h cdp.Hit) val { return plain(h.Profile.String()).in(widget.Accent) }},
		{name: "name", min: 12, max: 30, flex: 3, cell: func(s show, h cdp.Hit) val { return s.personal(about(h), fieldName, "name", h.Name.Reveal()) }},
		{name: "match", min: 8, max: 16, flex: 1, cell: func(s show, h cdp.Hit) val { return matched(s, h) }},
		{name: "city", min: 8, max: 18, flex: 1, prio: 3, cell: func(s show, h cdp.Hit) val { return s.personal(about(h), fieldCity, "name", h.City.Reveal()) }},
		{name: "country", min: 7, prio: 5, cell: func(_ show, h cdp.Hit) val { return plain(h.Country) }},
		{name: "records", min: 7, right: true, prio: 4, cell: func(_ show, h cdp.Hit) val { return number(h.Records) }},
		{name: "basis", min: 12, max: 30, flex: 1, prio: 2, cell: func(s show, h cdp.Hit) val { return basesOf(s, h.Bases) }},
		{name: "sources", min: 12, max: 30, flex: 1, prio: 3, cell: func(_ show, h cdp.Hit) val { return names(h.Sources) }},
		{name: "score", min: 5, right: true, prio: 6, cell: func(_ show, h cdp.Hit) val { return plain(strconv.FormatFloat(h.Score, 'f', 1, 64)) }},
		{name: "seen", min: 6, prio: 1, cell: func(s show, h cdp.Hit) val { return s.ago(h.Seen) }},
	}
}

func matched(s show, h cdp.Hit) val {
	var out []text.Safe
	var raw []string
	for _, m := range h.Matched {
		if !slices.Contains(raw, m.Field) {
			raw = append(raw, m.Field)
			out = append(out, s.lex.term("kind", m.Field))
		}
	}
	return val{text: text.Join(text.Lit(", "), out...), raw: strings.Join(raw, ", ")}
}

func basesOf(s show, list []cdp.BasisKind) val {
	var out []text.Safe
	for _, b := range list {
		out = append(out, s.lex.term("basis", string(b)))
	}
	return val{text: text.Join(text.Lit(", "), out...), raw: names(list).raw}
}

// pages reads hits one page after the other, for exports.
func (x *search) pages() func(context.Context, string, int) ([]cdp.Hit, string, error) {
	desk, req, then := x.ses.desk, x.req, x.then()
	return func(ctx context.Context, after string, n int) ([]cdp.Hit, string, error) {
		if then != nil { // the store is read once for all there are
			r := req
			r.Limit, r.Bare = hitsThen, true
			ans, err := desk.SearchThen(ctx, r, nil)
			if err == nil && ans.Partial != "" { // a file does not say that it is cut
				err = errors.New(ans.Partial)
			}
			return ans.Hits, "", err
		}
		r := req
		r.Offset, _ = strconv.Atoi(after)
		r.Limit = n
		ans, err := desk.Search(ctx, r)
		if err != nil {
			return nil, "", err
		}
		next := r.Offset + len(ans.Hits)
		if len(ans.Hits) == 0 || next >= ans.Total {
			return ans.Hits, "", nil
		}
		return ans.Hits, strconv.Itoa(next), nil
	}
}

// hitSource gives rows by offset, which the index can; the first page's answer
// serves the count too, so that one search is one search in the log.
type hitSource struct {
	*feed[cdp.Hit]
	desk Searcher
	req  cdp.SearchRequest
	then func(records int) // progress of a search through a lens; nil for one of the present

	mu    sync.Mutex // held while the first page is asked for
	first atomic.Pointer[cdp.SearchAnswer]
}

func (s *hitSource) answer(ctx context.Context) (ans cdp.SearchAnswer, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.first.Load(); a != nil {
		return *a, nil
	}
	err = guard(func() error {
		r := s.req
		if r.Limit = widget.PageRows; s.then != nil {
			r.Limit = hitsThen
			ans, err = s.desk.SearchThen(ctx, r, s.then)
			return err
		}
		ans, err = s.desk.Search(ctx, r)
		return err
	})
	if err == nil {
		s.first.Store(&ans)
	}
	return ans, err
}

func (s *hitSource) Len(ctx context.Context) (int, bool, error) {
	ans, err := s.answer(ctx)
	if s.then != nil {
		return len(ans.Hits), err == nil, err
	}
	return ans.Total, err == nil, err
}

// hitsThen is how many hits of a search through a lens are listed: each page
// would read the store again.
const hitsThen = 1_000

// then is told how far a search through a lens is; nil when there is none.
func (x *search) then() func(int) {
	if l := x.ses.lens; l.IsNow() || l.Purpose != "" {
		return nil
	}
	return x.meter.count
}

func (s *hitSource) Page(ctx context.Context, off, n int) (rows []widget.Row, err error) {
	var ans cdp.SearchAnswer
	switch {
	case s.then != nil:
		ans, err = s.answer(ctx)
		ans.Hits = ans.Hits[min(off, len(ans.Hits)):min(off+n, len(ans.Hits))]
	case off == 0:
		ans, err = s.answer(ctx)
	default:
		err = guard(func() error {
			r := s.req
			r.Offset, r.Limit = off, n
			ans, err = s.desk.Search(ctx, r)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	for _, h := range ans.Hits {
		r := s.row(h, s.vals(h))
		s.keep(r.Key, h)
		rows = append(rows, r)
	}
	return rows, nil
}

// ask runs the query that is typed, unless it can not be read.
func (x *search) ask() tea.Cmd {
	q := x.prompt.Value()
	if _, err := query.Parse(q); err != nil {
		x.bad = err
		return nil
	}
	x.bad = nil
	x.prompt.Remember(q)
	x.ses.remember(q)
	if x.req.Query != q {
		x.req = cdp.SearchRequest{Query: q, Facets: map[string][]string{}}
	}
	x.setTyping(false)
	return x.again()
}

// again asks anew for the present request, from the first hit on.
func (x *search) again() tea.Cmd {
	x.hits.Close()
	x.hits.feed, x.hits.row = nil, 0
	x.hits.paged(x.pages())
	if x.ctx == nil {
		return nil
	}
	return x.synced(x.metered(x.hits.Open(x.ctx())))
}

func (x *search) tick(facet, value string, on bool) tea.Cmd {
	facets := map[string][]string{}
	for k, v := range x.req.Facets { // the old map may be in use by a command
		facets[k] = slices.Clone(v)
	}
	if on {
		facets[facet] = append(facets[facet], value)
	} else {
		facets[facet] = slices.DeleteFunc(facets[facet], func(v string) bool { return v == value })
	}
	if len(facets[facet]) == 0 {
		delete(facets, facet)
	}
	x.req.Facets = facets
	return x.again()
}

// source is what the hits are read from.
func (x *search) source() *hitSource {
	s, _ := x.hits.src.(*hitSource)
	return s
}

// footer tells where the cursor stands, once something was asked.
func (x *search) footer() text.Safe {
	if x.hits.feed == nil {
		return text.Safe{}
	}
	return x.hits.Footer()
}
