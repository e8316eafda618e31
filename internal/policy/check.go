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
	idForm       = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	dpvForm      = regexp.MustCompile(`^(dpv:|https://w3id\.org/dpv#)[A-Z][A-Za-z0-9]*$`)
	specialForm  = regexp.MustCompile(`^(A9-2-[a-j]|A10)$`)
	transferForm = regexp.MustCompile(`^(A45-3|A46-2-[a-f]|A46-3-[ab]|A49-1-[a-g]|A49-2)$`)
	categoryForm = regexp.MustCompile(`^[a-z0-9_:-]+(\.[a-z0-9_-]+)*$`)
)

// checker looks for what a register means, after its form was found right.
type checker struct {
	f    *rulefile.File
	r    *Register
	law  *law
	errs []*rulefile.Error
}

// bad notes a mistake at a path, with what to do.
func (c *checker) bad(path, hint, format string, args ...any) {
	c.errs = append(c.errs, c.f.Errorf(path, format, args...).WithHint("%s", hint))
}

func (c *checker) register() {
	r := c.r
	c.consent(r.Consent)
	if d := r.Quarantine.Days; d < 1 || d > 365 {
		c.bad("$.quarantine.days", "data without a basis must not stay: 30 is usual", "quarantine lasts 1 to 365 days, not %d", d)
	}
	controllers := ids(c, "controllers", r.Controllers, func(x Controller) string { return x.ID })
	purposes := ids(c, "purposes", r.Purposes, func(x Purpose) string { return string(x.ID) })
	recipients := ids(c, "recipients", r.Recipients, func(x Recipient) string { return x.ID })
	activities := ids(c, "activities", r.Activities, func(x Activity) string { return string(x.ID) })
	ids(c, "sources", r.Sources, func(x Source) string { return string(x.ID) })

	for i, x := range r.Controllers {
		p := fmt.Sprintf("$.controllers[%d]", i)
		c.filled(p+".name", x.Name)
		c.country(p+".country", x.Country)
	}
	for i, x := range r.Purposes {
		c.purpose(fmt.Sprintf("$.purposes[%d]", i), x)
	}
	c.ages(r.Ages)
	c.grounds(r.Grounds)
	notices := c.notices(r.Notices, purposes)
	for i, x := range r.Recipients {
		c.recipient(fmt.Sprintf("$.recipients[%d]", i), x)
	}
	c.compatibility(r.Compatible, purposes)
	for i, x := range r.Activities {
		c.activity(fmt.Sprintf("$.activities[%d]", i), x, purposes, recipients, activities)
	}
	for i, x := range r.Sources {
		c.source(fmt.Sprintf("$.sources[%d]", i), x, controllers, activities, notices)
	}
}

func (c *checker) purpose(p string, x Purpose) {
	c.filled(p+".title.en", x.Title.EN)
	if !dpvForm.MatchString(x.DPV) {
		c.bad(p+".dpv", "write a term of the Data Privacy Vocabulary such as dpv:CustomerOrderManagement or dpv:DirectMarketing",
			"%q is no DPV purpose", x.DPV)
	}
	if len(x.Categories) == 0 {
		c.bad(p+".categories", "list what the purpose needs, such as [user.contact, user.name] (Art. 5(1)(c))",
			"purpose %q needs no data at all", x.ID)
	}
	if x.Validity != nil && x.Validity.IsZero() {
		c.bad(p+".consent_validity", "write how long, such as P2Y", "a consent would last for no time at all")
	}
	for i, k := range x.Categories {
		if !categoryForm.MatchString(k) {
			c.bad(fmt.Sprintf("%s.categories[%d]", p, i), "write a path such as user.contact.email", "%q is no data category", k)
		}
	}
}

func (c *checker) activity(p string, x Activity, purposes, recipients, activities []string) {
	if x.ID == noLink {
		c.bad(p+".id", "choose another name", `"none" means no activity`)
	}
	c.known(p+".purpose", "purpose", string(x.Purpose), purposes)
	bases := make([]string, 0, 6)
	for _, b := range cdp.Bases() {
		bases = append(bases, string(b))
	}
	if c.oneOf(p+".basis", "basis of Art. 6(1)", string(x.Basis), bases...) {
		c.proof(p, x, purposes)
	}
	if x.Condition != "" && !specialForm.MatchString(x.Condition) {
		c.bad(p+".condition", "write A9-2-a to A9-2-j (Art. 9(2)) or A10 (criminal convictions)", "%q is no condition for special categories", x.Condition)
	}
	if x.Condition == "A10" && strings.TrimSpace(x.Law) == "" && strings.TrimSpace(x.ConditionLaw) == "" {
		c.bad(p+".condition", "add condition_law: with the citation (Art. 10: authorised by Union or Member State law)", "criminal convictions without the law that allows it")
	}
	if x.Contract != nil && x.Contract.EndsWith != "" {
		c.known(p+".contract.ends_with", "activity", string(x.Contract.EndsWith), activities)
	}
	c.measures(p+".measures", x.Measures)
	if d := x.DPIA; d != nil && d.Date != nil && d.ReviewBy != nil && d.ReviewBy.Compare(*d.Date) <= 0 {
		c.bad(p+".dpia.review_by", "write the day by which it is to be looked at again", "the review of %s is not after the assessment of %s", d.ReviewBy, d.Date)
	}
	if x.ValidFrom != nil && x.ValidTo != nil && x.ValidTo.Compare(*x.ValidFrom) < 0 {
		c.bad(p+".valid_to", "the day is the last one on which the activity is valid", "the activity ends on %s, before it begins on %s", x.ValidTo, x.ValidFrom)
	}
	if x.Retention.Period.IsZero() {
		c.bad(p+".retention.period", "write how long, such as P3Y or P30D", "the data would be kept for no time at all")
	}
	c.oneOf(p+".retention.start", "start of retention", x.Retention.Start, starts()...)
	if x.Retention.Action != "" {
		c.oneOf(p+".retention.action", "action at the end of retention", x.Retention.Action, "erase", "anonymise", "restrict")
	}
	for i, id := range x.Recipients {
		c.known(fmt.Sprintf("%s.recipients[%d]", p, i), "recipient", id, recipients)
	}
}

