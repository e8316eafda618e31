package steward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv/kvtest"
)

// planned asks for a random decision in the words of an officer.
func (b *bench) planned(rnd *rand.Rand, recs []cdp.Record) (cdp.Decision, error) {
	b.t.Helper()
	row := func() string {
		r := recs[rnd.IntN(len(recs))]
		return string(r.Source) + "/" + r.Key
	}
	profile := func() string {
		r := recs[rnd.IntN(len(recs))]
		if p := b.profile(string(r.Source), r.Key); p != 0 {
			return p.String()
		}
		return row()
	}
	claim := func(r cdp.Record) string { return r.Claims[rnd.IntN(len(r.Claims))].Identifier.String() }
	switch rnd.IntN(8) {
	case 0:
		return b.d.Plan(b.t.Context(), "same", []string{profile(), profile()})
	case 1:
		return b.d.Plan(b.t.Context(), "different", []string{row(), row()})
	case 2:
		return b.d.Plan(b.t.Context(), "different", []string{profile(), profile()})
	case 3:
		return b.d.Plan(b.t.Context(), "split", []string{profile(), row()})
	case 4:
		return b.d.Plan(b.t.Context(), "unmerge", []string{cdp.ProfileID(1 + rnd.IntN(20)).String()})
	case 5:
		r := recs[rnd.IntN(len(recs))]
		return b.d.Plan(b.t.Context(), "cut", []string{string(r.Source) + "/" + r.Key, claim(r)})
	case 6:
		r := recs[rnd.IntN(len(recs))]
		return b.d.Plan(b.t.Context(), "suppress", []string{string(r.Source) + "/" + r.Key + "/" + claim(r)})
	}
	return b.d.Plan(b.t.Context(), "lock", []string{profile()})
}

// ids returns which profile each source row is in.
func (b *bench) ids(recs []cdp.Record) map[string]cdp.ProfileID {
	b.t.Helper()
	out := make(map[string]cdp.ProfileID)
	for _, r := range recs {
		out[string(r.Source)+"/"+r.Key] = b.profile(string(r.Source), r.Key)
	}
	return out
}

// TestDecisionsThroughTheDesk makes random decisions as an officer would. What a
// preview shows is done, the log says so, nothing of it is undone by the same
// deliveries again, and all of it taken back leaves every row under the id it
// had.
func TestDecisionsThroughTheDesk(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 10
	}
	made, moved := 0, 0
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 401))
		b := newBench(t).register()
		recs := someRecords(rnd, 8+rnd.IntN(12))
		b.admit(recs...)
		before := b.ids(recs)
		var inForce []cdp.DecisionID
		for range 8 {
			one, err := b.planned(rnd, recs)
			if err != nil {
				if !errors.As(err, new(*PlanError)) && !errors.As(err, new(*AmbiguousError)) && !errors.Is(err, ErrNotFound) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				continue
			}
			partition := b.partition()
			would, err := b.d.Preview(t.Context(), []cdp.Decision{one})
			if errors.Is(err, ErrContradiction) {
				continue
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if b.partition() != partition {
				t.Fatalf("seed %d: a preview changed profiles", seed)
			}
			if _, _, err := b.d.Decide(t.Context(), []cdp.Decision{one}, would.Digest); !errors.Is(err, ErrReason) {
				t.Fatalf("seed %d: without a reason: %v", seed, err)
			}
			one.Reason = "seen in person"
			if _, _, err := b.d.Decide(t.Context(), []cdp.Decision{one}, "0123456789abcdef"); !errors.As(err, new(*StaleError)) {
				t.Fatalf("seed %d: another digest: %v", seed, err)
			}
			done, did, err := b.d.Decide(t.Context(), []cdp.Decision{one}, would.Digest)
			if err != nil || did.Digest != would.Digest || did.Counts != would.Counts {
				t.Fatalf("seed %d: previewed %+v, done %+v, %v", seed, would, did, err)
			}
			if (did.Counts.Records > 0) != (b.partition() != partition) {
				t.Fatalf("seed %d: %+v, and profiles were\n%s\nand are\n%s", seed, did, partition, b.partition())
			}
			if did.Counts.Records > 0 {
				moved++
			}
			made++
			inForce = append(inForce, done[0].ID)
			b.decisionLogged(done[0], did.Digest)
			b.check()
			if rnd.IntN(3) == 0 { // again, and a newer version of a row
				partition := b.partition()
				again := slices.Clone(recs)
				again[0].At = again[0].At.AddDate(0, 0, 1+len(inForce))
				b.admit(again...)
				if b.partition() != partition {
					t.Fatalf("seed %d: not sticky", seed)
				}
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		rnd.Shuffle(len(inForce), func(i, j int) { inForce[i], inForce[j] = inForce[j], inForce[i] })
		if len(inForce) > 0 {
			would, err := b.d.PreviewUndo(t.Context(), inForce)
			if err != nil {
				t.Fatal(err)
			}
			_, did, err := b.d.Undo(t.Context(), inForce, "all of it", would.Digest)
			if err != nil || did.Digest != would.Digest {
				t.Fatalf("seed %d: undo: %+v, %v", seed, did, err)
			}
		}
		b.check()
		if after := b.ids(recs); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Fatalf("seed %d: profiles were %v, and are %v", seed, before, after)
		}
	}
	if made < 2*n || moved < n/2 {
		t.Fatalf("%d decisions, %d moved records: the test shows little", made, moved)
	}
}

