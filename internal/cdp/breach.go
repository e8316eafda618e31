package cdp

import "time"

// A BreachQuestion asks whom a breach concerns: what is of a source, or went to
// a recipient, between two moments.
type BreachQuestion struct {
	Source    SourceID
	Recipient string
	From, To  time.Time // when the data came to the source or the recipient; zero From: from the beginning
	Aware     time.Time // when the controller became aware; zero: not stated
}

// A Breach is its scope. Persons are profiles; Unresolved are records that
// belong to none, so that the number of persons is approximate.
type Breach struct {
	Question    BreachQuestion
	At          time.Time
	From        Standpoint // from where it was asked; At is the moment at which the clock is read
	Dropped     int        // records that were there then and of which the content is gone since, by law: nobody can tell of them
	Due         time.Time  // for notifying the authority; zero while Aware is not stated
	Left        time.Duration
	Law         string // for Due
	Persons     int
	Unresolved  int
	Records     int
	WithSpecial int // persons with special categories of data
	Minors      int
	AgeUnknown  int
	Categories  []BreachCount // of data
	Special     []BreachCount
	Countries   []BreachCount // "" for not known
	Recipients  []BreachRecipient
}

// Exact reports whether the number of persons is exact.
func (b *Breach) Exact() bool { return b.Unresolved == 0 }

// A BreachCount counts persons.
type BreachCount struct {
	Name    string
	Persons int
}

// A BreachRecipient is who got data of the source, or the recipient itself.
type BreachRecipient struct {
	Recipient string
	Persons   int
	Shares    int
	Last      time.Time
}

// A BreachPerson is one affected person, to be told (Art. 34).
type BreachPerson struct {
	Profile   ProfileID // 0 for a record that belongs to none
	Record    RecordID  // the first of the affected ones
	Records   int
	Country   string
	Language  string
	Minor     string // yes, no, unknown
	Special   []string
	Endpoints []Identifier // e-mail addresses and telephone numbers
}
