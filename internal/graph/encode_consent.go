package graph

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// encodeConsent writes all of an event but endpoint, purpose and controller.
func encodeConsent(w *layout.Writer, c *cdp.Consent) {
	w.Word(string(c.Channel))
	w.Word(string(c.State))
	w.Time(c.At)
	w.Time(c.Expires)
	w.Text(c.Notice)
	w.Text(c.Method)
	w.Text(c.Language)
	w.Text(c.Proof.Reveal())
	w.Word(c.Regulation)
	w.Byte(flagsOf(c))
	w.Word(string(c.Source))
	w.Uint(uint64(c.Record))
	w.Time(c.Recorded)
}

func decodeConsent(r *layout.Reader, c *cdp.Consent) {
	c.Channel = cdp.Channel(r.Word())
	c.State = cdp.ConsentState(r.Word())
	c.At, c.Expires = r.Time(), r.Time()
	c.Notice, c.Method, c.Language = r.Text(), r.Text(), r.Text()
	c.Proof = cdp.Value(r.Text())
	c.Regulation = r.Word()
	takeFlags(r, c)
	c.Source, c.Record, c.Recorded = cdp.SourceID(r.Word()), cdp.RecordID(r.Uint()), r.Time()
}

// speakers are numbered by their place here, which is part of the layout.
var speakers = [...]cdp.Speaker{cdp.ByPerson, cdp.ByParent, cdp.ByGuardian, cdp.ByAgent}

// flagsOf packs how a statement was made into a byte: four flags and who spoke.
// A store that knew only the first flag reads as before.
func flagsOf(c *cdp.Consent) (b byte) {
	for i, set := range [...]bool{c.PreTicked, c.Explicit, c.Bundled, c.Conditional} {
		if set {
			b |= 1 << i
		}
	}
	for i, s := range speakers {
		if s == c.By {
			b |= byte(i) << 4
		}
	}
	return b
}

func takeFlags(r *layout.Reader, c *cdp.Consent) {
	b := r.Byte()
	if int(b>>4) >= len(speakers) {
		r.Fail("flags of a statement")
		return
	}
	c.PreTicked, c.Explicit, c.Bundled, c.Conditional = b&1 != 0, b&2 != 0, b&4 != 0, b&8 != 0
	c.By = speakers[b>>4]
}

// sameEvent reports whether two events of one endpoint, purpose and controller
// are one fact delivered twice. Notice, language and proof belong to the fact;
// who delivered it and when we learnt it do not.
func sameEvent(a, b *cdp.Consent) bool {
	return a.State == b.State && a.At.Equal(b.At) && a.Expires.Equal(b.Expires) && a.Channel == b.Channel &&
		a.Notice == b.Notice && a.Method == b.Method && a.Language == b.Language && a.Proof == b.Proof &&
		a.Regulation == b.Regulation && flagsOf(a) == flagsOf(b) && a.Source == b.Source
}
