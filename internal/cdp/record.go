package cdp

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SourceID names a system that delivers data, as its mapping and the register
// do: "shop.orders". It is no personal datum.
type SourceID string

// ActivityID names a row of the activity register (GDPR Art. 30).
type ActivityID string

// PurposeID names a purpose of the register.
type PurposeID string

// RecordID is the sequence number of a record in the store, from 1. It is
// minted once and never reused. It prints as R-0000001.
type RecordID uint64

func (id RecordID) String() string { return fmt.Sprintf("R-%07d", uint64(id)) }

// ProfileID is the sequence number of a profile, from 1; minted, never derived
// from a member, never reused. It prints as P-0000001.
type ProfileID uint64

func (id ProfileID) String() string { return fmt.Sprintf("P-%07d", uint64(id)) }

// BatchID is the sequence number of a batch: one delivery (a file or a stream)
// under one mapping. It prints as B-000001.
type BatchID uint64

func (id BatchID) String() string { return fmt.Sprintf("B-%06d", uint64(id)) }

// ParseProfileID reads what String wrote, in either case, or a bare number.
func ParseProfileID(s string) (ProfileID, error) {
	n, err := parseID("P", s)
	return ProfileID(n), err
}

// ParseRecordID reads what String wrote, in either case.
func ParseRecordID(s string) (RecordID, error) {
	n, err := parseID("R", s)
	return RecordID(n), err
}

// ParseBatchID reads what String wrote, in either case.
func ParseBatchID(s string) (BatchID, error) {
	n, err := parseID("B", s)
	return BatchID(n), err
}

func parseID(letter, s string) (uint64, error) {
	t := strings.TrimSpace(s)
	if len(t) > 2 && strings.EqualFold(t[:2], letter+"-") {
		t = t[2:]
	}
	n, err := strconv.ParseUint(t, 10, 63)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("not an id: want %s-0000001 or a number from 1", letter)
	}
	return n, nil
}

// A Record is one row or event about one subject as a source delivered it.
// It is immutable: a newer version of the same source row is a new record that
// supersedes it.
type Record struct {
	ID       RecordID // 0 until admitted
	Source   SourceID
	Key      string    // of the row in its source; unique per source
	At       time.Time // when it was so in the world; zero when the source does not say
	Recorded time.Time // when we learnt it; set when admitted
	Lineage  Lineage
	Deleted  bool // the source says the row is gone (in-band delete marker)

	Claims      []Claim
	Attributes  []Attribute
	Touchpoints []Touchpoint
	Consents    []Consent
	Preferences []Preference
	// Restrictions are what the row says of Art. 18; they are kept with the row.
	Restrictions []Restriction
	Grounds      []Ground
	Shares       []Share
	Activities   []ActivityID // of its source's, those that apply to this record; empty means all of them
}

// Lineage says where a record or a reject came from. File, FileHash and
// Mapping are those of its batch.
type Lineage struct {
	Batch    BatchID
	File     string // base name as delivered; "-" for standard input
	FileHash string // hex SHA-256 of the file's bytes as delivered
	Mapping  string // hex SHA-256 of the mapping's text
	Line     int    // 1-based line on which the row begins; 0 for formats without lines
	Row      int    // 1-based number of the row within the file
	Offset   int64  // byte at which the row begins in the decoded text; -1 when unknown
}

// Strength says what a claim may do in identity resolution.
type Strength uint8

// Strengths. The zero value never links.
const (
	LinkNone   Strength = iota // kept and searchable, never joins two records
	LinkWeak                   // joins, but is the first to be doubted (device, cookie)
	LinkStrong                 // joins
)

func (s Strength) String() string {
	return [...]string{"none", "weak", "strong"}[min(s, LinkStrong)]
}

// Verification says how a source knows that an identifier is the subject's.
type Verification uint8

// Verifications, weakest first.
const (
	Unverified Verification = iota
	FormatChecked
	DoubleOptIn
	LoggedIn
	ByDocument
)

func (v Verification) String() string {
	return [...]string{"none", "format", "double opt-in", "login", "document"}[min(v, ByDocument)]
}

// A Claim is "record R carries identifier I": the edge of the identity graph.
type Claim struct {
	Identifier   Identifier
	Strength     Strength
	Verification Verification
	Blocked      string // rule by which the value can never link (placeholder); "" when it may
	Generic      string // rule by which the value starts as shared (role mailbox); "" when it does not

	// What resolution made of it; set by the graph.
	Active   bool    // it joins the record with others that carry the identifier
	Standing string  // why an allowed claim joins nothing: generic, conflict, different, locked, guarded, cut, suppressed, no rule
	Verdict  Verdict // of policy on linking by it
}

