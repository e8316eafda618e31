package ident

import (
	"errors"
	"strings"
	"sync"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// phone returns a number in E.164 form, with ;ext= (RFC 3966) where there is
// an extension: people who share a switchboard are not one person.
func (c *Canonicaliser) phone(s, country string) (string, Verdict) {
	if len(country) == 2 {
		country = strings.ToUpper(country)
	}
	k := phoneKey{s, country}
	if r, ok := c.phones.get(k); ok {
		return r.value, r.verdict
	}
	value, v := c.parsePhone(s, country)
	if len(s) <= maxCached {
		c.phones.put(k, phoneResult{strings.Clone(value), v})
	}
	return value, v
}

func (c *Canonicaliser) parsePhone(s, country string) (string, Verdict) {
	for _, label := range []string{"tel:", "p:"} { // RFC 3966; Meta lead exports
		if len(s) > len(label) && strings.EqualFold(s[:len(label)], label) {
			s = trim(s[len(label):])
		}
	}
	if s == "" {
		return "", Verdict{Outcome: Empty}
	}
	if c.lists.word(s) {
		return strings.ToLower(s), wordVerdict()
	}
	if isScientific(s) {
		return "", malformed("phone.excel", "a spreadsheet has rewritten the number in scientific notation and lost its last digits: export the column as text")
	}
	s = withoutFraction(s)
	number, ext, ok := splitExtension(s)
	if !ok {
		return "", malformed("phone.text", "the value holds words or signs that are not part of a phone number")
	}
	digits := onlyDigits(number)
	if c.lists.word(digits) {
		return digits, wordVerdict()
	}
	if v := c.lists.shape(digits); v.Outcome != OK {
		return digits, v
	}
	n, v := parseNumber(number, digits, country)
	if v.Outcome != OK {
		return "", v
	}
	value := phonenumbers.Format(n, phonenumbers.E164)
	canonical := value
	if ext != "" {
		canonical += ";ext=" + ext
	}
	if nsn := phonenumbers.GetNationalSignificantNumber(n); c.lists.shape(nsn).Outcome != OK {
		return nsn, c.lists.shape(nsn)
	}
	kind := phonenumbers.GetNumberType(n)
	switch {
	case c.lists.dummyPhone(value):
		return canonical, dummyVerdict()
	case kind == phonenumbers.UNKNOWN: // what IsValidNumber asks
		if again, err := phonenumbers.Parse(value, ""); err != nil || phonenumbers.Format(again, phonenumbers.E164) != value {
			return "", malformed("phone.zeros", "the number begins with zeros that no number of its country has")
		}
		return canonical, blocked("phone.unassigned", "the number has a possible length, but its country has not assigned it")
	}
	switch kind {
	case phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.UAN, phonenumbers.VOICEMAIL:
		return canonical, generic("phone.service", "the number is a service line, not one person's")
	}
	return canonical, Verdict{Outcome: OK}
}

func dummyVerdict() Verdict { return blocked("phone.dummy", "the number is a known placeholder") }

// parseNumber reads a number that holds digits and punctuation only.
func parseNumber(number, digits, country string) (*phonenumbers.PhoneNumber, Verdict) {
	international := strings.HasPrefix(strings.TrimLeft(number, "( "), "+")
	if !international && country == "" {
		if !strings.HasPrefix(digits, "00") {
			return nil, malformed("phone.country", "the number does not say its country, nor does the mapping")
		}
		number, international = "+"+digits[2:], true
	}
	if !international && phonenumbers.GetCountryCodeForRegion(country) == 0 {
		return nil, malformed("phone.country", "the country given for this source is not known")
	}
	n, err := phonenumbers.Parse(number, country)
	if !international {
		if plus := missingPlus(digits, country, n, err); plus != nil {
			n, err = plus, nil
		}
	}
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return nil, malformed("phone.country", "the number begins with a country code that does not exist")
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return nil, malformed("phone.short", "the number has too few digits")
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return nil, malformed("phone.long", "the number has too many digits: several numbers in one field?")
	case err != nil:
		return nil, malformed("phone.text", "the value is not a phone number")
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE:
		return n, Verdict{Outcome: OK}
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return nil, malformed("phone.short", "the number has too few digits: the area code is missing, or it is a short code")
	case phonenumbers.TOO_LONG:
		return nil, malformed("phone.long", "the number has too many digits: several numbers in one field?")
	case phonenumbers.INVALID_COUNTRY_CODE:
		return nil, malformed("phone.country", "the number begins with a country code that does not exist")
	}
	return nil, malformed("phone.length", "no number of that country has so many digits")
}

