package steward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv/kvtest"
)

// A drain is an outlet that keeps what leaves.
type drain struct {
	lines     []int
	texts     []string
	out       bytes.Buffer // what left, or is sealed
	direct    bool
	sealed    func()
	closed    bool
	aborted   bool
	fail      error // of Write
	failClose error
	seen      func(cdp.PayloadLine) string // appended to a line when it is made
	wrote     func(string)
}

func (d *drain) Line(l cdp.PayloadLine) ([]byte, error) {
	var b strings.Builder
	fmt.Fprint(&b, l.Ref)
	for _, f := range l.Fields {
		for _, v := range f.Values {
			fmt.Fprintf(&b, " %s=%s", f.Name, v.Reveal())
		}
	}
	if d.seen != nil {
		b.WriteString(d.seen(l))
	}
	return append([]byte(b.String()), '\n'), nil
}

func (d *drain) Write(line int, b []byte) error {
	if d.fail != nil {
		return d.fail
	}
	if d.lines, d.texts = append(d.lines, line), append(d.texts, string(b)); d.direct {
		d.out.Write(b)
	}
	if d.wrote != nil {
		d.wrote(string(b))
	}
	return nil
}
func (d *drain) Direct() bool { return d.direct }
func (d *drain) Close() error { d.closed = d.failClose == nil; return d.failClose }
func (d *drain) Seal(struck func(int) bool) (string, error) {
	if d.direct {
		return "00", nil
	}
	d.out.Reset()
	for i, line := range d.lines {
		if struck == nil || !struck(line) {
			d.out.WriteString(d.texts[i])
		}
	}
	if d.sealed != nil {
		d.sealed()
	}
	return "00", nil
}
func (d *drain) Abort() bool {
	if !d.closed {
		d.aborted = true
	}
	return d.closed || d.direct && d.out.Len() > 0
}

var letterAsk = cdp.Ask{Recipient: "mailer", Purpose: "newsletter"}

// subscriber is an order whose customer said something on the newsletter.
func subscriber(key string, e cdp.Identifier, state cdp.ConsentState, at time.Time) cdp.Record {
	r := said(record("shop.orders", key, e), "newsletter", state, at)
	r.Consents[0].Method = "written"
	r.Attributes = []cdp.Attribute{{Name: "given_name", Category: "user.name.first", Value: cdp.Value("Name " + key)}, {Name: "birth_date", Category: "user.demographic.date_of_birth", Value: "1979-04-01"}}
	return r
}

func address(n int) cdp.Identifier {
	return ident(cdp.KindEmail, fmt.Sprintf("p%d@post-lindenhof.de", n))
}

func (b *bench) subscribers(n int) *bench { return b.subscribersFrom(0, n) }

func (b *bench) subscribersFrom(first, n int) *bench {
	b.t.Helper()
	var recs []cdp.Record
	for i := first; i < first+n; i++ {
		state := cdp.ConsentGiven
		if i%3 == 2 {
			state = cdp.ConsentRefused
		}
		recs = append(recs, subscriber(fmt.Sprint("m", i), address(i), state, day(2)))
	}
	if _, err := b.tryAdmit(b.d, recs...); err != nil {
		b.t.Fatal(err)
	}
	return b
}

