package graph

import (
	"fmt"
	"iter"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// ByComponent yields all live profiles with all their records, in the order of
// components: one scan of the store, for indexes and exports.
func (tx *Tx) ByComponent() iter.Seq2[Profile, error] { return tx.ByComponentFrom(0) }

// ByComponentFrom is ByComponent from a place on: 0, or Profile.Next of the
// last one read. So a long stream can be read in several views.
func (tx *Tx) ByComponentFrom(place uint64) iter.Seq2[Profile, error] {
	return func(yield func(Profile, error) bool) {
		var heads []*head
		in := layout.Component(0)
		flush := func() (bool, error) {
			if len(heads) == 0 {
				return true, nil
			}
			p, ok, err := tx.streamed(in, heads)
			heads = heads[:0]
			if err != nil || !ok {
				return true, err
			}
			return yield(p, nil), nil
		}
		for e, err := range tx.r.Scan(layout.MembersFrom(layout.Component(place))) {
			var h *head
			if err == nil {
				h, err = tx.headOf(e)
			}
			var c layout.Component
			if err == nil {
				c, _, err = layout.MemberOf(e.Key)
			}
			more := true
			if err == nil && c != in {
				more, err = flush()
				in = c
			}
			if err != nil {
				yield(Profile{}, err)
				return
			}
			if !more {
				return
			}
			heads = append(heads, h)
		}
		if _, err := flush(); err != nil {
			yield(Profile{}, err)
		}
	}
}

// streamed makes a profile of the members under one component; false for a
// segment, which is yielded with its root.
func (tx *Tx) streamed(in layout.Component, heads []*head) (Profile, bool, error) {
	value, err := tx.get(layout.KeyComponent(in))
	if err != nil {
		return Profile{}, false, fmt.Errorf("graph: component %d: %w", in, err)
	}
	c, err := tx.componentAt(in, value)
	if err != nil || c.root != 0 {
		return Profile{}, false, err
	}
	p := Profile{ID: c.profile(), Asked: c.profile(), Size: c.size, Next: uint64(in) + 1}
	for _, m := range c.ids[1:] {
		p.Aliases = append(p.Aliases, m.profile)
	}
	for _, h := range heads {
		r := h.record(Live)
		if err := tx.stand(&r, h, c); err != nil {
			return p, false, err
		}
		p.Records = append(p.Records, r)
	}
	for _, s := range c.segments {
		var more []member
		if err := tx.membersUnder(s, &more); err != nil {
			return p, false, err
		}
		for _, m := range more {
			r := m.record(Live)
			if err := tx.stand(&r, m.head, c); err != nil {
				return p, false, err
			}
			p.Records = append(p.Records, r)
		}
	}
	for i := range p.Records {
		p.Records[i].Profile = p.ID
	}
	return p, true, nil
}

// CurrentAfter returns up to n current records, live or quarantined, after
// one, by id.
func (tx *Tx) CurrentAfter(after cdp.RecordID, n int) ([]cdp.RecordID, error) {
	rng := layout.Places()
	rng.Start = layout.KeyPlace(after + 1)
	var out []cdp.RecordID
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: records: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: records: %w", err)
		}
		p, err := decodePlace(tx.reader(value))
		if err != nil {
			return nil, err
		}
		if p.state != placeLive && p.state != placeQuarantined {
			continue
		}
		if out = append(out, cdp.RecordID(layout.LastNumber(e.Key))); len(out) == n {
			break
		}
	}
	return out, nil
}

// Issuers returns the issuers of a kind of identifier: what stands before the
// colon. It jumps from one to the next and reads one key of each.
func (tx *Tx) Issuers(kind cdp.Kind) ([]string, error) {
	seen := make(map[string]bool)
	var out []string
	for _, rng := range []func(cdp.Kind, string) (start []byte, end []byte){layout.IdentifierSpan, layout.WithheldSpan} {
		start, end := rng(kind, "")
		for {
			issuer, ok, err := tx.nextIssuer(start, end)
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			if !seen[issuer] {
				seen[issuer] = true
				out = append(out, issuer)
			}
			start, _ = rng(kind, issuer+";") // the byte after ':'
		}
	}
	return out, nil
}

func (tx *Tx) nextIssuer(start, end []byte) (string, bool, error) {
	for e, err := range tx.r.Scan(layout.Span(start, end)) {
		if err != nil {
			return "", false, fmt.Errorf("graph: issuers: %w", err)
		}
		_, value, _, _, err := layout.ClaimOf(e.Key)
		if err != nil {
			return "", false, err
		}
		issuer, _, _ := strings.Cut(value, ":")
		return issuer, true, nil
	}
	return "", false, nil
}
