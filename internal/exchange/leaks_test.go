package exchange_test

import (
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
)

// TestNoLeak: what the random histories found where a format, or what is lost
// of it, would have permitted more than the person did.
func TestNoLeak(t *testing.T) {
	c := canon(t)
	reg, err := policy.Parse("register.yaml", []byte(register))
	if err != nil {
		t.Fatal(err)
	}
	at, _ := c.Canon(cdp.KindEmail, "ana.weber@post-lindenau.de", ident.Options{})
	say := func(p cdp.PurposeID, ch cdp.Channel, s cdp.ConsentState, days int) cdp.Consent {
		return cdp.Consent{Endpoint: at, Controller: "lindenhof", Purpose: p, Channel: ch, State: s, At: now.AddDate(0, 0, -days), Notice: "NL-2", Method: "form"}
	}
	old := say("newsletter", "", cdp.ConsentGiven, 300)
	old.Notice = "NL-1"
	other := say("newsletter", "", cdp.ConsentGiven, 10)
	other.Controller = "wohnen"
	late := say("profile", "", cdp.ConsentGiven, 800)
	late.Expires = now.AddDate(1, 0, 0)
	bare := say("profile", "", cdp.ConsentGiven, 10)
	bare.Method, bare.Notice = "", ""
	undated := say("newsletter", "", cdp.ConsentGiven, 0)
	undated.At = time.Time{}
	for _, tt := range []struct {
		name, format string
		terms        policy.Terms
		said         []cdp.Consent
		denied       cdp.Channel
	}{
		{"a consent on a notice that has changed, with its history", "dpv", policy.Terms{Register: reg}, []cdp.Consent{old}, ""},
		{"a consent to another controller", "segment", policy.Terms{}, []cdp.Consent{other, say("profile", "web", cdp.ConsentRefused, 10), say("offers", "web", cdp.ConsentRefused, 10)}, ""},
		{"a consent that the register lets end before its own end", "unomi", policy.Terms{Register: reg}, []cdp.Consent{late}, ""},
		{"a consent that the register lets end, with its history", "dpv", policy.Terms{Register: reg}, []cdp.Consent{late}, ""},
		{"a child's consent, with its history", "dpv", policy.Terms{Register: reg, Born: now.AddDate(-12, 0, 0), Country: "DE"}, []cdp.Consent{say("newsletter", "", cdp.ConsentGiven, 10)}, ""},
		{"a younger yes to one purpose of direct marketing, an older no to another over e-mail", "xdm", policy.Terms{}, []cdp.Consent{say("offers", "", cdp.ConsentGiven, 10), say("newsletter", "email", cdp.ConsentRefused, 20)}, "email"},
		{"a later no to all purposes, which no format has", "unomi", policy.Terms{}, []cdp.Consent{say("newsletter", "", cdp.ConsentGiven, 20), say("", "", cdp.ConsentObjected, 10)}, ""},
		{"the same, with its history", "dpv", policy.Terms{}, []cdp.Consent{say("newsletter", "", cdp.ConsentGiven, 20), say("", "", cdp.ConsentObjected, 10)}, ""},
		{"a no to all purposes over e-mail, and a younger yes over all channels", "didomi", policy.Terms{}, []cdp.Consent{say("newsletter", "", cdp.ConsentGiven, 10), say("", "email", cdp.ConsentRefused, 20)}, ""},
		{"a consent without a date, dated by the export", "xdm", policy.Terms{}, []cdp.Consent{undated}, ""},
	} {
		p := exchange.Person{Profile: "P-0000007", At: now, Controller: "lindenhof", Standings: tt.terms.Standings(tt.said, now), Purposes: purposes}
		preset, err := ingest.LoadPreset(presets[tt.format])
		if err != nil {
			t.Fatal(err)
		}
		doc, losses, err := exchange.Export(tt.format, p)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := back(t, c, preset, doc)
		for _, s := range got {
			if s.State.ValidForProcessing() && (tt.denied == "" || s.Channel == tt.denied) {
				t.Errorf("%s: %s came back as %s\n%s", tt.name, s.Purpose, s.State, doc)
			}
		}
		if tt.format != "dpv" && len(losses) == 0 {
			t.Errorf("%s: no loss is told", tt.name)
		}
	}

	preset, err := ingest.LoadPreset(presets["kantara"])
	if err != nil {
		t.Fatal(err)
	}
	doc, _, err := exchange.Export("kantara", exchange.Person{Profile: "P-0000007", At: now, Standings: policy.Standings([]cdp.Consent{bare}, now), Purposes: purposes})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := back(t, c, preset, doc); len(got) != 1 || strings.Join(got[0].Missing, " ") != "notice method language" {
		t.Errorf("a consent without evidence came back with some: %+v", got)
	}

	wanted := []cdp.Preference{{Endpoint: at, Controller: "lindenhof", Channel: "email", Wish: cdp.Wanted, At: now.AddDate(0, 0, -20)}, {Endpoint: at, Controller: "lindenhof", Wish: cdp.Unwanted, At: now.AddDate(0, 0, -10)}}
	preset, err = ingest.LoadPreset(presets["didomi"])
	if err != nil {
		t.Fatal(err)
	}
	doc, losses, err := exchange.Export("didomi", exchange.Person{Profile: "P-0000007", At: now, Wishes: policy.Preferring(wanted, now), Purposes: purposes})
	if err != nil {
		t.Fatal(err)
	}
	if _, stated := back(t, c, preset, doc); len(stated) != 0 || len(losses) != 2 {
		t.Errorf("a wish that a later no overrides, where that no can not be written: %+v, losses %+v", stated, losses)
	}
}
