package policy

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

var update = flag.Bool("update", false, "write the golden files")

// TestMain has properties tried more often than rapid does by itself.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func example(t testing.TB) *Register {
	t.Helper()
	data, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Parse("register.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it, then go test -update\n%s", name, got)
	}
}

// at is a moment: "2026-01-31" at noon, or a full time.
func at(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	if len(s) == len(time.DateOnly) {
		s += "T12:00:00Z"
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func ident(kind cdp.Kind, value string) cdp.Identifier {
	var tag [4]byte
	copy(tag[:], fmt.Sprintf("%04x", len(value)))
	return cdp.NewIdentifier(kind, value, tag)
}

var (
	mail  = ident(cdp.KindEmail, "ana@lindenhof.test")
	phone = ident(cdp.KindPhone, "+4915112345678")
	card  = ident(cdp.KindLoyalty, "lindenhof:4711")
)

func claims(ids ...cdp.Identifier) (out []cdp.Claim) {
	for _, id := range ids {
		out = append(out, cdp.Claim{Identifier: id, Strength: cdp.LinkStrong})
	}
	return out
}

func consent(e cdp.Identifier, p cdp.PurposeID, s cdp.ConsentState, when string) cdp.Consent {
	return cdp.Consent{Endpoint: e, Purpose: p, Controller: "lindenhof", State: s, At: at(when), Recorded: at(when).Add(time.Minute),
		Notice: "v3", Method: "form", Language: "de", Proof: "kept", Source: "store.pos"}
}

func from(id cdp.SourceID) cdp.Source { return cdp.Source{ID: id} }

func printRuling(b *strings.Builder, r cdp.Ruling) {
	verdict := func(name string, v cdp.Verdict) {
		mark := "no "
		if v.Allow {
			mark = "yes"
		}
		fmt.Fprintf(b, "  %-8s %s %-28s %s [%s]", name, mark, v.Rule, v.Reason, v.Article)
		if !v.From.IsZero() {
			fmt.Fprintf(b, " from %s", v.From.Format(time.DateOnly))
		}
		if !v.Until.IsZero() {
			fmt.Fprintf(b, " until %s", v.Until.Format(time.DateOnly))
		}
		fmt.Fprintf(b, "\n           %s\n", strings.Join(v.Facts, " · "))
	}
	fmt.Fprintf(b, "  outcome  %s\n", r.Outcome)
	verdict("because", r.Verdict)
	for _, v := range r.Holding {
		verdict("hold", v)
	}
	for _, v := range r.Claims {
		verdict("link", v)
	}
	if !r.Due.IsZero() {
		fmt.Fprintf(b, "  again    %s\n", r.Due.Format(time.DateOnly))
	}
	for _, f := range r.Findings {
		fmt.Fprintf(b, "  finding  %s\n", f)
	}
	if todo := Todo(r.Verdict); todo != "" {
		fmt.Fprintf(b, "  todo     %s\n", strings.ReplaceAll(strings.TrimRight(todo, "\n"), "\n", "\n           "))
	}
	b.WriteByte('\n')
}

// TestGate is the gate table of the design, row by row, with the outcome, the
// rule and the sentence an officer reads.
func TestGate(t *testing.T) {
	reg := example(t)
	now := at("2026-05-10")
	seen := at("2026-04-01")
	rows := []struct {
		name string
		s    Subject
		now  time.Time
		reg  *Register
		want cdp.Outcome
		rule string
	}{
		{name: "link activity rests on contract, contract open",
			s:    Subject{Source: from("shop.orders"), Claims: claims(mail)},
			want: cdp.Linked, rule: "link.contract.open"},
		{name: "link activity rests on contract, the record states it, still open",
			s: Subject{Source: from("repairs"), Claims: claims(mail),
				Grounds: []cdp.Ground{{Activity: "warranty", Ref: "W-1", From: at("2026-01-01"), To: at("2028-01-01")}}},
			want: cdp.Linked, rule: "link.contract.open"},
		{name: "link activity rests on consent, given at this endpoint",
			s:    Subject{Source: from("loyalty"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-04-01")}},
			want: cdp.Linked, rule: "link.consent.given"},
		{name: "link activity rests on consent, given at another endpoint of the record",
			s:    Subject{Source: from("loyalty"), Claims: claims(card), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-04-01")}},
			want: cdp.Linked, rule: "link.consent.given"},
		{name: "link activity needs consent, none stated; orders rest on contract",
			s:    Subject{Source: from("store.pos"), Claims: claims(mail, card)},
			want: cdp.HeldApart, rule: "link.consent.absent"},
		{name: "link activity needs consent, refused; invoice under law",
			s:    Subject{Source: from("store.invoices"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentRefused, "2026-04-01")}},
			want: cdp.HeldApart, rule: "link.consent.refused"},
		{name: "link activity needs consent, withdrawn; invoice under law",
			s: Subject{Source: from("store.invoices"), Claims: claims(mail), Consents: []cdp.Consent{
				consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), consent(mail, "profile", cdp.ConsentWithdrawn, "2026-04-20")}},
			want: cdp.HeldApart, rule: "link.consent.withdrawn"},
		{name: "the same before the withdrawal: linked (withdrawn later: split)",
			s: Subject{Source: from("store.invoices"), Claims: claims(mail), RecordAt: at("2026-01-05"), Consents: []cdp.Consent{
				consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), consent(mail, "profile", cdp.ConsentWithdrawn, "2026-04-20")}},
			now: at("2026-04-19"), want: cdp.Linked, rule: "link.consent.given"},
		{name: "no activity has a valid basis: consent refused",
			s:    Subject{Source: from("loyalty"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentRefused, "2026-04-01")}},
			want: cdp.Quarantined, rule: "hold.consent.refused"},
		{name: "no activity has a valid basis: legitimate interest without a balancing test",
			s:    Subject{Source: from("web.log"), Claims: claims(mail)},
			want: cdp.Quarantined, rule: "hold.legitimate_interest.unbalanced"},
		{name: "no activity has a valid basis: the contract has ended",
			s: Subject{Source: from("repairs"), Claims: claims(mail),
				Grounds: []cdp.Ground{{Activity: "warranty", Ref: "W-1", From: at("2024-01-01"), To: at("2026-01-01")}}},
			want: cdp.Quarantined, rule: "hold.contract.ended"},
		{name: "released by itself when a basis arrives",
			s: Subject{Source: from("loyalty"), Claims: claims(mail), Consents: []cdp.Consent{
				consent(mail, "profile", cdp.ConsentRefused, "2026-04-01"), consent(mail, "profile", cdp.ConsentGiven, "2026-05-01")}},
			want: cdp.Linked, rule: "link.consent.given"},
		{name: "basis begins after the record's time",
			s:    Subject{Source: from("club"), Claims: claims(mail)},
			want: cdp.Quarantined, rule: "hold.basis.later"},
		{name: "basis begins after the record's time, and has begun",
			s: Subject{Source: from("club"), Claims: claims(mail)}, now: at("2026-06-02"),
			want: cdp.Linked, rule: "link.contract.open"},
		{name: "consent dated in the future",
			s:    Subject{Source: from("loyalty"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-07-01")}},
			want: cdp.Quarantined, rule: "hold.consent.later"},
		{name: "other controller: linked among its own only",
			s: Subject{Source: from("marketplace"), Claims: claims(mail), Consents: []cdp.Consent{
				func() cdp.Consent {
					c := consent(mail, "profile", cdp.ConsentGiven, "2026-04-01")
					c.Controller = "marktplatz"
					return c
				}()}},
			want: cdp.Linked, rule: "link.consent.given"},
		{name: "other controller: a consent to us is none to them",
			s:    Subject{Source: from("marketplace"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-04-01")}},
			want: cdp.HeldApart, rule: "link.consent.absent"},
		{name: "other controller: mapping and register differ",
			s:    Subject{Source: cdp.Source{ID: "shop.orders", Controller: "marktplatz"}, Claims: claims(mail)},
			want: cdp.Quarantined, rule: "hold.source.controller"},
		{name: "preset without a register entry",
			s: Subject{Source: cdp.Source{ID: "surveys", Controller: "lindenhof", Collection: "first_party",
				Activities: []cdp.ActivityID{"survey.answers"}}, Claims: claims(mail)},
			want: cdp.Quarantined, rule: "hold.source.unknown"},
		{name: "no register at all",
			s: Subject{Source: from("shop.orders"), Claims: claims(mail)}, reg: &Register{hash: "none"},
			want: cdp.Quarantined, rule: "hold.register.none"},
		{name: "restricted (Art. 18)",
			s:    Subject{Source: from("shop.orders"), Claims: claims(mail), Restrictions: restrictedFrom("2026-01-01", true, "")},
			want: cdp.EvidenceOnly, rule: "hold.restricted"},
		{name: "suppressed endpoint",
			s:    Subject{Source: from("shop.orders"), Claims: claims(mail), Suppressions: suppressedFrom("2026-01-01", cdp.SuppressAll, "")},
			want: cdp.Refused, rule: "hold.suppressed"},
		{name: "suppressed endpoint, and the source deleted the row",
			s:    Subject{Source: from("shop.orders"), Claims: claims(mail), Deleted: true, Suppressions: suppressedFrom("2026-01-01", cdp.SuppressAll, "")},
			want: cdp.Refused, rule: "hold.suppressed"},
		{name: "unreadable consent, orders rest on contract",
			s:    Subject{Source: from("store.pos"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentUnreadable, "2026-04-01")}},
			want: cdp.HeldApart, rule: "link.consent.unreadable"},
		{name: "unreadable consent and nothing else",
			s:    Subject{Source: from("loyalty"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "profile", cdp.ConsentUnreadable, "2026-04-01")}},
			want: cdp.Quarantined, rule: "hold.consent.unreadable"},
		{name: "unreadable consent at the only identifier that links, given elsewhere",
			s: Subject{Source: from("loyalty"), Claims: append(claims(mail), cdp.Claim{Identifier: card}), Consents: []cdp.Consent{
				consent(mail, "profile", cdp.ConsentUnreadable, "2026-04-01"), consent(card, "profile", cdp.ConsentGiven, "2026-04-01")}},
			want: cdp.HeldApart, rule: "link.consent.unreadable"},
		{name: "an old invoice, its retention over",
			s:    Subject{Source: from("store.invoices"), RecordAt: at("2017-06-01"), Activities: []cdp.ActivityID{"invoices"}},
			want: cdp.HeldApart, rule: "link.activity.record"},
		{name: "consent without a time",
			s: Subject{Source: from("loyalty"), Claims: claims(mail), Consents: []cdp.Consent{
				{Endpoint: mail, Purpose: "profile", State: cdp.ConsentGiven, Recorded: seen}}},
			want: cdp.Quarantined, rule: "hold.consent.incomplete"},
		{name: "the source deleted the row",
			s:    Subject{Source: from("shop.orders"), Claims: claims(mail), Deleted: true},
			want: cdp.HeldApart, rule: "hold.deleted"},
		{name: "values that can not link; a category nobody needs",
			s: Subject{Source: from("shop.orders"), Claims: []cdp.Claim{
				{Identifier: mail, Strength: cdp.LinkStrong, Blocked: "placeholder"},
				{Identifier: phone, Strength: cdp.LinkStrong, Generic: "role"},
				{Identifier: card}},
				Attributes: []cdp.Attribute{{Name: "blood", Category: "user.health.blood", Special: "health"}, {Name: "city", Category: "user.contact.address.city"}}},
			want: cdp.Linked, rule: "link.contract.open"},
		{name: "a source that names no ground for linking",
			s:    Subject{Source: from("addresses.bought"), Claims: claims(mail)},
			want: cdp.HeldApart, rule: "link.activity.none"},
		{name: "objection to direct marketing, said about another kind of it",
			s:    Subject{Source: from("addresses.bought"), Claims: claims(mail), Consents: []cdp.Consent{consent(mail, "newsletter", cdp.ConsentObjected, "2026-04-01")}},
			want: cdp.Quarantined, rule: "hold.marketing.objected"},
	}
	var b strings.Builder
	for _, row := range rows {
		s := row.s
		if s.RecordAt.IsZero() {
			s.RecordAt = seen
		}
		s.Recorded = s.RecordAt.Add(time.Hour)
		when, r := now, reg
		if !row.now.IsZero() {
			when = row.now
		}
		if row.reg != nil {
			r = nil
		}
		got := Admit(s, r, when)
		if got.Outcome != row.want || got.Verdict.Rule != row.rule {
			t.Errorf("%s: %s, %s; want %s, %s", row.name, got.Outcome, got.Verdict.Rule, row.want, row.rule)
		}
		fmt.Fprintf(&b, "%s\n", row.name)
		printRuling(&b, got)
	}
	text := strings.ReplaceAll(b.String(), reg.Hash(), "HASH")
	for _, secret := range []string{"ana", "lindenhof.test", "4915", "W-1"} {
		if strings.Contains(text, secret) {
			t.Errorf("a personal value is printed: %q", secret)
		}
	}
	golden(t, "gate.golden", text)
}
