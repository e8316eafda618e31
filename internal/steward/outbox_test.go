package steward

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

func (b *bench) outbox(f cdp.OutboxFilter) []cdp.Notification {
	b.t.Helper()
	out, err := b.d.Outbox(b.t.Context(), f, 0, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// inShort prints notices in short.
func inShort(list []cdp.Notification) string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s %s %s %s [%s] %s", n.Recipient, n.Purpose, n.Cause, n.Subject.Kind(), strings.Join(n.Fields, " "), n.State))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func shared(r cdp.Record, recipient, purpose string, at time.Time, fields ...string) cdp.Record {
	r.Shares = append(r.Shares, cdp.Share{Recipient: recipient, Purpose: cdp.PurposeID(purpose), At: at, Fields: fields, Mode: "batch"})
	return r
}

func later(r cdp.Record, at time.Time) cdp.Record { r.At = at; return r }

// TestOutbox: who got data is told of a withdrawal, an objection, a correction
// and a deletion; of our runs and of what sources report; and nobody else is.
func TestOutbox(t *testing.T) {
	given := func(key string, n int) cdp.Record { return subscriber(key, address(n), cdp.ConsentGiven, day(2)) }
	for _, tc := range []struct {
		name string
		recs []cdp.Record // before a run to the mailer
		then []cdp.Record
		want string
	}{
		{"nothing happened", []cdp.Record{given("a", 1)}, nil, ""},
		{"withdrawn", []cdp.Record{given("a", 1)}, []cdp.Record{subscriber("b", address(1), cdp.ConsentWithdrawn, day(20))}, "mailer newsletter withdrawal email [email given_name] due"},
		{"another person withdrew", []cdp.Record{given("a", 1)}, []cdp.Record{subscriber("b", address(2), cdp.ConsentWithdrawn, day(20))}, ""},
		{"withdrawn from another purpose", []cdp.Record{given("a", 1)}, []cdp.Record{said(record("shop.orders", "b", address(1)), "profile", cdp.ConsentWithdrawn, day(20))}, ""},
		{"objected to another kind of marketing", []cdp.Record{given("a", 1)}, []cdp.Record{said(record("shop.orders", "b", address(1)), "post.offers", cdp.ConsentObjected, day(20))}, "mailer newsletter objection email [email given_name] due"},
		{"withdrawn, and sent by the source too", []cdp.Record{shared(given("a", 1), "adserver", "newsletter", day(3), "email")}, []cdp.Record{subscriber("b", address(1), cdp.ConsentWithdrawn, day(20))},
			"adserver newsletter withdrawal email [email] due\nmailer newsletter withdrawal email [email given_name] due"},
		{"the parcel goes on without consent", []cdp.Record{shared(record("shop.orders", "a", address(1)), "parcel", "orders", day(3), "email")}, []cdp.Record{subscriber("b", address(1), cdp.ConsentWithdrawn, day(20))}, ""},
		{"a name was corrected", []cdp.Record{given("a", 1)}, []cdp.Record{later(func() cdp.Record { r := given("a", 1); r.Attributes[0].Value = "Maria"; return r }(), day(20))}, "mailer newsletter correction record [given_name] due"},
		{"what was corrected had not been sent", []cdp.Record{given("a", 1)}, []cdp.Record{later(func() cdp.Record { r := given("a", 1); r.Attributes[1].Value = "1980-01-01"; return r }(), day(20))}, ""},
		{"deleted by the source", []cdp.Record{given("a", 1)}, []cdp.Record{func() cdp.Record {
			r := later(record("shop.orders", "a", address(1)), day(20))
			r.Deleted = true
			return r
		}()}, "mailer newsletter erasure record [email given_name] due"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t).register()
			b.admit(tc.recs...)
			b.share(letterAsk, "")
			if got := inShort(b.outbox(cdp.OutboxFilter{})); got != "" {
				t.Fatalf("before anything happened:\n%s", got)
			}
			b.admit(tc.then...)
			if got := inShort(b.outbox(cdp.OutboxFilter{})); got != tc.want {
				t.Errorf("\n%s\nwant\n%s", got, tc.want)
			}
			if n, err := b.d.FillOutbox(t.Context(), nil); n != 0 || err != nil {
				t.Errorf("again: %d, %v", n, err)
			}
			if err := b.s.g.Update(t.Context(), b.now, func(tx *graph.Tx) error { return tx.SetNoticed(0) }); err != nil {
				t.Fatal(err)
			}
			if got := inShort(b.outbox(cdp.OutboxFilter{})); got != tc.want {
				t.Errorf("followed from the beginning:\n%s", got)
			}
			b.check()
		})
	}
}

// TestOutboxWhole: made for the whole store at once, notices are those that are
// made change by change.
func TestOutboxWhole(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	b.share(letterAsk, "")
	b.admit(subscriber("b", address(1), cdp.ConsentWithdrawn, day(20)), later(record("shop.orders", "m3", address(3)), day(21)))
	want := "mailer newsletter correction record [given_name] due\nmailer newsletter withdrawal email [email given_name] due"
	if got := inShort(b.outbox(cdp.OutboxFilter{})); got != want { // never made before: the whole store is read
		t.Errorf("\n%s", got)
	}
}

