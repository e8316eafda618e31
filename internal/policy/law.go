package policy

import (
	_ "embed"
	"slices"
	"strconv"
	"time"

	"cdp-tui/internal/rulefile"
)

//go:embed law.yaml
var lawText []byte

// Law returns the rule file of ages of consent, adequacy decisions and the EEA
// that comes with the program, for printing.
func Law() []byte { return slices.Clone(lawText) }

// A ConsentAge is from which age a person consents alone to an information
// society service (Art. 8(1)), in a country.
type ConsentAge struct {
	Country string        `yaml:"country"`      // ISO 3166-1 alpha-2; "" for wherever no other holds
	Age     int           `yaml:"age,required"` // completed years, 13 to 21
	From    rulefile.Date `yaml:"valid_from,required"`
	Law     string        `yaml:"law,required"`

	Unconfirmed string `yaml:"unconfirmed"` // what of it no source confirmed; "" when all was
}

// A TransferGround is a decision of the Commission on which transfers under
// Art. 45(3) rest, or rested until it was annulled.
type TransferGround struct {
	ID        string         `yaml:"id,required"`
	Name      string         `yaml:"name,required"`
	Countries []string       `yaml:"countries,required"`
	Certified bool           `yaml:"certified"` // covers only recipients on its list
	From      rulefile.Date  `yaml:"valid_from,required"`
	To        *rulefile.Date `yaml:"valid_to"` // the last day
	Law       string         `yaml:"law,required"`
	EndedBy   string         `yaml:"ended_by"`

	Unconfirmed string `yaml:"unconfirmed"` // what of it no source confirmed; "" when all was
}

// holds reports whether the decision is in force at a time.
func (g *TransferGround) holds(at time.Time) bool {
	return !at.Before(g.From.In(time.UTC)) && (g.To == nil || at.Before(after(*g.To)))
}

// carries reports whether transfers to a recipient rest on the decision.
func (g *TransferGround) carries(p *Recipient) bool {
	return p.Transfer == "A45-3" && (p.Ground == g.ID || p.Ground == "" && slices.Contains(g.Countries, p.Country))
}

type law struct {
	Name    string           `yaml:"law,required"`
	Version int              `yaml:"version,required"`
	Ages    []ConsentAge     `yaml:"ages_of_consent,required"`
	Grounds []TransferGround `yaml:"transfer_grounds,required"`
	EEA     []struct {
		Countries []string       `yaml:"countries,required"`
		To        *rulefile.Date `yaml:"valid_to"`
	} `yaml:"eea,required"`
}

func builtinLaw() (*law, error) {
	l := new(law)
	if err := rulefile.Decode("law.yaml", lawText, l); err != nil {
		return nil, err
	}
	return l, nil
}

// with returns the law with what a register replaces: all ages of a country,
// and grounds by their id.
func (l *law) with(ages []ConsentAge, grounds []TransferGround) *law {
	out := *l
	out.Ages = slices.DeleteFunc(slices.Clone(l.Ages), func(a ConsentAge) bool {
		return slices.ContainsFunc(ages, func(b ConsentAge) bool { return b.Country == a.Country })
	})
	out.Ages = append(out.Ages, ages...)
	out.Grounds = slices.DeleteFunc(slices.Clone(l.Grounds), func(g TransferGround) bool {
		return slices.ContainsFunc(grounds, func(h TransferGround) bool { return h.ID == g.ID })
	})
	out.Grounds = append(out.Grounds, grounds...)
	return &out
}

// age returns the rule on children that held in a country at a time, and false
// where there was none. An unknown country has the general age.
func (l *law) age(country string, at time.Time) (ConsentAge, bool) {
	for _, c := range []string{country, ""} {
		var best *ConsentAge
		for i := range l.Ages {
			a := &l.Ages[i]
			if a.Country == c && !a.From.In(time.UTC).After(at) && (best == nil || a.From.Compare(best.From) > 0) {
				best = a
			}
		}
		if best != nil {
			return *best, true
		}
	}
	return ConsentAge{}, false
}

// within reports whether a country is in the EEA at a time; ends is when it is
// known to leave it, zero when it is not.
func (l *law) within(country string, at time.Time) (in bool, ends time.Time) {
	for _, e := range l.EEA {
		if !slices.Contains(e.Countries, country) {
			continue
		}
		if e.To == nil {
			return true, time.Time{}
		}
		if ends = after(*e.To); at.Before(ends) {
			return true, ends
		}
	}
	return false, time.Time{}
}

// ground returns a transfer ground by its id.
func (l *law) ground(id string) *TransferGround {
	for i := range l.Grounds {
		if l.Grounds[i].ID == id {
			return &l.Grounds[i]
		}
	}
	return nil
}

// ConsentAge returns the rule on the age of consent that holds in a country at
// a time, as this version of the register has it.
func (r *Register) ConsentAge(country string, at time.Time) (ConsentAge, bool) {
	if r == nil || r.law == nil {
		return ConsentAge{}, false
	}
	return r.law.age(country, at)
}

// TransferGround returns a decision under Art. 45(3), in force or ended.
func (r *Register) TransferGround(id string) (TransferGround, bool) {
	if r != nil && r.law != nil {
		if g := r.law.ground(id); g != nil {
			return *g, true
		}
	}
	return TransferGround{}, false
}

// Unconfirmed lists what of the numbers of law that this version of the register
// judges by no source confirmed, one line each: ages of consent, then transfer
// grounds, of which only those that a recipient rests on.
func (r *Register) Unconfirmed() (out []string) {
	if r == nil || r.law == nil {
		return nil
	}
	for _, a := range r.law.Ages {
		if a.Unconfirmed != "" {
			out = append(out, "age of consent "+strconv.Itoa(a.Age)+" in "+a.Country+" from "+a.From.String()+" ("+a.Law+"): "+a.Unconfirmed)
		}
	}
	for _, g := range r.law.Grounds {
		if g.Unconfirmed != "" && slices.ContainsFunc(r.Recipients, func(p Recipient) bool { return g.carries(&p) }) {
			out = append(out, g.Name+" ("+g.Law+"): "+g.Unconfirmed)
		}
	}
	return out
}

// RestsOn returns the decision that transfers to a recipient rest on, in force or
// ended; false when they rest on none.
func (r *Register) RestsOn(p *Recipient) (TransferGround, bool) {
	if r != nil && r.law != nil {
		for i := range r.law.Grounds {
			if g := &r.law.Grounds[i]; g.carries(p) {
				return *g, true
			}
		}
	}
	return TransferGround{}, false
}

// Age returns the completed years of a person at a time. Someone born on 29
// February completes a year on 1 March of a year without that day.
func Age(born, at time.Time) int {
	years := at.Year() - born.Year()
	if at.Month() < born.Month() || at.Month() == born.Month() && at.Day() < born.Day() {
		years--
	}
	return years
}

// OfAge returns the first moment at which a person consents alone in a country,
// and false when the register knows no age for it. It is the age of the law as
// it stands at a time.
func (r *Register) OfAge(born time.Time, country string, at time.Time) (time.Time, bool) {
	a, ok := r.ConsentAge(country, at)
	if !ok || born.IsZero() {
		return time.Time{}, false
	}
	return time.Date(born.Year()+a.Age, born.Month(), born.Day(), 0, 0, 0, 0, born.Location()), true
}
