package cdp

import "time"

// The values in which a Desk answers. They are plain: a process that holds the
// store can send them to another one.

// A Ref names a thing of the store: a profile, a record, an identifier, a
// batch, a source, an entry of the log.
type Ref struct {
	Kind string // profile record identifier batch source entry activity recipient reject
	ID   string // as its String prints; for an identifier the tag form, never the value
}

// A Page of a list that is read in order. More is false on the last one; Next
// is where the following page begins, opaque to the caller.
type Page[T any] struct {
	Items []T
	Next  string
	More  bool
	Total int  // of all pages, when Exact or more
	Exact bool // whether Total is the number or a lower bound
}

// A Profile is what we believe to be one person.
type Profile struct {
	ID       ProfileID
	Asked    ProfileID // the id that was asked for, when it is an alias of ID
	Restrict bool
	Outcome  Outcome   // Linked unless the profile is a record held apart or quarantined
	Apart    *Verdict  // why it is held apart or quarantined
	Since    time.Time // earliest time of a record or touchpoint
	Seen     time.Time // latest
	Minted   time.Time
	Country  string // ISO code of its sources' records when they agree, else ""

	Records     []Member
	Identifiers []Held
	Attributes  []Golden
	Consents    []Standing
	Preferences []Attribute  // attributes that sources deliver under such names
	Wishes      []Preferring // how the person wants to be spoken to

	Lens Lens // through which it was looked at

	TouchpointCount, ShareCount, Merges, Splits int
	Truncated                                   bool // Records and Identifiers show the first 500 of a very large profile
	RecordCount                                 int
}

// A Member is a record of a profile, in short.
type Member struct {
	Record      RecordID
	Source      SourceID
	Key         Value
	At          time.Time
	Recorded    time.Time
	Batch       BatchID
	Line        int
	Version     int // 1 for the first
	Touchpoints int
	Outcome     Outcome
}

// A Held is an identifier of a profile with where it came from.
type Held struct {
	Identifier Identifier
	Sources    []SourceID
	Records    int
	Since      time.Time
	Active     bool    // it links in this profile
	Standing   string  // why it joins nothing though it may, as in a Claim; "" when it joins or may not
	Verdict    Verdict // of the claim that decided
	Basis      BasisKind
	Shared     int // other profiles that carry it without being linked by it
}

// A Golden is an attribute of a profile: the value that is shown, and all that
// were delivered.
type Golden struct {
	Name     string
	Value    Value
	Source   SourceID
	Origin   Origin
	Category string
	Special  string
	At       time.Time
	Conflict bool // other sources say otherwise
	Others   []Statement
}

// A Statement is one delivery of an attribute.
type Statement struct {
	Value  Value
	Source SourceID
	Record RecordID
	At     time.Time
}

// A Standing is the present answer for endpoint x purpose x controller, with
// the events that lead to it, oldest first.
type Standing struct {
	Endpoint   Identifier
	Purpose    PurposeID
	Controller string
	Channel    Channel
	State      ConsentState
	Since      time.Time
	Expires    time.Time
	Complete   int // evidence, 0 to 100
	Missing    []string
	Conflict   bool // sources contradict; the most restrictive answer holds
	Events     []Consent

	// Why is what led here besides what was said: "own end" (of the consent),
	// "validity" and "window" (of the register: how long a consent lasts, how long
	// a double opt-in waits), "pre-ticked", "child", or "notice " and the id of the
	// notice whose change makes it necessary to ask again.
	Why                            string
	Record                         RecordID // that states what decided
	Notice                         string   // that the deciding statement cites
	Speaker                        Speaker
	Explicit, Bundled, Conditional bool
}

// A Use is one purpose for which a record of a profile may, or may not, be held.
type Use struct {
	Record   RecordID
	Source   SourceID
	Activity ActivityID
	Purpose  PurposeID
	Title    string
	Verdict  Verdict
}

// PartID names the use as a card does.
func (u *Use) PartID() string { return partID(u.Record, string(u.Activity)) }

// A TraceNode is a line of the answer to "why do we have this". The root is
// the value or the profile; its children are the four questions: held because,
// linked by, sent to, used for.
type TraceNode struct {
	Label    string // from the program; safe
	Data     Value  // from a source; untrusted; "" for none
	Special  string // special category of Data (Art. 9), or "criminal" (Art. 10); "" for none
	Ident    *Identifier
	At       time.Time
	Mark     string // "", "!" (a finding), "x" (held back), "?" (unknown)
	Ref      *Ref
	Fields   []TraceField
	Children []TraceNode
}

// A TraceField is a detail of a node.
type TraceField struct {
	Name    string
	Text    string // safe
	Data    Value  // untrusted
	Special string // of Data, as in a TraceNode
	Ident   *Identifier
}

// A Path is why two records, profiles or identifiers are one: the shortest
// chain of evidence.
type Path struct {
	From, To Ref
	Found    bool
	Hops     []Hop
	Not      []string // when not found: what they share without being linked, and why
	Lens     Lens
}

// A Hop is one step: this record and that record both carry the identifier.
type Hop struct {
	From, To               RecordID
	FromSource, ToSource   SourceID
	Identifier             Identifier // zero when a person decided that they are one
	Class                  string     // of the weaker claim as evidence: A (customer number, login) to D (device, cookie)
	Decision               *Decision  // of a person, that joins the records instead of an identifier
	FromVerdict, ToVerdict Verdict
	At                     time.Time // when the later of the two was recorded, or it was decided
}

// A Neighbourhood is a profile with what surrounds it, for the graph screen.
type Neighbourhood struct {
	Centre ProfileID
	Hops   int
	Held   []Held
	Down   []Downstream
	Shared []Sharing
	Hidden int // profiles left out by the limit
	Lens   Lens

	// Partial says, at another standpoint, that more rows bore on it than were
	// looked at, and Wide which identifiers more carried than were looked at.
	Partial bool
	Wide    []Identifier
}