// decisionLogged checks that the log tells of a decision, of whom it is and why.
func (b *bench) decisionLogged(d cdp.Decision, digest string) {
	b.t.Helper()
	entries, err := b.d.Log(b.t.Context(), decisionRef(d.ID), 0, 10)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Verb == "decide" && e.Actor == "officer" && e.Reason == d.Reason && e.Digest == digest {
			return
		}
	}
	b.t.Errorf("%v is not in the log: %+v", d.ID, entries)
}

// TestDecisionAllOrNothing fails a decision at each of its writes.
func TestDecisionAllOrNothing(t *testing.T) {
	for n := 1; ; n++ {
		b := newBench(t).register()
		b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail, ident(cdp.KindPhone, "+4930231251")), record("store.invoices", "i1", ident(cdp.KindPhone, "+4930231251")))
		one, err := b.d.Plan(t.Context(), "different", []string{"shop.orders/o1", "store.invoices/i1"})
		if err != nil {
			t.Fatal(err)
		}
		one.Reason = "twins"
		before := dump(t, b.store)
		failing := b.open(kvtest.FailAt(b.store, n))
		_, _, err = failing.Decide(t.Context(), []cdp.Decision{one}, "")
		if err == nil {
			if n < 10 {
				t.Fatalf("only %d writes were tried", n)
			}
			return
		}
		if !errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("write %d: %v", n, err)
		}
		if after := dump(t, b.store); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Fatalf("write %d failed and left something", n)
		}
		b.open(b.store)
		if _, _, err := b.d.Decide(t.Context(), []cdp.Decision{one}, ""); err != nil {
			t.Fatalf("write %d, again: %v", n, err)
		}
		b.check()
	}
}

// TestReadOnlyDesk: who may only look sees previews and decides nothing.
func TestReadOnlyDesk(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", ident(cdp.KindEmail, "b@post-lindenhof.de")))
	d := b.s.As(Actor{Name: "auditor", ReadOnly: true})
	one, err := d.Plan(t.Context(), "same", []string{"shop.orders/o1", "shop.orders/o2"})
	if err != nil {
		t.Fatal(err)
	}
	one.Reason = "r"
	if eff, err := d.Preview(t.Context(), []cdp.Decision{one}); err != nil || eff.Counts.Records != 2 {
		t.Errorf("%+v, %v", eff, err)
	}
	if _, _, err := d.Decide(t.Context(), []cdp.Decision{one}, ""); !errors.Is(err, ErrReadOnly) {
		t.Errorf("decided: %v", err)
	}
	if _, _, err := d.Undo(t.Context(), []cdp.DecisionID{1}, "r", ""); !errors.Is(err, ErrReadOnly) {
		t.Errorf("undone: %v", err)
	}
	if _, err := d.ActivateRules(t.Context(), []byte("identity: x"), "", "r", nil); !errors.Is(err, ErrReadOnly) {
		t.Errorf("activated: %v", err)
	}
}

// TestUnmergeOfADecision: what a person merged is taken back as that person's
// decision.
func TestUnmergeOfADecision(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", ident(cdp.KindEmail, "b@post-lindenhof.de")))
	otto := b.profile("shop.orders", "o2")
	one, err := b.d.Plan(t.Context(), "same", []string{"shop.orders/o1", "shop.orders/o2"})
	if err != nil {
		t.Fatal(err)
	}
	one.Reason = "seen in person"
	made, _, err := b.d.Decide(t.Context(), []cdp.Decision{one}, "")
	if err != nil {
		t.Fatal(err)
	}
	var plan *PlanError
	if _, err = b.d.Plan(t.Context(), "unmerge", []string{otto.String()}); !errors.As(err, &plan) || plan.Hint != "cdp-tui undo "+made[0].ID.String() {
		t.Fatalf("%v, %+v", err, plan)
	}
	if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made[0].ID}, "two people", ""); err != nil {
		t.Fatal(err)
	}
	if got := b.profile("shop.orders", "o2"); got != otto {
		t.Errorf("taken back: in %v, not in %v", got, otto)
	}
}

