package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/eval"
	"cdp-tui/internal/eval/truth"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

// mostParts is how many parts of a profile or cluster are named.
const mostParts = 20

func (p *program) evalCommand() *cobra.Command {
	var file string
	var worst int
	var columns truth.Columns
	c := &cobra.Command{
		Use:   "eval --truth FILE",
		Short: "Compare the profiles with a file that knows who is who",
		Long: "Compare the profiles with a truth file: one row a record, with the record's key\nand the cluster (the person) it belongs to, and the source if keys are not\n" +
			"unique; CSV, NDJSON or JSON. Precision says how much of what was put together\nbelongs together, recall how much of what belongs together was put together, by\n" +
			"pairs of records and by record (B-cubed). The worst false merges and misses\nare shown with their reasons.\n\n" +
			"Columns are found by their names: record_id, key, id; cluster_id, cluster,\ntruth, entity; data_source, source. Keys may also be written source/key.",
		Example: "  cdp-tui eval --truth known.csv\n  cdp-tui eval --truth known.csv --record rec_id --cluster person --source -\n  cdp-tui eval --truth known.csv --json | jq .pairs",
		Args:    takes(0, 0, "no arguments: name the file with --truth"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		if file == "" {
			return &usageError{"name the truth file with --truth FILE", c.CommandPath() + " --help has an example"}
		}
		if worst < 0 {
			return usagef("--worst is not negative")
		}
		known, err := p.readTruth(file, columns)
		if err != nil {
			return err
		}
		err = p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			e, err := s.evaluate(ctx, known, worst)
			if err != nil {
				return err
			}
			e.File = file
			return s.write(func(j *report.JSON) error { return j.Evaluation(e) },
				func(w io.Writer, o report.Options) error { return report.Evaluate(w, e, o) })
		})(ctx, args)
		if err == nil && known.Rejected > 0 {
			f := known.Faults[0]
			return hint(fmt.Errorf("of the truth file %w", errRejects), "line %d: %s", f.Line, f.Reason)
		}
		return err
	})
	f := c.Flags()
	f.StringVar(&file, "truth", "", "`FILE` that says which records are one person; - for standard input")
	f.StringVar(&columns.Record, "record", "", "`COLUMN` with the key of the record in its source")
	f.StringVar(&columns.Cluster, "cluster", "", "`COLUMN` with what all records of one person have in common")
	f.StringVar(&columns.Source, "source", "", "`COLUMN` with the id of the source; - when no column has it")
	f.IntVar(&worst, "worst", 5, "how many of the worst false merges and misses")
	return c
}

// readTruth reads a truth file.
func (p *program) readTruth(file string, columns truth.Columns) (*truth.Truth, error) {
	in := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, explained(err, file)
		}
		defer f.Close()
		in = f
	}
	known, err := truth.Read(file, in, columns)
	if errors.Is(err, truth.ErrColumn) {
		return nil, &usageError{err.Error(), "name the columns with --record, --cluster and --source"}
	}
	var bad *decode.FileError
	if errors.As(err, &bad) && bad.Err != nil {
		return nil, explained(err, file) // a directory, say
	}
	if err == nil && known.Len() == 0 {
		err = errors.New("the truth file has no row that can be used")
		if known.Rejected > 0 {
			err = hint(err, "line %d: %s", known.Faults[0].Line, known.Faults[0].Reason)
		}
	}
	return known, err
}

// evaluate compares the profiles of the store with a truth.
func (s *session) evaluate(ctx context.Context, known *truth.Truth, worst int) (report.Evaluation, error) {
	e := report.Evaluation{Hash: known.Hash, Record: known.Columns.Record, Cluster: known.Columns.Cluster, Source: known.Columns.Source,
		Rows: known.Read, Repeated: known.Repeated, Rejected: known.Rejected}
	for _, f := range known.Faults {
		e.Lines = append(e.Lines, f.Line)
	}
	found := make([]int, known.Len()) // how many records each of the truth is
	var records []eval.Placed         // with the number in the truth for now
	n := 0
	bar := s.progress("profiles")
	err := s.desk.Measure(ctx, known.Hash, func(p cdp.Profile) error {
		for _, m := range p.Records {
			i, ok := known.Find(string(m.Source), m.Key.Reveal())
			if !ok {
				e.Extra++
				continue
			}
			found[i]++
			records = append(records, eval.Placed{Cluster: uint64(i), Profile: uint64(p.ID), Record: uint64(m.Record)})
		}
		n++
		bar.count(n)
		return nil
	})
	bar.end()
	if err != nil {
		return e, err
	}
	for _, times := range found {
		switch {
		case times == 0:
			e.Absent++
		case times > 1:
			e.Unclear++
		}
	}
	kept := records[:0]
	for _, r := range records {
		if i := int(r.Cluster); found[i] == 1 {
			r.Cluster = uint64(known.ClusterOf(i))
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return e, hint(fmt.Errorf("the store and the truth file have no record in common: %w", steward.ErrNotFound),
			"cdp-tui profiles --json --reveal WHY shows sources and keys; name the columns with --record and --source, or --source - when none has the store's sources")
	}
	res := eval.Compare(kept, worst)
	e.Score = res.Score
	if err := s.disclose(ctx, cdp.Ref{Kind: "profiles"}, nil, "identifiers that link wrongly"); err != nil {
		return e, err
	}
	for _, g := range res.Merges {
		m := report.FalseMerge{Profile: cdp.ProfileID(g.Number), Records: g.Records, Pairs: g.Pairs, Clusters: len(g.Parts)}
		for _, part := range g.Parts[:min(len(g.Parts), mostParts)] {
			m.Parts = append(m.Parts, report.ClusterPart{Cluster: cdp.Value(known.Name(int(part.Number))), Records: part.Records, First: cdp.RecordID(part.Example)})
		}
		if m.Why, err = s.desk.Why(ctx, m.Parts[0].First.String(), m.Parts[1].First.String()); err != nil {
			return e, err
		}
		m.Across = across(m.Why, kept)
		e.Merges = append(e.Merges, m)
	}
	for _, g := range res.Misses {
		m := report.Miss{Cluster: cdp.Value(known.Name(int(g.Number))), Records: g.Records, Pairs: g.Pairs, Profiles: len(g.Parts)}
		for _, part := range g.Parts[:min(len(g.Parts), mostParts)] {
			m.Parts = append(m.Parts, report.ProfilePart{Profile: cdp.ProfileID(part.Number), Records: part.Records, First: cdp.RecordID(part.Example)})
		}
		if m.Why, err = s.desk.Why(ctx, m.Parts[0].Profile.String(), m.Parts[1].Profile.String()); err != nil {
			return e, err
		}
		e.Misses = append(e.Misses, m)
	}
	return e, nil
}

// across returns the hops of a path, from 1, between records of different
// clusters.
func across(path cdp.Path, records []eval.Placed) (hops []int) {
	clusters := make(map[cdp.RecordID]uint64)
	for _, h := range path.Hops {
		clusters[h.From], clusters[h.To] = unknownCluster, unknownCluster
	}
	for _, r := range records {
		if _, ok := clusters[cdp.RecordID(r.Record)]; ok {
			clusters[cdp.RecordID(r.Record)] = r.Cluster
		}
	}
	for i, h := range path.Hops {
		from, to := clusters[h.From], clusters[h.To]
		if from != to && from != unknownCluster && to != unknownCluster {
			hops = append(hops, i+1)
		}
	}
	return hops
}

// unknownCluster is that of records of which a truth does not tell.
const unknownCluster = math.MaxUint64
