package stories

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// The stories that README.md tells, each held against the store.

const (
	mara      = "mara.weissenfels@post-lindenau.de"
	juergen   = "juergen.gross@brieftaube-mail.de"
	hannelore = "hannelore.kuehn@fernpost-eule.de"
	petra     = "petra.schaefer@brieftaube-mail.de"
	emre      = "emre.isik@mektup-kutum.com.tr"
	lena      = "lena.strauss@brieftaube-mail.de"
	ileana    = "ileana.turcanu@scrisori-brad.ro"
	family    = "familia.ionescu@posta-cernava.ro"
)

// of returns the profile that carries a loyalty card, customer number ...
func (w *world) of(t *testing.T, text string) cdp.Profile {
	t.Helper()
	ids, _ := w.carriers(t, text)
	if len(ids) != 1 {
		t.Fatalf("%d profiles carry it", len(ids))
	}
	return w.profile(t, ids[0])
}

// customer returns the profile of a customer of the shop. Records held apart
// can carry the same number.
func (w *world) customer(t *testing.T, number string) cdp.Profile {
	t.Helper()
	ids, _ := w.carriers(t, "lindenhof:"+number)
	for _, id := range ids {
		if p := w.profile(t, id); slices.ContainsFunc(sources(p), func(s string) bool { return strings.HasPrefix(s, "shop.") }) && p.Outcome == cdp.Linked {
			return p
		}
	}
	t.Fatalf("no customer %s", number)
	return cdp.Profile{}
}

// sources of the records of a profile, each once.
func sources(p cdp.Profile) []string {
	var out []string
	for _, r := range p.Records {
		if !slices.Contains(out, string(r.Source)) {
			out = append(out, string(r.Source))
		}
	}
	slices.Sort(out)
	return out
}

func TestStories(t *testing.T) {
	w, _ := loaded(t)
	for _, s := range []struct {
		name string
		tell func(*testing.T, *world)
	}{
		{"login, dresses, cart, voucher, adverts, greeting", cartAndVoucher},
		{"card and newsletter, both agree", cardAndNewsletterAgree},
		{"card and newsletter, one does not agree", cardAndNewsletterApart},
		{"card refused", cardRefused},
		{"family with one address", familyAddress},
		{"kiosk tablet", kioskTablet},
		{"in one day, out the next", inAndOut},
		{"mail after the withdrawal", mailAfterWithdrawal},
		{"broker's list", brokersList},
		{"segments of a model", segments},
		{"single sign-on of two controllers", twoControllers},
		{"newer, older and deleted versions", versions},
		{"hostile text", hostileText},
		{"source without an entry", unregistered},
		{"opt-in confirmed late", confirmedLate},
		{"order revoked", orderRevoked},
		{"scope taken back", scopeTakenBack},
		{"answers that are none", noAnswers},
		{"adverts without leave", advertsWithoutLeave},
		{"voice and place", voiceAndPlace},
		{"rare bases", rareBases},
		{"one name, two people", oneNameTwoPeople},
	} {
		t.Run(s.name, func(t *testing.T) { s.tell(t, w) })
	}
}

