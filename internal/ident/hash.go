package ident

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"cdp-tui/internal/cdp"
)

// Derive returns the hashes under which an identifier is handed to
// advertisers, so that a list of hashes can be traced to people: SHA-256 and
// MD5 of an e-mail address, SHA-256 of a phone number with its plus sign
// (Google) and without it (Meta). Other kinds, and numbers with an extension,
// have none.
func (c *Canonicaliser) Derive(id cdp.Identifier) []cdp.Identifier {
	value := id.Reveal()
	switch id.Kind() {
	case cdp.KindEmail:
		return []cdp.Identifier{
			c.identifier(cdp.KindEmailSHA256, hexSHA256(value)),
			c.identifier(cdp.KindEmailMD5, hexMD5(value)),
		}
	case cdp.KindPhone:
		digits, ok := strings.CutPrefix(value, "+")
		if !ok || strings.Contains(digits, ";") {
			return nil
		}
		return []cdp.Identifier{
			c.identifier(cdp.KindPhoneSHA256, hexSHA256(value)),
			c.identifier(cdp.KindPhoneSHA256, hexSHA256(digits)),
		}
	}
	return nil
}

func hashKind(kind cdp.Kind, hash string) (cdp.Kind, bool) {
	switch {
	case kind == cdp.KindEmail && hash == "sha256", kind == cdp.KindEmailSHA256 && hash == "sha256":
		return cdp.KindEmailSHA256, true
	case kind == cdp.KindEmail && hash == "md5", kind == cdp.KindEmailMD5 && hash == "md5":
		return cdp.KindEmailMD5, true
	case kind == cdp.KindPhone && hash == "sha256", kind == cdp.KindPhoneSHA256 && hash == "sha256":
		return cdp.KindPhoneSHA256, true
	}
	return "", false
}

// hashed returns a hash in lower-case hexadecimal.
func (c *Canonicaliser) hashed(kind cdp.Kind, s string) (string, Verdict) {
	s = strings.ToLower(s)
	if c.lists.word(s) {
		return s, wordVerdict()
	}
	size := sha256.Size
	if kind == cdp.KindEmailMD5 {
		size = md5.Size
	}
	if len(s) != 2*size || strings.Trim(s, "0123456789abcdef") != "" {
		return "", malformed("hash.form", "the value is not a hash of that kind in hexadecimal")
	}
	if c.lists.hashes.has(s) {
		return s, blocked("placeholder.hash", "the value is the hash of a placeholder or of nothing")
	}
	return s, c.lists.shape(s)
}

func hexSHA256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// hexMD5 is for recognising hashes that others made, not for protection.
func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
