package cdp

import "time"

// A ConsentState is the state into which a consent event puts an endpoint x
// purpose x controller (DPV ConsentStatus; gdpr state machine).
type ConsentState string

// Consent states. Absence of any event is not a state: it is NoStatement when
// asked for.
const (
	NoStatement        ConsentState = ""
	ConsentUnreadable  ConsentState = "unreadable" // the source said something we can not read: as if none, and a finding
	ConsentRequested   ConsentState = "requested"
	ConsentDeferred    ConsentState = "deferred" // asked, and put off by the person
	ConsentPending     ConsentState = "pending"  // double opt-in not confirmed
	ConsentGiven       ConsentState = "given"
	ConsentRenewed     ConsentState = "renewed"
	ConsentRefused     ConsentState = "refused"
	ConsentWithdrawn   ConsentState = "withdrawn" // by the person
	ConsentRevoked     ConsentState = "revoked"   // by another entity
	ConsentExpired     ConsentState = "expired"
	ConsentInvalidated ConsentState = "invalidated"
	ConsentObjected    ConsentState = "objected" // Art. 21: to a legitimate interest or direct marketing
	ConsentEmpty       ConsentState = "empty"    // the source's consent object is there and empty: nothing is agreed to

	// ConsentStale is where a permission leads when the notice it was given on has
	// materially changed: the person must be asked again. It is computed from the
	// register; no source states it.
	ConsentStale ConsentState = "reconsent_required"
)

// ValidForProcessing reports dpv:ConsentStatusValidForProcessing.
func (s ConsentState) ValidForProcessing() bool { return s == ConsentGiven || s == ConsentRenewed }

// Restrictive reports whether s says no, as opposed to saying nothing.
func (s ConsentState) Restrictive() bool {
	switch s {
	case ConsentRefused, ConsentWithdrawn, ConsentRevoked, ConsentExpired, ConsentInvalidated, ConsentObjected, ConsentEmpty, ConsentStale:
		return true
	}
	return false
}

// ConsentStates are all states an event can carry.
func ConsentStates() []ConsentState {
	return []ConsentState{ConsentUnreadable, ConsentRequested, ConsentDeferred, ConsentPending, ConsentGiven, ConsentRenewed, ConsentRefused,
		ConsentWithdrawn, ConsentRevoked, ConsentExpired, ConsentInvalidated, ConsentObjected, ConsentEmpty}
}

// A Speaker is who said what a consent event holds (dpv:isIndicatedBy).
type Speaker string

// Speakers. The zero value is the person, or a source that does not say.
const (
	ByPerson   Speaker = ""
	ByParent   Speaker = "parent"   // dpv:ParentOfDataSubject
	ByGuardian Speaker = "guardian" // dpv:GuardianOfDataSubject
	ByAgent    Speaker = "agent"    // on the person's instruction: an officer, a lawyer
)

// Responsible reports whether s holds parental responsibility (Art. 8(1)).
func (s Speaker) Responsible() bool { return s == ByParent || s == ByGuardian }

// A Consent is one event for endpoint x purpose x controller. Events are
// appended, never changed; the present state is a fold over them.
type Consent struct {
	Endpoint    Identifier
	Purpose     PurposeID
	Controller  string // of the source; set when admitted if empty
	Channel     Channel
	State       ConsentState
	At          time.Time // when the person said so; zero when the source does not say
	Expires     time.Time // zero: does not by itself
	Notice      string    // version of the text shown
	Method      string    // double opt-in, form, call ...
	Language    string
	Proof       Value
	Regulation  string // gdpr when empty; events of different regulations are folded apart
	PreTicked   bool   // Rec. 32: not a consent
	Explicit    bool   // an express statement (Art. 9(2)(a), 22(2)(c), 49(1)(a)), as opposed to another clear act
	Bundled     bool   // one act for several purposes (Art. 7(2), Rec. 43)
	Conditional bool   // a service was made to depend on it (Art. 7(4))
	Speaker     Speaker
	By          string // the officer who recorded it on behalf of the person; "" when a source delivered it

	Source   SourceID  // set when admitted; OfficerSource when an officer recorded it
	Record   RecordID  // set when admitted; 0 when an officer recorded it
	Recorded time.Time // set when admitted
}
