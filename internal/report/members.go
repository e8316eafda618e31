package report

import (
	"io"

	"cdp-tui/internal/cdp"
)

// Members writes which records and identifiers make up a profile, and nothing
// else of it.
func Members(w io.Writer, p cdp.Profile, o Options) error {
	out := newPage(w, o)
	out.fact(0, "profile", profileID(p.ID))
	out.identifiers(p.Identifiers)
	out.members(p)
	return out.done()
}
