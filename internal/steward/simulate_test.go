package steward

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// variant is the test register changed in some ways that a seed chooses.
func variant(t *testing.T, rnd *rand.Rand) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	changes := [][2]string{
		{"id: shop.orders\n    controller: lindenhof", "id: shop.orders\n    controller: marktplatz"},
		{"activities: [order.fulfilment, profile.link]\n    link: profile.link", "activities: [order.fulfilment, profile.link]\n    link: order.fulfilment"},
		{"activities: [invoices, profile.link]\n    link: profile.link", "activities: [invoices]\n    link: none"},
		{"activities: [profile.link]\n    link: profile.link", "activities: [invoices, profile.link]\n    link: profile.link"},
		{"contract: {ref: General terms 2025-01, evidence: source}", "contract: {ref: General terms 2026-01, evidence: ground}"},
		{"recipients: [mailer, adserver]", "recipients: [mailer]"},
		{"recipients: [parcel]", "recipients: [parcel, printer]"},
	}
	n := 0
	for _, c := range changes {
		if !strings.Contains(s, c[0]) {
			t.Fatalf("the register has no %q", c[0])
		}
		if rnd.IntN(2) == 0 {
			s = strings.Replace(s, c[0], c[1], 1)
			n++
		}
	}
	return []byte(fmt.Sprintf("# variant %d of %d changes\n%s", rnd.IntN(1e9), n, s))
}

// TestSimulatedAsActivated: what a register would do is what activating it does,
// on random stores and registers, and nothing is done by simulating.
func TestSimulatedAsActivated(t *testing.T) {
	n := 30
	if testing.Short() {
		n = 8
	}
	did := make(map[string]int)
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 3))
		b := newBench(t).register()
		sources := []string{"shop.orders", "store.pos", "store.invoices", "loyalty", "repairs", "club", "newsletter", "marketplace", "unknown"}
		for i := range 60 {
			source := sources[rnd.IntN(len(sources))]
			r := record(source, fmt.Sprint("k", i))
			for k := range 1 + rnd.IntN(2) {
				r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindEmail, fmt.Sprint("m", k, rnd.IntN(8))), Strength: cdp.LinkStrong})
			}
			r.Attributes = []cdp.Attribute{{Name: "given_name", Category: "user.name.first", Value: "Mia"}}
			if rnd.IntN(2) == 0 {
				r = said(r, []string{"profile", "newsletter"}[rnd.IntN(2)], []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn}[rnd.IntN(3)], day(1+rnd.IntN(20)))
				r.Consents[0].Method = "written"
			}
			b.admit(r)
		}
		b.now = b.now.AddDate(0, 0, 5)
		if _, err := b.d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		text := variant(t, rnd)
		before := b.partition()
		toWhom := []cdp.Ask{{Recipient: "mailer", Purpose: "newsletter"}, {Recipient: "adserver", Purpose: "newsletter"}, {Recipient: "parcel", Purpose: "orders"}, {Recipient: "printer", Purpose: "orders"}, {Recipient: "printer", Purpose: "post.offers"}}
		went := b.mayGo(toWhom)
		sim, err := b.d.Simulate(t.Context(), "variant", text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b.partition() != before {
			t.Fatal("simulating changed profiles")
		}
		again, err := b.d.Simulate(t.Context(), "variant", text, nil)
		if err != nil || again.Effect.Digest != sim.Effect.Digest {
			t.Fatalf("seed %d: simulated twice: %v and %v, %v", seed, sim.Effect.Digest, again.Effect.Digest, err)
		}
		if _, err := b.d.ActivateAs(t.Context(), "variant", text, strings.Repeat("0", 16), "test", nil); !isStale(err) {
			t.Fatalf("another digest: error is %v, want StaleError", err)
		}
		if _, err := b.d.ActivateAs(t.Context(), "variant", text, sim.Effect.Digest[:16], "reviewed", nil); err != nil {
			t.Fatalf("seed %d: %v\nsimulated %+v", seed, err, sim.Effect)
		}
		b.check()
		if got, want := shifted(sim.Shares), compared(went, b.mayGo(toWhom)); !maps.Equal(got, want) {
			t.Fatalf("seed %d: simulated %v, and the gate out differs by %v", seed, got, want)
		}
		// What was simulated is so: a second store under the register from the start.
		if none, err := b.d.Simulate(t.Context(), "variant", text, nil); err != nil || none.Effect.Counts != (cdp.EffectCounts{}) || len(none.Outcomes)+len(none.Shares) > 0 {
			t.Fatalf("seed %d: once activated it would still do %+v, %v", seed, none, err)
		}
		did["profiles"] += sim.Effect.Counts.Appear + sim.Effect.Counts.Vanish + sim.Effect.Counts.Change
		did["outcomes"] += len(sim.Outcomes)
		did["shares"] += len(sim.Shares)
	}
	for _, what := range []string{"profiles", "outcomes", "shares"} {
		if did[what] == 0 {
			t.Errorf("no variant changed any %s", what)
		}
	}
}

