//go:build deps

// Package cdptui keeps in go.mod the libraries that have no door yet; it is removed when all have.
package cdptui

import (
	_ "charm.land/lipgloss/v2"
	_ "golang.org/x/mod/sumdb/tlog"
)
