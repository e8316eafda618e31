package steward

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// wishing is a row whose person says how to be spoken to.
func wishing(key string, e cdp.Identifier, ch cdp.Channel, topic string, w cdp.Wish, at time.Time) cdp.Record {
	r := record("shop.orders", key, e)
	r.Preferences = []cdp.Preference{{Endpoint: e, Channel: ch, Topic: topic, Wish: w, At: at}}
	return r
}

// TestOutboxWishes: a no to a channel or a topic is told to who got the data for
// that use, as an objection is.
func TestOutboxWishes(t *testing.T) {
	given := subscriber("a", address(1), cdp.ConsentGiven, day(2))
	letter := letterAsk
	letter.Channel = "email"
	const told = "mailer newsletter objection email [email given_name] due"
	with := func(r cdp.Record, more ...cdp.Identifier) cdp.Record {
		for _, e := range more {
			r.Claims = append(r.Claims, cdp.Claim{Identifier: e, Strength: cdp.LinkStrong})
		}
		return r
	}
	login := ident(cdp.KindLogin, "anna")
	for _, tc := range []struct {
		name string
		recs []cdp.Record
		then []cdp.Record
		want string
	}{
		{"that channel", nil, []cdp.Record{wishing("b", address(1), "email", "", cdp.Unwanted, day(20))}, told},
		{"all channels", nil, []cdp.Record{wishing("b", address(1), "", "", cdp.Unwanted, day(20))}, told},
		{"another channel", nil, []cdp.Record{wishing("b", address(1), "sms", "", cdp.Unwanted, day(20))}, ""},
		{"that topic", nil, []cdp.Record{wishing("b", address(1), "", "newsletter", cdp.Unwanted, day(20))}, told},
		{"another topic", nil, []cdp.Record{wishing("b", address(1), "", "shoes", cdp.Unwanted, day(20))}, ""},
		{"what nobody can read", nil, []cdp.Record{wishing("b", address(1), "email", "", cdp.WishUnreadable, day(20))}, told},
		{"a yes", nil, []cdp.Record{wishing("b", address(1), "email", "", cdp.Wanted, day(20))}, ""},
		{"said again", nil, []cdp.Record{wishing("b", address(1), "email", "", cdp.Unwanted, day(20)), wishing("c", address(1), "email", "", cdp.Unwanted, day(21))}, told},
		{"taken back", nil, []cdp.Record{wishing("b", address(1), "email", "", cdp.Unwanted, day(20)), wishing("c", address(1), "email", "", cdp.Wanted, day(21))}, ""},
		{"another person", nil, []cdp.Record{wishing("b", address(2), "email", "", cdp.Unwanted, day(20))}, ""},
		{"at another endpoint of the person", []cdp.Record{with(given, login)}, []cdp.Record{with(wishing("b", address(2), "email", "", cdp.Unwanted, day(20)), login)}, told},
		{"what a source reports without a channel", []cdp.Record{shared(given, "adserver", "newsletter", day(3), "email")}, []cdp.Record{wishing("b", address(1), "sms", "", cdp.Unwanted, day(20))},
			"adserver newsletter objection email [email] due"},
		{"an order goes on", []cdp.Record{shared(given, "parcel", "orders", day(3), "email")}, []cdp.Record{wishing("b", address(1), "sms", "", cdp.Unwanted, day(20))}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t).register()
			if tc.recs == nil {
				tc.recs = []cdp.Record{given}
			}
			b.admit(tc.recs...)
			b.share(letter, "")
			if got := inShort(b.outbox(cdp.OutboxFilter{})); got != "" {
				t.Fatalf("before anything was said:\n%s", got)
			}
			b.admit(tc.then...)
			if got := inShort(b.outbox(cdp.OutboxFilter{})); got != tc.want {
				t.Errorf("\n%s\nwant\n%s", got, tc.want)
			}
			plan, err := b.d.SharePlan(t.Context(), letter, nil)
			if denied := err == nil && plan.Rules[0].Rule == "share.preference.unwanted"; denied != strings.Contains(tc.want, "mailer") {
				t.Errorf("the gate out says %+v, %v", plan.Rules, err)
			}
			b.check()
		})
	}
}

// TestOutboxChannelsAtOnce: who takes back at once what was given over two
// channels has both told: one notice, with the fields of both.
func TestOutboxChannelsAtOnce(t *testing.T) {
	b := newBench(t).register()
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	for ch, fields := range map[cdp.Channel][]string{"email": {"email"}, "post": {"email", "given_name"}} {
		ask := letterAsk
		ask.Channel, ask.Fields = ch, fields
		if _, run := b.share(ask, ""); run.Allowed != 1 {
			t.Fatalf("over %s: %+v", ch, run)
		}
	}
	r := said(said(record("shop.orders", "b", address(1)), "newsletter", cdp.ConsentWithdrawn, day(20)), "newsletter", cdp.ConsentWithdrawn, day(20))
	r.Consents[0].Channel, r.Consents[1].Channel = "email", "post"
	b.admit(r)
	if got, want := inShort(b.outbox(cdp.OutboxFilter{})), "mailer newsletter withdrawal email [email given_name] due"; got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	b.check()
}

