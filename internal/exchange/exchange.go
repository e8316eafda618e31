package exchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// A Person is what is exchanged about one person.
type Person struct {
	Profile     string // id
	At          time.Time
	Controller  string // whose statements are written; "" for the one that most of them were made to
	Standings   []cdp.Standing
	Wishes      []cdp.Preferring
	Controllers map[string]Controller
	Purposes    map[cdp.PurposeID]Purpose
}

// A Controller is who a person spoke to.
type Controller struct{ Name, Country, Contact string }

// A Purpose is what the register says of one.
type Purpose struct {
	Title      string
	DPV        string   // IRI
	Categories []string // of data
	Marketing  bool     // direct marketing
}

// A Loss is something that a format does not carry, or, when its code is
// Extension, carries in a place that only this program reads.
type Loss struct {
	Code    string // what differs when it comes back: one of Codes
	Purpose cdp.PurposeID
	Text    string // no personal value
	Count   int
	Of      []int // of consents: places in Person.Standings
	Wishes  []int // of preferences: places in Person.Wishes
}

// Extension is the code of what other systems do not read.
const Extension = "extension"

// Codes are the codes of losses: those of what a statement is about, those of
// what it says, and those of preferences.
func Codes() []string {
	return []string{"endpoint", "purpose", "channel", "controller", "regulation", "state", "time", "expires", "evidence", "explicit", "bundled", "conditional",
		"speaker", "history", "preference", "wish", "frequency", "quiet", "language", Extension}
}

// A format writes what there is as documents, one a line.
type format struct {
	name, title string
	prefix      string // that an import puts before purposes
	write       func(*writer)
}

func formats() []format {
	return []format{
		{"didomi", "Didomi consent events", "didomi.", didomi}, {"dpv", "ISO/IEC TS 27560 consent records in W3C DPV, JSON-LD", "dpv.", dpv},
		{"gcm", "Google Consent Mode", "google.", consentMode}, {"kantara", "Kantara consent receipts 1.1", "kantara.", kantara}, {"mparticle", "mParticle consent state", "mparticle.", mparticle},
		{"onetrust", "OneTrust data subjects", "onetrust.", onetrust}, {"segment", "Segment consent events", "segment.", segment}, {"unomi", "Apache Unomi profiles", "", unomi},
		{"xdm", "Adobe XDM consents", "adobe.", xdm},
	}
}

// Formats returns the names of the formats.
func Formats() []string {
	var out []string
	for _, f := range formats() {
		out = append(out, f.name)
	}
	return out
}

// Export writes what is on record of a person in a format, as JSON, one document
// a line, and says what the format could not carry. The same person gives the
// same bytes.
func Export(name string, p Person) ([]byte, []Loss, error) {
	for _, f := range formats() {
		if f.name != name {
			continue
		}
		w := &writer{p: p, title: f.title, prefix: f.prefix, entries: entries(p), wishes: wishes(p)}
		w.addressed()
		w.everywhere()
		f.write(w)
		for _, l := range w.losses {
			slices.Sort(l.Of)
			slices.Sort(l.Wishes)
		}
		slices.SortFunc(w.losses, func(a, b Loss) int {
			return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Text, b.Text))
		})
		return w.out.Bytes(), w.losses, w.err
	}
	return nil, nil, fmt.Errorf("exchange: no format %q; there are %s", name, strings.Join(Formats(), ", "))
}

// An entry is what holds for one endpoint, purpose, controller, regulation and
// channel, with the statement that decided.
type entry struct {
	cdp.Standing
	place                           int       // in Person.Standings
	at                              time.Time // of the statement; zero when nobody knows
	until                           time.Time // its end, of a permission and of one that is over
	notice, method, language, proof string
	regulation                      string
	slot                            string        // of a format that names purposes by itself
	also                            []cdp.Consent // that are about all purposes, and led to what holds
	since                           time.Time     // as which it comes back, when that is not at
}

