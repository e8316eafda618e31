package search

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/spelling"
)

// layoutVersion is that of the directory and of the fields.
const layoutVersion = 1

// current is the file that names the generation in use.
const current = "CURRENT"

// A note is what CURRENT holds.
type note struct {
	Generation string `json:"generation"`
	Layout     int    `json:"layout"`
	Analyser   int    `json:"analyser"`
	// Position at which the generation was built. Bleve answers a damaged
	// segment by going back to an older snapshot of the index, without a word;
	// one from before this position is the half of a rebuild.
	Position uint64 `json:"position"`
}

// A generation is one Bleve index in a directory of its own.
type generation struct {
	dir   string
	bleve bleve.Index

	mu      sync.Mutex
	columns map[uint64]*columns // by segment
}

var positionKey = []byte("cdp.position")

// createGeneration makes an empty index. With bulk, batches are not durable
// one by one: such an index is thrown away when it is not finished.
func createGeneration(dir string, bulk bool) (g *generation, err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	b, err := bleve.NewUsing(filepath.Join(dir, "bleve"), bleve.NewIndexMapping(), scorch.Name, scorch.Name, options(bulk))
	if err != nil {
		return nil, err
	}
	g = &generation{dir: dir, bleve: b, columns: make(map[uint64]*columns)}
	if err := g.setPosition(0); err != nil {
		b.Close()
		return nil, err
	}
	if err := syncTree(dir); err != nil {
		b.Close()
		return nil, err
	}
	return g, nil
}

func openGeneration(dir string, atLeast uint64) (g *generation, err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	if err := verifyRoot(filepath.Join(dir, "bleve", "store", "root.bolt")); err != nil {
		return nil, err
	}
	b, err := bleve.OpenUsing(filepath.Join(dir, "bleve"), options(false))
	if err != nil {
		return nil, err
	}
	g = &generation{dir: dir, bleve: b, columns: make(map[uint64]*columns)}
	p, err := g.position()
	if err == nil && p < atLeast {
		err = fmt.Errorf("search: the index went back to entry %d of the journal, before %d", p, atLeast)
	}
	if err == nil {
		err = g.verify()
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return g, nil
}

func options(bulk bool) map[string]any {
	return map[string]any{"unsafe_batch": bulk, "bolt_timeout": "2s"}
}

// isLocked reports whether an index can not be opened because it is open: the
// timeout of Bleve's bolt file, which has no type of its own.
func isLocked(err error) bool { return err != nil && err.Error() == "timeout" }

func (g *generation) close() error { return g.bleve.Close() }

func (g *generation) position() (uint64, error) {
	v, err := g.bleve.GetInternal(positionKey)
	if err != nil {
		return 0, err
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("search: the position has %d bytes", len(v))
	}
	return binary.BigEndian.Uint64(v), nil
}

func (g *generation) setPosition(seq uint64) error {
	return g.bleve.SetInternal(positionKey, binary.BigEndian.AppendUint64(nil, seq))
}

// write puts and deletes documents and sets the position, all or nothing. A
// persisted, when given, is called once the batch is on disk.
func (g *generation) write(f *spelling.Folder, docs []cdp.Document, gone []cdp.ProfileID, seq uint64, persisted func(error)) error {
	b := g.bleve.NewBatch()
	for _, id := range gone {
		b.Delete(docID(id))
	}
	for _, d := range docs {
		if err := b.IndexAdvanced(makeDocument(f, d)); err != nil {
			return err
		}
	}
	b.SetInternal(positionKey, binary.BigEndian.AppendUint64(nil, seq))
	if persisted != nil {
		b.SetPersistedCallback(persisted)
	}
	return noSpace(g.bleve.Batch(b))
}

// snapshot returns the segments as they are now; the caller closes it.
func (g *generation) snapshot() (*scorch.IndexSnapshot, error) {
	i, err := g.bleve.Advanced()
	if err != nil {
		return nil, err
	}
	r, err := i.Reader()
	if err != nil {
		return nil, err
	}
	s, ok := r.(*scorch.IndexSnapshot)
	if !ok || s == nil {
		return nil, errors.New("search: the index is closed")
	}
	return s, nil
}

// guard turns a panic of the library, or a memory fault on a damaged mapped
// file, into an error. Deferred with faults set to panic.
func guard(err *error, before bool) {
	debug.SetPanicOnFault(before)
	if r := recover(); r != nil {
		// The panic's text is left out: it can hold bytes of the index.
		*err = fmt.Errorf("%w: the library failed on its files (%T)", ErrRebuild, r)
	}
}

func readNote(dir string) (note, error) {
	var n note
	b, err := os.ReadFile(filepath.Join(dir, current))
	if err != nil {
		return n, err
	}
	if err := json.Unmarshal(b, &n); err != nil {
		return n, fmt.Errorf("search: %s can not be read", current)
	}
	if !isGeneration(n.Generation) {
		return n, fmt.Errorf("search: %s names no generation", current)
	}
	return n, nil
}

// writeNote makes a generation the current one.
func writeNote(dir, name string, position uint64) error {
	b, err := json.Marshal(note{Generation: name, Layout: layoutVersion, Analyser: spelling.Version, Position: position})
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, current+".new")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, filepath.Join(dir, current)); err != nil {
		return err
	}
	return syncFile(dir)
}

const prefix = "generation-"

func isGeneration(name string) bool {
	return strings.HasPrefix(name, prefix) && !strings.ContainsAny(name, `/\`)
}

// sweep removes the generations that are not in use: those of a rebuild that
// was cut off, and those it replaced.
func sweep(dir, keep string) error {
	es, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range es {
		if isGeneration(e.Name()) && e.Name() != keep {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// syncTree brings all files and directories below dir to disk, readable by
// the owner only.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := os.FileMode(0o600)
		if e.IsDir() {
			mode = 0o700
		}
		if err := os.Chmod(path, mode); err != nil {
			return err
		}
		return syncFile(path)
	})
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
