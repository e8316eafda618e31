package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/resolve"
)

// WhyNot tells what keeps two things apart: the identifiers that both carry and
// why each does not join them, and what persons decided. Things are taken as
// Find takes them.
func (d *Desk) WhyNot(ctx context.Context, a, b string) (cdp.WhyNot, error) {
	var out cdp.WhyNot
	err := d.between(ctx, a, b, func(v *sight, from, to end, r *reading) (err error) {
		out, err = v.whyNot(from, to)
		r.detail = fmt.Sprintf("not %s: %d shared", to.ref.ID, len(out.Shared))
		r.saw(out.A, out.B, len(out.Shared), len(out.Apart))
		return err
	})
	return out, err
}

// A carried is a claim with the record that makes it.
type carried struct {
	rec   graph.Record
	claim cdp.Claim
}

// carriedBy returns what the records of an end carry, by identifier, in the
// order in which it is met.
func carriedBy(tx *graph.Tx, e end) (map[cdp.IdentifierKey][]carried, []cdp.Identifier, []graph.Record, error) {
	var recs []graph.Record
	if e.profile != 0 || e.then != nil {
		var p graph.Profile
		if e.then != nil {
			p.Records = slices.Clone(e.then.Profile.Records)
		} else if now, err := tx.Profile(e.profile, 0); err == nil {
			p = now
		} else {
			return nil, nil, nil, err
		}
		if recs = p.Records; e.ref.Kind != "profile" { // which is all of them, not as many as a path begins at
			recs = slices.DeleteFunc(recs, func(r graph.Record) bool { return !slices.Contains(e.records, r.ID) })
		}
	} else if e.alone != nil {
		recs = append(recs, *e.alone)
	} else {
		for _, id := range e.records {
			rec, err := tx.Head(id)
			if err != nil {
				return nil, nil, nil, err
			}
			recs = append(recs, rec)
		}
	}
	out := make(map[cdp.IdentifierKey][]carried)
	var order []cdp.Identifier
	for _, rec := range recs {
		for _, c := range rec.Claims {
			if out[c.Identifier.Key()] == nil {
				order = append(order, c.Identifier)
			}
			out[c.Identifier.Key()] = append(out[c.Identifier.Key()], carried{rec, c})
		}
	}
	return out, order, recs, nil
}

// mostShared bounds the shared identifiers that are told one by one.
const mostShared = 50

func (v *sight) whyNot(from, to end) (cdp.WhyNot, error) {
	out := cdp.WhyNot{A: from.ref, B: to.ref, One: from.one(&to), Lens: v.lens, Partial: v.around != nil && v.around.Partial()}
	k := v.ground()
	left, order, a, err := carriedBy(v.tx, from)
	if err != nil {
		return out, err
	}
	right, _, b, err := carriedBy(v.tx, to)
	if err != nil {
		return out, err
	}
	rules, err := k.Rules()
	if err != nil {
		return out, err
	}
	out.Conflict = conflicts(rules, a, b)
	if out.Apart, out.Locks, err = decidedBetween(k, a, b); err != nil {
		return out, err
	}
	for _, id := range order {
		if right[id.Key()] == nil || len(out.Shared) == mostShared {
			continue
		}
		x, y := pick(left[id.Key()], right[id.Key()])
		sh := cdp.SharedValue{Identifier: x.claim.Identifier, A: x.rec.ID, B: y.rec.ID, ASource: x.rec.Source, BSource: y.rec.Source}
		if x.rec.Controller != y.rec.Controller {
			sh.Standing, sh.Reason = "controllers", controllersWords(x.rec.Controller, y.rec.Controller)
		} else if err := v.tellShared(rules, x, y, &out, &sh); err != nil {
			return out, err
		}
		if sh.Standing == "" && out.One {
			continue // it joins them
		}
		others, err := k.Sharing(id, from.profile)
		if err != nil {
			return out, err
		}
		sh.OtherProfiles = len(slices.DeleteFunc(others, func(p cdp.ProfileID) bool { return p == to.profile }))
		out.Shared = append(out.Shared, sh)
	}
	return out, nil
}

// pick chooses of the claims on one identifier those whose reason is told: of
// one controller if any are.
func pick(left, right []carried) (carried, carried) {
	first := make(map[string]int) // by controller
	for i, y := range slices.Backward(right) {
		first[y.rec.Controller] = i
	}
	for _, x := range left {
		if i, ok := first[x.rec.Controller]; ok {
			return x, right[i]
		}
	}
	return left[0], right[0]
}

