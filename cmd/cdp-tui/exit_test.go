package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/query"
	"cdp-tui/internal/steward"
)

// TestExitCodesAreDocumented compares docs/exit-codes.md with the table that
// --help prints, both ways.
func TestExitCodesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/exit-codes.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, line := range strings.Split(string(doc), "\n") {
		if len(line) > 2 && strings.HasPrefix(line, "| ") && line[2] >= '0' && line[2] <= '9' {
			got = append(got, line)
		}
	}
	for _, c := range exitCodes() {
		want = append(want, fmt.Sprintf("| %d | %s |", c.code, c.meaning))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("docs/exit-codes.md has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestExitOf(t *testing.T) {
	_, syntax := query.Parse("name:(")
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{errors.New("anything"), exitError},
		{usagef("so not"), exitUsage},
		{syntax, exitUsage},
		{fmt.Errorf("%w: 2 of 3", errRejects), exitRejects},
		{fmt.Errorf("P-0000001: %w", steward.ErrNotFound), exitNotFound},
		{hint(fmt.Errorf("x: %w", steward.ErrNotFound), "look there"), exitNotFound},
		{errNoStore, exitNoStore},
		{fmt.Errorf("open store: %w", &kv.InUseError{PID: 7}), exitInUse},
		{fmt.Errorf("graph: open: %w", &layout.VersionError{Have: 99}), exitLayout},
		{errProblems, exitProblems},
		{fmt.Errorf("admit: %w", kv.ErrNoSpace), exitNoSpace},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, exitNoSpace},
		{fmt.Errorf("stopped after row 7: %w", context.Canceled), exitInterrupted},
		{errors.Join(context.Canceled, errors.New("closed")), exitInterrupted},
	} {
		if got := exitOf(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}

// TestEveryCodeIsListed keeps the table whole, and each code in it once.
func TestEveryCodeIsListed(t *testing.T) {
	seen := make(map[int]bool)
	for _, c := range exitCodes() {
		if seen[c.code] {
			t.Errorf("code %d stands twice", c.code)
		}
		seen[c.code] = true
	}
	for _, code := range []int{exitOK, exitError, exitUsage, exitRejects, exitNotFound, exitNoStore, exitInUse, exitLayout, exitProblems, exitNoSpace, exitInterrupted} {
		if !seen[code] {
			t.Errorf("code %d is not in the table", code)
		}
	}
}

// What failed by the same thing twice is said once; what was not found is named.
func TestMessageOf(t *testing.T) {
	full := &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	for want, err := range map[string]error{
		"write /dev/stdout: no space left on device":         errors.Join(full, full),
		"closed\nwrite /dev/stdout: no space left on device": errors.Join(errors.New("closed"), full),
		"the store has no P-0000001":                         fmt.Errorf("P-0000001: %w", steward.ErrNotFound),
		"the store has no run S-000099":                      fmt.Errorf("run S-000099: %w", steward.ErrNotFound),
		"no segment is saved under that name":                fmt.Errorf("no segment is saved under that name: %w", steward.ErrNotFound),
	} {
		if got := messageOf(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
