package badgerkv_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
)

func set(t testing.TB, s kv.Store, key, value string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx kv.Tx) error { return tx.Set([]byte(key), []byte(value)) })
	if err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, s kv.Store) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(r kv.Reader) error {
		for _, err := range r.Scan(kv.Range{KeysOnly: true}) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func closeStore(t testing.TB, s kv.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantModes checks that dir and all below it is closed to group and others.
func wantModes(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if fi.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(path), fi.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "store")
	s := open(t, dir, badgerkv.Options{NoSync: true})
	wantModes(t, dir)
	// Enough for tables and a second log.
	value := strings.Repeat("0123456789abcdef", 4000)
	for i := range 40 {
		err := s.Update(t.Context(), func(tx kv.Tx) error {
			for j := range 30 {
				if err := tx.Set(fmt.Appendf(nil, "%04d/%02d", i, j), []byte(value)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	wantModes(t, dir)

	// Modes that were opened up are put right.
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Join(dir, "MANIFEST"), 0o644)); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, badgerkv.Options{})
	wantModes(t, dir)
	if n := count(t, s); n != 1200 {
		t.Errorf("%d keys, want 1200", n)
	}
	l := filepath.Join(t.TempDir(), "loaded")
	closeStore(t, s)
	s = open(t, l, badgerkv.Options{})
	load, err := s.NewLoader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(load.Put([]byte("a"), []byte("1")), load.Commit()); err != nil {
		t.Fatal(err)
	}
	wantModes(t, l)
	closeStore(t, s)
}

func TestInUseByThisProcess(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, badgerkv.Options{})
	wantInUse(t, dir, os.Getpid())
	set(t, s, "a", "1") // the attempt did no harm
	closeStore(t, s)
	s = open(t, dir, badgerkv.Options{})
	closeStore(t, s)
}

func wantInUse(t *testing.T, dir string, pid int) {
	t.Helper()
	s, err := badgerkv.Open(dir, badgerkv.Options{})
	if err == nil {
		closeStore(t, s)
		t.Fatal("a store was opened twice")
	}
	var inUse *kv.InUseError
	if !errors.As(err, &inUse) || inUse.PID != pid {
		t.Fatalf("error is %v, want in use by pid %d", err, pid)
	}
}

func TestLeftoverLockFile(t *testing.T) {
	dir := t.TempDir()
	closeStore(t, open(t, dir, badgerkv.Options{}))
	// As a crash leaves it. The pid is of a process that lives, but not the holder.
	if err := os.WriteFile(filepath.Join(dir, "LOCK"), []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, badgerkv.Options{})
	wantInUse(t, dir, os.Getpid())
	closeStore(t, s)
}

func TestEmptyLogs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[2026]") // no pattern
	s := open(t, dir, badgerkv.Options{})
	set(t, s, "a", "1")
	closeStore(t, s)
	for _, name := range []string{"00099.mem", "000099.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, dir, badgerkv.Options{})
	if n := count(t, s); n != 1 {
		t.Errorf("%d keys, want 1", n)
	}
	closeStore(t, s)
}

func TestNotStore(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := badgerkv.Open(dir, badgerkv.Options{}); !errors.Is(err, badgerkv.ErrNotStore) {
		t.Fatalf("error is %v, want ErrNotStore", err)
	}
	fi, err := os.Stat(dir)
	if err != nil || fi.Mode().Perm() != 0o755 {
		t.Errorf("the mode of a foreign directory became %v, %v", fi.Mode(), err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%d files in a foreign directory, %v", len(files), err)
	}
	if _, err := badgerkv.Open(filepath.Join(dir, "letter.txt"), badgerkv.Options{}); err == nil {
		t.Error("a file was opened as a store")
	}
}

func tables(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestDamaged(t *testing.T) {
	for name, harm := range map[string]func(dir string) error{
		"manifest gone": func(dir string) error { return os.Remove(filepath.Join(dir, "MANIFEST")) },
		"manifest spoilt": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "MANIFEST"), []byte("not a manifest at all"), 0o600)
		},
		"table gone": func(dir string) error {
			names, err := filepath.Glob(filepath.Join(dir, "*.sst"))
			if err != nil || len(names) == 0 {
				return fmt.Errorf("%d tables, %w", len(names), err)
			}
			return os.Remove(names[0])
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, badgerkv.Options{})
			set(t, s, "a", "1")
			closeStore(t, s)
			if err := harm(dir); err != nil {
				t.Fatal(err)
			}
			before := len(tables(t, dir))
			if _, err := badgerkv.Open(dir, badgerkv.Options{}); !errors.Is(err, badgerkv.ErrDamaged) {
				t.Errorf("error is %v, want ErrDamaged", err)
			}
			if after := len(tables(t, dir)); after != before {
				t.Errorf("%d tables became %d", before, after)
			}
		})
	}
}

func TestNoSpace(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, badgerkv.Options{})
	set(t, s, "a", "1")
	closeStore(t, s)
	s = open(t, dir, badgerkv.Options{MinFree: 1 << 60})
	err := s.Update(t.Context(), func(kv.Tx) error {
		t.Error("Update ran its function")
		return nil
	})
	if !errors.Is(err, kv.ErrNoSpace) {
		t.Errorf("error is %v, want ErrNoSpace", err)
	}
	if n := count(t, s); n != 1 { // reading goes on
		t.Errorf("%d keys, want 1", n)
	}
	closeStore(t, s)
	s = open(t, t.TempDir(), badgerkv.Options{MinFree: 1 << 60})
	if _, err := s.NewLoader(t.Context()); !errors.Is(err, kv.ErrNoSpace) {
		t.Errorf("error is %v, want ErrNoSpace", err)
	}
	if n := count(t, s); n != 0 { // and the refused load is not "under way"
		t.Errorf("%d keys, want 0", n)
	}
	closeStore(t, s)
}

func TestSize(t *testing.T) {
	s := open(t, t.TempDir(), badgerkv.Options{})
	defer closeStore(t, s)
	before, err := s.Size()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 64 {
		set(t, s, fmt.Sprint(i), strings.Repeat("x", kv.MaxValue))
	}
	after, err := s.Size()
	// Log files are 64 MiB at birth, but take no room before they are written.
	if err != nil || before > 1<<20 || after < before+64*kv.MaxValue || after > 16<<20 {
		t.Errorf("size was %d, is %d after 4 MiB of values, %v", before, after, err)
	}
}
