package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/text"
)

// In no place two things that can be done share a key, and each has its words.
func TestKeyMaps(t *testing.T) {
	for name, open := range places() {
		d := drive(t, 120, 40, newFake(), open)
		s := d.m.trail.top()
		for pane := range 7 {
			owner := map[string]string{}
			claim := func(key, id string) {
				if had, ok := owner[key]; ok && had != id {
					t.Errorf("%s, pane %d: %q does %s and %s", name, pane, key, had, id)
				}
				owner[key] = id
			}
			ids := map[string]bool{}
			for _, b := range d.m.context(s) {
				if ids[b.id] {
					t.Errorf("%s: %s is bound twice", name, b.id)
				}
				ids[b.id] = true
				if d.m.say("key."+b.id).String() == "key."+b.id {
					t.Errorf("%s: %s has no help", name, b.id)
				}
				if b.hint > 0 && d.m.say("key."+b.id+".short").String() == "key."+b.id+".short" {
					t.Errorf("%s: %s has no hint", name, b.id)
				}
				if b.do == nil {
					t.Errorf("%s: %s does nothing", name, b.id)
				}
				if slices.ContainsFunc(d.m.bindings, func(r binding) bool { return r.id == b.id }) && !b.reason().Empty() {
					continue // greyed here: another meaning may stand in its place
				}
				for _, k := range b.keys {
					claim(k, b.id)
					if bad := []string{"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+["}; slices.Contains(bad, k) || strings.HasPrefix(k, "alt+") {
						t.Errorf("%s: %s uses %s, which terminals can not tell apart", name, b.id, k)
					}
				}
			}
			for _, b := range s.Moving() {
				for _, k := range b.Keys() {
					claim(k, "moving: "+b.Help().Desc)
				}
			}
			d.press("tab")
		}
	}
}

// One letter has one meaning everywhere.
func TestOneLetterOneMeaning(t *testing.T) {
	// Two readings of one thing: enter opens what the cursor stands on, "/" asks
	// for what is wanted, u and b lead from a thing to what it belongs to.
	same := map[string]string{"open": "enter", "tick": "enter", "unfold": "enter", "centre": "enter", "query": "/", "search": "/", "filter": "/",
		"profile": "up", "quarantine": "up", "batch": "rows", "rejects": "rows", "members": "rows", "targetoutbox": "rows", "targetdrift": "unlawful", "why": "evidence", "card": "evidence", "whynot": "evidence", "timeline": "time", "radius": "time", "decidesame": "same", "matchsame": "same", "decidedifferent": "different", "matchdifferent": "different", "follow": "place", "path": "place",
		"unlawful": "unlawful", "mute": "mute", "segnew": "add", "segadd": "add", "segforget": "drop", "segdrop": "drop", "segwho": "rows", "segsend": "carryout", "send": "carryout", "segall": "allrejects", "countsby": "span", "days": "span", "unmute": "mute", "onlyunlawful": "unlawful", "record": "up", "wider": "more", "morehops": "more", "narrower": "less", "lesshops": "less"}
	meaning := map[string]string{}
	for name, open := range places() {
		d := drive(t, 120, 40, newFake(), open)
		for _, b := range d.m.context(d.m.trail.top()) {
			id := b.id
			if g, ok := same[id]; ok {
				id = g
			}
			for _, k := range b.keys {
				if had, ok := meaning[k]; ok && had != id {
					t.Errorf("%s: %q means %s and %s", name, k, had, id)
				}
				meaning[k] = id
			}
		}
	}
}

// Every key of every screen is pressed, in every pane; nothing breaks, and the
// screen stays in its bounds.
func TestEveryKey(t *testing.T) {
	for name, open := range places() {
		t.Run(name, func(t *testing.T) {
			probe := drive(t, 100, 30, newFake(), open)
			var keys []string
			for _, b := range probe.m.context(probe.m.trail.top()) {
				keys = append(keys, b.keys...)
			}
			for _, b := range probe.m.trail.top().Moving() {
				keys = append(keys, b.Keys()...)
			}
			for _, k := range append(keys, "esc", "1", "2", "3", "7", "9", "shift+tab") {
				d := drive(t, 100, 30, newFake(), open)
				for range 2 {
					d.press(k)
					if d.m.crashed {
						t.Fatalf("%s crashes %s", k, name)
					}
					d.frame()
					d.press("esc", "tab", k)
					d.frame()
				}
				if d.quit && k != "q" {
					t.Errorf("%s leaves the program", k)
				}
			}
		})
	}
}