// TestDriftWishes: a no to a channel counts in the drift as an objection does,
// and what went out for another channel after it does not.
func TestDriftWishes(t *testing.T) {
	b := newBench(t).register()
	letter := letterAsk
	letter.Channel = "email"
	b.now = day(10)
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	b.share(letter, "")
	b.now = day(12)
	b.admit(wishing("b", address(1), "email", "", cdp.Unwanted, day(11)))
	b.admit(wishing("c", address(1), "email", "", cdp.Unwanted, day(12)))
	r := b.drift()
	if len(r.Items) != 1 || r.Targets[0].Behind != 1 || r.Items[0].Notice.Cause != cdp.CauseObjection || r.Items[0].Notice.Rule != "not wanted over email" ||
		!r.Items[0].Notice.Event.Equal(day(11)) || !r.Items[0].Holds || len(r.Items[0].After) != 0 {
		t.Fatalf("%+v", r)
	}
	b.now = day(14)
	post := letterAsk
	post.Channel = "post"
	if _, run := b.share(post, ""); run.Allowed != 1 {
		t.Fatalf("by post: %+v", run)
	}
	if r = b.drift(); len(r.Items) != 1 || len(r.Items[0].After) != 0 {
		t.Fatalf("it went out for another channel: %+v", r)
	}
	b.now = day(16)
	b.admit(later(shared(subscriber("a", address(1), cdp.ConsentGiven, day(2)), "mailer", "newsletter", day(15), "email"), day(15)))
	if r = b.drift(); len(r.Items) != 1 || len(r.Items[0].After) != 1 {
		t.Fatalf("it went out after the no: %+v", r)
	}
	b.now = day(18)
	b.admit(wishing("d", address(1), "email", "", cdp.Wanted, day(17)))
	if r = b.drift(); r.Targets[0].Behind != 0 || len(r.Items) != 1 || r.Items[0].Holds {
		t.Fatalf("taken back: %+v", r)
	}
}

// TestOutboxExpires: a consent that ends by time alone, its own or that of the
// register, is told when its time has come, of our runs and of what sources
// report, also when quiet hours end a verdict before.
func TestOutboxExpires(t *testing.T) {
	for name, mine := range map[string]bool{"our run": true, "reported": false} {
		for _, end := range []string{"its own", "of the register", "after quiet hours"} {
			t.Run(name+" "+end, func(t *testing.T) {
				b := newBench(t)
				if end != "of the register" {
					b.register()
				} else {
					b.replaceRegister("  require: [time]", "  require: [time]\n  validity: P30D")
				}
				r := subscriber("a", address(1), cdp.ConsentGiven, day(2))
				if end != "of the register" {
					r.Consents[0].Expires = b.now.AddDate(0, 0, 3)
				}
				if end == "after quiet hours" {
					r.Preferences = []cdp.Preference{{Endpoint: address(1), Quiet: cdp.Quiet{From: 22 * 60, To: 7 * 60, Zone: "Europe/Berlin"}, At: day(2)}}
				}
				if !mine {
					r = shared(r, "mailer", "newsletter", day(3), "email")
				}
				b.admit(r)
				if mine {
					letter := letterAsk
					letter.Channel = "email"
					b.share(letter, "")
				}
				for _, at := range []time.Time{b.now, b.now.Add(20 * time.Hour)} {
					b.now = at
					b.ticks()
					if got := b.outbox(cdp.OutboxFilter{}); len(got) != 0 {
						t.Fatalf("at %v: %+v", at, got)
					}
				}
				b.now = b.now.AddDate(0, 0, 4)
				b.ticks()
				got := inShort(b.outbox(cdp.OutboxFilter{}))
				plan, err := b.d.SharePlan(t.Context(), letterAsk, nil)
				if err != nil || plan.Allowed != 0 {
					t.Errorf("the gate out lets it go: %+v, %v", plan.Rules, err)
				}
				if !strings.HasPrefix(got, "mailer newsletter withdrawal email [email") || strings.Contains(got, "\n") {
					t.Errorf("after its end: %q", got)
				}
				b.check()
			})
		}
	}
}

