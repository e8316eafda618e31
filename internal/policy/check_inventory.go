package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

var (
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	hashForm     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	measureForm  = regexp.MustCompile(`^(dpv:|https://w3id\.org/dpv#)[A-Z][A-Za-z0-9]*$`)
)

func (c *checker) consent(x ConsentRules) {
	for i, e := range x.Require {
		c.oneOf(fmt.Sprintf("$.consent.require[%d]", i), "evidence", e, evidenceNames[:]...)
	}
	if x.Regulation == "" {
		c.bad("$.consent.regulation", "write gdpr, or remove the line", "the regulation is empty")
	}
	for _, q := range []struct {
		name string
		is   *rulefile.Period
	}{{"validity", x.Validity}, {"confirm_within", x.Confirm}, {"ask_again_after", x.AskAgain}} {
		if q.is != nil && q.is.IsZero() {
			c.bad("$.consent."+q.name, "write how long, such as P14D or P2Y, or remove the line", "this is no time at all")
		}
	}
}

// notices checks the versions of what people are told, and returns their ids.
func (c *checker) notices(list []Notice, purposes []string) []string {
	var out []string
	for i, x := range list {
		p := fmt.Sprintf("$.notices[%d]", i)
		switch {
		case strings.TrimSpace(x.ID) == "":
			c.bad(p+".id", "write the id by which consents cite it", "this is empty")
		case slices.Contains(out, x.ID):
			c.bad(p+".id", "each version has its own id", "notice %q is declared twice", x.ID)
		default:
			out = append(out, x.ID)
		}
		if len(x.Purposes) == 0 {
			c.bad(p+".purposes", "name the purposes that it tells of", "notice %q is about no purpose", x.ID)
		}
		for k, id := range x.Purposes {
			c.known(fmt.Sprintf("%s.purposes[%d]", p, k), "purpose", string(id), purposes)
		}
		if x.To != nil && x.To.Compare(x.From) < 0 {
			c.bad(p+".valid_to", "the day is the last one on which it was shown", "the notice ends on %s, before it begins on %s", x.To, x.From)
		}
		var seen []string
		for k, t := range x.Texts {
			q := fmt.Sprintf("%s.texts[%d]", p, k)
			switch {
			case !languageForm.MatchString(t.Language):
				c.bad(q+".language", "write de, ro, tr, en, pt-BR ...", "%q is no language", t.Language)
			case slices.Contains(seen, t.Language):
				c.bad(q+".language", "one text for each language", "language %q stands twice", t.Language)
			}
			seen = append(seen, t.Language)
			if !hashForm.MatchString(t.Hash) {
				c.bad(q+".sha256", "write what sha256sum prints for the text: 64 digits and letters a to f", "this is no SHA-256")
			}
		}
	}
	return out
}

func (c *checker) recipient(p string, x Recipient) {
	c.filled(p+".name", x.Name)
	c.oneOf(p+".kind", "kind of recipient", x.Kind, "internal", "processor", "sub_processor", "joint_controller", "controller", "authority", "data_subject")
	c.country(p+".country", x.Country)
	if x.Transfer != "" && !transferForm.MatchString(x.Transfer) {
		c.bad(p+".transfer", "write A45-3 (adequacy), A46-2-c (standard clauses), A46-2-b (binding rules), A49-1-a ...",
			"%q is no transfer tool of chapter V", x.Transfer)
	}
	if x.Ground != "" {
		l := c.law.with(nil, c.r.Grounds)
		switch g := l.ground(x.Ground); {
		case x.Transfer != "A45-3":
			c.bad(p+".transfer_ground", "write transfer: A45-3, or remove the line", "only a transfer under Art. 45(3) rests on a decision of the Commission")
		case g == nil:
			have := make([]string, len(l.Grounds))
			for i := range l.Grounds {
				have[i] = l.Grounds[i].ID
			}
			c.bad(p+".transfer_ground", "known: "+strings.Join(have, ", ")+"; others go under transfer_grounds:", "transfer ground %q is not known", x.Ground)
		case !slices.Contains(g.Countries, x.Country):
			c.bad(p+".transfer_ground", "it covers "+strings.Join(g.Countries, ", "), "%s does not cover %s", g.Name, x.Country)
		}
	}
	c.measures(p+".measures", x.Measures)
}

