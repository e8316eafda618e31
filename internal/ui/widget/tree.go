package widget

import (
	"context"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// Node is a node of a tree.
type Node struct {
	ID    string // names it for the source; unique in the tree
	Text  text.Safe
	Style Style
	Note  text.Safe // at the right edge
	Sign  text.Safe // one cell in place of the open/closed sign
	Leaf  bool      // has no children and can not be opened
	Open  bool      // opens by itself as soon as it is shown
}

// Branches is where a tree's nodes come from. Children is called in commands,
// several at a time, and must return when ctx is done. The roots are the
// children of "".
type Branches interface {
	Children(ctx context.Context, id string) ([]Node, error)
}

// Tree shows a window of the open part of a tree, reading children when a node
// is opened.
type Tree struct {
	kit  *Kit
	src  Branches
	root *branch
	rows []*branch // the open part in order; stands for a notice when kind says so
	scroll
	loads
	w, h  int
	focus bool
	view  view
}

// branch is a node with its place, or a notice below one.
type branch struct {
	Node
	parent *branch
	depth  int
	kids   []*branch
	state  branchState
	notice *branch // below an open node: "…" while reading, the error after
	err    error   // of a notice
	stop   context.CancelFunc
}

type branchState uint8

const (
	branchNew branchState = iota
	branchReading
	branchOpen
	branchClosed // read, but not shown
	branchFailed
	branchNotice // not a node
)

type kidsMsg struct {
	t     *Tree
	gen   uint64
	of    *branch
	nodes []Node
	err   error
}

// NewTree returns a tree without nodes; Open gives it some.
func NewTree(k *Kit) *Tree { return &Tree{kit: k, focus: true} }

// Open shows src from its roots. Reads live until ctx is done, Close, or the next Open.
func (t *Tree) Open(ctx context.Context, src Branches) tea.Cmd {
	t.loads.open(ctx)
	t.src, t.scroll, t.rows = src, scroll{}, nil
	t.root = &branch{depth: -1}
	return t.open(t.root)
}

// Resume goes on after Close: what is open and was not read is read now.
func (t *Tree) Resume(ctx context.Context) tea.Cmd {
	if t.root == nil {
		return nil
	}
	t.loads.open(ctx)
	var cmds []tea.Cmd
	if t.root.state == branchReading {
		cmds = append(cmds, t.read(t.root))
	}
	for _, b := range t.rows {
		if b.state == branchReading {
			cmds = append(cmds, t.read(b))
		}
	}
	return tea.Batch(cmds...)
}

// Close ends all reads.
func (t *Tree) Close() { t.loads.close() }

// SetSize gives the tree w by h cells.
func (t *Tree) SetSize(w, h int) tea.Cmd {
	t.w, t.h = max(0, w), max(0, h)
	t.moved()
	return nil
}

// SetFocus says whether keys go here.
func (t *Tree) SetFocus(on bool) {
	t.focus = on
	t.view.soil()
}

func (t *Tree) moved() {
	t.clamp(len(t.rows), t.h)
	t.view.soil()
}

// Current is the node under the cursor.
func (t *Tree) Current() (Node, bool) {
	b := t.at(t.cur)
	if b == nil {
		return Node{}, false
	}
	return b.Node, true
}

// at is the node in row i; for a notice, the node it stands below.
func (t *Tree) at(i int) *branch {
	if i < 0 || i >= len(t.rows) {
		return nil
	}
	b := t.rows[i]
	if b.state == branchNotice {
		b = b.parent
	}
	if b == t.root {
		return nil
	}
	return b
}

// Path is the way from the root to the node under the cursor, that one included.
func (t *Tree) Path() []Node {
	var out []Node
	for b := t.at(t.cur); b != nil && b != t.root; b = b.parent {
		out = append(out, b.Node)
	}
	slices.Reverse(out)
	return out
}

// Position says where the tree stands; Len counts the rows that are open.
func (t *Tree) Position() Position {
	p := Position{Cursor: t.cur, Top: t.top, Len: len(t.rows), Exact: true}
	for _, b := range t.rows[min(t.top, len(t.rows)):min(t.top+t.h, len(t.rows))] {
		p.Loading = p.Loading || b.state == branchReading || b.state == branchNotice && b.err == nil
	}
	return p
}

// Key handles moving, opening, closing and reading again. Enter is handled on a
// node that can be opened, and left to the screen on a leaf.
func (t *Tree) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	keys := &t.kit.keys
	if t.move(k, keys, len(t.rows), t.h) {
		t.view.soil()
		return true, nil
	}
	b := t.at(t.cur)
	switch {
	case key.Matches(k, keys.Right) && b != nil:
		return true, t.right(b)
	case key.Matches(k, keys.Left) && b != nil:
		t.left(b)
		return true, nil
	case key.Matches(k, keys.Toggle) && b != nil && !b.Leaf:
		if b.state == branchOpen || b.state == branchReading || b.state == branchFailed {
			t.shut(b)
			return true, nil
		}
		return true, t.open(b)
	case key.Matches(k, keys.Retry):
		return t.retry()
	}
	return false, nil
}

