package layout

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
)

// TestKeysOrder shows that keys order as their parts do: what a page cursor, a
// time range and a prefix look-up rest on.
func TestKeysOrder(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00\x01ÿ")), 0, 6, -1)
	micro := rapid.Int64Range(-1<<50, 1<<50)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		x, y := text.Draw(t, "x"), text.Draw(t, "y")
		want := strings.Compare(a, b)
		if want == 0 {
			want = strings.Compare(x, y)
		}
		if got := bytes.Compare(KeyRow(cdp.SourceID(a), x), KeyRow(cdp.SourceID(b), y)); got != want {
			t.Fatalf("(%q,%q) against (%q,%q): %d, want %d", a, x, b, y, got, want)
		}
		m, n := micro.Draw(t, "m"), micro.Draw(t, "n")
		if got, want := bytes.Compare(KeyDue(time.UnixMicro(m), 7), KeyDue(time.UnixMicro(n), 7)), compare(m, n); got != want {
			t.Fatalf("times %d and %d: %d, want %d", m, n, got, want)
		}
	})
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// TestPrefixes shows that a prefix selects what begins with it and nothing else.
func TestPrefixes(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00\x01")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		value, prefix := text.Draw(t, "value"), text.Draw(t, "prefix")
		key := KeyIdentifier(cdp.NewIdentifier(cdp.KindEmail, value, [4]byte{}), "c", 3)
		r := IdentifiersOf(cdp.KindEmail, prefix)
		in := bytes.Compare(key, r.Start) >= 0 && (len(r.End) == 0 || bytes.Compare(key, r.End) < 0)
		if in != strings.HasPrefix(value, prefix) {
			t.Fatalf("%q in the range of %q: %v", value, prefix, in)
		}
		other := KeyIdentifier(cdp.NewIdentifier(cdp.KindPhone, value, [4]byte{}), "c", 3)
		if bytes.HasPrefix(other, r.Start) {
			t.Fatal("a prefix of one kind selects another kind")
		}
	})
}

// TestKeysReadBack reads every key that is read back.
func TestKeysReadBack(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab:\x00\x01")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, n := text.Draw(t, "a"), text.Draw(t, "b"), rapid.Uint64Range(1, 1<<62).Draw(t, "n")
		id := cdp.NewIdentifier(cdp.KindCookie, a, [4]byte{})
		if k, v, c, _, err := ClaimOf(KeyIdentifier(id, b, 2)); err != nil || k != cdp.KindCookie || v != a || c != b {
			t.Fatalf("identifier: %v", err)
		}
		if k, v, _, r, err := ClaimOf(KeyWithheld(id, cdp.RecordID(n))); err != nil || k != cdp.KindCookie || v != a || uint64(r) != n {
			t.Fatalf("withheld: %v", err)
		}
		if s, r, err := RowOf(KeyRow(cdp.SourceID(a), b)); err != nil || string(s) != a || r != b {
			t.Fatalf("row: %v", err)
		}
		if s, err := SourceOf(KeySource(cdp.SourceID(a))); err != nil || string(s) != a {
			t.Fatalf("source: %v", err)
		}
		if s, err := SavedOf(KeySaved(a)); err != nil || s != a {
			t.Fatalf("saved search: %v", err)
		}
		at := time.UnixMicro(int64(n % 1e15)).UTC()
		if from, h, c, err := RegisterOf(KeyRegister(at, a, uint16(n))); err != nil || !from.Equal(at) || h != a || c != uint16(n) {
			t.Fatalf("register: %v", err)
		}
		if r, err := DueOf(KeyDue(at, cdp.RecordID(n))); err != nil || uint64(r) != n {
			t.Fatalf("due: %v", err)
		}
		if c, r, err := MemberOf(KeyMember(Component(n), cdp.RecordID(n+1))); err != nil || uint64(c) != n || uint64(r) != n+1 {
			t.Fatalf("member: %v", err)
		}
	})
}

// FuzzReadKeys feeds the readers of keys with anything.
func FuzzReadKeys(f *testing.F) {
	f.Add(KeyRow("shop", "1"))
	f.Add(KeyIdentifier(cdp.NewIdentifier(cdp.KindEmail, "v", [4]byte{}), "c", 3))
	f.Add(KeyRegister(time.Unix(0, 0), "h", 1))
	f.Add([]byte{letterWithheld, 0, 2})
	f.Fuzz(func(t *testing.T, key []byte) {
		if s, r, err := RowOf(key); err == nil && !bytes.Equal(KeyRow(s, r), key) {
			t.Fatal("row does not come back")
		}
		if k, v, c, r, err := ClaimOf(key); err == nil {
			id := cdp.NewIdentifier(k, v, [4]byte{})
			again := KeyWithheld(id, r)
			if key[0] == letterIdentifier {
				again = KeyIdentifier(id, c, ClassOf(key))
			}
			if !bytes.Equal(again, key) {
				t.Fatal("claim does not come back")
			}
		}
		if from, h, n, err := RegisterOf(key); err == nil && !bytes.Equal(KeyRegister(from, h, n), key) {
			t.Fatal("register does not come back")
		}
		SourceOf(key)
		SavedOf(key)
		DueOf(key)
		MemberOf(key)
	})
}

// TestCodec writes parts and reads them back.
func TestCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, i, s := rapid.Uint64().Draw(t, "n"), rapid.Int64().Draw(t, "i"), rapid.String().Draw(t, "s")
		at := time.UnixMicro(rapid.Int64Range(-1<<55, 1<<55).Draw(t, "at")).UTC()
		var w Writer
		w.Uint(n)
		w.Int(i)
		w.Text(s)
		w.Time(at)
		w.Time(time.Time{})
		w.Bool(true)
		w.Word(s)
		r := Reader{B: w.B}
		if r.Uint() != n || r.Int() != i || r.Text() != s || !r.Time().Equal(at) || !r.Time().IsZero() || !r.Bool() || r.Word() != s || !r.Done() {
			t.Fatalf("does not come back: %v", r.Err())
		}
	})
}

