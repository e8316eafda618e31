package exchange_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rulefile"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// presets are the mappings by which a format comes back.
var presets = map[string]string{"didomi": "didomi.events", "dpv": "dpv.consents", "gcm": "google.consent_mode", "kantara": "kantara.receipts",
	"mparticle": "mparticle.batch", "onetrust": "onetrust.receipts", "segment": "segment.events", "unomi": "unomi.profile", "xdm": "adobe.consents"}

func canon(t testing.TB) *ident.Canonicaliser {
	t.Helper()
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	return ident.New([32]byte{1}, lists)
}

// A gate keeps what is ingested.
type gate struct {
	records []cdp.Record
	rejects []cdp.Reject
	notes   []cdp.Note
}

func (g *gate) Begin(context.Context, cdp.Delivery) (cdp.BatchID, int, error) { return 1, 0, nil }

func (g *gate) Admit(_ context.Context, b cdp.Batch) (cdp.Receipt, error) {
	g.records, g.rejects = append(g.records, b.Records...), append(g.rejects, b.Rejects...)
	g.notes = append(g.notes, b.Notes...)
	return cdp.Receipt{Rows: len(b.Records) + len(b.Rejects) + len(b.Dropped), Admitted: len(b.Records), Rejected: len(b.Rejects), Dropped: len(b.Dropped)}, nil
}

// TestDocumentsAreStrict: each line is one strict JSON object without anything
// twice, as the ingest asks.
func TestDocumentsAreStrict(t *testing.T) {
	c := canon(t)
	rapid.Check(t, func(t *rapid.T) {
		p := person(t, c, "dpv", nil)
		for _, name := range exchange.Formats() {
			doc, _, err := exchange.Export(name, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(strings.TrimSuffix(string(doc), "\n"), "\n") {
				if line != "" && !json.Valid([]byte(line)) {
					t.Fatalf("%s: %s", name, line)
				}
			}
		}
	})
	if _, _, err := exchange.Export("fax", exchange.Person{}); err == nil {
		t.Error("an unknown format")
	}
}

// TestHowItWasGiven: an express consent and the word of a parent come back from
// a record; a receipt that can not tell an express consent from another says so.
func TestHowItWasGiven(t *testing.T) {
	c := canon(t)
	at, _ := c.Canon(cdp.KindEmail, "ana.weber@post-lindenau.de", ident.Options{})
	for _, explicit := range []bool{true, false} {
		events := []cdp.Consent{{Endpoint: at, Controller: "lindenhof", Purpose: "newsletter", State: cdp.ConsentGiven, At: now.AddDate(0, -1, 0), Explicit: explicit, Speaker: cdp.ByParent}}
		p := exchange.Person{Profile: "P-0000007", At: now, Standings: policy.Standings(events, now), Purposes: purposes}
		preset, err := ingest.LoadPreset("dpv.consents")
		if err != nil {
			t.Fatal(err)
		}
		doc, _, err := exchange.Export("dpv", p)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := back(t, c, preset, doc); len(got) != 1 || got[0].Explicit != explicit || got[0].Speaker != cdp.ByParent {
			t.Errorf("explicit %v by a parent came back as %+v", explicit, got)
		}
		_, losses, err := exchange.Export("kantara", p)
		if err != nil {
			t.Fatal(err)
		}
		if said := slices.ContainsFunc(losses, func(l exchange.Loss) bool { return l.Code == "explicit" }); said == explicit {
			t.Errorf("explicit %v: losses of a receipt %+v", explicit, losses)
		}
	}
}
