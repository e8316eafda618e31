package steward

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// noticeThen is a notice as it stood at a standpoint: with what had been noted,
// and had happened, by then. It is false for one that was not made yet, or of
// which the cause had not come about or nothing had gone to the recipient.
func (v *sight) noticeThen(n *cdp.Notification) (bool, error) {
	if v.lens.IsNow() {
		return true, nil
	}
	late := func(at time.Time) bool { return !v.lens.At.IsZero() && at.After(v.lens.At) }
	if !v.lens.Knew(n.Made) || late(n.Event) {
		return false, nil
	}
	n.Steps = slices.DeleteFunc(n.Steps, func(st cdp.NoticeStep) bool { return !v.lens.Knew(st.Recorded) || late(st.At) })
	n.State = stateOf(n.Steps)
	if !late(n.Shared) {
		return true, nil
	}
	f, err := v.rowFacts(n.Row)
	if errors.Is(err, graph.ErrNotFound) {
		return false, nil
	}
	return err == nil && slices.ContainsFunc(f.sent, func(d disclosure) bool { return d.Recipient == n.Recipient && d.Purpose == n.Purpose }), err
}

// asThen makes what is known of a row that of the standpoint: what the gate in
// said of it, and who it belonged to.
func (f *rowFacts) asThen(v *sight) error {
	f.from = v.lens.Standpoint
	ruling, controller, err := v.judgeThen(f.current)
	if err != nil {
		return err
	}
	if f.current.Outcome = ruling.Outcome; !f.current.Deleted { // what was deleted stays with who answered for it then
		f.current.Controller = controller
	}
	then, err := v.tx.ThenOf(f.current.ID, f.from, v.judgeThen)
	if errors.Is(err, graph.ErrNotThen) {
		err = nil
	}
	f.person = append([]graph.Record{f.current}, then.Profile.Records...)
	return err
}

// recordedBy leaves of statements those that had been recorded by a standpoint.
func recordedBy[T any](from cdp.Standpoint, said []T, recorded func(*T) time.Time) []T {
	if from.Known.IsZero() {
		return said
	}
	return slices.DeleteFunc(said, func(x T) bool { return !from.Knew(recorded(&x)) })
}

// A subjectThen is about whom a recipient was told something.
type subjectThen struct {
	recipient string
	purpose   cdp.PurposeID
	subject   cdp.IdentifierKey
}

// A carrier is a row that something was disclosed of, and its version known then.
type carrier struct {
	record cdp.RecordID
	row    cdp.Row
}

// A driftThen is what the rows of the present do not tell of another standpoint:
// what recipients had acknowledged last, and which rows carried an endpoint. It
// holds one entry for each that notices are about.
type driftThen struct {
	acked    map[subjectThen]acknowledged
	carriers map[cdp.IdentifierKey][]carrier
}

type acknowledged struct {
	cdp.Known
	recorded time.Time
}

// driftThen reads all notices, and all rows that something was disclosed of.
func (d *Desk) driftThen(ctx context.Context) (*driftThen, error) {
	t := &driftThen{acked: make(map[subjectThen]acknowledged), carriers: make(map[cdp.IdentifierKey][]carrier)}
	err := d.eachNotice(ctx, func(v *sight, list []cdp.Notification) error {
		for i := range list {
			t.notice(&list[i])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for after := cdp.RecordID(0); ; {
		more := false
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			rows, last, err := tx.RowsAfter(after, fillRecords)
			if err != nil || last == 0 {
				return err
			}
			after, more = last, true
			for _, row := range rows {
				if err := t.row(tx, row, d.lens.Standpoint); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	for at, list := range t.carriers {
		slices.SortFunc(list, func(a, b carrier) int { return cmp.Compare(a.record, b.record) })
		list = slices.Compact(list) // a row comes once for each version
		t.carriers[at] = list[:min(len(list), driftRows)]
	}
	return t, nil
}

// notice takes in what a recipient acknowledged, as [graph.Tx.SetKnown] keeps it,
// and about whom.
func (t *driftThen) notice(n *cdp.Notification) {
	if !n.Cause.Stops() {
		return
	}
	if n.Subject.Kind() != cdp.KindRecord && t.carriers[n.Subject.Key()] == nil {
		t.carriers[n.Subject.Key()] = []carrier{}
	}
	key := subjectThen{n.Recipient, n.Purpose, n.Subject.Key()}
	for _, st := range n.Steps {
		if st.State != cdp.NoticeAcked {
			continue
		}
		k := acknowledged{cdp.Known{Cause: n.Cause, Event: n.Event, At: st.At, Notice: n.ID}, st.Recorded}
		have, ok := t.acked[key]
		if !ok || cmp.Or(k.Event.Compare(have.Event), k.At.Compare(have.At), have.recorded.Compare(k.recorded)) > 0 {
			t.acked[key] = k
		}
	}
}

// row takes in a row that something was disclosed of, where it carried an
// endpoint that notices are about.
func (t *driftThen) row(tx *graph.Tx, row cdp.Row, from cdp.Standpoint) error {
	id, _, err := tx.Row(row.Source, row.Key)
	if err == nil && !from.Known.IsZero() {
		id, err = tx.RowKnown(row.Source, row.Key, from.Known)
	}
	if errors.Is(err, graph.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	h, err := tx.Head(id)
	if err != nil || h.Deleted {
		return err
	}
	for _, c := range h.Claims {
		at := c.Identifier.Key()
		if list, about := t.carriers[at]; about && c.Blocked == "" {
			t.carriers[at] = append(list, carrier{id, row})
		}
	}
	return nil
}

// eachNotice hands over all notices as they stood, page by page, each page with
// the sight of the transaction in which it was read.
func (d *Desk) eachNotice(ctx context.Context, f func(v *sight, list []cdp.Notification) error) error {
	for after, more := cdp.NoticeID(0), true; more; {
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			more = false
			v, err := d.look(tx)
			if err != nil && !d.lens.IsNow() { // of now what is to be told does not wait for a register that can be read
				return err
			}
			list, err := tx.Notices(after, noticePage, false)
			if err != nil || len(list) == 0 {
				return err
			}
			after, more = list[len(list)-1].ID, true
			kept := list[:0]
			for i := range list {
				there, err := v.noticeThen(&list[i])
				if err != nil {
					return err
				}
				if there {
					kept = append(kept, list[i])
				}
			}
			return errors.Join(f(v, kept), ctx.Err())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// filled makes the notices that are due, unless the desk only looks at what was
// known at another time.
func (d *Desk) filled(ctx context.Context) error {
	if d.actor.ReadOnly || !d.lens.Known.IsZero() {
		return nil
	}
	_, err := d.now().FillOutbox(ctx, nil)
	return err
}
