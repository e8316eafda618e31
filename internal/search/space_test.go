package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestTooLittleSpace: the index stops writing before the disk is full, and
// goes on answering.
func TestTooLittleSpace(t *testing.T) {
	f := family()
	x := built(t, f)
	x.opt.MinFree = 1 << 60
	f.put(cdp.Document{Profile: 9, Names: []cdp.Value{"Zoltan"}})
	if _, err := x.Follow(t.Context(), f); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("follow: %v, want no space", err)
	}
	if _, err := x.Rebuild(t.Context(), f, nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("rebuild: %v, want no space", err)
	}
	if a := ask(t, x, f, cdp.SearchRequest{}); a.Total != 5 || a.Behind != 1 {
		t.Errorf("%d profiles, %d behind", a.Total, a.Behind)
	}
	x.opt.MinFree = 1
	if _, err := x.CatchUp(t.Context(), f, nil); err != nil {
		t.Error(err)
	}
	if a := ask(t, x, f, cdp.SearchRequest{}); a.Total != 6 || a.Behind != 0 {
		t.Errorf("%d profiles, %d behind", a.Total, a.Behind)
	}
}

// A meanwhile is a feed during whose reading something happens.
type meanwhile struct {
	*testFeed
	happens func()
}

func (m meanwhile) Changes(ctx context.Context, after uint64, max int) ([]cdp.Change, error) {
	m.happens()
	return m.testFeed.Changes(ctx, after, max)
}

// TestFullDisk: when another process takes the last byte while the index is
// written, that ends with an error, and the old index answers.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk).Run(); err != nil {
		t.Skipf("a small file system can not be mounted (root can): %v", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", disk).Run(); err != nil {
			t.Error(err)
		}
	})
	f := family()
	x, err := Open(filepath.Join(disk, "index"), Options{MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Rebuild(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(disk, "filler")
	fill := func() {
		if err := os.WriteFile(filler, make([]byte, 64<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("error is %v, want no space", err)
		}
	}
	for i := range cdp.ProfileID(2000) {
		f.put(cdp.Document{Profile: 100 + i, Names: []cdp.Value{cdp.Value(fmt.Sprintf("Zoltan%d", i))}})
	}
	if _, err := x.Rebuild(t.Context(), f, func(int) { fill() }); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("rebuild: %v, want no space", err)
	}
	if a := ask(t, x, f, cdp.SearchRequest{}); a.Total != 5 {
		t.Errorf("%d profiles in the old index, want 5", a.Total)
	}
	x.opt.MinFree = -1 // as if it were measured a moment before
	if _, err := x.Follow(t.Context(), meanwhile{f, fill}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("follow: %v, want no space", err)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if x, err = Open(filepath.Join(disk, "index"), Options{MinFree: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.CatchUp(t.Context(), f, nil); err != nil {
		t.Error(err)
	}
	if a := ask(t, x, f, cdp.SearchRequest{}); a.Total != 2005 || a.Behind != 0 {
		t.Errorf("%d profiles, %d behind, want 2005, 0", a.Total, a.Behind)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
