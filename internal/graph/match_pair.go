package graph

import (
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/match"
)

// linkable returns of the records of a profile what may be compared, and how
// many may not. To compare two profiles is to process them for linking, so a
// record has to be one that may be linked: none that is held apart, restricted
// or in quarantine. Of its claims those are left out that law holds back from
// linking, that the mapping does not link by, that a person cut or suppressed,
// and values that are nobody's. Shared ones stay: they count little.
func linkable(p *Profile) (records []cdp.Record, left int) {
	for i := range p.Records {
		r := &p.Records[i]
		if r.Outcome != cdp.Linked || r.State != Live {
			left++
			continue
		}
		rec := r.Record
		rec.Claims = make([]cdp.Claim, 0, len(r.Claims))
		for _, c := range r.Claims {
			switch {
			case c.Blocked != "" || c.Strength == cdp.LinkNone || c.Standing == "cut" || c.Standing == "suppressed":
				continue
			case c.Generic == "" && !c.Verdict.Allow:
				continue
			case c.Standing == "generic":
				c.Generic = c.Standing
			}
			rec.Claims = append(rec.Claims, c)
		}
		records = append(records, rec)
	}
	return records, left
}

// A compared is a profile ready to be compared.
type compared struct {
	person     *match.Person // nil when there is nothing to compare
	controller string
	keys       []uint64
	values     map[uint64]bool // keys that stand for one value, filed or not
}

// people remembers profiles that were made ready: those of late.
type people struct{ now, before map[cdp.ProfileID]*compared }

// manyPeople is how many profiles are remembered, twice; one is 1 to 2 KB.
const manyPeople = 15_000

func newPeople() *people { return &people{now: make(map[cdp.ProfileID]*compared)} }

func (p *people) get(id cdp.ProfileID) *compared {
	if c, ok := p.now[id]; ok {
		return c
	}
	c, ok := p.before[id]
	if ok {
		p.keep(id, c)
	}
	return c
}

func (p *people) keep(id cdp.ProfileID, c *compared) {
	if len(p.now) >= manyPeople {
		p.before, p.now = p.now, make(map[cdp.ProfileID]*compared)
	}
	p.now[id] = c
}

// ready makes a profile ready to be compared, but for what many share.
func (f *MatchFollower) ready(p *Profile) *compared {
	records, _ := linkable(p)
	c := &compared{}
	person := match.Of(records, f.m.known)
	if person.Empty() {
		return c
	}
	controller := p.Records[0].Controller
	c.person, c.controller, c.values = person, controller, make(map[uint64]bool)
	for _, key := range match.Keys(person) {
		c.keys = append(c.keys, f.hash.of(controller, key))
	}
	slices.Sort(c.keys)
	c.keys = slices.Compact(c.keys)
	person.Crowded(func(key string) bool {
		c.values[f.hash.of(controller, key)] = true
		return false
	})
	return c
}

// crowded marks the values of a profile that many share.
func (k *matching) crowded(c *compared) error {
	if c.person == nil {
		return nil
	}
	hashes := make([]uint64, 0, len(c.values))
	for h := range c.values {
		hashes = append(hashes, h)
	}
	if err := k.load(hashes); err != nil {
		return err
	}
	c.person.Crowded(func(key string) bool {
		return k.blocks[k.f.hash.of(c.controller, key)].count > k.f.m.rules.Crowd
	})
	return nil
}

// person returns a profile ready to be compared; one that is no more has
// nothing to compare.
func (k *matching) person(id cdp.ProfileID) (*compared, error) {
	if c := k.f.people.get(id); c != nil {
		return c, nil
	}
	p, err := k.tx.Profile(id, 0)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && p.ID != id:
		return &compared{}, nil
	case err != nil:
		return nil, err
	}
	c := k.f.ready(&p)
	if err := k.crowded(c); err != nil {
		return nil, err
	}
	k.f.people.keep(id, c)
	return c, nil
}

// redo files some profiles anew and looks for their candidates again. What is
// marked by it is done later.
func (k *matching) redo(ids []cdp.ProfileID) error {
	slices.Sort(ids)
	fresh := make([]*compared, len(ids))
	for i, id := range ids {
		var err error
		if fresh[i], err = k.file(id); err != nil {
			return err
		}
	}
	for i, id := range ids { // only now it is known what many share
		if err := k.crowded(fresh[i]); err != nil {
			return err
		}
		k.f.people.keep(id, fresh[i])
	}
	for _, b := range k.blocks {
		if b.dirty && k.crossed(b) {
			for _, id := range b.members {
				if _, ok := slices.BinarySearch(ids, id); !ok {
					k.due = append(k.due, id)
				}
			}
		}
	}
	slices.Sort(k.due)
	k.due = slices.Compact(k.due)
	touched := make(map[cdp.ProfileID]bool)
	for _, id := range ids {
		if err := k.pair(id, touched); err != nil {
			return err
		}
	}
	list := make([]cdp.ProfileID, 0, len(touched))
	for id := range touched {
		list = append(list, id)
	}
	slices.Sort(list)
	return k.requeue(list)
}

