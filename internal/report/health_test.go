package report

import "cdp-tui/internal/cdp"

func health() cdp.Health {
	shape := func(p cdp.ProfileID, n int, density float64, holder cdp.Identifier, class string, pieces ...int) cdp.ProfileShape {
		return cdp.ProfileShape{Profile: p, Records: n, Values: 9, Claims: 61, Density: density, Bridges: 3, Holder: holder, Class: class, Pieces: pieces}
	}
	phone, device := ident(cdp.KindPhone, "+4915150000012", 2), ident(cdp.KindDevice, "\x1b[2Jtablet-kiosk-17", 3)
	large := shape(42117, 23, 0.1234567, phone, "C", 21, 1, 1)
	star := shape(7, 5012, 0.98, device, "D", 12, 9, 1, 1, 1, 1)
	star.Further, star.Parting, star.Estimate, star.Claims = 4_988, 5000, true, 123_456
	return cdp.Health{At: at("2026-08-24T14:32:00Z"), Profiles: 620_114, Records: 1_000_000, Linked: 633_333,
		Counts:  cdp.HealthCounts{Frozen: 1, Held: 12, Generic: 88, Conflicts: 310, Pending: 1, Matches: 41},
		Largest: []cdp.ProfileShape{star, large}, Sparse: []cdp.ProfileShape{large}, Held: []cdp.ProfileShape{star, large},
		Frozen: []cdp.ProfileShape{shape(9, 3, 1, cdp.Identifier{}, "")},
		Hubs: []cdp.Hub{{Identifier: ident(cdp.KindEmail, "info@lindenhof.test", 1), State: "generic", Records: 10_000, Profiles: []cdp.ProfileID{1, 2, 3, 4, 5}, ProfileCount: 501, Bound: true},
			{Identifier: device, State: "joins", Records: 5012, Profiles: []cdp.ProfileID{7}, ProfileCount: 1}, {Identifier: ident(cdp.KindCookie, hostile, 4), State: "withheld", Records: 2}},
		Kinds:     []cdp.KindHealth{{Kind: cdp.KindEmail, Joins: 500_000, Generic: 12, Conflict: 300, Different: 1, Locked: 2, Guarded: 3, Kept: 44, Suppressed: 1}, {Kind: cdp.KindEmailSHA256, Joins: 500_000}},
		Decisions: []cdp.DecisionCount{{Verb: "same", InForce: 3, Undone: 1}, {Verb: "suppress", InForce: 1}},
		Sources: []cdp.SourceHealth{{Source: "shop.orders", Records: 700_000, Linked: 433_333, Across: 12, Linking: 1_400_000, Apart: 9, Denied: 12_345, Never: 700_000},
			{Source: "broker.list"}}}
}

func conflicts() []cdp.Conflict {
	return []cdp.Conflict{
		{Identifier: ident(cdp.KindEmail, mail, 1), Controller: "Lindenhof AG", Class: "B", State: "conflict", Records: 3,
			Sides: []cdp.ConflictSide{{Profile: 42117, Records: 12, Carriers: 2}, {Profile: 42118, Records: 1, Carriers: 1}},
			Why:   []string{"they carry 2 values of crm by shop, of which one person has one", "they state 2 birth dates, and a value of class C does not join records with different ones"}},
		{Identifier: ident(cdp.KindPhone, "+4915150000012", 2), Controller: "Lindenhof \x1b[2J AG", Class: "C", State: "different", Records: 200, Bound: true,
			Sides: []cdp.ConflictSide{{Profile: 1, Records: 1, Carriers: 1}}, Why: []string{"a person decided that they are different people: D-000003"}, Decisions: []cdp.DecisionID{3}},
		{},
	}
}
