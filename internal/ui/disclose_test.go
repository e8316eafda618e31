package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/text"
)

func TestRevealNeverWithoutItsLogEntry(t *testing.T) {
	clear := "m.weiss@lindenhof.test"
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=2")
	d.misses(clear)
	d.press("m", "enter").sees("a reason is needed") // no reason, no reveal
	d.typed("   ").press("enter").misses(clear)
	d.press("esc").misses(clear)
	if len(d.desk.reveals) != 0 {
		t.Fatal("a reveal without a reason was logged")
	}
	d.desk.fail["Reveal"] = true
	d.press("m").typed("DSR-0142").press("enter").misses(clear).sees("not revealed: store: disk is on fire")
	d.desk.fail["Reveal"] = false
	d.press("m").typed("DSR-0142").press("enter").sees(clear, "IN CLEAR until 14:32:35")
	if len(d.desk.reveals) != 1 || !strings.Contains(d.desk.reveals[0], "profile P-0042117") || !strings.Contains(d.desk.reveals[0], "DSR-0142") || !strings.Contains(d.desk.reveals[0], "email") {
		t.Fatalf("logged %q", d.desk.reveals)
	}
	d.press("1").sees("m.weiss@lindenhof").misses("Marlene", "1979") // attributes were not asked for
	d.pass(29 * time.Second)
	d.sees("m.weiss@lindenhof")
	d.pass(2 * time.Second)
	d.misses("m.weiss", "IN CLEAR")
	d.press("2").misses("m.weiss")
}

func TestRevealIsOfOneProfile(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=2")
	d.press("m").typed("DSR-0142").press("enter").sees("m.weiss@lindenhof.test")
	d.command("profile P-0042118").press("2").misses("m.weiss@lindenhof.test")
}

// Every screen that reveals shows something in clear then, and masks it again.
func TestRevealEverywhere(t *testing.T) {
	for name, open := range places() {
		d := drive(t, 160, 60, newFake(), open)
		r, ok := able[revealer](d.m.trail.top())
		if !ok {
			continue
		}
		if _, fields := r.Reveals(); len(fields) == 0 {
			continue
		}
		before := d.plain()
		d.press("m").typed("because").press("enter")
		if d.pass(4 * time.Second); d.plain() == before { // the toast is over
			t.Errorf("%s: nothing is revealed", name)
		}
		if len(d.desk.reveals) != 1 {
			t.Errorf("%s: logged %q", name, d.desk.reveals)
		}
		d.pass(time.Minute)
		after := d.plain()
		for _, clear := range []string{"m.weiss@", "Marlene", "Mühlweg", "1511234567", "Köln", "parcel", "Weiß;"} {
			if strings.Contains(after, clear) {
				t.Errorf("%s still shows %q", name, clear)
			}
		}
	}
}

func TestCopy(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=2")
	d.press("right", "y").sees("sent to the terminal's clipboard")
	if d.clip != "m███@███.test" || len(d.desk.exports) != 0 {
		t.Errorf("copied %q, logged %q", d.clip, d.desk.exports)
	}
	d.press("m").typed("DSR-0142").press("enter")
	d.desk.fail["Exported"] = true
	d.press("y")
	if d.clip != "m███@███.test" {
		t.Error("a value in clear was copied though it could not be logged")
	}
	d.desk.fail["Exported"] = false
	d.press("y")
	if d.clip != "m.weiss@lindenhof.test" || len(d.desk.exports) != 1 {
		t.Errorf("copied %q, logged %q", d.clip, d.desk.exports)
	}
	d.press("Y").typed("json").press("enter")
	var row map[string]string
	if err := json.Unmarshal([]byte(d.clip), &row); err != nil || row["value"] != "m.weiss@lindenhof.test" || row["kind"] != "email" {
		t.Errorf("copied %q: %v", d.clip, err)
	}
	d.press("Y").typed("address").press("enter")
	if d.clip != "profile?P-0042117&tab=2" {
		t.Errorf("copied %q", d.clip)
	}
}

func TestExport(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "log")
	d.press("/").typed("verb:reveal").press("enter")
	d.command("export csv")
	if len(d.files) != 1 {
		t.Fatalf("%d files", len(d.files))
	}
	for name, data := range d.files {
		if name != "log-20260823-143205.csv" {
			t.Errorf("name %s", name)
		}
		rows := bytes.Count(data, []byte("\n")) - 1
		sum := sha256.Sum256(data)
		digest := hex.EncodeToString(sum[:])
		if rows != 780 && rows != 779 { // every fourth of 3,118: the whole list, not what was on the screen
			t.Errorf("%d rows", rows)
		}
		want := fmt.Sprintf("|log, csv, %d rows, masked|%s", rows, digest)
		if len(d.desk.exports) != 1 || d.desk.exports[0] != want {
			t.Errorf("logged %q, want %q", d.desk.exports, want)
		}
		all := d.m.toasts.All()
		if said := all[len(all)-1].Text.String(); !strings.Contains(said, digest) || !strings.Contains(said, text.Int(rows).String()) {
			t.Errorf("said %q", said)
		}
	}
	d.desk.fail["Exported"] = true
	d.now = d.now.Add(time.Second)
	d.command("export jsonl").sees("not exported: store: disk is on fire")
	if len(d.files) != 1 {
		t.Error("exported though it could not be logged")
	}
}

func TestExportEverywhere(t *testing.T) {
	for name, open := range places() {
		for _, format := range []string{"csv", "jsonl"} {
			d := drive(t, 120, 40, newFake(), open)
			if _, ok := able[exporter](d.m.trail.top()); !ok || name == "search-empty" {
				continue
			}
			d.command("export " + format)
			if len(d.files) != 1 {
				t.Errorf("%s: no file: %v", name, d.m.toasts.All())
				continue
			}
			for _, data := range d.files {
				if bytes.ContainsAny(data, "\x1b\x00") || bytes.Contains(data, []byte("m.weiss@")) || bytes.Contains(data, []byte("Mühlweg")) {
					t.Errorf("%s, %s: in clear or raw: %q", name, format, data)
				}
				if format == "csv" {
					continue
				}
				for _, l := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
					if len(l) > 0 && !json.Valid(l) {
						t.Errorf("%s: not JSON: %q", name, l)
					}
				}
			}
		}
	}
}

func TestMarkedRowsAreExported(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "sources")
	d.press("space", "space").command("export jsonl")
	for _, data := range d.files {
		if n := bytes.Count(data, []byte("\n")); n != 2 {
			t.Errorf("%d rows, want the 2 marked ones", n)
		}
	}
}
