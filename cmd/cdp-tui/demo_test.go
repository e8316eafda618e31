package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// However long a trace is, the tour's fits on a page, and says what is left out.
func TestAbridged(t *testing.T) {
	line := func(s string, below ...cdp.TraceNode) cdp.TraceNode {
		return cdp.TraceNode{Label: s, Fields: []cdp.TraceField{{Name: "rule", Text: "of " + s}}, Children: below}
	}
	root := cdp.TraceNode{Label: "P-0000001"}
	for _, q := range []string{"held because", "linked by", "sent to", "used for"} {
		n := cdp.TraceNode{Label: q}
		for i := range 40 {
			var below []cdp.TraceNode
			for j := range 5 {
				below = append(below, line(fmt.Sprintf("basis %d %d", i, j), line("event")))
			}
			n.Children = append(n.Children, line(fmt.Sprintf("%s %d", q, i), below...))
		}
		root.Children = append(root.Children, n)
	}
	var out bytes.Buffer
	if err := report.Trace(&out, abridged(root), report.Options{}); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if n := strings.Count(got, "\n"); n > 60 {
		t.Errorf("%d lines:\n%s", n, got)
	}
	for _, want := range []string{"held because 0", "rule: of held because 0", "rule: of basis 0 0", "basis 0 2", "... 2 more", "sent to 2", "... 37 more", "used for 0"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is left out of:\n%s", want, got)
		}
	}
	for _, unwanted := range []string{"rule: of held because 1", "rule: of basis 0 1", "event", "held because 3"} {
		if strings.Contains(got, unwanted) {
			t.Errorf("%q is not left out of:\n%s", unwanted, got)
		}
	}
	if len(root.Children[0].Children) != 40 || len(root.Children[0].Children[0].Children) != 5 || root.Children[0].Children[1].Fields == nil {
		t.Error("the trace itself is cut")
	}
}
