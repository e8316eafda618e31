package steward

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	lists "cdp-tui/internal/ident"
)

// A snapshot is who was who when it was taken.
type snapshot struct {
	at       time.Time
	profiles map[cdp.ProfileID][]cdp.RecordID
}

type snapshots []snapshot

// take remembers the profiles of a bench; of one moment the last state counts.
func (s *snapshots) take(b *bench) {
	b.t.Helper()
	now := snapshot{b.now, make(map[cdp.ProfileID][]cdp.RecordID)}
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		for p, err := range tx.Profiles(0) {
			if err != nil {
				return err
			}
			for _, r := range p.Records {
				now.profiles[p.ID] = append(now.profiles[p.ID], r.ID)
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if n := len(*s); n > 0 && (*s)[n-1].at.Equal(b.now) {
		(*s)[n-1] = now
		return
	}
	*s = append(*s, now)
}

// compare asks for what was known at each of some moments, and holds it against
// what was seen then.
func (s snapshots) compare(b *bench, name string, rnd *rand.Rand, moments int) {
	b.t.Helper()
	for _, i := range rnd.Perm(len(s))[:min(moments, len(s))] {
		was := s[i]
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
		for id, want := range was.profiles {
			if b.dropped(want) {
				continue // what was there is gone by law
			}
			p, err := d.Profile(b.t.Context(), id)
			if err != nil {
				b.t.Fatalf("%s: %v as known at %v: %v", name, id, was.at, err)
			}
			var got []cdp.RecordID
			for _, m := range p.Records {
				got = append(got, m.Record)
			}
			slices.Sort(got)
			slices.Sort(want)
			if p.ID != id || !slices.Equal(got, want) {
				b.t.Fatalf("%s: %v as known at %v is %v with %v, was %v", name, id, was.at, p.ID, got, want)
			}
		}
		was.compareAll(b, name, d)
	}
}

// compareAll asks for all profiles at once.
func (was *snapshot) compareAll(b *bench, name string, d *Desk) {
	b.t.Helper()
	all, gone := everyoneThen(b, d), make(map[cdp.RecordID]bool)
	for id, want := range was.profiles {
		if b.dropped(want) {
			for _, r := range want {
				gone[r] = true
			}
			continue
		}
		slices.Sort(want)
		if !slices.Equal(all[id], want) {
			b.t.Fatalf("%s: of all as known at %v, %v has %v, had %v", name, was.at, id, all[id], want)
		}
	}
	for id, got := range all {
		if was.profiles[id] == nil && !slices.ContainsFunc(got, func(r cdp.RecordID) bool { return gone[r] }) {
			b.t.Fatalf("%s: of all as known at %v there is %v with %v, there was not", name, was.at, id, got)
		}
	}
}

// everyoneThen are the records of all profiles as a desk sees them.
func everyoneThen(b *bench, d *Desk) map[cdp.ProfileID][]cdp.RecordID {
	b.t.Helper()
	out := make(map[cdp.ProfileID][]cdp.RecordID)
	none := cdp.ProfileID(1 << 40) // of those without an id
	_, err := d.stream(b.t.Context(), 0, func(_ *graph.Tx, p *graph.Profile) (bool, error) {
		id := p.ID
		if id == 0 {
			none++
			id = none
		}
		if len(p.Records) != p.Size || out[id] != nil {
			b.t.Fatalf("%v comes twice, or has %d of %d records", id, len(p.Records), p.Size)
		}
		for _, r := range p.Records {
			out[id] = append(out[id], r.ID)
		}
		return false, nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// dropped reports whether the content of a record was dropped since.
func (b *bench) dropped(ids []cdp.RecordID) (gone bool) {
	b.t.Helper()
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		for _, id := range ids {
			rec, err := tx.Head(id)
			if err != nil {
				return err
			}
			gone = gone || !rec.Dropped.IsZero()
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return gone
}

// asOf asks for profiles as of moments past by all that is known now, and holds
// them against a naive evaluation of all facts.
func asOf(b *bench, f *facts, rnd *rand.Rand, name string) {
	b.t.Helper()
	rows := make(map[cdp.RecordID]string)
	var ids []cdp.ProfileID
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		for p, err := range tx.Profiles(0) {
			if err != nil {
				return err
			}
			ids = append(ids, p.ID)
		}
		all, err := tx.CurrentAfter(0, 1<<20)
		for _, id := range all {
			rec, err := tx.Head(id)
			if err != nil {
				return err
			}
			rows[id] = string(rec.Source) + "/" + rec.Key
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	for range 2 {
		at := b.now.Add(-time.Duration(rnd.IntN(600)) * time.Hour)
		want := strings.Split(f.partition(at), "\n")
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: at}})
		var all []string
		for _, records := range everyoneThen(b, d) {
			var line []string
			for _, r := range records {
				line = append(line, rows[r])
			}
			slices.Sort(line)
			all = append(all, strings.Join(line, " "))
		}
		if slices.Sort(all); !slices.Equal(all, slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(want), func(l string) bool { return l == "" })))) {
			b.t.Fatalf("%s: all as of %v:\n%s\nby all facts:\n%s", name, at, strings.Join(all, "\n"), strings.Join(want, "\n"))
		}
		for _, id := range ids {
			p, err := d.Profile(b.t.Context(), id)
			if err != nil {
				continue // its anchor was in no profile then
			}
			var got []string
			for _, m := range p.Records {
				got = append(got, rows[m.Record])
			}
			slices.Sort(got)
			if line := strings.Join(got, " "); !slices.Contains(want, line) {
				b.t.Fatalf("%s: %v as of %v is %q, by all facts:\n%s", name, id, at, line, strings.Join(want, "\n"))
			}
		}
	}
}

// TestDecisionsAsKnown: a decision holds from when it was made until it was
// taken back, whoever looks later.
func TestDecisionsAsKnown(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", ident(cdp.KindEmail, "other@example.net")))
	one, two := b.profile("shop.orders", "o1"), b.profile("shop.orders", "o2")
	var seen snapshots
	seen.take(b)
	b.now = b.now.Add(24 * time.Hour)
	made, _, err := b.d.Decide(t.Context(), []cdp.Decision{{Verb: cdp.DecideSame, Reason: "called", Rows: []cdp.DecidedRow{
		{Row: cdp.Row{Source: "shop.orders", Key: "o1"}}, {Row: cdp.Row{Source: "shop.orders", Key: "o2"}}}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	seen.take(b)
	b.now = b.now.Add(24 * time.Hour)
	if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made[0].ID}, "she did not", ""); err != nil {
		t.Fatal(err)
	}
	seen.take(b)
	if len(seen[0].profiles) != 2 || len(seen[1].profiles) != 1 || len(seen[2].profiles) != 2 {
		t.Fatalf("not joined and parted: %v", seen)
	}
	seen.compare(b, "decided", rand.New(rand.NewPCG(1, 1)), len(seen))
	p, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: seen[1].at}}).Profile(t.Context(), two)
	if err != nil || p.ID != one || p.Asked != two {
		t.Errorf("the alias then: %v for %v, %v; want %v", p.ID, p.Asked, err, one)
	}
}

