package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/resolve"
)

// ErrSameRules is returned for rules of identity that are in force already.
var ErrSameRules = errors.New("these rules are in force already")

// IdentityRules returns the versions of the rules of identity, the program's
// own first, then by the time they came into force. It reads no personal data
// and is not logged.
func (d *Desk) IdentityRules(ctx context.Context) ([]cdp.IdentityRules, error) {
	var out []cdp.IdentityRules
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		now, err := tx.Rules()
		if err != nil {
			return err
		}
		own := resolve.Defaults()
		out = []cdp.IdentityRules{{Name: own.Name, Hash: own.Hash(), Text: resolve.DefaultRules()}}
		versions, err := tx.RulesVersions()
		if err != nil {
			return err
		}
		for _, v := range versions {
			r, err := resolve.ParseRules("identity", v.Text)
			if err != nil {
				return fmt.Errorf("rules of identity %.16s: %w", v.Hash, err)
			}
			out = append(out, cdp.IdentityRules{Name: r.Name, Hash: v.Hash, From: v.From, Text: v.Text})
		}
		for i := range slices.Backward(out) { // the last of that text: it may have come into force again
			if out[i].Hash == now.Hash() {
				out[i].InForce = true
				break
			}
		}
		return nil
	})
	return out, err
}

// PreviewRules tells what other rules of identity would do to the profiles of
// the whole store, and changes nothing. progress is told the number of records
// read; it may be nil.
func (d *Desk) PreviewRules(ctx context.Context, text []byte, progress func(records int)) (cdp.Effect, error) {
	rules, diff, err := d.rulesDiff(ctx, text, progress)
	if err != nil {
		return cdp.Effect{}, err
	}
	out := rulesEffect(rules, diff.Witness)
	e := d.entry("preview", cdp.Ref{Kind: "identity rules", ID: rules.Hash()}, fmt.Sprintf("%s; %d records looked at", told(out), diff.Records))
	e.Digest = out.Digest
	return out, d.update(ctx, &e, func(*graph.Tx) error { return nil })
}

// rulesEffect binds the digest to the rules.
func rulesEffect(rules *resolve.Rules, w *graph.Witness) cdp.Effect {
	return (&act{verb: "activate", what: []byte(rules.Hash())}).effect(w)
}

func (d *Desk) rulesDiff(ctx context.Context, text []byte, progress func(int)) (*resolve.Rules, *graph.RulesDiff, error) {
	rules, err := resolve.ParseRules("identity", text)
	if err != nil {
		return nil, nil, err
	}
	if err := d.settleLeft(ctx); err != nil {
		return nil, nil, err
	}
	var diff *graph.RulesDiff
	err = d.s.g.View(ctx, func(tx *graph.Tx) error {
		now, err := tx.Rules()
		if err != nil {
			return err
		}
		if now.Hash() == rules.Hash() {
			return ErrSameRules
		}
		diff, err = tx.RulesDiff(ctx, rules, progress)
		return err
	})
	return rules, diff, err
}

// markChunk is how many components one transaction marks.
const markChunk = 2_000

// ActivateRules puts rules of identity in force and settles again all that they
// make otherwise, in as many transactions as it takes. Cut off, it is gone on
// with by the next Tick. With the digest of a preview, or its first 16 digits,
// it does what was previewed or nothing: see Decide.
func (d *Desk) ActivateRules(ctx context.Context, text []byte, digest, reason string, progress func(records int)) (cdp.Effect, error) {
	if strings.TrimSpace(reason) == "" {
		return cdp.Effect{}, ErrReason
	}
	if err := d.mayDecide(); err != nil {
		return cdp.Effect{}, err
	}
	rules, diff, err := d.rulesDiff(ctx, text, progress)
	if err != nil {
		return cdp.Effect{}, err
	}
	would := rulesEffect(rules, diff.Witness)
	if digest != "" && (len(digest) < shortestDigest || !strings.HasPrefix(would.Digest, digest)) {
		return would, &StaleError{digest, would.Digest}
	}
	for chunk := range slices.Chunk(diff.Differ, markChunk) {
		e := d.entry("settle", cdp.Ref{Kind: "identity rules", ID: rules.Hash()}, fmt.Sprintf("%d profiles are marked to be settled again", len(chunk)))
		err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
			if err := tx.MustSettle(chunk); err != nil {
				return err
			}
			return d.log(tx, e)
		})
		if err != nil {
			return cdp.Effect{}, err
		}
	}
	e := d.entry("activate", cdp.Ref{Kind: "identity rules", ID: rules.Hash()}, told(would))
	e.Reason, e.Digest = reason, would.Digest
	err = d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		head, err := tx.JournalHead()
		if err != nil {
			return err
		}
		if head != diff.Journal { // somebody changed profiles meanwhile: what differs is not known
			return &StaleError{would.Digest, "not known"}
		}
		if err := tx.SetRules(graph.RulesVersion{From: tx.Now(), Hash: rules.Hash(), Text: text}); err != nil {
			return err
		}
		return d.log(tx, e)
	})
	if err != nil {
		return cdp.Effect{}, err
	}
	seen := graph.NewWitness()
	if err := d.settleRest(ctx, seen); err != nil {
		return rulesEffect(rules, seen), err
	}
	out := rulesEffect(rules, seen)
	if out.Digest != would.Digest {
		return out, &OtherwiseError{would.Digest, out.Digest}
	}
	return out, nil
}
