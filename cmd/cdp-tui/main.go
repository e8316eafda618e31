// Command cdp-tui is the console with which data-protection officers see, prove
// and put right what a company does with its customers' data. Without a command
// it opens the default store on the terminal; every screen has a command.
//
// This package only wires: flags, exit codes, streams, and the one clock of the
// program. Data go to standard output, narration and errors to standard error.
//
// The trap: errors end in scrollbacks and in logs, so nothing that an officer
// types or a source delivers may be printed with one. What is typed is shown
// again only on a terminal, and only to point at a mistake in it.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"
)

// memoryLimit is what the program may take, in bytes, unless GOMEMLIMIT says
// otherwise: the collector works harder before it is reached.
const memoryLimit = 1800 << 20

// roomy lets the collector rest more while much is made and soon dropped; the
// limit still holds. The caller defers what it returns.
func roomy() (restore func()) {
	percent := debug.SetGCPercent(200)
	return func() { debug.SetGCPercent(percent) }
}

func main() {
	harden()
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	// A reader that goes away (| head) is an error of a write, so that the store is closed.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the program at once
	}()
	p := &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, now: time.Now, args: os.Args[1:],
		inTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		outTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		errTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && p.outTerminal {
		p.width = w
	}
	os.Exit(p.main(ctx, os.Args[1:]))
}
