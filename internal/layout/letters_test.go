package layout

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestLettersAreDistinct: no two kinds of rows share a first letter, or the one
// that is thrown away takes the other with it.
func TestLettersAreDistinct(t *testing.T) {
	files, err := filepath.Glob("keys*.go")
	if err != nil {
		t.Fatal(err)
	}
	letter := regexp.MustCompile(`(?m)^\s+(letter\w+)\s+= ('.')`)
	of := make(map[string]string)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range letter.FindAllStringSubmatch(string(text), -1) {
			if other, ok := of[m[2]]; ok {
				t.Errorf("%s and %s are both %s", other, m[1], m[2])
			}
			of[m[2]] = m[1]
		}
	}
	if len(of) < 20 {
		t.Errorf("only %d letters are found", len(of))
	}
}
