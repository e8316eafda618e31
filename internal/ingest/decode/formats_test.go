package decode

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// drain reads all rows; err is nil at a clean end.
func drain(r *Reader) (rows []Row, bad []*RowError, err error) {
	for {
		row, err := r.Next()
		var re *RowError
		switch {
		case err == io.EOF:
			return rows, bad, nil
		case errors.As(err, &re):
			bad = append(bad, re)
		case err != nil:
			return rows, bad, err
		default:
			rows = append(rows, row)
		}
	}
}

func shared(t *testing.T, dir string) string {
	t.Helper()
	root := filepath.Join("..", "..", "..", "..", "shared", dir)
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the samples are not here: %v", err)
	}
	return root
}

// TestSamples opens real exports of many systems and compares what was
// detected, and how many rows there are, with what other readers say.
func TestSamples(t *testing.T) {
	root := shared(t, "formats")
	tests := []struct {
		file      string
		format    string
		rows, bad int
		sep       rune
		charset   string
		root      string
		fatal     string // code of the error at Open or after the rows
	}{
		{file: "adobe_xdm/marketing-field-subscription.example.1.json", format: JSON, rows: 1},
		{file: "adobe_xdm/profile-consents.example.1.json", format: JSON, rows: 1},
		{file: "adobe_xdm/profile-loyalty-details.example.3.json", format: JSON, rows: 1},
		{file: "adobe_xdm/profile.example.1.json", format: JSON, rows: 1},
		{file: "dialects/csvkit_dummy.csv.gz", format: CSV, sep: ',', rows: 1},
		{file: "dialects/csvkit_mac_newlines.csv", format: CSV, sep: ',', rows: 2},
		{file: "dialects/csvkit_null_byte.csv", format: CSV, sep: ',', bad: 1},
		{file: "dialects/csvkit_test_latin1.csv", format: CSV, sep: ',', rows: 2, charset: "windows-1252"},
		{file: "dialects/csvkit_test_locale.csv", format: CSV, sep: ',', rows: 1},
		{file: "dialects/csvkit_test_utf16_big.csv", format: CSV, sep: ',', rows: 2, charset: "utf-16be"},
		{file: "dialects/csvkit_test_utf16_little.csv", format: CSV, sep: ',', rows: 2, charset: "utf-16le"},
		{file: "dialects/csvkit_test_utf8_bom.csv", format: CSV, sep: ',', rows: 2},
		{file: "dialects/frictionless_accent.csv", format: CSV, sep: ';', rows: 2},
		{file: "dialects/frictionless_duplicate-headers.csv", format: CSV, sep: ',', rows: 2},
		{file: "dialects/frictionless_leading-zeros.csv", format: CSV, sep: ',', rows: 3},
		{file: "fides_consent/historical-privacy-preferences.json", format: JSON, rows: 22, root: "items"},
		{file: "fides_consent/mailchimp_dataset.yml", fatal: "format.unsupported"},
		{file: "fides_consent/privacy-requests-list.json", format: JSON, rows: 9, root: "items"},
		{file: "hubspot/contact_data.csv", format: CSV, sep: ',', rows: 22},
		{file: "hubspot/contact_merge_audit_data.csv", format: CSV, sep: ',', rows: 4},
		{file: "hubspot/email_event_status_change_data.csv", format: CSV, sep: ',', rows: 100},
		{file: "keycloak/testrealm.users-excerpt.json", format: JSON, rows: 4, root: "users"},
		{file: "rudderstack/mailchimp_input.json", format: JSON, rows: 23},
		{file: "salesforce/sf_contact_data.csv", format: CSV, sep: ',', rows: 4},
		{file: "segment/context_consent.docs-example.txt", format: JSON, rows: 1},
		{file: "segment/test-context-track.json", format: JSON, rows: 1, root: "batch"},
		{file: "segment/test-enqueue-alias.json", format: JSON, rows: 1, root: "batch"},
		{file: "segment/test-enqueue-identify.json", format: JSON, rows: 1, root: "batch"},
		{file: "shopify/customers_search.json", format: JSON, rows: 1, root: "customers"},
		{file: "shopify/orders.json", format: JSON, rows: 1, root: "orders"},
		{file: "shopify/shopify_gql_customer_data.csv", format: CSV, sep: ',', rows: 10},
		{file: "shopware/MainOrderImport.csv", format: CSV, sep: ';', rows: 4},
		{file: "shopware/NewsletterRecipientImport.csv", format: CSV, sep: ';', rows: 6},
		{file: "shopware/export.customers.csv", format: CSV, sep: ';', rows: 3},
		{file: "snowplow/snowplow_web_consent_preferences.csv", format: CSV, sep: ',', rows: 33},
		{file: "snowplow/snowplow_web_events.csv", format: CSV, sep: ',', rows: 160},
		{file: "unomi/2-surfers-test.csv", format: CSV, sep: ';', rows: 36},
		{file: "unomi/modifyConsent_event.json", format: JSON, rows: 1, root: "events"},
		{file: "unomi/persona-with-sessions.json", format: JSON, rows: 1},
		{file: "unomi/profile_with_consents.json", format: JSON, rows: 1},
		{file: "vcard/gmail-list.vcf", format: VCard, rows: 3},
		{file: "vcard/outlook-2003.vcf", format: VCard, rows: 1},
	}
	listed := map[string]bool{"README.md": true}
	for _, tt := range tests {
		listed[tt.file] = true
		t.Run(tt.file, func(t *testing.T) {
			f, err := os.Open(filepath.Join(root, filepath.FromSlash(tt.file)))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := Open(tt.file, f, Options{})
			var rows []Row
			var bad []*RowError
			if err == nil {
				rows, bad, err = drain(r)
			}
			var fe *FileError
			if errors.As(err, &fe) != (tt.fatal != "") || fe != nil && fe.Code != tt.fatal {
				t.Fatalf("error %v, want code %q", err, tt.fatal)
			}
			if r == nil {
				return
			}
			i := r.Info()
			if tt.charset == "" {
				tt.charset = "utf-8"
			}
			if len(rows) != tt.rows || len(bad) != tt.bad {
				t.Errorf("%d rows and %d bad, want %d and %d: %v", len(rows), len(bad), tt.rows, tt.bad, bad)
			}
			if i.Format != tt.format || i.Sep != tt.sep || i.Charset != tt.charset || i.Root != tt.root {
				t.Errorf("detected %+v", i)
			}
			if tt.fatal == "" && len(r.Hash()) != 64 {
				t.Error("no hash at the end")
			}
		})
	}
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(root, p); err == nil && !d.IsDir() && !listed[filepath.ToSlash(rel)] {
			t.Errorf("%s is not in the table", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSampleValues looks into the rows of some samples, where quirks are.
func TestSampleValues(t *testing.T) {
	root := shared(t, "formats")
	tests := []struct {
		file string
		row  int
		path string
		want any
	}{
		{"dialects/csvkit_test_latin1.csv", 1, "c", "©"},
		{"dialects/csvkit_test_utf16_little.csv", 1, "c", "ʤ"},
		{"dialects/csvkit_test_utf16_big.csv", 1, "c", "ʤ"},
		{"dialects/csvkit_test_utf8_bom.csv", 1, "baz", "ʤ"},
		{"dialects/csvkit_mac_newlines.csv", 1, "a", "Once upon\na time"},
		{"dialects/frictionless_duplicate-headers.csv", 0, "id", "1101"},
		{"dialects/frictionless_duplicate-headers.csv", 0, "id#2", "0"},
		{"dialects/frictionless_duplicate-headers.csv", 0, "id#3", "001101"},
		{"dialects/frictionless_leading-zeros.csv", 2, "value", "00003"},
		{"snowplow/snowplow_web_consent_preferences.csv", 0, "consent_scopes", `["necessary","preferences","statistics"]`},
		{"shopware/NewsletterRecipientImport.csv", 0, "group", "Newsletter-Empfänger"},
		{"adobe_xdm/profile-consents.example.1.json", 0, `"xdm:consents"."xdm:collect"."xdm:val"`, "VI"},
		{"adobe_xdm/profile-consents.example.1.json", 0, `xdm:consents.xdm:collect.xdm:val`, "VI"},
		{"keycloak/testrealm.users-excerpt.json", 3, "federatedIdentities[1].userName", "twuser1"},
		{"vcard/gmail-list.vcf", 1, "fn[0].value", "Chris Beatle"},
		{"vcard/gmail-list.vcf", 1, "n[0].parts[0]", "Beatle"},
		{"vcard/gmail-list.vcf", 2, "email[0].type[0]", "internet"},
		{"vcard/outlook-2003.vcf", 0, "tel[2].value", "MobilePhone"},
		{"vcard/outlook-2003.vcf", 0, "tel[2].type[0]", "cell"},
		{"vcard/outlook-2003.vcf", 0, "email[0].value", "jdoe@hotmail.com"},
		{"vcard/outlook-2003.vcf", 0, "n[0].parts[4]", "III"},
		{"vcard/outlook-2003.vcf", 0, "note[0].value", "This is the note field!!\nSecond line\n\nThird line is empty\n"},
		{"vcard/outlook-2003.vcf", 0, "label[0].value", "TheOffice\n123 Main St\nAustin, TX 12345\nUnited States of America"},
		{"vcard/outlook-2003.vcf", 0, "key[0].params.encoding[0]", "b"},
		{"vcard/outlook-2003.vcf", 0, "org[0].parts[0]", "Company, The"},
	}
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.path, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(tt.file)))
			if err != nil {
				t.Fatal(err)
			}
			r, err := Open(tt.file, strings.NewReader(string(b)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, _, err := drain(r)
			if err != nil || len(rows) <= tt.row {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			if got, ok := rows[tt.row].Get(tt.path); !ok || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, ok, tt.want)
			}
		})
	}
	b, err := os.ReadFile(filepath.Join(root, "segment", "test-enqueue-alias.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open("-", strings.NewReader(string(b)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := drain(r)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	env := rows[0].Envelope
	if env["sentAt"] != "2009-11-10T23:00:00Z" || env["batch"] != nil || env["context"] == nil {
		t.Errorf("envelope: %v", env)
	}
}

// TestDatasets reads larger exports; the row counts are those of Python's csv module.
func TestDatasets(t *testing.T) {
	root := shared(t, "datasets")
	files, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"senzing-truthset/customers.jsonl": 120, "senzing-truthset/reference.jsonl": 22, "senzing-truthset/watchlist.jsonl": 17,
		"febrl/dataset1.csv": 1000, "febrl/dataset3.csv": 5000, "febrl-dsgen/dataset_A_10000.csv": 10000,
		"unomi-import/1-basic-test.csv": 3, "unomi-import/2-surfers-test.csv": 36,
	}
	seen := 0
	for _, p := range files {
		if e := filepath.Ext(p); e != ".csv" && e != ".jsonl" {
			continue
		}
		f, err := os.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Open(p, f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, bad, err := drain(r)
		f.Close()
		if err != nil || len(bad) > 0 {
			t.Errorf("%s: %d bad rows (%v), %v", p, len(bad), bad[:min(3, len(bad))], err)
		}
		rel, _ := filepath.Rel(root, p)
		if n, ok := want[filepath.ToSlash(rel)]; ok {
			seen++
			if n != len(rows) {
				t.Errorf("%s: %d rows, want %d", rel, len(rows), n)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d files of the table were there", seen, len(want))
	}
}
