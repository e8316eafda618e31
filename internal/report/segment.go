package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

func (o Options) segmentQuery(query, shape string) text.Safe {
	if o.Reveal {
		return text.Clean(query)
	}
	return text.Clean(shape)
}

// Segments writes saved segments, or the versions of one.
func Segments(w io.Writer, page cdp.Page[cdp.Segment], o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "SEGMENT"}, column{title: "SAVED"}, column{title: "BY", drop: 3}, column{title: "QUERY", min: 16}, column{title: "NOTE", min: 10, drop: 2}, column{title: "STATE", drop: 1})
	for _, s := range page.Items {
		state := text.Safe{}
		if s.Retired {
			state = text.Lit("retired")
		}
		t.row(text.Clean(s.Ref()), o.minute(s.At), text.Clean(s.By), o.segmentQuery(s.Query, s.Shape), text.Clean(s.Note), state)
	}
	p.table(0, t)
	footer(p, page, "segment", "segments")
	return p.done()
}

// SegmentShown writes a saved segment: what its last version says, in words and
// as a query, its versions, and its last counts.
func SegmentShown(w io.Writer, list []cdp.Segment, said [][]text.Safe, runs []cdp.SegmentRun, o Options) error {
	last := list[len(list)-1]
	p := newPage(w, o)
	p.fact(0, "segment", text.Clean(last.Ref()))
	if last.Retired {
		p.fact(0, "state", text.Lit("retired: no longer offered, kept as evidence"))
	}
	p.fact(0, "note", text.Clean(last.Note))
	p.fact(0, "query", o.segmentQuery(last.Query, last.Shape))
	for i, t := range said[len(said)-1] {
		if i == 0 {
			p.line(0, text.Lit("in words: all of"))
		}
		p.line(2, t)
	}
	p.fact(0, "saved", o.minute(last.At))
	p.fact(0, "by", text.Clean(last.By))
	p.fact(0, "asked for as", text.Clean("in:"+last.Name))
	if len(runs) == 0 {
		p.say(0, "never counted with --keep: cdp-tui segment count "+last.Name+" --keep")
	}
	if err := p.done(); err != nil {
		return err
	}
	if err := Segments(w, cdp.Page[cdp.Segment]{Items: list, Total: len(list), Exact: true}, o); err != nil || len(runs) == 0 {
		return err
	}
	return SegmentTrend(w, runs, o)
}

// SegmentCount writes a count with its breakdowns.
func SegmentCount(w io.Writer, c cdp.SegmentCount, o Options) error {
	p := newPage(w, o)
	p.fact(0, "segment", text.Clean(c.Segment))
	p.fact(0, "query", o.segmentQuery(c.Ask.Query, c.Shape))
	p.fact(0, "as of", o.instant(c.At))
	if !c.Known.IsZero() {
		p.fact(0, "as known", o.instant(c.Known))
	}
	p.fact(0, "profiles", words(text.Int(c.Profiles), text.Lit("of"), text.Int(c.Looked)))
	p.fact(0, "records", text.Int(c.Records))
	if c.Restricted > 0 {
		p.fact(0, "restricted (Art. 18), in no segment", text.Int(c.Restricted))
	}
	if c.Moved {
		p.say(0, "the store changed while it was counted: the figures are of no single moment")
	}
	if c.Ask.Purpose != "" {
		p.fact(0, "register", orElse(digest(c.Register), "none is in force"))
		p.fact(0, "something may be used for "+string(c.Ask.Purpose), text.Int(c.Usable))
		for _, r := range c.NotUsable {
			p.line(2, words(text.Lit("not:"), text.Int(r.Count), text.Clean(r.Value)))
		}
	}
	if c.Plan != nil {
		p.fact(0, "may be sent to "+c.Ask.Recipient, text.Int(c.Plan.Allowed))
		p.fact(0, "may not", text.Int(c.Plan.Denied))
		ruleTable(p, "profiles by rule", c.Plan.Rules)
	}
	if len(c.By) > 0 {
		p.head("by "+c.Ask.By, len(c.By))
		t := newTable(column{title: strings.ToUpper(c.Ask.By), min: 8}, column{title: "PROFILES", right: true}, column{title: ""})
		for _, r := range c.By {
			t.row(text.Clean(r.Value), text.Int(r.Count), Bar(r.Count, c.By[0].Count, 20))
		}
		p.table(2, t)
	}
	return p.done()
}

// Bar is a bar of n of most, at most width characters; anything there is shows.
func Bar(n, most, width int) text.Safe {
	if n <= 0 || most <= 0 {
		return text.Safe{}
	}
	return text.Clean(strings.Repeat("#", max(1, min(width, (n*width+most/2)/most))))
}

