package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// A Disclosure asks whether data of a profile may go to a recipient.
type Disclosure struct {
	Register  *Register
	Broken    string // why the register can not be read; "" when it can
	Recipient string // id in the register
	Purpose   cdp.PurposeID
	Channel   cdp.Channel // over which the recipient will speak to the person; "" when it will not
	Topic     string      // about which it will, besides the purpose; "" for none in particular
	Fields    []string    // asked for; empty: all that the purpose needs
	At        time.Time
}

// A Part is one record of a profile as the gate out sees it.
type Part struct {
	Record     cdp.RecordID
	Source     cdp.Source
	Facts      Facts // its Register is not read: that of the Disclosure is
	Claims     []cdp.Claim
	Attributes []cdp.Attribute
	Minor      bool // the person is known to be a child, though the birth date is not
}

// Disclose is the gate out: what of a profile may go to a recipient, for a
// purpose, over a channel. It is a pure function; the order of the parts does
// not matter.
//
// A profile is denied as a whole when the register can not be relied on, when
// the recipient may get nothing for that purpose (Art. 28(3), 30(1)(d), 44),
// when the person is restricted or suppressed (Art. 18(2), 21(3)), when the
// person objected to direct marketing at any endpoint or does not want it over
// that channel (or not now), and when no record of it has a basis. Otherwise each field is allowed, stripped (the purpose does not
// need it, or the record that carries it has no basis for the purpose: Art.
// 5(1)(b), (c), 25) or denied (a special category without a condition; a no at
// that very endpoint).
func Disclose(d Disclosure, parts []Part) cdp.Disclosure {
	g := gate{d: &d, reg: d.Register, parts: slices.Clone(parts)}
	slices.SortFunc(g.parts, func(a, b Part) int { return cmp.Compare(a.Record, b.Record) })
	if v, ok := g.closed(); ok {
		return cdp.Disclosure{Verdict: v}
	}
	if v, ok := g.barred(); ok {
		return cdp.Disclosure{Verdict: v}
	}
	v := g.records()
	if !v.Allow {
		return cdp.Disclosure{Verdict: v}
	}
	for i := range g.parts { // not now, or not until somebody has read how often
		if no, ok := g.wished(&g.parts[i]); ok {
			return cdp.Disclosure{Verdict: no}
		}
	}
	return g.fields(v)
}

// A gate judges one disclosure.
type gate struct {
	d       *Disclosure
	reg     *Register
	parts   []Part
	purpose *Purpose
	uses    []*Activity   // for the purpose, to the recipient
	says    []cdp.Verdict // per part
	by      []*use        // per part: what it rests on; nil when denied
}

func (g *gate) deny(rule, cause, article string) cdp.Verdict {
	v := cdp.Verdict{Rule: string(Share) + "." + rule, Article: article, Register: g.reg.Hash(), Reason: Share.says(false, g.purpose) + cause + ".",
		Facts: []string{"recipient=" + g.d.Recipient, "purpose=" + string(g.d.Purpose)}}
	if g.d.Channel != "" {
		v.Facts = append(v.Facts, "channel="+string(g.d.Channel))
	}
	if g.d.Topic != "" {
		v.Facts = append(v.Facts, "topic="+g.d.Topic)
	}
	return v
}

// closed judges what the register says, whoever the person is.
func (g *gate) closed() (cdp.Verdict, bool) {
	switch {
	case g.d.Broken != "":
		v := g.deny("register.broken", "the activity register can not be read, so no basis is known", "Art. 5(2), 30(1)")
		v.Facts = append(v.Facts, "register: "+g.d.Broken)
		return v, true
	case g.reg == nil:
		return g.deny("register.none", "no activity register is active, so no basis is known", "Art. 5(2), 30(1)"), true
	case g.d.At.Before(g.reg.from):
		v := g.deny("register.later", "this version of the register is in force from "+g.reg.From.String(), "Art. 5(2), 30(1)")
		v.From = g.reg.from
		return v, true
	}
	if g.purpose = g.reg.purposes[g.d.Purpose]; g.purpose == nil {
		return g.deny("purpose.unknown", "the register knows no such purpose", "Art. 5(1)(b), 30(1)(b)"), true
	}
	r := g.reg.recipients[g.d.Recipient]
	switch {
	case strings.TrimSpace(g.d.Recipient) == "":
		return g.deny("recipient.unnamed", "nobody is named as the recipient", "Art. 15(1)(c), 30(1)(d)"), true
	case r == nil:
		return g.deny("recipient.unknown", "the register knows no such recipient", "Art. 30(1)(d)"), true
	}
	for i := range g.reg.Activities {
		if a := &g.reg.Activities[i]; a.Purpose == g.d.Purpose && slices.Contains(a.Recipients, r.ID) {
			g.uses = append(g.uses, a)
		}
	}
	if len(g.uses) == 0 {
		return g.deny("recipient.activity", r.Name+" is no recipient of any activity for it", "Art. 5(1)(b), 30(1)(d)"), true
	}
	return g.recipient()
}

