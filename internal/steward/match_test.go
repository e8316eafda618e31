package steward

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// person is a record of somebody, carrying an address of its own.
func person(source, key, name, born string) cdp.Record {
	r := record(source, key, ident(cdp.KindEmail, key+"@schlosshof.de"))
	r.Attributes = []cdp.Attribute{{Name: "full_name", Value: cdp.Value(name), Category: "user.name"}, {Name: "birth_date", Value: cdp.Value(born), Category: "user.name"}}
	return r
}

// queue returns the pairs of the queue, brought up to date.
func (b *bench) queue() []cdp.PossibleMatch {
	b.t.Helper()
	if _, err := b.d.FollowMatches(b.t.Context(), nil); err != nil {
		b.t.Fatal(err)
	}
	page, err := b.d.Matches(b.t.Context(), cdp.MatchFilter{Limit: 200})
	if err != nil {
		b.t.Fatal(err)
	}
	return page.Items
}

func (b *bench) pair(keys ...string) (ids [2]cdp.ProfileID) {
	for i, k := range keys {
		ids[i] = b.profile("shop.orders", k)
	}
	return ids
}

// TestMatchesAreLawful: to compare is to process for linking. What may not be
// linked is not compared, and nothing is across controllers.
func TestMatchesAreLawful(t *testing.T) {
	for _, other := range []struct {
		name  string
		other cdp.Record
		found bool
	}{
		{"of the same controller, by contract", person("shop.orders", "o2", "Erika Brandt", "1984-03-02"), true},
		{"linking consented", said(person("store.pos", "o2", "Erika Brandt", "1984-03-02"), "profile", cdp.ConsentGiven, day(2)), true},
		{"linking not asked", person("store.pos", "o2", "Erika Brandt", "1984-03-02"), false},
		{"linking refused", said(person("store.pos", "o2", "Erika Brandt", "1984-03-02"), "profile", cdp.ConsentRefused, day(2)), false},
		{"never linked", said(person("newsletter", "o2", "Erika Brandt", "1984-03-02"), "newsletter", cdp.ConsentGiven, day(2)), false},
		{"of another controller", person("markt.orders", "o2", "Erika Brandt", "1984-03-02"), false},
		{"without any basis", person("unknown", "o2", "Erika Brandt", "1984-03-02"), false},
	} {
		t.Run(other.name, func(t *testing.T) {
			b := newBench(t).register()
			b.admit(person("shop.orders", "o1", "Erika Brandt", "1984-03-02"), other.other)
			if got := len(b.queue()) == 1; got != other.found {
				t.Errorf("found %v, want %v", got, other.found)
			}
			b.check()
		})
	}
}

// TestMatchFollowsConsent: when linking is no longer allowed, the pair is gone
// from the queue; when it is again, it is back.
func TestMatchFollowsConsent(t *testing.T) {
	b := newBench(t).register()
	card := said(person("store.pos", "c1", "Erika Brandt", "1984-03-02"), "profile", cdp.ConsentGiven, day(2))
	b.admit(person("shop.orders", "o1", "Erika Brandt", "1984-03-02"), card)
	if len(b.queue()) != 1 {
		t.Fatal("not found with consent")
	}
	card.At = day(4)
	b.admit(said(card, "profile", cdp.ConsentWithdrawn, day(3)))
	if len(b.queue()) != 0 {
		t.Fatal("still found after the consent was withdrawn")
	}
	card.At = day(6)
	b.admit(said(card, "profile", cdp.ConsentGiven, day(5)))
	if len(b.queue()) != 1 {
		t.Fatal("not found with a new consent")
	}
}

