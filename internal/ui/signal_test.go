//go:build unix

package ui

import (
	"context"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A signal that ends the context ends the program, and with it the hold on the
// store, each time.
func TestRunEndsBySignal(t *testing.T) {
	for range 20 {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		in, feed := io.Pipe()
		out, ended := &buffer{}, make(chan error, 1)
		go func() {
			ended <- Run(ctx, newFake(), Env{Now: time.Now, Environ: []string{"TERM=xterm"}}, Options{Theme: "mono"}, in, out)
		}()
		for !strings.Contains(out.String(), "\x1b[?1049h") {
			time.Sleep(time.Millisecond)
		}
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the program outlives the signal")
		}
		stop()
		feed.Close()
	}
}
