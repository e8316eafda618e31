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
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/kv/kvtest"
	"cdp-tui/internal/kv/memkv"
)

// A reader reads identifiers as mappings do: by the lists of the program.
type reader struct {
	t     *testing.T
	canon *lists.Canonicaliser
}

func newReader(t *testing.T) *reader {
	t.Helper()
	m, err := lists.ParseLists("lists", lists.DefaultLists())
	if err != nil {
		t.Fatal(err)
	}
	return &reader{t, lists.New([32]byte{7}, m.Lists)}
}

func (r *reader) claim(kind cdp.Kind, raw string) cdp.Claim {
	r.t.Helper()
	id, v := r.canon.Canon(kind, raw, lists.Options{Country: "DE", Issuer: "shop"})
	if v.Outcome <= lists.Empty {
		r.t.Fatalf("%s %s: %v", kind, raw, v)
	}
	c := cdp.Claim{Identifier: id, Strength: cdp.LinkStrong}
	switch v.Outcome {
	case lists.Blocked:
		c.Blocked = v.Rule
	case lists.Generic:
		c.Generic = v.Rule
	}
	return c
}

// otherLists are the program's with some entries more and some less.
func otherLists(rnd *rand.Rand) []byte {
	s := string(lists.DefaultLists())
	changes := [][2]string{
		{"email_locals:\n", "email_locals:\n  - anna\n"},
		{"email_locals:\n", "email_locals:\n  - kasse\n"}, // a role until now
		{"email_locals:\n  - test\n", "email_locals:\n"},
		{"role_mailboxes:\n", "role_mailboxes:\n  - anna\n"},
		{"role_mailboxes:\n", "role_mailboxes:\n  - bert\n  - cem\n"},
		{"  - info\n", ""},
		{"  - example.com         # RFC 2606 section 3\n", ""},
		{"reserved_domains:\n", "reserved_domains:\n  - wegwerf.de\n"},
		{"emails:\n", "emails:\n  - bert@post.de\n"},
		{"phones:\n", "phones:\n  - \"+49171123456?\"\n"},
		{"  - \"+491234567??\"\n", ""},
		{"words:\n", "words:\n  - karte 3\n"},
		{"  - guest\n", ""},
		{"repeated: 5", "repeated: 9"},
	}
	for range 1 + rnd.IntN(4) {
		c := changes[rnd.IntN(len(changes))]
		s = strings.Replace(s, c[0], c[1], 1)
	}
	return append([]byte(s), fmt.Sprintf("# %d\n", rnd.Uint64())...)
}

// listedRecords share values that some lists name, and state consent at them.
func (r *reader) listedRecords(rnd *rand.Rand, n int, prefix string) []cdp.Record {
	of := func(list ...string) string { return list[rnd.IntN(len(list))] }
	var out []cdp.Record
	for i := range n {
		rec := record(of("shop.orders", "shop.orders", "store.pos", "loyalty", "newsletter", "repairs"), fmt.Sprint(prefix, i))
		for range 1 + rnd.IntN(3) {
			switch rnd.IntN(5) {
			case 0, 1:
				c := r.claim(cdp.KindEmail, of("anna", "bert", "cem", "info", "test", "kasse", "kunde")+"@"+of("post.de", "post.de", "wegwerf.de", "example.com"))
				rec.Claims = append(rec.Claims, c)
				if rnd.IntN(3) == 0 && c.Blocked == "" { // as a mapping derives them
					for _, h := range r.canon.Derive(c.Identifier) {
						c.Identifier = h
						rec.Claims = append(rec.Claims, c)
					}
				}
			case 2:
				rec.Claims = append(rec.Claims, r.claim(cdp.KindPhone, of("+491711234567", "+491711234568", "+49 1234 56789", "+49 30 7654321", "+498001234567", "unbekannt", "000")))
			case 3:
				rec.Claims = append(rec.Claims, r.claim(cdp.KindLoyalty, of("karte 3", "guest", "55555", "770001", "770002")))
			case 4:
				rec.Claims = append(rec.Claims, r.claim(cdp.KindDevice, of("guest", "d1", "d2", "55555")))
			}
		}
		for _, p := range []string{"profile", "newsletter"} {
			if rnd.IntN(3) > 0 {
				state := cdp.ConsentGiven
				if rnd.IntN(6) == 0 {
					state = cdp.ConsentWithdrawn
				}
				rec.Consents = append(rec.Consents, cdp.Consent{Endpoint: rec.Claims[rnd.IntN(len(rec.Claims))].Identifier, Purpose: cdp.PurposeID(p),
					State: state, At: day(1 + rnd.IntN(20)), Method: "double_opt_in"})
			}
		}
		out = append(out, rec)
	}
	return out
}

