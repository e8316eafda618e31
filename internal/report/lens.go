package report

import (
	"io"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// looked says through which lens something is seen, when it is not the present.
func (p *page) looked(l cdp.Lens) {
	if l.IsPlain() {
		return
	}
	p.fact(0, "as of", p.o.instant(l.At))
	p.fact(0, "as known", p.o.instant(l.Known))
	p.fact(0, "for", text.Clean(string(l.Purpose)))
}

// partly says of what was put together as it was that it may not be whole.
func (p *page) partly(partial bool) {
	if partial {
		p.say(0, "! more rows bore on it then than were looked at")
	}
}

// Looked writes through which lens what follows was looked at, when it is not
// the present.
func Looked(w io.Writer, l cdp.Lens, o Options) error {
	p := newPage(w, o)
	p.looked(l)
	return p.done()
}

// Lensed writes what a profile is for one purpose.
func Lensed(w io.Writer, l cdp.Lensed, o Options) error {
	p := newPage(w, o)
	p.fact(0, "profile", profileID(l.Profile))
	p.fact(0, "purpose", text.Concat(text.Clean(string(l.Lens.Purpose)), text.Lit(": "), text.Clean(l.Title)))
	at := l.Lens
	at.Purpose = ""
	p.looked(at)
	p.fact(0, "records", words(text.Int(l.Records), text.Lit("in the profile,"), text.Int(l.Records-len(l.Left)), text.Lit("may be used for it")))
	if l.Truncated {
		p.say(0, "! the profile has more records than were looked at")
	}
	switch len(l.Pieces) {
	case 0:
		p.say(0, "x nobody: nothing of it may be used for that purpose")
	case 1:
		p.say(0, "one person for that purpose")
	default:
		p.line(0, words(text.Lit("! it falls into"), text.Int(len(l.Pieces)), text.Lit("persons for that purpose: what joins them may not be used for it")))
	}
	for i, piece := range l.Pieces {
		p.line(0, words(text.Lit("person"), text.Int(i+1)))
		records := make([]text.Safe, len(piece.Records))
		for j, r := range piece.Records {
			records[j] = recordID(r)
		}
		p.fact(2, "records", joined(text.Lit(", "), records...))
		p.fact(2, "sources", joinedNames(piece.Sources))
		links := make([]text.Safe, len(piece.Links))
		for j, id := range piece.Links {
			links[j] = p.o.named(id)
		}
		var may []text.Safe
		for _, m := range piece.May {
			if a := article(m); !slices.ContainsFunc(may, func(b text.Safe) bool { return b.String() == a.String() }) {
				may = append(may, a)
			}
		}
		p.fact(2, "may be used by", joined(text.Lit(", "), may...))
		p.fact(2, "put together by", orElse(joined(text.Lit(", "), links...), "nothing: one record, or a decision"))
	}
	if len(l.Left) > 0 {
		p.line(0, text.Lit("left out"))
	}
	for _, x := range l.Left {
		p.line(2, text.Concat(text.Lit("x "), words(recordID(x.Record), text.Clean(string(x.Source))), text.Lit(": "), text.Clean(x.Verdict.Reason)))
		p.fact(4, "rule", text.Clean(x.Verdict.Rule))
		p.fact(4, "law", article(x.Verdict))
	}
	return p.done()
}

func joinedNames[T ~string](list []T) text.Safe {
	out := make([]text.Safe, len(list))
	for i, s := range list {
		out[i] = text.Clean(string(s))
	}
	return joined(text.Lit(", "), out...)
}

// Basis writes when records had a basis for a purpose, what proves it and why it
// ended.
func Basis(w io.Writer, list []cdp.BasisHistory, o Options) error {
	p := newPage(w, o)
	if len(list) == 0 {
		p.say(0, "? no purpose is recorded")
	}
	for _, h := range list {
		p.line(0, words(recordID(h.Record), text.Clean(string(h.Source)), text.Lit("for"), orElse(text.Clean(string(h.Purpose)), "no purpose")))
		if len(h.Intervals) == 0 {
			p.say(2, "x never had a basis")
		}
		for _, iv := range h.Intervals {
			p.line(2, words(orElse(o.minute(iv.From), "ever"), text.Lit("to"), orElse(o.minute(iv.To), "without an end"), article(iv.Verdict), basis(iv.Verdict.Basis)))
			p.fact(4, "activity", text.Clean(string(iv.Verdict.Activity)))
			p.fact(4, "proof", text.Clean(iv.Verdict.Reason))
			p.fact(4, "rule", text.Clean(iv.Verdict.Rule))
			for _, f := range iv.Verdict.Facts {
				p.fact(4, "fact", text.Clean(f))
			}
			switch {
			case iv.To.IsZero():
			case iv.Ended.Allow:
				p.fact(4, "then", words(text.Lit("another proof took over:"), text.Clean(iv.Ended.Rule)))
			default:
				p.fact(4, "end", words(text.Clean(iv.Ended.Reason), article(iv.Ended), text.Clean(iv.Ended.Rule)))
			}
		}
		p.line(2, words(text.Lit("now:"), yes(h.Now), text.Clean(h.Now.Reason)))
	}
	return p.done()
}

// Journey writes the steps of a journey, oldest first.
func Journey(w io.Writer, steps []cdp.Step, o Options) error {
	p := newPage(w, o)
	if len(steps) == 0 {
		p.say(0, "nothing happened in that time that was recorded")
		return p.done()
	}
	t := newTable(
		column{title: "AT"}, column{title: "STEP", min: 12}, column{title: "LAWFUL"}, column{title: "PURPOSE", min: 12},
		column{title: "BASIS", min: 12, drop: 1}, column{title: "TO", min: 8}, column{title: "CHANNEL", drop: 4}, column{title: "SOURCE", min: 10, drop: 2},
		column{title: "RECORD", drop: 3}, column{title: "DETAIL", min: 12, drop: 5}, column{title: "RULE", min: 16, drop: 6})
	for _, s := range steps {
		lawful, by, rule := text.Lit(""), text.Lit(""), text.Lit("")
		if s.Judged {
			lawful, rule = yes(s.Verdict), text.Clean(s.Verdict.Rule)
			by = article(s.Verdict)
			if s.Verdict.Allow {
				by = words(article(s.Verdict), basis(s.Verdict.Basis))
			}
		}
		what := text.Clean(s.What)
		if s.Kind == "statement" {
			what = words(text.Lit("said:"), state(cdp.ConsentState(s.What)))
		}
		if s.Kind == "wish" {
			what = words(text.Lit("wishes:"), what)
		}
		t.row(orElse(o.minute(s.At), "unknown"), what, lawful, text.Clean(string(s.Purpose)), by, text.Clean(s.Recipient), text.Clean(string(s.Channel)),
			text.Clean(string(s.Source)), recordID(s.Record), o.show(text.KindText, s.Detail.Reveal()), rule)
	}
	p.table(0, t)
	for _, s := range steps {
		if s.Judged && !s.Verdict.Allow {
			p.line(0, text.Concat(text.Lit("x "), words(o.minute(s.At), text.Clean(s.What), recordID(s.Record)), text.Lit(": "), text.Clean(s.Verdict.Reason)))
		}
	}
	return p.done()
}

// Judged writes a disclosure, or a use, that was judged again.
func Judged(w io.Writer, j cdp.Judged, o Options) error {
	p := newPage(w, o)
	s := j.Share
	what := orElse(text.Clean(s.Recipient), "recipient not named")
	if j.Use != "" {
		what = words(text.Lit("used:"), text.Clean(j.Use))
	}
	p.line(0, words(orElse(o.minute(s.At), "unknown"), what, text.Lit("for"), orElse(text.Clean(string(s.Purpose)), "no purpose"),
		profileID(j.Profile), recordID(s.Record)))
	if j.UnknownThen {
		p.say(2, "then: ? nothing of the record had been learnt")
	} else {
		p.line(2, words(text.Lit("then:"), yes(j.Then), text.Clean(j.Then.Reason), article(j.Then)))
	}
	p.line(2, words(text.Lit("now: "), yes(j.Now), text.Clean(j.Now.Reason), article(j.Now)))
	if j.Differs() {
		p.say(2, "! what was learnt since changed the answer")
	}
	return p.done()
}

// LawfulSum writes the sum of disclosures judged again.
func LawfulSum(w io.Writer, s cdp.LawfulSum, o Options) error {
	p := newPage(w, o)
	p.fact(0, "disclosures", text.Int(s.Shares))
	if s.Uses > 0 {
		p.fact(0, "uses", text.Int(s.Uses))
	}
	p.fact(0, "lawful as known now", text.Int(s.Allowed))
	p.fact(0, "unlawful as known now", text.Int(s.Denied))
	p.fact(0, "lawful then, unlawful now", text.Int(s.Flipped))
	p.fact(0, "unlawful then, lawful now", text.Int(s.Cleared))
	p.fact(0, "record not known then", text.Int(s.UnknownThen))
	for _, rule := range sortedKeys(s.ByRule) {
		p.line(2, words(text.Int(s.ByRule[rule]), text.Clean(rule)))
	}
	return p.done()
}
