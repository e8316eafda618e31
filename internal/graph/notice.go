package graph

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// AddNotice keeps a notice that is not there yet, by what it is about, and
// gives it its number. When there is one that tells of fewer fields, because more was
// taken back of the same moment or more rows are concerned, it is made to tell
// of the others too, as long as it has still to be sent; what was sent stays as it
// was, and a notice of its own tells of the others. It reports whether
// something is new to be told.
func (tx *Tx) AddNotice(about [16]byte, n *cdp.Notification) (bool, error) {
	for {
		have, err := tx.NoticeAbout(about)
		if errors.Is(err, ErrNotFound) {
			return true, tx.newNotice(about, n)
		}
		if err != nil {
			return false, err
		}
		more := slices.DeleteFunc(slices.Clone(n.Fields), func(f string) bool { return slices.Contains(have.Fields, f) })
		if len(more) == 0 {
			return false, nil
		}
		if have.State == cdp.NoticeDue || have.State == cdp.NoticeFailed {
			have.Fields = slices.Sorted(slices.Values(append(have.Fields, more...)))
			if n.Shared.After(have.Shared) {
				have.Share, have.Shared, have.Row, have.Record, have.Profile = n.Share, n.Shared, n.Row, n.Record, n.Profile
			}
			*n = have
			return true, tx.SetNotice(&have)
		}
		n.Fields = more
		sum := sha256.Sum256(about[:])
		if about, err = cdp.ParseUUID(cdp.UUID([16]byte(sum[:16]))); err != nil { // the next about the same
			return false, err
		}
	}
}

func (tx *Tx) newNotice(about [16]byte, n *cdp.Notification) error {
	key := layout.KeyNoticeOf(about)
	d, err := tx.disclosed()
	if err != nil {
		return err
	}
	d.notices++
	d.open++
	n.ID, n.Made, n.State = d.notices, tx.now, cdp.NoticeDue
	n.About = cdp.UUID(about)
	if err := tx.setDisclosed(d); err != nil {
		return err
	}
	w := tx.writer()
	w.Uint(uint64(n.ID))
	if err := tx.set(key, w.B); err != nil {
		return err
	}
	if err := tx.set(layout.KeyNoticeOpen(n.ID), nil); err != nil {
		return err
	}
	return tx.set(layout.KeyNotice(n.ID), encodeNotice(tx.writer(), n))
}

// SetNotice writes what became of a notice.
func (tx *Tx) SetNotice(n *cdp.Notification) error {
	before, err := tx.Notice(n.ID)
	if err != nil {
		return err
	}
	if was, is := before.State.Settled(), n.State.Settled(); was != is {
		d, err := tx.disclosed()
		if err != nil {
			return err
		}
		key := layout.KeyNoticeOpen(n.ID)
		if is {
			d.open--
			err = tx.delete(key)
		} else {
			d.open++
			err = tx.set(key, nil)
		}
		if err == nil {
			err = tx.setDisclosed(d)
		}
		if err != nil {
			return err
		}
	}
	return tx.set(layout.KeyNotice(n.ID), encodeNotice(tx.writer(), n))
}

func encodeNotice(w *layout.Writer, n *cdp.Notification) []byte {
	w.Text(n.About)
	w.Word(n.Recipient)
	w.Word(string(n.Purpose))
	w.Word(n.Controller)
	w.Word(string(n.Cause))
	appendIdentifier(w, n.Subject)
	w.Word(string(n.Row.Source))
	w.Text(n.Row.Key)
	w.Uint(uint64(n.Record))
	w.Uint(uint64(n.Profile))
	words(w, n.Fields)
	w.Text(n.Share)
	w.Time(n.Shared)
	w.Time(n.Event)
	w.Word(n.Rule)
	w.Time(n.Made)
	w.Word(string(n.State))
	w.Uint(uint64(len(n.Steps)))
	for _, s := range n.Steps {
		w.Word(string(s.State))
		w.Time(s.At)
		w.Time(s.Recorded)
		w.Text(s.By)
		w.Text(s.Reason)
	}
	return w.B
}

func decodeNotice(id cdp.NoticeID, r *layout.Reader) (cdp.Notification, error) {
	n := cdp.Notification{ID: id, About: r.Text(), Recipient: r.Word(), Purpose: cdp.PurposeID(r.Word()), Controller: r.Word(), Cause: cdp.NoticeCause(r.Word()),
		Subject: takeIdentifier(r), Row: cdp.Row{Source: cdp.SourceID(r.Word()), Key: r.Text()}, Record: cdp.RecordID(r.Uint()), Profile: cdp.ProfileID(r.Uint()),
		Fields: takeWords(r), Share: r.Text(), Shared: r.Time(), Event: r.Time(), Rule: r.Word(), Made: r.Time(), State: cdp.NoticeState(r.Word())}
	for range r.Count() {
		n.Steps = append(n.Steps, cdp.NoticeStep{State: cdp.NoticeState(r.Word()), At: r.Time(), Recorded: r.Time(), By: r.Text(), Reason: r.Text()})
	}
	if !r.Done() {
		return n, fmt.Errorf("graph: %v: %w", id, layout.ErrDamaged)
	}
	return n, nil
}

// Notice returns a notice, or ErrNotFound.
func (tx *Tx) Notice(id cdp.NoticeID) (cdp.Notification, error) {
	value, err := tx.get(layout.KeyNotice(id))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Notification{}, ErrNotFound
	}
	if err != nil {
		return cdp.Notification{}, fmt.Errorf("graph: %v: %w", id, err)
	}
	return decodeNotice(id, tx.reader(value))
}

