package ident

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"strings"
	"sync"

	"cdp-tui/internal/cdp"
)

// Limits, in bytes.
const (
	MaxRaw       = 4096 // of a value as a source writes it
	MaxCanonical = 512  // of a canonical value, issuer included
)

// An Outcome says what became of a raw identifier.
type Outcome uint8

// Outcomes. The zero Outcome is the worst, so that a verdict that nobody set
// links nothing.
const (
	Malformed Outcome = iota // cannot be what it is said to be; no identifier
	Empty                    // nothing there; no identifier
	Blocked                  // an identifier that can be found but must never link: a placeholder, an unassigned number
	Generic                  // an identifier that starts as shared by many: a role mailbox, a service line
	OK
)

func (o Outcome) String() string {
	return [...]string{"malformed", "empty", "blocked", "generic", "ok"}[min(o, OK)]
}

// A Verdict is an outcome and why. It never holds the value.
type Verdict struct {
	Outcome Outcome
	Rule    string // stable name such as "placeholder.word"; "" for OK and Empty
	Reason  string // one sentence for an officer; "" for OK and Empty
}

// Options say what a source knows about its identifiers.
type Options struct {
	Country string // ISO 3166-1 alpha-2; for phone numbers written without their country, and for national ids
	Issuer  string // who gave out the id ("payback", "facebook", "shop.de"): without it a card, customer, order, login, social or cookie id is not unique
	Hashed  string // "sha256" or "md5" when the source delivers the hash of the value in hexadecimal; "" for the value itself
}

// A Canonicaliser makes raw identifiers canonical. It is safe for concurrent
// use.
type Canonicaliser struct {
	lists  *index
	phones phoneCache

	taggers sync.Pool // of *tagger
}

// A tagger makes tags without allocating.
type tagger struct {
	mac hash.Hash // keyed
	buf []byte
}

// New returns a Canonicaliser. The key is secret to the installation: tags,
// which are printed in place of values, are made with it. The lists are taken
// as they are; see [Lists.Check].
func New(tagKey [32]byte, lists Lists) *Canonicaliser {
	c := &Canonicaliser{lists: newIndex(lists)}
	c.taggers.New = func() any { return &tagger{mac: hmac.New(sha256.New, tagKey[:])} }
	return c
}

// Canon returns the canonical identifier for a raw value and what became of
// it. The identifier is zero when the value is malformed or empty. Canon of a
// canonical value, with the same options less Hashed, is that value.
func (c *Canonicaliser) Canon(kind cdp.Kind, raw string, opt Options) (cdp.Identifier, Verdict) {
	if len(raw) > MaxRaw {
		return cdp.Identifier{}, malformed("value.long", "the value is too long to be an identifier")
	}
	s, v := clean(raw)
	if v.Outcome != OK {
		return cdp.Identifier{}, v
	}
	if opt.Hashed != "" {
		hashedKind, ok := hashKind(kind, opt.Hashed)
		if !ok {
			return cdp.Identifier{}, malformed("hash.unknown", "no such hash of this kind of identifier is known")
		}
		kind = hashedKind
	}
	var value string
	switch kind {
	case cdp.KindEmail:
		value, v = c.email(s)
	case cdp.KindPhone:
		value, v = c.phone(s, opt.Country)
	case cdp.KindEmailSHA256, cdp.KindEmailMD5, cdp.KindPhoneSHA256:
		value, v = c.hashed(kind, s)
	case cdp.KindIP:
		value, v = c.ip(s)
	case cdp.KindDevice:
		value, v = c.id(kind, s)
	case cdp.KindNationalID:
		issuer := opt.Issuer
		if issuer == "" {
			issuer = opt.Country
		}
		value, v = c.issued(kind, issuer, s)
	case cdp.KindLoyalty, cdp.KindCookie, cdp.KindSocial, cdp.KindLogin, cdp.KindCRM, cdp.KindOrder, cdp.KindRecord:
		value, v = c.issued(kind, opt.Issuer, s)
	default:
		return cdp.Identifier{}, malformed("kind.unknown", "no such kind of identifier is known")
	}
	if v.Outcome <= Empty {
		return cdp.Identifier{}, v
	}
	if len(value) > MaxCanonical {
		return cdp.Identifier{}, malformed("value.long", "the value is too long to be an identifier")
	}
	return c.identifier(kind, value), v
}

// identifier puts the tag to a canonical value: the first four bytes of
// HMAC-SHA256 over kind, a zero byte and the value.
func (c *Canonicaliser) identifier(kind cdp.Kind, value string) cdp.Identifier {
	t := c.taggers.Get().(*tagger)
	defer c.taggers.Put(t)
	t.mac.Reset()
	t.buf = append(append(append(t.buf[:0], kind...), 0), value...)
	t.mac.Write(t.buf)
	t.buf = t.mac.Sum(t.buf[:0])
	return cdp.NewIdentifier(kind, value, [4]byte(t.buf[:4]))
}

// issued makes the canonical value of an id that is unique within its issuer
// only: issuer, colon, id.
func (c *Canonicaliser) issued(kind cdp.Kind, issuer, s string) (string, Verdict) {
	if !isIssuer(issuer) {
		issuer = strings.ToLower(strings.TrimSpace(issuer))
	}
	if issuer == "" {
		return "", malformed("issuer.missing", "an id of this kind is unique only together with who issued it, and the mapping does not say who")
	}
	if !isIssuer(issuer) {
		return "", malformed("issuer.invalid", "the issuer's name may hold letters, digits and . _ - / only")
	}
	if n := len(issuer); len(s) > n && s[n] == ':' && strings.EqualFold(s[:n], issuer) {
		s = trim(s[n+1:]) // some sources write the prefix themselves
	}
	value, v := c.id(kind, s)
	if v.Outcome <= Empty {
		return "", v
	}
	return issuer + ":" + value, v
}

// isIssuer reports whether s names an issuer in canonical form. The colon is
// kept out, so that no two pairs of issuer and id give the same value.
func isIssuer(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b == '.', b == '_', b == '-', b == '/':
		default:
			return false
		}
	}
	return s != ""
}

func malformed(rule, reason string) Verdict { return Verdict{Malformed, rule, reason} }
func blocked(rule, reason string) Verdict   { return Verdict{Blocked, rule, reason} }
func generic(rule, reason string) Verdict   { return Verdict{Generic, rule, reason} }
