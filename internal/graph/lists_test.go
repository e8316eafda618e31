package graph

import (
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// sifted is the claim on an address as the store takes it in, which was read
// without a mark.
func sifted(t *testing.T, g *Store, address string) (blocked, generic string) {
	t.Helper()
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		recs := []cdp.Record{{Source: "s", Key: address, Claims: []cdp.Claim{{Identifier: ident(cdp.KindEmail, address), Strength: cdp.LinkStrong}}}}
		if _, err := tx.Sift(recs); err != nil {
			return err
		}
		blocked, generic = recs[0].Claims[0].Blocked, recs[0].Claims[0].Generic
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return blocked, generic
}

// TestListsOfTheMaker: a store is judged by the lists of the program that made
// it, until a person decides otherwise; one that is older than versions of lists
// by those of the program that opens it.
func TestListsOfTheMaker(t *testing.T) {
	text := []byte("version: 9\nemail_locals: [kasse]\nrole_mailboxes: [laden]\n")
	made, err := ParseLists(text)
	if err != nil {
		t.Fatal(err)
	}
	raw := func(g *Store, f func(tx kv.Tx) error) {
		t.Helper()
		if err := g.kv.Update(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	inForce := func(g *Store) (m *marks, versions []ListsVersion) {
		t.Helper()
		err := g.View(t.Context(), func(tx *Tx) (err error) {
			if m, err = tx.lists(); err != nil {
				return err
			}
			versions, err = tx.ListsVersions()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return m, versions
	}

	g := newStore(t)
	if m, versions := inForce(g); !m.asRead || !m.Own() || len(versions) != 1 || versions[0].Hash != m.Hash() || versions[0].By != "" {
		t.Errorf("a new store: as read %v, %d versions", m.asRead, len(versions))
	}
	if b, s := sifted(t, g, "kasse@post.de"); b != "" || s != "" { // it was read so
		t.Errorf("a new store marks what was read: %q %q", b, s)
	}

	raw(g, func(tx kv.Tx) error { // as another program makes it
		v := ListsVersion{From: day, Hash: made.Hash(), Text: text}
		set := func(key, value []byte) error { return tx.Set(key, layout.Seal(key, value)) }
		if err := v.write(set); err != nil {
			return err
		}
		return set(layout.KeyCounter(counterLists), []byte(asRead+made.Hash()))
	})
	if m, _ := inForce(g); m.asRead || m.Version != 9 {
		t.Errorf("a store of another program: as read %v, version %d", m.asRead, m.Version)
	}
	for address, want := range map[string][2]string{"kasse@post.de": {"placeholder.local"}, "laden@post.de": {"", "email.role"}, "info@post.de": {}} {
		if b, s := sifted(t, g, address); b != want[0] || s != want[1] {
			t.Errorf("a store of another program: %s is %q %q, want %q", address, b, s, want)
		}
	}

	raw(g, func(tx kv.Tx) error {
		for _, v := range []ListsVersion{{From: day, Hash: made.Hash()}} {
			if err := tx.Delete(layout.KeyLists(v.From, v.Hash, 0)); err != nil {
				return err
			}
		}
		return tx.Delete(layout.KeyCounter(counterLists))
	})
	if m, _ := inForce(g); !m.asRead || !m.Own() {
		t.Error("a store older than versions of lists is not judged by the program's")
	}
}
