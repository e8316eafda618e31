package ui

import (
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A once is an answer for which the whole store is read: it is made again only
// when asked for, not when a list is sorted. Only read waits.
type once[T any] struct {
	mu    sync.Mutex
	last  atomic.Pointer[T]
	stale atomic.Bool
}

func (o *once[T]) read(f func() (T, error)) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.last.Load(); p != nil && !o.stale.Load() {
		return *p, nil
	}
	v, err := f()
	if err == nil {
		o.stale.Store(false)
		o.last.Store(&v)
	}
	return v, err
}

// forget makes the next read make it again.
func (o *once[T]) forget() tea.Cmd {
	o.stale.Store(true)
	return nil
}

// newRopa is the Art. 30 register beside what the store was seen to do: a row
// for each activity, and a red one for each source with something that none of
// its activities covers.
func newRopa(s *session, a address) screen {
	desk, cache := s.desk, &once[cdp.Ropa]{}
	cols := []column[cdp.RopaRow]{
		{name: "activity", min: 14, max: 26, flex: 1, cell: func(sh show, r cdp.RopaRow) val { return ropaName(sh, &r) }},
		{name: "seen", min: 12, cell: func(sh show, r cdp.RopaRow) val { return ropaSeen(sh, &r) }},
		{name: "purpose", min: 10, max: 18, flex: 1, prio: 1, cell: func(_ show, r cdp.RopaRow) val { return plain(string(r.Purpose)) }},
		{name: "basis", min: 10, prio: 2, cell: func(sh show, r cdp.RopaRow) val { return sh.basis(r.Basis) }},
		{name: "records", min: 9, right: true, cell: func(_ show, r cdp.RopaRow) val { return number(ropaRecords(&r)) },
			by: func(a, b cdp.RopaRow) int { return compare(ropaRecords(&a), ropaRecords(&b)) }},
		{name: "late", min: 6, right: true, prio: 3, cell: func(_ show, r cdp.RopaRow) val { return bad(r.Late) }, by: func(a, b cdp.RopaRow) int { return compare(a.Late, b.Late) }},
	}
	l := newList(s, cols, ropaKey, a).atOnce(func(ctx context.Context) ([]cdp.RopaRow, error) {
		r, err := cache.read(func() (cdp.Ropa, error) { return desk.Ropa(ctx, nil) })
		return r.Rows, err
	})
	x := newListing(s, "screen.ropa", l)
	x.base = address{Screen: "ropa"}
	x.about = func(d *detail, r cdp.RopaRow) { tellRopa(d, &r) }
	x.open = func(cdp.RopaRow) tea.Cmd { return tea.Batch(x.to(1), x.Zoom()) }
	x.again = cache.forget
	x.papers = func() (out []paper) {
		r := cache.last.Load()
		if r == nil || s.env.Papers.Ropa == nil {
			return nil
		}
		put := s.env.Papers.Ropa
		for _, format := range []string{"csv", "html", "json"} {
			out = append(out, paper{key: "ropa." + format, name: "record-of-processing", ext: format, about: cdp.Ref{Kind: "register", ID: r.Register}, rows: len(r.Rows),
				write: func(_ context.Context, w io.Writer) error { return put(w, *r, format) }})
		}
		return out
	}
	return x
}

func ropaKey(r cdp.RopaRow) string {
	if r.Activity != "" {
		return string(r.Activity)
	}
	return "\x00" + ropaSource(&r)
}

// ropaSource is the source of a row that no activity covers.
func ropaSource(r *cdp.RopaRow) string {
	if len(r.Sources) == 0 {
		return ""
	}
	return r.Sources[0].Name
}

func ropaName(s show, r *cdp.RopaRow) val {
	if r.Activity != "" {
		return plain(string(r.Activity))
	}
	v := plain(ropaSource(r))
	v.text = s.say("ropa.source", ropaSource(r))
	return v.in(widget.Bad)
}

// ropaSeen marks a row by word and colour: something of it is not declared, or
// is declared and was never seen.
func ropaSeen(s show, r *cdp.RopaRow) val {
	switch {
	case r.Red():
		return safe(s.say("ropa.red")).in(widget.Bad)
	case r.Records == 0:
		return safe(s.say("ropa.unseen")).in(widget.Dim)
	}
	return safe(s.say("ropa.declared"))
}

func ropaRecords(r *cdp.RopaRow) int {
	if r.Activity == "" && len(r.Sources) > 0 {
		return r.Sources[0].Seen
	}
	return r.Records
}

// tellRopa is a whole row: what is declared with how often it was seen, what
// nobody declared in red.
func tellRopa(d *detail, r *cdp.RopaRow) {
	if r.Activity == "" {
		d.head(d.say("ropa.source", ropaSource(r)))
		d.text(widget.Bad, d.say("ropa.why"))
	} else {
		d.head(text.Clean(string(r.Activity)))
		d.text(widget.Plain, text.Clean(r.Title))
	}
	d.fact("field.owner", plain(r.Function))
	d.fact("field.controller", plain(r.Controller))
	d.fact("field.purpose", plain(string(r.Purpose)))
	d.fact("field.basis", d.basis(r.Basis))
	d.fact("field.law", plain(strings.Trim(r.Law+"; "+r.Condition, "; ")))
	d.fact("field.balancing", plain(strings.Trim(r.Interest+"; "+r.Balancing, "; ")))
	for _, l := range []struct {
		label string
		items []cdp.RopaItem
	}{{"ropa.purposes", r.Purposes}, {"ropa.categories", r.Categories}, {"ropa.recipients", r.Recipients}, {"field.sources", r.Sources}} {
		if len(l.items) == 0 {
			continue
		}
		d.head(d.say(l.label))
		for _, it := range l.items {
			v := number(it.Seen)
			switch {
			case !it.Declared:
				v.text = text.Join(text.Lit(" "), v.text, d.say("ropa.red"))
				v = v.in(widget.Bad)
			case it.Seen == 0:
				v = safe(d.say("ropa.unseen")).in(widget.Dim)
			}
			d.labelled(text.Clean(it.Name), v)
		}
	}
	if r.Activity == "" {
		return
	}
	d.head(d.say("ropa.rest"))
	d.fact("field.retention", d.period(r.Retention))
	if r.Adhered != "" {
		v := safe(d.say("ropa.adhered." + r.Adhered))
		if r.Adhered == "no" {
			v = v.in(widget.Bad)
		}
		d.fact("field.adhered", v)
		d.fact("field.reason", plain(r.Reason))
	}
	d.fact("field.country", names(r.Countries))
	d.fact("field.safeguards", names(r.Safeguards))
	d.fact("field.contract", names(r.Contracts))
	d.fact("field.measures", names(r.Measures))
	d.fact("field.dpia", plain(strings.TrimSpace(r.DPIA+" "+r.DPIAState)))
	d.fact("field.rights", names(r.Rights))
}
