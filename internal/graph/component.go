package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A component is the row of a connected component. The members of one are
// under its own number and under those of its segments: components it took in
// that were too large to move.
type component struct {
	id       layout.Component
	root     layout.Component   // the component it is a segment of; 0 for a root
	segments []layout.Component // of a root
	size     int                // live records, segments included
	ids      []minted           // ascending; the first is live, the others are its aliases
	apart    []apartLink        // what its records carry and are not joined by, ascending
	pending  bool               // more has to part from it: see SettleNext
	sum      resolve.Sum        // what a record must have to join it without more
}

// An apartLink is an identifier, at a class, that joins nothing in a component.
type apartLink struct {
	id    cdp.Identifier
	class resolve.Class
	state resolve.State
}

func (a apartLink) link(controller string) resolve.Link {
	return resolve.Link{ID: a.id, Controller: controller, Class: a.class}
}

func (a apartLink) compare(o apartLink) int {
	return cmp.Or(cmp.Compare(a.id.Kind(), o.id.Kind()), cmp.Compare(a.id.Reveal(), o.id.Reveal()), cmp.Compare(a.class, o.class))
}

func (a apartLink) same(o apartLink) bool { return a.compare(o) == 0 && a.state == o.state }

// numbers are all that the records of a component are under, its root first.
func (c *component) numbers() []layout.Component {
	return append([]layout.Component{c.id}, c.segments...)
}

// A minted profile id and the record it was minted for: in a split it goes
// where its anchor goes.
type minted struct {
	profile cdp.ProfileID
	anchor  cdp.RecordID
}

func (m minted) compare(o minted) int { return cmp.Compare(m.profile, o.profile) }

func (c *component) profile() cdp.ProfileID {
	if len(c.ids) == 0 {
		return 0
	}
	return c.ids[0].profile
}

func (c *component) encode(w *layout.Writer) []byte {
	w.Uint(uint64(c.root))
	w.Uint(uint64(len(c.segments)))
	for _, s := range c.segments {
		w.Uint(uint64(s))
	}
	w.Uint(uint64(c.size))
	encodeIDs(w, c.ids)
	if c.root == 0 {
		flags := byte(0)
		if c.pending {
			flags |= 1
		}
		if c.sum.Plain {
			flags |= 2
		}
		if c.sum.Shared {
			flags |= 4
		}
		w.B = append(w.B, flags, c.sum.Formed[0], c.sum.Formed[1], c.sum.Formed[2], c.sum.Variety)
		w.Uint(uint64(c.sum.Links))
		w.Uint(uint64(c.sum.Fact))
		w.Uint(uint64(len(c.apart)))
		for _, a := range c.apart {
			appendIdentifier(w, a.id)
			w.Byte(byte(a.class))
			w.Byte(byte(a.state))
		}
	}
	return w.B
}

func encodeIDs(w *layout.Writer, ids []minted) {
	w.Uint(uint64(len(ids)))
	for _, m := range ids {
		w.Uint(uint64(m.profile))
		w.Uint(uint64(m.anchor))
	}
}

func decodeIDs(r *layout.Reader) []minted {
	var ids []minted
	for range r.Count() {
		ids = append(ids, minted{cdp.ProfileID(r.Uint()), cdp.RecordID(r.Uint())})
	}
	return ids
}

func decodeComponent(id layout.Component, r *layout.Reader) (*component, error) {
	c := &component{id: id, root: layout.Component(r.Uint())}
	for range r.Count() {
		c.segments = append(c.segments, layout.Component(r.Uint()))
	}
	c.size = int(r.Uint())
	c.ids = decodeIDs(r)
	if c.root == 0 {
		flags := r.Byte()
		c.pending, c.sum.Plain, c.sum.Shared = flags&1 != 0, flags&2 != 0, flags&4 != 0
		for i := range c.sum.Formed {
			c.sum.Formed[i] = r.Byte()
		}
		c.sum.Variety = r.Byte()
		c.sum.Links, c.sum.Fact = uint16(r.Uint()), resolve.Day(r.Uint())
		for range r.Count() {
			c.apart = append(c.apart, apartLink{takeIdentifier(r), resolve.Class(r.Byte()), resolve.State(r.Byte())})
		}
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: component %d: %w", id, layout.ErrDamaged)
	}
	return c, nil
}

// component returns the root component that id belongs to.
func (tx *Tx) component(id layout.Component) (*component, error) {
	for range 2 {
		value, err := tx.get(layout.KeyComponent(id))
		if err != nil {
			return nil, fmt.Errorf("graph: component %d: %w", id, err)
		}
		c, err := decodeComponent(id, tx.reader(value))
		if err != nil || c.root == 0 {
			return c, err
		}
		id = c.root
	}
	return nil, fmt.Errorf("graph: component %d: segment of a segment: %w", id, layout.ErrDamaged)
}

