package graph

import (
	"cmp"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// limits keep an act within one transaction, and a profile within few scans.
type limits struct {
	// move is how many records a component may have to be moved when another
	// one takes it in; a larger one becomes a segment.
	move int
	// rows and bytes are what one transaction writes at most to move records.
	// Merging, what exceeds it becomes segments; parting, it is left for later.
	rows, bytes int
	// carriers is how many carriers of an identifier one transaction settles
	// again at most, or marked components.
	carriers int
	// few components are joined in one transaction whatever their size: what
	// does not fit becomes segments.
	few int
	// list is how much of the long lists of a component is in its own row.
	list lengths
}

func usualLimits() limits {
	return limits{move: 256, rows: kv.MaxUpdateEntries / 2, bytes: kv.MaxUpdateBytes / 2, carriers: 1_000, few: 64, list: usualLengths()}
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

// An Effect is what an act did to profiles.
type Effect struct {
	Profile cdp.ProfileID // of the record afterwards; 0 when it is not live
	New     int           // profiles minted
	Merged  int           // profiles that became aliases
	Split   int           // profiles that came back or were minted by a split
	Pending int           // components that must be settled again: see SettleNext
}

func (e *Effect) add(o Effect) {
	if o.Profile != 0 {
		e.Profile = o.Profile
	}
	e.New += o.New
	e.Merged += o.Merged
	e.Split += o.Split
	e.Pending += o.Pending
}

// A change is what happens to the graph: a record leaves, a record enters, or
// both, because it is judged otherwise or another version takes its place.
type change struct {
	out     *head
	outIn   layout.Component // the number that out is under
	in      *head
	carried []minted // ids whose anchor the entering record is
	rest    fate     // of the ids whose anchor out is
}

// A fate is what becomes of profile ids whose anchor leaves.
type fate byte

const (
	inherited  fate = iota // the record that enters is their anchor
	carried                // they go with the record
	bequeathed             // they stay with the others of the profile
)

func (ch *change) cause() *head {
	if ch.in != nil {
		return ch.in
	}
	return ch.out
}

// settle makes a change and resolves what it bears on. It returns what went
// with a record that left.
func (tx *Tx) settle(ch change) (Effect, []minted, error) {
	w, err := tx.newWork()
	if err != nil {
		return Effect{}, nil, err
	}
	w.in, w.out = ch.in, ch.out
	if eff, ok, err := w.quick(ch); ok || err != nil {
		return eff, nil, err
	}
	if ch.out != nil {
		if err := w.load(ch.outIn); err != nil {
			return Effect{}, nil, err
		}
		if err := w.reach(ch.out, nil); err != nil {
			return Effect{}, nil, err
		}
	}
	if ch.in != nil {
		if err := w.reach(ch.in, nil); err != nil {
			return Effect{}, nil, err
		}
	}
	return w.carryOut(ch)
}

// carryOut resolves the records here and writes the result.
func (w *work) carryOut(ch change) (Effect, []minted, error) {
	c, err := w.resolve()
	if err != nil {
		return Effect{}, nil, err
	}
	w.countLong()
	c, partly, err := w.narrow(c)
	if err != nil {
		return Effect{}, nil, err
	}
	s := &settlement{work: w, tx: w.tx, ch: ch, result: c, partly: partly}
	if err := s.divide(); err != nil {
		return s.eff, nil, err
	}
	if err := s.identities(); err != nil {
		return s.eff, nil, err
	}
	if err := s.write(); err != nil {
		return s.eff, nil, err
	}
	s.witness()
	return s.eff, s.gone, nil
}

// A settlement is the way from the components as they are to the parts that
// resolution found.
type settlement struct {
	*work
	tx     *Tx
	ch     change
	result *resolve.Component
	parts  []*part
	partly map[linkKey]bool           // links that join more than is joined now
	before map[cdp.ProfileID]*settled // live before
	gone   []minted                   // went with the record that left
	book   idBook
	flood  bool // more links cease to join than are written at once: see ending
	eff    Effect

	free, spent int                        // rows that may be written now and could be later
	unwritten   map[cdp.IdentifierKey]bool // identifiers of which rows are left for later
	dropped     map[cdp.IdentifierKey]bool // identifiers that find a record by a row of its own no more
}

// A part is the records of one profile, as they will be.
type part struct {
	members []member // ascending; in is the number that each is under, 0 for the one that enters
	comps   []*settled
	numbers []layout.Component // the first is its root
	ids     []minted
	apart   []apartLink
	same    bool // nothing of it changes
	sum     resolve.Sum
	pending bool // more has to part from it, or to join it, or to find its records

	rowsLeft bool // not all rows that find its records are written
	entered  bool
	moving   []member // to its root
	shifts   []shift
}

// divide forms the parts and gives them numbers.
func (s *settlement) divide() error {
	under := make(map[cdp.RecordID]member)
	for _, c := range s.comps {
		for _, m := range c.members {
			under[m.ID] = m
		}
	}
	s.parts = make([]*part, s.result.Result.Parts)
	for i, p := range s.result.Result.Part {
		if s.parts[p] == nil {
			s.parts[p] = &part{}
		}
		part := s.parts[p]
		rec := s.result.Records[i].ID
		m := under[rec]
		if s.in != nil && rec == s.in.ID {
			m = member{head: s.in}
			part.entered = true
		} else if c := s.numbers[m.in]; len(part.comps) == 0 || part.comps[len(part.comps)-1] != c {
			part.comps = append(part.comps, c)
		}
		part.members = append(part.members, m)
	}
	for i, p := range s.parts {
		seen := make(map[*settled]bool, len(p.comps))
		p.comps = slices.DeleteFunc(p.comps, func(c *settled) bool { was := seen[c]; seen[c] = true; return was })
		p.sum = s.result.Result.Sums[i]
	}
	s.links()
	s.assign()
	if err := s.ending(); err != nil {
		return err
	}
	if err := s.postpone(); err != nil {
		return err
	}
	if len(s.partly) > 0 {
		s.joinLater()
	}
	return nil
}

// links notes for each part what joins nothing in it.
func (s *settlement) links() {
	seen := make(map[[2]int32]bool) // part and link
	for i := range s.result.Records {
		n := s.result.Result.Part[i]
		for _, cl := range s.result.ClaimsOf(i) {
			state := s.result.Result.States[cl[1]]
			if k := [2]int32{n, cl[1]}; state != resolve.Joins && !seen[k] {
				seen[k] = true
				l := s.result.Links[cl[1]]
				s.parts[n].apart = append(s.parts[n].apart, apartLink{l.ID, l.Class, state})
			}
		}
	}
	for _, p := range s.parts {
		slices.SortFunc(p.apart, apartLink.compare)
		if len(p.comps) == 1 && !p.entered {
			c := p.comps[0]
			p.same = len(p.members) == len(c.members) && slices.EqualFunc(p.apart, c.apart, apartLink.same) && !c.pending && !s.tx.forced.bearsOn(p, c)
		}
	}
}

// assign gives the numbers of the components to the parts: each to the part
// that has most members under it, so that few have to move.
func (s *settlement) assign() {
	there := make(map[layout.Component]map[int]int)
	for i, p := range s.parts {
		for _, m := range p.members {
			if m.in == 0 {
				continue
			}
			if there[m.in] == nil {
				there[m.in] = make(map[int]int)
			}
			there[m.in][i]++
		}
	}
	held := make(map[layout.Component]int) // members under a number of the part that has it
	for _, c := range s.comps {
		for _, n := range c.numbers() {
			most, count := -1, 0
			for i, k := range there[n] {
				if k > count || k == count && i < most {
					most, count = i, k
				}
			}
			if most >= 0 {
				s.parts[most].numbers = append(s.parts[most].numbers, n)
				held[n] = count
			}
		}
	}
	for _, p := range s.parts {
		s.root(p, held)
	}
}

// root chooses the root among a part's numbers, and which others it takes in:
// the small ones; the large stay segments of it.
func (s *settlement) root(p *part, held map[layout.Component]int) {
	if p.same || len(p.comps) == 1 && len(p.numbers) == len(p.comps[0].numbers()) && slices.Contains(p.numbers, p.comps[0].id) {
		if len(p.comps) > 0 {
			p.numbers = p.comps[0].numbers()
		}
		p.moving = p.elsewhere()
		return
	}
	size := func(n layout.Component) int {
		if c := s.numbers[n]; n == c.id {
			return c.size
		}
		return 0 // a segment is a root only when no root is there
	}
	slices.SortStableFunc(p.numbers, func(a, b layout.Component) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(held[b], held[a]), cmp.Compare(a, b))
	})
	p.moving = p.elsewhere()
	if len(p.numbers) < 2 {
		return
	}
	under := make(map[layout.Component][]member, len(p.numbers))
	for _, m := range p.members {
		under[m.in] = append(under[m.in], m)
	}
	room := s.tx.room()
	room.take(p.moving)
	keep := p.numbers[:1:1]
	for _, n := range p.numbers[1:] {
		c, members := s.numbers[n], under[n]
		if n == c.id && len(c.segments) == 0 && len(members) <= s.tx.limits.move && room.fits(members) {
			room.take(members)
			p.moving = append(p.moving, members...)
			continue
		}
		keep = append(keep, n)
	}
	p.numbers = keep
}

