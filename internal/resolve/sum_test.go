package resolve

import (
	"testing"

	"pgregory.net/rapid"
)

// TestLone: the short way to the sum of a single record gives what Divide gives.
func TestLone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &Graph{Records: 1}
		for i := range rapid.IntRange(0, 6).Draw(t, "values") {
			v := Value{Class: Class(rapid.IntRange(1, 4).Draw(t, "class")), Kind: uint8(rapid.IntRange(1, 3).Draw(t, "kind")),
				Order: uint64(rapid.IntRange(1, 4).Draw(t, "order")), Space: int32(rapid.IntRange(0, 2).Draw(t, "space"))}
			v.Uncounted = v.Kind == 3 // a kind is one or it is not
			g.Values = append(g.Values, v)
			g.Claims = append(g.Claims, Claim{0, int32(i)})
		}
		birth := Day(rapid.IntRange(0, 1).Draw(t, "birth"))
		if birth != 0 {
			g.Facts = []Fact{{0, 1, uint64(birth)}}
		}
		if got, want := lone(g.Values, birth), Divide(g).Sums[0]; got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}
