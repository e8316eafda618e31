package ident_test

import (
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/rulefile"
)

func Example() {
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		fmt.Println(err)
		return
	}
	c := ident.New([32]byte{}, lists) // a real key is secret to the installation

	for _, in := range []struct {
		kind cdp.Kind
		raw  string
		opt  ident.Options
	}{
		{cdp.KindEmail, "Anna Berg <Anna@Lindenhof.de>", ident.Options{}},
		{cdp.KindPhone, "0171 / 123 45 67", ident.Options{Country: "DE"}},
		{cdp.KindPhone, "4,91711E+11", ident.Options{Country: "DE"}},
		{cdp.KindLoyalty, "3083 4212 3456 7890", ident.Options{Issuer: "payback"}},
		{cdp.KindEmail, "info@lindenhof.de", ident.Options{}},
		{cdp.KindEmail, "k.A.", ident.Options{}},
	} {
		id, v := c.Canon(in.kind, in.raw, in.opt)
		fmt.Print(v.Outcome)
		if !id.IsZero() {
			fmt.Print(" ", id.Reveal())
		}
		if v.Rule != "" {
			fmt.Printf(" (%s)", v.Rule)
		}
		fmt.Println()
	}
	// Output:
	// ok anna@lindenhof.de
	// ok +491711234567
	// malformed (phone.excel)
	// ok payback:3083421234567890
	// generic info@lindenhof.de (email.role)
	// blocked k.a. (placeholder.word)
}

func ExampleFoldVariants() {
	fmt.Println(ident.FoldVariants("Müller"))
	fmt.Println(ident.FoldVariants("Mueller"))
	// Output:
	// [muller mueller]
	// [mueller muller]
}
