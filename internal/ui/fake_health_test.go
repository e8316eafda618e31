package ui

import (
	"context"
	"strconv"

	"cdp-tui/internal/cdp"
)

func (f *fakeDesk) Health(ctx context.Context, top int, _ func(int)) (cdp.Health, error) {
	phone, tablet := ident(cdp.KindPhone, "+491511234567"), ident(cdp.KindDevice, "kiosk:"+hostile)
	shape := func(p cdp.ProfileID, n int, density float64, holder cdp.Identifier, pieces ...int) cdp.ProfileShape {
		return cdp.ProfileShape{Profile: p, Records: n, Values: 9, Claims: 40, Density: density, Bridges: 3, Holder: holder, Class: "C", Pieces: pieces}
	}
	star := shape(7, 5012, 0.981, tablet, 12, 9, 1, 1, 1, 1)
	star.Further, star.Estimate = 4988, true
	chain := shape(42117, 23, 0.12, phone, 21, 1, 1)
	return cdp.Health{Profiles: 620_114, Records: 1_000_000, Linked: 633_333, Counts: cdp.HealthCounts{Frozen: 1, Held: 12, Generic: 88, Conflicts: 310, Matches: -1},
		Largest: []cdp.ProfileShape{star, chain}, Sparse: []cdp.ProfileShape{chain, shape(42118, 5, 0.4, cdp.Identifier{})}, Held: []cdp.ProfileShape{star, chain}, Frozen: []cdp.ProfileShape{shape(9, 151, 1, phone, 150, 1)},
		Hubs: []cdp.Hub{{Identifier: ident(cdp.KindEmail, "m.weiss@lindenhof.test"), State: "generic", Records: 10_000, Profiles: []cdp.ProfileID{42117, 42118, 42119}, ProfileCount: 501, Bound: true},
			{Identifier: tablet, State: "joins", Records: 5012, Profiles: []cdp.ProfileID{7}, ProfileCount: 1}, {Identifier: phone, State: "withheld", Records: 2}},
		Kinds:     []cdp.KindHealth{{Kind: cdp.KindEmail, Joins: 500_000, Generic: 12, Conflict: 300, Guarded: 3, Kept: 44, Suppressed: 1}, {Kind: cdp.KindDevice, Joins: 3}},
		Decisions: []cdp.DecisionCount{{Verb: "same", InForce: 3, Undone: 1}, {Verb: "suppress", InForce: 1}},
		Sources:   []cdp.SourceHealth{{Source: "shop.orders", Records: 700_000, Linked: 433_333, Across: 12, Linking: 1_400_000, Apart: 9, Denied: 12_345, Never: 7}, {Source: "broker.list"}}}, f.call(ctx, "Health")
}

func (f *fakeDesk) Conflicts(ctx context.Context, after string, n int) (cdp.Page[cdp.Conflict], error) {
	from, _ := strconv.Atoi(after)
	page := cdp.Page[cdp.Conflict]{Total: 310, Exact: true}
	for i := from; i < 310 && len(page.Items) < n; i++ {
		c := cdp.Conflict{Identifier: ident(cdp.KindEmail, strconv.Itoa(i)+"m.weiss@lindenhof.test"), Controller: "Lindenhof Moden", Class: "B", State: "conflict", Records: 3,
			Sides: []cdp.ConflictSide{{Profile: 42117, Records: 12, Carriers: 2}, {Profile: 42118, Records: 1, Carriers: 1}}, Why: []string{"they carry 2 values of crm by shop, of which one person has one"}}
		if i == 1 {
			c.Identifier, c.State, c.Bound, c.Sides, c.Decisions = ident(cdp.KindPhone, "+491511234567"), "different", true, c.Sides[:1], []cdp.DecisionID{3}
			c.Why = []string{"a person decided that they are different people: D-000003"}
		}
		page.Items = append(page.Items, c)
	}
	if next := from + len(page.Items); next < 310 {
		page.Next, page.More = strconv.Itoa(next), true
	}
	return page, f.call(ctx, "Conflicts")
}