// An Origin says how a value came to be (DPV: ProvidedPersonalData and so on);
// it decides what Art. 20 gives.
type Origin string

// Origins.
const (
	Provided Origin = "provided"
	Observed Origin = "observed"
	Derived  Origin = "derived"
	Inferred Origin = "inferred" // by a model; shown as such
	Acquired Origin = "acquired" // from a third party
)

// An Attribute is a named value of a record.
type Attribute struct {
	Name     string // given_name, city, segment ...
	Value    Value
	Category string // data category, DPV pd: or Fides path: user.contact.email
	Origin   Origin
	Special  string // kind of special category (Art. 9) or "criminal" (Art. 10); "" for none
}

// SpecialKind is the special category (Art. 9) that the attribute belongs to, or
// "criminal" (Art. 10): as its mapping says, or as its data category does (Fides
// taxonomy); "" for none.
func (a *Attribute) SpecialKind() string {
	if a.Special != "" {
		return a.Special
	}
	return SpecialOf(a.Category)
}

// SpecialOf is the special category of a data category, "" for none.
func SpecialOf(category string) string {
	for _, s := range specialCategories {
		if rest, ok := strings.CutPrefix(category, s.category); ok && (rest == "" || rest[0] == '.') {
			return s.kind
		}
	}
	return ""
}

// specialCategories are those of the Fides taxonomy under Art. 9 or 10.
var specialCategories = [...]struct{ category, kind string }{
	{"user.health_and_medical", "health"}, {"user.health", "health"}, {"user.biometric_health", "health"}, {"user.biometric", "biometric"}, {"user.genetic", "genetic"},
	{"user.demographic.race_ethnicity", "ethnicity"}, {"user.demographic.religious_belief", "religion"},
	{"user.demographic.political_opinion", "politics"}, {"user.demographic.sexual_orientation", "sexuality"},
	{"user.criminal_history", "criminal"},
}

// A Channel is where a touchpoint happened or a message goes.
type Channel string

// A Touchpoint is something that happened on a channel.
type Touchpoint struct {
	Key     string // in its source, when it has one
	Channel Channel
	Kind    string // order, visit, call, newsletter.click, survey, return ...
	At      time.Time
	Text    Value // free text: a review, a chat, a note
	Detail  Value // one line: the page, the basket, the campaign
	Purpose PurposeID

	Source SourceID // set when read back
	Record RecordID // set when read back
	No     int      // its place in the record, from 1; set when read back
}

// PartID names the touchpoint as a card does.
func (t *Touchpoint) PartID() string { return partID(t.Record, strconv.Itoa(t.No)) }

func partID(r RecordID, part string) string { return r.String() + "/" + part }

// ParsePart reads the record and the part that a card names: R-0000001/2.
func ParsePart(s string) (RecordID, string, error) {
	record, part, ok := strings.Cut(s, "/")
	id, err := ParseRecordID(record)
	if err == nil && (!ok || part == "") {
		err = fmt.Errorf("%s: not a part of a record: want R-0000001/1", id)
	}
	return id, part, err
}

// A Ground is a fact on which a basis other than consent rests for one record:
// the contract it belongs to, the law that asks for it.
type Ground struct {
	Activity ActivityID
	Ref      Value     // order or contract number
	From, To time.Time // zero To: still open
}

// A Share is one disclosure of data of a record to a recipient.
type Share struct {
	Recipient string
	Purpose   PurposeID
	At        time.Time
	Fields    []string // names of attributes and kinds of identifiers
	Mode      string   // batch, stream, manual, pixel

	Source SourceID // that reports it; set when read back
	Record RecordID
	ID     string // R-0000001/1, or of one made by us its line; set when read back
	// Of a disclosure made by us: over which channel and about what the recipient
	// was to speak to the person, and all the records of which it was made.
	Channel Channel
	Topic   string
	Records []RecordID
}

// A Source is a system that delivers data.
type Source struct {
	ID         SourceID
	System     string // product name: Shopify, Mailchimp ...
	Kind       string // web shop store newsletter call_centre survey loyalty crm social_login ...
	Owner      string // department or function, not a person
	Controller string
	Country    string // ISO 3166-1 alpha-2
	Collection string // first_party or third_party
	Activities []ActivityID
	Link       ActivityID // the activity that is its ground for linking; "" when it has none
}
