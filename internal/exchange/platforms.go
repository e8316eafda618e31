package exchange

import (
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// segment writes an event for each endpoint and time. A category is true or
// false; what is not there is unknown.
func segment(w *writer) {
	slots := []slot{{kind: cdp.KindEmail, name: "email"}, {kind: cdp.KindPhone, name: "phone"}, {kind: cdp.KindLogin, issuer: "segment", name: "userId"},
		{kind: cdp.KindCookie, issuer: "segment", name: "anonymousId"}, {kind: cdp.KindDevice, name: "advertisingId"}}
	w.named(slots)
	w.wishless()
	w.regulated()
	w.purposed()
	w.channelled("web")
	w.plainAnswers()
	w.strictest("channel", noChannels, byPurpose)
	for _, g := range w.endpointed(slots) {
		for left := g.entries; len(left) > 0; {
			at := left[0].at
			preferences := object{}
			var rest []entry
			for _, e := range left {
				if !e.at.Equal(at) {
					rest = append(rest, e)
					continue
				}
				preferences[w.name(e.Purpose)] = w.yesOrNo(e)
				w.written(e, unsaid{})
			}
			context := object{"consent": object{"categoryPreferences": preferences}}
			doc := object{"type": "track", "event": "Segment Consent Preference Updated", "messageId": w.p.Profile + "-" + strconv.Itoa(w.out.Len()), "context": context}.
				with("timestamp", stamp(at))
			switch g.field {
			case "userId", "anonymousId":
				doc[g.field] = value(g.id)
			case "advertisingId":
				context["device"] = object{g.field: value(g.id)}
			default:
				context["traits"] = object{g.field: value(g.id)}
			}
			w.put(doc)
			left = rest
		}
	}
}

// unomi writes a profile for each endpoint: its consents are of a profile. A
// date of revocation is an automatic end, which it carries. Of preferences its
// own profiles have the language and a switch for e-mail.
func unomi(w *writer) {
	slots := []slot{{kind: cdp.KindEmail, name: "email"}, {kind: cdp.KindPhone, name: "phoneNumber"}, {kind: cdp.KindCRM, issuer: "unomi", name: "itemId"}}
	w.named(slots)
	w.regulated()
	w.purposed()
	w.channelled("")
	w.plainAnswers()
	w.strictest("channel", noChannels, byPurpose)
	for i, g := range w.endpointed(slots) {
		consents := object{}
		for _, e := range g.entries {
			status, as := "DENIED", cdp.ConsentRefused
			switch {
			case e.permits():
				status, as = "GRANTED", cdp.ConsentGiven
			case e.State == cdp.ConsentWithdrawn:
				status, as = "REVOKED", cdp.ConsentWithdrawn
			case e.State == cdp.ConsentExpired && !e.until.IsZero(): // an end that is past
				status, as = "GRANTED", cdp.ConsentExpired
			}
			w.said(e, as)
			scope, kind := w.scoped(e)
			one := object{"scope": scope, "typeIdentifier": kind, "status": status}.with("statusDate", stamp(e.at))
			if status == "GRANTED" {
				one.with("revokeDate", stamp(e.until))
			}
			consents[scope+"/"+kind] = one
			w.written(e, unsaid{expires: true})
		}
		doc := object{"itemId": w.p.Profile + "-" + strconv.Itoa(i+1), "itemType": "profile", "segments": []string{}, "scores": object{}, "systemProperties": object{}}
		if len(consents) > 0 {
			doc["consents"] = consents
		}
		properties := object{}
		if g.field == "itemId" {
			doc[g.field] = value(g.id)
		} else {
			properties[g.field] = value(g.id)
		}
		for _, x := range g.wishes {
			w.unomiWish(x, properties)
		}
		doc["properties"] = properties
		w.put(doc)
	}
}

// scoped names a consent: by the scope that it came with, or by the controller.
func (w *writer) scoped(e entry) (scope, kind string) {
	w.prefix = e.Controller + "/"
	name := w.name(e.Purpose)
	if scope, kind, ok := strings.Cut(name, "/"); ok && name == string(e.Purpose) && scope != e.Controller {
		return scope, kind
	}
	return e.Controller, name
}

func (w *writer) unomiWish(x wish, properties object) {
	dated := false
	switch {
	case x.Channel == "" && x.Topic == "" && x.Wish == cdp.WishUnstated && x.Language != "":
		properties["preferredLanguage"] = x.Language
		w.rest(x, false, false, true)
	case x.Channel == "email" && x.Topic == "" && x.Wish.Forbids():
		w.yes(x)
		properties["emailNotificationsDisabled"] = "true"
		w.rest(x, false, false, false)
		dated = !x.at.IsZero()
	default:
		w.loseWish("preference", x, "of preferences only the language and a no to all e-mail are carried")
	}
	if dated {
		w.loseWish("time", x, "a preference has no date")
	}
}

// mparticle writes a batch for each endpoint. In the CCPA's data sale,
// consented means opted out.
func mparticle(w *writer) {
	slots := []slot{{kind: cdp.KindEmail, name: "email"}, {kind: cdp.KindPhone, name: "mobile_number"}, {kind: cdp.KindCRM, issuer: "mparticle", name: "mpid"},
		{kind: cdp.KindLogin, issuer: "mparticle.customer", name: "customer_id"}, {kind: cdp.KindSocial, issuer: "facebook", name: "facebook"}, {kind: cdp.KindSocial, issuer: "google", name: "google"}}
	w.named(slots)
	w.wishless()
	w.purposed()
	w.channelled("app")
	w.plainAnswers()
	var sold, rest []entry
	for _, e := range w.entries {
		switch {
		case e.regulation == "gdpr":
			rest = append(rest, e)
		case e.regulation == "ccpa" && !e.permits():
			sold = append(sold, e)
		default:
			w.lose("regulation", e, "of the CCPA only an opt-out of the sale of data is carried")
		}
	}
	w.entries = sold
	w.strictest("purpose", "what is said under the CCPA is said of the sale of data alone", func(e *entry) string { return string(e.Endpoint.Kind()) + "\x00" + e.Endpoint.Reveal() })
	sold, w.entries = w.entries, rest
	w.strictest("channel", noChannels, byPurpose)
	w.entries = append(w.entries, sold...)
	for i, g := range w.endpointed(slots) {
		gdpr, ccpa := object{}, object{}
		for _, e := range g.entries {
			one := object{}.with("document", e.notice).with("location", e.method)
			if !e.at.IsZero() {
				one["timestamp_unixtime_ms"] = e.at.UnixMilli()
				if !e.at.Truncate(time.Millisecond).Equal(e.at) {
					w.lose("time", e, "times are kept to the millisecond")
				}
			}
			if e.regulation == "ccpa" {
				if e.Purpose != "mparticle.data_sale" {
					w.lose("purpose", e, "what is said under the CCPA is said of the sale of data alone")
				}
				w.said(e, cdp.ConsentObjected)
				one["consented"] = true
				ccpa["data_sale_opt_out"] = one
			} else {
				one["consented"] = w.yesOrNo(e)
				gdpr[w.name(e.Purpose)] = one
			}
			w.written(e, unsaid{notice: true, method: true})
		}
		state := object{} // an empty group would agree to nothing
		if len(gdpr) > 0 {
			state["gdpr"] = gdpr
		}
		if len(ccpa) > 0 {
			state["ccpa"] = ccpa
		}
		doc := object{"batch_id": w.p.Profile + "-" + strconv.Itoa(i+1), "environment": "production", "consent_state": state, "timestamp_unixtime_ms": w.p.At.UnixMilli()}
		if g.field == "mpid" {
			doc[g.field] = value(g.id)
		} else {
			doc["user_identities"] = object{g.field: value(g.id)}
		}
		w.put(doc)
	}
}
