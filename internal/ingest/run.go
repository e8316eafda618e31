package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
)

// A Gate takes batches into the store.
type Gate interface {
	// Begin announces a delivery. It returns the batch's id and how many rows
	// of this very delivery (same file hash, same mapping) were admitted
	// before it was cut off, 0 for a new one.
	Begin(ctx context.Context, d cdp.Delivery) (id cdp.BatchID, rowsDone int, err error)
	// Admit takes some rows in one transaction and returns the counts of
	// these rows alone.
	Admit(ctx context.Context, b cdp.Batch) (cdp.Receipt, error)
}

// Sizes of a batch.
const (
	DefaultBatchSize = 200     // records
	maxBatchBytes    = 1 << 20 // of text, about
)

// ErrUnbalanced means that rows are unaccounted for: the gate's counts and the
// decoder's differ.
var ErrUnbalanced = errors.New("the rows read and the rows accounted for differ")

// ErrChanged means that a file was written to while it was read: its hash no
// longer stands for its rows, so the delivery stays open.
var ErrChanged = errors.New("the file changed while it was read; ingest it again")

// ErrOther means that a mapping is not one for the file.
var ErrOther = errors.New("the file has none of the columns that the mapping reads")

// Options say what to ingest.
type Options struct {
	Gate    Gate
	Canon   mapping.Canon
	Mapping *mapping.Mapping // nil: recognise the file among the presets
	Preset  string           // name of the preset that Mapping is, if it is one
	Among   []Preset         // without Mapping: recognise the file among these instead; Name is "" for what is no preset

	// Open gives the file from its beginning. A regular file is opened twice,
	// the first time for its hash, by which an interrupted delivery is known again.
	Open   func() (io.ReadCloser, error)
	Name   string // base name, "-" for standard input
	Size   int64  // bytes, 0 when unknown
	Stream bool   // can be opened only once: no hash beforehand, so it is not resumed but recognised row by row

	Country    string // of phone numbers, when the mapping names none
	Controller string // for presets, which can not know it
	Owner      string

	BatchSize int            // records; 0 means DefaultBatchSize
	Progress  func(Progress) // called after each batch, from one goroutine; may be nil
}

// Progress says how far a run is.
type Progress struct {
	Rows    int   // read and handed over, those skipped included
	Skipped int   // rows done in an earlier run
	Bytes   int64 // read of the file as delivered
	Size    int64 // of the file; 0 when unknown
}

// Run ingests one file; see [Input.Run].
func Run(ctx context.Context, o Options) (cdp.Receipt, error) {
	in, err := Open(o)
	if err != nil {
		return cdp.Receipt{File: base(o.Name)}, err
	}
	return in.Run(ctx, o)
}

// Run ingests the file and closes it. Of the options it uses Gate, Canon, BatchSize
// and Progress; the others are those that the file was opened with. Decoding and
// mapping go on while the gate writes; no more than a few batches are held in memory.
//
// The receipt is valid with an error too: it says what was admitted until
// then. A cancelled context stops between batches.
func (in *Input) Run(ctx context.Context, with Options) (cdp.Receipt, error) {
	defer in.Close()
	o := in.o
	o.Gate, o.Canon, o.BatchSize, o.Progress = with.Gate, with.Canon, with.BatchSize, with.Progress
	if o.BatchSize <= 0 {
		o.BatchSize = DefaultBatchSize
	}
	d := o.delivery(o.Name, in.hash)
	d.Bytes = o.Size
	total := cdp.Receipt{Source: d.Source.ID, File: o.Name, FileHash: in.hash, Mapping: d.Mapping, Preset: o.Preset}
	id, skip, err := o.Gate.Begin(ctx, d)
	if err != nil {
		return total, fmt.Errorf("ingest %s: begin: %w", o.Name, err)
	}
	total.Batch = id
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &producer{o: o, in: in, id: id, skip: skip, out: make(chan parcel, 2)}
	go p.run(ctx)
	for part := range p.out {
		r, err := o.Gate.Admit(ctx, part.batch)
		if err != nil {
			cancel()
			for range p.out { // so that the producer can end
			}
			return total, fmt.Errorf("ingest %s: admit up to row %d: %w", o.Name, part.batch.Rows, err)
		}
		if n := part.rows; r.Rows != n || !r.Balanced() {
			cancel()
			for range p.out {
			}
			total.Add(r)
			return total, fmt.Errorf("ingest %s: of %d rows up to row %d the gate accounts for %d: %w", o.Name, n, part.batch.Rows, r.Rows, ErrUnbalanced)
		}
		total.Add(r)
		if !r.Begun.IsZero() && total.Begun.IsZero() {
			total.Begun = r.Begun
		}
		if !r.Done.IsZero() {
			total.Done = r.Done
		}
		if o.Progress != nil {
			o.Progress(Progress{Rows: part.batch.Rows, Skipped: min(skip, part.batch.Rows), Bytes: in.r.BytesRead(), Size: o.Size})
		}
	}
	if p.err != nil {
		return total, fmt.Errorf("ingest %s: stopped after row %d: %w", o.Name, skip+total.Rows, p.err)
	}
	if o.Stream {
		total.FileHash = in.r.Hash()
	}
	if total.Rows+min(skip, p.rows) != p.rows || !total.Balanced() {
		return total, fmt.Errorf("ingest %s: %d rows read, %d accounted for: %w", o.Name, p.rows, skip+total.Rows, ErrUnbalanced)
	}
	return total, nil
}

