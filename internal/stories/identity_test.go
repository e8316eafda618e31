package stories

import (
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// Stories of identity: what waits for a person to judge.

const (
	secondCard = "7700 1718 6922" // Birgit's, of November
	gokhan     = "gokhan.simsek@mektup-kutum.com.tr"
)

// queue returns the possible matches that wait for review.
func (w *world) queue(t testing.TB) []cdp.PossibleMatch {
	t.Helper()
	if _, err := w.desk.FollowMatches(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	p, err := w.desk.Matches(t.Context(), cdp.MatchFilter{})
	if err != nil || p.More {
		t.Fatalf("more %v: %v", p.More, err)
	}
	return p.Items
}

// pair returns the possible match of two profiles, in any order.
func pair(t testing.TB, list []cdp.PossibleMatch, a, b cdp.Profile) cdp.PossibleMatch {
	t.Helper()
	i := slices.IndexFunc(list, func(m cdp.PossibleMatch) bool { return m.A == min(a.ID, b.ID) && m.B == max(a.ID, b.ID) })
	if i < 0 {
		t.Fatalf("%v and %v are no possible match", a.ID, b.ID)
	}
	return list[i]
}

// how a match's fields agree, without those that say nothing.
func how(m cdp.PossibleMatch) map[string]string {
	out := map[string]string{}
	for _, f := range m.Fields {
		if f.How != "missing" {
			out[f.Name] = f.How
		}
	}
	return out
}

func TestIdentityStories(t *testing.T) {
	w, _ := loaded(t)
	for _, s := range []struct {
		name string
		tell func(*testing.T, *world)
	}{
		{"two customer numbers, one address", twoNumbers},
		{"twins", twins},
		{"a second card", aSecondCard}, // joins the two; the last one
	} {
		t.Run(s.name, func(t *testing.T) { s.tell(t, w) })
	}
}

func aSecondCard(t *testing.T, w *world) {
	first, second := w.of(t, "7700 1522 5438"), w.of(t, secondCard)
	m := pair(t, w.queue(t), first, second)
	got := how(m)
	if m.Ambiguous || got["name"] != "exact" || got["birth_date"] != "exact" || got["email"] != "near" || got["phone"] != "near" {
		t.Errorf("ambiguous %v, %v", m.Ambiguous, got)
	}
	v, err := w.desk.JudgeMatch(t.Context(), first.ID, second.ID, cdp.MatchSame, "she says that she lost the first card", "")
	if err != nil || v.Profile != first.ID {
		t.Fatalf("%v: %v", v.Profile, err)
	}
	if p := w.of(t, secondCard); p.ID != first.ID || p.RecordCount != first.RecordCount+second.RecordCount {
		t.Errorf("%v with %d records", p.ID, p.RecordCount)
	}
}

func twins(t *testing.T, w *world) {
	merle, mette := w.customer(t, "L14010"), w.customer(t, "L14047")
	other := w.of(t, "merle.harmsen@fernpost-eule.de")
	queue := w.queue(t)
	m := pair(t, queue, merle, mette)
	if got := how(m); !m.Ambiguous || got["name"] != "differs" || got["birth_date"] != "exact" || got["address"] != "exact" {
		t.Errorf("ambiguous %v, %v", m.Ambiguous, got)
	}
	if m := pair(t, queue, merle, other); !m.Ambiguous {
		t.Error("one of the two is wrong, and neither is flagged")
	}
	if _, err := w.desk.JudgeMatch(t.Context(), merle.ID, mette.ID, cdp.MatchDifferent, "twins", ""); err != nil {
		t.Fatal(err)
	}
	queue = w.queue(t)
	if slices.ContainsFunc(queue, func(m cdp.PossibleMatch) bool {
		return m.A == min(merle.ID, mette.ID) && m.B == max(merle.ID, mette.ID)
	}) {
		t.Error("judged, and still in the queue")
	}
	if m := pair(t, queue, merle, other); m.Ambiguous {
		t.Error("still ambiguous, though the rival was judged")
	}
}

func twoNumbers(t *testing.T, w *world) {
	home, abroad := w.customer(t, "L12683"), w.customer(t, "L14084")
	if home.ID == abroad.ID {
		t.Fatal("two customer numbers are one profile")
	}
	p, err := w.desk.Conflicts(t.Context(), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[cdp.Kind]bool{}
	for _, c := range p.Items {
		if !slices.ContainsFunc(c.Sides, func(s cdp.ConflictSide) bool { return s.Profile == home.ID }) {
			t.Errorf("a conflict that is no story: %s of %v", c.Identifier.Kind(), c.Sides)
			continue
		}
		kinds[c.Identifier.Kind()] = true
		if c.State != "conflict" || len(c.Sides) != 3 || !slices.ContainsFunc(c.Sides, func(s cdp.ConflictSide) bool { return s.Profile == abroad.ID }) {
			t.Errorf("%s of %v", c.State, c.Sides)
		}
	}
	// The address; the hashes of it that audience lists carry are the same conflict.
	if !kinds[cdp.KindEmail] || len(kinds) != 1 {
		t.Errorf("in conflict: %v", kinds)
	}
	if m := pair(t, w.queue(t), home, abroad); how(m)["email"] != "exact" {
		t.Errorf("the officer sees %v", how(m))
	}
	if ids, _ := w.carriers(t, gokhan); len(ids) != 3 {
		t.Errorf("%d profiles carry the address; it joins none", len(ids))
	}
}
