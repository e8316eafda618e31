package match_test

import (
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/match"
)

// Two profiles that have no identifier in common. Whoever keeps the store
// files each under its keys, hashed, and compares those that meet.
func Example() {
	shop := match.Of([]cdp.Record{{Attributes: []cdp.Attribute{
		{Name: "given_name", Value: "Jürgen"}, {Name: "family_name", Value: "Möller"},
		{Name: "birth_date", Value: "07.03.1984"}, {Name: "postal_code", Value: "50667"},
	}}}, nil)
	cards := match.Of([]cdp.Record{{Attributes: []cdp.Attribute{
		{Name: "full_name", Value: "MOELLER, Juergen"}, {Name: "birth_date", Value: "3/7/1984"},
	}}}, nil)

	score := match.DefaultRules().Compare(shop, cards)
	fmt.Println(score.Level, score.Total)
	for _, f := range score.Fields {
		if f.How != match.Missing {
			fmt.Println(f.Name, f.How, f.Points, "-", f.Why)
		}
	}
	// Output:
	// possible 5.5
	// name exact 3 - the same given and family name
	// birth_date exact 2.5 - the same day
}