func (tx *Tx) setComponent(c *component) error {
	return tx.set(layout.KeyComponent(c.id), c.encode(tx.writer()))
}

// A profileRow says what became of a profile id.
type profileRow struct {
	component layout.Component // of a live profile
	survivor  cdp.ProfileID    // of an alias
	minted    time.Time
}

func (p *profileRow) encode(w *layout.Writer) []byte {
	w.Uint(uint64(p.component))
	w.Uint(uint64(p.survivor))
	w.Time(p.minted)
	return w.B
}

func (tx *Tx) profileRow(id cdp.ProfileID) (*profileRow, error) {
	value, err := tx.get(layout.KeyProfile(id))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("graph: %v: %w", id, err)
	}
	r := tx.reader(value)
	p := &profileRow{component: layout.Component(r.Uint()), survivor: cdp.ProfileID(r.Uint()), minted: r.Time()}
	if !r.Done() {
		return nil, fmt.Errorf("graph: %v: %w", id, layout.ErrDamaged)
	}
	return p, nil
}

// setIDs makes ids the profile ids of a component and writes where each leads.
func (tx *Tx) setIDs(c *component, ids []minted) error {
	slices.SortFunc(ids, minted.compare)
	c.ids = ids
	for i, m := range ids {
		row, err := tx.profileRow(m.profile)
		if errors.Is(err, ErrNotFound) {
			row, err = &profileRow{minted: tx.now}, nil
		}
		if err != nil {
			return err
		}
		before := *row
		if i == 0 {
			row.component, row.survivor = c.id, 0
		} else {
			row.component, row.survivor = 0, ids[0].profile
		}
		if before == *row && before.component+layout.Component(before.survivor) != 0 {
			continue
		}
		if err := tx.set(layout.KeyProfile(m.profile), row.encode(tx.writer())); err != nil {
			return err
		}
	}
	return nil
}

// mintProfile returns a new profile id of a record.
func (tx *Tx) mintProfile(anchor cdp.RecordID) ([]minted, error) {
	p, err := mint(tx, func(s *sequences) *cdp.ProfileID { return &s.profiles })
	return []minted{{p, anchor}}, err
}

func (tx *Tx) mintComponent() (layout.Component, error) {
	return mint(tx, func(s *sequences) *layout.Component { return &s.components })
}

// A place says where a record is.
type place struct {
	state     placeState
	component layout.Component // of a live record; it may be a segment
	resting   []minted         // of a deleted or dropped record: ids that lead to nothing until its row is back
}

type placeState byte

const (
	placeLive placeState = iota
	placeQuarantined
	placeSuperseded // another version is current
	placeDeleted    // the current version is a delete marker
	placeDropped    // its content was dropped at the end of its quarantine
)

func (tx *Tx) place(id cdp.RecordID) (place, error) {
	value, err := tx.get(layout.KeyPlace(id))
	if errors.Is(err, kv.ErrNotFound) {
		return place{}, ErrNotFound
	}
	if err != nil {
		return place{}, fmt.Errorf("graph: %v: %w", id, err)
	}
	return decodePlace(tx.reader(value))
}

func decodePlace(r *layout.Reader) (place, error) {
	p := place{state: placeState(r.Byte()), component: layout.Component(r.Uint())}
	if len(r.B) > 0 {
		p.resting = decodeIDs(r)
	}
	if !r.Done() || p.state > placeDropped {
		return p, fmt.Errorf("graph: place: %w", layout.ErrDamaged)
	}
	return p, nil
}

func (tx *Tx) setPlace(id cdp.RecordID, p place) error {
	w := tx.writer()
	w.Byte(byte(p.state))
	w.Uint(uint64(p.component))
	if len(p.resting) > 0 {
		encodeIDs(w, p.resting)
	}
	return tx.set(layout.KeyPlace(id), w.B)
}

// A member is the head of a live record and the component its row is under.
type member struct {
	*head
	in   layout.Component
	size int // bytes of the head
}

