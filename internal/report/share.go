package report

import (
	"fmt"
	"io"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// SharePlan writes what a disclosure would send, and why what it would not.
func SharePlan(w io.Writer, plan cdp.SharePlan, o Options) error {
	p := newPage(w, o)
	p.fact(0, "recipient", text.Clean(plan.Ask.Recipient))
	p.fact(0, "purpose", text.Clean(string(plan.Ask.Purpose)))
	p.fact(0, "channel", text.Clean(string(plan.Ask.Channel)))
	p.fact(0, "topic", text.Clean(plan.Ask.Topic))
	p.fact(0, "segment", text.Clean(plan.Ask.Segment))
	p.fact(0, "as of", o.instant(plan.At))
	if !plan.Known.IsZero() {
		p.fact(0, "as known", o.instant(plan.Known))
	}
	p.fact(0, "register", orElse(digest(plan.Register), "none"))
	p.fact(0, "profiles", text.Int(plan.Profiles))
	p.fact(0, "may be sent", text.Int(plan.Allowed))
	p.fact(0, "may not", text.Int(plan.Denied))
	p.fact(0, "digest", text.Clean(plan.Digest))
	ruleTable(p, "profiles by rule", plan.Rules)
	ruleTable(p, "fields by rule", plan.Fields)
	return p.done()
}

func ruleTable(p *page, title string, list []cdp.RuleCount) {
	if len(list) == 0 {
		return
	}
	p.head(title, len(list))
	t := newTable(column{title: "FIELD"}, column{title: "VERDICT"}, column{title: "COUNT", right: true}, column{title: "RULE"}, column{title: "LAW", drop: 2}, column{title: "NOT BEFORE", drop: 3}, column{title: "SUCH AS", min: 10, drop: 1})
	for _, r := range list {
		t.row(text.Clean(r.Field), text.Clean(r.Outcome.String()), text.Int(r.Count), text.Clean(r.Rule), text.Clean(r.Article), p.o.minute(r.NotNow), names(idsOf(r.Examples)))
	}
	p.table(2, t)
}

// Disclosures writes the verdicts on profiles, those on one in full.
func Disclosures(w io.Writer, list cdp.Page[cdp.Disclosure], o Options) error {
	p := newPage(w, o)
	if len(list.Items) == 1 && !list.More {
		d := list.Items[0]
		p.fact(0, "profile", profileID(d.Profile))
		p.verdict(0, d.Verdict)
		t := newTable(column{title: "FIELD"}, column{title: "VERDICT"}, column{title: "RULE"}, column{title: "LAW", drop: 2}, column{title: "UNTIL", drop: 3}, column{title: "RECORDS", min: 9, drop: 1})
		for _, f := range d.Fields {
			t.row(text.Clean(f.Field), text.Clean(f.Outcome.String()), text.Clean(f.Verdict.Rule), article(f.Verdict), o.day(f.Verdict.Until), names(idsOf(f.Records)))
		}
		p.table(0, t)
		return p.done()
	}
	t := newTable(column{title: "PROFILE"}, column{title: "VERDICT"}, column{title: "RULE"}, column{title: "LAW", drop: 2}, column{title: "SENT", min: 10, drop: 1})
	for i := range list.Items {
		d := &list.Items[i]
		t.row(profileID(d.Profile), text.Clean(outcomeOf(d.Verdict.Allow).String()), text.Clean(d.Verdict.Rule), article(d.Verdict), names(d.Sent()))
	}
	p.table(0, t)
	footer(p, list, "profile", "profiles")
	return p.done()
}

// ShareRuns writes a page of runs.
func ShareRuns(w io.Writer, list cdp.Page[cdp.ShareRun], o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "RUN"}, column{title: "BEGUN"}, column{title: "RECIPIENT"}, column{title: "PURPOSE"}, column{title: "STATE"}, column{title: "SENT", right: true},
		column{title: "DENIED", right: true, drop: 1}, column{title: "FILE", min: 8, drop: 3}, column{title: "BY", drop: 2})
	for _, r := range list.Items {
		t.row(text.Clean(r.ID.String()), o.minute(r.Begun), text.Clean(r.Ask.Recipient), text.Clean(string(r.Ask.Purpose)), text.Clean(string(r.State)), text.Int(r.Allowed), text.Int(r.Denied), text.Clean(r.To), text.Clean(r.By))
	}
	p.table(0, t)
	footer(p, list, "run", "runs")
	return p.done()
}

