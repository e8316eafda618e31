package report

import (
	"fmt"
	"io"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/eval"
)

// Made-up people with made-up, partly hostile values.

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func ident(kind cdp.Kind, value string, n byte) cdp.Identifier {
	return cdp.NewIdentifier(kind, value, [4]byte{0x1a, 0x37, 0xe5, n})
}

const (
	mail     = "marlene.weiss@lindenhof.test"
	hostile  = "Ștefan\x1b]52;c;AAAA\x07İpek\u202egnirts\u009b31m"
	longName = "Maria-Magdalena Șerban-Weißenbörn von und zu Oberunterwaldtal-Großmünsterhausen"
	// Of a special category, under a name that is shown in clear else.
	specialValue = "sign language"
	wide         = "渡辺渡辺渡辺渡辺"
)

func yesVerdict() cdp.Verdict {
	return cdp.Verdict{Allow: true, Rule: "link.contract.open", Reason: "the contract is open", Article: "Art. 6(1)(b)", Basis: cdp.BasisContract,
		Activity: "orders", Facts: []string{"R-0000012", "register 9c1f"}, From: at("2024-03-02T09:14:03Z"), Until: at("2028-05-02T00:00:00Z"),
		Register: "9c1f04aa31bb77e29c1f04aa31bb77e29c1f04aa31bb77e29c1f04aa31bb77e2"}
}

func noVerdict() cdp.Verdict {
	return cdp.Verdict{Rule: "link.consent.refused", Reason: "consent to linking was refused on 2026-05-02", Article: "Art. 6(1)(a)",
		Basis: cdp.BasisConsent, Activity: "newsletter"}
}

func held() []cdp.Held {
	return []cdp.Held{
		{Identifier: ident(cdp.KindEmail, mail, 1), Sources: []cdp.SourceID{"web", "shop.orders"}, Records: 2, Since: at("2024-03-02T09:14:03Z"),
			Active: true, Verdict: yesVerdict(), Basis: cdp.BasisContract},
		{Identifier: ident(cdp.KindPhone, "+4915150000012", 2), Sources: []cdp.SourceID{"call_centre"}, Records: 1, Since: at("2025-01-20T16:20:00Z"),
			Verdict: noVerdict(), Basis: cdp.BasisConsent, Shared: 1, Standing: "generic"},
		{Identifier: ident(cdp.KindCookie, "web:\x1b[2J9f3c51d2", 3), Records: 1},
	}
}

func standings() []cdp.Standing {
	e := ident(cdp.KindEmail, mail, 1)
	return []cdp.Standing{
		{Endpoint: e, Purpose: "newsletter", Controller: "Lindenhof AG", Channel: "email", State: cdp.ConsentGiven, Since: at("2026-05-02T07:15:00Z"),
			Complete: 80, Missing: []string{"notice", "proof"}, Events: []cdp.Consent{
				{Endpoint: e, Purpose: "newsletter", State: cdp.ConsentPending, At: at("2026-05-02T07:10:00Z"), PreTicked: true, Method: "form",
					Source: "newsletter", Record: 7, Recorded: at("2026-05-03T00:00:00Z")},
				{Endpoint: e, Purpose: "newsletter", State: cdp.ConsentGiven, At: at("2026-05-02T07:15:00Z"), Notice: "v4", Language: "de",
					Method: "double opt-in", Proof: "click from 198.51.100.77", Source: "newsletter", Record: 8}}},
		{Endpoint: e, Purpose: "profiling", State: cdp.ConsentRefused, Since: at("2026-05-02T07:15:00Z"), Conflict: true},
		{Purpose: "research"},
	}
}

