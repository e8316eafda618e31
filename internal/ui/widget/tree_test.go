package widget

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

// branches is a tree of three levels: n roots, each with 3 children of 2 leaves.
type branches struct {
	n    int
	fail atomic.Bool
	asks atomic.Int64
}

func (b *branches) Children(ctx context.Context, id string) ([]Node, error) {
	b.asks.Add(1)
	if b.fail.Load() {
		return nil, errDisk
	}
	n, depth := b.n, strings.Count(id, "/")
	if id != "" {
		n = 4 - depth
	}
	out := make([]Node, n)
	for i := range out {
		out[i] = Node{ID: fmt.Sprintf("%s/%d", id, i), Text: text.Clean(fmt.Sprintf("Knoten %s/%d ü\x1b", id, i)), Leaf: depth == 2, Note: text.Lit("2 d")}
	}
	return out, nil
}

func openTree(t testing.TB, src Branches, w, h int) *Tree {
	tree := NewTree(NewKit(Light()))
	tree.SetSize(w, h)
	widgettest.Run(t, tree.Open(context.Background(), src), tree)
	return tree
}

func TestTreeOpensAndCloses(t *testing.T) {
	src := &branches{n: 3}
	tree := openTree(t, src, 50, 12)
	keys(t, tree, "down", "right", "right", "enter", "down")
	widgettest.Golden(t, "tree", tree.View())
	var path []string
	for _, n := range tree.Path() {
		path = append(path, n.ID)
	}
	if got := strings.Join(path, " "); got != "/1 /1/0 /1/0/0" {
		t.Errorf("path %s", got)
	}
	asked := src.asks.Load()
	keys(t, tree, "left", "left", "left", "left")
	if n, _ := tree.Current(); n.ID != "/1" || tree.Position().Len != 3 {
		t.Errorf("closed: at %s of %d", n.ID, tree.Position().Len)
	}
	keys(t, tree, "right")
	if tree.Position().Len != 6 || src.asks.Load() != asked {
		t.Errorf("opened again: %d rows, %d reads", tree.Position().Len, src.asks.Load()-asked)
	}
	if handled, _ := tree.Key(widgettest.Key("enter")); !handled {
		t.Error("enter on a branch is the tree's")
	}
}

func TestTreeErrorBelowANode(t *testing.T) {
	src := &branches{n: 2}
	tree := openTree(t, src, 60, 5)
	src.fail.Store(true)
	keys(t, tree, "right")
	widgettest.Golden(t, "tree-error", tree.View())
	src.fail.Store(false)
	keys(t, tree, "ctrl+r")
	if tree.Position().Len != 5 {
		t.Errorf("%d rows after reading again", tree.Position().Len)
	}
}

func TestTreeHundredThousandNodes(t *testing.T) {
	tree := openTree(t, &branches{n: 100_000}, 80, 24)
	keys(t, tree, "G", "right", "right", "right")
	if n, _ := tree.Current(); n.ID != "/99999/0" || tree.Position().Len != 100_005 {
		t.Errorf("at %s of %d", n.ID, tree.Position().Len)
	}
	widgettest.Check(t, tree.View(), 80, 24)
	keys(t, tree, "g", "right")
	if tree.Position().Len != 100_008 || tree.Position().Cursor != 0 {
		t.Errorf("%+v", tree.Position())
	}
}

// TestTreeRowsAreItsOpenNodes compares the rows kept up by splicing with those
// of a walk over the open nodes.
func TestTreeRowsAreItsOpenNodes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src := &branches{n: rapid.IntRange(0, 6).Draw(rt, "n")}
		tree := openTree(t, src, 40, 7)
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"up", "down", "left", "right", "enter", "ctrl+r", "g", "G", "pgdown", "fail"}), 0, 40).Draw(rt, "keys") {
			if k == "fail" {
				src.fail.Store(!src.fail.Load())
				continue
			}
			keys(t, tree, k)
			want := shown(tree.root, nil)
			if len(want) != len(tree.rows) {
				rt.Fatalf("%d rows, %d nodes are open", len(tree.rows), len(want))
			}
			for i := range want {
				if want[i] != tree.rows[i] {
					rt.Fatalf("row %d is not the open node", i)
				}
			}
			if tree.cur < 0 || tree.cur >= max(1, len(want)) || tree.top > tree.cur || tree.cur >= tree.top+7 {
				rt.Fatalf("cursor %d, top %d of %d", tree.cur, tree.top, len(want))
			}
		}
	})
}

func TestTreeOpensByItself(t *testing.T) {
	tree := openTree(t, selfOpening{}, 40, 10)
	widgettest.Golden(t, "tree-self", tree.View())
}

type selfOpening struct{}

func (selfOpening) Children(_ context.Context, id string) ([]Node, error) {
	if len(id) >= 2 {
		return []Node{{ID: id + "x", Text: text.Lit("leaf"), Leaf: true, Sign: text.Lit("!"), Style: Bad}}, nil
	}
	return []Node{{ID: id + "a", Text: text.Lit("opened"), Open: true}, {ID: id + "b", Text: text.Lit("closed")}}, nil
}

func BenchmarkTreeViewCold(b *testing.B) {
	tree := openTree(b, &branches{n: 100_000}, 120, 40)
	for b.Loop() {
		tree.view.soil()
		_ = tree.View()
	}
}

func BenchmarkTreeOpenClose(b *testing.B) {
	tree := openTree(b, &branches{n: 100_000}, 120, 40)
	for b.Loop() {
		keys(b, tree, "enter")
	}
}
