package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
)

func (f *fakeDesk) How(ctx context.Context, id cdp.ProfileID) ([]cdp.Event, error) {
	e := ident(cdp.KindPhone, "+491511234567")
	d := f.decision(6)
	return []cdp.Event{{Change: cdp.Change{Seq: 9, At: ago(300 * day), Verb: "merge", Profiles: []cdp.ProfileID{id, id + 5}, Record: 1190, Claim: &e, Rule: "class.b", Batch: 3}, Words: "P-0042122 was merged into P-0042117, as both carry " + e.String()},
		{Change: cdp.Change{Seq: 9, At: ago(300 * day), Verb: "merge", Profiles: []cdp.ProfileID{id, id + 7}, Record: 1191, Claim: &e, Rule: "class.b", Batch: 3}, Words: "P-0042124 was merged into P-0042117"},
		{Change: cdp.Change{Seq: 7, At: ago(9 * day), Verb: "split", Profiles: []cdp.ProfileID{id, id + 9}}, Words: "it was divided; ana decided it (D-000006)", Decision: &d},
		{Change: cdp.Change{Seq: 2, At: ago(900 * day), Verb: "mint", Profiles: []cdp.ProfileID{id}, Record: 1188, Batch: 1}, Words: "P-0042117 was first known"}}, f.call(ctx, "How")
}

func (f *fakeDesk) WhyNot(ctx context.Context, a, b string) (cdp.WhyNot, error) {
	out := cdp.WhyNot{A: cdp.Ref{Kind: "profile", ID: a}, B: cdp.Ref{Kind: "profile", ID: b}, One: !strings.HasSuffix(b, "99")}
	d := f.decision(3)
	shared := func(i int, standing, reason string) cdp.SharedValue {
		return cdp.SharedValue{Identifier: f.held()[i].Identifier, A: 1188, B: 1301, ASource: "shop.orders", BSource: "callcentre", Standing: standing, Reason: reason, Verdict: verdict(standing != "denied"), OtherProfiles: 9}
	}
	generic := shared(5, "generic", "carried in 9 profiles formed by stronger identifiers, at most 3 may share a phone")
	generic.Bridged, generic.Cap = 9, 3
	out.Shared = []cdp.SharedValue{generic}
	if out.One {
		return out, f.call(ctx, "WhyNot")
	}
	if strings.HasSuffix(b, "199") {
		out.Shared, out.Conflict = []cdp.SharedValue{shared(0, "conflict", "both have another crm of lindenhof")}, []string{"crm of lindenhof"}
		return out, f.call(ctx, "WhyNot")
	}
	cut := shared(0, "cut", "ana decided that R-0001301 does not carry it (D-000003)")
	cut.Decision = &d
	out.Shared = append(out.Shared, shared(2, "denied", "for R-0001301 of callcentre it may not link: consent for profiling was refused"), cut)
	out.Conflict, out.Apart, out.Locks = []string{"birth_date"}, []cdp.Decision{f.decision(6)}, []cdp.Decision{f.decision(9)}
	return out, f.call(ctx, "WhyNot")
}

func (f *fakeDesk) Holding(ctx context.Context, id cdp.ProfileID) (cdp.Holding, error) {
	held := f.held()
	return cdp.Holding{Profile: id, Records: 23, Links: 4, Density: 0.4,
		Pillars: []cdp.Pillar{{Identifier: held[0].Identifier, Pieces: []int{21, 1, 1}}, {Record: 1190, Pieces: []int{20, 3}}, {Decision: 6, Pieces: []int{12, 11}}},
		Bridges: []cdp.Bridge{{Record: 1191, Identifier: held[3].Identifier, Class: "B", WithRecord: 1, WithValue: 22}}, MoreBridges: 2,
		Apart: []cdp.ApartClaim{{Identifier: held[5].Identifier, Standing: "generic", Reason: "carried in 9 profiles formed by stronger identifiers, at most 3 may share a phone", Records: []cdp.RecordID{1190}, Others: 9}}}, f.call(ctx, "Holding")
}

func (f *fakeDesk) Surroundings(ctx context.Context, id cdp.ProfileID, hops int) (cdp.Neighbourhood, cdp.Holding, error) {
	n, err := f.Neighbourhood(ctx, id, hops)
	h, more := f.Holding(ctx, id)
	return n, h, errors.Join(err, more, f.call(ctx, "Surroundings"))
}

func (f *fakeDesk) Relation(ctx context.Context, a, b string) (cdp.Path, cdp.CutAdvice, cdp.WhyNot, error) {
	p, err := f.Why(ctx, a, b)
	not, more := f.WhyNot(ctx, a, b)
	var cut cdp.CutAdvice
	if len(p.Hops) > 0 {
		cut, _ = f.CutBetween(ctx, a, b)
	}
	return p, cut, not, errors.Join(err, more, f.call(ctx, "Relation"))
}

func (f *fakeDesk) CutBetween(ctx context.Context, a, b string) (cdp.CutAdvice, error) {
	held := f.held()
	return cdp.CutAdvice{A: 1188, B: 1191, Claims: []cdp.CutClaim{{Record: 1190, Row: cdp.Row{Source: "newsletter", Key: "n-7"}, Identifier: held[1].Identifier, Class: "C"}}, Values: []cdp.Identifier{held[1].Identifier},
		Pieces: []int{2, 1}, Note: "there may be a cut of as few that are weaker as evidence"}, f.call(ctx, "CutBetween")
}

