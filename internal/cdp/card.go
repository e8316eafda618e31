package cdp

import "time"

// A Card is the answer to "why do you have this", for one value of a profile,
// or for a record: source and line, the way into the profile, purpose and
// basis, recipients, retention, and the rights that apply. What nobody knows is
// in Unknown, by its code; nothing is left blank.
type Card struct {
	Profile  ProfileID // 0 for a record that is in none
	Of       Ref       // attribute, identifier (its tag form), record, touchpoint, use, share; zero for the whole profile
	Part     *CardPart // when it is about one of the last three
	Lens     Lens
	At       time.Time // as of
	Label    string    // name of the attribute, kind of the identifier; an id
	Value    Value     // of an attribute, as the profile shows it
	Special  string    // special category (Art. 9), or "criminal" (Art. 10)
	Ident    *Identifier
	Conflict bool // the sources do not agree
	Place    Jurisdiction

	Sources    []CardSource
	Links      []CardLink
	Uses       []CardUse
	Recipients []CardRecipient
	Retention  []CardRetention
	Rights     []CardRight
	Unknown    []CardUnknown

	Records int // that carry the value
	Left    int // of these, not told for their number
}

// A CardPart is what a card is about that is no value of a profile: an event, a
// use, a disclosure.
type CardPart struct {
	Touchpoint *Touchpoint
	Share      *Share
	Use        *Use
	Title      Words    // of the purpose
	Fields     []string // names of what is used or was sent; none: it may be all
	Then, Now  Verdict  // on it, as known on its day, and as known now
	NoThen     bool     // nothing of it was known on its day, or it is not judged by the day
}

// A Question is one of the six that a card answers.
type Question int

// The six.
const (
	AskSource Question = iota + 1
	AskLink
	AskBasis
	AskRecipients
	AskRetention
	AskRights
)

// A CardUnknown is something that an answer should say and nobody knows: a
// finding.
type CardUnknown struct {
	Question Question
	Code     string // source.owner, use.basis ...
	Record   RecordID
	Activity ActivityID
	Other    string // recipient, country ...
}

// A CardSource is one delivery of the value: where it came from, to the line.
type CardSource struct {
	Record     RecordID
	Source     SourceID
	System     string
	Owner      string
	Controller string // name
	Collection string // first_party, third_party
	Batch      BatchID
	File       Value
	FileHash   string
	Stream     bool // it came as a stream, which has no hash
	Lineage    Lineage
	At         time.Time // when it was so
	Recorded   time.Time
	Value      Value // as this record has it
	Special    string
	Origins    []Origin
	Categories []string
}

// A CardLink is why a record is in the profile.
type CardLink struct {
	Record RecordID
	Anchor RecordID // the oldest record of the profile
	Alone  bool     // the profile has no other record
	Found  bool
	Hops   []Hop // from the record to the anchor; none for the anchor itself
}

// A CardUse is one activity for which records that carry the value are, or
// are not, held.
type CardUse struct {
	Activity  ActivityID
	Purpose   PurposeID
	Title     Words
	DPV       string // of the purpose
	Basis     BasisKind
	Verdict   Verdict // now
	Intervals []CardInterval
	Evidence  []Evidence
	Records   []RecordID
}

// A CardInterval is a time in which there was a basis.
type CardInterval struct {
	From, To time.Time // zero To: as far as is known without end
	Rule     string
	Register string // hash of its version
	Ended    string // rule by which it ended, or will end; "" when it does not
	Renewed  bool   // it went on, on another proof or by another version of the register
}

// Evidence is on what a basis rests.
type Evidence struct {
	Kind     string // consent, contract, ground, law, vital, balancing
	Ref      string // of the register: terms, citation, test
	Value    Value  // of a source: order number, proof
	Endpoint *Identifier
	State    ConsentState
	From, To time.Time
	Notice   string
	Method   string
	Source   SourceID
	Complete int // percent, of a consent
	Missing  []string
}

// A CardRecipient is one time at which the value went to a recipient.
type CardRecipient struct {
	Recipient string // id
	Name      string // "" when the register does not know it
	Kind      string
	Country   string
	Region    string
	Contract  string
	Tool      string // for a third country: A45-3 ...
	ToolRef   string
	Within    bool // no tool is needed: the country is in the EEA
	Purpose   PurposeID
	Title     Words
	At        time.Time
	Fields    []string // none: the report does not say, it may be all
	Made      bool     // by us, through the gate out; else as a source reports it
	Source    SourceID
	Record    RecordID
}

// A CardRetention is when the retention of records for an activity ends.
type CardRetention struct {
	Activity ActivityID // "" for quarantine
	Title    Words
	Period   string    // ISO 8601
	Start    string    // event from which it runs
	End      time.Time // zero: not known, or it has not begun
	Waits    string    // what must end first: contract, consent; "" when it runs
	Action   string    // erase, anonymise, restrict
	Law      string    // citation; "" when the register set the period itself
	Overdue  bool
	Records  []RecordID
}

// A CardRight is whether a right applies.
type CardRight struct {
	Right      string
	Title      Words
	Article    string
	DPV        string
	Outcome    string // applies, not, check
	Reason     string
	Why        Words
	Notes      []int        // of the matrix right x basis
	Activities []ActivityID // of which it is said; none when it holds whatever the activity
}

// A Jurisdiction is whose law and authority a person comes under.
type Jurisdiction struct {
	Country      string // of the person, ISO 3166-1 alpha-2; "" unknown or contradictory
	Authority    string // of that country
	AuthorityLaw string // when it is not the GDPR
	Controllers  []Competence
	Age          int    // of consent (Art. 8(1)); 0 when no rule is known
	AgeLaw       string // citation
	Born         bool   // the birth date is known
	Minor        bool   // below that age
}

// A Competence is a controller with the authority that the register names for
// it.
type Competence struct {
	ID, Name, Country, Authority string
}
