package graph

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// emit hands over the store in the order of its keys.
func (l *Load) emit(ctx context.Context, judged *os.File, put func(key, value []byte) error) error {
	live, comps := l.components()
	if err := l.mintProfiles(live, comps); err != nil {
		return err
	}
	if err := l.sortSaid(); err != nil {
		return err
	}
	if err := l.tx.finish(); err != nil {
		return err
	}
	if err := l.tx.sym.FlushTo(l.tx.w.Set); err != nil {
		return err
	}
	o := outlet{put: put, ctx: ctx}
	next, stop := iter.Pull2(l.sort.sorted())
	defer stop()
	o.next = l.nextSorted(next)
	small := l.tx.w.(*collector)
	keys := small.keys()
	o.small = func() ([]byte, []byte, bool) {
		if len(keys) == 0 {
			return nil, nil, false
		}
		return []byte(keys[0]), small.rows[keys[0]], true
	}
	o.smallDone = func() { keys = keys[1:] }
	if err := o.start(); err != nil {
		return err
	}
	if err := l.emitProfiles(&o, live); err != nil {
		return err
	}
	if err := l.emitPlaces(&o); err != nil {
		return err
	}
	if err := l.emitMembers(&o, live, judged); err != nil {
		return err
	}
	if err := l.emitComponents(&o, live); err != nil {
		return err
	}
	if err := l.emitTails(&o); err != nil {
		return err
	}
	return o.rest()
}

// A seat is a live record in its component, in the order of both.
type seat struct {
	comp   layout.Component
	record uint32
}

// components returns the live records by component, and how many components
// there are.
func (l *Load) components() ([]seat, int) {
	live := make([]seat, 0, len(l.seated))
	n := layout.Component(0)
	for _, i := range l.seated {
		c := l.records[i].comp
		n = max(n, c)
		live = append(live, seat{c, i})
	}
	slices.SortStableFunc(live, func(a, b seat) int { return cmp.Compare(a.comp, b.comp) })
	return live, int(n)
}

// mintProfiles counts the profiles, one per component with the same number,
// and writes the journal.
func (l *Load) mintProfiles(live []seat, comps int) error {
	seq, err := l.tx.sequences()
	if err != nil {
		return err
	}
	seq.profiles, seq.components, seq.dirty = cdp.ProfileID(comps), layout.Component(comps), true
	for i := 0; i < len(live); {
		j := i + 1
		for j < len(live) && live[j].comp == live[i].comp {
			j++
		}
		if err := l.tx.countSize(0, j-i, cdp.ProfileID(live[i].comp)); err != nil {
			return err
		}
		i = j
	}
	const chunk = 4_000
	for from := 1; from <= comps; from += chunk {
		c := cdp.Change{Verb: "load"}
		for p := from; p < from+chunk && p <= comps; p++ {
			c.Profiles = append(c.Profiles, cdp.ProfileID(p))
		}
		l.tx.change(c)
	}
	return nil
}

func (l *Load) emitProfiles(o *outlet, live []seat) error {
	w := layout.Writer{}
	for i, p := range live {
		if i > 0 && live[i-1].comp == p.comp {
			continue
		}
		row := profileRow{component: p.comp, minted: l.tx.now}
		w.B = w.B[:0]
		if err := o.make(layout.KeyProfile(cdp.ProfileID(p.comp)), row.encode(&w)); err != nil {
			return err
		}
	}
	return nil
}

func (l *Load) emitPlaces(o *outlet) error {
	w := layout.Writer{}
	for i := range l.records {
		r := &l.records[i]
		w.B = w.B[:0]
		w.Byte(byte(r.state))
		if r.state == placeLive {
			w.Uint(uint64(r.comp))
		} else {
			w.Uint(0)
		}
		if err := o.make(layout.KeyPlace(cdp.RecordID(i+1)), w.B); err != nil {
			return err
		}
	}
	return nil
}

func (l *Load) emitMembers(o *outlet, live []seat, judged *os.File) error {
	var buf []byte
	for _, p := range live {
		b, err := headAtOffset(judged, l.records[p.record].judged, &buf)
		if err != nil {
			return err
		}
		if err := o.make(layout.KeyMember(p.comp, cdp.RecordID(p.record+1)), b); err != nil {
			return err
		}
	}
	return nil
}

