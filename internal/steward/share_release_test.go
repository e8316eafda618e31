package steward

import (
	"cmp"
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
	"cdp-tui/internal/kv"
)

// afterFirst calls f when the first line of the second chunk is written.
func afterFirst(f func()) func(string) {
	n := 0
	return func(string) {
		if n++; n == shareChunk {
			f()
		}
	}
}

func withdraws(b *bench, key string, e cdp.Identifier) {
	b.admit(subscriber(key, e, cdp.ConsentWithdrawn, day(25)))
}

// struckLines are the lines of a run that were struck.
func (b *bench) struckLines(run cdp.ShareRun) (out []cdp.ShareLine) {
	b.t.Helper()
	for after := 0; ; {
		_, lines, err := b.d.ShareLines(b.t.Context(), run.ID, after, 500, true)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(lines) == 0 {
			return out
		}
		for _, l := range lines {
			if after = l.Line; !l.Struck.IsZero() {
				out = append(out, l)
			}
		}
	}
}

// TestFileHasNoShareAfterWithdrawal: what is acknowledged after a line was
// judged and before the file is released is not in the file, and the line says
// that it was struck.
func TestFileHasNoShareAfterWithdrawal(t *testing.T) {
	const people = shareChunk + shareChunk/2 + 60 // the first chunk has 200 lines
	for name, c := range map[string]struct {
		overtake func(*bench)
		rule     string
	}{
		"withdrawn": {func(b *bench) { withdraws(b, "w", address(0)) }, "share.consent.withdrawn"},
		"same row":  {func(b *bench) { withdraws(b, "m0", address(0)) }, "share.consent.withdrawn"},
		"not wanted": {func(b *bench) {
			r := record("shop.orders", "n", address(0))
			r.Preferences = []cdp.Preference{{Endpoint: address(0), Wish: cdp.Unwanted, At: day(25)}}
			b.admit(r)
		}, "share.preference.unwanted"},
		"by letter": {func(b *bench) {
			b.instruct(cdp.Instruction{Verb: cdp.InstructWithdraw, Endpoint: address(0), Purposes: []cdp.PurposeID{"newsletter"}, At: b.now.Add(-time.Hour), Via: "letter", Ref: "L-1"})
		}, "share.consent.withdrawn"},
		"restricted": {func(b *bench) {
			b.instruct(cdp.Instruction{Verb: cdp.InstructRestrict, Profile: b.profile("shop.orders", "m0"), Ground: cdp.GroundAccuracy, At: b.now.Add(-time.Hour), Via: "letter", Ref: "L-1"})
		}, "share.restricted"},
		"suppressed": {func(b *bench) {
			if _, err := b.d.Suppress(b.t.Context(), cdp.Suppressing{Endpoints: []cdp.Identifier{address(0)}, Scope: cdp.SuppressMarketing, Origin: cdp.SuppressedRegister, At: day(25), Ref: "list"}, false); err != nil {
				b.t.Error(err)
			}
		}, "share.suppressed"},
		"corrected": {func(b *bench) {
			r := subscriber("m0", address(0), cdp.ConsentGiven, day(2))
			r.Attributes[0].Value = "Another Name"
			b.admit(r)
		}, "share.changed"},
	} {
		for _, when := range []string{"between chunks", "while the file is made"} {
			t.Run(name+" "+when, func(t *testing.T) {
				b := newBench(t).register().subscribers(people)
				out := &drain{}
				var once sync.Once
				if f := func() { once.Do(func() { c.overtake(b) }) }; when == "between chunks" {
					out.wrote = func(string) { f() }
				} else {
					out.sealed = f
				}
				run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
				if err != nil {
					t.Fatal(err)
				}
				if left := out.out.String(); strings.Contains(left, address(0).Reveal()+"\n") || strings.Contains(left, address(0).Reveal()+" ") || !strings.Contains(left, address(1).Reveal()) {
					t.Error("the file has a line that was overtaken")
				}
				struck := b.struckLines(run)
				if len(struck) != 1 || run.Struck != 1 || struck[0].Allow || struck[0].Rule != c.rule || run.Allowed != strings.Count(out.out.String(), "\n") || run.Allowed+run.Denied != run.Lines || run.Released.IsZero() {
					t.Fatalf("struck %+v, run %+v", struck, run)
				}
				list, err := b.d.Outbox(t.Context(), cdp.OutboxFilter{All: true}, 0, 9)
				if err != nil || len(list) != 0 {
					t.Errorf("nobody got it, and there are notices: %+v, %v", list, err)
				}
				b.check()
			})
		}
	}
}

