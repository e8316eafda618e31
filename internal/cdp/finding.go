package cdp

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Severity says how urgent a finding is.
type Severity string

// Severities, the most urgent first.
const (
	High   Severity = "high"   // unlawful if the facts are as they look: act now
	Medium Severity = "medium" // can not be proved, or will be unlawful soon
	Low    Severity = "low"    // untidy: it makes the next question hard to answer
	Notice Severity = "info"   // to know
)

// Severities are all, the most urgent first.
func Severities() []Severity { return []Severity{High, Medium, Low, Notice} }

// Rank is 0 for the most urgent severity; a word that is none comes last.
func (s Severity) Rank() int {
	if i := slices.Index(Severities(), s); i >= 0 {
		return i
	}
	return len(Severities())
}

// A LintRule is what the lint looks for, in words.
type LintRule struct {
	ID       string // stable: BASIS_BEFORE
	Severity Severity
	Room     string // what it looks at: register source record profile share
	Article  string
	Title    string
	Why      string // why it matters, for an officer
	Todo     string // what to do
	Query    string // search that finds what it is about, where the language can say it; {source} stands for the sources
	Numbers  []LintNumber
}

// A LintNumber is a number of law that a rule uses.
type LintNumber struct{ Name, Value, Cite string }

// A FindingRef is one thing for which a rule does not hold, with its evidence:
// ids, times and versions, no personal value.
type FindingRef struct {
	Ref     Ref       // record profile source activity recipient purpose register
	Profile ProfileID // to which the record belongs; 0 for none
	Source  SourceID  // "" when it is about no source
	At      time.Time // of what happened; zero when that is not known
	Facts   []string  // name=value
	Muted   string    // reason, while it is muted
}

// A SourceFindings counts the findings of a rule that are about a source.
type SourceFindings struct {
	Source      SourceID
	Open, Muted int
}

// A Finding is a rule with what it does not hold for.
type Finding struct {
	LintRule
	Open, Muted int
	Before      int // open at the run before, -1 when there was none
	Sources     []SourceFindings
	Refs        []FindingRef // the first of them, open ones before muted ones
	Search      string       // query that finds them, "" when the language can not say it
	OfStore     bool         // only the store answers Search, as it does segments
}

// A LintReport is what the lint found in one run.
type LintReport struct {
	At          time.Time
	Register    string // hash of the register in force, "" when there is none
	Rules       string // name and hash of the rules
	Records     int    // live
	Quarantined int
	Profiles    int
	Findings    []Finding  // of each rule that ran, the most urgent first; also those with nothing
	Only        string     // what the run was limited to, "" for all
	From        Standpoint // from where it was asked; At is the day by which it is judged
	Dropped     int        // records that were there then and of which the content is gone since, by law: nobody can tell of them
}

// Open counts the findings of a severity or a more urgent one.
func (r LintReport) Open(least Severity) (n int) {
	for _, f := range r.Findings {
		if f.Severity.Rank() <= least.Rank() {
			n += f.Open
		}
	}
	return n
}

// A Mute keeps findings out of the counts for a while.
type Mute struct {
	Rule   string
	Object Ref // a source, or the thing of one finding
	Reason string
	By     string
	At     time.Time
	Until  time.Time // it ends by itself then
}

// A LintRun is what the trend keeps of a run over the whole store.
type LintRun struct {
	At                time.Time
	Register, Rules   string
	Records, Profiles int
	Counts            []LintCount // by rule id
}

// A LintCount counts what a rule found.
type LintCount struct {
	Rule        string
	Open, Muted int
}

// LintFilter says what a run looks at.
type LintFilter struct {
	Rule   string   // id; "" for all
	Source SourceID // only findings about it; "" for all
	Refs   int      // how many refs are kept per rule; 0 means 20
}

// Says names the filter for the log, "" when there is none.
func (f LintFilter) Says() string {
	var parts []string
	if f.Rule != "" {
		parts = append(parts, "rule "+f.Rule)
	}
	if f.Source != "" {
		parts = append(parts, fmt.Sprintf("source %s", f.Source))
	}
	return strings.Join(parts, ", ")
}
