package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// An Acted is an act on who is who: previewed, or done.
type Acted struct {
	Did       string // previewed, decided, undone or activated
	Decisions []cdp.Decision
	Effect    cdp.Effect
}

// Act writes what an act would do, or did, to profiles.
func Act(w io.Writer, a Acted, o Options) error {
	p := newPage(w, o)
	p.say(0, map[string]string{"previewed": "preview: nothing was done", "decided": "decided", "undone": "taken back", "activated": "in force"}[a.Did])
	for i, d := range a.Decisions {
		if i == cdp.EffectExamples {
			p.rest(len(a.Decisions)-i, "decision")
			break
		}
		p.decision(2, d)
	}
	p.effect(a.Effect)
	return p.done()
}

func (p *page) decision(indent int, d cdp.Decision) {
	name := text.Clean(d.Verb)
	if d.ID != 0 {
		name = words(text.Clean(d.ID.String()), name)
	}
	if !d.Identifier.IsZero() {
		name = words(name, p.o.named(d.Identifier))
	}
	p.line(indent, name)
	groups := 0
	for _, r := range d.Rows {
		groups = max(groups, r.Group)
	}
	for g := range groups + 1 {
		var rows []cdp.Row
		for _, r := range d.Rows {
			if r.Group == g {
				rows = append(rows, r.Row)
			}
		}
		if len(rows) == 0 {
			continue
		}
		if groups > 0 {
			p.line(indent+2, words(text.Concat(text.Lit("side "), text.Int(g), text.Lit(":")), p.rows(rows)))
		} else {
			p.line(indent+2, p.rows(rows))
		}
	}
	if len(d.Untied) > 0 { // they are among those of the side that stays
		p.line(indent+2, words(text.Lit("! nothing ties to either side:"), p.rows(d.Untied)))
		p.say(indent+4, "they stay with the survivor; to part them too, split the profile by record")
	}
}

// rows names source rows, the first of many.
func (p *page) rows(rows []cdp.Row) text.Safe {
	var names []text.Safe
	for _, r := range rows[:min(len(rows), cdp.EffectExamples)] {
		names = append(names, p.row(r))
	}
	shown := words(text.Concat(plural(len(rows), "row"), text.Lit(":")), commas(names...))
	if more := len(rows) - len(names); more > 0 {
		shown = words(shown, text.Lit("and"), text.Int(more), text.Lit("more"))
	}
	return shown
}

// row names a source row.
func (p *page) row(r cdp.Row) text.Safe {
	return text.Concat(text.Clean(string(r.Source)), text.Lit("/"), p.o.key(cdp.Value(r.Key)))
}

func (p *page) effect(e cdp.Effect) {
	c := e.Counts
	vanish := words(text.Int(c.Vanish), text.Lit("vanish"))
	if c.Vanish == 1 {
		vanish = text.Lit("1 vanishes")
	}
	p.fact(0, "profiles", commas(does(c.Appear, "appear"), vanish, does(c.Change, "change")))
	p.fact(0, "records in another profile, or with others", text.Int(c.Records))
	p.fact(0, "identifiers that join otherwise", text.Int(c.Links))
	t := newTable(column{title: "PROFILE"}, column{title: "DOES"}, column{title: "BEFORE", right: true}, column{title: "AFTER", right: true},
		column{title: "RECORDS", drop: 1})
	for _, part := range []struct {
		does string
		list []cdp.ProfileEffect
	}{{"appears", e.Appear}, {"vanishes", e.Vanish}, {"changes", e.Change}} {
		for _, x := range part.list {
			const most = 3 // half an id is a wrong one
			recs := make([]text.Safe, 0, most)
			for _, id := range x.Records[:min(len(x.Records), most)] {
				recs = append(recs, recordID(id))
			}
			shown := commas(recs...)
			if more := max(x.After, len(x.Records)) - most; more > 0 {
				shown = words(shown, text.Concat(text.Lit("+"), text.Int(more)))
			}
			t.row(profileID(x.Profile), text.Clean(part.does), text.Int(x.Before), text.Int(x.After), shown)
		}
	}
	p.table(2, t)
	if more := c.Appear + c.Vanish + c.Change - len(t.rows); more > 0 {
		p.rest(more, "profile")
	}
	if e.Largest.Profile != 0 {
		p.line(0, words(text.Lit("largest afterwards:"), profileID(e.Largest.Profile), text.Lit("of"), plural(e.Largest.After, "record")))
	}
	if c.Appear+c.Vanish+c.Change == 0 {
		p.say(0, "no profile becomes another one")
	}
	p.fact(0, "digest", digest(e.Digest))
}

// Decisions writes what persons decided, in the order given.
func Decisions(w io.Writer, list cdp.Page[cdp.Decision], o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "DECISION"}, column{title: "VERB"}, column{title: "ROWS", right: true}, column{title: "IDENTIFIER", min: 14, drop: 2},
		column{title: "BY", min: 6}, column{title: "AT", drop: 1}, column{title: "REASON", min: 16, drop: 3}, column{title: "UNDONE", min: 6})
	for _, d := range list.Items {
		of, undone := text.Safe{}, text.Safe{}
		if !d.Identifier.IsZero() {
			of = text.Clean(d.Identifier.String())
		}
		if !d.Undone.IsZero() {
			undone = words(text.Clean(d.UndoneBy), o.day(d.Undone))
		}
		t.row(text.Clean(d.ID.String()), text.Clean(d.Verb), text.Int(len(d.Rows)), of, text.Clean(d.By), o.minute(d.At), text.Clean(d.Reason), undone)
	}
	p.table(0, t)
	footer(p, list, "decision", "decisions")
	return p.done()
}

