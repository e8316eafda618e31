package steward

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// shownRecords is how many records an effect lists.
const shownRecords = 100

// An instructing is an instruction as it is carried out in one transaction.
type instructing struct {
	in    cdp.Instruction // completed
	said  string          // the day as it was stated
	out   cdp.InstructionEffect
	seen  *graph.Witness
	about []cdp.Ref // profiles
}

// effect sums up what was seen.
func (g *instructing) effect() cdp.InstructionEffect {
	out := g.out
	out.Profiles = g.seen.Effect()
	h := sha256.New()
	in := &g.in
	fmt.Fprintf(h, "%s %q %q %q %q %q %q %v %q %q %q %v %q %q %q %q\n", in.Verb, string(in.Endpoint.Kind()), in.Endpoint.Reveal(), in.Controller, in.Purposes,
		in.Notice, string(in.Channel), in.Expires.UTC(), in.Topic, string(in.Wish), in.Frequency, in.Quiet, in.Language, in.Via, g.said, in.Ref.Reveal())
	if !in.Day {
		fmt.Fprintln(h, in.At.UTC())
	}
	for _, s := range out.Consents {
		fmt.Fprintf(h, "%q %q %s\n", string(s.Purpose), string(s.Channel), s.State)
	}
	for _, w := range out.Wishes {
		fmt.Fprintf(h, "%q %q %s %q %v %q\n", string(w.Channel), w.Topic, w.Wish, w.Frequency, w.Quiet, w.Language)
	}
	if in.Restricts() {
		fmt.Fprintln(h, in.Object(), in.Ground, in.Told.UTC())
	}
	for _, e := range out.Open {
		fmt.Fprintf(h, "%q %q %s %v %v\n", string(e.Row.Source), e.Row.Key, e.Ground, e.Whole, e.Lifted)
	}
	fmt.Fprintln(h, out.Known, out.Purposes, out.Records, out.Changed, out.Carriers, out.Later, out.Profiles.Digest)
	for _, r := range out.Recipients {
		fmt.Fprintf(h, "%q %q %d\n", r.Recipient, string(r.Purpose), r.Count)
	}
	out.Digest = hex.EncodeToString(h.Sum(nil))
	return out
}

// mayDo is what may be done with a record.
type mayDo struct {
	rec     graph.Record
	outcome cdp.Outcome
	why     map[cdp.ActivityID]cdp.Verdict
}

// instructed does an instruction in a transaction.
func (d *Desk) instructed(tx *graph.Tx, in cdp.Instruction) (*instructing, error) {
	said := in.At.Format(time.DateOnly)
	in, err := d.checked(tx, in)
	if err != nil {
		return nil, err
	}
	g := &instructing{in: in, said: said, seen: graph.NewWitness()}
	tx.Watch(g.seen)
	reg, err := d.s.inForce(tx, tx.Now())
	if err != nil {
		return nil, err
	}
	ids, err := d.bearsOn(tx, &in)
	if err != nil {
		return nil, err
	}
	all := ids
	if len(ids) > againLimit {
		ids, g.out.Later = ids[:againLimit], true
	}
	before := make([]mayDo, len(ids))
	for i, id := range ids {
		if before[i], err = d.s.mayDo(tx, reg, id); err != nil {
			return nil, err
		}
		if err := g.noteProfile(tx, id); err != nil {
			return nil, err
		}
	}
	if in.Restricts() {
		err = g.restrict(d, tx, reg, all)
	} else {
		err = g.say(d, tx, reg)
	}
	if err != nil {
		return nil, err
	}
	after := make([]mayDo, len(ids))
	for i, id := range ids {
		if after[i], err = d.s.mayDo(tx, reg, id); err != nil {
			return nil, err
		}
	}
	g.out.Carriers = len(ids)
	if err := g.compare(tx, d, reg, before, after); err != nil {
		return nil, err
	}
	return g, g.stand(tx, reg, after)
}

