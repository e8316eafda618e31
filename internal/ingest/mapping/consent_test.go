package mapping_test

import (
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

const segmentLike = `
version: 1
source: { id: web.events }
read: { format: ndjson, layouts: [rfc3339] }
record: { key: { col: id } }
identifiers:
  - { kind: email, from: { col: email }, link: strong }
  - { kind: phone, from: { col: phone }, link: weak }
consents:
  - each: 'entries(consent?.categories)'
    purpose: { expr: '"web." + it.key' }
    state: { expr: 'it.value', map: { "true": given, "false": refused } }
    time: { from: { col: at } }
  - when: 'col("flag") != "skip"'
    purpose: newsletter
    channel: { expr: 'text(channel)' }
    state: { col: flag, map: { "yes": given, "no": refused, "later": none } }
    expires: { from: { col: until } }
    pre_ticked: 'ticked == true'
`

// TestThreeInputsOfConsent: no statement, an empty one and an explicit one are
// three things (gdpr.md 5.1).
func TestThreeInputsOfConsent(t *testing.T) {
	m := load(t, segmentLike)
	tests := []struct {
		name, row string
		want      string // purpose=state@kind of endpoint, joined by blanks
		notes     int
	}{
		{"nothing stated", `{"id":"1"}`, "", 0},
		{"null is nothing", `{"id":"1","consent":null,"flag":null}`, "", 0},
		{"no categories", `{"id":"1","consent":{}}`, "", 0},
		{"empty object agrees to nothing", `{"id":"1","consent":{"categories":{}}}`, "*=empty@record", 0},
		{"explicit", `{"id":"1","consent":{"categories":{"b":false,"a":true}}}`, "web.a=given@record web.b=refused@record", 0},
		{"unlisted value", `{"id":"1","consent":{"categories":{"a":"maybe"}}}`, "web.a=unreadable@record", 1},
		{"null choice", `{"id":"1","consent":{"categories":{"a":null}}}`, "", 0},
		{"empty flag", `{"id":"1","flag":""}`, "newsletter=empty@record", 0},
		{"listed as no statement", `{"id":"1","flag":"later"}`, "", 0},
		{"left out by when", `{"id":"1","flag":"skip"}`, "", 0},
		{"unlisted flag", `{"id":"1","flag":"YES"}`, "newsletter=unreadable@record", 1},
		{"at the e-mail", `{"id":"1","flag":"yes","email":"anna@lindenhof-mail.de","phone":"+491711234567"}`, "newsletter=given@email", 0},
		{"at the phone, for its channel", `{"id":"1","flag":"yes","email":"anna@lindenhof-mail.de","phone":"+491711234567","channel":"sms"}`, "newsletter=given@phone", 0},
		{"not at a placeholder", `{"id":"1","flag":"yes","email":"test@test.com","phone":"+491711234567"}`, "newsletter=given@phone", 1},
	}
	for _, tt := range tests {
		o := run(t, m, "x.ndjson", tt.row+"\n")
		if len(o.records) != 1 {
			t.Errorf("%s: rejected: %+v", tt.name, o.rejects)
			continue
		}
		var got []string
		for _, c := range o.records[0].Consents {
			got = append(got, string(c.Purpose)+"="+string(c.State)+"@"+string(c.Endpoint.Kind()))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
		if len(o.notes) != tt.notes {
			t.Errorf("%s: notes %+v, want %d", tt.name, o.notes, tt.notes)
		}
	}
}

// TestTCStrings: a column of TC strings becomes a consent or refusal for each
// purpose; a broken one is unreadable, and a string under old policies ends when
// they did.
func TestTCStrings(t *testing.T) {
	m := load(t, head+"consents:\n  - each: 'tcf(tc)'\n    purpose: { expr: it.purpose }\n    state: { expr: it.state }\n"+
		"    time: { from: { expr: it.time }, layouts: [rfc3339] }\n    expires: { from: { expr: it.until }, layouts: [rfc3339] }\n    regulation: gdpr\n")
	o := run(t, m, "x.csv", "id,tc\n1,CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA\n2,nonsense\n3,\n")
	if len(o.records) != 3 {
		t.Fatalf("rejected: %+v", o.rejects)
	}
	first := o.records[0].Consents
	if len(first) != 13 || first[0].Purpose != "tcf.1" || first[0].State != cdp.ConsentRefused || first[0].At.Year() != 2022 || first[0].Expires.Format("2006-01-02") != "2023-10-01" {
		t.Errorf("%d events, the first %+v", len(first), first[0])
	}
	if broken := o.records[1].Consents; len(broken) != 1 || broken[0].State != cdp.ConsentUnreadable || broken[0].Purpose != "*" {
		t.Errorf("a broken string: %+v", broken)
	}
	if len(o.records[2].Consents) != 0 {
		t.Errorf("none: %+v", o.records[2].Consents)
	}
}

func TestConsentDetails(t *testing.T) {
	o := run(t, load(t, segmentLike), "x.ndjson", `{"id":"7","flag":"yes","until":"2027-01-01T00:00:00+01:00","ticked":true}`+"\n"+`{"id":"8","flag":"yes","until":"soon"}`+"\n")
	if len(o.records) != 1 || len(o.rejects) != 1 {
		t.Fatalf("%d records, %d rejects", len(o.records), len(o.rejects))
	}
	c := o.records[0].Consents[0]
	if !c.PreTicked || c.Expires.Format("2006-01-02T15") != "2026-12-31T23" || c.Endpoint.Reveal() != "web.events:7" || !c.At.IsZero() {
		t.Errorf("consent %+v at %q", c, c.Endpoint.Reveal())
	}
	if r := o.rejects[0]; r.Code != "time.layout" || r.Field != "until" {
		t.Errorf("a time of a consent that can not be read must reject the row: %+v", r)
	}
}

func TestStateWithoutMap(t *testing.T) {
	m := load(t, head+"consents:\n  - { purpose: newsletter, state: { col: s } }\n")
	o := run(t, m, "x.csv", "id,s\n1,given\n2,withdrawn\n3,yes\n4,\n5,none\n")
	var got []cdp.ConsentState
	for _, r := range o.records {
		for _, c := range r.Consents {
			got = append(got, c.State)
		}
	}
	want := []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentUnreadable}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("states %v, want %v", got, want)
	}
}

