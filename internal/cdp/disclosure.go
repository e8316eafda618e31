package cdp

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// An Ask is a disclosure that is asked for: to whom, for what, over which
// channel.
type Ask struct {
	Recipient string
	Purpose   PurposeID
	Channel   Channel  // over which the recipient will speak to the person; "" when it will not
	Topic     string   // about which it will, as preferences name topics; "" when none in particular
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
	Special string     // special category of what goes out (Art. 9), or "criminal"; "" for none
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
	Reason   string    // of one of them
	NotNow   time.Time // of a denial that ends by itself: when the first of them does
	Count    int
	Examples []ProfileID // the first three
}

// A SharePlan sums up what a disclosure would send.
type SharePlan struct {
	Ask      Ask
	At       time.Time
	Known    time.Time // what was learnt later does not count; zero: all does
	Register string    // hash of the version that judged; "" when there is none
	Profiles int
	Records  int
	Allowed  int // profiles of which something goes out
	Denied   int
	Rules    []RuleCount // of profiles, most first
	Fields   []RuleCount // of fields, by field
	Digest   string      // hex SHA-256 of what would go out; "" of another time than now
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

// States of a run. One to a file is held until it is released; one to a pipe is
// prepared until it is confirmed.
const (
	RunHeld     RunState = "held"     // its shares are recorded, and nothing has left: the file is not released
	RunReleased RunState = "released" // the file may leave, and counts as sent; whether it appeared is not confirmed
	RunPrepared RunState = "prepared" // its shares are recorded; what was not confirmed may have left or not, and counts as sent
	RunSent     RunState = "sent"     // all that is recorded has left
	RunVoid     RunState = "void"     // nothing has left
)

// Left reports whether data left, or may have: such shares count as sent.
func (s RunState) Left() bool { return s != RunHeld && s != RunVoid }

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
	Released  time.Time // of a file: the one moment from which it may leave
	Done      time.Time
	Register  string // version that judged
	Planned   string // digest of the plan it had to equal; "" for none
	Digest    string // of what it did, as of a plan
	FileHash  string // hex SHA-256 of what was written
	Lines     int    // shares and denials recorded
	Confirmed int    // of these, lines up to here have left
	Allowed   int
	Denied    int
	Struck    int // of those denied: shares that were struck before the release
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
	Topic     string
	At        time.Time // when it was judged; of a file that was released, the release
	Allow     bool
	Struck    time.Time // when it was struck, before the release: then rule and article say why, and nothing of it has left
	Rule      string
	Article   string
	Until     time.Time
	Seq       int // among the shares of the run, from 1; 0 of a denial, and of lines that older versions wrote
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

// A NoticeID is the sequence number of a notice. It prints as N-000001.
type NoticeID uint64

func (id NoticeID) String() string { return fmt.Sprintf("N-%06d", uint64(id)) }

// ParseNoticeID reads what String wrote, in either case, or a bare number.
func ParseNoticeID(s string) (NoticeID, error) {
	n, err := parseID("N", s)
	return NoticeID(n), err
}

// A NoticeCause is why a recipient must be told.
type NoticeCause string

// Causes of notices.
const (
	CauseWithdrawal  NoticeCause = "withdrawal"  // Art. 7(3): consent withdrawn, refused, revoked or no consent any more
	CauseObjection   NoticeCause = "objection"   // Art. 21
	CauseRestriction NoticeCause = "restriction" // Art. 18
	CauseErasure     NoticeCause = "erasure"     // Art. 17
	CauseCorrection  NoticeCause = "correction"  // Art. 16
)

// NoticeCauses are all causes.
func NoticeCauses() []NoticeCause {
	return []NoticeCause{CauseWithdrawal, CauseObjection, CauseRestriction, CauseErasure, CauseCorrection}
}

// Stops reports whether the recipient must stop using what it has.
func (c NoticeCause) Stops() bool { return c != CauseCorrection }

// A NoticeState says how far telling a recipient is (Art. 19).
type NoticeState string

// States of a notice.
const (
	NoticeDue        NoticeState = "due"
	NoticeSent       NoticeState = "sent"
	NoticeAcked      NoticeState = "acknowledged"
	NoticeFailed     NoticeState = "failed"
	NoticeImpossible NoticeState = "impossible" // or a disproportionate effort; with a reason
)

// NoticeStates are all states.
func NoticeStates() []NoticeState {
	return []NoticeState{NoticeDue, NoticeSent, NoticeAcked, NoticeFailed, NoticeImpossible}
}

// Settled reports whether nothing more is to be done.
func (s NoticeState) Settled() bool { return s == NoticeAcked || s == NoticeImpossible }

// A NoticeStep is one thing that happened to a notice.
type NoticeStep struct {
	State    NoticeState
	At       time.Time // when it happened, as whoever reports it says
	Recorded time.Time
	By       string
	Reason   string // or what the recipient wrote
}

// A Notification is one thing that one recipient must be told about data it got
// (Art. 19).
type Notification struct {
	ID         NoticeID
	About      string // UUID by which recipients cite it
	Recipient  string
	Purpose    PurposeID
	Controller string
	Cause      NoticeCause
	Subject    Identifier // the endpoint at which it was said, or the record
	Row        Row        // the source row whose data were sent
	Record     RecordID   // its version that was sent last
	Profile    ProfileID  // that had it when the notice was made
	Fields     []string   // that were sent, or of a correction those that changed
	Share      string     // the last disclosure: reference of ours, or the source that reports it
	Shared     time.Time
	Event      time.Time // when the cause came about
	Rule       string
	Made       time.Time
	State      NoticeState
	Steps      []NoticeStep // in the order in which they were learnt
}

// An Ack is what a recipient says of a notice.
type Ack struct {
	Line   int
	Ref    string // id or UUID of the notice
	State  NoticeState
	At     time.Time
	Reason string
}

// An AckResult is what became of the acknowledgements of a file.
type AckResult struct {
	Lines, Changed, Repeated int
	Unknown                  []int // lines that cite no notice
}

// A Known is the state of a subject that a recipient acknowledged last.
type Known struct {
	Cause  NoticeCause
	Event  time.Time // of the cause that was acknowledged
	At     time.Time // when the recipient acknowledged it
	Notice NoticeID
}

// A Drift compares what one recipient acknowledged last with what holds.
type Drift struct {
	Notice  Notification
	Holds   bool          // what we have to tell still holds; false when the person said otherwise since
	Acked   *Known        // what it acknowledged last; nil: nothing
	InStep  bool          // it acknowledged this, or something later
	Open    time.Duration // since the cause, without acknowledgement; until the acknowledgement when there is one
	After   []Share       // disclosures to it after the cause: each is one too many
	Pending bool          // a notice was sent and waits
}

// A DriftTarget sums up the drift of a recipient for a purpose.
type DriftTarget struct {
	Recipient string
	Name      string
	Purpose   PurposeID
	Notices   int
	InStep    int
	Behind    int
	After     int           // disclosures after the cause
	Oldest    time.Duration // of what is not acknowledged
	Latency   time.Duration // longest from a withdrawal to the last disclosure after it
}

// A DriftReport is the drift of all recipients.
type DriftReport struct {
	At      time.Time
	Known   time.Time // what was learnt later does not count; zero: all does
	Targets []DriftTarget
	Items   []Drift // behind, or with disclosures after the cause; worst first, at most as many as asked for
	More    int     // items left out
}

// UUID writes 16 bytes in the usual form (RFC 9562), as version 8: made of what
// the thing is, not drawn.
func UUID(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// ParseUUID reads what UUID wrote, in either case.
func ParseUUID(s string) (b [16]byte, err error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(s), "-", ""))
	if err != nil || len(raw) != len(b) {
		return b, fmt.Errorf("not a UUID")
	}
	copy(b[:], raw)
	return b, nil
}

// An OutboxFilter chooses notices; the zero filter those that are not settled.
type OutboxFilter struct {
	Recipient string
	State     NoticeState
	All       bool // settled ones too
}

// A NoticeLine is a notice as it goes out.
type NoticeLine struct {
	Notification
	Identities []Identifier // by which the recipient knows the person
}

// A ShareTarget is a recipient of an activity: to whom something may be
// disclosed for a purpose, if anything may.
type ShareTarget struct {
	Recipient string
	Name      string
	Kind      string // internal, processor, joint_controller, controller, authority
	Country   string
	Purpose   PurposeID
	Title     string
}