// proof checks that the basis has its proof, and no other basis' proof stands
// beside it: a reader could not tell which of the two is meant.
func (c *checker) proof(p string, x Activity, purposes []string) {
	for _, q := range []struct {
		name  string
		given bool
		for1  cdp.BasisKind
		for2  cdp.BasisKind
	}{
		{"consent", x.Consent != nil, cdp.BasisConsent, ""},
		{"contract", x.Contract != nil, cdp.BasisContract, ""},
		{"law", x.Law != "", cdp.BasisLaw, cdp.BasisPublicTask},
		{"vital", x.Vital != nil, cdp.BasisVital, ""},
		{"balancing", x.Balancing != nil, cdp.BasisLegitimate, ""},
	} {
		if q.given && x.Basis != q.for1 && x.Basis != q.for2 {
			c.bad(p+"."+q.name, "remove it, or make an activity of its own: one activity has one basis",
				"%s: is no proof of basis %s", q.name, x.Basis)
		}
	}
	switch x.Basis {
	case cdp.BasisConsent:
		if x.Consent != nil && x.Consent.Purpose != "" {
			c.known(p+".consent.purpose", "purpose", string(x.Consent.Purpose), purposes)
		}
	case cdp.BasisContract:
		if x.Contract == nil {
			c.bad(p+".basis", "add contract: {ref: ..., evidence: source} or evidence: ground", "basis contract without the contract")
			return
		}
		c.filled(p+".contract.ref", x.Contract.Ref)
		c.oneOf(p+".contract.evidence", "evidence of a contract", x.Contract.Evidence, "source", "ground")
	case cdp.BasisLaw, cdp.BasisPublicTask:
		if strings.TrimSpace(x.Law) == "" {
			c.bad(p+".basis", "add law: with the citation, such as law: AO §147 (Art. 6(3): laid down by Union or Member State law)",
				"basis %s without the law", x.Basis)
		}
	case cdp.BasisVital:
		if x.Vital == nil || strings.TrimSpace(x.Vital.Ref) == "" {
			c.bad(p+".basis", "add vital: {ref: ...} that says whose interest, and where it is written down", "basis vital_interest without its reason")
		}
	case cdp.BasisLegitimate:
		// A missing or failed test is not a mistake of form: the register loads, and
		// every question about the activity is denied with what is missing.
		if b := x.Balancing; b != nil {
			c.filled(p+".balancing.author", b.Author)
			c.oneOf(p+".balancing.outcome", "outcome of a balancing test", b.Outcome, "passed", "failed")
			if b.ReviewBy.Compare(b.Date) <= 0 {
				c.bad(p+".balancing.review_by", "write the day by which the test is to be looked at again", "the review of %s is not after the test of %s", b.ReviewBy, b.Date)
			}
		}
	}
}

// ids checks the ids of a list and returns them.
func ids[T any](c *checker, list string, items []T, id func(T) string) []string {
	out := make([]string, 0, len(items))
	seen := make(map[string]int, len(items))
	for i, x := range items {
		name, path := id(x), fmt.Sprintf("$.%s[%d].id", list, i)
		switch first, twice := seen[name]; {
		case !idForm.MatchString(name):
			c.bad(path, "begin with a letter or digit; then a-z 0-9 . _ - up to 64 characters", "%q is no id", name)
		case twice:
			c.bad(path, "choose another id", "id %q is already used in line %d", name, c.f.At(fmt.Sprintf("$.%s[%d].id", list, first)).Line)
		default:
			seen[name] = i
			out = append(out, name)
		}
	}
	return out
}

func (c *checker) known(path, what, id string, have []string) bool {
	if slices.Contains(have, id) {
		return true
	}
	hint := "none is declared in this register"
	if len(have) > 0 {
		hint = "declared: " + strings.Join(have[:min(len(have), 12)], ", ")
		if len(have) > 12 {
			hint += " ..."
		}
	}
	c.bad(path, hint, "%s %q is not declared", what, id)
	return false
}

func (c *checker) oneOf(path, what, got string, want ...string) bool {
	if slices.Contains(want, got) {
		return true
	}
	c.bad(path, "write one of: "+strings.Join(want, ", "), "%q is no %s", got, what)
	return false
}

func (c *checker) filled(path, s string) {
	if strings.TrimSpace(s) == "" {
		c.bad(path, "write it out: it is printed in answers to people and authorities", "this is empty")
	}
}

func (c *checker) country(path, s string) {
	if !countryForm.MatchString(s) {
		c.bad(path, "write the two capital letters of ISO 3166-1, such as DE, RO, TR", "%q is no country", s)
	}
}
