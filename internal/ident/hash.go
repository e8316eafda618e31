package ident

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"cdp-tui/internal/cdp"
)

// Derive returns the hashes of an identifier (see [cdp.Identifier.Hashes]), with
// their tags.
func (c *Canonicaliser) Derive(id cdp.Identifier) []cdp.Identifier {
	out := id.Hashes()
	for i := range out {
		out[i] = c.identifier(out[i].Kind(), out[i].Reveal())
	}
	return out
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
		return s, hashVerdict()
	}
	return s, c.lists.shape(s)
}

func hashVerdict() Verdict {
	return blocked("placeholder.hash", "the value is the hash of a placeholder or of nothing")
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
