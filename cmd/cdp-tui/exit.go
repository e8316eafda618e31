package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/query"
	"cdp-tui/internal/search"
	"cdp-tui/internal/steward"
)

// Exit codes. docs/exit-codes.md and --help have the same table.
const (
	exitOK          = 0
	exitError       = 1
	exitUsage       = 2
	exitRejects     = 3
	exitNotFound    = 4
	exitStale       = 5
	exitFindings    = 6
	exitNoStore     = 10
	exitInUse       = 11
	exitLayout      = 12
	exitProblems    = 13
	exitNoSpace     = 14
	exitInterrupted = 130
)

type exitCode struct {
	code    int
	meaning string
}

// exitCodes is the table of all codes.
func exitCodes() []exitCode {
	return []exitCode{
		{exitOK, "done"},
		{exitError, "something else went wrong; the message says what"},
		{exitUsage, "the command line can not be read"},
		{exitRejects, "done, but some rows were rejected: cdp-tui rejects"},
		{exitNotFound, "the store has no such profile, record, value, batch, search or register"},
		{exitStale, "nothing was done: the data changed since the preview"},
		{exitFindings, "lint --fail-on: findings of that severity are open"},
		{exitNoStore, "there is no store: make one with cdp-tui demo or cdp-tui ingest"},
		{exitInUse, "the store is in use by another process"},
		{exitLayout, "the store has a layout that this program does not know"},
		{exitProblems, "the self-check found problems"},
		{exitNoSpace, "the disk has too little space; what was acknowledged is kept"},
		{exitInterrupted, "interrupted; what was acknowledged is kept"},
	}
}

func exitTable() string {
	var b strings.Builder
	for _, c := range exitCodes() {
		fmt.Fprintf(&b, "  %3d  %s\n", c.code, c.meaning)
	}
	return b.String()
}

var (
	errNoStore  = errors.New("there is no store")
	errFindings = errors.New("there are open findings")
	errRejects  = errors.New("some rows were rejected")
	errProblems = errors.New("the self-check found problems")
)

// A usageError is a command line that can not be read.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{text: fmt.Sprintf(format, args...)} }

// A hinted error comes with what to do about it.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

func hint(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

func noSpace(err error) bool { return errors.Is(err, kv.ErrNoSpace) || errors.Is(err, syscall.ENOSPC) }

// exitOf returns the exit code for an error.
func exitOf(err error) int {
	var usage *usageError
	var inUse *kv.InUseError
	var version *layout.VersionError
	var syntax *query.Error
	var ambiguous *steward.AmbiguousError
	var plan *steward.PlanError
	var stale *steward.StaleError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage), errors.As(err, &syntax), errors.As(err, &ambiguous), errors.As(err, &plan), errors.Is(err, steward.ErrEvidence), errors.Is(err, steward.ErrTold):
		return exitUsage
	case errors.As(err, &stale):
		return exitStale
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case noSpace(err):
		return exitNoSpace
	case errors.Is(err, errNoStore):
		return exitNoStore
	case errors.As(err, &inUse):
		return exitInUse
	case errors.As(err, &version):
		return exitLayout
	case errors.Is(err, errProblems):
		return exitProblems
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, steward.ErrNotFound), errors.Is(err, steward.ErrUnknownEndpoint), errors.Is(err, steward.ErrNotRestricted):
		return exitNotFound
	case errors.Is(err, errRejects):
		return exitRejects
	}
	return exitError
}

// hintOf returns what to do about an error, "" when nothing is known.
func hintOf(err error) string {
	var usage *usageError
	if errors.As(err, &usage) {
		return usage.hint
	}
	var h *hinted
	if errors.As(err, &h) {
		if noSpace(err) { // which goes before whatever else is to be done
			return "make room on the disk; " + h.hint
		}
		return h.hint
	}
	var inUse *kv.InUseError
	var ambiguous *steward.AmbiguousError
	var plan *steward.PlanError
	var stale *steward.StaleError
	switch {
	case errors.As(err, &plan):
		return plan.Hint
	case errors.As(err, &stale):
		return "look at the preview again: the command without --digest shows it"
	case errors.Is(err, steward.ErrRegister):
		return "cdp-tui policy activate FILE with the very text that was activated puts it right; keep a copy of the store as evidence"
	case errors.Is(err, steward.ErrOneProfile):
		return "cdp-tui profile shows what it holds, cdp-tui why what joined it"
	case errors.Is(err, steward.ErrUnknownEndpoint):
		return "check how it is written; --new records a statement at an endpoint that comes first with it"
	case errors.Is(err, steward.ErrTold):
		return "tell the person, then lift it with --told 2026-11-20, the day of that"
	case errors.Is(err, steward.ErrNotRestricted):
		return "cdp-tui restrict list shows what is restricted"
	case errors.Is(err, steward.ErrReason):
		return `give it with --reason "case 2026-017, seen in person"`
	case errors.Is(err, syscall.EISDIR):
		return "name a file, not a directory"
	case errors.Is(err, steward.ErrContradiction):
		return "cdp-tui decisions lists them; cdp-tui undo takes one back"
	case errors.As(err, &ambiguous):
		return "name one of them by its id; cdp-tui find lists them"
	case errors.As(err, &inUse):
		return "one process at a time holds a store: end that one, or give another --store"
	case noSpace(err):
		return "make room on the disk and repeat the command"
	case errors.Is(err, errNoStore):
		return "cdp-tui demo shows made-up data; cdp-tui ingest FILE makes a store of your own"
	case errors.Is(err, errRejects):
		return "cdp-tui rejects lists them with file, line and reason"
	case errors.Is(err, errProblems):
		return "ingest the sources into a new --store and compare; keep this one as evidence"
	case errors.Is(err, errFindings):
		return "cdp-tui lint --rule RULE names them; cdp-tui lint explain RULE says what to do"
	case errors.Is(err, search.ErrRebuild):
		return "cdp-tui reindex makes the index anew; the store is not touched"
	case errors.Is(err, steward.ErrNotFound):
		return "cdp-tui find looks up ids and identifiers; cdp-tui search finds profiles by names and words"
	case errors.Is(err, fs.ErrNotExist):
		return "check how it is written, and from which directory"
	case errors.Is(err, fs.ErrPermission):
		return "ask its owner to let you read it"
	}
	return ""
}

// messageOf returns what is printed of an error.
func messageOf(err error) string {
	var inUse *kv.InUseError
	switch {
	case errors.As(err, &inUse) && inUse.PID > 0:
		return fmt.Sprintf("store in use by pid %d", inUse.PID)
	case errors.As(err, &inUse):
		return "store in use by another process"
	}
	var version *layout.VersionError
	if errors.As(err, &version) {
		return version.Error()
	}
	if errors.Is(err, steward.ErrNotFound) { // the words before it say what was not found, an id alone does not
		what, found := strings.CutSuffix(err.Error(), ": "+steward.ErrNotFound.Error())
		if found && len(strings.Fields(what)) <= 2 { // P-0000001, or run S-000001
			return "the store has no " + what
		}
		return what
	}
	lines := strings.Split(err.Error(), "\n") // of joined errors: one may have failed by the other
	return strings.Join(slices.Compact(lines), "\n")
}