// entries are the standings that say something, in their order.
func entries(p Person) []entry {
	var out []entry
	for i, s := range p.Standings {
		if s.State == cdp.NoStatement || s.Endpoint.IsZero() {
			continue
		}
		e := entry{Standing: s, place: i, at: s.Since, regulation: "gdpr"}
		for j := range s.Events {
			e.take(&s.Events[j])
		}
		e.shown()
		switch {
		case e.permits():
			e.until = e.Expires
		case s.State == cdp.ConsentExpired && !e.at.IsZero() && e.at.Before(s.Since):
			e.until = s.Since
		case !e.at.Equal(s.Since): // nobody said when, or a clock that runs ahead: from when it counted
			e.at = s.Since
		}
		out = append(out, e)
	}
	return out
}

// take adds what an event shows of the statement that decides, which is the last
// one of the state that holds. What was shown before when the same was said, or
// when the person was asked to confirm, belongs to it.
func (e *entry) take(c *cdp.Consent) {
	e.regulation = cmp.Or(c.Regulation, "gdpr")
	open := c.State.ValidForProcessing() || c.State == cdp.ConsentPending
	switch {
	case c.State == e.State, open && (e.permits() || e.State == cdp.ConsentExpired):
	case c.State.Restrictive(), c.State == cdp.ConsentUnreadable, open: // what came before it is another story
		e.notice, e.method, e.language, e.proof = "", "", "", ""
		return
	default:
		return
	}
	e.notice, e.method = cmp.Or(c.Notice, e.notice), cmp.Or(c.Method, e.method)
	e.language, e.proof = cmp.Or(c.Language, e.language), cmp.Or(c.Proof.Reveal(), e.proof)
	if c.State == e.State || c.State.ValidForProcessing() {
		e.at = c.At
	}
}

// shown makes the evidence what the standing says it is.
func (e *entry) shown() {
	for _, f := range []struct {
		name string
		to   *string
		of   func(*cdp.Consent) string
	}{{"notice", &e.notice, func(c *cdp.Consent) string { return c.Notice }}, {"method", &e.method, func(c *cdp.Consent) string { return c.Method }},
		{"language", &e.language, func(c *cdp.Consent) string { return c.Language }}, {"proof", &e.proof, func(c *cdp.Consent) string { return c.Proof.Reveal() }}} {
		if slices.Contains(e.Missing, f.name) {
			*f.to = ""
			continue
		}
		for i := len(e.Events) - 1; i >= 0 && *f.to == ""; i-- {
			*f.to = f.of(&e.Events[i])
		}
	}
}

// permits reports whether the entry permits processing now.
func (e *entry) permits() bool { return e.State.ValidForProcessing() }

// answered reports whether the person said yes or no, or the yes is over. What
// was only asked for, and what nobody can read, is neither.
func (e *entry) answered() bool { return e.permits() || e.State.Restrictive() }

type writer struct {
	p       Person
	title   string
	prefix  string
	entries []entry
	wishes  []wish
	out     bytes.Buffer
	losses  []Loss
	err     error
}

func (w *writer) lose(code string, e entry, text string) {
	l := w.loss(code, e.Purpose, text)
	if !slices.Contains(l.Of, e.place) {
		l.Of, l.Count = append(l.Of, e.place), l.Count+1
	}
}

func (w *writer) loss(code string, p cdp.PurposeID, text string) *Loss {
	for i := range w.losses {
		if l := &w.losses[i]; l.Code == code && l.Purpose == p && l.Text == text {
			return l
		}
	}
	w.losses = append(w.losses, Loss{Code: code, Purpose: p, Text: text})
	return &w.losses[len(w.losses)-1]
}

// name is what a purpose is called in a format: without what an import has put
// before it, so that it comes back as it is, unless that is another one's name.
func (w *writer) name(p cdp.PurposeID) string {
	bare := strings.TrimPrefix(string(p), w.prefix)
	if bare == "" || slices.ContainsFunc(w.p.Standings, func(s cdp.Standing) bool { return s.Purpose == cdp.PurposeID(bare) }) {
		return string(p)
	}
	return bare
}

// put writes one document.
func (w *writer) put(doc any) {
	b, err := json.Marshal(doc)
	if w.err = cmp.Or(w.err, err); err == nil {
		w.out.Write(append(b, '\n'))
	}
}

