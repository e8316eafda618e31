package steward

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/lint"
)

// ErrUntil is returned for a mute that would have ended before it began.
var ErrUntil = errors.New("a mute ends in the future: give a later day")

// LintRules returns what the lint looks for, the most urgent first.
func (d *Desk) LintRules() []cdp.LintRule { return lint.Defaults().All() }

// LintRuns returns the last n runs over the whole store (at most 1,000), oldest
// first; at another standpoint those that had been made then. They are counts and
// are not logged.
func (d *Desk) LintRuns(ctx context.Context, n int) ([]cdp.LintRun, error) {
	var out []cdp.LintRun
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = lintRuns(tx, d.lens.Standpoint, clamp(n, 30, 1000))
		return err
	})
	return out, err
}

// Mutes returns the mutes, those that have ended too; at another standpoint
// those that were there then. They name no person and are not logged.
func (d *Desk) Mutes(ctx context.Context) ([]cdp.Mute, error) {
	var out []cdp.Mute
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = mutesThen(tx, d.lens.Standpoint)
		return err
	})
	return out, err
}

// Mute keeps the findings of a rule about a thing, or about a source, out of
// the counts until a time, for a reason: ErrReason, ErrUntil, ErrReadOnly, or
// ErrNotFound for a rule, a record, a profile or a source that there is not.
func (d *Desk) Mute(ctx context.Context, m cdp.Mute) error {
	now := d.s.opt.Now()
	m.Reason = strings.TrimSpace(m.Reason)
	switch {
	case d.actor.ReadOnly:
		return ErrReadOnly
	case m.Reason == "":
		return ErrReason
	case !m.Until.After(now):
		return ErrUntil
	}
	rule, err := muteable(m.Rule, m.Object)
	if err != nil {
		return err
	}
	m.Rule, m.By, m.At = rule, d.actor.Name, now
	e := d.entry("mute", m.Object, fmt.Sprintf("%s until %s", m.Rule, m.Until.UTC().Format(time.DateOnly)))
	e.Reason = m.Reason
	return d.update(ctx, &e, func(tx *graph.Tx) error {
		if err := d.s.there(tx, m.Object, now); err != nil {
			return err
		}
		return tx.SetMute(m)
	})
}

// there returns ErrNotFound for a record, profile or source that neither the
// store nor the register has: a mute of it would silence nothing, and look as if
// it did. Activities and recipients are findings because nobody declared them.
func (s *Steward) there(tx *graph.Tx, object cdp.Ref, now time.Time) (err error) {
	switch object.Kind {
	case "record":
		var id cdp.RecordID
		if id, err = cdp.ParseRecordID(object.ID); err == nil {
			_, err = tx.Head(id)
		}
	case "profile":
		var id cdp.ProfileID
		if id, err = cdp.ParseProfileID(object.ID); err == nil {
			_, err = tx.Profile(id, 1)
		}
	case "source":
		if _, err = tx.Source(cdp.SourceID(object.ID)); errors.Is(err, graph.ErrNotFound) {
			reg, broken := s.inForce(tx, now)
			if broken != nil {
				return broken
			}
			if _, declared := reg.Source(cdp.SourceID(object.ID)); declared {
				return nil
			}
		}
	}
	if errors.Is(err, graph.ErrNotFound) {
		return fmt.Errorf("%s %s: %w", object.Kind, object.ID, ErrNotFound)
	}
	return err
}

// Unmute ends a mute before its time, or returns ErrNotFound.
func (d *Desk) Unmute(ctx context.Context, rule string, object cdp.Ref, reason string) error {
	if d.actor.ReadOnly {
		return ErrReadOnly
	}
	rule, err := muteable(rule, object)
	if err != nil {
		return err
	}
	e := d.entry("unmute", object, rule)
	e.Reason = strings.TrimSpace(reason)
	err = d.update(ctx, &e, func(tx *graph.Tx) error { return tx.DropMute(rule, object) })
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%s is not muted for %s %s: %w", rule, object.Kind, object.ID, ErrNotFound)
	}
	return err
}

func muteable(rule string, object cdp.Ref) (string, error) {
	r, ok := lint.Defaults().Rule(rule)
	if !ok {
		return "", fmt.Errorf("no rule is called %s: %w", strings.ToUpper(rule), ErrNotFound)
	}
	if object.Kind == "" || object.ID == "" {
		return "", fmt.Errorf("what is to be muted of %s is not said: %w", r.ID, ErrNotFound)
	}
	return r.ID, nil
}
