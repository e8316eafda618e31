package badgerkv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"cdp-tui/internal/kv"
)

// Files beside those of the engine.
const (
	manifestFile = "MANIFEST"
	lockFile     = "LOCK"    // the pid of the holder; the lock itself is on the directory
	loadingFile  = "LOADING" // there while a Loader is open: what the directory holds is void
	logExt       = ".mem"    // of the engine's logs, which are numbered
)

const (
	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
)

// A dirLock is the exclusive lock on a store directory: flock on the
// directory, which is what the engine's own tools take too. The kernel lets go
// of it when the process dies; a LOCK file that is left over means nothing.
type dirLock struct {
	dir *os.File
	pid string // path of the LOCK file
}

func lockDir(dir string) (*dirLock, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	pid := filepath.Join(dir, lockFile)
	err = syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		_ = d.Close()
		return nil, &kv.InUseError{Dir: dir, PID: readPID(pid)}
	}
	if err == nil {
		err = os.WriteFile(pid, []byte(strconv.Itoa(os.Getpid())+"\n"), fileMode)
	}
	if err != nil {
		_ = d.Close()
		return nil, err
	}
	return &dirLock{dir: d, pid: pid}, nil
}

// readPID returns the pid in the LOCK file, or 0 if it names no live process:
// then the holder has not written its own yet.
func readPID(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid <= 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	return pid
}

// release gives the lock back. The LOCK file goes first: once the lock is free
// it may be another's.
func (l *dirLock) release() error {
	return errors.Join(os.Remove(l.pid), l.dir.Close())
}

// engineFile reports whether the engine, or this package, gives files such a
// name.
func engineFile(name string) bool {
	switch name {
	case manifestFile, "MANIFEST-REWRITE", "KEYREGISTRY", "REWRITE-KEYREGISTRY", "DISCARD", lockFile, loadingFile:
		return true
	}
	switch filepath.Ext(name) {
	case ".sst", ".vlog", logExt:
		return true
	}
	return false
}

// makeDir makes dir if need be, durably. Its parents may be as new as it is,
// made by the caller for instance; so all of them are synced, as far as this
// user may.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		err := syncDir(parent)
		if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EROFS) {
			return err
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

// withExt returns the paths of the files in dir that end in one of exts.
// (filepath.Glob would read a directory named [2026] as a pattern.)
func withExt(dir string, exts ...string) (paths []string, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if slices.Contains(exts, filepath.Ext(f.Name())) {
			paths = append(paths, filepath.Join(dir, f.Name()))
		}
	}
	return paths, nil
}

// lastLog returns the highest number of the engine's logs.
func lastLog(dir string) (int, error) {
	logs, err := withExt(dir, logExt)
	if err != nil {
		return 0, err
	}
	last := 0
	for _, log := range logs {
		if n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(log), logExt)); err == nil {
			last = max(last, n)
		}
	}
	if last == 0 {
		return 0, fmt.Errorf("%w: no log in %s", ErrDamaged, dir)
	}
	return last, nil
}

// checkDir makes dir if need be, and refuses one that is not a store or has
// lost its table of contents.
func checkDir(dir string) error {
	if err := makeDir(dir); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var tables, foreign int
	for _, f := range files {
		switch {
		case f.Name() == manifestFile, f.Name() == loadingFile:
			return nil
		case filepath.Ext(f.Name()) == ".sst":
			tables++
		case !engineFile(f.Name()):
			foreign++
		}
	}
	switch {
	case tables > 0:
		// The engine would make a new MANIFEST and delete the tables.
		return fmt.Errorf("%w: %d tables in %s, but no MANIFEST; nothing was touched", ErrDamaged, tables, dir)
	case foreign > 0:
		return fmt.Errorf("%w: %s holds %d other files", ErrNotStore, dir, foreign)
	}
	return nil
}

// dropEmpty removes the empty log files that a kill between the creation and
// the sizing of one leaves behind; the engine can not open them.
func dropEmpty(dir string) error {
	logs, err := withExt(dir, logExt, ".vlog")
	if err != nil {
		return err
	}
	for _, log := range logs {
		if fi, err := os.Lstat(log); err != nil {
			return err
		} else if fi.Mode().IsRegular() && fi.Size() == 0 {
			if err := os.Remove(log); err != nil {
				return err
			}
		}
	}
	return nil
}

// discardLoad empties dir if a load into it did not end, and reports whether
// it did so. The marker goes last: a crash in here is made good by the next
// Open.
func discardLoad(dir string) (bool, error) {
	marker := filepath.Join(dir, loadingFile)
	if _, err := os.Lstat(marker); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, f := range files {
		if !engineFile(f.Name()) || f.Name() == loadingFile || f.Name() == lockFile {
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return false, err
		}
	}
	if err := syncDir(dir); err != nil {
		return false, err
	}
	return true, unmarkLoad(dir)
}

// markLoad says, durably, that a load is under way.
func markLoad(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, loadingFile), os.O_CREATE|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncDir(dir)
}

// unmarkLoad says, durably, that no load is under way.
func unmarkLoad(dir string) error {
	if err := os.Remove(filepath.Join(dir, loadingFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// protect takes every right from group and others on dir and the engine's
// files in it. The engine makes some with 0644. Others can not reach them
// through a directory of mode 0700; this is the second wall, and what keeps
// the modes right in a copy.
func protect(dir string) error {
	if err := os.Chmod(dir, dirMode); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		fi, err := f.Info()
		if err == nil && fi.Mode().IsRegular() && engineFile(f.Name()) && fi.Mode().Perm() != fileMode {
			err = os.Chmod(filepath.Join(dir, f.Name()), fileMode)
		}
		// A compaction may have removed it meanwhile.
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// usedBytes returns the bytes on disk of the files in dir: blocks, not sizes,
// because log files are made sparse.
func usedBytes(dir string) (int64, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, f := range files {
		fi, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if st, ok := fi.Sys().(*syscall.Stat_t); ok {
			total += st.Blocks * 512
		} else {
			total += fi.Size()
		}
	}
	return total, nil
}

// checkSpace refuses when the file system of dir has less than want bytes
// free for this user.
func checkSpace(dir string, want int64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return err
	}
	if free := uint64(st.Bavail) * uint64(st.Bsize); free < uint64(want) {
		return fmt.Errorf("%w: %d MiB free, want %d", kv.ErrNoSpace, free>>20, want>>20)
	}
	return nil
}