func (b *bench) ticks() {
	b.t.Helper()
	if _, err := b.d.Tick(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// replaceRegister activates the register with another text in one place.
func (b *bench) replaceRegister(old, new string) {
	b.t.Helper()
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		b.t.Fatal(err)
	}
	other := strings.Replace(string(text), old, new, 1)
	if other == string(text) {
		b.t.Fatalf("the register has no %q", old)
	}
	if _, err := b.d.Activate(b.t.Context(), "register.yaml", []byte(other), nil); err != nil {
		b.t.Fatal(err)
	}
}

// TestOutboxWidened: what is taken back of the same moment over one more channel,
// and learnt later, is told too: by the notice that is still to be sent, or by
// another one when it went out.
func TestOutboxWidened(t *testing.T) {
	for _, sent := range []bool{false, true} {
		b := newBench(t).register()
		b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
		for ch, fields := range map[cdp.Channel][]string{"email": {"email"}, "post": {"email", "given_name"}} {
			ask := letterAsk
			ask.Channel, ask.Fields = ch, fields
			if _, run := b.share(ask, ""); run.Allowed != 1 {
				t.Fatalf("over %s: %+v", ch, run)
			}
		}
		withdraw := func(key string, ch cdp.Channel) {
			r := said(record("shop.orders", key, address(1)), "newsletter", cdp.ConsentWithdrawn, day(20))
			r.Consents[0].Channel = ch
			b.admit(r)
		}
		withdraw("b", "email")
		if got, want := inShort(b.outbox(cdp.OutboxFilter{})), "mailer newsletter withdrawal email [email] due"; got != want {
			t.Fatalf("\n%s\nwant\n%s", got, want)
		}
		want := "mailer newsletter withdrawal email [email given_name] due"
		if sent {
			if _, err := b.d.MarkNotice(t.Context(), 1, cdp.NoticeAcked, "they wrote"); err != nil {
				t.Fatal(err)
			}
			want = "mailer newsletter withdrawal email [given_name] due"
		}
		withdraw("c", "post")
		for range 2 {
			if got := inShort(b.outbox(cdp.OutboxFilter{})); got != want {
				t.Errorf("sent %t:\n%s\nwant\n%s", sent, got, want)
			}
			if err := b.s.g.Update(t.Context(), b.now, func(tx *graph.Tx) error { return tx.SetNoticed(0) }); err != nil {
				t.Fatal(err)
			}
		}
		b.check()
	}
}

// TestTopicOfDisclosure: a plan and a run for a topic leave out who does not want
// it, the run and its shares keep the topic, and who says no to it later is told
// to the recipient that got data for it, and to no other.
func TestTopicOfDisclosure(t *testing.T) {
	b := newBench(t).register()
	b.admit(wishing("a", address(1), "", "", cdp.WishUnstated, day(2)), wishing("b", address(2), "", "fashion", cdp.Unwanted, day(2)))
	for i := range 2 {
		b.admit(subscriber(fmt.Sprint("m", i), address(1+i), cdp.ConsentGiven, day(2)))
	}
	fashion := cdp.Ask{Recipient: "mailer", Purpose: "newsletter", Channel: "email", Topic: "fashion"}
	garden := fashion
	garden.Topic = "garden"
	plain := fashion
	plain.Topic = ""
	b.now = day(5)
	plan := func(ask cdp.Ask) cdp.SharePlan {
		t.Helper()
		p, err := b.d.SharePlan(t.Context(), ask, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if f, g, p := plan(fashion), plan(garden), plan(plain); f.Allowed != 1 || g.Allowed != 2 || p.Allowed != 2 || g.Digest == p.Digest || f.Ask.Topic != "fashion" {
		t.Fatalf("about fashion %d, about gardens %d, about nothing in particular %d", f.Allowed, g.Allowed, p.Allowed)
	}
	_, run := b.share(fashion, "")
	if kept, lines, err := b.d.ShareLines(t.Context(), run.ID, 0, 9, true); err != nil || kept.Ask.Topic != "fashion" || len(lines) != 2 || lines[0].Topic != "fashion" {
		t.Fatalf("%+v, %+v, %v", kept, lines, err)
	}
	if list, err := b.d.ShareRuns(t.Context(), 0, 9); err != nil || list[0].Ask.Topic != "fashion" {
		t.Fatalf("%+v, %v", list, err)
	}
	b.now = day(6)
	if _, run := b.share(plain, ""); run.Allowed != 2 {
		t.Fatalf("%+v", run)
	}
	b.now = day(8)
	b.admit(wishing("c", address(1), "", "garden", cdp.Unwanted, day(7)))
	if r := b.drift(); len(r.Items) != 0 {
		t.Fatalf("nothing went out about gardens: %+v", r.Items)
	}
	b.admit(wishing("d", address(1), "", "fashion", cdp.Unwanted, day(7)))
	r := b.drift()
	if len(r.Items) != 1 || r.Items[0].Notice.Rule != "not wanted about fashion" || r.Items[0].Notice.Cause != cdp.CauseObjection || len(r.Items[0].After) != 0 {
		t.Fatalf("%+v", r.Items)
	}
	b.now = day(9)
	if _, run := b.share(plain, ""); run.Allowed != 2 {
		t.Fatalf("%+v", run)
	}
	if r := b.drift(); len(r.Items) != 1 || len(r.Items[0].After) != 0 || !r.Items[0].Holds {
		t.Fatalf("what goes out about other things is none too many: %+v", r.Items)
	}
	b.check()
}