func (t *Tree) right(b *branch) tea.Cmd {
	if b.state == branchNew || b.state == branchClosed {
		return t.open(b)
	}
	if b.state == branchOpen && len(b.kids) > 0 && t.rows[t.cur] == b {
		t.cur++
		t.moved()
	}
	return nil
}

func (t *Tree) left(b *branch) {
	if b.state == branchOpen || b.state == branchReading || b.state == branchFailed {
		t.shut(b)
		return
	}
	if i := slices.Index(t.rows, b.parent); i >= 0 {
		t.cur = i
		t.moved()
	}
}

func (t *Tree) retry() (bool, tea.Cmd) {
	var cmds []tea.Cmd
	failed := []*branch{t.root}
	failed = append(failed, t.rows...)
	for _, b := range failed {
		if b != nil && b.state == branchFailed {
			t.shut(b)
			cmds = append(cmds, t.open(b))
		}
	}
	return len(cmds) > 0, tea.Batch(cmds...)
}

// OpenNode opens the node if it is shown; false when it is not.
func (t *Tree) OpenNode(id string) (bool, tea.Cmd) {
	i := slices.IndexFunc(t.rows, func(b *branch) bool { return b.ID == id && b.state != branchNotice })
	if i < 0 {
		return false, nil
	}
	return true, t.open(t.rows[i])
}

// Wheel scrolls the window by d rows; the cursor stays inside it.
func (t *Tree) Wheel(d int) tea.Cmd {
	t.top = max(0, min(t.top+d, len(t.rows)-t.h))
	t.cur = max(t.top, min(t.cur, t.top+t.h-1))
	t.moved()
	return nil
}

// Click moves the cursor to the row at y; on the row it stands in already, it
// opens or closes.
func (t *Tree) Click(x, y int) (handled bool, cmd tea.Cmd) {
	i := t.top + y
	if x < 0 || x >= t.w || y < 0 || y >= t.h || i >= len(t.rows) {
		return false, nil
	}
	if i == t.cur {
		if b := t.rows[i]; b.state == branchNew || b.state == branchClosed {
			return true, t.open(b)
		} else if b.state != branchNotice {
			t.shut(b)
		}
	}
	t.cur = i
	t.moved()
	return true, nil
}

// Update takes the answers to the tree's own reads.
func (t *Tree) Update(msg tea.Msg) (handled bool, cmd tea.Cmd) {
	m, ok := msg.(kidsMsg)
	if !ok || m.t != t {
		return false, nil
	}
	if m.gen != t.gen || m.of.state != branchReading {
		return true, nil
	}
	return true, t.filled(m.of, m.nodes, m.err)
}
