package graph

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// maxEvents bounds the events of one endpoint, controller and purpose: more
// than a person can cause, few enough for a value.
const maxEvents = 500

// spaceFor returns how many events a row may have, and in how many bytes. Some is
// kept for a no: whoever said yes often enough must still be able to withdraw.
func spaceFor(no bool) (events, size int) {
	if no {
		return maxEvents, kv.MaxValue
	}
	return maxEvents - 50, kv.MaxValue - 16<<10
}

// ErrTooManyEvents is returned when an endpoint has more consent events for
// one purpose than can be kept: 500, or fewer with long proofs; a
// tenth of them are for saying no.
var ErrTooManyEvents = errors.New("graph: more consent events for one endpoint and purpose than can be kept")

// AddConsents appends events. An event that is there already, from the same
// source, is not added twice. It returns the endpoints for which something is
// new. What carries the endpoint of one that expires is judged again then.
func (tx *Tx) AddConsents(events []cdp.Consent) ([]cdp.Identifier, error) {
	var touched []cdp.Identifier
	for i := range events {
		e := &events[i]
		e.Recorded = tx.now
		key := layout.KeyConsents(e.Endpoint, e.Controller, e.Purpose)
		have, err := tx.consentRow(key, e)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(have, func(h cdp.Consent) bool { return sameEvent(&h, e) }) {
			continue
		}
		events, size := spaceFor(e.State.Restrictive())
		if len(have) >= events {
			return nil, ErrTooManyEvents
		}
		if err := tx.noteAsked(e.Controller, e.Purpose); err != nil {
			return nil, err
		}
		have = append(have, *e)
		w := tx.writer()
		appendIdentifier(w, e.Endpoint)
		w.Word(e.Controller)
		w.Word(string(e.Purpose))
		w.Uint(uint64(len(have)))
		for j := range have {
			encodeConsent(w, &have[j])
		}
		if len(w.B) >= size {
			return nil, ErrTooManyEvents
		}
		if err := tx.set(key, w.B); err != nil {
			return nil, err
		}
		if !e.State.ValidForProcessing() {
			if err := tx.RaiseGuard(e.Endpoint); err != nil {
				return nil, err
			}
		}
		if at, ok := expiry(e, tx.now); ok {
			if err := tx.carriersDueAt(e, at); err != nil {
				return nil, err
			}
		}
		st, err := tx.statistics()
		if err != nil {
			return nil, err
		}
		st.consents++
		st.dirty = true
		if !slices.ContainsFunc(touched, e.Endpoint.Same) {
			touched = append(touched, e.Endpoint)
		}
	}
	return touched, nil
}

// carriersDueAt asks for the carriers of an event's endpoint to be judged again at
// a time. What an officer recorded has no record that could ask: a carrier
// does. While there is none nothing is to be judged; one that comes later asks
// for itself.
func (tx *Tx) carriersDueAt(e *cdp.Consent, at time.Time) error {
	cause := e.Record
	if cause == 0 {
		ids, err := tx.Carriers(e.Endpoint, 0, 1)
		if err != nil || len(ids) == 0 {
			return err
		}
		cause = ids[0]
	}
	return tx.MakeCarriersDue(cause, Wave{Endpoint: e.Endpoint}, at)
}

func (tx *Tx) consentRow(key []byte, like *cdp.Consent) ([]cdp.Consent, error) {
	value, err := tx.get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: consents of %v: %w", like.Endpoint, err)
	}
	return decodeConsents(tx.reader(value))
}

func decodeConsents(r *layout.Reader) ([]cdp.Consent, error) {
	head := cdp.Consent{Endpoint: takeIdentifier(r), Controller: r.Word(), Purpose: cdp.PurposeID(r.Word())}
	n := r.Count()
	out := make([]cdp.Consent, 0, n)
	for range n {
		c := head
		decodeConsent(r, &c)
		out = append(out, c)
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: consents: %w", layout.ErrDamaged)
	}
	return out, nil
}

// ConsentsAt returns the events of endpoints for one controller and some
// purposes: what policy needs to judge a record.
func (tx *Tx) ConsentsAt(endpoints []cdp.Identifier, controller string, purposes []cdp.PurposeID) ([]cdp.Consent, error) {
	purposes, err := tx.onlyAsked(controller, purposes)
	if err != nil || len(endpoints) == 0 || len(purposes) == 0 {
		return nil, err
	}
	keys := make([][]byte, 0, len(endpoints)*len(purposes))
	for _, e := range endpoints {
		for _, p := range purposes {
			keys = append(keys, layout.KeyConsents(e, controller, p))
		}
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return nil, fmt.Errorf("graph: consents: %w", err)
	}
	var out []cdp.Consent
	for _, v := range values {
		if v == nil {
			continue
		}
		events, err := decodeConsents(tx.reader(v))
		if err != nil {
			return nil, err
		}
		out = append(out, events...)
	}
	return out, nil
}

// counterAsked lists the controllers and purposes of which any event is kept,
// so that records need not look for statements that nobody ever made.
const counterAsked = "asked"

// A statement of whatever content about a purpose of a controller.
type asked struct {
	controller string
	purpose    cdp.PurposeID
}

func (tx *Tx) askedFor() (map[asked]bool, error) {
	if tx.asked != nil {
		return tx.asked, nil
	}
	out := make(map[asked]bool)
	value, err := tx.get(layout.KeyCounter(counterAsked))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: purposes asked for: %w", err)
	}
	r := tx.reader(value)
	for len(r.B) > 0 {
		out[asked{r.Text(), cdp.PurposeID(r.Text())}] = true
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("graph: purposes asked for: %w", r.Err())
	}
	tx.asked = out
	return out, nil
}

