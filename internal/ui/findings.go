package ui

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// findingRefs is how many things the console keeps of each rule.
const findingRefs = 200

// A surveyed is what the last run of the lint found, for all screens that show
// it: a run reads the whole store, so it is made again only when asked for.
type surveyed struct {
	mu     sync.Mutex
	report cdp.LintReport
	runs   []cdp.LintRun
	ok     bool
}

// read gives what was found, and runs the lint when that is not there. progress
// is told how many records it looked at.
func (f *surveyed) read(ctx context.Context, desk Linter, progress func(int)) (cdp.LintReport, []cdp.LintRun, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ok {
		return f.report, f.runs, nil
	}
	r, err := desk.Lint(ctx, cdp.LintFilter{Refs: findingRefs}, progress)
	if err != nil {
		return r, nil, err
	}
	runs, err := desk.LintRuns(ctx, trendRuns)
	if err != nil {
		return r, nil, err
	}
	f.report, f.runs, f.ok = r, runs, true
	return r, runs, nil
}

// surveyedBy is what was found as a lens has it. That of the present is kept
// while it is looked at another time, and of other times the last one.
func (s *session) surveyedBy(l cdp.Lens) *surveyed {
	at := l.Standpoint
	if l.Purpose != "" {
		at = cdp.Standpoint{} // of all people, and of the present
	}
	if s.surveys[at] == nil {
		maps.DeleteFunc(s.surveys, func(p cdp.Standpoint, _ *surveyed) bool { return !p.IsNow() })
		s.surveys[at] = &surveyed{}
	}
	return s.surveys[at]
}

// forget makes the next read run the lint again.
func (f *surveyed) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ok = false
}

// trendRuns is how many runs the trend of a rule shows.
const trendRuns = 12

// A ruled is a rule with what it found, and how much in the runs before.
type ruled struct {
	cdp.Finding
	trend []past // oldest first; this run last, unless it is of another time
}

// A past is how many were open after a run.
type past struct {
	at   time.Time
	open int
}

// newFindings lists the rules of the lint that found something, the most
// urgent first.
func newFindings(s *session, a address) screen {
	desk, cache, x := s.desk, s.surveyedBy(s.lens), &metered[ruled]{}
	cols := []column[ruled]{
		{name: "severity", min: 8, cell: func(s show, f ruled) val { return s.severity(f.Severity) },
			by: func(a, b ruled) int { return a.Severity.Rank() - b.Severity.Rank() }},
		{name: "open", min: 7, right: true, cell: func(_ show, f ruled) val { return bad(f.Open) }, by: func(a, b ruled) int { return a.Open - b.Open }},
		{name: "change", min: 6, right: true, prio: 2, cell: func(_ show, f ruled) val { return f.change() }},
		{name: "muted", min: 5, right: true, prio: 4, cell: func(_ show, f ruled) val { return number(f.Muted) }},
		{name: "finding", min: 24, flex: 3, cell: func(_ show, f ruled) val { return plain(f.Title) }},
		{name: "law", min: 10, max: 20, flex: 1, prio: 3, cell: func(_ show, f ruled) val { return plain(f.Article) }},
		{name: "rule", min: 14, max: 26, flex: 1, prio: 5, cell: func(_ show, f ruled) val { return plain(f.ID) }},
	}
	l := newList(s, cols, func(f ruled) string { return f.ID }, a).atOnce(func(ctx context.Context) ([]ruled, error) {
		r, runs, err := cache.read(ctx, desk, x.count)
		var out []ruled
		for _, f := range r.Findings {
			if f.Open+f.Muted > 0 {
				out = append(out, ruled{f, trendOf(runs, f.ID)})
			}
		}
		return out, err
	})
	x.listing, x.word = newListing(s, "screen.findings", l), "status.lookedrecords"
	x.base = address{Screen: "findings"}
	x.about = func(d *detail, f ruled) {
		d.head(text.Clean(f.Title))
		d.fact("field.severity", d.severity(f.Severity))
		d.fact("field.law", plain(f.Article))
		d.fact("field.rule", plain(f.ID))
		if len(f.trend) > 1 {
			d.fact("field.trend", f.trends(d.show))
		}
		d.gap()
		d.text(widget.Plain, text.Clean(f.Why))
		d.gap()
		d.text(widget.Strong, text.Clean(f.Todo))
		d.gap()
		for _, src := range f.Sources {
			d.labelled(text.Clean(string(src.Source)), number(src.Open+src.Muted))
		}
		for _, n := range f.Numbers {
			d.text(widget.Dim, text.Clean(n.Name+": "+n.Value+" ("+n.Cite+")"))
		}
		if len(f.trend) > 0 {
			f.runs(d)
		}
	}
	x.open = func(f ruled) tea.Cmd { return s.visit(address{Screen: "finding", Object: f.ID}) }
	x.again = func() tea.Cmd { cache.forget(); return nil }
	x.binds = func() []binding {
		return []binding{{id: "findsearch", keys: []string{"Q"}, hint: 3, do: func() tea.Cmd {
			f, _ := l.Item()
			if f.OfStore {
				return s.visit(address{Screen: "builder", Query: f.Search})
			}
			return s.visit(address{Screen: "search", Query: f.Search})
		}, off: func() text.Safe {
			if f, ok := l.Item(); !ok || f.Search == "" {
				return s.say("off.nosearch")
			}
			return text.Safe{}
		}}, {id: "mutes", keys: []string{"J"}, hint: 4, do: func() tea.Cmd { return s.visit(address{Screen: "mutes"}) }}}
	}
	return x
}

