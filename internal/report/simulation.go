package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Simulation writes what another register would do.
func Simulation(w io.Writer, s cdp.Simulation, o Options) error {
	p := newPage(w, o)
	p.say(0, "SIMULATED: nothing is changed")
	p.fact(0, "register", digest(s.Register))
	p.fact(0, "against", orElse(digest(s.Against), "no register is in force"))
	p.fact(0, "judged as of", p.o.instant(s.At))
	p.fact(0, "records looked at", text.Int(s.Records))
	p.effect(s.Effect)
	t := newTable(column{title: "WAS", min: 10}, column{title: "WOULD BE", min: 10}, column{title: "RECORDS", right: true}, column{title: "RULE", min: 16},
		column{title: "SUCH AS", drop: 1})
	for _, x := range s.Outcomes {
		t.row(text.Clean(x.Was.String()), text.Clean(x.Now.String()), text.Int(x.Count), text.Clean(x.Rule), someRecords(x.Examples))
	}
	p.section("gate in", len(s.Outcomes), t)
	t = newTable(column{title: "RECIPIENT", min: 10}, column{title: "PURPOSE", min: 10}, column{title: "WOULD BE"}, column{title: "RECORDS", right: true},
		column{title: "RULE", min: 16, drop: 1}, column{title: "SUCH AS", drop: 2})
	for _, x := range s.Shares {
		would := text.Lit("blocked")
		if x.Freed {
			would = text.Lit("freed")
		}
		t.row(text.Clean(x.Recipient), text.Clean(string(x.Purpose)), would, text.Int(x.Count), text.Clean(x.Rule), someRecords(x.Examples))
	}
	p.section("gate out", len(s.Shares), t)
	return p.done()
}

// section writes a table under a title, or that there is nothing in it.
func (p *page) section(title string, n int, t *table) {
	if n == 0 {
		p.line(0, text.Concat(text.Clean(title), text.Lit(": nothing would change")))
		return
	}
	p.line(0, text.Concat(text.Clean(title), text.Lit(":")))
	p.table(2, t)
}

func someRecords(ids []cdp.RecordID) text.Safe {
	const most = 3
	var out []text.Safe
	for _, id := range ids[:min(len(ids), most)] {
		out = append(out, recordID(id))
	}
	return commas(out...)
}

type simulationJSON struct {
	Register  string             `json:"register"`
	ValidFrom stamp              `json:"valid_from,omitempty"`
	At        stamp              `json:"at,omitempty"`
	Against   string             `json:"against,omitempty"`
	Records   int                `json:"records"`
	Effect    effectJSON         `json:"effect"`
	Outcomes  []outcomeShiftJSON `json:"outcomes"`
	Shares    []shareShiftJSON   `json:"shares"`
}

type outcomeShiftJSON struct {
	Was      string   `json:"was"`
	Now      string   `json:"now"`
	Rule     string   `json:"rule,omitempty"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"`
}

type shareShiftJSON struct {
	Recipient string   `json:"recipient"`
	Purpose   string   `json:"purpose,omitempty"`
	Freed     bool     `json:"freed"`
	Rule      string   `json:"rule,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Count     int      `json:"count"`
	Examples  []string `json:"examples"`
}

// Simulation writes what another register would do.
func (j *JSON) Simulation(s cdp.Simulation) error {
	return j.emit(simulationJSON{s.Register, stampOf(s.ValidFrom), stampOf(s.At), s.Against, s.Records, wireEffect(j.o, s.Effect),
		wires(j.o, s.Outcomes, wireOutcomeShift), wires(j.o, s.Shares, wireShareShift)})
}

func wireOutcomeShift(_ Options, x cdp.OutcomeShift) outcomeShiftJSON {
	return outcomeShiftJSON{snake(x.Was.String()), snake(x.Now.String()), x.Rule, x.Count, idsOf(x.Examples)}
}

func wireShareShift(_ Options, x cdp.ShareShift) shareShiftJSON {
	return shareShiftJSON{x.Recipient, string(x.Purpose), x.Freed, x.Rule, x.Reason, x.Count, idsOf(x.Examples)}
}
