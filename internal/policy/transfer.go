package policy

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// recipient judges whether a recipient may get data of an activity; until is
// when its contract or its transfer tool ends.
func (j *judge) recipient(u *use) (v cdp.Verdict, until time.Time, barred bool) {
	p := j.reg.recipients[j.q.Recipient]
	deny := func(rule, cause, article string) (cdp.Verdict, time.Time, bool) {
		return j.deny(u, rule, cause, article), time.Time{}, true
	}
	switch {
	case p == nil:
		return deny("recipient.unknown", "the register knows no such recipient", "Art. 30(1)(d)")
	case !slices.Contains(u.activity.Recipients, p.ID):
		return deny("recipient.activity", p.Name+" is no recipient of that activity", "Art. 5(1)(b), 30(1)(d)")
	case (p.Kind == "processor" || p.Kind == "sub_processor") && strings.TrimSpace(p.Contract) == "":
		return deny("recipient.contract", p.Name+" is a processor without a contract", "Art. 28(3)")
	}
	if p.ContractTo != nil {
		if until = after(*p.ContractTo); !j.q.At.Before(until) {
			return deny("recipient.contract_ended", "the contract with "+p.Name+" ended on "+p.ContractTo.String(), "Art. 28(3)")
		}
	}
	rule, cause, article, ends := j.reg.transfer(p, j.q.At)
	if rule != "" {
		return deny(rule, cause, article)
	}
	return v, earliest(until, ends), false
}

// transfer judges the transfer to a recipient at a time: why it may not be made,
// or until when it may.
func (r *Register) transfer(p *Recipient, at time.Time) (rule, cause, article string, until time.Time) {
	if in, ends := r.law.within(p.Country, at); in {
		return "", "", "", ends
	}
	where := p.Name + " is in a third country (" + p.Country + ")"
	if p.Transfer == "" {
		return "recipient.transfer", where + " and the register names no transfer tool", "Art. 44", until
	}
	if p.TransferTo != nil {
		if until = after(*p.TransferTo); !at.Before(until) {
			return "recipient.transfer_ended", where + " and its transfer tool ended on " + p.TransferTo.String(), "Art. 44", until
		}
	}
	if p.Transfer != "A45-3" {
		return "", "", "", until
	}
	g := r.decision(p, at)
	switch {
	case g == nil:
		return "recipient.transfer_adequacy", where + " and no decision of the Commission covers it", "Art. 45(3)", until
	case at.Before(g.From.In(time.UTC)):
		return "recipient.transfer_adequacy", where + " and " + g.Name + " (" + g.Law + ") is in force only from " + g.From.String(), "Art. 45(3)", until
	case g.To != nil && !at.Before(after(*g.To)):
		how := ""
		if g.EndedBy != "" {
			how = " (" + g.EndedBy + ")"
		}
		return "recipient.transfer_annulled", where + " and " + g.Name + " counts no longer" + how, "Art. 45(3)", until
	case g.To != nil:
		until = earliest(until, after(*g.To))
	}
	return "", "", "", until
}

// decision is the one that a recipient names, or else one in force that covers
// its whole country.
func (r *Register) decision(p *Recipient, at time.Time) *TransferGround {
	if p.Ground != "" {
		return r.law.ground(p.Ground)
	}
	var ended *TransferGround
	for i := range r.law.Grounds {
		g := &r.law.Grounds[i]
		if g.Certified || !slices.Contains(g.Countries, p.Country) {
			continue
		}
		if g.holds(at) {
			return g
		}
		ended = g
	}
	return ended
}
