package cdp

import "time"

// What a person can tell an officer to record on their behalf.
const (
	InstructGive     = "give"     // a consent
	InstructWithdraw = "withdraw" // Art. 7(3)
	InstructRefuse   = "refuse"
	InstructObject   = "object"   // Art. 21
	InstructPrefer   = "prefer"   // how to be spoken to
	InstructRestrict = "restrict" // Art. 18(1)
	InstructLift     = "lift"     // a restriction; Art. 18(3)
)

// An Instruction is what a person told an officer to record on their behalf, at
// one endpoint, with the evidence that they did.
type Instruction struct {
	Verb       string
	Endpoint   Identifier
	Controller string // "" for the one of the endpoint's records, when it is one
	New        bool   // the store may know nothing of the endpoint

	// Of a consent.
	Purposes []PurposeID // none: all, which only a no can be about
	Notice   string      // version of the text that the person saw or was read
	Expires  time.Time

	Channel Channel // "" for all

	// Of a preference.
	Topic     string
	Wish      Wish
	Frequency string
	Quiet     Quiet

	// Of a restriction and its lift: what is restricted, instead of an endpoint, is
	// the person with all their rows, or, with a record, that row alone.
	Profile ProfileID
	Row     RecordID // 0 for the whole person
	Ground  RestrictionGround
	Told    time.Time // of a lift: when the person was told before

	Language string // of the notice, or in which to write

	// Evidence of the instruction: all three are needed.
	Via string    // letter, call, e-mail, counter ...
	At  time.Time // when the person said so
	Day bool      // At is known by its day only
	Ref Value     // reference of the letter or call, by which it is found again
}

// An InstructionEffect is what recording an instruction does, or would do.
type InstructionEffect struct {
	Consents []Standing    // at the endpoint and controller, afterwards; of a preference none
	Wishes   []Preferring  // as Consents; of a consent none
	Open     []Restriction // of a restriction or lift: those that are open afterwards, the first hundred
	Known    bool          // all of it was on record before: nothing is new

	Purposes   []PurposeEffect // that may be pursued otherwise than before
	Records    []RecordEffect  // judged otherwise than before, the first hundred
	Changed    int             // all of them
	Carriers   int             // current records that carry the endpoint, and were judged
	Later      bool            // there are more, which are judged by the next tick
	Recipients []Downstream    // that got data of these records for a purpose that may be pursued no longer
	Profiles   Effect
	Digest     string // hex SHA-256 of the instruction and what becomes of it
}

// Restricts reports whether an instruction is about Art. 18.
func (in *Instruction) Restricts() bool {
	return in.Verb == InstructRestrict || in.Verb == InstructLift
}

// Object is what an instruction is about.
func (in *Instruction) Object() Ref {
	switch {
	case !in.Restricts():
		return Ref{Kind: "identifier", ID: in.Endpoint.String()}
	case in.Row != 0:
		return Ref{Kind: "record", ID: in.Row.String()}
	}
	return Ref{Kind: "profile", ID: in.Profile.String()}
}

// A PurposeEffect counts the records for which an activity may be pursued, before
// and after.
type PurposeEffect struct {
	Purpose       PurposeID
	Activity      ActivityID
	Before, After int
	Why           string // the verdict on one of those that may no longer, or still not
}

// A RecordEffect is what becomes of a record that is judged again.
type RecordEffect struct {
	Record        RecordID
	Source        SourceID
	Before, After Outcome
	Lost, Gained  []ActivityID
}
