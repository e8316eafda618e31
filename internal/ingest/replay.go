package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
)

// A Replayed says what became of the rejects of one file.
type Replayed struct {
	Receipt cdp.Receipt
	Settled []uint64     // ids of rejects whose row is now a record, or dropped by a rule
	Still   []cdp.Reject // those that stay open, with what is wrong with them now
}

// Replay reads the kept rows of rejects again, under a mapping that was
// corrected since, and hands what they give to the gate: one delivery per file, under
// the file's name. A reject whose text was not kept, or not as a whole, stays open, as
// does one that fails again; the gate is not told of it a second time. The
// gate's keeper is to be told which are settled. Fields that stood around the
// rows of a JSON document are not kept with them.
//
// It uses Gate, Canon, Mapping, Preset, Country, Controller, Owner and
// BatchSize of the options.
func Replay(ctx context.Context, o Options, rejects []cdp.Reject) ([]Replayed, error) {
	if o.Mapping == nil {
		return nil, errors.New("replay: a mapping is needed")
	}
	if o.BatchSize <= 0 {
		o.BatchSize = DefaultBatchSize
	}
	type file struct{ name, hash string }
	var order []file
	groups := map[file][]cdp.Reject{}
	for _, r := range rejects {
		if r.Replay != 0 || r.Source != o.Mapping.Source.ID {
			continue
		}
		f := file{r.Lineage.File, r.Lineage.FileHash}
		if groups[f] == nil {
			order = append(order, f)
		}
		groups[f] = append(groups[f], r)
	}
	var out []Replayed
	for _, f := range order {
		r, err := replayFile(ctx, o, f.name, groups[f])
		out = append(out, r)
		if err != nil {
			return out, fmt.Errorf("replay of %s: %w", f.name, err)
		}
	}
	return out, nil
}

func replayFile(ctx context.Context, o Options, name string, rejects []cdp.Reject) (Replayed, error) {
	// The hash must not be that of the file: a later delivery of the file
	// under this mapping would be taken for one that was cut off.
	h := sha256.New()
	for _, r := range rejects {
		fmt.Fprintf(h, "%d:%d:%s", r.ID, len(r.Raw), r.Raw.Reveal())
	}
	hash := hex.EncodeToString(h.Sum(nil))
	d := o.delivery(name, hash)
	var out Replayed
	m := o.Mapping.NewMapper(o.Canon, cdp.Lineage{File: name, FileHash: hash}, o.Country)
	var b cdp.Batch
	var settled []uint64
	rows := 0
	var all []cdp.Batch
	cut := func() {
		if rows > 0 {
			all = append(all, b)
		}
		b, rows = cdp.Batch{}, 0
	}
	for _, r := range rejects {
		row, bad := again(o.Mapping, r)
		var now *cdp.Reject
		if bad == nil {
			rec, rej, drop := m.Row(row)
			now = rej
			switch {
			case rec != nil:
				rec.Lineage.Line, rec.Lineage.Row, rec.Lineage.Offset = r.Lineage.Line, r.Lineage.Row, r.Lineage.Offset
				b.Records = append(b.Records, *rec)
			case drop != nil:
				b.Dropped = append(b.Dropped, cdp.Drop{Line: r.Lineage.Line, Row: r.Lineage.Row, Rule: drop.Rule})
			}
		} else {
			now = bad
		}
		if now != nil {
			r.Code, r.Reason, r.Field = now.Code, now.Reason, now.Field
			out.Still = append(out.Still, r)
			continue
		}
		settled = append(settled, r.ID)
		if rows++; rows >= o.BatchSize {
			cut()
		}
	}
	cut()
	if len(all) == 0 {
		return out, nil
	}
	id, skip, err := o.Gate.Begin(ctx, d)
	if err != nil {
		return out, err
	}
	out.Receipt = cdp.Receipt{Batch: id, Source: d.Source.ID, File: name, FileHash: hash, Mapping: d.Mapping, Preset: o.Preset}
	done := 0
	for i, b := range all {
		n := len(b.Records) + len(b.Dropped)
		if done += n; done <= skip {
			continue
		}
		b.ID, b.Rows, b.Last = id, done, i == len(all)-1
		for j := range b.Records {
			b.Records[j].Lineage.Batch = id
		}
		if b.Last {
			b.Notes = m.Notes()
		}
		r, err := o.Gate.Admit(ctx, b)
		if err != nil {
			return out, err
		}
		out.Receipt.Add(r)
		if r.Rows != n || !r.Balanced() {
			return out, ErrUnbalanced
		}
	}
	out.Settled = settled
	return out, nil
}

// again reads the one row of a reject.
func again(m *mapping.Mapping, r cdp.Reject) (decode.Row, *cdp.Reject) {
	if r.Raw == "" {
		return decode.Row{}, &cdp.Reject{Code: "replay.text", Reason: "the text of the row was not kept, because it held what must never be stored: deliver the file again"}
	}
	if len(r.Raw) >= cdp.MaxRejectRow || len(r.Header) >= cdp.MaxRejectHeader {
		return decode.Row{}, &cdp.Reject{Code: "replay.text", Reason: "the row was too long to be kept as a whole: deliver the file again"}
	}
	o := m.Options()
	o.Charset, o.Root = "utf-8", ""
	raw := r.Raw.Reveal()
	switch {
	case r.Header != "":
		o.Format = decode.CSV
		yes := true
		o.Header = &yes
		raw = r.Header.Reveal() + "\n" + raw + "\n"
	case strings.HasPrefix(strings.ToUpper(strings.TrimSpace(raw)), "BEGIN:VCARD"):
		o.Format = decode.VCard
	case o.Format == decode.CSV:
		no := false
		o.Header = &no
	default:
		o.Format = decode.JSON
		raw = "[" + raw + "]"
	}
	rd, err := decode.Open("reject", strings.NewReader(raw), o)
	if err != nil {
		return decode.Row{}, &cdp.Reject{Code: "replay.read", Reason: "the kept text of the row can not be read as a file"}
	}
	row, err := rd.Next()
	var bad *decode.RowError
	if errors.As(err, &bad) {
		return decode.Row{}, &cdp.Reject{Code: bad.Code, Field: bad.Field, Reason: bad.Reason}
	}
	if err != nil {
		return decode.Row{}, &cdp.Reject{Code: "replay.read", Reason: "the kept text of the row can not be read as a row"}
	}
	if _, err := rd.Next(); err != io.EOF {
		return decode.Row{}, &cdp.Reject{Code: "replay.rows", Reason: "the kept text is read as more than one row: deliver the file again"}
	}
	return row, nil
}
