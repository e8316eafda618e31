package cdp

import "time"

// CountPeriods are the periods facts can be counted by.
func CountPeriods() []string { return []string{"day", "week", "month", "quarter", "year"} }

// A Period is what became known, was said and was sent within one period.
type Period struct {
	Begin       time.Time // its first day, UTC; zero for what has no time
	Records     int       // that arrived then and count now
	Quarantined int       // of these, those that wait in quarantine
	Touchpoints int       // that happened then
	Given       int       // statements that give a consent, or confirm one
	Taken       int       // that refuse, withdraw, revoke or object
	Reported    int       // disclosures that sources report
	Sent        int       // disclosures of ours
	Denied      int       // disclosures that the gate out denied
}

// Counts are facts over time, computed in one pass over the store.
type Counts struct {
	At      time.Time // at which they end
	Known   time.Time // zero: by all that is known
	By      string
	Rows    []Period // in order; periods without anything are left out
	Dropped int      // records that were there then and of which the content is gone since: they are not counted
}

// A CoverageRow says for how many touchpoints of a sort there is a lawful use.
// One touchpoint can have several bases.
type CoverageRow struct {
	Channel     Channel
	Kind        string
	Touchpoints int
	Bases       [6]int // as Bases()
	None        int    // nothing they may be used for now
	Restricted  int    // kept as evidence only (Art. 18)
	Quarantined int    // of records that wait in quarantine
}

// Coverage is which touchpoints rest on which basis now.
type Coverage struct {
	At          time.Time
	Known       time.Time // what was learnt later does not count; zero: all does
	Register    string    // hash, "" for none
	Profiles    int       // looked at
	Touchpoints int
	Rows        []CoverageRow // by channel and kind
}

// Sum adds the rows up.
func (c Coverage) Sum() CoverageRow {
	var out CoverageRow
	for _, r := range c.Rows {
		out.Touchpoints += r.Touchpoints
		out.None += r.None
		out.Restricted += r.Restricted
		out.Quarantined += r.Quarantined
		for i, n := range r.Bases {
			out.Bases[i] += n
		}
	}
	return out
}

// A CoverageCell chooses touchpoints of a coverage table: of a channel and kind,
// and of those all, the ones a basis covers, or the ones that none does.
type CoverageCell struct {
	Channel Channel
	Kind    string
	Of      string // a basis, "none", "restricted", "quarantined"; "" for all
}

// A Covered is a record with touchpoints of a cell.
type Covered struct {
	Record      RecordID
	Profile     ProfileID // 0 in quarantine
	Source      SourceID
	Touchpoints int       // of the cell
	Last        time.Time // the latest of them; zero when none has a time
	Bases       []BasisKind
	Why         Verdict // why nothing covers them; with a rule only where Of is "none"
}
