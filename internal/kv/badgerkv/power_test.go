package badgerkv_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
)

// These tests cut the power: a child works on a file system that is kept in a
// file. While the child is stopped that file is copied. The copy has what was
// synced, and not what is only in memory; it is mounted and opened. That a
// disk may forget what it has confirmed is beyond them.

// newDisk makes a file system in a file, which writes back by itself as late
// as it may. The test is skipped where that is not allowed.
func newDisk(t *testing.T, mkfs ...string) (image, dir string) {
	t.Helper()
	image = filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 700<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(mkfs[0], append(mkfs[1:], image)...).CombinedOutput(); err != nil {
		t.Skipf("a file system can not be made: %v: %s", err, out)
	}
	options := ""
	if strings.Contains(mkfs[0], "ext4") {
		options = ",commit=1000"
	}
	return image, mountDisk(t, image, options)
}

func mountDisk(t *testing.T, image, options string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if out, err := exec.Command("mount", "-o", "loop"+options, image, dir).CombinedOutput(); err != nil {
		t.Skipf("a file can not be mounted (root can): %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// cutPower returns a directory with what would be there after a loss of power
// while the child runs, and kills the child. read takes what the child has
// said until then.
func cutPower(t *testing.T, image string, child *exec.Cmd, read func()) (dir string) {
	t.Helper()
	if err := child.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // a call into the kernel may have been under way
	after := filepath.Join(t.TempDir(), "disk")
	if out, err := exec.Command("cp", "--sparse=always", image, after).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	read()
	_ = child.Wait() // "killed"
	return mountDisk(t, after, "")
}

// TestPowerCut: what was acknowledged is there after a loss of power, and each
// update is there wholly or not at all. The store's directory and those above
// it are new.
func TestPowerCut(t *testing.T) {
	for _, mkfs := range [][]string{{"mkfs.ext4", "-q"}, {"mkfs.xfs", "-q"}, {"mkfs.btrfs", "-q"}} {
		t.Run(mkfs[0], func(t *testing.T) {
			if _, err := exec.LookPath(mkfs[0]); err != nil {
				t.Skip(err)
			}
			for round, wait := range []time.Duration{0, 30 * time.Millisecond, 200 * time.Millisecond, 1500 * time.Millisecond} {
				image, disk := newDisk(t, mkfs...)
				dir := filepath.Join("data", "new", "store")
				child, _, lines := start(t, "write", filepath.Join(disk, dir))
				acked, n := make(map[int]int), 0
				read := func() bool {
					if !lines.Scan() {
						return false
					}
					var worker, i int
					if _, err := fmt.Sscanf(lines.Text(), "ack %d %d", &worker, &i); err != nil {
						t.Errorf("child says %q", lines.Text())
					}
					acked[worker] = max(acked[worker], i)
					n++
					return true
				}
				if !read() { // one at least
					t.Fatal("child ended")
				}
				time.Sleep(wait)
				after := cutPower(t, image, child, func() {
					for read() {
					}
				})
				s := open(t, filepath.Join(after, dir), badgerkv.Options{})
				checkRows(t, s, round, acked)
				closeStore(t, s)
				t.Logf("cut %d: %d updates acknowledged", round, n)
			}
		})
	}
}

// TestPowerCutRig: without sync something is lost. If nothing were, the test
// above would prove nothing.
func TestPowerCutRig(t *testing.T) {
	image, disk := newDisk(t, "mkfs.ext4", "-q")
	child, _, _ := start(t, "forget", filepath.Join(disk, "store"))
	dir := cutPower(t, image, child, func() {})
	s, err := badgerkv.Open(filepath.Join(dir, "store"), badgerkv.Options{})
	if err != nil {
		return // not even a store is there
	}
	if n := count(t, s); n > 0 {
		t.Errorf("%d keys are there that were not synced", n)
	}
	closeStore(t, s)
}

// TestPowerCutLoad: a load is there once its Commit has returned, and not
// before.
func TestPowerCutLoad(t *testing.T) {
	for _, job := range []string{"load", "loaded"} {
		image, disk := newDisk(t, "mkfs.ext4", "-q")
		child, _, _ := start(t, job, filepath.Join(disk, "store"))
		time.Sleep(300 * time.Millisecond)
		dir := cutPower(t, image, child, func() {})
		s := open(t, filepath.Join(dir, "store"), badgerkv.Options{})
		want := 0
		if job == "loaded" {
			want = loadedKeys
		}
		if n := count(t, s); n != want || s.LoadDiscarded() != (job == "load") {
			t.Errorf("%s: %d keys, want %d, LoadDiscarded %t", job, n, want, s.LoadDiscarded())
		}
		closeStore(t, s)
	}
}

const loadedKeys = 50_000

// childLoadsAll loads, and says so.
func childLoadsAll(s *badgerkv.Store) error {
	l, err := s.NewLoader(context.Background())
	if err != nil {
		return err
	}
	for i := range loadedKeys {
		if err := l.Put(fmt.Appendf(nil, "%08d", i), rowValue(0, i)[:500]); err != nil {
			return err
		}
	}
	if err := l.Commit(); err != nil {
		return err
	}
	return childWaits()
}

// childForgets writes without sync.
func childForgets(s *badgerkv.Store) error {
	for i := range 200 {
		err := s.Update(context.Background(), func(tx kv.Tx) error { return tx.Set(rowKey("x", 0, i), rowValue(0, i)) })
		if err != nil {
			return err
		}
	}
	return childWaits()
}

// childWaits says that all is done, until the parent lets go.
func childWaits() error {
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}