// TestFileSharedEndpoint: a no at an endpoint that several records carry strikes
// the lines of all of them.
func TestFileSharedEndpoint(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	shared := address(0)
	b.admit(subscriber("again", shared, cdp.ConsentGiven, day(3)))
	out := &drain{sealed: sync.OnceFunc(func() { withdraws(b, "other", shared) })}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || run.Struck == 0 || strings.Contains(out.out.String(), shared.Reveal()) {
		t.Errorf("%+v, %v:\n%s", run, err, out.out.String())
	}
	b.check()
}

// TestFilesAtOnce: of two runs at once one is the first to leave, and the other
// strikes whom it is too early to write to again. A held run is no contact, and
// leaving is no change of a record.
func TestFilesAtOnce(t *testing.T) {
	ask := cdp.Ask{Recipient: "mailer", Purpose: "newsletter", Channel: "email"}
	for name, c := range map[string]struct {
		direct  bool
		between bool // chunks; else while the file is made
		over    cdp.Channel
		struck  int
	}{
		"file while sealed":    {over: "email", struck: 1},
		"pipe while sealed":    {direct: true, over: "email", struck: 1},
		"file between chunks":  {between: true, over: "email", struck: 1},
		"pipe between chunks":  {direct: true, between: true, over: "email", struck: 1},
		"not over any channel": {over: "", struck: 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t).register()
			r := subscriber("seldom", address(0), cdp.ConsentGiven, day(2))
			r.Preferences = []cdp.Preference{{Endpoint: address(0), Channel: "email", Frequency: "P1W", At: day(3)}}
			b.admit(r)
			b.subscribersFrom(1, shareChunk+shareChunk/2)
			other := &drain{direct: c.direct}
			once := sync.OnceFunc(func() {
				ask := ask
				ask.Channel = c.over
				if run, err := b.d.ShareRun(t.Context(), ask, ShareOrder{Reason: "x"}, other, nil); err != nil || run.State != cdp.RunSent || run.Struck != 0 {
					t.Errorf("the other run: %+v, %v", run, err)
				}
			})
			out := &drain{}
			if c.between {
				out.wrote = func(string) { once() }
			} else {
				out.sealed = once
			}
			run, err := b.d.ShareRun(t.Context(), ask, ShareOrder{Reason: "x"}, out, nil)
			if err != nil || run.State != cdp.RunSent || !strings.Contains(other.out.String(), address(0).Reveal()) || !strings.Contains(out.out.String(), address(1).Reveal()) {
				t.Fatalf("%+v, %v", run, err)
			}
			struck := b.struckLines(run)
			if len(struck) != c.struck || c.struck > 0 && struck[0].Rule != "share.preference.frequency" || strings.Contains(out.out.String(), address(0).Reveal()) != (c.struck == 0) {
				t.Errorf("written to twice in a week; struck: %+v", struck)
			}
			b.check()
		})
	}
}

