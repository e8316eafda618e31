package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Reasking writes one consent that has to be asked for again, in a line.
func Reasking(w io.Writer, a cdp.Reasking, o Options) error {
	p := newPage(w, o)
	line := words(profileID(a.Profile), orElse(text.Clean(string(a.Standing.Purpose)), "not stated"), text.Clean(string(a.Standing.Channel)),
		spaced(a.Reason), p.o.named(a.Standing.Endpoint))
	p.line(0, line)
	p.fact(2, "because", text.Clean(a.Detail))
	p.fact(2, "since", o.instant(a.Standing.Since))
	p.fact(2, "ask on notice", orElse(text.Clean(a.Notice), "none is in force: write one first"))
	p.fact(2, "not before", o.day(a.Earliest))
	return p.done()
}

// ReaskingSum writes how many have to be asked again.
func ReaskingSum(w io.Writer, s cdp.ReaskingSum, o Options) error {
	p := newPage(w, o)
	p.fact(0, "profiles looked at", text.Int(s.Profiles))
	p.fact(0, "to be asked again", words(plural(s.Asked, "profile"), text.Lit("for"), plural(s.Lines, "consent")))
	for _, reason := range sortedKeys(s.ByReason) {
		p.line(2, words(text.Int(s.ByReason[reason]), spaced(reason)))
	}
	return p.done()
}

type reaskingJSON struct {
	Profile  string       `json:"profile"`
	Consent  standingJSON `json:"consent"`
	Title    string       `json:"title,omitempty"`
	Reason   string       `json:"reason"`
	Detail   string       `json:"detail,omitempty"`
	Notice   string       `json:"notice,omitempty"`
	Earliest stamp        `json:"earliest,omitempty"`
}

// Reasking writes one consent that has to be asked for again.
func (j *JSON) Reasking(a cdp.Reasking) error {
	return j.emit(reaskingJSON{a.Profile.String(), wireStanding(j.o, a.Standing), a.Title, a.Reason, a.Detail, a.Notice, stampOf(a.Earliest)})
}
