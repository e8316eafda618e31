package report

import (
	"io"

	"cdp-tui/internal/cdp"
)

// rough is hostile and names nobody.
const rough = "A\x1b]52;c;AAAA\x07\u202e17\u009b31m"

func effect() cdp.Effect {
	return cdp.Effect{Appear: []cdp.ProfileEffect{{Profile: 100233, After: 2, Records: []cdp.RecordID{14, 15}}},
		Vanish: []cdp.ProfileEffect{{Profile: 42118, Before: 1, Records: []cdp.RecordID{13}}},
		Change: []cdp.ProfileEffect{{Profile: 42117, Before: 24, After: 22, Records: []cdp.RecordID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}},
		Counts: cdp.EffectCounts{Appear: 1, Vanish: 1, Change: 3, Records: 26, Links: 2}, Largest: cdp.ProfileEffect{Profile: 42117, Before: 24, After: 22},
		Digest: "9c1f04aa31bb77e29c1f04aa31bb77e29c1f04aa31bb77e29c1f04aa31bb77e2"}
}

func decisions() []cdp.Decision {
	var many []cdp.DecidedRow
	for range 12 {
		many = append(many, cdp.DecidedRow{Row: cdp.Row{Source: "shop.orders", Key: "O-1001"}, Group: 2})
	}
	return []cdp.Decision{
		{ID: 3, Verb: cdp.DecideDifferent, Rows: append(many, cdp.DecidedRow{Row: cdp.Row{Source: "web", Key: mail}, Group: 1}), By: "olga", Reason: "twins, both came",
			At: at("2026-05-02T07:15:00Z")},
		{ID: 2, Verb: cdp.DecideCut, Rows: []cdp.DecidedRow{{Row: cdp.Row{Source: "web", Key: rough}}}, Identifier: ident(cdp.KindPhone, "+4915150000012", 2), By: "olga",
			Reason: "the number is the shop's", At: at("2026-05-01T07:15:00Z"), UndoneBy: "\x1b[31mivo", UndoneFor: "it is hers", Undone: at("2026-05-03T07:15:00Z")},
		{ID: 1, Verb: cdp.DecideSame, Rows: []cdp.DecidedRow{{Row: cdp.Row{Source: "web", Key: "17"}}, {Row: cdp.Row{Source: "web", Key: "18"}}}},
	}
}

func whyNots() []cdp.WhyNot {
	a, b := cdp.Ref{Kind: "profile", ID: "P-0042117"}, cdp.Ref{Kind: "record", ID: "R-0000014"}
	d := decisions()
	return []cdp.WhyNot{
		{A: a, B: b, Apart: d[:1], Locks: d[2:], Conflict: []string{"birth date", "crm of shop"}, Shared: []cdp.SharedValue{
			{Identifier: ident(cdp.KindPhone, "+4915150000012", 2), A: 12, B: 14, ASource: "shop.orders", BSource: "web", Standing: "generic",
				Reason: "carried in 9 profiles formed by stronger identifiers, cap 3", Bridged: 9, Cap: 3, OtherProfiles: 7, Verdict: yesVerdict()},
			{Identifier: ident(cdp.KindEmail, mail, 1), A: 12, B: 14, Standing: "cut", Reason: "decided", Decision: &d[1]}}},
		{A: a, B: a, One: true},
	}
}

func happened() []cdp.Event {
	claim := cdp.NewIdentifier(cdp.KindEmail, "", [4]byte{0x1a, 0x37, 0xe5, 1})
	d := decisions()
	return []cdp.Event{
		{Change: cdp.Change{Seq: 7, At: at("2026-05-01T07:15:00Z"), Verb: "merge", Profiles: []cdp.ProfileID{42117, 42118}, Record: 14, Claim: &claim, Rule: "link.contract.open"},
			Words: "P-0042118 was merged into P-0042117, as both carry email#1a37e501"},
		{Change: cdp.Change{At: at("2026-05-02T07:15:00Z"), Verb: "decide"}, Words: "olga decided D-000003 " + rough, Decision: &d[0]},
	}
}

func holdings() []cdp.Holding {
	phone, email := ident(cdp.KindPhone, "+4915150000012", 2), ident(cdp.KindEmail, mail, 1)
	return []cdp.Holding{{Profile: 42117, Records: 24, Links: 3, Density: 0.525, Decisions: []cdp.DecisionID{1, 3}, MoreBridges: 4,
		Pillars: []cdp.Pillar{{Identifier: phone, Pieces: []int{21, 1, 1}}, {Record: 12, Pieces: []int{2, 1, 1, 1, 1, 1, 1, 1, 1, 1}}, {Decision: 1, Pieces: []int{20, 4}}},
		Bridges: []cdp.Bridge{{Record: 14, Identifier: email, Class: "C", WithRecord: 1, WithValue: 23}},
		Apart:   []cdp.ApartClaim{{Identifier: phone, Standing: "generic", Reason: "carried in 9 profiles", Records: []cdp.RecordID{12}, Others: 9}}}, {Profile: 1, Records: 1}}
}

