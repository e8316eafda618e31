package graph

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// DefaultLists returns the text of the lists that come with the program.
func DefaultLists() []byte { return lists.DefaultLists() }

// ParseLists reads a rule file of lists. The error lists every mistake with line
// and caret.
func ParseLists(text []byte) (*lists.Marker, error) { return lists.ParseLists("lists", text) }

// A ListsVersion is a version of the lists of placeholders as it came into
// force.
type ListsVersion struct {
	From   time.Time
	Hash   string
	By     string // who put it in force; "" for those of the program
	Reason string
	Text   []byte
}

// counterLists holds the hash of the lists in force. A store is made with those
// of the program that makes it, so that another program does not change who is
// who by its own lists; asRead before the hash says that no others were ever in
// force: the marks of all claims are those with which they were read.
const (
	counterLists = "lists"
	asRead       = "="
)

// marks are the lists in force, as a transaction uses them.
type marks struct {
	*lists.Marker
	asRead bool // records of this program come with the right marks
}

// pinLists puts the lists of the program in force at a new store.
func pinLists(set func(key, value []byte) error, now time.Time) error {
	m, err := lists.ParseLists("lists.yaml", lists.DefaultLists())
	if err != nil {
		return fmt.Errorf("the embedded lists: %w", err)
	}
	tx := func(key, value []byte) error { return set(key, layout.Seal(key, value)) }
	v := ListsVersion{From: now, Hash: m.Hash(), Text: lists.DefaultLists()}
	if err := v.write(tx); err != nil {
		return err
	}
	return tx(layout.KeyCounter(counterLists), []byte(asRead+v.Hash))
}

func (v *ListsVersion) write(set func(key, value []byte) error) error {
	var w layout.Writer
	w.Text(v.By)
	w.Text(v.Reason)
	rest := append(w.B, v.Text...)
	for n := uint16(0); len(rest) > 0; n++ {
		part := rest[:min(len(rest), tailChunk)]
		rest = rest[len(part):]
		if err := set(layout.KeyLists(v.From, v.Hash, n), part); err != nil {
			return err
		}
	}
	return nil
}

// lists returns the lists in force.
func (tx *Tx) lists() (*marks, error) {
	if tx.marks != nil {
		return tx.marks, nil
	}
	value, err := tx.get(layout.KeyCounter(counterLists))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: lists: %w", err)
	}
	hash, first := strings.CutPrefix(string(value), asRead)
	own := hash == "" // the store is older than versions of lists
	if own {
		hash = lists.DefaultHash()
	}
	known := tx.known.lists.Load()
	if known == nil || known.Hash() != hash {
		text := lists.DefaultLists()
		if !own {
			if text, err = tx.listsText(hash); err != nil {
				return nil, err
			}
		}
		if known, err = lists.ParseLists("lists", text); err != nil {
			return nil, fmt.Errorf("graph: lists: %w", err)
		}
		tx.known.lists.Store(known)
	}
	tx.marks = &marks{known, own || first && known.Own()}
	return tx.marks, nil
}

func (tx *Tx) listsText(hash string) ([]byte, error) {
	versions, err := tx.ListsVersions()
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if v.Hash == hash {
			return v.Text, nil
		}
	}
	return nil, fmt.Errorf("graph: lists: %w", layout.ErrDamaged)
}

// Lists returns the lists in force.
func (tx *Tx) Lists() (*lists.Marker, error) {
	m, err := tx.lists()
	if err != nil {
		return nil, err
	}
	return m.Marker, nil
}

// MarkedBy names the lists in force where a mark of a claim is theirs, "" where
// no list has a say in it.
func (tx *Tx) MarkedBy(rule string) (string, error) {
	if !lists.Listed(rule) {
		return "", nil
	}
	m, err := tx.lists()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("lists %.16s, version %d", m.Hash(), m.Version), nil
}

// mark puts the marks of the lists in force on the claims of a record that is
// delivered.
func (tx *Tx) mark(claims []cdp.Claim) error {
	m, err := tx.lists()
	if err == nil && !m.asRead {
		m.Mark(claims)
	}
	return err
}

// SetLists puts lists in force: for what is delivered from now on, and for what
// is there once Remark has passed over it, SettleNext has settled it, and
// FinishLists ends it.
func (tx *Tx) SetLists(v ListsVersion) error {
	m, err := lists.ParseLists("lists", v.Text)
	if err != nil {
		return err
	}
	v.Hash = m.Hash()
	if err := v.write(tx.set); err != nil {
		return err
	}
	tx.marks, tx.relists = &marks{Marker: m}, nil
	if err := tx.setRelisting(&relisting{hash: v.Hash}); err != nil {
		return err
	}
	return tx.set(layout.KeyCounter(counterLists), []byte(v.Hash))
}

// ListsVersions returns all versions, by the time they came into force. A store
// that was made before lists had versions has none of the program's.
func (tx *Tx) ListsVersions() ([]ListsVersion, error) {
	var out []ListsVersion
	for e, err := range tx.r.Scan(layout.Lists()) {
		if err != nil {
			return nil, fmt.Errorf("graph: lists: %w", err)
		}
		from, hash, chunk, err := layout.RegisterOf(e.Key)
		if err != nil {
			return nil, err
		}
		part, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: lists: %w", err)
		}
		if chunk == 0 {
			out = append(out, ListsVersion{From: from, Hash: hash})
		} else if len(out) == 0 {
			return nil, fmt.Errorf("graph: lists: %w", layout.ErrDamaged)
		}
		last := &out[len(out)-1]
		last.Text = append(last.Text, part...)
	}
	for i := range out {
		v := &out[i]
		r := layout.Reader{B: v.Text}
		v.By, v.Reason = r.Text(), r.Text()
		if r.Err() != nil {
			return nil, fmt.Errorf("graph: lists: %w", r.Err())
		}
		v.Text = r.B
	}
	return out, nil
}

// A relisting is how far the records are judged by lists that were put in
// force.
type relisting struct {
	hash  string
	after cdp.RecordID // that was judged last
	done  bool         // all are; what differs is to be settled
}

const counterRelisting = "relisting"

// relisting returns nil when all is settled by the lists in force.
func (tx *Tx) relisting() (*relisting, error) {
	if tx.relists != nil {
		return *tx.relists, nil
	}
	value, err := tx.get(layout.KeyCounter(counterRelisting))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: lists: %w", err)
	}
	var out *relisting
	if err == nil {
		r := tx.reader(value)
		out = &relisting{r.Text(), cdp.RecordID(r.Uint()), r.Bool()}
		if !r.Done() {
			return nil, fmt.Errorf("graph: lists: %w", layout.ErrDamaged)
		}
	}
	tx.relists = &out
	return out, nil
}

func (tx *Tx) setRelisting(to *relisting) error {
	w := tx.writer()
	w.Text(to.hash)
	w.Uint(uint64(to.after))
	w.Bool(to.done)
	tx.relists = &to
	return tx.set(layout.KeyCounter(counterRelisting), w.B)
}

// Relisting reports whether lists were put in force by which not all is settled
// yet, and whether all records are judged by them: Remark goes on with that,
// SettleNext with the other, and FinishLists ends both.
func (tx *Tx) Relisting() (open, judged bool, err error) {
	r, err := tx.relisting()
	return r != nil, r != nil && r.done, err
}

// FinishLists ends a change of lists, when nothing is left to settle.
func (tx *Tx) FinishLists() error {
	var none *relisting
	tx.relists = &none
	return tx.delete(layout.KeyCounter(counterRelisting))
}