// TestUnmergeTellsWhatIsUntied: a row that nothing but the merge ties to a side
// is named in the plan, stays with the survivor, and is no part of the digest.
func TestUnmergeTellsWhatIsUntied(t *testing.T) {
	b := newBench(t).register()
	phone, card := ident(cdp.KindPhone, "+4930231251"), ident(cdp.KindLoyalty, "card:7")
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "i1", phone, card))
	anna, otto := b.profile("shop.orders", "o1"), b.profile("shop.orders", "i1")
	b.admit(record("shop.orders", "both", mail, phone, card)) // all that it says joins them
	one, err := b.d.Plan(t.Context(), "unmerge", []string{otto.String()})
	if err != nil {
		t.Fatal(err)
	}
	if want := []cdp.Row{{Source: "shop.orders", Key: "both"}}; !slices.Equal(one.Untied, want) {
		t.Fatalf("tied to neither: %v, want %v", one.Untied, want)
	}
	one.Reason = "two people"
	with, err := b.d.Preview(t.Context(), []cdp.Decision{one})
	if err != nil {
		t.Fatal(err)
	}
	one.Untied = nil
	if made, _, err := b.d.Decide(t.Context(), []cdp.Decision{one}, with.Digest); err != nil || len(made[0].Untied) > 0 {
		t.Errorf("decided: %+v, %v", made, err)
	}
	if got := b.profile("shop.orders", "both"); got != anna || b.profile("shop.orders", "i1") != otto {
		t.Errorf("what is tied to neither is in %v", got)
	}
	b.check()
}

// TestUnmergeGivesBothIdsBack: what an alias held before a delivery joined it
// leads to it again, and the merge is told with what it touched.
func TestUnmergeGivesBothIdsBack(t *testing.T) {
	b := newBench(t).register()
	phone := ident(cdp.KindPhone, "+4930231251")
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail), record("shop.orders", "i1", phone), record("shop.orders", "i2", phone))
	anna, otto := b.profile("shop.orders", "o1"), b.profile("shop.orders", "i1")
	b.now = b.now.AddDate(0, 0, 1)
	sh := record("shop.orders", "o3", mail, phone)
	b.admit(sh)
	if b.profile("shop.orders", "i2") != anna {
		t.Fatal("not merged")
	}
	merged := b.now
	b.now = b.now.AddDate(0, 0, 1)
	late := record("shop.orders", "i3", phone)
	late.Shares = []cdp.Share{{Recipient: "Mailhaus", Purpose: "orders", At: merged.AddDate(0, 0, -3), Fields: []string{"email"}},
		{Recipient: "Mailhaus", Purpose: "orders", At: merged.Add(1), Fields: []string{"phone"}}, {Recipient: "Paket", Fields: []string{"city"}}}
	b.admit(late)
	if _, err := b.d.Profile(t.Context(), anna); err != nil {
		t.Fatal(err)
	}
	if r, err := b.d.Radius(t.Context(), otto.String()); err != nil || len(r.Shares) != 3 || slices.ContainsFunc(r.Shares, func(s cdp.RadiusShare) bool { return !s.Parts }) {
		t.Errorf("still merged: the shares of i3 are of what parts: %+v, %v", r.Shares, err)
	}
	one, err := b.d.Plan(t.Context(), "unmerge", []string{otto.String()})
	if err != nil {
		t.Fatal(err)
	}
	one.Reason = "two people"
	if _, err := b.d.Preview(t.Context(), []cdp.Decision{one}); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.AddDate(0, 0, 1)
	made, _, err := b.d.Decide(t.Context(), []cdp.Decision{one}, "")
	if err != nil {
		t.Fatal(err)
	}
	b.check()
	for key, want := range map[string]cdp.ProfileID{"shop.orders/o1": anna, "shop.orders/o2": anna, "shop.orders/o3": anna, "shop.orders/i1": otto, "shop.orders/i2": otto, "shop.orders/i3": otto} {
		source, key, _ := strings.Cut(key, "/")
		if got := b.profile(source, key); got != want {
			t.Errorf("%s/%s is in %v, want %v", source, key, got, want)
		}
	}
	for _, what := range []string{made[0].ID.String(), otto.String()} {
		r, err := b.d.Radius(t.Context(), what)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Merged.Equal(merged) || !r.Parted.Equal(b.now) || len(r.Profiles) != 2 || r.Profiles[0] != anna || len(r.Unmerged) != 3 {
			t.Errorf("%s: %+v", what, r)
		}
		if len(r.Recipients) != 2 || r.Recipients[0].Recipient != "Mailhaus" || r.Recipients[0].Shares != 1 || !slices.Equal(r.Recipients[0].Fields, []string{"phone"}) || len(r.Shares) != 3 {
			t.Errorf("%s: to %+v, of %+v", what, r.Recipients, r.Shares)
		}
		if !slices.ContainsFunc(r.Entries, func(e cdp.Entry) bool { return e.Verb == "view" && e.Detail == "overview" }) {
			t.Errorf("%s: the view is missing: %+v", what, r.Entries)
		}
		for _, e := range r.Entries {
			if e.Verb == "plan" || e.Verb == "preview" || e.Verb == "decide" || strings.HasPrefix(e.Detail, "to ") {
				t.Errorf("%s: preparing an act is taken for a disclosure: %s %s", what, e.Verb, e.Detail)
			}
		}
		for _, verb := range []string{"plan", "preview", "decide"} {
			if !slices.ContainsFunc(r.Handled, func(e cdp.Entry) bool { return e.Verb == verb }) {
				t.Errorf("%s: %s is missing: %+v", what, verb, r.Handled)
			}
		}
	}
}

