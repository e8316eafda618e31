package cdp

import "time"

// A BasisKind is one of the six of GDPR Art. 6(1).
type BasisKind string

// The six bases.
const (
	BasisConsent    BasisKind = "consent"             // (a)
	BasisContract   BasisKind = "contract"            // (b)
	BasisLaw        BasisKind = "legal_obligation"    // (c)
	BasisVital      BasisKind = "vital_interest"      // (d)
	BasisPublicTask BasisKind = "public_task"         // (e)
	BasisLegitimate BasisKind = "legitimate_interest" // (f)
)

// Bases are the six, in the order of the article.
func Bases() []BasisKind {
	return []BasisKind{BasisConsent, BasisContract, BasisLaw, BasisVital, BasisPublicTask, BasisLegitimate}
}

// Article returns "Art. 6(1)(a)" and so on, "" for no basis.
func (b BasisKind) Article() string {
	for i, k := range Bases() {
		if k == b {
			return "Art. 6(1)(" + string(rune('a'+i)) + ")"
		}
	}
	return ""
}

// A Verdict is a judgement of policy with its reasons.
type Verdict struct {
	Allow    bool
	Rule     string // stable name of the rule that decided: "link.consent.given"
	Reason   string // one sentence for an officer; no personal value
	Article  string // of law: "Art. 6(1)(a)", "Art. 7(3)"
	Basis    BasisKind
	Activity ActivityID
	Facts    []string  // what it rested on: ids, times, versions; no personal value
	From     time.Time // not valid before; zero: no lower bound
	Until    time.Time // to be judged again then; zero: until a fact changes
	Register string    // hash of the register version
}

// An Outcome says what became of a record at the gate in.
type Outcome uint8

// Outcomes, most permissive first.
const (
	Linked       Outcome = iota // admitted, its claims take part in resolution
	HeldApart                   // admitted, own profile; linking not lawful
	EvidenceOnly                // restricted (Art. 18): kept where it is, used for nothing
	Quarantined                 // no valid basis: kept minimal and bounded, not in the common search
	Refused                     // suppressed: not kept
)

func (o Outcome) String() string {
	return [...]string{"linked", "held apart", "evidence only", "quarantined", "refused"}[min(o, Refused)]
}

// Links reports whether a record takes part in resolution by the claims that
// may link. One that is restricted does: its person stays one, so that the
// restriction is found with all that it bears on.
func (o Outcome) Links() bool { return o == Linked || o == EvidenceOnly }

// A Ruling is what the gate in says of a record: the outcome, why, and a
// verdict for each claim (same order as the record's claims).
type Ruling struct {
	Outcome  Outcome
	Verdict  Verdict   // the one that decided the outcome
	Holding  []Verdict // per activity of the record: may it be held for it
	Claims   []Verdict
	Due      time.Time // when the ruling must be made again by itself; zero: never
	Findings []string  // rule names of things an officer should see (basis begins later, unreadable consent)
}
