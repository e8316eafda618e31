package stories

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/rulefile"
	"cdp-tui/internal/steward"
	"cdp-tui/testdata"
)

// A world is a store, empty but for the register.
type world struct {
	g     *graph.Store
	desk  *steward.Desk
	canon *ident.Canonicaliser
}

func empty(t testing.TB) *world {
	t.Helper()
	g, err := graph.Create(t.Context(), memkv.New(), layout.Meta{Created: testdata.Day()})
	if err != nil {
		t.Fatal(err)
	}
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	w := &world{g: g, canon: ident.New([32]byte{1}, lists)}
	s := steward.New(g, steward.Options{Now: testdata.Day, Canon: w.typed, Matcher: graph.DefaultMatcher(w.canon, "")})
	w.desk = s.As(steward.Actor{Name: "test"})
	if _, err := w.desk.Activate(t.Context(), "register.yaml", testdata.Register(), nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// typed makes canonical what an officer types; ids as issuer:value.
func (w *world) typed(k cdp.Kind, raw string) (cdp.Identifier, bool) {
	opt := ident.Options{Country: "DE"}
	if issuer, value, ok := strings.Cut(raw, ":"); ok && k != cdp.KindEmail && k != cdp.KindPhone {
		opt.Issuer, raw = issuer, value
	}
	id, v := w.canon.Canon(k, raw, opt)
	return id, v.Outcome > ident.Empty
}

// loaded returns a world with the demo in it, and what became of each file.
func loaded(t testing.TB) (*world, []cdp.Receipt) {
	t.Helper()
	w := empty(t)
	var out []cdp.Receipt
	for _, it := range testdata.Demo() {
		out = append(out, w.deliver(t, it))
	}
	return w, out
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := testdata.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func load(t testing.TB, name string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Load(path.Base(name), file(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) deliver(t testing.TB, it testdata.Item) cdp.Receipt {
	t.Helper()
	return w.ingest(t, it.File, it.Mapping, file(t, it.File), false)
}

// ingest takes data in; as a stream its rows are known again only one by one.
func (w *world) ingest(t testing.TB, name, rules string, data []byte, stream bool) cdp.Receipt {
	t.Helper()
	r, err := ingest.Run(t.Context(), ingest.Options{Gate: w.desk, Canon: w.canon, Mapping: load(t, rules), Name: name, Size: int64(len(data)), Stream: stream,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// record returns the current record of a source's row.
func (w *world) record(t testing.TB, source, key string) cdp.RecordView {
	t.Helper()
	var id cdp.RecordID
	err := w.g.View(t.Context(), func(tx *graph.Tx) (err error) {
		id, _, err = tx.Row(cdp.SourceID(source), key)
		return err
	})
	if err != nil {
		t.Fatalf("%s %s: %v", source, key, err)
	}
	v, err := w.desk.Record(t.Context(), id)
	if err != nil {
		t.Fatalf("%s %s: %v", source, key, err)
	}
	return v
}

func (w *world) profile(t testing.TB, id cdp.ProfileID) cdp.Profile {
	t.Helper()
	p, err := w.desk.Profile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// carriers are the profiles that carry an identifier, and the records in
// quarantine that do.
func (w *world) carriers(t testing.TB, text string) (profiles []cdp.ProfileID, quarantined int) {
	t.Helper()
	found, err := w.desk.Find(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Profile == 0 {
			quarantined++
		} else {
			profiles = append(profiles, f.Profile)
		}
	}
	return profiles, quarantined
}

func (w *world) touchpoints(t testing.TB, id cdp.ProfileID) []cdp.Touchpoint {
	t.Helper()
	var out []cdp.Touchpoint
	for after := ""; ; {
		p, err := w.desk.Touchpoints(t.Context(), id, after, 100)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Items...)
		if !p.More {
			slices.SortStableFunc(out, func(a, b cdp.Touchpoint) int { return a.At.Compare(b.At) })
			return out
		}
		after = p.Next
	}
}

func (w *world) quarantine(t testing.TB) []cdp.Quarantine {
	t.Helper()
	var out []cdp.Quarantine
	for {
		var after cdp.RecordID
		if len(out) > 0 {
			after = out[len(out)-1].Record
		}
		part, err := w.desk.Quarantined(t.Context(), after, 50)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) == 0 {
			return out
		}
		out = append(out, part...)
	}
}

// picture says who is who and what is where, without any id that depends on
// the order of arrival.
func (w *world) picture(t testing.TB) []string {
	t.Helper()
	var out []string
	err := w.g.View(t.Context(), func(tx *graph.Tx) error {
		for p, err := range tx.ByComponent() {
			if err != nil {
				return err
			}
			var members []string
			for _, r := range p.Records {
				members = append(members, string(r.Source)+" "+r.Key+" "+r.Outcome.String())
			}
			slices.Sort(members)
			out = append(out, strings.Join(members, "\n"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range w.quarantine(t) {
		out = append(out, "quarantined "+string(q.Source)+" "+q.Key.Reveal()+" "+q.Verdict.Rule)
	}
	slices.Sort(out)
	return out
}

func TestRowsAreAccountedFor(t *testing.T) {
	// Columns: rows, admitted, quarantined, unchanged, superseding, rejected, dropped.
	want := map[string][7]int{
		"shop-de.csv":                    {68, 63, 0, 1, 0, 3, 1},
		"shop-ro.csv":                    {20, 20, 0, 0, 0, 0, 0},
		"shop-tr.csv":                    {19, 19, 0, 0, 0, 0, 0},
		"login-accounts.json":            {38, 38, 0, 0, 0, 0, 0},
		"loyalty-cards.csv":              {36, 35, 0, 0, 0, 1, 0},
		"store-pos.csv":                  {60, 59, 0, 0, 0, 1, 0},
		"newsletter-members.csv":         {52, 46, 6, 0, 0, 0, 0},
		"web-sessions.ndjson":            {109, 106, 0, 0, 0, 2, 1},
		"cmp-consents.ndjson":            {46, 46, 0, 0, 0, 0, 0},
		"marketplace-orders.json":        {12, 12, 0, 0, 0, 0, 0},
		"call-centre.json":               {19, 18, 0, 0, 0, 1, 0},
		"chat-bot.ndjson":                {13, 12, 0, 0, 0, 1, 0},
		"voice-assistant.ndjson":         {9, 9, 0, 0, 0, 0, 0},
		"kiosk-visits.csv":               {20, 20, 0, 0, 0, 0, 0},
		"survey.csv":                     {17, 13, 4, 0, 0, 0, 0},
		"mailer-reports.ndjson":          {94, 94, 0, 0, 0, 0, 0},
		"ad-audiences.csv":               {13, 13, 0, 0, 0, 0, 0},
		"ai-segments.csv":                {26, 0, 26, 0, 0, 0, 0},
		"sso-wohnen.json":                {13, 13, 0, 0, 0, 0, 0},
		"broker-list.csv":                {12, 0, 12, 0, 0, 0, 0},
		"store-wlan.csv":                 {24, 0, 24, 0, 0, 0, 0},
		"first-aid.csv":                  {3, 3, 0, 0, 0, 0, 0},
		"textile-returns.json":           {4, 4, 0, 0, 0, 0, 0},
		"preference-centre.ndjson":       {53, 53, 0, 0, 0, 0, 0},
		"shop-de-2026-11.csv":            {8, 4, 0, 1, 3, 0, 0},
		"loyalty-cards-2026-11.csv":      {4, 3, 0, 0, 1, 0, 0},
		"newsletter-members-2026-11.csv": {3, 1, 0, 0, 2, 0, 0},
	}
	w, receipts := loaded(t)
	sum := 0
	for i, r := range receipts {
		got := [7]int{r.Rows, r.Admitted, r.Quarantined, r.Unchanged, r.Superseding, r.Rejected, r.Dropped}
		if got != want[r.File] || !r.Balanced() || r.Refused != 0 {
			t.Errorf("%q: {%d, %d, %d, %d, %d, %d, %d},", r.File, got[0], got[1], got[2], got[3], got[4], got[5], got[6])
		}
		if raw := rows(t, testdata.Demo()[i].File); raw != r.Rows {
			t.Errorf("%s: %d rows in the file, %d read", r.File, raw, r.Rows)
		}
		sum += r.Rows
		delete(want, r.File)
	}
	if len(want) > 0 {
		t.Errorf("not delivered: %v", want)
	}
	if sum < 500 || sum > 1000 {
		t.Errorf("%d rows", sum)
	}
	st, err := w.desk.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Sources) < 12 || st.Touchpoints < 1200 || st.Records < 300 {
		t.Errorf("%d sources, %d records, %d touchpoints: too few for a demo", len(st.Sources), st.Records, st.Touchpoints)
	}
	check, err := w.desk.Check(t.Context(), func(int) {})
	if err != nil || len(check.Problems) > 0 {
		t.Errorf("self-check: %v, problems %+v", err, check.Problems)
	}
}

// rows counts the rows of a file the plainest way.
func rows(t testing.TB, name string) int {
	t.Helper()
	data := file(t, name)
	lines := bytes.Count(data, []byte("\n"))
	switch path.Ext(name) {
	case ".csv":
		return lines - 1 // no cell of the demo holds a line break
	case ".ndjson":
		return lines
	}
	// Every row of a JSON file opens at the depth that the writer's indent shows.
	indent := "\n {"
	if data[0] == '{' {
		indent = "\n  {"
	}
	return bytes.Count(data, []byte(indent)) - bytes.Count(data, []byte("\n  {\n   \"alias\""))
}

func TestLoadingTwiceChangesNothing(t *testing.T) {
	w, first := loaded(t)
	before := w.picture(t)
	stats := func() cdp.Stats {
		st, err := w.desk.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		st.Sources, st.Batches, st.Rejects, st.JournalSeq = nil, 0, 0, 0
		return st
	}
	was := stats()
	for i, it := range testdata.Demo() {
		if r := w.deliver(t, it); r.Rows != 0 || r.Batch != first[i].Batch {
			t.Errorf("%s again: %d rows in batch %v", it.File, r.Rows, r.Batch)
		}
	}
	for i, it := range testdata.Demo() {
		r := w.ingest(t, it.File, it.Mapping, file(t, it.File), true)
		if r.Unchanged != r.Rows-r.Rejected-r.Dropped || r.Rows != first[i].Rows {
			t.Errorf("%s as a stream: of %d rows %d unchanged, %d admitted, %d superseding", it.File, r.Rows, r.Unchanged, r.Admitted, r.Superseding)
		}
	}
	if now := stats(); now.Records != was.Records || now.Versions != was.Versions || now.Profiles != was.Profiles || now.Consents != was.Consents ||
		now.Shares != was.Shares || now.Touchpoints != was.Touchpoints || now.Merges != was.Merges || now.Splits != was.Splits {
		t.Errorf("was %+v\nnow %+v", was, now)
	}
	if !slices.Equal(before, w.picture(t)) {
		t.Error("the profiles differ")
	}
}

// README.md names these lines.
func TestRejects(t *testing.T) {
	w, _ := loaded(t)
	list, err := w.desk.Rejects(t.Context(), 0, 100, true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, fmt.Sprintf("%s:%d %s", r.Lineage.File, r.Lineage.Line, r.Code))
		if r.Lineage.Line == 0 || r.Reason == "" || r.Raw == "" {
			t.Errorf("%s line %d: reason %q, %d bytes kept", r.Lineage.File, r.Lineage.Line, r.Reason, len(r.Raw))
		}
	}
	want := []string{
		"shop-de.csv:17 time.layout", // 30 February
		"shop-de.csv:24 record.key",
		"shop-de.csv:29 csv.width", // cut off by the export
		"loyalty-cards.csv:37 record.key",
		"store-pos.csv:14 time.layout",       // month 13
		"web-sessions.ndjson:38 json.syntax", // a broken row
		"web-sessions.ndjson:81 time.layout",
		"call-centre.json:92 record.key",
		"chat-bot.ndjson:7 json.duplicate_key", // two addresses in one row
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
