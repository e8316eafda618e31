package exchange_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
)

// read ingests a document by a preset.
func read(t testing.TB, c *ident.Canonicaliser, preset, doc string) *gate {
	t.Helper()
	p, err := ingest.LoadPreset(preset)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{}
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(doc)), nil }
	if _, err := ingest.Run(context.Background(), ingest.Options{Gate: g, Canon: c, Mapping: p.Mapping, Name: "x.ndjson", Open: open}); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestThreeInputs: no statement, an empty one and an explicit one stay distinct
// in every importer. TestEmptyIsNotAbsent has all the forms of an empty one.
func TestThreeInputs(t *testing.T) {
	c := canon(t)
	for _, tt := range []struct{ preset, absent, empty, explicit, ofEmpty, ofExplicit string }{
		{"segment.events", `{"type":"track","messageId":"1","context":{"traits":{"email":"ana@linden.ro"}}}`,
			`{"type":"track","messageId":"1","context":{"traits":{"email":"ana@linden.ro"},"consent":{"categoryPreferences":{}}}}`,
			`{"type":"track","messageId":"1","context":{"traits":{"email":"ana@linden.ro"},"consent":{"categoryPreferences":{"ads":false}}}}`, "*=empty", "segment.ads=refused"},
		{"unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"}}`,
			`{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{}}`,
			`{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{"s/n":{"status":"DENIED"}}}`, "", "s/n=refused"},
		{"mparticle.batch", `{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":null}`,
			`{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{"gdpr":{}}}`,
			`{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{"gdpr":{"m":{"consented":false}}}}`, "*=empty", "mparticle.m=refused"},
		{"didomi.events", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed"}`,
			`{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[]}}`,
			`{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":false}]}}`, "", "didomi.p=refused"},
		{"didomi.events", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":null}]}}`,
			`{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":""}]}}`,
			`{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":true}]}}`, "didomi.p=empty", "didomi.p=given"},
		{"onetrust.receipts", `{"Id":"1","Identifier":"ana@linden.ro"}`, `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[]}`,
			`{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Name":"n","Status":"WITHDRAWN","WithdrawalDate":"2026-01-01T00:00:00Z"}]}`, "", "onetrust.n=withdrawn"},
		{"adobe.consents", `{"xdm:identityMap":{"Email":[{"xdm:id":"ana@linden.ro"}]},"xdm:consents":{"xdm:metadata":{"xdm:time":"2026-01-01T00:00:00Z"}}}`,
			`{"xdm:identityMap":{"Email":[{"xdm:id":"ana@linden.ro"}]},"xdm:consents":{"xdm:idSpecific":{"Email":{"ana@linden.ro":{"xdm:marketing":{}}}}}}`,
			`{"xdm:identityMap":{"Email":[{"xdm:id":"ana@linden.ro"}]},"xdm:consents":{"xdm:idSpecific":{"Email":{"ana@linden.ro":{"xdm:marketing":{"xdm:email":{"xdm:val":"n"}}}}}}}`, "adobe.marketing=empty", "adobe.marketing=refused"},
		{"adobe.consents", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:collect":null}}`,
			`{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:collect":{"xdm:val":""}}}`,
			`{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:collect":{"xdm:val":"n"}}}`, "adobe.collect=empty", "adobe.collect=refused"},
		{"google.consent_mode", `{"event_id":"1","command":"update","client_id":"c1"}`, `{"event_id":"1","command":"update","client_id":"c1","consent":{}}`,
			`{"event_id":"1","command":"update","client_id":"c1","consent":{"ad_storage":"denied"}}`, "", "google.ad_storage=refused"},
		{"kantara.receipts", `{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600}`,
			`{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"services":[{"service":"n","purposes":[{"consentType":""}]}]}`,
			`{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"services":[{"service":"n","purposes":[{"consentType":"EXPLICIT"}]}]}`, "kantara.n=empty", "kantara.n=given"},
		{"dpv.consents", `{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:Marketing"]}]}`,
			`{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:Marketing"]}],"dpv:hasConsentStatus":[]}`,
			`{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:Marketing"]}],"dpv:hasConsentStatus":[{"@type":["dpv:ConsentRefused"]}]}`, "dpv.dpv:Marketing=empty", "dpv.dpv:Marketing=refused"},
	} {
		for _, in := range []struct{ what, doc, want string }{{"absent", tt.absent, ""}, {"empty", tt.empty, tt.ofEmpty}, {"explicit", tt.explicit, tt.ofExplicit}} {
			g := read(t, c, tt.preset, in.doc)
			if len(g.records) != 1 {
				t.Errorf("%s, %s: %d records, rejects %+v", tt.preset, in.what, len(g.records), g.rejects)
				continue
			}
			var got []string
			for _, e := range g.records[0].Consents {
				got = append(got, string(e.Purpose)+"="+string(e.State))
			}
			if s := strings.Join(got, " "); s != in.want {
				t.Errorf("%s, %s: %q, want %q", tt.preset, in.what, s, in.want)
			}
		}
	}
}

