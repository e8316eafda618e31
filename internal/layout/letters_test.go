package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The builders of keys as the package's own source has them: nobody has to
// enter a new one anywhere for TestLetters to see it.
type builders struct {
	letters map[string]string // constant -> literal
	sorts   map[string]string // constant of a sort of row under a letter -> literal
	funcs   map[string]*ast.FuncDecl
	doc     string
}

func parseBuilders(t *testing.T) builders {
	t.Helper()
	b := builders{map[string]string{}, map[string]string{}, map[string]*ast.FuncDecl{}, ""}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc != nil {
			b.doc += f.Doc.Text()
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					b.funcs[d.Name.Name] = d
				}
			case *ast.GenDecl:
				if d.Tok == token.CONST {
					b.constants(t, d)
				}
			}
		}
	}
	return b
}

func (b builders) constants(t *testing.T, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			var lit *ast.BasicLit
			if i < len(v.Values) {
				lit, _ = v.Values[i].(*ast.BasicLit)
			}
			switch letter := strings.HasPrefix(name.Name, "letter"); {
			case letter && (lit == nil || lit.Kind != token.CHAR):
				t.Errorf("%s is not written as a character: whether another one is the same is not seen", name.Name)
			case letter:
				b.letters[name.Name] = lit.Value
			case lit != nil && lit.Kind == token.INT:
				b.sorts[name.Name] = lit.Value
			}
		}
	}
}

// row is the letter with which the keys of a builder begin, and their sort
// under it if the builder names one.
func (b builders) row(t *testing.T, name string) (letter, sort string) {
	t.Helper()
	var letters, sorts []string
	seen := map[string]bool{}
	var walk func(name string)
	walk = func(name string) {
		f := b.funcs[name]
		if f == nil || seen[name] {
			return
		}
		seen[name] = true
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.CHAR {
					t.Errorf("%s has %s where a letter with a name belongs", name, n.Value)
				}
			case *ast.Ident:
				if l, ok := b.letters[n.Name]; ok && !slices.Contains(letters, l) {
					letters = append(letters, l)
				}
				if s, ok := b.sorts[n.Name]; ok {
					sorts = append(sorts, s)
				}
				walk(n.Name)
			}
			return true
		})
	}
	walk(name)
	if len(letters) != 1 || len(sorts) > 1 {
		t.Errorf("%s begins with the letters %v and the sorts %v, want one letter and at most one sort", name, letters, sorts)
		return "", ""
	}
	if len(sorts) == 1 {
		sort = sorts[0]
	}
	return letters[0], sort
}

// TestLetters: no two sorts of row have the same letter, or the same sort under
// a letter, and the package comment lists each once.
func TestLetters(t *testing.T) {
	b := parseBuilders(t)
	owner := map[string]string{}
	for name, letter := range b.letters {
		if other, taken := owner[letter]; taken {
			t.Errorf("%s and %s are both %s", other, name, letter)
		}
		owner[letter] = name
	}
	// Keys that begin alike and are told apart by their length.
	longer := map[string][2]int{
		"KeyBlockMore":       {len(KeyBlock(0)), len(KeyBlockMore(0, 0))},
		"KeyPendingDecision": {len(KeyPending(0)), len(KeyPendingDecision(0))},
	}
	for name, n := range longer {
		if n[0] == n[1] {
			t.Errorf("the keys of %s are as long as those they must be told from", name)
		}
	}
	rows, used := map[[2]string]string{}, map[string]bool{}
	for name := range b.funcs {
		if !strings.HasPrefix(name, "Key") {
			continue
		}
		letter, sort := b.row(t, name)
		used[letter] = true
		if _, told := longer[name]; told {
			continue
		}
		row := [2]string{letter, sort}
		if other, taken := rows[row]; taken {
			t.Errorf("the keys of %s and %s begin alike: %s %s", other, name, letter, sort)
		}
		rows[row] = name
	}
	for row, name := range rows {
		if _, taken := rows[[2]string{row[0], ""}]; taken && row[1] != "" {
			t.Errorf("the keys of %s may be taken for others under %s that name no sort", name, row[0])
		}
	}
	for name, letter := range b.letters {
		if !used[letter] {
			t.Errorf("%s %s begins no key", name, letter)
		}
	}
	if len(rows) < 40 {
		t.Errorf("only %d sorts of rows were found", len(rows))
	}
	b.listed(t, rows)
}

// listed compares the list of the package comment with the rows there are.
func (b builders) listed(t *testing.T, rows map[[2]string]string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^\t(\S)(?: (\d))?(?: .*)?$`)
	in := map[[2]string]bool{}
	for _, m := range line.FindAllStringSubmatch(b.doc, -1) {
		row := [2]string{strconv.QuoteRune([]rune(m[1])[0]), m[2]}
		if in[row] {
			t.Errorf("the package comment lists %s %s twice", row[0], row[1])
		}
		in[row] = true
		if _, ok := rows[row]; !ok {
			t.Errorf("the package comment lists %s %s, which no builder makes", row[0], row[1])
		}
	}
	for row, name := range rows {
		if !in[row] {
			t.Errorf("the package comment does not list %s %s of %s", row[0], row[1], name)
		}
	}
}
