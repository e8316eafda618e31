package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/kv"
)

func testEmpty(t *testing.T, s kv.Store) {
	check := func(r kv.Reader) {
		wantMissing(t, r, "a")
		wantMissing(t, r, "")
		wantMissing(t, r, strings.Repeat("a", kv.MaxKey+1))
		wantList(t, r, kv.Range{}, "")
		wantList(t, r, kv.Range{Reverse: true}, "")
		got, err := r.GetAll([][]byte{b("a"), b("")})
		if err != nil || len(got) != 2 || got[0] != nil || got[1] != nil {
			t.Errorf("GetAll of two missing keys: %q, %v", got, err)
		}
		if got, err := r.GetAll(nil); err != nil || len(got) != 0 {
			t.Errorf("GetAll of nothing: %q, %v", got, err)
		}
	}
	view(t, s, func(r kv.Reader) error { check(r); return nil })
	update(t, s, func(tx kv.Tx) error {
		check(tx)
		return tx.Delete(b("a")) // one that is not there
	})
	wantAll(t, s, "")
}

func testOrder(t *testing.T, s kv.Store) {
	keys := []string{
		"\x00", "\x00\x00", "\x00\xff", "\x01", "!badger!", "!badger!txn", "!cdp!", "10", "2", "A", "Z", "a",
		"a\x00", "a\x00b", "aa", "ab", "b", "\x7f", "\x80", "é", "\xff", "\xff\x00", "\xff\xff", strings.Repeat("\xff", kv.MaxKey),
	}
	update(t, s, func(tx kv.Tx) error {
		for i := range keys { // 7 is prime to their number, so this is all of them, mixed
			k := keys[i*7%len(keys)]
			if err := tx.Set(b(k), b("v"+k)); err != nil {
				return err
			}
		}
		return nil
	})
	check := func(r kv.Reader) {
		for _, reverse := range []bool{false, true} {
			i := 0
			for e, err := range r.Scan(kv.Range{Reverse: reverse}) {
				if err != nil {
					t.Fatal(err)
				}
				if i == len(keys) {
					t.Fatalf("reverse=%t: more than %d keys", reverse, i)
				}
				want := keys[i]
				if reverse {
					want = keys[len(keys)-1-i]
				}
				if string(e.Key) != want || string(e.Value) != "v"+want {
					t.Errorf("reverse=%t, %d: %q=%q, want key %q", reverse, i, e.Key, e.Value, want)
				}
				i++
			}
			if i != len(keys) {
				t.Errorf("reverse=%t: %d keys, want %d", reverse, i, len(keys))
			}
		}
		for _, k := range keys {
			wantGet(t, r, k, "v"+k)
		}
	}
	view(t, s, func(r kv.Reader) error { check(r); return nil })
	update(t, s, func(tx kv.Tx) error {
		if err := tx.Set(b("\xff\xff"), b("v\xff\xff")); err != nil { // so that there are own writes
			return err
		}
		check(tx)
		return nil
	})
}

func testRanges(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "ab", "2", "abc", "3", "ac", "4", "b", "5", "p\xff", "6", "p\xff\x01", "7", "p\xff\xff", "8", "q", "9", "\xff", "10", "\xff\xff", "11")
	for _, c := range []struct {
		r    kv.Range
		want string // ascending
	}{
		{kv.Range{}, "a ab abc ac b p\xff p\xff\x01 p\xff\xff q \xff \xff\xff"},
		{kv.Range{Start: b("ab")}, "ab abc ac b p\xff p\xff\x01 p\xff\xff q \xff \xff\xff"},
		{kv.Range{End: b("ab")}, "a"},
		{kv.Range{Start: b("ab"), End: b("ac")}, "ab abc"},
		{kv.Range{Start: b("ab"), End: b("ac\x00")}, "ab abc ac"},
		{kv.Range{Start: b("aba"), End: b("abd")}, "abc"},
		{kv.Range{Start: b("ab"), End: b("ab")}, ""},
		{kv.Range{Start: b("b"), End: b("a")}, ""},
		{kv.Range{Start: b("c"), End: b("d")}, ""},
		{kv.Range{Start: b("\xff\xff\x00")}, ""},
		{kv.Prefix(b("a")), "a ab abc ac"},
		{kv.Prefix(b("ab")), "ab abc"},
		{kv.Prefix(b("abcd")), ""},
		{kv.Prefix(b("p\xff")), "p\xff p\xff\x01 p\xff\xff"},
		{kv.Prefix(b("p\xff\xff")), "p\xff\xff"},
		{kv.Prefix(b("\xff")), "\xff \xff\xff"},
		{kv.Prefix(b("\xff\xff")), "\xff\xff"},
		{kv.Prefix(nil), "a ab abc ac b p\xff p\xff\x01 p\xff\xff q \xff \xff\xff"},
	} {
		words := strings.Fields(c.want)
		for i, j := 0, len(words)-1; i < j; i, j = i+1, j-1 {
			words[i], words[j] = words[j], words[i]
		}
		backward := strings.Join(words, " ")
		c.r.KeysOnly = true
		check := func(r kv.Reader) {
			c.r.Reverse = false
			wantList(t, r, c.r, c.want)
			c.r.Reverse = true
			wantList(t, r, c.r, backward)
		}
		view(t, s, func(r kv.Reader) error { check(r); return nil })
		update(t, s, func(tx kv.Tx) error {
			if err := errors.Join(tx.Set(b("ab"), b("2")), tx.Set(b("\xff"), b("10")), tx.Delete(b("c"))); err != nil {
				return err
			}
			check(tx)
			return nil
		})
	}
}

