package cdp

import (
	"fmt"
	"time"
)

// An Ask is a disclosure that is asked for: to whom, for what, over which
// channel.
type Ask struct {
	Recipient string
	Purpose   PurposeID
	Channel   Channel  // over which the recipient will speak to the person; "" when it will not
	Fields    []string // names of attributes and kinds of identifiers; empty: all that the purpose needs
	Segment   string   // query that chooses the profiles; "" for all
}

// A FieldOutcome says what the gate out does with a field.
type FieldOutcome uint8

// Outcomes of a field, most permissive first.
const (
	FieldAllowed  FieldOutcome = iota // goes out
	FieldStripped                     // left out: not needed for the purpose, or no basis covers it
	FieldDenied                       // left out: forbidden
)

func (o FieldOutcome) String() string {
	return [...]string{"allow", "strip", "deny"}[min(o, FieldDenied)]
}

// A FieldVerdict is what the gate out says of one field of a profile.
type FieldVerdict struct {
	Field   string // name of an attribute, or kind of an identifier
	Outcome FieldOutcome
	Verdict Verdict
	Records []RecordID // that carry it: of an allowed field those that carry what goes out
	Values  []Value    // that go out; none unless allowed
}

// A Disclosure is what the gate out says of one profile.
type Disclosure struct {
	Profile ProfileID
	Verdict Verdict        // on the profile: nothing of one that is denied goes out
	Fields  []FieldVerdict // by name; none when the profile is denied before its fields are looked at
}

// Sent are the names of the fields that go out.
func (d *Disclosure) Sent() []string {
	var out []string
	for i := range d.Fields {
		if d.Verdict.Allow && d.Fields[i].Outcome == FieldAllowed {
			out = append(out, d.Fields[i].Field)
		}
	}
	return out
}

// A RuleCount counts what a rule decided.
type RuleCount struct {
	Outcome  FieldOutcome // of profiles: FieldAllowed or FieldDenied
	Field    string       // "" of profiles
	Rule     string
	Article  string
	Reason   string // of one of them
	Count    int
	Examples []ProfileID // the first three
}

// A SharePlan sums up what a disclosure would send.
type SharePlan struct {
	Ask      Ask
	At       time.Time
	Register string // hash of the version that judged; "" when there is none
	Profiles int
	Records  int
	Allowed  int // profiles of which something goes out
	Denied   int
	Rules    []RuleCount // of profiles, most first
	Fields   []RuleCount // of fields, by field
	Digest   string      // hex SHA-256 of what would go out
}

// A RunID is the sequence number of a run of a disclosure. It prints as S-000001.
type RunID uint64

func (id RunID) String() string { return fmt.Sprintf("S-%06d", uint64(id)) }

// ParseRunID reads what String wrote, in either case, or a bare number.
func ParseRunID(s string) (RunID, error) {
	n, err := parseID("S", s)
	return RunID(n), err
}

// A RunState says how far a run came.
type RunState string

// States of a run.
const (
	RunPrepared RunState = "prepared" // its shares are recorded; what was not confirmed may have left or not, and counts as sent
	RunSent     RunState = "sent"     // all that is recorded has left
	RunVoid     RunState = "void"     // nothing has left
)

// A ShareRun is one run of a disclosure.
type ShareRun struct {
	ID        RunID
	Ask       Ask
	State     RunState
	Format    string
	To        string // base name of the file; "-" for standard output
	By        string
	Reason    string
	Begun     time.Time
	Done      time.Time
	Register  string // version that judged
	Planned   string // digest of the plan it had to equal; "" for none
	Digest    string // of what it did, as of a plan
	FileHash  string // hex SHA-256 of what was written
	Lines     int    // shares and denials recorded
	Confirmed int    // of these, lines up to here have left
	Allowed   int
	Denied    int
}

// A ShareLine is what became of one profile in a run: a share, or a denial. It
// hangs on records and follows them when profiles merge or are split.
type ShareLine struct {
	Run       RunID
	Line      int // from 1
	Profile   ProfileID
	Recipient string
	Purpose   PurposeID
	Channel   Channel
	At        time.Time
	Allow     bool
	Rule      string
	Article   string
	Until     time.Time
	Fields    []string
	Records   []RecordID // that the fields came from; of a denial the first record of the profile
	Endpoints []Identifier
	Digest    string // hex, keyed, of the line as it was written
	Register  string
	State     RunState
}

// Ref names a line: what a recipient cites when it acknowledges.
func (l *ShareLine) Ref() string { return fmt.Sprintf("%v-%07d", l.Run, l.Line) }

// A PayloadLine is what leaves about one profile.
type PayloadLine struct {
	Ref        string
	Seq        int // from 1, of the lines that leave
	Ask        Ask
	At         time.Time
	Controller string
	Special    bool // a field is of a special category
	Fields     []PayloadField
}

// A PayloadField is a field with its values in clear: they are on their way out.
type PayloadField struct {
	Name       string
	Identifier bool
	Values     []Value
}
