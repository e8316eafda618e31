package layout

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

// TestShareKeys: keys read back, order by number, and a prefix selects its own.
func TestShareKeys(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab:\x00\x01")), 0, 8, -1)
	id := rapid.Uint64Range(1, 1<<62)
	rapid.Check(t, func(t *rapid.T) {
		rec, run, line := cdp.RecordID(id.Draw(t, "rec")), cdp.RunID(id.Draw(t, "run")), rapid.IntRange(1, 1<<50).Draw(t, "line")
		if r, u, n, err := ShareOf(KeyShareOf(rec, run, line)); err != nil || r != rec || u != run || n != line {
			t.Fatalf("mark: %v %v %d %v", r, u, n, err)
		}
		if _, u, n, err := ShareOf(KeyShareLine(run, line)); err != nil || u != run || n != line {
			t.Fatalf("line: %v %d %v", u, n, err)
		}
		recipient, purpose, endpoint := text.Draw(t, "recipient"), text.Draw(t, "purpose"), cdp.NewIdentifier(cdp.Kind(text.Draw(t, "kind")), text.Draw(t, "value"), [4]byte{})
		if r, p, e, err := AckedOf(KeyAcked(recipient, cdp.PurposeID(purpose), endpoint)); err != nil || r != recipient || string(p) != purpose || !e.Same(endpoint) {
			t.Fatalf("acked: %q %q %v", r, p, err)
		}
		if e, err := GuardOf(KeyGuard(endpoint)); err != nil || !e.Same(endpoint) {
			t.Fatalf("guard: %v", err)
		}
		within := func(key []byte, r []byte, end []byte) bool {
			return bytes.Compare(key, r) >= 0 && bytes.Compare(key, end) < 0
		}
		all := SharesOf(rec)
		if !within(KeyShareOf(rec, run, line), all.Start, all.End) || within(KeyShareOf(rec+1, run, line), all.Start, all.End) || within(KeyShareLine(run, line), all.Start, all.End) {
			t.Fatal("the marks of a record are not its own")
		}
		lines := ShareLinesFrom(run, line)
		if within(KeyShareLine(run, line-1), lines.Start, lines.End) || !within(KeyShareLine(run, line), lines.Start, lines.End) || within(KeyShareLine(run+1, line), lines.Start, lines.End) {
			t.Fatal("the lines of a run are not its own")
		}
	})
}

// FuzzShareKeys reads arbitrary bytes as keys: what is taken is written back as
// it was.
func FuzzShareKeys(f *testing.F) {
	f.Add(KeyShareOf(1, 2, 3))
	f.Add(KeyShareLine(2, 3))
	f.Add(KeyAcked("mailer", "newsletter", cdp.NewIdentifier(cdp.KindEmail, "a\x00b", [4]byte{})))
	f.Add(KeyGuard(cdp.NewIdentifier(cdp.KindEmail, "a", [4]byte{})))
	f.Fuzz(func(t *testing.T, key []byte) {
		if rec, run, line, err := ShareOf(key); err == nil {
			again := KeyShareOf(rec, run, line)
			if len(key) == 18 {
				again = KeyShareLine(run, line)
			}
			if !bytes.Equal(again, key) {
				t.Fatalf("%x is read as %x", key, again)
			}
		}
		if r, p, e, err := AckedOf(key); err == nil && !bytes.Equal(KeyAcked(r, p, e), key) {
			t.Fatalf("%x is read otherwise", key)
		}
		if e, err := GuardOf(key); err == nil && !bytes.Equal(KeyGuard(e), key) {
			t.Fatalf("%x is read otherwise", key)
		}
	})
}
