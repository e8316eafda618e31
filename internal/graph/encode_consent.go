package graph

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// Bits of a consent event: what is true of it, and which parts follow.
const (
	consentPreTicked = 1 << iota
	consentBy
	consentExplicit
	consentBundled
	consentConditional
	consentSpeaker = iota     // place of two bits with who spoke
	consentFlags   = 1<<7 - 1 // all of them
)

// speakers are numbered by their place here, which is part of the layout.
var speakers = [...]cdp.Speaker{cdp.ByPerson, cdp.ByParent, cdp.ByGuardian, cdp.ByAgent}

// flagsOf packs how a statement was made into a byte. What a store of before
// wrote reads as it did.
func flagsOf(c *cdp.Consent) (flags byte) {
	for i, set := range [...]bool{c.PreTicked, c.By != "", c.Explicit, c.Bundled, c.Conditional} {
		if set {
			flags |= 1 << i
		}
	}
	for i, s := range speakers {
		if s == c.Speaker {
			flags |= byte(i) << consentSpeaker
		}
	}
	return flags
}

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
	if c.By != "" {
		w.Text(c.By)
	}
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
	flags := r.Byte()
	if flags > consentFlags {
		r.Fail("consent flags")
	}
	c.PreTicked = flags&consentPreTicked != 0
	c.Explicit = flags&consentExplicit != 0
	c.Bundled = flags&consentBundled != 0
	c.Conditional = flags&consentConditional != 0
	c.Speaker = speakers[flags>>consentSpeaker&3]
	if flags&consentBy != 0 {
		c.By = r.Text()
	}
	c.Source, c.Record, c.Recorded = cdp.SourceID(r.Word()), cdp.RecordID(r.Uint()), r.Time()
}

// sameEvent reports whether two events of one endpoint, purpose and controller
// are one fact delivered twice. Notice, language and proof belong to the fact;
// who delivered it and when we learnt it do not.
func sameEvent(a, b *cdp.Consent) bool {
	return a.State == b.State && a.At.Equal(b.At) && a.Expires.Equal(b.Expires) && a.Channel == b.Channel &&
		a.Notice == b.Notice && a.Method == b.Method && a.Language == b.Language && a.Proof == b.Proof &&
		a.Regulation == b.Regulation && flagsOf(a) == flagsOf(b) && a.By == b.By && a.Source == b.Source
}
