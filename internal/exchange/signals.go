package exchange

import (
	"slices"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
)

// xdmSlot returns where XDM has the consent to a purpose: the one that an
// import has named after it, or the one of its meaning; "" for none.
func (w *writer) xdmSlot(p cdp.PurposeID) string {
	own := strings.TrimPrefix(string(p), "adobe.")
	switch {
	case own != string(p) && slices.Contains([]string{"collect", "share", "adID", "marketing", "personalize/content"}, own):
		return own
	case w.p.Purposes[p].Marketing:
		return "marketing"
	case slices.Contains([]string{"dpv:Personalisation", "dpv:ServicePersonalisation"}, w.p.Purposes[p].DPV):
		return "personalize/content"
	}
	return ""
}

// xdmNamespace is the identity namespace of a kind, and whether it is one of
// Adobe's own; an organisation may define others.
func xdmNamespace(id cdp.Identifier) (name, text string, standard bool) {
	switch id.Kind() {
	case cdp.KindEmail:
		return "Email", id.Reveal(), true
	case cdp.KindPhone:
		return "Phone", id.Reveal(), true
	case cdp.KindDevice:
		return "ECID", id.Reveal(), true
	case cdp.KindCRM:
		if issuer(id) == "adobe" {
			return "CRMID", value(id), true
		}
	}
	return "cdp_" + string(id.Kind()), id.Reveal(), false
}

// xdm writes the consents of one profile, each endpoint's own. Of purposes it
// has data collection, sharing, advertising id, personalised content, and
// marketing by channel; all that is direct marketing is that.
func xdm(w *writer) {
	w.regulated()
	w.purposed()
	w.plainAnswers(cdp.ConsentPending)
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		switch e.slot = w.xdmSlot(e.Purpose); {
		case e.slot == "":
			w.lose("purpose", e, "it is none of the purposes that XDM has")
		case e.at.IsZero() && e.permits():
			w.lose("state", e, "a consent without a date would be read as of the day of the export")
		case e.Channel != "" && e.slot != "marketing":
			w.lose("channel", e, "of channels only those of marketing are told apart")
		default:
			return false
		}
		return true
	})
	for i := range w.entries {
		w.entries[i].slot = w.xdmSlot(w.entries[i].Purpose)
	}
	w.strictest("purpose", oneField, func(e *entry) string {
		return string(e.Endpoint.Kind()) + "\x00" + e.Endpoint.Reveal() + "\x00" + e.slot + "\x00" + string(e.Channel)
	})
	w.across()
	w.overall()
	var slots []slot
	for _, k := range cdp.Kinds() {
		slots = append(slots, slot{kind: k, any: true})
	}
	preferred := w.xdmPreferred()
	whole, specific, known := object{}, object{}, object{"CRMID": []object{{"xdm:id": w.p.Profile}}}
	for _, g := range w.endpointed(slots) {
		said := object{}
		own := g.id.Kind() == cdp.KindRecord && issuer(g.id) == "adobe.consents"
		for _, e := range g.entries {
			w.xdmField(e, said, own)
		}
		if own { // what was said by a profile as a whole
			w.xdmPut(object{"CRMID": []object{{"xdm:id": value(g.id)}}}, said)
			continue
		}
		name, text, standard := xdmNamespace(g.id)
		if !standard {
			for _, e := range g.entries {
				w.lose(Extension, e, "the identity namespace is one of our own: cdp_ and the kind")
			}
		}
		if specific[name] == nil {
			specific[name] = object{}
		}
		specific[name].(object)[text] = said
		list, _ := known[name].([]object)
		known[name] = append(list, object{"xdm:id": text})
	}
	if len(specific) > 0 {
		whole["xdm:idSpecific"] = specific
	}
	if preferred != "" {
		whole["xdm:marketing"] = object{"xdm:preferred": preferred}
	}
	if len(whole) > 0 {
		w.xdmPut(known, whole)
	}
}

const oneField = "purposes of one field are not told apart: the most restrictive answer is written"

// across leaves out a yes to which a no to another purpose of the same field
// stands against, over the same channels or some: a yes that is younger would
// undo it there.
func (w *writer) across() {
	all := slices.Clone(w.entries)
	w.entries = slices.DeleteFunc(w.entries, func(e entry) bool {
		against := e.permits() && slices.ContainsFunc(all, func(x entry) bool {
			return !x.permits() && x.slot == e.slot && x.Purpose != e.Purpose && x.Endpoint.Same(e.Endpoint) && (x.Channel == e.Channel || x.Channel == "" || e.Channel == "")
		})
		if against {
			w.lose("purpose", e, oneField)
		}
		return against
	})
}

func (w *writer) xdmPut(known, said object) {
	said["xdm:metadata"] = object{"xdm:time": stamp(w.p.At)}
	w.put(object{"xdm:identityMap": known, "xdm:consents": said})
}

