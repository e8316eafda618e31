package ui

import (
	"context"
	"errors"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// errUnread says that there is nothing to be drawn yet.
var errUnread = errors.New("the neighbourhood is not read yet")

// Drawing returns what writes the neighbourhood as a graph in the DOT language
// of Graphviz: identifiers, the profile, recipients, and dashed what does not
// link. It is whole, whatever the filter of the list leaves.
func (x *graph) Drawing() (cdp.Ref, func(context.Context, *sheet) error) {
	s, about, v, read := x.ses.show(), x.about(), x.load.val, x.load.ok
	return about, func(ctx context.Context, to *sheet) error {
		if !read {
			return errUnread
		}
		return drawGraph(ctx, s, about, v.Neighbourhood, to)
	}
}

func drawGraph(ctx context.Context, s show, about cdp.Ref, v cdp.Neighbourhood, to *sheet) error {
	to.draw("digraph neighbourhood {")
	to.draw("  rankdir=LR; node [shape=box];")
	if v.Hidden > 0 {
		to.draw("  label=" + dotString(s.say("graph.hidden", v.Hidden).String()) + ";")
	}
	profiles := map[cdp.ProfileID]bool{}
	profile := func(id cdp.ProfileID, attrs string) {
		if !profiles[id] {
			profiles[id] = true
			to.rows++
			to.draw("  " + dotString(id.String()) + " [shape=ellipse" + attrs + "];")
		}
	}
	profile(v.Centre, ", style=bold")
	node := func(name, label, attrs string) {
		to.rows++
		to.draw("  " + dotString(name) + " [label=" + label + attrs + "];")
	}
	edge := func(a, b, label, attrs string) {
		to.draw("  " + dotString(a) + " -> " + dotString(b) + " [label=" + label + attrs + "];")
	}
	for i, h := range v.Held {
		is, name := s.named(about, h.Identifier), "i"+itoa(i)
		node(name, dotLabel(to, is, names(h.Sources)), "")
		how := ", dir=none"
		if !h.Active {
			how += ", style=dashed"
		}
		edge(name, v.Centre.String(), dotLabel(to, plain(h.Verdict.Rule)), how)
	}
	for i, d := range v.Down {
		name := "r" + itoa(i)
		node(name, dotLabel(to, recipient(s, d.Recipient)), ", shape=component")
		edge(v.Centre.String(), name, dotLabel(to, plain(string(d.Purpose)), number(d.Count)), "")
	}
	for _, sh := range v.Shared {
		profile(sh.From, "")
		for _, p := range sh.Profiles {
			profile(p, "")
			edge(sh.From.String(), p.String(), dotLabel(to, s.named(about, sh.Identifier), plain(sh.Reason)), ", dir=none, style=dashed")
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	to.draw("}")
	return to.full()
}

// dotLabel is a label with a line for each value that is not empty.
func dotLabel(to *sheet, vals ...val) string {
	var lines []string
	for _, v := range vals {
		to.clear = to.clear || v.clear
		if v.raw != "" {
			lines = append(lines, dotEscape(v.raw))
		}
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}

func dotString(raw string) string { return `"` + dotEscape(raw) + `"` }

// dotEscape makes any text safe within quotes: Graphviz reads backslash escapes
// (\N, \l ...) and HTML entities in labels.
func dotEscape(raw string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(text.Clean(raw).String())
}
