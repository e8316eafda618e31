package cdp

import "time"

// Health says how well identity resolution holds: where it may have gone
// wrong, and what waits for a person.
type Health struct {
	At       time.Time
	From     Standpoint // from where it was asked; At is the day by which it is judged
	Profiles int
	Records  int // live
	Linked   int // live records that are in a profile with another one

	Largest []ProfileShape // by records, of two or more
	Sparse  []ProfileShape // least dense first, of profiles of SparseFrom records or more
	Held    []ProfileShape // by the records that would part if one value of class C or D were gone, of the same profiles
	Frozen  []ProfileShape // of so many links that the guard kept a value out: they grow no further by rules; largest first
	Counts  HealthCounts

	Hubs      []Hub // values by the records that carry them, two or more; hashes of other values left out
	Kinds     []KindHealth
	Decisions []DecisionCount
	Sources   []SourceHealth
}

// SparseFrom is from how many records on the density of a profile says
// something.
const SparseFrom = 5

// HealthCounts are the figures of what is not as it should be, or waits.
type HealthCounts struct {
	Frozen    int // profiles
	Held      int // profiles of SparseFrom records or more that one value of class C or D holds together
	Generic   int // identifiers that join nothing because many share them; a hash counts with what it is of
	Conflicts int // identifiers that join nothing because what they would join must stay apart; a hash counts with what it is of
	Pending   int // profiles with records that are to part from them; -1: that is not known of another time
	Matches   int // possible matches of which nobody said anything yet; -1: they were not looked for, or it is another time
}

// Backlog is how much waits for a person to judge.
func (c HealthCounts) Backlog() int { return c.Conflicts + max(0, c.Matches) }

// A ProfileShape is what a profile looks like from afar.
type ProfileShape struct {
	Profile                 ProfileID
	Records, Values, Claims int // claims that link, and their values
	// Density is pairs of records with evidence of their own (a value both
	// carry) over all pairs: 1 where all carry one value, near 0 where one record
	// led to the next.
	Density  float64
	Estimate bool // the density was measured on some of the records
	Bridges  int  // claims that alone hold records together

	Holder  Identifier // without it the profile falls apart; zero for none. Of several that by which most records part
	Class   string     // at which Holder links: A to D
	Pieces  []int      // into which it falls then, in records, largest first: at most 6
	Further int        // pieces beyond those, each no larger than the last one
	Parting int        // records outside the largest piece
}

// A Hub is a value that many records carry.
type Hub struct {
	Identifier Identifier
	State      string // joins; generic conflict different locked guarded suppressed; withheld: policy or the lists let no record be linked by it
	Records    int    // that carry it, those in quarantine included
	Profiles   []ProfileID
	// ProfileCount is how many profiles carry it; at least that many when Bound.
	ProfileCount int
	Bound        bool
}

// KindHealth counts the identifiers of a kind by what they do.
type KindHealth struct {
	Kind                                                Kind
	Joins                                               int // all records that carry one are in one profile
	Generic, Conflict, Different, Locked, Guarded, Kept int // join nothing; Kept: withheld by policy or the lists
	Suppressed                                          int // by a person's decision
}

// A DecisionCount counts the decisions of persons with one verb.
type DecisionCount struct {
	Verb            string
	InForce, Undone int
}

// SourceHealth says how the records of a source are linked.
type SourceHealth struct {
	Source  SourceID
	Records int // live
	Linked  int // in a profile with another record
	Across  int // in a profile with a record of another source

	// Claims of its live records, those on a hash of another value of the record left out:
	Linking int // link
	Apart   int // allowed, and join nothing: generic, in conflict, or by a person's decision
	Denied  int // policy does not allow it
	Never   int // of a value or kind that never links
}

// A Conflict is an identifier that joins nothing because it would join what
// must stay apart: for a person to judge.
type Conflict struct {
	Identifier Identifier
	Controller string
	Class      string // at which it would join: A to D
	State      string // conflict different locked guarded
	Records    int    // that carry it; at least so many when Bound
	Sides      []ConflictSide
	Bound      bool         // more records carry it than were looked at
	Why        []string     // sentences for an officer; no personal value
	Decisions  []DecisionID // that stand against it
}

// A ConflictSide is a profile that the identifier of a conflict would join
// with others.
type ConflictSide struct {
	Profile  ProfileID
	Records  int // of the profile
	Carriers int // of them, those seen to carry the identifier
}