// xdmField adds an answer to those of an endpoint.
func (w *writer) xdmField(e entry, said object, whole bool) {
	val, as := "n", cdp.ConsentRefused
	switch {
	case e.permits():
		val, as = "y", cdp.ConsentGiven
	case e.State == cdp.ConsentPending:
		val, as = "p", cdp.ConsentPending
	}
	w.said(e, as)
	if string(e.Purpose) != "adobe."+e.slot {
		w.lose("purpose", e, "the purpose is written as "+e.slot)
	}
	w.written(e, unsaid{})
	one := object{"xdm:val": val}
	field := func(name string) object {
		of, _ := said[name].(object)
		if of == nil {
			of = object{}
			said[name] = of
		}
		return of
	}
	if e.slot != "marketing" {
		if !e.at.Equal(w.p.At) {
			w.lose("time", e, "it has no time of its own: it is as of the export")
		}
		if content, ok := strings.CutPrefix(e.slot, "personalize/"); ok {
			field("xdm:personalize")["xdm:"+content] = one
			return
		}
		said["xdm:"+e.slot] = one
		return
	}
	one.with("xdm:time", stamp(e.at))
	channel := string(e.Channel)
	switch {
	case channel == "" && !whole:
		w.lose(Extension, e, "of marketing without a channel only a profile as a whole has a field; one endpoint has it from us")
		channel = "any"
	case channel == "":
		channel = "any"
	case !slices.Contains([]string{"email", "push", "sms"}, channel):
		w.lose(Extension, e, "the channel is none that XDM has a field for, and gets one of our own")
	}
	field("xdm:marketing")["xdm:"+channel] = one
}

// xdmPreferred returns the channel that a person prefers to others, which is all
// that XDM has of preferences.
func (w *writer) xdmPreferred() (out string) {
	for _, x := range w.wishes {
		if out == "" && x.Wish == cdp.Wanted && x.Topic == "" && slices.Contains([]string{"email", "push", "sms", "phone", "social"}, string(x.Channel)) {
			out = string(x.Channel)
			w.loseWish("endpoint", x, "the preferred channel is the whole profile's")
			w.rest(x, false, false, false)
			if !x.at.Equal(w.p.At) {
				w.loseWish("time", x, "it has no time of its own: it is as of the export")
			}
			continue
		}
		w.loseWish("preference", x, "of preferences only one wanted channel is carried")
	}
	w.wishes = nil
	return out
}

// signals of Google Consent Mode.
func signals() []string {
	return []string{"ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage", "personalization_storage", "security_storage"}
}

// signalsOf returns the signals that a purpose bears on: the one that an import
// has named it after, or those of its meaning as the register states it in DPV.
// Permission to a purpose that is only a part of what a signal covers is not
// taken for the whole: other purposes of the same signal must permit as well.
func (w *writer) signalsOf(p cdp.PurposeID) []string {
	if s := strings.TrimPrefix(string(p), "google."); slices.Contains(signals(), s) {
		return []string{s}
	}
	switch w.p.Purposes[p].DPV {
	case "dpv:TargetedAdvertising", "dpv:PersonalisedAdvertising":
		return []string{"ad_storage", "ad_user_data", "ad_personalization"}
	case "dpv:Advertising", "dpv:NonPersonalisedAdvertising":
		return []string{"ad_storage", "ad_user_data"}
	case "dpv:ServiceUsageAnalytics":
		return []string{"analytics_storage"}
	case "dpv:ServiceProvision", "dpv:RequestedServiceProvision":
		return []string{"functionality_storage"}
	case "dpv:Personalisation", "dpv:ServicePersonalisation":
		return []string{"personalization_storage"}
	case "dpv:EnforceSecurity":
		return []string{"security_storage"}
	}
	return nil
}

// consentMode writes update commands: a default is no refusal, and what was not
// answered is left unset, which is not denied.
func consentMode(w *writer) {
	slots := []slot{{kind: cdp.KindCookie, any: true, name: "client_id"}, {kind: cdp.KindLogin, any: true, name: "user_id"}}
	w.named(slots)
	w.wishless()
	w.regulated()
	w.purposed()
	w.channelled("web")
	w.plainAnswers()
	var parts []entry
	for _, e := range w.entries {
		all := w.signalsOf(e.Purpose)
		if len(all) == 0 {
			w.lose("purpose", e, "there are seven signals, and this purpose is none of them")
		}
		for _, s := range all {
			e.slot = s
			parts = append(parts, e)
			if s != strings.TrimPrefix(string(e.Purpose), "google.") {
				w.lose("purpose", e, "it is written as the signals "+strings.Join(all, ", "))
			}
		}
	}
	w.entries = parts
	w.strictest("purpose", "purposes of one signal are not told apart: the most restrictive answer is written", func(e *entry) string {
		return string(e.Endpoint.Kind()) + "\x00" + e.Endpoint.Reveal() + "\x00" + e.slot
	})
	for _, g := range w.endpointed(slots) {
		for _, e := range g.entries {
			val := "denied"
			if w.yesOrNo(e) {
				val = "granted"
			}
			w.put(object{"event_id": w.p.Profile + "-" + strconv.Itoa(w.out.Len()), "command": "update", g.field: value(g.id), "consent": object{e.slot: val}}.
				with("timestamp", stamp(e.at)))
			w.written(e, unsaid{})
			if by := issuer(g.id); by != "google.client" && by != "google.user" {
				w.lose("endpoint", e, "who gave out the id is not carried")
			}
		}
	}
}