// SegmentTrend writes the kept counts of a segment, oldest first.
func SegmentTrend(w io.Writer, runs []cdp.SegmentRun, o Options) error {
	p := newPage(w, o)
	if len(runs) == 0 {
		p.say(0, "no count is kept: cdp-tui segment count NAME --keep keeps one")
		return p.done()
	}
	most := 0
	for _, r := range runs {
		most = max(most, r.Profiles)
	}
	t := newTable(column{title: "AT"}, column{title: "SEGMENT"}, column{title: "PROFILES", right: true}, column{title: "CHANGE", right: true}, column{title: "OF", right: true, drop: 2},
		column{title: "", drop: 1}, column{title: "USABLE", right: true, drop: 3}, column{title: "SENDABLE", right: true, drop: 3}, column{title: "BY", drop: 4})
	for i, r := range runs {
		change, usable, sendable := text.Safe{}, text.Safe{}, text.Safe{}
		if i > 0 && r.Profiles != runs[i-1].Profiles {
			change = text.Clean(grown(r.Profiles - runs[i-1].Profiles))
		}
		if r.Purpose != "" {
			usable = text.Concat(text.Int(r.Usable), text.Clean(" "+string(r.Purpose)))
		}
		if r.Recipient != "" {
			sendable = text.Concat(text.Int(r.Allowed), text.Clean(" "+r.Recipient))
		}
		t.row(o.minute(r.At), text.Clean(cdp.Segment{Name: r.Name, Version: r.Version}.Ref()), text.Int(r.Profiles), change, text.Int(r.Looked), Bar(r.Profiles, most, 16), usable, sendable, text.Clean(r.Actor))
	}
	p.table(0, t)
	p.line(0, text.Concat(plural(len(runs), "count"), text.Lit("; times in "), p.zoneName()))
	return p.done()
}

// SegmentMembers writes profiles of a segment, without personal values.
func SegmentMembers(w io.Writer, page cdp.Page[cdp.SegmentMember], o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "PROFILE"}, column{title: "RECORDS", right: true}, column{title: "SEEN"}, column{title: "COUNTRY", min: 4, drop: 3}, column{title: "BASES", min: 8, drop: 2}, column{title: "SOURCES", min: 10, drop: 1})
	for _, m := range page.Items {
		id := profileID(m.Profile)
		if m.Profile == 0 {
			id = text.Lit("none then") // as of a day of which no id was minted for these records
		}
		t.row(id, text.Int(m.Records), o.day(m.Seen), names(m.Countries), names(m.Bases), names(m.Sources))
	}
	p.table(0, t)
	footer(p, page, "profile", "profiles")
	return p.done()
}

