package report

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// bell is what a terminal must not be told, in a text that names nobody.
const bell = "\x1b[2J"

func sharePlan() cdp.SharePlan {
	return cdp.SharePlan{Ask: cdp.Ask{Recipient: "mailer", Purpose: "newsletter", Channel: "email", Segment: "city:" + bell}, At: at("2026-08-24T00:00:00Z"), Register: strings.Repeat("ab", 32),
		Profiles: 3, Records: 9, Allowed: 1, Denied: 2, Digest: strings.Repeat("cd", 32),
		Rules:  []cdp.RuleCount{{Outcome: cdp.FieldDenied, Rule: "share.consent.withdrawn", Article: "Art. 7(3)", Reason: "No.", Count: 2, Examples: []cdp.ProfileID{7, 9}}},
		Fields: []cdp.RuleCount{{Outcome: cdp.FieldStripped, Field: "birth_date", Rule: "share.minimised", Article: "Art. 5(1)(c), 25", Count: 1, Examples: []cdp.ProfileID{7}}}}
}

func disclosures() []cdp.Disclosure {
	return []cdp.Disclosure{{Profile: 7, Verdict: yesVerdict(), Fields: []cdp.FieldVerdict{{Field: "email", Verdict: yesVerdict(), Records: []cdp.RecordID{1}, Values: []cdp.Value{mail}},
		{Field: "birth_date", Outcome: cdp.FieldStripped, Verdict: noVerdict(), Records: []cdp.RecordID{1, 2}}}}, {Profile: 9, Verdict: noVerdict()}}
}

func shareRuns() []cdp.ShareRun {
	return []cdp.ShareRun{{ID: 3, Ask: sharePlan().Ask, State: cdp.RunPrepared, Format: "csv", To: "out " + bell, By: "olga", Reason: "letter " + bell, Begun: at("2026-08-24T00:00:00Z"), Lines: 3, Allowed: 1, Denied: 2}, {}}
}

func shareLines() []cdp.ShareLine {
	return []cdp.ShareLine{{Run: 3, Line: 1, Profile: 7, Recipient: "mailer", Purpose: "newsletter", At: at("2026-08-24T00:00:00Z"), Allow: true, Rule: "share.consent.given", Fields: []string{"email"}, Records: []cdp.RecordID{1}, State: cdp.RunPrepared}, {Run: 3, Line: 2}}
}

func notifications() []cdp.Notification {
	return []cdp.Notification{{ID: 4, About: "a3a64ea6-75da-8ae4-a56e-939efff96829", Recipient: "mailer", Purpose: "newsletter", Cause: cdp.CauseWithdrawal, Subject: ident(cdp.KindEmail, mail, 1), Row: cdp.Row{Source: "shop", Key: "o1"},
		Record: 1, Profile: 7, Fields: []string{"email", "given_name"}, Share: "S-000003-0000001", Shared: at("2026-08-24T00:00:00Z"), Event: at("2026-08-25T00:00:00Z"), Rule: "consent withdrawn", Made: at("2026-08-25T00:00:00Z"), State: cdp.NoticeSent,
		Steps: []cdp.NoticeStep{{State: cdp.NoticeSent, At: at("2026-08-25T00:00:00Z"), By: "olga", Reason: bell}}}, {}}
}

func drift() cdp.DriftReport {
	return cdp.DriftReport{At: at("2026-08-27T00:00:00Z"), More: 2, Targets: []cdp.DriftTarget{{Recipient: "mailer", Name: "Mailer", Purpose: "newsletter", Notices: 3, InStep: 1, Behind: 2, After: 1, Oldest: 49 * time.Hour, Latency: time.Hour}},
		Items: []cdp.Drift{{Notice: notifications()[0], Holds: true, Open: 49 * time.Hour, Acked: &cdp.Known{Cause: cdp.CauseObjection, Event: at("2026-08-20T00:00:00Z"), At: at("2026-08-21T00:00:00Z"), Notice: 2},
			After: []cdp.Share{{Recipient: "mailer", Purpose: "newsletter", At: at("2026-08-26T00:00:00Z"), Fields: []string{"email"}, Mode: "run", Record: 1}}}}}
}

