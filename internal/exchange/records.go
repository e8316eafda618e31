package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"cdp-tui/internal/cdp"
)

// kantara writes a receipt for each consent that holds. A receipt has no state:
// a no can not be written at all.
func kantara(w *writer) {
	w.regulated()
	w.purposed()
	w.channelled("")
	for _, e := range w.entries {
		switch {
		case !e.permits():
			w.lose("state", e, "a receipt is of a consent: what is not permitted can not be written")
			continue
		case e.State != cdp.ConsentGiven:
			w.lose("state", e, "a renewed consent is written as given")
		}
		if k := e.Endpoint.Kind(); k != cdp.KindEmail && k != cdp.KindPhone {
			w.lose("endpoint", e, "an endpoint of kind "+string(k)+" can not be named")
			continue
		}
		if e.at.IsZero() {
			w.lose("state", e, "a receipt needs the time of the consent")
			continue
		}
		if !e.Explicit {
			w.lose("explicit", e, "a consent by a clear act and an express one have the same word: it reads as explicit")
		}
		if e.at.Nanosecond() != 0 {
			w.lose("time", e, "times are kept to the second")
		}
		c, p := w.p.Controllers[e.Controller], w.p.Purposes[e.Purpose]
		purpose := object{"purpose": cmp.Or(p.Title, string(e.Purpose)), "purposeCategory": []string{cmp.Or(p.DPV, "unspecified")}, "consentType": "EXPLICIT",
			"piiCategory": append([]string{}, p.Categories...), "primaryPurpose": false, "termination": cmp.Or(stamp(e.Expires), "until withdrawn"), "thirdPartyDisclosure": false}
		w.put(object{"version": "KI-CR-v1.1.0", "jurisdiction": cmp.Or(c.Country, "EU"), "consentTimestamp": e.at.Unix(), "collectionMethod": cmp.Or(e.method, "not stated"),
			"consentReceiptID": w.receiptID(e), "piiPrincipalId": e.Endpoint.Reveal(),
			"piiControllers": []object{{"piiController": cmp.Or(c.Name, e.Controller), "contact": cmp.Or(c.Contact, "not stated"), "address": object{"addressCountry": c.Country}, "email": c.Contact, "phone": ""}},
			"policyUrl":      cmp.Or(e.notice, "not stated"), "services": []object{{"service": string(e.Purpose), "purposes": []object{purpose}}}, "sensitive": false, "spiCat": []string{}}.
			with("language", e.language))
		w.lacks(e, "proof")
	}
}

// receiptID names a record: the same facts have the same name. It has the form
// of a UUID; its bits are those of a hash.
func (w *writer) receiptID(e entry) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{w.p.Profile, string(e.Endpoint.Kind()), e.Endpoint.Reveal(), string(e.Purpose), e.Controller, string(e.Channel), e.regulation, string(e.State), stamp(e.at)}, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8, as RFC 9562 has it for one's own
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// dpvState gives the word of DPV 2.3 for a state, and whether it says as much; an objection
// is no state of a consent there.
func dpvState(s cdp.ConsentState) (iri string, exact bool) {
	switch s {
	case cdp.ConsentRequested:
		return "dpv:ConsentRequested", true
	case cdp.ConsentDeferred:
		return "dpv:ConsentRequestDeferred", true
	case cdp.ConsentPending:
		return "dpv:ConsentRequested", false
	case cdp.ConsentGiven:
		return "dpv:ConsentGiven", true
	case cdp.ConsentRenewed:
		return "dpv:RenewedConsentGiven", true
	case cdp.ConsentRefused:
		return "dpv:ConsentRefused", true
	case cdp.ConsentEmpty:
		return "dpv:ConsentRefused", false
	case cdp.ConsentWithdrawn:
		return "dpv:ConsentWithdrawn", true
	case cdp.ConsentRevoked:
		return "dpv:ConsentRevoked", true
	case cdp.ConsentExpired:
		return "dpv:ConsentExpired", true
	case cdp.ConsentInvalidated:
		return "dpv:ConsentInvalidated", true
	case cdp.ConsentObjected:
		return "dpv:LegitimateInterestObjected", true
	case cdp.ConsentUnreadable:
		return "dpv:ConsentUnknown", true
	}
	return "dpv:ConsentUnknown", false
}