// newFinding lists what a rule does not hold for.
func newFinding(s *session, a address) screen {
	desk, cache, rule, x := s.desk, s.surveyedBy(s.lens), strings.ToUpper(a.Object), &metered[cdp.FindingRef]{}
	cols := []column[cdp.FindingRef]{
		{name: "about", min: 11, max: 30, flex: 1, cell: func(_ show, f cdp.FindingRef) val { return plain(f.Ref.ID).in(widget.Accent) }},
		{name: "profile", min: 9, prio: 3, cell: func(_ show, f cdp.FindingRef) val { return findingProfile(f) }},
		{name: "source", min: 10, max: 20, flex: 1, prio: 2, cell: func(_ show, f cdp.FindingRef) val { return plain(string(f.Source)) }},
		{name: "time", min: 10, cell: func(s show, f cdp.FindingRef) val { return s.time(f.At, time.DateOnly) }, by: func(a, b cdp.FindingRef) int { return a.At.Compare(b.At) }},
		{name: "evidence", min: 20, flex: 3, prio: 1, cell: func(_ show, f cdp.FindingRef) val { return plain(strings.Join(f.Facts, ", ")) }},
	}
	l := newList(s, cols, func(f cdp.FindingRef) string {
		return f.Ref.Kind + " " + f.Ref.ID + " " + f.At.String() + strings.Join(f.Facts, " ")
	}, a).atOnce(func(ctx context.Context) ([]cdp.FindingRef, error) {
		r, _, err := cache.read(ctx, desk, x.count)
		if i := slices.IndexFunc(r.Findings, func(f cdp.Finding) bool { return f.ID == rule }); i >= 0 {
			return r.Findings[i].Refs, err
		}
		return nil, err
	})
	x.listing, x.word = newListing(s, "screen.finding", l), "status.lookedrecords"
	x.base = address{Screen: "finding", Object: rule}
	x.crumb = func() text.Safe { return text.Clean(rule) }
	x.about = func(d *detail, f cdp.FindingRef) {
		d.head(text.Clean(f.Ref.ID))
		d.fact("field.source", plain(string(f.Source)))
		d.fact("field.when", d.time(f.At, time.DateTime))
		if f.Muted != "" {
			d.text(widget.Warn, d.say("finding.muted", f.Muted))
		}
		d.gap()
		for _, fact := range f.Facts {
			name, value, ok := strings.Cut(fact, "=")
			if !ok {
				d.text(widget.Plain, text.Clean(fact))
				continue
			}
			d.labelled(text.Clean(name), plain(value))
		}
	}
	x.open = func(f cdp.FindingRef) tea.Cmd { return s.visit(findingAddress(f)) }
	x.again = func() tea.Cmd { cache.forget(); return nil }
	mute := func(id, key string, hint int, about func(cdp.FindingRef) cdp.Ref) binding {
		return binding{id: id, keys: []string{key}, hint: hint, do: func() tea.Cmd {
			f, _ := l.Item()
			return s.mute(rule, about(f), x.Refresh)
		}, off: func() text.Safe {
			if why := s.mayDecide(); !why.Empty() {
				return why
			}
			if f, ok := l.Item(); !ok || about(f).ID == "" {
				return s.say("off.nomute")
			}
			return text.Safe{}
		}}
	}
	x.binds = func() []binding {
		return []binding{
			s.cardOfRecord(func() cdp.RecordID {
				f, _ := l.Item()
				id, err := cdp.ParseRecordID(f.Ref.ID)
				if f.Ref.Kind != "record" || err != nil {
					return 0
				}
				return id
			}),
			mute("mute", "H", 2, func(f cdp.FindingRef) cdp.Ref { return f.Ref }),
			mute("mutesource", "K", 4, func(f cdp.FindingRef) cdp.Ref { return cdp.Ref{Kind: "source", ID: string(f.Source)} }),
		}
	}
	return x
}

