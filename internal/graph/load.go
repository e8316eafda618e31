package graph

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A Load fills a store that has no records yet, many times faster than
// admitting does, and with the same result: Add every record, then Finish.
//
// Records are spooled to disk until all are known; then each is judged, with
// all consents in view, components are found by union-find, and the store is
// written as one sorted stream. What grows in memory are some 200 bytes per
// record: places, hashes and the identifiers' numbers.
type Load struct {
	tx    *Tx // for encoding and for counting; not for reading
	dir   string
	spool *os.File
	out   *bufio.Writer
	head  layout.Writer
	tail  layout.Writer
	size  int64
	sort  *sorter
	// frozen reads what was spooled while tx.sym grows by the words of rulings.
	frozen *layout.Symbolizer

	seeds       [2]maphash.Seed
	rows        map[[2]uint64]uint32 // source row -> number
	nodes       map[[2]uint64]uint32 // identifier and controller -> number
	consents    map[[2]uint64]*statements
	preferences map[[2]uint64]*statements
	restricted  map[cdp.Row][]cdp.Restriction
	rules       *resolve.Rules
	whole       *resolve.Whole
	firstNode   []uint32           // claims of record i: claims[firstNode[i]:firstNode[i+1]]
	claims      [][2]uint32        // links of a claim by class; noNode for none
	states      []resolve.State    // by link
	parts       []layout.Component // by link: what it joins
	seated      []uint32           // by record of whole: its number here
	apart       map[layout.Component][]apartLink
	sums        []resolve.Sum // by component
	records     []loaded
	batches     []delivered
	current     []uint32 // record of a row that is its current version
	last        []uint32 // record of a row that came last, +1
}

// Delivered records came one after the other in a batch.
type delivered struct {
	batch cdp.BatchID
	first int // index of the first of them
}

// A loaded record is what stays in memory of one.
type loaded struct {
	offset  int64 // in the spool
	at      int64 // microseconds; zeroAt for none
	hash    [16]byte
	row     uint32
	before  uint32 // the version known when this one came, +1; 0 for none
	version uint16
	state   placeState
	older   bool  // it did not become current when it came
	judged  int64 // offset of the judged head; of live records
	comp    layout.Component
}

const (
	noNode = resolve.NoLink
	zeroAt = -1 << 63
)

// sortBuffer is how many bytes a load sorts in memory at a time.
const sortBuffer = 96 << 20

// NewLoad begins a load that continues what the store holds, which must not
// have records (kv.ErrNotEmpty). dir is where it may put temporary files: the store's own
// directory, because they hold personal data.
func (s *Store) NewLoad(ctx context.Context, dir string, now time.Time) (l *Load, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		if l, err = newLoad(tx, dir, s.table, now); err == nil {
			err = s.raise(l.tx.w.Set)
		}
		return err
	})
	return l, err
}