// say records what was said at the endpoint, and judges again who carries it.
func (g *instructing) say(d *Desk, tx *graph.Tx, reg *policy.Register) error {
	touched, err := d.record(tx, &g.in)
	if g.out.Known = len(touched) == 0; err != nil || g.out.Known {
		return err
	}
	var out cdp.Receipt
	a := admission{d: d, tx: tx, reg: reg, out: &out, budget: againLimit}
	return a.again(touched, nil, make(map[cdp.RecordID]bool))
}

func (g *instructing) noteProfile(tx *graph.Tx, id cdp.RecordID) error {
	p, err := tx.ProfileOf(id)
	if ref := profileRef(p); err == nil && p != 0 && len(g.about) < loggedProfiles && !slices.Contains(g.about, ref) {
		g.about = append(g.about, ref)
	}
	return err
}

// record appends what the person said.
func (d *Desk) record(tx *graph.Tx, in *cdp.Instruction) ([]cdp.Identifier, error) {
	proof := in.Ref
	if in.Verb == cdp.InstructPrefer {
		return tx.AddPreferences([]cdp.Preference{{Endpoint: in.Endpoint, Controller: in.Controller, Channel: in.Channel, Topic: in.Topic, Wish: in.Wish,
			Frequency: in.Frequency, Quiet: in.Quiet, Language: in.Language, At: in.At, Method: in.Via, Proof: proof, By: d.actor.Name, Source: cdp.OfficerSource}})
	}
	state := map[string]cdp.ConsentState{cdp.InstructGive: cdp.ConsentGiven, cdp.InstructWithdraw: cdp.ConsentWithdrawn,
		cdp.InstructRefuse: cdp.ConsentRefused, cdp.InstructObject: cdp.ConsentObjected}[in.Verb]
	purposes := in.Purposes
	if len(purposes) == 0 {
		purposes = []cdp.PurposeID{""}
	}
	var events []cdp.Consent
	for _, p := range purposes {
		events = append(events, cdp.Consent{Endpoint: in.Endpoint, Controller: in.Controller, Purpose: p, Channel: in.Channel, State: state, At: in.At,
			Expires: in.Expires, Notice: in.Notice, Method: in.Via, Language: in.Language, Proof: proof, By: d.actor.Name, Source: cdp.OfficerSource})
	}
	return tx.AddConsents(events)
}

// mayDo judges a record of the store for every activity of its source.
func (s *Steward) mayDo(tx *graph.Tx, reg *policy.Register, id cdp.RecordID) (mayDo, error) {
	rec, err := tx.Head(id)
	if err != nil {
		return mayDo{}, err
	}
	out := mayDo{rec: rec, outcome: rec.Outcome, why: make(map[cdp.ActivityID]cdp.Verdict)}
	ruling, err := s.judgeStored(tx, rec)
	for _, v := range ruling.Holding {
		v.Allow = v.Allow && !strings.HasPrefix(v.Rule, "hold.restricted") // kept, and used for nothing
		out.why[v.Activity] = v
	}
	return out, err
}

