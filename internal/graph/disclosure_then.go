package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
)

// SharesKnown is SharesOn as it was known at a standpoint, without denials: what
// had left by then, or might have. A run that a person made void since still
// counted.
func (tx *Tx) SharesKnown(records []cdp.RecordID, from cdp.Standpoint) ([]cdp.ShareLine, error) {
	if from.Known.IsZero() {
		return tx.SharesOn(records, false)
	}
	lines, err := tx.linesOn(records, 0, func(l *cdp.ShareLine) bool { return l.Allow && from.Knew(l.At) })
	if err != nil {
		return nil, err
	}
	runs := make(map[cdp.RunID]cdp.ShareRun)
	for _, l := range lines {
		if _, known := runs[l.Run]; !known && l.State == cdp.RunVoid {
			if runs[l.Run], err = tx.Run(l.Run); err != nil {
				return nil, err
			}
		}
	}
	return slices.DeleteFunc(lines, func(l cdp.ShareLine) bool {
		return !LeftKnown(&l, runs[l.Run], from)
	}), nil
}

// LeftKnown reports whether a line counted as sent by what was known: one of a
// run that was made void since did until then.
func LeftKnown(l *cdp.ShareLine, run cdp.ShareRun, from cdp.Standpoint) bool {
	if l.State != cdp.RunVoid || from.Known.IsZero() {
		return l.State.Left()
	}
	return !from.Knew(run.Done) && (!run.Released.IsZero() || run.To == "-")
}
