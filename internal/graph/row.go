package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A row is what is known of a source row: its current record and the others.
type row struct {
	record cdp.RecordID
	hash   [16]byte
	at     time.Time
	past   []past
}

// A past version of a source row: superseded, or older when it came.
type past struct {
	record cdp.RecordID
	hash   [16]byte
}

// maxPast bounds the versions a row remembers by content, so that it fits in a
// value. Records of forgotten versions stay in the store.
const maxPast = 2_000

func (k *row) encode(w *layout.Writer) []byte {
	w.Uint(uint64(k.record))
	w.B = append(w.B, k.hash[:]...)
	w.Time(k.at)
	w.Uint(uint64(len(k.past)))
	for _, p := range k.past {
		w.Uint(uint64(p.record))
		w.B = append(w.B, p.hash[:]...)
	}
	return w.B
}

func decodeRow(r *layout.Reader) (*row, error) {
	k := &row{record: cdp.RecordID(r.Uint())}
	takeHash := func(h *[16]byte) {
		for i := range h {
			h[i] = r.Byte()
		}
	}
	takeHash(&k.hash)
	k.at = r.Time()
	for range r.Count() {
		p := past{record: cdp.RecordID(r.Uint())}
		takeHash(&p.hash)
		k.past = append(k.past, p)
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: source row: %w", layout.ErrDamaged)
	}
	return k, nil
}

// Limits of a record, so that whatever is said of it fits in keys, values and
// a transaction.
const (
	maxKeyText  = 700      // bytes of a source row's key, of an identifier, of an endpoint with its purpose
	maxHead     = 44 << 10 // bytes of the head before it is judged
	maxTail     = 1 << 20  // bytes of the tail
	maxVerdicts = 200      // claims, or activities named, or consents, or preferences
)

var (
	// ErrKeyTooLong is the reason why a record is unfit whose source key or one of
	// whose identifiers does not fit in a key.
	ErrKeyTooLong = errors.New("the key or an identifier of the record is longer than 700 bytes")
	// ErrRecordTooLarge is the reason why a record is unfit that does not fit in
	// a transaction.
	ErrRecordTooLarge = errors.New("the record is too large: more than 44 KiB of attributes, 1 MiB of touchpoints, 200 identifiers, activities, consents or preferences")
)

func rowKey(source cdp.SourceID, key string) ([]byte, error) {
	k := layout.KeyRow(source, key)
	if len(k) > maxKeyText {
		return nil, ErrKeyTooLong
	}
	return k, nil
}

// unfit returns why a record can not be kept, nil if it can. size is that of
// its head and tail.
func unfit(rec *cdp.Record, head, tail int) error {
	if head > maxHead || tail > maxTail || max(len(rec.Claims), len(rec.Activities), len(rec.Grounds), len(rec.Consents), len(rec.Preferences), len(rec.Restrictions)) > maxVerdicts {
		return ErrRecordTooLarge
	}
	for i := range rec.Claims {
		if len(layout.KeyIdentifier(rec.Claims[i].Identifier, "", 0)) > maxKeyText {
			return ErrKeyTooLong
		}
	}
	for i := range rec.Consents {
		c := &rec.Consents[i]
		if len(layout.KeyConsents(c.Endpoint, c.Controller, c.Purpose)) > kv.MaxKey {
			return ErrKeyTooLong
		}
	}
	for i := range rec.Preferences {
		p := &rec.Preferences[i]
		if len(layout.KeyPreferences(p.Endpoint, p.Controller)) > kv.MaxKey {
			return ErrKeyTooLong
		}
	}
	return nil
}

// News says how a record relates to what is known of its source row.
type News struct {
	Unfit     error        // why the record can not be kept; nil if it can
	Unchanged bool         // known with the same content
	Known     cdp.RecordID // current record of the row; 0 when the row is new
	Older     bool         // not newer than the current one: kept, does not become current

	row     *row // as it will be
	key     []byte
	version int
}

