package report

import (
	"slices"

	"cdp-tui/internal/cdp"
)

type possibleMatchJSON struct {
	A         string           `json:"a,omitempty"`
	B         string           `json:"b,omitempty"`
	Score     float64          `json:"score"`
	Level     string           `json:"level,omitempty"`
	Ambiguous bool             `json:"ambiguous"`
	Fields    []matchFieldJSON `json:"fields"`
	Unsure    *unsureJSON      `json:"unsure,omitempty"`
}

type matchFieldJSON struct {
	Name   string  `json:"name,omitempty"`
	How    string  `json:"how,omitempty"`
	Points float64 `json:"points"`
	Why    string  `json:"why,omitempty"`
}

type unsureJSON struct {
	By     string  `json:"by,omitempty"`
	Reason string  `json:"reason,omitempty"`
	At     stamp   `json:"at,omitempty"`
	Score  float64 `json:"score"`
}

type matchViewJSON struct {
	A         string           `json:"a,omitempty"`
	B         string           `json:"b,omitempty"`
	Score     float64          `json:"score"`
	Level     string           `json:"level,omitempty"`
	InQueue   bool             `json:"in_queue"`
	Ambiguous bool             `json:"ambiguous"`
	Rivals    []string         `json:"rivals"`
	Decisions []string         `json:"decisions"`
	Unsure    *unsureJSON      `json:"unsure,omitempty"`
	Fields    []matchFieldJSON `json:"fields"`
	Sides     []matchSideJSON  `json:"sides"`
}

type matchSideJSON struct {
	Profile    string           `json:"profile,omitempty"`
	Controller string           `json:"controller,omitempty"`
	Records    int              `json:"records"`
	Left       int              `json:"left"`
	Sources    []string         `json:"sources"`
	Values     []matchValueJSON `json:"values"`
}

type matchValueJSON struct {
	Field      string          `json:"field,omitempty"`
	Value      string          `json:"value,omitempty"`
	Masked     string          `json:"masked,omitempty"`
	Identifier *identifierJSON `json:"identifier,omitempty"`
	Shared     bool            `json:"shared"`
	Records    int             `json:"records"`
}

type matchVerdictJSON struct {
	A        string `json:"a,omitempty"`
	B        string `json:"b,omitempty"`
	Verdict  string `json:"verdict,omitempty"`
	Decision string `json:"decision,omitempty"`
	Profile  string `json:"profile,omitempty"`
}

type matchCountsJSON struct {
	Made      bool   `json:"made"`
	Profiles  int    `json:"profiles"`
	Open      int    `json:"open"`
	Unsure    int    `json:"unsure"`
	Ambiguous int    `json:"ambiguous"`
	Behind    uint64 `json:"behind"`
}

func wireUnsure(u *cdp.Unsure) *unsureJSON {
	if u == nil {
		return nil
	}
	return &unsureJSON{u.By, u.Reason, stampOf(u.At), u.Score}
}

func wireMatchField(_ Options, f cdp.MatchField) matchFieldJSON {
	return matchFieldJSON{f.Name, f.How, f.Points, f.Why}
}

func wirePossibleMatch(o Options, m cdp.PossibleMatch) possibleMatchJSON {
	return possibleMatchJSON{idOf(m.A), idOf(m.B), m.Score, m.Level, m.Ambiguous, wires(o, m.Fields, wireMatchField), wireUnsure(m.Unsure)}
}

func wireMatchSide(o Options, s cdp.MatchSide) matchSideJSON {
	return matchSideJSON{idOf(s.Profile), s.Controller, s.Records, s.Left, stringsOf(s.Sources), wires(o, s.Values, func(o Options, v cdp.MatchValue) matchValueJSON {
		w := matchValueJSON{Field: v.Field, Identifier: pointIdentifier(o, v.Identifier), Shared: v.Shared, Records: v.Records}
		w.Value, w.Masked = o.wire(matchKind(v.Field), v.Value.Reveal())
		return w
	})}
}

// PossibleMatches writes pairs of the review queue.
func (j *JSON) PossibleMatches(list []cdp.PossibleMatch) error {
	for _, m := range list {
		if err := j.emit(wirePossibleMatch(j.o, m)); err != nil {
			return err
		}
	}
	return nil
}

// MatchView writes two profiles side by side.
func (j *JSON) MatchView(m cdp.MatchView) error {
	w := matchViewJSON{A: idOf(m.A), B: idOf(m.B), Score: m.Score, Level: m.Level, InQueue: m.InQueue, Ambiguous: m.Ambiguous, Unsure: wireUnsure(m.Unsure),
		Rivals: []string{}, Decisions: []string{}, Fields: wires(j.o, m.Fields, wireMatchField), Sides: wires(j.o, slices.Clone(m.Sides[:]), wireMatchSide)}
	for _, id := range m.Rivals {
		w.Rivals = append(w.Rivals, idOf(id))
	}
	for _, d := range m.Decided {
		w.Decisions = append(w.Decisions, d.String())
	}
	return j.emit(w)
}

// MatchVerdicts writes what became of verdicts.
func (j *JSON) MatchVerdicts(list []cdp.MatchVerdict) error {
	for _, v := range list {
		w := matchVerdictJSON{A: idOf(v.A), B: idOf(v.B), Verdict: v.Verdict, Profile: idOf(v.Profile)}
		if v.Decision != 0 {
			w.Decision = v.Decision.String()
		}
		if err := j.emit(w); err != nil {
			return err
		}
	}
	return nil
}

// MatchCounts writes how long the queue is and how far behind.
func (j *JSON) MatchCounts(c cdp.MatchCounts) error {
	return j.emit(matchCountsJSON(c))
}
