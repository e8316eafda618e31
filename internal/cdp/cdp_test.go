package cdp_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

const canary = "canary@post-lindenau.de"

// TestNothingLeaks prints personal values in every way that a program prints
// by accident. (Within an unexported field of a struct fmt can not call
// methods: docs/design/words-and-values.md.)
func TestNothingLeaks(t *testing.T) {
	id := cdp.NewIdentifier(cdp.KindEmail, canary, [4]byte{0x1a, 0x37, 0xe5, 0x42})
	value := cdp.Value(canary)
	record := cdp.Record{Claims: []cdp.Claim{{Identifier: id}}, Attributes: []cdp.Attribute{{Name: "x", Value: value}}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		for _, v := range []any{id, &id, value, []cdp.Identifier{id}, map[string]cdp.Value{"k": value}, id.Key(), record, &record} {
			fmt.Fprintf(&out, verb+"\n", v, v)
		}
	}
	fmt.Fprintln(&out, errors.Join(fmt.Errorf("of %v: %w", id, errors.New("x"))))
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "id", id, "value", value, "record", record)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "id", id, "value", value, "record", record)
	if err := json.NewEncoder(&out).Encode(record); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{canary, "canary", fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%d prints hold the value", strings.Count(out.String(), leak))
		}
	}
	if !strings.Contains(out.String(), "email#1a37e542") {
		t.Error("the tag is not printed")
	}
	if id.Reveal() != canary || value.Reveal() != canary {
		t.Error("Reveal does not give the value")
	}
}

// TestCategories: identifiers that tell of a device, an address or an account are
// of those categories, so that minimisation sees them; each kind has one.
func TestCategories(t *testing.T) {
	want := map[cdp.Kind]string{cdp.KindEmailMD5: "user.contact.email", cdp.KindPhoneSHA256: "user.contact.phone_number", cdp.KindSocial: "user.social",
		cdp.KindLogin: "user.account", cdp.KindLoyalty: "user.account", cdp.KindCRM: "user.account", cdp.KindOrder: "user.unique_id",
		cdp.KindCookie: "user.device.cookie_id", cdp.KindIP: "user.device.ip_address", cdp.KindNationalID: "user.government_id"}
	for _, k := range cdp.Kinds() {
		if c := k.Category(); c == "" || want[k] != "" && c != want[k] {
			t.Errorf("%s: %q, want %q", k, c, want[k])
		}
	}
}

func TestIDs(t *testing.T) {
	for _, c := range []struct {
		text string
		want uint64 // 0: refused
	}{
		{"P-0000007", 7}, {"p-7", 7}, {"7", 7}, {" P-12345678 ", 12345678},
		{"P-0", 0}, {"0", 0}, {"", 0}, {"P-", 0}, {"R-7", 0}, {"P--7", 0}, {"-7", 0}, {"99999999999999999999", 0}, {"9223372036854775808", 0},
	} {
		got, err := cdp.ParseProfileID(c.text)
		if uint64(got) != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("%q: %d, %v", c.text, uint64(got), err)
		}
	}
	if r, err := cdp.ParseRecordID(cdp.RecordID(42).String()); err != nil || r != 42 {
		t.Error("a record id does not come back")
	}
	if b, err := cdp.ParseBatchID(cdp.BatchID(42).String()); err != nil || b != 42 {
		t.Error("a batch id does not come back")
	}
}

func TestBases(t *testing.T) {
	var got []string
	for _, b := range cdp.Bases() {
		got = append(got, b.Article())
	}
	if want := "Art. 6(1)(a) Art. 6(1)(b) Art. 6(1)(c) Art. 6(1)(d) Art. 6(1)(e) Art. 6(1)(f)"; strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
	if cdp.BasisKind("").Article() != "" {
		t.Error("no basis has an article")
	}
}

func TestConsentStates(t *testing.T) {
	for _, s := range cdp.ConsentStates() {
		if s.ValidForProcessing() && s.Restrictive() {
			t.Errorf("%s says yes and no", s)
		}
	}
	for _, s := range []cdp.ConsentState{cdp.NoStatement, cdp.ConsentUnreadable, cdp.ConsentRequested, cdp.ConsentPending} {
		if s.ValidForProcessing() || s.Restrictive() {
			t.Errorf("%q is an answer", s)
		}
	}
}

func TestReceipt(t *testing.T) {
	r := cdp.Receipt{Rows: 7, Admitted: 1, Quarantined: 1, Refused: 1, Unchanged: 1, Superseding: 1, Rejected: 1, Dropped: 1,
		Notes: []cdp.Note{{Code: "a", Count: 1}}}
	if !r.Balanced() {
		t.Error("every row is counted once, and it does not balance")
	}
	sum := r
	sum.Notes = append([]cdp.Note(nil), r.Notes...)
	sum.Add(cdp.Receipt{Rows: 1, Notes: []cdp.Note{{Code: "a", Count: 2}, {Code: "b", Count: 1}}})
	if sum.Balanced() {
		t.Error("a row is missing, and it balances")
	}
	if len(sum.Notes) != 2 || sum.Notes[0].Count != 3 {
		t.Errorf("notes: %+v", sum.Notes)
	}
}

// TestSpecialOf: a data category says itself that it is a special one, with all
// that is part of it and nothing that only begins like it.
func TestSpecialOf(t *testing.T) {
	for category, want := range map[string]string{
		"user.health": "health", "user.health.blood": "health", "user.health_and_medical.insurance": "health", "user.healthy": "",
		"user.biometric": "biometric", "user.biometric_health": "health", "user.demographic.religious_belief": "religion",
		"user.criminal_history": "criminal", "user.demographic": "", "user.name": "", "": "",
	} {
		if got := cdp.SpecialOf(category); got != want {
			t.Errorf("SpecialOf(%q) = %q, want %q", category, got, want)
		}
	}
}
