package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"cdp-tui/internal/cdp"
)

// All people here are made up.

var start = time.Date(2026, 8, 23, 14, 32, 5, 0, time.UTC)

const hostile = "Eve\x1b]52;c;ZXZpbA==\a\u202egnp.exe\x9b31m\u0000\u200d" // OSC 52, bidi override, C1 CSI, NUL, joiner

func ident(kind cdp.Kind, v string) cdp.Identifier {
	var tag [4]byte
	for i := range len(v) {
		tag[i%4] ^= v[i] * byte(i+1)
	}
	return cdp.NewIdentifier(kind, v, tag)
}

func ago(d time.Duration) time.Time { return start.Add(-d) }

const day = 24 * time.Hour

// fakeDesk answers out of nothing, a million entries of log if need be.
type fakeDesk struct {
	segments   segmented
	mu         sync.Mutex
	calls      map[string]int
	fail       map[string]bool          // methods that fail
	slow       map[string]chan struct{} // methods that wait, for the channel or the end of the context
	ended      map[string]int           // slow ones whose context ended
	waits      map[string]int           // slow ones that wait now
	entries    int
	hits       int
	reveals    []string
	marked     []string
	outbox     cdp.OutboxFilter // asked for last
	noTargets  bool
	exports    []string
	saved      []cdp.SavedSearch
	panics     string        // method that panics
	alias      cdp.ProfileID // what every profile was merged into, 0 for none
	decided    fakeDecisions
	instructed fakeInstructions
	matched    fakeMatches
	muted      []cdp.Mute
	lifted     []string // rule, thing, reason of mutes that were lifted
}

func newFake() *fakeDesk {
	return &fakeDesk{calls: map[string]int{}, fail: map[string]bool{}, slow: map[string]chan struct{}{}, ended: map[string]int{}, waits: map[string]int{}, entries: 3118, hits: 14,
		saved: []cdp.SavedSearch{{Name: "weiss", Query: "weiß~1", By: "dpo", At: ago(day)}}}
}

var errFake = errors.New("store: disk is on fire")