// SegmentMembersCSV writes them for a spreadsheet, with or without the header.
func SegmentMembersCSV(w io.Writer, list []cdp.SegmentMember, header bool) error {
	c := csv.NewWriter(w)
	if header {
		if err := c.Write([]string{"profile", "records", "seen", "countries", "bases", "sources"}); err != nil {
			return err
		}
	}
	for _, m := range list {
		seen := ""
		if !m.Seen.IsZero() {
			seen = m.Seen.UTC().Format(time.RFC3339)
		}
		row := []string{m.Profile.String(), strconv.Itoa(m.Records), seen, strings.Join(m.Countries, " "), strings.Join(stringsOf(m.Bases), " "), strings.Join(stringsOf(m.Sources), " ")}
		for i := range row {
			row[i] = text.CSVCell(text.Clean(row[i]).String())
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Counts writes facts over time.
func Counts(w io.Writer, c cdp.Counts, o Options) error {
	p := newPage(w, o)
	p.fact(0, "until", o.instant(c.At))
	if !c.Known.IsZero() {
		p.fact(0, "as known", o.instant(c.Known))
	}
	p.gone(c.Dropped)
	most := 0
	for _, r := range c.Rows {
		most = max(most, r.Records)
	}
	t := newTable(column{title: strings.ToUpper(c.By)}, column{title: "RECORDS", right: true}, column{title: "", drop: 2}, column{title: "QUARANTINED", right: true, drop: 3}, column{title: "TOUCHPOINTS", right: true, drop: 1},
		column{title: "GIVEN", right: true}, column{title: "TAKEN", right: true}, column{title: "REPORTED", right: true, drop: 1}, column{title: "SENT", right: true}, column{title: "DENIED", right: true})
	var sum cdp.Period
	for _, r := range c.Rows {
		t.row(PeriodName(c.By, r.Begin), text.Int(r.Records), Bar(r.Records, most, 12), place(r.Quarantined), text.Int(r.Touchpoints), text.Int(r.Given), text.Int(r.Taken), text.Int(r.Reported), text.Int(r.Sent), text.Int(r.Denied))
		sum.Records += r.Records
		sum.Quarantined += r.Quarantined
		sum.Touchpoints += r.Touchpoints
		sum.Given += r.Given
		sum.Taken += r.Taken
		sum.Reported += r.Reported
		sum.Sent += r.Sent
		sum.Denied += r.Denied
	}
	if len(c.Rows) > 1 {
		t.row(text.Lit("all"), text.Int(sum.Records), text.Safe{}, place(sum.Quarantined), text.Int(sum.Touchpoints), text.Int(sum.Given), text.Int(sum.Taken), text.Int(sum.Reported), text.Int(sum.Sent), text.Int(sum.Denied))
	}
	p.table(0, t)
	p.say(0, "Records by when they arrived and touchpoints by when they happened, of what counts now; consents given and taken back by when it was said; disclosures that sources report, that were sent from here, and that the gate out denied. Days are UTC.")
	return p.done()
}

// PeriodName names a period by its first day.
func PeriodName(by string, begin time.Time) text.Safe {
	switch {
	case begin.IsZero():
		return text.Lit("no time")
	case by == "year":
		return text.Clean(begin.Format("2006"))
	case by == "quarter":
		return text.Clean(begin.Format("2006") + " Q" + strconv.Itoa(int(begin.Month()-1)/3+1))
	case by == "month":
		return text.Clean(begin.Format("2006-01"))
	}
	return text.Clean(begin.Format(time.DateOnly))
}

// Coverage writes the table of touchpoints by basis.
func Coverage(w io.Writer, c cdp.Coverage, o Options) error {
	p := newPage(w, o)
	p.fact(0, "as of", o.instant(c.At))
	if !c.Known.IsZero() {
		p.fact(0, "as known", o.instant(c.Known))
	}
	p.fact(0, "register", orElse(digest(c.Register), "none is in force"))
	p.fact(0, "touchpoints", words(text.Int(c.Touchpoints), text.Lit("of"), plural(c.Profiles, "profile")))
	cols := []column{{title: "CHANNEL", min: 6}, {title: "WHAT", min: 6}, {title: "ALL", right: true}}
	for _, b := range cdp.Bases() {
		cols = append(cols, column{title: strings.ToUpper(BasisShort(b)), right: true})
	}
	cols = append(cols, column{title: "NONE", right: true}, column{title: "RESTRICTED", right: true, drop: 2}, column{title: "QUARANTINED", right: true, drop: 1}, column{title: ""})
	t := newTable(cols...)
	for _, r := range append(c.Rows, c.Sum()) {
		channel, kind, mark := text.Clean(string(r.Channel)), text.Clean(r.Kind), text.Safe{}
		if r.Channel == "" && r.Kind == "" {
			channel = text.Lit("all")
		}
		if r.None > 0 {
			mark = text.Lit("!! no lawful use")
		}
		cells := []text.Safe{channel, kind, text.Int(r.Touchpoints)}
		for _, n := range r.Bases {
			cells = append(cells, place(n))
		}
		t.row(append(cells, place(r.None), place(r.Restricted), place(r.Quarantined), mark)...)
	}
	p.table(0, t)
	p.say(0, "Touchpoints that may be used now, by each basis that allows it; one can have several. NONE: nothing they may be used for. Whether that is lawful is for a person to say.")
	return p.done()
}

// Covered writes records with touchpoints of a cell of the coverage.
func Covered(w io.Writer, page cdp.Page[cdp.Covered], o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "RECORD"}, column{title: "PROFILE"}, column{title: "SOURCE", min: 6}, column{title: "TOUCHPOINTS", right: true}, column{title: "LAST", drop: 2}, column{title: "BASES", drop: 3}, column{title: "WHY NOT", min: 12, drop: 1})
	for _, c := range page.Items {
		profile := text.Safe{}
		if c.Profile != 0 {
			profile = profileID(c.Profile)
		}
		t.row(text.Clean(c.Record.String()), profile, text.Clean(string(c.Source)), text.Int(c.Touchpoints), o.day(c.Last), names(stringsOf(c.Bases)), words(text.Clean(c.Why.Rule), text.Clean(c.Why.Article)))
	}
	p.table(0, t)
	footer(p, page, "record", "records")
	return p.done()
}

// BasisShort is the name of a basis where there is little room.
func BasisShort(b cdp.BasisKind) string {
	return map[cdp.BasisKind]string{cdp.BasisConsent: "consent", cdp.BasisContract: "contract", cdp.BasisLaw: "law", cdp.BasisVital: "vital", cdp.BasisPublicTask: "public", cdp.BasisLegitimate: "interest"}[b]
}