// NoticeAbout returns the notice about something, or ErrNotFound.
func (tx *Tx) NoticeAbout(about [16]byte) (cdp.Notification, error) {
	value, err := tx.get(layout.KeyNoticeOf(about))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Notification{}, ErrNotFound
	}
	if err != nil {
		return cdp.Notification{}, fmt.Errorf("graph: notice: %w", err)
	}
	r := tx.reader(value)
	id := cdp.NoticeID(r.Uint())
	if !r.Done() {
		return cdp.Notification{}, fmt.Errorf("graph: notice: %w", layout.ErrDamaged)
	}
	return tx.Notice(id)
}

// Notices returns up to n notices after one, by number; open asks for those
// that are not settled.
func (tx *Tx) Notices(after cdp.NoticeID, n int, open bool) ([]cdp.Notification, error) {
	var out []cdp.Notification
	rng := layout.NoticesFrom(after + 1)
	if open {
		rng = layout.NoticesOpenFrom(after + 1)
	}
	var ids []cdp.NoticeID
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: notices: %w", err)
		}
		id := cdp.NoticeID(layout.LastNumber(e.Key))
		if open {
			ids = append(ids, id)
		} else {
			value, err := layout.Unseal(e.Key, e.Value)
			if err != nil {
				return nil, fmt.Errorf("graph: notices: %w", err)
			}
			x, err := decodeNotice(id, tx.reader(value))
			if err != nil {
				return nil, err
			}
			out = append(out, x)
		}
		if len(ids)+len(out) == n {
			break
		}
	}
	for _, id := range ids {
		x, err := tx.Notice(id)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// SetKnown keeps what a recipient acknowledged of a subject, unless it has
// acknowledged something later: acknowledgements come in any order.
func (tx *Tx) SetKnown(n *cdp.Notification, k cdp.Known) error {
	have, ok, err := tx.Known(n.Recipient, n.Purpose, n.Subject)
	if err != nil || ok && (have.Event.After(k.Event) || have.Event.Equal(k.Event) && !have.At.Before(k.At)) {
		return err
	}
	w := tx.writer()
	w.Word(string(k.Cause))
	w.Time(k.Event)
	w.Time(k.At)
	w.Uint(uint64(k.Notice))
	return tx.set(layout.KeyAcked(n.Recipient, n.Purpose, n.Subject), w.B)
}

// Known returns what a recipient acknowledged last of a subject, false for
// nothing.
func (tx *Tx) Known(recipient string, purpose cdp.PurposeID, subject cdp.Identifier) (cdp.Known, bool, error) {
	value, err := tx.get(layout.KeyAcked(recipient, purpose, subject))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Known{}, false, nil
	}
	if err != nil {
		return cdp.Known{}, false, fmt.Errorf("graph: state at %s: %w", recipient, err)
	}
	k, err := decodeKnown(tx.reader(value))
	return k, err == nil, err
}

func decodeKnown(r *layout.Reader) (cdp.Known, error) {
	k := cdp.Known{Cause: cdp.NoticeCause(r.Word()), Event: r.Time(), At: r.Time(), Notice: cdp.NoticeID(r.Uint())}
	if !r.Done() {
		return k, fmt.Errorf("graph: state at a recipient: %w", layout.ErrDamaged)
	}
	return k, nil
}

// Disclosed counts what was disclosed by runs of our own.
func (tx *Tx) Disclosed() (shares, denials, open int, err error) {
	d, err := tx.disclosed()
	return d.shares, d.denials, d.open, err
}

// Noticed returns the journal row up to which notices were made; false when
// they were never made for the whole store.
func (tx *Tx) Noticed() (seq uint64, made bool, err error) {
	d, err := tx.disclosed()
	return d.follows, d.made, err
}

// SetNoticed notes up to where notices were made.
func (tx *Tx) SetNoticed(seq uint64) error {
	d, err := tx.disclosed()
	if err != nil {
		return err
	}
	d.follows, d.made = seq, true
	return tx.setDisclosed(d)
}

// RowsAfter yields up to n records after one that have shares, with their own
// rows: their sources report them, or we made them.
func (tx *Tx) RowsAfter(after cdp.RecordID, n int) (rows []cdp.Row, last cdp.RecordID, err error) {
	seen := make(map[cdp.Row]bool)
	rng := layout.Places()
	rng.Start = layout.KeyPlace(after + 1)
	marks := make(map[cdp.RecordID]bool)

	var ids []cdp.RecordID
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, 0, fmt.Errorf("graph: records: %w", err)
		}
		last = cdp.RecordID(layout.LastNumber(e.Key))
		if ids = append(ids, last); len(ids) == n {
			break
		}
	}
	if len(ids) == 0 {
		return nil, 0, nil
	}
	for e, err := range tx.r.Scan(layout.SharesFrom(ids[0])) {
		if err != nil {
			return nil, 0, fmt.Errorf("graph: shares: %w", err)
		}
		rec, _, _, err := layout.ShareOf(e.Key)
		if err != nil {
			return nil, 0, err
		}
		if rec > last {
			break
		}
		marks[rec] = true

	}
	for _, id := range ids {
		h, err := tx.Head(id)
		if err != nil {
			return nil, 0, err
		}
		row := cdp.Row{Source: h.Source, Key: h.Key}
		if (h.ShareCount > 0 || marks[id]) && !seen[row] {
			seen[row] = true
			rows = append(rows, row)
		}
	}
	return rows, last, nil
}
