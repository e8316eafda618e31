package cdp

import "time"

// A Ropa is the record of processing activities (Art. 30): what is declared,
// beside what the store was seen to do.
type Ropa struct {
	At          time.Time
	From        Standpoint // from where it was asked
	Dropped     int        // records that were there then and of which the content is gone since, by law
	Name        string     // of the register
	Register    string     // hash
	Owner       string
	Controllers []RopaController
	Rows        []RopaRow // declared activities in their order, then what nobody declared, by source
}

// Red counts the rows in which something was seen that is not declared.
func (r Ropa) Red() (n int) {
	for i := range r.Rows {
		if r.Rows[i].Red() {
			n++
		}
	}
	return n
}

// A RopaController is who answers for the processing (Art. 30(1)(a)).
type RopaController struct{ ID, Name, Country, Contact, Address, Representative string }

// A RopaRow is one activity or, without an activity, what a source was seen to
// do that no activity covers. Empty parts are unknown.
type RopaRow struct {
	Activity   ActivityID
	Function   string // business function: the owner
	Purpose    PurposeID
	Title      string // of the purpose
	Controller string // ids, where sources name them
	Joint      string
	Subjects   []string
	Categories []RopaItem
	Recipients []RopaItem
	Purposes   []RopaItem // of a row without an activity
	Sources    []RopaItem
	Contracts  []string // recipient: reference
	Countries  []string // outside the EEA
	Safeguards []string // recipient: tool, document
	Retention  string
	Law        string // citation for the period, or for the basis
	Measures   []string
	Basis      BasisKind
	Condition  string // Art. 9 or 10
	Interest   string // legitimate interest
	Balancing  string // where its test is
	Rights     []string
	Automated  string
	Consent    string // where the consents are
	Location   []string
	DPIA       string // required, "" when not said
	DPIAState  string
	DPIARef    string
	Records    int    // held for it now
	Late       int    // of these, past their period for all that holds them
	Adhered    string // yes, no, unknown
	Reason     string // why not
}

// Red reports whether something was seen that is not declared.
func (r *RopaRow) Red() bool {
	for _, list := range [][]RopaItem{r.Categories, r.Recipients, r.Purposes, r.Sources} {
		for _, x := range list {
			if !x.Declared && x.Seen > 0 {
				return true
			}
		}
	}
	return false
}

// A RopaItem is a category, a recipient, a purpose or a source: declared, seen
// so often, or both.
type RopaItem struct {
	Name     string
	Declared bool
	Seen     int
}
