package resolve

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

//go:embed rules.yaml
var defaultRules string

// DefaultRules returns the text of the rules that come with the program.
func DefaultRules() []byte { return []byte(defaultRules) }

// Rules say how identifiers join records. They are immutable after Parse.
type Rules struct {
	Name       string            `yaml:"identity,required"`
	Version    int               `yaml:"version,required"`
	Kinds      map[string]Joiner `yaml:"kinds,required"`
	Guard      int               `yaml:"guard"`
	BirthDates string            `yaml:"birth_dates"`
	NoBirths   []rulefile.Date   `yaml:"no_birth_dates"`

	hash    string
	kinds   map[cdp.Kind]*kindRule
	nobirth map[Day]bool
}

// A Joiner is the rule of one kind of identifier.
type Joiner struct {
	Class     string `yaml:"class,required"`
	Verified  string `yaml:"verified"`
	Bridges   int    `yaml:"bridges"`
	Spread    int    `yaml:"spread"`
	Exclusive bool   `yaml:"exclusive"`
	Many      bool   `yaml:"many"`
	Echo      bool   `yaml:"echo"`
}

type kindRule struct {
	index           uint8
	class, verified Class
	Joiner
}

// uncounted reports whether spread does not count values of the kind.
func (k *kindRule) uncounted() bool { return k.Many || k.Echo }

// ParseRules reads a rule file of identity. The error lists every mistake with
// line and caret.
func ParseRules(name string, text []byte) (*Rules, error) {
	file, err := rulefile.Parse(name, text)
	if err != nil {
		return nil, err
	}
	r := &Rules{kinds: make(map[cdp.Kind]*kindRule)}
	if err := file.Decode(r); err != nil {
		return nil, err
	}
	r.hash = rulefile.Hash(text)
	var errs []*rulefile.Error
	fail := func(path, format string, args ...any) { errs = append(errs, file.Errorf(path, format, args...)) }
	class := func(path, s string) Class {
		if i := strings.Index("ABCD", s); len(s) == 1 && i >= 0 {
			return Class(i + 1)
		}
		fail(path, "a class is A, B, C or D")
		return ClassNone
	}
	for i, kind := range cdp.Kinds() {
		j, ok := r.Kinds[string(kind)]
		if !ok {
			continue
		}
		path := "$.kinds." + string(kind)
		k := &kindRule{index: uint8(i + 1), Joiner: j, class: class(path+".class", j.Class)}
		if j.Verified != "" {
			if k.verified = class(path+".verified", j.Verified); k.verified > k.class {
				fail(path+".verified", "a verified claim is not weaker than another")
			}
		}
		if j.Bridges < 0 || j.Spread < 0 {
			fail(path, "a cap is not negative")
		}
		r.kinds[kind] = k
	}
	for name := range r.Kinds {
		if !slices.Contains(cdp.Kinds(), cdp.Kind(name)) || name == string(cdp.KindIP) || name == string(cdp.KindRecord) {
			fail("$.kinds."+name, "no kind of identifier that joins records has this name")
		}
	}
	if r.Guard < 0 || r.Guard == 1 {
		fail("$.guard", "a guard is 0 (none) or at least 2 links")
	}
	if r.BirthDates != "" && r.BirthDates != "differ" && r.BirthDates != "ignore" {
		fail("$.birth_dates", "birth_dates is differ or ignore")
	}
	if err := rulefile.Join(errs...); err != nil {
		return nil, err
	}
	r.nobirth = make(map[Day]bool, len(r.NoBirths))
	for _, d := range r.NoBirths {
		r.nobirth[DayOf(d.In(time.UTC))] = true
	}
	return r, nil
}

// Defaults returns the rules that come with the program.
func Defaults() *Rules {
	r, err := ParseRules("rules.yaml", DefaultRules())
	if err != nil {
		panic(fmt.Sprintf("resolve: the embedded rules: %v", err)) // a test parses them
	}
	return r
}

// Hash is the hash of the rules' text.
func (r *Rules) Hash() string { return r.hash }

// A Link is an identifier at the class at which claims on it join, within one
// controller: what can be joined by it is never joined across controllers.
type Link struct {
	ID         cdp.Identifier
	Controller string
	Class      Class
}

// A Level says at which classes a claim joins: at its kind's, and if it is
// verified also at a stronger one.
func (r *Rules) Levels(kind cdp.Kind, verified bool) (levels [2]Class, n int) {
	k := r.kinds[kind]
	if k == nil {
		return levels, 0
	}
	if verified && k.verified != ClassNone && k.verified != k.class {
		return [2]Class{k.verified, k.class}, 2
	}
	return [2]Class{k.class}, 1
}

// AllLevels returns the classes at which claims of a kind may join.
func (r *Rules) AllLevels(kind cdp.Kind) []Class {
	levels, n := r.Levels(kind, true)
	return levels[:n]
}

// Birth returns the day that a value states as a birth date: YYYY-MM-DD, with a
// time or without. Other spellings are not read: they could be two days.
func (r *Rules) Birth(value string) (Day, bool) {
	if r.BirthDates == "ignore" || len(value) < 10 || len(value) > 10 && value[10] != 'T' && value[10] != ' ' {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, value[:10])
	if err != nil || r.nobirth[DayOf(t)] {
		return 0, false
	}
	return DayOf(t), true
}

// Verified reports whether a source's way of knowing that an identifier is the
// person's makes the claim a verified one.
func Verified(v cdp.Verification) bool { return v >= cdp.DoubleOptIn }

// value returns what partition needs to know of an identifier at a class. space
// numbers the exclusive spaces.
func (r *Rules) value(kind cdp.Kind, text string, class Class, space func(string) int32) Value {
	k := r.kinds[kind]
	v := Value{Class: class, Kind: k.index, Bridges: k.Bridges, Spread: k.Spread, Uncounted: k.uncounted(), Order: order(kind, text)}
	if k.Exclusive {
		v.Space = space(string(kind) + ":" + issuerOf(text))
	}
	return v
}

// issuerOf is what stands before the colon of an identifier that has one.
func issuerOf(text string) string {
	s, _, _ := strings.Cut(text, ":")
	return s
}

// order is a hash that is the same on every machine and at all times (FNV-1a,
// mixed), so that ties between values are broken by nothing but themselves.
func order(kind cdp.Kind, text string) uint64 {
	h := uint64(14695981039346656037)
	add := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	add(string(kind))
	add("\x00")
	add(text)
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
