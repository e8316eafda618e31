package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/synth"
)

// maxRecords bounds a made-up population.
const maxRecords = 100_000_000

func (p *program) synthCommand() *cobra.Command {
	var records int
	var seed uint64
	var out string
	c := &cobra.Command{
		Use:   "synth",
		Short: "Write a made-up population as files of seven source systems",
		Long: "Write records of made-up customers as seven systems would deliver them, one NDJSON\nfile each, with a mapping for each in mappings/, the activity register, and the\n" +
			"truth: truth.csv says which record is whose. The same seed gives the same people.\nEach record has two to four identifiers and five touchpoints; who is who follows\n" +
			"from the identifiers that records share.",
		Example: "  cdp-tui synth --records 100000 --out /tmp/people",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(func(ctx context.Context, _ []string) error {
			if out == "" {
				return &usageError{"--out names the directory to write to", "cdp-tui synth --records 100000 --out /tmp/people"}
			}
			if records < 1 || records > maxRecords {
				return usagef("--records is 1 to %s", thousands(maxRecords))
			}
			return p.synth(ctx, seed, records, out)
		}),
	}
	f := c.Flags()
	f.IntVar(&records, "records", 100_000, "how many `N` records, five touchpoints each")
	f.Uint64Var(&seed, "seed", 1, "which `S` population: the same seed gives the same people")
	f.StringVar(&out, "out", "", "`DIR` to write to, new or empty")
	return c
}

func (p *program) synth(ctx context.Context, seed uint64, records int, out string) error {
	if files, err := os.ReadDir(out); err == nil && len(files) > 0 {
		return hint(fmt.Errorf("%s is not empty", out), "give a new directory with --out")
	}
	d, err := newDelivered(out)
	if err != nil {
		return err
	}
	defer d.close()
	if err := writeRules(out); err != nil {
		return err
	}
	bar := p.progress("records")
	defer bar.end()
	n := 0
	for rec := range synth.Population(seed, records) {
		if n++; n%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			bar.count(n)
		}
		if err := d.add(rec); err != nil {
			return err
		}
	}
	if err := d.close(); err != nil {
		return err
	}
	bar.end()
	for _, s := range synth.Sources() {
		p.say("%-11s %s records", s, thousands(d.counts[s]))
	}
	p.say("to take them in: cdp-tui policy activate %s, then for each source", filepath.Join(out, "register.yaml"))
	p.say("cdp-tui ingest --map %s %s", filepath.Join(out, "mappings", "SOURCE.yaml"), filepath.Join(out, "SOURCE.ndjson"))
	if !p.json {
		return nil
	}
	return p.object(struct {
		Records int            `json:"records"`
		Seed    uint64         `json:"seed"`
		Sources map[string]int `json:"sources"`
	}{n, seed, d.counts})
}

// writeRules writes what says how to read the files and why one may.
func writeRules(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "mappings"), 0o700); err != nil {
		return err
	}
	for _, s := range synth.Sources() {
		if err := os.WriteFile(filepath.Join(dir, "mappings", s+".yaml"), synth.Mapping(s), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "register.yaml"), synth.Register(), 0o600)
}

// A delivered population is the files of its sources, being written, and the
// truth beside them.
type delivered struct {
	counts map[string]int
	files  map[string]*output
	truth  *output
}

func newDelivered(dir string) (*delivered, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	d := &delivered{counts: make(map[string]int), files: make(map[string]*output)}
	var err error
	for _, s := range synth.Sources() {
		if d.files[s], err = newOutput(filepath.Join(dir, s+".ndjson")); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	if d.truth, err = newOutput(filepath.Join(dir, "truth.csv")); err != nil {
		return nil, errors.Join(err, d.close())
	}
	_, err = io.WriteString(d.truth, "source,key,person\n")
	return d, err
}

func (d *delivered) add(rec *synth.Record) error {
	line, err := rec.JSON()
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", rec.Key, rec.Source, err)
	}
	d.counts[rec.Source]++
	if _, err := d.files[rec.Source].Write(line); err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.truth, "%s,%s,%d\n", rec.Source, rec.Key, rec.Person)
	return err
}

// close ends the files. Closing again does nothing.
func (d *delivered) close() error {
	var errs []error
	for _, f := range d.files {
		errs = append(errs, f.close())
	}
	return errors.Join(append(errs, d.truth.close())...)
}

// An output is a file being written.
type output struct {
	*bufio.Writer
	file *os.File
}

func newOutput(path string) (*output, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, hint(fmt.Errorf("%s is there already", filepath.Base(path)), "give a new directory")
	}
	if err != nil {
		return nil, err
	}
	return &output{bufio.NewWriterSize(f, 256<<10), f}, nil
}

func (o *output) close() error {
	if o == nil || o.file == nil {
		return nil
	}
	f := o.file
	o.file = nil
	return errors.Join(o.Flush(), f.Close())
}

// sourceFile is a source's file in a directory that holds a population.
func sourceFile(dir, source string) string { return filepath.Join(dir, source+".ndjson") }

// words gives the words of a made-up name that can be searched for.
func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == ' ' || r == '\'' })
}
