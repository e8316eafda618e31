package report

import (
	"io"
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Lint writes what the lint found: the rules that found something, and of each,
// when refs is not 0, up to so many refs with their evidence.
func Lint(w io.Writer, r cdp.LintReport, refs int, o Options) error {
	p := newPage(w, o)
	p.standpoint("looked at", r.At, r.From)
	p.fact(0, "records", words(text.Int(r.Records), text.Lit("of"), plural(r.Profiles, "profile"), text.Concat(text.Lit("and "), text.Int(r.Quarantined), text.Lit(" in quarantine"))))
	p.fact(0, "register", orElse(digest(r.Register), "none is in force"))
	p.fact(0, "rules", text.Clean(r.Rules))
	p.fact(0, "limited to", text.Clean(r.Only))
	p.gone(r.Dropped)
	var quiet []string
	for _, s := range cdp.Severities() {
		t := newTable(column{title: "RULE"}, column{title: "OPEN", right: true}, column{title: "BEFORE", right: true, drop: 2}, column{title: "MUTED", right: true, drop: 3},
			column{title: "WHAT", min: 20}, column{title: "LAW", drop: 1})
		open := 0
		for _, f := range r.Findings {
			if f.Severity != s {
				continue
			}
			if f.Open+f.Muted == 0 {
				quiet = append(quiet, f.ID)
				continue
			}
			open += f.Open
			t.row(text.Clean(f.ID), text.Int(f.Open), before(f), place(f.Muted), text.Clean(f.Title), text.Clean(f.Article))
		}
		if len(t.rows) > 0 {
			p.head(severityName(s), open)
			p.table(2, t)
		}
	}
	for _, f := range r.Findings {
		if refs > 0 && f.Open+f.Muted > 0 {
			p.finding(f, refs)
		}
	}
	if len(quiet) > 0 {
		p.put(0, text.Safe{})
		p.line(0, words(plural(len(quiet), "rule"), text.Lit("found nothing:"), names(quiet)))
	}
	p.put(0, text.Safe{})
	p.say(0, "Findings are what the facts look like. Whether they are lawful is for a person to say.")
	return p.done()
}

// standpoint says from where something was looked at: the present, or what held
// at a time, as it was known at another.
func (p *page) standpoint(now string, at time.Time, from cdp.Standpoint) {
	if !from.IsNow() {
		now = "as of"
	}
	p.fact(0, now, p.o.instant(at))
	if !from.Known.IsZero() {
		p.fact(0, "as known", p.o.instant(from.Known))
	}
}

// gone tells of records that were there then.
func (p *page) gone(records int) {
	if records > 0 {
		p.line(0, words(text.Lit("not told of:"), plural(records, "record"), text.Lit("of then, of which the content was dropped since, at the end of the quarantine")))
	}
}

func severityName(s cdp.Severity) string {
	return map[cdp.Severity]string{cdp.High: "High", cdp.Medium: "Medium", cdp.Low: "Low", cdp.Notice: "To know"}[s]
}

// before is what the run before counted, with the difference.
func before(f cdp.Finding) text.Safe {
	if f.Before < 0 {
		return text.Safe{}
	}
	s := text.Int(f.Before)
	if d := f.Open - f.Before; d != 0 {
		s = text.Concat(s, text.Clean(" ("+grown(d)+")"))
	}
	return s
}

func grown(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func (p *page) finding(f cdp.Finding, refs int) {
	p.head(f.ID+" "+f.Title, f.Open)
	p.fact(2, "law", text.Clean(f.Article))
	p.line(2, text.Clean(f.Why))
	p.fact(2, "what to do", text.Clean(f.Todo))
	asked := "search"
	if f.OfStore {
		asked = "segment members --query"
	}
	p.fact(2, asked, text.Clean(f.Search))
	if len(f.Sources) > 0 {
		t := newTable(column{title: "SOURCE", min: 12}, column{title: "OPEN", right: true}, column{title: "MUTED", right: true})
		for _, s := range f.Sources {
			t.row(text.Clean(string(s.Source)), text.Int(s.Open), place(s.Muted))
		}
		p.table(2, t)
	}
	for i, x := range f.Refs {
		if i == refs {
			p.line(2, words(text.Lit("and"), text.Int(f.Open+f.Muted-refs), text.Lit("more")))
			break
		}
		about := ref(x.Ref)
		if x.Profile != 0 && x.Ref.Kind != "profile" {
			about = words(about, text.Lit("of"), profileID(x.Profile))
		}
		p.line(2, commas(about, text.Clean(string(x.Source)), p.o.minute(x.At)))
		facts := make([]text.Safe, len(x.Facts))
		for k, fact := range x.Facts {
			facts[k] = text.Clean(fact)
		}
		p.line(4, commas(facts...))
		p.fact(4, "muted", text.Clean(x.Muted))
	}
}

// LintRule writes what a rule looks for.
func LintRule(w io.Writer, r cdp.LintRule, o Options) error {
	p := newPage(w, o)
	p.line(0, words(text.Clean(r.ID+":"), text.Clean(r.Title)))
	p.fact(0, "severity", text.Clean(string(r.Severity)))
	p.fact(0, "law", text.Clean(r.Article))
	p.fact(0, "looks at", text.Clean("each "+r.Room))
	p.line(0, text.Clean(r.Why))
	p.fact(0, "what to do", text.Clean(r.Todo))
	for _, n := range r.Numbers {
		p.fact(0, spaced(n.Name).String(), words(text.Clean(n.Value), text.Clean("("+n.Cite+")")))
	}
	p.fact(0, "search", text.Clean(r.Query))
	return p.done()
}

// LintRules writes what the lint looks for, a line a rule.
func LintRules(w io.Writer, list []cdp.LintRule, o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "RULE"}, column{title: "SEVERITY"}, column{title: "LOOKS AT", drop: 2}, column{title: "WHAT", min: 20}, column{title: "LAW", drop: 1})
	for _, r := range list {
		t.row(text.Clean(r.ID), text.Clean(string(r.Severity)), text.Clean(r.Room), text.Clean(r.Title), text.Clean(r.Article))
	}
	p.table(0, t)
	return p.done()
}