func (b *bench) share(ask cdp.Ask, digest string) (*drain, cdp.ShareRun) {
	b.t.Helper()
	out := &drain{}
	run, err := b.d.ShareRun(b.t.Context(), ask, ShareOrder{Digest: digest, Reason: "weekly letter", Format: "ndjson", To: "out"}, out, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return out, run
}

// TestShare plans and runs: what is planned is what leaves, and each share and
// denial is recorded and found from its records.
func TestShare(t *testing.T) {
	b := newBench(t).register().subscribers(9)
	plan, err := b.d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil || plan.Profiles != 9 || plan.Allowed != 6 || plan.Denied != 3 || len(plan.Digest) != 64 {
		t.Fatalf("%+v, %v", plan, err)
	}
	stripped := false
	for _, f := range plan.Fields {
		stripped = stripped || f.Field == "birth_date" && f.Outcome == cdp.FieldStripped && f.Rule == "share.minimised" && f.Count == 6 && len(f.Examples) == 3
	}
	if !stripped {
		t.Errorf("fields: %+v", plan.Fields)
	}
	out, run := b.share(letterAsk, plan.Digest[:16])
	if n := strings.Count(out.out.String(), "\n"); n != 6 || strings.Contains(out.out.String(), "1979") || !strings.Contains(out.out.String(), "email=p0@") || strings.Contains(out.out.String(), "p2@") {
		t.Errorf("left:\n%s", out.out.String())
	}
	if run.State != cdp.RunSent || run.Digest != plan.Digest || run.Lines != 9 || run.Confirmed != 9 || run.Allowed != 6 || run.Denied != 3 || !out.closed {
		t.Errorf("%+v", run)
	}
	b.check()
	_, lines, err := b.d.ShareLines(t.Context(), run.ID, 0, 100, true)
	if err != nil || len(lines) != 9 || lines[0].Rule != "share.consent.given" || strings.Join(lines[0].Fields, " ") != "email given_name" || lines[2].Allow || lines[2].Rule != "share.consent.refused" || lines[0].State != cdp.RunSent {
		t.Fatalf("%+v, %v", lines, err)
	}
	shares, err := b.d.Shares(t.Context(), b.profile("shop.orders", "m0"))
	if err != nil || len(shares) != 1 || shares[0].Recipient != "mailer" || shares[0].Mode != "run" {
		t.Errorf("shares of the profile: %+v, %v", shares, err)
	}
	log, err := b.d.Log(t.Context(), cdp.Ref{Kind: "run", ID: run.ID.String()}, 0, 10)
	if err != nil || len(log) < 4 || log[1].Reason != "weekly letter" {
		t.Errorf("log: %+v, %v", log, err)
	}
}

// TestShareStale: what changed since the plan leaves nothing, neither before
// the run nor while it goes on.
func TestShareStale(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	plan, err := b.d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil || again.Digest != plan.Digest {
		t.Fatalf("the same plan has another digest: %v", err)
	}
	b.admit(subscriber("m0", address(0), cdp.ConsentWithdrawn, day(20)))
	out := &drain{}
	_, err = b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Digest: plan.Digest, Reason: "x"}, out, nil)
	if stale := (*StaleError)(nil); !errors.As(err, &stale) || out.out.Len() > 0 || !out.aborted {
		t.Fatalf("stale before: %v, %d bytes", err, out.out.Len())
	}
	if runs, _ := b.d.ShareRuns(t.Context(), 0, 9); len(runs) != 0 {
		t.Errorf("a run was begun: %+v", runs)
	}
	for _, direct := range []bool{false, true} {
		b := newBench(t).register().subscribers(shareChunk + 30)
		plan, err := b.d.SharePlan(t.Context(), letterAsk, nil)
		if err != nil {
			t.Fatal(err)
		}
		last := shareChunk + 27
		out, once := &drain{direct: direct}, false
		out.wrote = func(string) {
			if !once { // the first chunk has left, the second one is not judged yet
				once = true
				b.admit(subscriber("w", address(last), cdp.ConsentWithdrawn, day(25)))
			}
		}
		run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Digest: plan.Digest, Reason: "x"}, out, nil)
		stale, otherwise := (*StaleError)(nil), (*OtherwiseError)(nil)
		switch {
		case direct && (!errors.As(err, &otherwise) || run.State != cdp.RunSent):
			t.Errorf("bytes left at once: %v, %+v", err, run)
		case !direct && (!errors.As(err, &stale) || run.State != cdp.RunVoid || !out.aborted || out.closed):
			t.Errorf("a file: %v, %+v", err, run)
		}
		if strings.Contains(out.out.String(), address(last).Reveal()) {
			t.Error("who withdrew between two chunks is in the second one")
		}
		b.check()
	}
}

// TestShareClosed: a gate that is closed whoever the person is begins no run,
// and the log says so.
func TestShareClosed(t *testing.T) {
	b := newBench(t).register().subscribers(3)
	ask := cdp.Ask{Recipient: "adserver", Purpose: "newsletter"} // no transfer tool
	_, err := b.d.ShareRun(t.Context(), ask, ShareOrder{Reason: "x"}, &drain{}, nil)
	if closed := (*ClosedError)(nil); !errors.As(err, &closed) || closed.Verdict.Rule != "share.recipient.transfer" {
		t.Fatalf("%v", err)
	}
	log, err := b.d.Log(t.Context(), cdp.Ref{Kind: "recipient", ID: "adserver"}, 0, 5)
	if err != nil || len(log) != 1 || log[0].Verb != "deny" || !strings.Contains(log[0].Detail, "share.recipient.transfer") {
		t.Errorf("log: %+v, %v", log, err)
	}
	if _, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{}, &drain{}, nil); !errors.Is(err, ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := b.s.As(Actor{Name: "guest", ReadOnly: true}).ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, &drain{}, nil); !errors.Is(err, ErrReadOnly) {
		t.Errorf("by a reader: %v", err)
	}
	closed := newBench(t) // no register at all
	closed.subscribers(2)
	plan, err := closed.d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil || plan.Allowed != 0 {
		t.Errorf("without a register: %+v, %v", plan, err)
	}
}

