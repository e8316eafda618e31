package cdp

import "time"

// A Judged is a past disclosure or use, judged twice for the day on which it
// happened: as the facts known then have it, and as those known now.
type Judged struct {
	Share       Share     // of a use only its time, purpose, source and record
	Use         string    // kind of the touchpoint in which the data were used; "" for a disclosure
	Profile     ProfileID // in which the record is now; 0 for none
	Then, Now   Verdict
	UnknownThen bool // nothing of the record had been learnt when it happened
}

// Unlawful reports whether it should not have been, as known now.
func (j Judged) Unlawful() bool { return !j.Now.Allow }

// Differs reports whether what was learnt since changed the answer.
func (j Judged) Differs() bool { return !j.UnknownThen && j.Then.Allow != j.Now.Allow }

// A LawfulFilter says which disclosures and uses are judged again, and which of them are told.
type LawfulFilter struct {
	Profile   ProfileID // 0 for all
	Recipient string    // "" for all
	Uses      bool      // judge uses too: what the touchpoints tell; not with Recipient, for a use has none
	Differing bool      // yield only those of which the answer changed
	Unlawful  bool      // yield only those that should not have been, as known now
}

// A LawfulSum sums up disclosures, and uses, that were judged again.
type LawfulSum struct {
	Shares      int            // disclosures judged
	Uses        int            // uses judged
	Allowed     int            // as known now
	Denied      int            // as known now
	Flipped     int            // allowed as known then and denied as known now
	Cleared     int            // denied as known then and allowed as known now
	UnknownThen int            // of which nothing was known when they happened
	ByRule      map[string]int // denied as known now, by rule
}

// A BasisHistory tells when a record had a basis for a purpose, and when not.
type BasisHistory struct {
	Record    RecordID
	Source    SourceID
	Purpose   PurposeID
	Title     string          // of the purpose
	Now       Verdict         // at the standpoint: may the record be used for the purpose
	Intervals []BasisInterval // oldest first; none: there never was a basis
}

// A BasisInterval is a time in which a record had a basis, with its proof.
type BasisInterval struct {
	From, To time.Time // [From, To); zero To: as far as is known, without end
	Verdict  Verdict   // that held in it: activity, basis, rule, the facts that prove it, register version
	Ended    Verdict   // that holds from To on: why it ended, or which proof took over; zero without an end
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
	Part      Ref // of a touchpoint or share: what a card names it by
	Verdict   Verdict
	Judged    bool // Verdict says something: a statement is not judged
}