func profile() cdp.Profile {
	v := noVerdict()
	return cdp.Profile{ID: 42117, Asked: 42118, Restrict: true, Outcome: cdp.HeldApart, Apart: &v, Since: at("2024-03-02T09:14:03Z"),
		Seen: at("2026-08-23T14:30:00Z"), Minted: at("2026-08-24T00:00:00Z"), Country: "DE", RecordCount: 3, TouchpointCount: 1288, ShareCount: 4, Merges: 2,
		Records: []cdp.Member{
			{Record: 12, Source: "shop.orders", Key: "1001", At: at("2024-03-02T09:14:03Z"), Recorded: at("2026-08-24T00:00:00Z"), Batch: 3, Line: 17, Version: 2, Touchpoints: 5},
			{Record: 13, Source: "newsletter", Key: mail, Recorded: at("2026-08-24T00:00:00Z"), Batch: 4, Version: 1, Outcome: cdp.HeldApart},
			{Record: 14, Source: "call_centre", Key: "tel:+4915150000012", Batch: 5, Line: 1204565, Version: 1}},
		Identifiers: held(),
		Attributes: []cdp.Golden{
			{Name: "name", Value: hostile, Source: "crm", Origin: cdp.Provided, Category: "user.name", At: at("2024-03-02T09:14:03Z"), Conflict: true,
				Others: []cdp.Statement{{Value: longName, Source: "shop.orders", Record: 12, At: at("2024-03-02T09:14:03Z")}, {Value: wide, Source: "survey"}}},
			{Name: "birth_date", Value: "1971-02-03", Source: "loyalty", Origin: cdp.Provided},
			{Name: "language", Value: "de", Source: "web", Origin: cdp.Observed},
			{Name: "segment", Value: "frequent buyer", Origin: cdp.Inferred},
			{Name: "diet", Value: "gluten-free since childhood", Origin: cdp.Derived, Special: "health"}},
		Consents:    standings(),
		Preferences: []cdp.Attribute{{Name: "frequency", Value: "weekly, mornings"}},
		Wishes:      wishes(),
		Truncated:   true,
	}
}

func wishes() []cdp.Preferring {
	e := ident(cdp.KindEmail, mail, 1)
	no := cdp.Preference{Endpoint: e, Controller: "lindenhof", Channel: "sms", Wish: cdp.Unwanted, At: at("2026-05-02T07:15:00Z"), Method: "letter",
		Proof: "letter 2026-17 of +4915150000012", By: "dpo\u202e", Source: cdp.OfficerSource, Recorded: at("2026-05-03T00:00:00Z")}
	often := cdp.Preference{Endpoint: e, Controller: "lindenhof", Frequency: "P1W", Quiet: cdp.Quiet{From: 21 * 60, To: 7 * 60, Zone: "Europe/Berlin"}, Language: "de",
		Source: "preference.centre", Record: 12}
	return []cdp.Preferring{
		{Endpoint: e, Controller: "lindenhof", Channel: "sms", Wish: cdp.Unwanted, Since: no.At, Frequency: "P1W", Quiet: often.Quiet, Language: "de", Conflict: true,
			Events: []cdp.Preference{often, no}},
		{Endpoint: e, Controller: "lindenhof", Topic: "offers\x1b[31m"},
	}
}

func touchpoints() []cdp.Touchpoint {
	return []cdp.Touchpoint{
		{Key: "t-1", Channel: "web", Kind: "visit", At: at("2026-08-23T14:30:00Z"), Detail: "/account/privacy", Purpose: "service", Source: "web", Record: 12, No: 1},
		{Key: mail, Channel: "survey\u202e", Kind: "survey", Text: "Great!\nCall me: +4915150000012\x1b[31m", Detail: "=HYPERLINK(\"http://evil.test\")", Source: "survey", Record: 14, No: 2},
		{Channel: "store", Kind: "return", At: at("2026-01-31T23:30:00Z"), Detail: hostile},
	}
}

func trace() cdp.TraceNode {
	mailID := ident(cdp.KindEmail, mail, 1)
	return cdp.TraceNode{Label: "e-mail", Ident: &mailID, Ref: &cdp.Ref{Kind: "profile", ID: "P-0042117"}, Children: []cdp.TraceNode{
		{Label: "held because", Children: []cdp.TraceNode{
			{Label: "delivered by web form 'account'", At: at("2024-03-02T09:14:03Z"), Ref: &cdp.Ref{Kind: "record", ID: "R-0000012"}, Fields: []cdp.TraceField{
				{Name: "record key", Data: "w-1188201"}, {Name: "basis", Text: "Art. 6(1)(a) consent"}, {Name: "campaign", Data: hostile}, {Name: "retention"}}},
			{Label: "newsletter import", Mark: "!", Fields: []cdp.TraceField{{Name: "finding", Text: "no basis is recorded"}}}}},
		{Label: "linked by", Children: []cdp.TraceNode{{Label: "login", Ident: &mailID}}},
		{Label: "sent to", Children: []cdp.TraceNode{{Label: "AdBridge, held back since 2026-05-02: consent refused", Mark: "x"},
			{Label: "recipient", Data: "Ümit\u009b31m Reklam", Mark: "?"}}},
		{Label: "used for", Children: []cdp.TraceNode{{Label: "language", Data: specialValue, Special: "health", Fields: []cdp.TraceField{
			{Name: "language", Data: specialValue, Special: "health"}, {Name: "language", Data: "de"}}}}},
	}}
}