func cartAndVoucher(t *testing.T, w *world) {
	p := w.customer(t, "L10204")
	all := w.touchpoints(t, p.ID)
	uses, err := w.desk.Uses(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	from := 0
	for _, step := range []struct {
		source   cdp.SourceID
		channel  cdp.Channel
		kind     string
		detail   string
		activity cdp.ActivityID
		basis    cdp.BasisKind
		purpose  cdp.PurposeID
	}{
		{"login.accounts", "social", "login.social", "facebook", "account.run", cdp.BasisContract, "account"},
		{"web.sessions", "web", "product", "Elbwiese", "web.personalise", cdp.BasisConsent, "personalisation"},
		{"web.sessions", "web", "product", "Saale", "web.analytics", cdp.BasisConsent, "statistics"},
		{"web.sessions", "social", "share", "Elbwiese", "web.personalise", cdp.BasisConsent, "personalisation"},
		{"web.sessions", "social", "share", "Saale", "web.personalise", cdp.BasisConsent, "personalisation"},
		{"web.sessions", "web", "cart.add", "Möwe", "web.personalise", cdp.BasisConsent, "personalisation"},
		{"web.sessions", "web", "cart.abandoned", "3 Artikel", "web.personalise", cdp.BasisConsent, "personalisation"},
		{"ad.audiences", "system", "audience.uploaded", "blickfang", "ads.audience", cdp.BasisConsent, "advertising"},
		{"mailer.reports", "email", "voucher.sent", "25 %", "newsletter.send", cdp.BasisConsent, "newsletter"},
		{"ad.audiences", "social", "ad.shown", "7 times", "ads.audience", cdp.BasisConsent, "advertising"},
		{"mailer.reports", "email", "newsletter.clicked", "ZURUECK25", "newsletter.send", cdp.BasisConsent, "newsletter"},
		{"web.sessions", "web", "greeting", "Hallo Mara", "web.personalise", cdp.BasisConsent, "personalisation"},
		{"shop.de", "shop", "order", "ZURUECK25", "order.fulfilment", cdp.BasisContract, "orders"},
	} {
		i := slices.IndexFunc(all[from:], func(x cdp.Touchpoint) bool {
			return x.Source == step.source && x.Channel == step.channel && x.Kind == step.kind && strings.Contains(x.Detail.Reveal(), step.detail)
		})
		if i < 0 {
			t.Fatalf("%s of %s is not there, or too early", step.kind, step.source)
		}
		from += i
		rec := all[from].Record
		if !slices.ContainsFunc(uses, func(u cdp.Use) bool {
			return u.Record == rec && u.Activity == step.activity && u.Purpose == step.purpose && u.Verdict.Allow && u.Verdict.Basis == step.basis
		}) {
			t.Errorf("%s of %s: no %s for %s by %s", step.kind, step.source, step.basis, step.purpose, step.activity)
		}
	}
	shares, err := w.desk.Shares(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"letterwing newsletter email", "blickfang advertising email_sha256", "paket orders given_name"} {
		if !slices.ContainsFunc(shares, func(s cdp.Share) bool {
			return len(s.Fields) > 0 && s.Recipient+" "+string(s.Purpose)+" "+s.Fields[0] == want
		}) {
			t.Errorf("not sent: %s", want)
		}
	}
	if p.RecordCount < 20 || len(sources(p)) < 15 || !slices.Contains(sources(p), "marketplace.orders") { // the last one by phone alone
		t.Errorf("%d records of %v", p.RecordCount, sources(p))
	}
	for _, of := range []cdp.Ref{{}, {Kind: "attribute", ID: "interests"}, {Kind: "attribute", ID: "city"}} {
		tree, err := w.desk.Trace(t.Context(), p.ID, of)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, c := range tree.Children {
			labels = append(labels, c.Label)
		}
		if !slices.Equal(labels, []string{"held because", "linked by", "sent to", "used for"}) || len(tree.Children[0].Children) == 0 || len(tree.Children[3].Children) == 0 {
			t.Errorf("trace of %q: %q", of.ID, labels)
		}
	}
}

func cardAndNewsletterAgree(t *testing.T, w *world) {
	p := w.of(t, juergen)
	for _, want := range []string{"loyalty.cards", "store.pos", "newsletter.members", "mailer.reports", "shop.de"} {
		if !slices.Contains(sources(p), want) {
			t.Errorf("%s is not part of it: %v", want, sources(p))
		}
	}
	path, err := w.desk.Why(t.Context(), w.record(t, "loyalty.cards", "7700 1207 3053").Record.ID.String(), w.record(t, "newsletter.members", "5500101").Record.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	if !path.Found || len(path.Hops) == 0 {
		t.Error("nothing says why card and newsletter are one")
	}
}

func cardAndNewsletterApart(t *testing.T, _ *world) {
	w, _ := loaded(t) // changed below
	card, news := w.record(t, "loyalty.cards", "7700 1214 3106"), w.record(t, "newsletter.members", "5500102")
	if card.Profile == news.Profile || news.Ruling.Outcome != cdp.HeldApart || news.Ruling.Verdict.Rule != "link.consent.refused" {
		t.Fatalf("card in %v, newsletter in %v, %v by %s", card.Profile, news.Profile, news.Ruling.Outcome, news.Ruling.Verdict.Rule)
	}
	path, err := w.desk.Why(t.Context(), card.Record.ID.String(), news.Record.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	if path.Found || len(path.Not) == 0 {
		t.Errorf("nothing says what would link them: %+v", path)
	}
	// Were she to agree, they would be one.
	w.ingest(t, "yes.ndjson", "mappings/preference.centre.yaml", []byte(`{"event":"pc-99001","at":"2026-11-19T10:00:00Z","customer":"L10278","email":"`+hannelore+
		`","card":null,"scope":"email","purpose":"profile","state":"given","text":"PC-2026-1","lang":"de","via":"web","expires":null,"note":null}`+"\n"), false)
	card, news = w.record(t, "loyalty.cards", "7700 1214 3106"), w.record(t, "newsletter.members", "5500102")
	if card.Profile != news.Profile || card.Profile == 0 {
		t.Errorf("after her consent: card in %v, newsletter in %v (%s)", card.Profile, news.Profile, news.Ruling.Verdict.Rule)
	}
}

func cardRefused(t *testing.T, w *world) {
	card := w.record(t, "loyalty.cards", "7700 1333 4007")
	if card.Ruling.Outcome != cdp.HeldApart || card.Ruling.Verdict.Rule != "link.consent.refused" || w.profile(t, card.Profile).RecordCount != 1 {
		t.Errorf("%v by %s", card.Ruling.Outcome, card.Ruling.Verdict.Rule)
	}
	if shop := w.customer(t, "L10907"); shop.ID == card.Profile {
		t.Error("joined with the shop's customer")
	}
}

func familyAddress(t *testing.T, w *world) {
	// Whether one address makes one profile is for identity to judge; strangers
	// must not be drawn in.
	ids, _ := w.carriers(t, family)
	names := map[string]bool{}
	for _, id := range ids {
		for _, a := range w.profile(t, id).Attributes {
			if a.Name != "family_name" && a.Name != "given_name" {
				continue
			}
			for _, s := range a.Others {
				names[s.Value.Reveal()] = true
			}
		}
	}
	if len(names) != 4 || !names["Ionescu"] || !names["Andreea"] || !names["Mihai"] || !names["Ștefan"] {
		t.Errorf("%d names carry the family's address", len(names))
	}
}

func kioskTablet(t *testing.T, w *world) {
	ids, _ := w.carriers(t, "lindenhof-kiosk:tablet-filiale-03")
	if len(ids) < 15 {
		t.Errorf("the tablet's rows are %d profiles: the tablet has joined people", len(ids))
	}
	for _, c := range w.record(t, "kiosk.visits", "k-0090").Record.Claims {
		if c.Identifier.Kind() == cdp.KindCookie && (c.Active || c.Verdict.Rule != "link.none") {
			t.Errorf("the tablet's id links: %s", c.Verdict.Rule)
		}
	}
}

func inAndOut(t *testing.T, w *world) {
	p := w.customer(t, "L10315")
	card, news := w.record(t, "loyalty.cards", "7700 1221 3159"), w.record(t, "newsletter.members", "5500103")
	for _, r := range []cdp.RecordView{card, news} {
		if r.Profile == p.ID || r.Ruling.Outcome != cdp.HeldApart || r.Ruling.Verdict.Rule != "link.consent.withdrawn" {
			t.Errorf("%s: %v by %s", r.Record.Source, r.Ruling.Outcome, r.Ruling.Verdict.Rule)
		}
	}
	history, err := w.desk.History(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(history, func(c cdp.Change) bool { return c.Verb == "split" }) {
		t.Error("the withdrawal split nothing")
	}
	states := map[cdp.PurposeID][]cdp.ConsentState{}
	for _, s := range p.Consents {
		for _, e := range s.Events {
			if !slices.Contains(states[s.Purpose], e.State) {
				states[s.Purpose] = append(states[s.Purpose], e.State)
			}
		}
	}
	for _, purpose := range []cdp.PurposeID{"newsletter", "profile"} {
		if l := states[purpose]; !slices.Contains(l, cdp.ConsentGiven) || !slices.Contains(l, cdp.ConsentWithdrawn) {
			t.Errorf("%s: the history holds %v", purpose, l)
		}
	}
	if late := afterWithdrawal(t, w, news.Profile, emre); late != 1 {
		t.Errorf("%d mails after the withdrawal", late)
	}
}

// afterWithdrawal counts the disclosures of an address to the mail provider
// after its owner said no.
func afterWithdrawal(t *testing.T, w *world, in cdp.ProfileID, email string) (n int) {
	t.Helper()
	var no time.Time
	for _, s := range w.profile(t, in).Consents {
		if s.Purpose == "newsletter" && s.State == cdp.ConsentWithdrawn && (no.IsZero() || s.Since.Before(no)) {
			no = s.Since
		}
	}
	if no.IsZero() {
		t.Fatal("nothing was withdrawn")
	}
	ids, _ := w.carriers(t, email)
	for _, id := range ids {
		shares, err := w.desk.Shares(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range shares {
			if s.Recipient == "letterwing" && s.At.After(no) {
				n++
			}
		}
	}
	return n
}

func mailAfterWithdrawal(t *testing.T, w *world) {
	p := w.customer(t, "L10352")
	if late := afterWithdrawal(t, w, p.ID, lena); late != 1 {
		t.Errorf("%d mails after the withdrawal", late)
	}
	if !slices.Contains(sources(p), "mailer.reports") || !slices.Contains(sources(p), "loyalty.cards") {
		t.Errorf("she withdrew the newsletter, not the common profile: %v", sources(p))
	}
}
