package graph

import (
	"context"
	"fmt"
	"os"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// resolve divides all live records into components, numbers these in the order
// of their lowest records, and sorts out the rows of claims that join nothing.
func (l *Load) resolve(ctx context.Context, judged *os.File) error {
	l.states = make([]resolve.State, l.whole.Size())
	l.parts = make([]layout.Component, len(l.states))
	l.apart = make(map[layout.Component][]apartLink)
	in := make([]uint32, len(l.seated)) // by record: its part, from 1
	part := make([]uint32, len(l.states))
	parts := uint32(0)
	sums := make([]resolve.Sum, 1) // by part
	var scattered []uint32         // records that carry a link which joins nothing
	err := l.whole.Divide(func(p *resolve.Piece) error {
		for i, rec := range p.Records {
			in[rec] = parts + 1 + uint32(p.Part[i])
		}
		some := false
		for i, link := range p.Links {
			l.states[link] = p.States[i]
			some = some || p.States[i] != resolve.Joins
		}
		for _, rec := range p.Records {
			apart := false
			for _, link := range l.whole.LinksOf(rec) {
				if l.states[link] == resolve.Joins {
					part[link] = in[rec]
				} else {
					apart = true
				}
			}
			if some && apart {
				scattered = append(scattered, rec)
			}
		}
		parts += uint32(p.Parts)
		sums = append(sums, p.Sums...)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	comps := make([]layout.Component, parts+1)
	l.sums = make([]resolve.Sum, 1, parts+1)
	n := layout.Component(0)
	for rec, p := range in {
		if comps[p] == 0 {
			n++
			comps[p] = n
			l.sums = append(l.sums, sums[p])
		}
		l.records[l.seated[rec]].comp = comps[p]
	}
	for link, p := range part {
		if l.states[link] == resolve.Joins {
			l.parts[link] = comps[p]
		}
	}
	slices.Sort(scattered)
	return l.scatter(judged, scattered)
}

// scatter sorts out the rows that find records by claims that join nothing,
// and what their components carry of the kind.
func (l *Load) scatter(judged *os.File, recs []uint32) error {
	var buf []byte
	for _, rec := range recs {
		i := l.seated[rec]
		b, err := headAtOffset(judged, l.records[i].judged, &buf)
		if err != nil {
			return err
		}
		h, err := decodeHead(cdp.RecordID(i+1), &layout.Reader{B: b, Symbols: l.tx.sym})
		if err != nil {
			return fmt.Errorf("graph: load: %w", err)
		}
		comp := l.records[i].comp
		claims := l.claims[l.firstNode[i]:l.firstNode[i+1]]
		for j := range h.Claims {
			c := &h.Claims[j]
			if !c.active || !l.note(comp, c, claims[j]) {
				continue
			}
			if err := l.sorted(layout.KeyWithheld(c.id, h.ID), []byte{byte(placeLive)}); err != nil {
				return err
			}
		}
	}
	for comp, apart := range l.apart {
		slices.SortFunc(apart, apartLink.compare)
		if err := (&component{id: comp, apart: apart}).rest(l.tx.limits.list, l.tx.sym, l.sorted); err != nil {
			return err
		}
	}
	return nil
}

// note notes for a component at which classes a claim joins nothing, and
// reports whether there is any.
func (l *Load) note(comp layout.Component, c *claim, links [2]uint32) bool {
	levels, _ := l.rules.Levels(c.id.Kind(), resolve.Verified(c.verification))
	any := false
	for k, link := range links {
		if link == noNode || l.states[link] == resolve.Joins {
			continue
		}
		any = true
		a := apartLink{c.id, levels[k], l.states[link]}
		if !slices.ContainsFunc(l.apart[comp], func(o apartLink) bool { return o.compare(a) == 0 }) {
			l.apart[comp] = append(l.apart[comp], a)
		}
	}
	return any
}
