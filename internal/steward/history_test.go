package steward

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/policy"
)

// facts are all that was ever delivered, kept the plainest way.
type facts struct {
	records  map[string]cdp.Record // current version by source and key
	consents []cdp.Consent
	wishes   []cdp.Preference
	bars     map[cdp.Row][]cdp.Restriction
	register []*policy.Register
}

func (f *facts) learn(r cdp.Record, now time.Time, reg *policy.Register) {
	r.Recorded = now
	controller := controllerOf(reg, sourceOf(r.Source))
	for _, c := range r.Consents {
		c.Controller, c.Source, c.Recorded = controller, r.Source, now
		if !slices.ContainsFunc(f.consents, func(o cdp.Consent) bool {
			return o.Endpoint.Same(c.Endpoint) && o.Controller == c.Controller && o.Purpose == c.Purpose && o.State == c.State && o.At.Equal(c.At) && o.Source == c.Source
		}) {
			f.consents = append(f.consents, c)
		}
	}
	for _, w := range r.Preferences {
		w.Controller, w.Source, w.Recorded = controller, r.Source, now
		f.wishes = append(f.wishes, w)
	}
	for _, e := range r.Restrictions {
		row := cdp.Row{Source: r.Source, Key: r.Key}
		e.Source, e.Recorded = r.Source, now
		open := func(said []cdp.Restriction) bool {
			return slices.ContainsFunc(policy.Restricted(said, now), func(o cdp.Restriction) bool { return e.Lifted || o.Whole == e.Whole })
		}
		have, known := f.records[string(r.Source)+"/"+r.Key]
		older := known && r.At.Before(have.At)
		switch was := open(f.bars[row]); {
		case e.Lifted && !was, !e.Lifted && was && !older: // it changes nothing
			continue
		case !e.Lifted && !older && !open(append(slices.Clone(f.bars[row]), e)): // stated anew, of a time before it was lifted
			e.At = time.Time{}
		}
		f.bars[row] = append(f.bars[row], e)
	}
	k := string(r.Source) + "/" + r.Key
	if have, ok := f.records[k]; !ok || r.At.After(have.At) {
		f.records[k] = r
	}
}

func (f *facts) inForce(at time.Time) (reg *policy.Register) {
	for _, r := range f.register {
		if !r.ValidFrom().After(at) {
			reg = r
		}
	}
	return reg
}

