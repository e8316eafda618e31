package graph

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// A sorter sorts more entries than fit in memory: it fills a buffer, writes it
// out sorted, and merges what was written. The files have no name and vanish
// with the process.
type sorter struct {
	dir   string
	limit int // bytes of the buffer
	buf   []byte
	at    []extent
	runs  []*os.File
}

// An extent is an entry in the buffer.
type extent struct {
	key, value, end uint32
}

func newSorter(dir string, limit int) *sorter { return &sorter{dir: dir, limit: limit} }

func (s *sorter) add(key, value []byte) error {
	if len(s.buf)+len(key)+len(value) > s.limit && len(s.at) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if s.buf == nil {
		s.buf = make([]byte, 0, s.limit)
	}
	k := uint32(len(s.buf))
	s.buf = append(s.buf, key...)
	v := uint32(len(s.buf))
	s.buf = append(s.buf, value...)
	s.at = append(s.at, extent{k, v, uint32(len(s.buf))})
	return nil
}

func (s *sorter) sort() {
	slices.SortFunc(s.at, func(a, b extent) int { return bytes.Compare(s.buf[a.key:a.value], s.buf[b.key:b.value]) })
}

func (s *sorter) spill() error {
	s.sort()
	f, err := unnamed(s.dir)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<20)
	var head []byte
	for _, e := range s.at {
		head = binary.AppendUvarint(head[:0], uint64(e.value-e.key))
		head = binary.AppendUvarint(head, uint64(e.end-e.value))
		w.Write(head)
		w.Write(s.buf[e.key:e.end])
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("graph: spilling to %s: %w", s.dir, err)
	}
	s.buf, s.at = s.buf[:0], s.at[:0]
	return nil
}

// unnamed returns a file that has no name any more.
func unnamed(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "load-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("graph: temporary file: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (s *sorter) close() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, f.Close())
	}
	s.runs, s.buf, s.at = nil, nil, nil
	return errors.Join(errs...)
}

// sorted yields all entries by key; of equal keys the order is unspecified.
// The slices are valid until the next step. Nothing can be added afterwards.
func (s *sorter) sorted() iter.Seq2[[2][]byte, error] {
	return func(yield func([2][]byte, error) bool) {
		s.sort()
		q := make(runs, 0, len(s.runs)+1)
		for _, f := range s.runs {
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				yield([2][]byte{}, err)
				return
			}
			q = append(q, &run{r: bufio.NewReaderSize(f, 256<<10)})
		}
		rest := s.at
		q = append(q, &run{next: func(r *run) error {
			if len(rest) == 0 {
				return io.EOF
			}
			e := rest[0]
			rest = rest[1:]
			r.key, r.value = s.buf[e.key:e.value], s.buf[e.value:e.end]
			return nil
		}})
		live := q[:0]
		for _, r := range q {
			switch err := r.step(); err {
			case nil:
				live = append(live, r)
			case io.EOF:
			default:
				yield([2][]byte{}, err)
				return
			}
		}
		heap.Init(&live)
		for len(live) > 0 {
			r := live[0]
			if !yield([2][]byte{r.key, r.value}, nil) {
				return
			}
			switch err := r.step(); err {
			case nil:
				heap.Fix(&live, 0)
			case io.EOF:
				heap.Pop(&live)
			default:
				yield([2][]byte{}, err)
				return
			}
		}
	}
}

// A run is a sorted sequence of entries.
type run struct {
	r          *bufio.Reader
	next       func(*run) error
	key, value []byte
	buf        []byte
}

func (r *run) step() error {
	if r.next != nil {
		return r.next(r)
	}
	k, err := binary.ReadUvarint(r.r)
	if err != nil {
		return err
	}
	v, err := binary.ReadUvarint(r.r)
	if err != nil {
		return fmt.Errorf("graph: spilled run: %w", io.ErrUnexpectedEOF)
	}
	r.buf = slices.Grow(r.buf[:0], int(k+v))[:k+v]
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		return fmt.Errorf("graph: spilled run: %w", io.ErrUnexpectedEOF)
	}
	r.key, r.value = r.buf[:k], r.buf[k:]
	return nil
}

// runs is a heap of runs by their next key.
type runs []*run

func (q runs) Len() int           { return len(q) }
func (q runs) Less(i, j int) bool { return bytes.Compare(q[i].key, q[j].key) < 0 }
func (q runs) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *runs) Push(x any)        { *q = append(*q, x.(*run)) }
func (q *runs) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
