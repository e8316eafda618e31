package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden stands for any number of characters, so that a mask does not tell how
// long the value is.
const hidden = "███"

// Mask hides a value, leaving what an officer needs to tell two values apart.
// What is shown, at most:
//
//	email          first character of the local part (of three or more) and a
//	               top-level domain of 2 to 6 ASCII letters: m███@███.de
//	phone          with a plus, the country code; the first two and last two
//	               digits of seven or more: +49 15█ ███ 12
//	name           the initials of the first three words: W███, M███
//	loyalty, cookie, social, login, crm, order, national_id   what stands before
//	               a colon when it is 1 to 16 of a-z 0-9 _ - (the issuer), and the
//	               rest as any other kind: store:77███01
//	date, birthday, address, text, ip   nothing
//	anything else  of 6 or 7 characters the last two, of 8 to 11 also the first,
//	               of 12 or more the first two and the last two: 77███01
//
// Shorter values show nothing. The same value gives the same mask; different
// values can.
func Mask(kind, s string) Safe {
	if s == "" {
		return Safe{}
	}
	switch kind {
	case KindEmail:
		return Safe{s: maskEmail(s)}
	case KindPhone:
		return Safe{s: maskPhone(s)}
	case KindName:
		return Safe{s: maskName(s)}
	case KindBirthday, KindAddress, KindText, "date", "ip":
		return Safe{s: hidden}
	case "loyalty", "cookie", "social", "login", "crm", "order", "national_id":
		if issuer, rest, ok := strings.Cut(s, ":"); ok && isIssuer(issuer) {
			return Safe{s: issuer + ":" + maskOther(rest)}
		}
	}
	return Safe{s: maskOther(s)}
}

// shown is r where it is harmless, else a block: a mask holds no marks, which
// would spell the character they stand for.
func shown(r rune) string {
	if r == utf8.RuneError || !printable(r) || runeWidth(r) == 0 || r == ' ' {
		return "█"
	}
	return string(r)
}

func maskEmail(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return maskOther(s)
	}
	local, domain := s[:at], s[at+1:]
	out := hidden
	if utf8.RuneCountInString(local) >= 3 {
		r, _ := utf8.DecodeRuneInString(local)
		out = shown(r) + hidden
	}
	out += "@" + hidden
	if dot := strings.LastIndexByte(domain, '.'); dot > 0 && topLevel(domain[dot+1:]) {
		out += domain[dot:]
	}
	return out
}

func topLevel(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return len(s) >= 2 && len(s) <= 6
}

func maskPhone(s string) string {
	digits := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			digits = append(digits, s[i])
		}
	}
	out := ""
	if strings.HasPrefix(strings.TrimLeft(s, " ("), "+") {
		n := countryDigits(digits)
		out = "+" + string(digits[:n]) + " "
		digits = digits[n:]
	}
	if len(digits) < 7 {
		return out + hidden
	}
	return out + string(digits[:2]) + "█ " + hidden + " " + string(digits[len(digits)-2:])
}

// countryDigits is the length of the E.164 country code at the beginning.
func countryDigits(d []byte) int {
	if len(d) < 3 {
		return 0
	}
	if d[0] == '1' || d[0] == '7' {
		return 1
	}
	switch string(d[:2]) {
	case "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
		"51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
		"81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98":
		return 2
	}
	return 3
}

func maskName(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' })
	if len(words) == 0 {
		return hidden
	}
	sep := " "
	if strings.Contains(s, ",") {
		sep = ", "
	}
	var b strings.Builder
	for i, w := range words {
		if i == 3 {
			break
		}
		if i > 0 {
			b.WriteString(sep)
			sep = " "
		}
		r, _ := utf8.DecodeRuneInString(w)
		b.WriteString(shown(r))
		b.WriteString(hidden)
	}
	return b.String()
}

func isIssuer(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 16
}

func maskOther(s string) string {
	r := []rune(s)
	head, tail := 0, 0
	switch n := len(r); {
	case n >= 12:
		head, tail = 2, 2
	case n >= 8:
		head, tail = 1, 2
	case n >= 6:
		tail = 2
	}
	var b strings.Builder
	for _, c := range r[:head] {
		b.WriteString(shown(c))
	}
	b.WriteString(hidden)
	for _, c := range r[len(r)-tail:] {
		b.WriteString(shown(c))
	}
	return b.String()
}
