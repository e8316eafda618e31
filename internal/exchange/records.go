package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// notStated stands in fields of a receipt that must not be missing.
const notStated = "not stated"

// kantara writes a receipt for each consent that holds. A receipt has no state:
// a no can not be written at all.
func kantara(w *writer) {
	slots := []slot{{kind: cdp.KindEmail}, {kind: cdp.KindPhone}, {kind: cdp.KindCRM, issuer: "kantara", bare: true}}
	w.named(slots)
	w.wishless()
	w.regulated()
	w.purposed()
	w.channelled("")
	for _, g := range w.endpointed(slots) {
		for _, e := range g.entries {
			switch {
			case !e.permits():
				w.lose("state", e, "a receipt is of a consent: what is not permitted can not be written")
				continue
			case e.at.IsZero():
				w.lose("state", e, "a receipt needs the time of the consent")
				continue
			}
			w.said(e, cdp.ConsentGiven)
			if !e.Explicit {
				w.lose("explicit", e, "a consent by a clear act and an express one have the same word: it reads as explicit")
			}
			if e.at.Nanosecond() != 0 {
				w.lose("time", e, "times are kept to the second")
			}
			w.receipt(e)
			explicit := e.Explicit
			e.Explicit = false // said above
			w.written(e, unsaid{notice: true, method: true, language: true, expires: true})
			e.Explicit = explicit
		}
	}
}

func (w *writer) receipt(e entry) {
	c, p := w.p.Controllers[e.Controller], w.p.Purposes[e.Purpose]
	purpose := object{"purpose": cmp.Or(p.Title, string(e.Purpose)), "purposeCategory": []string{cmp.Or(p.DPV, "unspecified")}, "consentType": "EXPLICIT",
		"piiCategory": append([]string{}, p.Categories...), "primaryPurpose": false, "termination": cmp.Or(stamp(e.until), "until withdrawn"), "thirdPartyDisclosure": false}
	w.put(object{"version": "KI-CR-v1.1.0", "jurisdiction": cmp.Or(c.Country, "EU"), "consentTimestamp": e.at.Unix(), "collectionMethod": cmp.Or(e.method, notStated),
		"consentReceiptID": w.receiptID(e), "piiPrincipalId": value(e.Endpoint),
		"piiControllers": []object{{"piiController": cmp.Or(c.Name, e.Controller), "contact": cmp.Or(c.Contact, notStated), "address": object{"addressCountry": c.Country}, "email": c.Contact, "phone": ""}},
		"policyUrl":      cmp.Or(e.notice, notStated), "services": []object{{"service": w.name(e.Purpose), "purposes": []object{purpose}}}, "sensitive": false, "spiCat": []string{}}.
		with("language", e.language))
}

// receiptID names a record: the same facts have the same name.
func (w *writer) receiptID(e entry) string {
	return uuid(w.p.Profile, string(e.Endpoint.Kind()), e.Endpoint.Reveal(), string(e.Purpose), e.Controller, string(e.Channel), e.regulation, string(e.State), stamp(e.at))
}

