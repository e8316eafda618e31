package steward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// An answers is what a desk tells of who was whom and why, as text.
type answers map[string]string

// tell asks a desk of some profiles, pairs of rows and identifiers. Rules and
// articles of verdicts are left out: what is kept with a claim is shorter.
func tell(t *testing.T, d *Desk, ids []cdp.ProfileID, rows [][2]string, values []cdp.Identifier) answers {
	t.Helper()
	out := make(answers)
	put := func(q string, v any, err error) {
		var many *AmbiguousError
		switch {
		case errors.As(err, &many):
			out[q] = "several: " + foundText(many.Found)
		case errors.Is(err, graph.ErrNotFound):
			out[q] = "nothing"
		case err != nil:
			t.Fatalf("%s: %v", q, err)
		default:
			out[q] = fmt.Sprintf("%+v", v)
		}
	}
	for _, pair := range rows {
		n, err := d.WhyNot(t.Context(), pair[0], pair[1])
		n.Lens, n.Partial = cdp.Lens{}, false
		for i := range n.Shared {
			sh := &n.Shared[i]
			sh.Verdict = cdp.Verdict{}
			if sh.Decision != nil {
				sh.Reason += fmt.Sprintf(" %+v", *sh.Decision)
				sh.Decision = nil
			}
		}
		put(fmt.Sprint("why not ", pair), n, err)
		p, err := d.Why(t.Context(), pair[0], pair[1])
		for i := range p.Hops {
			h := &p.Hops[i]
			h.FromVerdict.Reason, h.ToVerdict.Reason = "", ""
			if h.Decision != nil {
				h.Class += fmt.Sprintf("%+v", *h.Decision)
				h.Decision = nil
			}
		}
		p.Lens = cdp.Lens{}
		put(fmt.Sprint("why ", pair), p, err)
		for _, text := range pair {
			found, err := d.Find(t.Context(), text)
			put("find "+text, foundText(found), err)
		}
	}
	for _, id := range ids {
		h, err := d.Holding(t.Context(), id)
		h.Lens = cdp.Lens{}
		slices.SortFunc(h.Apart, func(a, b cdp.ApartClaim) int { return strings.Compare(a.Identifier.String(), b.Identifier.String()) })
		put(fmt.Sprint("holding ", id), h, err)
		events, err := d.How(t.Context(), id)
		var words []string
		for _, e := range events {
			words = append(words, e.Words)
			if e.Decision != nil {
				words = append(words, fmt.Sprintf("%+v", *e.Decision))
			}
		}
		put(fmt.Sprint("how ", id), words, err)
		n, err := d.Neighbourhood(t.Context(), id, 2)
		put(fmt.Sprint("around ", id), aroundText(n), err)
	}
	for _, v := range values {
		found, err := d.Find(t.Context(), v.Reveal())
		put("find "+v.Reveal(), foundText(found), err)
	}
	return out
}