// tellShared says why an identifier of two records of one controller joins
// nothing: whichever of both sides it is at.
func (v *sight) tellShared(rules *resolve.Rules, x, y carried, all *cdp.WhyNot, sh *cdp.SharedValue) error {
	for _, side := range []carried{x, y} {
		standing, why := apartFor(side.rec, side.claim)
		if standing == "" {
			continue
		}
		sh.Standing, sh.Reason, sh.Verdict = standing, why, shortVerdict(side.claim)
		by, err := byLists(v.ground(), side.claim)
		if err != nil {
			return err
		}
		sh.Reason += by
		sh.Verdict.Reason += by
		if standing == "denied" {
			ruling, err := v.judge(side.rec)
			if err != nil {
				return err
			}
			sh.Verdict = deniedVerdict(ruling, side)
			sh.Reason = fmt.Sprintf("for %v of %s it does not link: %s (%s)", side.rec.ID, side.rec.Source, sh.Verdict.Reason, sh.Verdict.Rule)
			return nil
		}
		if side.claim.Standing == "" {
			return nil
		}
		more, err := causeOf(v.ground(), rules, side.rec, side.claim.Identifier, standing)
		if err != nil {
			return err
		}
		sh.Reason, sh.Bridged, sh.Cap, sh.Decision = more.reason, more.bridged, more.limit, more.decision
		if standing == "conflict" && len(all.Conflict) > 0 {
			sh.Reason = "it would join what one person has one of: both have another " + strings.Join(all.Conflict, " and another ")
		}
		return nil
	}
	if x.rec.State != graph.Live || y.rec.State != graph.Live {
		sh.Standing, sh.Reason = "denied", "one of the records is "+cmp.Or(notLive(x.rec), notLive(y.rec))
	} else {
		sh.Reason = "it joins others and not yet these: the profile is being divided"
	}
	return nil
}

func notLive(r graph.Record) string {
	if r.State == graph.Live {
		return ""
	}
	return r.State.String()
}

// deniedVerdict is the verdict on a claim, or on its record when that decides.
func deniedVerdict(ruling cdp.Ruling, side carried) cdp.Verdict {
	for i, c := range side.rec.Claims {
		if c.Identifier.Same(side.claim.Identifier) && i < len(ruling.Claims) {
			if v := ruling.Claims[i]; !v.Allow || ruling.Outcome == cdp.Linked {
				return v
			}
		}
	}
	return ruling.Verdict
}

// apartFor says in short why a claim joins nothing; "" for one that joins.
func apartFor(rec graph.Record, c cdp.Claim) (standing, why string) {
	switch {
	case c.Blocked != "":
		return "blocked", "the value is a placeholder: it identifies nobody (" + c.Blocked + ")"
	case c.Generic != "":
		return "generic", "many people share the value: it is in the list of those (" + c.Generic + ")"
	case c.Standing != "":
		return c.Standing, standingWords(c.Standing)
	case !c.Active:
		return "denied", fmt.Sprintf("for %v of %s it may not link (%s)", rec.ID, rec.Source, cmp.Or(shortVerdict(c).Rule, rec.Rule))
	}
	return "", ""
}

func controllersWords(a, b string) string {
	return fmt.Sprintf("for different controllers (%s, %s): joining them would be a disclosure, not a merge", a, b)
}

// standingWords says of what an allowed claim is kept from joining by.
func standingWords(standing string) string {
	switch standing {
	case "generic":
		return "more people share it than one person can be"
	case "conflict":
		return "it would join what one person has one of: two values of an exclusive kind, or two birth dates"
	case "different":
		return "it would join records that a person called different"
	case "locked":
		return "it would change a profile that a person locked"
	case "guarded":
		return "the profile would be held together by more links than rules may make: for a person to judge"
	case "cut":
		return "a person decided that the record does not carry it"
	case "suppressed":
		return "a person decided that it joins nobody"
	case "no rule":
		return "the rules of identity join nobody by its kind"
	}
	return ""
}

// A cause is why a claim has its standing, with the numbers.
type cause struct {
	reason         string
	bridged, limit int
	decision       *cdp.Decision
}

// mostMeasured bounds the profiles that are looked at to say how many people
// share a value.
const mostMeasured = 200

