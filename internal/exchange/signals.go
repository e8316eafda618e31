package exchange

import (
	"slices"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
)

// xdm writes the consents of one profile, each endpoint's own. Of purposes it
// knows marketing, by channel; all that is direct marketing is that.
func xdm(w *writer) {
	w.regulated()
	w.purposed()
	w.plainAnswers(cdp.ConsentRefused, cdp.ConsentPending)
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		known := w.p.Purposes[e.Purpose].Marketing
		if !known {
			w.lose("purpose", e, "of purposes only direct marketing is carried")
		}
		return !known
	})
	w.strictest("purpose", "purposes of direct marketing are not told apart: the most restrictive answer is written", func(e *entry) string {
		return string(e.Endpoint.Kind()) + "\x00" + e.Endpoint.Reveal() + "\x00" + string(e.Channel)
	})
	groups := w.endpointed(cdp.KindEmail)
	if len(groups) == 0 {
		return
	}
	emails := object{}
	for _, group := range groups {
		marketing := object{}
		for _, e := range group {
			val := "n"
			if e.permits() {
				val = "y"
			}
			channel := string(e.Channel)
			if channel == "" {
				channel = "any"
			}
			one := object{"xdm:val": val}.with("xdm:time", stamp(e.at)).with("xdm:reason", e.proof)
			marketing["xdm:"+channel] = one
			w.lacks(e, "notice", "method", "language")
			w.expiring(e)
			if string(e.Purpose) != "marketing" {
				w.lose("purpose", e, "the purpose is written as marketing")
			}
		}
		emails[group[0].Endpoint.Reveal()] = object{"xdm:marketing": marketing}
	}
	doc := object{"xdm:idSpecific": object{"email": emails}, "xdm:metadata": object{}.with("xdm:time", stamp(w.p.At))}
	for _, p := range w.p.Wishes {
		if p.Wish == cdp.Wanted && p.Channel != "" && p.Topic == "" {
			doc["xdm:marketing"] = object{"xdm:preferred": string(p.Channel)}
		}
	}
	w.put(object{"xdm:identityMap": object{"CRMID": []object{{"xdm:id": w.p.Profile}}}, "xdm:consents": doc})
}

// didomi writes an event for each endpoint, regulation and time. Regulations are
// kept apart: a later event under another one must not overwrite.
func didomi(w *writer) {
	w.purposed()
	w.channelled("")
	var out []entry
	for _, e := range w.entries {
		if e.State == cdp.ConsentPending {
			out = append(out, e)
		}
	}
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool { return e.State == cdp.ConsentPending })
	w.plainAnswers(cdp.ConsentRefused)
	w.entries = append(w.entries, out...)
	w.strictest("channel", noChannels, func(e *entry) string { return byPurpose(e) + "\x00" + e.regulation })
	for _, group := range w.endpointed(cdp.KindEmail, cdp.KindPhone) {
		for _, e := range group {
			status := "confirmed"
			if e.State == cdp.ConsentPending {
				status = "pending_approval"
			}
			w.put(object{"id": w.p.Profile + "-" + strconv.Itoa(w.out.Len()), "user": object{"id": e.Endpoint.Reveal(), "type": string(e.Endpoint.Kind())},
				"regulation": e.regulation, "status": status, "events": []object{{"action": "consent", "purpose": string(e.Purpose),
					"value": e.permits() || e.State == cdp.ConsentPending, "legal_basis": "consent"}}}.with("created_at", stamp(e.at)))
			w.lacks(e, "notice", "method", "language", "proof")
			w.expiring(e)
		}
	}
}

// signals of Google Consent Mode.
func signals() []string {
	return []string{"ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage", "personalization_storage", "security_storage"}
}

// signalOf returns the signal that a purpose is named after, as an import names
// it, "" for none.
func signalOf(p cdp.PurposeID) string {
	s := strings.TrimPrefix(string(p), "google.")
	if slices.Contains(signals(), s) {
		return s
	}
	return ""
}

// consentMode writes update commands: a default is no refusal, and what was not
// answered is left unset, which is not denied.
func consentMode(w *writer) {
	w.regulated()
	w.purposed()
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		if signalOf(e.Purpose) == "" {
			w.lose("purpose", e, "there are seven signals, and this purpose is none of them")
		}
		return signalOf(e.Purpose) == ""
	})
	w.channelled("web")
	w.plainAnswers(cdp.ConsentRefused)
	w.strictest("channel", noChannels, byPurpose)
	for _, group := range w.endpointed(cdp.KindCookie, cdp.KindLogin) {
		for _, e := range group {
			val := "denied"
			if e.permits() {
				val = "granted"
			}
			who := "client_id"
			if e.Endpoint.Kind() == cdp.KindLogin {
				who = "user_id"
			}
			w.put(object{"event_id": w.p.Profile + "-" + strconv.Itoa(w.out.Len()), "command": "update", who: value(e.Endpoint),
				"consent": object{signalOf(e.Purpose): val}}.with("timestamp", stamp(e.at)))
			w.lacks(e, "notice", "method", "language", "proof")
			w.expiring(e)
			if issuer, _, _ := strings.Cut(e.Endpoint.Reveal(), ":"); issuer != "google.client" && issuer != "google.user" {
				w.lose("endpoint", e, "who gave out the id is not carried")
			}
		}
	}
}
