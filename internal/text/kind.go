package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kinds of values by which Mask decides what is left to see, besides those of
// identifiers, which are named by their own words (cookie, login ...).
const (
	KindPlain    = "plain" // says too little about a person to be masked: a language, a country, a file
	KindKey      = "key"   // of a row in its source: masked only when it holds an address or a number
	KindEmail    = "email"
	KindPhone    = "phone"
	KindName     = "name"
	KindBirthday = "birthday"
	KindAddress  = "address"
	KindText     = "text"  // nothing is left
	KindOther    = "other" // a few characters at the ends are left, so that two values can be told apart
)

// Hides returns the kind by which a value is masked, and whether it is at all:
// one of KindPlain never is, one of KindKey as KindOfKey says.
func Hides(kind, raw string) (string, bool) {
	if kind == KindKey {
		kind = KindOfKey(raw)
	}
	return kind, kind != KindPlain
}

// KindOfAttribute is how an attribute is masked, by its name. One of a special
// category (Art. 9, Art. 10 GDPR) leaves nothing, whatever its name is.
func KindOfAttribute(name, special string) string {
	return KindOfSpecial(special, kindOfName(name))
}

func kindOfName(name string) string {
	n := Fold(name)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(n, p) {
				return true
			}
		}
		return false
	}
	switch n {
	case "language", "locale", "country", "currency", "timezone", "time_zone":
		return KindPlain
	}
	switch {
	case has("birth", "age", "gender", "sex", "salutation", "title"):
		return KindBirthday
	case has("mail"):
		return KindEmail
	case has("phone", "mobile", "fax", "tel"):
		return KindPhone
	case has("address", "street", "zip", "postal", "postcode", "house", "geo", "latitude", "longitude", "location"):
		return KindAddress
	case has("text", "note", "comment", "message", "review", "password", "token"):
		return KindText
	case has("name", "city", "town", "initial", "company"):
		return KindName
	}
	return KindOther
}

// KindOfSpecial is how a value is masked that may be of a special category:
// nothing is left of one that is; of another, what otherwise says.
func KindOfSpecial(special, otherwise string) string {
	if special != "" {
		return KindText
	}
	return otherwise
}

// KindOfLabel is how a value is masked of which only an attribute's name is
// known, not whether its category is special: where the name does not say what
// it is, nothing is left.
func KindOfLabel(name string) string {
	if k := kindOfName(name); k != KindOther {
		return k
	}
	return KindText
}

// KindOfFact is how a value is masked that tells of a delivery or of a consent
// rather than of a person: lineage and evidence name the row's key, the file,
// the notice and the method. Any other name is one of an attribute.
func KindOfFact(name string) string {
	switch name {
	case "file", "notice", "method":
		return KindPlain
	case "record", "record key", "key":
		return KindKey
	}
	return KindOfLabel(name)
}

// KindOfKey is how the key of a row is masked: as an e-mail address or a phone
// number when it holds one; as an identifier when it holds the number of a card
// in its groups, the address of a device, a word (which may be a name, or what
// somebody was taken for), a UUID or another long token, which name an account,
// a device or a browser. Else it is KindPlain: the short numbers that systems
// give their rows join an answer with the system it came from. A plain number
// without + or leading zero could be a phone number but is far more often a
// serial one, and is shown.
func KindOfKey(key string) string {
	key = strings.NewReplacer("%40", "@", "%2B", "+", "%2b", "+").Replace(key) // as in an address of the web
	if strings.ContainsAny(key, "@＠﹫") {
		return KindEmail
	}
	for _, part := range strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(":|;,=", r) }) {
		if phoneLike(part) {
			return KindPhone
		}
	}
	for part := range strings.FieldsFuncSeq(key, func(r rune) bool { return strings.ContainsRune(":/|;,=", r) }) {
		if cardLike(part) {
			return KindOther
		}
	}
	if wordLike(key) {
		return KindOther
	}
	for i := range key {
		if end := i + deviceLength; end <= len(key) && deviceLike(key[i:end]) && !alnum(key[:i], true) && !alnum(key[end:], false) {
			return KindOther
		}
	}
	return KindPlain
}

// cardLike reports whether s is 10 or more digits in groups: 7700 1200 3000.
func cardLike(s string) bool {
	digits, gaps := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case r == ' ' || r == '-':
			gaps++
		default:
			return false
		}
	}
	return digits >= 10 && gaps > 0
}

// Lengths from which letters are a word, and letters and digits with no sign
// but a hyphen or low line between them a token.
const (
	wordLength  = 4
	tokenLength = 24
)

// wordLike reports whether s holds a word or a token.
func wordLike(s string) bool {
	letters, signs, lettered := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters, signs, lettered = letters+1, signs+1, true
		case unicode.IsMark(r):
		case unicode.IsDigit(r), r == '-', r == '_':
			letters, signs = 0, signs+1
		default:
			letters, signs, lettered = 0, 0, false
		}
		if letters >= wordLength || lettered && signs >= tokenLength {
			return true
		}
	}
	return false
}

const deviceLength = len("02:00:00:00:00:00")

// alnum reports whether s ends, or begins, with a letter or digit.
func alnum(s string, end bool) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if end {
		r, _ = utf8.DecodeLastRuneInString(s)
	}
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// deviceLike reports whether s is the hardware address of a device: six pairs
// of hexadecimal digits with colons or hyphens between them.
func deviceLike(s string) bool {
	if len(s) != deviceLength {
		return false
	}
	for i, r := range s {
		if i%3 == 2 {
			if r != ':' && r != '-' {
				return false
			}
		} else if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return true
}

// phoneLike reports whether s holds a + and seven digits anywhere after it, or
// is, apart from the signs people write between them, 7 to 15 digits that begin
// with 0. Signs and digits of full width are such too.
func phoneLike(s string) bool {
	digits, after := 0, 0
	plus, pure, zero := false, true, false
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			if digits == 0 {
				zero = r == '0' || r == '０'
			}
			digits++
			if plus {
				after++
			}
		case strings.ContainsRune("+＋﹢", r):
			plus = true
		case !unicode.IsSpace(r) && !strings.ContainsRune("()-./－（）．／", r):
			pure = false
		}
	}
	return after >= 7 || pure && zero && digits >= 7 && digits <= 15
}
