package layout

import (
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

// letters of findings
const (
	letterLintRun = 'T'
	letterMute    = 'N'
	letterLifted  = 'J'
)

// KeyLintRun holds what a run of the lint counted.
func KeyLintRun(at time.Time) []byte { return appendTime([]byte{letterLintRun}, at) }

// LintRuns are all runs of the lint, oldest first.
func LintRuns() kv.Range { return kv.Prefix([]byte{letterLintRun}) }

// KeyMute holds a mute of the findings of a rule about a thing.
func KeyMute(rule string, object cdp.Ref) []byte {
	return appendText(appendText(appendText([]byte{letterMute}, rule), object.Kind), object.ID)
}

// Mutes are all mutes, by rule.
func Mutes() kv.Range { return kv.Prefix([]byte{letterMute}) }

// KeyLifted holds a mute that was lifted, or made anew, at a time.
func KeyLifted(at time.Time, rule string, object cdp.Ref) []byte {
	return appendText(appendText(appendText(appendTime([]byte{letterLifted}, at), rule), object.Kind), object.ID)
}

// LiftedAfter are the mutes that were lifted after a time.
func LiftedAfter(at time.Time) kv.Range {
	rng := kv.Prefix([]byte{letterLifted})
	rng.Start = appendTime([]byte{letterLifted}, at.Add(time.Microsecond))
	return rng
}
