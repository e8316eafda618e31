package steward

import (
	"cmp"
	"context"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// choiceSample is how many profiles are looked at for values to choose from.
const choiceSample = 5_000

// SegmentChoices returns what a filter can be built of. Countries, channels and
// kinds of touchpoints are those of the first profiles of the store. It shows
// no personal data and is not logged.
func (d *Desk) SegmentChoices(ctx context.Context) (cdp.SegmentChoices, error) {
	var out cdp.SegmentChoices
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		reg, err := d.s.inForce(tx, d.s.opt.Now())
		if err != nil {
			return err
		}
		if reg != nil {
			for _, p := range reg.Purposes {
				out.Purposes = append(out.Purposes, cdp.Choice{Value: string(p.ID), Title: p.Title.EN})
			}
			for _, r := range reg.Recipients {
				out.Recipients = append(out.Recipients, cdp.Choice{Value: r.ID, Title: r.Name})
			}
		}
		st, err := tx.Stats()
		if err != nil {
			return err
		}
		for _, s := range st.Sources {
			out.Sources = append(out.Sources, cdp.Choice{Value: string(s.Source.ID), Title: s.Source.System})
		}
		saved, err := tx.Segments()
		for _, s := range saved {
			if !s.Retired {
				out.Segments = append(out.Segments, cdp.Choice{Value: s.Name, Title: s.Note})
			}
		}
		return err
	})
	if err != nil {
		return out, err
	}
	_, err = d.now().stream(ctx, 0, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		out.Looked++
		p, ok := usable(p)
		if !ok {
			return false, nil
		}
		doc, err := d.s.document(tx, *p, detail{})
		for _, c := range doc.Countries {
			if len(c) == 2 { // a code: what else stands there can be anything
				out.Countries = appendNew(out.Countries, c)
			}
		}
		for _, c := range doc.Channels {
			out.Channels = appendNew(out.Channels, string(c))
		}
		for _, k := range doc.TouchKinds {
			out.Kinds = appendNew(out.Kinds, k)
		}
		return out.Looked == choiceSample, err
	})
	for _, list := range [][]string{out.Countries, out.Channels, out.Kinds} {
		slices.Sort(list)
	}
	for _, list := range [][]cdp.Choice{out.Purposes, out.Recipients, out.Sources, out.Segments} {
		slices.SortFunc(list, func(a, b cdp.Choice) int { return cmp.Compare(a.Value, b.Value) })
	}
	return out, err
}
