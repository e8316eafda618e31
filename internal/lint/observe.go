package lint

import (
	"math/bits"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// Observed is what the store was seen to do, source by source. It grows with
// the number of sources, categories, purposes and recipients, and not with
// that of records.
type Observed struct {
	by      map[cdp.SourceID]*Seen
	sources []Source // all of the store, with their counts; set at the end
	instant sketch
	bulk    map[instant]bool
	bulkMin int
}

// Seen is what was seen of one source.
type Seen struct {
	Records, Quarantined int
	First, Last          time.Time // of the records
	Linked               bool      // one of its records is in a profile with another
	Categories           map[string]int
	Special              map[string]int         // kinds of special categories
	Purposes             map[cdp.PurposeID]int  // of touchpoints
	Shares               map[Sent]*SentCount    // by recipient and purpose
	Acts                 map[cdp.ActivityID]int // records held for each activity now
	Late                 map[cdp.ActivityID]int // of these, past their period for all that holds them
	Countries            map[string]int         // that records state
}

// Sent is where data of a source went.
type Sent struct {
	Recipient string
	Purpose   cdp.PurposeID
}

// A SentCount counts disclosures.
type SentCount struct {
	Count       int
	First, Last time.Time
	Fields      []string // sorted, at most maxNames of them
}

// maxNames bounds how many names of one sort are kept of a source, so that a
// source that puts values where names belong can not fill the memory.
const maxNames = 500

// maxBulks bounds the instants that are kept.
const maxBulks = 10_000

// An instant is a second in which somebody consented, by a source.
type instant struct {
	source cdp.SourceID
	at     int64
}

func newObserved(s *Scope) *Observed {
	return &Observed{by: make(map[cdp.SourceID]*Seen), bulk: make(map[instant]bool), bulkMin: s.Pack.Numbers.Bulk.Count, instant: newSketch(s.Consents)}
}

// Of returns what was seen of a source.
func (o *Observed) Of(id cdp.SourceID) *Seen {
	s := o.by[id]
	if s == nil {
		s = &Seen{Categories: map[string]int{}, Special: map[string]int{}, Purposes: map[cdp.PurposeID]int{}, Shares: map[Sent]*SentCount{},
			Acts: map[cdp.ActivityID]int{}, Late: map[cdp.ActivityID]int{}, Countries: map[string]int{}}
		o.by[id] = s
	}
	return s
}

func count[K comparable](m map[K]int, k K) {
	if _, ok := m[k]; ok || len(m) < maxNames {
		m[k]++
	}
}

func (o *Observed) add(rec *Record, among int) {
	seen := o.Of(rec.Source)
	if rec.Quarantined {
		seen.Quarantined++
	} else {
		seen.Records++
	}
	at := rec.time()
	seen.First = earlier(seen.First, at)
	if at.After(seen.Last) {
		seen.Last = at
	}
	seen.Linked = seen.Linked || among > 1
	late := slices.Contains(rec.Ruling.Findings, policy.FindingRetention)
	for i := range rec.Ruling.Holding {
		if v := &rec.Ruling.Holding[i]; v.Allow {
			count(seen.Acts, v.Activity)
			if late {
				count(seen.Late, v.Activity)
			}
		}
	}
	var last string
	for i := range rec.Attributes {
		a := &rec.Attributes[i]
		if kind := a.SpecialKind(); kind != "" {
			count(seen.Special, kind)
		}
		if a.Category != "" && a.Category != last {
			last = a.Category
			count(seen.Categories, last)
		}
		if a.Name == "country" && len(a.Value) == 2 {
			count(seen.Countries, a.Value.Reveal())
		}
	}
	for i := range rec.Claims {
		switch c := rec.Claims[i].Identifier.Kind().Category(); c {
		case "user.account", "user.unique_id": // the number under which a source keeps its own row
		default:
			count(seen.Categories, c)
		}
	}
	for i := range rec.Touchpoints {
		if p := rec.Touchpoints[i].Purpose; p != "" {
			count(seen.Purposes, p)
		}
	}
	o.sent(rec)
	for i := range rec.Consents {
		o.consent(rec.Source, &rec.Consents[i])
	}
}

// sent counts what was disclosed of a record.
func (o *Observed) sent(rec *Record) {
	for i := range rec.Shares {
		o.Of(rec.Source).share(&rec.Shares[i])
	}
}

func (s *Seen) share(x *cdp.Share) {
	k := Sent{x.Recipient, x.Purpose}
	c := s.Shares[k]
	if c == nil {
		if len(s.Shares) >= maxNames {
			return
		}
		c = &SentCount{}
		s.Shares[k] = c
	}
	c.Count++
	c.First = earlier(c.First, x.At)
	if x.At.After(c.Last) {
		c.Last = x.At
	}
	for _, f := range x.Fields {
		if i, ok := slices.BinarySearch(c.Fields, f); !ok && len(c.Fields) < maxNames {
			c.Fields = slices.Insert(c.Fields, i, f)
		}
	}
}

// consent counts the permissions of an instant. All are counted in a sketch
// that never counts too little; only instants that may be a bulk are kept.
func (o *Observed) consent(source cdp.SourceID, c *cdp.Consent) {
	if !c.State.ValidForProcessing() || c.At.IsZero() {
		return
	}
	k := instant{source, c.At.Unix()}
	if o.instant.add(k) >= o.bulkMin && len(o.bulk) < maxBulks {
		o.bulk[k] = true
	}
}

// A sketch counts things in fixed memory (count-min): what it says is never
// too low, and too high only when two things share a cell in each row.
type sketch struct{ rows [2][]uint16 }

// newSketch is for about so many different things: four cells each, so that
// several of them rarely share one.
func newSketch(things int) (s sketch) {
	size := 1 << min(max(bits.Len(uint(4*things)), 12), 24)
	for i := range s.rows {
		s.rows[i] = make([]uint16, size)
	}
	return s
}

// cells are the places of a thing, one a row (FNV-1a: the same in each run).
func (s *sketch) cells(k instant) (out [2]*uint16) {
	h := uint64(14695981039346656037)
	mix := func(b byte) { h = (h ^ uint64(b)) * 1099511628211 }
	for i := range len(k.source) {
		mix(k.source[i])
	}
	for i := range 8 {
		mix(byte(k.at >> (8 * i)))
	}
	for i := range s.rows {
		mix(byte(i + 1))
		out[i] = &s.rows[i][(h>>20)%uint64(len(s.rows[i]))]
	}
	return out
}

func (s *sketch) add(k instant) int {
	for _, n := range s.cells(k) {
		if *n < 1<<16-1 {
			*n++
		}
	}
	return s.count(k)
}

func (s *sketch) count(k instant) int {
	c := s.cells(k)
	return int(min(*c[0], *c[1]))
}
