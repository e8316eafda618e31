package mapping

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// What must never be stored: passwords and their hashes, tokens, keys, the
// data of payment cards. Names are known in English, German, Romanian, Turkish
// and French; the list errs on the side of leaving out, and says so in a note.

// within a name, wherever they stand: no other word holds them.
var secretParts = []string{"password", "passwd", "passwort", "passwörter", "kennwort", "passphrase", "parola", "parolă", "parolei", "parole_hash",
	"şifre", "sifre", "motdepasse", "mot_de_passe", "mot de passe", "creditcard", "kreditkarte", "cardnumberfull", "apikey", "privatekey", "secretkey",
	"accesstoken", "refreshtoken", "sessiontoken", "authtoken", "bearertoken", "clientsecret", "securitycode", "kartenpruef", "kartenprüf"}

// as a word of a name.
var secretWords = map[string]bool{"pwd": true, "passw": true, "pw": true, "secret": true, "secrets": true, "credential": true, "credentials": true,
	"cvv": true, "cvv2": true, "cvc": true, "cvc2": true, "csc": true, "encoder": true, "salt": true, "bearer": true, "jwt": true, "otp": true, "totp": true, "mfa": true, "geheimnis": true, "mdp": true}

// as a whole name, or after a word that makes it so.
var secretPairs = map[string]bool{"api key": true, "private key": true, "secret key": true, "access key": true, "credit card": true, "user pass": true, "login pass": true, "card pan": true, "cc number": true, "cc num": true,
	"security code": true, "kredi karti": true, "kredi kartı": true, "carte bancaire": true, "card cvv": true}

// words before token that make it the name of a device rather than a key.
var harmlessTokens = map[string]bool{"device": true, "push": true, "fcm": true, "apns": true, "registration": true, "member": true, "transient": true}

// NeverStored reports whether a column or field of this name holds what must
// never be stored: it is left out before anything else sees a row.
func NeverStored(name string) bool {
	low := strings.ToLower(name)
	for _, p := range secretParts {
		if strings.Contains(low, p) {
			return true
		}
	}
	ws := words(name)
	for i, w := range ws {
		if secretWords[w] {
			return true
		}
		if i > 0 && secretPairs[ws[i-1]+" "+w] {
			return true
		}
	}
	n := len(ws)
	if n == 0 {
		return false
	}
	switch ws[n-1] {
	case "token", "tokens":
		return n == 1 || !harmlessTokens[ws[n-2]]
	case "pin", "pan", "pass":
		return n == 1
	}
	return false
}

// words splits a name at separators and humps: userPassword -> user password.
func words(name string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	var last rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(last):
			flush()
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		last = r
	}
	flush()
	return out
}

var hashPrefixes = []string{"$2a$", "$2b$", "$2x$", "$2y$", "$argon2", "$1$", "$5$", "$6$", "$7$", "$y$", "$P$", "$H$", "$apr1$", "$scrypt$", "$pbkdf2",
	"{SSHA", "{SHA", "{SMD5", "{MD5}", "{CRYPT}", "{PBKDF2", "pbkdf2_", "pbkdf2:", "scrypt:", "bcrypt", "argon2", "sha1$", "md5$", "eyJhbGciOi", "Bearer ", "-----BEGIN"}

// SecretForm says what a value is by its form: "password hash", "token or
// key", "payment card number", or "".
func SecretForm(s string) string {
	if len(s) < 12 {
		return ""
	}
	switch s[0] {
	case '$', '{', 'p', 's', 'b', 'a', 'm', 'e', 'B', '-':
		for _, p := range hashPrefixes {
			if !strings.HasPrefix(s, p) {
				continue
			}
			switch p {
			case "eyJhbGciOi", "Bearer ", "-----BEGIN":
				return "token or key"
			case "bcrypt", "argon2":
				if !strings.ContainsAny(s[len(p):min(len(s), len(p)+4)], "$:_") {
					continue
				}
			}
			return "password hash"
		}
	case '3', '4', '5', '6', '2':
		if cardNumber(s) {
			return "payment card number"
		}
	}
	return ""
}

