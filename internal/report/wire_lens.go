package report

import (
	"maps"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type lensJSON struct {
	AsOf    stamp  `json:"as_of,omitempty"`
	AsKnown stamp  `json:"as_known,omitempty"`
	Purpose string `json:"purpose,omitempty"`
}

func wireLens(l cdp.Lens) lensJSON {
	return lensJSON{stampOf(l.At), stampOf(l.Known), string(l.Purpose)}
}

type lensedJSON struct {
	Profile   string          `json:"profile"`
	Lens      lensJSON        `json:"lens"`
	Title     string          `json:"title,omitempty"`
	Records   int             `json:"records"`
	Truncated bool            `json:"truncated"`
	Pieces    []lensPieceJSON `json:"pieces"`
	Left      []leftOutJSON   `json:"left"`
}

type lensPieceJSON struct {
	Records []string         `json:"records"`
	Sources []string         `json:"sources"`
	Links   []identifierJSON `json:"links"`
	May     []verdictJSON    `json:"may"` // of each record
}

type leftOutJSON struct {
	Record  string      `json:"record"`
	Source  string      `json:"source,omitempty"`
	Verdict verdictJSON `json:"verdict"`
}

func wireLensed(o Options, l cdp.Lensed) lensedJSON {
	w := lensedJSON{Profile: l.Profile.String(), Lens: wireLens(l.Lens), Title: l.Title, Records: l.Records, Truncated: l.Truncated,
		Pieces: []lensPieceJSON{}, Left: []leftOutJSON{}}
	for _, p := range l.Pieces {
		piece := lensPieceJSON{Records: []string{}, Sources: stringsOf(p.Sources), Links: wires(o, p.Links, wireIdentifier), May: []verdictJSON{}}
		for _, m := range p.May {
			piece.May = append(piece.May, wireVerdict(m))
		}
		for _, r := range p.Records {
			piece.Records = append(piece.Records, r.String())
		}
		w.Pieces = append(w.Pieces, piece)
	}
	for _, x := range l.Left {
		w.Left = append(w.Left, leftOutJSON{x.Record.String(), string(x.Source), wireVerdict(x.Verdict)})
	}
	return w
}

type stepJSON struct {
	At           stamp           `json:"at,omitempty"`
	Kind         string          `json:"kind"`
	What         string          `json:"what,omitempty"`
	Channel      string          `json:"channel,omitempty"`
	Detail       string          `json:"detail,omitempty"`
	DetailMasked string          `json:"detail_masked,omitempty"`
	Source       string          `json:"source,omitempty"`
	Record       string          `json:"record,omitempty"`
	Activity     string          `json:"activity,omitempty"`
	Purpose      string          `json:"purpose,omitempty"`
	Title        string          `json:"title,omitempty"`
	Recipient    string          `json:"recipient,omitempty"`
	Endpoint     *identifierJSON `json:"endpoint,omitempty"`
	Verdict      *verdictJSON    `json:"verdict,omitempty"`
}

func wireStep(o Options, s cdp.Step) stepJSON {
	w := stepJSON{At: stampOf(s.At), Kind: s.Kind, What: s.What, Channel: string(s.Channel), Source: string(s.Source), Record: idOf(s.Record),
		Activity: string(s.Activity), Purpose: string(s.Purpose), Title: s.Title, Recipient: s.Recipient}
	w.Detail, w.DetailMasked = o.wire(text.KindText, s.Detail.Reveal())
	if s.Endpoint != nil {
		id := wireIdentifier(o, *s.Endpoint)
		w.Endpoint = &id
	}
	if s.Judged {
		v := wireVerdict(s.Verdict)
		w.Verdict = &v
	}
	return w
}

type judgedJSON struct {
	Share       shareJSON    `json:"share"`
	Use         string       `json:"use,omitempty"`
	Profile     string       `json:"profile,omitempty"`
	Then        *verdictJSON `json:"then,omitempty"`
	Now         verdictJSON  `json:"now"`
	UnknownThen bool         `json:"unknown_then"`
	Differs     bool         `json:"differs"`
}

func wireJudged(o Options, j cdp.Judged) judgedJSON {
	w := judgedJSON{Share: wireShare(o, j.Share), Use: j.Use, Profile: idOf(j.Profile), Now: wireVerdict(j.Now), UnknownThen: j.UnknownThen, Differs: j.Differs()}
	if !j.UnknownThen {
		v := wireVerdict(j.Then)
		w.Then = &v
	}
	return w
}

type basisHistoryJSON struct {
	Record    string              `json:"record"`
	Source    string              `json:"source,omitempty"`
	Purpose   string              `json:"purpose"`
	Title     string              `json:"title,omitempty"`
	Now       verdictJSON         `json:"now"`
	Intervals []basisIntervalJSON `json:"intervals"`
}

type basisIntervalJSON struct {
	From    stamp        `json:"from,omitempty"`
	To      stamp        `json:"to,omitempty"`
	Verdict verdictJSON  `json:"verdict"`
	Ended   *verdictJSON `json:"ended,omitempty"`
}

func wireBasisHistory(o Options, h cdp.BasisHistory) basisHistoryJSON {
	return basisHistoryJSON{h.Record.String(), string(h.Source), string(h.Purpose), h.Title, wireVerdict(h.Now), wires(o, h.Intervals, wireBasisInterval)}
}

func wireBasisInterval(_ Options, iv cdp.BasisInterval) basisIntervalJSON {
	w := basisIntervalJSON{From: stampOf(iv.From), To: stampOf(iv.To), Verdict: wireVerdict(iv.Verdict)}
	if !iv.To.IsZero() {
		v := wireVerdict(iv.Ended)
		w.Ended = &v
	}
	return w
}

// Basis writes one object a record and purpose.
func (j *JSON) Basis(list []cdp.BasisHistory) error { return each(j, list, wireBasisHistory) }

// Lensed writes what a profile is for one purpose.
func (j *JSON) Lensed(l cdp.Lensed) error { return j.emit(wireLensed(j.o, l)) }

// Journey writes one object a step.
func (j *JSON) Journey(steps []cdp.Step) error { return each(j, steps, wireStep) }

// Judged writes a disclosure that was judged again.
func (j *JSON) Judged(x cdp.Judged) error { return j.emit(wireJudged(j.o, x)) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
