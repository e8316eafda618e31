package ui

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

func batchColumns() []column[cdp.Receipt] {
	n := func(name string, prio int, of func(cdp.Receipt) int, warn bool) column[cdp.Receipt] {
		return column[cdp.Receipt]{name: name, min: 8, right: true, prio: prio, cell: func(_ show, r cdp.Receipt) val {
			if warn {
				return bad(of(r))
			}
			return number(of(r))
		}}
	}
	return []column[cdp.Receipt]{
		{name: "batch", min: 8, cell: func(_ show, r cdp.Receipt) val { return plain(r.Batch.String()).in(widget.Accent) }},
		{name: "source", min: 10, max: 24, flex: 1, cell: func(_ show, r cdp.Receipt) val { return plain(string(r.Source)) }},
		{name: "begun", min: 16, prio: 1, cell: func(s show, r cdp.Receipt) val { return s.minute(r.Begun) }},
		{name: "state", min: 8, prio: 2, cell: batchState},
		n("rows", 0, func(r cdp.Receipt) int { return r.Rows }, false),
		n("taken", 3, func(r cdp.Receipt) int { return r.Admitted + r.Superseding }, false), // new ones and newer ones, as the detail tells
		n("unchanged", 5, func(r cdp.Receipt) int { return r.Unchanged }, false),
		n("quarantined", 3, func(r cdp.Receipt) int { return r.Quarantined }, true),
		n("rejects", 2, func(r cdp.Receipt) int { return r.Rejected }, true),
		{name: "file", min: 14, flex: 2, prio: 4, cell: func(_ show, r cdp.Receipt) val { return plain(r.File) }},
	}
}

// batchState tells apart what is whole, what still runs or was cut off, and
// what does not add up.
func batchState(s show, r cdp.Receipt) val {
	switch {
	case r.Done.IsZero():
		return safe(s.say("batch.open")).in(widget.Warn)
	case !r.Balanced():
		return safe(s.say("batch.unbalanced")).in(widget.Bad)
	}
	return safe(s.say("batch.done")).in(widget.Good)
}

func newBatches(s *session, a address) screen {
	desk := s.desk
	l := newList(s, batchColumns(), func(r cdp.Receipt) string { return r.Batch.String() }, a)
	l.numbered(func(r cdp.Receipt) uint64 { return uint64(r.Batch) }, func(ctx context.Context, from uint64, n int) ([]cdp.Receipt, error) {
		return desk.Batches(ctx, cdp.BatchID(from), n)
	})
	x := newListing(s, "screen.batches", l)
	x.base = address{Screen: "batches"}
	x.about = aboutBatch
	x.open = func(r cdp.Receipt) tea.Cmd { return s.visit(address{Screen: "batch", Object: r.Batch.String()}) }
	return x
}

// aboutBatch accounts for every row of a delivery.
func aboutBatch(d *detail, r cdp.Receipt) {
	d.head(text.Clean(r.Batch.String()))
	d.fact("field.source", plain(string(r.Source)))
	d.fact("field.file", plain(r.File))
	d.fact("field.begun", d.second(r.Begun))
	d.fact("field.ended", d.second(r.Done))
	d.fact("field.state", batchState(d.show, r))
	d.gap()
	d.fact("field.rows", number(r.Rows))
	d.fact("field.admitted", number(r.Admitted))
	d.fact("field.superseding", number(r.Superseding))
	d.fact("field.unchanged", number(r.Unchanged))
	d.fact("field.quarantined", bad(r.Quarantined))
	d.fact("field.rejects", bad(r.Rejected))
	d.fact("field.refused", number(r.Refused))
	d.fact("field.dropped", number(r.Dropped))
	d.gap()
	d.fact("field.apart", number(r.HeldApart))
	d.fact("field.evidence", number(r.Evidence))
	d.fact("field.deleted", number(r.Deleted))
	d.fact("field.older", number(r.Older))
	d.fact("field.touchpoints", number(r.Touchpoints))
	d.fact("field.consents", number(r.Consents))
	d.fact("field.shares", number(r.Shares))
	d.fact("field.newprofiles", number(r.NewProfiles))
	d.fact("field.merged", number(r.Merged))
	d.fact("field.split", number(r.Split))
	d.fact("field.released", number(r.Released))
	d.gap()
	d.fact("field.preset", plain(r.Preset))
	d.fact("field.mapping", hash(r.Mapping))
	d.fact("field.hash", hash(r.FileHash))
	if len(r.Notes) > 0 {
		d.fact("field.notes", number(len(r.Notes)))
	}
}

// batchScreen is one batch: its account beside its notes.
type batchScreen struct {
	*listing[cdp.Note]
	id   cdp.BatchID
	load load[cdp.Receipt]
}