// FuzzReader reads damage: an error, never a panic, never more than is there.
func FuzzReader(f *testing.F) {
	f.Add([]byte{1, 2, 3}, uint64(0x123456))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, uint64(0))
	f.Fuzz(func(t *testing.T, value []byte, order uint64) {
		r := Reader{B: value}
		for ; order > 0; order >>= 3 {
			switch order & 7 {
			case 0:
				r.Uint()
			case 1:
				r.Int()
			case 2:
				if len(r.Text()) > len(value) {
					t.Fatal("a text longer than the value")
				}
			case 3:
				r.Time()
			case 4:
				r.Word()
			case 5:
				if r.Count() > len(value) {
					t.Fatal("a count larger than the value")
				}
			case 6:
				r.Skip()
			case 7:
				r.Byte()
			}
		}
		if r.Err() != nil && !errors.Is(r.Err(), ErrDamaged) {
			t.Fatal(r.Err())
		}
	})
}

// TestSymbols gives words numbers in several transactions, one of which fails.
func TestSymbols(t *testing.T) {
	s, table := memkv.New(), NewTable()
	write := func(fail error, words ...string) []byte {
		var w Writer
		err := s.Update(t.Context(), func(tx kv.Tx) error {
			w = Writer{Symbols: table.Update(tx)}
			for _, word := range words {
				w.Word(word)
			}
			if _, err := w.Symbols.Flush(); err != nil {
				return err
			}
			return fail
		})
		if !errors.Is(err, fail) {
			t.Fatal(err)
		}
		return w.B
	}
	read := func(table *Table, b []byte, words ...string) {
		t.Helper()
		err := s.View(t.Context(), func(r kv.Reader) error {
			rd := Reader{B: b, Symbols: table.View(r)}
			for _, word := range words {
				if got := rd.Word(); got != word {
					t.Errorf("got %q, want %q", got, word)
				}
			}
			return rd.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	boom := errors.New("boom")
	long := strings.Repeat("x", maxSymbolText+1)
	first := write(nil, "shop", "web", "shop", long)
	write(boom, "lost", "web")
	second := write(nil, "web", "new", "shop") // the table was not extended in between: numbers come from the store
	read(table, first, "shop", "web", "shop", long)
	read(table, second, "web", "new", "shop")
	fresh := NewTable()
	if err := s.View(t.Context(), fresh.Extend); err != nil {
		t.Fatal(err)
	}
	read(fresh, first, "shop", "web", "shop", long)
	read(fresh, second, "web", "new", "shop")
	if b := write(nil, "shop"); len(b) != 1 {
		t.Errorf("a known word takes %d bytes", len(b))
	}
}

// TestNotDamaged: a look-up that was cut off is no damage.
func TestNotDamaged(t *testing.T) {
	s, w := memkv.New(), Writer{}
	if err := s.Update(t.Context(), func(tx kv.Tx) error {
		w.Symbols = NewTable().Update(tx)
		w.Word("shop")
		_, err := w.Symbols.Flush()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := s.View(ctx, func(r kv.Reader) error {
		rd := Reader{B: w.B, Symbols: NewTable().View(r)}
		cancel()
		rd.Word()
		return rd.Err()
	})
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrDamaged) {
		t.Errorf("error is %v, want that of the context", err)
	}
	rd := Reader{B: []byte{9}, Symbols: NewTable().Load()}
	if rd.Word(); !errors.Is(rd.Err(), ErrDamaged) {
		t.Errorf("error is %v, want ErrDamaged", rd.Err())
	}
}

// TestDamagedBool: neither yes nor no.
func TestDamagedBool(t *testing.T) {
	rd := Reader{B: []byte{3}}
	if rd.Bool() || !errors.Is(rd.Err(), ErrDamaged) {
		t.Errorf("error is %v, want ErrDamaged", rd.Err())
	}
}

func TestMeta(t *testing.T) {
	s := memkv.New()
	m := Meta{Version: Version, Store: [16]byte{1}, TagKey: [32]byte{2}, Created: time.Unix(1e9, 0).UTC()}
	put := func(m Meta) {
		t.Helper()
		if err := s.Update(context.Background(), func(tx kv.Tx) error { return WriteMeta(tx.Set, m) }); err != nil {
			t.Fatal(err)
		}
	}
	read := func() (got Meta, err error) {
		err = s.View(context.Background(), func(r kv.Reader) error { got, err = ReadMeta(r); return err })
		return got, err
	}
	if _, err := read(); !errors.Is(err, kv.ErrNotFound) {
		t.Fatalf("a new store: %v", err)
	}
	put(m)
	if got, err := read(); err != nil || got != m {
		t.Fatalf("got %+v, %v", got, err)
	}
	m.Version = Version + 1
	put(m)
	var v *VersionError
	if _, err := read(); !errors.As(err, &v) || v.Have != Version+1 || !strings.Contains(err.Error(), "newer cdp-tui") {
		t.Fatalf("a newer layout: %v", err)
	}
	// A key that was cut off would print other tags.
	err := s.Update(context.Background(), func(tx kv.Tx) error {
		var w Writer
		w.Uint(Version)
		w.Text(string(m.Store[:]))
		w.Text(string(m.TagKey[:31]))
		w.Time(m.Created)
		return tx.Set(KeyMeta(), Seal(KeyMeta(), w.B))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(); !errors.Is(err, ErrDamaged) {
		t.Fatalf("a short key: %v", err)
	}
}
