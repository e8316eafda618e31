package cdp

import (
	"fmt"
	"time"
)

// A Wish is what a person wants of a channel, a topic or both. It is never a
// consent: "wanted" permits nothing, "unwanted" forbids like an objection.
type Wish string

// Wishes.
const (
	WishUnstated Wish = ""         // the statement is about frequency, quiet hours or language alone
	Wanted       Wish = "wanted"   // tell me that way, if you may at all
	Unwanted     Wish = "unwanted" // do not: for this channel and topic, whatever the basis
	WishNone     Wish = "none"     // an earlier wish is taken back; neither yes nor no

	// WishUnreadable: the source said something that can not be read. It forbids
	// as Unwanted does, until a person has read it.
	WishUnreadable Wish = "unreadable"
)

// Forbids reports whether w says no, or may.
func (w Wish) Forbids() bool { return w == Unwanted || w == WishUnreadable }

// Wishes are all wishes that a statement can carry.
func Wishes() []Wish { return []Wish{WishUnstated, Wanted, Unwanted, WishNone, WishUnreadable} }

// Quiet are the hours in which a person does not want to be contacted, in
// minutes after local midnight, From inclusive and To exclusive. It may go over
// midnight (From after To). The zero Quiet is none.
type Quiet struct {
	From, To int
	Zone     string // IANA name; "" when the source does not say
}

// IsZero reports whether q states no hours.
func (q Quiet) IsZero() bool { return q.From == 0 && q.To == 0 }

// Hours prints q as 21:00-07:00; "" for none.
func (q Quiet) Hours() string {
	if q.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

// Holds reports whether a minute after local midnight is within q.
func (q Quiet) Holds(minute int) bool {
	if q.From <= q.To {
		return q.From <= minute && minute < q.To
	}
	return minute >= q.From || minute < q.To
}

// A Preference is one statement of a person on how to be spoken to, by
// endpoint and controller. Statements are appended, never changed; what holds
// is a fold over them. The parts that a statement does not have leave what was
// said before as it was.
type Preference struct {
	Endpoint   Identifier
	Controller string  // of the source; set when admitted if empty
	Channel    Channel // "" for all channels
	Topic      string  // "" for all topics
	Wish       Wish
	Frequency  string // at most one per ISO 8601 period ("P1W"), or a word of the register's; "" when not stated
	Quiet      Quiet
	Language   string    // BCP 47
	At         time.Time // when the person said so; zero when the source does not say
	Method     string    // preference centre, call, letter ...
	Proof      Value
	By         string // the officer who recorded it on behalf of the person; "" when a source delivered it

	Source   SourceID  // set when admitted; OfficerSource when an officer recorded it
	Record   RecordID  // set when admitted; 0 when an officer recorded it
	Recorded time.Time // set when admitted
}

// OfficerSource is the source of what an officer recorded on behalf of a
// person, by letter, call or at the counter. No mapping can have its name.
const OfficerSource SourceID = "(officer)"

// A Preferring is what holds for endpoint x controller x channel x topic, with
// the statements that lead to it, oldest first. The parts come from different
// statements; each keeps when it was said.
type Preferring struct {
	Endpoint   Identifier
	Controller string
	Channel    Channel
	Topic      string
	Wish       Wish
	Since      time.Time // of the wish
	Frequency  string
	Quiet      Quiet
	Language   string
	Conflict   bool // statements of one instant contradict; the most restrictive one holds
	Events     []Preference
}
