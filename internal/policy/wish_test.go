package policy

import (
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

func stated(w cdp.Wish, ch cdp.Channel, topic, when string, change ...func(*cdp.Preference)) cdp.Preference {
	p := cdp.Preference{Endpoint: mail, Controller: "lindenhof", Channel: ch, Topic: topic, Wish: w, At: at(when), Recorded: at(when)}
	for _, f := range change {
		f(&p)
	}
	return p
}

// TestPreference: a no is enforced like an objection for its channel or topic;
// quiet hours and frequency say "not now, until"; a yes is never a consent.
func TestPreference(t *testing.T) {
	reg := amended(t, "sources:\n", "frequencies: {weekly: P1W}\nsources:\n")
	consented := []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", method("double opt-in"))}
	berlin := time.FixedZone("CET", 3600)
	quiet := func(p *cdp.Preference) { p.Quiet = cdp.Quiet{From: 22 * 60, To: 7 * 60, Zone: "Europe/Berlin"} }
	often := func(f string) func(*cdp.Preference) { return func(p *cdp.Preference) { p.Frequency = f } }
	news := example(t)
	for _, tc := range []struct {
		name    string
		reg     *Register // nil: orders by contract
		channel cdp.Channel
		topic   string
		now     string
		said    []cdp.Preference
		sent    []Contact
		rule    string
		from    string
	}{
		{name: "nothing stated", channel: "sms", rule: "use.contract.open"},
		{name: "no text messages, whatever the basis", channel: "sms", said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-03-01")}, rule: "use.preference.unwanted"},
		{name: "no text messages, and an e-mail", channel: "email", said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-03-01")}, rule: "use.contract.open"},
		{name: "at another endpoint of the record", channel: "sms", said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-03-01", func(p *cdp.Preference) { p.Endpoint = phone })}, rule: "use.preference.unwanted"},
		{name: "to another controller", channel: "sms", said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-03-01", func(p *cdp.Preference) { p.Controller = "marktplatz" })}, rule: "use.contract.open"},
		{name: "nobody is spoken to", said: []cdp.Preference{stated(cdp.Unwanted, "", "", "2026-03-01")}, rule: "use.contract.open"},
		{name: "marketing, and no to all channels", reg: news, said: []cdp.Preference{stated(cdp.Unwanted, "", "", "2026-03-01")}, rule: "use.preference.unwanted"},
		{name: "marketing, and no to one channel", reg: news, said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-03-01")}, rule: "use.consent.given"},
		{name: "the purpose is a topic", reg: news, channel: "email", said: []cdp.Preference{stated(cdp.Unwanted, "", "newsletter", "2026-03-01")}, rule: "use.preference.unwanted"},
		{name: "the topic asked about", reg: news, channel: "email", topic: "shoes", said: []cdp.Preference{stated(cdp.Unwanted, "", "shoes", "2026-03-01")}, rule: "use.preference.unwanted"},
		{name: "another topic", reg: news, channel: "email", topic: "shoes", said: []cdp.Preference{stated(cdp.Unwanted, "", "hats", "2026-03-01")}, rule: "use.consent.given"},
		{name: "taken back", channel: "sms", said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-03-01"), stated(cdp.Wanted, "sms", "", "2026-04-01")}, rule: "use.contract.open"},
		{name: "stated later", channel: "sms", said: []cdp.Preference{stated(cdp.Unwanted, "sms", "", "2026-06-01")}, rule: "use.contract.open"},
		{name: "unreadable forbids", channel: "sms", said: []cdp.Preference{stated(cdp.WishUnreadable, "sms", "", "2026-03-01")}, rule: "use.preference.unwanted"},
		{name: "quiet hours, over midnight", channel: "sms", now: "2026-05-10T21:30:00Z", said: []cdp.Preference{stated("", "", "", "2026-03-01", quiet)}, rule: "use.preference.quiet", from: "2026-05-11T06:00:00Z"},
		{name: "quiet hours, in the morning", channel: "sms", now: "2026-05-10T05:59:00Z", said: []cdp.Preference{stated("", "", "", "2026-03-01", quiet)}, rule: "use.preference.quiet", from: "2026-05-10T06:00:00Z"},
		{name: "quiet hours are over", channel: "sms", now: "2026-05-10T06:00:00Z", said: []cdp.Preference{stated("", "", "", "2026-03-01", quiet)}, rule: "use.contract.open"},
		{name: "quiet hours in a zone nobody knows", channel: "sms", now: "2026-05-10T12:00:00Z", said: []cdp.Preference{stated("", "", "", "2026-03-01", func(p *cdp.Preference) { p.Quiet = cdp.Quiet{From: 1, To: 2, Zone: "Mars"} })}, rule: "use.preference.quiet", from: "2026-05-11T12:00:00Z"},
		{name: "quiet hours bind where somebody is spoken to", now: "2026-05-10T21:30:00Z", said: []cdp.Preference{stated("", "", "", "2026-03-01", quiet)}, rule: "use.contract.open"},
		{name: "at most one a week", channel: "sms", said: []cdp.Preference{stated("", "sms", "", "2026-03-01", often("P1W"))}, sent: []Contact{{"sms", at("2026-05-05")}, {"sms", at("2026-05-01")}}, rule: "use.preference.frequency", from: "2026-05-12T12:00:00Z"},
		{name: "at most one a week, by another channel", channel: "sms", said: []cdp.Preference{stated("", "sms", "", "2026-03-01", often("P1W"))}, sent: []Contact{{"email", at("2026-05-05")}}, rule: "use.contract.open"},
		{name: "at most one a week over all channels", channel: "sms", said: []cdp.Preference{stated("", "", "", "2026-03-01", often("weekly"))}, sent: []Contact{{"email", at("2026-05-05")}}, rule: "use.preference.frequency", from: "2026-05-12T12:00:00Z"},
		{name: "a week has passed", channel: "sms", said: []cdp.Preference{stated("", "", "", "2026-03-01", often("weekly"))}, sent: []Contact{{"email", at("2026-05-03")}}, rule: "use.contract.open"},
		{name: "a word nobody knows", channel: "sms", said: []cdp.Preference{stated("", "", "", "2026-03-01", often("seldom"))}, rule: "use.preference.unreadable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.now == "" {
				tc.now = "2026-05-10"
			}
			q := Question{Act: Use, Source: from("shop"), Activity: "order.fulfilment", Channel: tc.channel, Topic: tc.topic, At: at(tc.now)}
			f := Facts{Register: reg, Preferences: tc.said, Contacts: tc.sent, Zones: map[string]*time.Location{"Europe/Berlin": berlin}}
			if tc.reg != nil {
				q.Source, q.Activity, f.Register, f.Consents = from("newsletter"), "newsletter.send", tc.reg, consented
			}
			v := Decide(q, f)
			if v.Rule != tc.rule {
				t.Errorf("%s (%s), want %s", v.Rule, v.Reason, tc.rule)
			}
			if tc.from != "" && !v.From.Equal(at(tc.from)) {
				t.Errorf("not before %s, want %s", v.From, tc.from)
			}
		})
	}
}

// TestPreferenceIsNeverAConsent: no statement of preference permits what was
// not permitted without it.
func TestPreferenceIsNeverAConsent(t *testing.T) {
	reg := example(t)
	rapid.Check(t, func(t *rapid.T) {
		consents := rapid.SliceOfN(oneKey, 0, 4).Draw(t, "consents")
		var wishes []cdp.Preference
		for range rapid.IntRange(1, 4).Draw(t, "wishes") {
			wishes = append(wishes, stated(rapid.SampledFrom(cdp.Wishes()).Draw(t, "wish"), rapid.SampledFrom([]cdp.Channel{"", "email", "sms"}).Draw(t, "channel"),
				rapid.SampledFrom([]string{"", "newsletter"}).Draw(t, "topic"), "2026-01-01", func(p *cdp.Preference) { p.At = genTime(t) }))
		}
		q := Question{Act: rapid.SampledFrom([]Act{Use, Share, Link, Hold}).Draw(t, "act"), Source: from("newsletter"), Activity: "newsletter.send", Recipient: "mailer",
			Channel: rapid.SampledFrom([]cdp.Channel{"", "email"}).Draw(t, "over"), At: genTime(t)}
		f := Facts{Register: reg, Consents: consents}
		without := Decide(q, f)
		f.Preferences = wishes
		with := Decide(q, f)
		if with.Allow && !without.Allow {
			t.Fatalf("a preference permitted: %s, before %s", with.Rule, without.Rule)
		}
		if q.Act != Use && q.Act != Share && with.Rule != without.Rule {
			t.Fatalf("a preference bears on %s: %s, before %s", q.Act, with.Rule, without.Rule)
		}
	})
}
