package report

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type segmentJSON struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Query   string `json:"query,omitempty"`
	Shape   string `json:"shape,omitempty"`
	Note    string `json:"note,omitempty"`
	By      string `json:"by,omitempty"`
	At      stamp  `json:"at,omitempty"`
	Retired bool   `json:"retired"`

	Said []string        `json:"said"`
	Last *segmentRunJSON `json:"last,omitempty"`
}

type tallyJSON struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

type segmentCountJSON struct {
	Segment    string         `json:"segment,omitempty"`
	Query      string         `json:"query,omitempty"`
	Shape      string         `json:"shape,omitempty"`
	At         stamp          `json:"at,omitempty"`
	AsKnown    stamp          `json:"as_known,omitempty"`
	Register   string         `json:"register,omitempty"`
	Looked     int            `json:"looked"`
	Restricted int            `json:"restricted"`
	Profiles   int            `json:"profiles"`
	Records    int            `json:"records"`
	Moved      bool           `json:"moved"`
	Breakdown  string         `json:"breakdown,omitempty"`
	By         []tallyJSON    `json:"by"`
	Purpose    string         `json:"purpose,omitempty"`
	Usable     int            `json:"usable"`
	NotUsable  []tallyJSON    `json:"not_usable"`
	Plan       *sharePlanJSON `json:"plan,omitempty"`
}

type segmentRunJSON struct {
	Name      string `json:"name"`
	Version   int    `json:"version"`
	At        stamp  `json:"at,omitempty"`
	By        string `json:"by,omitempty"`
	Register  string `json:"register,omitempty"`
	Looked    int    `json:"looked"`
	Profiles  int    `json:"profiles"`
	Records   int    `json:"records"`
	Purpose   string `json:"purpose,omitempty"`
	Usable    int    `json:"usable"`
	Recipient string `json:"recipient,omitempty"`
	Allowed   int    `json:"allowed"`
}

type segmentMemberJSON struct {
	Profile   string   `json:"profile"`
	Records   int      `json:"records"`
	Seen      stamp    `json:"seen,omitempty"`
	Countries []string `json:"countries"`
	Bases     []string `json:"bases"`
	Sources   []string `json:"sources"`
}

type countsJSON struct {
	At      stamp        `json:"at,omitempty"`
	AsKnown stamp        `json:"as_known,omitempty"`
	By      string       `json:"by"`
	Rows    []periodJSON `json:"rows"`
	Dropped int          `json:"dropped_since"`
}

type periodJSON struct {
	Begin       stamp `json:"begin,omitempty"`
	Records     int   `json:"records"`
	Quarantined int   `json:"quarantined"`
	Touchpoints int   `json:"touchpoints"`
	Given       int   `json:"given"`
	Taken       int   `json:"taken"`
	Reported    int   `json:"reported"`
	Sent        int   `json:"sent"`
	Denied      int   `json:"denied"`
}

type coverageJSON struct {
	At          stamp             `json:"at,omitempty"`
	AsKnown     stamp             `json:"as_known,omitempty"`
	Register    string            `json:"register,omitempty"`
	Profiles    int               `json:"profiles"`
	Touchpoints int               `json:"touchpoints"`
	Rows        []coverageRowJSON `json:"rows"`
}

type coverageRowJSON struct {
	Channel     string      `json:"channel,omitempty"`
	Kind        string      `json:"kind,omitempty"`
	Touchpoints int         `json:"touchpoints"`
	Bases       []tallyJSON `json:"bases"`
	None        int         `json:"none"`
	Restricted  int         `json:"restricted"`
	Quarantined int         `json:"quarantined"`
}

type coveredJSON struct {
	Record      string       `json:"record"`
	Profile     string       `json:"profile,omitempty"`
	Source      string       `json:"source"`
	Touchpoints int          `json:"touchpoints"`
	Last        stamp        `json:"last,omitempty"`
	Bases       []string     `json:"bases"`
	Why         *verdictJSON `json:"why,omitempty"`
}

// Covered writes one object a record.
func (j *JSON) Covered(list []cdp.Covered) error {
	return each(j, list, func(o Options, c cdp.Covered) coveredJSON {
		out := coveredJSON{c.Record.String(), "", string(c.Source), c.Touchpoints, stampOf(c.Last), stringsOf(c.Bases), nil}
		if c.Profile != 0 {
			out.Profile = idOf(c.Profile)
		}
		if c.Why.Rule != "" {
			why := wireVerdict(c.Why)
			out.Why = &why
		}
		return out
	})
}

