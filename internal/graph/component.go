package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

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
	long     bool               // some of its ids and of apart are in rows of their own: see extend
	anchored bool               // its aliases lead to what they were minted for: see profileRow
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

func (c *component) profile() cdp.ProfileID {
	if len(c.ids) == 0 {
		return 0
	}
	return c.ids[0].profile
}

// encode writes the row of a component, without what is in rows of its own.
func (c *component) encode(w *layout.Writer, l lengths) []byte {
	ids, apart := c.inline(l)
	w.Uint(uint64(c.root))
	w.Uint(uint64(len(c.segments)))
	for _, s := range c.segments {
		w.Uint(uint64(s))
	}
	w.Uint(uint64(c.size))
	encodeIDs(w, c.ids[:ids])
	if c.root == 0 {
		flags := byte(0)
		for i, is := range []bool{c.pending, c.sum.Plain, c.sum.Shared, c.anchored, ids+apart < len(c.ids)+len(c.apart)} {
			if is {
				flags |= 1 << i
			}
		}
		w.B = append(w.B, flags, c.sum.Formed[0], c.sum.Formed[1], c.sum.Formed[2], c.sum.Variety)
		w.Uint(uint64(c.sum.Links))
		w.Uint(uint64(c.sum.Fact))
		w.Uint(uint64(apart))
		for _, a := range c.apart[:apart] {
			a.encode(w)
		}
	}
	return w.B
}

// decodeComponent reads the row of a component: of a long one not all of it.
func decodeComponent(id layout.Component, r *layout.Reader) (*component, error) {
	c := &component{id: id, root: layout.Component(r.Uint())}
	for range r.Count() {
		c.segments = append(c.segments, layout.Component(r.Uint()))
	}
	c.size = int(r.Uint())
	c.ids = decodeIDs(r)
	if c.root == 0 {
		flags := r.Byte()
		c.pending, c.sum.Plain, c.sum.Shared, c.anchored, c.long = flags&1 != 0, flags&2 != 0, flags&4 != 0, flags&8 != 0, flags&16 != 0
		for i := range c.sum.Formed {
			c.sum.Formed[i] = r.Byte()
		}
		c.sum.Variety = r.Byte()
		c.sum.Links, c.sum.Fact = uint16(r.Uint()), resolve.Day(r.Uint())
		for range r.Count() {
			c.apart = append(c.apart, takeApart(r))
		}
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: component %d: %w", id, layout.ErrDamaged)
	}
	return c, nil
}

// component returns the root component that id belongs to.
func (tx *Tx) component(id layout.Component) (*component, error) {
	c, err := tx.rootOf(id)
	if err == nil {
		err = tx.extend(c)
	}
	return c, err
}

// rootOf is component with no more than what is in its own row: its live id and
// size, but of a long one not all ids and not all that joins nothing.
func (tx *Tx) rootOf(id layout.Component) (*component, error) {
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

// componentAt decodes the row of a component, and reads what it has besides.
func (tx *Tx) componentAt(id layout.Component, value []byte) (*component, error) {
	c, err := decodeComponent(id, tx.reader(value))
	if err == nil {
		err = tx.extend(c)
	}
	return c, err
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
