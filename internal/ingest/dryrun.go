package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
)

// A Summary says what an ingest would do, as far as that is known without a
// store: it can not tell new records from known ones, nor what policy says.
type Summary struct {
	Source  cdp.Source
	Preset  string
	Mapping string // hash
	Info    decode.Info

	Rows, Records, Rejected, Dropped, Deleted int

	Identifiers []Tally // by kind
	Blocked     []Tally // by kind and rule: kept, and never link
	Generic     []Tally
	Attributes  []Tally // by name
	Touchpoints []Tally // by kind
	Consents    []Tally // by purpose and state
	Preferences []Tally // by channel and wish
	Shares      []Tally // by recipient
	Rejects     []Tally // by code and field
	Drops       []Tally // by rule
	Notes       []cdp.Note
	Samples     []cdp.Record // the first five; whoever prints them masks their values
}

// A Tally is a name and how often it was met. Names of touchpoints, purposes and
// recipients can come from the file: whoever prints them sanitises them.
type Tally struct {
	Name  string
	Count int
	Line  int // of the first one
}

// sampleRecords is how many records a summary shows.
const sampleRecords = 5

// maxTally bounds the different names of one list: a source may put anything
// into the kind of a touchpoint.
const maxTally = 200

// DryRun reads and maps a file without a store; Gate is not used.
func DryRun(ctx context.Context, o Options) (Summary, error) {
	in, err := Open(o)
	if err != nil {
		return Summary{}, err
	}
	defer in.Close()
	o = in.o
	s := Summary{Source: o.source(), Preset: o.Preset, Mapping: o.Mapping.Hash()}
	m := o.Mapping.NewMapper(o.Canon, cdp.Lineage{File: o.Name, FileHash: in.hash}, o.Country)
	var notes cdp.Receipt
	for {
		if s.Rows%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return s, err
			}
			notes.AddNotes(m.Notes())
			if o.Progress != nil {
				o.Progress(Progress{Rows: s.Rows, Bytes: in.r.BytesRead(), Size: o.Size})
			}
		}
		row, err := in.next()
		if err == io.EOF {
			break
		}
		var bad *decode.RowError
		if err != nil && !errors.As(err, &bad) {
			return s, fmt.Errorf("ingest %s: stopped after row %d: %w", o.Name, s.Rows, err)
		}
		s.Rows++
		if bad != nil {
			s.Rejected++
			r := m.RowError(bad)
			count(&s.Rejects, joined(r.Code, r.Field), r.Lineage.Line)
			continue
		}
		rec, rej, drop := m.Row(row)
		switch {
		case rec != nil:
			s.record(rec)
		case rej != nil:
			s.Rejected++
			count(&s.Rejects, joined(rej.Code, rej.Field), rej.Lineage.Line)
		default:
			s.Dropped++
			count(&s.Drops, drop.Rule, drop.Line)
		}
	}
	notes.AddNotes(m.Notes())
	notes.AddNotes(warnings(in.r.Info()))
	s.Notes, s.Info = notes.Notes, in.r.Info()
	for _, l := range []*[]Tally{&s.Identifiers, &s.Blocked, &s.Generic, &s.Attributes, &s.Touchpoints, &s.Consents, &s.Preferences, &s.Shares, &s.Rejects, &s.Drops} {
		slices.SortStableFunc(*l, func(a, b Tally) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	}
	return s, nil
}

func (s *Summary) record(r *cdp.Record) {
	s.Records++
	if r.Deleted {
		s.Deleted++
	}
	if len(s.Samples) < sampleRecords {
		s.Samples = append(s.Samples, *r)
	}
	line := r.Lineage.Line
	for _, c := range r.Claims {
		kind := string(c.Identifier.Kind())
		count(&s.Identifiers, kind, line)
		if c.Blocked != "" {
			count(&s.Blocked, joined(kind, c.Blocked), line)
		}
		if c.Generic != "" {
			count(&s.Generic, joined(kind, c.Generic), line)
		}
	}
	for _, a := range r.Attributes {
		count(&s.Attributes, a.Name, line)
	}
	for _, t := range r.Touchpoints {
		count(&s.Touchpoints, t.Kind, line)
	}
	for _, c := range r.Consents {
		count(&s.Consents, joined(string(c.Purpose), string(c.State)), line)
	}
	for _, p := range r.Preferences {
		count(&s.Preferences, joined(string(cmp.Or(p.Channel, "any")), string(cmp.Or(p.Wish, "unstated"))), line)
	}
	for _, sh := range r.Shares {
		count(&s.Shares, sh.Recipient, line)
	}
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + " " + b
}

func count(list *[]Tally, name string, line int) {
	i := slices.IndexFunc(*list, func(t Tally) bool { return t.Name == name })
	if i < 0 {
		if len(*list) >= maxTally {
			name = "(others)"
			i = slices.IndexFunc(*list, func(t Tally) bool { return t.Name == name })
		}
		if i < 0 {
			*list = append(*list, Tally{name, 0, line})
			i = len(*list) - 1
		}
	}
	(*list)[i].Count++
}

// An Explanation shows what a mapping makes of one row.
type Explanation struct {
	Record *cdp.Record // exactly one of the three is there
	Reject *cdp.Reject
	Drop   *cdp.Drop
	Notes  []cdp.Note
}

// ErrNoRow means that a file has no row of the number asked for.
var ErrNoRow = errors.New("the file has no such row")

// Explain maps one row of a file, counted from 1.
func Explain(ctx context.Context, o Options, row int) (Explanation, error) {
	in, err := Open(o)
	if err != nil {
		return Explanation{}, err
	}
	defer in.Close()
	o = in.o
	m := o.Mapping.NewMapper(o.Canon, cdp.Lineage{File: o.Name, FileHash: in.hash}, o.Country)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return Explanation{}, err
		}
		r, err := in.next()
		if err == io.EOF {
			return Explanation{}, fmt.Errorf("row %d of %s: %w", row, o.Name, ErrNoRow)
		}
		var bad *decode.RowError
		if err != nil && !errors.As(err, &bad) {
			return Explanation{}, fmt.Errorf("ingest %s: stopped before row %d: %w", o.Name, n, err)
		}
		if n < row {
			continue
		}
		var e Explanation
		if bad != nil {
			e.Reject = m.RowError(bad)
		} else {
			e.Record, e.Reject, e.Drop = m.Row(r)
		}
		e.Notes = m.Notes()
		return e, nil
	}
}
