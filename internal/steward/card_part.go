package steward

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// parts are how to find what is no value of a profile, by kind.
func (m *cardMaker) parts() map[string]func() error {
	return map[string]func() error{"touchpoint": m.findTouchpoint, "use": m.findUse, "share": m.findShare}
}

// findPart finds a part of a profile; with id 0 of the one that its record is in.
func (m *cardMaker) findPart(id cdp.ProfileID, find func() error) (err error) {
	if id == 0 {
		rec, _, err := cdp.ParsePart(m.of.ID)
		if err != nil {
			return err
		}
		if id, err = m.tx.ProfileOf(rec); err != nil && !errors.Is(err, graph.ErrNotFound) {
			return err
		}
	}
	if id != 0 {
		if m.p, err = m.profile(id, 0); err != nil {
			return err
		}
	}
	m.out.Part = &cdp.CardPart{}
	if err := find(); err != nil {
		return err
	}
	m.tracer = tracer{sight: m.sight, p: m.p, records: m.records}
	return nil
}

// recordOf is a record of the profile, or a version before one of it.
func (m *cardMaker) recordOf(id cdp.RecordID) (graph.Record, error) {
	full, err := m.tx.Record(id)
	if err != nil {
		return full, err
	}
	if !m.lens.Knew(full.Recorded) {
		return full, fmt.Errorf("%v: %w", id, ErrNotFound)
	}
	if i := slices.IndexFunc(m.p.Records, func(r graph.Record) bool { return r.ID == id }); i >= 0 {
		rec := m.p.Records[i] // with its claims as they stand for the lens
		rec.Touchpoints, rec.Shares = full.Touchpoints, full.Shares
		return rec, nil
	}
	if m.p.ID != 0 && !slices.ContainsFunc(m.p.Records, func(r graph.Record) bool { return r.Source == full.Source && r.Key == full.Key }) {
		return full, fmt.Errorf("%v of %v: %w", id, m.p.ID, ErrNotFound)
	}
	return full, nil
}

// ofRecord finds the record of a part, and returns the part's name in it.
func (m *cardMaker) ofRecord() (*graph.Record, string, error) {
	id, part, err := cdp.ParsePart(m.of.ID)
	if err != nil {
		return nil, "", err
	}
	rec, err := m.recordOf(id)
	if err != nil {
		return nil, "", err
	}
	m.records = []graph.Record{rec}
	return &m.records[0], part, nil
}

func (m *cardMaker) notFound() error {
	return fmt.Errorf("%s %s: %w", m.of.Kind, m.of.ID, ErrNotFound)
}

func (m *cardMaker) findTouchpoint() error {
	rec, part, err := m.ofRecord()
	if err != nil {
		return err
	}
	no, err := strconv.Atoi(part)
	if err != nil || no < 1 || no > len(rec.Touchpoints) {
		return m.notFound()
	}
	t := rec.Touchpoints[no-1]
	if !m.lens.IsNow() && t.At.After(m.at.At) {
		return m.notFound()
	}
	m.of.ID, m.out.Part.Touchpoint, m.out.Label = t.PartID(), &t, t.Kind
	// A report that names fields names values of the record; an event is in one
	// that names none, or it.
	m.sent = func(s cdp.Share) bool { return len(s.Fields) == 0 || slices.Contains(s.Fields, t.Kind) }
	step, err := m.touched(*rec, t)
	if err != nil {
		return err
	}
	p := m.out.Part
	p.Then, p.Title = step.Verdict, m.purposeTitle(step.Purpose)
	f, err := m.factsSpoken(*rec, cdp.Standpoint{At: m.at.At, Known: m.lens.Known})
	if err != nil {
		return err
	}
	p.Now = f.touched(t)
	return nil
}

