package resolve

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// A Record is a record in the eyes of resolution.
type Record struct {
	ID         cdp.RecordID
	Controller string
	Claims     []Claimed // by which it may be linked now, each identifier once
	Birth      Day       // birth date it states; 0 for none
	Lock       int32     // the lock its row is under; 0 for none. What ties its rows is among the pairs
}

// Claimed is an identifier that a record carries.
type Claimed struct {
	ID       cdp.Identifier
	Verified bool
}

// A Day is a date without a time, 0 for none: year*10000 + month*100 + day.
type Day uint32

// DayOf returns the day of a time.
func DayOf(t time.Time) Day {
	return Day(uint32(t.Year())*10_000 + uint32(t.Month())*100 + uint32(t.Day()))
}

// Pair names two records that a person said something of.
type Pair struct{ A, B cdp.RecordID }

// A Component is some records and what resolution makes of them: all that may
// be in one profile with any of them, or more.
type Component struct {
	Records []Record
	Links   []Link     // what the records carry, at each class
	Claims  [][2]int32 // record and link, by record
	Result  *Partition // of the records, with the states of the links
	index   map[linkKey]int32
	from    []int32 // claims of record i: Claims[from[i]:from[i+1]]
}

type linkKey struct {
	id         cdp.IdentifierKey
	controller string
	class      Class
}

func keyOf(l Link) linkKey { return linkKey{l.ID.Key(), l.Controller, l.Class} }

// Resolve partitions records. apart says which links are taken to join
// nothing because they are generic beyond the records given; nil: none.
// Pairs that name other records, or records of two controllers as the same, are
// passed over.
func (r *Rules) Resolve(records []Record, apart func(Link) bool, same, differ []Pair) *Component {
	c := &Component{Records: records, index: make(map[linkKey]int32, 4*len(records)), from: make([]int32, 1, len(records)+1)}
	g := &Graph{Records: len(records), Guard: r.Guard}
	spaces := make(map[string]int32)
	space := func(s string) int32 {
		n, ok := spaces[s]
		if !ok {
			n = int32(len(spaces)) + 1
			spaces[s] = n
		}
		return n
	}
	for i := range records {
		rec := &records[i]
		for j := range rec.Claims {
			cl := &rec.Claims[j]
			levels, n := r.Levels(cl.ID.Kind(), cl.Verified)
			for _, class := range levels[:n] {
				l := Link{cl.ID, rec.Controller, class}
				k := keyOf(l)
				v, ok := c.index[k]
				if !ok {
					v = int32(len(c.Links))
					c.index[k] = v
					c.Links = append(c.Links, l)
					val := r.value(cl.ID.Kind(), cl.ID.Reveal(), class, func(s string) int32 { return space(rec.Controller + "\x00" + s) })
					val.Apart = apart != nil && apart(l)
					g.Values = append(g.Values, val)
				}
				g.Claims = append(g.Claims, Claim{int32(i), v})
				c.Claims = append(c.Claims, [2]int32{int32(i), v})
			}
		}
		c.from = append(c.from, int32(len(c.Claims)))
		if rec.Birth != 0 && r.BirthDates != "ignore" {
			g.Facts = append(g.Facts, Fact{int32(i), 1, uint64(rec.Birth)})
		}
		if rec.Lock != 0 {
			if g.Locks == nil {
				g.Locks = make([]int32, len(records))
			}
			g.Locks[i] = rec.Lock
		}
	}
	if len(same)+len(differ) > 0 {
		at := make(map[cdp.RecordID]int32, len(records))
		for i := range records {
			at[records[i].ID] = int32(i)
		}
		pairs := func(in []Pair) (out [][2]int32) {
			for _, p := range in {
				a, okA := at[p.A]
				b, okB := at[p.B]
				if okA && okB && a != b {
					out = append(out, [2]int32{a, b})
				}
			}
			return out
		}
		for _, p := range pairs(same) {
			if records[p[0]].Controller == records[p[1]].Controller { // never across controllers
				g.Same = append(g.Same, p)
			}
		}
		g.Differ = pairs(differ)
	}
	c.Result = Divide(g)
	return c
}

// ClaimsOf returns the indexes in Links of what a record carries.
func (c *Component) ClaimsOf(record int) [][2]int32 { return c.Claims[c.from[record]:c.from[record+1]] }

