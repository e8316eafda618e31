package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/query"
	"cdp-tui/internal/segment"
)

// A selector says who is in a segment, from the store.
type selector struct {
	s     *Steward
	lens  cdp.Lens
	m     *segment.Matcher
	needs segment.Needs
	asked bool      // consents count only where a record of the profile states one, as in the index
	tx    *graph.Tx // that v looks at
	v     *sight
}

// selector makes a query ready for now. An empty query is everyone.
func (s *Steward) selector(ctx context.Context, q string) (*selector, error) {
	return s.selectorFrom(ctx, q, cdp.Lens{})
}

// selectorFrom makes a query ready for a standpoint; what saved segments in it
// say is what they say now.
func (s *Steward) selectorFrom(ctx context.Context, q string, l cdp.Lens) (*selector, error) {
	return s.selectorBy(ctx, q, l, cdp.Standpoint{})
}

// selectorBy is selectorFrom by what saved segments said at a standpoint.
func (s *Steward) selectorBy(ctx context.Context, q string, l cdp.Lens, saved cdp.Standpoint) (*selector, error) {
	tree, err := query.Parse(q)
	if err != nil {
		return nil, err
	}
	x := &selector{s: s, lens: l}
	err = s.g.View(ctx, func(tx *graph.Tx) error {
		now := s.opt.Now()
		r := resolver{s, tx, saved, func(t query.IdentifierTerm) (func(*segment.Subject) bool, error) {
			if !l.IsNow() {
				return carryingThen(&sight{Steward: s, tx: tx, lens: l}, t)
			}
			ids, err := s.identified(ctx, t)
			set := make(map[cdp.ProfileID]bool, len(ids))
			for _, id := range ids {
				set[id] = true
			}
			return func(x *segment.Subject) bool { return set[x.Profile] }, err
		}}
		if x.m, err = segment.Compile(tree, l.From(now).At, r); err != nil {
			return err
		}
		x.needs = x.m.Needs()
		reg, err := s.inForceAt(tx, l.From(now))
		if err != nil {
			return err
		}
		for _, p := range x.needs.May {
			if _, known := reg.Purpose(p); !known {
				return fmt.Errorf("may:%s: the register has %s: %w", p, purposeNames(reg), ErrNotFound)
			}
		}
		return nil
	})
	return x, err
}

// resolver answers what a query names.
type resolver struct {
	s          *Steward
	tx         *graph.Tx
	saved      cdp.Standpoint // of which segments were saved
	identified func(query.IdentifierTerm) (func(*segment.Subject) bool, error)
}

// Carry tells who carries an identifier.
func (r resolver) Carry(t query.IdentifierTerm) (func(*segment.Subject) bool, error) {
	return r.identified(t)
}

// carryingThen tells who carried an identifier at a standpoint: what each profile of
// then carries is held against it.
func carryingThen(v *sight, t query.IdentifierTerm) (func(*segment.Subject) bool, error) {
	if t.Kind == cdp.KindRecord {
		id, err := cdp.ParseRecordID(t.Text.Reveal())
		return func(s *segment.Subject) bool { return err == nil && slices.Contains(s.Members, id) }, nil
	}
	w, err := v.sought(t)
	return func(s *segment.Subject) bool { return slices.ContainsFunc(s.Identifiers, w.is) }, err
}

func (r resolver) Saved(name string) (query.Node, error) {
	s, err := segmentKnown(r.tx, name, r.saved)
	if err != nil {
		return nil, err
	}
	return query.Parse(s.Query)
}

// segmentOf returns a version of a segment, name/version, or the latest of one
// that was not retired.
func segmentOf(tx *graph.Tx, ref string) (cdp.Segment, error) {
	return segmentKnown(tx, ref, cdp.Standpoint{})
}

// segmentKnown is segmentOf by the versions that had been saved; what is named by
// its version is taken whenever that was.
func segmentKnown(tx *graph.Tx, ref string, from cdp.Standpoint) (cdp.Segment, error) {
	name, version, pinned := strings.Cut(ref, "/")
	versions, err := tx.SegmentVersions(name)
	if err != nil {
		return cdp.Segment{}, err
	}
	missing := fmt.Errorf("no segment is saved under that name: %w", ErrNotFound)
	if !pinned {
		versions = slices.DeleteFunc(versions, func(s cdp.Segment) bool { return !from.Knew(s.At) })
		if len(versions) == 0 || versions[len(versions)-1].Retired {
			return cdp.Segment{}, missing
		}
		return versions[len(versions)-1], nil
	}
	n, err := strconv.Atoi(version)
	if err != nil || n < 1 || n > len(versions) || versions[n-1].Retired {
		return cdp.Segment{}, missing
	}
	return versions[n-1], nil
}