// cardNumber reports whether s, but for blanks and dashes, is a number that a
// payment card can bear (ISO/IEC 7812: issuer range and check digit).
func cardNumber(s string) bool {
	if len(s) > 23 {
		return false
	}
	var d [20]byte
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if n == len(d) {
				return false
			}
			d[n] = c - '0'
			n++
		case c == ' ' || c == '-':
		default:
			return false
		}
	}
	two := int(d[0])*10 + int(d[1])
	four := two*100 + int(d[2])*10 + int(d[3])
	switch n {
	case 15:
		if two != 34 && two != 37 {
			return false
		}
	case 16:
		if d[0] != 4 && (two < 51 || two > 55) && (four < 2221 || four > 2720) && four != 6011 && two != 65 {
			return false
		}
	default:
		return false
	}
	sum := 0
	for i := range n {
		x := int(d[n-1-i])
		if i%2 == 1 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}

var (
	secretText = regexp.MustCompile(`\$2[abxy]\$|\$argon2|\$[156]\$|\$[PH]\$|\{SSHA|\{SHA|\{MD5\}|\{CRYPT\}|pbkdf2[_:]|eyJhbGciOi|Bearer |-----BEGIN`)
	keyText    = regexp.MustCompile(`"((?:[^"\\]|\\.){1,120})"\s*:`)
)

// secretRaw reports whether the text of a row that could not be read may hold
// what must never be stored.
func secretRaw(raw []byte) bool {
	if secretText.Match(raw) {
		return true
	}
	for _, m := range keyText.FindAllSubmatch(raw, -1) {
		var key string
		if json.Unmarshal([]byte(`"`+string(m[1])+`"`), &key) != nil || NeverStored(key) {
			return true
		}
	}
	return holdsCard(raw)
}

// holdsCard reports whether a text holds the number of a payment card, in one
// piece or in groups, whatever digits stand around it.
func holdsCard(b []byte) bool {
	digit := func(i int) bool { return i >= 0 && i < len(b) && b[i] >= '0' && b[i] <= '9' }
	for from := range b {
		if !digit(from) || digit(from-1) {
			continue
		}
		n := 0
		for i := from; i < len(b) && n < 16; i++ {
			switch {
			case digit(i):
				n++
				if n >= 15 && !digit(i+1) && cardNumber(string(b[from:i+1])) {
					return true
				}
				continue
			case (b[i] == ' ' || b[i] == '-') && digit(i+1):
				continue
			}
			break
		}
	}
	return false
}

// scrub takes out of a tree the fields whose names must never be stored. It
// copies what it changes. seen is told the name of each.
func (p *Mapper) scrub(v any, seen func(name string)) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		var out map[string]any
		cut := func() {
			if out == nil {
				out = make(map[string]any, len(v))
				for k, x := range v {
					out[k] = x
				}
			}
		}
		for k, x := range v {
			if p.secretKey(k) {
				cut()
				delete(out, k)
				if x != nil && x != "" {
					seen(k)
				}
				continue
			}
			if y, changed := p.scrub(x, seen); changed {
				cut()
				out[k] = y
			}
		}
		if out != nil {
			return out, true
		}
	case []any:
		var out []any
		for i, x := range v {
			if y, changed := p.scrub(x, seen); changed {
				if out == nil {
					out = append([]any(nil), v...)
				}
				out[i] = y
			}
		}
		if out != nil {
			return out, true
		}
	}
	return v, false
}

// secretKey is NeverStored with a memory, because files repeat their keys.
func (p *Mapper) secretKey(k string) bool {
	if is, known := p.keys[k]; known {
		return is
	}
	is := NeverStored(k)
	if len(p.keys) < 10_000 && len(k) < 200 {
		p.keys[k] = is
	}
	return is
}

// redact takes values out of a tree that are secret by their form.
func redact(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		if SecretForm(v) != "" {
			return nil, true
		}
	case json.Number:
		if cardNumber(string(v)) {
			return nil, true
		}
	case map[string]any:
		out, changed := make(map[string]any, len(v)), false
		for k, x := range v {
			y, c := redact(x)
			out[k], changed = y, changed || c
		}
		return out, changed
	case []any:
		out, changed := make([]any, len(v)), false
		for i, x := range v {
			y, c := redact(x)
			out[i], changed = y, changed || c
		}
		return out, changed
	}
	return v, false
}