func paths() []cdp.Path {
	a, b := cdp.Ref{Kind: "profile", ID: "P-0042117"}, cdp.Ref{Kind: "identifier", ID: "phone#1a37e502"}
	return []cdp.Path{
		{From: a, To: b, Found: true, Hops: []cdp.Hop{{From: 12, To: 14, FromSource: "shop.orders", ToSource: "call_centre", Identifier: ident(cdp.KindEmail, mail, 1),
			FromVerdict: yesVerdict(), At: at("2025-01-20T16:20:00Z")}}},
		{From: a, To: b, Not: []string{"phone#1a37e502 is carried by both, but consent to linking was refused"}},
		{From: a, To: b},
		{From: a, To: a, Found: true},
	}
}

func neighbourhood() cdp.Neighbourhood {
	return cdp.Neighbourhood{Centre: 42117, Hops: 2, Held: held(), Hidden: 12,
		Down: []cdp.Downstream{{Recipient: "Mailhaus", Purpose: "newsletter", Count: 1214, Last: at("2026-08-01T08:00:00Z")}, {Count: 1}},
		Shared: []cdp.Sharing{{Identifier: ident(cdp.KindPhone, "+4915150000012", 2), From: 42117, Profiles: []cdp.ProfileID{100233, 100234},
			Reason: "a household number", Hop: 1}}}
}

func answer() cdp.SearchAnswer {
	return cdp.SearchAnswer{Total: 1412, Took: 3 * time.Millisecond, Behind: 5, Partial: "two seconds were not enough", Hits: []cdp.Hit{
		{Profile: 42117, Name: "Weiß, Marlene", City: "Brașov", Country: "RO", Score: 7.123456789, Matched: []cdp.Match{
			{Field: "name", Fragment: "Frau Weiß, Marlene", Spans: [][2]int{{5, 10}}}, {Field: "name", Fragment: "Weiß", Spans: [][2]int{{0, 5}, {3, 9}}},
			{Field: "text", Fragment: hostile, Spans: [][2]int{{0, 7}}}},
			Records: 3, Sources: []cdp.SourceID{"shop.orders", "web"}, Bases: []cdp.BasisKind{cdp.BasisContract}, Seen: at("2026-08-23T14:30:00Z")},
		{Profile: 42118, Name: hostile, City: "İzmir"},
		{Profile: 42119, Name: longName, City: wide, Score: 0.5},
	}, Facets: []cdp.Facet{{Name: "basis", Values: []cdp.FacetValue{{Value: "consent", Count: 900}, {Count: 2}}}, {Name: "country"}}}
}

func sourceStats() []cdp.SourceStat {
	return []cdp.SourceStat{
		{Source: cdp.Source{ID: "shop.orders", System: "Shop & Co", Kind: "shop", Owner: "sales", Controller: "Lindenhof AG", Country: "DE", Collection: "first_party",
			Activities: []cdp.ActivityID{"orders"}, Link: "orders"}, Known: true, Records: 1204565, Touchpoints: 6000000, Batches: 3, Last: at("2026-08-24T00:00:00Z")},
		{Source: cdp.Source{ID: "broker.list"}, Records: 12, Quarantined: 12, Rejects: 2},
	}
}

func receipts() []cdp.Receipt {
	return []cdp.Receipt{
		{Batch: 3, Source: "shop.orders", File: "orders.csv", FileHash: "aa", Mapping: "bb", Preset: "shop", Begun: at("2026-08-24T00:00:00Z"), Done: at("2026-08-24T00:01:00Z"),
			Rows: 1204, Admitted: 1000, Quarantined: 100, Unchanged: 50, Superseding: 40, Rejected: 10, Dropped: 4, HeldApart: 7, Touchpoints: 5000, NewProfiles: 900, Merged: 12,
			Notes: []cdp.Note{{Code: "never_store", Field: "password\x1b[2J", Text: "a column that holds password hashes was dropped", Count: 1204}}},
		{Batch: 4, Source: "newsletter", File: "-", Rows: 10, Admitted: 9},
	}
}