func testEmptyValue(t *testing.T, s kv.Store) {
	check := func(r kv.Reader) {
		for _, k := range []string{"empty", "nil"} {
			if v, err := r.Get(b(k)); err != nil || v == nil || len(v) != 0 {
				t.Errorf("get %q: %#v, %v, want empty and not nil", k, v, err)
			}
		}
		got, err := r.GetAll([][]byte{b("nil"), b("gone"), b("empty"), b("full"), b("full")})
		if err != nil || len(got) != 5 || got[0] == nil || got[1] != nil || got[2] == nil ||
			!bytes.Equal(got[3], b("x")) || !bytes.Equal(got[4], b("x")) {
			t.Errorf("GetAll: %#v, %v", got, err)
		}
		wantList(t, r, kv.Range{}, "empty= full=x nil=")
		wantList(t, r, kv.Range{KeysOnly: true}, "empty full nil")
	}
	update(t, s, func(tx kv.Tx) error {
		err := errors.Join(tx.Set(b("empty"), []byte{}), tx.Set(b("nil"), nil), tx.Set(b("full"), b("x")))
		check(tx)
		return err
	})
	view(t, s, func(r kv.Reader) error { check(r); return nil })
}

func testOwnWrites(t *testing.T, s kv.Store) {
	put(t, s, "b", "old", "d", "old", "f", "old", "h", "old")
	update(t, s, func(tx kv.Tx) error {
		for _, err := range []error{
			tx.Set(b("a"), b("new")),
			tx.Set(b("b"), b("new")),
			tx.Delete(b("d")),
			tx.Set(b("e"), b("new")),
			tx.Delete(b("e")),
			tx.Delete(b("f")),
			tx.Set(b("f"), b("again")),
			tx.Set(b("i"), b("one")),
			tx.Set(b("i"), b("two")),
			tx.Delete(b("z")),
		} {
			if err != nil {
				return err
			}
		}
		wantList(t, tx, kv.Range{}, "a=new b=new f=again h=old i=two")
		wantList(t, tx, kv.Range{Reverse: true}, "i=two h=old f=again b=new a=new")
		wantList(t, tx, kv.Range{Start: b("b"), End: b("h")}, "b=new f=again")
		wantList(t, tx, kv.Range{Start: b("b"), End: b("h"), Reverse: true, KeysOnly: true}, "f b")
		wantGet(t, tx, "a", "new")
		wantGet(t, tx, "f", "again")
		wantGet(t, tx, "h", "old")
		wantMissing(t, tx, "d")
		wantMissing(t, tx, "e")
		got, err := tx.GetAll([][]byte{b("i"), b("d"), b("b"), b("h")})
		if want := [][]byte{b("two"), nil, b("new"), b("old")}; err != nil || len(got) != 4 || got[1] != nil || !bytes.Equal(bytes.Join(got, b(",")), bytes.Join(want, b(","))) {
			t.Errorf("GetAll: %q, %v, want %q", got, err, want)
		}
		return nil
	})
	wantAll(t, s, "a=new b=new f=again h=old i=two")
	update(t, s, func(tx kv.Tx) error { // all gone, then some back
		for _, k := range []string{"a", "b", "f", "h", "i"} {
			if err := tx.Delete(b(k)); err != nil {
				return err
			}
		}
		wantList(t, tx, kv.Range{}, "")
		wantList(t, tx, kv.Range{Reverse: true}, "")
		return tx.Set(b("f"), b("3"))
	})
	wantAll(t, s, "f=3")
}