// An Input is a file that was opened, and recognised when no mapping was given.
type Input struct {
	o     Options // made complete
	file  io.ReadCloser
	r     *decode.Reader
	hash  string
	first *firstRow // read ahead, until next gives it
}

type firstRow struct {
	row decode.Row
	err error
}

// headSize is how much of a file is looked at to recognise it.
const headSize = 1 << 20

// Open hashes a regular file, recognises it if no mapping is given, and reads
// up to its first row. Whatever makes a file one that can not be taken at all
// shows here, before any gate hears of it. Gate and Canon are not used.
func Open(o Options) (*Input, error) {
	o.Name = base(o.Name)
	in := &Input{}
	if !o.Stream {
		f, err := o.Open()
		if err != nil {
			return nil, fmt.Errorf("ingest %s: %w", o.Name, err)
		}
		h := sha256.New()
		n, err := io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("ingest %s: reading for the hash: %w", o.Name, err)
		}
		in.hash, o.Size = hex.EncodeToString(h.Sum(nil)), n
	}
	f, err := o.Open()
	if err != nil {
		return nil, fmt.Errorf("ingest %s: %w", o.Name, err)
	}
	in.file, in.o = f, o
	if err := in.begin(); err != nil {
		f.Close()
		if fe, ok := err.(*decode.FileError); ok && fe.Name != "" { // it names the file itself
			return nil, fmt.Errorf("ingest %w", err)
		}
		return nil, fmt.Errorf("ingest %s: %w", o.Name, err)
	}
	return in, nil
}

// begin recognises the file and reads up to its first row.
func (in *Input) begin() error {
	o := &in.o
	var r io.Reader = in.file
	if o.Mapping == nil {
		head := make([]byte, headSize)
		n, err := io.ReadFull(in.file, head)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		head = head[:n]
		var preset Preset
		if len(o.Among) > 0 {
			preset, err = DetectAmong(o.Name, head, o.Among)
		} else {
			preset, err = Detect(o.Name, head)
		}
		if err != nil {
			return err
		}
		o.Mapping, o.Preset = preset.Mapping, preset.Name
		r = io.MultiReader(bytes.NewReader(head), in.file)
	}
	var err error
	if in.r, err = decode.Open(o.Name, r, o.Mapping.Options()); err != nil {
		return err
	}
	if h := in.r.Header(); h != nil && !o.Mapping.Fits(h) {
		if !in.r.Info().Header {
			return fmt.Errorf("%w: its first row looks like data, not like the names of columns", ErrOther)
		}
		return ErrOther
	}
	row, err := in.r.Next()
	if fe := (*decode.FileError)(nil); errors.As(err, &fe) {
		return err
	}
	in.first = &firstRow{row, err}
	return nil
}

// next is the file's next row; see [decode.Reader.Next].
func (in *Input) next() (decode.Row, error) {
	if f := in.first; f != nil {
		in.first = nil
		return f.row, f.err
	}
	return in.r.Next()
}

