package exchange

import (
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
)

// onetrust writes what its data subject API gives, for each endpoint. It dates a
// consent and a withdrawal; a refusal has no date of its own and is written as a
// withdrawal. Preferences are custom ones of a purpose of direct marketing, one
// document for each date, as only the purpose is dated.
func onetrust(w *writer) {
	slots := []slot{{kind: cdp.KindEmail}, {kind: cdp.KindPhone}, {kind: cdp.KindCRM, issuer: "onetrust", bare: true}}
	w.named(slots)
	w.regulated()
	w.purposed()
	w.channelled("")
	w.plainAnswers()
	w.strictest("channel", noChannels, byPurpose)
	carrier := w.carrier()
	for _, g := range w.endpointed(slots) {
		for left := g.entries; len(left) > 0; { // a document has one language
			language := left[0].language
			var list []object
			var rest []entry
			for _, e := range left {
				if e.language != language {
					rest = append(rest, e)
					continue
				}
				if one := w.onetrustPurpose(e); one != nil {
					w.written(e, unsaid{notice: true, method: true, language: true, expires: true})
					list = append(list, one)
				}
			}
			if len(list) > 0 {
				w.onetrustPut(g, list, language)
			}
			left = rest
		}
		for left := g.wishes; len(left) > 0; {
			at := left[0].at
			var rest []wish
			var custom []object
			for _, x := range left {
				if !x.at.Equal(at) {
					rest = append(rest, x)
					continue
				}
				custom = append(custom, w.onetrustWish(x, carrier)...)
			}
			if len(custom) > 0 {
				w.onetrustPut(g, []object{object{"Id": string(carrier), "Name": string(carrier), "Status": "NO_CONSENT", "CustomPreferences": custom}.with("LastTransactionDate", stamp(at))}, "")
			}
			left = rest
		}
	}
}

func (w *writer) onetrustPut(g group, purposes []object, language string) {
	w.put(object{"Id": w.p.Profile + "-" + strconv.Itoa(w.out.Len()), "Identifier": value(g.id), "Purposes": purposes, "CreatedDate": stamp(w.p.At), "LastUpdatedDate": stamp(w.p.At)}.
		with("Language", language))
}

func (w *writer) onetrustPurpose(e entry) object {
	one := object{"Id": w.name(e.Purpose), "Name": w.name(e.Purpose)}.with("Version", e.notice).with("LastTransactionCollectionPointId", e.method)
	switch {
	case e.permits() && e.at.IsZero():
		w.lose("state", e, "a consent without a date is not carried")
		return nil
	case e.permits():
		w.said(e, cdp.ConsentGiven)
		one["Status"], one["ConsentDate"] = "ACTIVE", stamp(e.at)
		one.with("ExpiryDate", stamp(e.until))
	case e.State == cdp.ConsentExpired && !e.until.IsZero():
		one["Status"], one["ConsentDate"], one["ExpiryDate"] = "EXPIRED", stamp(e.at), stamp(e.until)
	default:
		w.said(e, cdp.ConsentWithdrawn)
		one["Status"] = "WITHDRAWN"
		one.with("WithdrawalDate", stamp(e.at))
	}
	return one
}

// carrier is the purpose to which preferences are tied where they must be: one
// of direct marketing, of messages before adverts; "" when the register has none.
func (w *writer) carrier() cdp.PurposeID {
	var out cdp.PurposeID
	messages := func(id cdp.PurposeID) bool { return w.p.Purposes[id].DPV == "dpv:DirectMarketing" }
	for id, p := range w.p.Purposes {
		if p.Marketing && (out == "" || messages(id) && !messages(out) || messages(id) == messages(out) && id < out) {
			out = id
		}
	}
	return out
}

// The names of our custom preferences; an organisation names its own.
const (
	byChannel, byTopic             = "Channel", "Topic"
	howOften, whenQuiet, inWhich   = "Frequency", "Quiet hours", "Language"
	tied                           = "a preference is tied to a purpose of direct marketing, and the register has none"
	channelAndTopic, overAllTopics = "a wish about a channel and a topic can not be written", "a wish about all channels and topics can not be written"
)

