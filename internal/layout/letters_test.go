package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestLetters: each sort of row has a letter of its own.
func TestLetters(t *testing.T) {
	owner := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 || !strings.HasPrefix(v.Names[0].Name, "letter") {
				return true
			}
			if lit, ok := v.Values[0].(*ast.BasicLit); ok {
				if other, taken := owner[lit.Value]; taken {
					t.Errorf("%s and %s are both %s", other, v.Names[0].Name, lit.Value)
				}
				owner[lit.Value] = v.Names[0].Name
			}
			return true
		})
	}
	if len(owner) < 30 {
		t.Errorf("only %d letters were found", len(owner))
	}
}