// TestFilesRace: of runs to files that race each other one writes to a person
// who wants to be written to once a week.
func TestFilesRace(t *testing.T) {
	const people, runs = 40, 4
	b := newBench(t).register()
	for i := range people {
		r := subscriber(fmt.Sprint("s", i), address(i), cdp.ConsentGiven, day(2))
		r.Preferences = []cdp.Preference{{Endpoint: address(i), Channel: "email", Frequency: "P1W", At: day(3)}}
		b.admit(r)
	}
	outs := make([]*drain, runs)
	var wg, judged sync.WaitGroup
	judged.Add(runs) // all are held before one is released
	for i := range outs {
		outs[i] = &drain{sealed: sync.OnceFunc(func() { judged.Done(); judged.Wait() })}
		wg.Add(1)
		go func() {
			defer wg.Done()
			ask := cdp.Ask{Recipient: "mailer", Purpose: "newsletter", Channel: "email"}
			if _, err := b.d.ShareRun(context.Background(), ask, ShareOrder{Reason: "x"}, outs[i], nil); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	got := make(map[string]int)
	for _, out := range outs {
		for i := range people {
			if strings.Contains(out.out.String(), "email="+address(i).Reveal()+" ") {
				got[address(i).Reveal()]++
			}
		}
	}
	for i := range people {
		if n := got[address(i).Reveal()]; n != 1 {
			t.Errorf("p%d was written to %d times", i, n)
		}
	}
	b.check()
}

// TestFileFollowsMany: where changes bear on more records than one transaction
// follows, none is followed, and all lines are judged again.
func TestFileFollowsMany(t *testing.T) {
	for name, key := range map[string]string{"of a profile": "w", "of carriers": "m0"} {
		b := newBench(t).register().subscribers(12)
		b.s.followed = 3
		for i := range 6 {
			b.admit(record("shop.orders", fmt.Sprint("many", i), address(0)))
		}
		most := 0
		out := &drain{sealed: sync.OnceFunc(func() {
			withdraws(b, key, address(0))
			err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
				w := overtaking{tx: tx, limit: b.s.followed, carriers: followedCarriers, records: make(map[cdp.RecordID]bool), profiles: make(map[cdp.ProfileID]bool)}
				changes, err := tx.Changes(0, followedChanges)
				for i := range changes {
					if err := w.change(&changes[i]); err != nil {
						return err
					}
				}
				if most = len(w.records); !w.whole {
					t.Errorf("%s: %d records of %d changes were taken for few", name, most, len(changes))
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})}
		run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
		if err != nil || run.Struck != 1 || strings.Contains(out.out.String(), address(0).Reveal()) || !strings.Contains(out.out.String(), address(1).Reveal()) {
			t.Errorf("%s: %+v, %v:\n%.400s", name, run, err, out.out.String())
		}
		if most > 2*b.s.followed+1 {
			t.Errorf("%s: %d records were gathered, with a limit of %d", name, most, b.s.followed)
		}
		b.check()
	}
}

// TestFileManyCarriers: where more records carry an endpoint than are followed
// one by one, all lines are judged again.
func TestFileManyCarriers(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	shared := address(0)
	for i := 0; i < followedCarriers; i += 200 {
		var recs []cdp.Record
		for k := range 200 {
			recs = append(recs, record("shop.orders", fmt.Sprint("many", i+k), shared))
		}
		b.admit(recs...)
	}
	out := &drain{sealed: sync.OnceFunc(func() { withdraws(b, "other", shared) })}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || run.Struck == 0 || strings.Contains(out.out.String(), shared.Reveal()) || !strings.Contains(out.out.String(), address(1).Reveal()) {
		t.Errorf("%+v, %v:\n%.400s", run, err, out.out.String())
	}
	b.check()
}

// TestFileExpires: a consent that ends by itself before the release is struck too.
func TestFileExpires(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("m0", address(0), cdp.ConsentGiven, day(2))
	r.Consents[0].Expires = b.now.Add(time.Minute)
	b.admit(r, subscriber("m1", address(1), cdp.ConsentGiven, day(2)))
	out := &drain{sealed: sync.OnceFunc(func() { b.now = b.now.Add(time.Hour) })}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || run.Struck != 1 || run.Allowed != 1 || strings.Contains(out.out.String(), "p0@") {
		t.Errorf("%+v, %v:\n%s", run, err, out.out.String())
	}
}

// TestFileExpiresMeanwhile: what was judged again before the release and ends by
// itself before it is struck too.
func TestFileExpiresMeanwhile(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	n := 0
	out := &drain{sealed: func() {
		switch n++; n {
		case 1: // one consent gets an end, and another line is struck, so that the file is made anew
			r := said(record("shop.orders", "ends", address(0)), "newsletter", cdp.ConsentGiven, day(20))
			r.Consents[0].Method, r.Consents[0].Expires = "written", b.now.Add(time.Minute)
			b.admit(r)
			withdraws(b, "w", address(1))
		case 2:
			b.now = b.now.Add(time.Hour)
		}
	}}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || n < 2 || run.Struck != 2 || strings.Contains(out.out.String(), address(0).Reveal()) || !strings.Contains(out.out.String(), address(3).Reveal()) {
		t.Errorf("made %d times, %+v, %v:\n%s", n, run, err, out.out.String())
	}
	b.check()
}

// A rerunning store runs the function of each Update twice: the first time for
// nothing, as the contract allows.
type rerunning struct{ kv.Store }

func (s rerunning) Update(ctx context.Context, f func(kv.Tx) error) error {
	again := errors.New("again")
	err := s.Store.Update(ctx, func(tx kv.Tx) error { return cmp.Or(f(tx), again) })
	if !errors.Is(err, again) {
		return err
	}
	return s.Store.Update(ctx, f)
}

// TestFileRunAgain: all lines are judged again also where a transaction runs more
// than once.
func TestFileRunAgain(t *testing.T) {
	b := newBench(t).register().subscribers(2 * shareChunk)
	r := subscriber("m0", address(0), cdp.ConsentGiven, day(2))
	r.Consents[0].Expires = b.now.Add(time.Minute)
	b.admit(r)
	d := b.open(rerunning{b.store})
	out := &drain{sealed: sync.OnceFunc(func() { b.now = b.now.Add(time.Hour) })}
	run, err := d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || run.Struck != 1 || strings.Contains(out.out.String(), address(0).Reveal()) || strings.Count(out.out.String(), "\n") != run.Allowed {
		t.Errorf("%+v, %v", run, err)
	}
	b.check()
}

// TestFileAsPlanned: with the digest of a plan, what is overtaken leaves nothing
// of the file.
func TestFileAsPlanned(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	plan, err := b.d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := &drain{sealed: sync.OnceFunc(func() { withdraws(b, "w", address(0)) })}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Digest: plan.Digest, Reason: "x"}, out, nil)
	if stale := (*StaleError)(nil); !errors.As(err, &stale) || run.State != cdp.RunVoid || out.closed || run.Struck != 0 {
		t.Errorf("%v, %+v", err, run)
	}
	b.check()
}

// TestFileRaces: withdrawals are acknowledged while a file is made. None that
// was acknowledged before the release is in it.
func TestFileRaces(t *testing.T) {
	const people, mostRacing = 500, releaseSteps - 5 // each step that fails takes one more: it ends
	b := newBench(t).register().subscribers(people)
	start := b.now
	var clock atomic.Int64
	b.s.opt.Now = func() time.Time { return start.Add(time.Duration(clock.Add(1)) * time.Millisecond) }
	var mu sync.Mutex
	acked := make(map[string]time.Time)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	begun := make(chan bool)
	begin := sync.OnceFunc(func() { close(begun) })
	first := make(chan bool) // one was acknowledged
	one := sync.OnceFunc(func() { close(first) })
	for w := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer one()
			<-begun
			for i := w; i < mostRacing && ctx.Err() == nil; i += 3 {
				e := address(i)
				id, _, err := b.d.Begin(context.Background(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "f", FileHash: fmt.Sprint("race", i), Mapping: "m"})
				if err == nil {
					_, err = b.d.Admit(context.Background(), cdp.Batch{ID: id, Records: []cdp.Record{subscriber(fmt.Sprint("w", i), e, cdp.ConsentWithdrawn, day(25))}, Rows: 1, Last: true})
				}
				if err != nil {
					t.Error(err)
					return
				}
				at := b.s.opt.Now()
				mu.Lock()
				acked[e.Reveal()] = at
				mu.Unlock()
				one()
			}
		}()
	}
	out := &drain{wrote: func(string) { begin(); <-first }}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	stop()
	begin()
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	for i := range people {
		at, ok := acked[address(i).Reveal()]
		if !ok || at.After(run.Released) {
			continue
		}
		if before++; strings.Contains(out.out.String(), "email="+address(i).Reveal()+" ") {
			t.Errorf("p%d withdrew before the release and is in the file", i)
		}
	}
	t.Logf("%d withdrew before the release, %d lines were struck", before, run.Struck)
	if before == 0 {
		t.Error("nobody withdrew in time: the test shows nothing")
	}
	b.check()
}

