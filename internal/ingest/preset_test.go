package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestPresetsLoad(t *testing.T) {
	for _, name := range PresetNames() {
		p, err := LoadPreset(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if string(p.Mapping.Source.ID) != name {
			t.Errorf("preset %s is of source %s", name, p.Mapping.Source.ID)
		}
	}
}

// TestHowPresetsSayAConsentWasGiven: formats that tell whether a consent was
// express, or who gave it, are read so.
func TestHowPresetsSayAConsentWasGiven(t *testing.T) {
	receipt := `{"version":"KI-CR-v1.1.0","jurisdiction":"DE","consentTimestamp":1510592400,"collectionMethod":"form","consentReceiptID":"r1","language":"de","piiPrincipalId":"K-77",` +
		`"piiControllers":[{"piiController":"Lindenhof"}],"policyUrl":"v1","services":[{"service":"news","purposes":[{"purpose":"a","consentType":"EXPLICIT"}]},{"service":"ads","purposes":[{"purpose":"b","consentType":"IMPLICIT"}]}],"sensitive":false,"spiCat":[]}`
	status := func(types, by string) string {
		return `{"@type":` + types + `,"dpv:isIndicatedBy":` + by + `,"dpv:isIndicatedAtTime":"2024-01-01T09:00:00Z"}`
	}
	record := `{"@id":"urn:x:1","dct:identifier":"r1","dpv:hasDataSubject":{"@id":"mailto:ana.weber@post-lindenau.de"},"dpv:hasProcess":[{"dpv:hasPurpose":["dpv:Marketing"]}],"dpv:hasConsentStatus":[` +
		strings.Join([]string{
			status(`["dpv:ConsentGiven","dpv:ExplicitlyExpressedConsent"]`, `"dpv:DataSubject"`),
			status(`["dpv:ConsentGiven","dpv:ExpressedConsent"]`, `{"@type":"dpv:ParentOfDataSubject","@id":"urn:p"}`),
			status(`"dpv:ConsentGiven"`, `["dpv:DataSubject","dpv:GuardianOfDataSubject"]`),
			status(`["dpv:ConsentWithdrawn"]`, `[]`),
		}, ",") + `]}`
	event := `{"id":"e1","user":{"id":"d-1"},"regulation":"gdpr","status":"confirmed","created_at":"2026-01-05T09:00:00Z","events":[{"action":"x","purpose":"ads","value":true,"legal_basis":"consent"}]`
	tests := []struct{ preset, file, want string }{
		{"kantara.receipts", receipt, "given true | invalidated false "},
		{"dpv.consents", record, "given true | given false parent| given false guardian| withdrawn false "},
		{"didomi.events", event + `}`, "given false "},
		{"didomi.events", event + `,"delegate":{"id":"7","name":"Kundendienst"}}`, "given false agent"},
	}
	for _, tt := range tests {
		p, err := LoadPreset(tt.preset)
		if err != nil {
			t.Fatal(err)
		}
		g := newGate()
		r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Name: "x.ndjson", Mapping: p.Mapping, Open: text(tt.file)})
		if err != nil || len(g.records) != 1 {
			t.Fatalf("%s: %v, %s", tt.preset, err, reveal(r))
		}
		var got []string
		for _, c := range g.records[0].Consents {
			got = append(got, fmt.Sprintf("%s %v %s", c.State, c.Explicit, c.Speaker))
		}
		if s := strings.Join(got, "| "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.preset, s, tt.want)
		}
		if len(r.Notes) != 0 {
			t.Errorf("%s: notes %s", tt.preset, reveal(r.Notes))
		}
	}
}
