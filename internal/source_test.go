package internal_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "cdp-tui"

// A source is one Go file of the module.
type source struct {
	path  string // from the module's root, with slashes
	file  *ast.File
	lines int
}

func (s *source) dir() string  { return path.Dir(s.path) }
func (s *source) test() bool   { return strings.HasSuffix(s.path, "_test.go") }
func (s *source) room() string { return room(s.dir()) }

// room shortens a directory, or an import path of the module without the
// module's name, to what the map calls it.
func room(dir string) string { return strings.TrimPrefix(dir, "internal/") }

// imports returns the import paths of a file.
func (s *source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			panic(err) // the parser takes no such file
		}
		paths = append(paths, p)
	}
	return paths
}

// nameOf returns the name under which a file knows an import path, or "".
func (s *source) nameOf(importPath string) string {
	for i, p := range s.imports() {
		if p != importPath {
			continue
		}
		if n := s.file.Imports[i].Name; n != nil {
			return n.Name
		}
		base := path.Base(p)
		if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
			base = path.Base(path.Dir(p)) // math/rand/v2 is rand
		}
		return base
	}
	return ""
}

// parsed makes a source of a text.
func parsed(t *testing.T, fset *token.FileSet, name string, text []byte) *source {
	t.Helper()
	f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return &source{path: name, file: f, lines: bytes.Count(text, []byte{'\n'})}
}

// moduleSources parses every Go file of the module but for the root's, which
// holds no package of the program, and the map itself.
func moduleSources(t *testing.T, fset *token.FileSet) []*source {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	var all []*source
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(rel) != ".go" || path.Dir(rel) == "." || path.Dir(rel) == "internal" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		all = append(all, parsed(t, fset, rel, text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d Go files found below %s: wrong directory?", len(all), root)
	}
	return all
}