// TestNobodysValues: blocked values and those that many share make no pair.
func TestNobodysValues(t *testing.T) {
	b := newBench(t).register()
	for i, name := range []string{"Erika Brandt", "Jens Olsen"} {
		r := person("shop.orders", fmt.Sprint("o", i), name, "")
		r.Attributes = r.Attributes[:1]
		r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindPhone, "+49301111111"), Strength: cdp.LinkStrong, Blocked: "placeholder.digits"},
			cdp.Claim{Identifier: ident(cdp.KindEmail, "info@lindenhof.de"), Strength: cdp.LinkStrong, Generic: "email.role"})
		b.admit(r)
	}
	if q := b.queue(); len(q) != 0 {
		t.Fatalf("found by nobody's values: %+v", q)
	}
	ids := b.pair("o0", "o1")
	m, err := b.d.Match(t.Context(), ids[0], ids[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Fields {
		if f.Name == "phone" && f.How != "missing" || f.Points > 0.5 {
			t.Errorf("%s says %s, %g points", f.Name, f.How, f.Points)
		}
	}
}

// TestSameHolds: one verdict makes one profile of two, with the oldest id; it
// survives a new delivery and all being made anew, and can be undone, and the
// log of both names it.
func TestSameHolds(t *testing.T) {
	b := newBench(t).register()
	b.admit(person("shop.orders", "o1", "Erika Brandt", "1984-03-02"), person("shop.orders", "o2", "Erika Brandt", "1984-03-02"))
	ids := b.pair("o1", "o2")
	if _, err := b.d.JudgeMatch(t.Context(), ids[1], ids[0], cdp.MatchSame, " ", ""); !errors.Is(err, ErrReason) {
		t.Fatalf("without a reason: %v", err)
	}
	if _, err := b.s.As(Actor{Name: "auditor", ReadOnly: true}).JudgeMatch(t.Context(), ids[1], ids[0], cdp.MatchSame, "passport", ""); !errors.Is(err, ErrReadOnly) {
		t.Fatalf("at a desk that only reads: %v", err)
	}
	v, err := b.d.JudgeMatch(t.Context(), ids[1], ids[0], cdp.MatchSame, "passport shown", "")
	if err != nil || v.Profile != ids[0] || v.Decision == 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	newer := person("shop.orders", "o2", "Erika Brandt", "1984-03-02")
	newer.At = day(20)
	newer.Claims[0].Identifier = ident(cdp.KindEmail, "brandt@lindenhof.de")
	b.admit(newer)
	if got := b.pair("o1", "o2"); got != [2]cdp.ProfileID{ids[0], ids[0]} {
		t.Fatalf("after a new delivery they are %v", got)
	}
	if q := b.queue(); len(q) != 0 {
		t.Fatalf("still in the queue: %+v", q)
	}
	for _, id := range ids {
		entries, err := b.d.Log(t.Context(), profileRef(id), 0, 100)
		if err != nil || !slices.ContainsFunc(entries, func(e cdp.Entry) bool { return e.Reason == "passport shown" }) {
			t.Errorf("the log of %v does not tell why: %v", id, err)
		}
	}
	if _, err := b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchSame, "again", ""); !errors.Is(err, ErrOneProfile) {
		t.Errorf("judged again: %v", err)
	}
	if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{v.Decision}, "the passport was another's", ""); err != nil {
		t.Fatal(err)
	}
	if got := b.pair("o1", "o2"); got != ids {
		t.Fatalf("after undo they are %v, want %v", got, ids)
	}
	if len(b.queue()) != 1 {
		t.Error("not in the queue again")
	}
	b.check()
}

// TestJudgedAsPreviewed: with the digest of a preview a verdict does what was
// shown, row by row, or nothing.
func TestJudgedAsPreviewed(t *testing.T) {
	b := newBench(t).register()
	b.admit(person("shop.orders", "o1", "Erika Brandt", "1984-03-02"), person("shop.orders", "o2", "Erika Brandt", "1984-03-02"))
	ids := b.pair("o1", "o2")
	dec, err := b.d.PlanMatch(t.Context(), ids[1], ids[0], cdp.MatchSame)
	if err != nil || len(dec.Rows) != 2 {
		t.Fatalf("%+v, %v", dec, err)
	}
	would, err := b.d.Preview(t.Context(), []cdp.Decision{dec})
	if err != nil || would.Counts.Vanish != 1 {
		t.Fatalf("%+v, %v", would, err)
	}

	// Another verdict, and the same one after the data changed: neither was shown.
	var stale *StaleError
	if _, err := b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchDifferent, "cousins", would.Digest); !errors.As(err, &stale) {
		t.Fatalf("a verdict that was not previewed: %v", err)
	}
	third := person("shop.orders", "o3", "Erika Brandt", "1984-03-02")
	third.Claims[0].Identifier = ident(cdp.KindEmail, "o2@schlosshof.de")
	b.admit(third)
	v, err := b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchSame, "passport shown", would.Digest)
	if !errors.As(err, &stale) || v.Decision != 0 || stale.Was != would.Digest {
		t.Fatalf("%+v, %v", v, err)
	}
	if got := b.pair("o1", "o2"); got != ids {
		t.Fatalf("refused, and they are %v", got)
	}

	if dec, err = b.d.PlanMatch(t.Context(), ids[0], ids[1], cdp.MatchSame); err != nil {
		t.Fatal(err)
	}
	if would, err = b.d.Preview(t.Context(), []cdp.Decision{dec}); err != nil {
		t.Fatal(err)
	}
	if v, err = b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchSame, "passport shown", would.Digest); err != nil || v.Profile != ids[0] {
		t.Fatalf("%+v, %v", v, err)
	}
	made, err := b.d.Decision(t.Context(), v.Decision)
	if err != nil || !slices.Equal(made.Rows, dec.Rows) {
		t.Errorf("decided on %v, previewed on %v: %v", made.Rows, dec.Rows, err)
	}
	b.check()
}

