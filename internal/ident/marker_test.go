package ident_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
)

func marker(t testing.TB, text string) *ident.Marker {
	t.Helper()
	m, err := ident.ParseLists("lists.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// claimOf is a claim as a source's row is read: with the marks of the
// program's lists.
func claimOf(id cdp.Identifier, v ident.Verdict) cdp.Claim {
	c := cdp.Claim{Identifier: id}
	switch v.Outcome {
	case ident.Blocked:
		c.Blocked = v.Rule
	case ident.Generic:
		c.Generic = v.Rule
	}
	return c
}

func sameMarks(a, b cdp.Claim) bool { return a.Blocked == b.Blocked && a.Generic == b.Generic }

// otherLists names entries that the program's do not have and lacks some that
// they have.
const otherLists = `
version: 2
words: [keinplan, kein plan, "-2", "null"]
email_locals: [kasse, noreply]
reserved_domains: [wegwerf.de, test]
role_mailboxes: [laden]
emails: [kunde@markt.de]
phones: ["+4930123456?", "+491711234567", "+498001234567"]
repeated: 7
`

// TestMarks: what lists make of values, however these were read.
func TestMarks(t *testing.T) {
	c, other := canonicaliser(t), marker(t, otherLists)
	shop := ident.Options{Country: "DE", Issuer: "shop"}
	for _, tt := range []struct {
		kind    cdp.Kind
		raw     string
		read    string // by the program's lists
		blocked string // by the others
		generic string
	}{
		{cdp.KindEmail, "anna@post.de", "", "", ""},
		{cdp.KindEmail, "Kasse@post.de", "", "placeholder.local", ""}, // a role by the program's
		{cdp.KindEmail, "anna@a.wegwerf.de", "", "email.reserved", ""},
		{cdp.KindEmail, "laden+1@post.de", "", "", "email.role"},
		{cdp.KindEmail, "kunde@markt.de", "", "placeholder.email", ""},
		{cdp.KindEmail, "info@post.de", "email.role", "", ""},
		{cdp.KindEmail, "test@post.de", "placeholder.local", "", ""},
		{cdp.KindEmail, "anna@example.com", "email.reserved", "", ""},
		{cdp.KindEmail, "unbekannt", "placeholder.word", "value.form", ""},
		{cdp.KindEmail, "anna@localhost", "email.reserved", "value.form", ""},
		{cdp.KindEmail, "null", "placeholder.word", "placeholder.word", ""},
		{cdp.KindEmail, "xxxxxx", "placeholder.repeated", "value.form", ""},
		{cdp.KindPhone, "0171 1234567", "", "phone.dummy", ""},
		{cdp.KindPhone, "+49 800 1234567", "phone.service", "phone.dummy", ""},
		{cdp.KindPhone, "+49 800 7654321", "phone.service", "", "phone.service"}, // by no list
		{cdp.KindPhone, "+49 170 12345678", "phone.dummy", "", ""},
		{cdp.KindPhone, "0000000", "placeholder.zeros", "placeholder.zeros", ""},
		{cdp.KindPhone, "123456789", "placeholder.word", "value.form", ""},
		{cdp.KindLoyalty, "kein plan", "", "placeholder.word", ""},
		{cdp.KindLoyalty, "2", "", "", ""}, // -2 is no form of it
		{cdp.KindCRM, "Kein Plan", "", "placeholder.word", ""},
		{cdp.KindCRM, "55555", "placeholder.repeated", "", ""},
		{cdp.KindCRM, "5555555", "placeholder.repeated", "placeholder.repeated", ""},
		{cdp.KindSocial, "guest", "placeholder.word", "", ""},
		{cdp.KindDevice, "keinplan", "", "placeholder.word", ""},
		{cdp.KindIP, "127.0.0.1", "ip.own", "ip.own", ""},
		{cdp.KindIP, "10.0.0.1", "ip.private", "", "ip.private"},
		{cdp.KindIP, "unknown", "placeholder.word", "value.form", ""},
	} {
		t.Run(fmt.Sprint(tt.kind, " ", tt.raw), func(t *testing.T) {
			id, v := c.Canon(tt.kind, tt.raw, shop)
			if v.Outcome <= ident.Empty || tt.read != "" && v.Rule != tt.read {
				t.Fatalf("read as %v by %q", v.Outcome, v.Rule)
			}
			claims := []cdp.Claim{claimOf(id, v)}
			differs := claims[0].Blocked != tt.blocked || claims[0].Generic != tt.generic
			if changed := other.Mark(claims); claims[0].Blocked != tt.blocked || claims[0].Generic != tt.generic || changed != differs {
				t.Fatalf("blocked %q, generic %q, changed %v", claims[0].Blocked, claims[0].Generic, changed)
			}
		})
	}
}

// TestMarksForget: marks are a function of the value and the lists in force:
// lists that were in force between leave no trace, and the program's lists
// judge a value as they read it.
func TestMarksForget(t *testing.T) {
	c, own, other := canonicaliser(t), marker(t, string(ident.DefaultLists())), marker(t, otherLists)
	by := ident.New([32]byte{}, other.Lists)
	raws := []string{"anna@post.de", "kasse@post.de", "info@post.de", "test@post.de", "a@example.com", "x@wegwerf.de", "kunde@markt.de",
		"a@localhost", "unknown", "n/a", "k.a.", "not set", "notset", "not-set", "kein plan", "KEINPLAN", "xxxxxx", "11111", "0000", "555 55 55",
		"0171 1234567", "+49 170 12345678", "+49 800 1234567", "+49 800 7654321", "+1 212 555 0123", "+44 7700 900123", "+49 1", "guest", "-1", "-2", "2",
		"10.0.0.1", "127.0.0.1", "8.8.8.8", strings.Repeat("a", 32), strings.Repeat("b1", 32), fmt.Sprintf("%x", sha256.Sum256([]byte("unknown"))), "b642b4217b34b1e8d3bd915fc65c4452",
		fmt.Sprintf("%x", sha256.Sum256([]byte("kunde@markt.de"))), "6d7e0f2a-0d0a-4f4e-9d7e-0f2a0d0a4f4e"}
	for _, kind := range append(cdp.Kinds(), cdp.KindIP) {
		for _, raw := range raws {
			id, v := c.Canon(kind, raw, ident.Options{Country: "DE", Issuer: "shop"})
			if v.Outcome <= ident.Empty {
				continue
			}
			read := []cdp.Claim{claimOf(id, v)}
			same := []cdp.Claim{read[0]}
			if own.Mark(same) {
				t.Errorf("%s %s: read as %q %q, by the same lists %q %q", kind, raw, read[0].Blocked, read[0].Generic, same[0].Blocked, same[0].Generic)
			}
			at := []cdp.Claim{read[0]}
			other.Mark(at)
			there := at[0]
			other.Mark(at)
			if !sameMarks(at[0], there) {
				t.Errorf("%s %s: marked twice it is another", kind, raw)
			}
			if own.Mark(at); !sameMarks(at[0], read[0]) {
				t.Errorf("%s %s: %q %q, and back from other lists %q %q", kind, raw, read[0].Blocked, read[0].Generic, at[0].Blocked, at[0].Generic)
			}
			if got, w := by.Canon(kind, raw, ident.Options{Country: "DE", Issuer: "shop"}); w.Outcome > ident.Empty && got.Reveal() == id.Reveal() && !sameMarks(claimOf(id, w), there) {
				t.Errorf("%s %s: read by other lists %q, marked by them %q %q", kind, raw, w.Rule, there.Blocked, there.Generic)
			}
		}
	}
}

// TestMarksOfHashes: the hash of a value that the record carries is marked as
// the value is; of another one it is known by words and addresses only.
func TestMarksOfHashes(t *testing.T) {
	c, own, other := canonicaliser(t), marker(t, string(ident.DefaultLists())), marker(t, otherLists)
	id, v := c.Canon(cdp.KindEmail, "kasse@post.de", ident.Options{})
	claims := []cdp.Claim{claimOf(id, v)}
	for _, h := range c.Derive(id) {
		claims = append([]cdp.Claim{{Identifier: h, Generic: claims[0].Generic}}, claims...)
	}
	if own.Mark(claims) {
		t.Fatal("the program's lists mark hashes otherwise than they are read")
	}
	other.Mark(claims)
	for _, c := range claims {
		if c.Blocked != "placeholder.local" || c.Generic != "" {
			t.Errorf("%v: blocked %q, generic %q", c.Identifier, c.Blocked, c.Generic)
		}
	}
	alone := claims[:1]
	if other.Mark(alone); alone[0].Blocked != "" {
		t.Errorf("a hash alone is %q", alone[0].Blocked)
	}
}

func TestParseLists(t *testing.T) {
	if _, err := ident.ParseLists("mine.yaml", []byte("version: 1\nphones: [abc]\n")); err == nil || !strings.Contains(err.Error(), "mine.yaml:2:") {
		t.Errorf("a wrong phone: %v", err)
	}
	if _, err := ident.ParseLists("mine.yaml", []byte("version: 1\nword: [abc]\n")); err == nil || !strings.Contains(err.Error(), "words") {
		t.Errorf("an unknown list: %v", err)
	}
	a, b := marker(t, "version: 1\nwords: [a, B]\nrepeated: 5\n"), marker(t, "version: 2\nwords: [b, c]\nvalid_from: 2026-03-01\nrepeated: 6\n")
	want := []ident.Difference{{"words", []string{"c"}, []string{"a"}}, {"repeated", []string{"6"}, []string{"5"}}}
	if d := cmp.Diff(want, b.Against(a)); d != "" || b.From.String() != "2026-03-01" || a.Hash() == b.Hash() {
		t.Errorf("%s %v", d, b.From)
	}
}