// TestFilePersonParted: what came from two records of one person is struck when
// they are found to be two, also where the bytes stay the same.
func TestFilePersonParted(t *testing.T) {
	b := newBench(t).register()
	both := func(key string, e cdp.Identifier) cdp.Record {
		r := subscriber(key, e, cdp.ConsentGiven, day(2))
		r.Attributes[0].Value = "Maria"
		r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindLogin, "anna"), Strength: cdp.LinkStrong})
		return r
	}
	b.admit(both("o1", address(0)), both("o2", address(1)), subscriber("o3", address(2), cdp.ConsentGiven, day(2)))
	out := &drain{sealed: sync.OnceFunc(func() {
		_, _, err := b.d.Decide(t.Context(), []cdp.Decision{{Verb: cdp.DecideDifferent, Reason: "two people", Rows: []cdp.DecidedRow{
			{Row: cdp.Row{Source: "shop.orders", Key: "o1"}}, {Row: cdp.Row{Source: "shop.orders", Key: "o2"}, Group: 1}}}}, "")
		if err != nil {
			t.Error(err)
		}
	})}
	ask := letterAsk
	ask.Fields = []string{"given_name"}
	run, err := b.d.ShareRun(t.Context(), ask, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || run.Lines != 2 || run.Struck != 1 || run.Allowed != 1 || strings.Contains(out.out.String(), "Maria") {
		t.Errorf("%+v, %v:\n%s", run, err, out.out.String())
	}
	if struck := b.struckLines(run); len(struck) != 1 || len(struck[0].Records) != 2 || struck[0].Rule != "share.changed" {
		t.Errorf("struck: %+v", struck)
	}
	b.check()
}

