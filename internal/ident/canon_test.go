package ident_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
)

// A row is a raw value and what is to become of it: "rule" for malformed, ""
// for empty, a value for OK, "rule: value" for blocked and generic.
type row struct{ raw, want string }

func show(id cdp.Identifier, v ident.Verdict) string {
	switch v.Outcome {
	case ident.OK:
		return id.Reveal()
	case ident.Blocked, ident.Generic:
		return v.Rule + ": " + id.Reveal()
	}
	return v.Rule
}

func check(t *testing.T, kind cdp.Kind, opt ident.Options, rows []row) {
	t.Helper()
	c := canonicaliser(t)
	for i, r := range rows {
		id, v := c.Canon(kind, r.raw, opt)
		if got := show(id, v); got != r.want {
			t.Errorf("row %d, %q: got %q (%v), want %q", i, r.raw, got, v.Outcome, r.want)
		}
		if (v.Reason == "") != (v.Outcome == ident.OK || v.Outcome == ident.Empty) {
			t.Errorf("row %d: outcome %v with reason %q", i, v.Outcome, v.Reason)
		}
		if id.IsZero() != (v.Outcome == ident.Malformed || v.Outcome == ident.Empty) {
			t.Errorf("row %d: outcome %v with identifier %v", i, v.Outcome, id)
		}
		opt := opt
		opt.Hashed = ""
		if again, w := c.Canon(id.Kind(), id.Reveal(), opt); !id.IsZero() && (!again.Same(id) || w != v || again.Tag() != id.Tag()) {
			t.Errorf("row %d: not stable: %q (%v), then %q (%v)", i, id.Reveal(), v, again.Reveal(), w)
		}
	}
}

