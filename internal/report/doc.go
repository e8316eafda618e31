// Package report writes what a Desk answers, for people (plain text that a
// screen reader can follow: no box drawing, one fact a line, tables only for
// lists), for programs (JSON, one object a line, described field by field in
// docs/json.md) and for spreadsheets (CSV). The same answer gives the same
// bytes: nothing here reads a clock, and how long an answer took is left to the
// narration of whoever asked.
//
// The trap: this is where redacted values become text. Only the methods of
// [Options] call Reveal; every string that came from a source is masked unless
// Options.Reveal is set, and made safe to show in either case: marks like
// ‹009B› in text and CSV, \u009b in JSON.
package report
