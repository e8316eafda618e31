package policy

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// An Asking is one endpoint x purpose x controller at which the person must be
// asked again before the consent counts, and why.
type Asking struct {
	Standing cdp.Standing
	Reason   string    // reconsent_required, expired, incomplete, invalidated, child
	Detail   string    // what changed, what is missing
	Notice   string    // id of the notice to ask on; "" when the register has none in force
	Earliest time.Time // not to be asked before; zero: any time
}

// Reconsent lists who has to be asked again for a consent, and why: the notice
// has materially changed, the consent ran out, its evidence does not suffice,
// it was never valid. Who refused, withdrew or objected is not on the list; who
// refused or let a request pass may be asked again by other means than this
// (see AskAgain). The order is that of the standings.
func (r *Register) Reconsent(standings []cdp.Standing, now time.Time) []Asking {
	if r == nil {
		return nil
	}
	var out []Asking
	for _, s := range standings {
		a := Asking{Standing: s, Reason: string(s.State)}
		switch s.State {
		case cdp.ConsentStale:
			n, _ := r.Notice(strings.TrimPrefix(s.Why, whyNotice))
			a.Detail = n.Change
		case cdp.ConsentExpired:
			if s.Why == whyWindow {
				continue // never confirmed: nobody consented, and nobody is pressed
			}
			a.Detail = s.Why
		case cdp.ConsentInvalidated:
			if a.Detail = s.Why; s.Why == whyChild {
				a.Reason = whyChild
			}
		case cdp.ConsentGiven, cdp.ConsentRenewed:
			missing := slices.DeleteFunc(slices.Clone(s.Missing), func(name string) bool { return !slices.Contains(r.Consent.Require, name) })
			if len(missing) == 0 {
				continue
			}
			a.Reason, a.Detail = "incomplete", strings.Join(missing, ", ")
		default:
			continue
		}
		if n, ok := r.NoticeAt(s.Purpose, now); ok {
			a.Notice = n.ID
		}
		a.Earliest = r.AskAgain(s.Events, now)
		out = append(out, a)
	}
	return out
}

// AskAgain returns before when a person is not to be asked again because of the
// last refusal among the events, zero when nothing stands against it.
func (r *Register) AskAgain(events []cdp.Consent, now time.Time) (earliest time.Time) {
	if r == nil || r.Consent.AskAgain == nil {
		return time.Time{}
	}
	for i := range events {
		c := &events[i]
		s := standing(c)
		if !saidNo(s) {
			continue
		}
		if at, counts := when(c, s, now); counts {
			if end := r.Consent.AskAgain.AddTo(at); end.After(earliest) {
				earliest = end
			}
		}
	}
	if !earliest.After(now) {
		return time.Time{}
	}
	return earliest
}
