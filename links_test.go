package cdptui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
	command = regexp.MustCompile(`\bgo (?:run|build|test|vet) (\./[^\s.]+)`)
)

// TestLinks follows every link of the documents to a file, or a heading of
// one, of this repository, and every directory that they tell a reader to run.
func TestLinks(t *testing.T) {
	documents := []string{"README.md"}
	err := filepath.WalkDir("docs", func(name string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".md" {
			documents = append(documents, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, name := range documents {
		text := read(t, name)
		for _, m := range command.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.FromSlash(m[1])); err != nil {
				t.Errorf("%s: %s: there is no %s", name, m[0], m[1])
			}
		}
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			links++
			if fault := follow(t, name, m[1]); fault != "" {
				t.Errorf("%s: link %s: %s", name, m[1], fault)
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links found in %d documents: is the pattern right?", links, len(documents))
	}
}

// follow says what is wrong with a link of a document, or nothing.
func follow(t *testing.T, document, target string) string {
	t.Helper()
	file, anchor, _ := strings.Cut(target, "#")
	name := document
	if file != "" {
		name = filepath.Join(filepath.Dir(document), filepath.FromSlash(file))
	}
	if _, err := os.Stat(name); err != nil {
		return "no such file"
	}
	if anchor == "" {
		return ""
	}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(read(t, name), ""), -1) {
		if slug(m[1]) == anchor {
			return ""
		}
	}
	return "no such heading"
}

// slug is the anchor of a heading on the usual forges.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFollow: links that lead nowhere are seen.
func TestFollow(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.md")
	if err := os.WriteFile(name, []byte("# One `word`, two\n\n```\n# no heading\n```\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for target, wrong := range map[string]bool{
		"a.md": false, "#one-word-two": false, "a.md#one-word-two": false,
		"b.md": true, "#one": true, "#no-heading": true, "b.md#one-word-two": true,
	} {
		if got := follow(t, name, target); (got != "") != wrong {
			t.Errorf("%s: %q, want a fault: %v", target, got, wrong)
		}
	}
}