// LintTrend writes runs, oldest first: how many were open of each severity, and
// of one rule if it is given.
func LintTrend(w io.Writer, runs []cdp.LintRun, rules []cdp.LintRule, rule string, o Options) error {
	p := newPage(w, o)
	if len(runs) == 0 {
		p.say(0, "no run is kept: cdp-tui lint looks at the whole store")
		return p.done()
	}
	cols := []column{{title: "AT"}, {title: "RECORDS", right: true, drop: 2}}
	if rule != "" {
		cols = append(cols, column{title: rule, right: true}, column{title: "MUTED", right: true, drop: 1})
	} else {
		for _, s := range cdp.Severities() {
			cols = append(cols, column{title: map[cdp.Severity]string{cdp.High: "HIGH", cdp.Medium: "MEDIUM", cdp.Low: "LOW", cdp.Notice: "TO KNOW"}[s], right: true})
		}
	}
	t := newTable(append(cols, column{title: "REGISTER", min: 12, drop: 3})...)
	severity := map[string]cdp.Severity{}
	for _, r := range rules {
		severity[r.ID] = r.Severity
	}
	for _, run := range runs {
		cells := []text.Safe{o.minute(run.At), text.Int(run.Records)}
		open, muted, by := 0, 0, map[cdp.Severity]int{}
		for _, c := range run.Counts {
			by[severity[c.Rule]] += c.Open
			if c.Rule == rule {
				open, muted = c.Open, c.Muted
			}
		}
		if rule != "" {
			cells = append(cells, text.Int(open), place(muted))
		} else {
			for _, s := range cdp.Severities() {
				cells = append(cells, text.Int(by[s]))
			}
		}
		t.row(append(cells, digest(run.Register))...)
	}
	p.table(0, t)
	p.line(0, text.Concat(plural(len(runs), "run"), text.Lit("; times in "), p.zoneName()))
	return p.done()
}

// Mutes writes what is muted, and what was.
func Mutes(w io.Writer, page cdp.Page[cdp.Mute], o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "RULE"}, column{title: "ABOUT", min: 10}, column{title: "ENDS"}, column{title: "BY", min: 8, drop: 2}, column{title: "REASON", min: 12, drop: 1})
	for _, m := range page.Items {
		t.row(text.Clean(m.Rule), ref(m.Object), o.day(m.Until), text.Clean(m.By), text.Clean(m.Reason))
	}
	p.table(0, t)
	footer(p, page, "mute", "mutes")
	return p.done()
}
