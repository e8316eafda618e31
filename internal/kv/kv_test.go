package kv_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"cdp-tui/internal/kv"
)

func TestPrefix(t *testing.T) {
	for _, c := range []struct{ p, end string }{
		{"", ""},
		{"a", "b"},
		{"ab", "ac"},
		{"a\x00", "a\x01"},
		{"a\xfe", "a\xff"},
		{"a\xff", "b"},
		{"a\xff\xff", "b"},
		{"\xff", ""},
		{"\xff\xff", ""},
		{"\x00\xff", "\x01"},
	} {
		p := []byte(c.p)
		r := kv.Prefix(p)
		if string(r.Start) != c.p || string(r.End) != c.end || r.Reverse || r.KeysOnly {
			t.Errorf("Prefix(%q) is %+v, want %q to %q", c.p, r, c.p, c.end)
		}
		if string(p) != c.p {
			t.Errorf("Prefix(%q) changed its argument to %q", c.p, p)
		}
	}
}

func FuzzPrefix(f *testing.F) {
	f.Add([]byte("a"), []byte("ab"))
	f.Add([]byte("a\xff"), []byte("b"))
	f.Add([]byte("\xff\xff"), []byte("\xff\xff\xff"))
	f.Add([]byte(""), []byte(""))
	f.Fuzz(func(t *testing.T, p, key []byte) {
		r := kv.Prefix(p)
		in := bytes.Compare(key, r.Start) >= 0 && (len(r.End) == 0 || bytes.Compare(key, r.End) < 0)
		if in != bytes.HasPrefix(key, p) {
			t.Errorf("key %x, prefix %x: in the range is %t", key, p, in)
		}
	})
}

func TestMeter(t *testing.T) {
	var m kv.Meter
	charge := func(key string, n int) {
		t.Helper()
		if err := m.Charge([]byte(key), n); err != nil {
			t.Fatal(err)
		}
	}
	charge("abc", 10)
	charge("de", 0)
	charge("abc", 4) // replaces
	if m.Keys() != 2 || m.Bytes() != 3+4+2 || m.Err() != nil {
		t.Errorf("%d keys, %d bytes, %v; want 2, 9, nil", m.Keys(), m.Bytes(), m.Err())
	}
	secret := "anna@lindenhof.test" + strings.Repeat("x", kv.MaxKey)
	err := m.Charge([]byte(secret), 0)
	if !errors.Is(err, kv.ErrTooLarge) || strings.Contains(err.Error(), "anna") {
		t.Errorf("error is %v, want ErrTooLarge without the key", err)
	}
	if again := m.Charge([]byte("ok"), 1); again != err || m.Err() != err {
		t.Errorf("the first refusal does not stick: %v, %v", again, m.Err())
	}
	if m.Keys() != 2 || m.Bytes() != 9 {
		t.Errorf("a refused write is charged: %d keys, %d bytes", m.Keys(), m.Bytes())
	}
}