func TestEmail(t *testing.T) {
	check(t, cdp.KindEmail, ident.Options{}, []row{
		{"Anna.Berg@Lindenhof-Moden.de", "anna.berg@lindenhof-moden.de"},
		{"  anna@lindenhof.de\t", "anna@lindenhof.de"},
		{"anna@lindenhof.de.", "anna@lindenhof.de"},
		{"anna@lindenhof.de;", "anna@lindenhof.de"},
		{"'anna@lindenhof.de'", "anna@lindenhof.de"},
		{`"anna@lindenhof.de"`, "anna@lindenhof.de"},
		{"<anna@lindenhof.de>", "anna@lindenhof.de"},
		{"Anna Berg <Anna@lindenhof.de>", "anna@lindenhof.de"},
		{`"Berg, Anna" <anna@lindenhof.de>`, "anna@lindenhof.de"},
		{"mailto:Anna@lindenhof.de", "anna@lindenhof.de"},
		{"a\u200bnna@lindenhof.de\ufeff", "anna@lindenhof.de"},
		{"\u202eanna@lindenhof.de", "anna@lindenhof.de"},
		{"anna@lindenhof.de\u00a0", "anna@lindenhof.de"},
		{"ａｎｎａ＠lindenhof.de", "anna@lindenhof.de"},
		{"a.n.n.a+mode@gmail.com", "a.n.n.a+mode@gmail.com"},
		{"o'brien@gmail.com", "o'brien@gmail.com"},
		{"o’brien@gmail.com", "email.local"},
		{"jürgen@müller-moden.de", "jürgen@xn--mller-moden-thb.de"},
		{"ju\u0308rgen@lindenhof.de", "jürgen@lindenhof.de"},
		{"anna@MÜLLER-MODEN.DE", "anna@xn--mller-moden-thb.de"},
		{"anna@xn--mller-moden-thb.de", "anna@xn--mller-moden-thb.de"},
		{"anna@straße.de", "anna@xn--strae-oqa.de"},
		{"İLKER@YILDIZ.COM.TR", "ilker@yildiz.com.tr"},
		{"ştefan@pădure.ro", "ştefan@xn--pdure-rwa.ro"},
		{"anna@mail.lindenhof.co.uk", "anna@mail.lindenhof.co.uk"},
		{"", ""}, {"  ", ""}, {"-", ""}, {"<>", ""}, {"\u200b", ""},
		{"anna", "email.at"},
		{"anna@", "email.domain"},
		{"@lindenhof.de", "email.local"},
		{"anna@lindenhof", "email.domain"},
		{"anna@lindenhof.d", "email.domain"},
		{"anna@linden hof.de", "email.blank"},
		{"anna@lindenhof.de, bert@lindenhof.de", "email.several"},
		{"anna@@lindenhof.de", "email.several"},
		{".anna@lindenhof.de", "email.local"},
		{"an..na@lindenhof.de", "email.local"},
		{`"an na"@lindenhof.de`, "email.blank"},
		{"anna@linden_hof.de", "email.domain"},
		{"anna@-lindenhof.de", "email.domain"},
		{"anna@192.168.1.1", "email.domain"},
		{"anna@[192.168.1.1]", "email.domain"},
		{"anna@xn--ls8h-.de", "email.domain"},
		{"anna@lindenhof..de", "email.domain"},
		{strings.Repeat("a", 65) + "@lindenhof.de", "email.local"},
		{"a@" + strings.Repeat("abcdefgh.", 30) + "de", "email.domain"},
		{"anna@lindenhof.de\x00", "value.control"},
		{"anna\x1b[31m@lindenhof.de", "value.control"},
		{"m\xfcller@lindenhof.de", "value.encoding"},
		{strings.Repeat("a", 5000), "value.long"},
		{"Test@Test.com", "placeholder.email: test@test.com"},
		{"NULL", "placeholder.word: null"},
		{"n/a", "placeholder.word: n/a"},
		{"(not set)", "placeholder.word: (not set)"},
		{"keine Angabe", "placeholder.word: keine angabe"},
		{"YOK", "placeholder.word: yok"},
		{"Fără", "placeholder.word: fără"},
		{"-1", "placeholder.word: -1"},
		{"000", "placeholder.zeros: 000"},
		{"keine@lindenhof.de", "placeholder.local: keine@lindenhof.de"},
		{"anna@example.com", "email.reserved: anna@example.com"},
		{"anna@shop.example.org", "email.reserved: anna@shop.example.org"},
		{"anna@lindenhof.test", "email.reserved: anna@lindenhof.test"},
		{"anna@users.placeholder.invalid", "email.reserved: anna@users.placeholder.invalid"},
		{"root@localhost", "email.reserved: root@localhost"},
		{"anna@myexample.com", "anna@myexample.com"},
		{"INFO@lindenhof.de", "email.role: info@lindenhof.de"},
		{"no-reply+123@lindenhof.de", "email.role: no-reply+123@lindenhof.de"},
		{"Kundenservice@lindenhof.de", "email.role: kundenservice@lindenhof.de"},
		{"comenzi@padure.ro", "email.role: comenzi@padure.ro"},
		{"iletişim@yildiz.com.tr", "email.role: iletişim@yildiz.com.tr"},
		{"informatik@lindenhof.de", "informatik@lindenhof.de"},
	})
}

