package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// hostileCard has markup and escapes wherever a source or a register has text.
func hostileCard() cdp.Card {
	const bad = "<script>alert('x')</script>\x1b[31m\u202e&"
	id := cdp.NewIdentifier(cdp.KindEmail, "someone@example.com", [4]byte{1, 2, 3, 4})
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return cdp.Card{Profile: 7, Of: cdp.Ref{Kind: "attribute", ID: bad}, At: day, Label: bad, Value: bad,
		Place:   cdp.Jurisdiction{Country: bad, Controllers: []cdp.Competence{{ID: "x", Name: bad}}},
		Sources: []cdp.CardSource{{Record: 1, Source: bad, System: bad, Owner: bad, File: bad, Batch: 1, Value: bad, Categories: []string{bad}}},
		Links:   []cdp.CardLink{{Record: 1, Anchor: 1, Found: true}},
		Uses: []cdp.CardUse{{Activity: bad, Title: cdp.Words{EN: bad}, Verdict: cdp.Verdict{Allow: true, Rule: bad},
			Evidence: []cdp.Evidence{{Kind: "consent", Endpoint: &id, Notice: bad, Method: bad, Value: bad}}}},
		Recipients: []cdp.CardRecipient{{Recipient: bad, Name: bad, Country: bad, Fields: []string{bad}, At: day}},
		Rights:     []cdp.CardRight{{Title: cdp.Words{EN: bad}, Why: cdp.Words{EN: bad}}},
		Unknown:    []cdp.CardUnknown{{Question: 1, Code: "source.owner", Other: bad}}}
}

func TestCardHTMLEscapes(t *testing.T) {
	var b bytes.Buffer
	if err := CardHTML(&b, hostileCard(), "ro", Options{Reveal: true}); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	for _, no := range []string{"<script", "\x1b", "\u202e", "'x'"} {
		if strings.Contains(out, no) {
			t.Errorf("the page holds %q", no)
		}
	}
	if n := strings.Count(out, "&lt;script&gt;"); n < 10 {
		t.Errorf("%d of the values are there, escaped", n)
	}
	for _, want := range []string{`<html lang="ro">`, "<title>De ce deținem aceasta?</title>", "default-src 'none'"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, pair := range []string{"p", "section", "b", "h2", "span", "body", "html"} {
		if o, c := strings.Count(out, "<"+pair+">")+strings.Count(out, "<"+pair+" "), strings.Count(out, "</"+pair+">"); o != c {
			t.Errorf("%d <%s> and %d </%s>", o, pair, c, pair)
		}
	}
}

func TestCardMasks(t *testing.T) {
	for _, lang := range cdp.Languages() {
		var plain, page, wire bytes.Buffer
		c := hostileCard()
		c.Value, c.Sources[0].Value, c.Label, c.Of.ID = "Secretville", "Secretville", "city", "city"
		c.Uses[0].Evidence[0].Value = "Secretville"
		for _, err := range []error{Card(&plain, c, lang, Options{Width: 60}), CardHTML(&page, c, lang, Options{}), NewJSON(&wire, Options{}).Card(c, lang)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, out := range []string{plain.String(), page.String(), wire.String()} {
			if strings.Contains(out, "Secretville") || strings.Contains(out, "someone@") || strings.ContainsAny(out, "\x1b\u202e") {
				t.Errorf("%s: a value shows: %s", lang, out)
			}
			if !strings.Contains(out, "01020304") {
				t.Errorf("%s: the tag of the endpoint is not there", lang)
			}
		}
	}
}

// TestCardOfEventMasks: the card of an event shows that it has a detail and a
// text, and neither of them.
func TestCardOfEventMasks(t *testing.T) {
	c := hostileCard()
	c.Of, c.Label, c.Value = cdp.Ref{Kind: "touchpoint", ID: "R-0000001/1"}, "order", ""
	c.Part = &cdp.CardPart{Touchpoint: &cdp.Touchpoint{Kind: "order", Channel: "web", Detail: "Secretville 7", Text: "I am Secretville", Record: 1, No: 1}, Now: cdp.Verdict{Rule: "use.contract.ended"}, NoThen: true}
	c.Sources[0].Value = "Secretville 7"
	for _, o := range []Options{{}, {Reveal: true}} {
		var plain, page, wire bytes.Buffer
		for _, err := range []error{Card(&plain, c, "de", o), CardHTML(&page, c, "de", o), NewJSON(&wire, o).Card(c, "de")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, out := range []string{plain.String(), page.String(), wire.String()} {
			if strings.Contains(out, "Secretville") != o.Reveal {
				t.Errorf("revealed %v: %s", o.Reveal, out)
			}
		}
		if !strings.Contains(plain.String(), "Ereignis: web order") || !strings.Contains(plain.String(), "nicht erlaubt – der Vertrag ist beendet") {
			t.Errorf("%s", plain.String())
		}
	}
}
