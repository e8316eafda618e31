package mapping

import (
	"strings"
	"time"

	"cdp-tui/internal/tcf"
)

// tcfSaid gives a TC string as a list of {purpose, state, time, until, interest}:
// what the person chose for each purpose, and whether legitimate interest is
// claimed beside it. A string that can not be read is one unreadable item
// without a purpose; none gives none. Validity is judged at the time of the
// string: until says from when on it rests on nothing.
func tcfSaid(s string) []any {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	t, err := tcf.Decode(s)
	if err != nil {
		return []any{map[string]any{"purpose": "", "state": tcf.Unreadable}}
	}
	var out []any
	for _, x := range t.Said(t.LastUpdated) {
		it := map[string]any{"purpose": x.Name, "state": x.State, "time": x.At.Format(time.RFC3339Nano), "interest": x.Claimed}
		if !x.Until.IsZero() {
			it["until"] = x.Until.Format(time.RFC3339)
		}
		out = append(out, it)
	}
	return out
}
