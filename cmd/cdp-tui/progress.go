package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"cdp-tui/internal/ingest"
)

// A progress tells on a terminal how far long work is. It is quiet elsewhere.
type progress struct {
	w     io.Writer // nil: quiet
	now   func() time.Time
	what  string
	begun time.Time
	last  time.Time
	shown bool
}

// progressEvery is how often the line is written.
const progressEvery = 200 * time.Millisecond

func (p *program) progress(what string) *progress {
	b := &progress{now: p.now, what: what, begun: p.now()}
	b.last = b.begun
	if p.errTerminal && !p.quiet && p.env("TERM") != "dumb" {
		b.w = p.err
	}
	return b
}

// count tells how many things are done, of an unknown number.
func (b *progress) count(done int) { b.tell(done, done, 0, 0) }

// rows tells how far the ingest of a file is.
func (b *progress) rows(p ingest.Progress) { b.tell(p.Rows, p.Rows-p.Skipped, p.Bytes, p.Size) }

// tell writes the line: done things, of which fresh were done in this run; part
// of whole is how far it is, when whole is known.
func (b *progress) tell(done, fresh int, part, whole int64) {
	now := b.now()
	if b.w == nil || now.Sub(b.last) < progressEvery {
		return
	}
	b.last, b.shown = now, true
	took := now.Sub(b.begun).Seconds()
	line := fmt.Sprintf("%s %s, %s/s", thousands(done), b.what, thousands(int(float64(fresh)/took)))
	if whole > 0 && part > 0 {
		left := time.Duration(took * float64(whole-part) / float64(part) * float64(time.Second))
		line += fmt.Sprintf(", %d %%, %v left", part*100/whole, max(left, 0).Round(time.Second))
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s", line)
}

// end clears the line.
func (b *progress) end() {
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.shown = false
	}
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), ",")
}