// TestHowAConsentWasGiven: whether a consent was express, bundled, tied to a
// service, and who gave it, from a column, a constant or an expression. What
// can not be read is noted and counts as what permits less.
func TestHowAConsentWasGiven(t *testing.T) {
	m := load(t, head+`consents:
  - purpose: newsletter
    state: given
    explicit: { col: type, map: { EXPLICIT: "true", IMPLICIT: "false" } }
    bundled: { col: bundled }
    conditional: { expr: 'text(tied) == "yes"' }
    speaker: { col: who, map: { P: parent, G: guardian, A: agent, S: person } }
  - { purpose: health, state: given, explicit: true, speaker: guardian }
`)
	tests := []struct {
		row   string
		want  cdp.Consent
		notes int
	}{
		{"1,EXPLICIT,false,no,S", cdp.Consent{Explicit: true}, 0},
		{"2,IMPLICIT,true,yes,P", cdp.Consent{Bundled: true, Conditional: true, Speaker: cdp.ByParent}, 0},
		{"3,,,,", cdp.Consent{}, 0},
		{"4,EXPLICIT,false,,G", cdp.Consent{Explicit: true, Speaker: cdp.ByGuardian}, 0},
		{"5,EXPLICIT,false,,A", cdp.Consent{Explicit: true, Speaker: cdp.ByAgent}, 0},
		{"6,true,maybe,,guardian", cdp.Consent{Bundled: true}, 3},
	}
	for _, tt := range tests {
		o := run(t, m, "x.csv", "id,type,bundled,tied,who\n"+tt.row+"\n")
		if len(o.records) != 1 || len(o.records[0].Consents) != 2 {
			t.Fatalf("%s: %+v %+v", tt.row, o.records, o.rejects)
		}
		got, other := o.records[0].Consents[0], o.records[0].Consents[1]
		if got.Explicit != tt.want.Explicit || got.Bundled != tt.want.Bundled || got.Conditional != tt.want.Conditional || got.Speaker != tt.want.Speaker {
			t.Errorf("%s: %+v", tt.row, got)
		}
		if !other.Explicit || other.Bundled || other.Conditional || other.Speaker != cdp.ByGuardian {
			t.Errorf("%s: constants: %+v", tt.row, other)
		}
		if len(o.notes) != tt.notes {
			t.Errorf("%s: notes %+v, want %d", tt.row, o.notes, tt.notes)
		}
	}
}