// elsewhere are the members that are not under a number of their part.
func (p *part) elsewhere() []member {
	var out []member
	for _, m := range p.members {
		if m.in != 0 && !slices.Contains(p.numbers, m.in) {
			out = append(out, m)
		}
	}
	return out
}

// identities gives each part its profile ids: where its anchors are.
func (s *settlement) identities() error {
	s.before = make(map[cdp.ProfileID]*settled)
	ids := slices.Clone(s.ch.carried)
	for _, c := range s.comps {
		s.before[c.profile()] = c
		for _, m := range c.ids {
			if s.out == nil || m.anchor != s.out.ID {
				ids = append(ids, m)
				continue
			}
			stay := s.heir(c)
			switch {
			case s.ch.rest == inherited:
				m.anchor = s.in.ID
			case s.ch.rest == carried || stay == 0:
				s.gone = append(s.gone, m)
				continue
			default:
				m.anchor = stay
				s.tx.note(inherits, s.out, m.profile)
			}
			ids = append(ids, m)
		}
	}
	at := make(map[cdp.RecordID]*part)
	for _, p := range s.parts {
		for _, m := range p.members {
			at[m.ID] = p
		}
	}
	for _, m := range ids {
		if p := at[m.anchor]; p != nil {
			p.ids = append(p.ids, m)
		}
	}
	for _, p := range s.parts {
		if len(p.ids) > 0 {
			continue
		}
		minted, err := s.tx.mintProfile(p.members[0].ID)
		if err != nil {
			return err
		}
		p.ids = minted
		s.eff.New++
	}
	return nil
}

// heir is the record that keeps what was minted for one that is gone for good:
// the lowest of the largest part that is left of its component.
func (s *settlement) heir(c *settled) cdp.RecordID {
	var best cdp.RecordID
	most := 0
	for _, p := range s.parts {
		n, first := 0, cdp.RecordID(0)
		for _, m := range p.members {
			if m.in != 0 && s.numbers[m.in] == c {
				if n++; first == 0 {
					first = m.ID
				}
			}
		}
		if n > most {
			most, best = n, first
		}
	}
	return best
}