func (f *fakeDesk) call(ctx context.Context, name string) error {
	f.mu.Lock()
	f.calls[name]++
	wait, fail, boom := f.slow[name], f.fail[name], f.panics == name
	f.mu.Unlock()
	if boom {
		panic("m.weiss@lindenhof.test")
	}
	if wait != nil {
		f.mu.Lock()
		f.waits[name]++
		f.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			f.mu.Lock()
			f.ended[name]++
			f.mu.Unlock()
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if fail {
		return errFake
	}
	return nil
}

func (f *fakeDesk) count(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[name]
}

func (f *fakeDesk) waiting(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waits[name]
}

func (f *fakeDesk) source(id string) cdp.SourceStat {
	return cdp.SourceStat{Source: cdp.Source{ID: cdp.SourceID(id), System: "Shopware", Kind: "shop", Owner: "E-commerce", Controller: "Lindenhof Moden", Country: "DE",
		Collection: "first_party", Activities: []cdp.ActivityID{"orders", "newsletter"}, Link: "orders"}, Known: id != "broker.list",
		Records: 48120 + len(id), Touchpoints: 214002, Quarantined: 3 * strings.Count(id, "r"), Apart: 2, Rejects: strings.Count(id, "s"), Batches: 9, Last: ago(time.Duration(len(id)) * time.Hour)}
}

func (f *fakeDesk) Sources(ctx context.Context) ([]cdp.SourceStat, error) {
	var out []cdp.SourceStat
	for _, id := range []string{"shop.orders", "web.clicks", "store.pos", "newsletter", "callcentre", "survey.nps", "broker.list", "chat.bot"} {
		out = append(out, f.source(id))
	}
	return out, f.call(ctx, "Sources")
}

func (f *fakeDesk) Stats(ctx context.Context) (cdp.Stats, error) {
	sources, _ := f.Sources(ctx)
	return cdp.Stats{At: start, Records: 1_204_565, Versions: 1_300_000, Profiles: 1_000_000, Identifiers: 3_412_908, Touchpoints: 5_000_000, Consents: 800_000,
		Shares: 40_000, Quarantined: 41, Apart: 17, Rejects: 12, Batches: 212, Merges: 31_204, Splits: 3, Largest: 9121, LargestSize: 214, SizeClasses: []int{700000, 250000, 49000, 999, 1},
		Sources: sources, Consent: []cdp.ConsentCount{cc("newsletter", 612, 210, 178), cc("profiling", 384, 441, 175), cc("ads_partners", 229, 603, 168)},
		Shared:     []cdp.Downstream{ds("Mailhaus", "newsletter", 8112, ago(time.Hour)), ds("AdBridge", "ads_partners", 5004, ago(3*day)), ds("", "research", 9, ago(40*day))},
		JournalSeq: 1000, IndexSeq: 988, DiskBytes: 734003200, Register: "9c1f04e2aa17d00b11", RegisterFrom: ago(90 * day)}, f.call(ctx, "Stats")
}

func (f *fakeDesk) Search(ctx context.Context, req cdp.SearchRequest) (cdp.SearchAnswer, error) {
	ans := cdp.SearchAnswer{Total: f.hits, Took: 3 * time.Millisecond, Behind: 12, Facets: []cdp.Facet{
		{Name: "source", Values: []cdp.FacetValue{{Value: "shop.orders", Count: 9}, {Value: "newsletter", Count: 6}}},
		{Name: "basis", Values: []cdp.FacetValue{{Value: "consent", Count: 9}, {Value: "contract", Count: 4}}},
		{Name: "country", Values: []cdp.FacetValue{{Value: "DE", Count: 12}, {Value: hostile, Count: 1}}}}}
	if len(req.Facets) > 0 {
		ans.Total = min(f.hits, 8)
	}
	for i := req.Offset; i < ans.Total && len(ans.Hits) < req.Limit; i++ {
		name := []string{"Weiß, Marlene", "Popa, Ștefan", "Yılmaz, Ayşe", hostile, strings.Repeat("Donaudampfschifffahrt ", 9)}[i%5]
		ans.Hits = append(ans.Hits, cdp.Hit{Profile: cdp.ProfileID(42117 + i), Name: cdp.Value(name), City: "Köln", Country: "DE", Score: 9.8 - float64(i%90)/10,
			Matched: []cdp.Match{{Field: "name", Fragment: cdp.Value(name), Spans: [][2]int{{0, 3}}}, {Field: "text", Fragment: "where is my parcel"}},
			Records: 3 + i%4, Sources: []cdp.SourceID{"shop.orders", "newsletter"}, Bases: []cdp.BasisKind{cdp.BasisConsent, cdp.BasisContract}, Seen: ago(time.Duration(i) * 9 * time.Hour)})
	}
	return ans, f.call(ctx, "Search")
}

func (f *fakeDesk) SearchThen(ctx context.Context, req cdp.SearchRequest, progress func(int)) (cdp.SearchAnswer, error) {
	ans, err := f.Search(ctx, req)
	ans.Behind = 0
	for i := range ans.Hits {
		ans.Hits[i].Score = 0
	}
	return ans, errors.Join(err, f.call(ctx, "SearchThen"))
}

func (f *fakeDesk) SavedSearches(ctx context.Context) ([]cdp.SavedSearch, error) {
	f.mu.Lock()
	out := append([]cdp.SavedSearch(nil), f.saved...)
	f.mu.Unlock()
	return out, f.call(ctx, "SavedSearches")
}

func (f *fakeDesk) SaveSearch(ctx context.Context, name, q string) error {
	err := f.call(ctx, "SaveSearch")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved = append(f.saved, cdp.SavedSearch{Name: name, Query: q})
	return err
}

func (f *fakeDesk) ForgetSearch(ctx context.Context, name string) error {
	f.mu.Lock()
	f.saved = nil
	f.mu.Unlock()
	return f.call(ctx, "ForgetSearch")
}

func (f *fakeDesk) Find(ctx context.Context, text string) ([]cdp.Found, error) {
	err := f.call(ctx, "Find")
	e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
	switch text {
	case "one":
		return []cdp.Found{{Ref: cdp.Ref{Kind: "profile", ID: "P-0042117"}, Profile: 42117}}, err
	case "two":
		return []cdp.Found{{Ref: cdp.Ref{Kind: "profile", ID: "P-0042117"}, Profile: 42117, Identifier: &e}, {Ref: cdp.Ref{Kind: "record", ID: "R-0000009"}, Identifier: &e, Note: "in quarantine"}}, err
	}
	return nil, err
}

func verdict(allow bool) cdp.Verdict {
	v := cdp.Verdict{Allow: allow, Rule: "link.consent.given", Reason: "consent was given at this endpoint", Article: "Art. 6(1)(a)", Basis: cdp.BasisConsent, Activity: "newsletter",
		Facts: []string{"c-7712 given 2026-05-02", "register 9c1f04"}, Until: start.Add(400 * day), Register: "9c1f04e2aa17d00b11"}
	if !allow {
		v.Rule, v.Reason, v.Article = "link.consent.refused", "consent for profiling was refused", "Art. 7(3)"
	}
	return v
}

func (f *fakeDesk) held() []cdp.Held {
	h := func(k cdp.Kind, v string, active bool, shared int, src ...cdp.SourceID) cdp.Held {
		return cdp.Held{Identifier: ident(k, v), Sources: src, Records: 1 + len(src), Since: ago(time.Duration(len(v)) * 40 * day), Active: active, Verdict: verdict(active), Basis: cdp.BasisConsent, Shared: shared}
	}
	generic := h(cdp.KindPhone, "+4930555000", false, 9, "store.pos")
	generic.Verdict, generic.Standing = verdict(true), "generic"
	return []cdp.Held{h(cdp.KindEmail, "m.weiss@lindenhof.test", true, 0, "web.clicks", "newsletter"), h(cdp.KindEmail, "marlene@lindenhof.test", true, 0, "shop.orders"),
		h(cdp.KindPhone, "+491511234567", false, 1, "callcentre"), h(cdp.KindLoyalty, "store:7700123901", true, 0, "store.pos"), h(cdp.KindCookie, "web:"+hostile, false, 2, "web.clicks"), generic}
}

func (f *fakeDesk) Profile(ctx context.Context, id cdp.ProfileID) (cdp.Profile, error) {
	p := cdp.Profile{ID: id, Asked: id, Restrict: true, Since: ago(900 * day), Seen: ago(2 * time.Minute), Minted: ago(300 * day), Country: "DE", Identifiers: f.held(),
		TouchpointCount: 128, ShareCount: 4, Merges: 2, RecordCount: 4,
		Attributes: []cdp.Golden{
			{Name: "name", Value: "Marlene Weiß", Source: "shop.orders", Origin: cdp.Provided, Category: "user.name"},
			{Name: "birth_date", Value: "1979-04-01", Source: "store.pos", Origin: cdp.Provided},
			{Name: "street", Value: "Mühlweg 12", Source: "shop.orders", Origin: cdp.Provided, Conflict: true, Others: []cdp.Statement{{Value: "Am Ring 3", Source: "store.pos", Record: 7}}},
			{Name: "language", Value: "de", Source: "web.clicks", Origin: cdp.Observed},
			{Name: "segment", Value: "frequent buyer", Source: "chat.bot", Origin: cdp.Inferred},
			{Name: "note", Value: cdp.Value(hostile), Source: "callcentre", Origin: cdp.Observed, Special: "health"}},
		Preferences: []cdp.Attribute{{Name: "frequency", Value: "weekly"}}}
	st := func(purpose string, s cdp.ConsentState) cdp.Standing {
		e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
		return cdp.Standing{Endpoint: e, Purpose: cdp.PurposeID(purpose), Controller: "Lindenhof Moden", Channel: "web", State: s, Since: ago(113 * day), Complete: 80, Missing: []string{"notice version"},
			Conflict: purpose == "profiling", Events: []cdp.Consent{{Endpoint: e, Purpose: cdp.PurposeID(purpose), State: s, At: ago(113 * day), Method: "double opt-in", Notice: "v4", Language: "de", Proof: "IP 192.0.2.1", Source: "newsletter", Record: 1188}}}
	}
	if f.alias != 0 {
		p.ID = f.alias
	}
	p.Consents = []cdp.Standing{st("newsletter", cdp.ConsentGiven), st("profiling", cdp.ConsentRefused), st("ads_partners", cdp.ConsentWithdrawn), st("research", cdp.NoStatement)}
	for i := range 4 {
		p.Records = append(p.Records, cdp.Member{Record: cdp.RecordID(1188 + i), Source: "shop.orders", Key: cdp.Value("o-" + strconv.Itoa(9912+i)), At: ago(time.Duration(i) * 30 * day), Batch: 3, Line: 4112})
	}
	if f.instructed.wishes {
		p.Wishes = fakeWishes()
	}
	return p, f.call(ctx, "Profile")
}

func (f *fakeDesk) Touchpoints(ctx context.Context, id cdp.ProfileID, after string, n int) (cdp.Page[cdp.Touchpoint], error) {
	from, _ := strconv.Atoi(after)
	page := cdp.Page[cdp.Touchpoint]{Total: 128, Exact: true}
	for i := from; i < 128 && len(page.Items) < n; i++ {
		page.Items = append(page.Items, cdp.Touchpoint{Key: strconv.Itoa(i), Channel: []cdp.Channel{"web", "store", "call"}[i%3], Kind: []string{"order", "visit", "newsletter.click"}[i%3], At: ago(time.Duration(i) * 30 * time.Hour),
			Text: "where is my parcel?\nI am waiting", Detail: cdp.Value("/account/privacy " + hostile), Purpose: "orders", Source: "shop.orders", Record: 1188, No: i + 1})
	}
	if next := from + len(page.Items); next < 128 {
		page.Next, page.More = strconv.Itoa(next), true
	}
	return page, f.call(ctx, "Touchpoints")
}

func (f *fakeDesk) Uses(ctx context.Context, id cdp.ProfileID) ([]cdp.Use, error) {
	return []cdp.Use{{Record: 1188, Source: "shop.orders", Activity: "orders", Purpose: "contract_performance", Title: "Orders and returns", Verdict: verdict(true)},
		{Record: 1189, Source: "newsletter", Activity: "newsletter", Purpose: "profiling", Title: "Segments", Verdict: verdict(false)}}, f.call(ctx, "Uses")
}

func (f *fakeDesk) Shares(ctx context.Context, id cdp.ProfileID) ([]cdp.Share, error) {
	return []cdp.Share{{Recipient: "Mailhaus", Purpose: "newsletter", At: ago(22 * day), Fields: []string{"email", "name"}, Mode: "batch", Source: "newsletter", Record: 1189, ID: "R-0001189/1"},
		{Purpose: "research", At: ago(50 * day), Fields: []string{"segment"}, Mode: "manual", Source: "chat.bot", Record: 1190, ID: "R-0001190/1"}}, f.call(ctx, "Shares")
}

func (f *fakeDesk) Log(ctx context.Context, about cdp.Ref, before uint64, n int) ([]cdp.Entry, error) {
	from := f.entries
	if before > 0 {
		from = int(before) - 1
	}
	var out []cdp.Entry
	for i := from; i > 0 && len(out) < n; i-- {
		out = append(out, cdp.Entry{Seq: uint64(i), At: ago(time.Duration(f.entries-i) * 7 * time.Minute), Actor: []string{"dpo", "ana", "system"}[i%3], Verb: []string{"view", "reveal", "ingest", "export"}[i%4],
			Object: cdp.Ref{Kind: "profile", ID: fmt.Sprintf("P-%07d", 42000+i%300)}, Case: "", Reason: []string{"", "identity check"}[i%2], Digest: strings.Repeat("9c", 32), Detail: "4 fields"})
	}
	return out, f.call(ctx, "Log")
}

func (f *fakeDesk) Record(ctx context.Context, id cdp.RecordID) (cdp.RecordView, error) {
	claim := func(k cdp.Kind, v string, active bool) cdp.Claim {
		return cdp.Claim{Identifier: ident(k, v), Strength: cdp.LinkStrong, Verification: cdp.DoubleOptIn, Active: active, Verdict: verdict(active)}
	}
	apart := claim(cdp.KindPhone, "+4930555000", false)
	apart.Verdict, apart.Standing = verdict(true), "generic"
	r := cdp.Record{ID: id, Source: "shop.orders", Key: "m.weiss@lindenhof.test", At: ago(40 * day), Recorded: ago(39 * day),
		Lineage:     cdp.Lineage{Batch: 3, File: "orders-2026-07.csv", FileHash: strings.Repeat("9c1f04e2", 8), Mapping: strings.Repeat("77", 32), Line: 4112, Row: 4111, Offset: 90000},
		Claims:      []cdp.Claim{claim(cdp.KindEmail, "m.weiss@lindenhof.test", true), claim(cdp.KindPhone, "+491511234567", false), apart},
		Attributes:  []cdp.Attribute{{Name: "given_name", Value: "Marlene", Category: "user.name", Origin: cdp.Provided}, {Name: "note", Value: cdp.Value(hostile), Special: "health"}},
		Touchpoints: []cdp.Touchpoint{{Channel: "shop", Kind: "order", At: ago(40 * day), Detail: "2 dresses", Record: id}},
		Consents:    []cdp.Consent{{Endpoint: ident(cdp.KindEmail, "m.weiss@lindenhof.test"), Purpose: "newsletter", State: cdp.ConsentGiven, At: ago(40 * day), Channel: "web", Method: "form", Source: "shop.orders", Record: id}},
		Grounds:     []cdp.Ground{{Activity: "orders", Ref: "O-991233", From: ago(40 * day)}},
		Shares:      []cdp.Share{{Recipient: "Mailhaus", Purpose: "newsletter", Fields: []string{"email"}}}}
	return cdp.RecordView{Record: r, Controller: "Lindenhof Moden", State: "live", Profile: 42117, Version: 2, Others: []cdp.RecordID{id - 1},
		Ruling: cdp.Ruling{Outcome: cdp.Linked, Verdict: verdict(true), Holding: []cdp.Verdict{verdict(true), verdict(false)}, Findings: []string{"basis.later"}}}, f.call(ctx, "Record")
}

func (f *fakeDesk) Trace(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.TraceNode, error) {
	e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
	rec := &cdp.Ref{Kind: "record", ID: "R-0001188"}
	root := cdp.TraceNode{Label: "", Ident: &e, Ref: &cdp.Ref{Kind: "profile", ID: id.String()}, Children: []cdp.TraceNode{
		{Label: "held because", Children: []cdp.TraceNode{
			{Label: "web.clicks", At: ago(900 * day), Ref: rec, Fields: []cdp.TraceField{{Name: "key", Data: "o-9912"}, {Name: "file", Data: "clicks-2024.csv"}, {Name: "given_name", Data: cdp.Value(hostile)}, {Name: "basis", Text: "Art. 6(1)(a)"}},
				Children: []cdp.TraceNode{{Label: "consent newsletter given", At: ago(113 * day), Fields: []cdp.TraceField{{Name: "method", Text: "double opt-in"}}}}},
			{Label: "basis begins later", Mark: "!", At: ago(800 * day), Ref: rec}}},
		{Label: "linked by", Children: []cdp.TraceNode{{Label: "social login", Ident: &e, At: ago(500 * day), Fields: []cdp.TraceField{{Name: "standing", Text: "generic"}}}}},
		{Label: "sent to", Children: []cdp.TraceNode{{Label: "Mailhaus, 214 times", At: ago(22 * day)}, {Label: "AdBridge, held back since 2026-05-02", Mark: "x"}}},
		{Label: "used for"}}}
	return root, f.call(ctx, "Trace")
}

func (f *fakeDesk) Why(ctx context.Context, a, b string) (cdp.Path, error) {
	p := cdp.Path{From: cdp.Ref{Kind: "profile", ID: a}, To: cdp.Ref{Kind: "profile", ID: b}}
	if strings.HasSuffix(b, "99") {
		p.Not = []string{"phone#00aa11bb is carried by both and does not link: consent for profiling was refused"}
		return p, f.call(ctx, "Why")
	}
	p.Found = true
	for i := range 3 {
		p.Hops = append(p.Hops, cdp.Hop{From: cdp.RecordID(1188 + i), To: cdp.RecordID(1189 + i), FromSource: "shop.orders", ToSource: "newsletter", Identifier: f.held()[i].Identifier, FromVerdict: verdict(true), ToVerdict: verdict(i < 2), At: ago(100 * day)})
	}
	return p, f.call(ctx, "Why")
}

func (f *fakeDesk) Neighbourhood(ctx context.Context, id cdp.ProfileID, hops int) (cdp.Neighbourhood, error) {
	return cdp.Neighbourhood{Centre: id, Hops: hops, Held: f.held(), Hidden: 12, Down: []cdp.Downstream{ds("Mailhaus", "newsletter", 214, ago(22*day)), ds("BI lake", "research", 30, ago(day)), ds("", "ads_partners", 2, ago(9*day))},
		Shared: []cdp.Sharing{{Identifier: f.held()[2].Identifier, From: id, Profiles: []cdp.ProfileID{100233, 100299}, Reason: "1 of 2 consents", Hop: 1}}}, f.call(ctx, "Neighbourhood")
}

func (f *fakeDesk) Batches(ctx context.Context, before cdp.BatchID, n int) ([]cdp.Receipt, error) {
	from := 212
	if before > 0 {
		from = int(before) - 1
	}
	var out []cdp.Receipt
	for i := min(from, 212); i > 0 && len(out) < n; i-- {
		r := cdp.Receipt{Batch: cdp.BatchID(i), Source: "shop.orders", File: fmt.Sprintf("orders-%d.csv", i), FileHash: strings.Repeat("9c1f04e2", 8), Mapping: strings.Repeat("77", 32), Preset: "shopify.orders",
			Begun: ago(time.Duration(212-i) * day), Done: ago(time.Duration(212-i)*day - time.Minute), Rows: 4112, Admitted: 4000, Unchanged: 100, Quarantined: 10, Rejected: 2,
			Notes: []cdp.Note{{Code: "never_store", Field: "password_hash", Text: "the column was dropped", Count: 4112}, {Code: "unknown_column", Field: hostile, Text: "not mapped", Count: 1}}}
		if i == 212 {
			r.Done = time.Time{}
		}
		out = append(out, r)
	}
	return out, f.call(ctx, "Batches")
}

func (f *fakeDesk) Rejects(ctx context.Context, after uint64, n int, all bool) ([]cdp.Reject, error) {
	var out []cdp.Reject
	for i := int(after) + 1; i <= 300 && len(out) < n; i++ {
		r := cdp.Reject{ID: uint64(i), Source: "shop.orders", Lineage: cdp.Lineage{Batch: 3, File: "orders.csv", Line: 10 * i}, Code: "csv.width", Reason: "the row has 3 cells, the header has 5", Field: "birth_date", Raw: cdp.Value("Weiß;Marlene;" + hostile), Header: "name;given"}
		if all && i%2 == 0 {
			r.Replay = 7
		}
		out = append(out, r)
	}
	return out, f.call(ctx, "Rejects")
}

func (f *fakeDesk) Quarantined(ctx context.Context, after cdp.RecordID, n int) ([]cdp.Quarantine, error) {
	var out []cdp.Quarantine
	for i := int(after) + 1; i <= 41 && len(out) < n; i++ {
		out = append(out, cdp.Quarantine{Record: cdp.RecordID(i), Source: "broker.list", Key: cdp.Value(fmt.Sprintf("k%d@lindenhof.test", i)), Batch: 5, Line: i, Since: ago(9 * day), Until: start.Add(time.Duration(i) * day), Verdict: verdict(false), Todo: "an entry in the register for broker.list"})
	}
	return out, f.call(ctx, "Quarantined")
}

func (f *fakeDesk) Reveal(ctx context.Context, about cdp.Ref, fields []string, reason string) error {
	err := f.call(ctx, "Reveal")
	if err == nil {
		f.mu.Lock()
		f.reveals = append(f.reveals, fmt.Sprintf("%s %s %v %s", about.Kind, about.ID, fields, reason))
		f.mu.Unlock()
	}
	return err
}

func (f *fakeDesk) Exported(ctx context.Context, about cdp.Ref, detail, digest string) error {
	err := f.call(ctx, "Exported")
	if err == nil {
		f.mu.Lock()
		f.exports = append(f.exports, about.ID+"|"+detail+"|"+digest)
		f.mu.Unlock()
	}
	return err
}

func cc(p cdp.PurposeID, given, refused, other int) cdp.ConsentCount {
	return cdp.ConsentCount{Purpose: p, Given: given, Refused: refused, Other: other}
}

func ds(to string, p cdp.PurposeID, n int, last time.Time) cdp.Downstream {
	return cdp.Downstream{Recipient: to, Purpose: p, Count: n, Last: last}
}
