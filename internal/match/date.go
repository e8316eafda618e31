package match

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"cdp-tui/internal/ident"
)

// A date is a day of birth. Years written with two digits are below 100: which
// century is meant is not known, so only their last two digits are compared.
type date struct{ year, month, day int }

// A birth is a birth date as it may be read: 3/4/1970 is a day in March or in
// April, the likelier one first.
type birth []date

// firstYear and lastYear bound birth years; what is outside is a slip or a
// placeholder.
const firstYear, lastYear = 1880, 2099

// parseBirth reads a birth date in the spellings in which sources deliver them:
// 1970-04-03 (with or without a time), 19700403, 3.4.1970, 4/3/70, 3-Apr-70,
// April 3, 1970. It returns nil for what is none of them, no day of the
// calendar, or a known placeholder.
func parseBirth(s string) birth {
	if len(s) > 64 {
		return nil
	}
	parts, sep := dateParts(ident.Fold(s))
	switch {
	case len(parts) == 1 && len(parts[0]) == 8:
		p := parts[0]
		return births(numbers(p[:4], p[4:6], p[6:]), numbers(p[4:], p[2:4], p[:2]))
	case len(parts) < 3 || len(parts) > 3 && !strings.ContainsRune(s, ':'): // more is a time of day
		return nil
	}
	a, b, c := parts[0], parts[1], parts[2]
	switch {
	case monthOf(a) > 0:
		return births(named(c, a, b))
	case monthOf(b) > 0 && len(a) == 4:
		return births(named(a, b, c))
	case monthOf(b) > 0:
		return births(named(c, b, a))
	case len(a) == 4:
		return births(numbers(a, b, c))
	case sep == '.':
		return births(numbers(c, b, a), numbers(c, a, b))
	case sep == '/':
		both := birth{numbers(c, a, b), numbers(c, b, a)}
		return slices.Compact(slices.DeleteFunc(both, func(d date) bool { return !d.valid() }))
	}
	return births(numbers(c, b, a), numbers(c, a, b))
}

// births returns the first date that is one.
func births(readings ...date) birth {
	for _, d := range readings {
		if d.valid() {
			return birth{d}
		}
	}
	return nil
}

// dateParts cuts a text into its runs of digits and of letters, and gives the
// first sign between them.
func dateParts(s string) (parts []string, sep rune) {
	start, kind := 0, 0
	for i, r := range s + " " {
		k := 0
		switch {
		case r >= '0' && r <= '9':
			k = 1
		case unicode.IsLetter(r):
			k = 2
		}
		if k == kind {
			continue
		}
		if kind != 0 {
			parts = append(parts, s[start:i])
		}
		if k == 0 && sep == 0 && i > 0 {
			sep = r
		}
		start, kind = i, k
	}
	return parts, sep
}

func numbers(year, month, day string) date {
	y, errY := strconv.Atoi(year)
	m, errM := strconv.Atoi(month)
	d, errD := strconv.Atoi(day)
	if errY != nil || errM != nil || errD != nil || len(year) != 4 && len(year) != 2 || len(month) > 2 || len(day) > 2 {
		return date{}
	}
	return date{y, m, d}
}

func named(year, month, day string) date {
	return numbers(year, strconv.Itoa(monthOf(month)), day)
}

// months are how the names of months begin in the languages of our sources:
// English, German, Romanian, Turkish and French, folded.
var months = [12][]string{
	{"jan", "ian", "oca"}, {"feb", "fev", "sub"}, {"mar", "mrz"}, {"apr", "avr", "nis"}, {"may", "mai"},
	{"jun", "iun", "haz", "juin"}, {"jul", "iul", "tem", "juil"}, {"aug", "agu", "aou"}, {"sep", "eyl"},
	{"oct", "okt", "eki"}, {"nov", "noi", "kas"}, {"dec", "dez", "ara"},
}

func monthOf(s string) int {
	if len(s) < 3 || s[0] <= '9' {
		return 0
	}
	for i, begins := range months {
		for _, b := range begins {
			if strings.HasPrefix(s, b) {
				return i + 1
			}
		}
	}
	return 0
}

// valid reports whether d is a day of the calendar on which somebody may have
// been born, and no known placeholder.
func (d date) valid() bool {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.year < 0 || d.year > 99 && d.year < firstYear || d.year > lastYear {
		return false
	}
	days := [12]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[d.month-1]
	if d.month == 2 && (d.year%4 != 0 || d.year%100 == 0 && d.year > 99 && d.year%400 != 0) {
		days = 28
	}
	return d.day <= days && d != date{1900, 1, 1} && d != date{1901, 1, 1}
}

// sameYear compares centuries only where both are known.
func (d date) sameYear(e date) bool {
	if d.year < 100 || e.year < 100 {
		return d.year%100 == e.year%100
	}
	return d.year == e.year
}

// digits writes d as YYMMDD, or YYYYMMDD when long.
func (d date) digits(long bool) string {
	n := d.year%100*10000 + d.month*100 + d.day
	width := 6
	if long {
		n, width = d.year*10000+d.month*100+d.day, 8
	}
	s := strconv.Itoa(n)
	return "00000000"[:max(0, width-len(s))] + s
}

// compareBirths gives the best of all readings.
func compareBirths(as, bs []birth) Field {
	best := Field{Name: FieldBirth, How: Missing, Why: "at most one side has a birth date that may be compared"}
	for _, a := range as {
		for _, b := range bs {
			best = best.or(compareBirth(a, b))
		}
	}
	return best
}

func compareBirth(a, b birth) Field {
	f := Field{Name: FieldBirth}
	if a[0].sameYear(b[0]) && a[0].month == b[0].month && a[0].day == b[0].day {
		return f.as(Exact, birthExact, "the same day")
	}
	f = f.as(Differs, birthDiffers, "another day")
	for i, d := range a {
		for j, e := range b {
			switch {
			case i == 0 && j == 0 && d.sameYear(e) && d.month == e.day && d.day == e.month:
				f = f.or(f.as(Swapped, birthSwapped, "day and month exchanged"))
			case d.sameYear(e) && d.month == e.month && d.day == e.day:
				f = f.or(f.as(Swapped, birthSwapped, "the same day if one is read month first"))
			case nearDates(d, e):
				f = f.or(f.as(Near, birthNear, "one slip apart"))
			case d.sameYear(e) && d.month == e.day && d.day == e.month:
				f = f.or(f.as(Swapped, birthSwapped, "day and month exchanged"))
			}
		}
	}
	return f
}

func nearDates(d, e date) bool {
	long := d.year > 99 && e.year > 99
	return withinOne(d.digits(long), e.digits(long))
}