func rejects() []cdp.Reject {
	return []cdp.Reject{
		{ID: 1, Source: "shop.orders", Lineage: cdp.Lineage{Batch: 3, File: "orders.csv", FileHash: "aa", Mapping: "bb", Line: 17, Row: 16, Offset: 1022}, Code: "csv.width",
			Reason: "the row has 9 fields, the header 8", Raw: "1001;=cmd|' /C calc'!A0;Marlene Weiß;\x1b[31m", Header: "id;x;name;note"},
		{ID: 2, Lineage: cdp.Lineage{Row: 5, Offset: -1}, Code: "json.utf8", Field: "customer.name", Reason: "not UTF-8", Raw: "Weiss\xff\x9b", Replay: 9},
	}
}

func quarantine() []cdp.Quarantine {
	v := cdp.Verdict{Rule: "hold.none", Reason: "no activity has a valid basis", Article: "Art. 5(1)(a)"}
	return []cdp.Quarantine{
		{Record: 20, Source: "broker.list", Key: "B-77", Batch: 6, Line: 2, Since: at("2026-08-24T00:00:00Z"), Until: at("2026-11-24T00:00:00Z"), Verdict: v,
			Todo: "an entry for broker.list in the activity register:\n\nsources:\n  - id: broker.list"},
		{Record: 21, Source: "broker.list", Key: "0040 721 000 111", Verdict: v, Todo: "an entry for broker.list in the activity register:\n\nsources:\n  - id: broker.list"},
	}
}

func bases() []cdp.BasisHistory {
	from, to := at("2024-03-02T09:14:03Z"), at("2026-05-01T00:00:00Z")
	return []cdp.BasisHistory{
		{Record: 12, Source: "shop.orders", Purpose: "service", Title: "Carry out orders", Now: yesVerdict(), Intervals: []cdp.BasisInterval{
			{From: from, To: to, Verdict: yesVerdict(), Ended: yesVerdict()}, {From: to, Verdict: yesVerdict()}}},
		{Record: 12, Source: "shop.orders", Purpose: "newsletter", Now: noVerdict(), Intervals: []cdp.BasisInterval{{From: from, To: to, Verdict: yesVerdict(), Ended: noVerdict()}}},
		{Record: 13, Purpose: "ads_partners", Now: noVerdict()},
	}
}

func stats() cdp.Stats {
	return cdp.Stats{At: at("2026-08-24T00:00:00Z"), Records: 1204577, Versions: 1204600, Profiles: 343112, Identifiers: 900000, Touchpoints: 6000000, Consents: 88,
		Shares: 4, Quarantined: 12, Apart: 7, Rejects: 2, Batches: 4, Merges: 12, Largest: 42117, LargestSize: 512, LargestBound: true, SizeClasses: []int{300000, 40000, 3000, 100, 12},
		Sources: sourceStats(), Consent: []cdp.ConsentCount{{Purpose: "newsletter", Given: 80, Refused: 7, Other: 1}}, Shared: neighbourhood().Down,
		JournalSeq: 1000, IndexSeq: 995, DiskBytes: 123456789, Register: yesVerdict().Register, RegisterFrom: at("2026-01-01T00:00:00Z")}
}

func check() cdp.CheckReport {
	return cdp.CheckReport{Records: 1204577, Profiles: 343112, Identifiers: 900000, Took: time.Second, Problems: []cdp.Problem{
		{Code: "profile.partition", Ref: cdp.Ref{Kind: "profile", ID: "P-0042117"}, Text: "the recomputation gives two profiles"}}}
}

func entries() []cdp.Entry {
	return []cdp.Entry{
		{Seq: 118, At: at("2026-08-23T14:32:00Z"), Actor: "dpo@acme", Verb: "reveal", Object: cdp.Ref{Kind: "profile", ID: "P-0042117"}, Case: "DSR-0142",
			Reason: "the person asked", Digest: yesVerdict().Register, Detail: "5 values"},
		{Seq: 119, Verb: "check"},
	}
}