// missingPlus returns the number read as an international one that has lost
// its plus sign (491711234567, what spreadsheets make of +49 171 1234567), if
// that is the better reading, else nil. The library takes it for a national
// number in countries whose numbers vary in length.
func missingPlus(digits, country string, national *phonenumbers.PhoneNumber, err error) *phonenumbers.PhoneNumber {
	if strings.HasPrefix(digits, "00") {
		digits = digits[2:]
	} else if strings.HasPrefix(digits, "0") {
		return nil
	}
	n, perr := phonenumbers.Parse("+"+digits, "")
	if perr != nil || !phonenumbers.IsValidNumber(n) {
		return nil
	}
	if err != nil || !phonenumbers.IsValidNumber(national) {
		return n
	}
	// Both are possible. Where national numbers are written with a leading 0,
	// one that begins with the country's code instead is an international one.
	if int(n.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(country) && phonenumbers.GetNddPrefixForRegion(country, true) == "0" {
		return n
	}
	return nil
}

// isScientific reports whether a spreadsheet wrote s: 4,91711E+11.
func isScientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E")
	mantissa = strings.TrimLeft(mantissa, "+-")
	exponent = strings.TrimLeft(exponent, "+-")
	return ok && mantissa != "" && exponent != "" &&
		strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == ""
}

// withoutFraction undoes what data frames do to whole numbers: 491711234567.0
func withoutFraction(s string) string {
	whole, fraction, ok := strings.Cut(s, ".")
	if ok && len(whole) >= 6 && fraction == "0" && strings.Trim(strings.TrimPrefix(whole, "+"), "0123456789") == "" {
		return whole
	}
	return s
}

// splitExtension takes ";ext=12", "ext. 12", "x12" or "#12" from the end of a
// number, and reports whether the rest is digits and punctuation.
func splitExtension(s string) (number, ext string, ok bool) {
	number = s
	if i := strings.IndexFunc(s, func(r rune) bool { return r == ';' || r == '#' || unicode.IsLetter(r) }); i > 0 {
		number, ext = s[:i], strings.ToLower(s[i:])
		for _, mark := range []string{";ext=", "extension", "ext.", "ext", "durchwahl", "dw", "x", "#"} {
			if rest, found := strings.CutPrefix(ext, mark); found {
				ext = strings.Trim(rest, " .:")
				break
			}
		}
		if ext == "" || len(ext) > 7 || strings.Trim(ext, "0123456789") != "" {
			return "", "", false
		}
	}
	for i, r := range number {
		switch {
		case r >= '0' && r <= '9', isSeparator(r), r == '(', r == ')', r == '[', r == ']', r >= '\u2010' && r <= '\u2015', r == '\u2212':
		case r == '+' && strings.Trim(number[:i], "( +") == "":
		default:
			return "", "", false
		}
	}
	return number, ext, strings.ContainsAny(number, "0123456789")
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// A phoneCache keeps results, since parsing costs some 15 µs and customers
// come back. It holds two generations and drops the older one when the newer
// is full, so it is bounded and what is in use stays.
type phoneCache struct {
	mu         sync.RWMutex
	young, old map[phoneKey]phoneResult
}

type phoneKey struct{ raw, country string }

type phoneResult struct {
	value   string
	verdict Verdict
}

// Bounds of the cache: some 16 MiB in all.
const (
	cacheGeneration = 1 << 15 // numbers in a generation
	maxCached       = 64      // bytes of a number as written; longer ones are rare or hostile
)

func (p *phoneCache) get(k phoneKey) (phoneResult, bool) {
	p.mu.RLock()
	r, ok := p.young[k]
	if !ok {
		r, ok = p.old[k]
	}
	p.mu.RUnlock()
	return r, ok
}

func (p *phoneCache) put(k phoneKey, r phoneResult) {
	k.raw = strings.Clone(k.raw) // not the row it was cut from
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.young == nil || len(p.young) >= cacheGeneration {
		p.old, p.young = p.young, make(map[phoneKey]phoneResult, 1024)
	}
	p.young[k] = r
}
