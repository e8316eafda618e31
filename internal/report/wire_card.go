package report

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type cardJSON struct {
	Profile      string              `json:"profile,omitempty"`
	Of           *refJSON            `json:"of,omitempty"`
	Lens         *lensJSON           `json:"lens,omitempty"`
	At           stamp               `json:"at,omitempty"`
	Label        string              `json:"label,omitempty"`
	Value        string              `json:"value,omitempty"`
	Masked       string              `json:"masked,omitempty"`
	Special      string              `json:"special,omitempty"`
	Identifier   *identifierJSON     `json:"identifier,omitempty"`
	Part         *cardPartJSON       `json:"part,omitempty"`
	Conflict     bool                `json:"conflict"`
	Records      int                 `json:"records"`
	Left         int                 `json:"left"`
	Jurisdiction jurisdictionJSON    `json:"jurisdiction"`
	Sources      []cardSourceJSON    `json:"sources"`
	Links        []cardLinkJSON      `json:"links"`
	Uses         []cardUseJSON       `json:"uses"`
	Recipients   []cardRecipientJSON `json:"recipients"`
	Retention    []cardRetentionJSON `json:"retention"`
	Rights       []cardRightJSON     `json:"rights"`
	Unknown      []cardUnknownJSON   `json:"unknown"`
}

type cardPartJSON struct {
	Touchpoint *touchpointJSON `json:"touchpoint,omitempty"`
	Share      *shareJSON      `json:"share,omitempty"`
	Activity   string          `json:"activity,omitempty"`
	Title      string          `json:"title,omitempty"`
	Fields     []string        `json:"fields"`
	Then       *verdictJSON    `json:"then,omitempty"`
	Now        verdictJSON     `json:"now"`
}

func wirePart(o Options, p *cdp.CardPart, lang string) *cardPartJSON {
	if p == nil {
		return nil
	}
	w := &cardPartJSON{Title: p.Title.In(lang), Fields: stringsOf(p.Fields), Now: wireVerdict(p.Now)}
	switch {
	case p.Touchpoint != nil:
		t := wireTouchpoint(o, *p.Touchpoint)
		w.Touchpoint = &t
	case p.Share != nil:
		s := wireShare(o, *p.Share)
		w.Share = &s
	case p.Use != nil:
		w.Activity = string(p.Use.Activity)
	}
	if !p.NoThen {
		v := wireVerdict(p.Then)
		w.Then = &v
	}
	return w
}

type jurisdictionJSON struct {
	Country      string           `json:"country,omitempty"`
	Authority    string           `json:"authority,omitempty"`
	AuthorityLaw string           `json:"authority_law,omitempty"`
	Controllers  []competenceJSON `json:"controllers"`
	Age          int              `json:"age_of_consent"`
	AgeLaw       string           `json:"age_law,omitempty"`
	Born         bool             `json:"birth_date_known"`
	Minor        bool             `json:"minor"`
}

type competenceJSON struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	Country   string `json:"country,omitempty"`
	Authority string `json:"authority,omitempty"`
}

type cardSourceJSON struct {
	Record     string      `json:"record"`
	Source     string      `json:"source"`
	System     string      `json:"system,omitempty"`
	Owner      string      `json:"owner,omitempty"`
	Controller string      `json:"controller,omitempty"`
	Collection string      `json:"collection,omitempty"`
	Lineage    lineageJSON `json:"lineage"`
	Stream     bool        `json:"stream"`
	At         stamp       `json:"at,omitempty"`
	Recorded   stamp       `json:"recorded,omitempty"`
	Value      string      `json:"value,omitempty"`
	Masked     string      `json:"masked,omitempty"`
	Origins    []string    `json:"origins"`
	Categories []string    `json:"categories"`
}

type cardLinkJSON struct {
	Record string    `json:"record"`
	Anchor string    `json:"anchor"`
	Alone  bool      `json:"alone"`
	Found  bool      `json:"found"`
	Hops   []hopJSON `json:"hops"`
}

type cardUseJSON struct {
	Activity  string             `json:"activity"`
	Purpose   string             `json:"purpose,omitempty"`
	Title     string             `json:"title,omitempty"`
	DPV       string             `json:"dpv,omitempty"`
	Basis     string             `json:"basis,omitempty"`
	Verdict   verdictJSON        `json:"verdict"`
	Intervals []cardIntervalJSON `json:"intervals"`
	Evidence  []evidenceJSON     `json:"evidence"`
	Records   []string           `json:"records"`
}