func (m *cardMaker) findUse() error {
	rec, part, err := m.ofRecord()
	if err != nil {
		return err
	}
	ruling, err := m.sight.judge(*rec)
	if err != nil {
		return err
	}
	for _, u := range uses(m.reg, *rec, ruling) {
		if string(u.Activity) != part {
			continue
		}
		p := m.out.Part
		m.of.ID, m.out.Label = u.PartID(), string(u.Activity)
		p.Use, p.Title, p.Now, p.NoThen = &u, m.purposeTitle(u.Purpose), u.Verdict, true
		for _, a := range rec.Attributes {
			p.Fields = appendNew(p.Fields, a.Name)
		}
		for _, c := range rec.Claims {
			p.Fields = appendNew(p.Fields, string(c.Identifier.Kind()))
		}
		m.sent = func(s cdp.Share) bool { return s.Purpose == u.Purpose }
		return nil
	}
	return m.notFound()
}

func (m *cardMaker) findShare() error {
	records := m.p.Records
	if m.p.ID == 0 {
		rec, _, err := m.ofRecord()
		if err != nil {
			return err
		}
		records = []graph.Record{*rec}
	}
	all, err := m.shares(records)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s cdp.Share) bool { return s.ID == m.of.ID })
	if i < 0 {
		return m.notFound()
	}
	share := all[i]
	ids := share.Records
	if len(ids) == 0 {
		ids = []cdp.RecordID{share.Record}
	}
	m.records = nil
	for _, id := range ids {
		rec, err := m.recordOf(id)
		if errors.Is(err, ErrNotFound) { // it is another person's by now
			continue
		}
		if err != nil {
			return err
		}
		m.records = append(m.records, rec)
	}
	p := m.out.Part
	p.Share, p.Title, p.Fields, m.out.Label = &share, m.purposeTitle(share.Purpose), share.Fields, share.Recipient
	m.sent = func(s cdp.Share) bool { return s.ID == share.ID }
	j, err := m.lawful(share, m.p)
	if err != nil {
		return err
	}
	p.Then, p.Now, p.NoThen = j.Then, j.Now, j.UnknownThen
	return nil
}

func (m *cardMaker) purposeTitle(id cdp.PurposeID) cdp.Words {
	p, _ := m.reg.Purpose(id)
	return titleOf(p.Title)
}

// narrow leaves of the activities those for the purpose of the event or the
// disclosure; when none of the records is held for it, that is unknown, and
// told is what they are held for.
func (m *cardMaker) narrow() {
	var purpose cdp.PurposeID
	switch p := m.out.Part; {
	case p == nil:
		return
	case p.Use != nil:
		m.bears = func(id cdp.ActivityID) bool { return id == p.Use.Activity }
		return
	case p.Touchpoint != nil:
		purpose = p.Touchpoint.Purpose
	case p.Share != nil:
		purpose = p.Share.Purpose
	}
	covered := func(id cdp.ActivityID) bool {
		a, ok := m.reg.Activity(id)
		return ok && a.Purpose == purpose
	}
	for i := range m.rulings {
		for _, v := range m.rulings[i].Holding {
			if covered(v.Activity) {
				m.bears = covered
				return
			}
		}
	}
	if purpose != "" {
		m.unknown(cdp.AskBasis, "use.uncovered", m.records[0].ID, "", string(purpose))
	}
}

// touchpoint is the event that the card is about, if it is.
func (m *cardMaker) touchpoint() *cdp.Touchpoint {
	if m.out.Part == nil {
		return nil
	}
	return m.out.Part.Touchpoint
}

// partial reports whether a field is not of what the card is about.
func (m *cardMaker) partial(field string) bool {
	p := m.out.Part
	return p != nil && len(p.Fields) > 0 && !slices.Contains(p.Fields, field)
}

// categoryOfEvent is what sort of data an event is: what somebody wrote, or did.
func categoryOfEvent(t *cdp.Touchpoint) string {
	if t.Text != "" {
		return "user.content"
	}
	return "user.behavior"
}
