package internal_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// noMutableState finds package variables that change: what is assigned, taken
// the address of, sorted or cleared anywhere but in its declaration, and what
// is made to change (locks, atomics, channels). Sentinel errors, patterns,
// embedded files and tables that nobody writes are no state. Tests may have
// some. It does not follow aliases: a write through a pointer to an element,
// or by a method, is not seen.
func noMutableState(fset *token.FileSet, house []*source) (faults []string) {
	packages := map[string][]*source{}
	var dirs []string
	for _, s := range house {
		if s.test() {
			continue
		}
		if packages[s.dir()] == nil {
			dirs = append(dirs, s.dir())
		}
		packages[s.dir()] = append(packages[s.dir()], s)
	}
	for _, dir := range dirs {
		c := stateChecker{fset: fset, uses: map[*ast.Ident]types.Object{}}
		var files []*ast.File
		for _, s := range packages[dir] {
			files = append(files, s.file)
		}
		// Imports are not read: which identifier means which declaration of
		// the package is known without them. So errors do not matter.
		conf := types.Config{Importer: noImporter{}, Error: func(error) {}}
		c.pkg, _ = conf.Check(dir, fset, files, &types.Info{Uses: c.uses})
		for _, f := range files {
			c.declarations(f)
			ast.Inspect(f, c.visit)
		}
		faults = append(faults, c.faults...)
	}
	return faults
}

type noImporter struct{}

func (noImporter) Import(string) (*types.Package, error) { return nil, errors.New("not read") }

type stateChecker struct {
	fset   *token.FileSet
	pkg    *types.Package
	uses   map[*ast.Ident]types.Object
	faults []string
}

func (c *stateChecker) fault(p token.Pos, format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("%s: %s", c.fset.Position(p), fmt.Sprintf(format, args...)))
}

// declarations finds variables that are made to change.
func (c *stateChecker) declarations(f *ast.File) {
	for _, d := range f.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			v := spec.(*ast.ValueSpec)
			made := []ast.Expr{v.Type}
			for _, x := range v.Values {
				if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
					x = u.X
				}
				switch x := x.(type) {
				case *ast.CompositeLit:
					made = append(made, x.Type)
				case *ast.CallExpr:
					if id, ok := x.Fun.(*ast.Ident); ok && (id.Name == "make" || id.Name == "new") && len(x.Args) > 0 {
						c.fault(v.Pos(), "%s: what %s gives is there to be changed", v.Names[0].Name, id.Name)
					}
				}
			}
			for _, t := range made {
				if changes(t) {
					c.fault(v.Pos(), "%s is there to be changed", v.Names[0].Name)
				}
			}
		}
	}
}

// changes reports whether a type serves only what changes.
func changes(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.ChanType:
		return true
	case *ast.StarExpr:
		return changes(t.X)
	case *ast.IndexExpr:
		return changes(t.X)
	case *ast.SelectorExpr:
		id, ok := t.X.(*ast.Ident)
		return ok && (id.Name == "sync" || id.Name == "atomic")
	}
	return false
}

// visit finds places that change a variable.
func (c *stateChecker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			for _, x := range n.Lhs {
				c.changed(x, "is assigned")
			}
		}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			c.changed(n.Key, "is assigned")
			c.changed(n.Value, "is assigned")
		}
	case *ast.IncDecStmt:
		c.changed(n.X, "is counted")
	case *ast.SendStmt:
		c.changed(n.Chan, "is sent to")
	case *ast.UnaryExpr:
		if _, element := n.X.(*ast.IndexExpr); n.Op == token.AND && !element { // &table[i] saves a copy
			c.changed(n.X, "has its address taken")
		}
	case *ast.CallExpr:
		if len(n.Args) == 0 {
			break
		}
		switch f := n.Fun.(type) {
		case *ast.Ident:
			if slices.Contains([]string{"delete", "clear", "copy"}, f.Name) {
				c.changed(n.Args[0], "is given to "+f.Name)
			}
		case *ast.SelectorExpr:
			if id, ok := f.X.(*ast.Ident); ok && writes(id.Name, f.Sel.Name) {
				c.changed(n.Args[0], "is given to "+id.Name+"."+f.Sel.Name)
			}
		}
	}
	return true
}

// writes reports whether a function of the standard library writes to its
// first argument.
func writes(pkg, name string) bool {
	switch pkg {
	case "sort":
		return !strings.HasPrefix(name, "Search") && !strings.Contains(name, "Sorted")
	case "slices":
		return name != "Sorted" && name != "SortedFunc" && name != "SortedStableFunc" && strings.HasPrefix(name, "Sort") ||
			slices.Contains([]string{"Reverse", "Delete", "DeleteFunc", "Compact", "CompactFunc", "Replace"}, name)
	case "maps":
		return name == "Copy" || name == "DeleteFunc" || name == "Insert"
	}
	return false
}

// changed notes a change of x if it is, or is part of, a package variable of
// this or another package.
func (c *stateChecker) changed(x ast.Expr, how string) {
	for {
		switch e := x.(type) {
		case *ast.ParenExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.SliceExpr:
			x = e.X
		case *ast.SelectorExpr:
			if id, ok := e.X.(*ast.Ident); ok {
				if _, foreign := c.uses[id].(*types.PkgName); foreign {
					c.fault(e.Pos(), "%s.%s %s", id.Name, e.Sel.Name, how)
					return
				}
			}
			x = e.X
		case *ast.Ident:
			if v, ok := c.uses[e].(*types.Var); ok && c.pkg != nil && v.Parent() == c.pkg.Scope() {
				c.fault(e.Pos(), "package variable %s %s", e.Name, how)
			}
			return
		default:
			return
		}
	}
}
