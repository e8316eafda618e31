package exchange

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// A wish is what a person stated about one channel and topic, as it holds: what
// follows from statements about more than that is written with those.
type wish struct {
	cdp.Preferring
	place int       // in Person.Wishes
	at    time.Time // of the wish, or of the last statement without one
}

func wishes(of Person) []wish {
	var out []wish
	for i, p := range of.Wishes {
		own := slices.DeleteFunc(slices.Clone(p.Events), func(s cdp.Preference) bool { return s.Channel != p.Channel || s.Topic != p.Topic })
		if len(own) == 0 || p.Endpoint.IsZero() {
			continue
		}
		last := own[0]
		for _, s := range own {
			if s.At.After(last.At) {
				last = s
			}
		}
		for _, held := range policy.Preferring(own, of.At) {
			at := held.Since
			if held.Wish == cdp.WishUnstated {
				at = last.At
			}
			out = append(out, wish{Preferring: held, place: i, at: at})
		}
	}
	return out
}

func (w *writer) loseWish(code string, x wish, text string) {
	l := w.loss(code, "", text)
	if !slices.Contains(l.Wishes, x.place) {
		l.Wishes, l.Count = append(l.Wishes, x.place), l.Count+1
	}
}

// wishless notes that a format has no preferences.
func (w *writer) wishless() {
	for _, x := range w.wishes {
		w.loseWish("preference", x, "preferences that are no consents have no place in "+w.title)
	}
	w.wishes = nil
}

// yes returns what is written of a wish where wanted and unwanted is all that
// can be said; ok is false when nothing is.
func (w *writer) yes(x wish) (wanted, ok bool) {
	switch x.Wish {
	case cdp.Wanted:
		if w.p.Wishes[x.place].Wish != cdp.Wanted { // a no to more than this holds, which may be lost
			w.loseWish("wish", x, "a wish that a later no to more overrides is not written")
			return false, false
		}
		return true, true
	case cdp.Unwanted:
		return false, true
	case cdp.WishUnreadable:
		w.loseWish("wish", x, "a wish that can not be read is written as a no")
		return false, true
	case cdp.WishNone:
		w.loseWish("wish", x, "that a wish was taken back can not be written")
	}
	return false, false
}

// rest notes the parts of a wish that are not carried.
func (w *writer) rest(x wish, frequency, quiet, language bool) {
	if !frequency && x.Frequency != "" {
		w.loseWish("frequency", x, "how often is not carried")
	}
	if !quiet && !x.Quiet.IsZero() {
		w.loseWish("quiet", x, "quiet hours are not carried")
	}
	if !language && x.Language != "" {
		w.loseWish("language", x, "the language is not carried")
	}
}
