package graph

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/match"
)

// ErrPage is returned for a page that no list led to.
var ErrPage = errors.New("no page of the list begins there")

// maxMatchPage bounds a page of the queue.
const maxMatchPage = 200

// A matchReader compares profiles of one snapshot.
type matchReader struct{ *matching }

func (s *Store) matchReader(tx *Tx, m *Matcher) (matchReader, error) {
	st, err := tx.matchState()
	f := s.MatchFollower(m)
	if st.made != m.made { // what was filed by other rules is not asked
		st = matchState{}
	}
	return matchReader{&matching{tx: tx, f: f, state: st, blocks: make(map[uint64]*block), rows: make(map[cdp.ProfileID]*matchRow)}}, err
}

// Matches returns a page of the queue, best first. Pairs that are no longer
// what the queue says, since it is behind, are left out.
func (s *Store) Matches(tx *Tx, m *Matcher, f cdp.MatchFilter) (cdp.Page[cdp.PossibleMatch], error) {
	var page cdp.Page[cdp.PossibleMatch]
	r, err := s.matchReader(tx, m)
	if err != nil || r.state.made == "" {
		return page, err
	}
	if f.Limit = min(max(f.Limit, 0), maxMatchPage); f.Limit == 0 {
		f.Limit = 20
	}
	if f.Profile != 0 {
		page.Items, err = r.ofProfile(f)
		page.Total, page.Exact = len(page.Items), true
		return page, err
	}
	var from []byte
	if f.From != "" {
		if from, err = hex.DecodeString(f.From); err != nil {
			return page, ErrPage
		}
		if _, _, _, _, ok := layout.ReviewOf(from); !ok {
			return page, ErrPage
		}
	}
	page.Total = r.state.open + r.state.unsure
	page.Exact = f.Ambiguous == nil && f.Unsure == nil && f.Least == 0
	if !page.Exact {
		page.Total = 0
	}
	for e, err := range tx.r.Scan(layout.Reviews(from)) {
		if err != nil {
			return page, fmt.Errorf("graph: queue: %w", err)
		}
		unsure, score, a, b, ok := layout.ReviewOf(e.Key)
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil || !ok {
			return page, fmt.Errorf("graph: queue: %w", cmp.Or(err, layout.ErrDamaged))
		}
		rd := tx.reader(value)
		ambiguous := rd.Bool()
		if f.Unsure != nil && unsure != *f.Unsure || f.Ambiguous != nil && ambiguous != *f.Ambiguous || score < f.Least {
			continue
		}
		if len(page.Items) == f.Limit {
			page.More, page.Next = true, hex.EncodeToString(e.Key)
			break
		}
		pm, ok, err := r.compare(a, b)
		if err != nil {
			return page, err
		}
		if pm.Ambiguous = ambiguous; ok {
			page.Items = append(page.Items, pm)
		}
	}
	if !page.Exact && !page.More && f.From == "" {
		page.Total, page.Exact = len(page.Items), true
	}
	return page, nil
}

// ofProfile returns the possible matches of one profile, and what is only
// related when that is asked for.
func (r matchReader) ofProfile(f cdp.MatchFilter) ([]cdp.PossibleMatch, error) {
	id, err := r.tx.Find(f.Profile)
	if err != nil {
		return nil, err
	}
	row, err := r.row(id)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(row.partners)
	if f.Related {
		if list, err = r.candidates(row, func(l match.Level) bool { return l != match.None }); err != nil {
			return nil, err
		}
		slices.SortFunc(list, partner.compare)
	}
	var out []cdp.PossibleMatch
	for _, p := range list {
		pm, ok, err := r.compare(id, p.id)
		if err != nil {
			return nil, err
		}
		if !ok && !(f.Related && pm.Level == match.Related.String()) || pm.Score < f.Least {
			continue
		}
		other, err := r.row(p.id)
		if err != nil {
			return nil, err
		}
		_, kept, ambiguous := r.f.m.judge(row, other)
		if pm.Ambiguous = ambiguous; ok && !kept && !f.Related {
			continue
		}
		if f.Ambiguous != nil && ambiguous != *f.Ambiguous || f.Unsure != nil && (pm.Unsure != nil) != *f.Unsure {
			continue
		}
		if out = append(out, pm); len(out) == f.Limit {
			break
		}
	}
	return out, nil
}

