package steward

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rights"
)

// uses tells for what each record is held, since when, until when, and on what
// evidence; when that ends; and what follows for the rights. What says the same
// of several records is told once.
func (m *cardMaker) uses() error {
	for i := range m.records {
		if len(m.rulings[i].Holding) == 0 {
			m.unknown(cdp.AskBasis, "use.basis", m.records[i].ID, "", string(m.records[i].Source))
			m.unknown(cdp.AskRights, "use.basis", m.records[i].ID, "", string(m.records[i].Source))
		}
		held := 0
		for _, v := range m.rulings[i].Holding {
			if v.Allow {
				held++
			}
		}
		for _, v := range m.rulings[i].Holding {
			if m.bears != nil && !m.bears(v.Activity) {
				continue
			}
			if err := m.use(i, v, held); err != nil {
				return err
			}
		}
		m.quarantine(i, held)
	}
	slices.SortStableFunc(m.out.Uses, func(a, b cdp.CardUse) int {
		return cmp.Or(-cmp.Compare(truth(a.Verdict.Allow), truth(b.Verdict.Allow)), cmp.Compare(a.Activity, b.Activity))
	})
	slices.SortStableFunc(m.out.Retention, func(a, b cdp.CardRetention) int {
		return cmp.Or(cmp.Compare(a.Activity, b.Activity), a.End.Compare(b.End))
	})
	if len(m.out.Retention) == 0 {
		m.unknown(cdp.AskRetention, "retention.none", 0, "", "")
	}
	return nil
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// use tells of one activity of one record; held is how many activities hold it.
func (m *cardMaker) use(i int, v cdp.Verdict, held int) error {
	rec, f := &m.records[i], m.facts[i]
	a, known := m.reg.Activity(v.Activity)
	u := cdp.CardUse{Activity: v.Activity, Basis: a.Basis, Verdict: v, Records: []cdp.RecordID{rec.ID}}
	if !known {
		m.unknown(cdp.AskBasis, "use.activity", rec.ID, v.Activity, "")
	}
	var marketing rights.Truth
	if p, ok := m.reg.Purpose(a.Purpose); ok {
		u.Purpose, u.Title, u.DPV = p.ID, titleOf(p.Title), p.DPV
		marketing = rights.TruthOf(p.DirectMarketing)
	} else {
		m.unknown(cdp.AskBasis, "use.purpose", rec.ID, v.Activity, "")
	}
	q := policy.Question{Act: policy.Hold, Source: f.src, Activity: v.Activity, At: m.at.At}
	for _, iv := range policy.Intervals(q, f.policy(), m.all, m.at.Known) {
		if iv.From.After(m.at.At) {
			continue
		}
		u.Intervals = append(u.Intervals, cdp.CardInterval{From: iv.From, To: iv.To, Rule: iv.Verdict.Rule, Register: iv.Verdict.Register, Ended: iv.Ended.Rule, Renewed: iv.Ended.Allow})
	}
	said, err := m.evidence(&u, a, rec)
	if err != nil {
		return err
	}
	end, waits := m.retain(&u, a, i, said)
	m.addUse(u)
	for _, origin := range m.origins(rec) {
		m.of2act = append(m.of2act, v.Activity)
		m.rights = append(m.rights, m.rightsFacts(rec, a, v, origin, marketing, end, waits, held))
	}
	return nil
}

func titleOf(t policy.Title) cdp.Words { return cdp.Words{EN: t.EN, DE: t.DE, RO: t.RO, TR: t.TR} }

// addUse tells a use, or that it holds for one more record too.
func (m *cardMaker) addUse(u cdp.CardUse) {
	for i := range m.out.Uses {
		o := &m.out.Uses[i]
		if o.Activity == u.Activity && o.Verdict.Allow == u.Verdict.Allow && o.Verdict.Rule == u.Verdict.Rule && o.Verdict.Until.Equal(u.Verdict.Until) &&
			slices.Equal(o.Intervals, u.Intervals) && slices.EqualFunc(o.Evidence, u.Evidence, sameEvidence) {
			o.Records = append(o.Records, u.Records...)
			return
		}
	}
	m.out.Uses = append(m.out.Uses, u)
}

func sameEvidence(a, b cdp.Evidence) bool {
	if (a.Endpoint == nil) != (b.Endpoint == nil) || a.Endpoint != nil && !a.Endpoint.Same(*b.Endpoint) || !slices.Equal(a.Missing, b.Missing) {
		return false
	}
	a.Endpoint, b.Endpoint, a.Missing, b.Missing = nil, nil, nil, nil
	return a.Kind == b.Kind && a.Ref == b.Ref && a.Value == b.Value && a.State == b.State && a.From.Equal(b.From) && a.To.Equal(b.To) &&
		a.Notice == b.Notice && a.Method == b.Method && a.Source == b.Source && a.Complete == b.Complete
}

// evidence tells on what the basis rests. It returns what was said about
// consent.
func (m *cardMaker) evidence(u *cdp.CardUse, a policy.Activity, rec *graph.Record) ([]cdp.Standing, error) {
	missing := func(code string) {
		if u.Verdict.Allow {
			m.unknown(cdp.AskBasis, code, rec.ID, a.ID, "")
		}
	}
	add := func(e cdp.Evidence) { u.Evidence = append(u.Evidence, e) }
	cite := func(kind, ref string) {
		if ref == "" {
			missing("evidence." + kind)
			return
		}
		add(cdp.Evidence{Kind: kind, Ref: ref})
	}
	for _, g := range rec.Grounds {
		if g.Activity == a.ID {
			add(cdp.Evidence{Kind: "ground", Value: g.Ref, From: g.From, To: g.To, Source: rec.Source})
		}
	}
	switch a.Basis {
	case cdp.BasisContract:
		cite("contract", a.Contract.Ref)
	case cdp.BasisLaw, cdp.BasisPublicTask:
		cite("law", a.Law)
	case cdp.BasisVital:
		cite("vital", a.Vital.Ref)
	case cdp.BasisLegitimate:
		if a.Balancing == nil {
			missing("evidence.balancing")
			break
		}
		add(cdp.Evidence{Kind: "balancing", Ref: or(a.Balancing.Ref, a.Balancing.Author), From: a.Balancing.Date.In(time.UTC), To: a.Balancing.ReviewBy.In(time.UTC)})
	case cdp.BasisConsent:
		return m.consentEvidence(u, a, rec, missing)
	}
	return nil, nil
}

func (m *cardMaker) consentEvidence(u *cdp.CardUse, a policy.Activity, rec *graph.Record, missing func(string)) ([]cdp.Standing, error) {
	var endpoints []cdp.Held
	for _, c := range rec.Claims {
		if c.Blocked == "" {
			endpoints = append(endpoints, cdp.Held{Identifier: c.Identifier})
		}
	}
	all, err := m.standings(endpoints, []graph.Record{*rec})
	if err != nil {
		return nil, err
	}
	purposes := consentPurposes(a)
	all = slices.DeleteFunc(all, func(s cdp.Standing) bool { return !slices.Contains(purposes, s.Purpose) })
	for i := range all {
		st := &all[i]
		e := cdp.Evidence{Kind: "consent", Endpoint: &st.Endpoint, State: st.State, From: st.Since, To: st.Expires, Notice: st.Notice, Complete: st.Complete, Missing: st.Missing}
		for _, ev := range st.Events {
			if ev.State == st.State || ev.State.ValidForProcessing() == st.State.ValidForProcessing() {
				e.Method, e.Source = or(ev.Method, e.Method), ev.Source
				if ev.Proof != "" {
					e.Value = ev.Proof
				}
			}
		}
		u.Evidence = append(u.Evidence, e)
		if st.State.ValidForProcessing() {
			for _, what := range st.Missing {
				missing("evidence." + what)
			}
		}
	}
	if len(all) == 0 {
		missing("evidence.consent")
	}
	return all, nil
}

// retain tells when the retention of a record for an activity ends. Of an
// activity that never held it there is nothing to tell.
func (m *cardMaker) retain(u *cdp.CardUse, a policy.Activity, i int, said []cdp.Standing) (end time.Time, waits string) {
	if !u.Verdict.Allow && len(u.Intervals) == 0 || a.ID == "" {
		return time.Time{}, "never"
	}
	rec := &m.records[i]
	var consentEnd time.Time
	if !u.Verdict.Allow {
		for _, s := range said {
			if s.Since.After(consentEnd) {
				consentEnd = s.Since
			}
		}
		if n := len(u.Intervals); n > 0 && !u.Intervals[n-1].To.IsZero() {
			consentEnd = u.Intervals[n-1].To
		}
	}
	end, waits = a.Retained(cmp.Or(rec.At, rec.Recorded), rec.Grounds, consentEnd, cmp.Or(m.last, rec.Recorded))
	r := cdp.CardRetention{Activity: a.ID, Title: u.Title, Period: a.Retention.Period.String(), Start: a.Retention.Start, End: end, Waits: waits,
		Action: or(a.Retention.Action, "erase"), Law: a.Retention.Law, Overdue: !end.IsZero() && !m.at.At.Before(end), Records: []cdp.RecordID{rec.ID}}
	if end.IsZero() && waits == "" {
		m.unknown(cdp.AskRetention, "retention.end", rec.ID, a.ID, a.Retention.Start)
	}
	m.addRetention(r)
	return end, waits
}

func (m *cardMaker) addRetention(r cdp.CardRetention) {
	for i := range m.out.Retention {
		o := &m.out.Retention[i]
		if o.Activity == r.Activity && o.End.Equal(r.End) && o.Waits == r.Waits {
			o.Records = append(o.Records, r.Records...)
			return
		}
	}
	m.out.Retention = append(m.out.Retention, r)
}

// quarantine tells until when a record is kept that nothing holds.
func (m *cardMaker) quarantine(i, held int) {
	rec := &m.records[i]
	if held > 0 || m.rulings[i].Outcome != cdp.Quarantined {
		return
	}
	end := m.reg.QuarantineEnd(cmp.Or(rec.Since, rec.Recorded))
	m.addRetention(cdp.CardRetention{Start: "quarantine", End: end, Action: "erase", Overdue: !m.at.At.Before(end), Records: []cdp.RecordID{rec.ID}})
}

// origins are those of the value in a record, "" when nobody said.
func (m *cardMaker) origins(rec *graph.Record) []cdp.Origin {
	for _, s := range m.out.Sources {
		if s.Record == rec.ID && len(s.Origins) > 0 {
			return s.Origins
		}
	}
	return []cdp.Origin{""}
}

func (m *cardMaker) rightsFacts(rec *graph.Record, a policy.Activity, v cdp.Verdict, origin cdp.Origin, marketing rights.Truth, end time.Time, waits string, held int) rights.Facts {
	f := rights.Facts{Basis: a.Basis, Valid: rights.TruthOf(v.Allow), Marketing: marketing, Origin: origin, Automated: rights.Yes, Decision: rights.DecisionOf(a.Automated)}
	if src, ok := m.reg.Source(rec.Source); ok {
		f.Elsewhere = rights.TruthOf(src.Collection == "third_party")
	}
	_, rule, _ := strings.Cut(v.Rule, ".")
	f.Withdrawn = rule == "consent.withdrawn" || rule == "consent.revoked"
	f.Objected = strings.HasSuffix(rule, "objected")
	f.Other = held > 1 || held == 1 && !v.Allow
	switch {
	case a.Basis == cdp.BasisContract && v.Allow:
		f.Open = rights.Yes
	case a.Basis == cdp.BasisContract && rule == "contract.ended":
		f.Open = rights.No
	}
	switch {
	case waits == "never":
	case waits != "" || end.After(m.at.At):
		f.Retention = rights.Yes
	case !end.IsZero():
		f.Retention = rights.No
	}
	return f
}

// recipients tells who got the value, as sources report it and as we sent it.
func (m *cardMaker) recipients() error {
	all, err := m.shares(m.records)
	if err != nil {
		return err
	}
	for _, s := range all {
		if !m.sent(s) {
			continue
		}
		r, known := m.reg.Recipient(s.Recipient)
		c := cdp.CardRecipient{Recipient: s.Recipient, Name: r.Name, Kind: r.Kind, Country: r.Country, Region: r.Region, Contract: r.Contract,
			Tool: r.Transfer, ToolRef: r.TransferRef, Within: m.reg.NeedsNoTool(r.Country, s.At), Purpose: s.Purpose, At: s.At, Fields: s.Fields,
			Made: s.Mode == "run" && s.Source == "", Source: s.Source, Record: s.Record}
		if p, ok := m.reg.Purpose(s.Purpose); ok {
			c.Title = titleOf(p.Title)
		} else {
			m.unknown(cdp.AskRecipients, "recipient.purpose", s.Record, "", s.Recipient)
		}
		switch {
		case !known:
			m.unknown(cdp.AskRecipients, "recipient.name", s.Record, "", s.Recipient)
		case !c.Within && c.Tool == "":
			m.unknown(cdp.AskRecipients, "recipient.tool", s.Record, "", s.Recipient)
		}
		if s.At.IsZero() {
			m.unknown(cdp.AskRecipients, "recipient.time", s.Record, "", s.Recipient)
		}
		if len(s.Fields) == 0 {
			m.unknown(cdp.AskRecipients, "recipient.fields", s.Record, "", s.Recipient)
		}
		m.out.Recipients = append(m.out.Recipients, c)
	}
	return nil
}

// judge tells which rights apply.
func (m *cardMaker) judge() {
	for _, a := range m.pack.Apply(m.rights) {
		r := cdp.CardRight{Right: a.Right, Title: a.Title.Said(), Article: a.Article, DPV: a.DPV, Outcome: string(a.Outcome), Reason: a.Reason, Why: a.Why.Said(), Notes: a.Notes}
		for _, n := range a.Of {
			if n < len(m.of2act) {
				r.Activities = appendNew(r.Activities, m.of2act[n])
			}
		}
		if len(r.Activities) == len(m.activities()) {
			r.Activities = nil
		}
		switch a.Reason {
		case "adm.unknown", "origin.unknown", "basis.unknown", "marketing.unknown", "erase.need":
			activity := cdp.ActivityID("")
			if len(r.Activities) > 0 {
				activity = r.Activities[0]
			}
			m.unknown(cdp.AskRights, "right."+a.Reason, 0, activity, a.Right)
		}
		m.out.Rights = append(m.out.Rights, r)
	}
}

func (m *cardMaker) activities() []cdp.ActivityID {
	var out []cdp.ActivityID
	for _, a := range m.of2act {
		out = appendNew(out, a)
	}
	return out
}
