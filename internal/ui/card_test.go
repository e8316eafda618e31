package ui

import "testing"

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
	d.press("6", "w").sees("Card of P-0042117").press("esc")
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
