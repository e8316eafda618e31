package ui

import (
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// Facts of a delivery are no personal values; what the row says is.
func TestTraceMasksPersonsOnly(t *testing.T) {
	sh := show{lex: newEnglish(), now: start}
	about := cdp.Ref{Kind: "profile", ID: "P-0042117"}
	for _, c := range []struct {
		name, raw, want string
	}{
		{"file", "clicks-2024.csv", "clicks-2024.csv"}, {"notice", "v4", "v4"}, {"method", "double opt-in", "double opt-in"},
		{"key", "o-9912", "o-9912"}, {"key", "+4915150000012", "+49 15█ ███ 12"}, {"country", "DE", "DE"},
		{"given_name", "Marlene", "M███"}, {"value", "frequent buyer", "███"}, {"proof", "click from 198.51.100.77", "███"},
	} {
		if got := traced(sh, about, cdp.TraceField{Name: c.name, Data: cdp.Value(c.raw)}).text.String(); got != c.want {
			t.Errorf("%s is shown as %q, want %q", c.name, got, c.want)
		}
	}
	// An attribute of that name is a value of a person.
	n := cdp.TraceNode{Label: "method", Data: "by the neighbour"}
	if got := traceValue(sh, about, n).text.String(); got != "method ███" {
		t.Errorf("an attribute is shown as %q", got)
	}
	// Of a special category nothing is shown, however plain the name.
	n = cdp.TraceNode{Label: "language", Data: "sign", Special: "health"}
	if got := traceValue(sh, about, n).text.String(); got != "language ███" {
		t.Errorf("a value of a special category is shown as %q", got)
	}
	if got := traced(sh, about, cdp.TraceField{Name: "language", Data: "sign", Special: "health"}).text.String(); got != "███" {
		t.Errorf("a detail of a special category is shown as %q", got)
	}
}

// What is never masked needs no reveal.
func TestTraceRevealsWhatIsMasked(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "trace?P-42117")
	_, fields := d.m.trail.top().(revealer).Reveals()
	if slices.Contains(fields, "file") {
		t.Error("a file's name is to be revealed")
	}
	if !slices.Contains(fields, "given_name") {
		t.Errorf("a name is not among %v", fields)
	}
}
