package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/match"
)

// smallMatcher has caps that a handful of profiles reach.
func smallMatcher(block, crowd, per int) *Matcher {
	r := match.DefaultRules()
	r.Block, r.Crowd, r.PerProfile = block, crowd, per
	return NewMatcher(r, nil, "")
}

// A matchPerson is a row of a made-up person, by small numbers that often agree.
type matchPerson struct {
	key, controller                   string
	given, family, birth, mail, phone int
	outcome                           cdp.Outcome
	deleted                           bool
	at                                int
}

func (p *matchPerson) record() (cdp.Record, cdp.Ruling) {
	r := cdp.Record{Source: "test", Key: p.key, At: day.AddDate(0, 0, p.at), Deleted: p.deleted}
	add := func(name, v string) {
		r.Attributes = append(r.Attributes, cdp.Attribute{Name: name, Value: cdp.Value(v)})
	}
	add("given_name", []string{"Anna", "Anne", "Bernd", "Clara"}[p.given])
	add("family_name", []string{"Lindner", "Lindnar", "Zander"}[p.family])
	if p.birth > 0 {
		add("birth_date", fmt.Sprintf("1980-0%d-1%d", p.birth, p.birth))
	}
	ruling := cdp.Ruling{Outcome: p.outcome, Verdict: cdp.Verdict{Rule: "test"}}
	claim := func(kind cdp.Kind, v string) {
		r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(kind, v), Strength: cdp.LinkStrong})
		ruling.Claims = append(ruling.Claims, cdp.Verdict{Allow: p.outcome == cdp.Linked, Rule: "test"})
	}
	if p.mail > 0 {
		claim(cdp.KindEmail, fmt.Sprintf("person%d@lindenpost.de", p.mail))
	}
	if p.phone > 0 {
		claim(cdp.KindPhone, fmt.Sprintf("+4930920145%02d", p.phone))
	}
	return r, ruling
}