// causeOf tells why an allowed claim of a record joins nothing.
func causeOf(k ground, rules *resolve.Rules, rec graph.Record, id cdp.Identifier, standing string) (cause, error) {
	out := cause{reason: standingWords(standing)}
	switch standing {
	case "generic":
		return out, generic(k, rules, rec, id, &out)
	case "guarded":
		out.reason = fmt.Sprintf("the profile would be held together by more than %d links: for a person to judge", rules.Guard)
	case "suppressed":
		one, err := k.SuppressedBy(id)
		if errors.Is(err, graph.ErrNotFound) {
			return out, nil
		}
		out.decision = &one
		out.reason = fmt.Sprintf("%s decided that it joins nobody (%v): %s", one.By, one.ID, one.Reason)
		return out, err
	case "cut", "different", "locked":
		made, err := k.DecisionsOf(cdp.Row{Source: rec.Source, Key: rec.Key})
		if err != nil {
			return out, err
		}
		for _, one := range made {
			switch {
			case standing == "cut" && one.Verb == cdp.DecideCut && one.Identifier.Same(id):
				out.reason = fmt.Sprintf("%s decided that the record does not carry it (%v): %s", one.By, one.ID, one.Reason)
			case standing == "different" && one.Verb == cdp.DecideDifferent:
				out.reason = fmt.Sprintf("it would join what %s called different (%v): %s", one.By, one.ID, one.Reason)
			case standing == "locked" && one.Verb == cdp.DecideLock:
				out.reason = fmt.Sprintf("it would change a profile that %s locked (%v): %s", one.By, one.ID, one.Reason)
			default:
				continue
			}
			out.decision = &one
			break
		}
	}
	return out, nil
}

// generic says how many share a value, against the cap of its kind.
func generic(k ground, rules *resolve.Rules, rec graph.Record, id cdp.Identifier, out *cause) error {
	verified := false
	for _, c := range rec.Claims {
		if c.Identifier.Same(id) {
			verified = resolve.Verified(c.Verification)
		}
	}
	kind := rules.Kinds[string(id.Kind())]
	levels, n := rules.Levels(id.Kind(), verified)
	for _, class := range levels[:n] {
		reach, err := k.ReachOf(resolve.Link{ID: id, Controller: rec.Controller, Class: class}, mostMeasured)
		if err != nil {
			return err
		}
		more := ""
		if reach.More {
			more = "at least "
		}
		switch {
		case kind.Bridges > 0 && reach.Bridged > kind.Bridges:
			out.bridged, out.limit = reach.Bridged, kind.Bridges
			out.reason = fmt.Sprintf("carried in %s%d profiles formed by stronger identifiers, cap %d", more, reach.Bridged, kind.Bridges)
		case kind.Spread > 0 && reach.Spread > kind.Spread:
			out.bridged, out.limit = reach.Spread, kind.Spread
			out.reason = fmt.Sprintf("carried with %s%d different values of one other kind, cap %d", more, reach.Spread, kind.Spread)
		}
	}
	return nil
}

// conflicts names what records of both sides have different ones of where a
// person has one: exclusive kinds, by their issuers, and birth dates.
func conflicts(rules *resolve.Rules, a, b []graph.Record) []string {
	held := func(recs []graph.Record) map[string]map[string]bool {
		out := make(map[string]map[string]bool)
		add := func(space, value string) {
			if out[space] == nil {
				out[space] = make(map[string]bool)
			}
			out[space][value] = true
		}
		for _, rec := range recs {
			for _, c := range rec.Claims {
				if j, ok := rules.Kinds[string(c.Identifier.Kind())]; ok && j.Exclusive && c.Blocked == "" {
					if issuer, value, ok := strings.Cut(c.Identifier.Reveal(), ":"); ok { // without an issuer nothing is exclusive
						add(string(c.Identifier.Kind())+" of "+issuer, value)
					}
				}
			}
			for _, at := range rec.Attributes {
				if at.Name == "birth_date" {
					if day, ok := rules.Birth(at.Value.Reveal()); ok {
						add("birth date", fmt.Sprint(day))
					}
				}
			}
		}
		return out
	}
	left, right := held(a), held(b)
	var out []string
	for space, values := range left {
		mine, theirs := 0, 0
		for v := range values {
			if !right[space][v] {
				mine++
			}
		}
		for v := range right[space] {
			if !values[v] {
				theirs++
			}
		}
		if mine > 0 && theirs > 0 {
			out = append(out, space)
		}
	}
	slices.Sort(out)
	return out
}

// notWords are the reasons of a WhyNot as sentences; an address and its hashes
// have one reason, which is told once, of all of them.
func notWords(n cdp.WhyNot) []string {
	var out, reasons []string
	for _, one := range n.Apart {
		out = append(out, fmt.Sprintf("%s called them different (%v): %s", one.By, one.ID, one.Reason))
	}
	by := make(map[string][]string)
	for _, sh := range n.Shared {
		if by[sh.Reason] == nil {
			reasons = append(reasons, sh.Reason)
		}
		by[sh.Reason] = append(by[sh.Reason], sh.Identifier.String())
	}
	for _, reason := range reasons {
		out = append(out, strings.Join(by[reason], ", ")+" carried by both: "+reason)
	}
	if len(n.Shared) == 0 && len(out) == 0 {
		out = append(out, "they share no identifier")
	}
	return out
}
