package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A box is a directory with a store, in which the program is run as a process
// of its own.
type box struct {
	t   *testing.T
	dir string
}

func newBox(t *testing.T) box {
	t.Helper()
	b := box{t, t.TempDir()}
	if err := os.CopyFS(b.dir, os.DirFS("testdata/common")); err != nil {
		t.Fatal(err)
	}
	b.run(0, "policy", "activate", "register.yaml")
	return b
}

func (b box) command(args ...string) *exec.Cmd {
	b.t.Helper()
	path, err := exec.LookPath("cdp-tui") // testscript puts the test's own binary there
	if err != nil {
		b.t.Fatal(err)
	}
	c := exec.Command(path, args...)
	c.Dir = b.dir
	c.Env = append(os.Environ(), "HOME="+b.dir, "XDG_DATA_HOME="+filepath.Join(b.dir, "data"), "XDG_CACHE_HOME="+filepath.Join(b.dir, "cache"), "TZ=UTC")
	return c
}

func (b box) run(want int, args ...string) (stdout, stderr string) {
	b.t.Helper()
	var out, errs bytes.Buffer
	c := b.command(args...)
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if got := c.ProcessState.ExitCode(); got != want {
		b.t.Fatalf("cdp-tui %s: exit code %d (%v), want %d\n%s%s", args[0], got, err, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func (b box) write(name string, data []byte) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// grown waits until the store has taken some of a delivery: the log of what is
// not yet in a table grows with each commit.
func (b box) grown() {
	store := filepath.Join(b.dir, "data", "cdp-tui", "default", "kv")
	size := func() (n int64) {
		logs, _ := filepath.Glob(filepath.Join(store, "*.mem"))
		for _, l := range logs {
			if fi, err := os.Stat(l); err == nil {
				n += fi.Sys().(*syscall.Stat_t).Blocks
			}
		}
		return n
	}
	before := size()
	for range 2000 {
		if size() > before+500 {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

const peopleInDelivery = 2500

// whole checks that a delivery was taken as a whole, once.
func (b box) whole() {
	b.t.Helper()
	out, _ := b.run(0, "stats", "--json")
	var st struct{ Records, Versions, Batches, Profiles int }
	if err := json.Unmarshal([]byte(out), &st); err != nil {
		b.t.Fatal(err)
	}
	if st.Records != peopleInDelivery || st.Versions != peopleInDelivery || st.Batches != 1 || st.Profiles != peopleInDelivery {
		b.t.Errorf("%+v, want %d records, versions and profiles of 1 batch", st, peopleInDelivery)
	}
	b.run(0, "check")
	out, _ = b.run(0, "batches", "--json")
	if !strings.Contains(out, `"balanced":true`) || strings.Contains(out, `"done":""`) || strings.Count(out, "\n") != 1 {
		b.t.Errorf("batches: %s", out)
	}
	out, _ = b.run(0, "search", "person", "--facets", "--json")
	if !strings.Contains(out, `"total":2500`) {
		b.t.Errorf("the index does not have all profiles: %.100s", out)
	}
}

// TestResumeAfterKill kills an ingest with a signal that can not be caught,
// wherever it is, and repeats it.
func TestResumeAfterKill(t *testing.T) {
	b := newBox(t)
	b.write("many.csv", shopRows(peopleInDelivery, ""))
	for range 2 {
		c := b.command("ingest", "--map", "shop.yaml", "many.csv")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		b.grown()
		_ = c.Process.Kill() // it may have ended
		_ = c.Wait()
	}
	b.run(0, "ingest", "--map", "shop.yaml", "many.csv")
	b.whole()
}

// TestKillShareRun kills runs to files with a signal that can not be caught, at
// several moments. A file is there only if its release is recorded, with the
// lines that are; what was cut off before is void, and nothing else lies about.
func TestKillShareRun(t *testing.T) {
	b := newBox(t)
	b.write("many.csv", shopRows(peopleInDelivery, ""))
	b.run(0, "ingest", "--map", "shop.yaml", "many.csv")
	const tries = 6
	run := func(i int) *exec.Cmd {
		return b.command("share", "run", "--to", "parcel", "--purpose", "orders", "--out", fmt.Sprint("out", i), "--reason", "test")
	}
	for i := range tries {
		c := run(i)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i*60) * time.Millisecond) // whatever it is at by then
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	if err := run(tries).Run(); err != nil {
		t.Fatal(err)
	}
	out, _ := b.run(0, "share", "list", "--limit", "0", "--json")
	states := make(map[string]string)
	for line := range strings.Lines(out) {
		var r struct{ Run, State, To, SHA256 string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		states[r.To] = r.State
		data, err := os.ReadFile(filepath.Join(b.dir, r.To))
		switch there := err == nil; {
		case there && r.State != "sent" && r.State != "released", !there && r.State != "void" && r.State != "released":
			t.Errorf("the file of %s is there: %v, and the run is %s", r.Run, there, r.State)
		case there:
			lines, _ := b.run(0, "share", "show", r.Run, "--limit", "0", "--json")
			if n := bytes.Count(data, []byte("\n")); n != peopleInDelivery || n != strings.Count(lines, "\n") || fmt.Sprintf("%x", sha256.Sum256(data)) != r.SHA256 {
				t.Errorf("the file of %s has %d lines, the store %d", r.Run, n, strings.Count(lines, "\n"))
			}
		}
	}
	t.Log(states)
	if states[fmt.Sprint("out", tries)] != "sent" {
		t.Errorf("what was not killed: %v", states)
	}
	files, err := filepath.Glob(filepath.Join(b.dir, ".cdp-tui-*"))
	if err != nil || runtime.GOOS == "linux" && len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	b.run(0, "check")
}

// TestInterrupt ends an ingest with a signal that is caught.
func TestInterrupt(t *testing.T) {
	b := newBox(t)
	b.write("many.csv", shopRows(peopleInDelivery, ""))
	c := b.command("ingest", "--map", "shop.yaml", "many.csv")
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	b.grown()
	if err := c.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	_ = c.Wait()
	switch code := c.ProcessState.ExitCode(); code {
	case exitOK:
		t.Log("the ingest was done before the signal came")
	case exitInterrupted:
		if !regexp.MustCompile(`error: interrupted: ingest many.csv: .*row \d+`).MatchString(errs.String()) || !strings.Contains(errs.String(), "goes on where") {
			t.Errorf("standard error does not say what was done:\n%s", errs.String())
		}
		_, said := b.run(0, "ingest", "--map", "shop.yaml", "many.csv")
		if !strings.Contains(said, "rows were taken before") {
			t.Errorf("the ingest did not go on where it stopped: %s", said)
		}
	default:
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	b.whole()
}

// TestClosedPipe lets the reader of a stream go away.
func TestClosedPipe(t *testing.T) {
	b := newBox(t)
	b.write("many.csv", shopRows(peopleInDelivery, ""))
	b.run(0, "ingest", "--map", "shop.yaml", "many.csv")
	c := b.command("profiles", "--json")
	var errs bytes.Buffer
	c.Stderr = &errs
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout = w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	r.Close()
	_ = c.Wait()
	if c.ProcessState.ExitCode() != exitError || errs.Len() > 0 {
		t.Errorf("exit code %d, standard error %q; want a quiet 1", c.ProcessState.ExitCode(), errs.String())
	}
	b.run(0, "stats") // the store was let go
	out, _ := b.run(0, "profiles", "--json")
	profiles, keys := make(map[string]bool), make(map[string]bool)
	for line := range strings.Lines(out) {
		var p struct {
			Profile string
			Records []struct{ Key string }
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if profiles[p.Profile] {
			t.Errorf("%s is streamed twice", p.Profile)
		}
		profiles[p.Profile] = true
		for _, r := range p.Records {
			keys[r.Key] = true
		}
	}
	if len(profiles) != peopleInDelivery || len(keys) != peopleInDelivery {
		t.Errorf("%d profiles with %d records streamed, want %d", len(profiles), len(keys), peopleInDelivery)
	}
}
