package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newStore(t testing.TB) *Store {
	t.Helper()
	g, err := Create(t.Context(), memkv.New(), layout.Meta{Created: day})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func ident(kind cdp.Kind, value string) cdp.Identifier {
	return cdp.NewIdentifier(kind, value, [4]byte{1, 2, 3, byte(len(value))})
}

// A model is what the graph should hold, kept the plainest way.
type model struct {
	rows      map[string]*modelRow
	decisions []cdp.Decision // by number, from 1
	index     index
}

type modelRow struct {
	key     string
	id      cdp.RecordID
	due     int // days until it is to be judged again; 0 for never
	at      time.Time
	outcome cdp.Outcome
	deleted bool
	dropped bool
	control string
	claims  []modelClaim
	birth   int // one of two dates of birth; 0 for none
}

type modelClaim struct {
	id       cdp.Identifier
	allow    bool
	verified bool
	blocked  string
}

func (r *modelRow) live() bool { return !r.dropped && r.outcome != cdp.Quarantined && !r.deleted }

func (r *modelRow) ruling() cdp.Ruling {
	out := cdp.Ruling{Outcome: r.outcome, Verdict: cdp.Verdict{Rule: "test." + r.outcome.String()}}
	if r.due > 0 {
		out.Due = day.AddDate(0, 0, r.due)
	}
	for _, c := range r.claims {
		out.Claims = append(out.Claims, cdp.Verdict{Allow: c.allow, Rule: fmt.Sprint("test.", c.allow)})
	}
	return out
}

func (r *modelRow) record() cdp.Record {
	out := cdp.Record{Source: "test", Key: r.key, At: r.at, Deleted: r.deleted}
	for _, c := range r.claims {
		claim := cdp.Claim{Identifier: c.id, Strength: cdp.LinkStrong}
		if c.verified {
			claim.Verification = cdp.LoggedIn
		}
		if c.blocked != "" {
			claim.Blocked = c.blocked
		}
		out.Claims = append(out.Claims, claim)
	}
	if r.birth > 0 {
		out.Attributes = append(out.Attributes, cdp.Attribute{Name: birthDate, Value: cdp.Value(fmt.Sprintf("1980-01-%02d", r.birth))})
	}
	return out
}

// resolved is what resolution makes of all live records at once.
func (m *model) resolved() *resolve.Component {
	var recs []resolve.Record
	for _, r := range m.rows {
		if !r.live() {
			continue
		}
		rec := resolve.Record{ID: r.id, Controller: r.control, Lock: m.locked(r)}
		if r.birth > 0 {
			rec.Birth = resolve.Day(19800100 + r.birth)
		}
		for _, c := range r.claims {
			if c.allow && c.blocked == "" && r.outcome == cdp.Linked && !m.severed(r, c.id) {
				rec.Claims = append(rec.Claims, resolve.Claimed{ID: c.id, Verified: c.verified})
			}
		}
		recs = append(recs, rec)
	}
	slices.SortFunc(recs, func(a, b resolve.Record) int { return cmp.Compare(a.ID, b.ID) })
	same, differ := m.tied()
	return resolve.Defaults().Resolve(recs, nil, same, differ)
}

func labels(c *resolve.Component) map[cdp.RecordID]int {
	label := make(map[cdp.RecordID]int)
	for i, p := range c.Result.Part {
		label[c.Records[i].ID] = int(p)
	}
	return label
}

// claimsStand compares what each record says of its claims: one is active if
// it joins at one of its classes.
func claimsStand(t *testing.T, tx *Tx, r *modelRow, c *resolve.Component) error {
	t.Helper()
	rec, err := tx.Record(r.id)
	if err != nil {
		return err
	}
	want := make(map[cdp.IdentifierKey]bool)
	for i := range c.Records {
		for _, cl := range c.ClaimsOf(i) {
			if l := c.Links[cl[1]]; c.Records[i].ID == r.id && c.Result.States[cl[1]] == resolve.Joins {
				want[l.ID.Key()] = true
			}
		}
	}
	for i, cl := range rec.Claims {
		if cl.Active != want[cl.Identifier.Key()] {
			t.Errorf("%v: %v is active: %v; it should be: %v", r.id, cl.Identifier, cl.Active, !cl.Active)
		}
		if allowed := cl.Verdict.Allow; cl.Active && (!allowed || cl.Standing != "" || r.claims[i].blocked != "") || allowed && !cl.Active && cl.Standing == "" {
			t.Errorf("%v: %v is active: %v, allowed: %v, and stands as %q", r.id, cl.Identifier, cl.Active, allowed, cl.Standing)
		}
	}
	return nil
}

func sameGroups(t *testing.T, want map[cdp.RecordID]int, got map[cdp.RecordID]cdp.ProfileID) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d records live, want %d", len(got), len(want))
	}
	there, back := make(map[int]cdp.ProfileID), make(map[cdp.ProfileID]int)
	for id, w := range want {
		g := got[id]
		if g == 0 {
			t.Fatalf("%v is in no profile", id)
		}
		if p, ok := there[w]; ok && p != g {
			t.Fatalf("%v is in %v, the others of its group in %v", id, g, p)
		}
		if l, ok := back[g]; ok && l != w {
			t.Fatalf("%v holds two groups", g)
		}
		there[w], back[g] = g, w
	}
}

