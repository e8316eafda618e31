package cdp

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Hashes returns the hashes under which an identifier is handed to advertisers,
// so that a list of hashes can be traced to people: SHA-256 and MD5 of an
// e-mail address, SHA-256 of a phone number with its plus sign (Google) and
// without it (Meta). Other kinds, and numbers with an extension, have none.
// Their tags are zero.
func (i Identifier) Hashes() []Identifier {
	switch i.kind {
	case KindEmail:
		sum := md5.Sum([]byte(i.value)) // to recognise what others made, not for protection
		return []Identifier{{kind: KindEmailSHA256, value: hexSHA256(i.value)}, {kind: KindEmailMD5, value: hex.EncodeToString(sum[:])}}
	case KindPhone:
		digits, ok := strings.CutPrefix(i.value, "+")
		if !ok || strings.Contains(digits, ";") {
			return nil
		}
		return []Identifier{{kind: KindPhoneSHA256, value: hexSHA256(i.value)}, {kind: KindPhoneSHA256, value: hexSHA256(digits)}}
	}
	return nil
}

// IsHash reports whether a kind is a hash of identifiers of another kind.
func (k Kind) IsHash() bool {
	return k == KindEmailSHA256 || k == KindEmailMD5 || k == KindPhoneSHA256
}

func hexSHA256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