// recipient judges whether the recipient may get anything at all. What it is
// does not depend on the activity.
func (g *gate) recipient() (cdp.Verdict, bool) {
	q := Question{Act: Share, Recipient: g.d.Recipient, Channel: g.d.Channel, At: g.d.At, Activity: g.uses[0].ID}
	j := judge{reg: g.reg, q: &q, f: &Facts{Register: g.reg}}
	v, _, barred := j.recipient(&use{activity: g.uses[0], purpose: g.purpose, facts: g.deny("", "", "").Facts})
	return v, barred
}

// barred judges what holds for the person whatever the record.
func (g *gate) barred() (cdp.Verdict, bool) {
	minor := false
	for i := range g.parts {
		p := &g.parts[i]
		j, _ := g.judge(p)
		if v, ok := j.barred(); ok && !strings.HasSuffix(v.Rule, ".row") {
			return v, true
		}
		minor = minor || g.minor(p)
	}
	for i := range g.parts {
		if v, ok := g.objected(&g.parts[i]); ok {
			return v, true
		}
		if v, ok := g.unreached(&g.parts[i]); ok {
			return v, true
		}
	}
	for i := range g.parts {
		if v, ok := g.wished(&g.parts[i]); ok && v.Rule == unwanted {
			return v, true
		}
	}
	switch {
	case !g.purpose.DirectMarketing:
	case minor:
		return g.deny("minor", "the person is a child, and children's data are not used for direct marketing", "Art. 8, Rec. 38"), true
	case slices.ContainsFunc(g.parts, func(p Part) bool { return p.Facts.BirthUnread && p.Facts.Born.IsZero() }):
		return g.deny("minor.unknown", "a birth date is stated that can not be read, so the person may be a child, and children's data are not used for direct marketing", "Art. 8, Rec. 38"), true
	}
	return cdp.Verdict{}, false
}

// minor reports whether the person is known to be too young to consent alone:
// children are not addressed as customers (Rec. 38).
func (g *gate) minor(p *Part) bool {
	if p.Facts.Born.IsZero() {
		return p.Minor
	}
	of, known := g.reg.OfAge(p.Facts.Born, p.Facts.Country, g.d.At)
	return p.Minor || known && g.d.At.Before(of)
}

// judge prepares to judge a part.
func (g *gate) judge(p *Part) (*judge, *Facts) {
	f := p.Facts
	f.Register = g.reg
	q := &Question{Act: Share, Source: p.Source, Recipient: g.d.Recipient, Channel: g.d.Channel, Topic: g.d.Topic, At: g.d.At}
	return &judge{reg: g.reg, src: lookup(g.reg, p.Source.ID), q: q, f: &f}, &f
}

// objected judges an objection to direct marketing: it holds for all that is
// known of the person, over every channel (Art. 21(3)), also at a record whose
// source feeds no marketing.
func (g *gate) objected(p *Part) (cdp.Verdict, bool) {
	if !g.purpose.DirectMarketing || len(p.Facts.Consents) == 0 {
		return cdp.Verdict{}, false
	}
	j, _ := g.judge(p)
	if j.src == nil {
		return cdp.Verdict{}, false // its controller is not known; nothing of it goes out
	}
	j.q.Channel, j.over = "", g.d.Channel
	for _, a := range g.uses {
		u := useOf(g.reg, a)
		if u == nil {
			continue
		}
		j.q.Activity = a.ID
		if v, _ := j.objected(u); strings.HasSuffix(v.Rule, ".marketing.objected") {
			return v, true
		}
	}
	return cdp.Verdict{}, false
}

