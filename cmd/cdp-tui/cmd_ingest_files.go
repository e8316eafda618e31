package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"cdp-tui/internal/ingest"
	"cdp-tui/internal/ingest/mapping"
)

// errNotAll says that some of several files could not be taken.
func errNotAll() error {
	return hint(errors.New("not all files could be taken"), "the messages above say which; taking the others again changes nothing")
}

// readable leaves out the files before the first that can be read, while there
// is no store: none is made for files that can not be taken. failed says that
// some were left out, err that all were.
func (p *program) readable(base ingest.Options, files []file) (rest []file, failed, err error) {
	dir, err := p.storeDir()
	if err != nil {
		return nil, nil, err
	}
	if err := finishSwap(dir); err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, kvDir)); !errors.Is(err, fs.ErrNotExist) {
		return files, nil, nil
	}
	for i := range files {
		f := &files[i]
		if f.opened, err = ingest.Open(f.options(base)); err == nil {
			return files[i:], failed, nil
		}
		err = explained(err, f.path)
		if len(files) == 1 {
			return nil, nil, err
		}
		p.complain(err)
		failed = errNotAll()
	}
	return nil, nil, failed
}

// plainPath is a path that a shell reads as it stands.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)

// explained says what to do about a file that can not be taken. Where a file is
// damaged, the message itself says so.
func explained(err error, path string) error {
	if !plainPath.MatchString(path) {
		path = "FILE"
	}
	var several *ingest.AmbiguousError
	switch {
	case errors.Is(err, ingest.ErrUnknown):
		return hint(err, "cdp-tui ingest suggest %s begins a mapping for it; cdp-tui presets lists the systems that are known, to be named with --map", path)
	case errors.Is(err, ingest.ErrNoneOf):
		return hint(err, "name one more with --map, or one alone to take the file by it; cdp-tui ingest suggest %s begins one", path)
	case errors.As(err, &several):
		return hint(err, "take the file by itself, with the one that it is for as --map")
	case errors.Is(err, ingest.ErrNoRows):
		return hint(err, "deliver it again, or say in a mapping how it is to be read: cdp-tui ingest suggest %s begins one", path)
	case errors.Is(err, ingest.ErrOther):
		return hint(err, "name another mapping with --map; cdp-tui ingest suggest %s begins one", path)
	}
	return err
}

// readMapping loads a preset of that name, or else a mapping file; that has no
// name as a preset.
func readMapping(name string) (ingest.Preset, error) {
	if slices.Contains(ingest.PresetNames(), name) {
		return ingest.LoadPreset(name)
	}
	b, err := readRules(nil, name)
	if errors.Is(err, os.ErrNotExist) {
		return ingest.Preset{}, hint(err, "cdp-tui presets lists the presets; cdp-tui ingest suggest FILE begins a mapping")
	}
	if err != nil {
		return ingest.Preset{}, err
	}
	m, err := mapping.Load(filepath.Base(name), b)
	return ingest.Preset{Text: b, Mapping: m}, err
}

// A file is one to be ingested.
type file struct {
	path   string
	size   int64
	stream bool
	open   func() (io.ReadCloser, error)
	opened *ingest.Input // nil until it is
}

// options are those with which a file is opened.
func (f *file) options(base ingest.Options) ingest.Options {
	base.Open, base.Name, base.Size, base.Stream = f.open, f.path, f.size, f.stream
	return base
}

// files looks at the paths before anything is done.
func (p *program) files(paths []string) ([]file, error) {
	var out []file
	for _, path := range paths {
		if path == "-" {
			if slices.ContainsFunc(out, func(f file) bool { return f.path == "-" }) {
				return nil, usagef("standard input can be read only once")
			}
			out = append(out, file{path: "-", stream: true, open: func() (io.ReadCloser, error) { return io.NopCloser(p.in), nil }})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, explained(err, path)
		}
		if info.IsDir() {
			return nil, &usageError{path + " is a directory", "name the files in it: " + filepath.Join(path, "*")}
		}
		out = append(out, file{path: path, size: info.Size(), stream: !info.Mode().IsRegular(), open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	return out, nil
}
