package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A habit is what is checked of every file.
type habit struct {
	name  string
	check func(fset *token.FileSet, house []*source) []string
}

var habits = []habit{
	{"no init", noInit},
	{"no unfinished business", noUnfinished},
	{"one package comment", onePackageComment},
	{"files of a size to read", shortFiles},
	{"no mutable package state", noMutableState},
	{"clock, randomness and environment are injected", injected},
	{"nothing is printed", nothingPrinted},
	{"no context in structs", noContextInStructs},
}

func TestHabits(t *testing.T) {
	fset := token.NewFileSet()
	house := moduleSources(t, fset)
	for _, h := range habits {
		t.Run(h.name, func(t *testing.T) {
			for _, fault := range h.check(fset, house) {
				t.Error(fault)
			}
		})
	}
}

// wiring is where parts are put together; commands print and have a clock.
const wiring = "cmd/cdp-tui"

func noInit(fset *token.FileSet, house []*source) (faults []string) {
	for _, s := range house {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				faults = append(faults, fmt.Sprintf("%s: init: what happens at start is written in main", fset.Position(f.Pos())))
			}
		}
	}
	return faults
}

var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

func noUnfinished(fset *token.FileSet, house []*source) (faults []string) {
	for _, s := range house {
		for _, g := range s.file.Comments {
			for _, c := range g.List {
				if word := unfinished.FindString(c.Text); word != "" {
					faults = append(faults, fmt.Sprintf("%s: %s: write a note to the issue", fset.Position(c.Pos()), word))
				}
			}
		}
	}
	return faults
}

func onePackageComment(_ *token.FileSet, house []*source) (faults []string) {
	docs := map[string][]string{} // by directory
	for _, s := range house {
		if s.test() {
			continue
		}
		dir := s.dir()
		docs[dir] = append(docs[dir], "")
		if s.file.Doc == nil {
			continue
		}
		docs[dir] = append(docs[dir], s.path)
		want := "Package " + s.file.Name.Name + " "
		if s.file.Name.Name == "main" {
			want = "Command " + path.Base(dir) + " "
		}
		if got := s.file.Doc.Text(); !strings.HasPrefix(got, want) {
			faults = append(faults, fmt.Sprintf("%s: the package comment begins otherwise than %q", s.path, want))
		}
	}
	for dir, files := range docs {
		files = slices.DeleteFunc(files, func(f string) bool { return f == "" })
		if len(files) != 1 {
			faults = append(faults, fmt.Sprintf("%s: %d package comments %v, want one", dir, len(files), files))
		}
	}
	slices.Sort(faults)
	return faults
}

// Lines of a file. Tests may have more: tables and stories are not read from
// the first line to the last.
const (
	maxLines     = 450
	maxTestLines = 600
)

func shortFiles(_ *token.FileSet, house []*source) (faults []string) {
	for _, s := range house {
		most := maxLines
		if s.test() {
			most = maxTestLines
		}
		if s.lines > most {
			faults = append(faults, fmt.Sprintf("%s: %d lines, at most %d", s.path, s.lines, most))
		}
	}
	return faults
}

// selections calls f for every pkg.Name of a file where pkg is an import path
// that paths has.
func selections(s *source, paths []string, f func(sel *ast.SelectorExpr, path string)) {
	names := map[string]string{}
	for _, p := range paths {
		if n := s.nameOf(p); n != "" {
			names[n] = p
		}
	}
	if len(names) == 0 {
		return
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && names[id.Name] != "" {
				f(sel, names[id.Name])
			}
		}
		return true
	})
}

// What brings the outside in. Of math/rand only what makes a seeded generator
// is free.
var (
	outside = map[string][]string{
		"time":    {"Now", "Since", "Until"},
		"os":      {"Getenv", "LookupEnv", "Environ", "ExpandEnv", "UserHomeDir", "UserConfigDir", "UserCacheDir", "Hostname", "TempDir"},
		"os/user": {"Current", "Lookup", "LookupId"},
	}
	seededOnly = []string{"New", "NewPCG", "NewChaCha8", "NewSource", "NewZipf", "Rand", "PCG", "ChaCha8", "Source", "Zipf"}
)

func injected(fset *token.FileSet, house []*source) (faults []string) {
	for _, s := range house {
		if s.test() || s.dir() == wiring {
			continue
		}
		if slices.Contains(s.imports(), "crypto/rand") {
			faults = append(faults, fmt.Sprintf("%s: crypto/rand: randomness is injected", s.path))
		}
		selections(s, []string{"time", "os", "os/user", "math/rand", "math/rand/v2"}, func(sel *ast.SelectorExpr, from string) {
			bad := slices.Contains(outside[from], sel.Sel.Name)
			if strings.HasPrefix(from, "math/rand") {
				bad = !slices.Contains(seededOnly, sel.Sel.Name)
			}
			if bad {
				faults = append(faults, fmt.Sprintf("%s: %s.%s: clock, randomness and environment come from %s", fset.Position(sel.Pos()), from, sel.Sel.Name, wiring))
			}
		})
	}
	return faults
}

func nothingPrinted(fset *token.FileSet, house []*source) (faults []string) {
	fault := func(p token.Pos, what string) {
		faults = append(faults, fmt.Sprintf("%s: %s: return it; only %s prints and exits", fset.Position(p), what, wiring))
	}
	for _, s := range house {
		if s.test() || s.dir() == wiring {
			continue
		}
		for _, p := range s.imports() {
			if p == "log" || p == "log/slog" && s.dir() != "internal/cdp" { // cdp redacts itself in slog
				fault(s.file.Pos(), p)
			}
		}
		selections(s, []string{"fmt", "os"}, func(sel *ast.SelectorExpr, _ string) {
			switch sel.Sel.Name {
			case "Print", "Printf", "Println", "Stdin", "Stdout", "Stderr", "Exit":
				fault(sel.Pos(), sel.Sel.Name)
			}
		})
		ast.Inspect(s.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "print" || id.Name == "println") {
					fault(call.Pos(), id.Name)
				}
			}
			return true
		})
	}
	return faults
}

// withContext are structs that hold a context because they are a call: they
// live no longer than the function that was given it.
var withContext = []string{
	"internal/graph outlet",
	"internal/kv Life",
	"internal/kv/badgerkv loader",
	"internal/kv/memkv loader",
}

func noContextInStructs(fset *token.FileSet, house []*source) (faults []string) {
	for _, s := range house {
		if s.test() {
			continue
		}
		name := s.nameOf("context")
		if name == "" {
			continue
		}
		typeName := ""
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				typeName = n.Name.Name
			case *ast.StructType:
				for _, f := range n.Fields.List {
					sel, ok := f.Type.(*ast.SelectorExpr)
					if !ok || sel.Sel.Name != "Context" {
						continue
					}
					if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && !slices.Contains(withContext, s.dir()+" "+typeName) {
						faults = append(faults, fmt.Sprintf("%s: %s holds a context: pass it", fset.Position(f.Pos()), typeName))
					}
				}
			}
			return true
		})
	}
	return faults
}