func newBatch(s *session, a address, id cdp.BatchID) screen {
	desk := s.desk
	cols := []column[cdp.Note]{
		{name: "code", min: 14, max: 20, cell: func(_ show, n cdp.Note) val { return plain(n.Code) }},
		{name: "field", min: 10, max: 24, flex: 1, cell: func(_ show, n cdp.Note) val { return plain(n.Field) }},
		{name: "count", min: 7, right: true, cell: func(_ show, n cdp.Note) val { return number(n.Count) },
			by: func(a, b cdp.Note) int { return compare(a.Count, b.Count) }},
		{name: "note", min: 16, flex: 3, prio: 1, cell: func(_ show, n cdp.Note) val { return plain(n.Text) }},
	}
	read := func(ctx context.Context) (cdp.Receipt, error) {
		items, err := desk.Batches(ctx, id+1, 1)
		if err == nil && (len(items) == 0 || items[0].Batch != id) {
			err = fmt.Errorf("batch %s: not found", id)
		}
		if err != nil {
			return cdp.Receipt{}, err
		}
		return items[0], nil
	}
	b := &batchScreen{id: id}
	l := newList(s, cols, func(n cdp.Note) string { return n.Code + "\x00" + n.Field + "\x00" + n.Text }, a)
	l.atOnce(func(ctx context.Context) ([]cdp.Note, error) {
		r, err := read(ctx)
		return r.Notes, err
	})
	b.listing = newListing(s, "screen.notes", l)
	b.base = address{Screen: "batch", Object: id.String()}
	b.crumb = func() text.Safe { return text.Clean(id.String()) }
	b.layout = layoutBatch
	b.list[1].title = func() text.Safe { return text.Clean(id.String()) }
	b.again = func() tea.Cmd { return b.load.start(b.ctx(), s.env.Now, read) }
	b.done = func(msg tea.Msg) (bool, tea.Cmd) {
		mine, fresh := b.load.take(msg)
		if fresh && b.ctx != nil {
			d := &detail{show: s.show()}
			if b.load.err != nil {
				d.text(widget.Bad, text.Clean(b.load.err.Error()))
			} else {
				aboutBatch(d, b.load.val)
			}
			b.info.Open(b.ctx(), d.lines)
		}
		return mine, nil
	}
	b.keep = true
	b.open = nil
	b.binds = func() []binding {
		about := func(screen string) func() tea.Cmd {
			return func() tea.Cmd { return s.visit(address{Screen: screen, Filter: "batch:" + id.String()}) }
		}
		return []binding{
			{id: "rejects", keys: []string{"b"}, hint: 2, do: about("rejects")},
			{id: "quarantine", keys: []string{"u"}, hint: 3, do: about("quarantine")},
		}
	}
	return b
}

// layoutBatch gives the account more room than the notes.
func layoutBatch(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	if w >= 100 {
		left, right := all.Right(max(44, w*40/100))
		return []widget.Rect{left, right}
	}
	account, notes := all.Top(h * 65 / 100)
	return []widget.Rect{notes, account}
}

func (b *batchScreen) Open(ctx context.Context) tea.Cmd {
	cmd := b.listing.Open(ctx)
	if !b.load.ok {
		cmd = tea.Batch(cmd, b.again())
	}
	return cmd
}

func (b *batchScreen) Close() {
	b.load.end()
	b.listing.Close()
}

func newRejects(s *session, a address) screen {
	desk, all := s.desk, a.All
	about := func(r cdp.Reject) cdp.Ref { return cdp.Ref{Kind: "reject", ID: strconv.FormatUint(r.ID, 10)} }
	cols := []column[cdp.Reject]{
		{name: "source", min: 10, max: 24, flex: 1, cell: func(_ show, r cdp.Reject) val { return plain(string(r.Source)) }},
		{name: "line", min: 7, right: true, cell: func(_ show, r cdp.Reject) val { return number(max(r.Lineage.Line, r.Lineage.Row)) }},
		{name: "code", min: 14, max: 22, flex: 1, cell: func(_ show, r cdp.Reject) val { return plain(r.Code).in(widget.Warn) }},
		{name: "reason", min: 16, flex: 3, prio: 1, cell: func(_ show, r cdp.Reject) val { return plain(r.Reason) }},
		{name: "file", min: 12, flex: 1, prio: 2, cell: func(_ show, r cdp.Reject) val { return plain(r.Lineage.File) }},
		{name: "batch", min: 8, prio: 3, cell: func(_ show, r cdp.Reject) val { return plain(r.Lineage.Batch.String()) }},
		{name: "field", min: 8, prio: 4, cell: func(_ show, r cdp.Reject) val { return plain(r.Field) }},
		{name: "replayed", min: 8, prio: 3, cell: func(_ show, r cdp.Reject) val {
			if r.Replay == 0 {
				return val{}
			}
			return plain(r.Replay.String())
		}},
	}
	l := newList(s, cols, func(r cdp.Reject) string { return strconv.FormatUint(r.ID, 10) }, a)
	l.numbered(func(r cdp.Reject) uint64 { return r.ID }, func(ctx context.Context, from uint64, n int) ([]cdp.Reject, error) {
		return desk.Rejects(ctx, from, n, all)
	})
	x := newListing(s, "screen.rejects", l)
	x.base = address{Screen: "rejects", All: all}
	x.about = func(d *detail, r cdp.Reject) {
		d.head(d.say("reject.row", max(r.Lineage.Line, r.Lineage.Row)))
		d.fact("field.source", plain(string(r.Source)))
		d.fact("field.file", plain(r.Lineage.File))
		d.fact("field.batch", plain(r.Lineage.Batch.String()))
		d.fact("field.code", plain(r.Code))
		d.fact("field.reason", plain(r.Reason))
		d.fact("field.field", plain(r.Field))
		if r.Replay != 0 {
			d.fact("field.replayed", plain(r.Replay.String()))
		}
		d.head(d.say("reject.raw"))
		if r.Raw == "" {
			d.text(widget.Dim, d.say("reject.noraw"))
			return
		}
		if !d.may(about(r), fieldRaw) {
			d.text(widget.Dim, text.Mask("text", r.Raw.Reveal()))
			return
		}
		d.block(r.Header.Reveal())
		d.block(r.Raw.Reveal())
	}
	x.reveals = func() (cdp.Ref, []string) {
		if r, ok := l.Item(); ok {
			return about(r), []string{fieldRaw}
		}
		return cdp.Ref{}, nil
	}
	x.open = func(r cdp.Reject) tea.Cmd { return s.visit(address{Screen: "batch", Object: r.Lineage.Batch.String()}) }
	x.binds = func() []binding {
		return []binding{{id: "allrejects", keys: []string{"a"}, hint: 2, do: func() tea.Cmd {
			at := x.Address()
			at.All, at.Row = !all, 0
			return s.turn(at)
		}}}
	}
	x.extra = func() []text.Safe {
		if all {
			return []text.Safe{s.say("reject.all")}
		}
		return []text.Safe{s.say("reject.open")}
	}
	return x
}

