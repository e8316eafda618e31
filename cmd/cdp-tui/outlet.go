package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// An outlet takes what leaves: to a file of mode 0600 that appears under its
// name when it is complete, or to standard output.
type outlet struct {
	payload *report.Payload
	header  []byte
	path    string // "" for standard output
	file    *os.File
	w       io.Writer
	hash    hash.Hash
	written bool
	over    bool
}

// errTerminal is returned for data that would be sent to a terminal: they would
// stay in its scrollback.
var errTerminal = errors.New("what leaves is not shown on a terminal")

// outlet opens where a payload goes.
func (p *program) outlet(to string, header []byte, payload *report.Payload) (*outlet, error) {
	o := &outlet{payload: payload, header: header, hash: sha256.New()}
	if to == "-" {
		if p.outTerminal {
			return nil, hint(errTerminal, "give --out FILE, or a pipe")
		}
		o.w = p.out
		return o, nil
	}
	if _, err := os.Lstat(to); err == nil {
		return nil, hint(fmt.Errorf("%s is there already", filepath.Base(to)), "name another file: none is overwritten")
	}
	f, err := os.CreateTemp(filepath.Dir(to), ".cdp-tui-*")
	if err != nil {
		return nil, explained(err, to)
	}
	if err := f.Chmod(0o600); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	o.path, o.file, o.w = to, f, f
	return o, nil
}

func (o *outlet) Line(l cdp.PayloadLine) ([]byte, error) { return o.payload.Line(l) }

func (o *outlet) Direct() bool { return o.file == nil }

func (o *outlet) Write(b []byte) error {
	if !o.written {
		o.written = true
		b = append(o.header[:len(o.header):len(o.header)], b...)
	}
	o.hash.Write(b)
	_, err := o.w.Write(b)
	return err
}

// Close lets a file appear under its name. It never replaces one.
func (o *outlet) Close() (string, error) {
	sum := hex.EncodeToString(o.hash.Sum(nil))
	if o.file == nil {
		o.over = true
		return sum, nil
	}
	if err := errors.Join(o.file.Sync(), o.file.Close()); err != nil {
		return "", err
	}
	if err := os.Link(o.file.Name(), o.path); err != nil {
		return "", err
	}
	o.over = true
	return sum, os.Remove(o.file.Name())
}

// Abort removes what did not leave.
func (o *outlet) Abort() (left bool) {
	if o.over {
		return true
	}
	if o.file == nil {
		return o.written
	}
	o.file.Close()
	return os.Remove(o.file.Name()) != nil && !o.gone()
}

// gone reports whether the unfinished file is not there any more.
func (o *outlet) gone() bool {
	_, err := os.Lstat(o.file.Name())
	return errors.Is(err, os.ErrNotExist)
}
