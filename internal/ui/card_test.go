package ui

import (
	"strings"
	"testing"
)

// From a value to its card, in each language, and back.
func TestCardAnswers(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "card?P-0042117&of=attribute%3Acity")
	d.sees("Why do we have this?", "Recipients", "Retention", "Unknown", "country of the person: DE", "1 unknown")
	d.press("down").sees("R-0001188 shop.de", "line: 41 (row 40)", "? owner: unknown")
	d.press("down", "down").sees("Order handling (order.fulfilment)", "the contract is open", "General terms 2024-01")
	d.press("A").sees("Abwicklung von Bestellungen (order.fulfilment)", "der Vertrag läuft", "3. Wofür und auf welcher Rechtsgrundlage?", "Empfänger")
	d.press("A").sees("Gestionarea comenzilor", "Drepturile")
	d.press("A").sees("Sipariş yönetimi", "Alıcılar")
	d.press("A").sees("Order handling (order.fulfilment)")
	d.press("G").sees("who answers for the source (R-0001188, shop.de)")
	if n := f.count("Card"); n != 1 {
		t.Errorf("the card was read %d times", n)
	}
	d.press("u").sees("[1 Overview]")
}

// The key for it is the same on every value.
func TestCardFromValues(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=2")
	d.press("w").sees("Card of email#").press("esc").sees("Why it links")
	d.press("4", "w").sees("Card of").press("esc")
	d.press("1", "w").sees("Why do we have this?").press("esc")
	d.press("3", "w").sees("event: web cart.abandoned", "as known on that day: allowed – the contract is open", "x now: not allowed – the contract ended").misses("gnp.exe").press("esc")
	d.press("5", "w").sees("used for: Order handling (order.fulfilment)").press("esc")
	d.press("6", "w").sees("sent to: Mailhaus", "not said, so it may be everything", "the person withdrew the consent").press("esc")
	d.press("t", "w").sees("Why do we have this?").press("esc")
	d.press("W").sees("How it came to be")
	d.command("card R-0001188").sees("Card of R-0001188", "Why do we have this?")
	d.command("card P-0042117 city").sees("Card of city")
	d.command("record R-0001188").press("w").sees("Why do we have this?")
}

// What is shown in clear was revealed with a reason.
func TestCardReveals(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "card?P-0042117&of=identifier%3Aemail%2300aa11bb")
	d.misses("m.weiss@")
	d.press("m").typed("case 2026-017").press("enter").sees("m.weiss@lindenhof.test")
}

// Every row that is about a value, an event, a use, a disclosure or a record
// leads to the card of just that.
func TestCardOfEveryRow(t *testing.T) {
	for open, want := range map[string]string{
		"profile?P-0042117&tab=2": "P-0042117 identifier:", "profile?P-0042117&tab=3": "P-0042117 touchpoint:R-0001188/1", "profile?P-0042117&tab=4": "P-0042117 identifier:",
		"profile?P-0042117&tab=5": "P-0042117 use:R-0001188/orders", "profile?P-0042117&tab=6": "P-0042117 share:R-0001189/1",
		"trace?P-0042117&of=identifier%3Aemail%2300aa11bb": "P-0042117 identifier:email#", "where?P-0042117&of=attribute%3Acity": "P-0042117 attribute:city",
		"view-as?P-0042117&of=letterwing&at=1": "P-0042117 attribute:birth_date", "journey?P-0042117&at=1": "P-0042117 touchpoint:R-0001189/1",
		"basis?P-0042117&of=newsletter": "P-0042117 use:R-0001188/", "lens?P-0042117&of=newsletter": "R-0001188 ", "members?P-0042117": "R-",
		"quarantine": "R-", "history?P-0042117": "R-", "record?R-0001188": "P-0042117 ", "graph?P-0042117&tab=2": "P-", "lawful": "R-", "why?P-0042117&of=P-0042118": "R-",
		"finding?SHARE_AFTER_WITHDRAWAL": "R-",
	} {
		d := drive(t, 120, 40, newFake(), open)
		d.press("w")
		a := d.m.trail.top().Address()
		if got := a.Object + " " + a.Of; a.Screen != "card" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: w leads to %s of %s, want %s", open, a.Screen, got, want)
		}
	}
}
