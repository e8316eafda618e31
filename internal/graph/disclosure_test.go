package graph

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

// TestDisclosuresOfLayout5 reads runs and lines as the layout before wrote them.
func TestDisclosuresOfLayout5(t *testing.T) {
	cut := func(b []byte, tail func(*layout.Writer)) *layout.Reader {
		var w layout.Writer
		tail(&w)
		return &layout.Reader{B: b[:len(b)-len(w.B)]}
	}
	run := cdp.ShareRun{ID: 7, Ask: cdp.Ask{Recipient: "mailer"}, State: cdp.RunPrepared, To: "file", Lines: 3, Confirmed: 2, Allowed: 3}
	old, err := decodeRun(7, cut(encodeRun(&layout.Writer{}, &run), func(w *layout.Writer) { w.Time(time.Time{}); w.Uint(0) }))
	if d := cmp.Diff(run, old); err != nil || d != "" {
		t.Errorf("run: %v %s", err, d)
	}
	line := cdp.ShareLine{Run: 7, Line: 3, Recipient: "mailer", Allow: true, Rule: "r", State: cdp.RunPrepared}
	got, err := decodeShareLine(&run, 3, cut(encodeShareLine(&layout.Writer{}, &line), func(w *layout.Writer) { w.Uint(0); w.Time(time.Time{}) }))
	if d := cmp.Diff(line, got); err != nil || d != "" {
		t.Errorf("line: %v %s", err, d)
	}
}

// TestDisclosureCodec writes and reads runs, lines, notices and states.
func TestDisclosureCodec(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("abß\x00")), 0, 5, -1)
	rapid.Check(t, func(t *rapid.T) {
		when := func(name string) time.Time {
			if rapid.Bool().Draw(t, name) {
				return time.Time{}
			}
			return time.UnixMicro(rapid.Int64Range(-1<<50, 1<<50).Draw(t, name)).UTC()
		}
		word := func(name string) string { return text.Draw(t, name) }
		list := func(name string) []string {
			return append([]string(nil), rapid.SliceOfN(text, 0, 3).Draw(t, name)...)
		}
		n := func(name string) int { return rapid.IntRange(0, 1<<40).Draw(t, name) }
		run := cdp.ShareRun{ID: 7, Ask: cdp.Ask{Recipient: word("r"), Purpose: cdp.PurposeID(word("p")), Channel: cdp.Channel(word("c")), Fields: list("f"), Segment: word("s")},
			State: rapid.SampledFrom([]cdp.RunState{cdp.RunHeld, cdp.RunReleased, cdp.RunPrepared, cdp.RunSent, cdp.RunVoid}).Draw(t, "state"), Format: word("format"), To: word("to"), By: word("by"), Reason: word("why"), Begun: when("begun"), Done: when("done"),
			Register: word("register"), Planned: word("planned"), Digest: word("digest"), FileHash: word("hash"), Lines: n("lines"), Confirmed: n("confirmed"), Allowed: n("yes"), Denied: n("no"),
			Released: when("released"), Struck: n("struck")}
		got, err := decodeRun(7, &layout.Reader{B: encodeRun(&layout.Writer{}, &run)})
		if d := cmp.Diff(run, got); err != nil || d != "" {
			t.Fatalf("run: %v %s", err, d)
		}
		line := cdp.ShareLine{Run: 7, Line: 3, Profile: cdp.ProfileID(n("profile")), Recipient: run.Ask.Recipient, Purpose: run.Ask.Purpose, Channel: run.Ask.Channel, Register: run.Register,
			At: when("at"), Allow: rapid.Bool().Draw(t, "allow"), Rule: word("rule"), Article: word("article"), Until: when("until"), Fields: list("fields"),
			Digest: hex.EncodeToString([]byte(word("digest"))), Seq: n("seq"), Struck: when("struck"), State: run.State}
		for range rapid.IntRange(0, 3).Draw(t, "records") {
			line.Records = append(line.Records, cdp.RecordID(n("record")))
		}
		if run.State == cdp.RunPrepared && line.Line <= run.Confirmed {
			line.State = cdp.RunSent
		}
		again, err := decodeShareLine(&run, 3, &layout.Reader{B: encodeShareLine(&layout.Writer{}, &line)})
		if !run.Released.IsZero() {
			line.At = run.Released
		}
		if d := cmp.Diff(line, again); err != nil || d != "" {
			t.Fatalf("line: %v %s", err, d)
		}
		notice := cdp.Notification{ID: 9, About: word("about"), Recipient: word("r"), Purpose: cdp.PurposeID(word("p")), Controller: word("who"), Cause: cdp.NoticeCause(word("cause")),
			Subject: ident(cdp.KindEmail, word("subject")), Row: cdp.Row{Source: cdp.SourceID(word("source")), Key: word("key")}, Record: cdp.RecordID(n("record")), Profile: cdp.ProfileID(n("profile")),
			Fields: list("fields"), Share: word("share"), Shared: when("shared"), Event: when("event"), Rule: word("rule"), Made: when("made"), State: cdp.NoticeState(word("state"))}
		for range rapid.IntRange(0, 2).Draw(t, "steps") {
			notice.Steps = append(notice.Steps, cdp.NoticeStep{State: cdp.NoticeState(word("state")), At: when("at"), Recorded: when("recorded"), By: word("by"), Reason: word("reason")})
		}
		back, err := decodeNotice(9, &layout.Reader{B: encodeNotice(&layout.Writer{}, &notice)})
		if d := cmp.Diff(notice, back, cmp.Comparer(func(a, b cdp.Identifier) bool { return a == b })); err != nil || d != "" {
			t.Fatalf("notice: %v %s", err, d)
		}
	})
}

