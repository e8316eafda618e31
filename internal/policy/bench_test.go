package policy

import (
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// BenchmarkAdmit is what the gate in costs each record. Measure with
//
//	go test -run - -bench Admit -benchmem ./internal/policy
func BenchmarkAdmit(b *testing.B) {
	reg, now := example(b), at("2026-05-10")
	base := Subject{RecordAt: at("2026-04-01"), Recorded: at("2026-04-02"), Claims: claims(mail, phone, card),
		Attributes: []cdp.Attribute{{Category: "user.name"}, {Category: "user.name"}, {Category: "user.contact.email"},
			{Category: "user.contact.address.city"}, {Category: "user.contact.address.street"}, {Category: "user.financial"}}}
	contract := base
	contract.Source = cdp.Source{ID: "shop.orders", Controller: "lindenhof", Link: "order.fulfilment"}
	contract.Activities = []cdp.ActivityID{"order.fulfilment", "invoices"}
	consented := base
	consented.Source = from("store.pos")
	consented.Consents = []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), consent(card, "profile", cdp.ConsentGiven, "2026-01-01"),
		consent(mail, "profile", cdp.ConsentWithdrawn, "2026-02-01")}
	unknown := base
	unknown.Source = from("surveys")
	for _, c := range []struct {
		name string
		s    Subject
		want cdp.Outcome
	}{{"contract", contract, cdp.Linked}, {"consent", consented, cdp.Linked}, {"unknown", unknown, cdp.Quarantined}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := Admit(c.s, reg, now); r.Outcome != c.want {
					b.Fatal(r.Outcome, r.Verdict.Rule)
				}
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	events := []cdp.Consent{consent(mail, "profile", cdp.ConsentPending, "2026-01-01"), consent(mail, "profile", cdp.ConsentGiven, "2026-01-02"),
		consent(mail, "profile", cdp.ConsentWithdrawn, "2026-02-01")}
	now := at("2026-05-10").Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if Fold(events, now).State != cdp.ConsentWithdrawn {
			b.Fatal()
		}
	}
}