// TestShareBrokenRegister: a register in the store that can not be read closes
// the gate, and the verdict says so.
func TestShareBrokenRegister(t *testing.T) {
	b := newBench(t).register().subscribers(3)
	err := b.s.g.Update(t.Context(), b.now, func(tx *graph.Tx) error {
		return tx.AddRegister(graph.RegisterVersion{From: b.now.Add(-time.Hour), Hash: strings.Repeat("ab", 32), Text: []byte("purposes: [")})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.open(b.store)
	plan, err := b.d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil || plan.Allowed != 0 || len(plan.Rules) != 1 || plan.Rules[0].Rule != "share.register.broken" {
		t.Fatalf("%+v, %v", plan, err)
	}
}

// TestShareCutOff fails a run at each of its writes and at its outlet: nothing
// leaves unrecorded, and what is recorded and did not leave is void.
func TestShareCutOff(t *testing.T) {
	for n := 1; ; n++ {
		b := newBench(t).register().subscribers(5)
		d := b.open(kvtest.FailAt(b.store, n))
		recorded := func() (runs []cdp.ShareRun) {
			b.open(b.store)
			runs, err := b.d.ShareRuns(t.Context(), 0, 9)
			if err != nil {
				t.Fatal(err)
			}
			return runs
		}
		out := &drain{direct: true}
		_, err := d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
		runs := recorded()
		if err == nil {
			if n < 4 {
				t.Fatalf("only %d writes were tried", n)
			}
			break
		}
		if out.out.Len() > 0 && (len(runs) != 1 || runs[0].Lines != 5 || runs[0].State == cdp.RunVoid) {
			t.Fatalf("write %d: %d bytes left, recorded %+v", n, out.out.Len(), runs)
		}
		b.check()
	}
	b := newBench(t).register().subscribers(5)
	full := errors.New("no space")
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, &drain{fail: full}, nil)
	if !errors.Is(err, full) || run.State != cdp.RunVoid {
		t.Fatalf("%v, %+v", err, run)
	}
	shares, err := b.d.Shares(t.Context(), b.profile("shop.orders", "m0"))
	if err != nil || len(shares) != 0 {
		t.Errorf("a void run counts: %+v, %v", shares, err)
	}
	b.check()
}

// TestSharesFollowRecords: a share hangs on records, so it goes with them when
// the profile is split, and comes with them when it is merged.
func TestSharesFollowRecords(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2)))
	whole := b.profile("shop.orders", "o1")
	if b.profile("store.pos", "c1") != whole {
		t.Fatal("not one profile")
	}
	ask := cdp.Ask{Recipient: "parcel", Purpose: "orders", Fields: []string{"email"}}
	_, run := b.share(ask, "")
	_, lines, _ := b.d.ShareLines(t.Context(), run.ID, 0, 9, true)
	if len(lines) != 1 || len(lines[0].Records) != 2 {
		t.Fatalf("%+v", lines)
	}
	b.admit(said(record("store.pos", "c2", mail), "profile", cdp.ConsentWithdrawn, day(9)))
	if b.profile("store.pos", "c1") == whole {
		t.Fatal("not split")
	}
	for _, key := range [][2]string{{"shop.orders", "o1"}, {"store.pos", "c1"}} {
		if got, err := b.d.Shares(t.Context(), b.profile(key[0], key[1])); err != nil || len(got) != 1 {
			t.Errorf("%s: %+v, %v", key[0], got, err)
		}
	}
	b.check()
}

// TestNoShareAfterWithdrawal: withdrawals are acknowledged while a run goes on.
// No share is made of a person whose withdrawal was acknowledged before the
// share was recorded.
func TestNoShareAfterWithdrawal(t *testing.T) {
	const people = 600
	b := newBench(t).register().subscribers(people)
	start := b.now
	var clock atomic.Int64
	b.s.opt.Now = func() time.Time { return start.Add(time.Duration(clock.Add(1)) * time.Millisecond) }
	var mu sync.Mutex
	acked := make(map[string]bool)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	begun := make(chan bool)
	var once sync.Once
	for w := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-begun
			for i := people - 1 - w; i >= 0 && ctx.Err() == nil; i -= 3 {
				e := address(i)
				r := subscriber(fmt.Sprint("w", i), e, cdp.ConsentWithdrawn, day(25))
				id, _, err := b.d.Begin(context.Background(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "f", FileHash: fmt.Sprint("race", i), Mapping: "m"})
				if err == nil {
					_, err = b.d.Admit(context.Background(), cdp.Batch{ID: id, Records: []cdp.Record{r}, Rows: 1, Last: true})
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acked[e.Reveal()] = true
				mu.Unlock()
			}
		}()
	}
	late := 0
	out := &drain{seen: func(l cdp.PayloadLine) string {
		once.Do(func() { close(begun) })
		for _, f := range l.Fields {
			if f.Name == "email" {
				mu.Lock()
				defer mu.Unlock()
				if acked[f.Values[0].Reveal()] {
					return " LATE"
				}
			}
		}
		return ""
	}}
	out.wrote = func(s string) { late += strings.Count(s, " LATE") }
	_, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	stop()
	once.Do(func() { close(begun) })
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if late > 0 {
		t.Errorf("%d shares were made after an acknowledged withdrawal", late)
	}
	b.check()
}
