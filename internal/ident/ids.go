package ident

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cdp-tui/internal/cdp"
)

// id returns the canonical form of an id without its issuer.
func (c *Canonicaliser) id(kind cdp.Kind, s string) (string, Verdict) {
	if s == "" {
		return "", Verdict{Outcome: Empty}
	}
	if c.lists.word(s) {
		return strings.ToLower(s), wordVerdict()
	}
	s = stable(s, func(s string) string { return trim(form(kind, s)) })
	if s == "" {
		return "", Verdict{Outcome: Empty}
	}
	if c.lists.word(s) { // bare now of its separators
		return strings.ToLower(s), wordVerdict()
	}
	if c.lists.formed(kind, s) {
		return s, wordVerdict()
	}
	return s, c.lists.shape(s)
}

// form writes an id as its kind is written.
func form(kind cdp.Kind, s string) string {
	if s == "" {
		return ""
	}
	if u, ok := uuid(s); ok {
		return u
	}
	switch kind {
	case cdp.KindLoyalty, cdp.KindNationalID:
		return squash(s)
	case cdp.KindCRM, cdp.KindOrder:
		return reference(s)
	case cdp.KindLogin:
		if strings.ContainsRune(s, '@') {
			return lowerMail(s)
		}
	case cdp.KindSocial:
		if s[0] == '@' { // handles have no case, subjects do
			return lowerMail(strings.TrimLeft(s, "@ '"))
		}
	}
	return s
}

// uuid returns s in lower case and without braces if it has the form of a
// UUID (RFC 9562), which has no case.
func uuid(s string) (string, bool) {
	if len(s) == 38 && s[0] == '{' && s[37] == '}' {
		s = s[1:37]
	}
	if len(s) != 36 {
		return "", false
	}
	for i := range len(s) {
		b := s[i] | 0x20
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return "", false
			}
		} else if (b < 'a' || b > 'f') && (s[i] < '0' || s[i] > '9') {
			return "", false
		}
	}
	return strings.ToLower(s), true
}

// squash is for numbers that are printed on cards and papers in groups: no
// separators, capitals.
func squash(s string) string {
	return upper(strings.Map(func(r rune) rune {
		if isSeparator(r) {
			return -1
		}
		return r
	}, s))
}

// reference is for customer and order numbers, which people retype: K-4711,
// k 4711 and #K4711 are one. A separator between a letter and a digit says
// nothing and goes; one between two digits may (1-23 is not 12-3) and becomes
// a hyphen. An id that people do not retype is left as it is: longer than
// twenty characters, in mixed case (Salesforce tells 003a from 003A), or with
// other signs.
func reference(s string) string {
	s = strings.TrimLeft(s, "# '")
	if len(s) > 20 {
		return s
	}
	var lower, capital bool
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			lower = true
		case unicode.IsUpper(r):
			capital = true
		case !isSeparator(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return s
		}
	}
	if lower && capital {
		return s
	}
	var b strings.Builder
	var last rune // before the separators
	gap := false
	for _, r := range upper(s) {
		if isSeparator(r) {
			gap = true
			continue
		}
		if gap && last != 0 && unicode.IsDigit(last) == unicode.IsDigit(r) {
			b.WriteByte('-')
		}
		b.WriteRune(r)
		last, gap = r, false
	}
	return b.String()
}

func upper(s string) string {
	if printableASCII(s) {
		return strings.ToUpper(s)
	}
	return norm.NFKC.String(strings.ToUpper(s))
}

// ip returns an address in its canonical text form (RFC 5952). IP addresses
// are shared and pass on: none is evidence of one person.
func (c *Canonicaliser) ip(s string) (string, Verdict) {
	if c.lists.word(s) {
		return strings.ToLower(s), wordVerdict()
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return "", malformed("ip.form", "the value is not an IP address")
	}
	a = a.Unmap()
	switch {
	case a.IsUnspecified(), a.IsLoopback():
		return a.String(), blocked("ip.own", "the address means the machine itself")
	case a.IsPrivate(), a.IsLinkLocalUnicast():
		return a.String(), generic("ip.private", "the address is used anew in every private network (RFC 1918, RFC 4193)")
	}
	return a.String(), Verdict{Outcome: OK}
}
