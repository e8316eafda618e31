package steward

import (
	"os"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestSourcesAreNamedByTheRegister: what a delivery leaves open of its source is
// shown as the register knows it; what it says stands.
func TestSourcesAreNamedByTheRegister(t *testing.T) {
	b := newBench(t)
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := strings.Replace(string(text), "  - id: shop.orders\n", "  - id: shop.orders\n    owner: e-commerce\n    system: Shopware\n", 1)
	if _, err := b.d.Activate(t.Context(), "register.yaml", []byte(named), nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.d.Begin(t.Context(), cdp.Delivery{Source: cdp.Source{ID: "shop.orders", System: "Shopify"}, File: "orders.csv", FileHash: "h", Mapping: "m"}); err != nil {
		t.Fatal(err)
	}
	list, err := b.d.Sources(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if s := list[0].Source; !list[0].Known || s.Owner != "e-commerce" || s.Controller != "lindenhof" || s.Collection != "first_party" || s.System != "Shopify" {
		t.Errorf("%+v", s)
	}
}
