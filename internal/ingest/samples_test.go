package ingest

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
)

// exports is the directory of real exports; it is not part of this repository.
func exports(t *testing.T) string {
	dir := filepath.Join("..", "..", "..", "shared", "formats")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no directory of real exports beside the checkout: ", dir)
	}
	return dir
}

// A sample is a file and what its preset must make of it.
type sample struct {
	file, preset                                               string
	rows, keys                                                 int // different keys
	rejects, drops, deleted                                    int
	claims, blocked, attributes, touchpoints, consents, shares int
}

// All files are of real systems; every one must be recognised by itself and
// every row accounted for.
var realSamples = []sample{
	{"adobe_xdm/marketing-field-subscription.example.1.json", "adobe.subscriptions", 1, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0},
	{"adobe_xdm/profile-consents.example.1.json", "adobe.consents", 1, 1, 0, 0, 0, 4, 0, 2, 0, 11, 0},
	{"adobe_xdm/profile-loyalty-details.example.3.json", "adobe.loyalty", 1, 1, 0, 0, 0, 2, 0, 5, 3, 0, 0},
	{"adobe_xdm/profile.example.1.json", "adobe.profile", 1, 1, 0, 0, 0, 4, 0, 11, 0, 3, 0},
	{"fides_consent/historical-privacy-preferences.json", "fides.consent", 22, 22, 0, 0, 0, 56, 0, 44, 22, 29, 0},
	{"fides_consent/privacy-requests-list.json", "fides.requests", 9, 9, 0, 0, 0, 12, 2, 22, 13, 0, 0},
	{"hubspot/contact_data.csv", "hubspot.contacts", 22, 22, 0, 0, 0, 69, 0, 67, 22, 0, 0},
	{"hubspot/contact_merge_audit_data.csv", "hubspot.merge_audit", 4, 4, 0, 0, 0, 8, 1, 0, 4, 0, 0},
	{"hubspot/email_event_status_change_data.csv", "hubspot.subscriptions", 100, 100, 0, 0, 0, 0, 0, 0, 100, 100, 0},
	{"keycloak/testrealm.users-excerpt.json", "keycloak.users", 4, 4, 0, 0, 0, 8, 0, 7, 2, 2, 0},
	{"rudderstack/mailchimp_input.json", "rudderstack.events", 23, 23, 0, 0, 0, 73, 11, 15, 9, 0, 23},
	{"salesforce/sf_contact_data.csv", "salesforce.contacts", 4, 4, 0, 0, 0, 7, 2, 24, 4, 0, 0},
	{"segment/test-context-track.json", "segment.events", 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0},
	{"segment/test-enqueue-alias.json", "segment.events", 1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0},
	{"segment/test-enqueue-identify.json", "segment.events", 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0},
	{"shopify/customers_search.json", "shopify.customers", 1, 1, 0, 0, 0, 3, 1, 7, 1, 1, 0},
	{"shopify/orders.json", "shopify.orders", 1, 1, 0, 0, 0, 4, 1, 7, 1, 0, 0},
	{"shopify/shopify_gql_customer_data.csv", "shopify.customers_gql", 10, 10, 0, 0, 0, 29, 9, 37, 10, 7, 0},
	{"shopware/MainOrderImport.csv", "shopware.orders", 4, 4, 0, 0, 0, 7, 4, 18, 4, 0, 0},
	{"shopware/NewsletterRecipientImport.csv", "shopware.newsletter", 6, 6, 0, 0, 0, 6, 5, 6, 0, 0, 0},
	{"shopware/export.customers.csv", "shopware.customers", 3, 3, 0, 0, 0, 7, 2, 32, 0, 3, 0},
	{"snowplow/snowplow_web_consent_preferences.csv", "snowplow.consent_preferences", 33, 32, 0, 0, 0, 0, 0, 66, 33, 99, 0},
	{"snowplow/snowplow_web_events.csv", "snowplow.events", 160, 157, 0, 0, 0, 479, 0, 454, 160, 96, 0},
	{"unomi/2-surfers-test.csv", "unomi.csv", 36, 36, 0, 0, 2, 89, 0, 144, 0, 0, 0},
	{"unomi/modifyConsent_event.json", "unomi.modifyconsent", 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0},
	{"unomi/persona-with-sessions.json", "unomi.persona", 1, 1, 0, 0, 0, 2, 1, 2, 1, 0, 0},
	{"unomi/profile_with_consents.json", "unomi.profile", 1, 1, 0, 0, 0, 6, 0, 32, 2, 2, 0},
	{"vcard/gmail-list.vcf", "vcard.contacts", 3, 3, 0, 0, 0, 3, 0, 9, 0, 0, 0},
	{"vcard/outlook-2003.vcf", "vcard.contacts", 1, 1, 0, 0, 0, 1, 0, 17, 0, 0, 0},
}

