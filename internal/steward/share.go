package steward

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/query"
)

// shareExamples is how many profiles a plan names for each rule.
const shareExamples = 3

// A shareSum sums up verdicts. The digest is keyed by the store: what goes out
// can not be guessed from it.
type shareSum struct {
	plan   cdp.SharePlan
	rules  map[string]*cdp.RuleCount
	fields map[string]*cdp.RuleCount
	hash   hash.Hash
}

func (s *Steward) newSum(ask cdp.Ask) *shareSum {
	key := s.g.Meta().TagKey
	t := &shareSum{plan: cdp.SharePlan{Ask: shapedAsk(ask)}, rules: make(map[string]*cdp.RuleCount), fields: make(map[string]*cdp.RuleCount), hash: hmac.New(sha256.New, key[:])}
	asked := []string{ask.Recipient, string(ask.Purpose), string(ask.Channel), ask.Segment}
	if ask.Topic != "" {
		asked = append(asked, ask.Topic)
	}
	t.text(asked...)
	t.text(ask.Fields...)
	return t
}

// shapedAsk is an ask as it may be kept and shown: what may name a person in
// its segment is masked.
func shapedAsk(ask cdp.Ask) cdp.Ask {
	if n, err := query.Parse(ask.Segment); err == nil && ask.Segment != "" {
		ask.Segment = nameless(n).String()
	}
	return ask
}

func (t *shareSum) text(list ...string) {
	fmt.Fprintf(t.hash, "%d;", len(list))
	for _, s := range list {
		fmt.Fprintf(t.hash, "%d:%s", len(s), s)
	}
}

func tally(of map[string]*cdp.RuleCount, key string, notNow time.Time, like cdp.RuleCount, id cdp.ProfileID) {
	c := of[key]
	if c == nil {
		c = &like
		of[key] = c
	}
	if like.Outcome != cdp.FieldAllowed && !notNow.IsZero() && (c.NotNow.IsZero() || notNow.Before(c.NotNow)) {
		c.NotNow = notNow
	}
	if c.Count++; len(c.Examples) < shareExamples && id != 0 { // of another time it may have none
		c.Examples = append(c.Examples, id)
	}
}

// add counts the verdict on a profile.
func (t *shareSum) add(d *cdp.Disclosure, records int) {
	t.plan.Profiles++
	t.plan.Records += records
	outcome := cdp.FieldDenied
	if d.Verdict.Allow {
		outcome = cdp.FieldAllowed
		t.plan.Allowed++
	} else {
		t.plan.Denied++
	}
	v := &d.Verdict
	tally(t.rules, v.Rule, v.From, cdp.RuleCount{Outcome: outcome, Rule: v.Rule, Article: v.Article, Reason: v.Reason}, d.Profile)
	t.text(d.Profile.String(), v.Rule)
	for i := range d.Fields {
		f := &d.Fields[i]
		if !v.Allow && f.Outcome == cdp.FieldAllowed {
			continue
		}
		tally(t.fields, f.Field+"\x00"+f.Verdict.Rule, time.Time{}, cdp.RuleCount{Outcome: f.Outcome, Field: f.Field, Rule: f.Verdict.Rule, Article: f.Verdict.Article, Reason: f.Verdict.Reason}, d.Profile)
		if f.Outcome == cdp.FieldAllowed {
			t.text(f.Field)
			for _, value := range f.Values {
				t.text(value.Reveal())
			}
		}
	}
}

// sum returns the plan.
func (t *shareSum) sum(g *gateOut) cdp.SharePlan {
	out := t.plan
	if g != nil {
		out.At, out.Register = g.ask.At, g.ask.Register.Hash()
	}
	for _, c := range t.rules {
		out.Rules = append(out.Rules, *c)
	}
	slices.SortFunc(out.Rules, func(a, b cdp.RuleCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule))
	})
	for _, c := range t.fields {
		out.Fields = append(out.Fields, *c)
	}
	slices.SortFunc(out.Fields, func(a, b cdp.RuleCount) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Rule, b.Rule))
	})
	fmt.Fprintf(t.hash, "register %s", out.Register)
	out.Digest = hex.EncodeToString(t.hash.Sum(nil))
	return out
}

