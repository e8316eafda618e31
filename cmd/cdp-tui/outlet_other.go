//go:build !linux

package main

import "os"

func newNameless(dir string) (*nameless, error) { return hiddenFile(dir) }

func (n *nameless) link(path string) error { return os.Link(n.Name(), path) }