// Sift compares records with what is known and gives each one that is news its
// id and the time of the transaction. Records of one call may be of one row.
// Those that are unfit or unchanged are not for Admit.
//
// Of two versions the one with the later At is current; when they are of the
// same instant the one with the greater content hash, so that the order of
// arrival does not matter; when a source gives no time, the later arrival.
func (tx *Tx) Sift(recs []cdp.Record) ([]News, error) {
	news := make([]News, len(recs))
	keys := make([][]byte, len(recs))
	for i := range recs {
		keys[i], news[i].Unfit = rowKey(recs[i].Source, recs[i].Key)
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return nil, fmt.Errorf("graph: source rows: %w", err)
	}
	latest := make(map[string]*row)
	for i := range recs {
		if news[i].Unfit != nil {
			continue
		}
		recs[i].Claims = distinctClaims(recs[i].Claims)
		var hash [16]byte
		if hash, news[i].Unfit = contentHash(&recs[i]); news[i].Unfit != nil {
			continue
		}
		if err := tx.mark(recs[i].Claims); err != nil {
			return nil, err
		}
		known := latest[string(keys[i])]
		if known == nil && values[i] != nil {
			if known, err = decodeRow(tx.reader(values[i])); err != nil {
				return nil, err
			}
		}
		n := &news[i]
		n.key = keys[i]
		if known != nil {
			n.Known = known.record
			if known.hash == hash || !recs[i].At.IsZero() && slices.ContainsFunc(known.past, func(p past) bool { return p.hash == hash }) {
				n.Unchanged = true
				continue
			}
		}
		if recs[i].ID, err = mint(tx, func(s *sequences) *cdp.RecordID { return &s.records }); err != nil {
			return nil, err
		}
		recs[i].Recorded = tx.now
		n.row = &row{record: recs[i].ID, hash: hash, at: recs[i].At}
		n.version = 1
		if known != nil {
			n.version = len(known.past) + 2
			n.Older = known.newerThan(recs[i].At, hash)
			if n.Older {
				n.row = &row{known.record, known.hash, known.at, append(slices.Clone(known.past), past{recs[i].ID, hash})}
			} else {
				n.row.past = append(slices.Clone(known.past), past{known.record, known.hash})
			}
			if over := len(n.row.past) - maxPast; over > 0 {
				n.row.past = n.row.past[over:]
			}
		}
		latest[string(keys[i])] = n.row
	}
	return news, nil
}

// distinctClaims keeps one claim per identifier: the first, as strong as the
// strongest.
func distinctClaims(claims []cdp.Claim) []cdp.Claim {
	out := claims[:0:0]
next:
	for _, c := range claims {
		for i := range out {
			if out[i].Identifier.Same(c.Identifier) {
				out[i].Strength = max(out[i].Strength, c.Strength)
				out[i].Verification = max(out[i].Verification, c.Verification)
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

func (k *row) newerThan(at time.Time, hash [16]byte) bool {
	if at.IsZero() || k.at.IsZero() {
		return false
	}
	if !at.Equal(k.at) {
		return at.Before(k.at)
	}
	return slices.Compare(hash[:], k.hash[:]) < 0
}

// Row returns the current record of a source row and the versions before it,
// or ErrNotFound.
func (tx *Tx) Row(source cdp.SourceID, key string) (current cdp.RecordID, before []cdp.RecordID, err error) {
	b, err := rowKey(source, key)
	if err != nil {
		return 0, nil, err
	}
	value, err := tx.get(b)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil, ErrNotFound
	}
	if err != nil {
		return 0, nil, fmt.Errorf("graph: source row: %w", err)
	}
	k, err := decodeRow(tx.reader(value))
	if err != nil {
		return 0, nil, err
	}
	for _, p := range k.past {
		before = append(before, p.record)
	}
	return k.record, before, nil
}

// RowKnown returns which record of a source row was current when only what had
// been recorded by a time was known: ErrNotFound when that was nothing. Of a
// row with more versions than are kept, the oldest are not found.
func (tx *Tx) RowKnown(source cdp.SourceID, key string, known time.Time) (cdp.RecordID, error) {
	b, err := rowKey(source, key)
	if err != nil {
		return 0, err
	}
	value, err := tx.get(b)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("graph: source row: %w", err)
	}
	k, err := decodeRow(tx.reader(value))
	if err != nil {
		return 0, err
	}
	return tx.knownOf(k, known)
}

// knownOf returns the version of a row that was current at a time.
func (tx *Tx) knownOf(k *row, known time.Time) (cdp.RecordID, error) {
	versions := append(slices.Clone(k.past), past{k.record, k.hash})
	slices.SortFunc(versions, func(a, b past) int { return cmp.Compare(a.record, b.record) }) // as they came
	var then *row
	for _, v := range versions {
		rec, err := tx.Head(v.record)
		if err != nil {
			return 0, err
		}
		if !rec.Recorded.After(known) && (then == nil || !then.newerThan(rec.At, v.hash)) {
			then = &row{record: v.record, hash: v.hash, at: rec.At}
		}
	}
	if then == nil {
		return 0, ErrNotFound
	}
	return then.record, nil
}