// SharePlan judges what of which profiles would go to a recipient, profile by
// profile over the whole store or a segment, in bounded memory, and changes
// nothing. progress is told the number of profiles judged; it may be nil. A
// register that is missing or can not be read closes the gate: every profile is
// denied, and the rule says why. At a desk that looks at another standpoint it
// is what would have gone then; such a plan has no digest, and no run is of it.
func (d *Desk) SharePlan(ctx context.Context, ask cdp.Ask, progress func(profiles int)) (cdp.SharePlan, error) {
	out, err := d.plan(ctx, ask, progress)
	if err != nil {
		return out, err
	}
	e := d.entry("plan", cdp.Ref{Kind: "recipient", ID: ask.Recipient}, fmt.Sprintf("purpose %s: %d profiles, %d may be sent, %d may not", ask.Purpose, out.Profiles, out.Allowed, out.Denied))
	e.Digest = out.Digest
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e) })
}

func (d *Desk) plan(ctx context.Context, ask cdp.Ask, progress func(int)) (cdp.SharePlan, error) {
	ask, chosen, err := d.choosing(ctx, ask)
	if err != nil {
		return cdp.SharePlan{}, err
	}
	sum := d.s.newSum(ask)
	sum.plan.Known = d.lens.Known
	gate := d.gates(ask)
	if err := d.s.g.View(ctx, gate.open); err != nil { // of no profiles too it says by which register
		return cdp.SharePlan{}, err
	}
	looked := 0
	_, err = d.stream(ctx, 0, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		if looked++; progress != nil && looked%500 == 0 {
			progress(sum.plan.Profiles)
		}
		in, err := chosen(tx, p)
		if err != nil || !in {
			return false, inProfile(p, err)
		}
		judged, err := gate.disclose(tx, p)
		if err == nil {
			sum.add(&judged, len(p.Records))
		}
		return false, inProfile(p, err)
	})
	if err != nil {
		return cdp.SharePlan{}, err
	}
	if progress != nil {
		progress(sum.plan.Profiles)
	}
	out := sum.sum(gate.gateOut)
	if !d.lens.IsNow() {
		out.Digest = "" // it is no plan of a run
	}
	return out, nil
}

// inProfile says of which profile an error is.
func inProfile(p *graph.Profile, err error) error {
	if err != nil {
		err = fmt.Errorf("%v: %w", p.ID, err)
	}
	return err
}

// gates is the gate out over several transactions, from the standpoint of a desk.
type gates struct {
	*gateOut
	d   *Desk
	ask cdp.Ask
	now time.Time
}

func (d *Desk) gates(ask cdp.Ask) *gates { return &gates{d: d, ask: ask, now: d.s.opt.Now()} }

// open makes the gate one of a transaction.
func (g *gates) open(tx *graph.Tx) error {
	if g.gateOut != nil && g.tx == tx {
		return nil
	}
	gate, err := g.d.s.gateOutFrom(tx, g.ask, g.d.lens.Standpoint, g.now)
	if err == nil {
		gate.planned = true
		g.gateOut = gate
	}
	return err
}

// disclose judges a profile in the transaction in which it was read.
func (g *gates) disclose(tx *graph.Tx, p *graph.Profile) (cdp.Disclosure, error) {
	if err := g.open(tx); err != nil {
		return cdp.Disclosure{}, err
	}
	out, _, err := g.gateOut.disclose(p)
	return out, err
}

// choosing returns which profiles the segment of an ask has, held against the
// store as the desk looks at it when each is judged; all of them when there is
// none. The ask it returns names the versions of saved segments: of another time
// those that had been saved by then.
func (d *Desk) choosing(ctx context.Context, ask cdp.Ask) (cdp.Ask, func(*graph.Tx, *graph.Profile) (bool, error), error) {
	if ask.Segment == "" {
		return ask, func(*graph.Tx, *graph.Profile) (bool, error) { return true, nil }, nil
	}
	var err error
	if ask.Segment, err = d.s.pin(ctx, ask.Segment, d.lens.Standpoint); err != nil {
		return ask, nil, err
	}
	who, err := d.s.selectorBy(ctx, ask.Segment, cdp.Lens{Standpoint: d.lens.Standpoint}, d.lens.Standpoint)
	if err != nil {
		return ask, nil, err
	}
	return ask, who.has, nil
}

