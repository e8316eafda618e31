//go:build unix

package main

import "golang.org/x/sys/unix"

// harden keeps personal data from others on the machine: files are made for
// this user alone, and a crash leaves no image of the memory.
func harden() {
	unix.Umask(0o077)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) // refused only where it is zero already
	undumpable()
}