// pin names the version of each saved segment in a query, so that what is
// planned, sent and logged can be read later as it was: the latest that was
// known. The error is that of the query.
func (s *Steward) pin(ctx context.Context, q string, from cdp.Standpoint) (string, error) {
	if q == "" {
		return "", nil
	}
	tree, err := query.Parse(q)
	if err != nil || !slices.Contains(query.StoreOnly(tree), query.FieldIn) {
		return q, err
	}
	err = s.g.View(ctx, func(tx *graph.Tx) error {
		tree, err = pinned(tx, tree, from)
		return err
	})
	if err != nil {
		return "", err
	}
	return tree.String(), nil
}

func pinned(tx *graph.Tx, n query.Node, from cdp.Standpoint) (query.Node, error) {
	list := func(in []query.Node) ([]query.Node, error) {
		out := make([]query.Node, len(in))
		for i, x := range in {
			var err error
			if out[i], err = pinned(tx, x, from); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	switch n := n.(type) {
	case query.And:
		out, err := list(n)
		return query.And(out), err
	case query.Or:
		out, err := list(n)
		return query.Or(out), err
	case query.Not:
		x, err := pinned(tx, n.X, from)
		return query.Not{X: x}, err
	case query.Term:
		if n.Field != query.FieldIn {
			return n, nil
		}
		s, err := segmentKnown(tx, n.Text, from)
		n.Text = s.Ref()
		return n, err
	}
	return n, nil
}

// has reports whether a profile is in the segment. What is restricted (Art. 18)
// is in none.
func (x *selector) has(tx *graph.Tx, p *graph.Profile) (bool, error) {
	p, ok := usable(p)
	if !ok {
		return false, nil
	}
	subject, err := x.subject(tx, p)
	return err == nil && x.m.Match(&subject), err
}

// until leaves of a profile's touchpoints those that had happened at the
// standpoint, and what is told of them. The touchpoints of records of which all
// had happened are there only when they are asked for.
func (v *sight) until(p *graph.Profile, touchpoints bool) (*graph.Profile, error) {
	if v.lens.IsNow() {
		return p, nil
	}
	later := func(r graph.Record) bool { return r.Last.After(v.lens.At) && !v.lens.At.IsZero() }
	if !touchpoints && !slices.ContainsFunc(p.Records, later) {
		return p, nil
	}
	out := *p
	out.Records = slices.Clone(p.Records)
	return &out, happened(v.tx, v.lens, out.Records)
}

// happened fills in the tails of records: of their touchpoints those that had
// happened at the standpoint, and what is told of them.
func happened(tx *graph.Tx, l cdp.Lens, records []graph.Record) error {
	if err := tx.FillTails(records); err != nil || l.At.IsZero() {
		return err
	}
	for i := range records {
		rec := &records[i]
		all := len(rec.Touchpoints)
		rec.Touchpoints = slices.DeleteFunc(slices.Clone(rec.Touchpoints), func(t cdp.Touchpoint) bool { return t.At.After(l.At) })
		if len(rec.Touchpoints) == all {
			continue
		}
		rec.TouchpointCount, rec.Last, rec.Channels, rec.TouchKinds, rec.Texts = len(rec.Touchpoints), time.Time{}, nil, nil, false
		for _, t := range rec.Touchpoints {
			if t.At.After(rec.Last) {
				rec.Last = t.At
			}
			rec.Channels, rec.TouchKinds = appendNew(rec.Channels, t.Channel), appendNew(rec.TouchKinds, t.Kind)
			rec.Texts = rec.Texts || t.Text != ""
		}
	}
	return nil
}

// look gives the sight of a transaction, made once.
func (x *selector) look(tx *graph.Tx) (*sight, error) {
	if x.tx == tx {
		return x.v, nil
	}
	v, err := x.s.look(tx, x.lens)
	if err == nil {
		x.tx, x.v = tx, v
	}
	return v, err
}

// subject gathers what the query looks at.
func (x *selector) subject(tx *graph.Tx, p *graph.Profile) (segment.Subject, error) {
	var out segment.Subject
	v, err := x.look(tx)
	if err != nil {
		return out, err
	}
	if p, err = v.until(p, x.needs.Touchpoints); err != nil {
		return out, err
	}
	if out.Document, err = x.s.document(tx, *p, detail{texts: x.needs.Texts, consents: x.needs.Consents, unasked: !x.asked, lens: x.lens}); err != nil {
		return out, err
	}
	seen := make(map[cdp.IdentifierKey]bool)
	for i := range p.Records {
		out.Outcomes = appendNew(out.Outcomes, p.Records[i].Outcome)
		out.Members = append(out.Members, p.Records[i].ID)
		for _, c := range p.Records[i].Claims {
			if k := c.Identifier.Key(); !seen[k] && c.Blocked == "" {
				seen[k] = true
				out.Identifiers = append(out.Identifiers, c.Identifier)
			}
		}
	}
	if x.needs.Touchpoints {
		records := slices.Clone(p.Records)
		if x.lens.IsNow() { // else they are there, as far as they had happened
			if err := tx.FillTails(records); err != nil {
				return out, err
			}
		}
		for i := range records {
			out.Touchpoints = append(out.Touchpoints, records[i].Touchpoints...)
		}
	}
	if x.needs.Wishes {
		if out.Wishes, err = v.wishesOf(p.Records); err != nil {
			return out, err
		}
	}
	if x.needs.Shares {
		if out.Shares, err = v.shares(p.Records); err != nil {
			return out, err
		}
	}
	for _, purpose := range x.needs.May {
		ok, _, err := v.usable(p.Records, purpose)
		if err != nil {
			return out, err
		}
		if ok {
			out.May = append(out.May, purpose)
		}
	}
	return out, nil
}

// wishesOf returns what holds of how the person wants to be spoken to, at the
// endpoints of records, to their controllers.
func (v *sight) wishesOf(records []graph.Record) ([]cdp.Preferring, error) {
	at := make(map[string]*statements)
	var controllers []string
	for i := range records {
		c := records[i].Controller
		if at[c] == nil {
			at[c] = &statements{}
			controllers = append(controllers, c)
		}
		at[c].at(endpointsOf(&records[i].Record), i)
	}
	var stated []cdp.Preference
	for _, c := range controllers {
		more, err := v.tx.PreferencesAt(at[c].endpoints, c)
		if err != nil {
			return nil, err
		}
		stated = append(stated, more...)
	}
	stated = slices.DeleteFunc(stated, func(p cdp.Preference) bool { return !v.lens.Knew(p.Recorded) })
	return policy.Preferring(stated, v.at.At), nil
}

// usable reports whether one of the records may be used for a purpose now, or
// the verdict on the first.
func (v *sight) usable(records []graph.Record, purpose cdp.PurposeID) (bool, cdp.Verdict, error) {
	var first cdp.Verdict
	for i := range records {
		verdict, err := v.mayUse(records[i], []cdp.PurposeID{purpose})
		if err != nil {
			return false, verdict, err
		}
		if verdict.Allow {
			return true, verdict, nil
		}
		if i == 0 {
			first = verdict
		}
	}
	return false, first, nil
}

// stream hands all profiles of the store to f, with the transaction in which
// they were read, in several views, from a place on until f says that it is
// enough. It returns the place to go on from, 0 at the end. At a desk that looks
// at another standpoint they are those of then, each time divided anew.
func (d *Desk) stream(ctx context.Context, place uint64, f func(tx *graph.Tx, p *graph.Profile) (enough bool, err error)) (uint64, error) {
	if !d.lens.IsNow() {
		return d.streamThen(ctx, place, f)
	}
	for more := true; more; {
		enough := false
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			more = false
			records := 0
			for p, err := range tx.ByComponentFrom(place) {
				if err != nil {
					return err
				}
				place = p.Next
				if enough, err = f(tx, &p); err != nil || enough {
					return err
				}
				if records += len(p.Records); records >= streamRecords {
					more = true
					break
				}
			}
			return nil
		})
		if err := errors.Join(err, ctx.Err()); err != nil {
			return 0, err
		}
		if enough {
			return place, nil
		}
	}
	return 0, nil
}

// now gives the desk that looks at the present.
func (d *Desk) now() *Desk { return d.Through(cdp.Lens{}) }

// errEnough ends a stream.
var errEnough = errors.New("enough")

// streamThen is stream at another standpoint. A place is where the oldest record
// of a profile lies: facts that land between two pages shift no other profile.
func (d *Desk) streamThen(ctx context.Context, place uint64, f func(tx *graph.Tx, p *graph.Profile) (enough bool, err error)) (uint64, error) {
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		return tx.EveryThenFrom(ctx, v.lens.Standpoint, place, v.judgeThen, nil, func(t graph.Then) error {
			place = t.Profile.Next
			enough, err := f(tx, &t.Profile)
			if err == nil && enough {
				err = errEnough
			}
			return err
		})
	})
	if errors.Is(err, errEnough) {
		return place, nil
	}
	return 0, err
}
