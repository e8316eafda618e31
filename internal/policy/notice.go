package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// ConsentRules say what a consent must show before it counts, and how long it
// lasts.
type ConsentRules struct {
	// Require lists the evidence without which a consent is not valid for
	// processing (Art. 7(1)): time, method, notice, language, proof. The
	// default is time alone; the completeness of the rest is always reported.
	Require []string `yaml:"require"`
	// Regulation whose consents count, "gdpr" unless said. Consents under
	// another one neither permit nor forbid here.
	Regulation string `yaml:"regulation"`
	// Validity is how long a consent lasts after the person last said so; without
	// end unless said, or unless the consent names its own end, which holds when it
	// is earlier.
	Validity *rulefile.Period `yaml:"validity"`
	// Confirm is how long a double opt-in waits for its confirmation; without end
	// unless said. A confirmation that comes later is none.
	Confirm *rulefile.Period `yaml:"confirm_within"`
	// AskAgain is how long a person who refused is not asked again.
	AskAgain *rulefile.Period `yaml:"ask_again_after"`
}

// A Notice is one version of what people are told (Art. 13, 14) or asked.
type Notice struct {
	ID       string          `yaml:"id,required"` // as consents and sources cite it: "NL-2025-1"
	Purposes []cdp.PurposeID `yaml:"purposes,required"`
	Texts    []NoticeText    `yaml:"texts"`
	From     rulefile.Date   `yaml:"valid_from,required"`
	To       *rulefile.Date  `yaml:"valid_to"` // the last day on which it was shown
	// Material says that it changes the purpose, the controller, a class of
	// recipients, a category or a third country: a consent that was given on an
	// earlier notice does not cover it, and the person must be asked again.
	Material bool   `yaml:"material_change"`
	Change   string `yaml:"change"` // what is new, in a sentence for those who are asked again
}

// A NoticeText is a notice in one language.
type NoticeText struct {
	Language string `yaml:"language,required"` // BCP 47, such as de
	Hash     string `yaml:"sha256,required"`   // of the text's bytes, hexadecimal
	Ref      string `yaml:"ref"`               // where it is kept
}

// Notice returns a notice of the register by the id that consents cite.
func (r *Register) Notice(id string) (Notice, bool) {
	if r != nil {
		if n := r.notices[id]; n != nil {
			return *n, true
		}
	}
	return Notice{}, false
}

// NoticeAt returns the notice for a purpose that was in force at a time.
func (r *Register) NoticeAt(p cdp.PurposeID, at time.Time) (Notice, bool) {
	var best *Notice
	if r == nil {
		return Notice{}, false
	}
	for i := range r.Notices {
		n := &r.Notices[i]
		if !slices.Contains(n.Purposes, p) || n.From.In(time.UTC).After(at) || n.To != nil && !after(*n.To).After(at) {
			continue
		}
		if best == nil || cmp.Or(n.From.Compare(best.From), cmp.Compare(n.ID, best.ID)) > 0 {
			best = n
		}
	}
	if best == nil {
		return Notice{}, false
	}
	return *best, true
}

// changed returns the first notice for a purpose with a material change that a
// statement made at a time, on the notice it cites, does not cover, and from
// when. A statement that cites no notice, or one that the register does not
// know, is read as made on what was in force at its time.
func (r *Register) changed(p cdp.PurposeID, cited string, said time.Time) (n *Notice, from time.Time) {
	if r == nil {
		return nil, time.Time{}
	}
	shown := said
	if c := r.notices[cited]; c != nil && slices.Contains(c.Purposes, p) {
		shown = c.From.In(time.UTC)
	}
	for i := range r.Notices {
		m := &r.Notices[i]
		begins := m.From.In(time.UTC)
		if !m.Material || !begins.After(shown) || !slices.Contains(m.Purposes, p) {
			continue
		}
		if n == nil || cmp.Or(begins.Compare(n.From.In(time.UTC)), cmp.Compare(m.ID, n.ID)) < 0 {
			n, from = m, begins
		}
	}
	if n != nil && from.Before(said) {
		from = said // a stale notice was shown
	}
	return n, from
}

// validity is how long a consent for a purpose lasts; nil for without end.
func (r *Register) validity(id cdp.PurposeID) *rulefile.Period {
	if p := r.purposes[id]; p != nil && p.Validity != nil {
		return p.Validity
	}
	return r.Consent.Validity
}