// partition judges every record by all facts and joins what may be joined.
func (f *facts) partition(now time.Time) string {
	reg := f.inForce(now)
	label := make(map[string]int)
	claims := make(map[string][]string)
	for k, r := range f.records {
		src := sourceOf(r.Source)
		controller := controllerOf(reg, src)
		var events []cdp.Consent
		for _, c := range f.consents {
			if c.Controller == controller && slices.ContainsFunc(endpointsOf(&r), c.Endpoint.Same) {
				events = append(events, c)
			}
		}
		sub := subject(src, &r, events)
		sub.Restrictions = f.bars[cdp.Row{Source: r.Source, Key: r.Key}]
		ruling := policy.Admit(sub, reg, now)
		if ruling.Outcome == cdp.Quarantined || r.Deleted {
			continue
		}
		label[k] = len(label)
		for i, c := range r.Claims {
			if ruling.Outcome.Links() && ruling.Claims[i].Allow {
				claims[k] = append(claims[k], controller+" "+string(c.Identifier.Kind())+c.Identifier.Reveal())
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for a := range label {
			for b := range label {
				if label[a] < label[b] && slices.ContainsFunc(claims[a], func(c string) bool { return slices.Contains(claims[b], c) }) {
					label[b], changed = label[a], true
				}
			}
		}
	}
	groups := make(map[int][]string)
	for k, l := range label {
		groups[l] = append(groups[l], k)
	}
	var lines []string
	for _, g := range groups {
		slices.Sort(g)
		lines = append(lines, strings.Join(g, " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func sourceOf(id cdp.SourceID) cdp.Source {
	src := cdp.Source{ID: id, Controller: "lindenhof"}
	if strings.HasPrefix(string(id), "markt") {
		src.Controller = "marktplatz"
	}
	return src
}

// follower reads again what the journal names, as search does.
type follower struct {
	at   uint64
	docs map[cdp.ProfileID]string
}

func (x *follower) compare(t *testing.T, feed *Feed) {
	t.Helper()
	if x.docs == nil {
		x.docs = make(map[cdp.ProfileID]string)
	}
	changes, err := feed.Changes(t.Context(), x.at, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[cdp.ProfileID]bool)
	for _, c := range changes {
		x.at = c.Seq
		for _, id := range c.Profiles {
			named[id] = true
		}
	}
	for id := range named {
		delete(x.docs, id)
		doc, ok, err := feed.Document(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			x.docs[id] = printed(doc)
		}
	}
	n := 0
	for doc, err := range feed.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if want := printed(doc); x.docs[doc.Profile] != want {
			t.Fatalf("%v\nthe journal leads to %s\nthere is           %s", doc.Profile, x.docs[doc.Profile], want)
		}
	}
	if n != len(x.docs) {
		t.Fatalf("%d documents followed, %d are there", len(x.docs), n)
	}
}

// printed is a document as text; the order of what is told of it has no meaning.
func printed(doc cdp.Document) string {
	slices.SortFunc(doc.Consents, func(a, b cdp.DocumentConsent) int {
		return strings.Compare(string(a.Purpose)+" "+string(a.State), string(b.Purpose)+" "+string(b.State))
	})
	return fmt.Sprintf("%+v", doc)
}

// secondRegister is the test register as it is from 2026-05-30 on: the club's
// terms begin earlier, and the shop belongs to the other controller.
func secondRegister(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for _, r := range [][2]string{{"valid_from: 2025-01-01", "valid_from: 2026-05-30"}, {"valid_from: 2026-06-01", "valid_from: 2026-05-31"},
		{"id: shop.orders\n    controller: lindenhof", "id: shop.orders\n    controller: marktplatz"}} {
		if !strings.Contains(s, r[0]) {
			t.Fatalf("the register has no %q", r[0])
		}
		s = strings.Replace(s, r[0], r[1], 1)
	}
	return []byte(s)
}

// A retrying store runs every function of an Update twice, as an engine may:
// what the first run did is not kept.
type retrying struct{ kv.Store }

var errAgain = errors.New("once more")

func (s retrying) Update(ctx context.Context, f func(kv.Tx) error) error {
	err := s.Store.Update(ctx, func(tx kv.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return s.Store.Update(ctx, f)
}

// TestRandomHistories delivers random records, statements and deletions while
// time passes and the register changes, and holds the store against a naive
// evaluation of all facts, its self-check, and its own journal.
func TestRandomHistories(t *testing.T) {
	n := 60
	if testing.Short() {
		n = 15
	}
	notable := make(map[string]int)
	for seed := range n {
		randomHistory(t, uint64(seed), notable)
	}
	for _, q := range []string{"why", "find", "holding", "how", "around"} {
		if notable[q] == 0 {
			t.Errorf("nothing was ever told of %q: the histories are no good", q)
		}
	}
}

func randomHistory(t *testing.T, seed uint64, notable map[string]int) {
	rnd := rand.New(rand.NewPCG(seed, 77))
	b := newBench(t)
	if seed%2 == 1 {
		b.open(retrying{b.store})
	}
	b.now = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC)
	b.register()
	first, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := &facts{records: make(map[string]cdp.Record), bars: make(map[cdp.Row][]cdp.Restriction)}
	for _, text := range [][]byte{first, secondRegister(t)} {
		reg, err := policy.Parse("r", text)
		if err != nil {
			t.Fatal(err)
		}
		f.register = append(f.register, reg)
	}
	if _, err := b.d.Activate(t.Context(), "second", secondRegister(t), nil); err != nil {
		t.Fatal(err)
	}
	var x follower
	var seen snapshots
	var heard teller
	sources := []string{"shop.orders", "store.pos", "store.invoices", "loyalty", "repairs", "club", "marketplace", "web.log", "unknown"}
	at := 0
	for range 40 {
		b.now = b.now.Add(time.Duration(rnd.IntN(20)) * time.Hour)
		source := sources[rnd.IntN(len(sources))]
		var recs []cdp.Record
		for range 1 + rnd.IntN(4) {
			at++
			r := cdp.Record{Source: cdp.SourceID(source), Key: fmt.Sprint("k", rnd.IntN(8)), At: day(1).Add(time.Duration(at) * time.Minute)}
			if rnd.IntN(4) == 0 {
				r.At = r.At.Add(-time.Duration(rnd.IntN(50)) * time.Minute).Add(time.Second + time.Duration(at)*time.Millisecond) // no two of one instant: of those the content decides
			}
			r.Deleted = rnd.IntN(10) == 0
			for k := range 1 + rnd.IntN(2) {
				r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindEmail, fmt.Sprint("m", k, rnd.IntN(6))), Strength: cdp.LinkStrong})
			}
			if rnd.IntN(2) == 0 {
				r = said(r, []string{"profile", "newsletter", "", "orders"}[rnd.IntN(4)], []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentObjected}[rnd.IntN(4)],
					day(1+rnd.IntN(27)).Add(time.Duration(at)*time.Second))
				if rnd.IntN(3) == 0 {
					r.Consents[0].Endpoint = cdp.NewIdentifier(cdp.KindRecord, source+":"+r.Key, [4]byte{})
				}
				if rnd.IntN(3) == 0 {
					r.Consents[0].Expires = b.now.Add(time.Duration(rnd.IntN(100))*time.Hour + time.Minute)
				}
			}
			if rnd.IntN(8) == 0 {
				r.Restrictions = []cdp.Restriction{{Whole: rnd.IntN(2) == 0, Lifted: rnd.IntN(3) == 0, At: r.At}}
			}
			recs = append(recs, r)
		}
		if _, err := b.d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		out, err := b.tryAdmit(b.d, recs...)
		if err != nil || !out.Balanced() || out.Rows != len(recs) {
			t.Fatalf("seed %d: %+v, %v", seed, out, err)
		}
		if kept, err := b.d.Batch(t.Context(), out.Batch); err != nil || kept.Rows != len(recs) || kept.NewProfiles != out.NewProfiles || !kept.Balanced() {
			t.Fatalf("seed %d: kept %+v, answered %+v, %v", seed, kept, out, err)
		}
		for _, r := range recs {
			f.learn(r, b.now, f.inForce(b.now))
		}
		if _, err := b.d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := b.partition(), f.partition(b.now); got != want {
			t.Fatalf("seed %d: profiles\n%s\nby all facts\n%s", seed, got, want)
		}
		b.check()
		x.compare(t, b.s.Feed())
		seen.take(b)
		heard.forget(b.now)
		if rnd := rand.New(rand.NewPCG(seed, uint64(at))); rnd.IntN(4) == 0 {
			heard.listen(b, rnd, seen)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	seen.compare(b, fmt.Sprint("seed ", seed), rnd, 4)
	heard.compare(b, fmt.Sprint("seed ", seed), rnd, 3, notable)
	asOf(b, f, rnd, fmt.Sprint("seed ", seed))
	var stats cdp.Stats
	if err := b.s.g.View(t.Context(), func(tx *graph.Tx) (err error) { stats, err = tx.Stats(); return err }); err != nil {
		t.Fatal(err)
	}
	if seed == 0 && (stats.Merges == 0 || stats.Splits == 0 || stats.Quarantined == 0 || stats.Apart == 0) {
		t.Fatalf("the history shows nothing: %+v", stats)
	}
}