type cardIntervalJSON struct {
	From     stamp  `json:"from,omitempty"`
	To       stamp  `json:"to,omitempty"`
	Rule     string `json:"rule"`
	Register string `json:"register,omitempty"`
	Ended    string `json:"ended,omitempty"`
	Renewed  bool   `json:"renewed"`
}

type evidenceJSON struct {
	Kind     string          `json:"kind"`
	Ref      string          `json:"ref,omitempty"`
	Value    string          `json:"value,omitempty"`
	Masked   string          `json:"masked,omitempty"`
	Endpoint *identifierJSON `json:"endpoint,omitempty"`
	State    string          `json:"state,omitempty"`
	From     stamp           `json:"from,omitempty"`
	To       stamp           `json:"to,omitempty"`
	Notice   string          `json:"notice,omitempty"`
	Method   string          `json:"method,omitempty"`
	Source   string          `json:"source,omitempty"`
	Complete int             `json:"complete"`
	Missing  []string        `json:"missing"`
}

type cardRecipientJSON struct {
	Recipient string   `json:"recipient"`
	Name      string   `json:"name,omitempty"`
	Kind      string   `json:"kind,omitempty"`
	Country   string   `json:"country,omitempty"`
	Region    string   `json:"region,omitempty"`
	Contract  string   `json:"contract,omitempty"`
	Tool      string   `json:"transfer,omitempty"`
	ToolRef   string   `json:"transfer_ref,omitempty"`
	Within    bool     `json:"within_eea"`
	Purpose   string   `json:"purpose,omitempty"`
	Title     string   `json:"title,omitempty"`
	At        stamp    `json:"at,omitempty"`
	Fields    []string `json:"fields"`
	Made      bool     `json:"made"`
	Source    string   `json:"source,omitempty"`
	Record    string   `json:"record,omitempty"`
}

type cardRetentionJSON struct {
	Activity string   `json:"activity,omitempty"`
	Title    string   `json:"title,omitempty"`
	Period   string   `json:"period,omitempty"`
	Start    string   `json:"start"`
	End      stamp    `json:"end,omitempty"`
	Waits    string   `json:"waits,omitempty"`
	Action   string   `json:"action"`
	Law      string   `json:"law,omitempty"`
	Overdue  bool     `json:"overdue"`
	Records  []string `json:"records"`
}

type cardRightJSON struct {
	Right      string   `json:"right"`
	Title      string   `json:"title"`
	Article    string   `json:"article"`
	DPV        string   `json:"dpv"`
	Outcome    string   `json:"outcome"`
	Reason     string   `json:"reason"`
	Why        string   `json:"why"`
	Notes      []int    `json:"notes"`
	Activities []string `json:"activities"`
}

type cardUnknownJSON struct {
	Question int    `json:"question"`
	Code     string `json:"code"`
	Record   string `json:"record,omitempty"`
	Activity string `json:"activity,omitempty"`
	Other    string `json:"other,omitempty"`
}

// Card writes a card; titles and reasons are in a language.
func (j *JSON) Card(c cdp.Card, lang string) error { return j.emit(wireCard(j.o, c, lang)) }

