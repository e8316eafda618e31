package cdp

import (
	"slices"
	"time"
)

// A RestrictionGround is why processing is restricted: one of the four of Art.
// 18(1), "" when who demanded it does not say.
type RestrictionGround string

// The four grounds.
const (
	GroundAccuracy  RestrictionGround = "accuracy"  // (a) the person contests that the data are right, until that is verified
	GroundUnlawful  RestrictionGround = "unlawful"  // (b) the processing is unlawful, and the person does not want erasure
	GroundClaims    RestrictionGround = "claims"    // (c) the person needs the data for legal claims
	GroundObjection RestrictionGround = "objection" // (d) the person objected (Art. 21(1)), until it is known whose grounds override
)

// RestrictionGrounds are the four, in the order of the article.
func RestrictionGrounds() []RestrictionGround {
	return []RestrictionGround{GroundAccuracy, GroundUnlawful, GroundClaims, GroundObjection}
}

// Article returns "Art. 18(1)(a)" and so on, "Art. 18(1)" for no ground.
func (g RestrictionGround) Article() string {
	if i := slices.Index(RestrictionGrounds(), g); i >= 0 {
		return "Art. 18(1)(" + string(rune('a'+i)) + ")"
	}
	return "Art. 18(1)"
}

// A Restriction is one statement that the processing of a source row is
// restricted, or is so no longer. Statements are appended, never changed; what
// holds is a fold over them (policy.Restricted).
type Restriction struct {
	Row    Row
	Whole  bool // all that is known of the person is, wherever the row is: not this row alone
	Lifted bool // it is over: Ground tells of which, "" for all
	Ground RestrictionGround

	At     time.Time // when it begins or ends; zero when the source does not say: when it was recorded
	Told   time.Time // of a lift by an officer: when the person was told before (Art. 18(3))
	Method string    // letter, call ...
	Proof  Value     // reference by which the demand is found again
	By     string    // the officer who recorded it; "" when a source delivered it
	Source SourceID  // who says so: the row's own, or OfficerSource

	Record   RecordID  // that delivered it; 0 when an officer recorded it
	Recorded time.Time // set when admitted
}

// From is when a statement takes effect.
func (r *Restriction) From() time.Time {
	if r.At.IsZero() {
		return r.Recorded
	}
	return r.At
}

// A SuppressionScope says against what an endpoint is suppressed.
type SuppressionScope string

// Scopes.
const (
	SuppressAll       SuppressionScope = "all"       // its data are not taken in again, and used for nothing (after an erasure, Art. 17)
	SuppressMarketing SuppressionScope = "marketing" // it is in no direct marketing (Art. 21(3)), over one channel or all
)

// SuppressionScopes are both.
func SuppressionScopes() []SuppressionScope {
	return []SuppressionScope{SuppressAll, SuppressMarketing}
}

// Origins of a suppression.
const (
	SuppressedErasure   = "erasure"   // the person was erased, and shall not come back with the next delivery
	SuppressedObjection = "objection" // Art. 21(2)
	SuppressedRegister  = "register"  // a public register of who wants no marketing: a Robinson list, İYS
)

// SuppressionOrigins are all of them.
func SuppressionOrigins() []string {
	return []string{SuppressedErasure, SuppressedObjection, SuppressedRegister}
}

// A SuppressionHash stands for an endpoint on the suppression list: the
// HMAC-SHA-256 of its kind and value under the store's own key. The list
// survives the erasure of whom it names, so it names nobody.
type SuppressionHash [32]byte

// A Suppression is one statement that an endpoint is suppressed, or is so no
// longer. Statements are appended; what holds is a fold over them
// (policy.Suppressed).
type Suppression struct {
	Hash       SuppressionHash
	Kind       Kind   // of the endpoint
	Controller string // "" for all
	Scope      SuppressionScope
	Channel    Channel // of marketing; "" for all
	Ended      bool
	Origin     string
	At         time.Time
	Ref        Value  // of the case or list that it came from
	By         string // the officer
	Recorded   time.Time
}

// A RestrictionList is the rows that are restricted.
type RestrictionList struct {
	At    time.Time
	Rows  int // all of them
	Items []RestrictedRow
}

// A RestrictedRow is a source row of which something is or was restricted.
type RestrictedRow struct {
	Row     Row
	Record  RecordID // its current version
	Profile ProfileID
	Open    []Restriction // at the time of the list
	Said    []Restriction // all that was known of it
}

// Suppressing is what an officer adds to the suppression list, or ends there.
type Suppressing struct {
	Endpoints  []Identifier
	Hashes     []KeyedHash // as the store exported them
	Controller string      // "" for all
	Scope      SuppressionScope
	Channel    Channel
	Ended      bool
	Origin     string
	At         time.Time
	Day        bool  // At is known by its day only
	Ref        Value // evidence: of the case or list that it came from
}

// A KeyedHash names an endpoint of the suppression list.
type KeyedHash struct {
	Hash SuppressionHash
	Kind Kind
}

// A SuppressionEffect is what an act on the suppression list does.
type SuppressionEffect struct {
	Endpoints int  // that it is about
	New       int  // statements: an endpoint has one, and one for each hash of it
	Carriers  int  // current records that carry one of them, as far as is known
	Later     bool // they are judged by the next tick
}

// A SuppressedEndpoint is an endpoint of the suppression list.
type SuppressedEndpoint struct {
	Hash SuppressionHash
	Kind Kind
	Open []Suppression
	Said []Suppression
}
