package policy

import (
	"time"

	"cdp-tui/internal/cdp"
)

// What a retention period may wait for.
const (
	WaitsContract = "contract" // it runs from the end of a contract that is open
	WaitsConsent  = "consent"  // it runs from the end of a consent that stands
)

// Retained returns when the retention of a record for the activity ends, and,
// when the period has not begun, what must end first. at is when the record was
// so, or else learnt; consentEnd when the consent ended, zero while it stands;
// lastContact the last time that the person was heard of. Both are zero and ""
// when the end is not known.
func (a Activity) Retained(at time.Time, grounds []cdp.Ground, consentEnd, lastContact time.Time) (end time.Time, waits string) {
	switch a.Retention.Start {
	case "consent_end":
		if consentEnd.IsZero() {
			return time.Time{}, WaitsConsent
		}
		return a.Retention.Period.AddTo(consentEnd), ""
	case "last_contact":
		if lastContact.IsZero() {
			return time.Time{}, ""
		}
		return a.Retention.Period.AddTo(lastContact), ""
	case startContract:
		if end = a.retainedUntil(at, grounds); end.IsZero() {
			return end, WaitsContract
		}
		return end, ""
	}
	return a.retainedUntil(at, grounds), ""
}

// NeedsNoTool reports whether data may go to a country without a transfer tool
// at a time: it is in the EEA (chapter V).
func (r *Register) NeedsNoTool(country string, at time.Time) bool {
	if r == nil || r.law == nil {
		return false
	}
	in, _ := r.law.within(country, at)
	return in
}

// Controller returns an entry of the register.
func (r *Register) Controller(id string) (Controller, bool) {
	if r != nil {
		for _, c := range r.Controllers {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Controller{}, false
}