func (c *checker) measures(p string, list []string) {
	for i, m := range list {
		if !measureForm.MatchString(m) {
			c.bad(fmt.Sprintf("%s[%d]", p, i), "write a term such as dpv:EncryptionAtRest or dpv:AccessControlMethod", "%q is no DPV measure", m)
		}
	}
}

func (c *checker) source(p string, x Source, controllers, activities, notices []string) {
	c.known(p+".controller", "controller", x.Controller, controllers)
	c.oneOf(p+".collection", "way of collection", x.Collection, "first_party", "third_party")
	if len(x.Activities) == 0 {
		c.bad(p+".activities", "name at least one, or remove the source: without an entry its records are quarantined", "source %q feeds no activity", x.ID)
	}
	for i, id := range x.Activities {
		q := fmt.Sprintf("%s.activities[%d]", p, i)
		if c.known(q, "activity", string(id), activities) && slices.Index(x.Activities, id) < i {
			c.bad(q, "keep one of the two", "activity %q is named twice", id)
		}
	}
	if x.Link != noLink && !slices.Contains(x.Activities, x.Link) {
		c.bad(p+".link", "write one of its activities, or none", "linking rests on %q, which source %q does not feed", x.Link, x.ID)
	}
	if x.Country != "" {
		c.country(p+".country", x.Country)
	}
	if x.Direction != "" {
		c.oneOf(p+".direction", "direction", x.Direction, "in", "out", "both")
	}
	if x.Notice != "" {
		c.known(p+".notice", "notice", x.Notice, notices)
	}
	if x.Sync != nil && x.Sync.IsZero() {
		c.bad(p+".sync", "write how often a delivery is expected, such as P1D", "this is no time at all")
	}
	if x.From != nil && x.To != nil && x.To.Compare(*x.From) < 0 {
		c.bad(p+".valid_to", "the day is the last one of service", "the source ends on %s, before it begins on %s", x.To, x.From)
	}
	c.measures(p+".measures", x.Measures)
}

func (c *checker) compatibility(list []Compatibility, purposes []string) {
	ids(c, "compatibility", list, func(x Compatibility) string { return x.ID })
	for i, x := range list {
		p := fmt.Sprintf("$.compatibility[%d]", i)
		for name, id := range map[string]cdp.PurposeID{"from": x.From, "to": x.To} {
			c.known(p+"."+name, "purpose", string(id), purposes)
		}
		if x.From == x.To {
			c.bad(p+".to", "name another purpose", "a purpose is compatible with itself")
		}
		c.oneOf(p+".verdict", "verdict", x.Verdict, "compatible", "incompatible")
		c.filled(p+".by", x.By)
	}
}

func (c *checker) ages(list []ConsentAge) {
	for i, x := range list {
		p := fmt.Sprintf("$.ages_of_consent[%d]", i)
		if x.Country != "" {
			c.country(p+".country", x.Country)
		}
		if x.Age < 13 || x.Age > 21 {
			c.bad(p+".age", "Member States may go down to 13 (Art. 8(1))", "the age of consent is 13 to 21 years, not %d", x.Age)
		}
		c.filled(p+".law", x.Law)
	}
}

func (c *checker) grounds(list []TransferGround) {
	ids(c, "transfer_grounds", list, func(x TransferGround) string { return x.ID })
	for i, x := range list {
		p := fmt.Sprintf("$.transfer_grounds[%d]", i)
		for k, s := range x.Countries {
			c.country(fmt.Sprintf("%s.countries[%d]", p, k), s)
		}
		if x.To != nil && x.To.Compare(x.From) < 0 {
			c.bad(p+".valid_to", "the day is the last one on which it counted", "the decision ends on %s, before it begins on %s", x.To, x.From)
		}
		c.filled(p+".law", x.Law)
	}
}