// ShareVerdict judges one profile, in full.
func (d *Desk) ShareVerdict(ctx context.Context, ask cdp.Ask, id cdp.ProfileID) (cdp.Disclosure, error) {
	var out cdp.Disclosure
	err := d.read(ctx, d.entry("plan", profileRef(id), "recipient "+ask.Recipient+", purpose "+string(ask.Purpose)), func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		p, err := v.whole(id, 0)
		if err == nil && v.partial {
			err = fmt.Errorf("%v: %w", id, errPartlyKnown)
		}
		if err != nil {
			return err
		}
		out, err = d.gates(ask).disclose(tx, &p)
		r.object = profileRef(p.ID)
		r.saw(p.ID, out.Verdict.Rule, out.Sent())
		return err
	})
	return out, err
}

// loggedVerdicts bounds the profiles by which the entry of one list of verdicts
// can be found.
const loggedVerdicts = 2_000

// errPartlyKnown is returned for a verdict on a profile that was put together
// from a part of the rows that bear on it: a no may be in the rest.
var errPartlyKnown = errors.New("too many rows bear on the profile of then to be put together at once, so no verdict is given: a no may be among the rest")

// ShareVerdicts lists profiles that a rule decides on, in the order of the
// store, up to n after a place ("" for the first): of profiles, or with a field
// of that field. An empty rule lists all.
func (d *Desk) ShareVerdicts(ctx context.Context, ask cdp.Ask, field, rule, after string, n int) (cdp.Page[cdp.Disclosure], error) {
	var page cdp.Page[cdp.Disclosure]
	ask, chosen, err := d.choosing(ctx, ask)
	if err != nil {
		return page, err
	}
	place, err := strconv.ParseUint("0"+after, 10, 64)
	if err != nil {
		return page, graph.ErrCursor
	}
	gate, last := d.gates(ask), place
	_, err = d.stream(ctx, place, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		in, err := chosen(tx, p)
		if err == nil && in {
			var judged cdp.Disclosure
			if judged, err = gate.disclose(tx, p); err == nil && decides(&judged, field, rule) {
				if len(page.Items) == n {
					page.More, page.Next = true, strconv.FormatUint(last, 10)
					return true, nil
				}
				page.Items = append(page.Items, judged)
			}
		}
		last = p.Next
		return false, inProfile(p, err)
	})
	if err != nil {
		return page, err
	}
	return page, d.read(ctx, d.entry("plan", cdp.Ref{Kind: "recipient", ID: ask.Recipient}, fmt.Sprintf("purpose %s, rule %s: %d profiles shown", ask.Purpose, rule, len(page.Items))), func(_ *graph.Tx, r *reading) error {
		for _, p := range page.Items {
			r.saw(p.Profile, p.Verdict.Rule)
			if p.Profile != 0 && len(page.Items) <= loggedVerdicts { // a row of the store each
				r.about = append(r.about, profileRef(p.Profile))
			}
		}
		return nil
	})
}

func decides(d *cdp.Disclosure, field, rule string) bool {
	if field == "" {
		return rule == "" || d.Verdict.Rule == rule
	}
	return slices.ContainsFunc(d.Fields, func(f cdp.FieldVerdict) bool { return f.Field == field && (rule == "" || f.Verdict.Rule == rule) })
}

// A ClosedError says that nothing may go to a recipient whoever the person is.
type ClosedError struct{ Verdict cdp.Verdict }

func (e *ClosedError) Error() string { return e.Verdict.Reason + " " + e.Verdict.Article }

// closedTo returns why nothing may go to the recipient at all, nil when
// something may.
func (g *gateOut) closedTo() *ClosedError {
	v := policy.Disclose(g.ask, nil).Verdict
	if v.Rule == "share.nothing" {
		return nil
	}
	return &ClosedError{v}
}

// ShareTargets lists to whom the register in force at the desk's standpoint lets data go, and for what:
// one row per recipient and purpose. It reads no personal data and is not
// logged.
func (d *Desk) ShareTargets(ctx context.Context) ([]cdp.ShareTarget, error) {
	var out []cdp.ShareTarget
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		reg, err := d.s.inForceAt(tx, d.lens.From(d.s.opt.Now()))
		if err != nil || reg == nil {
			return err
		}
		for _, a := range reg.Activities {
			p, _ := reg.Purpose(a.Purpose)
			for _, id := range a.Recipients {
				r, _ := reg.Recipient(id)
				t := cdp.ShareTarget{Recipient: id, Name: r.Name, Kind: r.Kind, Country: r.Country, Purpose: a.Purpose, Title: p.Title.EN}
				if !slices.Contains(out, t) {
					out = append(out, t)
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b cdp.ShareTarget) int {
		return cmp.Or(cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Purpose, b.Purpose))
	})
	return out, err
}