func wireTallies(list []cdp.Tally) []tallyJSON {
	out := make([]tallyJSON, len(list))
	for i, t := range list {
		out[i] = tallyJSON(t)
	}
	return out
}

// clearQuery is a query where it may be shown.
func (o Options) clearQuery(q string) string {
	if o.Reveal {
		return q
	}
	return ""
}

// Segments writes one object a version of a segment.
func (j *JSON) Segments(list []cdp.Segment) error {
	return each(j, list, func(o Options, s cdp.Segment) segmentJSON {
		return wireSegment(o, s)
	})
}

func wireSegment(o Options, s cdp.Segment) segmentJSON {
	return segmentJSON{s.Name, s.Version, o.clearQuery(s.Query), s.Shape, s.Note, s.By, stampOf(s.At), s.Retired, []string{}, nil}
}

// SegmentShown writes the versions of a segment, with what each says in words
// and its last kept count.
func (j *JSON) SegmentShown(list []cdp.Segment, said [][]text.Safe, runs []cdp.SegmentRun) error {
	for i, s := range list {
		w := wireSegment(j.o, s)
		for _, t := range said[i] {
			w.Said = append(w.Said, t.String())
		}
		for _, r := range runs {
			if r.Version == s.Version {
				last := wireSegmentRun(r)
				w.Last = &last
			}
		}
		if err := j.emit(w); err != nil {
			return err
		}
	}
	return nil
}

// SegmentCount writes a count.
func (j *JSON) SegmentCount(c cdp.SegmentCount) error {
	out := segmentCountJSON{c.Segment, j.o.clearQuery(c.Ask.Query), c.Shape, stampOf(c.At), stampOf(c.Known), c.Register, c.Looked, c.Restricted, c.Profiles, c.Records, c.Moved, c.Ask.By,
		wireTallies(c.By), string(c.Ask.Purpose), c.Usable, wireTallies(c.NotUsable), nil}
	if c.Plan != nil {
		plan := wirePlan(*c.Plan)
		out.Plan = &plan
	}
	return j.emit(out)
}

// SegmentRuns writes one object a kept count.
func (j *JSON) SegmentRuns(list []cdp.SegmentRun) error {
	return each(j, list, func(_ Options, r cdp.SegmentRun) segmentRunJSON { return wireSegmentRun(r) })
}

func wireSegmentRun(r cdp.SegmentRun) segmentRunJSON {
	return segmentRunJSON{r.Name, r.Version, stampOf(r.At), r.Actor, r.Register, r.Looked, r.Profiles, r.Records, string(r.Purpose), r.Usable, r.Recipient, r.Allowed}
}

// SegmentMembers writes one object a profile.
func (j *JSON) SegmentMembers(list []cdp.SegmentMember) error {
	return each(j, list, func(_ Options, m cdp.SegmentMember) segmentMemberJSON {
		return segmentMemberJSON{idOf(m.Profile), m.Records, stampOf(m.Seen), stringsOf(m.Countries), stringsOf(m.Bases), stringsOf(m.Sources)}
	})
}

// Counts writes facts over time.
func (j *JSON) Counts(c cdp.Counts) error {
	out := countsJSON{stampOf(c.At), stampOf(c.Known), c.By, make([]periodJSON, len(c.Rows)), c.Dropped}
	for i, r := range c.Rows {
		out.Rows[i] = periodJSON{stampOf(r.Begin), r.Records, r.Quarantined, r.Touchpoints, r.Given, r.Taken, r.Reported, r.Sent, r.Denied}
	}
	return j.emit(out)
}

// Coverage writes the table of touchpoints by basis.
func (j *JSON) Coverage(c cdp.Coverage) error {
	out := coverageJSON{stampOf(c.At), stampOf(c.Known), c.Register, c.Profiles, c.Touchpoints, make([]coverageRowJSON, len(c.Rows))}
	for i, r := range c.Rows {
		row := coverageRowJSON{string(r.Channel), r.Kind, r.Touchpoints, nil, r.None, r.Restricted, r.Quarantined}
		for k, b := range cdp.Bases() {
			row.Bases = append(row.Bases, tallyJSON{string(b), r.Bases[k]})
		}
		out.Rows[i] = row
	}
	return j.emit(out)
}