func admitPerson(t testing.TB, g *Store, p *matchPerson) {
	t.Helper()
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		r, ruling := p.record()
		recs := []cdp.Record{r}
		news, err := tx.Sift(recs)
		if err != nil || news[0].Unchanged || news[0].Unfit != nil {
			return err
		}
		_, err = tx.Admit(&recs[0], p.controller, news[0], ruling)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// followMatches brings the possible matches up to date.
func followMatches(t testing.TB, g *Store, m *Matcher) {
	t.Helper()
	followIn(t, g, m, matchChunk)
}

// followIn is followMatches in steps of so many profiles; in small ones each is
// done by another follower, as after a crash.
func followIn(t testing.TB, g *Store, m *Matcher, chunk int) {
	t.Helper()
	f := g.MatchFollower(m)
	for steps := 0; ; steps++ {
		if chunk < matchChunk && steps%3 == 0 {
			f = g.MatchFollower(m)
		}
		f.chunk = chunk
		_, more, err := f.Step(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
		if steps > 10_000 {
			t.Fatal("following the journal does not end")
		}
	}
}

// matchPicture writes what is kept, in an order of its own. A row may say that it
// was cut where it need not be any more: that costs work and nothing else.
func matchPicture(t testing.TB, g *Store, m *Matcher) (rows, queue []string, cut bool) {
	t.Helper()
	err := g.View(t.Context(), func(tx *Tx) error {
		st, err := tx.matchState()
		if err != nil {
			return err
		}
		filed, open, unsure, ambiguous := 0, 0, 0, 0
		for e, err := range tx.r.Scan(layout.MatchingFrom(0)) {
			if err != nil {
				return err
			}
			row, err := tx.matchRow(cdp.ProfileID(layout.LastNumber(e.Key)))
			if err != nil {
				return err
			}
			filed++
			cut = cut || row.cut
			rows = append(rows, fmt.Sprint(row.id, row.keys, row.partners))
		}
		inRows := 0
		for e, err := range tx.r.Scan(layout.Reviews(nil)) {
			if err != nil {
				return err
			}
			doubt, score, a, b, ok := layout.ReviewOf(e.Key)
			if !ok {
				t.Fatal("a row of the queue can not be read")
			}
			row, err := tx.matchRow(a)
			if err != nil {
				return err
			}
			value, _ := layout.Unseal(e.Key, e.Value)
			q := queued{partner{b, score}, doubt, tx.reader(value).Bool()}
			if slices.Contains(row.queued, q) {
				inRows++
			}
			queue = append(queue, fmt.Sprint(a, b, score, doubt, q.ambiguous))
			if doubt {
				unsure++
			} else {
				open++
			}
			if q.ambiguous {
				ambiguous++
			}
		}
		if inRows != len(queue) || st.filed != filed || st.open != open || st.unsure != unsure || st.ambiguous != ambiguous {
			t.Errorf("counted %d profiles, %d open, %d unsure, %d ambiguous, %d known to their profiles; there are %d, %d, %d, %d, %d",
				st.filed, st.open, st.unsure, st.ambiguous, inRows, filed, open, unsure, ambiguous, len(queue))
		}
		blocks := make(map[string]string)
		for e, err := range tx.r.Scan(layout.MatchesMade()[0]) {
			if err != nil {
				return err
			}
			if len(e.Key) != 9 {
				continue
			}
			k := &matching{tx: tx, blocks: make(map[uint64]*block)}
			h := layout.LastNumber(e.Key)
			if err := k.load([]uint64{h}); err != nil {
				return err
			}
			members := slices.Clone(k.blocks[h].members)
			for o, err := range tx.r.Scan(layout.BlockMore(h)) {
				if err != nil {
					return err
				}
				members = append(members, cdp.ProfileID(layout.LastNumber(o.Key)))
			}
			slices.Sort(members)
			if len(members) != k.blocks[h].count || k.blocks[h].count > len(k.blocks[h].members) && len(k.blocks[h].members) < m.room() {
				t.Errorf("block of %d has %d members, %d of them in its row", k.blocks[h].count, len(members), len(k.blocks[h].members))
			}
			blocks[fmt.Sprint(h)] = fmt.Sprint(members)
		}
		for h, members := range blocks {
			rows = append(rows, h+members)
		}
		slices.Sort(rows)
		slices.Sort(queue)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, queue, cut
}

// matchOracle is the queue from the definition: all profiles, all pairs.
func matchOracle(t testing.TB, g *Store, m *Matcher) (queue []string) {
	t.Helper()
	f := g.MatchFollower(m)
	err := g.View(t.Context(), func(tx *Tx) error {
		people := make(map[cdp.ProfileID]*compared)
		filed := make(map[uint64]int)
		for p, err := range tx.Profiles(1) {
			if err != nil {
				return err
			}
			c := f.ready(&p)
			if c.person == nil {
				continue
			}
			people[p.ID] = c
			for _, h := range c.keys {
				filed[h]++
			}
		}
		var found []match.Candidate
		for _, c := range people {
			c.person.Crowded(func(key string) bool { return filed[f.hash.of(c.controller, key)] > m.rules.Crowd })
		}
		for a, x := range people {
			apart, err := tx.calledDifferent(a)
			if err != nil {
				return err
			}
			for b, y := range people {
				common := slices.ContainsFunc(x.keys, func(h uint64) bool { return filed[h] <= m.rules.Block && slices.Contains(y.keys, h) })
				if _, called := apart[b]; a < b && common && !called {
					found = append(found, match.Candidate{A: uint64(a), B: uint64(b), Score: m.rules.Compare(x.person, y.person)})
				}
			}
		}
		for _, c := range m.rules.Review(found) {
			a, b := cdp.ProfileID(c.A), cdp.ProfileID(c.B)
			u, err := tx.unsure(a, b)
			if err != nil {
				return err
			}
			queue = append(queue, fmt.Sprint(a, b, c.Score.Total, u != nil && u.Score == c.Score.Total, c.Ambiguous))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(queue)
	return queue
}

// TestMatchesFollow: after any history, followed in any portions, the possible
// matches are those that would be made at once from the profiles there are.
func TestMatchesFollow(t *testing.T) {
	compared, cuts, ambiguous, doubts := 0, 0, 0, 0
	for seed := range uint64(100) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		m := smallMatcher(2+rnd.IntN(12), 1+rnd.IntN(4), 1+rnd.IntN(4))
		g := newStore(t)
		var decisions []cdp.DecisionID
		for i := range 60 {
			p := &matchPerson{key: fmt.Sprint("k", rnd.IntN(24)), controller: []string{"office", "office", "other"}[rnd.IntN(3)], at: i,
				given: rnd.IntN(4), family: rnd.IntN(2), birth: rnd.IntN(4), mail: rnd.IntN(20), phone: rnd.IntN(20)}
			switch rnd.IntN(12) {
			case 0:
				p.deleted, p.outcome = true, cdp.HeldApart
			case 1:
				p.outcome = cdp.HeldApart
			case 2:
				p.outcome = cdp.Quarantined
			}
			admitPerson(t, g, p)
			if rnd.IntN(8) == 0 {
				a, b := fmt.Sprint("k", rnd.IntN(24)), fmt.Sprint("k", rnd.IntN(24))
				err := g.Update(t.Context(), day, func(tx *Tx) error {
					if len(decisions) > 0 && rnd.IntN(3) == 0 {
						d := decisions[len(decisions)-1]
						decisions = decisions[:len(decisions)-1]
						_, err := tx.Undecide(d, "olga", "a test")
						return err
					}
					d := &cdp.Decision{Verb: cdp.DecideDifferent, By: "olga", Reason: "a test",
						Rows: []cdp.DecidedRow{{Row: cdp.Row{Source: "test", Key: a}}, {Row: cdp.Row{Source: "test", Key: b}, Group: 1}}}
					_, err := tx.Decide(d)
					decisions = append(decisions, d.ID)
					return err
				})
				if err != nil && !strings.Contains(err.Error(), "says otherwise") && a != b {
					t.Fatal(err)
				}
				if err != nil && len(decisions) > 0 {
					decisions = nil // those that were not kept are not undone
				}
			}
			if rnd.IntN(5) == 0 {
				followIn(t, g, m, []int{1, 3, matchChunk}[rnd.IntN(3)])
			}
			if rnd.IntN(6) == 0 {
				doubt(t, g, m, rnd)
			}
		}
		followMatches(t, g, m)
		rows, queue, cut := matchPicture(t, g, m)
		want := matchOracle(t, g, m)
		if cut { // ambiguity is seen among the candidates that are kept
			cuts++
			queue, want = withoutFlag(queue), withoutFlag(want)
		}
		if fmt.Sprint(queue) != fmt.Sprint(want) {
			t.Fatalf("seed %d: the queue is\n%s\nwant\n%s", seed, strings.Join(queue, "\n"), strings.Join(want, "\n"))
		}
		if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.ForgetMatches() }); err != nil {
			t.Fatal(err)
		}
		followIn(t, g, m, []int{1, matchChunk}[seed%2])
		again, _, _ := matchPicture(t, g, m)
		if fmt.Sprint(rows) != fmt.Sprint(again) {
			t.Fatalf("seed %d: followed\n%s\nmade anew\n%s", seed, strings.Join(rows, "\n"), strings.Join(again, "\n"))
		}
		compared += len(queue)
		for _, q := range queue {
			if strings.HasSuffix(q, "true") {
				ambiguous++
			}
			if strings.Contains(q, " true ") {
				doubts++
			}
		}
	}
	if compared < 100 || cuts == 0 || ambiguous == 0 || doubts == 0 {
		t.Errorf("%d pairs, %d histories with more than are kept, %d ambiguous, %d unsure: too few to show anything", compared, cuts, ambiguous, doubts)
	}
}

func withoutFlag(queue []string) []string {
	out := make([]string, len(queue))
	for i, q := range queue {
		out[i] = q[:strings.LastIndexByte(q, ' ')]
	}
	return out
}

// doubt says of one of the pairs in the queue that nobody can tell.
func doubt(t testing.TB, g *Store, m *Matcher, rnd *rand.Rand) {
	t.Helper()
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		page, err := g.Matches(tx, m, cdp.MatchFilter{})
		if err != nil || len(page.Items) == 0 {
			return err
		}
		pm := page.Items[rnd.IntN(len(page.Items))]
		return tx.SetUnsure(pm.A, pm.B, cdp.Unsure{By: "olga", Reason: "a test", At: day, Score: pm.Score})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDecidedBeforeDelivered: a decision may name a row that comes only later.
func TestDecidedBeforeDelivered(t *testing.T) {
	g := newStore(t)
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		_, err := tx.Decide(&cdp.Decision{Verb: cdp.DecideDifferent, By: "olga", Reason: "a test",
			Rows: []cdp.DecidedRow{{Row: cdp.Row{Source: "test", Key: "a"}}, {Row: cdp.Row{Source: "test", Key: "b"}, Group: 1}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b"} {
		admitPerson(t, g, &matchPerson{key: key, controller: "office", mail: 3})
	}
	err = g.View(t.Context(), func(tx *Tx) error {
		st, err := tx.Stats()
		if err == nil && st.Profiles != 2 {
			t.Errorf("%d profiles, want 2", st.Profiles)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// uncommon is a family name of its own for each number below 4,096.
func uncommon(n int) string {
	syllables := []string{"ba", "du", "fe", "go", "hi", "ka", "lu", "me", "no", "pi", "ra", "su", "te", "vo", "wi", "za"}
	return syllables[n%16] + syllables[n/16%16] + syllables[n/256%16] + "nner"
}

// TestMatchesFarBehind: when most of the store is new, all is made anew, and
// nothing is missed by it.
func TestMatchesFarBehind(t *testing.T) {
	m := smallMatcher(5, 3, 2)
	g := newStore(t)
	followMatches(t, g, m)
	for from := 0; from < farBehind+200; from += 100 {
		err := g.Update(t.Context(), day, func(tx *Tx) error {
			for i := from; i < from+100; i++ {
				p := &matchPerson{key: fmt.Sprint("k", i), controller: "office", birth: 1}
				r, ruling := p.record()
				r.Attributes[1].Value = cdp.Value(uncommon(i / 2))
				recs := []cdp.Record{r}
				news, err := tx.Sift(recs)
				if err != nil {
					return err
				}
				if _, err := tx.Admit(&recs[0], p.controller, news[0], ruling); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := g.MatchFollower(m).Step(t.Context(), day); err != nil {
		t.Fatal(err)
	}
	err := g.View(t.Context(), func(tx *Tx) error {
		st, err := tx.matchState()
		if st.phase != matchClear {
			t.Errorf("phase %d, want all anew", st.phase)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	followMatches(t, g, m)
	_, queue, _ := matchPicture(t, g, m)
	if want := matchOracle(t, g, m); len(want) == 0 || fmt.Sprint(withoutFlag(queue)) != fmt.Sprint(withoutFlag(want)) {
		t.Errorf("%d pairs in the queue, want %d", len(queue), len(want))
	}
}
