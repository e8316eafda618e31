package policy

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// A candidate is one value of a field, on one record.
type candidate struct {
	part     int
	name     string
	value    cdp.Value
	category string
	special  string
	claim    *cdp.Claim
}

// Needs reports whether a purpose needs a data category (Art. 5(1)(c)).
func (p *Purpose) Needs(category string) bool {
	for category != "" {
		if slices.Contains(p.Categories, category) {
			return true
		}
		i := strings.LastIndexByte(category, '.')
		category = category[:max(i, 0)]
	}
	return false
}

// fields judges each field of a profile that may go out as such.
func (g *gate) fields(v cdp.Verdict) cdp.Disclosure {
	out := cdp.Disclosure{Verdict: v}
	all := g.candidates()
	reached := g.d.Channel == "" || !spoken(g.d.Channel)
	sent := 0
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].name == all[0].name {
			n++
		}
		f := g.field(all[:n])
		out.Fields = append(out.Fields, f)
		if f.Outcome == cdp.FieldAllowed {
			sent++
			out.Verdict.Until = earliest(out.Verdict.Until, f.Verdict.Until)
			reached = reached || Reaches(g.d.Channel, cdp.Kind(f.Field))
		}
		all = all[n:]
	}
	switch {
	case sent == 0:
		out.Verdict = g.deny("nothing", "none of its fields may go out", "Art. 5(1)(c), 25")
		for _, f := range out.Fields { // the reason that forbids tells more than what is not needed
			if f.Outcome == cdp.FieldDenied {
				out.Verdict = f.Verdict
				break
			}
		}
	case !reached:
		out.Verdict = g.deny("channel.endpoint", "nothing that may go out reaches the person over that channel", "Art. 5(1)(c)")
	}
	return out
}

// spoken reports whether a channel reaches people by an identifier.
func spoken(c cdp.Channel) bool {
	for _, k := range cdp.Kinds() {
		if Reaches(c, k) {
			return true
		}
	}
	return false
}

// Reaches reports whether a kind of identifier is an endpoint of a channel.
func Reaches(c cdp.Channel, k cdp.Kind) bool {
	switch c {
	case "email":
		return k == cdp.KindEmail || k == cdp.KindEmailSHA256 || k == cdp.KindEmailMD5
	case "sms", "call", "fax", "whatsapp", "phone":
		return k == cdp.KindPhone || k == cdp.KindPhoneSHA256
	case "push", "inApp":
		return k == cdp.KindDevice
	case "social":
		return k == cdp.KindSocial
	}
	return false
}

// candidates are the values that could go out, by field, then by record.
func (g *gate) candidates() []candidate {
	n := 0
	for i := range g.parts {
		n += len(g.parts[i].Attributes) + len(g.parts[i].Claims)
	}
	out := make([]candidate, 0, n)
	asked := func(name string) bool { return len(g.d.Fields) == 0 || slices.Contains(g.d.Fields, name) }
	for i := range g.parts {
		p := &g.parts[i]
		for k := range p.Attributes {
			if a := &p.Attributes[k]; asked(a.Name) {
				out = append(out, candidate{part: i, name: a.Name, value: a.Value, category: a.Category, special: a.SpecialKind()})
			}
		}
		for k := range p.Claims {
			c := &p.Claims[k]
			if c.Blocked == "" && asked(string(c.Identifier.Kind())) {
				out = append(out, candidate{part: i, name: string(c.Identifier.Kind()), value: cdp.Value(c.Identifier.Reveal()),
					category: c.Identifier.Kind().Category(), claim: c})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return strings.Compare(a.name, b.name) })
	return out
}

// field judges a field by its candidates: if any may go out it does, with what
// may; of an attribute the latest value, of an identifier each.
func (g *gate) field(all []candidate) cdp.FieldVerdict {
	out := cdp.FieldVerdict{Field: all[0].name}
	var why *cdp.Verdict
	var latest *candidate
	var first cdp.Verdict
	carry := func(list []cdp.RecordID, id cdp.RecordID) []cdp.RecordID {
		if slices.Contains(list, id) {
			return list
		}
		return append(list, id)
	}
	var left []cdp.RecordID
	worst := cdp.FieldAllowed
	for i := range all {
		c := &all[i]
		o, v := g.candidate(c)
		rec := g.parts[c.part].Record
		if o != cdp.FieldAllowed {
			left = carry(left, rec)
			if why == nil || o > worst || o == worst && before(&v, why) {
				why, worst = &v, o
			}
			continue
		}
		if c.special != "" {
			out.Special = c.special
		}
		if first.Rule == "" {
			first = v
		} else {
			first.Until = earliest(first.Until, v.Until)
		}
		switch {
		case c.claim != nil:
			if !slices.Contains(out.Values, c.value) {
				out.Values = append(out.Values, c.value)
			}
			out.Records = carry(out.Records, rec)
		case latest == nil || !g.moment(c).Before(g.moment(latest)):
			if latest == nil || latest.value != c.value {
				out.Records = nil
			}
			latest, out.Records = c, carry(out.Records, rec)
		case latest.value == c.value:
			out.Records = carry(out.Records, rec)
		}
	}
	if first.Rule == "" {
		out.Outcome, out.Verdict, out.Records = worst, *why, left
		return out
	}
	if latest != nil {
		out.Values = append(out.Values, latest.value)
	}
	out.Verdict = first
	return out
}

// candidate judges one value.
func (g *gate) candidate(c *candidate) (cdp.FieldOutcome, cdp.Verdict) {
	v, u := g.says[c.part], g.by[c.part]
	if !v.Allow {
		if SaidNo(v.Rule) {
			return cdp.FieldDenied, v
		}
		return cdp.FieldStripped, v
	}
	p := &g.parts[c.part]
	j, _ := g.judge(p)
	j.q.Activity = u.activity.ID
	switch {
	case c.category == "":
		return cdp.FieldStripped, j.deny(u, "category.unknown", "nobody said what sort of data it is, so it is not known to be needed", "Art. 5(1)(c), 25")
	case !g.purpose.Needs(c.category):
		v := j.deny(u, "minimised", "the purpose does not need it ("+c.category+")", "Art. 5(1)(c), 25")
		return cdp.FieldStripped, v
	case !u.activity.Covers(c.special):
		article := "Art. 9(1)"
		if c.special == criminal {
			article = "Art. 10"
		}
		return cdp.FieldDenied, j.deny(u, "special", "it is of a special category ("+c.special+"), and the activity names no condition for that", article)
	case c.claim == nil || u.activity.Basis != cdp.BasisConsent:
		return cdp.FieldAllowed, v
	}
	return g.endpoint(j, c, v)
}

// endpoint judges an identifier for an activity on consent, which binds to the
// endpoint where it was given: an address or number needs its own; at any other
// endpoint a no is enough to keep it back.
func (g *gate) endpoint(j *judge, c *candidate, v cdp.Verdict) (cdp.FieldOutcome, cdp.Verdict) {
	j.q.Claim = c.claim
	w := j.decide()
	kind := c.claim.Identifier.Kind()
	switch {
	case w.Allow:
		return cdp.FieldAllowed, w
	case SaidNo(w.Rule):
		return cdp.FieldDenied, w
	case Reaches("email", kind) || Reaches("phone", kind): // as a hash, too: it is matched like the address
		return cdp.FieldStripped, w
	}
	return cdp.FieldAllowed, v
}

// moment is when a value was so, or else when it was learnt.
func (g *gate) moment(c *candidate) time.Time {
	f := &g.parts[c.part].Facts
	if f.RecordAt.IsZero() {
		return f.Recorded
	}
	return f.RecordAt
}
