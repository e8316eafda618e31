package mapping

import "cdp-tui/internal/cdp"

// A restrictionSpec is what a row says of restricting its processing (GDPR Art.
// 18), as it is written.
type restrictionSpec struct {
	When       string    `yaml:"when"`
	Restricted valueSpec `yaml:"restricted,required"`
	Ground     valueSpec `yaml:"ground"`
	Time       *timeSpec `yaml:"time"`
	Row        bool      `yaml:"row"`
	Proof      valueSpec `yaml:"proof"`
}

type restriction struct {
	when                      *expression
	restricted, ground, proof *value
	time                      *clock
	row                       bool // of this row alone, not of the person
}

func (l *loader) restriction() {
	s := l.doc.Restriction
	if s == nil {
		return
	}
	const at = "restriction"
	r := &restriction{when: l.condition(at+".when", s.When), restricted: l.value(at+".restricted", s.Restricted, anyValue),
		ground: l.value(at+".ground", s.Ground, anyValue), time: l.clock(at+".time", s.Time), row: s.Row, proof: l.value(at+".proof", s.Proof, anyValue)}
	l.targets(at+".restricted", r.restricted, "restriction", []string{"true", "false"})
	grounds := []string{}
	for _, g := range cdp.RestrictionGrounds() {
		grounds = append(grounds, string(g))
	}
	l.targets(at+".ground", r.ground, "ground", grounds)
	l.m.restriction = r
}

// restriction adds what the row states. Nothing stated leaves what the row said
// before; what can not be read restricts, until a person has read it.
func (p *Mapper) restriction() {
	r := p.m.restriction
	if r == nil || !p.test(r.when) {
		return
	}
	_, has, _ := p.judged(r.restricted)
	if has != present {
		return
	}
	e := cdp.Restriction{Lifted: !p.flag(r.restricted, true), Whole: !r.row, At: p.when(r.time), Proof: p.free(r.proof)}
	if r.time == nil {
		e.At = p.rec.At
	}
	if s, has, unlisted := p.judged(r.ground); has == present && !e.Lifted {
		if g := cdp.RestrictionGround(s); !unlisted && g.Article() != cdp.RestrictionGround("").Article() {
			e.Ground = g
		} else if !unlisted {
			p.notes.add("unmapped_value", r.ground.field, "a value is no ground of Art. 18(1), and no map says what it means", 1)
		}
	}
	p.rec.Restrictions = append(p.rec.Restrictions, e)
}
