package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func render(t *testing.T, r rendering, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.write(&b, o); err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and read the difference\n%s", file, got)
	}
}

// hygiene says what is wrong with an output, "" for nothing.
func hygiene(out string, width int) string {
	if !utf8.ValidString(out) {
		return "not UTF-8"
	}
	if out != "" && !strings.HasSuffix(out, "\n") {
		return "no line end at the end"
	}
	for _, r := range out {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029) {
			return fmt.Sprintf("holds %U", r)
		}
	}
	if width == 0 {
		return ""
	}
	for _, line := range strings.Split(out, "\n") {
		if n := text.Width(text.Clean(line)); n > width {
			return fmt.Sprintf("a line of %d cells: %s", n, line)
		}
	}
	return ""
}

func TestText(t *testing.T) {
	berlin := time.FixedZone("Europe/Berlin", 2*60*60)
	for _, r := range texts() {
		t.Run(r.name, func(t *testing.T) {
			var all strings.Builder
			for _, o := range []Options{{Width: 60}, {Width: 80, Zone: berlin}, {Width: 120}, {Width: 120, Reveal: true}, {}} {
				out := render(t, r, o)
				if again := render(t, r, o); again != out {
					t.Error("two runs differ")
				}
				if wrong := hygiene(out, o.Width); wrong != "" {
					t.Errorf("width %d: %s", o.Width, wrong)
				}
				if strings.ContainsAny(out, "│─┌┐└┘├┤━┃") {
					t.Error("box drawing: a screen reader spells it")
				}
				if !o.Reveal {
					notLeaked(t, out)
				}
				fmt.Fprintf(&all, "==== width %d reveal %v\n%s", o.Width, o.Reveal, out)
			}
			golden(t, r.name, all.String())
			for w := 1; w < 60; w++ {
				if wrong := hygiene(render(t, r, Options{Width: w, Reveal: true}), max(w, minWidth)); wrong != "" {
					t.Errorf("width %d: %s", w, wrong)
				}
			}
		})
	}
}

func TestMachines(t *testing.T) {
	for _, r := range machines() {
		t.Run(r.name, func(t *testing.T) {
			masked, clear := render(t, r, Options{}), render(t, r, Options{Reveal: true})
			for _, out := range []string{masked, clear} {
				if wrong := hygiene(out, 0); wrong != "" {
					t.Error(wrong)
				}
				if strings.HasSuffix(r.name, ".json") {
					for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
						var v map[string]any
						if err := json.Unmarshal([]byte(line), &v); err != nil {
							t.Errorf("not an object: %v", err)
						}
						if strings.Contains(line, "null") {
							t.Errorf("null in %s", line)
						}
					}
				} else if _, err := csv.NewReader(strings.NewReader(out)).ReadAll(); err != nil {
					t.Error(err)
				}
			}
			notLeaked(t, masked)
			golden(t, r.name, "==== masked\n"+masked+"==== revealed\n"+clear)
		})
	}
}

func notLeaked(t *testing.T, out string) {
	t.Helper()
	for _, s := range secrets() {
		if strings.Contains(out, s) {
			t.Errorf("a masked output holds secret %d of the sample:\n%s", len(s), out)
		}
	}
}

// The secrets are really in the sample: revealed, each of them is found.
func TestSecretsAreThere(t *testing.T) {
	var all strings.Builder
	for _, r := range append(texts(), machines()...) {
		all.WriteString(render(t, r, Options{Reveal: true}))
	}
	for i, s := range secrets() {
		if !strings.Contains(all.String(), s) {
			t.Errorf("secret %d is nowhere", i)
		}
	}
}

func FuzzJSONLosesNothing(f *testing.F) {
	for _, s := range []string{hostile, longName, "\u2028\u2029\ufeff\u200b", "\U000E0041\U0001F469\u200d\U0001F680", "a\x00b\x7f", "<&>\"\\", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := NewJSON(&b, Options{Reveal: true}).Touchpoints([]cdp.Touchpoint{{Text: cdp.Value(s)}}); err != nil {
			t.Fatal(err)
		}
		var got struct{ Text string }
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(s)); got.Text != want { // bytes that are not UTF-8 become U+FFFD
			t.Errorf("%q came back as %q", want, got.Text)
		}
		if wrong := hygiene(b.String(), 0); wrong != "" {
			t.Errorf("%q: %s", s, wrong)
		}
	})
}

// failing is a writer that takes n bytes and then fails.
type failing struct{ n int }

var errFull = errors.New("full")

func (f *failing) Write(b []byte) (int, error) {
	if len(b) > f.n {
		return 0, errFull
	}
	f.n -= len(b)
	return len(b), nil
}

func TestWriteErrors(t *testing.T) {
	for _, r := range append(texts(), machines()...) {
		if err := r.write(&failing{10}, Options{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want the writer's error", r.name, err)
		}
	}
}

func TestCSVHeaderOnce(t *testing.T) {
	var b bytes.Buffer
	c := NewCSV(&b, Options{})
	for _, list := range [][]cdp.Hit{nil, answer().Hits[:1], answer().Hits[1:]} {
		if err := c.Hits(list); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][0] != "profile" || rows[1][0] != "P-0042117" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestBalance(t *testing.T) {
	r := receipts()
	if got, want := balance(r[0]).String(), "balance: 1,000 admitted + 100 quarantined + 0 refused + 50 unchanged + 40 superseding + 10 rejected + "+
		"4 dropped by rule = 1,204 rows read: every row is accounted for"; got != want {
		t.Errorf("got %s", got)
	}
	if got := balance(r[1]).String(); !strings.HasPrefix(got, "! balance does not hold: 9 admitted") || !strings.HasSuffix(got, "= 9, but 10 rows were read") {
		t.Errorf("got %s", got)
	}
}

func TestMarked(t *testing.T) {
	for _, c := range []struct {
		spans [][2]int
		want  string
	}{
		{nil, "Weiß Weiß"},
		{[][2]int{{6, 11}, {0, 5}}, "«Weiß» «Weiß»"},
		{[][2]int{{0, 5}, {3, 9}}, "«Weiß» Weiß"},
		{[][2]int{{0, 12}, {-1, 2}, {4, 4}, {5, 1}}, "Weiß Weiß"},
		{[][2]int{{0, 4}}, "«Wei‹xC3›»‹x9F› Weiß"}, // a span that parts a character shows the bytes
	} {
		if got := marked(cdp.Match{Fragment: "Weiß Weiß", Spans: c.spans}).String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.spans, got, c.want)
		}
	}
}

func TestStampIsUTC(t *testing.T) {
	when := time.Date(2026, 3, 29, 1, 30, 0, 5000, time.FixedZone("x", 3*3600))
	if got := stampOf(when); got != "2026-03-28T22:30:00.000005Z" {
		t.Errorf("got %s", got)
	}
	if got := stampOf(time.Time{}); got != "" {
		t.Errorf("unknown time is %s", got)
	}
}

func BenchmarkMembers(b *testing.B) {
	p := profile()
	j := NewJSON(io.Discard, Options{})
	for b.Loop() {
		if err := j.Members(p); err != nil {
			b.Fatal(err)
		}
	}
}
