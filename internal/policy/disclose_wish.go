package policy

import "cdp-tui/internal/cdp"

// unwanted is the rule of a no to a channel or a topic.
const unwanted = string(Share) + ".preference.unwanted"

// wished judges what the person wishes, as at the record's endpoints: it holds
// for the person, and not for one endpoint only. A disclosure after which nobody
// is spoken to is stopped by a no to all channels, when it is for direct
// marketing.
func (g *gate) wished(p *Part) (cdp.Verdict, bool) {
	j, _ := g.judge(p)
	if j.src == nil {
		return cdp.Verdict{}, false // its controller is not known; nothing of it goes out
	}
	v, until := j.wished(&use{activity: g.uses[0], purpose: g.purpose, facts: []string{"recipient=" + g.d.Recipient, "purpose=" + string(g.d.Purpose)}})
	v.Until = until
	return v, v.Rule != ""
}
