package ident

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
	"unicode"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

//go:embed lists.yaml
var defaultLists string

// DefaultLists returns the lists that come with the program, as the text of a
// rule file for [ParseLists].
func DefaultLists() []byte { return []byte(defaultLists) }

// DefaultHash is the hash of [DefaultLists].
func DefaultHash() string { return rulefile.Hash(DefaultLists()) }

// Lists are values that look like identifiers and identify nobody. Words,
// addresses, mailboxes, domains and names are compared in lower case.
type Lists struct {
	Version    int           `yaml:"version,required"`
	From       rulefile.Date `yaml:"valid_from"`       // they may be put in force from this day on; none: at once
	Words      []string      `yaml:"words"`            // whole values that mean "nothing", of any kind
	Emails     []string      `yaml:"emails"`           // whole addresses
	Locals     []string      `yaml:"email_locals"`     // before the @
	Domains    []string      `yaml:"reserved_domains"` // after the @, with all below them
	Roles      []string      `yaml:"role_mailboxes"`   // before the @; generic, not blocked
	Phones     []string      `yaml:"phones"`           // E.164, ? for any digit
	BirthDates []string      `yaml:"birth_dates"`      // YYYY-MM-DD
	Names      []string      `yaml:"names"`            // whole names of persons
	Repeated   int           `yaml:"repeated"`         // one character so many times is a placeholder; 0: never
}

// A Problem is a mistake in lists, at a path such as $.phones[3].
type Problem struct {
	Path, Reason string
}

// Check returns what is wrong with lists that are well formed; an entry named
// there would never match.
func (l Lists) Check() []Problem {
	var out []Problem
	each := func(name string, entries []string, wrong func(string) string) {
		for i, e := range entries {
			if reason := wrong(e); reason != "" {
				out = append(out, Problem{fmt.Sprintf("$.%s[%d]", name, i), reason})
			}
		}
	}
	plain := func(s string) string {
		if strings.TrimSpace(s) != s || s == "" {
			return "the entry is empty or has blanks around it"
		}
		return ""
	}
	local := func(s string) string {
		if !isLocal(strings.ToLower(s)) {
			return "the entry cannot stand before an @"
		}
		return ""
	}
	each("words", l.Words, plain)
	each("names", l.Names, plain)
	each("email_locals", l.Locals, local)
	each("role_mailboxes", l.Roles, local)
	each("emails", l.Emails, func(s string) string {
		if before, after, ok := strings.Cut(strings.ToLower(s), "@"); !ok || !isLocal(before) || !isDomain(after) {
			return "the entry is not an e-mail address"
		}
		return ""
	})
	each("reserved_domains", l.Domains, func(s string) string {
		if s = strings.ToLower(s); !isDomain(s) && !isLabel(s) {
			return "the entry is not a domain name"
		}
		return ""
	})
	each("phones", l.Phones, func(s string) string {
		if digits, ok := strings.CutPrefix(s, "+"); !ok || digits == "" || strings.Trim(digits, "0123456789?") != "" {
			return "the entry is not a number in international form, as +1???55501??"
		}
		return ""
	})
	each("birth_dates", l.BirthDates, func(s string) string {
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return "the entry is not a day, as 1900-01-01"
		}
		return ""
	})
	if l.Repeated < 0 || l.Repeated > 0 && l.Repeated < 3 {
		out = append(out, Problem{"$.repeated", "fewer than three of one character are no sign of a placeholder"})
	}
	return out
}

