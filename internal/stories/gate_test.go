package stories

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/testdata"
)

// Stories of what the gate holds back, and of what a row can be.

func brokersList(t *testing.T, w *world) {
	n := 0
	for _, q := range w.quarantine(t) {
		if q.Source != "broker.list" {
			continue
		}
		n++
		if q.Verdict.Rule != "hold.legitimate_interest.unbalanced" || q.Until.Sub(q.Since) != 30*24*time.Hour {
			t.Errorf("%v: %s until %v", q.Record, q.Verdict.Rule, q.Until)
		}
	}
	if n != 12 {
		t.Errorf("%d of 12 rows are quarantined", n)
	}
	r := w.record(t, "broker.list", "AX-33019")
	if r.State != "quarantined" || len(r.Record.Touchpoints) != 1 || !strings.Contains(r.Record.Touchpoints[0].Detail.Reveal(), "Art. 14(3)") ||
		!slices.Contains(r.Ruling.Findings, "category.special: health") {
		t.Errorf("%s, findings %v", r.State, r.Ruling.Findings)
	}
	// A customer who is on the list too: found by a case, not part of the profile.
	if ids, held := w.carriers(t, petra); held != 1 || len(ids) == 0 {
		t.Errorf("%d profiles, %d rows in quarantine", len(ids), held)
	}
	for _, a := range w.customer(t, "L10907").Attributes {
		if a.Name == "broker_trait" {
			t.Error("the broker's trait is part of the profile")
		}
	}
}

func segments(t *testing.T, w *world) {
	found := false
	for _, a := range w.customer(t, "L10204").Attributes {
		if a.Name == "segment" {
			found = true
			if a.Origin != cdp.Inferred || a.Source != "ai.segments" {
				t.Errorf("%s by %s", a.Origin, a.Source)
			}
		}
	}
	if !found {
		t.Error("no segment, though she agreed")
	}
	if r := w.record(t, "ai.segments", "L10426/abwanderungsgefährdet"); r.State != "quarantined" || r.Ruling.Verdict.Rule != "hold.consent.absent" {
		t.Errorf("without consent: %s by %s", r.State, r.Ruling.Verdict.Rule)
	}
}

func twoControllers(t *testing.T, w *world) {
	sso := w.record(t, "sso.wohnen", "5f0aea49-4b1c-4e0a-9d2f-a3c0de0b2faf")
	ids, _ := w.carriers(t, ileana)
	if len(ids) != 2 || sso.Controller != "wohnen" || w.profile(t, sso.Profile).RecordCount != 1 {
		t.Fatalf("%d profiles carry the address", len(ids))
	}
	shop := w.customer(t, "L10463")
	path, err := w.desk.Why(t.Context(), sso.Profile.String(), shop.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	if path.Found || len(path.Not) == 0 {
		t.Errorf("nothing says why the two stay apart: %+v", path)
	}
}

func versions(t *testing.T, w *world) {
	for _, a := range w.customer(t, "L10648").Attributes {
		if a.Name == "city" && a.Value != "Radebeul" {
			t.Error("the newer address is not the one that is shown")
		}
	}
	if r := w.record(t, "shop.de", "LH-DE-26-0917"); r.Version != 2 || len(r.Others) != 1 || r.Others[0] == r.Record.ID {
		t.Errorf("%v is version %d, beside %v", r.Record.ID, r.Version, r.Others)
	}
	gone := w.record(t, "loyalty.cards", "7700 1382 4378")
	if gone.State != "deleted" || gone.Profile != 0 && w.profile(t, gone.Profile).RecordCount > 1 {
		t.Errorf("%s, in %v", gone.State, gone.Profile)
	}
}

func hostileText(t *testing.T, w *world) {
	text := w.record(t, "survey", "S-0400").Record.Touchpoints[0].Text.Reveal()
	for _, want := range []string{"\x1b[2J", "\u202e", "\u200b", "=HYPERLINK(", "\a"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q was not kept as evidence", want)
		}
	}
	if name := w.record(t, "survey", "S-0401").Record.Attributes[0].Value.Reveal(); !strings.HasPrefix(name, "=1+1") {
		t.Error("the name was changed")
	}
}

func unregistered(t *testing.T, w *world) {
	n := 0
	for _, q := range w.quarantine(t) {
		if q.Source != "store.wlan" {
			continue
		}
		n++
		if q.Verdict.Rule != "hold.source.unknown" || !strings.Contains(q.Todo, "store.wlan") || !strings.Contains(q.Todo, "store.footfall") {
			t.Errorf("%s; to do: %s", q.Verdict.Rule, q.Todo)
		}
	}
	if n != 24 {
		t.Errorf("%d of 24 rows are quarantined", n)
	}
}

func confirmedLate(t *testing.T, w *world) {
	before := empty(t)
	for _, it := range testdata.Demo() {
		if it.File == "files/newsletter-members.csv" {
			before.deliver(t, it)
		}
	}
	if r := before.record(t, "newsletter.members", "5500117"); r.State != "quarantined" || r.Ruling.Verdict.Rule != "hold.consent.pending" {
		t.Errorf("before: %s by %s", r.State, r.Ruling.Verdict.Rule)
	}
	if r := w.record(t, "newsletter.members", "5500117"); r.State != "live" || r.Profile != w.customer(t, "L10833").ID {
		t.Errorf("after: %s in %v by %s", r.State, r.Profile, r.Ruling.Verdict.Rule)
	}
}

