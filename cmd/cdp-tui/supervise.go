package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/term"
)

// supervisedBy is set for the process that shows the console: its parent gives
// the terminal back when it dies, and removes the demo's store, which the
// variable then names.
const supervisedBy = "CDP_TUI_SUPERVISED"

func (p *program) supervised() bool { return p.env(supervisedBy) != "" || p.args == nil }

// errCrashed is what is told of a console that died.
var errCrashed = errors.New("the console ended unexpectedly")

// restoreTerminal leaves the alternate screen, which takes what was shown off
// the terminal, and undoes mouse, paste and keyboard modes, colours and the
// hidden cursor.
const restoreTerminal = "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l\x1b[<u\x1b[0m\r\n"

// supervise runs the same command line in a child process. A fault that no Go
// code can catch (SIGBUS, a panic in a goroutine of a library, kill -9) would
// leave the terminal without echo and with personal data on it; the parent,
// which holds neither, cleans up. scratch is what the child is to be told.
func (p *program) supervise(ctx context.Context, scratch string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	in, ok := p.in.(*os.File)
	if !ok {
		return errors.New("standard input is no file")
	}
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, self, p.args...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 10 * time.Second
	c.Env = append(os.Environ(), supervisedBy+"="+scratch)
	c.Stdin, c.Stdout, c.Stderr = p.in, p.out, p.err
	err = c.Run()
	code := c.ProcessState.ExitCode() // -1 for a signal
	if err == nil || code > 0 && code != 2 {
		return exitStatus(code)
	}
	_, _ = io.WriteString(p.out, restoreTerminal)
	_ = term.Restore(int(in.Fd()), before)
	if ctx.Err() != nil {
		return context.Canceled
	}
	return hint(errCrashed, "what was acknowledged is kept; open it again, or use the commands: cdp-tui --help")
}

// An exitStatus is the exit code of a child that has told the rest itself.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }
