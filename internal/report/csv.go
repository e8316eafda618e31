package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// CSV writes one list for spreadsheets (RFC 4180, UTF-8, LF, comma): the header
// once, then as many pages as are given. Values are made safe to show and
// guarded against being run as formulas, so a cell can differ from what was
// stored; the loss-free form is [JSON]. Give one writer one kind of list.
type CSV struct {
	w      *csv.Writer
	o      Options
	headed bool
}

// NewCSV returns a writer of one list to w. Width has no effect.
func NewCSV(w io.Writer, o Options) *CSV { return &CSV{w: csv.NewWriter(w), o: o} }

// rows writes the header if it was not yet, and the rows.
func (c *CSV) rows(header string, n int, row func(i int) []text.Safe) error {
	if !c.headed {
		c.headed = true
		if err := c.w.Write(strings.Fields(header)); err != nil {
			return err
		}
	}
	for i := range n {
		cells := row(i)
		out := make([]string, len(cells))
		for k, s := range cells {
			out[k] = text.CSVCell(s.String())
		}
		if err := c.w.Write(out); err != nil {
			return err
		}
	}
	c.w.Flush()
	return c.w.Error()
}

// number is n without thousands separators, which would make it text.
func number(n int) text.Safe { return text.Clean(strconv.Itoa(n)) }

// Hits writes profiles found.
func (c *CSV) Hits(list []cdp.Hit) error {
	return c.rows("profile name city country seen records sources bases matched score", len(list), func(i int) []text.Safe {
		h := list[i]
		return []text.Safe{profileID(h.Profile), c.o.show(text.KindName, h.Name.Reveal()), c.o.show(text.KindName, h.City.Reveal()), text.Clean(h.Country),
			c.o.instant(h.Seen), number(h.Records), names(h.Sources), names(h.Bases), matchedFields(h), text.Clean(score(h.Score))}
	})
}

// Rejects writes rows that could not be read; the row itself only when values
// are revealed.
func (c *CSV) Rejects(list []cdp.Reject) error {
	return c.rows("reject source batch file line row code field reason replay raw", len(list), func(i int) []text.Safe {
		r := list[i]
		raw := text.Safe{}
		if c.o.Reveal {
			raw = text.Clean(r.Raw.Reveal())
		}
		return []text.Safe{text.Clean(decimal(r.ID)), text.Clean(string(r.Source)), batchID(r.Lineage.Batch), text.Clean(r.Lineage.File),
			number(r.Lineage.Line), number(r.Lineage.Row), text.Clean(r.Code), text.Clean(r.Field), text.Clean(r.Reason), batchID(r.Replay), raw}
	})
}

// Quarantined writes records in quarantine and what would release them.
func (c *CSV) Quarantined(list []cdp.Quarantine) error {
	return c.rows("record source key batch line since until rule reason article release_by", len(list), func(i int) []text.Safe {
		q := list[i]
		return []text.Safe{recordID(q.Record), text.Clean(string(q.Source)), c.o.key(q.Key), batchID(q.Batch), number(q.Line), c.o.instant(q.Since),
			c.o.instant(q.Until), text.Clean(q.Verdict.Rule), text.Clean(q.Verdict.Reason), text.Clean(q.Verdict.Article), text.Clean(q.Todo)}
	})
}

// Touchpoints writes what happened.
func (c *CSV) Touchpoints(list []cdp.Touchpoint) error {
	return c.rows("at channel kind detail purpose source record key text", len(list), func(i int) []text.Safe {
		t := list[i]
		return []text.Safe{c.o.instant(t.At), text.Clean(string(t.Channel)), text.Clean(t.Kind), c.o.show(text.KindText, t.Detail.Reveal()),
			text.Clean(string(t.Purpose)), text.Clean(string(t.Source)), recordID(t.Record), c.o.show(text.KindKey, t.Key), c.o.show(text.KindText, t.Text.Reveal())}
	})
}