// uuid makes a name of the form of a UUID; its bits are those of a hash.
func uuid(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8, as RFC 9562 has it for one's own
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// dpvState gives the word of DPV 2.3 for a state, and the state that it comes
// back as; an objection is no state of a consent there.
func dpvState(s cdp.ConsentState) (iri string, as cdp.ConsentState) {
	switch s {
	case cdp.ConsentRequested:
		return "dpv:ConsentRequested", s
	case cdp.ConsentDeferred:
		return "dpv:ConsentRequestDeferred", s
	case cdp.ConsentPending:
		return "dpv:ConsentRequested", cdp.ConsentRequested
	case cdp.ConsentGiven:
		return "dpv:ConsentGiven", s
	case cdp.ConsentRenewed:
		return "dpv:RenewedConsentGiven", s
	case cdp.ConsentRefused:
		return "dpv:ConsentRefused", s
	case cdp.ConsentEmpty:
		return "dpv:ConsentRefused", cdp.ConsentRefused
	case cdp.ConsentWithdrawn:
		return "dpv:ConsentWithdrawn", s
	case cdp.ConsentRevoked:
		return "dpv:ConsentRevoked", s
	case cdp.ConsentExpired:
		return "dpv:ConsentExpired", s
	case cdp.ConsentInvalidated:
		return "dpv:ConsentInvalidated", s
	case cdp.ConsentStale: // no word says that the person must be asked again
		return "dpv:ConsentInvalidated", cdp.ConsentInvalidated
	case cdp.ConsentObjected:
		return "dpv:LegitimateInterestObjected", s
	}
	return "dpv:ConsentUnknown", cdp.ConsentUnreadable
}

// subject names an endpoint: as an IRI, and with its kind and value as DCMI
// terms.
func subject(id cdp.Identifier) object {
	out := object{"dct:type": string(id.Kind()), "dct:identifier": id.Reveal()}
	switch id.Kind() {
	case cdp.KindEmail:
		out["@id"] = "mailto:" + id.Reveal()
	case cdp.KindPhone:
		out["@id"] = "tel:" + id.Reveal()
	default:
		out["@id"] = "urn:cdp:" + string(id.Kind()) + ":" + url.PathEscape(id.Reveal())
	}
	return out
}

// dpv writes a consent record for each endpoint, purpose, controller, channel and
// regulation, with all its events where they lead to what holds without our
// register, and else with what holds. What DPV has no term for stands in terms
// of our own, in the namespace cdp. Lists are lists even where they hold one.
func dpv(w *writer) {
	w.purposed()
	for _, e := range w.entries {
		var general []cdp.Consent
		for _, g := range w.entries {
			if e.Channel != "" && g.Channel == "" && byPurpose(&g) == byPurpose(&e) && g.regulation == e.regulation {
				general, _ = w.dpvSaid(g)
			}
		}
		if k := e.Endpoint.Kind(); k != cdp.KindEmail && k != cdp.KindPhone {
			w.lose(Extension, e, "an endpoint of kind "+string(k)+" is named in a way that only this program reads")
		}
		c, p := w.p.Controllers[e.Controller], w.p.Purposes[e.Purpose]
		purpose := object{"@id": "urn:cdp:purpose:" + w.name(e.Purpose), "@type": []string{cmp.Or(p.DPV, "dpv:Purpose")}}.with("dct:title", p.Title)
		process := object{"@type": []string{"dpv:Process"}, "dpv:hasLegalBasis": []string{"eu-gdpr:A6-1-a"}, "dpv:hasPurpose": []object{purpose},
			"dpv:hasPersonalData": append([]string{}, p.Categories...)}
		doc := w.dpvRecord("dpv:ConsentRecord", w.receiptID(e), e.Endpoint, e.Controller)
		doc["dct:conformsTo"] = []string{"https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"}
		doc["dpv:hasProcess"], doc["dpv:hasConsentStatus"] = []object{process}, w.dpvEvents(e, general)
		doc.with("dpv:hasJurisdiction", c.Country)
		if e.regulation != "gdpr" {
			doc["dpv:hasApplicableLaw"] = []string{e.regulation}
		}
		if e.Channel != "" {
			doc["dpv:hasConsentControl"] = object{"dct:title": string(e.Channel)}
		}
		w.put(doc)
	}
	w.dpvWishes()
}

func (w *writer) dpvRecord(kind, id string, of cdp.Identifier, controller string) object {
	return object{"@context": object{"dpv": "https://w3id.org/dpv#", "dct": "http://purl.org/dc/terms/", "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#", "pd": "https://w3id.org/dpv/pd#",
		"cdp": "urn:cdp:terms:"}, "@id": "urn:uuid:" + id, "@type": []string{kind}, "dct:identifier": id, "dpv:hasDataSubject": subject(of),
		"dpv:hasDataController": []object{object{"@id": "urn:cdp:controller:" + controller}.with("dct:title", w.p.Controllers[controller].Name)}}
}

// dpvSaid returns all events, or, where the register has a say in what holds or
// a word is missing, what holds alone: a history that is read without that could
// permit more. alone is set then.
func (w *writer) dpvSaid(e entry) (said []cdp.Consent, alone bool) {
	said = slices.Concat(e.Events, e.also)
	worded := true
	for i := range said {
		c := &said[i]
		c.By, c.Source, c.Record = "", "", 0 // as another system has them
		open := c.State.ValidForProcessing() || c.State == cdp.ConsentPending
		if c.PreTicked && open { // Rec. 32
			c.State, open = cdp.ConsentInvalidated, false
		}
		if c.At.IsZero() && !open {
			c.At = c.Recorded // when it was learnt: from then on it counts
		}
		c.PreTicked, c.Recorded = false, w.p.At
		_, as := dpvState(c.State)
		worded, c.State = worded && as == c.State, as
	}
	if _, as := dpvState(e.State); as == e.State && len(w.differ(e, policy.Fold(said, w.p.At))) == 0 {
		if !worded {
			w.lose("history", e, "a step on the way has no word of its own")
		}
		return said, false
	}
	at := e.Since
	if e.permits() {
		at = e.at
	}
	_, as := dpvState(e.State)
	return []cdp.Consent{{State: as, At: at, Expires: e.Expires, Recorded: w.p.At, Notice: e.notice, Method: e.method, Language: e.language, Proof: cdp.Value(e.proof),
		Explicit: e.Explicit, Bundled: e.Bundled, Conditional: e.Conditional, Speaker: e.Speaker}}, true
}

// differ names what a standing that comes back has otherwise.
func (w *writer) differ(e entry, f cdp.Standing) (codes []string) {
	for _, c := range []struct {
		code string
		same bool
	}{{"state", f.State == e.State}, {"time", f.Since.Equal(e.Since)}, {"expires", !e.permits() || f.Expires.Equal(e.Expires)}, {"speaker", f.Speaker == e.Speaker},
		{"explicit", f.Explicit == e.Explicit}, {"bundled", f.Bundled == e.Bundled}, {"conditional", f.Conditional == e.Conditional},
		{"evidence", !e.permits() || f.Complete >= e.Complete}} {
		if !c.same {
			codes = append(codes, c.code)
		}
	}
	return codes
}

// dpvEvents writes what was said, and notes what comes back otherwise; general is
// what is written about all channels, which bears on each.
func (w *writer) dpvEvents(e entry, general []cdp.Consent) []object {
	said, alone := w.dpvSaid(e)
	if alone && len(e.Events) > 1 {
		w.lose("history", e, "what holds is written, not what led to it")
	}
	for _, code := range w.differ(e, policy.Fold(append(slices.Clone(said), general...), w.p.At)) {
		text := "what holds is read otherwise without what led to it, or what was said about all channels"
		if _, as := dpvState(e.State); code == "state" && as != e.State {
			text = string(e.State) + " has no word of its own"
		}
		w.lose(code, e, text)
	}
	if said[0].At.IsZero() && alone && !e.permits() && e.State != cdp.ConsentPending {
		w.lose("time", e, "nobody knows since when: it counts from when it is read")
	}
	var out []object
	for i := range said {
		out = append(out, w.dpvEvent(e, &said[i]))
	}
	return out
}

func (w *writer) dpvEvent(e entry, c *cdp.Consent) object {
	state, _ := dpvState(c.State)
	by := map[cdp.Speaker]string{cdp.ByParent: "dpv:ParentOfDataSubject", cdp.ByGuardian: "dpv:GuardianOfDataSubject", cdp.ByAgent: "cdp:agent"}[c.Speaker]
	expressed := "dpv:ExpressedConsent"
	if c.Explicit {
		expressed = "dpv:ExplicitlyExpressedConsent"
	}
	one := object{"@type": []string{state, expressed}, "dpv:isIndicatedBy": cmp.Or(by, "dpv:DataSubject")}.
		with("dpv:isIndicatedAtTime", stamp(c.At)).with("dpv:hasIndicationMethod", c.Method).with("dct:source", c.Proof.Reveal())
	if c.Notice != "" || c.Language != "" {
		one["dpv:hasNotice"] = object{"@type": []string{"dpv:ConsentNotice"}}.with("dct:language", c.Language).with("dct:hasVersion", c.Notice)
	}
	if !c.Expires.IsZero() {
		one["dpv:hasDuration"] = object{"@type": []string{"dpv:UntilTimeDuration"}, "dct:date": stamp(c.Expires)}
	}
	for _, f := range []struct {
		is   bool
		name string
	}{{c.Bundled, "cdp:bundled"}, {c.Conditional, "cdp:conditional"}} {
		if f.is {
			one[f.name] = true
		}
	}
	if c.Bundled || c.Conditional || c.Speaker == cdp.ByAgent {
		w.lose(Extension, e, "bundled, conditional and said by an agent are terms that only this program reads")
	}
	return one
}

// dpvWishes writes the preferences at each endpoint, with all statements.
// Neither DPV nor 27560 has a record of them: all terms are our own.
func (w *writer) dpvWishes() {
	done := map[cdp.IdentifierKey]bool{}
	for _, x := range w.wishes {
		w.loseWish(Extension, x, "preferences are written in terms that only this program reads")
		k := x.Endpoint.Key()
		if done[k] {
			continue
		}
		done[k] = true
		var list []object
		for _, y := range w.wishes {
			if y.Endpoint.Key() == k {
				for i := range w.p.Wishes[y.place].Events {
					if s := &w.p.Wishes[y.place].Events[i]; s.Channel == y.Channel && s.Topic == y.Topic {
						list = append(list, preference(s))
					}
				}
			}
		}
		doc := w.dpvRecord("cdp:PreferenceRecord", uuid("preferences", w.p.Profile, string(x.Endpoint.Kind()), x.Endpoint.Reveal(), x.Controller), x.Endpoint, x.Controller)
		doc["cdp:hasPreference"] = list
		w.put(doc)
	}
}

func preference(s *cdp.Preference) object {
	at := s.At
	if at.IsZero() && s.Wish.Forbids() {
		at = s.Recorded // when it was learnt: from then on it counts
	}
	one := object{}.with("dct:date", stamp(at)).with("cdp:channel", string(s.Channel)).with("cdp:topic", s.Topic).with("cdp:wish", string(s.Wish)).
		with("cdp:frequency", s.Frequency).with("dct:language", s.Language).with("dpv:hasIndicationMethod", s.Method).with("dct:source", s.Proof.Reveal())
	if !s.Quiet.IsZero() {
		one["cdp:quiet"] = object{"cdp:from": s.Quiet.From, "cdp:to": s.Quiet.To}.with("cdp:zone", s.Quiet.Zone)
	}
	return one
}
