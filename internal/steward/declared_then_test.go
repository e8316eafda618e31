package steward

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// breachAsks are breaches that random histories are asked about.
func breachAsks() []cdp.BreachQuestion {
	return []cdp.BreachQuestion{{Source: "shop.orders", To: time.Date(2026, 5, 24, 0, 0, 0, 0, time.UTC)}, {Source: "loyalty", From: time.Date(2026, 5, 22, 0, 0, 0, 0, time.UTC)},
		{Recipient: "adserver"}, {Recipient: "mailer", From: time.Date(2026, 5, 23, 0, 0, 0, 0, time.UTC)}}
}

// breachSeen is the scope of a breach with its persons, in print.
func (b *bench) breachSeen(d *Desk, q cdp.BreachQuestion) string {
	b.t.Helper()
	var persons []string
	out, err := d.BreachScope(b.t.Context(), q, func(p cdp.BreachPerson) error {
		slices.SortFunc(p.Endpoints, func(a, b cdp.Identifier) int { return strings.Compare(a.Reveal(), b.Reveal()) })
		for _, e := range p.Endpoints {
			p.Language += " " + e.Reveal()
		}
		p.Endpoints, p.Record = nil, 0 // the first of its records, in no order that means anything
		persons = append(persons, fmt.Sprintf("%+v", p))
		return nil
	}, nil)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrBreach) { // the window begins later
		return "no such source or recipient"
	}
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(persons)
	out.From = cdp.Standpoint{}
	return fmt.Sprintf("%+v\n%s", out, strings.Join(persons, "\n"))
}

// ropaSeen is the record of processing activities in print.
func (b *bench) ropaSeen(d *Desk) string {
	b.t.Helper()
	out, err := d.Ropa(b.t.Context(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	out.From = cdp.Standpoint{}
	return strings.ReplaceAll(fmt.Sprintf("%+v", out), "{Activity:", "\n{Activity:")
}

// againSeen is who has to be asked again, in print.
func (b *bench) againSeen(d *Desk) string {
	b.t.Helper()
	var lines []string
	sum, err := d.Reconsent(b.t.Context(), "", func(a cdp.Reasking) error {
		lines = append(lines, fmt.Sprint(a.Profile, a.Standing.Endpoint.Reveal(), a.Standing.Purpose, a.Standing.State, a.Reason, a.Detail, a.Notice, a.Earliest))
		return nil
	}, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(lines)
	return fmt.Sprintf("%+v\n%s", sum, strings.Join(lines, "\n"))
}

// TestDeclaredAsKnown: the Art. 30 register, the scope of a breach and who has to
// be asked again, as known at a time, are what was answered then, on random
// histories.
func TestDeclaredAsKnown(t *testing.T) {
	seeds := uint64(10)
	if testing.Short() {
		seeds = 3
	}
	asked := false
	for seed := range seeds {
		s := newShareStory(t, seed)
		s.runs = true
		type moment struct {
			at      time.Time
			answers []string
		}
		look := func(d *Desk) (out []string) {
			for _, q := range breachAsks() {
				out = append(out, s.breachSeen(d, q))
			}
			return append(out, s.ropaSeen(d), s.againSeen(d))
		}
		var past []moment
		for range 24 {
			s.next()
			past = append(past, moment{s.now, look(s.d)})
		}
		for _, i := range s.rnd.Perm(len(past))[:7] {
			was := past[i]
			for k, got := range look(s.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})) {
				if got != was.answers[k] {
					t.Fatalf("seed %d: answer %d as known at %v\n%s\nwas\n%s", seed, k, was.at, got, was.answers[k])
				}
			}
			asked = asked || strings.Contains(was.answers[len(was.answers)-1], "\nP-")
		}
	}
	if !asked {
		t.Fatal("nobody ever had to be asked again: the test shows nothing")
	}
}

// TestBreachAsOf: as of a time the persons are those of then, and the clock stands
// where it stood.
func TestBreachAsOf(t *testing.T) {
	b := newBench(t).register()
	b.now = day(10)
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)), later(shared(subscriber("b", address(2), cdp.ConsentGiven, day(2)), "adserver", "newsletter", day(15), "email"), day(8)))
	b.now = day(25)
	scope := func(at time.Time, q cdp.BreachQuestion) cdp.Breach {
		out, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: at}}).BreachScope(t.Context(), q, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := scope(day(14), cdp.BreachQuestion{Recipient: "adserver"}); got.Persons != 0 || !got.At.Equal(day(14)) || !got.Question.To.Equal(day(14)) {
		t.Errorf("before anything went there: %+v", got)
	}
	aware := cdp.BreachQuestion{Source: "shop.orders", Aware: day(11)}
	if got := scope(day(12), aware); got.Persons != 2 || got.Left != 48*time.Hour {
		t.Errorf("a day after: %d persons, %v left", got.Persons, got.Left)
	}
	if _, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: day(10)}}).BreachScope(t.Context(), aware, nil, nil); err != ErrAware {
		t.Errorf("nobody was aware then: %v", err)
	}
}
