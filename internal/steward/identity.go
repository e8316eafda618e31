package steward

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/resolve"
	"cdp-tui/internal/resolve/explain"
)

// An evidence is a profile ready to be explained: its records, identifiers and
// claims by the numbers that explain knows them by.
type evidence struct {
	*graph.Insight
	graph  *explain.Graph
	values []cdp.Identifier
	claims []explain.Claim
	at     map[cdp.RecordID]int32
}

func weigh(in *graph.Insight) *evidence {
	e := &evidence{Insight: in, at: make(map[cdp.RecordID]int32, len(in.Records))}
	number := make(map[cdp.IdentifierKey]int32)
	var order []uint64
	for i := range in.Records {
		e.at[in.Records[i].ID] = int32(i)
		for _, cl := range in.Sight.ClaimsOf(i) {
			l := in.Sight.Links[cl[1]]
			if in.Sight.Result.States[cl[1]] != resolve.Joins {
				continue
			}
			v, ok := number[l.ID.Key()]
			if !ok {
				v = int32(len(e.values))
				number[l.ID.Key()] = v
				e.values = append(e.values, l.ID)
				order = append(order, ordered(in.Rules, l.ID))
			}
			e.claims = append(e.claims, explain.Claim{Record: int32(i), Value: v, Strength: explain.Strength(l.Class)})
		}
	}
	same := make([][2]int32, len(in.Ties))
	for i, t := range in.Ties {
		same[i] = [2]int32{e.at[t.A], e.at[t.B]}
	}
	e.graph = explain.New(len(in.Records), order, e.claims, same)
	return e
}

// ordered breaks ties between identifiers by nothing but themselves; a value
// comes before its hashes, which say no more.
func ordered(rules *resolve.Rules, id cdp.Identifier) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(string(id.Kind()) + "\x00" + id.Reveal())) // never fails
	out := h.Sum64() >> 1
	if rules.Kinds[string(id.Kind())].Echo {
		out |= 1 << 63
	}
	return out
}

// numbers are those of some records that are here.
func (e *evidence) numbers(ids []cdp.RecordID) []int32 {
	var out []int32
	for _, id := range ids {
		if i, ok := e.at[id]; ok {
			out = append(out, i)
		}
	}
	return out
}

func classOf(s explain.Strength) string {
	if s == 0 {
		return ""
	}
	return resolve.Class(s).String()
}

// Holding tells what holds a profile together: its bridges and pillars, how
// dense its evidence is, and what its records carry that joins nothing; at
// another standpoint what did.
func (d *Desk) Holding(ctx context.Context, id cdp.ProfileID) (cdp.Holding, error) {
	var out cdp.Holding
	err := d.read(ctx, d.entry("view", profileRef(id), "what holds it together"), func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		in, err := v.insightOf(ctx, id)
		if err != nil {
			return err
		}
		if out, err = v.holding(weigh(in)); err != nil {
			return err
		}
		r.object = profileRef(in.Profile)
		r.saw(in.Profile, out.Records, out.Links)
		return nil
	})
	return out, err
}

// insightOf is what holds a profile together at the standpoint, with what
// surrounds it put together.
func (v *sight) insightOf(ctx context.Context, id cdp.ProfileID) (*graph.Insight, error) {
	if v.lens.IsNow() {
		return v.tx.Insight(id)
	}
	var err error
	if v.around, err = v.tx.Around(ctx, v.lens.Standpoint, v.judgeThen, []cdp.ProfileID{id}, nil, true); err != nil {
		return nil, err
	}
	then, err := v.around.Then(id)
	return then.Insight, err
}

// mostPillars bounds what a holding lists.
const mostPillars = 50

func (v *sight) holding(e *evidence) (cdp.Holding, error) {
	shape := e.graph.Shape()
	out := cdp.Holding{Profile: e.Profile, Records: len(e.Records), Density: shape.Density, Lens: v.lens, Partial: v.around != nil && v.around.Partial()}
	carriers := make([]int, len(e.values))
	seen := make(map[[2]int32]bool)
	for _, c := range e.claims {
		if k := [2]int32{c.Record, c.Value}; !seen[k] { // one may join at two classes
			seen[k] = true
			carriers[c.Value]++
		}
	}
	for _, n := range carriers {
		if n > 1 {
			out.Links++
		}
	}
	for _, t := range e.Ties {
		if !slices.Contains(out.Decisions, t.Decision) {
			out.Decisions = append(out.Decisions, t.Decision)
		}
	}
	for _, a := range e.graph.Articulations() {
		p := cdp.Pillar{Pieces: a.Pieces}
		switch a.Node.Kind {
		case explain.Value:
			p.Identifier = e.values[a.Node.Number]
		case explain.Record:
			p.Record = e.Records[a.Node.Number].ID
		default:
			p.Decision = e.Ties[a.Node.Number].Decision
		}
		if out.Pillars = append(out.Pillars, p); len(out.Pillars) == mostPillars {
			break
		}
	}
	for _, b := range e.graph.Bridges() {
		if len(out.Bridges) == mostPillars {
			out.MoreBridges++
			continue
		}
		c := e.claims[b.Claim]
		out.Bridges = append(out.Bridges, cdp.Bridge{Record: e.Records[c.Record].ID, Identifier: e.values[c.Value], Class: classOf(c.Strength),
			WithRecord: b.WithRecord, WithValue: b.WithValue})
	}
	var err error
	out.Apart, err = apartClaims(v.ground(), e.Insight)
	return out, err
}

