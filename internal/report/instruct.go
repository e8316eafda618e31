package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// An Instructed is an instruction of a person: previewed, or recorded.
type Instructed struct {
	Done        bool
	Instruction cdp.Instruction
	Effect      cdp.InstructionEffect
}

// Instruction writes what recording an instruction would do, or did.
func Instruction(w io.Writer, a Instructed, o Options) error {
	p := newPage(w, o)
	in, e := a.Instruction, a.Effect
	switch {
	case !a.Done:
		p.say(0, "preview: nothing was done")
	case e.Known:
		p.say(0, "this was on record already")
	default:
		p.say(0, "recorded on behalf of the person")
	}
	if in.Restricts() {
		p.fact(2, in.Verb, text.Clean(in.Object().ID))
		p.fact(2, "ground", words(text.Clean(string(in.Ground)), text.Clean(in.Ground.Article())))
		p.fact(2, "the person was told", p.o.day(in.Told))
	} else {
		p.fact(2, in.Verb, p.o.named(in.Endpoint))
	}
	p.fact(2, "evidence", commas(text.Clean(in.Via), p.o.day(in.At), p.o.show(text.KindText, in.Ref.Reveal())))
	for _, s := range e.Consents {
		p.fact(2, "consent "+purposeName(s.Purpose), words(state(s.State), text.Clean(string(s.Channel)), text.Lit("since"), orElse(p.o.day(s.Since), "an unknown day")))
	}
	for _, s := range e.Wishes {
		p.fact(2, "preference", commas(orElse(text.Clean(string(s.Channel)), "all channels"), orElse(text.Clean(s.Topic), "all topics"), wish(s.Wish), text.Clean(s.Frequency), quiet(s.Quiet), text.Clean(s.Language)))
	}
	if in.Restricts() {
		p.fact(2, "rows restricted afterwards", text.Int(restrictedRows(e.Open)))
	}
	p.fact(0, "records judged", text.Int(e.Carriers))
	p.fact(0, "judged otherwise", text.Int(e.Changed))
	if e.Later {
		p.say(0, "! more records carry it: they are judged by the next tick")
	}
	p.head("Purposes", len(e.Purposes))
	t := newTable(column{title: "PURPOSE", min: 12}, column{title: "ACTIVITY", min: 12, drop: 2}, column{title: "BEFORE", right: true}, column{title: "AFTER", right: true},
		column{title: "WHY NOT", min: 16, drop: 1})
	for _, x := range e.Purposes {
		t.row(text.Clean(string(x.Purpose)), text.Clean(string(x.Activity)), text.Int(x.Before), text.Int(x.After), text.Clean(x.Why))
	}
	p.table(2, t)
	p.head("Records", e.Changed)
	t = newTable(column{title: "RECORD"}, column{title: "SOURCE", min: 10}, column{title: "BEFORE", drop: 2}, column{title: "AFTER"}, column{title: "LOST", min: 10},
		column{title: "GAINED", min: 10, drop: 1})
	for _, x := range e.Records {
		t.row(recordID(x.Record), text.Clean(string(x.Source)), text.Clean(x.Before.String()), text.Clean(x.After.String()), names(x.Lost), names(x.Gained))
	}
	p.table(2, t)
	if more := e.Changed - len(e.Records); more > 0 {
		p.rest(more, "record")
	}
	p.head("Recipients who have the data", len(e.Recipients))
	t = newTable(column{title: "RECIPIENT", min: 12}, column{title: "PURPOSE", min: 10}, column{title: "SHARES", right: true}, column{title: "LAST"})
	for _, x := range e.Recipients {
		t.row(orElse(text.Clean(x.Recipient), "not named"), text.Clean(string(x.Purpose)), text.Int(x.Count), p.o.day(x.Last))
	}
	p.table(2, t)
	p.put(0, text.Safe{})
	e.Profiles.Digest = e.Digest
	p.effect(e.Profiles)
	return p.done()
}

func restrictedRows(open []cdp.Restriction) int {
	rows := make(map[cdp.Row]bool)
	for i := range open {
		rows[open[i].Row] = true
	}
	return len(rows)
}

func purposeName(id cdp.PurposeID) string {
	if id == "" {
		return "for any purpose"
	}
	return string(id)
}

// Instruction writes one object: the instruction and what it does, or did.
func (j *JSON) Instruction(a Instructed) error { return j.emit(wireInstruction(j.o, a)) }

type instructionJSON struct {
	Did        string              `json:"did"`
	Verb       string              `json:"verb"`
	Known      bool                `json:"known"`
	Endpoint   *identifierJSON     `json:"endpoint,omitempty"`
	Object     string              `json:"object,omitempty"`
	Ground     string              `json:"ground,omitempty"`
	Told       stamp               `json:"told,omitempty"`
	Open       []restrictionJSON   `json:"open"`
	Via        string              `json:"via"`
	At         stamp               `json:"at"`
	Ref        string              `json:"ref,omitempty"`
	RefMasked  string              `json:"ref_masked,omitempty"`
	Consents   []standingJSON      `json:"consents"`
	Wishes     []wishJSON          `json:"wishes"`
	Carriers   int                 `json:"carriers"`
	Changed    int                 `json:"changed"`
	Later      bool                `json:"later"`
	Purposes   []purposeEffectJSON `json:"purposes"`
	Records    []recordEffectJSON  `json:"records"`
	Recipients []sentJSON          `json:"recipients"`
	Effect     effectJSON          `json:"effect"`
}

type purposeEffectJSON struct {
	Purpose  string `json:"purpose,omitempty"`
	Activity string `json:"activity"`
	Before   int    `json:"before"`
	After    int    `json:"after"`
	Why      string `json:"why,omitempty"`
}

type recordEffectJSON struct {
	Record string   `json:"record"`
	Source string   `json:"source"`
	Before string   `json:"before"`
	After  string   `json:"after"`
	Lost   []string `json:"lost"`
	Gained []string `json:"gained"`
}

func wireInstruction(o Options, a Instructed) instructionJSON {
	in, e := a.Instruction, a.Effect
	e.Profiles.Digest = e.Digest // there is one digest to approve
	w := instructionJSON{Did: "previewed", Verb: in.Verb, Known: e.Known, Via: in.Via, At: stampOf(in.At),
		Consents: wires(o, e.Consents, wireStanding), Wishes: wires(o, e.Wishes, wireWish), Carriers: e.Carriers, Changed: e.Changed, Later: e.Later,
		Purposes: wires(o, e.Purposes, func(_ Options, p cdp.PurposeEffect) purposeEffectJSON {
			return purposeEffectJSON{string(p.Purpose), string(p.Activity), p.Before, p.After, p.Why}
		}),
		Records: wires(o, e.Records, func(_ Options, r cdp.RecordEffect) recordEffectJSON {
			return recordEffectJSON{r.Record.String(), string(r.Source), snake(r.Before.String()), snake(r.After.String()), stringsOf(r.Lost), stringsOf(r.Gained)}
		}),
		Recipients: wires(o, e.Recipients, wireSent), Effect: wireEffect(o, e.Profiles)}
	w.Open = wires(o, e.Open, wireRestriction)
	if in.Restricts() {
		w.Object, w.Ground, w.Told = in.Object().ID, string(in.Ground), stampOf(in.Told)
	} else {
		at := wireIdentifier(o, in.Endpoint)
		w.Endpoint = &at
	}
	if a.Done {
		w.Did = "recorded"
	}
	w.Ref, w.RefMasked = o.wire(text.KindText, in.Ref.Reveal())
	return w
}
