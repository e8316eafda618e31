package internal_test

import (
	"go/token"
	"strings"
	"testing"
)

// TestHabitsSeeFaults holds each habit to files with a fault and to files that
// come near one.
func TestHabitsSeeFaults(t *testing.T) {
	long := strings.Repeat("\n", maxLines+1)
	for habit, cases := range map[string]struct{ bad, good []string }{
		"no init": {
			bad:  []string{"func init() {}"},
			good: []string{"type T int; func (T) init() {}", "// init is not called\nfunc initial() {}"},
		},
		"no unfinished business": {
			bad:  []string{"// TODO: later", "func F() { /* FIXME */ }", "const A = 1 // XXX", "// HACK around it"},
			good: []string{"// Todo is a thing to do", "type TODO int", `const s = "TODO"`, `// reads \uXXXX`},
		},
		"files of a size to read": {
			bad:  []string{long},
			good: []string{long[1:]},
		},
		"no mutable package state": {
			bad: []string{
				"var n int; func F() { n = 1 }",
				"var n int; func F() { n++ }",
				"var n int; func F() { n += 2 }",
				"var n int; func F() *int { return &n }",
				"var n, m int; func F() { for n, m = range []int{1} {} }",
				"var m = map[string]int{}; func F() { m[`a`] = 1 }",
				"var m = map[string]int{}; func F() { delete(m, `a`) }",
				"var m = map[string]int{}; func F() { clear(m) }",
				"var s = []int{2, 1}; func F() { copy(s, []int{1}) }",
				"var s = []int{2, 1}; func F() { s = append(s, 1) }",
				"import `slices`; var s = []int{2, 1}; func F() { slices.Sort(s) }",
				"import `sort`; var s = []int{2, 1}; func F() { sort.Ints(s) }",
				"import `maps`; var m = map[string]int{}; func F() { maps.Copy(m, nil) }",
				"type T struct{ a [2]struct{ b int } }; var v T; func F() { v.a[1].b = 2 }",
				"type T struct{ a int }; var v = &T{}; func F() { (*v).a = 2 }",
				"var f = func() {}; func F() { f = nil }",
				"import `sync`; var mu sync.Mutex",
				"import `sync`; var once = &sync.Once{}",
				"import `sync/atomic`; var n atomic.Int64",
				"import `sync/atomic`; var p = new(atomic.Pointer[int])",
				"var c chan int",
				"var m = make(map[string]int)",
				"import `time`; func F() { time.Local = nil }",
				"import `cdp-tui/internal/x`; func F() { x.Hook = nil }",
			},
			good: []string{
				"import `errors`; var ErrX = errors.New(`x`)",
				"import `regexp`; var form = regexp.MustCompile(`x`); func F() bool { return form.MatchString(``) }",
				"var _ interface{ M() } = (*T)(nil); type T struct{}; func (*T) M() {}",
				"var table = map[string]int{`a`: 1}; func F() int { return table[`a`] }",
				"var n = 1; func F() int { n := 2; n = 3; n++; p := &n; return *p }",
				"var n = 1; func F(n int) { n = 2 }",
				"type T struct{ n int }; var n = 1; func (t *T) F() { t.n = 2 }",
				"import `slices`; var s = []int{2, 1}; func F() []int { return slices.Sorted(slices.Values(s)) }",
				"var s = []int{2, 1}; func F() *int { return &s[0] }",
				"import `time`; func F(t *struct{ Local int }) { t.Local = 1; _ = time.Local }",
				"import `sync`; type T struct{ mu sync.Mutex }",
				"import `sync`; var table = sync.OnceValue(func() int { return 1 })",
			},
		},
		"clock, randomness and environment are injected": {
			bad: []string{
				"import `time`; var now = time.Now",
				"import clock `time`; func F() { clock.Now() }",
				"import `time`; func F(t time.Time) { _ = time.Since(t); }",
				"import `crypto/rand`; var R = rand.Reader",
				"import `math/rand/v2`; func F() int { return rand.IntN(2) }",
				"import `math/rand`; func F() int { return rand.Intn(2) }",
				"import `os`; func F() string { return os.Getenv(`HOME`) }",
				"import `os/user`; func F() { user.Current() }",
			},
			good: []string{
				"import `time`; type T struct{ Now func() time.Time }; func F(t T) time.Time { return t.Now() }",
				"import `math/rand/v2`; func F() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }",
				"import `os`; func F() { os.ReadFile(``) }",
			},
		},
		"nothing is printed": {
			bad: []string{
				"import `fmt`; func F() { fmt.Println() }",
				"import `fmt`; func F() { fmt.Printf(``) }",
				"import `os`; func F() { os.Stderr.WriteString(``) }",
				"import `os`; func F() { os.Exit(1) }",
				"import `log`; func F() { log.Fatal() }",
				"import `log/slog`; func F() { slog.Info(``) }",
				"func F() { println() }",
			},
			good: []string{
				"import `fmt`; func F() string { return fmt.Sprint(1) }",
				"import (`fmt`; `io`); func F(w io.Writer) { fmt.Fprintln(w) }",
				"type fmt struct{}; func (fmt) Println() {}; func F(f fmt) { f.Println() }",
			},
		},
		"no context in structs": {
			bad: []string{
				"import `context`; type T struct{ ctx context.Context }",
				"import c `context`; type T struct{ c.Context }",
				"import `context`; func F() { _ = struct{ ctx context.Context }{} }",
			},
			good: []string{
				"import `context`; type T struct{ f func(context.Context) }; func F(ctx context.Context) {}",
				"import `context`; type T struct{ cancel context.CancelFunc }",
			},
		},
	} {
		check := habitNamed(t, habit)
		for _, c := range cases.bad {
			if faults := seedOne(t, check, "internal/room/a.go", c); len(faults) == 0 {
				t.Errorf("%s: no fault in: %.80q", habit, c)
			}
		}
		for _, c := range cases.good {
			if faults := seedOne(t, check, "internal/room/a.go", c); len(faults) != 0 {
				t.Errorf("%s: faults %q, want none in: %.80q", habit, faults, c)
			}
		}
	}
}

