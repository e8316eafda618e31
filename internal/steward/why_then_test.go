package steward

import (
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// TestWhyThen: why two records were one is answered by what was known then,
// whatever was decided and delivered since.
func TestWhyThen(t *testing.T) {
	b := newBench(t).register()
	other := ident(cdp.KindEmail, "other@example.net")
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", other))
	ask := func(d *Desk) cdp.Path {
		t.Helper()
		p, err := d.Why(t.Context(), "shop.orders/o1", "shop.orders/o2")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	apart := b.now
	b.now = b.now.Add(24 * time.Hour)
	b.admit(record("shop.orders", "o3", mail, other))
	joined := b.now
	if p := ask(b.d); !p.Found || len(p.Hops) != 2 {
		t.Fatalf("they are not one by two steps: %+v", p)
	}
	b.now = b.now.Add(24 * time.Hour)
	made, _, err := b.d.Decide(t.Context(), []cdp.Decision{{Verb: cdp.DecideSame, Reason: "called", Rows: []cdp.DecidedRow{
		{Row: cdp.Row{Source: "shop.orders", Key: "o1"}}, {Row: cdp.Row{Source: "shop.orders", Key: "o2"}}}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	decided := b.now
	b.now = b.now.Add(24 * time.Hour)
	if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made[0].ID}, "she did not", ""); err != nil {
		t.Fatal(err)
	}
	for _, id := range []cdp.Identifier{mail, other} {
		if _, _, err := b.d.Decide(t.Context(), []cdp.Decision{{Verb: cdp.DecideSuppress, Identifier: id, Reason: "shared"}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if p := ask(b.d); p.Found {
		t.Fatalf("they are still one: %+v", p)
	}
	then := func(at time.Time) cdp.Path {
		return ask(b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: at}}))
	}
	if p := then(apart); p.Found || !slices.Equal(p.Not, []string{"they share no identifier"}) || p.Lens.Known != apart {
		t.Errorf("before the third record: %+v", p)
	}
	if p := then(joined); !p.Found || len(p.Hops) != 2 || !p.Hops[0].Identifier.Same(mail) || !p.Hops[0].FromVerdict.Allow {
		t.Errorf("with the third record: %+v", p)
	}
	if p := then(decided); !p.Found || len(p.Hops) != 1 || p.Hops[0].Decision == nil {
		t.Errorf("when it was decided: %+v", p)
	}
}
