package exchange

import (
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
)

const (
	onlyYesNo   = "it is carried as a no: the format has no other word for what was not permitted"
	notAnswered = "the person has not answered, or it can not be read: nothing is written"
	noChannels  = "channels are not told apart: the most restrictive answer is written"
)

// plainAnswers leaves out what is no answer and notes where a no is all that a
// format can say of a state.
func (w *writer) plainAnswers(kept ...cdp.ConsentState) {
	var out []entry
	for _, e := range w.entries {
		if !e.answered() {
			w.lose("state", e, notAnswered)
			continue
		}
		exact := e.State == cdp.ConsentGiven
		for _, k := range kept {
			exact = exact || e.State == k
		}
		switch {
		case exact:
		case e.permits():
			w.lose("state", e, "a renewed consent is written as given")
		default:
			w.lose("state", e, onlyYesNo)
		}
		out = append(out, e)
	}
	w.entries = out
}

func byPurpose(e *entry) string {
	return string(e.Endpoint.Kind()) + "\x00" + e.Endpoint.Reveal() + "\x00" + string(e.Purpose)
}

// segment writes an event for each endpoint and time. A category is true or
// false; what is not there is unknown.
func segment(w *writer) {
	w.regulated()
	w.purposed()
	w.channelled("web")
	w.plainAnswers(cdp.ConsentRefused)
	w.strictest("channel", noChannels, byPurpose)
	for _, group := range w.endpointed(cdp.KindEmail, cdp.KindPhone) {
		for len(group) > 0 {
			at := group[0].at
			said := object{}
			var rest []entry
			for _, e := range group {
				if !e.at.Equal(at) {
					rest = append(rest, e)
					continue
				}
				said[string(e.Purpose)] = e.permits()
				w.lacks(e, "notice", "method", "language", "proof")
				w.expiring(e)
			}
			id := group[0].Endpoint
			traits := object{"email": id.Reveal()}
			if id.Kind() == cdp.KindPhone {
				traits = object{"phone": id.Reveal()}
			}
			w.put(object{"type": "track", "event": "Segment Consent Preference Updated", "messageId": w.p.Profile + "-" + strconv.Itoa(w.out.Len()),
				"context": object{"consent": object{"categoryPreferences": said}, "traits": traits}}.with("timestamp", stamp(at)))
			group = rest
		}
	}
}

// expiring notes that a format has no end of a consent.
func (w *writer) expiring(e entry) {
	if !e.Expires.IsZero() && e.permits() {
		w.lose("expires", e, "the consent ends on a day, which is not carried")
	}
}

// unomi writes a profile for each endpoint: its consents are of a profile. A
// date of revocation is an automatic end, which it carries.
func unomi(w *writer) {
	w.regulated()
	w.purposed()
	w.channelled("")
	w.plainAnswers(cdp.ConsentRefused, cdp.ConsentWithdrawn, cdp.ConsentExpired)
	w.strictest("channel", noChannels, func(e *entry) string { return byPurpose(e) + "\x00" + e.Controller })
	for i, group := range w.endpointed(cdp.KindEmail, cdp.KindPhone) {
		consents := object{}
		for _, e := range group {
			status := "DENIED"
			switch e.State {
			case cdp.ConsentGiven, cdp.ConsentRenewed:
				status = "GRANTED"
			case cdp.ConsentWithdrawn:
				status = "REVOKED"
			case cdp.ConsentExpired:
				if !e.at.IsZero() && !e.Expires.IsZero() { // an end that is past
					status = "GRANTED"
				} else {
					w.lose("state", e, onlyYesNo)
				}
			}
			one := object{"scope": e.Controller, "typeIdentifier": string(e.Purpose), "status": status}.with("statusDate", stamp(e.at))
			if status == "GRANTED" {
				one.with("revokeDate", stamp(e.Expires))
			}
			consents[e.Controller+"/"+string(e.Purpose)] = one
			w.lacks(e, "notice", "method", "language", "proof")
		}
		id := group[0].Endpoint
		properties := object{"email": id.Reveal()}
		if id.Kind() == cdp.KindPhone {
			properties = object{"phoneNumber": id.Reveal()}
		}
		w.put(object{"itemId": w.p.Profile + "-" + strconv.Itoa(i+1), "itemType": "profile", "properties": properties, "segments": []string{}, "scores": object{},
			"consents": consents, "systemProperties": object{}})
	}
}

