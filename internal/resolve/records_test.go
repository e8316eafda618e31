package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

func ident(kind cdp.Kind, value string) cdp.Identifier {
	return cdp.NewIdentifier(kind, value, [4]byte{9, 9, 9, 9})
}

// tight rules have caps that small examples reach.
const tight = `
identity: tight
version: 1
kinds:
  crm:          {class: A, exclusive: true}
  loyalty:      {class: B, bridges: 1, spread: 2}
  email:        {class: C, verified: B, bridges: 2, spread: 2}
  phone:        {class: C, bridges: 1, spread: 2}
  email_sha256: {class: C, bridges: 1, spread: 1, echo: true}
  device:       {class: D, bridges: 2}
guard: 4
birth_dates: differ
`

func tightRules(t interface{ Fatal(...any) }) *Rules {
	r, err := ParseRules("tight", []byte(tight))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A delivery is records and what persons said of them.
type delivery struct {
	records      []Record
	same, differ []Pair
}

func deliveries() *rapid.Generator[delivery] {
	return rapid.Custom(func(t *rapid.T) delivery {
		small := func(most int, name string) int { return rapid.IntRange(0, most).Draw(t, name) }
		d := delivery{records: make([]Record, small(14, "records"))}
		for i := range d.records {
			r := &d.records[i]
			r.ID, r.Controller = cdp.RecordID(i+1), rapid.SampledFrom([]string{"A", "A", "A", "B"}).Draw(t, "controller")
			if small(3, "birth") == 0 {
				r.Birth = Day(19800101 + small(1, "day"))
			}
			if small(9, "lock") == 0 {
				r.Lock = int32(1 + small(1, "which"))
			}
			for range small(4, "claims") {
				kind := rapid.SampledFrom([]cdp.Kind{cdp.KindCRM, cdp.KindLoyalty, cdp.KindEmail, cdp.KindEmail, cdp.KindPhone, cdp.KindEmailSHA256, cdp.KindDevice, cdp.KindIP}).Draw(t, "kind")
				c := Claimed{ident(kind, fmt.Sprintf("%c:%d", 'a'+small(1, "issuer"), small(3, "value"))), small(2, "verified") == 0}
				if !slices.ContainsFunc(r.Claims, func(o Claimed) bool { return o.ID.Same(c.ID) }) {
					r.Claims = append(r.Claims, c)
				}
			}
		}
		pairs := func(n int) (out []Pair) {
			for range n {
				a, b := cdp.RecordID(1+small(len(d.records), "a")), cdp.RecordID(1+small(len(d.records), "b")) // also one that is not there
				if a != b {
					out = append(out, Pair{a, b})
				}
			}
			return out
		}
		d.same, d.differ = pairs(max(0, small(6, "same")-4)), pairs(max(0, small(6, "differ")-4))
		return d
	})
}

// whole is the same delivery, as a first load and the self-check see it.
func whole(r *Rules, d *delivery) (*Whole, []Link) {
	w := r.NewWhole()
	number := make(map[linkKey]uint32)
	var all []Link
	for i := range d.records {
		var links []uint32
		for _, l := range r.LinksOf(&d.records[i]) {
			n, ok := number[keyOf(l)]
			if !ok {
				n = uint32(len(all))
				number[keyOf(l)] = n
				all = append(all, l)
				w.AddLink(l)
			}
			links = append(links, n)
		}
		if i%3 == 0 {
			links = append(links, NoLink)
		}
		w.AddRecord(links, d.records[i].Birth)
		if lock := d.records[i].Lock; lock != 0 {
			if w.Locks == nil {
				w.Locks = make(map[uint32]int32)
			}
			w.Locks[uint32(i)] = lock
		}
	}
	at := func(in []Pair, across bool) (out [][2]int32) {
		for _, p := range in {
			if int(p.A) <= len(d.records) && int(p.B) <= len(d.records) && (across || d.records[p.A-1].Controller == d.records[p.B-1].Controller) {
				out = append(out, [2]int32{int32(p.A) - 1, int32(p.B) - 1})
			}
		}
		return out
	}
	w.Same, w.Differ = at(d.same, false), at(d.differ, true)
	return w, all
}

// TestWholeIsResolve: what a first load and the self-check find piece by piece
// is what resolution finds among all records, and among each piece's alone.
func TestWholeIsResolve(t *testing.T) {
	rules := tightRules(t)
	check(t, func(t *rapid.T) {
		d := deliveries().Draw(t, "delivery")
		all := rules.Resolve(d.records, nil, d.same, d.differ)
		w, links := whole(rules, &d)
		var parts [][]cdp.RecordID
		last, carried := int64(-1), 0
		err := w.Divide(func(p *Piece) error {
			if int64(p.Records[0]) <= last {
				t.Fatalf("a piece begins with record %d after one with %d", p.Records[0], last)
			}
			last = int64(p.Records[0])
			carried += len(p.Links)
			of := make([][]cdp.RecordID, p.Parts)
			var recs []Record
			for i, r := range p.Records {
				of[p.Part[i]] = append(of[p.Part[i]], d.records[r].ID)
				recs = append(recs, d.records[r])
			}
			parts = append(parts, of...)
			alone := rules.Resolve(recs, nil, d.same, d.differ)
			if !slices.EqualFunc(alone.Parts(), sorted(of), slices.Equal) {
				t.Errorf("a piece is divided into %v, its records alone into %v", of, alone.Parts())
			}
			for i, l := range p.Links {
				state, ok := all.State(links[l])
				if single, _ := alone.State(links[l]); !ok || state != p.States[i] || single != p.States[i] {
					t.Errorf("%v %v: %v in its piece, %v alone, %v among all", links[l].ID, links[l].Class, p.States[i], single, state)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(sorted(parts), all.Parts(), slices.Equal) {
			t.Errorf("pieces give %v, all records %v", sorted(parts), all.Parts())
		}
		if carried != len(links) || len(links) != w.Size() || len(links) != len(all.Links) {
			t.Errorf("%d links are in pieces, %d were given, %d there are", carried, len(links), len(all.Links))
		}
	})
}

func sorted(parts [][]cdp.RecordID) [][]cdp.RecordID {
	for _, p := range parts {
		slices.Sort(p)
	}
	slices.SortFunc(parts, func(a, b []cdp.RecordID) int { return cmp.Compare(a[0], b[0]) })
	return parts
}

// TestNothingCrossesControllers, whatever is shared and whatever persons say.
func TestNothingCrossesControllers(t *testing.T) {
	rules := tightRules(t)
	check(t, func(t *rapid.T) {
		d := deliveries().Draw(t, "delivery")
		for _, part := range rules.Resolve(d.records, nil, d.same, d.differ).Parts() {
			for _, id := range part {
				if d.records[id-1].Controller != d.records[part[0]-1].Controller {
					t.Fatalf("%v are one profile, of two controllers", part)
				}
			}
		}
	})
}

// TestOrderOfRecordsDoesNotMatter gives the records, and what they carry, in
// another order.
func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	rules := tightRules(t)
	check(t, func(t *rapid.T) {
		d := deliveries().Draw(t, "delivery")
		want := rules.Resolve(d.records, nil, d.same, d.differ)
		recs := slices.Clone(shuffled(t, d.records))
		for i := range recs {
			recs[i].Claims = shuffled(t, recs[i].Claims)
		}
		got := rules.Resolve(recs, nil, shuffled(t, d.same), shuffled(t, d.differ))
		if !slices.EqualFunc(got.Parts(), want.Parts(), slices.Equal) {
			t.Fatalf("%v, in another order %v", want.Parts(), got.Parts())
		}
		for i, l := range want.Links {
			if state, ok := got.State(l); !ok || state != want.Result.States[i] {
				t.Fatalf("%v is %v, in another order %v", l.ID, want.Result.States[i], state)
			}
		}
	})
}

// TestCountedPieceByPiece: whether a value that joins nothing would still be
// generic is found by counting it component by component.
func TestCountedPieceByPiece(t *testing.T) {
	rules := tightRules(t)
	check(t, func(t *rapid.T) {
		d := deliveries().Draw(t, "delivery")
		all := rules.Resolve(d.records, nil, d.same, d.differ)
		if len(all.Links) == 0 {
			return
		}
		v := rapid.IntRange(0, len(all.Links)-1).Draw(t, "link")
		l := all.Links[v]
		without := rules.Resolve(d.records, func(o Link) bool { return keyOf(o) == keyOf(l) }, d.same, d.differ)
		apart := func(o Link) bool { s, _ := without.State(o); return s != Joins }
		bridged, with := 0, rules.NewCompanions(l)
		for _, part := range without.Parts() {
			var recs []Record
			for _, id := range part {
				recs = append(recs, d.records[id-1])
			}
			c := rules.Resolve(recs, apart, d.same, d.differ)
			if len(c.Parts()) != 1 {
				t.Fatalf("%v are one profile, alone they are %v", part, c.Parts())
			}
			if i := c.Index(l); i >= 0 {
				bridged += int(c.Result.Bridged[i])
			}
			with.Add(c)
		}
		if bridged != int(all.Result.Bridged[v]) {
			t.Errorf("%v %v bridges %d, counted piece by piece %d", l.ID, l.Class, all.Result.Bridged[v], bridged)
		}
		if got := with.Over(bridged); got != (all.Result.States[v] == Generic) {
			t.Errorf("%v %v is %v, counted piece by piece generic is %v", l.ID, l.Class, all.Result.States[v], got)
		}
	})
}