// addressed keeps what was said to one controller. A document comes back as said
// to the one that its source belongs to; no yes may reach another.
func (w *writer) addressed() {
	whose := w.p.Controller
	if whose == "" {
		n := map[string]int{}
		for _, e := range w.entries {
			n[e.Controller]++
		}
		for _, x := range w.wishes {
			n[x.Controller]++
		}
		for c := range n {
			if whose == "" || n[c] > n[whose] || n[c] == n[whose] && c < whose {
				whose = c
			}
		}
	}
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		if e.Controller == whose {
			return false
		}
		w.lose("controller", e, "it was said to another controller, for whom an export of its own is made")
		return true
	})
	w.wishes = slices.DeleteFunc(w.wishes, func(x wish) bool {
		if x.Controller == whose {
			return false
		}
		w.loseWish("preference", x, "a preference was told to another controller, for whom an export of its own is made")
		return true
	})
}

// everywhere lets a no to all purposes hold for each of which something is
// written, as the gates do: it can not be written itself. A yes that was given
// after it, for that very purpose, lifts it; one to all channels does not lift
// one over a channel.
func (w *writer) everywhere() {
	all := slices.Clone(w.entries)
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		return e.permits() && slices.ContainsFunc(all, func(no entry) bool {
			part := no.everyNo(&e) && e.Channel == "" && no.Channel != ""
			if part {
				w.lose("channel", e, "over a channel a no to all purposes holds: a yes over all is not written")
			}
			return part
		})
	})
	for i := range w.entries {
		e := &w.entries[i]
		for _, no := range all {
			if !e.permits() || !no.everyNo(e) || e.at.After(no.Since) || no.Channel != "" && no.Channel != e.Channel {
				continue
			}
			w.lose("state", *e, "a no to all purposes holds, and is written")
			e.State, e.Since, e.at, e.until, e.Expires = no.State, no.Since, no.Since, time.Time{}, time.Time{}
			e.Explicit, e.Bundled, e.Conditional, e.Speaker = false, false, false, cdp.ByPerson
			e.notice, e.method, e.language, e.proof, e.also = "", "", "", "", no.Events
		}
	}
}

// everyNo reports whether no is one to all purposes that bears on e.
func (no *entry) everyNo(e *entry) bool {
	return no.Purpose == "" && (no.State.Restrictive() || no.State == cdp.ConsentUnreadable) && e.Purpose != "" &&
		no.Endpoint.Same(e.Endpoint) && no.Controller == e.Controller && no.regulation == e.regulation
}

// An unsaid is what a format can say of how a consent was given.
type unsaid struct{ notice, method, language, proof, expires, history bool }

// written notes what is not carried of an entry that is: all but what a format
// can say.
func (w *writer) written(e entry, can unsaid) {
	for _, f := range []struct {
		name, value string
		carried     bool
	}{{"notice", e.notice, can.notice}, {"method", e.method, can.method}, {"language", e.language, can.language}, {"proof", e.proof, can.proof}} {
		if f.value != "" && !f.carried {
			w.lose("evidence", e, "the "+f.name+" is not carried")
		}
	}
	if !can.expires && e.permits() && !e.Expires.IsZero() {
		w.lose("expires", e, "the consent ends on a day, which is not carried")
	}
	if can.history {
		return
	}
	if len(e.Events) > 1 {
		w.lose("history", e, "one event is written, of several that led to it")
	}
	since := e.at
	switch {
	case !e.since.IsZero():
		since = e.since
	case !e.permits() && !e.until.IsZero() && can.expires:
		since = e.until
	}
	switch {
	case since.IsZero() && !e.permits() && e.State != cdp.ConsentPending:
		w.lose("time", e, "nobody knows since when: it counts from when it is read")
	case !since.Equal(e.Since):
		w.lose("time", e, "it is dated by one of several statements")
	}
	for _, f := range []struct {
		code, what string
		has        bool
	}{{"explicit", "that it is an express statement", e.Explicit}, {"bundled", "that it was one act for several purposes", e.Bundled},
		{"conditional", "that a service was made to depend on it", e.Conditional}, {"speaker", "who spoke for the person", e.Speaker != cdp.ByPerson}} {
		if f.has {
			w.lose(f.code, e, f.what+" is not carried")
		}
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// object is a JSON object without the fields that are empty.
type object map[string]any

func (o object) with(name, v string) object {
	if v != "" {
		o[name] = v
	}
	return o
}
