package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/text"
)

// dryRun says what files would give, without a store: what is known already,
// and what the register says, is not known then.
func (p *program) dryRun(ctx context.Context, base ingest.Options, files []file) error {
	if p.revealed {
		return &usageError{"a dry run opens no store, so a reveal can not be logged", "leave --reveal out: values print masked"}
	}
	canon, err := canonicaliser([32]byte{}) // its tags are never shown
	if err != nil {
		return err
	}
	base.Canon = canon
	var failed error
	rejected, rows := 0, 0
	for _, f := range files {
		opt := f.options(base)
		bar := p.progress("rows")
		opt.Progress = bar.rows
		sum, err := ingest.DryRun(ctx, opt)
		bar.end()
		if err != nil {
			err = explained(err, f.path)
			if ctx.Err() != nil || len(files) == 1 {
				return err
			}
			p.complain(err)
			failed = errors.New("not all files could be read")
			continue
		}
		rejected, rows = rejected+sum.Rejected, rows+sum.Rows
		if p.json {
			err = p.object(wireSummary(f.path, sum))
		} else {
			err = printSummary(p.out, f.path, sum)
		}
		if err != nil {
			return err
		}
	}
	if failed == nil && rejected > 0 {
		return hint(fmt.Errorf("%w: %d of %d", errRejects, rejected, rows), "correct the mapping, or ask the owner of the source")
	}
	return failed
}

type tallyJSON struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Line  int    `json:"line"`
}

type noteJSON struct {
	Code  string `json:"code"`
	Field string `json:"field,omitempty"`
	Text  string `json:"text"`
	Count int    `json:"count"`
}

type summaryJSON struct {
	File        string      `json:"file"`
	Source      string      `json:"source"`
	Preset      string      `json:"preset,omitempty"`
	Mapping     string      `json:"mapping"`
	Format      string      `json:"format"`
	Charset     string      `json:"charset"`
	Rows        int         `json:"rows"`
	Records     int         `json:"records"`
	Rejected    int         `json:"rejected"`
	Dropped     int         `json:"dropped"`
	Deleted     int         `json:"deleted"`
	Identifiers []tallyJSON `json:"identifiers"`
	Blocked     []tallyJSON `json:"blocked"`
	Generic     []tallyJSON `json:"shared"`
	Attributes  []tallyJSON `json:"attributes"`
	Touchpoints []tallyJSON `json:"touchpoints"`
	Consents    []tallyJSON `json:"consents"`
	Preferences []tallyJSON `json:"preferences"`
	Shares      []tallyJSON `json:"shares"`
	Rejects     []tallyJSON `json:"rejects"`
	Drops       []tallyJSON `json:"drops"`
	Notes       []noteJSON  `json:"notes"`
}

func wireSummary(path string, s ingest.Summary) summaryJSON {
	tallies := func(list []ingest.Tally) []tallyJSON {
		out := make([]tallyJSON, len(list))
		for i, t := range list {
			out[i] = tallyJSON{text.Clean(t.Name).String(), t.Count, t.Line}
		}
		return out
	}
	notes := make([]noteJSON, len(s.Notes))
	for i, n := range s.Notes {
		notes[i] = noteJSON{n.Code, text.Clean(n.Field).String(), text.Clean(n.Text).String(), n.Count}
	}
	return summaryJSON{path, string(s.Source.ID), s.Preset, s.Mapping, s.Info.Format, s.Info.Charset, s.Rows, s.Records, s.Rejected, s.Dropped, s.Deleted,
		tallies(s.Identifiers), tallies(s.Blocked), tallies(s.Generic), tallies(s.Attributes), tallies(s.Touchpoints), tallies(s.Consents),
		tallies(s.Preferences), tallies(s.Shares), tallies(s.Rejects), tallies(s.Drops), notes}
}

// printSummary writes a summary one fact a line.
func printSummary(w io.Writer, path string, s ingest.Summary) error {
	var err error
	put := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintln(w, text.Clean(fmt.Sprintf(format, args...)))
		}
	}
	put("file: %s", path)
	put("source: %s", s.Source.ID)
	if s.Preset != "" {
		put("recognised as: %s", s.Preset)
	}
	put("read as: %s, %s", s.Info.Format, s.Info.Charset)
	put("rows: %d = %d records + %d rejected + %d dropped by a rule", s.Rows, s.Records, s.Rejected, s.Dropped)
	put("delete markers among the records: %d", s.Deleted)
	for _, part := range []struct {
		title string
		list  []ingest.Tally
	}{{"identifiers", s.Identifiers}, {"placeholders, which never link", s.Blocked}, {"values that many share", s.Generic}, {"attributes", s.Attributes},
		{"touchpoints", s.Touchpoints}, {"consents", s.Consents}, {"preferences", s.Preferences}, {"shares", s.Shares}, {"rejects", s.Rejects}, {"dropped", s.Drops}} {
		if len(part.list) == 0 {
			continue
		}
		put("%s:", part.title)
		for _, t := range part.list {
			put("  %s: %d, first on line %d", t.Name, t.Count, t.Line)
		}
	}
	for _, n := range s.Notes {
		put("note: %s %s: %s (%d)", n.Code, n.Field, n.Text, n.Count)
	}
	for _, r := range s.Samples {
		put("row %d becomes:", r.Lineage.Row)
		for _, c := range r.Claims {
			put("  %s %s, links %s, verified by %s", c.Identifier.Kind(), text.Mask(string(c.Identifier.Kind()), c.Identifier.Reveal()), c.Strength, c.Verification)
		}
		for _, a := range r.Attributes {
			put("  %s %s", a.Name, text.Mask("text", a.Value.Reveal()))
		}
		for _, c := range r.Consents {
			put("  consent %s: %s", c.Purpose, c.State)
		}
		for _, q := range r.Preferences {
			put("  preference %s: %s", cmp.Or(string(q.Channel), "any channel"), cmp.Or(string(q.Wish), "unstated"))
		}
		for _, t := range r.Touchpoints {
			put("  touchpoint %s on %s at %s", t.Kind, t.Channel, stamp(t))
		}
	}
	put("whether rows are known already, and what the register says of them, shows when they are ingested")
	return err
}

func stamp(t cdp.Touchpoint) string {
	if t.At.IsZero() {
		return "an unknown time"
	}
	return t.At.UTC().Format("2006-01-02 15:04 UTC")
}
