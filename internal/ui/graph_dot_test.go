package ui

import (
	"context"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

func (d *driver) onlyFile() string {
	d.t.Helper()
	if len(d.files) != 1 {
		d.t.Fatalf("%d files: %v", len(d.files), d.m.toasts.All())
	}
	for name, data := range d.files {
		delete(d.files, name)
		return name + "\n" + string(data)
	}
	return ""
}

func TestGraphIsDrawn(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "graph?P-42117")
	d.press("e").typed("DOT").press("enter")
	got := d.onlyFile()
	for _, want := range []string{"graph-20260823-143205.dot\n", "digraph neighbourhood {\n", `"P-0042117" [shape=ellipse, style=bold];`, "m███@███.test",
		`"P-0042117" -> "r0" [label="newsletter\n214"];`, `"P-0042117" -> "P-0100233"`, "style=dashed", "12 "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "m.weiss") || !strings.Contains(d.desk.exports[0], "graph, dot, 12 rows, masked") {
		t.Errorf("in clear, or logged as such: %q\n%s", d.desk.exports, got)
	}
	d.now = d.now.Add(1e9)
	d.press("m").typed("a case").press("enter").command("export dot")
	if got = d.onlyFile(); !strings.Contains(got, "m.weiss@lindenhof.test") || !strings.Contains(d.desk.exports[1], ", in clear") {
		t.Errorf("revealed, but %q\n%s", d.desk.exports, got)
	}
	d.command("sources").command("export dot").sees("there is nothing to export here")
}

// balanced reports whether quotes open and close on each line of a drawing, and
// nothing but what draws stands outside of them.
func balanced(drawing string) bool {
	for l := range strings.Lines(drawing) {
		in := false
		for i := 0; i < len(l); i++ {
			switch {
			case in && l[i] == '\\':
				i++
			case l[i] == '"':
				in = !in
			case !in && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzTBLR=->[]{},; \n", rune(l[i])):
				return false
			}
		}
		if in {
			return false
		}
	}
	return true
}

// Whatever a source delivers stays within its label.
func FuzzDrawing(f *testing.F) {
	for _, s := range []string{"", `"];x->y[label="`, `ends with \`, `\"`, "a\nb", "&lt;b&gt;", "\x1b[2J\xff", "\\N"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		sh := show{lex: newEnglish(), now: start}
		to := &sheet{}
		v := cdp.Neighbourhood{Centre: 1, Hidden: 2, Held: []cdp.Held{{Identifier: cdp.NewIdentifier("crm", raw, [4]byte{}), Sources: []cdp.SourceID{cdp.SourceID(raw)}, Verdict: cdp.Verdict{Rule: raw}}},
			Down: []cdp.Downstream{{Recipient: raw, Purpose: cdp.PurposeID(raw)}}, Shared: []cdp.Sharing{{From: 1, Profiles: []cdp.ProfileID{2}, Reason: raw}}}
		if err := drawGraph(context.Background(), sh, cdp.Ref{}, v, to); err != nil {
			t.Fatal(err)
		}
		got := to.buf.String()
		if !balanced(got) || strings.Count(got, "\n") != 11 {
			t.Errorf("%q breaks out of\n%s", raw, got)
		}
		if strings.ContainsAny(got, "\x1b\x00\u202e") {
			t.Errorf("raw: %q", got)
		}
	})
}