// State returns what a link does here; ok is false when no record carries it.
func (c *Component) State(l Link) (s State, ok bool) {
	i, ok := c.index[keyOf(l)]
	if !ok {
		return 0, false
	}
	return c.Result.States[i], true
}

// Index returns the place of a link in Links, -1 when no record carries it.
func (c *Component) Index(l Link) int {
	i, ok := c.index[keyOf(l)]
	if !ok {
		return -1
	}
	return int(i)
}

// Parts returns the records of each part, each sorted by id, the parts by
// their lowest id.
func (c *Component) Parts() [][]cdp.RecordID {
	parts := make([][]cdp.RecordID, c.Result.Parts)
	for i, p := range c.Result.Part {
		parts[p] = append(parts[p], c.Records[i].ID)
	}
	for _, p := range parts {
		slices.Sort(p)
	}
	slices.SortFunc(parts, func(a, b []cdp.RecordID) int { return int(int64(a[0]) - int64(b[0])) })
	return parts
}

// LinksOf returns what a record may be linked by, at each class.
func (r *Rules) LinksOf(rec *Record) []Link {
	out := make([]Link, 0, len(rec.Claims))
	for i := range rec.Claims {
		cl := &rec.Claims[i]
		levels, n := r.Levels(cl.ID.Kind(), cl.Verified)
		for _, class := range levels[:n] {
			out = append(out, Link{cl.ID, rec.Controller, class})
		}
	}
	return out
}

// Companions are what is carried with a link, counted component by component:
// as long as it joins nothing, its carriers are in several.
type Companions struct {
	rules    *Rules
	link     Link
	carriers int
	values   map[uint8]map[uint64]bool // by kind
}

// NewCompanions counts for a link; it has seen no component yet.
func (r *Rules) NewCompanions(l Link) *Companions {
	return &Companions{rules: r, link: l, values: make(map[uint8]map[uint64]bool)}
}

// Add counts the carriers in another component, and what spread counts of them.
func (w *Companions) Add(c *Component) {
	i := c.Index(w.link)
	if i < 0 {
		return
	}
	kind := w.rules.kinds[w.link.ID.Kind()].index
	for rec := range c.Records {
		claims := c.ClaimsOf(rec)
		if !slices.ContainsFunc(claims, func(cl [2]int32) bool { return int(cl[1]) == i }) {
			continue
		}
		w.carriers++
		for _, cl := range claims {
			o := &c.Links[cl[1]]
			k := w.rules.kinds[o.ID.Kind()]
			if k.index == kind || k.uncounted() || o.Class < w.link.Class || o.Class > ClassC {
				continue
			}
			if w.values[k.index] == nil {
				w.values[k.index] = make(map[uint64]bool)
			}
			w.values[k.index][order(o.ID.Kind(), o.ID.Reveal())] = true
		}
	}
}

// Covers reports whether at least what o counted was counted: as many carriers,
// and each value. Nothing is missing where spread does not count.
func (w *Companions) Covers(o *Companions) bool {
	if w.rules.kinds[w.link.ID.Kind()].Spread == 0 {
		return true
	}
	if w.carriers < o.carriers {
		return false
	}
	for kind, values := range o.values {
		for v := range values {
			if !w.values[kind][v] {
				return false
			}
		}
	}
	return true
}

// Most returns how many values of the one kind were counted that is carried with
// the link in most forms.
func (w *Companions) Most() int {
	most := 0
	for _, values := range w.values {
		most = max(most, len(values))
	}
	return most
}

// Over reports whether the link is generic when it bridges so many parts: what
// [Divide] would find among all that was counted. Of one carrier all that it
// carries is one person's.
func (w *Companions) Over(bridged int) bool {
	k := w.rules.kinds[w.link.ID.Kind()]
	if k.Bridges > 0 && bridged > k.Bridges {
		return true
	}
	if k.Spread == 0 || w.carriers < 2 {
		return false
	}
	for _, values := range w.values {
		if len(values) > k.Spread {
			return true
		}
	}
	return false
}

// Weakest reports whether a class is the one at which all claims of a kind
// join, verified or not.
func (r *Rules) Weakest(kind cdp.Kind, class Class) bool {
	k := r.kinds[kind]
	return k != nil && k.class == class
}
