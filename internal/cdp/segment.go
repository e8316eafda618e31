package cdp

import (
	"strconv"
	"time"
)

// A Segment is one version of a saved segment: a query with a name. A segment
// is changed by a new version; what was counted and sent by an old one can
// still be read.
type Segment struct {
	Name    string // letters, digits and . _ -, lower case
	Version int    // from 1
	Query   string // canonical
	Shape   string // Query without words that may name a person; set when read
	Note    string // what it is for, for people
	By      string
	At      time.Time
	Retired bool // no longer offered; its versions stay as evidence
}

// Ref is name/version, as in: takes it.
func (s Segment) Ref() string { return s.Name + "/" + strconv.Itoa(s.Version) }

// A Tally is how many have a value.
type Tally struct {
	Value string
	Count int
}

// A SegmentAsk says what of a segment is counted.
type SegmentAsk struct {
	Query     string
	Purpose   PurposeID // "" for none: of how many something may be used for it
	Recipient string    // with a purpose: of how many something may be sent there
	By        string    // one of SegmentBreakdowns; "" for none
	Keep      string    // name of a saved segment: keep the count for its trend
	Draft     bool      // a step on the way to a filter; see SegmentCount.Logged
}

// SegmentBreakdowns are the values a count can be broken down by.
func SegmentBreakdowns() []string {
	return []string{"country", "source", "channel", "basis", "consent", "size", "month"}
}

// A SegmentCount is who a query finds, in figures, as the store was then.
type SegmentCount struct {
	Ask        SegmentAsk
	Segment    string // name/version when a saved one was asked for
	Shape      string // the query without words that may name a person
	At         time.Time
	Known      time.Time // what was learnt later does not count; zero: all does
	Register   string    // hash of the register in force, "" for none
	Looked     int       // profiles looked at
	Restricted int       // of them, those that are restricted (Art. 18): in no segment
	Profiles   int       // in the segment
	Records    int
	Moved      bool    // the store changed while it was counted
	Logged     bool    // the log has it; not so for a draft that can name nobody, until it is left
	By         []Tally // a profile can have several values
	Usable     int     // of which something may be used for the purpose
	NotUsable  []Tally // rules by which the others may not
	Plan       *SharePlan
}

// A SegmentRun is a count that was kept.
type SegmentRun struct {
	Name      string
	Version   int
	At        time.Time
	Actor     string
	Register  string
	Looked    int
	Profiles  int
	Records   int
	Purpose   PurposeID
	Usable    int
	Recipient string
	Allowed   int
}

// A SegmentMember is a profile of a segment, without personal values.
type SegmentMember struct {
	Profile   ProfileID
	Records   int
	Sources   []SourceID
	Countries []string
	Bases     []BasisKind
	Seen      time.Time
}

// A Choice is a value to choose, and what it is called.
type Choice struct{ Value, Title string }

// SegmentChoices are values that a filter can be built of, from the register
// and from the store.
type SegmentChoices struct {
	Purposes   []Choice
	Recipients []Choice
	Sources    []Choice
	Segments   []Choice // saved ones, with what they are for
	Countries  []string // of the profiles looked at
	Channels   []string // of the profiles looked at
	Kinds      []string // of touchpoints, of the profiles looked at
	Looked     int      // profiles looked at; others may have further values
}