// compare notes what is judged otherwise, and who has data that may be used for
// a purpose no longer.
func (g *instructing) compare(tx *graph.Tx, d *Desk, reg *policy.Register, before, after []mayDo) error {
	at := make(map[cdp.ActivityID]int)
	purpose := func(id cdp.ActivityID) *cdp.PurposeEffect {
		i, ok := at[id]
		if !ok {
			a, _ := reg.Activity(id)
			i, at[id] = len(g.out.Purposes), len(g.out.Purposes)
			g.out.Purposes = append(g.out.Purposes, cdp.PurposeEffect{Purpose: a.Purpose, Activity: id})
		}
		return &g.out.Purposes[i]
	}
	ended := make(map[cdp.PurposeID]bool)
	for i := range before {
		e := cdp.RecordEffect{Record: before[i].rec.ID, Source: before[i].rec.Source, Before: before[i].outcome, After: after[i].outcome}
		for id, was := range before[i].why {
			is := after[i].why[id]
			p := purpose(id)
			if was.Allow {
				p.Before++
			}
			if is.Allow {
				p.After++
			} else if why := cmp.Or(is.Reason, is.Rule); p.Why == "" || why < p.Why { // one of them, whatever the order
				p.Why = why
			}
			switch {
			case was.Allow && !is.Allow:
				e.Lost = append(e.Lost, id)
				ended[p.Purpose] = true
			case is.Allow && !was.Allow:
				e.Gained = append(e.Gained, id)
			}
		}
		slices.Sort(e.Lost)
		slices.Sort(e.Gained)
		if e.Before != e.After || len(e.Lost)+len(e.Gained) > 0 {
			if g.out.Changed++; len(g.out.Records) < shownRecords {
				g.out.Records = append(g.out.Records, e)
			}
		}
	}
	g.out.Purposes = slices.DeleteFunc(g.out.Purposes, func(p cdp.PurposeEffect) bool { return p.Before == p.After })
	slices.SortFunc(g.out.Purposes, func(a, b cdp.PurposeEffect) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Activity, b.Activity))
	})
	return g.recipients(tx, d, before, ended)
}

// recipients counts the disclosures of the records for purposes that ended.
func (g *instructing) recipients(tx *graph.Tx, d *Desk, records []mayDo, ended map[cdp.PurposeID]bool) error {
	for _, p := range g.in.Purposes { // a no to what was allowed for other reasons is news to who has the data, too
		if g.in.Verb != cdp.InstructGive && g.in.Verb != cdp.InstructPrefer {
			ended[p] = true
		}
	}
	if len(ended) == 0 && g.in.Verb != cdp.InstructRestrict {
		return nil
	}
	v, err := d.s.look(tx, cdp.Lens{})
	if err != nil {
		return err
	}
	of := make([]graph.Record, len(records))
	for i := range records {
		of[i] = records[i].rec
	}
	all, err := v.shares(of) // our own, and those that sources report
	if err != nil {
		return err
	}
	for _, s := range all {
		if ended[s.Purpose] || g.in.Verb == cdp.InstructRestrict {
			g.went(s.Recipient, s.Purpose, s.At)
		}
	}
	slices.SortFunc(g.out.Recipients, func(a, b cdp.Downstream) int {
		return cmp.Or(cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Purpose, b.Purpose))
	})
	return nil
}

// went notes a disclosure.
func (g *instructing) went(recipient string, purpose cdp.PurposeID, at time.Time) {
	i := slices.IndexFunc(g.out.Recipients, func(d cdp.Downstream) bool { return d.Recipient == recipient && d.Purpose == purpose })
	if i < 0 {
		i = len(g.out.Recipients)
		g.out.Recipients = append(g.out.Recipients, cdp.Downstream{Recipient: recipient, Purpose: purpose})
	}
	d := &g.out.Recipients[i]
	if d.Count++; at.After(d.Last) {
		d.Last = at
	}
}

// stand folds what is on record at the endpoint now, for who carries it.
func (g *instructing) stand(tx *graph.Tx, reg *policy.Register, carriers []mayDo) error {
	if g.in.Restricts() {
		return g.open(tx, carriers)
	}
	if g.in.Verb == cdp.InstructPrefer {
		all, err := tx.PreferencesAt([]cdp.Identifier{g.in.Endpoint}, g.in.Controller)
		g.out.Wishes = policy.Preferring(all, tx.Now())
		return err
	}
	all, err := tx.ConsentsOf(g.in.Endpoint)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c cdp.Consent) bool { return c.Controller != g.in.Controller })
	var records []graph.Record
	for _, c := range carriers {
		if c.rec.Controller == g.in.Controller {
			records = append(records, c.rec)
		}
	}
	if records, err = withTheirs(tx, records); err != nil {
		return err
	}
	g.out.Consents = termsOf(reg, records).Standings(all, tx.Now())
	return nil
}
