package cdp

import "time"

// A Simulation is what another version of the activity register would do to the
// store. The Digest of its Effect is that of activating it on the same facts.
type Simulation struct {
	Register  string // hash
	ValidFrom time.Time
	At        time.Time // as of when everything was judged
	Against   string    // hash of the version in force; "" for none
	Effect    Effect
	Records   int // looked at
	Outcomes  []OutcomeShift
	Shares    []ShareShift
}

// An OutcomeShift counts records that the gate in would judge otherwise.
type OutcomeShift struct {
	Was, Now Outcome
	Rule     string // that would decide
	Count    int
	Examples []RecordID // at most ten
}

// A ShareShift counts records of which something would go to a recipient for a
// purpose where nothing might, or the other way round. As at the gate out, what
// bars a person at one record bars all of theirs.
type ShareShift struct {
	Recipient string
	Purpose   PurposeID
	Freed     bool   // it is denied now and would be allowed; else the other way round
	Rule      string // that would decide
	Reason    string // of one of them
	Count     int
	Examples  []RecordID // at most ten
}