func foundText(list []cdp.Found) string {
	var out []string
	for _, f := range list {
		s := fmt.Sprint(f.Ref, f.Profile)
		if f.Identifier != nil {
			s += " by " + f.Identifier.Reveal()
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// aroundText is a neighbourhood without the order of what surrounds.
func aroundText(n cdp.Neighbourhood) string {
	out := []string{fmt.Sprint(n.Centre, n.Hops, n.Hidden)}
	for _, h := range n.Held {
		out = append(out, fmt.Sprint("held ", h.Identifier.Reveal(), h.Records, h.Sources, h.Active, h.Standing, h.Shared, h.Since))
	}
	for _, d := range n.Down {
		out = append(out, fmt.Sprintf("down %+v", d))
	}
	for _, s := range n.Shared {
		slices.Sort(s.Profiles)
		out = append(out, fmt.Sprint("shared ", s.Identifier.Reveal(), s.From, s.Profiles, s.Reason, s.Hop))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// A teller remembers what was told, to ask again as it was known then.
type teller struct {
	moments []heardAt
}

type heardAt struct {
	snapshot
	ids    []cdp.ProfileID
	rows   [][2]string
	values []cdp.Identifier
	told   answers
}

// listen asks at the present moment of some of what there is.
func (x *teller) listen(b *bench, rnd *rand.Rand, seen snapshots) {
	b.t.Helper()
	now := heardAt{snapshot: seen[len(seen)-1]}
	for id := range now.profiles {
		now.ids = append(now.ids, id)
	}
	slices.Sort(now.ids)
	rnd.Shuffle(len(now.ids), func(i, j int) { now.ids[i], now.ids[j] = now.ids[j], now.ids[i] })
	now.ids = now.ids[:min(len(now.ids), 3)]
	sources := []string{"shop.orders", "store.pos", "loyalty", "club", "marketplace", "repairs"}
	row := func() string { return fmt.Sprint(sources[rnd.IntN(len(sources))], "/k", rnd.IntN(8)) }
	for range 4 {
		now.rows = append(now.rows, [2]string{row(), row()})
	}
	for range 3 {
		now.values = append(now.values, ident(cdp.KindEmail, fmt.Sprint("m", rnd.IntN(2), rnd.IntN(6))))
	}
	now.told = tell(b.t, b.d, now.ids, now.rows, now.values)
	x.forget(b.now)
	x.moments = append(x.moments, now)
}

// forget takes back what was told at this moment: of one moment the last state
// counts.
func (x *teller) forget(now time.Time) {
	if n := len(x.moments); n > 0 && x.moments[n-1].at.Equal(now) {
		x.moments = x.moments[:n-1]
	}
}

// compare asks again as it was known at each of some moments.
func (x *teller) compare(b *bench, name string, rnd *rand.Rand, moments int, notable map[string]int) {
	b.t.Helper()
	for _, i := range rnd.Perm(len(x.moments))[:min(moments, len(x.moments))] {
		was := x.moments[i]
		if slices.ContainsFunc(recordsByProfile(was.profiles), b.dropped) {
			continue // what was there is gone by law
		}
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
		again := tell(b.t, d, was.ids, was.rows, was.values)
		for q, want := range was.told {
			if again[q] != want {
				b.t.Fatalf("%s: %s as known at %v\n%s\nwas\n%s", name, q, was.at, again[q], want)
			}
			if want != "nothing" && want != "" {
				notable[strings.Fields(q)[0]]++
			}
		}
	}
}

func recordsByProfile(m map[cdp.ProfileID][]cdp.RecordID) (out [][]cdp.RecordID) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// TestReasonsAsKnown: each reason for which a value joins nobody is told as it
// was told then, though what carried the value was deleted or said otherwise
// since, and decisions were taken back.
func TestReasonsAsKnown(t *testing.T) {
	b := newBench(t).register()
	phone, crm := ident(cdp.KindPhone, "+4930231251"), func(n string) cdp.Identifier { return ident(cdp.KindCRM, "lindenhof:"+n) }
	card := func(i int) cdp.Identifier { return ident(cdp.KindLoyalty, fmt.Sprint("lindenhof:", i)) }
	var recs []cdp.Record
	for i := range 5 { // the phone is in more persons made by their cards than it may join
		recs = append(recs, record("shop.orders", fmt.Sprint("a", i), card(i)), record("shop.orders", fmt.Sprint("b", i), card(i), phone))
	}
	bare := record("shop.orders", "c", ident(cdp.KindDevice, "till-7"), ident(cdp.KindPhone, "+4930231252"))
	bare.Claims[0].Strength = cdp.LinkNone
	other := record("shop.orders", "d", ident(cdp.KindDevice, "till-7"), crm("1"), mail)
	other.Claims[0].Strength = cdp.LinkNone
	b.admit(append(recs, bare, other, record("shop.orders", "e", crm("2"), mail))...)

	var seen snapshots
	var heard teller
	var stood [][]string // what each claim did
	rnd := rand.New(rand.NewPCG(1, 1))
	ask := func() {
		seen.take(b)
		heard.listen(b, rnd, seen)
		m := &heard.moments[len(heard.moments)-1]
		m.ids, m.rows, m.values = nil, nil, []cdp.Identifier{phone, mail, crm("1")}
		for id := range m.profiles {
			m.ids = append(m.ids, id)
		}
		keys := []string{"a0", "b0", "b1", "b4", "c", "d", "e"}
		for i, x := range keys {
			for _, y := range keys[:i] {
				m.rows = append(m.rows, [2]string{"shop.orders/" + x, "shop.orders/" + y})
			}
		}
		m.told = tell(t, b.d, m.ids, m.rows, m.values)
		stood = append(stood, standings(t, b.d))
		b.now = b.now.Add(24 * time.Hour)
	}
	ask()
	var made []cdp.Decision
	for i, d := range [][]string{{"different", "shop.orders/a0", "shop.orders/b0"}, {"lock", b.profile("shop.orders", "d").String()}, {"cut", "shop.orders/e", mail.Reveal()}, {"suppress", phone.Reveal()}} {
		made = append(made, b.decided(d[0], d[1:]...))
		if i%2 == 1 {
			ask()
		}
	}
	for i := range made {
		if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made[len(made)-1-i].ID}, "it was not so", ""); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	for i := range 3 { // fewer carry it, and it joins the others
		gone := record("shop.orders", fmt.Sprint("b", i), card(i), phone)
		gone.Deleted, gone.At = true, b.now
		b.admit(gone)
	}
	c := record("shop.orders", "d", crm("1")) // and this one carries neither any more
	c.At = b.now
	b.admit(c)
	ask()
	seen.compare(b, "reasons", rnd, len(seen))
	reasons := make(map[string]bool)
	for i, was := range heard.moments {
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
		if all := standings(t, d); !slices.Equal(all, stood[i]) {
			t.Fatalf("%d: of all\n%s\nwas\n%s", i, strings.Join(all, "\n"), strings.Join(stood[i], "\n"))
		}
		again := tell(t, d, was.ids, was.rows, was.values)
		for q, want := range was.told {
			if again[q] != want {
				t.Fatalf("%d: %s\n%s\nwas\n%s", i, q, again[q], want)
			}
			for _, r := range []string{"generic", "conflict", "different", "locked", "cut", "suppressed"} {
				reasons[r] = reasons[r] || strings.Contains(want, "Standing:"+r)
			}
		}
	}
	for _, r := range []string{"generic", "conflict", "different", "cut", "suppressed"} {
		if !reasons[r] {
			t.Errorf("nothing was ever apart for %q", r)
		}
	}
}

// standings are what the claims of all profiles do, as a desk sees them.
func standings(t *testing.T, d *Desk) (out []string) {
	t.Helper()
	_, err := d.stream(t.Context(), 0, func(_ *graph.Tx, p *graph.Profile) (bool, error) {
		for _, r := range p.Records {
			for _, c := range r.Claims {
				out = append(out, fmt.Sprint(r.ID, " ", c.Identifier.Reveal(), " ", c.Active, " ", c.Standing))
			}
		}
		return false, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
