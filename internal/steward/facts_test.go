package steward

import (
	"errors"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// TestFactsOfStandpoint: what was learnt later is not known before, and a
// register counts from when it was activated.
func TestFactsOfStandpoint(t *testing.T) {
	b := newBench(t)
	start := b.now
	b.admit(record("newsletter", "n1", mail)) // before there is a register
	b.now = start.Add(24 * time.Hour)
	b.register()
	b.now = start.Add(48 * time.Hour)
	news := said(record("newsletter", "n1", mail), "newsletter", cdp.ConsentGiven, start.Add(time.Hour))
	news.At = news.At.AddDate(0, 0, 1)
	news.Consents[0].Method = "written"
	b.admit(news)
	b.now = start.Add(72 * time.Hour)
	late := said(record("newsletter", "n1", mail), "newsletter", cdp.ConsentWithdrawn, start.Add(2*time.Hour))
	late.At = late.At.AddDate(0, 0, -1) // an older row that comes late, with news
	b.admit(late)
	b.now = start.Add(96 * time.Hour)

	ask := func(from cdp.Standpoint) (f *bearing, err error) {
		err = b.s.g.View(t.Context(), func(tx *graph.Tx) error {
			id, _, err := tx.Row("newsletter", "n1")
			if err != nil {
				return err
			}
			rec, err := tx.Record(id)
			if err != nil {
				return err
			}
			f, err = b.s.factsOf(tx, rec, from)
			return err
		})
		return f, err
	}
	for _, c := range []struct {
		name     string
		from     cdp.Standpoint
		record   cdp.RecordID
		events   int
		register bool
		outcome  cdp.Outcome
	}{
		{"before the register", cdp.Standpoint{Known: start.Add(time.Hour)}, 1, 0, false, cdp.Quarantined},
		{"with the register", cdp.Standpoint{Known: start.Add(25 * time.Hour)}, 1, 0, true, cdp.Quarantined},
		{"with the consent", cdp.Standpoint{Known: start.Add(49 * time.Hour)}, 2, 1, true, cdp.HeldApart},
		{"as of a day before the consent", cdp.Standpoint{At: start, Known: start.Add(49 * time.Hour)}, 2, 1, true, cdp.Quarantined},
		{"with the withdrawal", cdp.Standpoint{Known: start.Add(73 * time.Hour)}, 2, 2, true, cdp.Quarantined},
		{"as of before the withdrawal, as known now", cdp.Standpoint{At: start.Add(90 * time.Minute)}, 2, 2, true, cdp.HeldApart},
		{"now", cdp.Standpoint{}, 2, 2, true, cdp.Quarantined},
	} {
		f, err := ask(c.from)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if f.rec.ID != c.record || len(f.events) != c.events || (f.reg != nil) != c.register || f.ruling().Outcome != c.outcome {
			t.Errorf("%s: record %v, %d events, register %v, %v; want %v, %d, %v, %v", c.name, f.rec.ID, len(f.events), f.reg != nil,
				f.ruling().Outcome, c.record, c.events, c.register, c.outcome)
		}
	}
	if _, err := ask(cdp.Standpoint{Known: start.Add(-time.Hour)}); !errors.Is(err, errUnknownThen) {
		t.Errorf("before anything: error is %v, want errUnknownThen", err)
	}
}

// TestRecordThen: a record is judged as itself, in the version that is asked for,
// and is not there before it was delivered.
func TestRecordThen(t *testing.T) {
	b := newBench(t).register()
	first := record("shop.orders", "o1", mail)
	b.admit(first)
	before := b.now
	b.now = b.now.Add(24 * time.Hour)
	second := later(record("shop.orders", "o1", ident(cdp.KindPhone, "+4930123456"), mail), day(20))
	second.Claims[0].Blocked = "placeholder.test"
	b.admit(second)
	var versions []cdp.RecordID
	if now, err := b.d.Record(t.Context(), 2); err != nil || len(now.Ruling.Claims) != 2 || len(now.Others) != 1 {
		t.Fatalf("now: %+v, %v", now, err)
	} else {
		versions = append(now.Others, now.Record.ID)
	}
	then := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: before}})
	was, err := then.Record(t.Context(), versions[0])
	if err != nil || len(was.Ruling.Claims) != 1 || !was.Record.Claims[0].Verdict.Allow || len(was.Others) != 0 {
		t.Errorf("the first as known then: %+v, %v", was, err)
	}
	if _, err := then.Record(t.Context(), versions[1]); !errors.Is(err, ErrNotFound) {
		t.Errorf("the second was not known then: %v", err)
	}
	if _, err := then.Card(t.Context(), 0, cdp.Ref{Kind: "record", ID: versions[1].String()}); !errors.Is(err, ErrNotFound) {
		t.Errorf("its card: %v", err)
	}
	// The first version is judged as itself later too, not as the one that replaced it.
	after := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: b.now}})
	if old, err := after.Record(t.Context(), versions[0]); err != nil || len(old.Ruling.Claims) != 1 || !old.Record.Claims[0].Verdict.Allow {
		t.Errorf("the first as known since: %+v, %v", old, err)
	}
}
