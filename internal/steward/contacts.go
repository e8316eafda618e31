package steward

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// isMessage reports whether a kind of touchpoint is a message to the person:
// sent, newsletter.sent, sms.sent.
func isMessage(kind string) bool { return kind == "sent" || strings.HasSuffix(kind, ".sent") }

// limited reports whether a wish says how often.
func limited(wishes []cdp.Preference) bool {
	return slices.ContainsFunc(wishes, func(p cdp.Preference) bool { return p.Frequency != "" })
}

// contactsOf returns when somebody wrote to the person whose records these are,
// as known: what sources tell of messages, and our own disclosures to who
// speaks to the person over a channel.
func contactsOf(tx *graph.Tx, records []graph.Record, from cdp.Standpoint) ([]policy.Contact, error) {
	var out []policy.Contact
	var ids []cdp.RecordID
	for i := range records {
		rec := &records[i]
		if slices.Contains(ids, rec.ID) {
			continue
		}
		ids = append(ids, rec.ID)
		if rec.Version > 1 {
			_, before, err := tx.Row(rec.Source, rec.Key)
			if err != nil {
				return nil, err
			}
			ids = append(ids, before...)
		}
		if !from.Knew(rec.Recorded) || !slices.ContainsFunc(rec.TouchKinds, isMessage) {
			continue
		}
		full, err := tx.Record(rec.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range full.Touchpoints {
			if isMessage(t.Kind) && !t.At.IsZero() {
				out = append(out, policy.Contact{Channel: t.Channel, At: t.At})
			}
		}
	}
	own, err := tx.SharesKnown(ids, from)
	if err != nil {
		return nil, err
	}
	for i := range own {
		if own[i].Channel != "" {
			out = append(out, policy.Contact{Channel: own[i].Channel, At: own[i].At})
		}
	}
	return out, nil
}

// zonesOf looks up the time zones that wishes name; those of quiet hours that
// name none are the seat's of the controller. A zone that is not known is left
// out, and policy then takes all day for quiet.
func zonesOf(reg *policy.Register, wishes []cdp.Preference) map[string]*time.Location {
	var out map[string]*time.Location
	for i := range wishes {
		p := &wishes[i]
		if _, known := out[p.Quiet.Zone]; known || p.Quiet.IsZero() {
			continue
		}
		name := p.Quiet.Zone
		if name == "" && reg != nil {
			for _, c := range reg.Controllers {
				if c.ID == p.Controller {
					name = c.TimeZone
				}
			}
		}
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" || name == "Local" {
			continue
		}
		if out == nil {
			out = make(map[string]*time.Location)
		}
		out[p.Quiet.Zone] = zone
	}
	return out
}

// factsSpoken is factsOf, with when somebody wrote to the person before.
func (v *sight) factsSpoken(rec graph.Record, from cdp.Standpoint) (*bearing, error) {
	f, err := v.factsOf(v.tx, rec, from)
	if err != nil || !limited(f.wishes) {
		return f, err
	}
	all, err := withTheirs(v.tx, []graph.Record{f.rec})
	if err != nil {
		return nil, err
	}
	f.contacts, err = contactsOf(v.tx, all, from)
	return f, err
}