func record() cdp.RecordView {
	return cdp.RecordView{State: "live", Profile: 42117, Controller: "Lindenhof AG", Version: 2, Others: []cdp.RecordID{11},
		Record: cdp.Record{ID: 12, Source: "shop.orders", Key: mail, At: at("2024-03-02T09:14:03Z"), Recorded: at("2026-08-24T00:00:00Z"), Deleted: true,
			Lineage: rejects()[0].Lineage, Activities: []cdp.ActivityID{"orders"},
			Claims: []cdp.Claim{{Identifier: held()[0].Identifier, Strength: cdp.LinkStrong, Verification: cdp.DoubleOptIn, Active: true, Verdict: yesVerdict()},
				{Identifier: held()[1].Identifier, Blocked: "placeholder", Generic: "role", Verdict: noVerdict()}},
			Attributes:  []cdp.Attribute{{Name: "given_name", Value: hostile, Category: "user.name", Origin: cdp.Provided}},
			Grounds:     []cdp.Ground{{Activity: "orders", Ref: "O-99112-calc-3", From: at("2024-03-02T09:14:03Z")}},
			Preferences: wishes()[0].Events[1:],
			Consents:    standings()[0].Events, Touchpoints: touchpoints()},
		Ruling: cdp.Ruling{Verdict: yesVerdict(), Holding: []cdp.Verdict{yesVerdict(), noVerdict()}, Due: at("2027-01-01T00:00:00Z"),
			Findings: []string{"consent.unreadable"}}}
}

func evaluation() Evaluation {
	x := paths()
	return Evaluation{File: "truth.csv", Hash: yesVerdict().Register, Record: "RECORD_ID", Cluster: "CLUSTER_ID", Source: "DATA_SOURCE", Rows: 162, Repeated: 1,
		Rejected: 12, Lines: []int{7, 9, 12, 13, 14, 15, 16, 17, 18, 19, 1200, 1201}, Absent: 2, Unclear: 3, Extra: 4,
		Score: eval.Score{Records: 1159, Clusters: 85, Profiles: 120, Exact: 50, Right: 36, Wrong: 1, Missed: 72,
			Pairs: eval.Rates{Precision: 36. / 37, Recall: 1. / 3, F1: 0.49655}, BCubed: eval.Rates{Precision: 0.99999, Recall: 0.6, F1: 0.75}},
		Merges: []FalseMerge{{Profile: 42117, Records: 21, Pairs: 208, Clusters: 19, Parts: []ClusterPart{{"1001", 2, 12}, {mail, 1, 14}, {"1003", 1, 15}, {"1004", 1, 16}, {"1005", 1, 17}, {"1006", 1, 18}}, Why: x[0], Across: []int{1}}},
		Misses: []Miss{{Cluster: "tel:+4915150000012", Records: 5, Pairs: 9, Profiles: 4, Parts: []ProfilePart{{42117, 2, 12}, {42118, 1, 13}}, Why: x[1]},
			{Cluster: hostile + "@", Records: 2, Pairs: 1, Profiles: 2, Parts: []ProfilePart{{42117, 1, 12}, {42118, 1, 13}}, Why: x[2]}}}
}

func found() []cdp.Found {
	i := held()[0].Identifier
	return []cdp.Found{{Ref: cdp.Ref{Kind: "profile", ID: "P-0042117"}, Profile: 42117, Identifier: &i, Note: "alias of P-0000007"},
		{Ref: cdp.Ref{Kind: "record", ID: "R-0000020"}, Note: "in quarantine"}}
}

func history() []cdp.Change {
	by := cdp.NewIdentifier(cdp.KindPhone, "", [4]byte{0x1a, 0x37, 0xe5, 2}) // as the journal keeps it
	return []cdp.Change{
		{Seq: 40, At: at("2026-08-23T14:32:00Z"), Verb: "merge", Profiles: []cdp.ProfileID{42117, 42120}, Record: 12, Claim: &by, Rule: "link.contract.open", Batch: 4},
		{Seq: 77, At: at("2026-08-24T00:00:00Z"), Verb: "split", Profiles: []cdp.ProfileID{42120, 42117}, Record: 12, Rule: "link.consent.refused"},
	}
}

func saved() []cdp.SavedSearch {
	return []cdp.SavedSearch{{Name: "ours", Query: "source:web name:" + hostile, Shape: "source:web name:███", By: "dpo@acme", At: at("2026-08-24T00:00:00Z")}, {}}
}

// secrets are what must not be found in anything that is masked.
func secrets() []string {
	return []string{"arlene", "lindenhof.test", "1515000", "721 000", "9f3c", "tefan", "İpek", "Șerban", "Magdalena", "渡辺", "1971", "requent", "gluten", "weekly",
		"privacy", "Great", "HYPERLINK", "198.51", "Brașov", "zmir", "Reklam", "calc", "sign lang"}
}