// TestSharingReason: the graph says why an identifier does not join two
// profiles, whichever side the reason is at.
func TestSharingReason(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("markt.orders", "m1", mail), record("store.pos", "c1", mail))
	shop := b.profile("shop.orders", "o1")
	n, err := b.d.Neighbourhood(t.Context(), shop, 1)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[cdp.ProfileID]string)
	for _, s := range n.Shared {
		for _, p := range s.Profiles {
			got[p] = s.Reason
		}
	}
	if r := got[b.profile("markt.orders", "m1")]; !strings.Contains(r, "different controllers") {
		t.Errorf("the marketplace's: %q", r)
	}
	if p := b.profile("store.pos", "c1"); p != shop && !strings.Contains(got[p], "of store.pos it may not link") {
		t.Errorf("the till's: %q", got[p])
	}
	var one cdp.WhyNot
	if one, err = b.d.WhyNot(t.Context(), "shop.orders/o1", "store.pos/c1"); err != nil || len(one.Shared) != 1 || one.Shared[0].Standing != "denied" || one.Shared[0].Verdict.Allow {
		t.Errorf("%+v, %v", one, err)
	}
}

// TestDecisionInSeveralTransactions: an identifier that thousands carry joins
// nobody any more, as previewed, although one transaction does not hold it; and
// all are one again when it is taken back.
func TestDecisionInSeveralTransactions(t *testing.T) {
	if testing.Short() {
		t.Skip("takes thousands of records: run without -short")
	}
	b := newBench(t).register()
	device := ident(cdp.KindDevice, "kiosk")
	const many = 2_600
	for from := 0; from < many; from += 200 {
		var recs []cdp.Record
		for i := range 200 {
			recs = append(recs, record("shop.orders", fmt.Sprint("k", from+i), device))
		}
		if _, err := b.tryAdmit(b.d, recs...); err != nil {
			t.Fatal(err)
		}
	}
	p := b.profile("shop.orders", "k0")
	one, err := b.d.Plan(t.Context(), "suppress", []string{p.String() + "/" + device.String()})
	if err == nil {
		_, err = b.d.Plan(t.Context(), "lock", []string{p.String()})
	}
	if !errors.Is(err, ErrTooManyRows) {
		t.Fatalf("2,600 rows were named: %v", err)
	}
	one, err = b.d.Plan(t.Context(), "suppress", []string{p.String() + "/" + device.String()})
	if err != nil {
		t.Fatal(err)
	}
	one.Reason = "a kiosk"
	would, err := b.d.Preview(t.Context(), []cdp.Decision{one})
	if err != nil || would.Counts.Appear != many-1 || would.Counts.Records != many {
		t.Fatalf("%+v, %v", would, err)
	}
	made, did, err := b.d.Decide(t.Context(), []cdp.Decision{one}, would.Digest)
	if err != nil || did.Digest != would.Digest || did.Counts.Appear != many-1 {
		t.Fatalf("previewed %+v, done %+v, %v", would.Counts, did.Counts, err)
	}
	entries, err := b.d.Log(t.Context(), cdp.Ref{}, 0, 50)
	if err != nil || !slices.ContainsFunc(entries, func(e cdp.Entry) bool { return e.Verb == "settle" }) {
		t.Fatalf("one transaction held it: the test shows nothing; %v", err)
	}
	if _, did, err = b.d.Undo(t.Context(), []cdp.DecisionID{made[0].ID}, "it is one person's after all", ""); err != nil || did.Counts.Vanish != many-1 {
		t.Fatalf("%+v, %v", did.Counts, err)
	}
	if b.profile("shop.orders", "k2599") != p {
		t.Error("not one again")
	}
	b.check()
}
