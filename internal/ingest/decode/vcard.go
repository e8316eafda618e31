package decode

import "io"

type vcardReader struct{ t *text }

func newVCard(t *text, o Options, info *Info) *vcardReader { return &vcardReader{t: t} }

func (r *vcardReader) next() (Row, error) { return Row{}, io.EOF }