// ShareLines writes the lines of a run.
func ShareLines(w io.Writer, run cdp.ShareRun, list cdp.Page[cdp.ShareLine], o Options) error {
	p := newPage(w, o)
	for _, f := range []struct {
		name  string
		value text.Safe
	}{{"run", text.Clean(run.ID.String())}, {"recipient", text.Clean(run.Ask.Recipient)}, {"purpose", text.Clean(string(run.Ask.Purpose))}, {"channel", text.Clean(string(run.Ask.Channel))}, {"topic", text.Clean(run.Ask.Topic)},
		{"state", text.Clean(string(run.State))}, {"begun", o.instant(run.Begun)}, {"released", o.instant(run.Released)}, {"done", o.instant(run.Done)}, {"by", text.Clean(run.By)}, {"reason", text.Clean(run.Reason)},
		{"format", text.Clean(run.Format)}, {"file", text.Clean(run.To)}, {"sha256", text.Clean(run.FileHash)}, {"register", digest(run.Register)}, {"sent", text.Int(run.Allowed)}, {"denied", text.Int(run.Denied)}} {
		p.fact(0, f.name, f.value)
	}
	if run.Struck > 0 {
		p.say(0, fmt.Sprintf("of those denied, %d were struck before the release", run.Struck))
	}
	switch run.State {
	case cdp.RunHeld:
		p.say(0, "held: nothing has left, nor will if the run was cut off")
	case cdp.RunPrepared:
		p.say(0, fmt.Sprintf("not confirmed: lines after %d may have left, and count as sent", run.Confirmed))
	case cdp.RunReleased:
		p.say(0, "released, and cut off before that was confirmed: it counts as sent; share settle says whether the file is there")
	}
	t := newTable(column{title: "LINE"}, column{title: "PROFILE"}, column{title: "VERDICT"}, column{title: "RULE"}, column{title: "LAW", drop: 2}, column{title: "FIELDS", min: 10, drop: 1})
	for i := range list.Items {
		l := &list.Items[i]
		verdict := outcomeOf(l.Allow).String()
		if !l.Struck.IsZero() {
			verdict = "struck"
		}
		t.row(text.Clean(l.Ref()), profileID(l.Profile), text.Clean(verdict), text.Clean(l.Rule), text.Clean(l.Article), names(l.Fields))
	}
	p.table(0, t)
	footer(p, list, "line", "lines")
	return p.done()
}

// Notices writes a page of the outbox.
func Notices(w io.Writer, list cdp.Page[cdp.Notification], o Options) error {
	p := newPage(w, o)
	if len(list.Items) == 0 {
		p.say(0, "no recipient has to be told anything")
		return p.done()
	}
	t := newTable(column{title: "NOTICE"}, column{title: "RECIPIENT"}, column{title: "PURPOSE", drop: 2}, column{title: "CAUSE"}, column{title: "SINCE"}, column{title: "STATE"},
		column{title: "ABOUT", min: 12, drop: 1}, column{title: "FIELDS", min: 10, drop: 3}, column{title: "SENT", drop: 4})
	for i := range list.Items {
		n := &list.Items[i]
		t.row(text.Clean(n.ID.String()), text.Clean(n.Recipient), text.Clean(string(n.Purpose)), text.Clean(string(n.Cause)), o.day(n.Event), text.Clean(string(n.State)),
			o.named(n.Subject), names(n.Fields), text.Clean(n.Share))
	}
	p.table(0, t)
	footer(p, list, "notice", "notices")
	return p.done()
}

// Acks writes what became of acknowledgements.
func Acks(w io.Writer, r cdp.AckResult, o Options) error {
	p := newPage(w, o)
	p.fact(0, "lines", text.Int(r.Lines))
	p.fact(0, "changed", text.Int(r.Changed))
	p.fact(0, "repeated", text.Int(r.Repeated))
	for _, n := range r.Unknown {
		p.say(0, fmt.Sprintf("line %d cites no notice", n))
	}
	return p.done()
}

// Drift writes what recipients acknowledged against what holds.
func Drift(w io.Writer, r cdp.DriftReport, o Options) error {
	p := newPage(w, o)
	p.fact(0, "as of", o.instant(r.At))
	if !r.Known.IsZero() {
		p.fact(0, "as known", o.instant(r.Known))
	}
	if len(r.Targets) == 0 {
		p.say(0, "no recipient has to be told anything")
		return p.done()
	}
	t := newTable(column{title: "RECIPIENT"}, column{title: "PURPOSE", drop: 2}, column{title: "NOTICES", right: true, drop: 3}, column{title: "IN STEP", right: true, drop: 1}, column{title: "BEHIND", right: true},
		column{title: "OLDEST", right: true}, column{title: "SENT AFTER A NO", right: true}, column{title: "LATEST", right: true, drop: 4})
	for _, x := range r.Targets {
		t.row(text.Clean(x.Recipient), text.Clean(string(x.Purpose)), text.Int(x.Notices), text.Int(x.InStep), text.Int(x.Behind), inHours(x.Oldest), text.Int(x.After), inHours(x.Latency))
	}
	p.table(0, t)
	if len(r.Items) == 0 {
		p.say(0, "nobody is behind, and nothing was sent after a no")
		return p.done()
	}
	p.head("behind, or sent after a no", len(r.Items)+r.More)
	for i := range r.Items {
		x := &r.Items[i]
		mark := text.Lit("behind")
		if len(x.After) > 0 {
			mark = text.Lit("SENT AFTER")
		}
		p.line(2, words(mark, text.Clean(x.Notice.ID.String()), text.Clean(x.Notice.Recipient), text.Clean(string(x.Notice.Purpose)), text.Clean(string(x.Notice.Cause)), o.minute(x.Notice.Event), o.named(x.Notice.Subject), profileID(x.Notice.Profile)))
		last := text.Lit("nothing acknowledged")
		if x.Acked != nil {
			last = words(text.Lit("acknowledged last:"), text.Clean(string(x.Acked.Cause)), text.Lit("of"), o.minute(x.Acked.Event), text.Lit("on"), o.minute(x.Acked.At))
		}
		p.line(4, words(text.Clean(string(x.Notice.State)+";"), last, text.Lit(";"), inHours(x.Open)))
		for _, s := range x.After {
			p.line(4, words(text.Lit("sent again"), o.minute(s.At), names(s.Fields), text.Clean(s.Mode), recordID(s.Record)))
		}
	}
	if r.More > 0 {
		p.say(2, fmt.Sprintf("and %d more", r.More))
	}
	return p.done()
}

// inHours writes a duration in hours; empty for none.
func inHours(d time.Duration) text.Safe {
	if d <= 0 {
		return text.Safe{}
	}
	return text.Clean(fmt.Sprintf("%.1f h", d.Hours()))
}