// DummyBirthDate reports whether a day of birth is one that systems fill in
// when they know none.
func (c *Canonicaliser) DummyBirthDate(year int, month time.Month, day int) bool {
	return c.lists.births.has(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
}

// DummyName reports whether a name of a person is one that people write when
// they know none, or no name at all.
func (c *Canonicaliser) DummyName(raw string) bool {
	s, v := clean(raw)
	s = strings.Join(strings.Fields(s), " ")
	return v.Outcome != OK || c.lists.word(s) || c.lists.names.has(strings.ToLower(s)) || c.lists.shape(s).Outcome != OK
}

type set map[string]struct{}

func newSet(entries []string) set {
	s := make(set, len(entries))
	for _, e := range entries {
		s[strings.ToLower(e)] = struct{}{}
	}
	return s
}

func (s set) has(v string) bool { _, ok := s[v]; return ok }

// An index is Lists made ready to be asked.
type index struct {
	words, emails, locals, roles, domains, births, names, hashes set

	forms    map[cdp.Kind]set // words as an id of the kind is written, where that is not the word
	phones   map[int][]string // by length
	repeated int
}

func newIndex(l Lists) *index {
	x := &index{
		words: newSet(l.Words), emails: newSet(l.Emails), locals: newSet(l.Locals), roles: newSet(l.Roles),
		domains: newSet(l.Domains), births: newSet(l.BirthDates), names: newSet(l.Names),
		hashes: set{}, forms: make(map[cdp.Kind]set), phones: map[int][]string{}, repeated: l.Repeated,
	}
	for _, p := range l.Phones {
		x.phones[len(p)] = append(x.phones[len(p)], p)
	}
	for _, kind := range []cdp.Kind{cdp.KindLoyalty, cdp.KindNationalID, cdp.KindCRM, cdp.KindOrder} {
		x.forms[kind] = set{}
		for w := range x.words {
			if f := strings.ToLower(form(kind, w)); f != w && enclosed(w) {
				x.forms[kind][f] = struct{}{}
			}
		}
	}
	hash := func(s string) {
		x.hashes[hexSHA256(s)] = struct{}{}
		x.hashes[hexMD5(s)] = struct{}{}
	}
	hash("")
	for _, s := range []set{x.words, x.emails} {
		for v := range s {
			hash(v)
			hash(strings.ToUpper(v))
		}
	}
	return x
}

func wordVerdict() Verdict {
	return blocked("placeholder.word", "the value is a word for no value")
}

// word reports whether s, in any case, is a word for no value.
func (x *index) word(s string) bool {
	if len(s) > 64 {
		return false
	}
	var buf [64]byte
	for i := range len(s) {
		b := s[i]
		if b >= 0x80 {
			return x.words.has(strings.ToLower(s))
		}
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		buf[i] = b
	}
	_, ok := x.words[string(buf[:len(s)])]
	return ok
}

// enclosed reports whether a word begins and ends with a letter or digit. Of
// another one the form loses a sign that makes it what it is: -1 is no card 1.
func enclosed(w string) bool {
	signs := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return strings.TrimFunc(w, signs) == w
}

// formed reports whether s is how a word of several parts is written as an id
// of its kind: "kein plan" is the card KEINPLAN.
func (x *index) formed(kind cdp.Kind, s string) bool {
	return len(s) <= 64 && x.forms[kind].has(strings.ToLower(s))
}

// shape returns Blocked for zeros and for one character again and again, and
// Empty for separators alone.
func (x *index) shape(s string) Verdict {
	var first rune
	n, same := 0, true
	for _, r := range s {
		if isSeparator(r) {
			continue
		}
		if n == 0 {
			first = r
		} else if r != first {
			same = false
			break
		}
		n++
	}
	switch {
	case !same:
		return Verdict{Outcome: OK}
	case n == 0:
		return Verdict{Outcome: Empty}
	case first == '0':
		return blocked("placeholder.zeros", "the value is nothing but zeros")
	case x.repeated > 0 && n >= x.repeated:
		return blocked("placeholder.repeated", "the value is one character again and again")
	}
	return Verdict{Outcome: OK}
}

// reserved reports whether a domain, or one above it, is reserved.
func (x *index) reserved(domain string) bool {
	for {
		if x.domains.has(domain) {
			return true
		}
		_, above, ok := strings.Cut(domain, ".")
		if !ok {
			return false
		}
		domain = above
	}
}

func (x *index) dummyPhone(e164 string) bool {
	for _, p := range x.phones[len(e164)] {
		if matches(p, e164) {
			return true
		}
	}
	return false
}

// matches compares two texts of the same length; ? in p stands for any byte.
func matches(p, s string) bool {
	for i := range len(p) {
		if p[i] != '?' && p[i] != s[i] {
			return false
		}
	}
	return true
}