func TestHelpRunsWhatIsChosen(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "profile?P-0042117&tab=2")
	d.press("?").sees("Keys: type to find", "HERE")
	d.typed("sort by").press("enter")
	if d.m.menu != nil {
		t.Fatal("the help is still open")
	}
	d.sees("sorted by KIND ↑")
	d.press("?").typed("zebra").sees("no match")
	d.press("esc")
	d.command("log")
	d.press("?").typed("sort").sees("this list is read in its own order") // greyed, with the reason
	d.press("enter").sees("this list is read in its own order")
}

// Every word that is said is in the file, and every word in the file is said.
func TestWords(t *testing.T) {
	words := newEnglish().words
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	src := source.String()
	for _, m := range regexp.MustCompile(`(?:say|info|fact|fail|value)\("([a-z]+\.[a-z0-9.]+[a-z0-9])"`).FindAllStringSubmatch(src, -1) {
		if _, ok := words[m[1]]; !ok && m[1] != "dash.size" { // completed by a number
			t.Errorf("%s has no words", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?:name|col\(|newPlainTable.*?col\(): ?"([a-z]+)", min`).FindAllStringSubmatch(src, -1) {
		if _, ok := words["col."+m[1]]; !ok {
			t.Errorf("column %s has no title", m[1])
		}
	}
	families := regexp.MustCompile(`^(key|cmd|col|tab|theme|node|section|kind|verb|change|ref|facet|basis|consent|outcome|origin|collection|recordstate|dash\.size|unit|widget|level|standing|decide|effect|class|how|match|matchlevel|why|severity|instruct|struck|wish|share|notice|cause|lens|ask|paper|ropa|breach|builder|counts|send|coverage|empty|period|restrict)\b`)
	for k, w := range words {
		if !families.MatchString(k) && !strings.Contains(src, `"`+k+`"`) && !strings.HasPrefix(k, "dash.size") {
			t.Errorf("%s is never said", k)
		}
		if i := strings.Index(w, "|"); i >= 0 && !strings.HasSuffix(k, ".arg") && !strings.Contains(w[:i], "{}") {
			t.Errorf("%s has forms without a number before them", k)
		}
		if text.Clean(w).Changed() || w == "" {
			t.Errorf("%s can not be shown", k)
		}
	}
	d := drive(t, 80, 24, newFake(), "")
	for _, c := range d.m.palette.commands {
		if words["cmd."+c.name] == "" || c.arg && words["cmd."+c.name+".arg"] == "" {
			t.Errorf("command %s has no words", c.name)
		}
	}
}

// A number takes the form of the word that goes with it.
func TestFormsOfNumbers(t *testing.T) {
	l := &lexicon{words: map[string]string{"k": "{} of {} [record|records] · {} [goes|go]. {}", "arg": "{} [P-ID] a|b"}}
	for _, c := range []struct {
		args []any
		want string
	}{
		{[]any{"P-1", 1, 2, 1}, "P-1 of 1 record · 2 go. 1"},
		{[]any{"P-1", 0, 1, 1}, "P-1 of 0 records · 1 goes. 1"},
		{[]any{1, "all", 1, ""}, "1 of all record · 1 goes. "}, // what is no number leaves the form to the one before
	} {
		if got := l.say("k", c.args...).String(); got != c.want {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
	}
	if got := l.say("arg", 1).String(); got != "1 [P-ID] a|b" {
		t.Errorf("what are no forms: %q", got)
	}
}

// Nothing a screen shows is a key of a word that is missing.
func TestNoBareKeys(t *testing.T) {
	bare := regexp.MustCompile(`\b(field|col|pane|screen|status|dash|tab|key|cmd|fail|off|ask|section|graph|trace|over|search|batch|reject)\.[a-z]+`)
	for name, open := range places() {
		d := drive(t, 160, 60, newFake(), open)
		for _, k := range []string{"", "?", ":"} {
			if k != "" {
				d.press(k)
			}
			if m := bare.FindString(strings.ReplaceAll(d.plain(), "search.", "")); m != "" {
				t.Error(fmt.Sprintf("%s: ", name), m)
			}
		}
	}
}

// What is typed behind the beginning of a command's name goes to the command.
func TestCommandByItsBeginning(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.press(":").typed("match P-42117 P-42118").press("enter").sees("Side by side")
}
