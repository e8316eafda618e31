package policy

import (
	"time"

	"cdp-tui/internal/cdp"
)

// unwanted judges what the person wishes: a no to a channel or a topic is
// enforced like an objection, for the person and not for one endpoint only. A
// disclosure after which nobody is spoken to is stopped by a no to all channels,
// when it is for direct marketing.
func (g *gate) unwanted(p *Part) (cdp.Verdict, bool) {
	src := lookup(g.reg, p.Source.ID)
	if len(p.Preferences) == 0 || src == nil {
		return cdp.Verdict{}, false
	}
	for i := range p.Preferences {
		no := &p.Preferences[i]
		if !forbids(no.Wish) || !g.about(no, src.Controller) || g.lifted(no, p.Preferences) {
			continue
		}
		v := g.deny("preference", "the person does not want it "+over(no)+on(no.At), "Art. 21, 25")
		v.Facts = append(v.Facts, "endpoint="+no.Endpoint.String(), "stated by="+string(no.Source))
		return v, true
	}
	return cdp.Verdict{}, false
}

// forbids reports whether a wish is a no; one that can not be read is.
func forbids(w cdp.Wish) bool { return w != cdp.WishUnstated && w != cdp.Wanted && w != cdp.WishNone }

func over(no *cdp.Preference) string {
	if no.Channel == "" {
		return "over any channel"
	}
	return "over this channel"
}

// about reports whether a statement bears on the disclosure.
func (g *gate) about(p *cdp.Preference, controller string) bool {
	switch {
	case p.Controller != "" && p.Controller != controller, p.Topic != "" && p.Topic != string(g.d.Purpose):
		return false
	case g.d.Channel == "":
		return p.Channel == "" && g.purpose.DirectMarketing
	}
	return p.Channel == "" || p.Channel == g.d.Channel
}

// lifted reports whether a no was taken back: by a later statement at the same
// endpoint that is about no more than it.
func (g *gate) lifted(no *cdp.Preference, all []cdp.Preference) bool {
	for i := range all {
		s := &all[i]
		if s.Wish != cdp.Wanted && s.Wish != cdp.WishNone || !s.Endpoint.Same(no.Endpoint) || s.Controller != no.Controller {
			continue
		}
		within := (no.Channel == "" || s.Channel == no.Channel) && (no.Topic == "" || s.Topic == no.Topic)
		covers := (s.Channel == "" || s.Channel == g.d.Channel) && (s.Topic == "" || s.Topic == string(g.d.Purpose))
		if within && covers && !s.At.IsZero() && s.At.After(saidAt(no)) && !s.At.After(g.d.At) {
			return true
		}
	}
	return false
}

// saidAt is when something was said; a no without a time was said when it was
// learnt.
func saidAt(p *cdp.Preference) time.Time {
	if p.At.IsZero() {
		return p.Recorded
	}
	return p.At
}
