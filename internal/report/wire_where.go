package report

import "cdp-tui/internal/cdp"

type whereJSON struct {
	Profile      string               `json:"profile"`
	Of           string               `json:"of,omitempty"`
	Lens         *lensJSON            `json:"lens,omitempty"`
	At           stamp                `json:"at,omitempty"`
	Jurisdiction jurisdictionJSON     `json:"jurisdiction"`
	Systems      []whereSystemJSON    `json:"systems"`
	Recipients   []whereRecipientJSON `json:"recipients"`
}

type whereSystemJSON struct {
	Source     string   `json:"source"`
	System     string   `json:"system,omitempty"`
	Kind       string   `json:"kind,omitempty"`
	Owner      string   `json:"owner,omitempty"`
	Department string   `json:"department,omitempty"`
	Controller string   `json:"controller,omitempty"`
	Country    string   `json:"country,omitempty"`
	Region     string   `json:"region,omitempty"`
	Direction  string   `json:"direction,omitempty"`
	Listed     []string `json:"listed"`
	Held       []string `json:"held"`
	Records    int      `json:"records"`
	Carrying   []string `json:"holding_value"`
	Seen       stamp    `json:"seen,omitempty"`
	Last       stamp    `json:"last_delivery,omitempty"`
	Sync       string   `json:"sync,omitempty"`
	Late       bool     `json:"late"`
	Unknown    []string `json:"unknown"`
}

type whereRecipientJSON struct {
	Recipient  string   `json:"recipient"`
	Name       string   `json:"name,omitempty"`
	Kind       string   `json:"kind,omitempty"`
	Department string   `json:"department,omitempty"`
	Country    string   `json:"country,omitempty"`
	Region     string   `json:"region,omitempty"`
	Purposes   []string `json:"purposes"`
	Fields     []string `json:"fields"`
	Times      int      `json:"times"`
	Carrying   int      `json:"times_with_value"`
	Last       stamp    `json:"last,omitempty"`
	Unknown    []string `json:"unknown"`
}

type seenJSON struct {
	Profile   string         `json:"profile"`
	Recipient string         `json:"recipient"`
	Name      string         `json:"name,omitempty"`
	Lens      *lensJSON      `json:"lens,omitempty"`
	At        stamp          `json:"at,omitempty"`
	Views     []seenViewJSON `json:"views"`
}

type seenViewJSON struct {
	Purpose string          `json:"purpose,omitempty"`
	Title   string          `json:"title,omitempty"`
	Verdict verdictJSON     `json:"verdict"`
	Fields  []seenFieldJSON `json:"fields"`
}

type seenFieldJSON struct {
	Field   string      `json:"field"`
	Outcome string      `json:"outcome"`
	Verdict verdictJSON `json:"verdict"`
	Records []string    `json:"records"`
	Values  []string    `json:"values"`
	Masked  []string    `json:"values_masked"`
}

func lensOf(l cdp.Lens) *lensJSON {
	if l.IsPlain() {
		return nil
	}
	w := wireLens(l)
	return &w
}

// Where writes where data are.
func (j *JSON) Where(x cdp.Whereabouts) error {
	w := whereJSON{Profile: x.Profile.String(), Of: x.Of.ID, Lens: lensOf(x.Lens), At: stampOf(x.At), Jurisdiction: wirePlace(x.Place), Systems: []whereSystemJSON{}, Recipients: []whereRecipientJSON{}}
	for _, s := range x.Systems {
		w.Systems = append(w.Systems, whereSystemJSON{string(s.Source), s.System, s.Kind, s.Owner, s.Department, s.Controller, s.Country, s.Region, s.Direction,
			stringsOf(s.Listed), stringsOf(s.Held), s.Records, idsOf(s.Carrying), stampOf(s.Seen), stampOf(s.Last), s.Sync, s.Late, stringsOf(s.Unknown)})
	}
	for _, r := range x.Recipients {
		w.Recipients = append(w.Recipients, whereRecipientJSON{r.Recipient, r.Name, r.Kind, r.Department, r.Country, r.Region, stringsOf(r.Purposes), stringsOf(r.Fields),
			r.Times, r.Carrying, stampOf(r.Last), stringsOf(r.Unknown)})
	}
	return j.emit(w)
}

// SeenBy writes a person as a recipient may see them.
func (j *JSON) SeenBy(x cdp.Seen) error {
	w := seenJSON{Profile: x.Profile.String(), Recipient: x.Recipient, Name: x.Name, Lens: lensOf(x.Lens), At: stampOf(x.At), Views: []seenViewJSON{}}
	for _, v := range x.Views {
		view := seenViewJSON{Purpose: string(v.Purpose), Title: v.Title.EN, Verdict: wireVerdict(v.Verdict), Fields: []seenFieldJSON{}}
		for _, f := range v.Fields {
			one := seenFieldJSON{Field: f.Field, Outcome: f.Outcome.String(), Verdict: wireVerdict(f.Verdict), Records: idsOf(f.Records), Values: []string{}, Masked: []string{}}
			for _, value := range f.Values {
				if clear, masked := j.o.wire(fieldKind(f), value.Reveal()); masked != "" {
					one.Masked = append(one.Masked, masked)
				} else {
					one.Values = append(one.Values, clear)
				}
			}
			view.Fields = append(view.Fields, one)
		}
		w.Views = append(w.Views, view)
	}
	return j.emit(w)
}
