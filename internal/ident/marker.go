package ident

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// A Marker judges canonical values by lists: those in force at a store, which
// need not be those by which the values were read. Reading is fixed by the
// lists of the program, so that one row is one record whatever is in force;
// what joins people is a function of kind, value and the lists in force. It is
// safe for concurrent use.
type Marker struct {
	Lists
	hash  string
	canon *Canonicaliser
}

// ParseLists reads a rule file of lists. The error lists every mistake with
// line and caret.
func ParseLists(name string, text []byte) (*Marker, error) {
	file, err := rulefile.Parse(name, text)
	if err != nil {
		return nil, err
	}
	m := &Marker{hash: rulefile.Hash(text)}
	if err := file.Decode(&m.Lists); err != nil {
		return nil, err
	}
	var errs []*rulefile.Error
	for _, p := range m.Check() {
		errs = append(errs, file.Errorf(p.Path, "%s", p.Reason))
	}
	if err := rulefile.Join(errs...); err != nil {
		return nil, err
	}
	m.canon = New([32]byte{}, m.Lists) // its tags are never shown
	return m, nil
}

// Hash is the hash of the lists' text.
func (m *Marker) Hash() string { return m.hash }

// Own reports whether the lists are those that come with the program.
func (m *Marker) Own() bool { return m.hash == DefaultHash() }

// DummyBirthDate is that of a [Canonicaliser].
func (m *Marker) DummyBirthDate(year int, month time.Month, day int) bool {
	return m.canon.DummyBirthDate(year, month, day)
}

// DummyName is that of a [Canonicaliser].
func (m *Marker) DummyName(raw string) bool { return m.canon.DummyName(raw) }

// formless is the rule of a value that was read as a placeholder and has not
// the form of its kind: no list makes an identifier of it.
const formless = "value.form"

// Listed reports whether a mark, as claims carry it, comes from lists.
func Listed(rule string) bool {
	switch rule {
	case "placeholder.word", "placeholder.zeros", "placeholder.repeated", "placeholder.email", "placeholder.local",
		"placeholder.hash", "email.reserved", "email.role", "phone.dummy", formless:
		return true
	}
	return false
}

// Mark puts the marks of the lists on the claims of one record, in place of
// those of any other lists, and reports whether any is another now. A hash of a
// value that the record carries too is marked as the value is.
func (m *Marker) Mark(claims []cdp.Claim) (changed bool) {
	set := func(c *cdp.Claim, blocked, generic string) {
		if c.Blocked != blocked || c.Generic != generic {
			c.Blocked, c.Generic, changed = blocked, generic, true
		}
	}
	hashes := false
	for i := range claims {
		c := &claims[i]
		if isHash(c.Identifier.Kind()) {
			hashes = true
			continue
		}
		blocked, generic := m.marks(c.Identifier, c.Blocked, c.Generic)
		set(c, blocked, generic)
	}
	if !hashes {
		return changed
	}
	for i := range claims {
		c := &claims[i]
		if !isHash(c.Identifier.Kind()) {
			continue
		}
		blocked, generic := m.marks(c.Identifier, c.Blocked, c.Generic)
		if of := hashed(claims, c.Identifier); blocked == "" && of != nil {
			blocked, generic = of.Blocked, of.Generic
		}
		set(c, blocked, generic)
	}
	return changed
}

func isHash(k cdp.Kind) bool {
	return k == cdp.KindEmailSHA256 || k == cdp.KindEmailMD5 || k == cdp.KindPhoneSHA256
}

// hashed is the claim on the value that hash is of, nil when there is none.
func hashed(claims []cdp.Claim, hash cdp.Identifier) *cdp.Claim {
	for i := range claims {
		if slices.ContainsFunc(claims[i].Identifier.Hashes(), hash.Same) {
			return &claims[i]
		}
	}
	return nil
}

