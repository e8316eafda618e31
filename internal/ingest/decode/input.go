package decode

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

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
		d.end = &FileError{Code: "limit", Reason: "the file is larger than the limit", Do: "split it, or raise the limit for a file"}
		return 0, d.end
	}
	if err != nil && err != io.EOF {
		err = &FileError{Code: "read", Reason: "the file could not be read further", Do: "check where it comes from and deliver it again", Err: err}
	}
	d.end = err
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

// maxZstdWindow bounds the memory a zstd frame may ask for.
const maxZstdWindow = 64 << 20

// isGzip tells a gzip member by its magic and method, which makes a text that
// begins so very unlikely.
func isGzip(b []byte) bool { return bytes.HasPrefix(b, []byte("\x1f\x8b\x08")) }

func isZstd(b []byte) bool { return bytes.HasPrefix(b, []byte("\x28\xb5\x2f\xfd")) }

// decompress looks at the first bytes and returns the bytes behind a
// compression, bounded in size and, when there is one, in ratio.
func decompress(in *delivered, lim Limits) (io.Reader, string, error) {
	br := bufio.NewReaderSize(in, 64<<10)
	magic, _ := br.Peek(4)
	out := &bounded{in: in, max: lim.Text}
	switch {
	case isGzip(magic):
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, "", compressionError("gzip", err)
		}
		out.r, out.name, out.ratio = z, "gzip", lim.Ratio
	case isZstd(magic):
		// One at a time: no goroutines, so nothing is left behind when reading stops early.
		z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, "", compressionError("zstd", err)
		}
		out.r, out.name, out.ratio = z, "zstd", lim.Ratio
	default:
		out.r = br
	}
	return out, out.name, nil
}

func compressionError(name string, err error) error {
	var fe *FileError
	if errors.As(err, &fe) {
		return fe
	}
	reason := "the " + name + " data are damaged from here"
	if errors.Is(err, io.ErrUnexpectedEOF) {
		reason = "the " + name + " data end too early: the file was cut off"
	}
	return &FileError{Code: "compression", Reason: reason, Do: "deliver the file again; the rows before this place were whole", Err: err}
}

// bounded stops decompression bombs.
type bounded struct {
	r     io.Reader
	in    *delivered
	name  string
	n     int64
	max   int64
	ratio float64
	end   error
}

// ratioFree is how much may come out before the ratio is judged: short files
// of repeated text compress very well.
const ratioFree = 1 << 20

func (b *bounded) Read(p []byte) (int, error) {
	if b.end != nil {
		return 0, b.end
	}
	n, err := b.r.Read(p)
	b.n += int64(n)
	switch {
	case b.n > b.max:
		b.end = &FileError{Code: "limit", Reason: "the text is larger than the limit", Do: "split the file, or raise the limit for text"}
		return 0, b.end
	case b.name != "" && b.n > ratioFree && float64(b.n) > b.ratio*float64(b.in.n.Load()):
		b.end = &FileError{Code: "limit", Reason: "the " + b.name + " data grow beyond the limit when decompressed: this looks like a decompression bomb",
			Do: "check where the file comes from; decompress it yourself, or raise the ratio, if it is genuine"}
		return 0, b.end
	case err != nil && err != io.EOF && b.name != "":
		err = compressionError(b.name, err)
	}
	b.end = err
	return n, err
}
