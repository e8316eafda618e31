package search

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/spelling"
)

// ErrRebuild says that the index can not be trusted or does not fit the store:
// call [Index.Rebuild], or [Index.CatchUp], which does.
var ErrRebuild = errors.New("search: the index must be rebuilt")

// ErrInUse says that the index is open already, here or in another process.
var ErrInUse = errors.New("search: the index is in use")

// A Feed is what the index follows: the journal of the store and the documents
// of its profiles.
type Feed interface {
	// Head returns the number of the journal's last entry, 0 when it is empty.
	Head(ctx context.Context) (uint64, error)
	// Changes returns about max entries after the given one, in order; none
	// when there are none. Entries of one number are never returned in parts.
	Changes(ctx context.Context, after uint64, max int) ([]cdp.Change, error)
	// Document returns what is to be indexed of a profile now; false when it
	// is gone, merged into another one, or not to be found by search.
	Document(ctx context.Context, id cdp.ProfileID) (cdp.Document, bool, error)
	// Summary is Document for a list of hits: of some records at most, without
	// consents, and without texts unless they are asked for. Size is whole.
	Summary(ctx context.Context, id cdp.ProfileID, records int, texts bool) (cdp.Document, bool, error)
	// All returns the documents of all profiles, each once, in any order.
	All(ctx context.Context) iter.Seq2[cdp.Document, error]
}

// Options of an index. The zero value will do.
type Options struct {
	Timeout time.Duration    // of a search, after which it answers in part; 2 s when 0
	Now     func() time.Time // for SearchAnswer.Took; without it that is 0
	Batch   int              // documents per write; 5,000 when 0
	MinFree int64            // bytes the disk must have free for writing; 128 MiB when 0
}

// An Index finds profiles. Its methods may be called concurrently; Follow,
// Rebuild and CatchUp wait for each other, Search waits for none of them.
type Index struct {
	dir    string
	opt    Options
	folder *spelling.Folder

	writing sync.Mutex   // held while documents are written
	mu      sync.RWMutex // guards gen and doubt; held for reading while gen is used
	gen     *generation
	doubt   string
}

// Open opens the index in dir, and creates it when there is none. An index
// that can not be opened, was damaged, or is of another version is replaced by
// an empty one; Doubt then says why. The directory is for this process alone,
// and the store it belongs to is to be locked first: an index that is open
// elsewhere is [ErrInUse], after two seconds.
func Open(dir string, opt Options) (*Index, error) {
	if opt.Timeout == 0 {
		opt.Timeout = 2 * time.Second
	}
	if opt.Batch == 0 {
		opt.Batch = 5000
	}
	if opt.MinFree == 0 {
		opt.MinFree = defaultMinFree
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("search: create the index: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("search: create the index: %w", err)
	}
	x := &Index{dir: dir, opt: opt, folder: spelling.New()}
	n, err := readNote(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a new one; it stands before the first entry of the journal
	case err != nil:
		x.doubt = "its description can not be read"
	case n.Layout != layoutVersion || n.Analyser != spelling.Version:
		x.doubt = fmt.Sprintf("it is of version %d.%d, and this program uses %d.%d", n.Layout, n.Analyser, layoutVersion, spelling.Version)
	default:
		x.gen, err = openGeneration(filepath.Join(dir, n.Generation), n.Position)
		if isLocked(err) {
			return nil, ErrInUse
		}
		if err != nil {
			x.doubt = "it was damaged: " + err.Error()
		}
	}
	if x.gen == nil {
		name := next(n.Generation)
		if x.gen, err = createGeneration(filepath.Join(dir, name), false); err != nil {
			return nil, fmt.Errorf("search: create the index: %w", err)
		}
		if err := writeNote(dir, name, 0); err != nil {
			x.gen.close()
			return nil, fmt.Errorf("search: create the index: %w", err)
		}
	}
	if err := sweep(dir, filepath.Base(x.gen.dir)); err != nil {
		x.gen.close()
		return nil, fmt.Errorf("search: remove what a rebuild left: %w", err)
	}
	return x, nil
}

// next names the generation after the one named, which may be none.
func next(name string) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(name, prefix), 10, 32)
	if err != nil {
		n = 0
	}
	return fmt.Sprintf("%s%06d", prefix, n+1)
}

// Close closes the index. No method may be called afterwards.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.gen.close()
}

// Doubt says why the index is empty and has to be rebuilt; "" when it has not.
func (x *Index) Doubt() string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.doubt
}

// Position returns the number of the last journal entry the index has seen.
func (x *Index) Position() (uint64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.gen.position()
}

// Behind returns how many journal entries the index has not seen, given the
// head of the journal.
func (x *Index) Behind(head uint64) (uint64, error) {
	p, err := x.Position()
	if err != nil || p >= head {
		return 0, err
	}
	return head - p, nil
}

// Count returns the number of profiles in the index.
func (x *Index) Count() (uint64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.gen.bleve.DocCount()
}
