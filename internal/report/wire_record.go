package report

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type recordViewJSON struct {
	Record      string             `json:"record"`
	State       string             `json:"state,omitempty"`
	Profile     string             `json:"profile,omitempty"`
	Source      string             `json:"source,omitempty"`
	Controller  string             `json:"controller,omitempty"`
	Key         string             `json:"key,omitempty"`
	KeyMasked   string             `json:"key_masked,omitempty"`
	At          stamp              `json:"at,omitempty"`
	Recorded    stamp              `json:"recorded,omitempty"`
	Deleted     bool               `json:"deleted"`
	Version     int                `json:"version"`
	Versions    []string           `json:"other_versions"`
	Lineage     lineageJSON        `json:"lineage"`
	Outcome     string             `json:"outcome"`
	Verdict     verdictJSON        `json:"verdict"`
	Holding     []verdictJSON      `json:"holding"`
	Due         stamp              `json:"due,omitempty"`
	Findings    []string           `json:"findings"`
	Activities  []string           `json:"activities"`
	Claims      []claimJSON        `json:"claims"`
	Attributes  []deliveredJSON    `json:"attributes"`
	Grounds     []groundJSON       `json:"grounds"`
	Consents    []consentEventJSON `json:"consents"`
	Preferences []wishEventJSON    `json:"preferences"`
	Touchpoints []touchpointJSON   `json:"touchpoints"`
	Shares      []shareJSON        `json:"shares"`
}

func wireRecord(o Options, v cdp.RecordView) recordViewJSON {
	r := v.Record
	w := recordViewJSON{Record: r.ID.String(), State: snake(v.State), Profile: idOf(v.Profile), Source: string(r.Source), Controller: v.Controller,
		At: stampOf(r.At), Recorded: stampOf(r.Recorded), Deleted: r.Deleted, Version: v.Version, Versions: idsOf(v.Others),
		Lineage: wireLineage(r.Lineage), Outcome: snake(v.Ruling.Outcome.String()), Verdict: wireVerdict(v.Ruling.Verdict),
		Holding: wires(o, v.Ruling.Holding, func(_ Options, h cdp.Verdict) verdictJSON { return wireVerdict(h) }),
		Due:     stampOf(v.Ruling.Due), Findings: stringsOf(v.Ruling.Findings), Activities: stringsOf(r.Activities),
		Claims: wires(o, r.Claims, wireClaim), Attributes: wires(o, r.Attributes, wireDelivered), Grounds: wires(o, r.Grounds, wireGround),
		Consents: wires(o, r.Consents, wireEvent), Preferences: wires(o, r.Preferences, wireWishEvent), Touchpoints: wires(o, r.Touchpoints, wireTouchpoint), Shares: wires(o, r.Shares, wireShare)}
	w.Key, w.KeyMasked = o.wire(text.KindKey, r.Key)
	return w
}

type lineageJSON struct {
	Batch   string `json:"batch,omitempty"`
	File    string `json:"file,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	Mapping string `json:"mapping,omitempty"`
	Line    int    `json:"line"`
	Row     int    `json:"row"`
	Offset  int64  `json:"offset"`
}

func wireLineage(l cdp.Lineage) lineageJSON {
	return lineageJSON{idOf(l.Batch), l.File, l.FileHash, l.Mapping, l.Line, l.Row, l.Offset}
}

type claimJSON struct {
	Kind     string      `json:"kind,omitempty"`
	Value    string      `json:"value,omitempty"`
	Masked   string      `json:"masked,omitempty"`
	Tag      string      `json:"tag,omitempty"`
	Links    bool        `json:"links"`
	Strength string      `json:"strength"`
	Verified string      `json:"verified_by"`
	Blocked  string      `json:"blocked_by,omitempty"`
	Generic  string      `json:"shared_by,omitempty"`
	Verdict  verdictJSON `json:"verdict"`
}

func wireClaim(o Options, c cdp.Claim) claimJSON {
	i := wireIdentifier(o, c.Identifier)
	return claimJSON{i.Kind, i.Value, i.Masked, i.Tag, c.Active, c.Strength.String(), snake(c.Verification.String()), c.Blocked, c.Generic, wireVerdict(c.Verdict)}
}

type deliveredJSON struct {
	Name     string `json:"name,omitempty"`
	Value    string `json:"value,omitempty"`
	Masked   string `json:"masked,omitempty"`
	Origin   string `json:"origin,omitempty"`
	Category string `json:"category,omitempty"`
	Special  string `json:"special,omitempty"`
}

func wireDelivered(o Options, a cdp.Attribute) deliveredJSON {
	w := deliveredJSON{Name: a.Name, Origin: string(a.Origin), Category: a.Category, Special: a.Special}
	w.Value, w.Masked = o.wire(text.KindOfAttribute(a.Name, a.Special), a.Value.Reveal())
	return w
}

type groundJSON struct {
	Activity string `json:"activity,omitempty"`
	Number   string `json:"number,omitempty"`
	Masked   string `json:"number_masked,omitempty"`
	From     stamp  `json:"from,omitempty"`
	To       stamp  `json:"to,omitempty"`
}

func wireGround(o Options, g cdp.Ground) groundJSON {
	w := groundJSON{Activity: string(g.Activity), From: stampOf(g.From), To: stampOf(g.To)}
	w.Number, w.Masked = o.wire(text.KindOther, g.Ref.Reveal())
	return w
}

type foundJSON struct {
	Ref        refJSON         `json:"ref"`
	Profile    string          `json:"profile,omitempty"`
	Identifier *identifierJSON `json:"identifier,omitempty"`
	Note       string          `json:"note,omitempty"`
}

func wireFound(o Options, f cdp.Found) foundJSON {
	return foundJSON{wireRef(f.Ref), idOf(f.Profile), pointIdentifier(o, f.Identifier), f.Note}
}

type audienceJSON struct {
	Line  int         `json:"line"`
	Found []foundJSON `json:"found"`
}

func wireAudience(o Options, l cdp.AudienceLine) audienceJSON {
	w := audienceJSON{Line: l.Line, Found: []foundJSON{}}
	for _, f := range l.Found {
		w.Found = append(w.Found, wireFound(o, f))
	}
	return w
}

type savedJSON struct {
	Name        string `json:"name"`
	Query       string `json:"query,omitempty"`
	QueryMasked string `json:"query_masked,omitempty"`
	By          string `json:"by,omitempty"`
	At          stamp  `json:"at,omitempty"`
}

func wireSaved(o Options, s cdp.SavedSearch) savedJSON {
	w := savedJSON{Name: s.Name, By: s.By, At: stampOf(s.At)}
	w.Query, w.QueryMasked = o.savedQuery(s)
	return w
}