// mparticle writes a batch for each endpoint. In the CCPA's data sale,
// consented means opted out.
func mparticle(w *writer) {
	w.purposed()
	w.channelled("app")
	w.plainAnswers(cdp.ConsentRefused)
	var sold []entry
	var rest []entry
	for _, e := range w.entries {
		switch {
		case e.regulation == "gdpr":
			rest = append(rest, e)
		case e.regulation == "ccpa" && !e.permits():
			sold = append(sold, e)
			w.lose("purpose", e, "what is said under the CCPA is said of the sale of data alone")
		default:
			w.lose("regulation", e, "of the CCPA only an opt-out of the sale of data is carried")
		}
	}
	w.entries = rest
	w.strictest("channel", noChannels, byPurpose)
	w.entries = append(w.entries, sold...)
	for i, group := range w.endpointed(cdp.KindEmail, cdp.KindPhone) {
		gdpr, ccpa := object{}, object{}
		for _, e := range group {
			one := object{"consented": e.permits()}.with("document", e.notice).with("location", e.method)
			if !e.at.IsZero() {
				one["timestamp_unixtime_ms"] = e.at.UnixMilli()
				if !e.at.Truncate(time.Millisecond).Equal(e.at) {
					w.lose("time", e, "times are kept to the millisecond")
				}
			}
			if e.regulation == "ccpa" {
				one["consented"] = true
				ccpa["data_sale_opt_out"] = one
			} else {
				gdpr[string(e.Purpose)] = one
			}
			w.lacks(e, "language", "proof")
			w.expiring(e)
		}
		state := object{"gdpr": gdpr}
		if len(ccpa) > 0 {
			state["ccpa"] = ccpa
		}
		id := group[0].Endpoint
		who := object{"email": id.Reveal()}
		if id.Kind() == cdp.KindPhone {
			who = object{"mobile_number": id.Reveal()}
		}
		w.put(object{"batch_id": w.p.Profile + "-" + strconv.Itoa(i+1), "environment": "production", "user_identities": who, "consent_state": state,
			"timestamp_unixtime_ms": w.p.At.UnixMilli()})
	}
}

// onetrust writes a receipt for each endpoint. It dates a consent and a
// withdrawal; a refusal has no date of its own and is written as a withdrawal.
func onetrust(w *writer) {
	w.regulated()
	w.purposed()
	w.channelled("")
	w.plainAnswers(cdp.ConsentWithdrawn, cdp.ConsentExpired)
	w.strictest("channel", noChannels, byPurpose)
	for i, group := range w.endpointed(cdp.KindEmail) {
		var list []object
		language := ""
		for _, e := range group {
			one := object{"Id": string(e.Purpose), "Name": string(e.Purpose)}.with("Version", e.notice).with("LastTransactionCollectionPointId", e.method)
			switch {
			case e.permits() && !e.at.IsZero():
				one["Status"], one["ConsentDate"] = "ACTIVE", stamp(e.at)
				one.with("ExpiryDate", stamp(e.Expires))
			case e.permits():
				w.lose("state", e, "a consent without a date is not carried")
				continue
			case e.State == cdp.ConsentExpired && !e.at.IsZero() && !e.Expires.IsZero():
				one["Status"], one["ConsentDate"], one["ExpiryDate"] = "EXPIRED", stamp(e.at), stamp(e.Expires)
			default:
				one["Status"] = "WITHDRAWN"
				one.with("WithdrawalDate", stamp(e.at))
				if e.State == cdp.ConsentExpired {
					w.lose("state", e, onlyYesNo)
				}
			}
			if e.language != "" && language == "" {
				language = e.language
			} else if e.language != language {
				w.lose("evidence", e, "a receipt has one language")
			}
			w.lacks(e, "proof")
			list = append(list, one)
		}
		w.put(object{"Id": w.p.Profile + "-" + strconv.Itoa(i+1), "Identifier": group[0].Endpoint.Reveal(), "Purposes": list,
			"CreatedDate": stamp(w.p.At), "LastUpdatedDate": stamp(w.p.At)}.with("Language", language))
	}
}
