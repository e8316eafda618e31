package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
)

// ErrEvidence is returned for an instruction of which nobody could prove that
// the person gave it: the controller bears that burden (Art. 7(1), 5(2)).
var ErrEvidence = errors.New("evidence of the instruction is needed: how and when the person gave it, and a reference by which it is found again")

// ErrUnknownEndpoint is returned for an endpoint of which the store knows
// nothing: a statement at a mistyped address would bind nobody.
var ErrUnknownEndpoint = errors.New("the store knows no record and no statement at that endpoint")

// Endpoint returns the identifier that is meant by what an officer typed, at
// which something is to be recorded: as Find takes it, or P-0000001/email#1a37e542.
// fresh: the store may know nothing of it yet.
func (d *Desk) Endpoint(ctx context.Context, typed string, fresh bool) (cdp.Identifier, error) {
	var out cdp.Identifier
	err := d.read(ctx, d.entry("find", cdp.Ref{Kind: "search"}, "an endpoint"), func(tx *graph.Tx, r *reading) error {
		p := &planning{s: d.s, tx: tx}
		id, err := p.identifier(typed)
		if errors.Is(err, ErrNotFound) {
			id, err = d.s.spelled(typed)
			if known := false; err == nil && !fresh {
				if known, err = stated(tx, id); err == nil && !known {
					err = ErrUnknownEndpoint
				}
			}
		}
		if err != nil {
			return err
		}
		out, r.object = id, identifierRef(id)
		r.about = p.looked
		r.saw(id)
		return nil
	})
	return out, err
}

func identifierRef(id cdp.Identifier) cdp.Ref { return cdp.Ref{Kind: "identifier", ID: id.String()} }

// spelled makes an identifier of kind:value, or of an e-mail address.
func (s *Steward) spelled(typed string) (cdp.Identifier, error) {
	kind, value, ok := strings.Cut(strings.TrimSpace(typed), ":")
	switch {
	case ok && query.IsKind(strings.ToLower(kind)):
		kind = strings.ToLower(kind)
	case strings.Contains(typed, "@"):
		kind, value = string(cdp.KindEmail), strings.TrimSpace(typed)
	default:
		return cdp.Identifier{}, ErrUnknownEndpoint
	}
	if s.opt.Canon == nil {
		return cdp.Identifier{}, ErrUnknownEndpoint
	}
	id, ok := s.opt.Canon(cdp.Kind(kind), strings.Trim(value, `" `))
	if !ok {
		return cdp.Identifier{}, planf("write it as email:anna@shop.example or phone:+49301234567", "that can not be read as an identifier of its kind")
	}
	return id, nil
}

// stated reports whether anything was ever stated at an endpoint.
func stated(tx *graph.Tx, id cdp.Identifier) (bool, error) {
	events, err := tx.ConsentsOf(id)
	if err != nil || len(events) > 0 {
		return len(events) > 0, err
	}
	wishes, err := tx.PreferencesOf(id)
	return len(wishes) > 0, err
}

// checked completes an instruction, or says what is wrong with it.
func (d *Desk) checked(tx *graph.Tx, in cdp.Instruction) (cdp.Instruction, error) {
	in.Via, in.Ref = strings.TrimSpace(in.Via), cdp.Value(strings.TrimSpace(in.Ref.Reveal()))
	now := tx.Now()
	switch {
	case in.Via == "" || in.At.IsZero() || in.Ref == "":
		return in, ErrEvidence
	case in.At.After(now):
		return in, planf("", "the person can not have said so in the future")
	case in.Endpoint.IsZero() && !in.Restricts():
		return in, ErrUnknownEndpoint
	}
	no := in.Verb == cdp.InstructWithdraw || in.Verb == cdp.InstructRefuse || in.Verb == cdp.InstructObject || in.Verb == cdp.InstructLift || in.Verb == cdp.InstructPrefer && in.Wish.Forbids()
	if in.Day {
		in.At = dayOf(in.At, d.s.opt.Zone, now, no)
	}
	if in.Restricts() {
		return in, checkedRestriction(&in)
	}
	reg, err := d.s.inForce(tx, now)
	if err != nil {
		return in, err
	}
	for _, p := range in.Purposes {
		if _, ok := reg.Purpose(p); !ok {
			return in, planf("cdp-tui policy show prints the register", "the register has no purpose %q", p)
		}
	}
	switch in.Verb {
	case cdp.InstructGive:
		if len(in.Purposes) == 0 {
			return in, planf("name the purposes, each by itself (Art. 7(2), Rec. 32)", "a consent is given for a purpose")
		}
	case cdp.InstructWithdraw, cdp.InstructRefuse, cdp.InstructObject:
		if !in.Expires.IsZero() || in.Notice != "" {
			return in, planf("", "a no has no notice and does not expire")
		}
	case cdp.InstructPrefer:
		if in.Wish == cdp.WishUnstated && in.Frequency == "" && in.Quiet.IsZero() && in.Language == "" {
			return in, planf("", "a preference states a wish, a frequency, quiet hours or a language")
		}
		if _, ok := reg.HowOften(in.Frequency); in.Frequency != "" && !ok {
			return in, planf("a period such as P1W, or a word under frequencies of the register", "nobody knows how often %q is", in.Frequency)
		}
	default:
		return in, planf("give, withdraw, refuse, object or prefer", "there is no such instruction")
	}
	return in, d.s.answerable(tx, &in)
}

