package ui

import (
	"context"
	"errors"
	"strings"

	"cdp-tui/internal/cdp"
)

// fakeInstructions are what a fakeDesk was told to record.
type fakeInstructions struct {
	previewed, recorded []cdp.Instruction
	stale               bool
	wishes              bool // the profile has some
}

func fakeWishes() []cdp.Preferring {
	e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
	no := cdp.Preference{Endpoint: e, Controller: "Lindenhof Moden", Channel: "sms", Topic: "garden", Wish: cdp.Unwanted, Frequency: "P1W", Quiet: cdp.Quiet{From: 1260, To: 420, Zone: "Europe/Berlin"},
		Language: "de", At: ago(9 * day), Method: "call", Proof: "call C-118", By: "dpo", Source: cdp.OfficerSource}
	return []cdp.Preferring{
		{Endpoint: e, Controller: "Lindenhof Moden", Wish: cdp.Wanted, Since: ago(90 * day), Events: []cdp.Preference{{Endpoint: e, Wish: cdp.Wanted, At: ago(90 * day), Source: "centre", Method: hostile, Record: 1188}}},
		{Endpoint: e, Controller: "Lindenhof Moden", Channel: "sms", Topic: "garden", Wish: cdp.Unwanted, Since: ago(9 * day), Frequency: "P1W", Quiet: no.Quiet, Language: "de", Conflict: true, Events: []cdp.Preference{no}}}
}

func (f *fakeDesk) PreviewInstruction(ctx context.Context, in cdp.Instruction) (cdp.InstructionEffect, error) {
	f.mu.Lock()
	f.instructed.previewed = append(f.instructed.previewed, in)
	f.mu.Unlock()
	e := cdp.InstructionEffect{Carriers: 3, Changed: 2, Profiles: fakeEffect("5e1f"), Digest: strings.Repeat("5e1f", 16),
		Purposes:   []cdp.PurposeEffect{{Purpose: "newsletter", Activity: "newsletter.send", Before: 2, Why: "the person withdrew the consent: " + hostile}},
		Records:    []cdp.RecordEffect{{Record: 1188, Source: "shop.orders", Lost: []cdp.ActivityID{"newsletter.send"}}, {Record: 1189, Source: "newsletter", After: cdp.HeldApart}},
		Recipients: []cdp.Downstream{{Recipient: "Mailhaus " + hostile, Purpose: "newsletter", Count: 4, Last: ago(3 * day)}}}
	return e, f.call(ctx, "PreviewInstruction")
}

func (f *fakeDesk) Instruct(ctx context.Context, in cdp.Instruction, digest string) (cdp.InstructionEffect, error) {
	if err := f.call(ctx, "Instruct"); err != nil {
		return cdp.InstructionEffect{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.instructed.stale || digest != strings.Repeat("5e1f", 16) {
		return cdp.InstructionEffect{}, errors.New("nothing was done: the data changed since the preview")
	}
	f.instructed.recorded = append(f.instructed.recorded, in)
	return cdp.InstructionEffect{}, nil
}
