package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// A model is what the graph should hold, kept the plainest way.
type model struct {
	rows      map[string]*modelRow
	decisions []cdp.Decision // by number, from 1
	index     index
	rules     *resolve.Rules // in force; nil for the program's own
	activated int            // how many times others came into force
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
			rec.Birth, _ = m.inForceRules().Birth(fmt.Sprintf("1980-01-%02d", r.birth))
		}
		for _, c := range r.claims {
			if c.allow && c.blocked == "" && r.outcome.Links() && !m.severed(r, c.id) {
				rec.Claims = append(rec.Claims, resolve.Claimed{ID: c.id, Verified: c.verified})
			}
		}
		recs = append(recs, rec)
	}
	slices.SortFunc(recs, func(a, b resolve.Record) int { return cmp.Compare(a.ID, b.ID) })
	same, differ := m.tied()
	return m.inForceRules().Resolve(recs, nil, same, differ)
}

func (m *model) inForceRules() *resolve.Rules {
	if m.rules == nil {
		m.rules = resolve.Defaults()
	}
	return m.rules
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