func TestPhone(t *testing.T) {
	check(t, cdp.KindPhone, ident.Options{Country: "DE"}, []row{
		{"0171-1234567", "+491711234567"},
		{"+49 171 1234567", "+491711234567"},
		{"+49 (0)171 1234567", "+491711234567"},
		{"0049 171 / 12 34 567", "+491711234567"},
		{"(0171) 1234567", "+491711234567"},
		{"0171–1234567", "+491711234567"},
		{"'+491711234567", "+491711234567"},
		{"p:+491711234567", "+491711234567"},
		{"tel:+49-171-1234567", "+491711234567"},
		{"491711234567", "+491711234567"},
		{"491711234567.0", "+491711234567"},
		{"００４９１７１１２３４５６７", "+491711234567"},
		{"030 23125 123", "+493023125123"},
		{"'+31612345678", "+31612345678"},
		{"0040 721 123 456", "+40721123456"},
		{"+90 532 123 45 67", "+905321234567"},
		{"0171 1234567 ext. 12", "+491711234567;ext=12"},
		{"+49 89 123456;ext=12", "+4989123456;ext=12"},
		{"030 23125-123 Durchwahl 7", "+493023125123;ext=7"},
		{"4,91711E+11", "phone.excel"},
		{"4.91711e11", "phone.excel"},
		{"+4,91711E+11", "phone.excel"},
		{"0171 1234567 after 6", "phone.text"},
		{"call 0171 1234567", "phone.text"},
		{"0171 1234567 (Mama)", "phone.text"},
		{"0171 1234567 / 030 23125123", "phone.long"},
		{"0171 1234567 oder 0172 1234567", "phone.text"},
		{"49+171", "phone.text"},
		{"abc def", "phone.text"},
		{"01", "phone.short"},
		{"110", "phone.short"},
		{"+999 123 4567", "phone.country"},
		{"", ""}, {" - ", ""}, {"p:", "phone.text"},
		{"unbekannt", "placeholder.word: unbekannt"},
		{"000-000-0000", "placeholder.zeros: 0000000000"},
		{"999 999 9999", "placeholder.repeated: 9999999999"},
		{"+49 0000000000", "placeholder.zeros: 000000000"},
		{"+49 0000050000", "phone.zeros"},
		{"123-456-789", "placeholder.word: 123456789"},
		{"+1 202 555 0143", "phone.dummy: +12025550143"},
		{"+1 202 456 1111", "+12024561111"},
		{"+44 7700 900123", "phone.unassigned: +447700900123"},
		{"0800 1234567", "phone.service: +498001234567"},
		{"+44 20 7946 0018", "+442079460018"},
	})
	check(t, cdp.KindPhone, ident.Options{Country: "ro"}, []row{
		{"0721 123 456", "+40721123456"}, {"40721123456", "+40721123456"}, {"721123456", "+40721123456"}, {"0712 345 678", "phone.dummy: +40712345678"},
	})
	check(t, cdp.KindPhone, ident.Options{Country: "TR"}, []row{
		{"0532 123 45 67", "+905321234567"}, {"5321234567", "+905321234567"}, {"90 532 123 45 67", "+905321234567"},
	})
	check(t, cdp.KindPhone, ident.Options{Country: "US"}, []row{
		{"(202) 456-1111", "+12024561111"}, {"1-202-456-1111", "+12024561111"}, {"1-800-FLOWERS", "phone.text"}, {"555-0143", "phone.short"},
		{"800 356 9377", "phone.service: +18003569377"}, {"(555) 555-5555", "placeholder.repeated: 5555555555"},
	})
	check(t, cdp.KindPhone, ident.Options{}, []row{
		{"+49 171 1234567", "+491711234567"}, {"0049 171 1234567", "+491711234567"}, {"0171 1234567", "phone.country"},
	})
	check(t, cdp.KindPhone, ident.Options{Country: "XX"}, []row{{"0171 1234567", "phone.country"}, {"+49 171 1234567", "+491711234567"}})
}

