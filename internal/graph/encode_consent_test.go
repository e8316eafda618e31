package graph

import (
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// TestConsentFlags: how a statement was made comes back as it was, and a byte
// that a store of before wrote reads as it did.
func TestConsentFlags(t *testing.T) {
	for _, by := range speakers {
		for i := range 16 {
			in := cdp.Consent{State: cdp.ConsentGiven, PreTicked: i&1 != 0, Explicit: i&2 != 0, Bundled: i&4 != 0, Conditional: i&8 != 0, By: by}
			var w layout.Writer
			encodeConsent(&w, &in)
			var out cdp.Consent
			r := layout.Reader{B: w.B}
			decodeConsent(&r, &out)
			if r.Err() != nil || out != in {
				t.Errorf("%+v came back as %+v (%v)", in, out, r.Err())
			}
		}
	}
	for old, ticked := range map[byte]bool{0: false, 1: true} {
		var c cdp.Consent
		r := layout.Reader{B: []byte{old}}
		if takeFlags(&r, &c); r.Err() != nil || c != (cdp.Consent{PreTicked: ticked}) {
			t.Errorf("the byte %d of before reads as %+v (%v)", old, c, r.Err())
		}
	}
	r := layout.Reader{B: []byte{0xf0}}
	if takeFlags(&r, &cdp.Consent{}); r.Err() == nil {
		t.Error("a speaker nobody knows was taken")
	}
}