func (tx *Tx) noteAsked(controller string, purpose cdp.PurposeID) error {
	all, err := tx.askedFor()
	if err != nil || all[asked{controller, purpose}] {
		return err
	}
	all[asked{controller, purpose}] = true
	w := tx.writer()
	for a := range all {
		w.Text(a.controller)
		w.Text(string(a.purpose))
	}
	return tx.set(layout.KeyCounter(counterAsked), w.B)
}

func (tx *Tx) onlyAsked(controller string, purposes []cdp.PurposeID) ([]cdp.PurposeID, error) {
	all, err := tx.askedFor()
	if err != nil {
		return nil, err
	}
	out := make([]cdp.PurposeID, 0, len(purposes))
	for _, p := range purposes {
		if all[asked{controller, p}] {
			out = append(out, p)
		}
	}
	return out, nil
}

// ConsentsOf returns all events of an endpoint.
func (tx *Tx) ConsentsOf(endpoint cdp.Identifier) ([]cdp.Consent, error) {
	var out []cdp.Consent
	for e, err := range tx.r.Scan(layout.ConsentsOf(endpoint)) {
		if err != nil {
			return nil, fmt.Errorf("graph: consents of %v: %w", endpoint, err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: consents of %v: %w", endpoint, err)
		}
		events, err := decodeConsents(tx.reader(value))
		if err != nil {
			return nil, err
		}
		out = append(out, events...)
	}
	return out, nil
}

// Carriers returns up to n current records after one, live or quarantined,
// that carry an identifier which is not blocked, by id.
func (tx *Tx) Carriers(id cdp.Identifier, after cdp.RecordID, n int) ([]cdp.RecordID, error) {
	rng := layout.WithheldOf(id)
	rng.Start, rng.KeysOnly = layout.KeyWithheld(id, after+1), true
	var out []cdp.RecordID
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: %v: %w", id, err)
		}
		if out = append(out, cdp.RecordID(layout.LastNumber(e.Key))); len(out) == n {
			break
		}
	}
	roots, err := tx.rootsOf(id)
	if err != nil {
		return nil, err
	}
	for _, c := range roots {
		for _, in := range append([]layout.Component{c.id}, c.segments...) {
			more, err := tx.carriersUnder(in, id, after, n)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out) // one may be joined at one class and not at another
	return out[:min(len(out), n)], nil
}

// carriersUnder returns up to n records after one under a number that an
// identifier links.
func (tx *Tx) carriersUnder(in layout.Component, id cdp.Identifier, after cdp.RecordID, n int) ([]cdp.RecordID, error) {
	rng := layout.Members(in)
	rng.Start = layout.KeyMember(in, after+1)
	var out []cdp.RecordID
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: %v: %w", id, err)
		}
		h, err := tx.headOf(e)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(h.Claims, func(c claim) bool { return c.active && c.id.Same(id) }) {
			if out = append(out, h.ID); len(out) == n {
				break
			}
		}
	}
	return out, nil
}

// Told notes that something was said, or is over, at an endpoint of a record's
// row: its profile reads otherwise, although it is judged as before.
func (tx *Tx) Told(id cdp.RecordID) error {
	at, err := tx.place(id)
	if err != nil {
		return err
	}
	if at.state == placeSuperseded {
		h, err := tx.headAt(id, at)
		if err != nil {
			return err
		}
		if id, _, err = tx.Row(h.Source, h.Key); err != nil {
			return err
		}
	}
	p, err := tx.ProfileOf(id)
	if err != nil || p == 0 || tx.told[p] {
		return err
	}
	if tx.told == nil {
		tx.told = make(map[cdp.ProfileID]bool)
	}
	tx.told[p] = true
	tx.change(cdp.Change{Verb: "consent", Profiles: []cdp.ProfileID{p}, Record: id})
	return nil
}

// rootsOf returns the components that an identifier joins, or from which its
// carriers have still to part.
func (tx *Tx) rootsOf(id cdp.Identifier) ([]*component, error) {
	var ids []layout.Component
	for e, err := range tx.r.Scan(layout.Identifier(id)) {
		if err != nil {
			return nil, fmt.Errorf("graph: %v: %w", id, err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: %v: %w", id, err)
		}
		row, err := decodeIdentifierRow(tx.reader(value))
		if err != nil {
			return nil, err
		}
		if row.in != 0 && !slices.Contains(ids, row.in) {
			ids = append(ids, row.in)
		}
	}
	roots := make([]*component, 0, len(ids))
	for _, c := range ids {
		root, err := tx.rootOf(c)
		if err != nil {
			return nil, err
		}
		roots = append(roots, root)
	}
	return roots, nil
}

// AllConsents yields the events of each endpoint, purpose and controller.
func (tx *Tx) AllConsents() iter.Seq2[[]cdp.Consent, error] {
	return func(yield func([]cdp.Consent, error) bool) {
		for e, err := range tx.r.Scan(layout.AllConsents()) {
			var events []cdp.Consent
			if err == nil {
				var value []byte
				if value, err = layout.Unseal(e.Key, e.Value); err == nil {
					events, err = decodeConsents(tx.reader(value))
				}
			}
			if err != nil {
				err = fmt.Errorf("graph: consents: %w", err)
			}
			if !yield(events, err) || err != nil {
				return
			}
		}
	}
}
