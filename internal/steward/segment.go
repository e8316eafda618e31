package steward

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
)

var (
	// ErrSegmentName is returned for a name that in: could not take.
	ErrSegmentName = errors.New("a segment's name is 1 to 60 lower-case letters, digits, . _ and -, and begins with a letter or digit")
	// ErrSegmentPerson is returned for a query that holds an identifier: a
	// segment is kept for years, and says what holds of persons, not who they are.
	ErrSegmentPerson = errors.New("a saved segment holds no identifier of a person: say what holds of the people in it, or use find")
	// ErrBreakdown is returned for a count by something it can not be broken down by.
	ErrBreakdown = errors.New("a count is broken down by country, source, channel, basis, consent, size or month")
)

func segmentName(name string) error {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,59}$`).MatchString(name) {
		return ErrSegmentName
	}
	return nil
}

func segmentRef(name string) cdp.Ref { return cdp.Ref{Kind: "segment", ID: name} }

// SaveSegment keeps a query under a name: a new segment, or the next version
// of one. It is kept in its canonical form. One that says what the last version
// says is not kept again.
func (d *Desk) SaveSegment(ctx context.Context, name, q, note string) (cdp.Segment, error) {
	out := cdp.Segment{Name: name, Note: note, By: d.actor.Name}
	if err := segmentName(name); err != nil {
		return out, err
	}
	tree, err := query.Parse(q)
	if err != nil {
		return out, err
	}
	if slices.ContainsFunc(query.Identifiers(tree), func(t query.IdentifierTerm) bool { return t.Kind != cdp.KindRecord }) {
		return out, ErrSegmentPerson
	}
	if d.actor.ReadOnly {
		return out, ErrReadOnly
	}
	out.Query, out.Shape = tree.String(), nameless(tree).String()
	if _, err := d.s.selector(ctx, out.Query); err != nil {
		return out, err // of a purpose or a segment that is not there
	}
	e := d.entry("save segment", segmentRef(name), "")
	return out, d.update(ctx, &e, func(tx *graph.Tx) error {
		before, err := tx.SegmentVersions(name)
		if err != nil {
			return err
		}
		if n := len(before); n > 0 && before[n-1].Query == out.Query && before[n-1].Note == note && !before[n-1].Retired {
			before[n-1].Shape = out.Shape
			out, e.Detail = before[n-1], fmt.Sprintf("version %d, as it was", n)
			return nil
		}
		if err := tx.AddSegment(&out); err != nil {
			return err
		}
		// A segment that holds itself could not be evaluated.
		if _, err := depth(tx, tree, name, 0); err != nil {
			return err
		}
		e.Detail, e.Digest = fmt.Sprintf("version %d", out.Version), queryDigest(out.Query)
		return nil
	})
}

// errNested is returned for segments that hold themselves or too many others.
var errNested = errors.New("segments within segments: one holds itself, or more than eight are within each other")

// depth returns how many segments stand within each other in a query.
func depth(tx *graph.Tx, n query.Node, self string, at int) (int, error) {
	if at > 8 {
		return at, errNested
	}
	deepest := at
	var err error
	query.Walk(n, func(t query.Term) {
		if t.Field != query.FieldIn || err != nil {
			return
		}
		var s cdp.Segment
		if s, err = segmentOf(tx, t.Text); err != nil {
			return
		}
		if s.Name == self {
			err = errNested
			return
		}
		var inner query.Node
		if inner, err = query.Parse(s.Query); err != nil {
			return
		}
		var below int
		below, err = depth(tx, inner, self, at+1)
		deepest = max(deepest, below)
	})
	return deepest, err
}

// ForgetSegment retires a segment: it is no longer offered, and its versions
// stay as evidence of what was counted and sent by them.
func (d *Desk) ForgetSegment(ctx context.Context, name string) error {
	if d.actor.ReadOnly {
		return ErrReadOnly
	}
	e := d.entry("forget segment", segmentRef(name), "")
	return d.update(ctx, &e, func(tx *graph.Tx) error {
		last, err := segmentOf(tx, name)
		if err != nil {
			return err
		}
		last.Retired, last.By = true, d.actor.Name
		return tx.AddSegment(&last)
	})
}

// Segments lists the saved segments by name; with all those that were retired
// too. It reads no personal data and is not logged.
func (d *Desk) Segments(ctx context.Context, all bool) (out []cdp.Segment, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.Segments()
		return err
	})
	if !all {
		out = slices.DeleteFunc(out, func(s cdp.Segment) bool { return s.Retired })
	}
	shaped(out)
	return out, err
}

// SegmentVersions returns the versions of a segment, oldest first.
func (d *Desk) SegmentVersions(ctx context.Context, name string) (out []cdp.Segment, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if out, err = tx.SegmentVersions(name); err == nil && len(out) == 0 {
			err = ErrNotFound
		}
		return err
	})
	shaped(out)
	return out, err
}

func shaped(list []cdp.Segment) {
	for i := range list {
		list[i].Shape = shapeOf(list[i].Query)
	}
}

// shapeOf is a query without the words that may name a person.
func shapeOf(q string) string {
	n, err := query.Parse(q)
	if err != nil {
		return "" // an older program could read it
	}
	return nameless(n).String()
}

// SegmentRuns returns the last n kept counts of a segment, oldest first.
func (d *Desk) SegmentRuns(ctx context.Context, name string, n int) (out []cdp.SegmentRun, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.SegmentRuns(name, n)
		return err
	})
	return out, err
}

// SegmentMembers lists who a query finds, in the order of the store, up to n
// after a place ("" for the first): ids and what is no personal value.
func (d *Desk) SegmentMembers(ctx context.Context, q, after string, n int) (cdp.Page[cdp.SegmentMember], error) {
	var page cdp.Page[cdp.SegmentMember]
	place, err := strconv.ParseUint("0"+after, 10, 64)
	if err != nil {
		return page, graph.ErrCursor
	}
	if q, err = d.s.pin(ctx, q, cdp.Standpoint{}); err != nil {
		return page, err
	}
	who, err := d.s.selectorFrom(ctx, q, d.lens)
	if err != nil {
		return page, err
	}
	last := place
	_, err = d.stream(ctx, place, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		in, err := who.has(tx, p)
		if err != nil {
			return false, fmt.Errorf("%v: %w", p.ID, err)
		}
		if in && len(page.Items) == n {
			page.More, page.Next = true, strconv.FormatUint(last, 10)
			return true, nil
		}
		if last = p.Next; in {
			page.Items = append(page.Items, memberOf(p))
		}
		return false, nil
	})
	if err != nil {
		return page, err
	}
	r := &reading{hash: newDigest()}
	r.saw(q)
	for _, m := range page.Items {
		r.saw(m.Profile)
		if m.Profile != 0 {
			r.about = append(r.about, profileRef(m.Profile))
		}
	}
	return page, d.logRead(ctx, d.entry("view", cdp.Ref{Kind: "segment"}, fmt.Sprintf("%d profiles of a segment", len(page.Items))), r)
}

func memberOf(p *graph.Profile) cdp.SegmentMember {
	out := cdp.SegmentMember{Profile: p.ID, Records: len(p.Records)}
	for i := range p.Records {
		rec := &p.Records[i]
		out.Sources = appendNew(out.Sources, rec.Source)
		for _, b := range rec.Bases {
			out.Bases = appendNew(out.Bases, b)
		}
		for _, at := range []time.Time{rec.At, rec.Last} {
			if at.After(out.Seen) {
				out.Seen = at
			}
		}
		for _, a := range rec.Attributes {
			if a.Name == "country" {
				out.Countries = appendNew(out.Countries, strings.ToUpper(a.Value.Reveal()))
			}
		}
	}
	return out
}