// TestSendAndAcknowledge: what is due is sent once, and acknowledged by files.
func TestSendAndAcknowledge(t *testing.T) {
	b := newBench(t).register()
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	b.share(letterAsk, "")
	b.admit(subscriber("b", address(1), cdp.ConsentWithdrawn, day(20)))
	var lines []cdp.NoticeLine
	send := func() int {
		lines = nil
		n, err := b.d.SendNotices(t.Context(), "mailer", "json", func(l cdp.NoticeLine) ([]byte, bool, error) { lines = append(lines, l); return []byte("x"), true, nil }, &drain{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := send(); n != 1 || len(lines) != 1 || len(lines[0].Identities) != 1 || !lines[0].Identities[0].Same(address(1)) {
		t.Fatalf("%d sent: %+v", n, lines)
	}
	about := lines[0].About
	if n := send(); n != 0 {
		t.Fatalf("sent twice: %d", n)
	}
	ack := func(acks ...cdp.Ack) cdp.AckResult {
		r, err := b.d.Acknowledge(t.Context(), acks, "file mailer.ndjson")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ack(cdp.Ack{Line: 1, Ref: about, State: cdp.NoticeFailed, At: b.now}, cdp.Ack{Line: 2, Ref: "N-000099", State: cdp.NoticeAcked}); r.Changed != 1 || !slices.Equal(r.Unknown, []int{2}) {
		t.Errorf("%+v", r)
	}
	if n := send(); n != 1 {
		t.Errorf("a failed one is not sent again: %d", n)
	}
	b.now = b.now.Add(time.Hour)
	for i, want := range []int{1, 0} {
		if r := ack(cdp.Ack{Line: 1, Ref: strings.ToUpper(about), State: cdp.NoticeAcked, At: day(23)}); r.Changed != want {
			t.Errorf("time %d: %+v", i, r)
		}
	}
	if got := b.outbox(cdp.OutboxFilter{}); len(got) != 0 {
		t.Errorf("open: %+v", got)
	}
	if got := b.outbox(cdp.OutboxFilter{All: true}); len(got) != 1 || got[0].State != cdp.NoticeAcked {
		t.Errorf("all: %+v", got)
	}
	ack(cdp.Ack{Line: 1, Ref: about, State: cdp.NoticeFailed, At: day(28)}) // late news of an old failure
	if got := b.outbox(cdp.OutboxFilter{All: true}); got[0].State != cdp.NoticeAcked {
		t.Errorf("a failure undid the acknowledgement: %+v", got)
	}
	if _, err := b.d.MarkNotice(t.Context(), 1, cdp.NoticeImpossible, ""); err != ErrReason {
		t.Errorf("impossible without a reason: %v", err)
	}
	b.check()
}

// TestStateOfNotice: the state does not depend on the order in which steps are learnt.
func TestStateOfNotice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cdp.NoticeStep {
			return cdp.NoticeStep{State: rapid.SampledFrom([]cdp.NoticeState{cdp.NoticeSent, cdp.NoticeFailed, cdp.NoticeImpossible, cdp.NoticeAcked}).Draw(t, "state"), At: day(rapid.IntRange(1, 4).Draw(t, "day"))}
		}), 0, 6).Draw(t, "steps")
		if a, b := stateOf(steps), stateOf(rapid.Permutation(steps).Draw(t, "order")); a != b {
			t.Fatalf("%s, or %s in another order", a, b)
		}
	})
}

func (b *bench) drift() cdp.DriftReport {
	b.t.Helper()
	r, err := b.d.Drift(b.t.Context(), 10, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// TestDrift: a lost acknowledgement shows with its hours, acknowledgements out
// of order and repeated end the same, and a share after the withdrawal is red
// even when all is acknowledged.
func TestDrift(t *testing.T) {
	b := newBench(t).register()
	b.now = day(10)
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	b.share(letterAsk, "")
	b.now = day(20).Add(time.Minute)
	b.admit(subscriber("b", address(1), cdp.ConsentWithdrawn, day(20)))
	first := b.outbox(cdp.OutboxFilter{})[0]
	b.now = day(20).Add(49 * time.Hour)
	r := b.drift()
	if len(r.Items) != 1 || !r.Items[0].Holds || r.Items[0].InStep || r.Items[0].Open != 49*time.Hour || r.Items[0].Acked != nil || r.Targets[0].Behind != 1 || r.Targets[0].Oldest != 49*time.Hour {
		t.Fatalf("lost acknowledgement: %+v", r)
	}
	ack := func(n cdp.Notification, at time.Time) {
		if _, err := b.d.Acknowledge(t.Context(), []cdp.Ack{{Line: 1, Ref: n.About, State: cdp.NoticeAcked, At: at}}, "file"); err != nil {
			t.Fatal(err)
		}
	}
	// Given again, sent, and withdrawn again: a second notice, acknowledged before the first.
	b.now = day(24)
	b.admit(subscriber("c", address(1), cdp.ConsentGiven, day(23)))
	b.share(letterAsk, "")
	b.now = day(26)
	b.admit(subscriber("d", address(1), cdp.ConsentWithdrawn, day(25)))
	both := b.outbox(cdp.OutboxFilter{})
	if len(both) != 2 || both[0].ID != first.ID {
		t.Fatalf("%+v", both)
	}
	b.now = day(27)
	ack(both[1], day(26))
	ack(both[0], day(26).Add(time.Hour))
	ack(both[1], day(26))
	r = b.drift()
	if len(r.Items) != 0 || r.Targets[0].InStep != 2 || r.Targets[0].Behind != 0 {
		t.Fatalf("acknowledged out of order: %+v", r)
	}
	b.admit(later(shared(subscriber("a", address(1), cdp.ConsentGiven, day(2)), "mailer", "newsletter", day(26), "email"), day(26)))
	r = b.drift()
	if len(r.Items) == 0 || len(r.Items[0].After) != 1 || r.Targets[0].After == 0 || r.Targets[0].Latency == 0 {
		t.Fatalf("a share after the withdrawal: %+v", r)
	}
	b.check()
}