func newLoad(view *Tx, dir string, table *layout.Table, now time.Time) (*Load, error) {
	st, err := view.statistics()
	if err != nil {
		return nil, err
	}
	if st.versions > 0 {
		return nil, kv.ErrNotEmpty
	}
	l := &Load{dir: dir, sort: newSorter(dir, sortBuffer), rows: make(map[[2]uint64]uint32), nodes: make(map[[2]uint64]uint32),
		consents: make(map[[2]uint64]*statements), preferences: make(map[[2]uint64]*statements), restricted: make(map[cdp.Row][]cdp.Restriction),
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	w := &collector{}
	for e, err := range view.r.Scan(kv.Range{}) {
		if err != nil {
			return nil, fmt.Errorf("graph: load: %w", err)
		}
		w.Set(e.Key, e.Value)
	}
	w.aside = func(key, value []byte) (bool, error) {
		if !layout.IsReject(key) {
			return false, nil
		}
		return true, l.sort.add(key, value) // there can be as many as rows
	}
	l.tx = &Tx{r: w, w: w, sym: table.Load(), now: now.UTC().Truncate(time.Microsecond), limits: usualLimits()}
	l.head.Symbols, l.tail.Symbols = l.tx.sym, l.tx.sym
	if l.spool, err = unnamed(dir); err != nil {
		return nil, err
	}
	l.out = bufio.NewWriterSize(l.spool, 1<<20)
	l.firstNode = append(l.firstNode, 0)
	if l.rules, err = view.rules(); err != nil {
		return nil, err
	}
	l.whole = l.rules.NewWhole()
	l.tx.known, l.tx.inForce = view.known, l.rules
	return l, nil
}

// Tx returns the transaction in which sources, batches and other small rows
// are written; they become part of the store with Finish.
func (l *Load) Tx() *Tx { return l.tx }

func (l *Load) number(m map[[2]uint64]uint32, key []byte) (uint32, bool) {
	k := l.fingerprint(key)
	if n, ok := m[k]; ok {
		return n, true
	}
	n := uint32(len(m))
	m[k] = n
	return n, false
}

// fingerprint is 128 bits under seeds that nobody can guess, so that no source
// can make two keys meet.
func (l *Load) fingerprint(key []byte) [2]uint64 {
	return [2]uint64{maphash.Bytes(l.seeds[0], key), maphash.Bytes(l.seeds[1], key)}
}

// Add spools a record. It reports whether the record is news; one that is
// known with the same content, or unfit, is not kept. The record's consents
// and preferences carry their controller and source.
func (l *Load) Add(rec *cdp.Record, controller string) (news News, err error) {
	rec.Claims = distinctClaims(rec.Claims)
	key, err := rowKey(rec.Source, rec.Key)
	if err != nil {
		return News{Unfit: err}, nil
	}
	hash, err := contentHash(rec)
	if err == nil {
		err = l.room(rec)
	}
	if err != nil {
		return News{Unfit: err}, nil
	}
	if err := l.tx.mark(rec.Claims); err != nil {
		return News{}, err
	}
	row, known := l.number(l.rows, key)
	r := loaded{offset: l.size, at: zeroAt, hash: hash, row: row, version: 1}
	if !rec.At.IsZero() {
		r.at = rec.At.UnixMicro()
	}
	if known {
		if news = l.compare(&r, rec.At); news.Unchanged {
			return news, nil
		}
		r.older = news.Older
	} else {
		l.current = append(l.current, uint32(len(l.records)))
		l.last = append(l.last, 0)
	}
	l.last[row] = uint32(len(l.records)) + 1
	id, err := mint(l.tx, func(s *sequences) *cdp.RecordID { return &s.records })
	if err != nil {
		return news, err
	}
	rec.ID, rec.Recorded = id, l.tx.now
	if known && !news.Older {
		l.current[row] = uint32(len(l.records))
	}
	due := make(map[time.Time]*layout.Writer) // few
	for i := range rec.Consents {
		c := &rec.Consents[i]
		c.Record = id
		added, err := l.addConsent(c)
		if err != nil {
			return news, err
		}
		if at, ok := expiry(c, l.tx.now); ok && added {
			if due[at] == nil {
				due[at] = &layout.Writer{Symbols: l.tx.sym}
			}
			Wave{Endpoint: c.Endpoint}.encode(due[at])
		}
	}
	for at, w := range due {
		if err := l.sorted(layout.KeyDue(at, id), w.B); err != nil {
			return news, err
		}
	}
	for i := range rec.Preferences {
		rec.Preferences[i].Record = id
		if err := l.addPreference(&rec.Preferences[i]); err != nil {
			return news, err
		}
	}
	for i := range rec.Restrictions {
		rec.Restrictions[i].Record = id
		if err := l.addRestriction(&rec.Restrictions[i]); err != nil {
			return news, err
		}
	}
	if err := l.tx.countShares(rec.Shares); err != nil {
		return news, err
	}
	h := newHead(rec, controller)
	h.Version = int(r.version)
	for i := range h.Claims {
		l.claims = append(l.claims, l.links(&h.Claims[i], controller))
	}
	l.firstNode = append(l.firstNode, uint32(len(l.claims)))
	if n := len(l.batches); n == 0 || l.batches[n-1].batch != h.Batch {
		l.batches = append(l.batches, delivered{h.Batch, len(l.records)})
	}
	l.records = append(l.records, r)
	return news, l.write(h, rec)
}

// links gives numbers to what a claim may link by, at each class.
func (l *Load) links(c *claim, controller string) [2]uint32 {
	out := [2]uint32{noNode, noNode}
	if c.blocked != "" {
		return out
	}
	levels, n := l.rules.Levels(c.id.Kind(), resolve.Verified(c.verification))
	for i, class := range levels[:n] {
		link := resolve.Link{ID: c.id, Controller: controller, Class: class}
		number, known := l.number(l.nodes, keyOfLink(link))
		if !known {
			l.whole.AddLink(link)
		}
		out[i] = number
	}
	return out
}

// compare decides between a version and the current one as Sift does.
func (l *Load) compare(r *loaded, at time.Time) News {
	cur := l.current[r.row]
	news := News{Known: cdp.RecordID(cur + 1)}
	k := row{hash: l.records[cur].hash}
	if l.records[cur].at != zeroAt {
		k.at = time.UnixMicro(l.records[cur].at)
	}
	seen := 0
	for n := l.last[r.row]; n > 0 && seen <= maxPast; n = l.records[n-1].before {
		seen++
		if l.records[n-1].hash == r.hash && (n-1 == cur || !at.IsZero()) {
			news.Unchanged = true
			return news
		}
	}
	r.before = l.last[r.row]
	r.version = min(l.records[r.before-1].version+1, maxPast+2)
	news.Older = k.newerThan(at, r.hash)
	return news
}

// addConsent keeps a statement, unless it is there.
func (l *Load) addConsent(c *cdp.Consent) (added bool, err error) {
	c.Recorded = l.tx.now
	fp := l.fingerprint(layout.KeyConsents(c.Endpoint, c.Controller, c.Purpose))
	st := l.consents[fp]
	if st == nil {
		w := layout.Writer{Symbols: l.tx.sym}
		appendIdentifier(&w, c.Endpoint)
		w.Word(c.Controller)
		w.Word(string(c.Purpose))
		st = &statements{head: w.B}
		l.consents[fp] = st
	}
	r := l.tx.reader(st.events)
	for range st.n {
		var have cdp.Consent
		if decodeConsent(r, &have); sameEvent(&have, c) {
			return false, nil
		}
	}
	w := layout.Writer{B: st.events, Symbols: l.tx.sym}
	encodeConsent(&w, c)
	st.events = w.B
	st.n++
	if err := l.tx.noteAsked(c.Controller, c.Purpose); err != nil {
		return false, err
	}
	stats, err := l.tx.statistics()
	if err == nil {
		stats.consents++
		stats.dirty = true
	}
	return true, err
}

// ConsentsAt returns the events of endpoints for one controller and some
// purposes, as Tx.ConsentsAt does.
func (l *Load) ConsentsAt(endpoints []cdp.Identifier, controller string, purposes []cdp.PurposeID) ([]cdp.Consent, error) {
	purposes, err := l.tx.onlyAsked(controller, purposes)
	if err != nil {
		return nil, err
	}
	var out []cdp.Consent
	for _, e := range endpoints {
		for _, p := range purposes {
			st := l.consents[l.fingerprint(layout.KeyConsents(e, controller, p))]
			if st == nil {
				continue
			}
			events, err := decodeConsents(&layout.Reader{B: st.value(), Symbols: l.frozen})
			if err != nil {
				return nil, err
			}
			out = append(out, events...)
		}
	}
	return out, nil
}

// write spools head and tail of a record.
func (l *Load) write(h *head, rec *cdp.Record) error {
	h.write(&l.head)
	t := tailOf(rec)
	l.tail.B = l.tail.B[:0]
	if !t.empty() {
		t.encode(&l.tail)
	}
	var sizes [2 * binary.MaxVarintLen32]byte
	n := binary.PutUvarint(sizes[:], uint64(len(l.head.B)))
	n += binary.PutUvarint(sizes[n:], uint64(len(l.tail.B)))
	for _, b := range [][]byte{sizes[:n], l.head.B, l.tail.B} {
		if _, err := l.out.Write(b); err != nil {
			return fmt.Errorf("graph: load: spooling: %w", err)
		}
		l.size += int64(len(b))
	}
	return nil
}

// Close drops the load and its temporary files.
func (l *Load) Close() error {
	err := l.sort.close()
	if e := l.spool.Close(); err == nil {
		err = e
	}
	return err
}

// spooled reads the records of the spool in order. The slices are valid until
// the next call.
type spooled struct {
	r   *bufio.Reader
	buf []byte
}

func (s *spooled) next() (head, tail []byte, err error) {
	n, err := binary.ReadUvarint(s.r)
	if err != nil {
		return nil, nil, err
	}
	m, err := binary.ReadUvarint(s.r)
	if err == nil {
		s.buf = slices.Grow(s.buf[:0], int(n+m))[:n+m]
		_, err = io.ReadFull(s.r, s.buf)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("graph: load: spool: %w", err)
	}
	return s.buf[:n], s.buf[n:], nil
}
