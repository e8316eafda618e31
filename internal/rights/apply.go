package rights

import (
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
)

// Truth is what is known of a fact.
type Truth uint8

// Truths. The zero value is that nobody knows.
const (
	Unknown Truth = iota
	No
	Yes
)

// TruthOf returns Yes or No.
func TruthOf(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// A Decision is on what a decision by automation alone rests (Art. 22(2)).
type Decision string

// Decisions. The zero value is that nobody knows whether there are any.
const (
	DecisionUnknown  Decision = ""
	DecisionNone     Decision = "none"
	DecisionContract Decision = "22(2)(a)"
	DecisionLaw      Decision = "22(2)(b)"
	DecisionConsent  Decision = "22(2)(c)"
	DecisionBare     Decision = "unnamed" // one is made, and nobody says on which exception
)

// Facts are what is known of a datum as one activity processes it.
type Facts struct {
	Basis     cdp.BasisKind // "" unknown
	Valid     Truth         // the basis holds the datum now
	Marketing Truth         // the purpose is direct marketing
	Origin    cdp.Origin    // "" unknown
	Elsewhere Truth         // the source got it from somebody else than the person
	Automated Truth         // processed by automated means
	Decision  Decision
	Withdrawn bool  // the person withdrew the consent
	Objected  bool  // the person objected
	Open      Truth // the contract is open, the need lasts
	Retention Truth // a retention period, or a hold, runs
	Other     bool  // another activity holds the same datum lawfully
}

// An Outcome says whether a right applies.
type Outcome string

// Outcomes.
const (
	Applies Outcome = "applies"
	Not     Outcome = "not"
	Check   Outcome = "check" // the facts do not say; a person looks
)

// An Answer is whether one right applies to a datum, and why.
type Answer struct {
	Right   string // id: erase, port ...
	Title   Words
	Article string
	DPV     string
	Outcome Outcome
	Reason  string // id: erase.contract ...
	Why     Words
	Notes   []int // of the matrix
	Of      []int // the facts it is about, by their place; all of them for a right that is judged once
}

// Apply judges each right for one datum that several activities process, in
// the order of the matrix: rights that do not turn on the basis once, the
// others for each (gdpr 2.5: a datum under several bases). Answers that say the
// same of several activities are one.
func (p *Pack) Apply(list []Facts) []Answer {
	if len(list) == 0 {
		list = []Facts{{}}
	}
	var out []Answer
	for i := range p.Rights {
		r := &p.Rights[i]
		first := len(out)
		for n := range list {
			a := p.answer(r, &list[n])
			at := slices.IndexFunc(out[first:], func(b Answer) bool { return b.Outcome == a.Outcome && b.Reason == a.Reason && b.Article == a.Article })
			if at < 0 {
				a.Of = []int{n}
				out = append(out, a)
				continue
			}
			b := &out[first+at]
			b.Of = append(b.Of, n)
			for _, note := range a.Notes {
				if !slices.Contains(b.Notes, note) {
					b.Notes = append(b.Notes, note)
				}
			}
		}
		if r.Each == "once" && len(out) > first {
			out = append(out[:first], widest(out[first:]))
		}
	}
	return out
}

// widest is the answer for the datum as a whole: a right that applies for one
// of its activities applies; of those the one that says most, which comes last.
func widest(list []Answer) Answer {
	rank := map[Outcome]int{Not: 0, Check: 1, Applies: 2}
	out := list[0]
	var of, notes []int
	for _, a := range list {
		if rank[a.Outcome] > rank[out.Outcome] || a.Outcome == out.Outcome && len(a.Notes) > len(out.Notes) {
			out = a
		}
		of = append(of, a.Of...)
		for _, n := range a.Notes {
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
			}
		}
	}
	slices.Sort(of)
	out.Of, out.Notes = of, notes
	return out
}

// answer judges one right for one activity.
func (p *Pack) answer(r *Right, f *Facts) Answer {
	cell := r.Cells[f.Basis]
	j := judge{f: f, cell: cell}
	outcome, reason, article := j.judge(r.ID)
	a := Answer{Right: r.ID, Title: r.Title, Article: r.Article, DPV: r.DPV, Outcome: outcome, Reason: reason, Notes: slices.Clone(cell.Notes)}
	if article != "" {
		a.Article = article
	}
	a.Why, _ = p.reason(reason)
	return a
}

// ids are the rights that are judged.
func ids() []string {
	return []string{"withdraw", "inform13", "inform14", "access", "rectify", "erase", "restrict", "port", "object", "object_dm", "adm", "complain"}
}

// reasons are those that are given.
func reasons() []string {
	return []string{"always", "basis", "basis.unknown", "withdraw.given", "withdraw.done", "withdraw.none",
		"inform.person", "inform.elsewhere", "inform.made", "inform.law", "origin.unknown",
		"erase.withdrawn", "erase.withdraws", "erase.other", "erase.contract", "erase.retention", "erase.hold", "erase.ended", "erase.unlawful", "erase.need",
		"erase.marketing", "erase.objected", "erase.objection", "restrict.grounds", "restrict.objection",
		"port.yes", "port.made", "port.elsewhere", "port.manual", "port.invalid",
		"object.may", "object.done", "object.consent", "marketing.yes", "marketing.consent", "marketing.no", "marketing.unknown",
		"adm.unknown", "adm.none", "adm.human", "adm.law", "adm.forbidden"}
}

// DecisionOf reads what a register says of decisions by automation alone:
// "none", or what is decided and by which exception of Art. 22(2).
func DecisionOf(said string) Decision {
	switch said = strings.TrimSpace(said); {
	case said == "":
		return DecisionUnknown
	case strings.EqualFold(said, "none"):
		return DecisionNone
	}
	for _, d := range []Decision{DecisionContract, DecisionLaw, DecisionConsent} {
		if strings.Contains(said, string(d)) {
			return d
		}
	}
	return DecisionBare
}
