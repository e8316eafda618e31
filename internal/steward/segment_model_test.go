package steward

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// A modelled person is what the test knows of somebody it made up.
type modelled struct {
	state   cdp.ConsentState // "" for no statement at all
	orders  []time.Time
	country string
	wish    string // channel/wish, "" for none
	records int
}

// A segment on a store is who the test itself would name, of people whose facts
// it made up: with and without a statement on consent, refused, empty or not to
// be read; each is found by what was said and by no negation that it does not meet.
func TestSegmentsOfAModelledStore(t *testing.T) {
	b := newBench(t).register()
	rnd := rand.New(rand.NewPCG(1, 7))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	states := []cdp.ConsentState{"", cdp.ConsentGiven, cdp.ConsentRefused, cdp.ConsentWithdrawn, cdp.ConsentUnreadable, cdp.ConsentEmpty, cdp.ConsentObjected, cdp.ConsentPending}
	people := make([]modelled, 60)
	for i := range people {
		p := &people[i]
		p.state, p.country, p.wish, p.records = states[i%len(states)], pick("", "DE", "RO"), pick("", "", "email/unwanted", "post/wanted"), 1+rnd.IntN(3)
		for k := range p.records {
			rec := record("shop.orders", fmt.Sprint("p", i, "-", k), address(i))
			if k == 0 && p.state != "" {
				rec = said(rec, "newsletter", p.state, day(2))
				rec.Consents[0].Method = "written"
			}
			if p.country != "" {
				rec.Attributes = append(rec.Attributes, cdp.Attribute{Name: "country", Category: "user.contact.address.country", Value: cdp.Value(p.country)})
			}
			for range rnd.IntN(3) {
				at := b.now.AddDate(0, 0, -rnd.IntN(200))
				p.orders = append(p.orders, at)
				rec = buys(rec, at)
			}
			b.admit(rec)
		}
		if p.wish != "" {
			ch, w := cdp.Channel("email"), cdp.Unwanted
			if p.wish == "post/wanted" {
				ch, w = "post", cdp.Wanted
			}
			in := cdp.Instruction{Verb: "prefer", Endpoint: address(i), Channel: ch, Wish: w, Via: "letter", At: day(3), Ref: "L-1"}
			b.instruct(in)
		}
	}
	lately := func(p *modelled, days int) (n int) {
		for _, at := range p.orders {
			if !at.Before(b.now.AddDate(0, 0, -days)) {
				n++
			}
		}
		return n
	}
	leaves := map[string]func(p *modelled) bool{
		"consent:newsletter": func(p *modelled) bool { return p.state != "" }, "has:consent": func(p *modelled) bool { return p.state != "" },
		"consent:none": func(p *modelled) bool { return p.state == "" }, "may:newsletter": func(p *modelled) bool { return p.state == cdp.ConsentGiven },
		"country:de": func(p *modelled) bool { return p.country == "DE" }, "country:none": func(p *modelled) bool { return p.country == "" }, "has:country": func(p *modelled) bool { return p.country != "" },
		"wish:email/unwanted": func(p *modelled) bool { return p.wish == "email/unwanted" }, "wish:wanted": func(p *modelled) bool { return p.wish == "post/wanted" },
		"wish:none": func(p *modelled) bool { return p.wish == "" }, "size:>=2": func(p *modelled) bool { return p.records >= 2 },
		"count:order>=2/90d": func(p *modelled) bool { return lately(p, 90) >= 2 }, "count:order=0": func(p *modelled) bool { return len(p.orders) == 0 },
		"touchpoint:order": func(p *modelled) bool { return len(p.orders) > 0 }, "source:shop.orders": func(*modelled) bool { return true }, "shared:none": func(*modelled) bool { return true },
	}
	for _, st := range states[1:] {
		leaves["consent:newsletter/"+string(st)] = func(p *modelled) bool { return p.state == st }
	}
	var names []string
	for q := range leaves {
		names = append(names, q)
	}
	slices.Sort(names)
	type asked struct {
		q     string
		holds func(*modelled) bool
	}
	var ask func(depth int) asked
	ask = func(depth int) asked {
		if depth == 0 || rnd.IntN(3) == 0 {
			q := names[rnd.IntN(len(names))]
			return asked{q, leaves[q]}
		}
		x, y := ask(depth-1), ask(depth-1)
		switch rnd.IntN(3) {
		case 0:
			return asked{"(" + x.q + " " + y.q + ")", func(p *modelled) bool { return x.holds(p) && y.holds(p) }}
		case 1:
			return asked{"(" + x.q + " or " + y.q + ")", func(p *modelled) bool { return x.holds(p) || y.holds(p) }}
		}
		return asked{"-(" + x.q + ")", func(p *modelled) bool { return !x.holds(p) }}
	}
	var all []asked
	for _, q := range names {
		all = append(all, asked{q, leaves[q]}, asked{"-" + q, func(p *modelled) bool { return !leaves[q](p) }})
	}
	for range 150 {
		all = append(all, ask(3))
	}
	some := 0
	for _, a := range all {
		want := 0
		for i := range people {
			if a.holds(&people[i]) {
				want++
			}
		}
		if want > 0 && want < len(people) {
			some++
		}
		if got := b.count(cdp.SegmentAsk{Query: a.q, Draft: true}); got.Profiles != want || got.Looked != len(people) {
			t.Errorf("%s: %d of %d, the test knows of %d", a.q, got.Profiles, got.Looked, want)
		}
	}
	if some < len(all)/2 {
		t.Errorf("only %d of %d queries divide the people", some, len(all))
	}
}
