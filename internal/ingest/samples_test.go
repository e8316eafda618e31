package ingest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// samples is the directory of real exports; it is not part of this repository.
func samples(t *testing.T) string {
	dir := filepath.Join("..", "..", "..", "shared", "formats")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no directory of real exports beside the checkout: ", dir)
	}
	return dir
}

func TestZZ(t *testing.T) {
	dir := samples(t)
	filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if d.IsDir() {
			return nil
		}
		g := newGate()
		r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Name: d.Name(), Open: func() (io.ReadCloser, error) { return os.Open(p) }})
		t.Logf("%s\n preset %s rows %d admitted %d unch %d sup %d rej %d drop %d tp %d con %d sh %d err %v", p, r.Preset, r.Rows, r.Admitted, r.Unchanged, r.Superseding, r.Rejected, r.Dropped, r.Touchpoints, r.Consents, r.Shares, err)
		if os.Getenv("DUMP") != "" && err == nil {
			n := min(len(g.records), 6)
			t.Log("\n" + reveal(g.records[:n]) + reveal(g.rejects) + reveal(g.drops) + reveal(r.Notes))
		} else {
			t.Log("\n" + reveal(g.rejects) + reveal(r.Notes))
		}
		return nil
	})
}