// TestEveryDecisionAsKnown: each sort of decision holds from when it was made
// until it was taken back, for one profile and for all of them.
func TestEveryDecisionAsKnown(t *testing.T) {
	b := newBench(t).register()
	phone := ident(cdp.KindPhone, "+4915100000009")
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail), record("shop.orders", "o3", mail, phone), record("shop.orders", "o4", phone))
	row := func(key string, group int) cdp.DecidedRow {
		return cdp.DecidedRow{Row: cdp.Row{Source: "shop.orders", Key: key}, Group: group}
	}
	var seen snapshots
	later := func() { b.now = b.now.Add(24 * time.Hour) }
	for _, d := range []cdp.Decision{
		{Verb: cdp.DecideSuppress, Identifier: mail},
		{Verb: cdp.DecideCut, Identifier: phone, Rows: []cdp.DecidedRow{row("o3", 0)}},
		{Verb: cdp.DecideDifferent, Rows: []cdp.DecidedRow{row("o1", 0), row("o2", 1)}},
		{Verb: cdp.DecideLock, Rows: []cdp.DecidedRow{row("o1", 0), row("o2", 0)}},
	} {
		d.Reason = "called"
		seen.take(b)
		later()
		made, _, err := b.d.Decide(t.Context(), []cdp.Decision{d}, "")
		if err != nil {
			t.Fatalf("%s: %v", d.Verb, err)
		}
		seen.take(b)
		later()
		b.admit(record("shop.orders", "after "+d.Verb, phone))
		seen.take(b)
		later()
		if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made[0].ID}, "she did not", ""); err != nil {
			t.Fatalf("%s: %v", d.Verb, err)
		}
	}
	seen.take(b)
	for i, n := range []int{1, 3, 3, 1, 2, 2, 1, 3, 3, 1} { // before, decided, with one more; who goes with neither of two is apart
		if i < len(seen) && len(seen[i].profiles) != n {
			t.Errorf("at %d there were %d profiles, want %d", i, len(seen[i].profiles), n)
		}
	}
	seen.compare(b, "decided", rand.New(rand.NewPCG(1, 1)), len(seen))
}