// TestHabitsKnowPlaces: what is a fault in a room is none where parts are put
// together, or in a test.
func TestHabitsKnowPlaces(t *testing.T) {
	for habit, text := range map[string]string{
		"no mutable package state":                       "var n int; func F() { n = 1 }",
		"clock, randomness and environment are injected": "import `time`; var now = time.Now",
		"nothing is printed":                             "import `fmt`; func F() { fmt.Println() }",
		"files of a size to read":                        strings.Repeat("\n", maxLines+1),
		"no context in structs":                          "import `context`; type T struct{ ctx context.Context }",
	} {
		check := habitNamed(t, habit)
		inWiring := 0
		if habit != "nothing is printed" && !strings.HasPrefix(habit, "clock") {
			inWiring = 1
		}
		for name, want := range map[string]int{"internal/room/a.go": 1, "internal/room/a_test.go": 0, "cmd/cdp-tui/a.go": inWiring} {
			if faults := seedOne(t, check, name, text); len(faults) != want {
				t.Errorf("%s in %s: faults %q, want %d", habit, name, faults, want)
			}
		}
	}
	const call = "import `context`; type loader struct{ ctx context.Context }"
	if faults := seedOne(t, noContextInStructs, "internal/kv/memkv/a.go", call); len(faults) != 0 {
		t.Errorf("faults %q in a call, want none", faults)
	}
}

// TestOnePackageComment holds that habit to packages of several files.
func TestOnePackageComment(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  int
	}{
		"one":       {map[string]string{"internal/a/doc.go": "// Package a is.\npackage a", "internal/a/a.go": "package a"}, 0},
		"none":      {map[string]string{"internal/a/a.go": "package a"}, 1},
		"two":       {map[string]string{"internal/a/doc.go": "// Package a is.\npackage a", "internal/a/a.go": "// Package a is.\npackage a"}, 1},
		"detached":  {map[string]string{"internal/a/a.go": "// Package a is.\n\npackage a"}, 1},
		"of a test": {map[string]string{"internal/a/a.go": "package a", "internal/a/a_test.go": "// Package a is.\npackage a"}, 1},
		"other":     {map[string]string{"internal/a/a.go": "// This is a.\npackage a"}, 1},
		"command":   {map[string]string{"cmd/a/a.go": "// Command a does.\npackage main"}, 0},
		"main":      {map[string]string{"cmd/a/a.go": "// Package main does.\npackage main"}, 1},
	} {
		fset := token.NewFileSet()
		if faults := onePackageComment(fset, seeded(t, fset, c.files)); len(faults) != c.want {
			t.Errorf("%s: faults %q, want %d", name, faults, c.want)
		}
	}
}

func habitNamed(t *testing.T, name string) func(*token.FileSet, []*source) []string {
	t.Helper()
	for _, h := range habits {
		if h.name == name {
			return h.check
		}
	}
	t.Fatalf("no habit %q", name)
	return nil
}

// seedOne gives the faults of a file that ends with text.
func seedOne(t *testing.T, check func(*token.FileSet, []*source) []string, name, text string) []string {
	t.Helper()
	fset := token.NewFileSet()
	return check(fset, seeded(t, fset, map[string]string{name: "package room;" + text}))
}
