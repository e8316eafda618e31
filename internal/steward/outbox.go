package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Outbox lists notices after one, by number. It makes those that are due first.
// At a desk that looks at another standpoint it lists those that were made by
// then, as they stood: as of a time those whose cause had come about.
func (d *Desk) Outbox(ctx context.Context, f cdp.OutboxFilter, after cdp.NoticeID, n int) ([]cdp.Notification, error) {
	if err := d.filled(ctx); err != nil {
		return nil, err
	}
	var out []cdp.Notification
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "outbox"}, ""), func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil && !d.lens.IsNow() {
			return err
		}
		if out, err = v.outbox(f, after, n); err != nil {
			return err
		}
		for _, x := range out {
			r.saw(x.ID, x.State)
			if x.Profile != 0 {
				r.about = append(r.about, profileRef(x.Profile))
			}
		}
		r.detail = fmt.Sprintf("%d notices", len(out))
		return nil
	})
	return out, err
}

func outbox(tx *graph.Tx, f cdp.OutboxFilter, after cdp.NoticeID, n int) ([]cdp.Notification, error) {
	return (&sight{tx: tx}).outbox(f, after, n)
}

func (v *sight) outbox(f cdp.OutboxFilter, after cdp.NoticeID, n int) ([]cdp.Notification, error) {
	var out []cdp.Notification
	open := !f.All && f.State == ""
	for {
		page, err := v.tx.Notices(after, noticePage, open && v.lens.IsNow()) // what is settled now was open then
		if err != nil || len(page) == 0 {
			return out, err
		}
		for _, x := range page {
			after = x.ID
			if f.Recipient != "" && x.Recipient != f.Recipient {
				continue
			}
			there, err := v.noticeThen(&x)
			if err != nil {
				return out, err
			}
			if !there || f.State != "" && x.State != f.State || open && x.State.Settled() {
				continue
			}
			if out = append(out, x); len(out) == n {
				return out, nil
			}
		}
	}
}

const noticePage = 500

