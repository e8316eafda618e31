package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// condition knows [disk]: small file systems can be mounted, as root can.
func condition(name string) (bool, error) {
	if name != "disk" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	dir, err := os.MkdirTemp("", "disk")
	if err != nil {
		return false, err
	}
	mounted := exec.Command("mount", "-t", "tmpfs", "tmpfs", dir).Run() == nil
	if mounted {
		err = exec.Command("umount", dir).Run()
	}
	return mounted, errors.Join(err, os.Remove(dir))
}

// disk DIR N mounts a file system of N MiB until the script ends.
func disk(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.Mkdir(dir, 0o700))
	ts.Check(exec.Command("mount", "-t", "tmpfs", "-o", "mode=700,size="+args[1]+"m", "tmpfs", dir).Run())
	ts.Defer(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			ts.Logf("unmount: %v", err)
		}
	})
}

// leave DIR N has another program, so to speak, take all but N MiB of a disk.
func leave(ts *testscript.TestScript, neg bool, args []string) {
	var free int64
	_, err := fmt.Sscan(args[1], &free)
	ts.Check(err)
	filler := filepath.Join(ts.MkAbs(args[0]), "filler")
	ts.Check(os.RemoveAll(filler))
	var st syscall.Statfs_t
	ts.Check(syscall.Statfs(ts.MkAbs(args[0]), &st))
	f, err := os.Create(filler)
	ts.Check(err)
	chunk := make([]byte, 1<<20)
	for left := int64(st.Bavail)*int64(st.Bsize) - free<<20; left > 0 && err == nil; left -= int64(len(chunk)) {
		_, err = f.Write(chunk[:min(left, int64(len(chunk)))])
	}
	ts.Check(errors.Join(err, f.Close()))
}
