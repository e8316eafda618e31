package tcf

import (
	"strconv"
	"time"
)

// purposes is how many purposes the policies define.
const purposes = 11

// PurposeName returns the policies' short name of a purpose, "" for a number
// that is none.
func PurposeName(n int) string {
	names := [...]string{"store or access information on a device", "limited data to select advertising", "profiles for personalised advertising",
		"personalised advertising by profiles", "profiles to personalise content", "personalised content by profiles", "measure advertising performance",
		"measure content performance", "understand audiences by statistics or combined data", "develop and improve services", "limited data to select content"}
	if n < 1 || n > len(names) {
		return ""
	}
	return names[n-1]
}

// SpecialFeatureName returns the name of a special feature, which takes an opt-in.
func SpecialFeatureName(n int) string {
	switch n {
	case 1:
		return "precise geolocation"
	case 2:
		return "actively scan device characteristics"
	}
	return ""
}

// What a person said of one purpose or special feature.
const (
	Given      = "given"
	Refused    = "refused"
	Unreadable = "unreadable" // the string is invalid
)

// Said is what a string says of one purpose, as an event of a consent.
type Said struct {
	Name    string // tcf.1 ... tcf.11; tcf.feature.1, tcf.feature.2
	State   string
	At      time.Time
	Until   time.Time // from when on nothing rests on the string; zero when no such day is known
	Granted bool      // as the bit stands
	Claimed bool      // legitimate interest is established; false can mean objected
	Title   string    // of the policies
}

// Said returns what the string says, at now: a consent or a refusal for each
// purpose and special feature, all unreadable where the string is invalid. That
// legitimate interest is claimed is no statement of the person; it stands
// beside the consent.
func (t *String) Said(now time.Time) []Said {
	valid := t.Valid(now)
	state := func(granted bool) string {
		switch {
		case !valid:
			return Unreadable
		case granted:
			return Given
		}
		return Refused
	}
	has := func(list []int, n int) bool {
		for _, x := range list {
			if x == n {
				return true
			}
		}
		return false
	}
	until := time.Time{}
	if t.Policy < policyFloor {
		until = policyUntil()
	}
	var out []Said
	for n := 1; n <= purposes; n++ {
		if n == 1 && t.PurposeOne {
			continue // not disclosed, so nothing was said
		}
		granted := has(t.Consent, n)
		out = append(out, Said{"tcf." + strconv.Itoa(n), state(granted), t.LastUpdated, until, granted, has(t.Interest, n) && !consentOnly(n, t.Policy), PurposeName(n)})
	}
	for n := 1; n <= 2; n++ {
		granted := has(t.SpecialFeatures, n)
		out = append(out, Said{"tcf.feature." + strconv.Itoa(n), state(granted), t.LastUpdated, until, granted, false, SpecialFeatureName(n)})
	}
	return out
}
