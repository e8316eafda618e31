package steward

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
)

// CountSegment counts who a query finds, on the store, profile by profile in
// bounded memory. It tells of how many something may be used or sent, by the
// gates. progress is told the number of profiles looked at; it may be nil.
//
// A draft is not logged as long as nothing in it can name a person: the steps of
// building a filter are one look, which [Desk.LookedAtSegment] logs when it ends.
func (d *Desk) CountSegment(ctx context.Context, ask cdp.SegmentAsk, progress func(profiles int)) (cdp.SegmentCount, error) {
	out := cdp.SegmentCount{Ask: ask, At: d.lens.From(d.s.opt.Now()).At, Known: d.lens.Known}
	if ask.Keep != "" && !d.lens.IsPlain() || ask.Recipient != "" && d.lens.Purpose != "" {
		return out, ErrPast
	}
	if ask.By != "" && !slices.Contains(cdp.SegmentBreakdowns(), ask.By) {
		return out, ErrBreakdown
	}
	c := counter{d: d, out: &out, by: make(map[string]int), not: make(map[string]int)}
	if err := c.begin(ctx); err != nil {
		return out, err
	}
	_, err := d.stream(ctx, 0, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		if out.Looked++; progress != nil && out.Looked%500 == 0 {
			progress(out.Looked)
		}
		if err := c.profile(tx, p); err != nil {
			return false, fmt.Errorf("%v: %w", p.ID, err)
		}
		return false, nil
	})
	if err != nil {
		return out, err
	}
	if progress != nil {
		progress(out.Looked)
	}
	c.sum()
	ref := cdp.Ref{Kind: "segment"}
	if out.Segment != "" {
		ref.ID = ask.Keep
	}
	e := d.entry("count", ref, fmt.Sprintf("%d of %d profiles", out.Profiles, out.Looked))
	e.Digest = queryDigest(out.Ask.Query)
	if ask.Draft && ask.Keep == "" && !mayName(c.tree) {
		return out, d.s.g.View(ctx, c.moved)
	}
	out.Logged = true
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		if err := c.moved(tx); err != nil {
			return err
		}
		if ask.Keep != "" {
			if err := tx.AddSegmentRun(c.run()); err != nil {
				return err
			}
		}
		return d.log(tx, e)
	})
}

// LookedAtSegment logs one look at drafts: the figures of the last of them, and
// how many there were.
func (d *Desk) LookedAtSegment(ctx context.Context, last cdp.SegmentCount, drafts int) error {
	e := d.entry("count", cdp.Ref{Kind: "segment"}, fmt.Sprintf("%d of %d profiles, the last of %d drafts of a filter", last.Profiles, last.Looked, drafts))
	e.Digest = queryDigest(last.Ask.Query)
	return d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e) })
}

func queryDigest(q string) string {
	digest := sha256.Sum256([]byte(q))
	return hex.EncodeToString(digest[:])
}

// mayName reports whether a query can be about somebody in particular: by a
// word, an identifier, an id, or a saved segment, which is not looked into.
func mayName(n query.Node) bool {
	if len(query.Identifiers(n)) > 0 || nameless(n).String() != n.String() {
		return true
	}
	found := false
	query.Walk(n, func(t query.Term) { found = found || t.Field == query.FieldProfile || t.Field == query.FieldIn })
	return found
}

// A counter counts one segment.
type counter struct {
	d    *Desk
	out  *cdp.SegmentCount
	who  *selector
	tree query.Node
	head uint64
	kept cdp.Segment
	by   map[string]int
	not  map[string]int
	plan *shareSum
	gate *gates
}

