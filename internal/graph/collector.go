package graph

import (
	"iter"
	"slices"

	"cdp-tui/internal/kv"
)

// A collector stands in for a transaction during a first load: it keeps the
// few rows that are not made by the load itself.
type collector struct {
	rows map[string][]byte
	// aside takes rows that are many and are not read again; it may be nil.
	aside func(key, value []byte) (bool, error)
}

func (c *collector) Get(key []byte) ([]byte, error) {
	v, ok := c.rows[string(key)]
	if !ok {
		return nil, kv.ErrNotFound
	}
	return slices.Clone(v), nil
}

func (c *collector) GetAll(keys [][]byte) ([][]byte, error) {
	out := make([][]byte, len(keys))
	for i, k := range keys {
		if v, ok := c.rows[string(k)]; ok {
			out[i] = append([]byte{}, v...)
		}
	}
	return out, nil
}

func (c *collector) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		for _, k := range c.keys() {
			if k >= string(r.Start) && (len(r.End) == 0 || k < string(r.End)) {
				if !yield(kv.Entry{Key: []byte(k), Value: c.rows[k]}, nil) {
					return
				}
			}
		}
	}
}

func (c *collector) keys() []string {
	keys := make([]string, 0, len(c.rows))
	for k := range c.rows {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (c *collector) Set(key, value []byte) error {
	if c.aside != nil {
		if taken, err := c.aside(key, value); taken || err != nil {
			return err
		}
	}
	if c.rows == nil {
		c.rows = make(map[string][]byte)
	}
	c.rows[string(key)] = slices.Clone(value)
	return nil
}

func (c *collector) Delete(key []byte) error {
	delete(c.rows, string(key))
	return nil
}