// headAtOffset reads a length and as many bytes.
func headAtOffset(f *os.File, at int64, buf *[]byte) ([]byte, error) {
	const guess = 768
	*buf = slices.Grow((*buf)[:0], guess)[:guess]
	n, err := f.ReadAt(*buf, at)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("graph: load: spool: %w", err)
	}
	size, skip := binary.Uvarint((*buf)[:n])
	if skip <= 0 {
		return nil, fmt.Errorf("graph: load: spool: %w", layout.ErrDamaged)
	}
	end := skip + int(size)
	if end > n {
		*buf = slices.Grow((*buf)[:0], end)[:end]
		if _, err := f.ReadAt(*buf, at); err != nil {
			return nil, fmt.Errorf("graph: load: spool: %w", err)
		}
	}
	return (*buf)[skip:end], nil
}

func (l *Load) emitComponents(o *outlet, live []seat) error {
	w := layout.Writer{}
	for i := 0; i < len(live); {
		j := i + 1
		for j < len(live) && live[j].comp == live[i].comp {
			j++
		}
		c := component{id: live[i].comp, size: j - i, ids: []minted{{cdp.ProfileID(live[i].comp), cdp.RecordID(live[i].record + 1)}}, apart: l.apart[live[i].comp], sum: l.sums[live[i].comp], anchored: true}
		w.B = w.B[:0]
		if err := o.make(layout.KeyComponent(c.id), c.encode(&w, l.tx.limits.list)); err != nil {
			return err
		}
		i = j
	}
	return nil
}

func (l *Load) emitTails(o *outlet) error {
	if _, err := l.spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := spooled{r: bufio.NewReaderSize(l.spool, 1<<20)}
	for i := range l.records {
		_, rest, err := in.next()
		if err != nil {
			return err
		}
		for n := uint16(0); len(rest) > 0; n++ {
			part := rest[:min(len(rest), tailChunk)]
			rest = rest[len(part):]
			if err := o.make(layout.KeyTail(cdp.RecordID(i+1), n), part); err != nil {
				return err
			}
		}
	}
	return nil
}

// An outlet merges the rows that are made in order with the sorted ones and
// the small ones.
type outlet struct {
	ctx       context.Context
	put       func(key, value []byte) error
	next      func() ([]byte, []byte, bool, error)
	small     func() ([]byte, []byte, bool)
	smallDone func()
	key, val  []byte // the next sorted row
	more      bool
	count     int
}

func (o *outlet) start() error {
	var err error
	o.key, o.val, o.more, err = o.next()
	return err
}

// make seals and puts a row, after all others whose keys are lower.
func (o *outlet) make(key, value []byte) error {
	if err := o.until(key); err != nil {
		return err
	}
	return o.put(key, layout.Seal(key, value))
}

// until puts the sorted and the small rows below key; nil means all.
func (o *outlet) until(key []byte) error {
	if o.count++; o.count%4096 == 0 && o.ctx.Err() != nil {
		return o.ctx.Err()
	}
	for {
		sk, sv, small := o.small()
		if small && key != nil && bytes.Compare(sk, key) >= 0 {
			small = false
		}
		sorted := o.more && (key == nil || bytes.Compare(o.key, key) < 0)
		switch {
		case small && (!sorted || bytes.Compare(sk, o.key) < 0):
			if err := o.put(sk, sv); err != nil {
				return err
			}
			o.smallDone()
		case sorted:
			if err := o.put(o.key, o.val); err != nil {
				return err
			}
			if err := o.start(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (o *outlet) rest() error { return o.until(nil) }

// nextSorted yields the sorted rows; those of identifiers get where they lead.
func (l *Load) nextSorted(next func() ([2][]byte, error, bool)) func() ([]byte, []byte, bool, error) {
	w := layout.Writer{}
	identifiers := layout.Identifiers().Start
	var last []byte
	return func() ([]byte, []byte, bool, error) {
		e, err, ok := next()
		for ok && err == nil && layout.IsAlias(e[0]) && bytes.Equal(e[0], last) {
			e, err, ok = next()
		}
		if last = last[:0]; ok && layout.IsAlias(e[0]) {
			last = append(last, e[0]...)
		}
		if !ok || err != nil {
			return nil, nil, false, err
		}
		if !bytes.HasPrefix(e[0], identifiers) {
			return e[0], e[1], true, nil
		}
		node, n := binary.Uvarint(e[1])
		if n <= 0 {
			return nil, nil, false, fmt.Errorf("graph: load: identifier: %w", layout.ErrDamaged)
		}
		w.B = w.B[:0]
		encodeIdentifierRow(&w, standing{l.parts[node], l.states[node]})
		return e[0], layout.Seal(e[0], w.B), true, nil
	}
}