// FuzzDisclosureValues reads arbitrary bytes as rows of disclosures.
func FuzzDisclosureValues(f *testing.F) {
	run := cdp.ShareRun{ID: 1, Ask: cdp.Ask{Recipient: "mailer", Fields: []string{"email"}}, State: cdp.RunSent, Begun: day}
	f.Add(bytes.Clone(encodeRun(&layout.Writer{}, &run)))
	f.Add(bytes.Clone(encodeShareLine(&layout.Writer{}, &cdp.ShareLine{Fields: []string{"email"}, Records: []cdp.RecordID{1}, Digest: "00ff"})))
	f.Add(bytes.Clone(encodeNotice(&layout.Writer{}, &cdp.Notification{Recipient: "mailer", Subject: ident(cdp.KindEmail, "x"), Steps: []cdp.NoticeStep{{State: cdp.NoticeSent}}})))
	f.Fuzz(func(t *testing.T, b []byte) {
		if run, err := decodeRun(1, &layout.Reader{B: b}); err == nil {
			first := bytes.Clone(encodeRun(&layout.Writer{}, &run))
			again, err := decodeRun(1, &layout.Reader{B: first})
			if err != nil || !bytes.Equal(encodeRun(&layout.Writer{}, &again), first) {
				t.Fatalf("a run changes when it is written: %v", err)
			}
		}
		_, _ = decodeShareLine(&run, 1, &layout.Reader{B: b})
		_, _ = decodeNotice(1, &layout.Reader{B: b})
		_, _ = decodeKnown(&layout.Reader{B: b})
	})
}