func TestIssuedIDs(t *testing.T) {
	card := ident.Options{Issuer: "Payback"}
	check(t, cdp.KindLoyalty, card, []row{
		{"3083 4212 3456 7890", "payback:3083421234567890"},
		{"3083-4212-3456-7890", "payback:3083421234567890"},
		{"payback:3083421234567890", "payback:3083421234567890"},
		{"PAYBACK: 3083421234567890", "payback:3083421234567890"},
		{"ab 12_34.5/6", "payback:AB123456"},
		{"'0123456", "payback:0123456"},
		{"0000-0000", "placeholder.zeros: payback:00000000"},
		{"1111111", "placeholder.repeated: payback:1111111"},
		{"123 456 789", "placeholder.word: payback:123456789"},
		{"null", "placeholder.word: payback:null"},
		{"", ""}, {"--", ""}, {"payback:", ""},
		{strings.Repeat("7a", 300), "value.long"},
	})
	check(t, cdp.KindLoyalty, ident.Options{}, []row{{"3083421234567890", "issuer.missing"}, {"", ""}})
	check(t, cdp.KindLoyalty, ident.Options{Issuer: "a:b"}, []row{{"1", "issuer.invalid"}})

	crm := ident.Options{Issuer: "crm"}
	check(t, cdp.KindCRM, crm, []row{
		{"K-4711", "crm:K4711"}, {"k 4711", "crm:K4711"}, {"#K4711", "crm:K4711"}, {"K4711", "crm:K4711"},
		{"4711", "crm:4711"}, {"7", "crm:7"}, {"0", "placeholder.zeros: crm:0"}, {"11", "crm:11"},
		{"1-23", "crm:1-23"}, {"12 3", "crm:12-3"}, {"1/23", "crm:1-23"}, {"ab-cd", "crm:AB-CD"},
		{"0030000000AbCdE", "crm:0030000000AbCdE"}, {"0030000000aBcDe", "crm:0030000000aBcDe"},
		{"{550E8400-E29B-41D4-A716-446655440000}", "crm:550e8400-e29b-41d4-a716-446655440000"},
		{"00000000-0000-0000-0000-000000000000", "placeholder.zeros: crm:00000000-0000-0000-0000-000000000000"},
		{"list/abc_def-0123456789012345", "crm:list/abc_def-0123456789012345"},
		{"anna@lindenhof.de", "crm:anna@lindenhof.de"},
		{"K\u00a0–4711", "crm:K –4711"},
	})
	check(t, cdp.KindOrder, ident.Options{Issuer: "shop.de"}, []row{{"#1001", "shop.de:1001"}, {"SW-10001", "shop.de:SW10001"}})
	check(t, cdp.KindLogin, ident.Options{Issuer: "sso"}, []row{
		{"auth0|5f7C8ec7", "sso:auth0|5f7C8ec7"}, {"Anna@Lindenhof.de", "sso:anna@lindenhof.de"}, {"guest", "placeholder.word: sso:guest"},
	})
	check(t, cdp.KindSocial, ident.Options{Issuer: "facebook"}, []row{
		{"10158812345678901", "facebook:10158812345678901"}, {"@Anna.Berg", "facebook:anna.berg"}, {"@@", ""}, {"AbC-1", "facebook:AbC-1"},
	})
	check(t, cdp.KindNationalID, ident.Options{Country: "RO"}, []row{
		{"1 960101 12345 6", "ro:1960101123456"}, {"000-00-0000", "placeholder.zeros: ro:000000000"}, {"111-11-1111", "placeholder.repeated: ro:111111111"},
	})
	check(t, cdp.KindCookie, ident.Options{Issuer: "web"}, []row{
		{"GA1.2.AbC", "web:GA1.2.AbC"}, {" a.B ", "web:a.B"}, {"507F191E-810C-4197-8DE8-60EA5A1B2C3D", "web:507f191e-810c-4197-8de8-60ea5a1b2c3d"}, {"undefined", "placeholder.word: web:undefined"},
	})
	check(t, cdp.KindDevice, ident.Options{}, []row{
		{"AEBE52E7-03EE-455A-B3C4-E57283966239", "aebe52e7-03ee-455a-b3c4-e57283966239"},
		{"00000000-0000-0000-0000-000000000000", "placeholder.zeros: 00000000-0000-0000-0000-000000000000"},
	})
	check(t, cdp.KindIP, ident.Options{}, []row{
		{"93.184.216.34", "93.184.216.34"}, {"::ffff:93.184.216.34", "93.184.216.34"}, {"2A00:1450:4001:0:0:0:0:200E", "2a00:1450:4001::200e"},
		{"192.168.0.7", "ip.private: 192.168.0.7"}, {"127.0.0.1", "ip.own: 127.0.0.1"}, {"1.2.3", "ip.form"}, {"fe80::1%eth0", "ip.form"}, {"unknown", "placeholder.word: unknown"},
	})
	check(t, "shoe_size", ident.Options{}, []row{{"42", "kind.unknown"}})
}

func TestEveryKindIsKnown(t *testing.T) {
	c := canonicaliser(t)
	for _, k := range cdp.Kinds() {
		if _, v := c.Canon(k, "x9", ident.Options{Issuer: "i", Country: "DE"}); v.Rule == "kind.unknown" {
			t.Errorf("%s: %v", k, v)
		}
	}
}

