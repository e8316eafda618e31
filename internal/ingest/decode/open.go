package decode

import (
	"bytes"
	"io"
)

func open(name string, r io.Reader, o Options) (*Reader, error) {
	o.Limits = o.Limits.orDefault()
	rd := &Reader{in: newDelivered(r, o.Limits.File), info: &Info{Name: name}}
	if err := rd.detect(o); err != nil {
		if fe, ok := err.(*FileError); ok {
			fe.Name = name
		}
		return nil, err
	}
	return rd, nil
}

func (r *Reader) detect(o Options) error {
	text, compression, err := decompress(r.in, o.Limits)
	if err != nil {
		return err
	}
	r.info.Compression = compression
	t, err := decodeText(text, o, r.info)
	if err != nil {
		return err
	}
	if len(t.pending()) == 0 && t.err != nil && t.err != io.EOF {
		return t.failed()
	}
	if t.err == io.EOF && len(bytes.TrimSpace(t.pending())) == 0 {
		return emptyFile()
	}
	r.info.Format = o.Format
	if o.Format == "" {
		if r.info.Format, err = detectFormat(r.info.Name, t.pending()); err != nil {
			return err
		}
	}
	r.info.Newline = detectNewline(t.pending())
	if r.info.Newline == "cr" {
		t.nl = '\r'
	}
	switch r.info.Format {
	case CSV:
		r.rows, err = newCSV(t, o, r.info)
	case NDJSON:
		r.rows = newNDJSON(t, o, r.info)
	case JSON:
		r.rows, err = newJSON(t, o, r.info)
	case VCard:
		r.rows = newVCard(t, o, r.info)
	default:
		err = &FileError{Code: "options", Reason: "the format asked for is not known", Do: supported}
	}
	return err
}
