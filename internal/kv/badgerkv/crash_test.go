package badgerkv_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
)

// These tests run the test binary again as a child, which is then killed. A
// kill does not test fsync: what was written stays in the page cache.

const (
	childJob = "BADGERKV_TEST_CHILD" // what the child does; set only for it
	childDir = "BADGERKV_TEST_DIR"
)

func TestMain(m *testing.M) {
	if job := os.Getenv(childJob); job != "" {
		if err := child(job, os.Getenv(childDir)); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(job, dir string) error {
	s, err := badgerkv.Open(dir, badgerkv.Options{NoSync: job == "forget"})
	if err != nil {
		return err
	}
	switch job {
	case "hold":
		fmt.Println("ready")
		_, err := io.Copy(io.Discard, os.Stdin) // until the parent lets go
		if err != nil {
			return err
		}
		return s.Close()
	case "write":
		return childWrites(s)
	case "load":
		return childLoads(s)
	case "loaded":
		return childLoadsAll(s)
	case "forget":
		return childForgets(s)
	case "fill":
		return childFills(s)
	}
	return fmt.Errorf("no job %q", job)
}

// rowValue is long, so that logs fill and tables are made and merged.
func rowValue(worker, i int) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("%d/%d ", worker, i), 400))
}

func rowKey(part string, worker, i int) []byte {
	return fmt.Appendf(nil, "%s/%d/%08d", part, worker, i)
}

// childWrites writes until it is killed. Each update sets a row in two places
// and deletes the row of ten rounds before in one of them; each is told of
// when it is durable.
func childWrites(s *badgerkv.Store) error {
	ctx := context.Background()
	from := 0
	err := s.View(ctx, func(r kv.Reader) error {
		for e, err := range r.Scan(kv.Range{Start: []byte("x/"), End: []byte("x0"), Reverse: true, KeysOnly: true}) {
			if err != nil {
				return err
			}
			n, err := strconv.Atoi(string(e.Key[len(e.Key)-8:]))
			if err != nil {
				return err
			}
			from = max(from, n+1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	var mu sync.Mutex
	say := func(worker, i int) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(out, "ack", worker, i)
		_ = out.Flush()
	}
	fmt.Fprintln(out, "ready")
	errs := make(chan error)
	for worker := range 4 {
		go func() {
			for i := from; ; i++ {
				err := s.Update(ctx, func(tx kv.Tx) error {
					if err := tx.Set(rowKey("x", worker, i), rowValue(worker, i)); err != nil {
						return err
					}
					if err := tx.Delete(rowKey("y", worker, i-10)); err != nil {
						return err
					}
					return tx.Set(rowKey("y", worker, i), rowValue(worker, i))
				})
				if err != nil {
					errs <- err
				}
				say(worker, i)
			}
		}()
	}
	return <-errs
}

// childLoads loads until it is killed.
func childLoads(s *badgerkv.Store) error {
	l, err := s.NewLoader(context.Background())
	if err != nil {
		return err
	}
	fmt.Println("ready")
	value := make([]byte, 4096)
	rnd := rand.New(rand.NewPCG(4, 4))
	for i := range value {
		value[i] = byte(rnd.Uint32())
	}
	for i := uint64(0); ; i++ {
		if err := l.Put(binary.BigEndian.AppendUint64(nil, i), value); err != nil {
			return err
		}
	}
}

// start runs a child and waits until it is at work.
func start(t *testing.T, job, dir string) (cmd *exec.Cmd, stdin io.Closer, lines *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(exe)
	cmd.Env = append(os.Environ(), childJob+"="+job, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines = bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		_ = cmd.Process.Kill()
		t.Fatalf("child says %q, %v, %v", lines.Text(), lines.Err(), cmd.Wait())
	}
	return cmd, in, lines
}

func TestKill(t *testing.T) {
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(9, 9))
	acked := make(map[int]int) // by worker, the last round that is durable
	total := 0
	for round := range 10 {
		cmd, _, lines := start(t, "write", dir)
		timer := time.AfterFunc(time.Duration(20+rnd.IntN(200))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for lines.Scan() {
			var worker, i int
			if _, err := fmt.Sscanf(lines.Text(), "ack %d %d", &worker, &i); err != nil {
				t.Fatalf("child says %q", lines.Text())
			}
			acked[worker] = max(acked[worker], i)
			total++
		}
		timer.Stop()
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("child ended by itself: %v", err)
		}
		s := open(t, dir, badgerkv.Options{})
		checkRows(t, s, round, acked)
		closeStore(t, s)
	}
	if len(acked) != 4 || total < 100 {
		t.Errorf("%d acknowledgements by %d workers: the children did too little", total, len(acked))
	}
	t.Logf("%d updates acknowledged, 10 kills", total)
}

// checkRows checks that every acknowledged update is there, and every update
// is there wholly or not at all.
func checkRows(t *testing.T, s kv.Store, round int, acked map[int]int) {
	t.Helper()
	err := s.View(t.Context(), func(r kv.Reader) error {
		last := make(map[int]int)
		rows := make(map[string]int)
		for e, err := range r.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			var worker, i int
			if _, err := fmt.Sscanf(string(e.Key[2:]), "%d/%d", &worker, &i); err != nil {
				return err
			}
			if string(e.Value) != string(rowValue(worker, i)) {
				return fmt.Errorf("row %s has a wrong value", e.Key)
			}
			rows[string(e.Key)] = 1
			if e.Key[0] == 'x' {
				last[worker] = max(last[worker], i)
			}
		}
		for worker, n := range acked {
			if last[worker] < n {
				t.Errorf("round %d: worker %d was told that %d is durable, the last is %d", round, worker, n, last[worker])
			}
		}
		want := 0
		for worker, n := range last {
			for i := n; i > n-10 && i >= 0; i-- {
				if rows[string(rowKey("x", worker, i))] == 0 {
					continue // rounds are skipped where another worker was ahead at the kill
				}
				want++
				if rows[string(rowKey("y", worker, i))] == 0 {
					t.Errorf("round %d: half of update %d of worker %d is there", round, i, worker)
				}
			}
		}
		if want == 0 && len(acked) > 0 {
			t.Errorf("round %d: nothing is there", round)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInUseByAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	cmd, stdin, _ := start(t, "hold", dir)
	wantInUse(t, dir, cmd.Process.Pid)
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	closeStore(t, open(t, dir, badgerkv.Options{}))

	// A holder that is killed holds nothing, although its LOCK file is there.
	cmd, _, _ = start(t, "hold", dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "killed"
	closeStore(t, open(t, dir, badgerkv.Options{}))
}

func TestKillDuringLoad(t *testing.T) {
	dir := t.TempDir()
	for _, wait := range []func(){
		func() {},
		func() { time.Sleep(50 * time.Millisecond) },
		func() { // until there is a table to discard
			for len(tables(t, dir)) == 0 {
				time.Sleep(5 * time.Millisecond)
			}
		},
	} {
		cmd, _, _ := start(t, "load", dir)
		wait()
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("child ended by itself: %v", err)
		}
		s := open(t, dir, badgerkv.Options{})
		if n := count(t, s); n != 0 || !s.LoadDiscarded() || len(tables(t, dir)) != 0 {
			t.Errorf("after a killed load: %d keys, LoadDiscarded %t", n, s.LoadDiscarded())
		}
		closeStore(t, s)
		s = open(t, dir, badgerkv.Options{})
		if s.LoadDiscarded() {
			t.Error("a load is discarded twice")
		}
		closeStore(t, s)
	}
}