// mayGo says to whom the records' data may go, by the gate out: "recipient
// purpose" and the row.
func (b *bench) mayGo(asks []cdp.Ask) map[string]bool {
	b.t.Helper()
	out := make(map[string]bool)
	for _, ask := range asks {
		err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
			g, err := b.s.gateOut(tx, ask, b.now)
			if err != nil {
				return err
			}
			for p, err := range tx.ByComponent() {
				if err != nil {
					return err
				}
				d, _, err := g.disclose(&p)
				if err != nil {
					return err
				}
				for _, rec := range p.Records {
					one := graph.Profile{ID: p.ID, Records: []graph.Record{rec}}
					if own, _, err := g.disclose(&one); err != nil || !own.Verdict.Allow || !d.Verdict.Allow {
						continue
					}
					out[fmt.Sprint(ask.Recipient, " ", ask.Purpose, " ", rec.ID)] = true
				}
			}
			return nil
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return out
}

// compared counts what may go now and might not before, and the other way
// round, by recipient and purpose.
func compared(before, after map[string]bool) map[string]int {
	out := make(map[string]int)
	count := func(a, b map[string]bool, what string) {
		for key := range a {
			if !b[key] {
				out[what+key[:strings.LastIndexByte(key, ' ')]]++
			}
		}
	}
	count(after, before, "freed ")
	count(before, after, "blocked ")
	return out
}

func shifted(list []cdp.ShareShift) map[string]int {
	out := make(map[string]int)
	for _, x := range list {
		what := "blocked "
		if x.Freed {
			what = "freed "
		}
		out[what+x.Recipient+" "+string(x.Purpose)] += x.Count
	}
	return out
}

// TestSimulateByPerson: an objection at one record of a person blocks what the
// others would free, as at the gate out.
func TestSimulateByPerson(t *testing.T) {
	for name, tc := range map[string]struct {
		state cdp.ConsentState
		want  int // records of hers that would be freed
	}{"nothing against it": {cdp.ConsentGiven, 3}, "she objected elsewhere": {cdp.ConsentObjected, 0}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t).register()
			phone := ident(cdp.KindPhone, "+4930123456")
			yes, elsewhere, bare := record("shop.orders", "o1", mail), record("shop.orders", "o2", phone, mail), record("shop.orders", "o3", mail)
			yes = said(yes, "newsletter", cdp.ConsentGiven, day(1))
			elsewhere = said(elsewhere, "newsletter", tc.state, day(2)) // over the phone
			for _, r := range []*cdp.Record{&yes, &elsewhere, &bare} {
				r.Attributes = []cdp.Attribute{{Name: "given_name", Category: "user.name.first", Value: "Mia"}}
				for i := range r.Consents {
					r.Consents[i].Method = "written"
				}
			}
			b.admit(yes, elsewhere, bare)
			b.now = b.now.AddDate(0, 0, 1)
			if b.profile("shop.orders", "o1") != b.profile("shop.orders", "o2") {
				t.Fatal("the orders are not of one person")
			}
			text, err := os.ReadFile("testdata/register.yaml")
			if err != nil {
				t.Fatal(err)
			}
			other := strings.Replace(string(text), "recipients: [mailer, adserver]", "recipients: [mailer, adserver, parcel]", 1)
			sim, err := b.d.Simulate(t.Context(), "other", []byte(other), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := shifted(sim.Shares)["freed parcel newsletter"]; got != tc.want {
				t.Errorf("freed %d records, want %d: %+v", got, tc.want, sim.Shares)
			}
		})
	}
}

func isStale(err error) bool {
	var stale *StaleError
	return errors.As(err, &stale)
}

// TestSimulateLaterRegister: a register that is valid later is judged as of its
// first day, and activating it changes nothing before.
func TestSimulateLaterRegister(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail))
	text := []byte(strings.Replace(string(withEndings(t)), "valid_from: 2025-01-01", "valid_from: 2026-06-01", 1))
	sim, err := b.d.Simulate(t.Context(), "later", text, nil)
	if err != nil || !sim.At.Equal(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)) || sim.Effect.Counts.Records == 0 {
		t.Fatalf("simulated at %v: %+v, %v", sim.At, sim.Effect.Counts, err)
	}
	before := b.partition()
	if _, err := b.d.ActivateAs(t.Context(), "later", text, sim.Effect.Digest, "reviewed", nil); err != nil {
		t.Fatal(err)
	}
	if b.partition() != before {
		t.Error("its day has not come, and it changed profiles")
	}
	b.now = time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)
	if _, err := b.d.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.partition() == before {
		t.Error("its day has come, and nothing changed")
	}
}

// TestSimulateOvertakenRegister: a register that a later one has overtaken
// would do nothing, and activating it does nothing.
func TestSimulateOvertakenRegister(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail))
	text := []byte(strings.Replace(string(withEndings(t)), "valid_from: 2025-01-01", "valid_from: 2024-06-01", 1))
	sim, err := b.d.Simulate(t.Context(), "overtaken", text, nil)
	if err != nil || sim.Effect.Counts != (cdp.EffectCounts{}) || len(sim.Outcomes)+len(sim.Shares) > 0 {
		t.Fatalf("simulated: %+v, %v", sim, err)
	}
	before := b.partition()
	if _, err := b.d.ActivateAs(t.Context(), "overtaken", text, sim.Effect.Digest, "for the record", nil); err != nil {
		t.Fatal(err)
	}
	if b.partition() != before {
		t.Error("profiles are others")
	}
}