func newQuarantine(s *session, a address) screen {
	desk := s.desk
	about := func(q cdp.Quarantine) cdp.Ref { return cdp.Ref{Kind: "record", ID: q.Record.String()} }
	cols := []column[cdp.Quarantine]{
		{name: "record", min: 9, cell: func(_ show, q cdp.Quarantine) val { return plain(q.Record.String()).in(widget.Accent) }},
		{name: "source", min: 10, max: 24, flex: 1, cell: func(_ show, q cdp.Quarantine) val { return plain(string(q.Source)) }},
		{name: "key", min: 8, max: 20, flex: 1, prio: 3, cell: func(s show, q cdp.Quarantine) val { return s.key(about(q), q.Key) }},
		{name: "since", min: 10, prio: 1, cell: func(s show, q cdp.Quarantine) val { return s.day(q.Since) }},
		{name: "until", min: 10, cell: func(s show, q cdp.Quarantine) val {
			v := s.day(q.Until)
			if !q.Until.IsZero() && q.Until.Sub(s.now).Hours() < 7*24 {
				v.style = widget.Warn
			}
			return v
		}},
		{name: "reason", min: 18, flex: 3, cell: func(_ show, q cdp.Quarantine) val { return because(q.Verdict.Reason) }},
		{name: "todo", min: 18, flex: 2, prio: 2, cell: func(_ show, q cdp.Quarantine) val { return plain(q.Todo) }},
		{name: "batch", min: 8, prio: 4, cell: func(_ show, q cdp.Quarantine) val { return plain(q.Batch.String()) }},
	}
	l := newList(s, cols, func(q cdp.Quarantine) string { return q.Record.String() }, a)
	l.numbered(func(q cdp.Quarantine) uint64 { return uint64(q.Record) }, func(ctx context.Context, from uint64, n int) ([]cdp.Quarantine, error) {
		return desk.Quarantined(ctx, cdp.RecordID(from), n)
	})
	x := newListing(s, "screen.quarantine", l)
	x.base = address{Screen: "quarantine"}
	x.binds = func() []binding {
		return []binding{s.cardOfRecord(func() cdp.RecordID {
			q, _ := l.Item()
			return q.Record
		})}
	}
	x.about = func(d *detail, q cdp.Quarantine) {
		d.fact("field.todo", plain(q.Todo).in(widget.Strong))
		d.fact("field.dropped", d.second(q.Until))
		d.head(d.say("quarantine.why"))
		d.verdict(q.Verdict)
		d.head(text.Clean(q.Record.String()))
		d.fact("field.source", plain(string(q.Source)))
		d.value("field.key", d.key(about(q), q.Key))
		d.fact("field.batch", plain(q.Batch.String()))
		d.fact("field.line", number(q.Line))
		d.fact("field.since", d.second(q.Since))
	}
	x.reveals = func() (cdp.Ref, []string) {
		if q, ok := l.Item(); ok {
			return about(q), []string{fieldKey}
		}
		return cdp.Ref{}, nil
	}
	x.open = func(q cdp.Quarantine) tea.Cmd { return s.visit(address{Screen: "record", Object: q.Record.String()}) }
	return x
}