// marks prints what became of every current record and of its claims.
func (b *bench) marks() string {
	b.t.Helper()
	var lines []string
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		lines = nil
		ids, err := tx.CurrentAfter(0, 1<<20)
		if err != nil {
			return err
		}
		for _, id := range ids {
			rec, err := tx.Record(id)
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%s/%s %v %v %s:", rec.Source, rec.Key, rec.State, rec.Outcome, rec.Rule)
			for _, c := range rec.Claims {
				line += fmt.Sprintf(" [%s %q %q %v %q]", c.Identifier.Reveal(), c.Blocked, c.Generic, c.Active, c.Standing)
			}
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// listed is a bench at which lists are in force from the start.
func listed(t *testing.T, text []byte) *bench {
	t.Helper()
	b := newBench(t).register()
	if _, err := b.d.ActivateLists(t.Context(), text, "", "test", nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestListsAsPreviewed: what other lists do is what their preview showed, and
// what they would have made of the same records from the start, marks included;
// cut off at any write it is gone on with.
func TestListsAsPreviewed(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 12
	}
	r := newReader(t)
	differed, moved, aside := 0, 0, 0
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 302))
		b := newBench(t).register()
		var seen follower
		recs := r.listedRecords(rnd, 4+rnd.IntN(30), "k")
		b.admit(recs...)
		seen.compare(t, b.s.Feed())
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		for turn := range 2 {
			text := otherLists(rnd)
			before, marks := b.partition(), b.marks()
			would, err := b.d.PreviewLists(t.Context(), text, nil)
			if err != nil {
				t.Fatal(err)
			}
			if b.marks() != marks || b.partition() != before {
				t.Fatalf("seed %d: a preview changed something", seed)
			}
			if _, err := b.d.ActivateLists(t.Context(), text, "0123456789abcdef", "test", nil); !errors.As(err, new(*StaleError)) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if seed%3 == 0 {
				failing := b.open(kvtest.FailAt(b.store, 1+rnd.IntN(60)))
				if _, err := failing.ActivateLists(t.Context(), text, would.Digest, "test", nil); err != nil && !errors.Is(err, kvtest.ErrFault) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				b.open(b.store)
				if _, err := b.d.Tick(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.check()
			}
			did, err := b.d.ActivateLists(t.Context(), text, "", "test", nil)
			if err != nil && !errors.Is(err, ErrSameLists) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			did.Counts.Links = would.Counts.Links // an identifier that joins nothing at first may join in the end
			if err == nil && (did.Digest != would.Digest || did.Counts != would.Counts) {
				t.Fatalf("seed %d: previewed %+v, done %+v", seed, would, did)
			}
			b.check()
			seen.compare(t, b.s.Feed())
			fresh := listed(t, text)
			fresh.admit(recs...)
			if got, want := b.partition(), fresh.partition(); got != want {
				t.Fatalf("seed %d: profiles\n%s\nby the lists from the start\n%s", seed, got, want)
			}
			if got, want := b.marks(), fresh.marks(); got != want {
				t.Fatalf("seed %d: records\n%s\nby the lists from the start\n%s", seed, got, want)
			}
			if b.partition() != before {
				differed++
			}
			if b.marks() != marks {
				moved++
			}
			if strings.Count(b.marks(), " quarantined ") != strings.Count(marks, " quarantined ") {
				aside++
			}
			more := r.listedRecords(rnd, 3, fmt.Sprint("m", turn))
			recs = append(recs, more...)
			b.admit(more...)
			b.check()
			if t.Failed() {
				t.Fatalf("seed %d\n%s", seed, text)
			}
		}
	}
	if differed < n/4 || moved < n || aside < n/12 {
		t.Fatalf("other lists made other profiles %d times, other marks %d times, and moved records into or out of quarantine %d times: the test shows little", differed, moved, aside)
	}
}

// TestListsAndBack: with the lists taken back every profile has its id again.
func TestListsAndBack(t *testing.T) {
	r := newReader(t)
	for seed := range 12 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 303))
		b := newBench(t).register()
		recs := r.listedRecords(rnd, 25, "k")
		b.admit(recs...)
		ids, marks := b.ids(recs), b.marks()
		for _, text := range [][]byte{otherLists(rnd), lists.DefaultLists()} {
			if _, err := b.d.ActivateLists(t.Context(), text, "", "test", nil); err != nil {
				t.Fatal(err)
			}
			b.check()
		}
		for key, id := range b.ids(recs) {
			if id != ids[key] {
				t.Fatalf("seed %d: %s was in %v and is in %v", seed, key, ids[key], id)
			}
		}
		if got := b.marks(); got != marks {
			t.Fatalf("seed %d:\n%s\nbefore\n%s", seed, got, marks)
		}
	}
}

