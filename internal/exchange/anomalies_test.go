package exchange_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
)

// TestAnomalies: where other systems read a statement otherwise than it was
// meant, or lose it. Each line of a document is a row. What they do wrong when
// profiles merge is held in policy (merge_test.go): Unomi, Tracardi, Segment.
func TestAnomalies(t *testing.T) {
	c := canon(t)
	for _, tt := range []struct {
		name, preset, doc, want string
	}{
		{"Segment: no consent object is no statement, not a permission", "segment.events", `{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","context":{"traits":{"email":"ana@linden.ro"}}}`, ""},
		{"Segment: an empty one agrees to nothing", "segment.events", `{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","context":{"consent":{"categoryPreferences":{}},"traits":{"email":"ana@linden.ro"}}}`, "*/=empty"},
		{"Segment: profiles that disagree get the word conflict, which nobody reads as a yes", "segment.events", `{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","context":{"consent":{"categoryPreferences":{"ads":"conflict"}},"traits":{"email":"ana@linden.ro"}}}`, "segment.ads/web=unreadable"},
		{"Segment: a later yes of one device is that device's", "segment.events", `{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","anonymousId":"d1","context":{"consent":{"categoryPreferences":{"ads":false}}}}
{"type":"track","messageId":"2","timestamp":"2026-02-01T00:00:00Z","anonymousId":"d2","context":{"consent":{"categoryPreferences":{"ads":true}}}}`, "segment.ads/web=given segment.ads/web=refused"},
		{"RudderStack: no consent information is no permission", "rudderstack.events", `{"destination":{"Name":"x"},"message":{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","context":{"traits":{"email":"ana@linden.ro"}}}}`, ""},
		{"RudderStack: nothing denied is no permission, either", "rudderstack.events", `{"destination":{"Name":"x"},"message":{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","context":{"traits":{"email":"ana@linden.ro"},"consentManagement":{"allowedConsentIds":[],"deniedConsentIds":[]}}}}`, ""},
		{"RudderStack: what is denied is refused", "rudderstack.events", `{"destination":{"Name":"x"},"message":{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","context":{"traits":{"email":"ana@linden.ro"},"consentManagement":{"allowedConsentIds":{"C1":"Functional"},"deniedConsentIds":["C4"]}}}}`, "rudderstack.C1/web=given rudderstack.C4/web=refused"},
		{"Unomi: two manuals, two spellings", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{"s/a":{"status":"GRANT","statusDate":"2026-01-01T00:00:00Z"},"s/b":{"status":"DENY","statusDate":"2026-01-01T00:00:00Z"},"s/c":{"status":"YES"}}}`, "s/a/=given s/b/=refused s/c/=unreadable"},
		{"Unomi: the newest date does not win over another address's no", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{"s/n":{"status":"DENIED","statusDate":"2026-01-01T00:00:00Z"}}}
{"itemId":"2","itemType":"profile","properties":{"email":"ana.weber@post-lindenau.de"},"consents":{"s/n":{"status":"GRANTED","statusDate":"2026-02-01T00:00:00Z"}}}`, "s/n/=given s/n/=refused"},
		{"Unomi: an expired consent of one profile takes nothing from another's", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"consents":{"s/n":{"status":"GRANTED","statusDate":"2024-01-01T00:00:00Z","revokeDate":"2025-01-01T00:00:00Z"}}}
{"itemId":"2","itemType":"profile","properties":{"email":"ana.weber@post-lindenau.de"},"consents":{"s/n":{"status":"GRANTED","statusDate":"2026-02-01T00:00:00Z"}}}`, "s/n/=expired s/n/=given"},
		{"Unomi: a consent without revokeDate does not end (it threw there)", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"segments":[],"scores":{},"consents":{"s/n":{"status":"GRANTED","statusDate":"2026-01-01T00:00:00Z","revokeDate":null}}}`, "s/n/=given"},
		{"Unomi: a past revokeDate is an end, no withdrawal", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"segments":[],"scores":{},"consents":{"s/n":{"status":"GRANTED","statusDate":"2024-01-01T00:00:00Z","revokeDate":"2025-01-01T00:00:00Z"}}}`, "s/n/=expired"},
		{"Unomi: REVOKED stays as a fact (it deletes it)", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"segments":[],"scores":{},"consents":{"s/n":{"status":"REVOKED","statusDate":"2026-01-01T00:00:00Z"}}}`, "s/n/=withdrawn"},
		{"Unomi: a statusDate in the future is not yet valid", "unomi.profile", `{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro"},"segments":[],"scores":{},"consents":{"s/n":{"status":"GRANTED","statusDate":"2027-01-01T00:00:00Z"}}}`, "s/n/="},
		{"mParticle: in data_sale_opt_out consented means opted out", "mparticle.batch", `{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{"gdpr":{"marketing":{"consented":true}},"ccpa":{"data_sale_opt_out":{"consented":true,"timestamp_unixtime_ms":1767225600000}}}}`, "mparticle.data_sale/app=objected mparticle.marketing/app=given"},
		{"mParticle: not opted out is no consent to the sale", "mparticle.batch", `{"batch_id":"1","environment":"production","user_identities":{"email":"ana@linden.ro"},"consent_state":{"ccpa":{"data_sale_opt_out":{"consented":false}}}}`, ""},
		{"Didomi: another regulation does not overwrite", "didomi.events", `{"id":"1","user":{"id":"ana@linden.ro"},"regulation":"gdpr","status":"confirmed","created_at":"2026-01-01T00:00:00Z","events":[{"action":"consent","purpose":"ads","value":false,"legal_basis":"consent"}]}
{"id":"2","user":{"id":"ana@linden.ro"},"regulation":"cpra","status":"confirmed","created_at":"2026-02-01T00:00:00Z","events":[{"action":"consent","purpose":"ads","value":true,"legal_basis":"consent"}]}`, "didomi.ads/=given didomi.ads/=refused"},
		{"Didomi: pending approval is no consent", "didomi.events", `{"id":"1","user":{"id":"ana@linden.ro"},"regulation":"gdpr","status":"pending_approval","created_at":"2026-11-22T11:00:00Z","events":[{"purpose":"ads","value":true,"legal_basis":"consent"}]}`, "didomi.ads/=pending"},
		{"Didomi: a no to a legitimate interest is an objection, a yes says nothing", "didomi.events", `{"id":"1","user":{"id":"ana@linden.ro"},"regulation":"gdpr","status":"confirmed","created_at":"2026-01-01T00:00:00Z","events":[{"purpose":"a","value":false,"legal_basis":"legitimate_interest"},{"purpose":"b","value":true,"legal_basis":"legitimate_interest"}]}`, "didomi.a/=objected"},
		{"Google: a default is no refusal", "google.consent_mode", `{"event_id":"1","command":"default","client_id":"c1","consent":{"ad_storage":"denied"}}`, ""},
		{"Google: what is not set is not denied", "google.consent_mode", `{"event_id":"1","command":"update","client_id":"c1","consent":{"ad_storage":"granted"}}`, "google.ad_storage/web=given"},
		{"Kantara: implicit is no consent", "kantara.receipts", `{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"collectionMethod":"form","policyUrl":"p","services":[{"service":"news","purposes":[{"purpose":"x","consentType":"IMPLICIT","termination":"end of subscription + 1 year"}]}]}`, "kantara.news/=invalidated"},
		{"Adobe: any channel is all channels", "adobe.consents", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"1"}]},"xdm:consents":{"xdm:idSpecific":{"email":{"ana@linden.ro":{"xdm:marketing":{"xdm:any":{"xdm:val":"n"}}}}},"xdm:metadata":{"xdm:time":"2026-01-01T00:00:00Z"}}}`, "adobe.marketing/=refused"},
		{"Adobe: a legal basis in the place of a choice is no statement", "adobe.consents", `{"xdm:identityMap":{"CRMID":[{"xdm:id":"1"}]},"xdm:consents":{"xdm:collect":{"xdm:val":"VI"},"xdm:share":{"xdm:val":"dy"},"xdm:metadata":{"xdm:time":"2026-01-01T00:00:00Z"}}}`, ""},
		{"OneTrust: ACTIVE beside a later withdrawal is withdrawn", "onetrust.receipts", `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Name":"n","Status":"ACTIVE","ConsentDate":"2025-01-01T00:00:00Z","WithdrawalDate":"2026-01-01T00:00:00Z"}]}`, "onetrust.n/=withdrawn"},
		{"OneTrust: ACTIVE without a date proves nothing", "onetrust.receipts", `{"Id":"1","Identifier":"ana@linden.ro","Purposes":[{"Name":"n","Status":"ACTIVE"}]}`, "onetrust.n/=unreadable"},
		{"DPV: the guide's older word", "dpv.consents", `{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:DirectMarketing"]}],"dpv:hasConsentStatus":[{"@type":"dpv:ConsentGiven","dpv:isIndicatedAtTime":"2024-01-01T09:00:00Z"},{"@type":["dpv:ConsentTerminated","dpv:ExpressedConsent"],"dpv:isIndicatedAtTime":"2024-04-20T10:00:00Z"}]}`, "dpv.dpv:DirectMarketing/=revoked"},
		{"DPV: a status that nobody knows is unreadable", "dpv.consents", `{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"mailto:ana@linden.ro"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:DirectMarketing"]}],"dpv:hasConsentStatus":[{"@type":["dpv:ConsentGranted"]}]}`, "dpv.dpv:DirectMarketing/=unreadable"},
		{"İYS: RET is a no of that channel, in Turkish time", "iys.consents", `{"consentDate":"2018-02-10 09:30:00","source":"HS_CAGRI_MERKEZI","recipient":"+905313334455","recipientType":"BIREYSEL","status":"RET","type":"ARAMA"}`, "iys.messages/phone=refused"},
	} {
		p, err := ingest.LoadPreset(tt.preset)
		if err != nil {
			t.Fatal(err)
		}
		g := &gate{}
		open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(tt.doc)), nil }
		if _, err := ingest.Run(context.Background(), ingest.Options{Gate: g, Canon: c, Mapping: p.Mapping, Name: "x.ndjson", Open: open}); err != nil {
			t.Fatal(err)
		}
		if len(g.rejects) > 0 {
			t.Errorf("%s: %s %s", tt.name, g.rejects[0].Code, g.rejects[0].Field)
			continue
		}
		var events []cdp.Consent
		for _, r := range g.records {
			for _, e := range r.Consents {
				e.Recorded = now
				events = append(events, e)
			}
		}
		var got []string
		for _, s := range policy.Standings(events, now) {
			got = append(got, string(s.Purpose)+"/"+string(s.Channel)+"="+string(s.State))
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

// TestTheGuidesExampleIsRefused: a key that stands twice in one object is not
// read as its last value, which would lose a process, or a withdrawal.
func TestTheGuidesExampleIsRefused(t *testing.T) {
	p, err := ingest.LoadPreset("dpv.consents")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{}
	doc := `{"@id":"urn:uuid:1","dpv:hasProcess":[{}],"dpv:hasProcess":[{}],"dpv:hasConsentStatus":[]}`
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(doc)), nil }
	if _, err := ingest.Run(context.Background(), ingest.Options{Gate: g, Canon: canon(t), Mapping: p.Mapping, Name: "x.ndjson", Open: open}); err != nil {
		t.Fatal(err)
	}
	if len(g.rejects) != 1 || g.rejects[0].Code != "json.duplicate_key" {
		t.Errorf("rejects: %+v", g.rejects)
	}
}
