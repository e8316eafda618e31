package graph

import (
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// A CrowdedError says that more records would have to move than fit in one
// transaction if a record left its profile. MakeRoom, in transactions of its
// own, makes it possible.
type CrowdedError struct{ Record cdp.RecordID }

func (e *CrowdedError) Error() string {
	return fmt.Sprintf("graph: %v can not leave its profile in one transaction", e.Record)
}

// A home is where the records of a part of a component are to be.
type home struct {
	numbers []layout.Component // the first is its root; none: a new one is needed
	members []member
	same    bool // all is as it is in the component: one part, one root
}

type homes []home

// homesOf gives the numbers under which a component's members are to its
// parts: each to the part that has most members there, so that few have to
// move. A root has members of its own: scans of all components rest on that.
func homesOf(c *component, members []member, parts [][]cdp.RecordID) homes {
	out := make(homes, len(parts))
	own := func(m member) bool { return m.in == c.id }
	if len(parts) == 1 && slices.ContainsFunc(members, own) {
		out[0] = home{append([]layout.Component{c.id}, c.segments...), members, true}
		return out
	}
	partOf := make(map[cdp.RecordID]int, len(members))
	for i, p := range parts {
		for _, rec := range p {
			partOf[rec] = i
		}
	}
	there := make(map[layout.Component]map[int]int)
	for _, m := range members {
		i := partOf[m.ID]
		out[i].members = append(out[i].members, m)
		if there[m.in] == nil {
			there[m.in] = make(map[int]int)
		}
		there[m.in][i]++
	}
	for _, in := range append([]layout.Component{c.id}, c.segments...) {
		most, n := 0, 0
		for i, count := range there[in] {
			if count > n || count == n && i < most {
				most, n = i, count
			}
		}
		if n > 0 {
			out[most].numbers = append(out[most].numbers, in)
		}
	}
	return out
}

// moving are the members that are not under a number of their part.
func (h homes) moving() []member {
	var out []member
	for _, part := range h {
		out = append(out, part.moving()...)
	}
	return out
}

func (h home) moving() []member {
	if h.same {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(h.members), func(m member) bool { return slices.Contains(h.numbers, m.in) })
}

// settle makes a component of a part of c: brings its records under its
// numbers, and to one of these whatever finds them by an identifier. Its row
// is not written yet.
func (tx *Tx) settle(c *component, h home) (*component, error) {
	if h.same {
		return &component{id: c.id, segments: c.segments, size: len(h.members)}, nil
	}
	if len(h.numbers) == 0 {
		id, err := tx.mintComponent()
		if err != nil {
			return nil, err
		}
		h.numbers = append(h.numbers, id)
	}
	part := &component{id: h.numbers[0], segments: h.numbers[1:], size: len(h.members)}
	for _, s := range part.segments {
		if err := tx.setComponent(&component{id: s, root: part.id}); err != nil {
			return nil, err
		}
	}
	for _, m := range h.moving() {
		if err := tx.moveMember(m, part.id); err != nil {
			return nil, err
		}
	}
	return part, tx.redirect(part, h)
}

// redirect corrects rows of identifiers that lead to a number under which
// another carrier was, once.
func (tx *Tx) redirect(part *component, h home) error {
	var keys [][]byte
	for _, m := range h.members {
		for _, id := range m.node().claims {
			keys = append(keys, layout.KeyIdentifier(id, m.Controller))
		}
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return fmt.Errorf("graph: identifiers of component %d: %w", part.id, err)
	}
	for i, v := range values {
		in, err := decodeIdentifierRow(tx.reader(v))
		if err != nil {
			return err
		}
		if slices.Contains(h.numbers, in) {
			continue
		}
		w := tx.writer()
		w.Uint(uint64(part.id))
		if err := tx.set(keys[i], w.B); err != nil {
			return err
		}
	}
	return nil
}

// abandon deletes the numbers of a component that no part of it has taken.
func (tx *Tx) abandon(c *component, h homes) error {
	for _, in := range append([]layout.Component{c.id}, c.segments...) {
		if !slices.ContainsFunc(h, func(part home) bool { return slices.Contains(part.numbers, in) }) {
			if err := tx.delete(layout.KeyComponent(in)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fits reports whether the members can be moved in this transaction.
func (tx *Tx) fits(members ...member) bool {
	rows, bytes := tx.movedRows, tx.movedBytes
	for _, m := range members {
		rows += m.rows()
		bytes += m.size
	}
	return len(members) == 0 || rows <= tx.limits.rows && bytes <= tx.limits.bytes
}

// rows is about how many rows moving a member writes.
func (m member) rows() int { return 3 + len(m.Claims) }

// MakeRoom prepares that a record can leave its profile: it brings records
// that would part from others then under numbers of their own, as many as fit
// in one transaction, and reports whether there are none left. Nothing that
// can be asked for changes.
func (tx *Tx) MakeRoom(id cdp.RecordID) (done bool, err error) {
	p, err := tx.place(id)
	if err != nil || p.state != placeLive {
		return true, err
	}
	c, err := tx.component(p.component)
	if err != nil {
		return false, err
	}
	members, err := tx.members(c)
	if err != nil {
		return false, err
	}
	members = slices.DeleteFunc(members, func(m member) bool { return m.ID == id })
	parts, _ := divided(members)
	segments := len(c.segments)
	for _, part := range homesOf(c, members, parts) {
		moving := part.moving()
		if len(moving) > 0 && len(part.numbers) == 0 {
			number, err := tx.mintComponent()
			if err != nil {
				return false, err
			}
			part.numbers = append(part.numbers, number)
			c.segments = append(c.segments, number)
			if err := tx.setComponent(&component{id: number, root: c.id}); err != nil {
				return false, err
			}
		}
		for _, m := range moving {
			if !tx.fits(m) {
				return false, tx.setComponent(c)
			}
			if err := tx.moveMember(m, part.numbers[0]); err != nil {
				return false, err
			}
		}
	}
	if len(c.segments) == segments {
		return true, nil
	}
	return true, tx.setComponent(c)
}
