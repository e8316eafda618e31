// Package segment holds a query against the facts of one profile: who is in a
// segment. It is pure; the steward streams the profiles of the store past it,
// so that a segment is what the store says now and not what an index said.
//
// For what the full-text index answers too, both give the same profiles: they
// cut words by the same package, and a test compares them on random stores.
//
// The trap: a [Subject] must hold what [Matcher.Needs] names, and a matcher
// does not know whether it does.
package segment

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// none is the value of a field that a profile has no other value of.
const none = "none"

// A Subject is what is known of one profile.
type Subject struct {
	cdp.Document
	Identifiers []cdp.Identifier // that its records carry, linking or not, but for placeholders
	Members     []cdp.RecordID
	Outcomes    []cdp.Outcome // of its records
	Touchpoints []cdp.Touchpoint
	Wishes      []cdp.Preferring
	Shares      []cdp.Share // reported by sources, and of our own runs
	May         []cdp.PurposeID
}

// Needs says what of a subject is looked at besides what records' heads say.
type Needs struct {
	Texts, Consents, Touchpoints, Wishes, Shares bool
	May                                          []cdp.PurposeID
}

// A Resolver answers what a query names and a subject does not hold.
type Resolver interface {
	// Carry tells who carries an identifier, given whole.
	Carry(query.IdentifierTerm) (func(*Subject) bool, error)
	// Saved returns the query of a saved segment, name or name/version.
	Saved(name string) (query.Node, error)
}

// A Matcher is a query made ready. It is immutable and safe for concurrent use.
type Matcher struct {
	folder *spelling.Folder
	needs  Needs
	match  func(*Subject) bool
}

// Needs returns what the subjects must hold.
func (m *Matcher) Needs() Needs { return m.needs }

// Match reports whether a profile is in the segment.
func (m *Matcher) Match(s *Subject) bool { return m.match(s) }

// Compile makes a matcher of a query, for one moment. Errors are those of the
// resolver.
func Compile(n query.Node, now time.Time, r Resolver) (*Matcher, error) {
	c := &compiler{m: &Matcher{folder: spelling.New()}, now: now, r: r}
	var err error
	c.m.match, err = c.node(n)
	return c.m, err
}

type test = func(*Subject) bool

type compiler struct {
	m     *Matcher
	now   time.Time
	r     Resolver
	depth int // of saved segments in saved segments
}

func (c *compiler) node(n query.Node) (test, error) {
	switch n := n.(type) {
	case query.And:
		parts, err := c.all(n)
		return func(s *Subject) bool {
			return !slices.ContainsFunc(parts, func(p test) bool { return !p(s) })
		}, err
	case query.Or:
		parts, err := c.all(n)
		return func(s *Subject) bool { return slices.ContainsFunc(parts, func(p test) bool { return p(s) }) }, err
	case query.Not:
		x, err := c.node(n.X)
		return func(s *Subject) bool { return !x(s) }, err
	case query.Size:
		return func(s *Subject) bool { return s.Size >= n.Min && (n.Max == 0 || s.Size <= n.Max) }, nil
	case query.Seen:
		return seen(n.At(c.now)), nil
	case query.Count:
		c.m.needs.Touchpoints = true
		return counted(n, c.now), nil
	case query.Term:
		return c.term(n)
	}
	return func(*Subject) bool { return true }, nil // query.All
}

func (c *compiler) all(ns []query.Node) ([]test, error) {
	out := make([]test, len(ns))
	for i, n := range ns {
		var err error
		if out[i], err = c.node(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func seen(n query.Seen) test {
	return func(s *Subject) bool {
		at := s.Seen.UTC()
		if s.Seen.IsZero() || at.Year() < 1000 || at.Year() > 9999 {
			return false
		}
		return !at.Before(n.From) && (n.To.IsZero() || at.Before(n.To.AddDate(0, 0, 1)))
	}
}

// counted counts touchpoints. One without a time counts only where no time is
// asked for.
func counted(n query.Count, now time.Time) test {
	from, before := n.Since(now), n.Before(now)
	timed := !from.IsZero() || !before.IsZero()
	return func(s *Subject) bool {
		k := 0
		for i := range s.Touchpoints {
			t := &s.Touchpoints[i]
			switch {
			case n.Kind != "" && !strings.EqualFold(t.Kind, n.Kind),
				n.Channel != "" && !strings.EqualFold(string(t.Channel), n.Channel),
				timed && t.At.IsZero(), t.At.Before(from), !before.IsZero() && !t.At.Before(before):
				continue
			}
			k++
		}
		return k >= n.Min && (n.Max < 0 || k <= n.Max)
	}
}

// value compares a value of a field with a term, whatever the case.
func value(t query.Term) func(string) bool {
	want := strings.ToLower(t.Text)
	return func(v string) bool {
		v = strings.ToLower(v)
		return v == want || t.Mode == query.Prefix && strings.HasPrefix(v, want)
	}
}

// facet tests the values of a field; those with none have the value none where
// absent is set. has: asks for any value but that.
func facet(t query.Term, absent bool, values func(*Subject, func(string) bool) bool) test {
	is := value(t)
	if t.Field == query.FieldHas {
		is = func(v string) bool { return v != none }
		absent = false
	}
	without := absent && is(none)
	return func(s *Subject) bool {
		if values(s, is) {
			return true
		}
		return without && !values(s, func(string) bool { return true })
	}
}

// among makes a function for facet of a list.
func among[T any](list func(*Subject) []T, text func(T) string) func(*Subject, func(string) bool) bool {
	return func(s *Subject, is func(string) bool) bool {
		return slices.ContainsFunc(list(s), func(v T) bool {
			t := text(v)
			return t != "" && len(t) < 1000 && is(t)
		})
	}
}
