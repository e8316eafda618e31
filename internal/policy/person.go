package policy

import (
	"regexp"
	"slices"
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
		value := a.Value.Reveal()
		switch {
		case a.Category == categoryBirth && len(value) >= len(time.DateOnly):
			if day, err := time.Parse(time.DateOnly, value[:len(time.DateOnly)]); err == nil && day.After(born) {
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

// CarriesCriminal reports whether an attribute is about criminal convictions or
// offences (Art. 10).
func CarriesCriminal(attributes []cdp.Attribute) bool {
	return slices.ContainsFunc(attributes, func(a cdp.Attribute) bool { return a.Special == "criminal" })
}
