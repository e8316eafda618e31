package policy

import (
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

// naive says whether something may be done, for a source of historyRegister.
func naive(q Question, f Facts) bool {
	r, now := f.Register, q.At
	row, _ := restrictedByHand(f.Restrictions, now)
	gone, unreached := suppressedByHand(f.Suppressions, "lindenhof", q.Channel, now)
	switch {
	case gone && q.Act != Link: // nobody is parted
		return false
	case row && q.Act != Link:
		return q.Act == Hold // storage only
	case r == nil || now.Before(r.ValidFrom()):
		return false
	}
	src, _ := r.Source(q.Source.ID)
	id := q.Activity
	if q.Act == Link {
		if id = src.Link; id == "none" || q.Claim != nil && (q.Claim.Blocked != "" || q.Claim.Strength == cdp.LinkNone) {
			return false
		}
	}
	if len(f.Activities) > 0 && q.Act == Link && !slices.Contains(f.Activities, id) || !slices.Contains(src.Activities, id) {
		return false
	}
	a, _ := r.Activity(id)
	p, _ := r.Purpose(a.Purpose)
	if q.Act == Share {
		to, known := r.Recipient(q.Recipient)
		if !known || !slices.Contains(a.Recipients, to.ID) || to.Country == "US" && (to.Transfer == "" || to.TransferTo != nil && !now.Before(to.TransferTo.In(time.UTC).AddDate(0, 0, 1))) {
			return false
		}
	}
	if b := a.Balancing; a.Basis == cdp.BasisLegitimate && (b == nil || b.Outcome != "passed" || now.Before(b.Date.In(time.UTC)) || !now.Before(b.ReviewBy.In(time.UTC).AddDate(0, 0, 1))) {
		return false
	}
	if unreached && p.DirectMarketing && (q.Act == Use || q.Act == Share) || objectedByHand(q, f, a, p) {
		return false
	}
	if a.Basis == cdp.BasisConsent || a.Condition == "A9-2-a" {
		if !consentByHand(q, f, a) {
			return false
		}
	}
	if a.Basis != cdp.BasisConsent && !groundByHand(f, a, r, now) {
		return false
	}
	if (q.Act == Use || q.Act == Share) && (q.Channel != "" || p.DirectMarketing) {
		for _, e := range []cdp.Identifier{mail, phone} {
			var no, yes time.Time // the only topic of the histories is none; channels differ
			forbidden := false
			for _, w := range f.Preferences {
				if !w.Endpoint.Same(e) || w.Wish != cdp.Unwanted && w.Wish != cdp.WishUnreadable || w.Channel != "" && w.Channel != q.Channel {
					continue
				}
				when := w.At
				if when.IsZero() {
					when = w.Recorded
				}
				if when.After(now) {
					if w.Recorded.IsZero() || w.Recorded.After(now) {
						continue
					}
					when = now
				}
				no = when
				lifted := slices.ContainsFunc(f.Preferences, func(x cdp.Preference) bool {
					yes = x.At
					return x.Endpoint.Same(e) && (x.Wish == cdp.Wanted || x.Wish == cdp.WishNone) && (x.Channel == w.Channel || w.Channel == "" && x.Channel == q.Channel) && yes.After(no) && !yes.After(now)
				})
				forbidden = forbidden || !lifted
			}
			if forbidden {
				return false
			}
		}
	}
	return true
}

// heard are the statements of an endpoint that bear on a purpose.
func heard(q Question, f Facts, e cdp.Identifier, p cdp.PurposeID) (out []cdp.Consent) {
	for _, c := range f.Consents {
		no := words[c.State] == "no" || words[c.State] == "objected" || words[c.State] == "void" || words[c.State] == "ended" || c.PreTicked && (words[c.State] == "yes" || words[c.State] == "pending")
		_, known := words[c.State]
		unreadable := c.State == cdp.ConsentUnreadable || !known
		switch {
		case !c.Endpoint.Same(e), c.Controller != "" && c.Controller != "lindenhof", c.Regulation != "" && c.Regulation != "gdpr":
		case q.Channel != "" && c.Channel != "" && c.Channel != q.Channel:
		case c.Purpose == p, c.Purpose == "" && (no || unreadable):
			out = append(out, c)
		}
	}
	return out
}

// views are what an endpoint says of a purpose, for each channel that it names.
func views(q Question, f Facts, e cdp.Identifier, p cdp.PurposeID) (out []hand) {
	all := heard(q, f, e, p)
	if q.Act == Link || q.Channel != "" {
		if len(all) > 0 {
			out = append(out, byHand(f.Register, &f, all, q.At))
		}
		return out
	}
	for _, ch := range []cdp.Channel{"", "email", "sms"} {
		var some []cdp.Consent
		named := false
		for _, c := range all {
			if c.Channel == ch || c.Channel == "" {
				some = append(some, c)
			}
			named = named || c.Channel == ch
		}
		if !slices.ContainsFunc(all, func(c cdp.Consent) bool { return c.Channel == ch && c.Purpose != "" }) {
			// a no to everything over a channel is not undone by a yes that names no channel
			some = slices.DeleteFunc(some, func(c cdp.Consent) bool { return c.Purpose != "" })
		}
		if named {
			out = append(out, byHand(f.Register, &f, some, q.At))
		}
	}
	return out
}

func consentByHand(q Question, f Facts, a Activity) bool {
	good := func(h hand) bool {
		if h.word != "yes" {
			return false
		}
		for _, name := range f.Register.Consent.Require {
			if !h.evidence[name] {
				return false
			}
		}
		if a.Consent != nil && len(a.Consent.Methods) > 0 && !h.twoSteps && !(len(h.methods) > 0 && slices.Contains(h.methods, "double opt-in")) {
			return false
		}
		return a.Condition != "A9-2-a" || h.explicit
	}
	elsewhere, no := false, false
	for _, e := range []cdp.Identifier{mail, phone} {
		here, said := true, false
		for _, h := range views(q, f, e, a.Purpose) {
			if q.Act == Link && q.Claim != nil && e.Same(q.Claim.Identifier) {
				said = said || h.word != "" && h.word != "asked"
				here = here && (good(h) || h.word == "" || h.word == "asked")
				continue
			}
			elsewhere = elsewhere || good(h)
			no = no || h.word == "no" || h.word == "objected" || h.word == "ended" || h.word == "void"
		}
		if said {
			return here
		}
	}
	return elsewhere && !(q.Act == Link && no)
}

func objectedByHand(q Question, f Facts, a Activity, p Purpose) bool {
	if !p.DirectMarketing && a.Basis != cdp.BasisLegitimate && a.Basis != cdp.BasisPublicTask {
		return false
	}
	var no, yes time.Time
	any := false
	for _, e := range []cdp.Identifier{mail, phone} {
		for _, h := range views(q, f, e, p.ID) {
			switch {
			case h.word == "objected" || a.Basis != cdp.BasisConsent && h.word == "no":
				if any = true; h.since.After(no) {
					no = h.since
				}
			case h.word == "yes" && h.since.After(yes):
				yes = h.since
			}
		}
	}
	for _, e := range []cdp.Identifier{mail, phone} {
		for _, h := range views(q, f, e, "any other marketing") { // an objection to all of it is not lifted by a yes to one purpose, unless that is the basis
			if p.DirectMarketing && h.word == "objected" {
				if any = true; h.since.After(no) {
					no = h.since
				}
			}
		}
	}
	return any && !(a.Basis == cdp.BasisConsent && yes.After(no))
}

func groundByHand(f Facts, a Activity, r *Register, now time.Time) bool {
	type term struct{ from, to time.Time }
	var terms []term
	end := func(kinds []string, ref string) (end time.Time) {
		for _, t := range f.Touchpoints {
			if slices.Contains(kinds, t.Kind) && (t.Key == "" || ref == "" || t.Key == ref) && (end.IsZero() || t.At.Before(end)) {
				if end = t.At; end.IsZero() {
					return time.Unix(0, 0)
				}
			}
		}
		return end
	}
	sooner := func(a, b time.Time) time.Time {
		if a.IsZero() || !b.IsZero() && b.Before(a) {
			return b
		}
		return a
	}
	for _, g := range f.Grounds {
		if g.Activity != a.ID {
			continue
		}
		to := g.To
		if a.Contract != nil {
			to = sooner(to, end(a.Contract.EndsOn, g.Ref.Reveal()))
			if on, ok := r.Activity(a.Contract.EndsWith); ok {
				ref, stated := g.Ref.Reveal(), false
				for _, h := range f.Grounds {
					if h.Activity == on.ID {
						stated, ref = true, h.Ref.Reveal()
						to = sooner(to, end(on.Contract.EndsOn, ref))
					}
				}
				if !stated {
					to = sooner(to, end(on.Contract.EndsOn, ref))
				}
			}
		}
		terms = append(terms, term{g.From, to})
	}
	if len(terms) == 0 && a.Contract != nil {
		if a.Contract.Evidence == "ground" {
			return false
		}
		e := end(a.Contract.EndsOn, "")
		return e.IsZero() || now.Before(e)
	}
	return len(terms) == 0 || slices.ContainsFunc(terms, func(t term) bool {
		return !now.Before(t.from) && (t.to.IsZero() || now.Before(t.to))
	})
}

// TestDecideDifferential compares Decide with the naive evaluator over random
// histories, under several registers.
func TestDecideDifferential(t *testing.T) {
	const letter = "{id: letter, purpose: newsletter, basis: consent,"
	registers := []*Register{
		historyRegister(t, "2025-01-01"),
		historyRegister(t, "2025-01-01", "{validity: P1Y, confirm_within: P14D}", "{require: [time, notice], confirm_within: P2D}"),
		historyRegister(t, "2025-01-01", "{validity: P1Y, confirm_within: P14D}", "{require: [], validity: P4D}", letter, letter+" consent: {methods: [double opt-in]},"),
		historyRegister(t, "2026-01-04", letter, "{id: letter, purpose: newsletter, basis: legitimate_interest, balancing: {date: 2025-02-01, author: us, outcome: passed, review_by: 2027-01-09},"),
		historyRegister(t, "2025-01-01", "link: letter", "link: sale", letter, letter+" condition: A9-2-a,"),
		historyRegister(t, "2025-01-01", "{id: account, purpose: orders,", "{id: account, purpose: newsletter, condition: A9-2-a,"),
	}
	outcomes := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		f := genHistory(t)
		for i := range f.Consents {
			f.Consents[i].Explicit = rapid.Bool().Draw(t, "explicit")
			f.Consents[i].Speaker = rapid.SampledFrom([]cdp.Speaker{"", "", cdp.ByParent}).Draw(t, "speaker")
			f.Consents[i].Regulation = rapid.SampledFrom([]string{"", "gdpr", "gdpr", "ccpa"}).Draw(t, "regulation")
		}
		f.Register = registers[rapid.IntRange(0, len(registers)-1).Draw(t, "register")]
		f.Restrictions = genSometimes(t, "restricted", genRestrictions)
		f.Suppressions = genSometimes(t, "suppressed", genSuppressions)
		q := Question{Act: rapid.SampledFrom([]Act{Hold, Link, Use, Share}).Draw(t, "act"), Source: from("shop"), Recipient: rapid.SampledFrom([]string{"mailer", "nobody"}).Draw(t, "to"),
			Channel: rapid.SampledFrom([]cdp.Channel{"", "", "email"}).Draw(t, "channel"), At: genTime(t)}
		if q.Act == Link && rapid.Bool().Draw(t, "by the mail") {
			c := claims(mail)[0]
			q.Claim = &c
		}
		for _, q.Activity = range []cdp.ActivityID{"letter", "sale", "warranty", "account", "check", "scopes", "invoices"} {
			got, want := Decide(q, f), naive(q, f)
			if got.Allow != want {
				t.Fatalf("%s for %s: %s (%s), by hand %v", q.Act, q.Activity, got.Rule, got.Reason, want)
			}
			outcomes[got.Rule]++
		}
	})
	if len(outcomes) < 40 {
		t.Errorf("only %d rules came about: the test shows little", len(outcomes))
	}
}
