package decode

import "io"

func open(name string, r io.Reader, o Options) (*Reader, error) {
	o.Limits = o.Limits.orDefault()
	return nil, &FileError{Code: "format", Name: name, Reason: "not read yet"}
}
