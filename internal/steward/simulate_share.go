package steward

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A target is a recipient that a register names for a purpose.
type target struct {
	recipient string
	purpose   cdp.PurposeID
}

// gatesOut compares the gate out of both registers, for each recipient and
// purpose of either: before over the profiles that there are, after over those
// that there would be. Of a profile that is not divided otherwise nothing is
// kept; of the others what might go before, besides the witness.
func (s *simulating) gatesOut(ctx context.Context, tx *graph.Tx, w *graph.Witness, progress func(int)) error {
	old, reg := s.gate(tx, s.old), s.gate(tx, s.reg)
	targets := slices.DeleteFunc(targetsOf(s.old, s.reg), func(t target) bool { return old.shut(t) && reg.shut(t) })
	if len(targets) == 0 {
		return nil
	}
	for _, t := range targets {
		for _, g := range []*gateOut{old, reg} {
			for _, p := range bearingPurposes(g.ask.Register, t.purpose) {
				if !slices.Contains(g.purposes, p) {
					g.purposes = append(g.purposes, p)
				}
			}
		}
	}
	was, is := w.Regrouped()
	allowed := make(map[cdp.RecordID][]bool) // of records that would lie elsewhere, what might go before
	read := 0
	for p, err := range tx.ByComponent() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		before, _, err := old.partsOf(&p)
		if err != nil {
			return fmt.Errorf("%v: %w", p.ID, err)
		}
		if _, moved := was[p.Records[0].ID]; moved {
			for i, t := range targets {
				of := old.judges(t, before)
				for k := range before {
					if !of(k).Allow {
						continue
					}
					if id := before[k].Record; allowed[id] == nil {
						allowed[id] = make([]bool, len(targets))
					}
					allowed[before[k].Record][i] = true
				}
			}
		} else {
			after, err := s.after(reg, &p)
			if err != nil {
				return err
			}
			for _, t := range targets {
				was, is := old.judges(t, before), reg.judges(t, after)
				for k := range after {
					s.shift(t, was(k).Allow, is(k), after[k].Record)
				}
			}
		}
		if n := read + len(p.Records); progress != nil && n/10_000 > read/10_000 {
			progress(n)
		}
		read += len(p.Records)
	}
	for _, id := range slices.Sorted(maps.Keys(is)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if id == 0 {
			continue
		}
		p := graph.Profile{ID: id, Size: len(is[id])}
		for _, rec := range is[id] {
			r, err := tx.Head(rec)
			if err != nil {
				return err
			}
			p.Records = append(p.Records, r)
		}
		after, err := s.after(reg, &p)
		if err != nil {
			return err
		}
		for i, t := range targets {
			of := reg.judges(t, after)
			for k := range after {
				yes := allowed[after[k].Record]
				s.shift(t, yes != nil && yes[i], of(k), after[k].Record)
			}
		}
	}
	for _, id := range is[0] { // into quarantine, from where nothing goes out
		yes := allowed[id]
		if yes == nil {
			continue
		}
		rec, err := tx.Head(id)
		if err != nil {
			return err
		}
		ruling, _, err := s.rule(tx, &rec)
		if err != nil {
			return err
		}
		ruling.Verdict.Allow = false
		for i, t := range targets {
			s.shift(t, yes[i], ruling.Verdict, id)
		}
	}
	return nil
}

// targetsOf are the recipients and purposes of some registers.
func targetsOf(regs ...*policy.Register) []target {
	var out []target
	for _, reg := range regs {
		if reg == nil {
			continue
		}
		for _, a := range reg.Activities {
			for _, r := range a.Recipients {
				if t := (target{r, a.Purpose}); !slices.Contains(out, t) {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

// gate is the gate out of a register, as of when everything is judged.
func (s *simulating) gate(tx *graph.Tx, reg *policy.Register) *gateOut {
	g := &gateOut{s: s.s, tx: tx, sources: make(map[cdp.SourceID]cdp.Source), ask: policy.Disclosure{Register: reg, At: s.at.At}}
	if s.at.At.After(s.s.opt.Now()) {
		g.from = s.at
	}
	return g
}

// askOf is what is asked of the gate for a target.
func (g *gateOut) askOf(t target) policy.Disclosure {
	ask := g.ask
	ask.Recipient, ask.Purpose = t.recipient, t.purpose
	return ask
}

// shut reports whether a target may get nothing, whoever the person is.
func (g *gateOut) shut(t target) bool {
	return policy.Disclose(g.askOf(t), nil).Verdict.Rule != "share.nothing"
}

// judges returns what judges a record for a target: what bars the person bars
// each of their records, and else each needs something that may go.
func (g *gateOut) judges(t target, parts []policy.Part) func(i int) cdp.Verdict {
	ask := g.askOf(t)
	whole := policy.Disclose(ask, parts).Verdict
	return func(i int) cdp.Verdict {
		if !whole.Allow || len(parts) == 1 {
			return whole
		}
		return policy.Disclose(ask, parts[i:i+1]).Verdict
	}
}

// after gathers what bears on a profile as its records would be.
func (s *simulating) after(g *gateOut, p *graph.Profile) ([]policy.Part, error) {
	parts, _, err := g.partsOf(p)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", p.ID, err)
	}
	return parts, nil
}

// shift counts a record whose person's data may go where they might not, or the
// other way round.
func (s *simulating) shift(t target, before bool, after cdp.Verdict, rec cdp.RecordID) {
	if before == after.Allow {
		return
	}
	key := shareKey{t.recipient, t.purpose, after.Allow, after.Rule}
	c := s.shares[key]
	if c == nil {
		c = &cdp.ShareShift{Recipient: t.recipient, Purpose: t.purpose, Freed: after.Allow, Rule: after.Rule, Reason: after.Reason}
		s.shares[key] = c
	}
	c.Count++
	if len(c.Examples) < cdp.EffectExamples {
		c.Examples = append(c.Examples, rec)
	}
}