// TestDeskThroughLensOnlyLooks: nothing is changed from another standpoint, and
// what is revealed or exported there is logged all the same.
func TestDeskThroughLensOnlyLooks(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail))
	d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: b.now.Add(-time.Hour)}})
	if _, err := b.tryAdmit(d, record("shop.orders", "o2", mail)); err != ErrPast {
		t.Errorf("admit: error is %v, want ErrPast", err)
	}
	if _, _, err := d.Decide(t.Context(), []cdp.Decision{{Verb: cdp.DecideSuppress, Identifier: mail, Reason: "shared"}}, ""); err != ErrPast {
		t.Errorf("decide: error is %v, want ErrPast", err)
	}
	if _, err := d.Activate(t.Context(), "r", secondRegister(t), nil); err != ErrPast {
		t.Errorf("activate: error is %v, want ErrPast", err)
	}
	if err := d.Reveal(t.Context(), cdp.Ref{Kind: "profile", ID: "P-0000001"}, []string{"email"}, "a request"); err != nil {
		t.Errorf("reveal: %v", err)
	}
}

// TestListsAsKnown: who was one with whom is by the lists of placeholders in
// force then, whatever they are now.
func TestListsAsKnown(t *testing.T) {
	b := newBench(t).register()
	r := newReader(t)
	for i, mail := range []string{"anna@haus-weiden.de", "anna@haus-weiden.de", "test@haus-weiden.de", "test@haus-weiden.de"} {
		rec := record("shop.orders", fmt.Sprint("o", i))
		rec.Claims = []cdp.Claim{r.claim(cdp.KindEmail, mail)}
		b.admit(rec)
	}
	var seen snapshots
	seen.take(b)
	b.now = b.now.Add(24 * time.Hour)
	text := strings.NewReplacer("email_locals:\n  - test\n", "email_locals:\n  - anna\n").Replace(string(lists.DefaultLists()))
	if _, err := b.d.ActivateLists(t.Context(), []byte(text), "", "test", nil); err != nil {
		t.Fatal(err)
	}
	seen.take(b)
	b.now = b.now.Add(24 * time.Hour)
	if _, err := b.d.ActivateLists(t.Context(), lists.DefaultLists(), "", "test", nil); err != nil {
		t.Fatal(err)
	}
	seen.take(b)
	if len(seen[0].profiles) != 3 || len(seen[1].profiles) != 3 || fmt.Sprint(seen[0].profiles) == fmt.Sprint(seen[1].profiles) {
		t.Fatalf("the lists changed nothing: %v", seen)
	}
	seen.compare(b, "lists", rand.New(rand.NewPCG(1, 1)), len(seen))
}

// TestLogSaysWhen: what was seen of another time stands in the log as such.
func TestLogSaysWhen(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail))
	id := b.profile("shop.orders", "o1")
	d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(27), Known: b.now}, Purpose: "orders"})
	if _, err := d.Profile(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.d.Profile(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	entries, err := b.d.Log(t.Context(), profileRef(id), 0, 2)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%+v, %v", entries, err)
	}
	want := "as of 2026-02-27T12:00:00Z, as known at 2026-03-01T09:00:00Z, for orders"
	then, now := entries[1].Detail, entries[0].Detail
	if !strings.Contains(then, want) || strings.Contains(now, "as of") {
		t.Errorf("then %q, now %q", then, now)
	}
}

// TestManyRowsThen: a customer of many rows, all with one address, was one person
// then as well.
func TestManyRowsThen(t *testing.T) {
	b := newBench(t).register()
	var recs []cdp.Record
	for i := range 230 {
		recs = append(recs, record("shop.orders", fmt.Sprint("o", i), mail))
	}
	if _, err := b.tryAdmit(b.d, recs...); err != nil {
		t.Fatal(err)
	}
	then := b.now
	b.now = b.now.Add(time.Hour)
	b.admit(record("shop.orders", "later", mail))
	d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: then}})
	p, err := d.Profile(t.Context(), b.profile("shop.orders", "o0"))
	if err != nil || p.RecordCount != 230 {
		t.Fatalf("%d records: %v", p.RecordCount, err)
	}
	path, err := d.Why(t.Context(), "R-1", "R-230")
	if err != nil || !path.Found {
		t.Errorf("%+v, %v", path, err)
	}
	found, err := d.Find(t.Context(), "email:"+mail.Reveal())
	if err != nil || len(found) != 1 || found[0].Profile != p.ID {
		t.Errorf("%d found, %v", len(found), err)
	}
}