func wireCard(o Options, c cdp.Card, lang string) cardJSON {
	w := cardJSON{Profile: idOf(c.Profile), At: stampOf(c.At), Label: c.Label, Special: c.Special, Conflict: c.Conflict, Records: c.Records, Left: c.Left,
		Jurisdiction: wirePlace(c.Place), Sources: []cardSourceJSON{}, Links: []cardLinkJSON{}, Uses: []cardUseJSON{}, Recipients: []cardRecipientJSON{},
		Retention: []cardRetentionJSON{}, Rights: []cardRightJSON{}, Unknown: []cardUnknownJSON{}}
	if c.Of.Kind != "" {
		r := wireRef(c.Of)
		w.Of = &r
	}
	if !c.Lens.IsPlain() {
		l := wireLens(c.Lens)
		w.Lens = &l
	}
	w.Value, w.Masked = o.wire(text.KindOfAttribute(c.Label, c.Special), c.Value.Reveal())
	if c.Ident != nil {
		i := wireIdentifier(o, *c.Ident)
		w.Identifier = &i
	}
	w.Part = wirePart(o, c.Part, lang)
	for _, s := range c.Sources {
		l := s.Lineage
		l.Batch, l.File, l.FileHash = s.Batch, s.File.Reveal(), s.FileHash
		x := cardSourceJSON{Record: s.Record.String(), Source: string(s.Source), System: s.System, Owner: s.Owner, Controller: s.Controller, Collection: s.Collection,
			Lineage: wireLineage(l), Stream: s.Stream, At: stampOf(s.At), Recorded: stampOf(s.Recorded), Origins: stringsOf(s.Origins), Categories: stringsOf(s.Categories)}
		kind := text.KindOfAttribute(c.Label, s.Special)
		if c.Part != nil {
			kind = text.KindText
		}
		x.Value, x.Masked = o.wire(kind, s.Value.Reveal())
		w.Sources = append(w.Sources, x)
	}
	for _, l := range c.Links {
		w.Links = append(w.Links, cardLinkJSON{l.Record.String(), l.Anchor.String(), l.Alone, l.Found, wires(o, l.Hops, wireHop)})
	}
	for _, u := range c.Uses {
		x := cardUseJSON{Activity: string(u.Activity), Purpose: string(u.Purpose), Title: u.Title.In(lang), DPV: u.DPV, Basis: string(u.Basis), Verdict: wireVerdict(u.Verdict),
			Intervals: []cardIntervalJSON{}, Evidence: wires(o, u.Evidence, wireEvidence), Records: idsOf(u.Records)}
		for _, iv := range u.Intervals {
			x.Intervals = append(x.Intervals, cardIntervalJSON{stampOf(iv.From), stampOf(iv.To), iv.Rule, iv.Register, iv.Ended, iv.Renewed})
		}
		w.Uses = append(w.Uses, x)
	}
	for _, r := range c.Recipients {
		w.Recipients = append(w.Recipients, cardRecipientJSON{r.Recipient, r.Name, r.Kind, r.Country, r.Region, r.Contract, r.Tool, r.ToolRef, r.Within, string(r.Purpose),
			r.Title.In(lang), stampOf(r.At), stringsOf(r.Fields), r.Made, string(r.Source), idOf(r.Record)})
	}
	for _, r := range c.Retention {
		w.Retention = append(w.Retention, cardRetentionJSON{string(r.Activity), r.Title.In(lang), r.Period, r.Start, stampOf(r.End), r.Waits, r.Action, r.Law, r.Overdue, idsOf(r.Records)})
	}
	for _, r := range c.Rights {
		x := cardRightJSON{r.Right, r.Title.In(lang), r.Article, r.DPV, r.Outcome, r.Reason, r.Why.In(lang), r.Notes, stringsOf(r.Activities)}
		if x.Notes == nil {
			x.Notes = []int{}
		}
		w.Rights = append(w.Rights, x)
	}
	for _, u := range c.Unknown {
		w.Unknown = append(w.Unknown, cardUnknownJSON{int(u.Question), u.Code, idOf(u.Record), string(u.Activity), u.Other})
	}
	return w
}

func wirePlace(p cdp.Jurisdiction) jurisdictionJSON {
	w := jurisdictionJSON{p.Country, p.Authority, p.AuthorityLaw, []competenceJSON{}, p.Age, p.AgeLaw, p.Born, p.Minor}
	for _, c := range p.Controllers {
		w.Controllers = append(w.Controllers, competenceJSON{c.ID, c.Name, c.Country, c.Authority})
	}
	return w
}

func wireEvidence(o Options, e cdp.Evidence) evidenceJSON {
	w := evidenceJSON{Kind: e.Kind, Ref: e.Ref, State: string(e.State), From: stampOf(e.From), To: stampOf(e.To), Notice: e.Notice, Method: e.Method,
		Source: string(e.Source), Complete: e.Complete, Missing: stringsOf(e.Missing)}
	kind := text.KindOfFact("proof")
	if e.Kind == "ground" {
		kind = text.KindKey
	}
	w.Value, w.Masked = o.wire(kind, e.Value.Reveal())
	if e.Endpoint != nil {
		i := wireIdentifier(o, *e.Endpoint)
		w.Endpoint = &i
	}
	return w
}
