package match

import (
	"slices"
	"strings"
)

// An address is an address as it is compared: its numbers and its words, in
// any order, since sources write "Suite 900, 1450 N City Rd" and the other way
// round. What every street has (street, rd, no) is left out.
type address struct {
	numbers  []string // house, flat; the house first where it is known
	words    []word
	postcode string
	city     word
	country  string
	shared   bool // by many
}

func newAddress(p place) (address, bool) {
	a := address{city: joined(words(p.city)), country: string(joined(words(p.country)))}
	a.postcode = squashed(p.postcode)
	if p.house != "" {
		for _, w := range words(p.house) {
			a.numbers = append(a.numbers, string(w))
		}
	}
	for _, w := range words(p.street) {
		s := string(w)
		switch {
		case w[0] >= '0' && w[0] <= '9':
			if s != a.postcode && !slices.Contains(a.numbers, s) {
				a.numbers = append(a.numbers, s)
			}
		case streetWords[s] || slices.Equal(w, a.city):
		default:
			a.words = append(a.words, streetStem(w))
		}
	}
	if n := len(a.numbers); a.postcode == "" && n > 1 && len(a.numbers[n-1]) >= 5 { // the whole address in one line
		a.postcode, a.numbers = a.numbers[n-1], a.numbers[:n-1]
	}
	return a, len(a.words) > 0 || len(a.numbers) > 0 || a.postcode != "" || len(a.city) > 0
}

func squashed(s string) string {
	return string(joined(words(s)))
}

// streetStem takes the street from a compound: hauptstrasse and hauptstr are
// one.
func streetStem(w word) word {
	s := string(w)
	for _, end := range []string{"strasse", "str", "straat", "gasse"} {
		if stem, ok := strings.CutSuffix(s, end); ok && len(stem) > 2 {
			return word(stem)
		}
	}
	return w
}

func (a address) spelling() string {
	var b strings.Builder
	for _, n := range a.numbers {
		b.WriteString(n)
		b.WriteByte(' ')
	}
	for _, w := range a.words {
		b.WriteString(string(w))
		b.WriteByte(' ')
	}
	return b.String() + "|" + a.postcode + "|" + string(a.city) + "|" + a.country
}

func compareAddresses(as, bs []address) Field {
	best := Field{Name: FieldAddress, How: Missing, Why: "at most one side has an address that may be compared"}
	for i := range as {
		for j := range bs {
			best = best.or(compareAddress(&as[i], &bs[j]))
		}
	}
	return best
}

func compareAddress(a, b *address) Field {
	f := Field{Name: FieldAddress}
	var (
		postcode = gradeCodes(a.postcode, b.postcode)
		city     = gradeCity(a, b)
		number   = gradeNumbers(a.numbers, b.numbers)
		street   = gradeStreet(a.words, b.words)
		place    = max(postcode, city) // missing, if both are
	)
	if len(a.country) == 2 && len(b.country) == 2 && a.country != b.country { // as ISO codes; else they may be names in two languages
		postcode, city, place = gradeDiffers, gradeDiffers, gradeDiffers
	}
	area := place
	if place == gradeMissing {
		area = gradeNear // nothing speaks against it
	}
	switch {
	case street >= gradeNear && number >= gradeNear && area >= gradeNear && (a.shared || b.shared):
		return f.as(Shared, addressShared, "the same address, which many share")
	case street == gradeSame && number == gradeSame && area >= gradeNear:
		return f.as(Exact, addressExact, "the same street and number")
	case street >= gradeNear && number == gradeSame && area >= gradeNear:
		return f.as(Near, addressNear, "the same number in a street of a similar name")
	case street >= gradeNear && number == gradeNear && area >= gradeNear:
		return f.as(Near, addressNear, "the same street, a similar number")
	case street == gradeMissing && number == gradeSame && postcode == gradeSame:
		return f.as(Near, addressNear, "the same number and postcode, without a street")
	case street == gradeSame && len(a.numbers)+len(b.numbers) == 0 && area >= gradeNear:
		return f.as(Near, addressNumberless, "the same street, both without a number")
	case street == gradeSame && number == gradeSame: // the area differs
		return f.as(Near, addressStreet, "the same street and number in another place")
	case street >= gradeNear && number != gradeDiffers && place >= gradeNear:
		return f.as(Near, addressStreet, "the same street without a number")
	case postcode == gradeSame:
		return f.as(Near, addressArea, "the same postcode only")
	case city == gradeSame:
		return f.as(Near, addressCity, "the same town only")
	case place == gradeMissing && street == gradeMissing:
		return f.as(Missing, 0, "the addresses have no part in common to compare")
	}
	return f.as(Differs, addressDiffers, "another address")
}

func gradeCodes(a, b string) grade {
	switch {
	case a == "" || b == "":
		return gradeMissing
	case a == b:
		return gradeSame
	case len(a) > 3 && (withinOne(a, b) || strings.HasPrefix(a, b) || strings.HasPrefix(b, a) && len(b) > 3): // ZIP and ZIP+4
		return gradeNear
	}
	return gradeDiffers
}

// gradeCity looks for a town also among the words of an address in one line.
func gradeCity(a, b *address) grade {
	switch {
	case len(a.city) > 0 && len(b.city) > 0:
		if slices.Equal(a.city, b.city) {
			return gradeSame
		}
		if nearWords(a.city, b.city) {
			return gradeNear
		}
		return gradeDiffers
	case len(a.city) > 0 && hasWord(b.words, a.city), len(b.city) > 0 && hasWord(a.words, b.city):
		return gradeSame
	}
	return gradeMissing
}

func hasWord(ws []word, w word) bool {
	return slices.ContainsFunc(ws, func(x word) bool { return slices.Equal(x, w) })
}

func gradeNumbers(a, b []string) grade {
	if len(a) == 0 || len(b) == 0 {
		return gradeMissing
	}
	best := gradeDiffers
	for _, x := range a {
		for _, y := range b {
			switch {
			case x == y:
				return gradeSame
			case withinOne(x, y) && max(len(x), len(y)) > 1:
				best = gradeNear
			}
		}
	}
	return best
}

// gradeStreet wants all words of the one with fewer in the other for the same,
// most of its letters for near.
func gradeStreet(a, b []word) grade {
	if len(a) == 0 || len(b) == 0 {
		return gradeMissing
	}
	a, b = shorterFirst(a, b)
	var used uint32
	letters, matched, whole := 0, 0, true
	for _, x := range a {
		letters += len(x)
		found := false
		for j, y := range b {
			if used&(1<<j) == 0 && (slices.Equal(x, y) || nearness(x, y) >= nearShortWord) {
				used |= 1 << j
				matched += len(x)
				found = true
				break
			}
		}
		whole = whole && found
	}
	switch {
	case whole:
		return gradeSame
	case matched*2 >= letters:
		return gradeNear
	}
	if len(a) <= 3 && nearWords(joined(a), joined(b)) { // tarella street, tar ella
		return gradeNear
	}
	return gradeDiffers
}