// disclosed is a store with two people, a run, notices and what was acknowledged.
func disclosedStore(t *testing.T) (*Store, kv.Store) {
	t.Helper()
	under := memkv.New()
	g, err := Create(t.Context(), under, layout.Meta{Created: day})
	if err != nil {
		t.Fatal(err)
	}
	m := &model{rows: make(map[string]*modelRow)}
	admit(t, g, m, linkedRow("a", "x"), linkedRow("b", "y"))
	subject := ident(cdp.KindEmail, "x")
	err = g.Update(t.Context(), day, func(tx *Tx) error {
		if _, err := tx.AddConsents([]cdp.Consent{{Endpoint: subject, Purpose: "newsletter", Controller: "A", State: cdp.ConsentWithdrawn, At: day, Record: m.rows["a"].id}}); err != nil {
			return err
		}
		run := cdp.ShareRun{Ask: cdp.Ask{Recipient: "mailer", Purpose: "newsletter"}}
		if err := tx.NewRun(&run); err != nil {
			return err
		}
		lines := []cdp.ShareLine{{Run: run.ID, Line: 1, Profile: 1, At: day, Allow: true, Rule: "share.consent.given", Fields: []string{"email"}, Records: []cdp.RecordID{m.rows["a"].id}},
			{Run: run.ID, Line: 2, Profile: 2, At: day, Rule: "share.consent.absent", Records: []cdp.RecordID{m.rows["b"].id}}}
		if err := tx.AddShareLines(lines); err != nil {
			return err
		}
		run.Lines, run.Allowed, run.Denied, run.Confirmed, run.State = 2, 1, 1, 2, cdp.RunSent
		if err := tx.SetRun(run); err != nil {
			return err
		}
		for i, state := range []cdp.NoticeState{cdp.NoticeDue, cdp.NoticeAcked} {
			n := cdp.Notification{Recipient: "mailer", Purpose: "newsletter", Cause: cdp.CauseWithdrawal, Subject: subject, Event: day}
			about, _ := cdp.ParseUUID(cdp.UUID([16]byte{byte(i + 1)}))
			if made, err := tx.AddNotice(about, &n); err != nil || !made {
				return fmt.Errorf("notice %d: %v %w", i, made, err)
			}
			if made, err := tx.AddNotice(about, &n); err != nil || made {
				return fmt.Errorf("notice %d was made twice: %w", i, err)
			}
			if n, err = tx.NoticeAbout(about); err != nil {
				return err
			}
			n.State = state
			if err := tx.SetNotice(&n); err != nil {
				return err
			}
			if state == cdp.NoticeAcked {
				if err := tx.SetKnown(&n, cdp.Known{Cause: n.Cause, Event: day, At: day, Notice: n.ID}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return g, under
}

func problems(t *testing.T, g *Store) []cdp.Problem {
	t.Helper()
	var out []cdp.Problem
	if err := g.View(t.Context(), func(tx *Tx) error {
		r, err := tx.Check(t.Context(), nil)
		out = r.Problems
		return err
	}); err != nil {
		return []cdp.Problem{{Code: "unreadable", Text: err.Error()}}
	}
	return out
}

// TestCheckDisclosures takes away each row of what was disclosed: the check
// sees it.
func TestCheckDisclosures(t *testing.T) {
	g, under := disclosedStore(t)
	if p := problems(t, g); len(p) > 0 {
		t.Fatalf("whole: %+v", p)
	}
	var keys [][]byte
	var values [][]byte
	if err := under.View(t.Context(), func(r kv.Reader) error {
		for e, err := range r.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			if bytes.ContainsAny(e.Key[:1], "AOK") {
				keys, values = append(keys, bytes.Clone(e.Key)), append(values, bytes.Clone(e.Value))
			}
		}
		return nil
	}); err != nil || len(keys) < 10 {
		t.Fatalf("%d rows: %v", len(keys), err)
	}
	write := func(f func(kv.Tx) error) {
		if err := under.Update(context.Background(), f); err != nil {
			t.Fatal(err)
		}
	}
	for i, k := range keys {
		write(func(tx kv.Tx) error { return tx.Delete(k) })
		if k[0] != 'K' && len(problems(t, g)) == 0 { // nothing says that a recipient acknowledged but its own row
			t.Errorf("without %q nothing is wrong", k)
		}
		write(func(tx kv.Tx) error { return tx.Set(k, values[i]) })
	}
	write(func(tx kv.Tx) error {
		k := layout.KeyGuard(ident(cdp.KindEmail, "nobody"))
		return tx.Set(k, layout.Seal(k, []byte{1, 2}))
	})
	if p := problems(t, g); !slices.ContainsFunc(p, func(p cdp.Problem) bool { return p.Code == "guard.said" }) {
		t.Errorf("a guard without a statement: %+v", p)
	}
}

// TestKnownInAnyOrder: the state that a recipient acknowledged of the later
// cause stays, in whatever order acknowledgements come.
func TestKnownInAnyOrder(t *testing.T) {
	n := cdp.Notification{Recipient: "mailer", Purpose: "newsletter", Subject: ident(cdp.KindEmail, "x")}
	acks := []cdp.Known{{Cause: "withdrawal", Event: day, At: day.Add(9 * time.Hour), Notice: 1}, {Cause: "objection", Event: day.Add(time.Hour), At: day.Add(2 * time.Hour), Notice: 2},
		{Cause: "objection", Event: day.Add(time.Hour), At: day.Add(2 * time.Hour), Notice: 2}, {Cause: "withdrawal", Event: day.Add(-time.Hour), At: day.Add(99 * time.Hour), Notice: 3}}
	rapid.Check(t, func(r *rapid.T) {
		g := newStore(t)
		for _, k := range rapid.Permutation(acks).Draw(r, "order") {
			if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.SetKnown(&n, k) }); err != nil {
				r.Fatal(err)
			}
		}
		_ = g.View(t.Context(), func(tx *Tx) error {
			if k, ok, err := tx.Known("mailer", "newsletter", n.Subject); err != nil || !ok || k.Notice != 2 {
				r.Fatalf("%+v, %v", k, err)
			}
			return nil
		})
	})
}
