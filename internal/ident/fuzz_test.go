package ident_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
)

// FuzzCanon: whatever a source writes, a canonical value is clean, bounded,
// and its own canonical value.
func FuzzCanon(f *testing.F) {
	kinds := cdp.Kinds()
	for i, raw := range []string{
		"Anna Berg <Anna@Lindenhof.de>", "jürgen@MÜLLER-MODEN.de", "İLKER@YILDIZ.COM.TR", "'+49 (0)171 1234567", "4,91711E+11",
		"0171 1234567 ext. 12", "+49 0000000000", "+49 0000050000", "p:+491711234567.0", "K-4711", "#1001", "payback:3083 4212", "@Anna", "''\"x\"'", "\"'\"a\"'\"",
		"i: i: x", "::ffff:1.2.3.4", "{550E8400-E29B-41D4-A716-446655440000}", "ﬁ\u0345ß\u1e9e", "\u0130\u0307", "-._/", "n/a", ". ,", "@@@@@S0S00", "-'_/", "#\"a\"", "۰۱۷۱ ۱۲۳۴۵۶۷", "\xff",
	} {
		f.Add(i%len(kinds), raw, "DE", "i")
		f.Add((i+1)%len(kinds), raw, "", "shop.de")
	}
	c := canonicaliser(f)
	f.Fuzz(func(t *testing.T, k int, raw, country, issuer string) {
		kind := kinds[uint(k)%uint(len(kinds))]
		opt := ident.Options{Country: country, Issuer: issuer}
		id, v := c.Canon(kind, raw, opt)
		if v.Outcome == ident.Malformed || v.Outcome == ident.Empty {
			if !id.IsZero() {
				t.Fatalf("an identifier for outcome %v", v)
			}
			return
		}
		value := id.Reveal()
		switch {
		case value == "" || len(value) > ident.MaxCanonical:
			t.Fatalf("%d bytes", len(value))
		case !utf8.ValidString(value):
			t.Fatalf("not UTF-8: %q", value)
		case strings.ContainsFunc(value, unicode.IsControl):
			t.Fatalf("control characters: %q", value)
		case strings.ContainsFunc(value, func(r rune) bool { return unicode.Is(unicode.Cf, r) }):
			t.Fatalf("invisible characters: %q", value)
		case value != strings.TrimSpace(value):
			t.Fatalf("blanks: %q", value)
		case !norm.NFKC.IsNormalString(value):
			t.Fatalf("not NFKC: %q", value)
		case kind == cdp.KindEmail && v.Outcome >= ident.Generic && strings.Count(value, "@") != 1:
			t.Fatalf("no address: %q", value)
		case kind == cdp.KindPhone && v.Outcome >= ident.Generic && value[0] != '+':
			t.Fatalf("not E.164: %q", value)
		}
		again, w := c.Canon(kind, value, opt)
		if !again.Same(id) || w != v || again.Tag() != id.Tag() {
			t.Fatalf("%q gives %q (%v), which gives %q (%v)", raw, value, v, again.Reveal(), w)
		}
		c.Derive(id)
	})
}

// FuzzFold: folding is done once, and what folds alike is found alike,
// also where bytes are not UTF-8.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Müller", "İstanbul", "Straße", "Țară", "ΣΊΣΥΦΟΣ", "Ångström", "ﬃ", "\u0130\u0307", "Ǆ", "a\u0308\u0323", "M\xfcller", "\xcc", "e\xcc\x81\xcc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := ident.Fold(s)
		if twice := ident.Fold(once); twice != once {
			t.Fatalf("%q folds to %q, then to %q", s, once, twice)
		}
		variants := ident.FoldVariants(s)
		if len(variants) > 4 || variants[0] != once {
			t.Fatalf("variants %q of %q", variants, once)
		}
	})
}