// Decision writes one decision with its rows.
func Decision(w io.Writer, d cdp.Decision, o Options) error {
	p := newPage(w, o)
	p.decision(0, d)
	p.fact(0, "by", text.Clean(d.By))
	p.fact(0, "at", o.instant(d.At))
	p.fact(0, "reason", text.Clean(d.Reason))
	if d.Undone.IsZero() {
		p.say(0, "in force")
	} else {
		p.fact(0, "taken back by", text.Clean(d.UndoneBy))
		p.fact(0, "taken back at", o.instant(d.Undone))
		p.fact(0, "because", text.Clean(d.UndoneFor))
	}
	return p.done()
}

// Act writes an act with its decisions and its effect.
func (j *JSON) Act(a Acted) error {
	return j.emit(actJSON{a.Did, wires(j.o, a.Decisions, wireDecision), wireEffect(j.o, a.Effect)})
}

// Decisions writes one object a decision.
func (j *JSON) Decisions(list []cdp.Decision) error { return each(j, list, wireDecision) }

type actJSON struct {
	Did       string         `json:"did"`
	Decisions []decisionJSON `json:"decisions"`
	Effect    effectJSON     `json:"effect"`
}

type decisionJSON struct {
	Decision   string           `json:"decision,omitempty"`
	Verb       string           `json:"verb"`
	Rows       []decidedRowJSON `json:"rows"`
	Identifier identifierJSON   `json:"identifier,omitzero"`
	By         string           `json:"by,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	At         stamp            `json:"at,omitempty"`
	InForce    bool             `json:"in_force"`
	UndoneBy   string           `json:"undone_by,omitempty"`
	UndoneFor  string           `json:"undone_for,omitempty"`
	Undone     stamp            `json:"undone,omitempty"`
	Untied     []decidedRowJSON `json:"untied"`
}

type decidedRowJSON struct {
	Source    string `json:"source,omitempty"`
	Key       string `json:"key,omitempty"`
	KeyMasked string `json:"key_masked,omitempty"`
	Group     int    `json:"group"`
}

func wireDecision(o Options, d cdp.Decision) decisionJSON {
	w := decisionJSON{Decision: idOf(d.ID), Verb: d.Verb, By: d.By, Reason: d.Reason, At: stampOf(d.At), InForce: d.ID != 0 && d.Undone.IsZero(),
		UndoneBy: d.UndoneBy, UndoneFor: d.UndoneFor, Undone: stampOf(d.Undone)}
	row := func(o Options, r cdp.DecidedRow) decidedRowJSON {
		x := decidedRowJSON{Source: string(r.Source), Group: r.Group}
		x.Key, x.KeyMasked = o.wire(text.KindKey, r.Key)
		return x
	}
	w.Rows = wires(o, d.Rows, row)
	w.Untied = wires(o, d.Untied, func(o Options, r cdp.Row) decidedRowJSON { return row(o, cdp.DecidedRow{Row: r, Group: 2}) })
	if !d.Identifier.IsZero() {
		w.Identifier = wireIdentifier(o, d.Identifier)
	}
	return w
}

type effectJSON struct {
	Digest      string              `json:"digest"`
	AppearCount int                 `json:"appear_count"`
	VanishCount int                 `json:"vanish_count"`
	ChangeCount int                 `json:"change_count"`
	Records     int                 `json:"records"`
	Identifiers int                 `json:"identifiers"`
	Appear      []profileEffectJSON `json:"appear"`
	Vanish      []profileEffectJSON `json:"vanish"`
	Change      []profileEffectJSON `json:"change"`
	Largest     *profileEffectJSON  `json:"largest,omitempty"`
}

type profileEffectJSON struct {
	Profile string   `json:"profile"`
	Before  int      `json:"before"`
	After   int      `json:"after"`
	Records []string `json:"records"`
}

func wireEffect(o Options, e cdp.Effect) effectJSON {
	w := effectJSON{Digest: e.Digest, AppearCount: e.Counts.Appear, VanishCount: e.Counts.Vanish, ChangeCount: e.Counts.Change, Records: e.Counts.Records,
		Identifiers: e.Counts.Links, Appear: wires(o, e.Appear, wireProfileEffect), Vanish: wires(o, e.Vanish, wireProfileEffect),
		Change: wires(o, e.Change, wireProfileEffect)}
	if e.Largest.Profile != 0 {
		l := wireProfileEffect(o, e.Largest)
		w.Largest = &l
	}
	return w
}

func wireProfileEffect(_ Options, e cdp.ProfileEffect) profileEffectJSON {
	return profileEffectJSON{e.Profile.String(), e.Before, e.After, idsOf(e.Records)}
}