func TestHashes(t *testing.T) {
	c := canonicaliser(t)
	mail, _ := c.Canon(cdp.KindEmail, "Anna@Lindenhof.de", ident.Options{})
	phone, _ := c.Canon(cdp.KindPhone, "0171 1234567", ident.Options{Country: "DE"})
	ext, _ := c.Canon(cdp.KindPhone, "0171 1234567 x3", ident.Options{Country: "DE"})
	card, _ := c.Canon(cdp.KindLoyalty, "1234 0000", ident.Options{Issuer: "payback"})
	var got []string
	for _, id := range []cdp.Identifier{mail, phone, ext, card, {}} {
		for _, d := range c.Derive(id) {
			got = append(got, string(d.Kind())+" "+d.Reveal())
		}
	}
	want := []string{ // printf %s anna@lindenhof.de | sha256sum, and so on
		"email_sha256 " + sumMailSHA256,
		"email_md5 " + sumMailMD5,
		"phone_sha256 " + sumPhonePlus,
		"phone_sha256 " + sumPhoneBare,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}

	// A list of hashes finds the same identifiers.
	upper, v := c.Canon(cdp.KindEmail, strings.ToUpper(sumMailSHA256), ident.Options{Hashed: "sha256"})
	if d := c.Derive(mail)[0]; v.Outcome != ident.OK || !upper.Same(d) || upper.Tag() != d.Tag() {
		t.Errorf("hash from a list: %v %v, derived %v", upper, v, d)
	}
	check(t, cdp.KindEmail, ident.Options{Hashed: "md5"}, []row{
		{sumMailMD5, sumMailMD5}, {sumMailSHA256, "hash.form"}, {"anna@lindenhof.de", "hash.form"}, {"", ""}, {"null", "placeholder.word: null"},
		{"d41d8cd98f00b204e9800998ecf8427e", "placeholder.hash: d41d8cd98f00b204e9800998ecf8427e"}, // of nothing
		{"b642b4217b34b1e8d3bd915fc65c4452", "placeholder.hash: b642b4217b34b1e8d3bd915fc65c4452"}, // of test@test.com
	})
	check(t, cdp.KindPhone, ident.Options{Hashed: "sha256"}, []row{{sumPhonePlus, sumPhonePlus}})
	check(t, cdp.KindPhone, ident.Options{Hashed: "sha1"}, []row{{sumPhonePlus, "hash.unknown"}})
	check(t, cdp.KindLoyalty, ident.Options{Hashed: "sha256", Issuer: "i"}, []row{{sumPhonePlus, "hash.unknown"}})
}

const (
	sumMailSHA256 = "f42a582843099a8e7c1301124fdce42e66e6a61223761a84629906df7db45924"
	sumMailMD5    = "ddf1d0ff420fa1945c09ae3a31e2c737"
	sumPhonePlus  = "26fe61aab2698bb3696dc47387e6c64172c6c716727917caaf6ff965d030cb3d"
	sumPhoneBare  = "7e25b7844dc82e53d76a507d7f6130832c805e097c1e038793c36ce22c358132"
)

func TestTags(t *testing.T) {
	a, b := canonicaliser(t), ident.New([32]byte{9}, lists(t))
	x, _ := a.Canon(cdp.KindEmail, "anna@lindenhof.de", ident.Options{})
	y, _ := b.Canon(cdp.KindEmail, "anna@lindenhof.de", ident.Options{})
	if !x.Same(y) || x.Tag() == y.Tag() {
		t.Errorf("the tag does not depend on the key: %v, %v", x, y)
	}
	p, _ := a.Canon(cdp.KindCookie, "7", ident.Options{Issuer: "i"})
	q, _ := a.Canon(cdp.KindLogin, "7", ident.Options{Issuer: "i"})
	if p.Tag() == q.Tag() {
		t.Error("the tag does not depend on the kind")
	}
	if got := fmt.Sprintf("%v %s %q", x, x, []cdp.Identifier{x}); strings.Contains(got, "anna") {
		t.Error("the value is printed")
	}
}

// The cache is shared: many goroutines get what one gets.
func TestPhonesConcurrently(t *testing.T) {
	c := canonicaliser(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 1000 {
				raw, want := fmt.Sprintf("0171 2%06d", i), fmt.Sprintf("+491712%06d", i)
				id, v := c.Canon(cdp.KindPhone, raw, ident.Options{Country: "DE"})
				if v.Outcome != ident.OK || id.Reveal() != want {
					t.Errorf("number %d: %v, want another value", i, v)
					return
				}
			}
		})
	}
	wg.Wait()
}
