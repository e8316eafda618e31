package steward

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/kvtest"
)

// TestFileCutOff fails a run to a file at each of its writes. The file is there
// only if its release is recorded, and what was not released is void when the
// store is opened again.
func TestFileCutOff(t *testing.T) {
	states := make(map[cdp.RunState]int)
	for n := 1; ; n++ {
		b := newBench(t).register().subscribers(5)
		d := b.open(kvtest.FailAt(b.store, n))
		out := &drain{}
		_, err := d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
		b.open(b.store)
		if err := b.d.settleRuns(t.Context()); err != nil {
			t.Fatal(err)
		}
		runs, rerr := b.d.ShareRuns(t.Context(), 0, 9)
		if rerr != nil || len(runs) > 1 {
			t.Fatalf("%+v, %v", runs, rerr)
		}
		for _, run := range runs {
			states[run.State]++
			if out.closed != run.State.Left() {
				t.Errorf("write %d: the file is there: %v; recorded: %+v", n, out.closed, run)
			}
			_, lines, err := b.d.ShareLines(t.Context(), run.ID, 0, 9, false)
			if err != nil || out.closed && len(lines) != strings.Count(out.out.String(), "\n") {
				t.Errorf("write %d: %d lines in the store, %v; the file:\n%s", n, len(lines), err, out.out.String())
			}
		}
		b.check()
		if err == nil {
			break
		}
	}
	if states[cdp.RunVoid] == 0 || states[cdp.RunReleased] == 0 || states[cdp.RunSent] != 1 {
		t.Errorf("states that were met: %v", states)
	}
}

// TestSettleRun: whoever finds a run released and not confirmed says whether the
// file is there, by its bytes.
func TestSettleRun(t *testing.T) {
	b := newBench(t).register().subscribers(5)
	_, sent := b.share(letterAsk, "")
	if _, err := b.d.SettleRun(t.Context(), sent.ID, "00", "seen"); err == nil {
		t.Error("a run that was sent is settled again")
	}
	cut := func() cdp.ShareRun {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		run, err := b.d.ShareRun(ctx, letterAsk, ShareOrder{Reason: "x"}, &drain{failClose: errKilled}, nil)
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		return run
	}
	if run := cut(); run.State != cdp.RunVoid {
		t.Errorf("nothing left: %+v", run)
	}
	for hash, want := range map[string]cdp.RunState{"00": cdp.RunSent, "": cdp.RunVoid} {
		run := cut()
		run.State = cdp.RunReleased // as a process leaves it that is killed there
		if err := (&running{d: b.d, run: run}).settle(t.Context(), b.d.entry("share", cdp.Ref{}, "")); err != nil {
			t.Fatal(err)
		}
		if _, err := b.d.SettleRun(t.Context(), run.ID, "11", "seen"); err == nil {
			t.Error("another file is taken for it")
		}
		if _, err := b.d.SettleRun(t.Context(), run.ID, hash, " "); !errors.Is(err, ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		if got, err := b.d.SettleRun(t.Context(), run.ID, hash, "seen"); err != nil || got.State != want {
			t.Errorf("%+v, %v; want %s", got, err, want)
		}
	}
	b.check()
}

// A late store calls a function before the first Update.
type late struct {
	kv.Store
	first func()
}

func (s late) Update(ctx context.Context, f func(kv.Tx) error) error {
	s.first()
	return s.Store.Update(ctx, f)
}

// TestSettleRunsLate: a run that ended after it was listed as held stays as it
// ended.
func TestSettleRunsLate(t *testing.T) {
	b := newBench(t).register()
	run := cdp.ShareRun{Ask: letterAsk, State: cdp.RunHeld}
	g := b.s.g
	if err := g.Update(t.Context(), b.now, func(tx *graph.Tx) error { return tx.NewRun(&run) }); err != nil {
		t.Fatal(err)
	}
	d := b.open(late{b.store, sync.OnceFunc(func() {
		run.State = cdp.RunSent
		if err := g.Update(t.Context(), b.now, func(tx *graph.Tx) error { return tx.SetRun(run) }); err != nil {
			t.Error(err)
		}
	})})
	if err := d.settleRuns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if runs, err := d.ShareRuns(t.Context(), 0, 9); err != nil || len(runs) != 1 || runs[0].State != cdp.RunSent {
		t.Errorf("%+v, %v", runs, err)
	}
}

// TestSettlePipe: of a run to a pipe nobody can say that nothing left once lines
// of it are confirmed.
func TestSettlePipe(t *testing.T) {
	b := newBench(t).register().subscribers(2 * shareChunk)
	cut := func(after int) cdp.ShareRun {
		out := &drain{direct: true}
		n := 0
		out.wrote = func(string) {
			if n++; n == after {
				out.fail = errKilled
			}
		}
		run, err := b.d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil)
		if !errors.Is(err, errKilled) || run.State != cdp.RunPrepared {
			t.Fatalf("%+v, %v", run, err)
		}
		return run
	}
	for after, want := range map[int]cdp.RunState{1: cdp.RunVoid, shareChunk: cdp.RunPrepared} {
		run := cut(after)
		if _, err := b.d.SettleRun(t.Context(), run.ID, strings.Repeat("0", 64), "seen"); err == nil {
			t.Error("a file is taken for what went to a pipe")
		}
		_, err := b.d.SettleRun(t.Context(), run.ID, "", "seen")
		if got, _, lerr := b.d.ShareLines(t.Context(), run.ID, 0, 1, false); lerr != nil || got.State != want || (err == nil) != (want == cdp.RunVoid) {
			t.Errorf("cut off after %d lines, %d of them confirmed: %s, %v", after, run.Confirmed, got.State, err)
		}
	}
	b.check()
}

var errKilled = errors.New("killed")