func cuts() []cdp.CutAdvice {
	return []cdp.CutAdvice{{A: 12, B: 14, Claims: []cdp.CutClaim{{Record: 12, Row: cdp.Row{Source: "web", Key: mail}, Identifier: ident(cdp.KindPhone, "+4915150000012", 2), Class: "C"}},
		Values: []cdp.Identifier{ident(cdp.KindPhone, "+4915150000012", 2)}, Pieces: []int{20, 3, 1}}, {A: 12, B: 12, Note: "both are the same record"}}
}

func radii() []cdp.Radius {
	sh := cdp.Share{Recipient: "Mailhaus " + rough, Purpose: "newsletter", At: at("2026-08-01T08:00:00Z"), Fields: []string{"email", "given_name"}, Source: "web", Record: 12}
	return []cdp.Radius{{Profiles: []cdp.ProfileID{42117, 42118}, Merged: at("2026-05-01T07:15:00Z"), Parted: at("2026-08-02T07:15:00Z"), Decision: 3, More: 2,
		Recipients: []cdp.RadiusRecipient{{Recipient: "Mailhaus", Shares: 2, First: sh.At, Last: sh.At, Purposes: []cdp.PurposeID{"newsletter"}, Fields: sh.Fields}, {Shares: 1}},
		Shares:     []cdp.RadiusShare{{Share: sh, Parts: true}, {Before: true}}, Entries: entries(), Handled: entries()[:1], Unmerged: []cdp.Row{{Source: "web", Key: mail}, {Source: "web", Key: "17"}}},
		{Profiles: []cdp.ProfileID{1}}}
}

// eachOf writes all of a list, one after the other.
func eachOf[T any](list []T, write func(io.Writer, T, Options) error) func(io.Writer, Options) error {
	return func(w io.Writer, o Options) error {
		for _, x := range list {
			if err := write(w, x, o); err != nil {
				return err
			}
		}
		return nil
	}
}

// unmerge is a plan that leaves a row with the survivor that nothing ties there.
func unmerge() cdp.Decision {
	web := func(key string) cdp.Row { return cdp.Row{Source: "web", Key: key} }
	return cdp.Decision{Verb: cdp.DecideDifferent, Rows: []cdp.DecidedRow{{Row: web(mail), Group: 1}, {Row: web("17"), Group: 2}, {Row: web("18"), Group: 2}}, Untied: []cdp.Row{web("18")}}
}

func acts() []Acted {
	return []Acted{{"previewed", decisions(), effect()}, {"previewed", []cdp.Decision{unmerge()}, effect()}, {"decided", decisions()[:1], cdp.Effect{}}, {Did: "undone"}, {Did: "activated", Effect: effect()}}
}

func identityTexts() []rendering {
	return []rendering{
		{"acts", eachOf(acts(), Act)},
		{"decisions", func(w io.Writer, o Options) error { return Decisions(w, page1(decisions()), o) }},
		{"decision", eachOf(decisions(), Decision)},
		{"why_not", eachOf(whyNots(), WhyNot)},
		{"how", func(w io.Writer, o Options) error { return How(w, happened(), o) }},
		{"holding", eachOf(holdings(), Holding)},
		{"cut_advice", eachOf(cuts(), Cut)},
		{"radius", eachOf(radii(), Radius)},
	}
}

func identityMachines() []rendering {
	return []rendering{
		{"acts.json", eachOf(acts(), func(w io.Writer, a Acted, o Options) error { return NewJSON(w, o).Act(a) })},
		{"decisions.json", func(w io.Writer, o Options) error { return NewJSON(w, o).Decisions(decisions()) }},
		{"why_not.json", eachOf(whyNots(), func(w io.Writer, n cdp.WhyNot, o Options) error { return NewJSON(w, o).WhyNot(n) })},
		{"how.json", func(w io.Writer, o Options) error { return NewJSON(w, o).How(happened()) }},
		{"holding.json", eachOf(holdings(), func(w io.Writer, h cdp.Holding, o Options) error { return NewJSON(w, o).Holding(h) })},
		{"cut_advice.json", eachOf(cuts(), func(w io.Writer, c cdp.CutAdvice, o Options) error { return NewJSON(w, o).Cut(c) })},
		{"radius.json", eachOf(radii(), func(w io.Writer, r cdp.Radius, o Options) error { return NewJSON(w, o).Radius(r) })},
	}
}
