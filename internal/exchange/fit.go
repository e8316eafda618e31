package exchange

import (
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

const (
	onlyYesNo   = "it is carried as a no: the format has no other word for what was not permitted"
	notAnswered = "the person has not answered, or it can not be read: nothing is written"
	noChannels  = "channels are not told apart: the most restrictive answer is written"
)

// regulated keeps the entries of the GDPR: in a format that does not tell
// regulations apart, a statement under another one would overwrite them.
func (w *writer) regulated() {
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		if e.regulation == "gdpr" {
			return false
		}
		w.lose("regulation", e, "statements under other regulations than the GDPR are not told apart, so they are left out")
		return true
	})
}

// purposed leaves out what is about no purpose.
func (w *writer) purposed() {
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		if e.Purpose == "" {
			w.lose("purpose", e, "a no to all purposes can not be written")
		}
		return e.Purpose == ""
	})
}

// channelled makes what is left fit a format whose statements are all about one
// channel, or, when it is "", about none in particular. A yes over one channel is
// none over others, so it is left out; a no over one channel is written as one
// over all where that is all a format can say.
func (w *writer) channelled(own cdp.Channel) {
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		switch {
		case e.Channel == own:
			return false
		case e.Channel == "":
			w.lose("channel", e, "it is about all channels and comes back as one about "+string(own))
			return false
		case own == "" && !e.permits():
			w.lose("channel", e, "a no over one channel is written as a no over all")
			return false
		}
		w.lose("channel", e, "it is about one channel, which can not be written")
		return true
	})
}

// strictest keeps of the entries that a format does not tell apart the one that
// permits least, and of these the latest.
func (w *writer) strictest(code, text string, key func(*entry) string) {
	var out []entry
	at := map[string]int{}
	for _, e := range w.entries {
		k := key(&e)
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, e)
			continue
		}
		old := &out[i]
		if old.permits() && !e.permits() || old.permits() == e.permits() && (rank(e.State) > rank(old.State) || rank(e.State) == rank(old.State) && e.at.After(old.at)) {
			*old, e = e, *old
		}
		w.lose(code, e, text)
	}
	w.entries = out
}

// rank orders states for strictest: a no of the person before a lapse, that
// before what was never answered.
func rank(s cdp.ConsentState) int {
	switch s {
	case cdp.ConsentObjected, cdp.ConsentWithdrawn, cdp.ConsentRefused:
		return 3
	case cdp.ConsentGiven, cdp.ConsentRenewed:
		return 0
	}
	if s.Restrictive() {
		return 2
	}
	return 1
}

func byPurpose(e *entry) string {
	return string(e.Endpoint.Kind()) + "\x00" + e.Endpoint.Reveal() + "\x00" + string(e.Purpose)
}

// overall notes where a statement about all channels, as it is written, makes
// another date of one about a channel than both have here.
func (w *writer) overall() {
	as := func(e *entry) cdp.ConsentState {
		switch {
		case e.permits():
			return cdp.ConsentGiven
		case e.State == cdp.ConsentPending:
			return e.State
		}
		return cdp.ConsentRefused
	}
	for i := range w.entries {
		e := &w.entries[i]
		for j := range w.entries {
			g := &w.entries[j]
			if e.Channel == "" || g.Channel != "" || g.slot != e.slot || g.regulation != e.regulation || byPurpose(g) != byPurpose(e) && e.slot == "" || !g.Endpoint.Same(e.Endpoint) {
				continue
			}
			f := policy.Fold([]cdp.Consent{{State: as(g), At: g.at, Recorded: w.p.At}, {State: as(e), At: e.at, Recorded: w.p.At}}, w.p.At)
			if e.since = f.Since; f.State != as(e) {
				w.lose("state", *e, "what was said about all channels, as it is written, holds")
			}
		}
	}
}

// plainAnswers leaves out what is no answer and notes where a no is all that a
// format can say of a state.
func (w *writer) plainAnswers(kept ...cdp.ConsentState) {
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		switch {
		case slices.Contains(kept, e.State):
		case !e.answered():
			w.lose("state", e, notAnswered)
			return true
		}
		return false
	})
}

// said notes where what is written of a state is another one. A permission that
// is written as a plain one keeps permitting, so it is told apart.
func (w *writer) said(e entry, as cdp.ConsentState) {
	switch {
	case e.State == as:
	case e.permits() && as.ValidForProcessing():
		w.lose("state", e, "a renewed consent is written as given")
	default:
		w.lose("state", e, onlyYesNo)
	}
}

// yesOrNo notes what is lost of a state of which yes or no is written.
func (w *writer) yesOrNo(e entry) bool {
	if e.permits() {
		w.said(e, cdp.ConsentGiven)
	} else {
		w.said(e, cdp.ConsentRefused)
	}
	return e.permits()
}

// A slot is where a format names an identifier: a kind, with who gives it out
// where it says so.
type slot struct {
	kind   cdp.Kind
	issuer string // "" for kinds without
	name   string // of the field
	bare   bool   // what looks like an address is read as one there
	any    bool   // whoever gives it out, which is not carried
}

func (s slot) takes(id cdp.Identifier) bool {
	v := value(id)
	return s.kind == id.Kind() && (s.any || s.issuer == issuer(id)) && !(s.bare && (strings.Contains(v, "@") || strings.HasPrefix(v, "+")))
}

// A group is what is written about one endpoint.
type group struct {
	id      cdp.Identifier
	field   string // of its slot
	entries []entry
	wishes  []wish
}

// named leaves out what is bound to endpoints that a format can not name.
func (w *writer) named(slots []slot) {
	none := func(id cdp.Identifier) bool {
		return !slices.ContainsFunc(slots, func(s slot) bool { return s.takes(id) })
	}
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		if none(e.Endpoint) {
			w.lose("endpoint", e, unnamed(e.Endpoint))
			return true
		}
		return false
	})
	w.wishes = slices.DeleteFunc(w.wishes, func(x wish) bool {
		if none(x.Endpoint) {
			w.loseWish("preference", x, "a preference at "+unnamed(x.Endpoint))
			return true
		}
		return false
	})
}

// endpointed groups what is left by endpoint, in their order.
func (w *writer) endpointed(slots []slot) []group {
	var out []group
	at := map[cdp.IdentifierKey]int{}
	find := func(id cdp.Identifier) *group {
		i, ok := at[id.Key()]
		if !ok {
			i = len(out)
			at[id.Key()] = i
			out = append(out, group{id: id, field: slots[slices.IndexFunc(slots, func(s slot) bool { return s.takes(id) })].name})
		}
		return &out[i]
	}
	for _, e := range w.entries {
		g := find(e.Endpoint)
		g.entries = append(g.entries, e)
	}
	for _, x := range w.wishes {
		g := find(x.Endpoint)
		g.wishes = append(g.wishes, x)
	}
	return out
}

func unnamed(id cdp.Identifier) string {
	return "an endpoint of kind " + string(id.Kind()) + " of this issuer, or form, can not be named"
}

// issuer returns who gave out an identifier, "" of kinds that nobody gives out.
func issuer(id cdp.Identifier) string {
	switch id.Kind() {
	case cdp.KindLoyalty, cdp.KindCookie, cdp.KindSocial, cdp.KindLogin, cdp.KindCRM, cdp.KindOrder, cdp.KindNationalID, cdp.KindRecord:
		by, _, _ := strings.Cut(id.Reveal(), ":")
		return by
	}
	return ""
}

// value is an identifier without the issuer before it.
func value(id cdp.Identifier) string { return strings.TrimPrefix(id.Reveal(), issuer(id)+":") }
