package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	c, err := rulesChange(text, progress)
	if err != nil {
		return cdp.Effect{}, err
	}
	return d.preview(ctx, c)
}

func rulesChange(text []byte, progress func(int)) (*change, error) {
	rules, err := resolve.ParseRules("identity", text)
	if err != nil {
		return nil, err
	}
	c := &change{object: cdp.Ref{Kind: "identity rules", ID: rules.Hash()}}
	c.diff = func(ctx context.Context, tx *graph.Tx) (*graph.RulesDiff, error) {
		now, err := tx.Rules()
		if err != nil {
			return nil, err
		}
		if now.Hash() == rules.Hash() {
			return nil, ErrSameRules
		}
		return tx.RulesDiff(ctx, rules, progress)
	}
	c.set = func(tx *graph.Tx) error {
		return tx.SetRules(graph.RulesVersion{From: tx.Now(), Hash: rules.Hash(), Text: text})
	}
	return c, nil
}

// ActivateRules puts rules of identity in force and settles again all that they
// make otherwise, in as many transactions as it takes. Cut off, it is gone on
// with by the next Tick. With the digest of a preview, or its first 16 digits,
// it does what was previewed or nothing: see Decide.
func (d *Desk) ActivateRules(ctx context.Context, text []byte, digest, reason string, progress func(records int)) (cdp.Effect, error) {
	if err := d.mayActivate(reason); err != nil {
		return cdp.Effect{}, err
	}
	c, err := rulesChange(text, progress)
	if err != nil {
		return cdp.Effect{}, err
	}
	return d.activate(ctx, c, digest, reason)
}