// members returns the live records of a root component, by component and record.
func (tx *Tx) members(c *component) ([]member, error) {
	out := make([]member, 0, c.size)
	for _, in := range append([]layout.Component{c.id}, c.segments...) {
		if err := tx.membersUnder(in, &out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (tx *Tx) membersUnder(in layout.Component, out *[]member) error {
	if tx.crowd.in == in && in != 0 {
		*out = append(*out, tx.crowd.members...)
		return nil
	}
	from := len(*out)
	for e, err := range tx.r.Scan(layout.Members(in)) {
		if err != nil {
			return fmt.Errorf("graph: members of %d: %w", in, err)
		}
		_, id, err := layout.MemberOf(e.Key)
		if err != nil {
			return err
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: head of %v: %w", id, err)
		}
		h, err := decodeHead(id, tx.reader(value))
		if err != nil {
			return err
		}
		*out = append(*out, member{h, in, len(value)})
	}
	if n := len(*out) - from; tx.w != nil && n >= crowdSize {
		tx.crowd = crowd{in, slices.Clone((*out)[from:])}
	}
	return nil
}

// crowdSize is from how many records on the members of a number are kept in
// memory until the transaction ends: when many leave one by one, reading all
// others each time would be dear.
const crowdSize = 64

// A crowd is the members of the last large number that was read.
type crowd struct {
	in      layout.Component
	members []member
}

// deleteMember deletes the head of a live record.
func (tx *Tx) deleteMember(in layout.Component, id cdp.RecordID) error {
	if tx.crowd.in == in {
		tx.crowd.members = slices.DeleteFunc(tx.crowd.members, func(m member) bool { return m.ID == id })
	}
	return tx.delete(layout.KeyMember(in, id))
}

func decodeIdentifierRow(r *layout.Reader) (standing, error) {
	row := standing{in: layout.Component(r.Uint()), state: resolve.State(r.Byte())}
	if !r.Done() || row == (standing{}) {
		return row, fmt.Errorf("graph: identifier: %w", layout.ErrDamaged)
	}
	return row, nil
}

func encodeIdentifierRow(w *layout.Writer, row standing) []byte {
	w.Uint(uint64(row.in))
	w.Byte(byte(row.state))
	return w.B
}

// setIdentifierRow writes where a link leads. Rows are counted once for an
// identifier and controller, at the class of all claims.
func (tx *Tx) setIdentifierRow(l resolve.Link, row standing, fresh bool) error {
	key := keyOfLink(l)
	if fresh && !tx.linking[string(key)] {
		if err := tx.countLink(l, 1); err != nil {
			return err
		}
		if err := tx.alias(l.ID); err != nil {
			return err
		}
	}
	tx.noteLinking(key)
	return tx.set(key, encodeIdentifierRow(tx.writer(), row))
}

func (tx *Tx) countLink(l resolve.Link, by int) error {
	rules, err := tx.rules()
	if err != nil || !rules.Weakest(l.ID.Kind(), l.Class) {
		return err
	}
	return tx.countIdentifier(by)
}

// noteLinking remembers that an identifier's row is there.
func (tx *Tx) noteLinking(key []byte) {
	if tx.linking == nil {
		tx.linking = make(map[string]bool)
	}
	tx.linking[string(key)] = true
}

func (tx *Tx) deleteIdentifierRow(l resolve.Link) error {
	key := keyOfLink(l)
	delete(tx.linking, string(key))
	tx.mayUnalias(l.ID)
	if err := tx.countLink(l, -1); err != nil {
		return err
	}
	return tx.delete(key)
}

// putMember writes the head of a live record and its place.
func (tx *Tx) putMember(in layout.Component, h *head) error {
	if tx.crowd.in == in {
		tx.crowd = crowd{}
	}
	if err := tx.set(layout.KeyMember(in, h.ID), h.write(tx.writer())); err != nil {
		return err
	}
	return tx.setPlace(h.ID, place{state: placeLive, component: in})
}

// A room is what a transaction may still write to move records.
type room struct{ rows, bytes int }

func (tx *Tx) room() room {
	return room{tx.limits.rows - tx.movedRows, tx.limits.bytes - tx.movedBytes}
}

func (r *room) take(members []member) {
	for _, m := range members {
		r.rows -= m.rows()
		r.bytes -= m.size
	}
}

// fits reports whether members can be moved too. What is not moved always fits.
func (r room) fits(members []member) bool {
	r.take(members)
	return len(members) == 0 || r.rows >= 0 && r.bytes >= 0
}

// perPart is about how many rows are written for a profile that changes,
// besides those of its records.
const perPart = 4

// rows is about how many rows moving a member writes.
func (m member) rows() int { return 3 + 2*len(m.Claims) }

// setWithheld writes the row that finds a record by a claim that joins nothing.
func (tx *Tx) setWithheld(id cdp.Identifier, rec cdp.RecordID, state placeState) error {
	if err := tx.alias(id); err != nil {
		return err
	}
	return tx.set(layout.KeyWithheld(id, rec), []byte{byte(state)})
}

// dropWithheld deletes the row that finds a record by a claim that joins nothing.
func (tx *Tx) dropWithheld(id cdp.Identifier, rec cdp.RecordID) error {
	tx.mayUnalias(id)
	return tx.delete(layout.KeyWithheld(id, rec))
}