// TestListsOfManySteps: lists that name what very many records carry are put in
// force in many transactions, with a few records judged in each.
func TestListsOfManySteps(t *testing.T) {
	r := newReader(t)
	b := newBench(t).register()
	var recs []cdp.Record
	for i := range 2*remarkChunk + 300 {
		rec := record("shop.orders", fmt.Sprint("o", i))
		rec.Claims = append(rec.Claims, r.claim(cdp.KindEmail, "laden@post.de"), r.claim(cdp.KindDevice, fmt.Sprint("d", i%700)))
		recs = append(recs, rec)
	}
	for chunk := range slices.Chunk(recs, 500) {
		if _, err := b.tryAdmit(b.d, chunk...); err != nil {
			t.Fatal(err)
		}
	}
	text := []byte(strings.Replace(string(lists.DefaultLists()), "role_mailboxes:\n", "role_mailboxes:\n  - laden\n", 1))
	would, err := b.d.PreviewLists(t.Context(), text, nil)
	if err != nil || would.Counts.Links == 0 {
		t.Fatal(would.Counts, err)
	}
	did, err := b.d.ActivateLists(t.Context(), text, would.Digest, "test", nil)
	if err != nil || did.Digest != would.Digest {
		t.Fatalf("%v\nprev %+v\ndone %+v", err, would.Counts, did.Counts)
	}
	b.check()
}

// TestListsOfAFirstLoad: a first load judges by the lists in force.
func TestListsOfAFirstLoad(t *testing.T) {
	r := newReader(t)
	for seed := range 6 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 304))
		text, recs := otherLists(rnd), r.listedRecords(rnd, 30, "k")
		b, one := listed(t, text), listed(t, text)
		one.admit(recs...)
		loading, err := b.d.NewLoading(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range recs {
			id, _, err := loading.Begin(t.Context(), cdp.Delivery{Source: sourceOf(rec.Source), File: "f", FileHash: rec.Key, Mapping: "m"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := loading.Admit(t.Context(), cdp.Batch{ID: id, Records: []cdp.Record{rec}, Rows: 1, Last: true}); err != nil {
				t.Fatal(err)
			}
		}
		loaded := memkv.New()
		loader, err := loaded.NewLoader(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := loading.Finish(t.Context(), loader.Put, nil); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(loader.Commit(), loading.Close()); err != nil {
			t.Fatal(err)
		}
		b.store = loaded
		b.open(loaded)
		b.check()
		if got, want := b.partition()+"\n"+b.marks(), one.partition()+"\n"+one.marks(); got != want {
			t.Fatalf("seed %d: loaded\n%s\none by one\n%s", seed, got, want)
		}
	}
}

// TestListsInForce: who put which lists in force, since when, and how they
// differ from the program's.
func TestListsInForce(t *testing.T) {
	b := newBench(t)
	text := []byte("version: 7\nwords: [null-value]\nvalid_from: 2026-03-02\n")
	if _, err := b.d.ActivateLists(t.Context(), text, "", "r", nil); !errors.Is(err, ErrNotYet) {
		t.Fatalf("before its day: %v", err)
	}
	b.now = b.now.Add(24 * time.Hour)
	if _, err := b.d.ActivateLists(t.Context(), text, "", " ", nil); !errors.Is(err, ErrReason) {
		t.Fatalf("without a reason: %v", err)
	}
	if _, err := b.s.As(Actor{Name: "x", ReadOnly: true}).ActivateLists(t.Context(), text, "", "r", nil); !errors.Is(err, ErrReadOnly) {
		t.Fatalf("read-only: %v", err)
	}
	if _, err := b.d.ActivateLists(t.Context(), text, "", "cards of the market", nil); err != nil {
		t.Fatal(err)
	}
	all, err := b.d.IdentityLists(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatal(len(all), err)
	}
	own, now := all[0], all[1]
	if own.InForce || own.By != "" || len(own.Differs) != 0 || own.Hash != lists.DefaultHash() {
		t.Errorf("the program's: %+v", own)
	}
	if !now.InForce || now.By != "officer" || now.Reason != "cards of the market" || !now.From.Equal(b.now) || now.Version != 7 || len(now.Differs) < 8 {
		t.Errorf("in force: %+v", now)
	}
	if _, err := b.d.PreviewLists(t.Context(), text, nil); !errors.Is(err, ErrSameLists) {
		t.Errorf("again: %v", err)
	}
}

// TestListsAreChecked: the self-check says when lists were put in force and not
// all is judged by them, and knows how they mark every claim.
func TestListsAreChecked(t *testing.T) {
	r := newReader(t)
	b := newBench(t).register()
	for i, source := range []string{"shop.orders", "repairs"} {
		rec := record(source, fmt.Sprint("k", i))
		rec.Claims = append(rec.Claims, r.claim(cdp.KindEmail, "laden@post.de"))
		b.admit(rec)
	}
	text := []byte(strings.Replace(string(lists.DefaultLists()), "role_mailboxes:\n", "role_mailboxes:\n  - laden\n", 1))
	err := b.s.g.Update(t.Context(), b.now, func(tx *graph.Tx) error {
		return tx.SetLists(graph.ListsVersion{From: tx.Now(), Text: text})
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := b.d.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	for _, p := range report.Problems {
		found[p.Code]++
	}
	if found["lists.unfinished"] != 1 || found["claim.mark"] != 2 { // one of them is in quarantine
		t.Fatalf("%v", found)
	}
	if _, err := b.d.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.check()
	if !strings.Contains(b.marks(), "email.role") {
		t.Fatal(b.marks())
	}
}
