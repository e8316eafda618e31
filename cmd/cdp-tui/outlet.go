package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// An outlet takes what leaves: to a file of mode 0600 that appears under its
// name when it is complete, or to standard output.
//
// What is written for a file waits in a spool, line by line with its number, so
// that lines can be struck before it leaves. Where the system can, neither the
// spool nor the file that is being made has a name: a process that is killed
// leaves nothing behind.
type outlet struct {
	payload *report.Payload // nil: lines are written as they come
	header  []byte
	over    bool

	// Of standard output.
	w       io.Writer
	hash    hash.Hash
	written bool

	// Of a file.
	path  string
	spool *nameless
	pen   *bufio.Writer
	ready *nameless
}

// errTerminal is returned for data that would be sent to a terminal: they would
// stay in its scrollback.
var errTerminal = errors.New("what leaves is not shown on a terminal")

// outlet opens where a payload goes.
func (p *program) outlet(to string, header []byte, payload *report.Payload) (*outlet, error) {
	o := &outlet{payload: payload, header: header, hash: sha256.New()}
	if to == "-" {
		switch {
		case p.outTerminal:
			return nil, hint(errTerminal, "give --out FILE, or a pipe")
		case payload != nil && payload.Packed():
			return nil, usagef("this format is a whole file: give --out FILE")
		}
		o.w = p.out
		return o, nil
	}
	if _, err := os.Lstat(to); err == nil {
		return nil, hint(fmt.Errorf("%s is there already", filepath.Base(to)), "name another file: none is overwritten")
	}
	spool, err := newNameless(filepath.Dir(to))
	if err != nil {
		return nil, explained(err, to)
	}
	o.path, o.spool, o.pen = to, spool, bufio.NewWriterSize(spool, 1<<16)
	return o, nil
}

func (o *outlet) Line(l cdp.PayloadLine) ([]byte, error) { return o.payload.Line(l) }

func (o *outlet) Direct() bool { return o.spool == nil }

// spooled is the size of what stands before a line in the spool: its number and
// its length.
const spooled = 12

func (o *outlet) Write(line int, b []byte) error {
	if o.spool != nil {
		var head [spooled]byte
		binary.BigEndian.PutUint64(head[:], uint64(line))
		binary.BigEndian.PutUint32(head[8:], uint32(len(b)))
		if _, err := o.pen.Write(head[:]); err != nil {
			return err
		}
		_, err := o.pen.Write(b)
		return err
	}
	if !o.written {
		o.written = true
		b = append(o.header[:len(o.header):len(o.header)], b...)
	}
	o.hash.Write(b)
	_, err := o.w.Write(b)
	return err
}

// Seal copies the spool, without what is struck. A file without lines is empty.
func (o *outlet) Seal(struck func(line int) bool) (string, error) {
	if o.spool == nil {
		return hex.EncodeToString(o.hash.Sum(nil)), nil
	}
	if err := o.pen.Flush(); err != nil {
		return "", err
	}
	if o.ready != nil {
		o.ready.drop()
	}
	var err error
	if o.ready, err = newNameless(filepath.Dir(o.path)); err != nil {
		return "", err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(o.ready, sum), 1<<16)
	var packer report.Packer
	if o.payload != nil {
		packer = o.payload.Packer(out)
	}
	if err := o.copy(out, packer, struck); err != nil {
		return "", err
	}
	if packer != nil {
		err = packer.Close()
	}
	if err := errors.Join(err, out.Flush(), o.ready.Sync()); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// copy writes the header and the lines, or gives these to what packs them.
func (o *outlet) copy(out io.Writer, packer report.Packer, struck func(line int) bool) error {
	if _, err := o.spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(o.spool, 1<<16)
	var head [spooled]byte
	for first := true; ; {
		if _, err := io.ReadFull(in, head[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		size := int64(binary.BigEndian.Uint32(head[8:]))
		if struck != nil && struck(int(binary.BigEndian.Uint64(head[:]))) {
			if _, err := io.CopyN(io.Discard, in, size); err != nil {
				return err
			}
			continue
		}
		if packer != nil {
			line := make([]byte, size)
			if _, err := io.ReadFull(in, line); err != nil {
				return err
			}
			if err := packer.Pack(line); err != nil {
				return err
			}
			continue
		}
		if first {
			first = false
			if _, err := out.Write(o.header); err != nil {
				return err
			}
		}
		if _, err := io.CopyN(out, in, size); err != nil {
			return err
		}
	}
}

// Close lets a file appear under its name. It never replaces one.
func (o *outlet) Close() error {
	if o.spool != nil {
		if err := o.ready.name(o.path); err != nil {
			return err
		}
		o.spool.drop()
	}
	o.over = true
	return nil
}

// Abort drops what did not leave.
func (o *outlet) Abort() (left bool) {
	switch {
	case o.over:
		return true
	case o.spool == nil:
		return o.written
	}
	o.spool.drop()
	if o.ready != nil {
		o.ready.drop()
	}
	return false
}

// A nameless is a file of mode 0600 that has no name yet, where the system can
// do that, and a hidden one in the directory where it is to appear elsewhere.
type nameless struct {
	*os.File
	hidden bool
	dir    string // in which it is to appear
}

// hiddenFile opens a file under a hidden name.
func hiddenFile(dir string) (*nameless, error) {
	f, err := os.CreateTemp(dir, ".cdp-tui-*")
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) { // nobody asked for the hidden name
			err = &fs.PathError{Op: path.Op, Path: dir, Err: path.Err}
		}
		return nil, err
	}
	if err := f.Chmod(0o600); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return &nameless{f, true, dir}, nil
}

// name lets the file appear, unless there is one of that name.
func (n *nameless) name(path string) error {
	if err := n.link(path); err != nil {
		return err
	}
	n.drop()
	if d, err := os.Open(filepath.Dir(path)); err == nil { // the name is to survive a power failure, where that can be asked for
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

// Write says of which file it is that can not be written: the system knows no
// name of it.
func (n *nameless) Write(b []byte) (int, error) {
	m, err := n.File.Write(b)
	var path *fs.PathError
	if errors.As(err, &path) {
		err = &fs.PathError{Op: path.Op, Path: n.dir, Err: path.Err}
	}
	return m, err
}

// drop forgets the file: what has no name is gone.
func (n *nameless) drop() {
	_ = n.Close()
	if n.hidden {
		_ = os.Remove(n.Name())
	}
}

// hashOf returns the SHA-256 of a file, in hex.
func hashOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
