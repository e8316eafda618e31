package widget

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"cdp-tui/internal/text"
)

// counted is a source of n computed rows that counts what it is asked.
type counted struct {
	n           int
	lens, pages atomic.Int64
	fail        atomic.Bool
	notExact    bool
}

var errDisk = errors.New("disk \x1b[31mfull")

func (c *counted) row(i int) Row {
	return Row{Key: strconv.Itoa(i), Cells: []Cell{
		{text.Clean(fmt.Sprintf("R-%07d", i)), Accent}, {text.Clean(fmt.Sprintf("Weiß Nr. %d 日本", i)), Plain},
		{text.Int(i * 7), Plain}, {text.Clean("a\x1b[31mb"), Plain}, {text.Lit("2 d"), Dim},
	}}
}

func (c *counted) Len(context.Context) (int, bool, error) {
	c.lens.Add(1)
	if c.notExact {
		return 0, false, nil
	}
	return c.n, true, nil
}

func (c *counted) Page(ctx context.Context, off, n int) ([]Row, error) {
	c.pages.Add(1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.fail.Load() {
		return nil, errDisk
	}
	var out []Row
	for i := off; i < min(c.n, off+n); i++ {
		out = append(out, c.row(i))
	}
	return out, nil
}

// PageAfter makes counted a Pager too: the anchor is the last row's number.
func (c *counted) PageAfter(ctx context.Context, anchor string, n int) ([]Row, string, error) {
	from := 0
	if anchor != "" {
		last, err := strconv.Atoi(anchor)
		if err != nil {
			return nil, "", err
		}
		from = last + 1
	}
	rows, err := c.Page(ctx, from, n)
	if err != nil || from+len(rows) >= c.n {
		return rows, "", err
	}
	return rows, strconv.Itoa(from + len(rows) - 1), nil
}
