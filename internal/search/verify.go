package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// verify compares every segment in use with the checksum at its end. Files
// that are not in use (a crash left them half written) are Bleve's to remove.
func (g *generation) verify() error {
	snap, err := g.snapshot()
	if err != nil {
		return err
	}
	defer snap.Close()
	for _, s := range snap.Segments() {
		if p, ok := s.Segment().(segment.PersistedSegment); ok {
			if err := verifySegment(p.Path()); err != nil {
				return err
			}
		}
	}
	return nil
}

func verifySegment(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.Size() < 4 {
		return fmt.Errorf("search: segment %s is cut off", filepath.Base(name))
	}
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, io.LimitReader(f, st.Size()-4)); err != nil {
		return err
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(want[:]) != sum.Sum32() {
		return fmt.Errorf("search: segment %s does not match its checksum", filepath.Base(name))
	}
	return nil
}

// verifyRoot looks at the two meta pages of the bolt file in which Bleve keeps
// its list of segments: a file shorter than the newer of them says would be
// read beyond its end, which ends the process. Layout: go.etcd.io/bbolt 1.4,
// internal/common (page header 16 bytes, then the meta).
func verifyRoot(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, 128<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("search: root.bolt can not be read: %w", err)
	}
	head = head[:n]
	const magic, header, size = 0xED0CDAED, 16, 64
	var pages, newest, pageSize uint64
	for _, at := range []int{0, 4096, 8192, 16384, 65536} { // the second page begins where the first ends
		if at+header+size > len(head) {
			break
		}
		m := head[at+header : at+header+size]
		sum := fnv.New64a()
		sum.Write(m[:56])
		if binary.NativeEndian.Uint32(m) != magic || binary.NativeEndian.Uint64(m[56:]) != sum.Sum64() {
			continue
		}
		if tx := binary.NativeEndian.Uint64(m[48:]); pages == 0 || tx > newest {
			newest, pages, pageSize = tx, binary.NativeEndian.Uint64(m[40:]), uint64(binary.NativeEndian.Uint32(m[8:]))
		}
	}
	if pages == 0 {
		return errors.New("search: root.bolt has no valid meta page")
	}
	if uint64(st.Size()) < pages*pageSize {
		return errors.New("search: root.bolt is cut off")
	}
	return nil
}