// Close closes the file.
func (in *Input) Close() error { return in.file.Close() }

// base is the name under which a file is known; "-" is standard input.
func base(path string) string {
	if path == "-" {
		return path
	}
	return filepath.Base(path)
}

// delivery says what is delivered under the options' mapping.
func (o *Options) delivery(name, hash string) cdp.Delivery {
	d := cdp.Delivery{Source: o.source(), File: name, FileHash: hash, Mapping: o.Mapping.Hash(), Preset: o.Preset}
	if o.Mapping.Source.Country == "" {
		d.Country = o.Country
	}
	return d
}

// source is the mapping's source with what only the caller knows of a preset.
func (o *Options) source() cdp.Source {
	s := o.Mapping.Source
	if s.Controller == "" {
		s.Controller = o.Controller
	}
	if s.Owner == "" {
		s.Owner = o.Owner
	}
	if s.Country == "" {
		s.Country = o.Country
	}
	return s
}

// A parcel is a batch with the number of its own rows.
type parcel struct {
	batch cdp.Batch
	rows  int
}

// A producer reads and maps on a goroutine of its own. rows and err are to be
// read after out is closed.
type producer struct {
	o    Options
	in   *Input
	id   cdp.BatchID
	skip int
	out  chan parcel
	rows int
	err  error
}

func (p *producer) run(ctx context.Context) {
	defer close(p.out)
	m := p.o.Mapping.NewMapper(p.o.Canon, cdp.Lineage{Batch: p.id, File: p.o.Name, FileHash: p.in.hash}, p.o.Country)
	var b cdp.Batch
	var rows, bytes int
	fresh := func() {
		b = cdp.Batch{ID: p.id, Records: make([]cdp.Record, 0, p.o.BatchSize)}
		rows, bytes = 0, 0
	}
	send := func(last bool) bool {
		b.Rows, b.Last, b.Notes = p.rows, last, m.Notes()
		if last {
			b.Notes = append(b.Notes, warnings(p.in.r.Info())...)
		}
		select {
		case <-ctx.Done():
			p.err = ctx.Err()
			return false
		case p.out <- parcel{b, rows}:
		}
		fresh()
		return true
	}
	fresh()
	for {
		if p.rows%64 == 0 && ctx.Err() != nil {
			p.err = ctx.Err()
			return
		}
		row, err := p.in.next()
		var bad *decode.RowError
		switch {
		case err == io.EOF:
			if p.rows < p.skip {
				p.err = fmt.Errorf("%d rows of this file were admitted before, and it has %d now", p.skip, p.rows)
				return
			}
			if h := p.in.r.Hash(); !p.o.Stream && h != "" && h != p.in.hash {
				p.err = ErrChanged
				return
			}
			send(true)
			return
		case errors.As(err, &bad):
		case err != nil:
			// What was whole is admitted; the delivery stays open.
			if rows > 0 && !send(false) {
				return
			}
			p.err = err
			return
		}
		p.rows++
		if p.rows <= p.skip {
			continue
		}
		rows++
		if bad != nil {
			b.Rejects = append(b.Rejects, *m.RowError(bad))
			bytes += len(bad.Raw)
		} else {
			rec, rej, drop := m.Row(row)
			switch {
			case rec != nil:
				b.Records = append(b.Records, *rec)
			case rej != nil:
				b.Rejects = append(b.Rejects, *rej)
			default:
				b.Dropped = append(b.Dropped, *drop)
			}
			bytes += len(row.Raw)
		}
		if rows >= p.o.BatchSize || bytes >= maxBatchBytes {
			if !send(false) {
				return
			}
		}
	}
}

// warnings turns what the decoder had to guess into notes.
func warnings(i decode.Info) []cdp.Note {
	var out []cdp.Note
	if i.Guessed {
		out = append(out, cdp.Note{Code: "charset_guessed", Text: "the charset is a guess (" + i.Charset + "): confirm it in the mapping", Count: 1})
	}
	for _, h := range i.DuplicateHeaders {
		out = append(out, cdp.Note{Code: "duplicate_header", Field: h, Text: "the file has several columns of this name", Count: 1})
	}
	for _, w := range i.Warnings {
		out = append(out, cdp.Note{Code: "file_warning", Text: w, Count: 1})
	}
	return out
}
