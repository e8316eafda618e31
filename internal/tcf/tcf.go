package tcf

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A String is a decoded TC string.
type String struct {
	Version              int // 2
	Created, LastUpdated time.Time
	CMP, CMPVersion      int // who asked: the consent management platform's id and version
	Screen               int // of the platform's, on which the person chose
	Language             string
	VendorList           int // version of the global vendor list
	Policy               int // version of the policies
	ServiceSpecific      bool
	NonStandardTexts     bool

	SpecialFeatures []int // opted in to: 1 precise location, 2 device scanning
	Consent         []int // purposes consented to
	Interest        []int // purposes for which legitimate interest is established and was not objected to
	PurposeOne      bool  // purpose 1 was not disclosed at all, where the publisher is
	PublisherCC     string

	VendorConsent, VendorInterest []int
	Restrictions                  []Restriction
	Disclosed                     []int // vendors shown to the person
	HasDisclosed                  bool
	Allowed                       []int // out-of-band, deprecated
	Publisher                     *Publisher
}

// A Restriction is what a publisher allows vendors less than they declared.
type Restriction struct {
	Purpose int
	Type    int // 0 not allowed, 1 requires consent, 2 requires legitimate interest
	Vendors []int
}

// Publisher is the publisher TC segment: the publisher's own purposes.
type Publisher struct {
	Consent, Interest             []int
	Custom                        int // how many purposes of its own
	CustomConsent, CustomInterest []int
}

// most is how long a string is read: the longest a conforming one can be is far
// below.
const most = 64 << 10

// Types of segments behind the core.
const (
	segDisclosed = 1
	segAllowed   = 2
	segPublisher = 3
)

// Decode reads a TC string. The error wraps ErrMalformed.
func Decode(s string) (*String, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > most {
		return nil, fmt.Errorf("%w: it is empty, or longer than 64 KiB", ErrMalformed)
	}
	parts := strings.Split(s, ".")
	r := segment("core", parts[0])
	t := &String{Version: r.int(6)}
	if r.err == nil && t.Version != 2 {
		return nil, fmt.Errorf("%w: version %d; known here: 2", ErrMalformed, t.Version)
	}
	t.Created, t.LastUpdated = r.time(), r.time()
	t.CMP, t.CMPVersion, t.Screen = r.int(12), r.int(12), r.int(6)
	t.Language, t.VendorList, t.Policy = r.letters(), r.int(12), r.int(6)
	t.ServiceSpecific, t.NonStandardTexts = r.bool(), r.bool()
	t.SpecialFeatures, t.Consent, t.Interest = r.flags(12), r.flags(24), r.flags(24)
	t.PurposeOne, t.PublisherCC = r.bool(), r.letters()
	t.VendorConsent, t.VendorInterest = r.vendors(), r.vendors()
	for range r.int(12) {
		x := Restriction{Purpose: r.int(6), Type: r.int(2), Vendors: r.ranges(1<<16 - 1)}
		if r.err != nil {
			break
		}
		t.Restrictions = append(t.Restrictions, x)
	}
	if r.err != nil {
		return nil, r.err
	}
	seen := map[int]bool{}
	for _, p := range parts[1:] {
		if err := t.more(p, seen); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// more reads a segment behind the core.
func (t *String) more(s string, seen map[int]bool) error {
	r := segment("segment", s)
	kind := r.int(3)
	switch kind {
	case segDisclosed:
		r.what = "disclosed vendors"
		t.Disclosed, t.HasDisclosed = r.vendors(), true
	case segAllowed:
		r.what = "allowed vendors"
		t.Allowed = r.vendors()
	case segPublisher:
		r.what = "publisher TC"
		p := &Publisher{Consent: r.flags(24), Interest: r.flags(24), Custom: r.int(6)}
		p.CustomConsent, p.CustomInterest = r.flags(p.Custom), r.flags(p.Custom)
		t.Publisher = p
	default:
		if r.err == nil {
			r.err = fmt.Errorf("%w: a segment of an unknown type", ErrMalformed)
		}
	}
	if r.err == nil && seen[kind] {
		r.err = fmt.Errorf("%w: %s stand twice", ErrMalformed, r.what)
	}
	seen[kind] = true
	return r.err
}

// A Finding says what is wrong with a string, or can not be known from it.
type Finding struct {
	Code    string
	Invalid bool // nothing may rest on the string
	Text    string
}

// policyFloor: strings under earlier policies are invalid after policyUntil
// (TCF v2.2, transition period until 30 September 2023).
const policyFloor = 4

func policyUntil() time.Time { return time.Date(2023, 10, 1, 0, 0, 0, 0, time.UTC) }

// Purposes that may rest on consent alone: storing on a device (1), and since
// policies version 4 the profiles of 3 to 6.
func consentOnly(purpose, policy int) bool {
	return purpose == 1 || policy >= policyFloor && 3 <= purpose && purpose <= 6
}

// Findings returns what is wrong with a string at now.
func (t *String) Findings(now time.Time) []Finding {
	var out []Finding
	add := func(invalid bool, code, format string, args ...any) {
		out = append(out, Finding{code, invalid, fmt.Sprintf(format, args...)})
	}
	if t.Policy < policyFloor && !now.Before(policyUntil()) {
		add(true, "policy.old", "policies version %d: invalid after 30 September 2023, which ask for version 4 or later", t.Policy)
	}
	if t.Created.After(now) || t.LastUpdated.After(now) {
		add(true, "time.future", "it is dated in the future")
	}
	if t.LastUpdated.Before(t.Created) {
		add(true, "time.order", "it was updated before it was made")
	}
	for _, p := range t.Interest {
		if consentOnly(p, t.Policy) {
			add(false, "interest.forbidden", "purpose %d can not rest on legitimate interest: that bit is disregarded", p)
		}
	}
	if !t.HasDisclosed {
		add(false, "disclosed.missing", "which vendors were shown to the person is not stated (mandatory since TCF v2.3, April 2025)")
	}
	shown := func(v int) bool { return !t.HasDisclosed || slices.Contains(t.Disclosed, v) }
	hidden := 0
	for _, v := range t.VendorConsent {
		if !shown(v) {
			hidden++
		}
	}
	if hidden > 0 {
		add(false, "vendor.hidden", "%d vendors have consent that were not shown to the person", hidden)
	}
	if len(t.Interest) < purposes {
		add(false, "interest.ambiguous", "for the purposes without a bit of legitimate interest, nobody can tell from it whether none was established or the person objected")
	}
	add(false, "features.undecided", "features 1 (match and combine data from other sources, such as a loyalty card in store) and 2 (link devices) are declared by vendors and not decided by the person: where a link rests on them, look into the vendor list %d", t.VendorList)
	return out
}

// Valid reports whether anything may rest on the string at now.
func (t *String) Valid(now time.Time) bool {
	return !slices.ContainsFunc(t.Findings(now), func(f Finding) bool { return f.Invalid })
}
