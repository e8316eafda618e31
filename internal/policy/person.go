package policy

import (
	"regexp"
	"slices"
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

// PersonOf reads from attributes what a consent depends on besides what was
// said (Art. 8): the birth date, the latest one where they differ, and the
// country, "" where they differ. Both are zero when nothing says them.
func PersonOf(attributes []cdp.Attribute) (born time.Time, country string) {
	differ := false
	for i := range attributes {
		a := &attributes[i]
		value := strings.TrimSpace(a.Value.Reveal())
		switch {
		case a.Category == categoryBirth:
			if day := birthDate(value); day.After(born) {
				born = day
			}
		case a.Category == categoryCountry && countryCode.MatchString(value):
			code := string([]byte{value[0] &^ 0x20, value[1] &^ 0x20}) // capitals
			differ = differ || country != "" && country != code
			country = code
		}
	}
	if differ {
		country = ""
	}
	return born, country
}

// birthDate reads an ISO 8601 date, extended or basic (as vCard has it), with or
// without a time; zero when it is none.
func birthDate(value string) time.Time {
	for _, layout := range [...]string{time.DateOnly, "20060102"} {
		if len(value) >= len(layout) {
			if day, err := time.Parse(layout, value[:len(layout)]); err == nil {
				return day
			}
		}
	}
	return time.Time{}
}

// CarriesCriminal reports whether an attribute is about criminal convictions or
// offences (Art. 10).
func CarriesCriminal(attributes []cdp.Attribute) bool {
	return slices.ContainsFunc(attributes, func(a cdp.Attribute) bool { return a.Special == "criminal" })
}
