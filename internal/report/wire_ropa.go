package report

import "cdp-tui/internal/cdp"

// Ropa writes the record of processing activities.
func (j *JSON) Ropa(r cdp.Ropa) error { return j.emit(wireRopa(j.o, r)) }

type ropaJSON struct {
	At          stamp                `json:"at,omitempty"`
	AsOf        stamp                `json:"as_of,omitempty"`
	AsKnown     stamp                `json:"as_known,omitempty"`
	Dropped     int                  `json:"dropped_since"`
	Name        string               `json:"name,omitempty"`
	Register    string               `json:"register,omitempty"`
	Owner       string               `json:"owner,omitempty"`
	Controllers []ropaControllerJSON `json:"controllers"`
	Red         int                  `json:"red"`
	Rows        []ropaRowJSON        `json:"rows"`
}

type ropaControllerJSON struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Country        string `json:"country"`
	Contact        string `json:"contact,omitempty"`
	Address        string `json:"address,omitempty"`
	Representative string `json:"representative,omitempty"`
}

type ropaRowJSON struct {
	Activity   string         `json:"activity,omitempty"`
	Function   string         `json:"function,omitempty"`
	Purpose    string         `json:"purpose,omitempty"`
	Title      string         `json:"title,omitempty"`
	Controller string         `json:"controller,omitempty"`
	Joint      string         `json:"joint_controllers,omitempty"`
	Subjects   []string       `json:"subjects"`
	Categories []ropaItemJSON `json:"categories"`
	Recipients []ropaItemJSON `json:"recipients"`
	Purposes   []ropaItemJSON `json:"purposes"`
	Sources    []ropaItemJSON `json:"sources"`
	Contracts  []string       `json:"contracts"`
	Countries  []string       `json:"third_countries"`
	Safeguards []string       `json:"safeguards"`
	Retention  string         `json:"retention,omitempty"`
	Law        string         `json:"law,omitempty"`
	Measures   []string       `json:"measures"`
	Basis      string         `json:"basis,omitempty"`
	Condition  string         `json:"condition,omitempty"`
	Interest   string         `json:"interest,omitempty"`
	Balancing  string         `json:"balancing,omitempty"`
	Rights     []string       `json:"rights"`
	Automated  string         `json:"automated,omitempty"`
	Consent    string         `json:"consent,omitempty"`
	Location   []string       `json:"location"`
	DPIA       string         `json:"dpia_required,omitempty"`
	DPIAState  string         `json:"dpia_progress,omitempty"`
	DPIARef    string         `json:"dpia,omitempty"`
	Records    int            `json:"records"`
	Late       int            `json:"late"`
	Adhered    string         `json:"retention_adhered,omitempty"`
	Reason     string         `json:"retention_reason,omitempty"`
	Red        bool           `json:"red"`
}

type ropaItemJSON struct {
	Name     string `json:"name"`
	Declared bool   `json:"declared"`
	Seen     int    `json:"seen"`
}

func wireRopa(o Options, r cdp.Ropa) ropaJSON {
	return ropaJSON{stampOf(r.At), stampOf(r.From.At), stampOf(r.From.Known), r.Dropped, r.Name, r.Register, r.Owner, wires(o, r.Controllers, func(_ Options, c cdp.RopaController) ropaControllerJSON { return ropaControllerJSON(c) }),
		r.Red(), wires(o, r.Rows, wireRopaRow)}
}

func wireRopaRow(o Options, r cdp.RopaRow) ropaRowJSON {
	items := func(list []cdp.RopaItem) []ropaItemJSON {
		return wires(o, list, func(_ Options, x cdp.RopaItem) ropaItemJSON { return ropaItemJSON(x) })
	}
	return ropaRowJSON{string(r.Activity), r.Function, string(r.Purpose), r.Title, r.Controller, r.Joint, stringsOf(r.Subjects), items(r.Categories), items(r.Recipients), items(r.Purposes),
		items(r.Sources), stringsOf(r.Contracts), stringsOf(r.Countries), stringsOf(r.Safeguards), r.Retention, r.Law, stringsOf(r.Measures), string(r.Basis), r.Condition, r.Interest, r.Balancing,
		stringsOf(r.Rights), r.Automated, r.Consent, stringsOf(r.Location), r.DPIA, r.DPIAState, r.DPIARef, r.Records, r.Late, r.Adhered, r.Reason, r.Red()}
}