// file brings the keys of a profile up to date.
func (k *matching) file(id cdp.ProfileID) (*compared, error) {
	row, err := k.row(id)
	if err != nil {
		return nil, err
	}
	c := &compared{}
	p, err := k.tx.Profile(id, 0)
	switch {
	case err == nil && p.ID == id:
		c = k.f.ready(&p)
	case err != nil && !errors.Is(err, ErrNotFound):
		return nil, err
	}
	return c, k.refile(row, c)
}

// refile takes a profile out of the blocks that it is no longer in, and puts it
// into those that it is now in.
func (k *matching) refile(row *matchRow, c *compared) error {
	if err := k.load(slices.Concat(row.keys, c.keys)); err != nil {
		return err
	}
	for _, h := range row.keys {
		if _, ok := slices.BinarySearch(c.keys, h); !ok {
			if err := k.take(k.blocks[h], row.id); err != nil {
				return err
			}
		}
	}
	for _, h := range c.keys {
		b := k.blocks[h]
		if c.values[h] && !b.value {
			b.value, b.dirty = true, true
		}
		if !slices.Contains(row.keys, h) {
			k.put(b, row.id)
		}
	}
	gone := len(c.keys) == 0
	if row.gone != gone {
		if row.gone = gone; gone {
			k.state.filed--
		} else {
			k.state.filed++
		}
	}
	if !slices.Equal(row.keys, c.keys) {
		row.keys, row.dirty = c.keys, true
	}
	return nil
}

// pair looks for the candidates of a profile, and puts it in its place among
// theirs.
func (k *matching) pair(id cdp.ProfileID, touched map[cdp.ProfileID]bool) error {
	row, err := k.row(id)
	if err != nil {
		return err
	}
	found, err := k.candidates(row, func(level match.Level) bool { return level == match.Possible })
	if err != nil {
		return err
	}
	k.list(row, found)
	touched[id] = true
	fits := make(map[cdp.ProfileID]bool, len(found))
	for _, p := range found {
		fits[p.id] = true
		if err := k.tell(row, p.id, p.score, true, touched); err != nil {
			return err
		}
	}
	for _, id := range k.fitted(row) {
		if !fits[id] {
			if err := k.tell(row, id, 0, false, touched); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitted returns the profiles among whose candidates one may have been.
func (k *matching) fitted(row *matchRow) []cdp.ProfileID {
	out := make([]cdp.ProfileID, 0, len(row.was))
	for _, p := range row.was {
		out = append(out, p.id)
	}
	if row.wasCut { // there may be more than it knows
		for _, h := range row.wasKeys {
			out = append(out, k.blocks[h].members...)
		}
	}
	return out
}

// list keeps the best candidates.
func (k *matching) list(row *matchRow, found []partner) {
	slices.SortFunc(found, partner.compare)
	most := k.f.m.kept()
	kept := found[:min(len(found), most)]
	if cut := len(found) > most; cut != row.cut || !slices.Equal(kept, row.partners) {
		row.partners, row.cut, row.dirty = slices.Clone(kept), cut, true
	}
}

// tell puts a profile in its place among the candidates of another one.
func (k *matching) tell(row *matchRow, other cdp.ProfileID, score float64, possible bool, touched map[cdp.ProfileID]bool) error {
	o, err := k.row(other)
	if err != nil || o.gone {
		return err
	}
	if o.partner(partner{row.id, score}, possible, k.f.m.kept()) {
		k.due = append(k.due, other)
	}
	if o.dirty {
		touched[other] = true
	}
	return nil
}

// candidates compares a profile with all that it shares a key with.
func (k *matching) candidates(row *matchRow, want func(match.Level) bool) ([]partner, error) {
	if row.gone {
		return nil, nil
	}
	if err := k.load(row.keys); err != nil {
		return nil, err
	}
	seen := map[cdp.ProfileID]bool{row.id: true}
	var mates []cdp.ProfileID
	for _, h := range row.keys {
		b := k.blocks[h]
		if b.count > k.f.m.rules.Block {
			continue
		}
		for _, id := range b.members {
			if !seen[id] {
				seen[id] = true
				mates = append(mates, id)
			}
		}
	}
	if len(mates) == 0 {
		return nil, nil
	}
	me, err := k.person(row.id)
	if err != nil || me.person == nil {
		return nil, err
	}
	apart, err := k.tx.calledDifferent(row.id)
	if err != nil {
		return nil, err
	}
	var out []partner
	for _, id := range mates {
		if _, ok := apart[id]; ok {
			continue
		}
		other, err := k.person(id)
		if err != nil {
			return nil, err
		}
		if other.person == nil {
			continue
		}
		if s := k.f.m.rules.Compare(me.person, other.person); want(s.Level) {
			out = append(out, partner{id, s.Total})
		}
	}
	return out, nil
}

// rowsFrom reads up to n rows of profiles from one on, and names them.
func (k *matching) rowsFrom(id cdp.ProfileID, n int) ([]cdp.ProfileID, error) {
	var out []cdp.ProfileID
	for e, err := range k.tx.r.Scan(layout.MatchingFrom(id)) {
		if err != nil {
			return nil, err
		}
		p := cdp.ProfileID(layout.LastNumber(e.Key))
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, err
		}
		if k.rows[p] == nil {
			if k.rows[p], err = decodeMatchRow(p, k.tx.reader(value)); err != nil {
				return nil, err
			}
		}
		if out = append(out, p); len(out) == n {
			break
		}
	}
	return out, nil
}
