package report

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type profileJSON struct {
	Profile         string           `json:"profile"`
	Asked           string           `json:"asked,omitempty"`
	Lens            *lensJSON        `json:"lens,omitempty"`
	State           string           `json:"state"`
	Apart           *verdictJSON     `json:"apart,omitempty"`
	Restricted      bool             `json:"restricted"`
	Country         string           `json:"country,omitempty"`
	Since           stamp            `json:"since,omitempty"`
	Seen            stamp            `json:"seen,omitempty"`
	Minted          stamp            `json:"minted,omitempty"`
	RecordCount     int              `json:"record_count"`
	TouchpointCount int              `json:"touchpoint_count"`
	ShareCount      int              `json:"share_count"`
	Merges          int              `json:"merges"`
	Splits          int              `json:"splits"`
	Truncated       bool             `json:"truncated"`
	Identifiers     []heldJSON       `json:"identifiers"`
	Attributes      []attributeJSON  `json:"attributes"`
	Preferences     []preferenceJSON `json:"preferences"`
	Wishes          []wishJSON       `json:"wishes"`
	Consents        []standingJSON   `json:"consents"`
	Records         []memberJSON     `json:"records"`
}

func wireProfile(o Options, p cdp.Profile) profileJSON {
	w := profileJSON{Profile: p.ID.String(), State: snake(p.Outcome.String()), Restricted: p.Restrict, Country: p.Country, Since: stampOf(p.Since),
		Seen: stampOf(p.Seen), Minted: stampOf(p.Minted), RecordCount: max(p.RecordCount, len(p.Records)), TouchpointCount: p.TouchpointCount,
		ShareCount: p.ShareCount, Merges: p.Merges, Splits: p.Splits, Truncated: p.Truncated, Identifiers: wires(o, p.Identifiers, wireHeld),
		Attributes: wires(o, p.Attributes, wireAttribute), Preferences: wires(o, p.Preferences, wirePreference),
		Wishes:   wires(o, p.Wishes, wireWish),
		Consents: wires(o, p.Consents, wireStanding), Records: wires(o, p.Records, wireMember)}
	if p.Asked != p.ID {
		w.Asked = idOf(p.Asked)
	}
	if !p.Lens.IsPlain() {
		l := wireLens(p.Lens)
		w.Lens = &l
	}
	if p.Apart != nil {
		v := wireVerdict(*p.Apart)
		w.Apart = &v
	}
	return w
}

type heldJSON struct {
	Kind     string      `json:"kind,omitempty"`
	Value    string      `json:"value,omitempty"`
	Masked   string      `json:"masked,omitempty"`
	Tag      string      `json:"tag,omitempty"`
	Links    bool        `json:"links"`
	Standing string      `json:"standing,omitempty"`
	Basis    string      `json:"basis,omitempty"`
	Sources  []string    `json:"sources"`
	Records  int         `json:"records"`
	Shared   int         `json:"shared"`
	Since    stamp       `json:"since,omitempty"`
	Verdict  verdictJSON `json:"verdict"`
}

func wireHeld(o Options, h cdp.Held) heldJSON {
	i := wireIdentifier(o, h.Identifier)
	return heldJSON{i.Kind, i.Value, i.Masked, i.Tag, h.Active, h.Standing, string(h.Basis), stringsOf(h.Sources), h.Records, h.Shared,
		stampOf(h.Since), wireVerdict(h.Verdict)}
}

type attributeJSON struct {
	Name     string          `json:"name,omitempty"`
	Value    string          `json:"value,omitempty"`
	Masked   string          `json:"masked,omitempty"`
	Source   string          `json:"source,omitempty"`
	Origin   string          `json:"origin,omitempty"`
	Category string          `json:"category,omitempty"`
	Special  string          `json:"special,omitempty"`
	At       stamp           `json:"at,omitempty"`
	Conflict bool            `json:"conflict"`
	Others   []statementJSON `json:"others"`
}

type statementJSON struct {
	Value  string `json:"value,omitempty"`
	Masked string `json:"masked,omitempty"`
	Source string `json:"source,omitempty"`
	Record string `json:"record,omitempty"`
	At     stamp  `json:"at,omitempty"`
}

func wireAttribute(o Options, g cdp.Golden) attributeJSON {
	w := attributeJSON{Name: g.Name, Source: string(g.Source), Origin: string(g.Origin), Category: g.Category, Special: g.Special,
		At: stampOf(g.At), Conflict: g.Conflict}
	kind := text.KindOfAttribute(g.Name, g.Special)
	w.Value, w.Masked = o.wire(kind, g.Value.Reveal())
	w.Others = wires(o, g.Others, func(o Options, s cdp.Statement) statementJSON {
		x := statementJSON{Source: string(s.Source), Record: idOf(s.Record), At: stampOf(s.At)}
		x.Value, x.Masked = o.wire(kind, s.Value.Reveal())
		return x
	})
	return w
}

type preferenceJSON struct {
	Name   string `json:"name,omitempty"`
	Value  string `json:"value,omitempty"`
	Masked string `json:"masked,omitempty"`
	Origin string `json:"origin,omitempty"`
}

func wirePreference(o Options, a cdp.Attribute) preferenceJSON {
	w := preferenceJSON{Name: a.Name, Origin: string(a.Origin)}
	w.Value, w.Masked = o.wire(text.KindOfAttribute(a.Name, a.Special), a.Value.Reveal())
	return w
}