// compare holds the graph against the model and its own self-check.
func compare(t *testing.T, g *Store, m *model) {
	t.Helper()
	want := m.resolved()
	err := g.View(t.Context(), func(tx *Tx) error {
		got := make(map[cdp.RecordID]cdp.ProfileID)
		for _, r := range m.rows {
			p, err := tx.ProfileOf(r.id)
			if err != nil {
				return err
			}
			if p == 0 {
				continue
			}
			got[r.id] = p
			if err := claimsStand(t, tx, r, want); err != nil {
				return err
			}
		}
		sameGroups(t, labels(want), got)
		report, err := tx.Check(context.Background(), nil)
		if err != nil {
			return err
		}
		for _, p := range report.Problems {
			t.Errorf("check: %s %v %s", p.Code, p.Ref, p.Text)
		}
		return m.index.follow(t, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// An index follows the journal, as search does.
type index struct {
	at   uint64
	docs map[cdp.ProfileID]string
}

// follow reads again what the journal names, and must then know all that a
// full scan finds.
func (x *index) follow(t *testing.T, tx *Tx) error {
	t.Helper()
	if x.docs == nil {
		x.docs = make(map[cdp.ProfileID]string)
	}
	changes, err := tx.Changes(x.at, 1<<30)
	if err != nil {
		return err
	}
	for _, c := range changes {
		x.at = c.Seq
		for _, id := range c.Profiles {
			delete(x.docs, id)
			p, err := tx.Profile(id, 0)
			if errors.Is(err, ErrNotFound) || err == nil && p.ID != id {
				continue
			}
			if err != nil {
				return err
			}
			x.docs[id] = document(p)
		}
	}
	want := make(map[cdp.ProfileID]string)
	for p, err := range tx.ByComponent() {
		if err != nil {
			return err
		}
		want[p.ID] = document(p)
	}
	for id, d := range want {
		if x.docs[id] != d {
			t.Errorf("the journal leads to %q for %v, there is %q", x.docs[id], id, d)
		}
	}
	for id := range x.docs {
		if _, ok := want[id]; !ok {
			t.Errorf("the journal does not say that %v is gone", id)
		}
	}
	return nil
}

func document(p Profile) string {
	var parts []string
	for _, r := range p.Records {
		s := fmt.Sprint(r.ID, r.Controller, r.Outcome, r.Rule, r.Bases)
		for _, c := range r.Claims {
			s += fmt.Sprint(c.Identifier, c.Active)
		}
		parts = append(parts, s)
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// act performs one random act on graph and model alike.
func act(t *testing.T, g *Store, m *model, rnd *rand.Rand, keys int) {
	t.Helper()
	names := make([]string, 0, len(m.rows))
	for k := range m.rows {
		names = append(names, k)
	}
	slices.Sort(names)
	if len(names) > 0 && rnd.IntN(4) == 0 {
		r := m.rows[names[rnd.IntN(len(names))]]
		if r.outcome == cdp.Quarantined && !r.deleted && !r.dropped && rnd.IntN(3) == 0 {
			r.dropped = true
			if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.DropContent(r.id) }); err != nil {
				t.Fatal(err)
			}
			return
		}
		rejudge(t, g, r, rnd)
		return
	}
	var batch []modelRow
	for range 1 + rnd.IntN(3)*rnd.IntN(3) {
		batch = append(batch, randomRow(rnd, keys))
	}
	admit(t, g, m, batch...)
}

func randomRow(rnd *rand.Rand, keys int) modelRow {
	r := modelRow{key: fmt.Sprint("row", rnd.IntN(keys)), at: day.Add(time.Duration(rnd.IntN(50)) * time.Hour), control: []string{"A", "A", "A", "B"}[rnd.IntN(4)]}
	if rnd.IntN(2) == 0 {
		r.at = day.Add(50 * time.Hour) // the latest there is: current unless one as late has a greater hash
	}
	r.outcome = []cdp.Outcome{cdp.Linked, cdp.Linked, cdp.Linked, cdp.HeldApart, cdp.Quarantined}[rnd.IntN(5)]
	r.deleted = rnd.IntN(8) == 0
	r.due = rnd.IntN(3)
	if rnd.IntN(4) == 0 {
		r.birth = 1 + rnd.IntN(2)
	}
	for range rnd.IntN(4) {
		c := modelClaim{id: randomValue(rnd), allow: rnd.IntN(5) > 0, verified: rnd.IntN(3) == 0, blocked: []string{"placeholder.word", "fixture", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""}[rnd.IntN(17)]}
		if !slices.ContainsFunc(r.claims, func(o modelClaim) bool { return o.id.Same(c.id) }) {
			r.claims = append(r.claims, c)
		}
	}
	return r
}

func randomValue(rnd *rand.Rand) cdp.Identifier {
	switch rnd.IntN(14) {
	case 0, 1:
		return ident(cdp.KindCRM, fmt.Sprint("shop:", rnd.IntN(5)))
	case 2, 3:
		return ident(cdp.KindPhone, fmt.Sprint("+4930", rnd.IntN(3)))
	case 4, 5:
		return ident(cdp.KindDevice, fmt.Sprint("tablet", rnd.IntN(2)))
	case 6, 7:
		return ident(cdp.KindLoyalty, fmt.Sprint("card:", rnd.IntN(3)))
	case 8:
		return ident(cdp.KindIP, "192.0.2.1") // no rule lets it join anything
	}
	return ident(cdp.KindEmail, fmt.Sprint("v", rnd.IntN(12)))
}

// admit admits rows in one transaction.
func admit(t *testing.T, g *Store, m *model, rows ...modelRow) {
	t.Helper()
	recs := make([]cdp.Record, len(rows))
	for i, r := range rows {
		recs[i] = r.record()
	}
	admitted := make(map[string]*modelRow)
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		news, err := tx.Sift(recs)
		if err != nil {
			return err
		}
		for i := range recs {
			if news[i].Unchanged {
				continue
			}
			if _, err := tx.Admit(&recs[i], rows[i].control, news[i], rows[i].ruling()); err != nil {
				return err
			}
			if !news[i].Older {
				r := rows[i]
				r.id = recs[i].ID
				admitted[r.key] = &r
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	settleRest(t, g)
	for key, r := range admitted {
		m.rows[key] = r
	}
}

func rejudge(t *testing.T, g *Store, r *modelRow, rnd *rand.Rand) {
	t.Helper()
	if rnd.IntN(3) == 0 {
		r.outcome = []cdp.Outcome{cdp.Linked, cdp.HeldApart, cdp.Quarantined}[rnd.IntN(3)]
	}
	r.due = rnd.IntN(3)
	if rnd.IntN(8) == 0 {
		r.control = []string{"A", "B"}[rnd.IntN(2)] // the register names another one now
	}
	for i := range r.claims {
		if rnd.IntN(2) == 0 {
			r.claims[i].allow = !r.claims[i].allow
		}
	}
	ruled(t, g, r)
}

// ruled gives the graph the model's ruling.
func ruled(t *testing.T, g *Store, r *modelRow) {
	t.Helper()
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		_, _, err := tx.Rejudge(r.id, r.control, r.ruling())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	settleRest(t, g)
}

// settleRest settles what one transaction left.
func settleRest(t *testing.T, g *Store) {
	t.Helper()
	for more, n := true, 0; more; n++ {
		err := g.Update(t.Context(), day, func(tx *Tx) (err error) {
			_, more, err = tx.SettleNext()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n > 10_000 {
			t.Fatal("settling does not end")
		}
	}
}

// TestHistories holds the graph against the naive model after every act of
// 1,000 random histories.
func TestHistories(t *testing.T) {
	n, acts := 1000, 25
	if testing.Short() {
		n = 100
	}
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 1))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		if n := seed % 4; n < 3 {
			g.limits = limits{move: n, rows: 7 + 10*n, bytes: 1 << 20} // what is taken in becomes segments
		}
		for range acts {
			act(t, g, m, rnd, 10)
			compare(t, g, m)
		}
	}
}

// TestArrivalOrder admits the same facts in 20 orders: the groups are the same.
func TestArrivalOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	var facts []modelRow
	for i := range 150 {
		r := modelRow{at: day.Add(time.Duration(i) * time.Minute), outcome: cdp.Linked, control: "A"}
		for n := range 1 + rnd.IntN(3) {
			r.claims = append(r.claims, modelClaim{id: ident(cdp.KindPhone, fmt.Sprint("v", n, rnd.IntN(40))), allow: rnd.IntN(6) > 0})
		}
		r.key = fmt.Sprint("row", rnd.IntN(110))
		facts = append(facts, r)
	}
	var first []string
	for order := range 20 {
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		for _, i := range rnd.Perm(len(facts)) {
			r := facts[i]
			r.claims = slices.Clone(r.claims)
			admit(t, g, m, r)
		}
		compare(t, g, m)
		groups := make(map[cdp.ProfileID][]string)
		err := g.View(t.Context(), func(tx *Tx) error {
			for key, r := range m.rows {
				p, err := tx.ProfileOf(r.id)
				if err != nil {
					return err
				}
				groups[p] = append(groups[p], key+"@"+r.at.Format(time.TimeOnly))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range groups {
			slices.Sort(g)
			got = append(got, strings.Join(g, " "))
		}
		slices.Sort(got)
		if order == 0 {
			first = got
		} else if !slices.Equal(first, got) {
			t.Fatalf("order %d gives other profiles", order)
		}
	}
}
