package graph

import (
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// TestConsentFlags: how a statement was made comes back as it was, and what a
// store of before wrote reads as it did.
func TestConsentFlags(t *testing.T) {
	for _, speaker := range speakers {
		for i := range 32 {
			in := cdp.Consent{State: cdp.ConsentGiven, PreTicked: i&1 != 0, Explicit: i&2 != 0, Bundled: i&4 != 0, Conditional: i&8 != 0, Speaker: speaker}
			if i&16 != 0 {
				in.By = "officer"
			}
			var w layout.Writer
			encodeConsent(&w, &in)
			var out cdp.Consent
			r := layout.Reader{B: w.B}
			decodeConsent(&r, &out)
			if r.Err() != nil || !r.Done() || out != in {
				t.Errorf("%+v came back as %+v (%v)", in, out, r.Err())
			}
		}
	}
	for c, want := range map[cdp.Consent]byte{{}: 0, {PreTicked: true}: 1} {
		if got := flagsOf(&c); got != want {
			t.Errorf("what was written as %d is %d now", want, got)
		}
	}
}
