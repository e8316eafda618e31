package ui

import (
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/ui/widget/widgettest"
)

// places are all screens, by address.
func places() map[string]string {
	return map[string]string{
		"dashboard": "dashboard", "search": "search?q=wei%C3%9F~1", "search-empty": "search",
		"overview": "profile?P-0042117", "identifiers": "profile?P-0042117&tab=2", "touchpoints": "profile?P-0042117&tab=3", "consents": "profile?P-0042117&tab=4",
		"uses": "profile?P-0042117&tab=5", "shares": "profile?P-0042117&tab=6", "profile-log": "profile?P-0042117&tab=7",
		"trace": "trace?P-0042117&of=identifier%3Aemail%2300aa11bb", "graph": "graph?P-0042117", "graph-list": "graph?P-0042117&tab=2", "history": "history?P-0042117",
		"why": "why?P-0042117&of=P-0042118", "why-not": "why?P-0042117&of=P-0000099", "sources": "sources", "batches": "batches", "batch": "batch?B-000211",
		"rejects": "rejects", "quarantine": "quarantine", "log": "log?filter=reveal", "messages": "messages", "record": "record?R-0001188",
		"health": "health", "health-hubs": "health?tab=2", "conflicts": "conflicts", "findings": "findings", "finding": "finding?SHARE_AFTER_WITHDRAWAL",
		"mutes": "mutes", "ropa": "ropa", "ropa-red": "ropa?at=2", "breach": "breach?source+shop.de&facet=aware%3D2026-08-23T10%3A00%3A00Z",
		"members": "members?P-0042117", "preview": "preview?split&of=P-0042117%0AR-0001190", "undo": "undo?D-000007", "decisions": "decisions", "decision": "decision?D-000007",
		"segments": "segments", "builder": "builder?q=consent%3Anewsletter%2Fgiven+-count%3Aorder%3E%3D3%2F90d", "builder-empty": "builder", "counts": "counts", "coverage": "coverage",
		"segment": "segment?winback", "inside": "inside?q=in%3Awinback", "covered": "covered?store&q=visit&of=none",
		"targets": "targets", "plan": "plan?letterwing&of=newsletter", "verdicts": "verdicts?letterwing&of=newsletter&q=birth_date+share.minimised", "outbox": "outbox", "drift": "drift",
		"lens": "lens?P-0042117&of=newsletter", "journey": "journey?P-0042117", "basis": "basis?P-0042117&of=newsletter", "lawful": "lawful", "lawful-uses": "lawful?q=unlawful&all=1",
		"where": "where?P-0042117", "where-value": "where?P-0042117&of=identifier%3Aemail%2300aa11bb", "view-as": "view-as?P-0042117&of=letterwing",
		"card": "card?P-0042117&of=attribute%3Acity", "card-record": "card?R-0001188", "radius": "radius?D-000007", "matches": "matches", "match": "match?P-0042117&of=P-0042118",
	}
}

func TestGoldenFrames(t *testing.T) {
	for name, open := range places() {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				d := drive(t, size[0], size[1], newFake(), open)
				widgettest.Golden(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), d.frame())
			})
		}
	}
}

func TestGoldenOverlays(t *testing.T) {
	for name, keys := range map[string][]string{"palette": {":", "t", "r"}, "help": {"?"}, "export": {"e"}, "copy": {"Y"}, "reveal": {"m", "D", "S", "R"}, "filter": {"/", "e", "m"}} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, 80, 24, newFake(), "profile?P-0042117&tab=2")
			d.press(keys...)
			widgettest.Golden(t, "overlay-"+name+"-80x24", d.frame())
		})
	}
}

// Every screen has exactly the size of the terminal, at every size and under
// every overlay.
func TestEverySize(t *testing.T) {
	for name, open := range places() {
		t.Run(name, func(t *testing.T) {
			d := drive(t, 80, 24, newFake(), open)
			for w := 60; w <= 130; w += 7 {
				for h := 15; h <= 45; h += 5 {
					d.resize(w, h)
					d.frame()
				}
			}
			for _, keys := range []string{"?", ":", "/", "Y", "e"} {
				d.press(keys)
				for _, size := range [][2]int{{60, 15}, {61, 16}, {99, 29}, {130, 45}} {
					d.resize(size[0], size[1])
					d.frame()
				}
				d.press("esc")
			}
			for _, size := range [][2]int{{1, 1}, {0, 0}, {59, 15}, {60, 14}, {500, 200}, {60, 15}} {
				d.resize(size[0], size[1])
				d.frame()
			}
		})
	}
}

func TestTooSmall(t *testing.T) {
	d := drive(t, 59, 14, newFake(), "")
	d.sees("terminal too small (59x14, needs 60x15)")
	d.resize(60, 15)
	d.misses("too small")
	d.sees("Dashboard", "MAY DECIDE")
}

// No layout gives two panes the same cell, or one outside of the screen.
func TestLayouts(t *testing.T) {
	for name, layout := range map[string]func(w, h int) []rect{
		"dashboard": func(w, h int) []rect { return layoutDashboard(w, h) }, "listing": layoutListing, "record": layoutDossier, "journey": layoutWide, "match": layoutMatch, "trace": layoutTrace, "overview": layoutOverview, "health": layoutHealth,
		"search": layoutSearch, "graph": func(w, h int) []rect { return layoutGraph(w, h, false) }, "graph list": func(w, h int) []rect { return layoutGraph(w, h, true) },
	} {
		for w := 0; w <= 200; w += 3 {
			for h := 0; h <= 80; h += 2 {
				all := layout(w, h)
				if len(all) > 0 { // however its borders are moved
					all = resplit(all, split{of: (w + h) % len(all), steps: (w*7+h)%41 - 20})
				}
				cells := 0
				for i, a := range all {
					if a.X < 0 || a.Y < 0 || a.X+a.W > w || a.Y+a.H > h {
						t.Fatalf("%s %dx%d: pane %d is outside: %+v", name, w, h, i, a)
					}
					cells += a.W * a.H
					for j, b := range all[:i] {
						if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
							t.Fatalf("%s %dx%d: panes %d and %d overlap: %+v %+v", name, w, h, j, i, b, a)
						}
					}
				}
				if room := w * h; name != "search" && cells != room && w > 0 && h > 0 && cells > 0 {
					t.Fatalf("%s %dx%d: %d of %d cells used", name, w, h, cells, room)
				}
			}
		}
	}
}

// What comes from a source reaches no frame as a control character or in clear.
func TestHostileDataIsShownAsMarks(t *testing.T) {
	for name, open := range places() {
		d := drive(t, 120, 40, newFake(), open)
		f := d.frame() // Check fails on what can not be shown
		for _, bad := range []string{"\x1b]", "\u009b", "\u202e", "\x00", "\u200d", "\x07"} {
			if strings.Contains(f, bad) {
				t.Errorf("%s: %q reached the frame", name, bad)
			}
		}
		for _, clear := range []string{"m.weiss@", "marlene@", "1511234567", "Mühlweg", "Marlene", "1979-04-01", "7700123901", "Yılmaz", "parcel", "192.0.2.1"} {
			if strings.Contains(f, clear) {
				t.Errorf("%s shows %q without a reveal:\n%s", name, clear, widgettest.Plain(f))
			}
		}
	}
}