// A Downstream is a recipient in the neighbourhood.
type Downstream struct {
	Recipient string
	Purpose   PurposeID
	Count     int
	Last      time.Time
}

// A Sharing is an identifier that several profiles carry without being linked
// by it.
type Sharing struct {
	Identifier Identifier
	From       ProfileID
	Profiles   []ProfileID
	Reason     string
	Hop        int
}

// A Hit is a profile found by search.
type Hit struct {
	Profile ProfileID
	Name    Value
	City    Value
	Country string
	Score   float64
	Matched []Match
	Records int
	Sources []SourceID
	Bases   []BasisKind
	Seen    time.Time
}

// A Match says where a hit matched.
type Match struct {
	Field    string
	Fragment Value    // the text around the match
	Spans    [][2]int // byte ranges within Fragment
}

// A SearchRequest asks for profiles.
type SearchRequest struct {
	Query  string
	Facets map[string][]string // facet name -> chosen values; within a facet or, between facets and
	Offset int
	Limit  int  // at most 200, from the store 1,000; 0 means 20
	Bare   bool // from the store: facets need not be counted
}

// A SearchAnswer is a page of hits with facets.
type SearchAnswer struct {
	Hits    []Hit
	Total   int
	Facets  []Facet
	Took    time.Duration
	Behind  uint64 // journal entries the index has not seen yet
	Partial string // why the answer may be incomplete, "" when it is whole
	Lens    Lens   // of another standpoint: from the store, without scores
}

// A Facet counts the values of one dimension over all hits.
type Facet struct {
	Name   string // source channel basis consent country
	Values []FacetValue
}

// A FacetValue is a value and its number of hits.
type FacetValue struct {
	Value string
	Count int
}

// A Held-back record: quarantine as a list.
type Quarantine struct {
	Record  RecordID
	Source  SourceID
	Key     Value
	Batch   BatchID
	Line    int
	Since   time.Time
	Until   time.Time // content is dropped then
	Verdict Verdict
	Todo    string // what would release it
}

// A SourceStat is a source with its counts.
type SourceStat struct {
	Source      Source
	Known       bool // the register has an entry for it
	Records     int
	Touchpoints int
	Quarantined int
	Apart       int
	Rejects     int
	Batches     int
	Last        time.Time
}

// Stats are the counts of the store.
type Stats struct {
	At             time.Time
	Records        int
	Versions       int // records incl. superseded ones
	Profiles       int
	Identifiers    int
	Touchpoints    int
	Consents       int
	Shares         int
	Quarantined    int
	Apart          int
	Rejects        int // open ones
	Batches        int
	Merges, Splits int
	Largest        ProfileID
	LargestSize    int   // records of Largest
	LargestBound   bool  // another profile may be larger: the one that was has become smaller
	SizeClasses    []int // profiles of 1, 2-5, 6-20, 21-100, more records
	Sources        []SourceStat
	Consent        []ConsentCount
	Shared         []Downstream
	JournalSeq     uint64
	IndexSeq       uint64
	DiskBytes      int64
	Register       string // hash of the active register, "" when there is none
	RegisterFrom   time.Time
}

// A ConsentCount counts standings of a purpose.
type ConsentCount struct {
	Purpose               PurposeID
	Given, Refused, Other int
}

// An Entry is one line of the log: who did what, to what, why. It holds no
// personal value.
type Entry struct {
	Seq    uint64
	At     time.Time
	Actor  string
	Verb   string // ingest view search reveal export reindex check activate ...
	Object Ref
	Case   string
	Reason string
	Digest string // hex SHA-256 of what was shown or done, "" for none
	Detail string // counts and rule names
}

// A Change is an entry of the journal: what resolution did, with its cause.
// Search follows it.
type Change struct {
	Seq      uint64
	At       time.Time
	Verb     string      // link unlink update mint merge split rest supersede release quarantine drop consent register load
	Profiles []ProfileID // touched, the survivor first
	Record   RecordID    // the cause
	Claim    *Identifier // of a merge: the identifier that caused it, by kind and tag; its value is not kept
	Rule     string
	Batch    BatchID
}

// A CheckReport is the answer of the store's self-check.
type CheckReport struct {
	Records, Profiles, Identifiers int
	Problems                       []Problem
	Took                           time.Duration
}

// A Problem is one thing that a check found wrong.
type Problem struct {
	Code string // stable
	Ref  Ref
	Text string // no personal value
}

// A SavedSearch is a query under a name.
type SavedSearch struct {
	Name, Query string
	Shape       string // the query with what may name a person masked; "" when it can not be read
	By          string // who saved it last
	At          time.Time
}

// A RecordView is a record with its tail, its whole lineage and how it is
// judged now.
type RecordView struct {
	Record     Record // claims carry whole verdicts
	Controller string
	State      string // live, quarantined, superseded, deleted, dropped
	Profile    ProfileID
	Version    int
	Others     []RecordID // versions of the same source row, oldest first
	Ruling     Ruling
}

// An AudienceLine is a line of a list that was looked up.
type AudienceLine struct {
	Line  int // from 1
	Found []Found
}

// An AudienceSum sums up a list.
type AudienceSum struct{ Lines, Found, Profiles int }

// A Found is what a look-up by id or identifier leads to.
type Found struct {
	Ref        Ref         // profile or record
	Profile    ProfileID   // live; 0 for a record in quarantine
	Identifier *Identifier // by which it was found
	Note       string      // "alias of P-0000007", "in quarantine"; "" for none
}
