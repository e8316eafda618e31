package cdp

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// A Kind says what an identifier is. OpenDSR names where they exist.
type Kind string

// The kinds of identifiers.
const (
	KindEmail       Kind = "email"        // whole address, lower case, IDNA domain
	KindPhone       Kind = "phone"        // E.164
	KindLoyalty     Kind = "loyalty"      // issuer:card number
	KindCookie      Kind = "cookie"       // issuer:value
	KindDevice      Kind = "device"       // advertising or vendor id
	KindSocial      Kind = "social"       // provider:subject
	KindLogin       Kind = "login"        // issuer:account id (SSO subject)
	KindCRM         Kind = "crm"          // issuer:customer id
	KindOrder       Kind = "order"        // issuer:order number
	KindNationalID  Kind = "national_id"  // country:number
	KindIP          Kind = "ip"           // address; never links
	KindEmailSHA256 Kind = "email_sha256" // lower-case hex of the canonical e-mail's hash
	KindEmailMD5    Kind = "email_md5"
	KindPhoneSHA256 Kind = "phone_sha256"
	KindRecord      Kind = "record" // source:key; the endpoint of a record that names no other
)

// Kinds are all kinds, in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{KindEmail, KindPhone, KindLoyalty, KindCRM, KindLogin, KindSocial, KindOrder, KindNationalID,
		KindCookie, KindDevice, KindIP, KindEmailSHA256, KindEmailMD5, KindPhoneSHA256, KindRecord}
}

// Category is the data category of an identifier of this kind (Fides taxonomy),
// also of one that could not be read.
func (k Kind) Category() string {
	switch k {
	case KindEmail, KindEmailSHA256, KindEmailMD5:
		return "user.contact.email"
	case KindPhone, KindPhoneSHA256:
		return "user.contact.phone_number"
	case KindNationalID:
		return "user.government_id"
	case KindCookie:
		return "user.device.cookie_id"
	case KindDevice:
		return "user.device.device_id"
	case KindIP:
		return "user.device.ip_address"
	case KindSocial:
		return "user.social"
	case KindLoyalty, KindCRM, KindLogin:
		return "user.account"
	}
	return "user.unique_id"
}

// An Identifier is a kind and a canonical value. Two identifiers are the same
// if and only if kind and value are; compare them with Same or by Key.
//
// It prints as email#1a37e542, where the digits are a tag keyed by the
// installation: enough to see that two lines speak of the same value, not
// enough to guess it.
type Identifier struct {
	kind  Kind
	value string
	tag   [4]byte
}

// NewIdentifier returns the identifier of a value that has been canonicalised
// already (package ident does that), with its keyed tag.
func NewIdentifier(kind Kind, canonical string, tag [4]byte) Identifier {
	return Identifier{kind: kind, value: canonical, tag: tag}
}

// Kind returns what the identifier is.
func (i Identifier) Kind() Kind { return i.kind }

// Reveal returns the canonical value in clear.
func (i Identifier) Reveal() string { return i.value }

// Tag returns the keyed tag, the only part that is safe to print.
func (i Identifier) Tag() [4]byte { return i.tag }

// IsZero reports whether i is no identifier.
func (i Identifier) IsZero() bool { return i.kind == "" && i.value == "" }

// Same reports whether i and j are the same identifier, whatever their tags.
func (i Identifier) Same(j Identifier) bool { return i.kind == j.kind && i.value == j.value }

// IdentifierKey is a comparable key for maps.
type IdentifierKey struct {
	Kind  Kind
	Value Value
}

// Key returns a comparable key without the tag.
func (i Identifier) Key() IdentifierKey { return IdentifierKey{i.kind, Value(i.value)} }

// String returns kind#tag.
func (i Identifier) String() string { return string(i.kind) + "#" + hex.EncodeToString(i.tag[:]) }

// GoString returns kind#tag.
func (i Identifier) GoString() string { return i.String() }

// Format writes kind#tag for every verb.
func (i Identifier) Format(f fmt.State, _ rune) { io.WriteString(f, i.String()) }

// LogValue returns kind#tag.
func (i Identifier) LogValue() slog.Value { return slog.StringValue(i.String()) }

// MarshalText returns kind#tag.
func (i Identifier) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// A Value is text that a source delivered about a person: untrusted (it can
// hold escapes) and personal. It prints as its length only.
type Value string

// Reveal returns the text in clear and raw; whoever shows it sanitises it.
func (v Value) Reveal() string { return string(v) }

// String returns the length.
func (v Value) String() string { return fmt.Sprintf("‹%d bytes›", len(v)) }

// GoString returns the length.
func (v Value) GoString() string { return v.String() }

// Format writes the length for every verb.
func (v Value) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) }

// LogValue returns the length.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalText returns the length.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