// subject names an endpoint as an IRI.
func subject(id cdp.Identifier) string {
	switch id.Kind() {
	case cdp.KindEmail:
		return "mailto:" + id.Reveal()
	case cdp.KindPhone:
		return "tel:" + id.Reveal()
	}
	return "urn:cdp:" + string(id.Kind()) + ":" + url.PathEscape(id.Reveal())
}

// dpv writes a consent record for each endpoint, purpose, controller, channel and
// regulation, with all its events. Lists are lists even where they hold one.
func dpv(w *writer) {
	kinds := []cdp.Kind{cdp.KindEmail, cdp.KindPhone}
	w.purposed()
	for _, e := range w.entries {
		if k := e.Endpoint.Kind(); k != kinds[0] && k != kinds[1] {
			w.lose("endpoint", e, "an endpoint of kind "+string(k)+" is named in a way that only this program reads")
		}
		c, p := w.p.Controllers[e.Controller], w.p.Purposes[e.Purpose]
		var events []object
		for i := range e.events {
			events = append(events, w.dpvEvent(e, &e.events[i]))
		}
		purpose := object{"@id": "urn:cdp:purpose:" + string(e.Purpose), "@type": []string{cmp.Or(p.DPV, "dpv:Purpose")}}.with("dct:title", p.Title)
		process := object{"@type": []string{"dpv:Process"}, "dpv:hasLegalBasis": []string{"eu-gdpr:A6-1-a"}, "dpv:hasPurpose": []object{purpose},
			"dpv:hasPersonalData": append([]string{}, p.Categories...)}
		id := w.receiptID(e)
		doc := object{"@context": object{"dpv": "https://w3id.org/dpv#", "dct": "http://purl.org/dc/terms/", "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#", "pd": "https://w3id.org/dpv/pd#"},
			"@id": "urn:uuid:" + id, "@type": []string{"dpv:ConsentRecord"}, "dct:identifier": id,
			"dct:conformsTo":     []string{"https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"},
			"dpv:hasDataSubject": object{"@id": subject(e.Endpoint)}, "dpv:hasDataController": []object{object{"@id": "urn:cdp:controller:" + e.Controller}.with("dct:title", c.Name)},
			"dpv:hasProcess": []object{process}, "dpv:hasConsentStatus": events}.with("dpv:hasJurisdiction", c.Country)
		if e.regulation != "gdpr" {
			doc["dpv:hasApplicableLaw"] = []string{e.regulation}
		}
		if e.Channel != "" {
			doc["dpv:hasConsentControl"] = object{"dct:title": string(e.Channel)}
		}
		w.put(doc)
	}
}

func (w *writer) dpvEvent(e entry, c *cdp.Consent) object {
	state, exact := dpvState(c.State)
	if !exact {
		w.lose("state", e, string(c.State)+" has no word of its own")
	}
	if c.PreTicked && (c.State.ValidForProcessing() || c.State == cdp.ConsentPending) { // Rec. 32
		state = "dpv:ConsentInvalidated"
	}
	by := map[cdp.Speaker]string{cdp.ByParent: "dpv:ParentOfDataSubject", cdp.ByGuardian: "dpv:GuardianOfDataSubject"}[c.Speaker]
	if by == "" {
		by = "dpv:DataSubject"
	}
	expressed := "dpv:ExpressedConsent"
	if c.Explicit {
		expressed = "dpv:ExplicitlyExpressedConsent"
	}
	one := object{"@type": []string{state, expressed}, "dpv:isIndicatedBy": by}.
		with("dpv:isIndicatedAtTime", stamp(c.At)).with("dpv:hasIndicationMethod", c.Method).with("dct:source", c.Proof.Reveal())
	if c.Notice != "" || c.Language != "" {
		one["dpv:hasNotice"] = object{"@type": []string{"dpv:ConsentNotice"}}.with("dct:language", c.Language).with("dct:hasVersion", c.Notice)
	}
	if !c.Expires.IsZero() {
		one["dpv:hasDuration"] = object{"@type": []string{"dpv:UntilTimeDuration"}, "dct:date": stamp(c.Expires)}
	}
	return one
}