func page1[T any](items []T) cdp.Page[T] {
	return cdp.Page[T]{Items: items, More: true, Next: "x", Total: 100, Exact: true}
}

type rendering struct {
	name  string
	write func(io.Writer, Options) error
}

// texts are all renderers of plain text on the sample.
func texts() []rendering {
	all := []rendering{
		{"profile", func(w io.Writer, o Options) error { return Profile(w, profile(), o) }},
		{"record", func(w io.Writer, o Options) error { return Record(w, record(), o) }},
		{"found", func(w io.Writer, o Options) error { return Found(w, found(), o) }},
		{"saved", func(w io.Writer, o Options) error { return SavedSearches(w, saved(), o) }},
		{"touchpoints", func(w io.Writer, o Options) error { return Touchpoints(w, page1(touchpoints()), o) }},
		{"wishes", func(w io.Writer, o Options) error { return Wishes(w, wishes(), o) }},
		{"consents", func(w io.Writer, o Options) error { return Consents(w, standings(), o) }},
		{"uses", func(w io.Writer, o Options) error {
			return Uses(w, []cdp.Use{{Record: 12, Source: "shop.orders", Activity: "orders", Purpose: "service", Title: "Carry out orders", Verdict: yesVerdict()},
				{Record: 13, Source: "newsletter", Purpose: "newsletter", Verdict: noVerdict()}, {}}, o)
		}},
		{"basis", func(w io.Writer, o Options) error { return Basis(w, bases(), o) }},
		{"shares", func(w io.Writer, o Options) error {
			return Shares(w, cdp.Page[cdp.Share]{More: true, Items: []cdp.Share{{Recipient: "Mailhaus", Purpose: "newsletter", At: at("2026-08-01T08:00:00Z"),
				Fields: []string{"email", "given_name"}, Mode: "batch", Source: "newsletter", Record: 12}, {}}}, o)
		}},
		{"trace", func(w io.Writer, o Options) error { return Trace(w, trace(), o) }},
		{"neighbourhood", func(w io.Writer, o Options) error { return Neighbourhood(w, neighbourhood(), o) }},
		{"hits", func(w io.Writer, o Options) error { return Hits(w, answer(), o) }},
		{"sources", func(w io.Writer, o Options) error { return Sources(w, sourceStats(), o) }},
		{"batches", func(w io.Writer, o Options) error { return Batches(w, page1(receipts()), o) }},
		{"rejects", func(w io.Writer, o Options) error { return Rejects(w, page1(rejects()), o) }},
		{"quarantine", func(w io.Writer, o Options) error { return Quarantined(w, page1(quarantine()), o) }},
		{"stats", func(w io.Writer, o Options) error { return Stats(w, stats(), o) }},
		{"check", func(w io.Writer, o Options) error { return Check(w, check(), o) }},
		{"health", func(w io.Writer, o Options) error { return Health(w, health(), o) }},
		{"conflicts", func(w io.Writer, o Options) error { return Conflicts(w, page1(conflicts()), o) }},
		{"evaluation", func(w io.Writer, o Options) error { return Evaluate(w, evaluation(), o) }},
		{"entries", func(w io.Writer, o Options) error { return Entries(w, page1(entries()), o) }},
		{"history", func(w io.Writer, o Options) error { return History(w, history(), o) }},
	}
	all = append(all, matchTexts()...)
	all = append(all, shareTexts()...)
	all = append(all, lintTexts()...)
	all = append(all, identityTexts()...)
	all = append(all, rendering{"taken", func(w io.Writer, o Options) error {
		for _, r := range receipts() {
			if err := Taken(w, r, o); err != nil {
				return err
			}
		}
		if err := Taken(w, cdp.Receipt{Batch: 3, File: "orders.csv"}, o); err != nil {
			return err
		}
		return TakenAll(w, receipts(), o)
	}})
	for i, r := range receipts() {
		all = append(all, rendering{fmt.Sprint("receipt", i+1), func(w io.Writer, o Options) error { return Receipt(w, r, o) }})
	}
	for i, x := range paths() {
		all = append(all, rendering{fmt.Sprint("path", i+1), func(w io.Writer, o Options) error { return Path(w, x, o) }})
	}
	return all
}