func orderRevoked(t *testing.T, w *world) {
	ids, _ := w.carriers(t, "lindenhof:L10796")
	for _, id := range ids {
		for _, m := range w.profile(t, id).Records {
			if m.Source != "shop.de" || m.Outcome != cdp.HeldApart {
				continue
			}
			r, err := w.desk.Record(t.Context(), m.Record)
			if err != nil {
				t.Fatal(err)
			}
			holds := func(a cdp.ActivityID) bool {
				return slices.ContainsFunc(r.Ruling.Holding, func(v cdp.Verdict) bool { return v.Activity == a && v.Allow })
			}
			if r.Ruling.Verdict.Rule != "link.contract.ended" || holds("order.fulfilment") || !holds("invoices") {
				t.Errorf("by %s", r.Ruling.Verdict.Rule)
			}
			return
		}
	}
	t.Error("no order of hers is held apart")
}

func scopeTakenBack(t *testing.T, w *world) {
	r := w.record(t, "login.accounts", "5f0c00b0-4b1c-4e0a-9d2f-a3c0de199190")
	for _, v := range r.Ruling.Holding {
		if allowed := v.Activity == "account.run"; v.Allow != allowed {
			t.Errorf("%s: %v by %s", v.Activity, v.Allow, v.Rule)
		}
	}
	if len(r.Ruling.Holding) != 2 {
		t.Errorf("%d activities", len(r.Ruling.Holding))
	}
}

func noAnswers(t *testing.T, w *world) {
	rules := map[string]int{}
	findings := map[string]int{}
	for _, line := range strings.Split(string(file(t, "files/loyalty-cards.csv")), "\r\n")[1:] {
		cells := strings.Split(line, ";")
		if len(cells) < 17 || cells[0] == "" {
			continue
		}
		r := w.record(t, "loyalty.cards", cells[0])
		want := ""
		switch {
		case r.State == "deleted":
			continue
		case cells[14] == "F-2019-ALT":
			want = "link.consent.invalidated" // ticked beforehand
		case cells[12] == "nein":
			want = "link.consent.refused"
		case cells[12] == "jein":
			want = "link.consent.unreadable"
		case cells[12] == "":
			want = "link.consent.absent"
		default:
			continue
		}
		card := slices.IndexFunc(r.Record.Claims, func(c cdp.Claim) bool { return c.Identifier.Kind() == cdp.KindLoyalty })
		got := r.Ruling.Claims[card]
		rules[want]++
		for _, f := range r.Ruling.Findings {
			findings[f]++
		}
		// Without an answer of its own the card may follow a consent at the address.
		if got.Rule != want && !(want == "link.consent.absent" && got.Rule == "link.consent.given" && slices.Contains(got.Facts, "stated by=newsletter.members")) {
			t.Errorf("card in line of %s: %s, not %s", r.Record.ID, got.Rule, want)
		}
	}
	for _, r := range []string{"link.consent.invalidated", "link.consent.refused", "link.consent.unreadable", "link.consent.absent"} {
		if rules[r] == 0 {
			t.Errorf("no card shows %s", r)
		}
	}
	for _, f := range []string{"consent.pre_ticked", "consent.unreadable", "category.not_allowed: user.demographic.children"} {
		if findings[f] == 0 {
			t.Errorf("no card has the finding %s", f)
		}
	}
}

func advertsWithoutLeave(t *testing.T, w *world) {
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(string(file(t, "files/ad-audiences.csv"))), "\n")[1:] {
		cells := strings.Split(line, ",")
		r := w.record(t, "ad.audiences", cells[0])
		allowed := slices.ContainsFunc(r.Ruling.Holding, func(v cdp.Verdict) bool { return v.Activity == "ads.audience" && v.Allow })
		if len(r.Record.Shares) != 1 || r.Record.Shares[0].Recipient != cells[4] {
			t.Errorf("upload %d is no disclosure", i)
		}
		switch cells[1] {
		case "L10907", "L10685": // never agreed
			if allowed || r.Ruling.Outcome != cdp.HeldApart {
				t.Errorf("%s: %v", cells[0], r.Ruling.Outcome)
			}
		default:
			if !allowed {
				t.Errorf("%s: not allowed", cells[0])
			}
		}
		seen[cells[4]] = true
	}
	if !seen["blickfang"] || !seen["adserver"] || !seen["klickpartner"] {
		t.Errorf("recipients %v", seen)
	}
}

func voiceAndPlace(t *testing.T, w *world) {
	for key, want := range map[string]bool{"v-7001": true, "v-7002": false} {
		r := w.record(t, "voice.assistant", key)
		agreed := slices.ContainsFunc(r.Record.Consents, func(c cdp.Consent) bool { return c.State == cdp.ConsentGiven })
		place := slices.ContainsFunc(r.Record.Attributes, func(a cdp.Attribute) bool { return a.Name == "speaker_location" })
		if agreed != want || place != want {
			t.Errorf("%s: agreed %v, place kept %v", key, agreed, place)
		}
	}
}

func rareBases(t *testing.T, w *world) {
	for key, want := range map[[2]string]cdp.BasisKind{{"first.aid", "EH-26-02"}: cdp.BasisVital, {"textile.returns", "AT-012"}: cdp.BasisPublicTask} {
		r := w.record(t, key[0], key[1])
		if r.Ruling.Outcome != cdp.HeldApart || len(r.Ruling.Holding) != 1 || !r.Ruling.Holding[0].Allow || r.Ruling.Holding[0].Basis != want {
			t.Errorf("%s: %v", key[0], r.Ruling.Outcome)
		}
		if w.profile(t, r.Profile).RecordCount != 1 {
			t.Errorf("%s was joined", key[0])
		}
	}
}

func oneNameTwoPeople(t *testing.T, w *world) {
	a, b := w.customer(t, "L10685"), w.of(t, "t.mueller.hh@fernpost-eule.de")
	if a.ID == b.ID {
		t.Error("two people of one name are one profile")
	}
}
