package steward

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// Suppress appends to the suppression list, or ends what stands there: an
// endpoint, and the hashes under which it is handed around. What the store has
// of it is judged again. With a dry run it says what it would do.
func (d *Desk) Suppress(ctx context.Context, x cdp.Suppressing, dry bool) (out cdp.SuppressionEffect, err error) {
	if x.Day {
		x.At = dayOf(x.At, d.s.opt.Zone, d.s.opt.Now(), x.Ended)
	}
	if err := checkedSuppression(&x, d.s.opt.Now()); err != nil {
		return out, err
	}
	if err := d.mayDecide(); err != nil && !dry {
		return out, err
	}
	var entry cdp.Entry
	var about []cdp.Ref
	act := func(tx *graph.Tx) error {
		out = cdp.SuppressionEffect{Endpoints: len(x.Endpoints) + len(x.Hashes)}
		var err error
		if entry, about, err = d.suppress(tx, &x, &out); err != nil || dry {
			return err
		}
		return d.log(tx, entry, about...)
	}
	if dry {
		if err := d.s.g.Draft(ctx, d.s.opt.Now(), act); err != nil {
			return out, err
		}
		entry.Verb, entry.Detail = "preview", "to "+entry.Verb+": "+entry.Detail
		return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, entry, about...) })
	}
	err = d.s.g.Update(ctx, d.s.opt.Now(), act)
	return out, err
}

func checkedSuppression(x *cdp.Suppressing, now time.Time) error {
	x.Ref = cdp.Value(strings.TrimSpace(x.Ref.Reveal()))
	switch {
	case x.Ref == "" || x.At.IsZero():
		return ErrEvidence
	case x.At.After(now):
		return planf("", "a suppression begins when it was said, not in the future")
	case !slices.Contains(cdp.SuppressionScopes(), x.Scope):
		return planf("all or marketing", "there is no such scope")
	case !slices.Contains(cdp.SuppressionOrigins(), x.Origin):
		return planf("erasure, objection or register", "there is no such origin")
	case x.Channel != "" && x.Scope != cdp.SuppressMarketing:
		return planf("--scope marketing", "only marketing is suppressed over one channel")
	}
	return nil
}

// suppress records the statements and judges again whom they bear on. It returns
// the entry of the act, which names the endpoints by a digest of their hashes.
func (d *Desk) suppress(tx *graph.Tx, x *cdp.Suppressing, out *cdp.SuppressionEffect) (e cdp.Entry, about []cdp.Ref, err error) {
	judged, list, err := d.listing(tx, x, out)
	if err != nil {
		return e, nil, err
	}
	verb := "suppress"
	if x.Ended {
		verb = "unsuppress"
	}
	e = d.entry(verb, cdp.Ref{Kind: "suppressions"}, fmt.Sprintf("%d endpoints, %s, by %s: %d statements are new", out.Endpoints, x.Scope, x.Origin, out.New))
	h := sha256.New()
	for i := range list {
		h.Write(list[i].Hash[:])
	}
	e.Digest = hex.EncodeToString(h.Sum(nil))
	for _, id := range judged {
		p, err := tx.ProfileOf(id)
		if err != nil {
			return e, nil, err
		}
		if ref := profileRef(p); p != 0 && len(about) < loggedProfiles && !slices.Contains(about, ref) {
			about = append(about, ref)
		}
	}
	return e, about, nil
}

