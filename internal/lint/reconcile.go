package lint

import (
	"slices"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rights"
)

// Reconcile lays what the store was seen to do beside what the register
// declares: a row for each activity, and one for each source with something
// that no activity of it covers.
func Reconcile(s *Scope, o *Observed) cdp.Ropa {
	out := cdp.Ropa{At: s.Now, Register: s.Register.Hash()}
	if s.Register != nil {
		if s.uses == nil {
			s.prepare()
		}
		out.Name, out.Owner = s.Register.Name, s.Register.Owner
		for _, c := range s.Register.Controllers {
			out.Controllers = append(out.Controllers, cdp.RopaController{ID: c.ID, Name: c.Name, Country: c.Country, Contact: c.Contact, Address: c.Address, Representative: c.Representative})
		}
		matrix := rights.Defaults()
		for i := range s.Register.Activities {
			out.Rows = append(out.Rows, s.declaredRow(&s.Register.Activities[i], o, matrix))
		}
	}
	for _, id := range sorted(o.by) {
		if row := s.undeclaredRow(id, o.by[id]); row.Red() {
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

// declaredRow is a row of the register with how often each part was seen.
func (s *Scope) declaredRow(a *policy.Activity, o *Observed, matrix *rights.Pack) cdp.RopaRow {
	p, _ := s.Register.Purpose(a.Purpose)
	row := cdp.RopaRow{Activity: a.ID, Function: a.Owner, Purpose: a.Purpose, Title: p.Title.EN, Joint: a.Joint, Subjects: a.Subjects, Basis: a.Basis, Condition: a.Condition,
		Automated: a.Automated, Measures: slices.Clone(a.Measures), Rights: rightsUnder(matrix, a.Basis, p.DirectMarketing), Law: a.Law,
		Retention: a.Retention.Period.String() + " from " + strings.ReplaceAll(a.Retention.Start, "_", " ")}
	if a.Retention.Law != "" {
		row.Law = strings.TrimPrefix(row.Law+"; "+a.Retention.Law, "; ")
	}
	if a.Condition != "" && a.ConditionLaw != "" {
		row.Condition += " (" + a.ConditionLaw + ")"
	}
	if b := a.Balancing; b != nil {
		row.Interest = b.Interest
		row.Balancing = strings.TrimSpace(b.Ref + " of " + b.Date.String() + ", review by " + b.ReviewBy.String())
	}
	if a.Basis == cdp.BasisConsent {
		row.Consent = "cdp-tui consent: events kept per endpoint and purpose"
	}
	s.assessment(a, &row)
	seen := map[string]int{} // categories
	sent := map[string]int{}
	var controllers []string
	for i := range s.Register.Sources {
		src := &s.Register.Sources[i]
		if !slices.Contains(src.Activities, a.ID) {
			continue
		}
		item := cdp.RopaItem{Name: string(src.ID), Declared: true}
		if !slices.Contains(controllers, src.Controller) {
			controllers = append(controllers, src.Controller)
		}
		if place := strings.Trim(src.Region+", "+src.Country, ", "); place != "" && !slices.Contains(row.Location, place) {
			row.Location = append(row.Location, place)
		}
		if got := o.by[src.ID]; got != nil {
			item.Seen = got.Acts[a.ID]
			row.Records += got.Acts[a.ID]
			row.Late += got.Late[a.ID]
			for c, n := range got.Categories {
				if p.Needs(c) && got.Acts[a.ID] > 0 {
					seen[c] += n
				}
			}
			for k, n := range got.Shares {
				if k.Purpose == a.Purpose && slices.Contains(a.Recipients, k.Recipient) {
					sent[k.Recipient] += n.Count
				}
			}
		}
		row.Sources = append(row.Sources, item)
	}
	row.Controller = strings.Join(controllers, ", ")
	for _, c := range p.Categories { // as declared, with all that was seen below
		item := cdp.RopaItem{Name: c, Declared: true}
		for below, n := range seen {
			if below == c || strings.HasPrefix(below, c+".") {
				item.Seen += n
			}
		}
		row.Categories = append(row.Categories, item)
	}
	for _, id := range a.Recipients {
		s.recipient(id, sent[id], &row)
	}
	s.adherence(a, &row)
	return row
}

// rightsUnder names the rights that go with a basis, with their articles. What
// the facts of a person make of them is the card's.
func rightsUnder(matrix *rights.Pack, basis cdp.BasisKind, marketing bool) []string {
	var out []string
	for i := range matrix.Rights {
		r := &matrix.Rights[i]
		if m := r.Cells[basis].Mark; m == "x" || m == "dm" && marketing {
			out = append(out, r.Title.EN+" ("+r.Article+")")
		}
	}
	return out
}

func (s *Scope) recipient(id string, sent int, row *cdp.RopaRow) {
	r, ok := s.Register.Recipient(id)
	name := id
	if ok {
		name = r.Name
	}
	row.Recipients = append(row.Recipients, cdp.RopaItem{Name: name, Declared: true, Seen: sent})
	if !ok {
		return
	}
	if r.Contract != "" {
		row.Contracts = append(row.Contracts, name+": "+r.Contract)
	}
	if rule, _, _ := s.Register.TransferTo(id, s.Now); rule != "" || r.Transfer != "" {
		row.Countries = append(row.Countries, r.Country)
		tool := "none"
		if r.Transfer != "" {
			tool = strings.TrimSpace(r.Transfer + " " + r.TransferRef)
		}
		if rule != "" && r.Transfer != "" {
			tool += " (does not hold)"
		}
		row.Safeguards = append(row.Safeguards, name+": "+tool)
	}
}

func (s *Scope) assessment(a *policy.Activity, row *cdp.RopaRow) {
	d := a.DPIA
	if d == nil {
		return
	}
	row.DPIA, row.DPIARef = "no", d.Ref
	if !d.Required {
		return
	}
	row.DPIA, row.DPIAState = "yes", "not finished"
	if d.Date != nil {
		row.DPIAState = "finished " + d.Date.String()
		if d.ReviewBy != nil {
			row.DPIAState += ", review by " + d.ReviewBy.String()
		}
	}
}

// adherence computes whether data are erased in time. Periods that run from an
// event which is not seen here are unknown, which is no yes.
func (s *Scope) adherence(a *policy.Activity, row *cdp.RopaRow) {
	switch {
	case row.Late > 0:
		row.Adhered, row.Reason = "no", plural(row.Late, "record")+" held past the period"
	case a.Retention.Start == "consent_end" || a.Retention.Start == "last_contact":
		row.Adhered, row.Reason = "unknown", "the period runs from "+strings.ReplaceAll(a.Retention.Start, "_", " ")+", which is not computed"
	case row.Records == 0:
		row.Adhered, row.Reason = "unknown", "the store holds nothing for it"
	default:
		row.Adhered = "yes"
	}
}

// undeclaredRow is what a source does that none of its activities covers.
func (s *Scope) undeclaredRow(id cdp.SourceID, seen *Seen) cdp.RopaRow {
	row := cdp.RopaRow{Adhered: "unknown"}
	var may leave
	src, ok := s.Register.Source(id)
	if ok {
		may = s.declared(src.Activities)
		row.Controller, row.Function = src.Controller, src.Owner
	}
	row.Sources = []cdp.RopaItem{{Name: string(id), Declared: ok, Seen: seen.Records + seen.Quarantined}}
	for _, c := range sorted(seen.Categories) {
		if !may.needs(c) {
			row.Categories = append(row.Categories, cdp.RopaItem{Name: c, Seen: seen.Categories[c]})
		}
	}
	for _, p := range sorted(seen.Purposes) {
		if !slices.Contains(may.purposes, p) {
			row.Purposes = append(row.Purposes, cdp.RopaItem{Name: string(p), Seen: seen.Purposes[p]})
		}
	}
	for _, k := range sentKeys(seen.Shares) {
		if !slices.Contains(may.sent, k) {
			row.Recipients = append(row.Recipients, cdp.RopaItem{Name: k.Recipient + " for " + string(k.Purpose), Seen: seen.Shares[k].Count})
		}
	}
	return row
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