// TestDifferentHolds: a pair called different is not asked of again, whatever
// is delivered; what joined them since is refused.
func TestDifferentHolds(t *testing.T) {
	b := newBench(t).register()
	b.admit(person("shop.orders", "o1", "Erika Brandt", "1984-03-02"), person("shop.orders", "o2", "Erika Brandt", "1984-03-02"))
	ids := b.pair("o1", "o2")
	v, err := b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchDifferent, "cousins", "")
	if err != nil || v.Decision == 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	var already *VerdictError
	if _, err := b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchUnsure, "or not", ""); !errors.As(err, &already) {
		t.Errorf("judged again: %v", err)
	}
	newer := person("shop.orders", "o2", "Erika Brandt", "1984-03-02")
	newer.At = day(20)
	newer.Claims[0].Identifier = ident(cdp.KindEmail, "o1@schlosshof.de") // that of the other
	b.admit(newer)
	if got := b.pair("o1", "o2"); got != ids {
		t.Fatalf("they are %v, want %v", got, ids)
	}
	if q := b.queue(); len(q) != 0 {
		t.Fatalf("asked of again: %+v", q)
	}
	m, err := b.d.Match(t.Context(), ids[0], ids[1])
	if err != nil || m.InQueue || len(m.Decided) != 1 || m.Decided[0] != v.Decision {
		t.Errorf("%+v, %v", m, err)
	}
	b.check()
}

// TestUnsureHolds: nobody could tell: shown last, with who and why, until the
// evidence is another; also when all is made anew.
func TestUnsureHolds(t *testing.T) {
	b := newBench(t).register()
	older := person("shop.orders", "o1", "Erika Brandt", "1984-03-02")
	older.Claims[0].Identifier = ident(cdp.KindEmail, "erika.brandt@schlosshof.de")
	b.admit(older, person("shop.orders", "o2", "Erika Brandt", "1984-03-02"),
		person("shop.orders", "o3", "Anton Weber", "1971-01-17"), person("shop.orders", "o4", "Anton Weber", "1971-01-17"))
	ids := b.pair("o1", "o2")
	first := b.queue()
	if len(first) != 2 || first[0].A != ids[0] {
		t.Fatalf("%+v", first)
	}
	if _, err := b.d.JudgeMatch(t.Context(), ids[0], ids[1], cdp.MatchUnsure, "twins?", ""); err != nil {
		t.Fatal(err)
	}
	for _, anew := range []bool{false, true} {
		if anew {
			if err := b.d.RemakeMatches(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := b.d.Matches(t.Context(), cdp.MatchFilter{}); !errors.Is(err, ErrNotMade) {
				t.Fatalf("listed while they are not made: %v", err)
			}
		}
		q := b.queue()
		if len(q) != 2 || q[1].A != ids[0] || q[1].Unsure == nil || q[1].Unsure.Reason != "twins?" || q[1].Unsure.By != "officer" || !q[1].Unsure.At.Equal(b.now) {
			t.Fatalf("made anew %v: %+v", anew, q)
		}
	}
	if c, err := b.d.MatchCounts(t.Context()); err != nil || c.Open != 1 || c.Unsure != 1 || c.Behind != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	newer := person("shop.orders", "o2", "Erika Brandt", "1984-03-02")
	newer.At = day(20)
	newer.Claims = append(newer.Claims, cdp.Claim{Identifier: ident(cdp.KindEmail, "erika.brandt@schlosshof.org"), Strength: cdp.LinkStrong})
	b.admit(newer)
	if q := b.queue(); len(q) != 2 || q[0].A != ids[0] || q[0].Unsure != nil {
		t.Fatalf("with more evidence: %+v", q)
	}
}

// TestMatchesKeepNoValue: what is kept of possible matches names nobody.
func TestMatchesKeepNoValue(t *testing.T) {
	b := newBench(t).register()
	before := dump(t, b.store)
	b.admit(person("shop.orders", "o1", "Erika Brandt", "1984-03-02"), person("shop.orders", "o2", "Erika Brandt", "1984-03-02"))
	if len(b.queue()) != 1 {
		t.Fatal("nothing is kept")
	}
	kept := 0
	for k, v := range dump(t, b.store) {
		if _, ok := before[k]; ok || !strings.ContainsAny(k[:1], "ubMQU") {
			continue
		}
		kept++
		for _, s := range []string{"rika", "brandt", "Brandt", "1984", "840", "schlosshof", "o1@", "ERK"} {
			if strings.Contains(k, s) || strings.Contains(v, s) {
				t.Errorf("a row under %q holds %q", k[:1], s)
			}
		}
	}
	if kept < 5 {
		t.Errorf("%d rows were looked at", kept)
	}
}
