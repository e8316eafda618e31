package exchange_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
)

// seeds are documents as they come, for each format.
var seeds = map[string][]string{
	"didomi": {`{"id":"1","user":{"organization_user_id":"ana@linden.ro"},"regulation":"gdpr","status":"pending_approval","created_at":"2026-01-01T00:00:00Z","consents":{"channels":[{"id":"sms","enabled":false}],"purposes":[{"id":"ads","enabled":true,"channels":[{"id":"email","enabled":null}],"preferences":[{"id":"t","enabled":true,"channels":[]}]}]}}`,
		`{"id":"1","user":{"id":"+491711234567"},"events":[{"purpose":"a","value":false,"legal_basis":"legitimate_interest"}],"delegate":{"id":7}}`},
	"dpv":       {`{"@id":"urn:uuid:1","dpv:hasDataSubject":{"@id":"urn:cdp:loyalty:club:77","dct:type":"loyalty","dct:identifier":"club:77"},"dpv:hasProcess":[{"dpv:hasPurpose":[{"@id":"urn:cdp:purpose:n"}]}],"dpv:hasConsentStatus":[{"@type":["dpv:ConsentGiven"],"dpv:isIndicatedAtTime":"2026-01-01T00:00:00Z","cdp:bundled":true,"dpv:hasDuration":{"dct:date":"2027-01-01T00:00:00Z"}}],"cdp:hasPreference":[{"cdp:channel":"sms","cdp:wish":"unwanted","cdp:quiet":{"cdp:from":1,"cdp:to":2}}]}`},
	"gcm":       {`{"event_id":"1","command":"update","client_id":"c1","timestamp":"2026-01-01T00:00:00Z","consent":{"ad_storage":"granted","x":1}}`},
	"kantara":   {`{"consentReceiptID":"1","piiPrincipalId":"ana@linden.ro","consentTimestamp":1767225600,"collectionMethod":"form","policyUrl":"p","language":"de","services":[{"service":"news","purposes":[{"purpose":"x","consentType":"EXPLICIT","termination":"2027-01-01T00:00:00Z"}]}]}`},
	"mparticle": {`{"batch_id":"1","environment":"production","mpid":7,"user_identities":{"email":"ana@linden.ro"},"consent_state":{"gdpr":{"m":{"consented":true,"timestamp_unixtime_ms":1767225600000}},"ccpa":{"data_sale_opt_out":{"consented":true}}}}`},
	"onetrust":  {`{"Id":"1","Identifier":"ana@linden.ro","Language":"de","Purposes":[{"Name":"n","Status":"ACTIVE","ConsentDate":"2025-01-01T00:00:00Z","WithdrawalDate":"2026-01-01T00:00:00","ExpiryDate":"2027-01-01T00:00:00Z","Topics":[{"Name":"t","IsConsented":true}],"CustomPreferences":[{"Name":"Quiet hours","Options":[{"Name":"21:00-07:00 Europe/Berlin","IsConsented":true}]}]}]}`},
	"segment":   {`{"type":"track","messageId":"1","timestamp":"2026-01-01T00:00:00Z","userId":"u","context":{"consent":{"categoryPreferences":{"a":true,"b":null}},"traits":{"email":"ana@linden.ro"}}}`},
	"unomi":     {`{"itemId":"1","itemType":"profile","properties":{"email":"ana@linden.ro","preferredLanguage":"de","emailNotificationsDisabled":"true"},"consents":{"s/n":{"status":"GRANTED","statusDate":"2026-01-01T00:00:00Z","revokeDate":null}}}`},
	"xdm":       {`{"xdm:identityMap":{"CRMID":[{"xdm:id":"1"}],"cdp_loyalty":[{"xdm:id":"club:7"}]},"xdm:consents":{"xdm:collect":{"xdm:val":"y"},"xdm:marketing":{"xdm:preferred":"email","xdm:any":{"xdm:val":"p"}},"xdm:idSpecific":{"ECID":{"1":{"xdm:share":{"xdm:val":"n"}}},"cdp_loyalty":{"club:7":{"xdm:marketing":{"xdm:sms":{"xdm:val":"y"}}}}},"xdm:metadata":{"xdm:time":"2026-01-01T00:00:00Z"}}}`},
}

