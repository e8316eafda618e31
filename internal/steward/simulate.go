package steward

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// simulating is a shadow run of a register over the store.
type simulating struct {
	s        *Steward
	at       cdp.Standpoint
	old, reg *policy.Register
	out      cdp.Simulation
	outcomes map[outcomeKey]*cdp.OutcomeShift
	shares   map[shareKey]*cdp.ShareShift
}

type shareKey struct {
	recipient string
	purpose   cdp.PurposeID
	freed     bool
	rule      string
}

// simulatedAt is when everything is judged: now, or the first moment of a
// register that is valid only later.
func simulatedAt(reg *policy.Register, now time.Time) time.Time {
	if reg.ValidFrom().After(now) {
		return reg.ValidFrom()
	}
	return now
}

// Simulate tells what activating a register would do: which profiles would
// merge and split, which records would go into quarantine or come out, and
// which disclosures would be freed or blocked, with examples. It changes
// nothing. progress is told the number of records looked at; it may be nil.
func (d *Desk) Simulate(ctx context.Context, name string, text []byte, progress func(records int)) (cdp.Simulation, error) {
	reg, err := policy.Parse(name, text)
	if err != nil {
		return cdp.Simulation{}, err
	}
	sim, diff, err := d.simulate(ctx, reg, progress)
	if err != nil {
		return cdp.Simulation{}, err
	}
	e := d.entry("preview", cdp.Ref{Kind: "register", ID: reg.Hash()}, fmt.Sprintf("%s; %d records looked at", told(sim.Effect), diff.Records))
	e.Digest = sim.Effect.Digest
	return sim, d.update(ctx, &e, func(*graph.Tx) error { return nil })
}

func (d *Desk) simulate(ctx context.Context, reg *policy.Register, progress func(int)) (cdp.Simulation, *graph.RulesDiff, error) {
	if err := d.settleLeft(ctx); err != nil {
		return cdp.Simulation{}, nil, err
	}
	var s *simulating
	var diff *graph.RulesDiff
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		s = &simulating{s: d.s, reg: reg, at: cdp.Standpoint{At: simulatedAt(reg, d.s.opt.Now())},
			outcomes: make(map[outcomeKey]*cdp.OutcomeShift), shares: make(map[shareKey]*cdp.ShareShift)}
		var err error
		if s.old, err = d.s.inForceAt(tx, s.at); err != nil {
			return err
		}
		if s.reg, err = d.s.wouldRule(tx, reg, s.at); err != nil {
			return err
		}
		if diff, err = tx.JudgeDiff(ctx, s.rule, s.each, progress); err != nil {
			return err
		}
		return s.gatesOut(ctx, tx, diff.Witness, progress)
	})
	if err != nil {
		return cdp.Simulation{}, nil, err
	}
	return s.sum(reg, diff), diff, nil
}

// wouldRule returns the register that would be in force once one is activated:
// another when a later one has overtaken it.
func (s *Steward) wouldRule(tx *graph.Tx, reg *policy.Register, at cdp.Standpoint) (*policy.Register, error) {
	kept, err := s.registers(tx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(kept, func(v policy.Version) bool { return v.Hash() == reg.Hash() }) {
		kept = append(slices.Clone(kept), policy.Version{Register: reg, Recorded: s.opt.Now()})
	}
	return policy.InForce(kept, at), nil
}

// rule rules on a record by the register that is simulated.
func (s *simulating) rule(tx *graph.Tx, rec *graph.Record) (cdp.Ruling, string, error) {
	f, err := s.s.factsBy(tx, *rec, s.at, s.reg)
	if err != nil {
		return cdp.Ruling{}, "", err
	}
	return f.ruling(), controllerOf(s.reg, f.src), nil
}

// An outcomeKey is a sort of shift at the gate in.
type outcomeKey struct {
	was, now cdp.Outcome
	rule     string
}

// each counts what becomes of a record at the gate in.
func (s *simulating) each(j graph.JudgedAnew) error {
	s.out.Records++
	if j.Was == j.Now {
		return nil
	}
	key := outcomeKey{j.Was, j.Now, j.Ruling.Verdict.Rule}
	c := s.outcomes[key]
	if c == nil {
		c = &cdp.OutcomeShift{Was: j.Was, Now: j.Now, Rule: key.rule}
		s.outcomes[key] = c
	}
	c.Count++
	if len(c.Examples) < cdp.EffectExamples {
		c.Examples = append(c.Examples, j.Record.ID)
	}
	return nil
}

func (s *simulating) sum(reg *policy.Register, diff *graph.RulesDiff) cdp.Simulation {
	out := s.out
	out.Register, out.ValidFrom, out.At, out.Against = reg.Hash(), reg.ValidFrom(), s.at.At, s.old.Hash()
	out.Effect = registerEffect(reg, diff.Witness)
	for _, c := range s.outcomes {
		out.Outcomes = append(out.Outcomes, *c)
	}
	slices.SortFunc(out.Outcomes, func(a, b cdp.OutcomeShift) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Was, b.Was), cmp.Compare(a.Now, b.Now), strings.Compare(a.Rule, b.Rule))
	})
	for _, c := range s.shares {
		out.Shares = append(out.Shares, *c)
	}
	slices.SortFunc(out.Shares, func(a, b cdp.ShareShift) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Recipient, b.Recipient), strings.Compare(string(a.Purpose), string(b.Purpose)),
			strings.Compare(a.Rule, b.Rule))
	})
	return out
}