type memberJSON struct {
	Record      string `json:"record"`
	Source      string `json:"source,omitempty"`
	Key         string `json:"key,omitempty"`
	KeyMasked   string `json:"key_masked,omitempty"`
	At          stamp  `json:"at,omitempty"`
	Recorded    stamp  `json:"recorded,omitempty"`
	Batch       string `json:"batch,omitempty"`
	Line        int    `json:"line"`
	Version     int    `json:"version"`
	Touchpoints int    `json:"touchpoints"`
	State       string `json:"state"`
}

func wireMember(o Options, m cdp.Member) memberJSON {
	w := memberJSON{Record: m.Record.String(), Source: string(m.Source), At: stampOf(m.At), Recorded: stampOf(m.Recorded), Batch: idOf(m.Batch),
		Line: m.Line, Version: m.Version, Touchpoints: m.Touchpoints, State: snake(m.Outcome.String())}
	w.Key, w.KeyMasked = o.wire(text.KindKey, m.Key.Reveal())
	return w
}

type membersJSON struct {
	Profile     string           `json:"profile"`
	Truncated   bool             `json:"truncated"`
	Records     []rowJSON        `json:"records"`
	Identifiers []identifierJSON `json:"identifiers"`
}

type rowJSON struct {
	Record    string `json:"record"`
	Source    string `json:"source,omitempty"`
	Key       string `json:"key,omitempty"`
	KeyMasked string `json:"key_masked,omitempty"`
}

func wireMembers(o Options, p cdp.Profile) membersJSON {
	w := membersJSON{Profile: p.ID.String(), Truncated: p.Truncated}
	w.Records = wires(o, p.Records, func(o Options, m cdp.Member) rowJSON {
		r := rowJSON{Record: m.Record.String(), Source: string(m.Source)}
		r.Key, r.KeyMasked = o.wire(text.KindKey, m.Key.Reveal())
		return r
	})
	w.Identifiers = wires(o, p.Identifiers, func(o Options, h cdp.Held) identifierJSON { return wireIdentifier(o, h.Identifier) })
	return w
}

type traceJSON struct {
	Label      string           `json:"label,omitempty"`
	Value      string           `json:"value,omitempty"`
	Masked     string           `json:"masked,omitempty"`
	Special    string           `json:"special,omitempty"`
	Identifier *identifierJSON  `json:"identifier,omitempty"`
	At         stamp            `json:"at,omitempty"`
	Mark       string           `json:"mark,omitempty"`
	Ref        *refJSON         `json:"ref,omitempty"`
	Fields     []traceFieldJSON `json:"fields"`
	Children   []traceJSON      `json:"children"`
}

type traceFieldJSON struct {
	Name       string          `json:"name,omitempty"`
	Text       string          `json:"text,omitempty"`
	Value      string          `json:"value,omitempty"`
	Masked     string          `json:"masked,omitempty"`
	Identifier *identifierJSON `json:"identifier,omitempty"`
}

func wireTrace(o Options, n cdp.TraceNode) traceJSON {
	w := traceJSON{Label: n.Label, Special: n.Special, Identifier: pointIdentifier(o, n.Ident), At: stampOf(n.At), Mark: snake(markWords(n.Mark)),
		Children: wires(o, n.Children, wireTrace)}
	w.Value, w.Masked = o.wire(text.KindOfSpecial(n.Special, text.KindOfLabel(n.Label)), n.Data.Reveal())
	if n.Ref != nil {
		r := wireRef(*n.Ref)
		w.Ref = &r
	}
	w.Fields = wires(o, n.Fields, func(o Options, f cdp.TraceField) traceFieldJSON {
		x := traceFieldJSON{Name: f.Name, Text: f.Text, Identifier: pointIdentifier(o, f.Ident)}
		x.Value, x.Masked = o.wire(text.KindOfSpecial(f.Special, text.KindOfFact(f.Name)), f.Data.Reveal())
		return x
	})
	return w
}

type pathJSON struct {
	From  refJSON   `json:"from"`
	To    refJSON   `json:"to"`
	Found bool      `json:"found"`
	Hops  []hopJSON `json:"hops"`
	Not   []string  `json:"not"`
	Lens  *lensJSON `json:"lens,omitempty"`
}

type hopJSON struct {
	From       endJSON        `json:"from"`
	To         endJSON        `json:"to"`
	Identifier identifierJSON `json:"identifier"`
	Class      string         `json:"class,omitempty"`
	Decision   *decisionJSON  `json:"decision,omitempty"`
	At         stamp          `json:"at,omitempty"`
}

type endJSON struct {
	Record  string      `json:"record,omitempty"`
	Source  string      `json:"source,omitempty"`
	Verdict verdictJSON `json:"verdict"`
}

func wirePath(o Options, p cdp.Path) pathJSON {
	return pathJSON{wireRef(p.From), wireRef(p.To), p.Found, wires(o, p.Hops, wireHop), stringsOf(p.Not), lensOf(p.Lens)}
}

func wireHop(o Options, h cdp.Hop) hopJSON {
	w := hopJSON{endJSON{idOf(h.From), string(h.FromSource), wireVerdict(h.FromVerdict)},
		endJSON{idOf(h.To), string(h.ToSource), wireVerdict(h.ToVerdict)}, wireIdentifier(o, h.Identifier), h.Class, nil, stampOf(h.At)}
	if h.Decision != nil {
		d := wireDecision(o, *h.Decision)
		w.Decision, w.Identifier = &d, identifierJSON{}
	}
	return w
}
