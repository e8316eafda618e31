package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// History writes what resolution did to a profile, in the order given.
func History(w io.Writer, list []cdp.Change, o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "CHANGE", right: true}, column{title: "AT"}, column{title: "VERB", min: 6}, column{title: "PROFILES", min: 10},
		column{title: "RECORD", drop: 1}, column{title: "BY", min: 14, drop: 2}, column{title: "RULE", min: 10, drop: 3}, column{title: "BATCH", drop: 4})
	for _, c := range list {
		by := text.Safe{}
		if c.Claim != nil {
			by = text.Clean(c.Claim.String())
		}
		profiles := make([]text.Safe, len(c.Profiles))
		for i, id := range c.Profiles {
			profiles[i] = profileID(id)
		}
		t.row(text.Clean(decimal(c.Seq)), o.minute(c.At), text.Clean(c.Verb), commas(profiles...), recordID(c.Record), by, text.Clean(c.Rule), batchID(c.Batch))
	}
	p.table(0, t)
	if len(list) == 0 {
		p.say(0, "never merged and never split")
	}
	p.line(0, words(text.Int(len(list)), text.Lit("changes; times in"), p.zoneName()))
	return p.done()
}

// History writes one object a change.
func (j *JSON) History(list []cdp.Change) error { return each(j, list, wireChange) }

type changeJSON struct {
	Change     uint64         `json:"change"`
	At         stamp          `json:"at,omitempty"`
	Verb       string         `json:"verb,omitempty"`
	Profiles   []string       `json:"profiles"`
	Record     string         `json:"record,omitempty"`
	Identifier identifierJSON `json:"identifier,omitzero"`
	Rule       string         `json:"rule,omitempty"`
	Batch      string         `json:"batch,omitempty"`
}

func wireChange(o Options, c cdp.Change) changeJSON {
	w := changeJSON{Change: c.Seq, At: stampOf(c.At), Verb: c.Verb, Profiles: idsOf(c.Profiles), Record: idOf(c.Record), Rule: c.Rule, Batch: idOf(c.Batch)}
	if c.Claim != nil {
		w.Identifier = wireIdentifier(o, *c.Claim)
	}
	return w
}