// marks gives the marks of a value that has some already: those that come from
// no list stay, unless a list has a say.
func (m *Marker) marks(id cdp.Identifier, blocked, generic string) (string, string) {
	v := m.listed(id.Kind(), id.Reveal())
	if v.Outcome == OK && blocked != "" && !Listed(blocked) {
		return blocked, ""
	}
	if v.Outcome == OK && generic != "" && !Listed(generic) {
		return "", generic
	}
	if v.Outcome == OK && (blocked != "" || generic != "") { // other lists' marks may have hidden what else it is
		v = m.again(id.Kind(), id.Reveal())
	}
	switch v.Outcome {
	case Blocked:
		return v.Rule, ""
	case Generic:
		return "", v.Rule
	}
	return "", ""
}

// listed says what the lists make of a canonical value.
func (m *Marker) listed(kind cdp.Kind, value string) Verdict {
	x := m.canon.lists
	switch kind {
	case cdp.KindEmail:
		if x.word(value) {
			return wordVerdict()
		}
		local, domain, ok := strings.Cut(value, "@")
		if !ok {
			return blockedOnly(x.shape(value))
		}
		return x.mail(value, local, domain)
	case cdp.KindPhone:
		if x.word(value) {
			return wordVerdict()
		}
		if !strings.HasPrefix(value, "+") {
			return blockedOnly(x.shape(value))
		}
		number, _, _ := strings.Cut(value, ";")
		if x.dummyPhone(number) {
			return dummyVerdict()
		}
		return Verdict{Outcome: OK}
	case cdp.KindIP:
		if x.word(value) {
			return wordVerdict()
		}
		return Verdict{Outcome: OK}
	case cdp.KindEmailSHA256, cdp.KindEmailMD5, cdp.KindPhoneSHA256:
		switch {
		case x.word(value):
			return wordVerdict()
		case x.hashes.has(value):
			return hashVerdict()
		}
		return blockedOnly(x.shape(value))
	case cdp.KindDevice:
	default:
		_, value, _ = strings.Cut(value, ":") // less the issuer
	}
	if x.word(value) || x.formed(kind, value) {
		return wordVerdict()
	}
	return blockedOnly(x.shape(value))
}

func blockedOnly(v Verdict) Verdict {
	if v.Outcome != Blocked {
		return Verdict{Outcome: OK}
	}
	return v
}

// again reads a canonical value anew by the lists. What is no value of its kind
// by them was one only because it was a placeholder.
func (m *Marker) again(kind cdp.Kind, value string) Verdict {
	if kind != cdp.KindEmail && kind != cdp.KindPhone && kind != cdp.KindIP && !isHash(kind) {
		return Verdict{Outcome: OK}
	}
	id, v := m.canon.Canon(kind, value, Options{})
	if v.Outcome <= Empty || id.Reveal() != value {
		return blocked(formless, "the value is no identifier of its kind")
	}
	return v
}

// A Difference is how one list differs from that of others.
type Difference struct {
	List           string
	Added, Removed []string
}

// Against tells how the lists differ from others, list by list.
func (m *Marker) Against(o *Marker) []Difference {
	var out []Difference
	add := func(name string, mine, theirs []string) {
		a, b := newSet(mine), newSet(theirs)
		d := Difference{List: name}
		for _, e := range mine {
			if !b.has(strings.ToLower(e)) {
				d.Added = append(d.Added, e)
			}
		}
		for _, e := range theirs {
			if !a.has(strings.ToLower(e)) {
				d.Removed = append(d.Removed, e)
			}
		}
		if len(d.Added)+len(d.Removed) > 0 {
			out = append(out, d)
		}
	}
	add("words", m.Words, o.Words)
	add("emails", m.Emails, o.Emails)
	add("email_locals", m.Locals, o.Locals)
	add("reserved_domains", m.Domains, o.Domains)
	add("role_mailboxes", m.Roles, o.Roles)
	add("phones", m.Phones, o.Phones)
	add("birth_dates", m.BirthDates, o.BirthDates)
	add("names", m.Names, o.Names)
	if m.Repeated != o.Repeated {
		out = append(out, Difference{List: "repeated", Added: []string{strconv.Itoa(m.Repeated)}, Removed: []string{strconv.Itoa(o.Repeated)}})
	}
	return out
}