// SendNotices lets the notices leave that a recipient has to be told, due or
// failed, with the identifiers by which it knows the person, and notes them as
// sent. encode writes a notice, or says that its format can not say it: that one
// stays as it is. That it is about to happen is logged before; cut off before it
// is noted, they are due still and sent once more, which does no harm.
func (d *Desk) SendNotices(ctx context.Context, recipient, format string, encode func(cdp.NoticeLine) ([]byte, bool, error), out Outlet) (sent int, err error) {
	if d.actor.ReadOnly {
		return 0, ErrReadOnly
	}
	if _, err := d.FillOutbox(ctx, nil); err != nil {
		return 0, err
	}
	var said []cdp.NoticeID
	for after := cdp.NoticeID(0); ; {
		lines, err := d.noticeLines(ctx, recipient, format, after)
		if err != nil {
			return 0, err
		}
		if len(lines) == 0 {
			break
		}
		for i := range lines {
			after = lines[i].ID
			b, ok, err := encode(lines[i])
			if err == nil && ok {
				said = append(said, lines[i].ID)
				err = out.Write(len(said), b)
			}
			if err != nil {
				return 0, err
			}
		}
	}
	if len(said) == 0 {
		return 0, nil
	}
	hash, err := out.Seal(nil)
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return 0, err
	}
	for part := range slices.Chunk(said, fillRows) {
		e := d.entry("notify", cdp.Ref{Kind: "recipient", ID: recipient}, fmt.Sprintf("%d notices sent, as %s", len(part), format))
		e.Digest = hash
		err := d.update(context.WithoutCancel(ctx), &e, func(tx *graph.Tx) error {
			for _, id := range part {
				if _, err := d.s.step(tx, id, cdp.NoticeStep{State: cdp.NoticeSent, At: tx.Now(), By: d.actor.Name, Reason: format}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return sent, err
		}
		sent += len(part)
	}
	return sent, nil
}

// noticeLines returns a page of what a recipient has to be told, and logs that
// it is about to be.
func (d *Desk) noticeLines(ctx context.Context, recipient, format string, after cdp.NoticeID) (out []cdp.NoticeLine, err error) {
	e := d.entry("notify", cdp.Ref{Kind: "recipient", ID: recipient}, "")
	err = d.update(ctx, &e, func(tx *graph.Tx) error {
		out = nil
		for len(out) == 0 {
			list, err := outbox(tx, cdp.OutboxFilter{Recipient: recipient}, after, noticePage)
			if err != nil || len(list) == 0 {
				e.Detail = "nothing more is due"
				return err
			}
			for _, n := range list {
				after = n.ID
				if n.State != cdp.NoticeDue && n.State != cdp.NoticeFailed {
					continue
				}
				l := cdp.NoticeLine{Notification: n}
				rec, err := tx.Head(n.Record)
				if err != nil && !errors.Is(err, graph.ErrNotFound) {
					return err
				}
				for _, c := range rec.Claims {
					if slices.Contains(n.Fields, string(c.Identifier.Kind())) || c.Identifier.Same(n.Subject) {
						l.Identities = append(l.Identities, c.Identifier)
					}
				}
				out = append(out, l)
			}
		}
		e.Detail = fmt.Sprintf("%d notices are about to be sent, as %s", len(out), format)
		return nil
	})
	return out, err
}

// step adds what happened to a notice, and reports whether that is new.
func (s *Steward) step(tx *graph.Tx, id cdp.NoticeID, st cdp.NoticeStep) (bool, error) {
	n, err := tx.Notice(id)
	if err != nil {
		return false, fmt.Errorf("notice %v: %w", id, err)
	}
	stated := !st.At.IsZero()
	if !stated {
		st.At = tx.Now()
	}
	st.Recorded = tx.Now()
	for _, h := range n.Steps {
		if h.State == st.State && h.Reason == st.Reason && (!stated || h.At.Equal(st.At)) {
			return false, nil
		}
	}
	if len(n.Steps) >= maxSteps {
		return false, fmt.Errorf("notice %v: more than %d steps", id, maxSteps)
	}
	n.Steps = append(n.Steps, st)
	n.State = stateOf(n.Steps)
	if err := tx.SetNotice(&n); err != nil {
		return false, err
	}
	if st.State == cdp.NoticeAcked && n.Cause.Stops() {
		err = tx.SetKnown(&n, cdp.Known{Cause: n.Cause, Event: n.Event, At: st.At, Notice: n.ID})
	}
	return true, err
}

// maxSteps bounds what a notice remembers, so that it fits in a value.
const maxSteps = 200

// stateOf folds what happened to a notice, in whatever order it was learnt: an
// acknowledgement ends it, then that it is impossible; of the others the latest
// counts, and of one instant the failure.
func stateOf(steps []cdp.NoticeStep) cdp.NoticeState {
	out, at := cdp.NoticeDue, time.Time{}
	for _, s := range steps {
		switch {
		case s.State == cdp.NoticeAcked:
			return cdp.NoticeAcked
		case s.State == cdp.NoticeImpossible:
			out, at = s.State, time.Unix(1<<40, 0)
		case s.At.After(at) || s.At.Equal(at) && s.State == cdp.NoticeFailed:
			out, at = s.State, s.At
		}
	}
	return out
}

// MarkNotice notes by hand what became of a notice: sent, acknowledged, failed,
// or impossible or a disproportionate effort (Art. 19), with the reason.
func (d *Desk) MarkNotice(ctx context.Context, id cdp.NoticeID, state cdp.NoticeState, reason string) (cdp.Notification, error) {
	var out cdp.Notification
	switch {
	case strings.TrimSpace(reason) == "":
		return out, ErrReason
	case d.actor.ReadOnly:
		return out, ErrReadOnly
	case state == cdp.NoticeDue || !slices.Contains(cdp.NoticeStates(), state):
		return out, fmt.Errorf("a notice can be marked sent, acknowledged, failed or impossible")
	}
	e := d.entry("notify", cdp.Ref{Kind: "notice", ID: id.String()}, string(state))
	e.Reason = reason
	err := d.update(ctx, &e, func(tx *graph.Tx) error {
		if _, err := d.s.step(tx, id, cdp.NoticeStep{State: state, By: d.actor.Name, Reason: reason}); err != nil {
			return err
		}
		var err error
		out, err = tx.Notice(id)
		return err
	})
	return out, err
}

// ackChunk is how many acknowledgements one transaction takes.
const ackChunk = 100

// Acknowledge takes what recipients say of notices. Repeated and out-of-order
// acknowledgements change nothing that is later; lines that cite no notice are
// told by their numbers.
func (d *Desk) Acknowledge(ctx context.Context, acks []cdp.Ack, from string) (cdp.AckResult, error) {
	var out cdp.AckResult
	if d.actor.ReadOnly {
		return out, ErrReadOnly
	}
	for part := range slices.Chunk(acks, ackChunk) {
		var r cdp.AckResult
		e := d.entry("acknowledge", cdp.Ref{Kind: "outbox"}, "")
		err := d.update(ctx, &e, func(tx *graph.Tx) error {
			r = cdp.AckResult{Lines: len(part)}
			for _, a := range part {
				id, err := cited(tx, a.Ref)
				if errors.Is(err, graph.ErrNotFound) {
					r.Unknown = append(r.Unknown, a.Line)
					continue
				}
				if err != nil {
					return err
				}
				isNew, err := d.s.step(tx, id, cdp.NoticeStep{State: a.State, At: a.At, By: from, Reason: a.Reason})
				if err != nil {
					return err
				}
				if isNew {
					r.Changed++
				} else {
					r.Repeated++
				}
			}
			e.Detail = fmt.Sprintf("%d lines: %d changed something, %d repeated, %d cite no notice", r.Lines, r.Changed, r.Repeated, len(r.Unknown))
			return nil
		})
		if err != nil {
			return out, err
		}
		out.Lines, out.Changed, out.Repeated, out.Unknown = out.Lines+r.Lines, out.Changed+r.Changed, out.Repeated+r.Repeated, append(out.Unknown, r.Unknown...)
	}
	return out, nil
}

// cited returns the notice that a reference means: its number or its UUID.
func cited(tx *graph.Tx, ref string) (cdp.NoticeID, error) {
	if about, err := cdp.ParseUUID(ref); err == nil {
		n, err := tx.NoticeAbout(about)
		return n.ID, err
	}
	id, err := cdp.ParseNoticeID(ref)
	if err != nil {
		return 0, graph.ErrNotFound
	}
	_, err = tx.Notice(id)
	return id, err
}
