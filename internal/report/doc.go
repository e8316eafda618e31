// Package report writes what a Desk answers, for people (plain text that a
// screen reader can follow: no box drawing, one fact a line, tables only for
// lists), for programs (JSON, one object a line, described field by field in
// docs/json.md) and for spreadsheets (CSV). The same answer gives the same
// bytes: nothing here reads a clock, and how long an answer took is left to the
// narration of whoever asked.
//
// The trap: this is where redacted values become text. What Reveal gives goes
// to a method of [Options] and nowhere else, except where Options.Reveal was
// looked at a line before; the strings that come from sources are made safe to
// show in either case: marks like ‹009B› in text and CSV, \u009b in JSON.
package report
