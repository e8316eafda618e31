package cdp

import "time"

// A WhyNot says what keeps two things apart: what both carry without being
// joined by it, and who decided that they are different.
type WhyNot struct {
	A, B     Ref
	One      bool          // they are one profile: nothing keeps them apart
	Shared   []SharedValue // identifiers that both carry
	Apart    []Decision    // in force, that call records of both different
	Locks    []Decision    // in force, that lock a profile of either
	Conflict []string      // of what is exclusive both have different ones: kinds and birth_date
	Lens     Lens
	Partial  bool // more rows bore on it then than were looked at
}

// A SharedValue is an identifier that records of two profiles carry and that
// does not join them.
type SharedValue struct {
	Identifier    Identifier
	A, B          RecordID // one of each side that carries it
	ASource       SourceID
	BSource       SourceID
	Standing      string // denied, controllers, generic, conflict, different, locked, guarded, cut, suppressed, blocked, no rule
	Reason        string // one sentence for an officer; no personal value
	Bridged, Cap  int    // of a generic one: profiles formed by stronger identifiers that carry it here, and how many may
	Verdict       Verdict
	Decision      *Decision // that cut or suppressed it
	OtherProfiles int       // that carry it too, at most 50 counted
}

// An Event is a step of a profile's history, told in words.
type Event struct {
	Change
	Words    string    // no personal value
	Decision *Decision // that caused it
}

// A Holding says what holds a profile together.
type Holding struct {
	Profile     ProfileID
	Records     int
	Links       int     // identifiers that join two or more of its records
	Density     float64 // pairs of records with evidence of their own, of all pairs
	Decisions   []DecisionID
	Pillars     []Pillar     // without which it falls apart, those that hold most first; at most 50
	Bridges     []Bridge     // claims without which it falls into two, those that hold most first; at most 50
	MoreBridges int          // not listed
	Apart       []ApartClaim // identifiers it carries that join nothing, and why
	Lens        Lens
	Partial     bool // more rows bore on it then than were looked at
}

// A Pillar is an identifier, a record or a decision without which a profile falls apart:
// "without this phone it falls into 21 | 1 | 1".
type Pillar struct {
	Identifier Identifier // zero for a record or a decision
	Record     RecordID   // 0 for an identifier or a decision
	Decision   DecisionID // of a person, that two records are one
	Pieces     []int      // records, largest first
}

// A Bridge is a claim without which a profile falls into two.
type Bridge struct {
	Record                RecordID
	Identifier            Identifier
	Class                 string // as evidence: A to D
	WithRecord, WithValue int    // records that stay with the record, and with the identifier
}

// An ApartClaim is an identifier that records of a profile carry and that joins
// nothing.
type ApartClaim struct {
	Identifier Identifier
	Standing   string // generic, conflict, different, locked, guarded, cut, suppressed, no rule
	Reason     string // one sentence for an officer; no personal value
	Records    []RecordID
	Others     int // profiles that carry it too, at most 50 counted
}

// A CutAdvice is the least that parts two records of one profile.
type CutAdvice struct {
	A, B   RecordID
	Claims []CutClaim   // fewest claims to cut
	Values []Identifier // fewest identifiers to suppress
	Pieces []int        // records with A, with B, and the rest, when the claims are cut
	Note   string       // why there is none, or that it is not known to be the weakest
}

// A CutClaim is "record carries identifier", to be cut.
type CutClaim struct {
	Record     RecordID
	Row        Row
	Identifier Identifier
	Class      string // as evidence: A to D
}

// A Radius is what was done with records while they were in one profile that
// they are no longer to be in: what a wrong merge has touched.
type Radius struct {
	Profiles   []ProfileID       // the survivor first
	Merged     time.Time         // since when they were one; zero when it is not known
	Parted     time.Time         // until when; zero: still
	Decision   DecisionID        // that parted them; 0: none yet
	Recipients []RadiusRecipient // who got data meanwhile, those that got most first
	Shares     []RadiusShare     // latest first
	Entries    []Entry           // of the log: by whom data of the profile were seen, revealed or exported in that time, newest first
	Handled    []Entry           // of the log, too: what was done to the profile, planned or previewed, which shows its data to nobody
	More       int               // of Entries, not listed
	Unmerged   []Row             // the rows that part from the survivor
}

// A RadiusShare is a disclosure of data of the profile.
type RadiusShare struct {
	Share
	Before bool // it was made before the merge: right when it was made
	Parts  bool // it is of a row that parts from the survivor
}

// A RadiusRecipient is who got data of the profile while it was wrong.
type RadiusRecipient struct {
	Recipient   string
	Shares      int
	First, Last time.Time
	Purposes    []PurposeID
	Fields      []string
}

// An IdentityLists is a version of the lists of placeholders, role mailboxes,
// reserved domains and dummy phones: of values that identify nobody.
type IdentityLists struct {
	Version int // as its file says
	Hash    string
	From    time.Time
	By      string // who put it in force; "" for those of the program that made the store
	Reason  string
	InForce bool
	Text    []byte
	Differs []ListDifference // from the lists of this program
}

// A ListDifference is how one list differs from that of others.
type ListDifference struct {
	List           string
	Added, Removed []string
}

// An IdentityRules is a version of the rules of identity.
type IdentityRules struct {
	Name    string
	Hash    string
	From    time.Time
	InForce bool
	Text    []byte
}
