package report

import (
	"io"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Where writes in which systems data are, who answers for them, and who got them.
func Where(w io.Writer, x cdp.Whereabouts, o Options) error {
	p := newPage(w, o)
	p.fact(0, "profile", profileID(x.Profile))
	p.fact(0, "value", text.Clean(x.Of.ID))
	p.looked(x.Lens)
	p.jurisdiction(x.Place)
	p.head("Systems", len(x.Systems))
	for _, s := range x.Systems {
		p.line(2, words(text.Clean(string(s.Source)), text.Clean(s.System)))
		if x.Of.ID != "" {
			p.fact(4, "holds this value", holders(s.Carrying))
		}
		said := func(name, value string) { p.fact(4, name, orElse(text.Clean(value), "unknown")) }
		said("kind", s.Kind)
		said("owner", s.Owner)
		said("department", s.Department)
		said("controller", s.Controller)
		p.fact(4, "where", orElse(commas(text.Clean(s.Country), text.Clean(s.Region)), "unknown"))
		said("direction", s.Direction)
		p.fact(4, "holds", names(s.Held))
		if len(s.Listed) > 0 {
			p.fact(4, "by the inventory", names(s.Listed))
		}
		p.fact(4, "records", text.Int(s.Records))
		p.fact(4, "latest of this person", orElse(o.minute(s.Seen), "unknown"))
		p.fact(4, "last delivery", orElse(o.minute(s.Last), "unknown"))
		if s.Sync != "" {
			p.fact(4, "expected every", text.Clean(s.Sync))
		}
		if s.Late {
			p.say(4, "! a delivery is overdue")
		}
		if len(s.Unknown) > 0 {
			p.line(4, words(text.Lit("! the inventory does not say:"), names(s.Unknown)))
		}
	}
	p.head("Recipients", len(x.Recipients))
	for _, r := range x.Recipients {
		p.line(2, words(text.Clean(r.Recipient), text.Clean(r.Name), text.Clean(r.Kind)))
		p.fact(4, "where", orElse(commas(text.Clean(r.Country), text.Clean(r.Region)), "unknown"))
		p.fact(4, "department", text.Clean(r.Department))
		p.fact(4, "purposes", orElse(names(r.Purposes), "unknown"))
		p.fact(4, "fields", orElse(names(r.Fields), "not said: it may be all"))
		p.fact(4, "times", text.Int(r.Times))
		if x.Of.ID != "" {
			p.fact(4, "of these with this value", text.Int(r.Carrying))
		}
		p.fact(4, "last", orElse(o.minute(r.Last), "unknown"))
		if len(r.Unknown) > 0 {
			p.line(4, words(text.Lit("! the register does not say:"), names(r.Unknown)))
		}
	}
	return p.done()
}

// holders are the first records that hold a value, and how many more there are.
func holders(list []cdp.RecordID) text.Safe {
	const most = 10
	out := orElse(names(idsOf(list[:min(len(list), most)])), "no")
	if n := len(list) - most; n > 0 {
		out = words(out, text.Lit("and"), text.Int(n), text.Lit("more"))
	}
	return out
}

func (p *page) jurisdiction(j cdp.Jurisdiction) {
	p.fact(0, "country of the person", orElse(text.Clean(j.Country), "unknown"))
	p.fact(0, "supervisory authority", orElse(words(text.Clean(j.Authority), text.Clean(j.AuthorityLaw)), "unknown"))
	for _, c := range j.Controllers {
		p.fact(0, "controller", words(text.Clean(c.ID), text.Clean(c.Name), text.Clean(c.Country)))
		p.fact(2, "its authority", orElse(text.Clean(c.Authority), "unknown"))
	}
	age := text.Lit("unknown")
	if j.Age > 0 {
		age = words(text.Int(j.Age), text.Clean("("+j.AgeLaw+")"))
	}
	p.fact(0, "age of consent", age)
	switch {
	case j.Minor:
		p.say(2, "! the person is below that age")
	case !j.Born:
		p.say(2, "? no birth date that can be read")
	}
}

// SeenBy writes a person as a recipient may see them.
func SeenBy(w io.Writer, x cdp.Seen, o Options) error {
	p := newPage(w, o)
	p.fact(0, "profile", profileID(x.Profile))
	p.fact(0, "recipient", words(text.Clean(x.Recipient), text.Clean(x.Name)))
	p.fact(0, "at", o.instant(x.At))
	p.looked(x.Lens)
	for _, v := range x.Views {
		p.put(0, text.Safe{})
		p.line(0, words(text.Lit("for"), orElse(text.Clean(v.Title.EN), "no purpose"), text.Clean("("+string(v.Purpose)+")")))
		if !v.Verdict.Allow {
			p.line(2, words(text.Lit("x sees nothing:"), text.Clean(v.Verdict.Reason), article(v.Verdict), text.Clean("("+v.Verdict.Rule+")")))
		}
		for _, f := range v.Fields {
			if f.Outcome == cdp.FieldAllowed && v.Verdict.Allow {
				p.fact(2, f.Field, commas(o.fieldValues(f)...))
			}
		}
		for _, f := range v.Fields {
			if f.Outcome != cdp.FieldAllowed || !v.Verdict.Allow {
				p.line(2, words(text.Lit("x"), text.Concat(text.Clean(f.Field), text.Lit(":")), text.Clean(f.Verdict.Reason), article(f.Verdict), text.Clean("("+f.Verdict.Rule+")")))
			}
		}
	}
	if len(x.Views) == 0 {
		p.say(0, "x sees nothing: it is a recipient of no activity of the register (Art. 30(1)(d))")
	}
	p.say(0, "Nothing was sent.")
	return p.done()
}

// fieldValues are the values of a field as they may be shown.
func (o Options) fieldValues(f cdp.FieldVerdict) []text.Safe {
	out := make([]text.Safe, len(f.Values))
	for i, v := range f.Values {
		out[i] = o.show(fieldKind(f), v.Reveal())
	}
	return out
}

// fieldKind is how the values of a field are masked.
func fieldKind(f cdp.FieldVerdict) string {
	if slices.Contains(cdp.Kinds(), cdp.Kind(f.Field)) {
		if cdp.Kind(f.Field) == cdp.KindRecord {
			return text.KindKey
		}
		return f.Field
	}
	return text.KindOfAttribute(f.Field, f.Special)
}
