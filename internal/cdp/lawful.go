package cdp

import "time"

// A Judged is a past disclosure, judged twice for the day on which it happened:
// as the facts known then have it, and as those known now.
type Judged struct {
	Share       Share
	Profile     ProfileID // in which the record is now; 0 for none
	Then, Now   Verdict
	UnknownThen bool // nothing of the record had been learnt when it happened
}

// Differs reports whether what was learnt since changed the answer.
func (j Judged) Differs() bool { return !j.UnknownThen && j.Then.Allow != j.Now.Allow }

// A LawfulSum sums up disclosures that were judged again.
type LawfulSum struct {
	Shares      int            // judged
	Allowed     int            // as known now
	Denied      int            // as known now
	Flipped     int            // allowed as known then and denied as known now
	Cleared     int            // denied as known then and allowed as known now
	UnknownThen int            // of which nothing was known when they happened
	ByRule      map[string]int // denied as known now, by rule
}

// A Step is one thing that happened to a person's data on their way through the
// company, with what the law says to it on that day.
type Step struct {
	At        time.Time
	Kind      string // touchpoint, statement, wish, share
	What      string // order, newsletter.click, given, sent ...
	Channel   Channel
	Detail    Value // of the source; untrusted
	Source    SourceID
	Record    RecordID
	Activity  ActivityID
	Purpose   PurposeID
	Title     string // of the purpose
	Recipient string // of a share
	Endpoint  *Identifier
	Verdict   Verdict
	Judged    bool // Verdict says something: a statement is not judged
}
