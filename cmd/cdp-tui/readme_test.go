package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReadmeTour: each command of the README's tour does what is said beside
// it: there is something to see, and the ids it names are those of the demo.
func TestReadmeTour(t *testing.T) {
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tour, _ := strings.Cut(string(raw), "## A tour")
	tour, _, found := strings.Cut(tour, "\n## ")
	var script strings.Builder
	n := 0
	for line := range strings.Lines(tour) {
		command, ok := strings.CutPrefix(line, "./cdp-tui ")
		if !ok {
			continue
		}
		command, _, _ = strings.Cut(command, " #")
		command = strings.ReplaceAll(strings.TrimSpace(command), `"`, "'")
		if command == "--store /tmp/demo" {
			continue // the console
		}
		n++
		fmt.Fprintln(&script, "code 0", strings.ReplaceAll(command, "/tmp/demo", "demo"))
		fmt.Fprintln(&script, "stdout .")
		fmt.Fprintln(&script, "! stdout 'they share no identifier|^0 '")
	}
	if !found || n < 15 {
		t.Fatalf("%d commands in the tour", n)
	}
	file := filepath.Join(t.TempDir(), "tour.txtar")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: setup, Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code}})
}
