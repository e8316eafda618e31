package stories

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cdp-tui/testdata"
)

// The order in which the systems deliver must not matter (law L11).
func TestAnyOrderGivesTheSameProfiles(t *testing.T) {
	w, _ := loaded(t)
	want := w.picture(t)
	if len(want) < 200 {
		t.Fatalf("%d profiles and records in quarantine", len(want))
	}
	for seed := range uint64(5) {
		items := testdata.Demo()
		rand.New(rand.NewPCG(seed, 7)).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		other := empty(t)
		for _, it := range items {
			other.deliver(t, it)
		}
		got := other.picture(t)
		if slices.Equal(got, want) {
			continue
		}
		for _, p := range got {
			if !slices.Contains(want, p) {
				t.Errorf("seed %d, only in this order:\n%s", seed, p)
			}
		}
		for _, p := range want {
			if !slices.Contains(got, p) {
				t.Errorf("seed %d, missing in this order:\n%s", seed, p)
			}
		}
	}
}