// registerEffect binds the digest to the register that is put in force.
func registerEffect(reg *policy.Register, w *graph.Witness) cdp.Effect {
	out := (&act{verb: "activate", what: []byte(reg.Hash())}).effect(w)
	out.Digest = (&act{verb: "activate " + w.Partition(), what: []byte(reg.Hash())}).digest()
	return out
}

// ActivateAs activates a register as it was simulated, or not at all: digest is
// that of the simulation, or its first 16 digits. What it did is seen, and
// reported as an error if it was not what was simulated.
func (d *Desk) ActivateAs(ctx context.Context, name string, text []byte, digest, reason string, progress func(records int)) (cdp.Simulation, error) {
	if err := d.mayActivate(reason); err != nil {
		return cdp.Simulation{}, err
	}
	reg, err := policy.Parse(name, text)
	if err != nil {
		return cdp.Simulation{}, err
	}
	sim, diff, err := d.simulate(ctx, reg, progress)
	if err != nil {
		return sim, err
	}
	if len(digest) < shortestDigest || !strings.HasPrefix(sim.Effect.Digest, digest) {
		return sim, &StaleError{digest, sim.Effect.Digest}
	}
	e := d.entry("activate", cdp.Ref{Kind: "register", ID: reg.Hash()}, "valid from "+reg.ValidFrom().Format(time.DateOnly)+"; "+told(sim.Effect))
	e.Digest, e.Reason = sim.Effect.Digest, reason
	err = d.update(ctx, &e, func(tx *graph.Tx) error {
		head, err := tx.JournalHead()
		if err != nil {
			return err
		}
		if head != diff.Journal {
			return &StaleError{sim.Effect.Digest, "not known"}
		}
		_, err = keepRegister(tx, reg, text)
		return err
	})
	if err != nil {
		return sim, err
	}
	d.s.forget()
	if sim.At.After(d.s.opt.Now()) {
		return sim, nil // its day has not come; Tick judges by it then
	}
	seen := graph.NewWitness()
	for after := cdp.RecordID(0); ; {
		var ids []cdp.RecordID
		err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
			ids, err = tx.CurrentAfter(after, tickChunk)
			return err
		})
		if err != nil {
			return sim, err
		}
		if len(ids) == 0 {
			break
		}
		if err := d.judgeLater(ctx, ids, seen); err != nil {
			return sim, err
		}
		after = ids[len(ids)-1]
	}
	done := registerEffect(reg, seen)
	last := d.entry("judge", cdp.Ref{Kind: "register", ID: reg.Hash()}, fmt.Sprintf("all %d current records judged", sim.Records))
	if err := d.update(ctx, &last, func(tx *graph.Tx) error { return tx.SetJudgedBy(reg.Hash()) }); err != nil {
		return sim, err
	}
	if done.Digest != sim.Effect.Digest {
		return sim, &OtherwiseError{sim.Effect.Digest, done.Digest}
	}
	return sim, nil
}

// keepRegister keeps a version of the register; known says that it was kept
// before.
func keepRegister(tx *graph.Tx, reg *policy.Register, text []byte) (known bool, err error) {
	versions, err := tx.Registers()
	if err != nil && !errors.Is(err, graph.ErrRegisterGone) {
		return false, err
	}
	for _, v := range versions {
		if v.Hash == reg.Hash() && bytes.Equal(v.Text, text) {
			return true, nil
		}
	}
	return false, tx.AddRegister(graph.RegisterVersion{From: reg.ValidFrom(), Hash: reg.Hash(), Text: text})
}