// answerable finds the controller to whom the person spoke.
func (s *Steward) answerable(tx *graph.Tx, in *cdp.Instruction) error {
	ids, err := tx.Carriers(in.Endpoint, 0, againLimit)
	if err != nil {
		return err
	}
	var names []string
	add := func(c string) {
		if !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	for _, id := range ids {
		rec, err := tx.Head(id)
		if err != nil {
			return err
		}
		add(rec.Controller)
	}
	known := len(ids) > 0
	events, err := tx.ConsentsOf(in.Endpoint)
	if err != nil {
		return err
	}
	wishes, err := tx.PreferencesOf(in.Endpoint)
	if err != nil {
		return err
	}
	for _, e := range events {
		add(e.Controller)
	}
	for _, w := range wishes {
		add(w.Controller)
	}
	if known = known || len(names) > 0; !known && !in.New {
		return ErrUnknownEndpoint
	}
	reg, err := s.inForce(tx, tx.Now())
	if err != nil {
		return err
	}
	registered := false
	if reg != nil {
		for _, c := range reg.Controllers {
			registered = registered || c.ID == in.Controller
			if !known {
				add(c.ID)
			}
		}
	}
	switch {
	case in.Controller == "" && len(names) == 1:
		in.Controller = names[0]
	case in.Controller == "":
		return planf("name one: "+strings.Join(names, ", "), "several controllers hold data of the endpoint: to which one did the person speak?")
	case !registered && !slices.Contains(names, in.Controller):
		return planf("cdp-tui policy show prints the register", "the register has no controller %q", in.Controller)
	}
	return nil
}

// dayOf reads a day of which the time is not known so that the more restrictive
// answer holds: a no at its end, anything else at its beginning.
func dayOf(at time.Time, zone *time.Location, now time.Time, no bool) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := at.Date()
	begin := time.Date(y, m, d, 0, 0, 0, 0, zone)
	end := time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Microsecond)
	switch {
	case !no:
		return begin
	case end.After(now):
		return now
	}
	return end
}

// PreviewInstruction tells what recording an instruction would do, and changes
// nothing. That it was looked at is logged.
func (d *Desk) PreviewInstruction(ctx context.Context, in cdp.Instruction) (cdp.InstructionEffect, error) {
	out, err := d.draftInstruction(ctx, in)
	if err != nil {
		return out, err
	}
	e := d.entry("preview", in.Object(), "to "+in.Verb+" on behalf: "+toldOf(&out))
	e.Digest = out.Digest
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e) })
}

func (d *Desk) draftInstruction(ctx context.Context, in cdp.Instruction) (out cdp.InstructionEffect, err error) {
	if err := d.settleLeft(ctx); err != nil {
		return out, err
	}
	err = d.s.g.Draft(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		done, err := d.instructed(tx, in)
		if err != nil {
			return err
		}
		for more := tx.LeftPending(); more; {
			if _, more, err = tx.SettleNext(); err != nil {
				return err
			}
		}
		out = done.effect()
		return nil
	})
	return out, err
}

// Instruct records what a person told an officer: the statement, what follows
// for the records that carry the endpoint, and the log entry, in one
// transaction. With the digest of a preview, or its first 16 digits, it does what
// was previewed or nothing, and answers with a *StaleError then.
func (d *Desk) Instruct(ctx context.Context, in cdp.Instruction, digest string) (cdp.InstructionEffect, error) {
	var out cdp.InstructionEffect
	if err := d.mayDecide(); err != nil {
		return out, err
	}
	if digest != "" { // of the draft, in which nothing is left to be settled later
		would, err := d.draftInstruction(ctx, in)
		if err != nil {
			return out, err
		}
		if len(digest) < shortestDigest || !strings.HasPrefix(would.Digest, digest) {
			return would, &StaleError{digest, would.Digest}
		}
		digest = would.Digest
	}
	seen := graph.NewWitness()
	var done *instructing
	left := false
	err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) (err error) {
		if done, err = d.instructed(tx, in); err != nil {
			return err
		}
		left = tx.LeftPending()
		if out = done.effect(); !left && digest != "" && out.Digest != digest {
			return &StaleError{digest, out.Digest}
		}
		e := d.entry("instruct", done.in.Object(), fmt.Sprintf("%s on behalf of the person, by %s of %s: %s",
			done.in.Verb, done.in.Via, done.in.At.UTC().Format(time.DateOnly), toldOf(&out)))
		e.Digest = out.Digest
		return d.log(tx, e, done.about...)
	})
	if err != nil {
		return cdp.InstructionEffect{}, err
	}
	seen.Join(done.seen)
	if left {
		if err := d.settleRest(ctx, seen); err != nil {
			return out, err
		}
		done.seen = seen
		out = done.effect()
	}
	if out.Later {
		_, err = d.Tick(ctx)
	}
	return out, err
}

func toldOf(e *cdp.InstructionEffect) string {
	return fmt.Sprintf("%d records judged, %d otherwise; %d recipients have the data; %s", e.Carriers, e.Changed, len(e.Recipients), told(e.Profiles))
}
