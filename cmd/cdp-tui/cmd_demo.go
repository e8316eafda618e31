package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/report"
	"cdp-tui/internal/text"
	"cdp-tui/testdata"
)

func (p *program) demoCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "Make a store of made-up data and open the console on it",
		Long: "Make a store from the data of a made-up company and open the console on it. The\nstore is removed at the end, unless --store names where to keep it. Without a\n" +
			"terminal, or with --plain, a tour is printed instead. The demo's clock begins on\nthe day on which its stories stand.",
		Example: "  cdp-tui demo\n  cdp-tui demo --plain\n  cdp-tui demo --store ~/demo && cdp-tui --store ~/demo",
		Args:    takes(0, 0, "no arguments"),
		RunE:    p.run(p.demo),
	}
	p.looks.flags(c)
	return c
}

func (p *program) demo(ctx context.Context, _ []string) (err error) {
	if err := p.looks.check(); err != nil {
		return err
	}
	dir, keep, err := p.demoDir()
	if err != nil {
		return err
	}
	if !keep {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if p.fullScreen() && !p.supervised() {
		return p.supervise(ctx, dir)
	}
	d := *p
	d.store = dir
	day, begun := testdata.Day(), p.now()
	d.now = func() time.Time { return day.Add(p.now().Sub(begun)) }
	return d.with(use{create: true, index: true}, func(ctx context.Context, s *session, _ []string) error {
		receipts, err := s.loadDemo(ctx)
		if err != nil {
			return err
		}
		if s.fullScreen() {
			return s.show(ctx)
		}
		return s.tour(ctx, receipts, keep)
	})(ctx, nil)
}

// demoDir makes the directory of the demo's store; keep says that it stays.
func (p *program) demoDir() (dir string, keep bool, err error) {
	if p.store != "" {
		if _, err := os.Stat(filepath.Join(p.store, kvDir)); !errors.Is(err, fs.ErrNotExist) {
			return "", true, hint(fmt.Errorf("there is something in %s already", p.store), "open it with cdp-tui --store, or name a new directory")
		}
		return p.store, true, nil
	}
	if dir := p.env(supervisedBy); filepath.IsAbs(dir) {
		return dir, true, nil // who made it removes it
	}
	cache, err := p.base("XDG_CACHE_HOME", ".cache")
	if err != nil {
		return "", false, err
	}
	cache = filepath.Join(cache, "cdp-tui")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", false, err
	}
	dir, err = os.MkdirTemp(cache, "demo-")
	return dir, false, err
}

// loadDemo activates the demo's register and ingests its files.
func (s *session) loadDemo(ctx context.Context) ([]cdp.Receipt, error) {
	if _, err := s.desk.Activate(ctx, "register.yaml", testdata.Register(), nil); err != nil {
		return nil, err
	}
	var out []cdp.Receipt
	bar := s.progress("files")
	defer bar.end()
	for i, item := range testdata.Demo() {
		rules, err := fs.ReadFile(testdata.FS, item.Mapping)
		if err != nil {
			return nil, err
		}
		m, err := mapping.Load(path.Base(item.Mapping), rules)
		if err != nil {
			return nil, err
		}
		data, err := fs.ReadFile(testdata.FS, item.File)
		if err != nil {
			return nil, err
		}
		r, err := ingest.Run(ctx, ingest.Options{Gate: s.desk, Canon: s.canon, Mapping: m, Name: item.File, Size: int64(len(data)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
		if err != nil {
			return nil, err
		}
		out = append(out, r)
		bar.count(i + 1)
	}
	return out, s.catchUp(ctx)
}

// tour shows on standard output what the console would.
func (s *session) tour(ctx context.Context, receipts []cdp.Receipt, kept bool) error {
	if s.json {
		return s.write(func(j *report.JSON) error { return j.Batches(receipts) }, nil)
	}
	say := func(format string, args ...any) error {
		_, err := fmt.Fprintln(s.out, text.Clean(fmt.Sprintf(format, args...)))
		return err
	}
	st, err := s.desk.Stats(ctx)
	if err != nil {
		return err
	}
	if err := say("1. %d files of %d made-up systems were taken. Every row is accounted for:", len(receipts), len(st.Sources)); err != nil {
		return err
	}
	for _, r := range receipts {
		if err := report.Taken(s.out, r, s.options()); err != nil {
			return err
		}
	}
	if err := report.TakenAll(s.out, receipts, s.options()); err != nil {
		return err
	}
	if err := say(""); err != nil {
		return err
	}
	if err := say("2. %d records are %d profiles; %d records wait in quarantine for a legal basis, %d are held apart: they may be held, not linked.",
		st.Records, st.Profiles, st.Quarantined, st.Apart); err != nil {
		return err
	}
	p, err := s.desk.Profile(ctx, st.Largest)
	if err != nil {
		return err
	}
	root, err := s.desk.Trace(ctx, p.ID, cdp.Ref{})
	if err != nil {
		return err
	}
	if err := s.disclose(ctx, profileRef(p.ID), nil, "overview", "trace"); err != nil {
		return err
	}
	dir, next := s.dir, []string{"Next:"}
	if !kept {
		dir, next = "DIR", append(next, "  cdp-tui demo --plain --store DIR      keeps the store; then")
	}
	for _, c := range []string{"profile " + p.ID.String(), "trace " + p.ID.String(), "search ionescu", "quarantine", "log"} {
		next = append(next, fmt.Sprintf("  cdp-tui --store %s %s", dir, c))
	}
	for _, part := range []func() error{
		func() error { return say("") },
		func() error {
			return say("3. The profile with the most records. Values are masked; --reveal REASON shows them and is logged.")
		},
		func() error { return say("") },
		func() error { return report.Profile(s.out, p, s.options()) },
		func() error { return say("") },
		func() error {
			return say("4. Its trace: why it is held, what linked it, who got it, what it is used for. The first answers to each; trace, below, gives all.")
		},
		func() error { return say("") },
		func() error { return report.Trace(s.out, abridged(root), s.options()) },
		func() error { return say("") },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	for _, line := range next {
		if err := say("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// abridged is a trace on one page: of each answer the first lines, and of the
// first of these what it rests on. What is left out is counted.
func abridged(root cdp.TraceNode) cdp.TraceNode {
	questions := make([]cdp.TraceNode, len(root.Children))
	for i, q := range root.Children {
		q.Children = firstOf(3, q.Children)
		for j := range q.Children {
			if j > 0 {
				q.Children[j].Fields, q.Children[j].Children = nil, nil
				continue
			}
			below := firstOf(3, q.Children[j].Children)
			for k := range below {
				if below[k].Children = nil; k > 0 {
					below[k].Fields = nil
				}
			}
			q.Children[j].Children = below
		}
		questions[i] = q
	}
	root.Children = questions
	return root
}

// firstOf are the first n lines, and one that says how many follow.
func firstOf(n int, list []cdp.TraceNode) []cdp.TraceNode {
	out := slices.Clone(list[:min(n, len(list))])
	if more := len(list) - len(out); more > 0 {
		out = append(out, cdp.TraceNode{Label: fmt.Sprintf("... %d more", more)})
	}
	return out
}
