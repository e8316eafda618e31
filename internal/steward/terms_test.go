package steward

import (
	"os"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// withNotices is the register of the tests, as it is after the notice of the
// newsletter changed materially on 10 February 2026.
func withNotices(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.Replace(string(text), "recipients:\n", `notices:
  - {id: NL-1, purposes: [newsletter], valid_from: 2025-01-01}
  - {id: NL-2, purposes: [newsletter], valid_from: 2026-02-10, material_change: true, change: a new recipient}

recipients:
`, 1))
}

// TestTermsOfAnInstruction: what stands at an endpoint is told by the terms of
// the register, as the profile tells it: a consent on a notice that changed
// materially is none.
func TestTermsOfAnInstruction(t *testing.T) {
	b := newBench(t).register()
	if _, err := b.d.Activate(t.Context(), "second", withNotices(t), nil); err != nil {
		t.Fatal(err)
	}
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	got := b.instruct(letter(cdp.InstructRefuse, address(1), "profile"))
	states := make(map[cdp.PurposeID]cdp.ConsentState)
	for _, s := range got.Consents {
		states[s.Purpose] = s.State
	}
	p, err := b.d.Profile(t.Context(), b.profile("shop.orders", "a"))
	if err != nil {
		t.Fatal(err)
	}
	if states["newsletter"] != cdp.ConsentStale || states["profile"] != cdp.ConsentRefused {
		t.Errorf("states %v", states)
	}
	for _, s := range p.Consents {
		if s.State != states[s.Purpose] {
			t.Errorf("%s: the profile says %s, the instruction %s", s.Purpose, s.State, states[s.Purpose])
		}
	}
}

// TestTermsOfTheOutbox: who got an address on a consent that does not count any
// more by the terms of the register is told to stop.
func TestTermsOfTheOutbox(t *testing.T) {
	b := newBench(t).register()
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	b.share(letterAsk, "")
	if got := inShort(b.outbox(cdp.OutboxFilter{})); got != "" {
		t.Fatalf("before anything happened:\n%s", got)
	}
	if _, err := b.d.Activate(t.Context(), "second", withNotices(t), nil); err != nil {
		t.Fatal(err)
	}
	list := b.outbox(cdp.OutboxFilter{})
	if got, want := inShort(list), "mailer newsletter withdrawal email [email given_name] due"; got != want {
		t.Fatalf("\n%s\nwant\n%s", got, want)
	}
	if list[0].Rule != "consent reconsent_required" {
		t.Errorf("rule %q", list[0].Rule)
	}
	b.check()
}
