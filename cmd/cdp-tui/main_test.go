package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
	"cdp-tui/internal/layout"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cdp-tui": main})
}

// TestScripts runs the command line as people do: testdata/script tells what
// each command does and refuses. testdata/common is in every script's directory.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":     code,
			"json":     jsonLines,
			"hold":     hold,
			"relayout": relayout,
			"damage":   damage,
			"rows":     rows,
			"modes":    modes,
			"setid":    setID,
			"disk":     disk,
			"leave":    leave,
			"digest":   digest,
			"equal":    equal,
		},
		Condition: condition,
	})
}

func setup(env *testscript.Env) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
	env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, "cache"))
	env.Setenv("TZ", "UTC")
	env.Setenv("LC_ALL", "")
	env.Setenv("LANG", "C")
	env.Setenv("STORE", filepath.Join(env.WorkDir, "data", "cdp-tui", "default"))
	return os.CopyFS(env.WorkDir, os.DirFS("testdata/common"))
}

// code N COMMAND ARGS... runs the program and checks its exit code. Standard
// output and error are those that stdout, stderr and json look at.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: code N ARGS...")
	}
	want := args[0]
	err := ts.Exec("cdp-tui", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != want {
		ts.Fatalf("exit code %s, want %s\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// json [N] checks that standard output is N JSON objects, one a line.
func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	n := 0
	for sc := bufio.NewScanner(strings.NewReader(ts.ReadFile("stdout"))); sc.Scan(); n++ {
		var v map[string]any
		d := json.NewDecoder(bytes.NewReader(sc.Bytes()))
		if err := d.Decode(&v); err != nil {
			ts.Fatalf("line %d is not an object: %v\n%s", n+1, err, sc.Text())
		}
		if _, err := d.Token(); err != io.EOF {
			ts.Fatalf("line %d goes on after the object", n+1)
		}
	}
	if len(args) == 1 && fmt.Sprint(n) != args[0] || len(args) == 0 && n == 0 {
		ts.Fatalf("%d objects, want %v", n, args)
	}
}

// hold STORE takes a store for the test's own process until the script ends.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	s, err := badgerkv.Open(filepath.Join(ts.MkAbs(args[0]), kvDir), badgerkv.Options{})
	ts.Check(err)
	ts.Defer(func() { _ = s.Close() })
	ts.Setenv("HOLDER", fmt.Sprint(os.Getpid()))
}

// relayout STORE N makes a store say that it has layout N.
func relayout(ts *testscript.TestScript, neg bool, args []string) {
	s, err := badgerkv.Open(filepath.Join(ts.MkAbs(args[0]), kvDir), badgerkv.Options{})
	ts.Check(err)
	var version uint64
	_, err = fmt.Sscan(args[1], &version)
	ts.Check(err)
	ts.Check(s.Update(context.Background(), func(tx kv.Tx) error {
		m, err := layout.ReadMeta(tx)
		if err != nil {
			return err
		}
		m.Version = version
		return layout.WriteMeta(tx.Set, m)
	}))
	ts.Check(s.Close())
}

// damage STORE takes the head of one record out of a store; damage STORE
// unreadable, altered or lost does that to the last version of its register.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	s, err := badgerkv.Open(filepath.Join(ts.MkAbs(args[0]), kvDir), badgerkv.Options{})
	ts.Check(err)
	if len(args) > 1 {
		ts.Check(s.Update(context.Background(), func(tx kv.Tx) error { return damageRegister(tx, args[1]) }))
		ts.Check(s.Close())
		return
	}
	ts.Check(s.Update(context.Background(), func(tx kv.Tx) error {
		for e, err := range tx.Scan(layout.MembersFrom(0)) {
			if err != nil {
				return err
			}
			return tx.Delete(bytes.Clone(e.Key))
		}
		return errors.New("there is no record to damage")
	}))
	ts.Check(s.Close())
}

func damageRegister(tx kv.Tx, how string) error {
	var key, value []byte
	for e, err := range tx.Scan(layout.Registers()) {
		if err != nil {
			return err
		}
		key, value = bytes.Clone(e.Key), bytes.Clone(e.Value)
	}
	text, err := layout.Unseal(key, value)
	if err != nil {
		return err
	}
	switch how {
	case "unreadable":
		return tx.Set(key, layout.Seal(key, []byte("purposes: [")))
	case "altered": // one digit of a period
		return tx.Set(key, layout.Seal(key, bytes.Replace(text, []byte("P3Y"), []byte("P9Y"), 1)))
	case "lost":
		return tx.Delete(key)
	}
	return fmt.Errorf("no such damage: %s", how)
}

// rows N FILE writes a delivery of the shop with N people and long notes: 4,000
// of them are enough for a first load.
func rows(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), shopRows(n, strings.Repeat("note ", firstLoadBytes/4000/5+1)), 0o600))
}

// shopRows is a delivery of the shop with n people.
func shopRows(n int, note string) []byte {
	var b bytes.Buffer
	b.WriteString("id,email,phone,name,city,since,newsletter,note\n")
	for i := range n {
		fmt.Fprintf(&b, "N-%d,person%d@lindenpost.de,+49 171 %07d,Person %d,Ulm,2025-01-10,yes,%s\n", i, i, 4000000+i, i, note)
	}
	return b.Bytes()
}

// modes DIR checks that nobody else can read a directory and what is in it.
func modes(ts *testscript.TestScript, neg bool, args []string) {
	n := 0
	ts.Check(filepath.Walk(ts.MkAbs(args[0]), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s has mode %v", path, info.Mode())
		}
		n++
		return err
	}))
	if n < 3 {
		ts.Fatalf("only %d files in %s", n, args[0])
	}
}

// setid VAR FIELD sets a variable to a field of the first JSON object on
// standard output.
func setID(ts *testscript.TestScript, neg bool, args []string) {
	var v map[string]any
	ts.Check(json.NewDecoder(strings.NewReader(ts.ReadFile("stdout"))).Decode(&v))
	s, ok := v[args[1]].(string)
	if !ok {
		ts.Fatalf("the first object has no text %s", args[1])
	}
	ts.Setenv(args[0], s)
}

// digest VAR sets a variable to the digest of the effect on standard output.
func digest(ts *testscript.TestScript, neg bool, args []string) {
	var v struct{ Effect struct{ Digest string } }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	if len(v.Effect.Digest) != 64 {
		ts.Fatalf("no digest")
	}
	ts.Setenv(args[0], v.Effect.Digest)
}

// equal A B checks that two words are the same.
func equal(ts *testscript.TestScript, neg bool, args []string) {
	if args[0] != args[1] {
		ts.Fatalf("%s is not %s", args[0], args[1])
	}
}
