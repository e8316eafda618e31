package graph

import (
	"container/heap"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// Touchpoints returns a page of a profile's touchpoints, newest first, and
// those without a time last. after is where the page before ended, "" for the
// first. Records are read only as far as the page needs them.
func (tx *Tx) Touchpoints(id cdp.ProfileID, after string, n int) (cdp.Page[cdp.Touchpoint], error) {
	var page cdp.Page[cdp.Touchpoint]
	_, row, err := tx.find(id)
	if err != nil {
		return page, err
	}
	c, err := tx.rootOf(row.component)
	if err != nil {
		return page, err
	}
	start, err := parseMoment(after)
	if err != nil {
		return page, err
	}
	var waiting []span // by the time of their last touchpoint, latest first
	for s, err := range tx.spans(c) {
		if err != nil {
			return page, err
		}
		if s.touchpoints > 0 {
			page.Total += s.touchpoints
			if after != "" && start.before(moment{s.first, 0, 0}) {
				continue // wholly on earlier pages
			}
			waiting = append(waiting, s)
		}
	}
	page.Exact = true
	slices.SortFunc(waiting, func(a, b span) int { return b.last.Compare(a.last) })
	var q moments
	for len(page.Items) <= n && (len(waiting) > 0 || len(q) > 0) {
		for len(waiting) > 0 && (len(q) == 0 || !q[0].at.After(waiting[0].last)) {
			t, err := tx.tail(waiting[0].record)
			if err != nil {
				return page, err
			}
			for i := range t.Touchpoints {
				m := moment{t.Touchpoints[i].At, waiting[0].record, i}
				if after == "" || m.before(start) {
					p := t.Touchpoints[i]
					p.Source, p.Record, p.No = waiting[0].source, waiting[0].record, i+1
					heap.Push(&q, happened{m, p})
				}
			}
			waiting = waiting[1:]
		}
		if len(q) == 0 {
			continue
		}
		if len(page.Items) == n {
			page.More = true
			break
		}
		h := heap.Pop(&q).(happened)
		page.Items = append(page.Items, h.Touchpoint)
		page.Next = h.moment.String()
	}
	return page, nil
}

// A span is what a head says of its record's touchpoints.
type span struct {
	record      cdp.RecordID
	source      cdp.SourceID
	touchpoints int
	first, last time.Time
}

// spans yields the members of a component without reading their whole heads.
func (tx *Tx) spans(c *component) iter.Seq2[span, error] {
	return func(yield func(span, error) bool) {
		for _, in := range append([]layout.Component{c.id}, c.segments...) {
			for e, err := range tx.r.Scan(layout.Members(in)) {
				var s span
				if err == nil {
					s, err = tx.spanOf(e)
				}
				if !yield(s, err) || err != nil {
					return
				}
			}
		}
	}
}

func (tx *Tx) spanOf(e kv.Entry) (span, error) {
	_, id, err := layout.MemberOf(e.Key)
	if err != nil {
		return span{}, err
	}
	value, err := layout.Unseal(e.Key, e.Value)
	if err != nil {
		return span{}, fmt.Errorf("graph: head of %v: %w", id, err)
	}
	r := tx.reader(value)
	s := span{record: id, source: cdp.SourceID(r.Word()), touchpoints: int(r.Uint()), first: r.Time(), last: r.Time()}
	if r.Err() != nil {
		return s, fmt.Errorf("graph: head of %v: %w", id, r.Err())
	}
	return s, nil
}

// A moment orders touchpoints: by time, then by record and place in it.
type moment struct {
	at     time.Time
	record cdp.RecordID
	index  int
}

// before reports whether m comes after o in a list that has the newest first.
func (m moment) before(o moment) bool {
	if !m.at.Equal(o.at) {
		return m.at.Before(o.at)
	}
	if m.record != o.record {
		return m.record < o.record
	}
	return m.index < o.index
}

func (m moment) String() string {
	micro := int64(0)
	if !m.at.IsZero() {
		micro = m.at.UnixMicro()
	}
	return fmt.Sprintf("%d.%d.%d.%t", micro, uint64(m.record), m.index, m.at.IsZero())
}

// ErrCursor is returned for a page cursor that the graph did not give out.
var ErrCursor = errors.New("graph: not a page cursor")

func parseMoment(s string) (moment, error) {
	if s == "" {
		return moment{}, nil
	}
	f := strings.Split(s, ".")
	if len(f) != 4 {
		return moment{}, ErrCursor
	}
	micro, err1 := strconv.ParseInt(f[0], 10, 64)
	rec, err2 := strconv.ParseUint(f[1], 10, 64)
	index, err3 := strconv.Atoi(f[2])
	if errors.Join(err1, err2, err3) != nil {
		return moment{}, ErrCursor
	}
	m := moment{time.UnixMicro(micro).UTC(), cdp.RecordID(rec), index}
	if f[3] == "true" {
		m.at = time.Time{}
	}
	return m, nil
}

type happened struct {
	moment
	cdp.Touchpoint
}

// moments is a heap, the newest first.
type moments []happened

func (q moments) Len() int           { return len(q) }
func (q moments) Less(i, j int) bool { return q[j].before(q[i].moment) }
func (q moments) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *moments) Push(x any)        { *q = append(*q, x.(happened)) }
func (q *moments) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
