package graph

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

func stated(channel cdp.Channel, wish cdp.Wish, hours int) cdp.Preference {
	return cdp.Preference{Endpoint: ident(cdp.KindEmail, "ana"), Controller: "A", Channel: channel, Topic: "garden", Wish: wish, Frequency: "P1W",
		Quiet: cdp.Quiet{From: 21 * 60, To: 7 * 60, Zone: "Europe/Bucharest"}, Language: "ro", At: day.AddDate(0, 0, hours), Method: "call",
		Proof: "call 17", By: "dpo@1000", Source: "centre"}
}

// TestPreferences: what is stated is read back as it was, once however often it
// is delivered, by its endpoint and its controller alone.
func TestPreferences(t *testing.T) {
	g := newStore(t)
	a, b := stated("sms", cdp.Unwanted, 1), stated("", cdp.Wanted, 2)
	other := stated("sms", cdp.Unwanted, 1)
	other.Controller = "B"
	add := func(want int, all ...cdp.Preference) {
		t.Helper()
		err := g.Update(t.Context(), day, func(tx *Tx) error {
			touched, err := tx.AddPreferences(all)
			if len(touched) != want {
				t.Errorf("%d endpoints touched, want %d", len(touched), want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add(1, a)
	add(0, a)
	add(1, a, b, other)
	err := g.View(t.Context(), func(tx *Tx) error {
		got, err := tx.PreferencesAt([]cdp.Identifier{a.Endpoint, ident(cdp.KindPhone, "ana")}, "A")
		a.Recorded, b.Recorded = day, day
		if !slices.Equal(got, []cdp.Preference{a, b}) {
			t.Errorf("got %+v", got)
		}
		if got, _ := tx.PreferencesAt([]cdp.Identifier{a.Endpoint}, "C"); got != nil {
			t.Errorf("another controller sees %+v", got)
		}
		report, e := tx.Check(t.Context(), nil)
		if len(report.Problems) > 0 {
			t.Errorf("check: %+v", report.Problems)
		}
		return errors.Join(err, e)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPreferencesAreBounded: an endpoint with more statements than a value
// holds is refused, and nothing of them is written.
func TestPreferencesAreBounded(t *testing.T) {
	g := newStore(t)
	many := make([]cdp.Preference, maxEvents+1)
	for i := range many {
		many[i] = stated("sms", cdp.Unwanted, i)
	}
	long := stated("sms", cdp.Unwanted, 0)
	long.Proof = cdp.Value(strings.Repeat("x", kv.MaxValue))
	for _, all := range [][]cdp.Preference{many, {long}} {
		err := g.Update(t.Context(), day, func(tx *Tx) error { _, err := tx.AddPreferences(all); return err })
		if !errors.Is(err, ErrTooManyEvents) {
			t.Errorf("%d statements: %v", len(all), err)
		}
	}
	l, err := g.NewLoad(t.Context(), t.TempDir(), day)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if news, err := l.Add(&cdp.Record{Source: "s", Key: "k", Preferences: []cdp.Preference{long}}, "A"); err != nil || !errors.Is(news.Unfit, ErrTooManyEvents) {
		t.Errorf("a load takes it: %v, %v", news.Unfit, err)
	}
}

// TestRoomForNo: an endpoint at which as much was said as is kept still takes a
// no.
func TestRoomForNo(t *testing.T) {
	g := newStore(t)
	endpoint := stated("sms", cdp.Wanted, 0).Endpoint
	say := func(state cdp.ConsentState, wish cdp.Wish, n int) (consent, preference error) {
		update := func(f func(tx *Tx) error) error { return g.Update(t.Context(), day, f) }
		consent = update(func(tx *Tx) error {
			_, err := tx.AddConsents([]cdp.Consent{{Endpoint: endpoint, Controller: "A", Purpose: "letter", State: state, At: day.AddDate(0, 0, n), Proof: cdp.Value(strings.Repeat("x", n%7*20))}})
			return err
		})
		preference = update(func(tx *Tx) error {
			p := stated("sms", wish, n)
			p.Proof = cdp.Value(strings.Repeat("x", n%7*20))
			_, err := tx.AddPreferences([]cdp.Preference{p})
			return err
		})
		return consent, preference
	}
	for n := range maxEvents {
		consent, preference := say(cdp.ConsentGiven, cdp.Wanted, n)
		if consent == nil || preference == nil {
			continue
		}
		if !errors.Is(consent, ErrTooManyEvents) || !errors.Is(preference, ErrTooManyEvents) {
			t.Fatalf("yes number %d: %v, %v", n, consent, preference)
		}
	}
	if consent, preference := say(cdp.ConsentWithdrawn, cdp.Unwanted, maxEvents); consent != nil || preference != nil {
		t.Errorf("the no is refused: %v, %v", consent, preference)
	}
	if consent, preference := say(cdp.ConsentGiven, cdp.Wanted, maxEvents+1); consent == nil || preference == nil {
		t.Error("a yes after it takes what is kept for a no")
	}
}

// TestCheckOfPreferences: each thing that can be wrong with the rows is found.
func TestCheckOfPreferences(t *testing.T) {
	one := stated("sms", cdp.Unwanted, 1)
	row := func(tx *Tx, key []byte, all ...cdp.Preference) error {
		w := tx.writer()
		headPreferences(w, &one)
		w.Uint(uint64(len(all)))
		for i := range all {
			encodePreference(w, &all[i])
		}
		return tx.set(key, w.B)
	}
	key := layout.KeyPreferences(one.Endpoint, "A")
	lost := one
	lost.Record = 9
	for code, spoil := range map[string]func(tx *Tx) error{
		"preference.key":    func(tx *Tx) error { return row(tx, layout.KeyPreferences(one.Endpoint, "Z"), one) },
		"preference.twice":  func(tx *Tx) error { return row(tx, key, one, one) },
		"preference.record": func(tx *Tx) error { return row(tx, key, lost) },
		"preference.empty":  func(tx *Tx) error { return row(tx, key) },
		"count":             func(tx *Tx) error { return tx.delete(key) },
	} {
		g := newStore(t)
		err := g.Update(t.Context(), day, func(tx *Tx) error { _, err := tx.AddPreferences([]cdp.Preference{one}); return err })
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Update(t.Context(), day, spoil); err != nil {
			t.Fatal(err)
		}
		err = g.View(t.Context(), func(tx *Tx) error {
			report, err := tx.Check(t.Context(), nil)
			if !slices.ContainsFunc(report.Problems, func(p cdp.Problem) bool { return p.Code == code }) {
				t.Errorf("%s is not found: %+v", code, report.Problems)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestOlderLayoutIsRaised: a store of the layout before is read as it is; the
// first thing that is written makes it one that an older program refuses, also
// by a first load.
func TestOlderLayoutIsRaised(t *testing.T) {
	s := memkv.New()
	older := func() {
		t.Helper()
		err := s.Update(t.Context(), func(tx kv.Tx) error {
			return layout.WriteMeta(tx.Set, layout.Meta{Version: layout.Oldest, Created: day})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	version := func() (v uint64) {
		t.Helper()
		err := s.View(t.Context(), func(r kv.Reader) error {
			m, err := layout.ReadMeta(r)
			v = m.Version
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	older()
	g, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.View(t.Context(), func(tx *Tx) error { _, err := tx.Stats(); return err }); err != nil || version() != layout.Oldest {
		t.Fatalf("reading: %v, layout %d", err, version())
	}
	l, err := g.NewLoad(t.Context(), t.TempDir(), day)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	m, err := layout.ReadMeta(l.tx.r)
	if err != nil || m.Version != layout.Version {
		t.Errorf("a load writes layout %d, %v", m.Version, err)
	}
	for i := range 2 {
		err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.SaveSearch(cdp.SavedSearch{Name: strconv.Itoa(i)}) })
		if err != nil || version() != layout.Version {
			t.Fatalf("after writing: %v, layout %d", err, version())
		}
	}
}