// TestEmptyIsNotAbsent: what is there and empty agrees to nothing, in every
// format and every place in which it can be empty, at the endpoint that the
// format means. Where the list of all purposes is empty and the format writes
// that of whoever was never asked, it is no statement, and the receipt tells so.
func TestEmptyIsNotAbsent(t *testing.T) {
	c := canon(t)
	told := "told"
	tried := map[string]bool{}
	for _, tt := range []struct{ format, doc, want string }{
		{"segment", `{"type":"track","messageId":"1","context":{"traits":{"email":"ana@linden.ro"},"consent":{"categoryPreferences":{}}}}`, "*=empty@email"},
		{"segment", `{"type":"track","messageId":"1","context":{"traits":{"email":"ana@linden.ro"},"consent":{}}}`, "*=empty@email"},
		{"segment", `{"type":"track","messageId":"1","context":{"traits":{"email":"ana@linden.ro"},"consent":{"categoryPreferences":{"ads":"","mail":true}}}}`, "segment.ads=empty@email segment.mail=given@email"},
		{"mparticle", `{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{}}`, "*=empty@email"},
		{"mparticle", `{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{"gdpr":{}}}`, "*=empty@email"},
		{"mparticle", `{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{"ccpa":{"data_sale_opt_out":{"consented":true}}}}`, "mparticle.data_sale=objected@email"},
		{"unomi", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{}}`, told},
		{"unomi", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{"s/n":{"status":""}}}`, "s/n=empty@email"},
		{"didomi", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[]}}`, told},
		{"didomi", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{}}`, told},
		{"didomi", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":""}]}}`, "didomi.p=empty@email"},
		{"didomi", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":null,"channels":[{"id":"sms","enabled":""}]}]}}`, "didomi.p=empty@email"},
		{"didomi", `{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","consents":{"purposes":[{"id":"p","enabled":null}]}}`, ""}, // null is "not set" there
		{"onetrust", `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[]}`, told},
		{"onetrust", `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Name":"n","Status":""}]}`, "onetrust.n=empty@email"},
		{"onetrust", `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Name":"n","Status":"NO_CONSENT","Topics":[{"Name":"x","IsConsented":""}]}]}`, "onetrust.n/x=empty@email"},
		{"onetrust", `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Name":"n","Status":"NO_CONSENT"}]}`, ""},
		{"xdm", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{}}`, "*=empty@record"},
		{"xdm", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:marketing":{}}}`, "adobe.marketing=empty@record"},
		{"xdm", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:marketing":{"xdm:email":{}}}}`, "adobe.marketing=empty@record"},
		{"xdm", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:collect":{},"xdm:personalize":{}}}`, "adobe.collect=empty@record adobe.personalize/content=empty@record"},
		{"xdm", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:share":{"xdm:val":""}}}`, "adobe.share=empty@record"},
		{"xdm", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:share":{"xdm:val":"u"}}}`, ""}, // u is "unknown" there
		{"xdm", `{"xdm:identityMap":{"Email":[{"xdm:id":"ana@linden.ro"}]},"xdm:consents":{"xdm:idSpecific":{"Email":{"ana@linden.ro":{"xdm:marketing":{},"xdm:personalize":{},"xdm:adID":{}}}}}}`, "adobe.marketing=empty@email adobe.personalize/content=empty@email adobe.adID=empty@email"},
		{"gcm", `{"event_id":"1","command":"update","client_id":"c1","consent":{}}`, told},
		{"gcm", `{"event_id":"1","command":"update","client_id":"c1","consent":{"ad_storage":""}}`, "google.ad_storage=empty@cookie"},
		{"gcm", `{"event_id":"1","command":"default","client_id":"c1","consent":{"ad_storage":""}}`, ""}, // a default is nobody's answer
		{"kantara", `{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"services":[]}`, told},
		{"kantara", `{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"services":[{"service":"n","purposes":[]}]}`, "kantara.n=empty@email"},
		{"kantara", `{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"services":[{"service":"n","purposes":[{"consentType":""}]}]}`, "kantara.n=empty@email"},
		{"kantara", `{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"services":[{"service":"n"}]}`, ""},
		{"dpv", `{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:Marketing","dpv:Sell"]}],"dpv:hasConsentStatus":[]}`, "dpv.dpv:Marketing=empty@email dpv.dpv:Sell=empty@email"},
		{"dpv", `{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:Marketing"]}],"dpv:hasConsentStatus":[{"@type":[]}]}`, "dpv.dpv:Marketing=empty@email"},
	} {
		tried[tt.format] = true
		g := read(t, c, presets[tt.format], tt.doc)
		if len(g.records) != 1 {
			t.Errorf("%s: %d records, rejects %+v", tt.doc, len(g.records), g.rejects)
			continue
		}
		var got []string
		for _, e := range g.records[0].Consents {
			got = append(got, string(e.Purpose)+"="+string(e.State)+"@"+string(e.Endpoint.Kind()))
		}
		if slices.ContainsFunc(g.notes, func(n cdp.Note) bool { return n.Code == "consent_empty" }) {
			got = append(got, told)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.doc, s, tt.want)
		}
	}
	for _, f := range exchange.Formats() {
		if !tried[f] {
			t.Errorf("%s is not tried", f)
		}
	}
}

// TestNothingIsWrittenAsEmpty: a document that has nothing to say of consents has
// no group of them, which would agree to nothing where it is read.
func TestNothingIsWrittenAsEmpty(t *testing.T) {
	c := canon(t)
	ana, _ := c.Canon(cdp.KindEmail, "ana@linden.ro", ident.Options{})
	for name, p := range map[string]exchange.Person{
		"mparticle": {Standings: policy.Standings([]cdp.Consent{{Endpoint: ana, Controller: "lindenhof", Purpose: "mparticle.data_sale", Channel: "app", State: cdp.ConsentObjected, Regulation: "ccpa", At: now.AddDate(0, -1, 0)}}, now)},
		"unomi":     {Wishes: policy.Preferring([]cdp.Preference{{Endpoint: ana, Controller: "lindenhof", Channel: "email", Wish: cdp.Unwanted}}, now)},
		"onetrust":  {Wishes: policy.Preferring([]cdp.Preference{{Endpoint: ana, Controller: "lindenhof", Channel: "email", Wish: cdp.Unwanted}}, now)},
		"didomi":    {Wishes: policy.Preferring([]cdp.Preference{{Endpoint: ana, Controller: "lindenhof", Channel: "email", Wish: cdp.Unwanted}}, now)},
	} {
		p.Profile, p.At, p.Purposes = "P-0000007", now, purposes
		doc, _, err := exchange.Export(name, p)
		if err != nil || len(doc) == 0 {
			t.Fatalf("%s: %q, %v", name, doc, err)
		}
		g := read(t, c, presets[name], string(doc))
		for _, r := range g.records {
			for _, e := range r.Consents {
				if e.State == cdp.ConsentEmpty {
					t.Errorf("%s: %s reads as empty for %s", name, doc, e.Purpose)
				}
			}
		}
		if slices.ContainsFunc(g.notes, func(n cdp.Note) bool { return n.Code == "consent_empty" }) {
			t.Errorf("%s: %s has an empty group", name, doc)
		}
	}
}

// TestPreferencesOfOthers: preferences as other systems write them are read as
// such, and never as consents.
func TestPreferencesOfOthers(t *testing.T) {
	c := canon(t)
	for _, tt := range []struct{ name, preset, doc, want string }{
		{"Didomi: a preference of a purpose, and its channels", "didomi.events",
			`{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"status":"confirmed","created_at":"2026-01-01T00:00:00Z","consents":{"channels":[{"id":"sms","enabled":false},{"id":"post","enabled":null}],"purposes":[{"id":"marketing","enabled":true,"preferences":[{"id":"shoes","enabled":null,"channels":[{"id":"email","enabled":true}]},{"id":"hats","enabled":false}]}]}}`,
			"sms//unwanted /hats/unwanted email/shoes/wanted"},
		{"OneTrust: an option of a custom preference", "onetrust.receipts",
			`{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Id":"p","Name":"News","Status":"NO_CONSENT","LastTransactionDate":"2026-01-01T00:00:00Z","CustomPreferences":[{"Id":"c","Name":"Colours","Options":[{"Id":"o","Name":"Red","IsConsented":true},{"Id":"o2","Name":"Blue","IsConsented":false}]},{"Id":"f","Name":"Frequency","Options":[{"Name":"Once a week","IsConsented":true},{"Name":"P1W","IsConsented":true},{"Name":"P1D","IsConsented":false}]}]}]}`,
			"/Colours/Red/wanted /Colours/Blue/unwanted /Frequency/Once a week/wanted //P1W"},
		{"Unomi: e-mail switched off", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro","emailNotificationsDisabled":"true","preferredLanguage":"ro"}}`, "//ro email//unwanted"},
		{"Unomi: e-mail not switched off says nothing", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro","emailNotificationsDisabled":"false"}}`, ""},
		{"Adobe: a preferred channel", "adobe.consents", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:marketing":{"xdm:preferred":"email"},"xdm:metadata":{"xdm:time":"2026-01-01T00:00:00Z"}}}`, "email//wanted"},
		{"Adobe: no preferred channel", "adobe.consents", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"7"}]},"xdm:consents":{"xdm:marketing":{"xdm:preferred":"none"}}}`, ""},
	} {
		g := read(t, c, tt.preset, tt.doc)
		if len(g.records) != 1 {
			t.Errorf("%s: rejects %+v", tt.name, g.rejects)
			continue
		}
		var got []string
		for _, p := range g.records[0].Preferences {
			got = append(got, fmt.Sprintf("%s/%s/%s%s%s", p.Channel, p.Topic, p.Wish, p.Frequency, p.Language))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
		for _, e := range g.records[0].Consents {
			if e.State.ValidForProcessing() && !strings.Contains(tt.name, "of a purpose") {
				t.Errorf("%s: a consent was made of it: %s %s", tt.name, e.Purpose, e.State)
			}
		}
	}
}

// TestEveryKindComesBack: from a 27560 record and from XDM, whatever kind of
// identifier it was bound to, and what other systems do not read is said.
func TestEveryKindComesBack(t *testing.T) {
	c := canon(t)
	for _, name := range []string{"dpv", "xdm"} {
		preset, err := ingest.LoadPreset(presets[name])
		if err != nil {
			t.Fatal(err)
		}
		seen := map[cdp.Kind]bool{}
		for _, id := range endpointsOf(c) {
			seen[id.Kind()] = true
			events := []cdp.Consent{{Endpoint: id, Controller: "lindenhof", Purpose: "newsletter", Channel: "email", State: cdp.ConsentGiven, At: now.AddDate(0, -1, 0)}}
			doc, losses, err := exchange.Export(name, exchange.Person{Profile: "P-0000007", At: now, Standings: policy.Standings(events, now), Purposes: purposes})
			if err != nil {
				t.Fatal(err)
			}
			got, _ := back(t, c, preset, doc)
			if len(got) != 1 || !got[0].Endpoint.Same(id) || got[0].State != cdp.ConsentGiven {
				t.Errorf("%s: a consent at a %s of %s came back as %+v\n%s", name, id.Kind(), id.Reveal(), got, doc)
			}
			for _, l := range losses {
				if l.Code != exchange.Extension && l.Code != "purpose" {
					t.Errorf("%s: %s: %+v", name, id.Kind(), l)
				}
			}
		}
		if len(seen) != len(cdp.Kinds()) {
			t.Errorf("%d kinds of %d are tried", len(seen), len(cdp.Kinds()))
		}
	}
}

// TestSignals: the seven signals of Google, both ways, from the purposes of a
// register by their meaning, and from those that an import has made.
func TestSignals(t *testing.T) {
	c := canon(t)
	preset, err := ingest.LoadPreset("google.consent_mode")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _ := c.Canon(cdp.KindCookie, "c-77", ident.Options{Issuer: "google.client"})
	register := map[cdp.PurposeID]exchange.Purpose{"ads": {DPV: "dpv:TargetedAdvertising"}, "plain ads": {DPV: "dpv:Advertising"}, "counting": {DPV: "dpv:ServiceUsageAnalytics"},
		"shop": {DPV: "dpv:ServiceProvision"}, "personal": {DPV: "dpv:Personalisation"}, "secure": {DPV: "dpv:EnforceSecurity"}, "mail": {DPV: "dpv:DirectMarketing", Marketing: true}}
	for _, tt := range []struct {
		said map[cdp.PurposeID]cdp.ConsentState
		want string
	}{
		{map[cdp.PurposeID]cdp.ConsentState{"ads": cdp.ConsentGiven}, "ad_personalization=given ad_storage=given ad_user_data=given"},
		{map[cdp.PurposeID]cdp.ConsentState{"ads": cdp.ConsentRefused, "plain ads": cdp.ConsentGiven}, "ad_personalization=refused ad_storage=refused ad_user_data=refused"},
		{map[cdp.PurposeID]cdp.ConsentState{"ads": cdp.ConsentGiven, "plain ads": cdp.ConsentWithdrawn}, "ad_personalization=given ad_storage=refused ad_user_data=refused"},
		{map[cdp.PurposeID]cdp.ConsentState{"counting": cdp.ConsentGiven, "shop": cdp.ConsentRefused, "personal": cdp.ConsentGiven, "secure": cdp.ConsentGiven}, "analytics_storage=given functionality_storage=refused personalization_storage=given security_storage=given"},
		{map[cdp.PurposeID]cdp.ConsentState{"mail": cdp.ConsentGiven}, ""},
		{map[cdp.PurposeID]cdp.ConsentState{"counting": cdp.ConsentRequested}, ""},
		{map[cdp.PurposeID]cdp.ConsentState{"google.ad_storage": cdp.ConsentGiven, "google.ad_user_data": cdp.ConsentGiven, "google.ad_personalization": cdp.ConsentGiven, "google.analytics_storage": cdp.ConsentRefused,
			"google.functionality_storage": cdp.ConsentGiven, "google.personalization_storage": cdp.ConsentRefused, "google.security_storage": cdp.ConsentGiven},
			"ad_personalization=given ad_storage=given ad_user_data=given analytics_storage=refused functionality_storage=given personalization_storage=refused security_storage=given"},
	} {
		var events []cdp.Consent
		for p, s := range tt.said {
			events = append(events, cdp.Consent{Endpoint: cookie, Controller: "lindenhof", Purpose: p, Channel: "web", State: s, At: now.AddDate(0, -1, 0)})
		}
		doc, losses, err := exchange.Export("gcm", exchange.Person{Profile: "P-0000007", At: now, Standings: policy.Standings(events, now), Purposes: register})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		list, _ := back(t, c, preset, doc)
		for _, s := range list {
			got = append(got, strings.TrimPrefix(string(s.Purpose), "google.")+"="+string(s.State))
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%v: %q, want %q", tt.said, s, tt.want)
		}
		if _, own := tt.said["google.ad_storage"]; own != (len(losses) == 0) {
			t.Errorf("%v: losses %+v", tt.said, losses)
		}
	}
}
