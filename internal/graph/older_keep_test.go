package graph

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

var keepLayout = flag.Bool("keep-layout", false, "write the rows of a store of this layout, before the code goes on to the next one")

// TestKeepLayout writes, when it is asked to, what TestOlderLayouts reads once
// the layout is an older one: run it with -keep-layout before layout.Version
// grows.
func TestKeepLayout(t *testing.T) {
	under := memkv.New()
	g, err := Create(t.Context(), under, layout.Meta{Created: day})
	if err != nil {
		t.Fatal(err)
	}
	m := &model{rows: make(map[string]*modelRow)}
	rnd := rand.New(rand.NewPCG(13, 1))
	g.limits.move = 2
	for range 180 {
		if rnd.IntN(3) == 0 {
			decideAny(t, g, m, rnd, 32)
		} else {
			act(t, g, m, rnd, 32)
		}
	}
	err = g.Update(t.Context(), day, func(tx *Tx) error {
		_, err := tx.AddPreferences([]cdp.Preference{stated("sms", cdp.Unwanted, 1)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, g, m)
	out := olderStore{Layout: layout.Version}
	err = under.View(t.Context(), func(r kv.Reader) error {
		for e, err := range r.Scan(kv.Range{Start: []byte{0}, End: []byte{0xff}}) {
			if err != nil {
				return err
			}
			out.Entries = append(out.Entries, [2][]byte{bytes.Clone(e.Key), bytes.Clone(e.Value)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = g.View(t.Context(), func(tx *Tx) error {
		seq, err := tx.sequences()
		if err != nil {
			return err
		}
		for id := cdp.ProfileID(1); id <= seq.profiles; id++ {
			live, err := tx.Find(id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			out.Leads = append(out.Leads, live)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out.keep(m)
	if olderSays(t, g, out); !*keepLayout {
		return
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if err := errors.Join(json.NewEncoder(w).Encode(out), w.Close(), os.WriteFile(fmt.Sprintf("testdata/layout-%d.json.gz", layout.Version), z.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// keep takes down what the model knows.
func (old *olderStore) keep(m *model) {
	for _, r := range m.rows {
		o := olderRow{Key: r.key, ID: r.id, Due: r.due, Birth: r.birth, At: r.at, Outcome: r.outcome, Deleted: r.deleted, Dropped: r.dropped, Control: r.control}
		for _, c := range r.claims {
			o.Claims = append(o.Claims, olderClaim{c.id.Kind(), c.id.Reveal(), c.blocked, c.allow, c.verified})
		}
		old.Rows = append(old.Rows, o)
	}
	slices.SortFunc(old.Rows, func(a, b olderRow) int { return cmp.Compare(a.ID, b.ID) })
	for _, d := range m.decisions {
		o := olderDecision{Verb: d.Verb, Kind: d.Identifier.Kind(), Value: d.Identifier.Reveal(), Undone: d.UndoneBy != ""}
		for _, r := range d.Rows {
			o.Keys, o.Groups = append(o.Keys, r.Key), append(o.Groups, r.Group)
		}
		old.Decisions = append(old.Decisions, o)
	}
}
