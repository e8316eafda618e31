package internal_test

import (
	"bufio"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// A plan is what the package comment in doc.go says of the house.
type plan struct {
	rooms []string            // in the order of the map, from the top down
	uses  map[string][]string // by room
	doors map[string][]string // by library: rooms, or "tests", or "none yet"
}

// TestMap compares the map in doc.go with the imports.
func TestMap(t *testing.T) {
	fset := token.NewFileSet()
	doc, err := parser.ParseFile(fset, "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	p, faults := readPlan(doc.Doc.Text())
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	faults = append(faults, p.compare(moduleSources(t, fset), libraries(string(mod)))...)
	for _, f := range faults {
		t.Error(f)
	}
}

// readPlan reads the tables of the map. A table ends with its block of lines.
func readPlan(text string) (plan, []string) {
	p := plan{uses: map[string][]string{}, doors: map[string][]string{}}
	var faults []string
	table := ""
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			table = ""
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		name, second := cells[0], strings.Fields(cells[1])
		if cells[1] == "-" {
			second = nil
		}
		switch {
		case table == "":
			table = name
		case table == "package":
			if _, twice := p.uses[name]; twice {
				faults = append(faults, fmt.Sprintf("the map has %s twice", name))
			}
			p.rooms = append(p.rooms, name)
			p.uses[name] = second
		case table == "library":
			p.doors[name] = second
		default:
			faults = append(faults, fmt.Sprintf("the map has a table of %q", table))
		}
	}
	return p, faults
}

// libraries returns the modules that go.mod requires, and whether directly.
func libraries(mod string) map[string]bool {
	direct := map[string]bool{}
	sc := bufio.NewScanner(strings.NewReader(mod))
	for sc.Scan() {
		line := strings.TrimPrefix(strings.TrimSpace(sc.Text()), "require ")
		if f := strings.Fields(line); len(f) >= 2 && strings.HasPrefix(f[1], "v") {
			direct[f[0]] = !strings.HasSuffix(line, "// indirect")
		}
	}
	return direct
}

// compare says where the plan and the house differ.
func (p plan) compare(house []*source, direct map[string]bool) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }

	uses := map[string]map[string]bool{}  // by room
	doors := map[string]map[string]bool{} // by library
	note := func(in map[string]map[string]bool, key, value string) {
		if in[key] == nil {
			in[key] = map[string]bool{}
		}
		if value != "" {
			in[key][value] = true
		}
	}
	tests := map[string]map[string]bool{} // rooms whose tests alone use a library
	for _, s := range house {
		if !s.test() {
			note(uses, s.room(), "")
		}
		for _, path := range s.imports() {
			first, _, _ := strings.Cut(path, "/")
			if first == module {
				if !s.test() {
					note(uses, s.room(), room(strings.TrimPrefix(path, module+"/")))
				}
				continue
			}
			if !strings.Contains(first, ".") {
				continue // the standard library
			}
			lib := libraryOf(path, direct)
			switch {
			case lib == "":
				fault("%s imports %s, which go.mod does not require", s.path, path)
			case s.test():
				note(tests, lib, s.room())
			default:
				note(doors, lib, s.room())
			}
		}
	}

	for _, r := range slices.Sorted(maps.Keys(uses)) {
		if !slices.Contains(p.rooms, r) {
			fault("package %s is not on the map", r)
		}
	}
	for i, r := range p.rooms {
		got, there := uses[r]
		if !there {
			fault("the map has %s, the house has not", r)
			continue
		}
		if want := slices.Sorted(slices.Values(p.uses[r])); !slices.Equal(want, slices.Sorted(maps.Keys(got))) {
			fault("package %s uses %v, the map says %v", r, slices.Sorted(maps.Keys(got)), want)
		}
		for _, u := range slices.Sorted(maps.Keys(got)) {
			if !slices.Contains(p.rooms[i+1:], u) {
				fault("package %s uses %s, which does not stand below it on the map", r, u)
			}
		}
	}

	for _, lib := range slices.Sorted(maps.Keys(direct)) {
		waits := len(doors[lib])+len(tests[lib]) == 0
		if direct[lib] && waits {
			fault("nothing uses library %s", lib)
		}
		want, listed := p.doors[lib]
		got := slices.Sorted(maps.Keys(doors[lib]))
		if !listed {
			if direct[lib] || len(got) > 0 {
				fault("library %s is not on the map (doors: %v)", lib, got)
			}
			continue
		}
		forTests := slices.Contains(want, "tests")
		want = slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(want), func(d string) bool { return d == "tests" })))
		if !slices.Equal(want, got) {
			fault("library %s has the doors %v, the map says %v", lib, got, want)
		}
		if forTests && len(tests[lib]) == 0 {
			fault("library %s is for tests, and no test uses it", lib)
		}
		for _, r := range slices.Sorted(maps.Keys(tests[lib])) {
			if !forTests && !slices.Contains(want, r) {
				fault("tests of %s use %s, which has other doors: %v", r, lib, want)
			}
		}
	}
	for _, lib := range slices.Sorted(maps.Keys(p.doors)) {
		if _, required := direct[lib]; !required {
			fault("the map has %s, go.mod has not", lib)
		}
	}
	return faults
}

