package steward

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// tell notes something of a notice, and sends and acknowledges: some late, some
// out of order.
func (s *shareStory) tell() {
	s.t.Helper()
	list, err := s.d.Outbox(s.t.Context(), cdp.OutboxFilter{All: true}, 0, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(list) == 0 {
		return
	}
	n := list[s.rnd.IntN(len(list))]
	switch s.rnd.IntN(4) {
	case 0:
		_, err = s.d.MarkNotice(s.t.Context(), n.ID, []cdp.NoticeState{cdp.NoticeFailed, cdp.NoticeSent, cdp.NoticeImpossible}[s.rnd.IntN(3)], fmt.Sprint("told ", s.step))
	case 1:
		_, err = s.d.SendNotices(s.t.Context(), n.Recipient, "json", func(cdp.NoticeLine) ([]byte, bool, error) { return []byte("x"), true, nil }, &drain{})
	default:
		_, err = s.d.Acknowledge(s.t.Context(), []cdp.Ack{{Line: 1, Ref: n.About, State: cdp.NoticeAcked, At: s.now.Add(-time.Duration(s.rnd.IntN(30)) * time.Hour)}}, "file")
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// outboxSeen is what a desk shows of notices, in print.
func (b *bench) outboxSeen(d *Desk) string {
	b.t.Helper()
	var out strings.Builder
	for _, f := range []cdp.OutboxFilter{{All: true}, {}, {State: cdp.NoticeSent}, {Recipient: "mailer"}} {
		for after := cdp.NoticeID(0); ; {
			page, err := d.Outbox(b.t.Context(), f, after, 2)
			if err != nil {
				b.t.Fatal(err)
			}
			for _, n := range page {
				after = n.ID
				if f.All {
					fmt.Fprintf(&out, "%+v\n", n)
				}
				fmt.Fprint(&out, n.ID, " ", n.State, ", ")
			}
			if len(page) < 2 {
				break
			}
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

// driftSeen is what a desk shows of drift, in print.
func (b *bench) driftSeen(d *Desk) string {
	b.t.Helper()
	r, err := d.Drift(b.t.Context(), 0, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%v %+v\n", r.At, r.Targets)
	for _, x := range r.Items {
		fmt.Fprintf(&out, "%v %v holds %v, in step %v, open %v, pending %v, after %+v", x.Notice.ID, x.Notice.State, x.Holds, x.InStep, x.Open, x.Pending, x.After)
		if x.Acked != nil {
			fmt.Fprintf(&out, ", acknowledged %+v", *x.Acked)
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

// TestOutboxAndDriftAsKnown: the outbox and the drift as known at a time are
// those that were seen then, on random histories.
func TestOutboxAndDriftAsKnown(t *testing.T) {
	seeds := uint64(18)
	if testing.Short() {
		seeds = 6
	}
	shown := make(map[string]bool)
	for seed := range seeds {
		s := newShareStory(t, seed)
		s.runs = true
		type moment struct {
			at            time.Time
			outbox, drift string
		}
		var past []moment
		for range 24 {
			s.next()
			if s.step%2 == 0 {
				s.tell()
			}
			past = append(past, moment{s.now, s.outboxSeen(s.d), s.driftSeen(s.d)})
		}
		for _, i := range s.rnd.Perm(len(past))[:9] {
			was := past[i]
			d := s.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
			if got := s.outboxSeen(d); got != was.outbox {
				t.Fatalf("seed %d: the outbox as known at %v\n%s\nwas\n%s", seed, was.at, got, was.outbox)
			}
			if got := s.driftSeen(d); got != was.drift {
				t.Fatalf("seed %d: the drift as known at %v\n%s\nwas\n%s", seed, was.at, got, was.drift)
			}
			for _, what := range []string{"State:due", "State:acknowledged", "State:impossible", "Cause:withdrawal", "Cause:objection", "Cause:erasure"} {
				shown[what] = shown[what] || strings.Contains(was.outbox, what)
			}
			for _, what := range []string{"holds false", "in step true", "after [{", "acknowledged {"} {
				shown[what] = shown[what] || strings.Contains(was.drift, what)
			}
		}
	}
	if len(shown) != 10 || slices.Contains(slices.Collect(maps.Values(shown)), false) {
		t.Fatalf("the histories show too little: %v", shown)
	}
}

// TestOutboxAsOf: as of a time a notice is there once its cause had come about and
// something had gone to the recipient, with what had happened to it.
func TestOutboxAsOf(t *testing.T) {
	b := newBench(t).register()
	b.now = day(10)
	b.admit(shared(subscriber("a", address(1), cdp.ConsentGiven, day(2)), "adserver", "newsletter", day(6), "email"))
	b.share(letterAsk, "") // on the 10th
	b.now = day(20)
	b.admit(subscriber("b", address(1), cdp.ConsentWithdrawn, day(8)), subscriber("c", address(2), cdp.ConsentGiven, day(2)))
	for _, n := range b.outbox(cdp.OutboxFilter{}) {
		if _, err := b.d.Acknowledge(t.Context(), []cdp.Ack{{Line: 1, Ref: n.About, State: cdp.NoticeAcked, At: day(15)}}, "file"); err != nil {
			t.Fatal(err)
		}
	}
	b.now = day(22)
	b.admit(subscriber("d", address(1), cdp.ConsentGiven, day(18)))
	b.now = day(27)
	at := func(at, known time.Time) *Desk {
		return b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: at, Known: known}})
	}
	list := func(d *Desk) string {
		out, err := d.Outbox(t.Context(), cdp.OutboxFilter{All: true}, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return inShort(out)
	}
	ad, letter := "adserver newsletter withdrawal email [email] ", "mailer newsletter withdrawal email [email given_name] "
	for _, tc := range []struct {
		of, known int
		want      string
	}{
		{7, 0, ""},         // nobody had withdrawn
		{9, 0, ad + "due"}, // nothing had gone to the mailer
		{12, 0, ad + "due\n" + letter + "due"},
		{16, 0, ad + "acknowledged\n" + letter + "acknowledged"},
		{16, 18, ""}, // the withdrawal was not known
		{12, 21, ad + "due\n" + letter + "due"},
	} {
		known := time.Time{}
		if tc.known > 0 {
			known = day(tc.known)
		}
		if got := list(at(day(tc.of), known)); got != tc.want {
			t.Errorf("as of the %dth, known by the %dth:\n%s\nwant\n%s", tc.of, tc.known, got, tc.want)
		}
	}
	// The no held from the 8th to the 18th; the letter of the 10th was one too many.
	for _, tc := range []struct {
		of                    int
		behind, inStep, after int
	}{{7, 0, 0, 0}, {9, 1, 0, 0}, {12, 2, 0, 1}, {16, 0, 2, 1}, {19, 0, 2, 1}} {
		r, err := at(day(tc.of), time.Time{}).Drift(t.Context(), 10, nil)
		if err != nil {
			t.Fatal(err)
		}
		behind, inStep, after := 0, 0, 0
		for _, x := range r.Targets {
			behind, inStep, after = behind+x.Behind, inStep+x.InStep, after+x.After
		}
		if behind != tc.behind || inStep != tc.inStep || after != tc.after || !r.At.Equal(day(tc.of)) {
			t.Errorf("as of the %dth: %d behind, %d in step, %d after; want %v", tc.of, behind, inStep, after, tc)
		}
		for _, x := range r.Items {
			if x.Holds != (tc.of < 18) {
				t.Errorf("as of the %dth the no holds: %v", tc.of, x.Holds)
			}
		}
	}
	// What is not known of is not made: a desk that looks at what was known writes nothing.
	b.admit(subscriber("e", address(1), cdp.ConsentWithdrawn, day(26)))
	before, _ := b.noticed()
	if got := list(at(time.Time{}, day(23))); strings.Contains(got, "due") {
		t.Errorf("as known on the 23rd:\n%s", got)
	}
	if after, _ := b.noticed(); after != before {
		t.Error("looking back made notices")
	}
	if got := list(at(day(26), time.Time{})); !strings.Contains(got, "due") {
		t.Errorf("as of the 26th by what is known now:\n%s", got)
	}
}

// noticed is how far notices follow the journal.
func (b *bench) noticed() (seq uint64, made bool) {
	b.t.Helper()
	if err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) (err error) { seq, made, err = tx.Noticed(); return err }); err != nil {
		b.t.Fatal(err)
	}
	return seq, made
}
