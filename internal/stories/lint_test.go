package stories

import (
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// The lint finds what is wrong on purpose: the gaps of the register, and the
// stories of what should not have happened.
func TestLintFindsTheGapsAndTheStories(t *testing.T) {
	w, _ := loaded(t)
	r, err := w.desk.Lint(t.Context(), cdp.LintFilter{Refs: 200}, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]cdp.Finding{}
	for _, f := range r.Findings {
		found[f.ID] = f
		for _, x := range f.Refs {
			if text := strings.Join(x.Facts, " ") + x.Ref.ID; strings.Contains(text, "@") {
				t.Errorf("%s: the evidence holds an address", f.ID)
			}
		}
	}
	record := func(source, key string) cdp.Ref {
		return cdp.Ref{Kind: "record", ID: w.record(t, source, key).Record.ID.String()}
	}
	for _, c := range []struct {
		rule  string
		about cdp.Ref
		fact  string
	}{
		// The gaps that testdata/register.yaml marks.
		{"TRANSFER_NO_TOOL", cdp.Ref{Kind: "recipient", ID: "adserver"}, "country=US"},
		{"PROCESSOR_NO_CONTRACT", cdp.Ref{Kind: "recipient", ID: "druckhaus"}, "contract=none"},
		{"LI_WITHOUT_LIA", cdp.Ref{Kind: "activity", ID: "prospects.mail"}, "balancing test=none"},
		{"SOURCE_UNDECLARED", cdp.Ref{Kind: "source", ID: "store.wlan"}, "categories=user.device.device_id"},
		{"SOURCE_NO_NOTICE", cdp.Ref{Kind: "source", ID: "kiosk.visits"}, "notice=none"},
		{"SOURCE_NO_NOTICE", cdp.Ref{Kind: "source", ID: "broker.list"}, "notice=none"},
		{"SOURCE_INCOMPLETE", cdp.Ref{Kind: "source", ID: "kiosk.visits"}, "not said=department, region, direction, sync"},
		{"REGISTER_INCOMPLETE", cdp.Ref{Kind: "controller", ID: "wohnen"}, "not said=authority"},
		{"REGISTER_INCOMPLETE", cdp.Ref{Kind: "activity", ID: "segments.build"}, "not said=automated"},
		{"REGISTER_INCOMPLETE", cdp.Ref{Kind: "purpose", ID: "prospects"}, "not said=notice"}, // nobody tells those on the bought list
		{"BIRTH_UNREADABLE", cdp.Ref{}, "birth date=unreadable"},                              // 31 April
		// What is drawn from them.
		{"DECLARED_UNSEEN", cdp.Ref{Kind: "activity", ID: "prospects.mail"}, "basis=legitimate_interest"},
		{"ROPA_DRIFT", cdp.Ref{Kind: "source", ID: "ad.audiences"}, "recipient=klickpartner"},
		{"ROPA_DRIFT", cdp.Ref{Kind: "source", ID: "loyalty.cards"}, "category=user.demographic.children"},
		{"COLLECTED_NEVER_USED", cdp.Ref{Kind: "source", ID: "voice.assistant"}, "category=user.location.precise"},
		// The broker's list: bought, nobody told, health among it.
		{"NO_BASIS", record("broker.list", "AX-33010"), "rule=hold.legitimate_interest.unbalanced"},
		{"NOT_INFORMED", record("broker.list", "AX-33010"), "informed=never"},
		// The card whose box was ticked beforehand.
		{"CONSENT_PRETICKED", cdp.Ref{}, "purpose=profile"},
		{"CONSENT_UNREADABLE", cdp.Ref{}, "state=unreadable"},
	} {
		f := found[c.rule]
		if !slices.ContainsFunc(f.Refs, func(x cdp.FindingRef) bool {
			return (c.about == cdp.Ref{} || x.Ref == c.about) && slices.ContainsFunc(x.Facts, func(s string) bool { return strings.HasPrefix(s, c.fact) })
		}) {
			t.Errorf("%s does not tell of %v %s", c.rule, c.about, c.fact)
		}
	}
	for rule, n := range map[string]int{"SOURCE_NO_NOTICE": 2, "SOURCE_INCOMPLETE": 1, "REGISTER_INCOMPLETE": 3, "BIRTH_UNREADABLE": 1, "SOURCE_SILENT": 0} {
		if found[rule].Open != n {
			t.Errorf("%s: %d, want the %d that are marked", rule, found[rule].Open, n)
		}
	}
	// Two mails went out after their readers had withdrawn, and only those two.
	for _, rule := range []string{"SHARE_AFTER_WITHDRAWAL", "USE_AFTER_WITHDRAWAL"} {
		f := found[rule]
		var whose []cdp.ProfileID
		for _, x := range f.Refs {
			whose = append(whose, x.Profile)
		}
		lena, _ := w.carriers(t, lena)
		emre, _ := w.carriers(t, emre)
		if f.Open != 2 || !slices.ContainsFunc(whose, func(p cdp.ProfileID) bool { return slices.Contains(lena, p) }) ||
			!slices.ContainsFunc(whose, func(p cdp.ProfileID) bool { return slices.Contains(emre, p) }) {
			t.Errorf("%s: %d, of %v", rule, f.Open, whose)
		}
	}
	// Adverts without leave: somebody was uploaded who never agreed.
	if f := found["SHARE_NO_BASIS"]; f.Open == 0 || f.Sources[0].Source != "ad.audiences" {
		t.Errorf("SHARE_NO_BASIS: %+v", f.Sources)
	}
	if f := found["SHARE_NO_TOOL"]; f.Open == 0 || slices.ContainsFunc(f.Refs, func(x cdp.FindingRef) bool { return !slices.Contains(x.Facts, "recipient=adserver") }) {
		t.Errorf("SHARE_NO_TOOL: %+v", f.Refs)
	}
	// One login for two companies: both sides of it are named.
	if f := found["SSO_LINK"]; f.Open < 2 || !slices.Contains(f.Refs[0].Facts, "controllers=lindenhof, wohnen") {
		t.Errorf("SSO_LINK: %+v", f)
	}
	if f := found["ART9_CONDITION_MISSING"]; len(f.Sources) != 1 || f.Sources[0].Source != "broker.list" {
		t.Errorf("health data: %+v; the first aid book has a condition", f.Sources)
	}
	// The assistant keeps only places that were agreed to; one was on a notice
	// that has changed since, so the person has to be asked again.
	if f := found["LOCATION_NO_CONSENT"]; f.Open != 1 || f.Refs[0].Ref.ID == "" {
		t.Errorf("locations without consent: %+v", f)
	}
	if r.Records+r.Quarantined < 700 || r.Open(cdp.High) == 0 || r.Open(cdp.Notice) < r.Open(cdp.High) {
		t.Errorf("%d records, %d in quarantine", r.Records, r.Quarantined)
	}
}
