package ident_test

import (
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
)

func BenchmarkCanon(b *testing.B) {
	c := canonicaliser(b)
	for _, bc := range []struct {
		name string
		kind cdp.Kind
		raw  string
		opt  ident.Options
	}{
		{"email", cdp.KindEmail, "anna.berg@lindenhof-moden.de", ident.Options{}},
		{"email capitals", cdp.KindEmail, "Anna.Berg@Lindenhof-Moden.de", ident.Options{}},
		{"email idn", cdp.KindEmail, "anna@müller-moden.de", ident.Options{}},
		{"phone known", cdp.KindPhone, "0171 1234567", ident.Options{Country: "DE"}},
		{"loyalty", cdp.KindLoyalty, "3083 4212 3456 7890", ident.Options{Issuer: "payback"}},
		{"crm", cdp.KindCRM, "K-4711", ident.Options{Issuer: "crm"}},
		{"cookie", cdp.KindCookie, "507f191e-810c-4197-8de8-60ea5a1b2c3d", ident.Options{Issuer: "web"}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Canon(bc.kind, bc.raw, bc.opt)
			}
		})
	}
	b.Run("phone new", func(b *testing.B) {
		raw := []byte("+49171 0000000")
		for i := 0; b.Loop(); i++ {
			for j, n := len(raw)-1, i; j > 6; j, n = j-1, n/10 {
				raw[j] = byte('0' + n%10)
			}
			c.Canon(cdp.KindPhone, string(raw), ident.Options{Country: "DE"})
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, s := range []string{"anna berg", "Anna Berg", "Jürgen Müller"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ident.Fold(s)
			}
		})
	}
}
