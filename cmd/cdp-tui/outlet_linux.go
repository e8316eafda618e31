package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// newNameless opens a file in a directory, without a name if its file system
// can do that (open(2), O_TMPFILE).
func newNameless(dir string) (*nameless, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return hiddenFile(dir)
	}
	n := &nameless{os.NewFile(uintptr(fd), ""), false, dir}
	if _, err := os.Stat(n.proc()); err != nil { // it could not be named
		n.drop()
		return hiddenFile(dir)
	}
	return n, nil
}

func (n *nameless) proc() string { return fmt.Sprintf("/proc/self/fd/%d", n.Fd()) }

func (n *nameless) link(path string) error {
	if n.hidden {
		return os.Link(n.Name(), path)
	}
	if err := unix.Linkat(unix.AT_FDCWD, n.proc(), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW); err != nil {
		return fmt.Errorf("name the file: %w", err)
	}
	return nil
}