func (f *fakeDesk) Radius(ctx context.Context, what string) (cdp.Radius, error) {
	out := cdp.Radius{Profiles: []cdp.ProfileID{42117, 42122}, Merged: ago(300 * day), Parted: ago(day), Decision: 7, Unmerged: []cdp.Row{{Source: "shop.orders", Key: "o-1"}, {Source: "shop.orders", Key: "o-2"}}, More: 40,
		Recipients: []cdp.RadiusRecipient{{Recipient: "Mailhaus", Shares: 214, First: ago(290 * day), Last: ago(2 * day), Purposes: []cdp.PurposeID{"newsletter"}, Fields: []string{"email", "name"}}, {Shares: 1, First: ago(50 * day), Last: ago(50 * day)}}}
	all, _ := f.Shares(ctx, 42117)
	for i, s := range all {
		out.Shares = append(out.Shares, cdp.RadiusShare{Share: s, Before: i == 1, Parts: i == 0})
	}
	out.Entries, _ = f.Log(ctx, cdp.Ref{}, 0, 20)
	out.Handled = []cdp.Entry{{Seq: 12, Actor: "ana", At: ago(2 * day), Verb: "preview", Object: cdp.Ref{Kind: "decision"}, Detail: "to decide: profiles: 1 to appear"}}
	return out, f.call(ctx, "Radius")
}

// fakeMatches are the judgements on possible matches.
type fakeMatches struct {
	judged []string
	behind uint64
}

const fakeQueue = 30

func (f *fakeDesk) match(i int) cdp.PossibleMatch {
	m := cdp.PossibleMatch{A: cdp.ProfileID(42117 + 2*i), B: cdp.ProfileID(42118 + 2*i), Score: 14.5 - float64(i)/4, Level: "possible", Ambiguous: i == 1, Fields: []cdp.MatchField{
		{Name: "name", How: "near", Points: 4.5, Why: "one letter differs"}, {Name: "birth_date", How: "exact", Points: 8, Why: "the same day"}, {Name: "email", How: "missing", Why: "only one has it"},
		{Name: "phone", How: "differs", Points: -1.5, Why: "other numbers"}, {Name: "address", How: "exact", Points: 3.5, Why: "the same street, house and city"}}}
	if i > 20 {
		m.Unsure = &cdp.Unsure{By: "ana", Reason: "twins?", At: ago(day), Score: m.Score}
	}
	return m
}

func (f *fakeDesk) Matches(ctx context.Context, q cdp.MatchFilter) (cdp.Page[cdp.PossibleMatch], error) {
	var page cdp.Page[cdp.PossibleMatch]
	from, _ := strconv.Atoi(q.From)
	f.mu.Lock()
	judged := strings.Join(f.matched.judged, "\n")
	f.mu.Unlock()
	for i := from; i < fakeQueue; i++ {
		m := f.match(i)
		if strings.Contains(judged, m.A.String()) || q.Unsure != nil && *q.Unsure != (m.Unsure != nil) || q.Profile != 0 && q.Profile != m.A {
			continue
		}
		if len(page.Items) == q.Limit {
			page.More, page.Next = true, strconv.Itoa(i)
			break
		}
		page.Items = append(page.Items, m)
	}
	return page, f.call(ctx, "Matches")
}

func (f *fakeDesk) MatchCounts(ctx context.Context) (cdp.MatchCounts, error) {
	return cdp.MatchCounts{Made: true, Profiles: 1_000_000, Open: 21, Unsure: 9, Ambiguous: 1, Behind: f.matched.behind}, f.call(ctx, "MatchCounts")
}

func (f *fakeDesk) Match(ctx context.Context, a, b cdp.ProfileID) (cdp.MatchView, error) {
	m := f.match(int(a-42117) / 2)
	m.A, m.B = a, b
	out := cdp.MatchView{PossibleMatch: m, Rivals: []cdp.ProfileID{7}, InQueue: true}
	e := ident(cdp.KindPhone, "+491511234567")
	for i, id := range []cdp.ProfileID{a, b} {
		out.Sides[i] = cdp.MatchSide{Profile: id, Controller: "Lindenhof Moden", Records: 2 + i, Left: i, Sources: []cdp.SourceID{"shop.orders"}, Values: []cdp.MatchValue{
			{Field: "name", Value: cdp.Value("Marlene Weiß" + strings.Repeat("e", i)), Records: 2}, {Field: "name", Value: cdp.Value(hostile), Records: 1}, {Field: "birth_date", Value: "1979-04-01", Records: 1},
			{Field: "phone", Identifier: &e, Shared: i == 0, Records: 1}, {Field: "address", Value: "Mühlweg 12, Köln", Records: 1}}}
	}
	return out, f.call(ctx, "Match")
}

func (f *fakeDesk) PlanMatch(ctx context.Context, a, b cdp.ProfileID, verdict string) (cdp.Decision, error) {
	return cdp.Decision{Verb: verdict, Rows: []cdp.DecidedRow{{Row: cdp.Row{Source: "shop.orders", Key: a.String()}}, {Row: cdp.Row{Source: "shop.orders", Key: b.String()}, Group: 1}}}, f.call(ctx, "PlanMatch")
}

func (f *fakeDesk) JudgeMatch(ctx context.Context, a, b cdp.ProfileID, verdict, reason, digest string) (cdp.MatchVerdict, error) {
	err := f.call(ctx, "JudgeMatch")
	if err != nil {
		return cdp.MatchVerdict{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if verdict != cdp.MatchUnsure {
		if _, err := f.carried(digest, reason); err != nil {
			return cdp.MatchVerdict{}, err
		}
	}
	f.matched.judged = append(f.matched.judged, fmt.Sprintf("%s %v %v: %s", verdict, a, b, reason))
	out := cdp.MatchVerdict{A: a, B: b, Verdict: verdict}
	if verdict != cdp.MatchUnsure {
		out.Decision = 14
	}
	return out, nil
}
