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

// A Loss is something that a format does not carry.
type Loss struct {
	Code    string // state time expires channel endpoint purpose controller evidence explicit history regulation preference
	Purpose cdp.PurposeID
	Text    string // no personal value
	Count   int
}

// A format writes entries as documents, one a line.
type format struct {
	name, title string
	write       func(*writer)
}

func formats() []format {
	return []format{
		{"didomi", "Didomi consent events", didomi}, {"dpv", "ISO/IEC TS 27560 consent records in W3C DPV, JSON-LD", dpv},
		{"gcm", "Google Consent Mode", consentMode}, {"kantara", "Kantara consent receipts 1.1", kantara}, {"mparticle", "mParticle consent state", mparticle},
		{"onetrust", "OneTrust receipts", onetrust}, {"segment", "Segment consent events", segment}, {"unomi", "Apache Unomi profiles", unomi},
		{"xdm", "Adobe XDM consents", xdm},
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
		w := &writer{p: p, title: f.title, entries: entries(p.Standings)}
		for _, e := range w.entries {
			if len(e.events) > 1 && name != "dpv" {
				w.lose("history", e, "one event is written, of several that led to it")
			}
		}
		if len(p.Wishes) > 0 {
			w.losses = append(w.losses, Loss{Code: "preference", Text: f.title + " has no preferences that are not consents", Count: len(p.Wishes)})
		}
		f.write(w)
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
	at                              time.Time // of the statement
	notice, method, language, proof string
	regulation                      string
	events                          []cdp.Consent
}

// entries are the standings that say something, in their order.
func entries(list []cdp.Standing) []entry {
	var out []entry
	for _, s := range list {
		if s.State == cdp.NoStatement || s.Endpoint.IsZero() {
			continue
		}
		e := entry{Standing: s, at: s.Since, events: s.Events, regulation: "gdpr"}
		for i := range s.Events {
			c := &s.Events[i]
			e.regulation = cmp.Or(c.Regulation, "gdpr")
			if c.State == s.State || s.State == cdp.ConsentExpired && c.State.ValidForProcessing() {
				e.notice, e.method, e.language, e.proof = c.Notice, c.Method, c.Language, c.Proof.Reveal()
				if s.State == cdp.ConsentExpired {
					e.at, e.Expires = c.At, c.Expires
				}
			}
		}
		out = append(out, e)
	}
	return out
}

// permits reports whether the entry permits processing now.
func (e *entry) permits() bool { return e.State.ValidForProcessing() }

// answered reports whether the person said yes or no, or the yes is over. What
// was only asked for, and what nobody can read, is neither.
func (e *entry) answered() bool { return e.permits() || e.State.Restrictive() }

type writer struct {
	p       Person
	title   string
	entries []entry
	out     bytes.Buffer
	losses  []Loss
	err     error
}

func (w *writer) lose(code string, e entry, text string) {
	for i := range w.losses {
		if l := &w.losses[i]; l.Code == code && l.Purpose == e.Purpose && l.Text == text {
			l.Count++
			return
		}
	}
	w.losses = append(w.losses, Loss{code, e.Purpose, text, 1})
}

// put writes one document.
func (w *writer) put(doc any) {
	b, err := json.Marshal(doc)
	if w.err = cmp.Or(w.err, err); err == nil {
		w.out.Write(append(b, '\n'))
	}
}

// lacks notes the evidence that a format does not carry.
func (w *writer) lacks(e entry, fields ...string) {
	for _, f := range fields {
		value := map[string]string{"notice": e.notice, "method": e.method, "language": e.language, "proof": e.proof}[f]
		if value != "" {
			w.lose("evidence", e, "the "+f+" is not carried")
		}
	}
}

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
		w.lose(code, e, text)
		if old.Purpose != e.Purpose {
			w.lose(code, *old, text)
		}
		if old.permits() && !e.permits() || old.permits() == e.permits() && (rank(e.State) > rank(old.State) || rank(e.State) == rank(old.State) && e.at.After(old.at)) {
			*old = e
		}
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

// endpointed groups the entries by endpoint, in their order; those of kinds that
// a format can not name are lost.
func (w *writer) endpointed(kinds ...cdp.Kind) [][]entry {
	var out [][]entry
	at := map[cdp.IdentifierKey]int{}
	for _, e := range w.entries {
		if !slices.Contains(kinds, e.Endpoint.Kind()) {
			w.lose("endpoint", e, "an endpoint of kind "+string(e.Endpoint.Kind())+" can not be named")
			continue
		}
		i, ok := at[e.Endpoint.Key()]
		if !ok {
			i, at[e.Endpoint.Key()] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	return out
}

// value is an identifier without the issuer before it.
func value(id cdp.Identifier) string {
	switch id.Kind() {
	case cdp.KindEmail, cdp.KindPhone, cdp.KindDevice:
		return id.Reveal()
	}
	_, v, ok := strings.Cut(id.Reveal(), ":")
	if !ok {
		return id.Reveal()
	}
	return v
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// object is a JSON object without the fields that are empty.
type object map[string]any

func (o object) with(name string, v any) object {
	switch v := v.(type) {
	case string:
		if v == "" {
			return o
		}
	}
	o[name] = v
	return o
}
