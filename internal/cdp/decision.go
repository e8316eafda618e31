package cdp

import (
	"fmt"
	"time"
)

// A Row names a source row, whatever its versions.
type Row struct {
	Source SourceID
	Key    string
}

// A DecisionID is the sequence number of a decision. It prints as D-000001.
type DecisionID uint64

func (id DecisionID) String() string { return fmt.Sprintf("D-%06d", uint64(id)) }

// ParseDecisionID reads what String wrote, in either case, or a bare number.
func ParseDecisionID(s string) (DecisionID, error) {
	n, err := parseID("D", s)
	return DecisionID(n), err
}

// Verbs of decisions.
const (
	DecideSame      = "same"      // the rows are one person
	DecideDifferent = "different" // the groups of rows are different people, each group one
	DecideCut       = "cut"       // the row does not carry the identifier
	DecideSuppress  = "suppress"  // the identifier joins nobody
	DecideLock      = "lock"      // the rows are one profile, which rules do not change
)

// Verbs by which a person asks for a decision without naming its rows: what
// they come to is a DecideDifferent.
const (
	PlanSplit   = "split"   // some records leave their profile
	PlanUnmerge = "unmerge" // an alias gets back what it held before it was merged
)

// A Decision is what a person decided on who is who. It outranks the rules,
// holds for rows whatever their versions, and can be undone.
type Decision struct {
	ID         DecisionID
	Verb       string
	Rows       []DecidedRow
	Identifier Identifier // of cut and suppress
	By         string
	Reason     string
	At         time.Time
	UndoneBy   string // "" while it is in force
	UndoneFor  string // the reason
	Undone     time.Time
	Untied     []Row // of a plan to unmerge: rows that nothing ties to either side, which stay; not kept with the decision
}

// A DecidedRow is a source row in a decision. Groups matter for different.
type DecidedRow struct {
	Row
	Group int
}

// Ties reports whether the decision ties rows together or parts them.
func (d *Decision) Ties() bool {
	return d.Verb == DecideSame || d.Verb == DecideDifferent || d.Verb == DecideLock
}