func testDeleteWhileScanning(t *testing.T, s kv.Store) {
	for _, reverse := range []bool{false, true} {
		update(t, s, func(tx kv.Tx) error {
			for i := range 100 {
				if err := tx.Set(fmt.Appendf(nil, "k%03d", i), b("v")); err != nil {
					return err
				}
			}
			return nil
		})
		update(t, s, func(tx kv.Tx) error {
			for i := 100; i < 120; i++ { // and some that are only in the transaction
				if err := tx.Set(fmt.Appendf(nil, "k%03d", i), b("v")); err != nil {
					return err
				}
			}
			n := 0
			for e, err := range tx.Scan(kv.Range{Reverse: reverse}) {
				if err != nil {
					return err
				}
				n++
				if err := tx.Delete(e.Key); err != nil {
					return err
				}
			}
			if n != 120 {
				t.Errorf("reverse=%t: scanned %d of 120 keys while deleting them", reverse, n)
			}
			wantList(t, tx, kv.Range{}, "")
			return nil
		})
		wantAll(t, s, "")
	}
}

func testWriteWhileScanning(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "1", "c", "1")
	update(t, s, func(tx kv.Tx) error {
		n := 0
		for e, err := range tx.Scan(kv.Range{End: b("d")}) {
			if err != nil {
				return err
			}
			if n++; n > 3 {
				t.Fatal("a scan yields more than was there")
			}
			if err := errors.Join(tx.Set(e.Key, append(b("2"), e.Value...)), tx.Set(append(b("new"), e.Key...), b("3"))); err != nil {
				return err
			}
		}
		return nil
	})
	wantAll(t, s, "a=21 b=21 c=21 newa=3 newb=3 newc=3")
}

func testScanStops(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "2", "c", "3")
	check := func(r kv.Reader) {
		for range 3 { // what is left of a scan must not disturb the next one
			for e, err := range r.Scan(kv.Range{}) {
				if err != nil {
					t.Fatal(err)
				}
				if string(e.Key) == "b" {
					break
				}
			}
		}
		all := r.Scan(kv.Range{KeysOnly: true}) // one sequence may be used twice
		for range 2 {
			n := 0
			for _, err := range all {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != 3 {
				t.Errorf("%d entries, want 3", n)
			}
		}
	}
	view(t, s, func(r kv.Reader) error { check(r); return nil })
	update(t, s, func(tx kv.Tx) error {
		err := tx.Set(b("b"), b("4"))
		check(tx)
		return err
	})
}

func testNestedScans(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "2", "c", "3")
	check := func(r kv.Reader) {
		var got []string
		for x, err := range r.Scan(kv.Range{}) {
			if err != nil {
				t.Fatal(err)
			}
			for y, err := range r.Scan(kv.Range{Start: x.Key, Reverse: true}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(x.Key)+string(y.Key))
			}
			wantGet(t, r, string(x.Key), string(x.Value))
		}
		if got, want := strings.Join(got, " "), "ac ab aa bc bb cc"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	view(t, s, func(r kv.Reader) error { check(r); return nil })
	update(t, s, func(tx kv.Tx) error {
		err := tx.Set(b("b"), b("2"))
		check(tx)
		return err
	})
}

func testOwnership(t *testing.T, s kv.Store) {
	update(t, s, func(tx kv.Tx) error {
		key, value := b("key"), b("value")
		if err := tx.Set(key, value); err != nil {
			return err
		}
		copy(key, "xxx")
		copy(value, "xxxxx")
		wantGet(t, tx, "key", "value")
		gone := b("gone")
		if err := errors.Join(tx.Set(gone, b("1")), tx.Delete(gone)); err != nil {
			return err
		}
		copy(gone, "key_")
		return nil
	})
	spoil := func(r kv.Reader) {
		v, err := r.Get(b("key"))
		if err != nil {
			t.Fatal(err)
		}
		copy(v, "yyyyy")
		all, err := r.GetAll([][]byte{b("key"), b("key")})
		if err != nil {
			t.Fatal(err)
		}
		copy(all[0], "zzzzz")
		if string(all[1]) != "value" {
			t.Errorf("two results of GetAll share memory: %q", all[1])
		}
		for e, err := range r.Scan(kv.Range{}) {
			if err != nil {
				t.Fatal(err)
			}
			copy(e.Value, "qqqqq")
			copy(e.Key, "qqq")
		}
		// What was received stays as it is, whatever is done next.
		wantGet(t, r, "key", "value")
		if string(v) != "yyyyy" || string(all[0]) != "zzzzz" {
			t.Errorf("a slice that was given was used again: %q %q", v, all[0])
		}
		wantList(t, r, kv.Range{}, "key=value")
	}
	view(t, s, func(r kv.Reader) error { spoil(r); return nil })
	update(t, s, func(tx kv.Tx) error {
		spoil(tx)
		err := tx.Set(b("key"), b("value"))
		spoil(tx)
		return err
	})
	wantAll(t, s, "key=value")
}