// unreached judges the suppression list for direct marketing: it holds for all
// that is known of the person.
func (g *gate) unreached(p *Part) (cdp.Verdict, bool) {
	j, _ := g.judge(p)
	for _, a := range g.uses {
		if u := useOf(g.reg, a); u != nil {
			j.q.Activity = a.ID
			return j.unreached(u)
		}
	}
	return cdp.Verdict{}, false
}

// useOf returns an activity as some source feeds it.
func useOf(r *Register, a *Activity) *use {
	for i := range r.Sources {
		for _, u := range r.sources[r.Sources[i].ID].uses {
			if u.activity == a {
				return u
			}
		}
	}
	return nil
}

// records judges each record, and the profile by them.
func (g *gate) records() cdp.Verdict {
	g.says, g.by = make([]cdp.Verdict, len(g.parts)), make([]*use, len(g.parts))
	var best, worst *cdp.Verdict
	for i := range g.parts {
		g.says[i], g.by[i] = g.record(&g.parts[i])
		v := &g.says[i]
		switch {
		case v.Allow && best == nil:
			best = v
		case !v.Allow && (worst == nil || before(v, worst)):
			worst = v
		}
	}
	switch {
	case best != nil:
		v := *best
		v.Facts = append(slices.Clip(v.Facts), "recipient="+g.d.Recipient)
		return v
	case worst != nil:
		return *worst
	}
	return g.deny("nothing", "there is nothing to send", "Art. 5(1)(c)")
}

// before reports whether a denial tells more than another: what the person
// said before what is not there.
func before(a, b *cdp.Verdict) bool {
	return cmp.Or(cmp.Compare(weight(a), weight(b)), strings.Compare(b.Rule, a.Rule)) > 0
}

func weight(v *cdp.Verdict) int {
	switch {
	case SaidNo(v.Rule):
		return 4
	case v.Rule == "share.channel", strings.HasPrefix(v.Rule, "share.preference."):
		return 3
	case v.Rule == "share.record.purpose":
		return 0
	case strings.HasPrefix(v.Rule, "share.record."), strings.HasPrefix(v.Rule, "share.source."):
		return 1
	}
	return 2
}

// SaidNo reports whether the rule of a verdict rests on what the person said,
// or on what they may demand at any time: a no that recipients must hear of.
func SaidNo(rule string) bool {
	switch _, r, _ := strings.Cut(rule, "."); r {
	case "consent.refused", "consent.withdrawn", "consent.revoked", "consent.objected", "consent.empty", "consent.invalidated",
		"marketing.objected", "legitimate_interest.objected", "public_task.objected", "restricted", "restricted.row", "suppressed", "preference.unwanted":
		return true
	}
	return false
}

// record judges one record: the best of the activities that its source feeds
// for the purpose.
func (g *gate) record(p *Part) (cdp.Verdict, *use) {
	j, f := g.judge(p)
	if v, ok := j.unknown(); ok {
		return v, nil
	}
	var out cdp.Verdict
	for _, u := range j.src.uses {
		switch {
		case u.activity.Purpose != g.d.Purpose:
			continue
		case len(f.Activities) > 0 && !slices.Contains(f.Activities, u.activity.ID):
			if v := j.deny(u, "record.activity", "that activity does not apply to the record", "Art. 5(1)(b)"); out.Rule == "" {
				out = v
			}
			continue
		}
		j.q.Activity, j.about = u.activity.ID, nil
		v := j.decide()
		if !v.Allow && j.q.Channel != "" && u.activity.Basis == cdp.BasisConsent && !SaidNo(v.Rule) && !strings.HasPrefix(v.Rule, "share.preference.") {
			v = g.channel(j, u, v)
		}
		if v.Allow {
			return v, u
		}
		if out.Rule == "" || before(&v, &out) {
			out = v
		}
	}
	if out.Rule == "" {
		out = j.deny(nil, "record.purpose", "the data were collected for other purposes, and no activity of their source serves this one", "Art. 5(1)(b), 6(4)")
	}
	return out, nil
}

// channel tells whether only the channel is wrong.
func (g *gate) channel(j *judge, u *use, v cdp.Verdict) cdp.Verdict {
	any := *j.q
	any.Channel = ""
	k := judge{reg: j.reg, src: j.src, q: &any, f: j.f}
	if w := k.decide(); w.Allow {
		return j.deny(u, "channel", "the person consented to it over another channel only", "Art. 6(1)(a), 7")
	}
	return v
}
