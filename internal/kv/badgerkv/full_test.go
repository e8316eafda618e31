package badgerkv_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
)

// smallDisk mounts a file system of size bytes, in memory, and skips the test
// where that is not allowed.
func smallDisk(t *testing.T, size int64) string {
	t.Helper()
	dir := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "tmpfs", dir).Run(); err != nil {
		t.Skipf("a small file system can not be mounted (root can): %v", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk leaves no byte free on the file system of dir, and returns the file
// that takes it all.
func fillDisk(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for err == nil {
		_, err = f.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error is %v, want no space", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// noise is what no compression makes smaller.
func noise(i int) []byte {
	value := make([]byte, kv.MaxValue)
	_, _ = rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(value)
	return value
}

// childFills writes until there is no room, is told that there is none at all,
// and goes on as far as it can.
func childFills(s *badgerkv.Store) error {
	ctx := context.Background()
	fmt.Println("ready")
	put := func(i int) error {
		return s.Update(ctx, func(tx kv.Tx) error { return tx.Set(fmt.Appendf(nil, "%06d", i), noise(i)) })
	}
	n := 0
	var err error
	for err = put(n); err == nil; err = put(n) {
		n++
	}
	fmt.Println("written", n, errors.Is(err, kv.ErrNoSpace))
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil { // until the disk is full
		return err
	}
	err = put(n)
	fmt.Println("full", n, errors.Is(err, kv.ErrNoSpace))
	if err := childReads(s, n); err != nil {
		return err
	}
	fmt.Println("closed", n, errors.Is(s.Close(), kv.ErrNoSpace))
	return nil
}

// childReads checks that the n values that were acknowledged are there, and no
// other.
func childReads(s kv.Store, n int) error {
	return s.View(context.Background(), func(r kv.Reader) error {
		i := 0
		for e, err := range r.Scan(kv.Range{}) {
			switch {
			case err != nil:
				return err
			case string(e.Key) != fmt.Sprintf("%06d", i) || !bytes.Equal(e.Value, noise(i)):
				return fmt.Errorf("entry %d is not what was written", i)
			}
			i++
		}
		if i != n {
			return fmt.Errorf("%d entries, %d were acknowledged", i, n)
		}
		return nil
	})
}

// waitFlushed waits until the store of another process has no table in memory
// left to flush. A disk that fills up during a flush is a SIGBUS, which nobody
// can catch (docs/design/durability.md): that is not what is tested here.
func waitFlushed(t *testing.T, dir string) {
	t.Helper()
	for range 3000 {
		tables, err := filepath.Glob(filepath.Join(dir, "*.mem"))
		if err != nil {
			t.Fatal(err)
		}
		if len(tables) == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the store's tables were not flushed")
}

// TestFullDisk: the store's own writes stop before the disk is full. When
// another process takes the rest, nothing crashes and nothing is lost.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 300<<20)
	dir := filepath.Join(disk, "store")
	cmd, stdin, lines := start(t, "fill", dir)
	n := 0
	say := func(what string) {
		t.Helper()
		var got string
		var m int
		var noSpace bool
		if !lines.Scan() {
			t.Fatalf("child ended: %v, %v", lines.Err(), cmd.Wait())
		}
		if _, err := fmt.Sscan(lines.Text(), &got, &m, &noSpace); err != nil || got != what || !noSpace || n != 0 && m != n {
			t.Fatalf("child says %q (%v), want %s, %d, true", lines.Text(), err, what, n)
		}
		n = m
	}
	say("written")
	if n < 100 {
		t.Fatalf("only %d values were written", n)
	}
	waitFlushed(t, dir)
	filler := fillDisk(t, disk)
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	say("full")
	say("closed")
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := badgerkv.Open(dir, badgerkv.Options{}); !errors.Is(err, kv.ErrNoSpace) {
		t.Errorf("open on a full disk: error is %v, want ErrNoSpace", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, badgerkv.Options{})
	if err := childReads(s, n); err != nil {
		t.Error(err)
	}
	closeStore(t, s)
}
