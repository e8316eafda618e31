package decode

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync/atomic"
)

var errFileLimit = errors.New("larger than the limit for a file")

// delivered is the file as it came: it counts, hashes and bounds the bytes read.
type delivered struct {
	r   io.Reader
	n   atomic.Int64
	max int64
	h   hash.Hash
	end error
}

func newDelivered(r io.Reader, max int64) *delivered {
	return &delivered{r: r, max: max, h: sha256.New()}
}

func (d *delivered) Read(p []byte) (int, error) {
	if d.end != nil {
		return 0, d.end
	}
	n, err := d.r.Read(p)
	d.h.Write(p[:n])
	if d.n.Add(int64(n)) > d.max {
		d.end = errFileLimit
		return 0, d.end
	}
	if err != nil {
		d.end = err
	}
	return n, err
}

// sum reads what is left and returns the hash of all.
func (d *delivered) sum() string {
	if _, err := io.Copy(io.Discard, onlyReader{d}); err != nil || d.end != io.EOF {
		return ""
	}
	return hex.EncodeToString(d.h.Sum(nil))
}

// onlyReader hides all other methods, so that io.Copy uses its own buffer.
type onlyReader struct{ io.Reader }