// machines are all renderers for programs on the sample.
func machines() []rendering {
	j := func(write func(*JSON) error) func(io.Writer, Options) error {
		return func(w io.Writer, o Options) error { return write(NewJSON(w, o)) }
	}
	c := func(write func(*CSV) error) func(io.Writer, Options) error {
		return func(w io.Writer, o Options) error { return write(NewCSV(w, o)) }
	}
	return append(append(lintMachines(), identityMachines()...), []rendering{
		{"record.json", j(func(j *JSON) error { return j.Record(record()) })},
		{"found.json", j(func(j *JSON) error { return j.Found(found()) })},
		{"saved.json", j(func(j *JSON) error { return j.SavedSearches(saved()) })},
		{"profile.json", j(func(j *JSON) error { return j.Profile(profile()) })},
		{"members.json", j(func(j *JSON) error { return j.Members(profile()) })},
		{"touchpoints.json", j(func(j *JSON) error { return j.Touchpoints(touchpoints()) })},
		{"wishes.json", j(func(j *JSON) error { return j.Wishes(wishes()) })},
		{"consents.json", j(func(j *JSON) error { return j.Consents(standings()) })},
		{"uses.json", j(func(j *JSON) error { return j.Uses([]cdp.Use{{Record: 12, Verdict: yesVerdict()}, {}}) })},
		{"basis.json", j(func(j *JSON) error { return j.Basis(bases()) })},
		{"shares.json", j(func(j *JSON) error {
			return j.Shares([]cdp.Share{{Recipient: "Mailhaus", Fields: []string{"email"}}, {}})
		})},
		{"trace.json", j(func(j *JSON) error { return j.Trace(trace()) })},
		{"path.json", j(func(j *JSON) error { return j.Path(paths()[0]) })},
		{"neighbourhood.json", j(func(j *JSON) error { return j.Neighbourhood(neighbourhood()) })},
		{"hits.json", j(func(j *JSON) error { return j.Hits(answer().Hits) })},
		{"search.json", j(func(j *JSON) error { return j.Search(answer()) })},
		{"sources.json", j(func(j *JSON) error { return j.Sources(sourceStats()) })},
		{"batches.json", j(func(j *JSON) error { return j.Batches(receipts()) })},
		{"rejects.json", j(func(j *JSON) error { return j.Rejects(rejects()) })},
		{"quarantine.json", j(func(j *JSON) error { return j.Quarantined(quarantine()) })},
		{"health.json", j(func(j *JSON) error { return j.Health(health()) })},
		{"conflicts.json", j(func(j *JSON) error { return j.Conflicts(conflicts()) })},
		{"matches.json", j(func(j *JSON) error { return j.PossibleMatches(possibleMatches()) })},
		{"match.json", j(func(j *JSON) error { return j.MatchView(matchView()) })},
		{"verdicts.json", j(func(j *JSON) error { return j.MatchVerdicts(matchVerdicts()) })},
		{"shareplan.json", j(func(j *JSON) error { return j.SharePlan(sharePlan()) })},
		{"disclosures.json", j(func(j *JSON) error { return j.Disclosures(disclosures()) })},
		{"shareruns.json", j(func(j *JSON) error { return j.ShareRuns(shareRuns()) })},
		{"sharelines.json", j(func(j *JSON) error { return j.ShareLines(shareLines()) })},
		{"notices.json", j(func(j *JSON) error { return j.Notices(notifications()) })},
		{"acks.json", j(func(j *JSON) error { return j.Acks(cdp.AckResult{Lines: 3, Unknown: []int{3}}) })},
		{"drift.json", j(func(j *JSON) error { return j.Drift(drift()) })},
		{"matchcounts.json", j(func(j *JSON) error { return j.MatchCounts(matchCounts()) })},
		{"stats.json", j(func(j *JSON) error { return j.Stats(stats()) })},
		{"check.json", j(func(j *JSON) error { return j.Check(check()) })},
		{"history.json", j(func(j *JSON) error { return j.History(history()) })},
		{"evaluation.json", j(func(j *JSON) error { return j.Evaluation(evaluation()) })},
		{"entries.json", j(func(j *JSON) error { return j.Entries(entries()) })},
		{"hits.csv", c(func(c *CSV) error { return c.Hits(answer().Hits) })},
		{"rejects.csv", c(func(c *CSV) error { return c.Rejects(rejects()) })},
		{"quarantine.csv", c(func(c *CSV) error { return c.Quarantined(quarantine()) })},
		{"touchpoints.csv", c(func(c *CSV) error { return c.Touchpoints(touchpoints()) })},
	}...)
}
