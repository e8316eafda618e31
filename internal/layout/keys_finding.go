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
