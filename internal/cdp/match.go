package cdp

import "time"

// Verdicts of a person on a possible match.
const (
	MatchSame      = "same"      // a decision "same" on one row of each profile
	MatchDifferent = "different" // a decision "different"
	MatchUnsure    = "unsure"    // kept with its reason; the pair is shown last
)

// A PossibleMatch is two profiles that may be one person. Nothing joins them
// but a person's decision.
type PossibleMatch struct {
	A, B      ProfileID // A below B
	Score     float64   // points of all fields
	Level     string    // possible: for review; related: relatives, namesakes, households; none
	Ambiguous bool      // one of them fits a third profile that the other does not fit: at most one pair is right
	Fields    []MatchField
	Unsure    *Unsure // nobody could tell so far; nil when nobody said so
}

// A MatchField is what one field says of a possible match.
type MatchField struct {
	Name   string  // name birth_date email phone address national_id
	How    string  // exact swapped near initial shared missing differs
	Points float64 // above 0 for, below 0 against
	Why    string  // one sentence for an officer; no personal value
}

// An Unsure says who could not tell of a possible match, why and when. It
// holds for the score that the match had: other evidence is a new question.
type Unsure struct {
	By     string
	Reason string
	At     time.Time
	Score  float64
}

// A MatchFilter selects possible matches of the queue.
type MatchFilter struct {
	Profile   ProfileID // of this profile only; 0 for all
	Related   bool      // also what is only related; with Profile only
	Ambiguous *bool     // only ambiguous ones, or only those that are not; nil for both
	Unsure    *bool     // only those of which somebody was unsure, or only the others; nil for both
	Least     float64   // of this score at least
	From      string    // Next of the page before; "" for the first
	Limit     int       // at most 200; 0 means 20
}

// MatchCounts say how long the queue is, and how far behind.
type MatchCounts struct {
	Made      bool // false: the possible matches were never looked for, or are being made anew
	Profiles  int  // that are compared
	Open      int  // pairs in the queue, those somebody was unsure of left out
	Unsure    int
	Ambiguous int
	Behind    uint64 // changes of the store and profiles that were not looked at yet; when not Made a lower bound
}

// A MatchView is a possible match in full.
type MatchView struct {
	PossibleMatch
	Sides   [2]MatchSide // of A and of B
	Rivals  []ProfileID  // the third profiles that make it ambiguous
	Decided []DecisionID // decisions in force that call them same or different
	InQueue bool         // it waits for review
}

// A MatchSide is what is compared of one profile.
type MatchSide struct {
	Profile    ProfileID
	Controller string
	Records    int
	Left       int // records that are not compared, since linking them is not allowed
	Sources    []SourceID
	Values     []MatchValue
}

// A MatchValue is a value that is compared, or shown beside the others.
type MatchValue struct {
	Field      string      // as MatchField.Name
	Value      Value       // untrusted; "" when Identifier is set
	Identifier *Identifier // nil for values that are no identifiers
	Shared     bool        // many carry it: it counts little
	Records    int
}

// A MatchVerdict is what became of a verdict on a possible match.
type MatchVerdict struct {
	A, B     ProfileID
	Verdict  string
	Decision DecisionID // of same and different; 0 for unsure
	Profile  ProfileID  // of both, after same
}
