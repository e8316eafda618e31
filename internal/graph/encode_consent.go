package graph

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// Bits of a consent event: what is true of it, and which parts follow.
const (
	consentPreTicked = 1 << iota
	consentBy
	consentFlags = 1<<iota - 1 // all of them
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
	var flags byte
	if c.PreTicked {
		flags |= consentPreTicked
	}
	if c.By != "" {
		flags |= consentBy
	}
	w.Byte(flags)
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
		a.Regulation == b.Regulation && a.PreTicked == b.PreTicked && a.By == b.By && a.Source == b.Source
}
