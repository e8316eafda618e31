package policy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// Categories of the attributes on which a consent can depend.
const (
	categoryBirth   = "user.demographic.date_of_birth"
	categoryCountry = "user.contact.address.country"
)

var countryCode = regexp.MustCompile(`^[A-Za-z]{2}$`)

// A Person is what the judgement of a person's statements depends on besides
// them (Art. 8).
type Person struct {
	// Born is the birth date: the latest one where they differ, and where one can
	// be read in two ways, so that nobody passes for older than they may be. Zero
	// when nothing says it.
	Born    time.Time
	Country string // where the person lives, ISO 3166-1 alpha-2; "" when nothing says it, or when it differs
	// Doubt says why the birth date is not known although one is stated:
	// BirthUnreadable or BirthAmbiguous; "" where it is known, or none is stated.
	Doubt string
}

// What may be wrong with a birth date that is stated.
const (
	BirthUnreadable = "unreadable" // no day on which somebody living was born
	BirthAmbiguous  = "ambiguous"  // 3/4/1989 is a day in March or in April
)

// Unreadable reports whether a birth date is stated of which nothing can be
// known: the person may be a child.
func (p Person) Unreadable() bool { return p.Doubt == BirthUnreadable }

// PersonOf reads a person from attributes of all their records.
func PersonOf(attributes []cdp.Attribute) (p Person) {
	differ, unread, sure := false, false, time.Time{}
	for i := range attributes {
		a := &attributes[i]
		switch a.Category {
		case categoryBirth:
			day, doubt := birthDate(a.Value.Reveal())
			switch {
			case doubt == "" && day.After(sure):
				sure = day
			case doubt == BirthUnreadable:
				unread = true
			}
			if day.After(p.Born) {
				p.Born = day
			}
		case categoryCountry:
			if value := strings.TrimSpace(a.Value.Reveal()); countryCode.MatchString(value) {
				code := string([]byte{value[0] &^ 0x20, value[1] &^ 0x20}) // capitals
				differ = differ || p.Country != "" && p.Country != code
				p.Country = code
			}
		}
	}
	if differ {
		p.Country = ""
	}
	switch {
	case p.Born.After(sure): // that is the later reading of a date
		p.Doubt = BirthAmbiguous
	case p.Born.IsZero() && unread:
		p.Doubt = BirthUnreadable
	}
	return p
}

// birthDoubt says what is wrong with a birth date among attributes, "" for
// nothing.
func birthDoubt(attributes []cdp.Attribute) (doubt string) {
	for i := range attributes {
		if a := &attributes[i]; a.Category == categoryBirth {
			if _, d := birthDate(a.Value.Reveal()); d != "" && doubt != BirthUnreadable {
				doubt = d
			}
		}
	}
	return doubt
}

// noDay is the last of the days that systems fill in where they know none
// (1900-01-01, 1901-01-01); nobody born before it lives.
var noDay = time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC)

// partial are a day and month without a year, as profiles and vCards have them
// (08-14, --08-14, --0814): they say nothing about age.
var partial = regexp.MustCompile(`^(--)?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])$`)

// birthDate reads a birth date that its mapping did not: ISO 8601, extended or
// basic (as vCard has it), with or without a time; year first with other signs;
// and day first with dots, as German, Romanian and Turkish have it. With
// slashes or dashes the month may stand first: where both are days, the later
// one is given, with the doubt. The day is zero when none can be read.
func birthDate(value string) (day time.Time, doubt string) {
	value = strings.TrimSpace(value)
	if value == "" || partial.MatchString(value) {
		return time.Time{}, ""
	}
	if before, _, timed := strings.Cut(value, ":"); timed { // midnight, somewhere
		value = before[:max(strings.LastIndexAny(before, "T "), 0)]
	}
	if len(value) >= 8 && strings.Trim(value[:8], "0123456789") == "" && (len(value) == 8 || value[8] == 'T') {
		value = value[:4] + "-" + value[4:6] + "-" + value[6:8]
	}
	parts := strings.FieldsFunc(value, func(r rune) bool { return r < '0' || r > '9' })
	sign := noDigit(value)
	if len(parts) != 3 || len(sign) != 2 || sign[0] != sign[1] || !strings.ContainsRune(".-/", rune(sign[0])) {
		return time.Time{}, BirthUnreadable
	}
	if len(parts[0]) == 4 {
		return one(civil(parts[0], parts[1], parts[2]))
	}
	dayFirst, monthFirst := civil(parts[2], parts[1], parts[0]), civil(parts[2], parts[0], parts[1])
	switch {
	case sign[0] == '.' || monthFirst.IsZero() || dayFirst.Equal(monthFirst):
		return one(dayFirst)
	case dayFirst.IsZero():
		return one(monthFirst)
	case monthFirst.After(dayFirst):
		return monthFirst, BirthAmbiguous
	}
	return dayFirst, BirthAmbiguous
}

// noDigit returns a text without its digits and blanks.
func noDigit(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

func one(day time.Time) (time.Time, string) {
	if day.IsZero() {
		return day, BirthUnreadable
	}
	return day, ""
}

// civil returns a day of the calendar on which somebody living may have been
// born, zero for what is none. A year is written with four digits: the century
// of a person's birth is not guessed.
func civil(year, month, day string) time.Time {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if len(year) != 4 || len(month) > 2 || len(day) > 2 || t.Month() != time.Month(m) || t.Day() != d || !t.After(noDay) {
		return time.Time{}
	}
	return t
}

// Of returns the terms of a register for a person.
func (r *Register) Of(p Person) Terms {
	return Terms{Register: r, Born: p.Born, Country: p.Country, BirthUnread: p.Unreadable()}
}

// rules reports whether the register's rules are about an event: those of
// another regulation are left alone.
func (t *Terms) rules(c *cdp.Consent) bool {
	return t.Register != nil && regulationOf(c) == t.Register.Consent.Regulation
}

// child reports whether a permission was given by a child alone (Art. 8(1)), or
// by somebody who may be one: by the age that the law of the person's country
// had when it was said, or when it was learnt where the source does not say.
func (t *Terms) child(c *cdp.Consent) bool {
	if t.Born.IsZero() && !t.BirthUnread || c.Speaker.Responsible() || !t.rules(c) {
		return false
	}
	if p := t.Register.purposes[c.Purpose]; p != nil && p.Society != nil && !*p.Society {
		return false
	}
	said := c.At
	if said.IsZero() {
		said = c.Recorded
	}
	a, ok := t.Register.ConsentAge(t.Country, said)
	return ok && (t.Born.IsZero() || Age(t.Born, said) < a.Age)
}

// criminal is the kind of what is under Art. 10; all others are under Art. 9.
const criminal = "criminal"

// Covers reports whether the activity names a condition for a special category,
// besides its basis: one of Art. 9(2), or a law for criminal data (Art. 10). True
// for "", which needs none.
func (a *Activity) Covers(special string) bool {
	switch special {
	case "":
		return true
	case criminal:
		return a.Condition == "A10"
	}
	return strings.HasPrefix(a.Condition, "A9-2-")
}

// CarriesCriminal reports whether an attribute is about criminal convictions or
// offences (Art. 10).
func CarriesCriminal(attributes []cdp.Attribute) bool {
	return slices.ContainsFunc(attributes, func(a cdp.Attribute) bool { return a.SpecialKind() == criminal })
}
