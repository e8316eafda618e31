package ident

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// email returns an address in canonical form: all lower case, the domain in
// ASCII (IDNA 2008, RFC 5891). RFC 5321 leaves the case of the local part to
// its host; no host in use tells "Anna@" from "anna@". Dots and +tags stay:
// which hosts ignore them changes, and folding them merges people.
func (c *Canonicaliser) email(s string) (string, Verdict) {
	if i := strings.LastIndexByte(s, '<'); i >= 0 { // Anna Berg <anna@...>
		inner, ok := strings.CutSuffix(s[i+1:], ">")
		if !ok || strings.ContainsAny(inner, "<>") {
			return "", malformed("email.form", "the value is not one e-mail address")
		}
		s = trim(inner)
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = trim(s[7:])
	}
	s = strings.TrimRight(s, " ,;'")
	if s == "" {
		return "", Verdict{Outcome: Empty}
	}
	s = lowerMail(s)
	if c.lists.word(s) {
		return s, wordVerdict()
	}
	at := strings.IndexByte(s, '@')
	if at < 0 {
		if v := c.lists.shape(s); v.Outcome != OK {
			return s, v
		}
	}
	switch {
	case at < 0:
		return "", malformed("email.at", "the value has no @")
	case strings.IndexByte(s[at+1:], '@') >= 0:
		return "", malformed("email.several", "the value holds more than one @: several addresses in one field?")
	case strings.IndexByte(s, ' ') >= 0:
		return "", malformed("email.blank", "the address holds a blank")
	}
	local, domain := s[:at], strings.TrimSuffix(s[at+1:], ".")
	if !isLocal(local) {
		return "", malformed("email.local", "what stands before the @ is not allowed in an address")
	}
	plain := printableASCII(domain)
	if !plain || strings.Contains(domain, "xn--") {
		ascii, err := idnaProfile().ToASCII(domain)
		if err != nil {
			return "", malformed("email.domain", "what stands after the @ is not a domain name")
		}
		domain = ascii
	}
	reserved := c.lists.reserved(domain)
	if !isDomain(domain) && !(reserved && isLabel(domain)) {
		return "", malformed("email.domain", "what stands after the @ is not a domain name")
	}
	value := s
	if !plain || len(local)+1+len(domain) != len(s) {
		value = local + "@" + domain
	}
	if len(value) > 254 { // RFC 5321 4.5.3.1.3 less the angle brackets
		return "", malformed("email.long", "the address is longer than mail allows")
	}
	return value, c.lists.mail(value, local, domain)
}

// mail says what the lists make of a canonical address.
func (x *index) mail(value, local, domain string) Verdict {
	switch {
	case x.reserved(domain):
		return blocked("email.reserved", "the domain is reserved and belongs to nobody (RFC 2606)")
	case x.emails.has(value):
		return blocked("placeholder.email", "the address is a known placeholder")
	case x.locals.has(local):
		return blocked("placeholder.local", "what stands before the @ is a known placeholder")
	}
	mailbox, _, _ := strings.Cut(local, "+")
	if x.roles.has(mailbox) {
		return generic("email.role", "the mailbox belongs to a role, not to one person (RFC 2142)")
	}
	return Verdict{Outcome: OK}
}

// lowerMail is lower case for addresses. Systems with a Turkish locale turn
// the i of ASCII addresses into İ when they write capitals.
func lowerMail(s string) string {
	if printableASCII(s) {
		return strings.ToLower(s)
	}
	return stable(s, func(s string) string {
		return norm.NFKC.String(strings.Map(visible, strings.ToLower(strings.ReplaceAll(s, "İ", "i"))))
	})
}

// isLocal reports whether s, in lower case, may stand before the @: the
// dot-atom of RFC 5322 with the letters of RFC 6531. Quoted forms are legal
// and not used by people.
func isLocal(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		case r <= unicode.MaxASCII:
			if strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", byte(r)) < 0 {
				return false
			}
		case !unicode.In(r, unicode.L, unicode.M, unicode.N):
			return false
		}
	}
	return true
}

// idnaProfile returns the strict look-up profile; non-transitional, so that
// straße.de is not strasse.de.
func idnaProfile() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(true))
}

// isDomain reports whether s is a host name in lower-case ASCII with at least
// two labels, the last of which is no number (that would be an IP address).
func isDomain(s string) bool {
	if len(s) > 253 {
		return false
	}
	labels, last := 0, ""
	for label := range strings.SplitSeq(s, ".") {
		if !isLabel(label) {
			return false
		}
		labels, last = labels+1, label
	}
	return labels >= 2 && len(last) >= 2 && strings.Trim(last, "0123456789") != ""
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' {
			return false
		}
	}
	return true
}