// apartClaims lists what records of a profile carry and are not joined by.
func apartClaims(k ground, in *graph.Insight) ([]cdp.ApartClaim, error) {
	var out []cdp.ApartClaim
	at := make(map[cdp.IdentifierKey]int)
	for _, rec := range in.Records {
		for _, c := range rec.Claims {
			if c.Standing == "" {
				continue
			}
			i, ok := at[c.Identifier.Key()]
			if !ok {
				i = len(out)
				at[c.Identifier.Key()] = i
				out = append(out, cdp.ApartClaim{Identifier: c.Identifier, Standing: c.Standing})
			}
			out[i].Records = append(out[i].Records, rec.ID)
		}
	}
	for i := range out {
		a := &out[i]
		if i >= mostPillars {
			a.Reason = standingWords(a.Standing)
			continue
		}
		others, err := k.Sharing(a.Identifier, in.Profile)
		if err != nil {
			return nil, err
		}
		a.Others = len(others)
		carrier := in.Records[slices.IndexFunc(in.Records, func(r graph.Record) bool { return r.ID == a.Records[0] })]
		why, err := causeOf(k, in.Rules, carrier, a.Identifier, a.Standing)
		if err != nil {
			return nil, err
		}
		a.Reason = why.reason
	}
	return out, nil
}

// CutBetween tells the least that would have to go for two records of one
// profile to part: claims to cut, or identifiers to suppress. Things are
// records, or what leads to one. It is a suggestion to act, and so always of the
// present.
func (d *Desk) CutBetween(ctx context.Context, a, b string) (cdp.CutAdvice, error) {
	var out cdp.CutAdvice
	err := d.now().between(ctx, a, b, func(v *sight, from, to end, r *reading) (err error) {
		out, err = v.cutBetween(v.tx, from, to)
		r.detail = "and " + to.ref.ID + ": what would part them"
		r.saw(out.A, out.B, len(out.Claims), len(out.Values))
		return err
	})
	return out, err
}

// mostToCut is how many claims an advice names: beyond it nobody cuts one by one.
const mostToCut = 50

func (s *Steward) cutBetween(tx *graph.Tx, from, to end) (cdp.CutAdvice, error) {
	var out cdp.CutAdvice
	if len(from.records) != 1 || len(to.records) != 1 {
		return out, planf("name two records: R-0000001, or source/key", "an advice is about two records")
	}
	out.A, out.B = from.records[0], to.records[0]
	switch {
	case out.A == out.B:
		out.Note = "both are the same record"
		return out, nil
	case from.profile == 0 || from.profile != to.profile:
		out.Note = "they are apart already"
		return out, nil
	}
	in, err := tx.Insight(from.profile)
	if err != nil {
		return out, err
	}
	e := weigh(in)
	x, y := e.at[out.A], e.at[out.B]
	cut, err := e.graph.CutClaims(x, y, mostToCut)
	switch {
	case errors.Is(err, explain.ErrInseparable):
		out.Note = "decisions of persons alone hold them together: " + tiesBetween(e)
		return out, nil
	case errors.Is(err, explain.ErrManyToCut):
		out.Note = fmt.Sprintf("more than %d claims would have to be cut: say that they are different people instead", mostToCut)
		return out, nil
	case err != nil:
		return out, err
	}
	out.Pieces = cut.Pieces
	for _, i := range cut.Removed {
		c := e.claims[i]
		rec := e.Records[c.Record]
		out.Claims = append(out.Claims, cdp.CutClaim{Record: rec.ID, Row: cdp.Row{Source: rec.Source, Key: rec.Key}, Identifier: e.values[c.Value], Class: classOf(c.Strength)})
	}
	if cut.Unweighed {
		out.Note = "there may be a cut of as few that are weaker as evidence"
	}
	values, err := e.graph.CutValues(x, y, mostToCut)
	if errors.Is(err, explain.ErrManyToCut) || errors.Is(err, explain.ErrInseparable) {
		return out, nil
	}
	for _, v := range values.Removed {
		out.Values = append(out.Values, e.values[v])
	}
	return out, err
}

func tiesBetween(e *evidence) string {
	var ids []string
	for _, t := range e.Ties {
		if s := t.Decision.String(); !slices.Contains(ids, s) {
			ids = append(ids, s)
		}
	}
	return strings.Join(ids, ", ")
}