func (w *writer) onetrustWish(x wish, carrier cdp.PurposeID) []object {
	if carrier == "" || x.Channel != "" && x.Topic != "" {
		text := tied
		if carrier != "" {
			text = channelAndTopic
		}
		w.loseWish("preference", x, text)
		return nil
	}
	option := func(name, what string, yes bool) object {
		return object{"Id": name, "Name": name, "Options": []object{{"Id": what, "Name": what, "IsConsented": yes}}}
	}
	var out []object
	if yes, ok := w.yes(x); ok {
		switch {
		case x.Channel != "":
			out = append(out, option(byChannel, string(x.Channel), yes))
		case x.Topic != "":
			out = append(out, option(byTopic, x.Topic, yes))
		default:
			out = append(out, option(byChannel, "*", yes))
		}
	}
	general := x.Channel == "" && x.Topic == ""
	w.rest(x, general, general, general)
	if general {
		quiet := x.Quiet.Hours()
		if x.Quiet.Zone != "" && quiet != "" {
			quiet += " " + x.Quiet.Zone
		}
		for _, o := range []struct{ name, what string }{{howOften, x.Frequency}, {whenQuiet, quiet}, {inWhich, x.Language}} {
			if o.what != "" {
				out = append(out, option(o.name, o.what, true))
			}
		}
	}
	return out
}

// didomi writes an event for each endpoint, regulation and time. Regulations are
// kept apart: a later event under another one must not overwrite. A choice of a
// channel is one of a purpose; preferences are tied to a purpose, too, but for
// those of a channel alone.
func didomi(w *writer) {
	slots := []slot{{kind: cdp.KindEmail, name: "organization_user_id"}, {kind: cdp.KindPhone, name: "organization_user_id"},
		{kind: cdp.KindCRM, issuer: "didomi", name: "organization_user_id", bare: true}, {kind: cdp.KindCookie, issuer: "didomi", name: "id", bare: true}}
	w.named(slots)
	w.purposed()
	w.plainAnswers(cdp.ConsentPending)
	w.overall()
	carrier := w.carrier()
	for _, g := range w.endpointed(slots) {
		for _, e := range g.entries {
			status, yes := "confirmed", e.permits()
			if e.State == cdp.ConsentPending {
				status, yes = "pending_approval", true
			} else {
				w.yesOrNo(e)
			}
			purpose := object{"id": w.name(e.Purpose), "enabled": yes}
			if e.Channel != "" {
				purpose = object{"id": w.name(e.Purpose), "enabled": nil, "channels": []object{{"id": string(e.Channel), "enabled": yes}}}
			}
			w.didomiPut(g, e.regulation, status, e.at, object{"purposes": []object{purpose}})
			w.written(e, unsaid{})
		}
		for _, x := range g.wishes {
			w.didomiWish(g, x, carrier)
		}
	}
}

func (w *writer) didomiPut(g group, regulation, status string, at time.Time, consents object) {
	w.put(object{"id": w.p.Profile + "-" + strconv.Itoa(w.out.Len()), "user": object{g.field: value(g.id)}, "regulation": regulation, "status": status, "consents": consents}.
		with("created_at", stamp(at)))
}

func (w *writer) didomiWish(g group, x wish, carrier cdp.PurposeID) {
	yes, ok := w.yes(x)
	w.rest(x, false, false, false)
	if !ok {
		return
	}
	channels := []object{{"id": string(x.Channel), "enabled": yes}}
	consents := object{}
	switch {
	case x.Channel == "" && x.Topic == "":
		w.loseWish("preference", x, overAllTopics)
		return
	case x.Topic == "":
		consents["channels"] = channels
	case carrier == "":
		w.loseWish("preference", x, tied)
		return
	default:
		preference := object{"id": x.Topic, "enabled": yes}
		if x.Channel != "" {
			preference = object{"id": x.Topic, "enabled": nil, "channels": channels}
		}
		consents["purposes"] = []object{{"id": string(carrier), "enabled": nil, "preferences": []object{preference}}}
	}
	w.didomiPut(g, "gdpr", "confirmed", x.at, consents)
}
