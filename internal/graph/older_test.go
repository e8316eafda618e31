package graph

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

// An olderStore is all rows of a store as the program of an older layout wrote
// them, after a random history of the model's acts and decisions, with what
// that program and the model knew. testdata/layout-N.json.gz were written by
// the last program of each layout, not by this one: see TestKeepLayout.
type olderStore struct {
	Layout    uint64
	Entries   [][2][]byte
	Leads     []cdp.ProfileID // where each id led, from 1; 0 for nowhere
	Rows      []olderRow
	Decisions []olderDecision
}

type olderRow struct {
	Key              string
	ID               cdp.RecordID
	Due, Birth       int
	At               time.Time
	Outcome          cdp.Outcome
	Deleted, Dropped bool
	Control          string
	Claims           []olderClaim
}

type olderClaim struct {
	Kind            cdp.Kind
	Value, Blocked  string
	Allow, Verified bool
}

type olderDecision struct {
	Verb   string
	Keys   []string
	Groups []int
	Kind   cdp.Kind
	Value  string
	Undone bool
}

// olderStoreOf puts the rows of an older layout into an engine.
func olderStoreOf(t *testing.T, version int) (old olderStore, s kv.Store, m *model) {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("testdata/layout-%d.json.gz", version))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&old); err != nil {
		t.Fatal(err)
	}
	s, m = memkv.New(), &model{rows: make(map[string]*modelRow)}
	err = s.Update(t.Context(), func(tx kv.Tx) error {
		for _, e := range old.Entries {
			if err := tx.Set(e[0], e[1]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range old.Rows {
		r := &modelRow{key: o.Key, id: o.ID, due: o.Due, at: o.At, outcome: o.Outcome, deleted: o.Deleted, dropped: o.Dropped, control: o.Control, birth: o.Birth}
		for _, c := range o.Claims {
			r.claims = append(r.claims, modelClaim{ident(c.Kind, c.Value), c.Allow, c.Verified, c.Blocked})
		}
		m.rows[o.Key] = r
	}
	for i, o := range old.Decisions {
		d := cdp.Decision{ID: cdp.DecisionID(i + 1), Verb: o.Verb}
		if o.Value != "" {
			d.Identifier = ident(o.Kind, o.Value)
		}
		if o.Undone {
			d.UndoneBy = "karl"
		}
		for j, key := range o.Keys {
			d.Rows = append(d.Rows, cdp.DecidedRow{Row: cdp.Row{Source: "test", Key: key}, Group: o.Groups[j]})
		}
		m.decisions = append(m.decisions, d)
	}
	return old, s, m
}

// TestOlderLayouts: a store that the program of an older layout wrote says what
// it said then, and stays of that layout while it is only read; the first write
// raises it, and from then on it is held against the model as one of this
// layout is, also when its components are the longest there can be.
func TestOlderLayouts(t *testing.T) {
	for version := layout.Oldest; version < layout.Version; version++ {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(version, "/", seed), func(t *testing.T) {
				old, s, m := olderStoreOf(t, version)
				g, err := Open(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, g, m)
				olderSays(t, g, old)
				if v := versionOf(t, s); v != uint64(version) || old.Layout != v {
					t.Fatalf("layout %d after reading, want %d", v, version)
				}
				if seed == 0 {
					g.limits = limits{move: 2, rows: 40, bytes: 1 << 20}
				}
				rnd := rand.New(rand.NewPCG(uint64(version), seed))
				for i := range 60 {
					if rnd.IntN(3) == 0 {
						decideAny(t, g, m, rnd, 36)
					} else {
						act(t, g, m, rnd, 36)
					}
					compare(t, g, m)
					if v := versionOf(t, s); i > 3 && v != layout.Version {
						t.Fatalf("layout %d after writing", v)
					}
				}
			})
		}
	}
}

// olderSays compares what a store says with what the program that wrote it said.
func olderSays(t *testing.T, g *Store, old olderStore) {
	t.Helper()
	aliases := 0
	err := g.View(t.Context(), func(tx *Tx) error {
		for i, want := range old.Leads {
			got, err := tx.Find(cdp.ProfileID(i + 1))
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if got != want {
				t.Errorf("id %d leads to %v, it led to %v", i+1, got, want)
			}
			if got != 0 && int(got) != i+1 {
				aliases++
			}
		}
		var want []cdp.Preference
		one := stated("sms", cdp.Unwanted, 1)
		if old.Layout > 2 {
			one.Recorded = day
			want = append(want, one)
		}
		got, err := tx.PreferencesAt([]cdp.Identifier{one.Endpoint}, "A")
		if !slices.Equal(got, want) {
			t.Errorf("preferences are %+v, want %+v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if aliases == 0 {
		t.Error("the store has no alias to read")
	}
}

func versionOf(t *testing.T, s kv.Store) (version uint64) {
	t.Helper()
	err := s.View(t.Context(), func(r kv.Reader) error {
		m, err := layout.ReadMeta(r)
		version = m.Version
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return version
}