// mute asks why and until when, and mutes.
func (s *session) mute(rule string, about cdp.Ref, then func() tea.Cmd) tea.Cmd {
	desk, cache, zone := s.desk, s.surveyedBy(s.lens), s.env.zone()
	return s.ask(question{label: s.say("ask.mute", rule, about.ID), must: s.say("ask.reveal.must"), then: func(reason string) tea.Cmd {
		return s.ask(question{label: s.say("ask.until"), must: s.say("ask.until.must"), then: func(until string) tea.Cmd {
			day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(until), zone)
			if err != nil {
				return s.info("ask.until.must")
			}
			return s.work("fail.mute", func(ctx context.Context) error {
				return desk.Mute(ctx, cdp.Mute{Rule: rule, Object: about, Reason: reason, Until: day.AddDate(0, 0, 1)})
			}, func() tea.Cmd {
				cache.forget()
				return tea.Batch(s.toast(widget.SuccessLevel, s.say("finding.done", rule, until)), then())
			})
		}})
	}})
}

// findingAddress is where a finding leads.
func findingAddress(f cdp.FindingRef) address {
	switch f.Ref.Kind {
	case "record", "profile":
		return address{Screen: f.Ref.Kind, Object: f.Ref.ID}
	case "source":
		return address{Screen: "sources", Filter: "source:" + f.Ref.ID}
	case "recipient": // whose data went there
		if f.Ref.ID != "" {
			return address{Screen: "builder", Query: query.Term{Field: query.FieldShared, Text: strings.ToLower(f.Ref.ID)}.String()}
		}
	}
	if f.Source != "" {
		return address{Screen: "sources", Filter: "source:" + string(f.Source)}
	}
	return address{Screen: "sources"} // an activity of the register
}

func findingProfile(f cdp.FindingRef) val {
	if f.Profile == 0 {
		return val{}
	}
	return plain(f.Profile.String())
}

func (s show) severity(x cdp.Severity) val {
	v := val{text: s.lex.term("severity", string(x)), raw: string(x)}
	switch x {
	case cdp.High:
		v.style = widget.Bad
	case cdp.Medium:
		v.style = widget.Warn
	case cdp.Notice:
		v.style = widget.Dim
	}
	return v
}

func trendOf(runs []cdp.LintRun, rule string) (out []past) {
	for _, r := range runs {
		n := 0
		for _, c := range r.Counts {
			if c.Rule == rule {
				n = c.Open
			}
		}
		out = append(out, past{r.At, n})
	}
	return out
}

// change is how many more are open than in the run before.
func (f ruled) change() val {
	if f.Before < 0 || f.Open == f.Before {
		return val{}
	}
	if f.Open > f.Before {
		return plain("+" + strconv.Itoa(f.Open-f.Before)).in(widget.Bad)
	}
	return plain(strconv.Itoa(f.Open - f.Before)).in(widget.Good)
}

// trends are the figures in a line, and since when; a figure that stays is said
// once, since each look at the findings is a run.
func (f ruled) trends(s show) val {
	var parts []text.Safe
	for i, p := range f.trend {
		if i == 0 || p.open != f.trend[i-1].open {
			parts = append(parts, text.Int(p.open))
		}
	}
	return safe(s.say("finding.since", text.Join(text.Lit(" > "), parts...), s.day(f.trend[0].at).text))
}

// runs are the figures by the time of the run, the latest first.
func (f ruled) runs(d *detail) {
	d.head(d.say("finding.runs"))
	most := 0
	for _, p := range f.trend {
		most = max(most, p.open)
	}
	for _, p := range slices.Backward(f.trend) {
		d.text(widget.Plain, text.Join(text.Lit(" "), d.minute(p.at).text, text.PadLeft(text.Int(p.open), 8), bar(p.open, most, 10)))
	}
}