// ownSamples are written after the systems' documentation.
var ownSamples = []sample{
	{"shopify_customers_ui.csv", "shopify.customers_csv", 2, 2, 0, 0, 0, 6, 0, 16, 0, 4, 0},
	{"mailchimp_members.csv", "mailchimp.members", 4, 4, 0, 0, 0, 5, 0, 16, 1, 4, 0},
	{"subscribed_members_export.csv", "mailchimp.audience", 2, 2, 0, 0, 0, 5, 0, 7, 0, 4, 0},
	{"mparticle_batch.json", "mparticle.batch", 2, 1, 0, 1, 0, 5, 0, 2, 1, 3, 0},
	{"onetrust_receipts.json", "onetrust.receipts", 1, 1, 0, 0, 0, 1, 0, 1, 0, 5, 0},
	{"consent_mode.ndjson", "google.consent_mode", 2, 2, 0, 0, 0, 2, 0, 0, 2, 2, 0},
	{"ga4_events.ndjson", "google.ga4", 2, 2, 0, 0, 0, 3, 0, 3, 2, 2, 0},
	{"didomi_events.ndjson", "didomi.events", 2, 2, 0, 0, 0, 2, 0, 2, 2, 3, 0},
	{"kantara_receipt.json", "kantara.receipts", 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0},
	{"dpv_consent.json", "dpv.consents", 1, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0},
	{"iys.json", "iys.consents", 2, 2, 0, 0, 0, 2, 0, 2, 0, 2, 0},
}

func TestRealExports(t *testing.T) { checkSamples(t, exports(t), realSamples) }

func TestDocumentedExports(t *testing.T) { checkSamples(t, "testdata", ownSamples) }

func checkSamples(t *testing.T, dir string, samples []sample) {
	for _, s := range samples {
		t.Run(strings.ReplaceAll(s.file, "/", "_"), func(t *testing.T) {
			path := filepath.Join(dir, s.file)
			g := newGate()
			r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Name: s.file, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
			if err != nil {
				t.Fatal(err)
			}
			got := tally(s.file, r, g)
			if got != s {
				t.Errorf("got\n%+v, want\n%+v\n%s", got, s, reveal(r.Notes))
			}
			if r.Rows != countRows(t, path, r.Preset) || !r.Balanced() || g.last != 1 {
				t.Errorf("rows %d, balanced %v, last %d", r.Rows, r.Balanced(), g.last)
			}
			for _, rec := range g.records {
				if rec.Lineage.Line == 0 || rec.Lineage.Row == 0 || rec.Lineage.File != filepath.Base(s.file) || len(rec.Lineage.FileHash) != 64 || len(rec.Lineage.Mapping) != 64 || rec.Lineage.Batch != r.Batch {
					t.Fatalf("lineage %+v", rec.Lineage)
				}
			}
		})
	}
}

func tally(file string, r cdp.Receipt, g *memGate) sample {
	s := sample{file: file, preset: r.Preset, rows: r.Rows, keys: len(g.byKey), rejects: r.Rejected, drops: r.Dropped,
		touchpoints: r.Touchpoints, consents: r.Consents, shares: r.Shares}
	for _, rec := range g.records {
		if rec.Deleted {
			s.deleted++
		}
		s.claims += len(rec.Claims)
		s.attributes += len(rec.Attributes)
		for _, c := range rec.Claims {
			if c.Blocked != "" {
				s.blocked++
			}
		}
	}
	return s
}

// countRows counts with nothing but the decoder.
func countRows(t *testing.T, path, preset string) int {
	p, err := LoadPreset(preset)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := decode.Open(path, f, p.Mapping.Options())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for {
		_, err := r.Next()
		var bad *decode.RowError
		if err == io.EOF {
			return n
		}
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		n++
	}
}

// TestWhatIsNoExportSaysSo: files that are no customer data, or fit no preset,
// give an error that says what to do.
func TestWhatIsNoExportSaysSo(t *testing.T) {
	dir := exports(t)
	for file, want := range map[string]string{
		"fides_consent/mailchimp_dataset.yml":      "YAML is not supported",
		"segment/context_consent.docs-example.txt": "no preset knows this file",
		"dialects/frictionless_accent.csv":         "no preset knows this file",
		"dialects/csvkit_null_byte.csv":            "csv.nul",
		"README.md":                                "no preset knows this file",
	} {
		_, err := Run(context.Background(), Options{Gate: newGate(), Canon: canon(t), Name: file, Open: func() (io.ReadCloser, error) { return os.Open(filepath.Join(dir, file)) }})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

// TestFingerprintsAreFarApart: the right preset knows all of a sample, and no
// other comes near the threshold.
func TestFingerprintsAreFarApart(t *testing.T) {
	type place struct{ dir, file, preset string }
	var places []place
	for _, s := range ownSamples {
		places = append(places, place{"testdata", s.file, s.preset})
	}
	if dir := filepath.Join("..", "..", "..", "shared", "formats"); dirExists(dir) {
		for _, s := range realSamples {
			places = append(places, place{dir, s.file, s.preset})
		}
	}
	for _, p := range places {
		f, err := os.Open(filepath.Join(p.dir, p.file))
		if err != nil {
			t.Fatal(err)
		}
		r, err := decode.Open(p.file, f, decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var rows []decode.Row
		for row, err := r.Next(); err == nil && len(rows) < sampleRows; row, err = r.Next() {
			rows = append(rows, row)
		}
		f.Close()
		for _, name := range PresetNames() {
			fp, err := presetFingerprint(name)
			if err != nil {
				t.Fatal(err)
			}
			score, _ := Score(fp, r.Info(), rows)
			if name == p.preset && score < 0.99 || name != p.preset && score > 0.4 {
				t.Errorf("%s: %s scores %.2f", p.file, name, score)
			}
		}
	}
}

func dirExists(dir string) bool {
	_, err := os.Stat(dir)
	return err == nil
}