func FuzzDidomi(f *testing.F)      { fuzz(f, "didomi") }
func FuzzDPV(f *testing.F)         { fuzz(f, "dpv") }
func FuzzConsentMode(f *testing.F) { fuzz(f, "gcm") }
func FuzzKantara(f *testing.F)     { fuzz(f, "kantara") }
func FuzzMParticle(f *testing.F)   { fuzz(f, "mparticle") }
func FuzzOneTrust(f *testing.F)    { fuzz(f, "onetrust") }
func FuzzSegment(f *testing.F)     { fuzz(f, "segment") }
func FuzzUnomi(f *testing.F)       { fuzz(f, "unomi") }
func FuzzXDM(f *testing.F)         { fuzz(f, "xdm") }

// fuzz reads anything as a format: each row becomes a record or is rejected with
// its reason, no statement is about nothing, and what is written of it in the
// same format and read again permits nothing that was not permitted before.
func fuzz(f *testing.F, format string) {
	for _, s := range seeds[format] {
		f.Add(s)
	}
	f.Add(`{}`)
	f.Add("{\"a\":1}\n{\"a\":1,\"a\":2}\n[")
	preset, err := ingest.LoadPreset(presets[format])
	if err != nil {
		f.Fatal(err)
	}
	c := canon(f)
	load := func(t *testing.T, doc string) (*gate, error) {
		g := &gate{}
		open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(doc)), nil }
		_, err := ingest.Run(context.Background(), ingest.Options{Gate: g, Canon: c, Mapping: preset.Mapping, Name: "x.ndjson", Open: open})
		return g, err
	}
	standings := func(g *gate) []cdp.Standing {
		var events []cdp.Consent
		for _, r := range g.records {
			for _, e := range r.Consents {
				e.Controller, e.Recorded = "lindenhof", now
				events = append(events, e)
			}
		}
		return policy.Standings(events, now)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		g, err := load(t, doc)
		if err != nil {
			return // a file that can not be read as a whole says so
		}
		for _, r := range g.rejects {
			if r.Code == "" || r.Reason == "" {
				t.Fatalf("a reject that does not say why: %+v", r)
			}
		}
		var stated []cdp.Preference
		for _, r := range g.records {
			for _, e := range r.Consents {
				if e.State == "" || e.Purpose == "" || e.Endpoint.IsZero() {
					t.Fatal("a consent of nothing")
				}
			}
			for _, x := range r.Preferences {
				if x.Endpoint.IsZero() || x.Wish == "" && x.Frequency == "" && x.Language == "" && x.Quiet.IsZero() {
					t.Fatal("a preference for nothing")
				}
				x.Controller, x.Recorded = "lindenhof", now
				stated = append(stated, x)
			}
		}
		held := standings(g)
		out, _, err := exchange.Export(format, exchange.Person{Profile: "P-0000007", At: now, Standings: held, Wishes: policy.Preferring(stated, now)})
		if err != nil {
			t.Fatal(err)
		}
		again, err := load(t, string(out))
		if err != nil && len(out) > 0 {
			t.Fatalf("what is written can not be read: %v\n%s", err, out)
		}
		for _, s := range standings(again) {
			if !s.State.ValidForProcessing() {
				continue
			}
			if !slices.ContainsFunc(held, func(h cdp.Standing) bool {
				return h.Endpoint.Same(s.Endpoint) && h.State.ValidForProcessing() && (h.Channel == "" || h.Channel == s.Channel)
			}) {
				t.Fatalf("%s at %s is permitted, and was not\n%s", s.Purpose, s.Endpoint.Kind(), out)
			}
		}
	})
}