// TestFileUnderIngest: while records are taken in all the time, as many as one
// step follows and more, a file is released all the same: each step follows more.
func TestFileUnderIngest(t *testing.T) {
	b := newBench(t).register().subscribers(12)
	b.s.followed = 1
	made := 0
	out := &drain{}
	out.sealed = func() {
		if made++; made > 100 {
			t.Fatal("it never ends")
		}
		b.admit(record("shop.orders", fmt.Sprint("more", made), address(0)))
	}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if err != nil || run.State != cdp.RunSent || run.Struck != 0 || strings.Count(out.out.String(), "\n") != run.Allowed {
		t.Errorf("made %d times: %+v, %v", made, run, err)
	}
	b.check()
}

// TestFileNeverRests: where each time the file is made another line is
// overtaken, it is given up after some time, says so, and nothing has left.
func TestFileNeverRests(t *testing.T) {
	b := newBench(t).register().subscribers(300)
	made := 0
	out := &drain{}
	out.sealed = func() {
		withdraws(b, fmt.Sprint("w", made), address(3*made)) // two of three said yes
		made++
	}
	run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
	if planned := (*PlanError)(nil); !errors.As(err, &planned) || planned.Hint == "" || run.State != cdp.RunVoid || out.closed || made > releaseSteps {
		t.Errorf("made %d times: %+v, %v", made, run, err)
	}
	if kept, lines, err := b.d.ShareLines(t.Context(), run.ID, 0, 9, false); err != nil || kept.State != cdp.RunVoid {
		t.Errorf("kept: %+v, %d lines, %v", kept, len(lines), err)
	}
	b.check()
}