func (c *counter) begin(ctx context.Context) error {
	ask := &c.out.Ask
	err := c.d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if c.head, err = tx.JournalHead(); err != nil {
			return err
		}
		if ask.Keep != "" {
			if c.kept, err = segmentOf(tx, ask.Keep); err != nil {
				return err
			}
			ask.Query, c.out.Segment = query.FieldIn+":"+c.kept.Ref(), c.kept.Ref()
		}
		reg, err := c.d.s.inForceAt(tx, c.d.lens.From(c.d.s.opt.Now()))
		if err != nil {
			return err
		}
		c.out.Register = reg.Hash()
		if _, known := reg.Purpose(ask.Purpose); ask.Purpose != "" && !known {
			return fmt.Errorf("purpose %q: the register has %s: %w", ask.Purpose, purposeNames(reg), ErrNotFound)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if ask.Query, err = c.d.s.pin(ctx, ask.Query, cdp.Standpoint{}); err != nil {
		return err
	}
	if c.tree, err = query.Parse(ask.Query); err != nil {
		return err
	}
	c.out.Shape = nameless(c.tree).String()
	if ask.Recipient != "" {
		to := cdp.Ask{Recipient: ask.Recipient, Purpose: ask.Purpose, Segment: ask.Query}
		c.plan, c.gate = c.d.s.newSum(to), c.d.gates(to)
		c.plan.plan.Known = c.d.lens.Known
	}
	c.who, err = c.d.s.selectorFrom(ctx, ask.Query, c.d.lens)
	return err
}

// moved notes whether the store changed since the beginning.
func (c *counter) moved(tx *graph.Tx) error {
	head, err := tx.JournalHead()
	c.out.Moved = head != c.head
	return err
}

func (c *counter) profile(tx *graph.Tx, p *graph.Profile) error {
	p, ok := usable(p)
	if !ok {
		c.out.Restricted++
		return nil
	}
	subject, err := c.who.subject(tx, p)
	if err != nil || !c.who.m.Match(&subject) {
		return err
	}
	c.out.Profiles++
	c.out.Records += len(p.Records)
	if c.out.Ask.By != "" {
		doc := subject.Document
		if c.out.Ask.By == "consent" && !c.who.needs.Consents {
			if doc, err = c.d.s.document(tx, *p, detail{consents: true, unasked: true, lens: c.who.lens}); err != nil {
				return err
			}
		}
		for _, v := range breakdown(c.out.Ask.By, doc) {
			c.by[v]++
		}
	}
	if c.out.Ask.Purpose != "" {
		v, err := c.who.look(tx)
		if err != nil {
			return err
		}
		ok, verdict, err := v.usable(p.Records, c.out.Ask.Purpose)
		if err != nil {
			return err
		}
		if ok {
			c.out.Usable++
		} else {
			c.not[verdict.Rule]++
		}
	}
	if c.plan == nil {
		return nil
	}
	judged, err := c.gate.disclose(tx, p)
	if err == nil {
		c.plan.add(&judged, len(p.Records))
	}
	return err
}

// breakdown returns the values of a profile that a count is broken down by.
func breakdown(by string, d cdp.Document) []string {
	var out []string
	switch by {
	case "country":
		out = d.Countries
	case "source":
		for _, s := range d.Sources {
			out = append(out, string(s))
		}
	case "channel":
		for _, s := range d.Channels {
			out = append(out, string(s))
		}
	case "basis":
		for _, s := range d.Bases {
			out = append(out, string(s))
		}
	case "consent":
		for _, s := range d.Consents {
			out = appendNew(out, string(s.Purpose)+"/"+string(s.State))
		}
	case "size":
		low := 1
		for low*2 <= d.Size {
			low *= 2
		}
		if low == 1 {
			return []string{"1"}
		}
		return []string{strconv.Itoa(low) + ".." + strconv.Itoa(2*low-1)}
	case "month":
		if !d.Seen.IsZero() {
			out = []string{d.Seen.UTC().Format("2006-01")}
		}
	}
	if len(out) == 0 {
		return []string{"none"}
	}
	return out
}

func (c *counter) sum() {
	c.out.By, c.out.NotUsable = tallies(c.by), tallies(c.not)
	if c.plan != nil {
		plan := c.plan.sum(c.gate.gateOut)
		if c.gate.gateOut == nil {
			plan.At, plan.Register = c.out.At, c.out.Register
		}
		if !c.d.lens.IsNow() {
			plan.Digest = ""
		}
		c.out.Plan = &plan
	}
}

// tallies orders counts, the largest first.
func tallies(m map[string]int) []cdp.Tally {
	out := make([]cdp.Tally, 0, len(m))
	for v, n := range m {
		out = append(out, cdp.Tally{Value: v, Count: n})
	}
	slices.SortFunc(out, func(a, b cdp.Tally) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return out
}

func (c *counter) run() cdp.SegmentRun {
	o := c.out
	run := cdp.SegmentRun{Name: c.kept.Name, Version: c.kept.Version, At: o.At, Actor: c.d.actor.Name, Register: o.Register, Looked: o.Looked,
		Profiles: o.Profiles, Records: o.Records, Purpose: o.Ask.Purpose, Usable: o.Usable, Recipient: o.Ask.Recipient}
	if o.Plan != nil {
		run.Allowed = o.Plan.Allowed
	}
	return run
}