// compare compares two profiles as they are now; ok says that they are live,
// not called different, and a possible match.
func (r matchReader) compare(a, b cdp.ProfileID) (pm cdp.PossibleMatch, ok bool, err error) {
	pm = cdp.PossibleMatch{A: min(a, b), B: max(a, b), Level: match.None.String()}
	x, err := r.person(a)
	if err != nil || x.person == nil {
		return pm, false, err
	}
	y, err := r.person(b)
	if err != nil || y.person == nil {
		return pm, false, err
	}
	s := r.f.m.rules.Compare(x.person, y.person)
	pm.Score, pm.Level = s.Total, s.Level.String()
	for _, f := range s.Fields {
		pm.Fields = append(pm.Fields, cdp.MatchField{Name: f.Name, How: string(f.How), Points: f.Points, Why: f.Why})
	}
	apart, err := r.tx.calledDifferent(a)
	if err != nil {
		return pm, false, err
	}
	if _, called := apart[b]; called || x.controller != y.controller {
		return pm, false, nil
	}
	if u, err := r.tx.unsure(a, b); err != nil || u != nil && u.Score == s.Total {
		pm.Unsure = u
		return pm, s.Level == match.Possible, err
	}
	return pm, s.Level == match.Possible, nil
}

// Match returns two profiles side by side, whether they are in the queue or
// not.
func (s *Store) Match(tx *Tx, m *Matcher, a, b cdp.ProfileID) (cdp.MatchView, error) {
	var out cdp.MatchView
	r, err := s.matchReader(tx, m)
	if err != nil {
		return out, err
	}
	ids := [2]cdp.ProfileID{a, b}
	for i := range ids {
		if ids[i], err = tx.Find(ids[i]); err != nil {
			return out, fmt.Errorf("%v: %w", [2]cdp.ProfileID{a, b}[i], err)
		}
	}
	if ids[0] > ids[1] {
		ids[0], ids[1] = ids[1], ids[0]
	}
	if ids[0] == ids[1] {
		return out, ErrOneProfile
	}
	if out.PossibleMatch, _, err = r.compare(ids[0], ids[1]); err != nil {
		return out, err
	}
	if out.Unsure, err = tx.unsure(ids[0], ids[1]); err != nil {
		return out, err
	}
	for i, id := range ids {
		p, err := tx.Profile(id, 0)
		if err != nil {
			return out, err
		}
		out.Sides[i] = side(&p)
	}
	apart, err := tx.calledDifferent(ids[0])
	if err != nil {
		return out, err
	}
	if d, ok := apart[ids[1]]; ok {
		out.Decided = append(out.Decided, d)
	}
	rows := [2]*matchRow{}
	for i, id := range ids {
		if rows[i], err = r.row(id); err != nil {
			return out, err
		}
	}
	_, out.InQueue, out.Ambiguous = m.judge(rows[0], rows[1])
	for i, row := range rows {
		for _, c := range row.partners {
			if c.id != rows[1-i].id && rows[1-i].rank(c.id) < 0 {
				out.Rivals = append(out.Rivals, c.id)
			}
		}
	}
	slices.Sort(out.Rivals)
	return out, nil
}

// ErrOneProfile is returned for a possible match of a profile with itself.
var ErrOneProfile = errors.New("both are one profile already")

// side gathers what is compared of a profile, to be shown.
func side(p *Profile) cdp.MatchSide {
	records, left := linkable(p)
	out := cdp.MatchSide{Profile: p.ID, Records: p.Size, Left: left}
	if len(p.Records) > 0 {
		out.Controller = p.Records[0].Controller
	}
	add := func(v cdp.MatchValue) {
		same := func(o cdp.MatchValue) bool {
			return o.Field == v.Field && o.Value == v.Value && (o.Identifier == nil) == (v.Identifier == nil) &&
				(v.Identifier == nil || o.Identifier.Same(*v.Identifier))
		}
		if i := slices.IndexFunc(out.Values, same); i >= 0 {
			out.Values[i].Records++
			return
		}
		v.Records = 1
		out.Values = append(out.Values, v)
	}
	for i := range records {
		r := &records[i]
		if !slices.Contains(out.Sources, r.Source) {
			out.Sources = append(out.Sources, r.Source)
		}
		for _, v := range match.Shown(r) {
			add(cdp.MatchValue{Field: v.Field, Value: v.Value})
		}
		for _, c := range r.Claims {
			if field := match.FieldOf(c.Identifier.Kind()); field != "" {
				id := c.Identifier
				add(cdp.MatchValue{Field: field, Identifier: &id, Shared: c.Generic != ""})
			}
		}
	}
	slices.Sort(out.Sources)
	slices.SortStableFunc(out.Values, func(a, b cdp.MatchValue) int {
		return cmp.Or(cmp.Compare(match.FieldRank(a.Field), match.FieldRank(b.Field)), cmp.Compare(b.Records, a.Records), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// Anchor returns the source row that a live profile's id hangs on: where it
// goes, the id goes.
func (tx *Tx) Anchor(id cdp.ProfileID) (cdp.Row, error) {
	live, row, err := tx.find(id)
	if err != nil {
		return cdp.Row{}, err
	}
	c, err := tx.component(row.component)
	if err != nil {
		return cdp.Row{}, err
	}
	for _, m := range c.ids {
		if m.profile == live {
			r, err := tx.Head(m.anchor)
			return cdp.Row{Source: r.Source, Key: r.Key}, err
		}
	}
	return cdp.Row{}, fmt.Errorf("graph: %v: %w", live, layout.ErrDamaged)
}
