package report

import (
	"encoding/hex"
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Restrictions writes the rows that are restricted (GDPR Art. 18).
func Restrictions(w io.Writer, list cdp.RestrictionList, o Options) error {
	p := newPage(w, o)
	if list.Rows == 0 {
		p.say(0, "nothing is restricted")
		return p.done()
	}
	t := newTable(column{title: "PROFILE"}, column{title: "RECORD"}, column{title: "SOURCE", min: 10, drop: 2}, column{title: "SINCE"}, column{title: "GROUND", min: 8},
		column{title: "ARTICLE", drop: 3}, column{title: "OF", drop: 4}, column{title: "BY", min: 8, drop: 1}, column{title: "REFERENCE", min: 10, drop: 5}, column{title: "STATE"})
	for _, x := range list.Items {
		show := x.Said
		if len(x.Open) > 0 {
			show = x.Open
		}
		for _, e := range show {
			state, of := "restricted", "the row"
			switch {
			case e.Lifted:
				state = "lifted"
			case len(x.Open) == 0:
				state = "was restricted"
			}
			if e.Whole {
				of = "the person"
			}
			if e.Lifted {
				of = ""
			}
			t.row(profileID(x.Profile), recordID(x.Record), text.Clean(string(x.Row.Source)), o.day(e.From()), orElse(text.Clean(string(e.Ground)), "not said"),
				text.Clean(e.Ground.Article()), text.Clean(of), orElse(text.Clean(e.By), string(e.Source)), o.show(text.KindText, e.Proof.Reveal()), text.Clean(state))
		}
	}
	p.table(0, t)
	if more := list.Rows - len(list.Items); more > 0 {
		p.rest(more, "row")
	}
	return p.done()
}

// Restrictions writes an object a row.
func (j *JSON) Restrictions(list cdp.RestrictionList) error {
	for _, x := range list.Items {
		w := restrictedJSON{Profile: idOf(x.Profile), Record: idOf(x.Record), Source: string(x.Row.Source), Open: wires(j.o, x.Open, wireRestriction), Said: wires(j.o, x.Said, wireRestriction)}
		w.Key, w.KeyMasked = j.o.wire(text.KindKey, x.Row.Key)
		if err := j.emit(w); err != nil {
			return err
		}
	}
	return nil
}

type restrictedJSON struct {
	Profile   string            `json:"profile,omitempty"`
	Record    string            `json:"record,omitempty"`
	Source    string            `json:"source"`
	Key       string            `json:"key,omitempty"`
	KeyMasked string            `json:"key_masked,omitempty"`
	Open      []restrictionJSON `json:"open"`
	Said      []restrictionJSON `json:"said"`
}

type restrictionJSON struct {
	Record      string `json:"record,omitempty"`
	Whole       bool   `json:"whole"`
	Lifted      bool   `json:"lifted"`
	Ground      string `json:"ground,omitempty"`
	Article     string `json:"article"`
	At          stamp  `json:"at"`
	Told        stamp  `json:"told,omitempty"`
	Method      string `json:"method,omitempty"`
	Proof       string `json:"proof,omitempty"`
	ProofMasked string `json:"proof_masked,omitempty"`
	By          string `json:"by,omitempty"`
	Source      string `json:"source"`
	Recorded    stamp  `json:"recorded"`
}

func wireRestriction(o Options, e cdp.Restriction) restrictionJSON {
	w := restrictionJSON{Record: idOf(e.Record), Whole: e.Whole, Lifted: e.Lifted, Ground: string(e.Ground), Article: e.Ground.Article(), At: stampOf(e.From()), Told: stampOf(e.Told),
		Method: e.Method, By: e.By, Source: string(e.Source), Recorded: stampOf(e.Recorded)}
	w.Proof, w.ProofMasked = o.wire(text.KindText, e.Proof.Reveal())
	return w
}

// A Suppressed is an act on the suppression list: previewed, or done.
type Suppressed struct {
	Done   bool
	Act    cdp.Suppressing
	Effect cdp.SuppressionEffect
}

// Suppression writes what an act on the suppression list would do, or did.
func Suppression(w io.Writer, a Suppressed, o Options) error {
	p := newPage(w, o)
	if a.Done {
		p.say(0, "done")
	} else {
		p.say(0, "preview: nothing was done")
	}
	p.fact(0, "endpoints", text.Int(a.Effect.Endpoints))
	p.fact(0, "statements that are new", text.Int(a.Effect.New))
	p.fact(0, "records that carry one", text.Int(a.Effect.Carriers))
	if a.Effect.Later {
		p.say(0, "! all records are judged again by the next tick")
	}
	return p.done()
}

// Suppression writes one object.
func (j *JSON) Suppression(a Suppressed) error {
	did := "previewed"
	if a.Done {
		did = "done"
	}
	return j.emit(suppressionJSON{did, string(a.Act.Scope), string(a.Act.Channel), a.Act.Origin, a.Act.Ended, a.Effect.Endpoints, a.Effect.New, a.Effect.Carriers, a.Effect.Later})
}

type suppressionJSON struct {
	Did       string `json:"did"`
	Scope     string `json:"scope"`
	Channel   string `json:"channel,omitempty"`
	Origin    string `json:"origin"`
	Ended     bool   `json:"ended"`
	Endpoints int    `json:"endpoints"`
	New       int    `json:"new"`
	Carriers  int    `json:"carriers"`
	Later     bool   `json:"later"`
}

// A SuppressedLine is one statement of the suppression list as a file has it: it
// can be read back into the store that wrote it, and names nobody.
type SuppressedLine struct {
	Hash       string `json:"hash"` // hex HMAC-SHA-256 under the store's key
	Kind       string `json:"kind"`
	Controller string `json:"controller,omitempty"`
	Scope      string `json:"scope"`
	Channel    string `json:"channel,omitempty"`
	Ended      bool   `json:"ended"`
	Origin     string `json:"origin"`
	At         stamp  `json:"at"`
	Ref        string `json:"ref"`
}

// SuppressedEndpoint writes an object a statement.
func (j *JSON) SuppressedEndpoint(x cdp.SuppressedEndpoint) error {
	for _, e := range x.Said {
		if err := j.emit(SuppressedLine{hex.EncodeToString(x.Hash[:]), string(x.Kind), e.Controller, string(e.Scope), string(e.Channel), e.Ended, e.Origin, stampOf(e.At), e.Ref.Reveal()}); err != nil {
			return err
		}
	}
	return nil
}

// SuppressionList writes the list as a table.
func SuppressionList(w io.Writer, list []cdp.SuppressedEndpoint, more int, o Options) error {
	p := newPage(w, o)
	if len(list) == 0 {
		p.say(0, "the suppression list is empty")
		return p.done()
	}
	t := newTable(column{title: "HASH"}, column{title: "KIND", min: 6}, column{title: "SCOPE"}, column{title: "CHANNEL", drop: 3}, column{title: "ORIGIN"}, column{title: "SINCE"},
		column{title: "CONTROLLER", min: 8, drop: 2}, column{title: "BY", min: 8, drop: 1})
	for _, x := range list {
		if len(x.Open) == 0 {
			t.row(text.Clean(hex.EncodeToString(x.Hash[:4])), text.Clean(string(x.Kind)), text.Lit("ended"), text.Safe{}, text.Safe{}, text.Safe{}, text.Safe{}, text.Safe{})
		}
		for _, e := range x.Open {
			t.row(text.Clean(hex.EncodeToString(x.Hash[:4])), text.Clean(string(x.Kind)), text.Clean(string(e.Scope)), text.Clean(string(e.Channel)), text.Clean(e.Origin), o.day(e.At),
				orElse(text.Clean(e.Controller), "all"), text.Clean(e.By))
		}
	}
	p.table(0, t)
	if more > 0 {
		p.rest(more, "endpoint")
	}
	return p.done()
}