// listing appends to the list, and judges again who carries an endpoint of it.
func (d *Desk) listing(tx *graph.Tx, x *cdp.Suppressing, out *cdp.SuppressionEffect) (carrying []cdp.RecordID, list []cdp.Suppression, err error) {
	if x.Controller != "" {
		reg, err := d.s.inForce(tx, tx.Now())
		if err != nil {
			return nil, nil, err
		}
		if reg == nil || !slices.ContainsFunc(reg.Controllers, func(c policy.Controller) bool { return c.ID == x.Controller }) {
			return nil, nil, planf("cdp-tui policy show prints the register", "the register has no controller %q", x.Controller)
		}
	}
	like := cdp.Suppression{Controller: x.Controller, Scope: x.Scope, Channel: x.Channel, Ended: x.Ended, Origin: x.Origin, At: x.At, Ref: x.Ref, By: d.actor.Name}
	for _, h := range x.Hashes {
		e := like
		e.Hash, e.Kind = h.Hash, h.Kind
		list = append(list, e)
	}
	again := len(x.Hashes) > 0 // nobody knows who carries what a hash stands for
	judged := make(map[cdp.RecordID]bool)
	var carriers []cdp.Identifier
	for _, id := range x.Endpoints {
		for i, h := range tx.SuppressionHashes(id) {
			e := like
			e.Hash, e.Kind = h, id.Kind()
			if hashes := id.Hashes(); i > 0 {
				e.Kind = hashes[i-1].Kind()
			}
			list = append(list, e)
		}
		all := append([]cdp.Identifier{id}, id.Hashes()...)
		switch of, err := tx.Hashed(id); {
		case err == nil:
			all = append(all, of)
		case !errors.Is(err, graph.ErrNotFound):
			return nil, nil, err
		}
		carriers = append(carriers, all...)
		for _, id := range all {
			ids, err := tx.Carriers(id, 0, againLimit+1)
			if err != nil {
				return nil, nil, err
			}
			again = again || len(ids) > againLimit
			for _, rec := range ids {
				judged[rec] = true
			}
		}
		again = again || len(judged) > againLimit
	}
	out.Carriers, out.Later = len(judged), again
	for id := range judged {
		carrying = append(carrying, id)
	}
	slices.Sort(carrying)
	if out.New, err = tx.AddSuppressions(list); err != nil {
		return nil, nil, err
	}
	for i := range list {
		if len(x.Hashes) > 0 {
			break // read back with whatever came later
		}
		said, err := tx.SuppressionsOf(list[i].Hash)
		if err != nil {
			return nil, nil, err
		}
		if held := slices.ContainsFunc(policy.Suppressed(said, x.Controller, tx.Now()), func(o cdp.Suppression) bool {
			return o.Scope == x.Scope && o.Channel == x.Channel && o.Origin == x.Origin && o.Controller == x.Controller
		}); held == x.Ended {
			return nil, nil, planf("say the time as well: --date 2026-11-03T14:30", "what stands on the list of a later time would undo it")
		}
	}
	if out.New == 0 {
		return carrying, list, nil
	}
	if again { // the next Tick judges all, and the outbox looks at all
		tx.NoteSuppressions()
		return carrying, list, tx.SetJudgedBy("")
	}
	reg, err := d.s.inForce(tx, tx.Now())
	if err != nil {
		return nil, nil, err
	}
	var r cdp.Receipt
	a := admission{d: d, tx: tx, reg: reg, out: &r, budget: againLimit}
	return carrying, list, a.again(carriers, nil, make(map[cdp.RecordID]bool))
}

// Suppressions hands each endpoint of the suppression list to f, by its keyed
// hash, with what stands of it at the desk's standpoint. The run is logged once.
func (d *Desk) Suppressions(ctx context.Context, f func(cdp.SuppressedEndpoint) error) error {
	e := d.entry("view", cdp.Ref{Kind: "suppressions"}, "the suppression list")
	if err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e) }); err != nil {
		return err
	}
	return d.s.g.View(ctx, func(tx *graph.Tx) error {
		at := d.lens.From(d.s.opt.Now())
		for said, err := range tx.AllSuppressions() {
			if err != nil {
				return err
			}
			if !d.lens.Known.IsZero() {
				said = slices.DeleteFunc(said, func(e cdp.Suppression) bool { return !d.lens.Knew(e.Recorded) })
			}
			if len(said) == 0 {
				continue
			}
			x := cdp.SuppressedEndpoint{Hash: said[0].Hash, Kind: said[0].Kind, Said: said, Open: openSuppressions(said, at.At)}
			if err := errors.Join(f(x), ctx.Err()); err != nil {
				return err
			}
		}
		return nil
	})
}

// openSuppressions are those that hold for any controller.
func openSuppressions(said []cdp.Suppression, at time.Time) (out []cdp.Suppression) {
	controllers := []string{""}
	for _, e := range said {
		if !slices.Contains(controllers, e.Controller) {
			controllers = append(controllers, e.Controller)
		}
	}
	for _, c := range controllers {
		for _, e := range policy.Suppressed(said, c, at) {
			if e.Controller == c {
				out = append(out, e)
			}
		}
	}
	return out
}

// Spelled reads an endpoint that nothing in the store need carry: an e-mail
// address, or kind:value.
func (d *Desk) Spelled(typed string) (cdp.Identifier, error) { return d.s.spelled(typed) }

// Suppressing reports whether anything was ever suppressed: a first load does
// not ask the suppression list.
func (d *Desk) Suppressing(ctx context.Context) (is bool, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) error {
		is, err = tx.HasSuppressions()
		return err
	})
	return is, err
}