// libraryOf returns the required module that has a package.
func libraryOf(path string, required map[string]bool) string {
	lib := ""
	for m := range required {
		if (path == m || strings.HasPrefix(path, m+"/")) && len(m) > len(lib) {
			lib = m
		}
	}
	return lib
}

// TestMapSeesDrift holds the comparison itself to small houses that drifted.
func TestMapSeesDrift(t *testing.T) {
	const doc = "package | uses | job\ntop | low | j\nlow | - | j\n\nlibrary | door | for\nlib.example/x | low | j\nlib.example/t | tests | j\n"
	const mod = "require (\n\tlib.example/x v1.0.0\n\tlib.example/t v1.0.0\n\tlib.example/deep v1.0.0 // indirect\n)\n"
	house := map[string]string{
		"internal/top/a.go":      `package top; import _ "cdp-tui/internal/low"; import _ "fmt"`,
		"internal/low/a.go":      `package low; import _ "lib.example/x/sub"`,
		"internal/low/a_test.go": `package low; import _ "lib.example/t"; import _ "cdp-tui/internal/top"`,
	}
	for _, c := range []struct {
		name      string
		doc, mod  string
		file, src string // added, or in the place of one
		want      string // part of one of the faults; "" for no fault
	}{
		{name: "as it is"},
		{name: "not used", doc: doc + "lib.example/more | - | j\n", mod: mod + "require lib.example/more v1.0.0\n", want: "nothing uses library lib.example/more"},
		{name: "room not on the map", file: "internal/new/a.go", src: "package fresh", want: "package new is not on the map"},
		{name: "room gone", doc: strings.Replace(doc, "low | - | j\n", "low | - | j\ngone | - | j\n", 1), want: "the map has gone"},
		{name: "room twice", doc: strings.Replace(doc, "low | - | j\n", "low | - | j\nlow | - | j\n", 1), want: "low twice"},
		{name: "use gone", file: "internal/top/a.go", src: "package top", want: "package top uses [], the map says [low]"},
		{name: "use not on the map", doc: strings.Replace(doc, "top | low", "top | -", 1), want: "package top uses [low], the map says []"},
		{name: "use upwards", doc: "package | uses | job\nlow | - | j\ntop | low | j\n\nlibrary | door | for\nlib.example/x | low | j\nlib.example/t | tests | j\n", want: "does not stand below"},
		{name: "second door", file: "internal/top/b.go", src: `package top; import _ "lib.example/x"`, want: "lib.example/x has the doors [low top]"},
		{name: "no door any more", file: "internal/low/a.go", src: "package low", want: "lib.example/x has the doors []"},
		{name: "door to what others require", file: "internal/low/b.go", src: `package low; import _ "lib.example/deep"`, want: "lib.example/deep is not on the map"},
		{name: "not required", file: "internal/low/b.go", src: `package low; import _ "lib.example/other"`, want: "go.mod does not require"},
		{name: "library not on the map", mod: mod + "require lib.example/more v1.0.0\n", want: "lib.example/more is not on the map"},
		{name: "library gone", doc: doc + "lib.example/gone | - | j\n", want: "go.mod has not"},
		{name: "tests through another door", file: "internal/top/a_test.go", src: `package top; import _ "lib.example/x"`, want: "tests of top use lib.example/x"},
		{name: "for tests, unused", file: "internal/low/a_test.go", src: "package low", want: "no test uses it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := maps.Clone(house)
			if c.file != "" {
				files[c.file] = c.src
			}
			text, required := c.doc, c.mod
			if text == "" {
				text = doc
			}
			if required == "" {
				required = mod
			}
			p, faults := readPlan(text)
			faults = append(faults, p.compare(seeded(t, token.NewFileSet(), files), libraries(required))...)
			if c.want == "" && len(faults) > 0 {
				t.Errorf("faults %q, want none", faults)
			}
			if c.want != "" && !strings.Contains(strings.Join(faults, "\n"), c.want) {
				t.Errorf("faults %q, want one with %q", faults, c.want)
			}
		})
	}
}

// seeded makes a house of texts by file name.
func seeded(t *testing.T, fset *token.FileSet, files map[string]string) []*source {
	t.Helper()
	var all []*source
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all = append(all, parsed(t, fset, name, []byte(files[name])))
	}
	return all
}