func shareTexts() []rendering {
	return []rendering{
		{"shareplan", func(w io.Writer, o Options) error { return SharePlan(w, sharePlan(), o) }},
		{"disclosure", func(w io.Writer, o Options) error { return Disclosures(w, page1(disclosures()[:1]), o) }},
		{"disclosures", func(w io.Writer, o Options) error { return Disclosures(w, page1(disclosures()), o) }},
		{"shareruns", func(w io.Writer, o Options) error { return ShareRuns(w, page1(shareRuns()), o) }},
		{"sharelines", func(w io.Writer, o Options) error { return ShareLines(w, shareRuns()[0], page1(shareLines()), o) }},
		{"notices", func(w io.Writer, o Options) error { return Notices(w, page1(notifications()), o) }},
		{"acks", func(w io.Writer, o Options) error {
			return Acks(w, cdp.AckResult{Lines: 3, Changed: 1, Repeated: 1, Unknown: []int{3}}, o)
		}},
		{"drift", func(w io.Writer, o Options) error { return Drift(w, drift(), o) }},
	}
}

// TestPayload: each format of what leaves, with values that must not run.
func TestPayload(t *testing.T) {
	l := cdp.PayloadLine{Ref: "S-000001-0000001", Seq: 42, Ask: sharePlan().Ask, At: at("2026-04-20T10:00:00Z"), Controller: "acme", Special: true, Fields: []cdp.PayloadField{
		{Name: "email", Identifier: true, Values: []cdp.Value{"a@b.de", "c@d.de"}}, {Name: "given_name", Values: []cdp.Value{"=1+1\x1b[2J"}}}}
	for format, want := range map[string][]string{
		PayloadNDJSON:      {`"ref":"S-000001-0000001"`, `"email":["a@b.de","c@d.de"]`, `\u001b[2J`},
		PayloadCSV:         {"S-000001-0000001,", "a@b.de; c@d.de", "'=1"},
		PayloadOpenDSR:     {`"identity_type":"email","identity_value":"a@b.de","identity_format":"raw"`, `"regulation":"gdpr"`, `"given_name":["=1+1`},
		PayloadCloudEvents: {`"specversion":"1.0"`, `"sequence":"00000000000000000042"`, `"dataclassification":"confidential"`, `"datacategory":"special-category"`, `"source":"/cdp/acme"`},
	} {
		p, err := NewPayload(format, []string{"email", "given_name"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.Line(l)
		again, _ := p.Line(l)
		if err != nil || string(b) != string(again) || strings.Count(string(b), "\n") != 1 {
			t.Errorf("%s: %q, %v", format, b, err)
		}
		for _, w := range want {
			if !strings.Contains(string(b), w) {
				t.Errorf("%s: no %s in %s", format, w, b)
			}
		}
		if strings.ContainsRune(string(b), 0x1b) {
			t.Errorf("%s: a terminal would obey %q", format, b)
		}
		if format != PayloadCSV && !json.Valid(b) {
			t.Errorf("%s is no JSON: %s", format, b)
		}
	}
	if _, err := NewPayload(PayloadCSV, nil); err == nil {
		t.Error("CSV without columns")
	}
	if p, _ := NewPayload(PayloadCSV, []string{"email"}); p != nil {
		if _, err := p.Line(l); err == nil {
			t.Error("a field without a column is left out in silence")
		}
	}
}

// TestNoticeFormats: what OpenDSR can not say it does not say.
func TestNoticeFormats(t *testing.T) {
	n := cdp.NoticeLine{Notification: notifications()[0], Identities: []cdp.Identifier{ident(cdp.KindEmail, mail, 1), ident(cdp.KindRecord, "shop:1", 2)}}
	for _, format := range NoticeFormats() {
		b, said, err := Notice(n, format)
		if err != nil || !said || !strings.Contains(string(b), n.About) || !strings.Contains(string(b), mail) || strings.Contains(string(b), "shop:1") {
			t.Errorf("%s: %s %v", format, b, err)
		}
	}
	n.Cause = cdp.CauseCorrection
	if _, said, _ := Notice(n, PayloadOpenDSR); said {
		t.Error("OpenDSR says a correction")
	}
}
