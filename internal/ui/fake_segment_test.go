package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// segmented is what the fake desk keeps of segments.
type segmented struct {
	saved   []cdp.Segment
	kept    int
	gone    []string
	counted []string
	looked  []string // query and number of drafts
}

func (f *fakeDesk) Segments(ctx context.Context, all bool) ([]cdp.Segment, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := append([]cdp.Segment{{Name: "winback", Version: 2, Query: "count:order>=2 -count:order>=1/180d", Shape: "count:order>=2 -count:order>=1/180d", Note: "bought twice, then nothing " + hostile, By: "dpo", At: ago(day)},
		{Name: "readers", Version: 1, Query: "consent:newsletter/given", Shape: "consent:newsletter/given", By: "dpo", At: ago(3 * day)}}, f.segments.saved...)
	return slices.DeleteFunc(list, func(s cdp.Segment) bool { return slices.Contains(f.segments.gone, s.Name) }), ctx.Err()
}

func (f *fakeDesk) SegmentRuns(ctx context.Context, name string, n int) ([]cdp.SegmentRun, error) {
	if name != "winback" {
		return nil, ctx.Err()
	}
	out := []cdp.SegmentRun{{Name: name, Version: 1, At: ago(40 * day), Profiles: 9_000}, {Name: name, Version: 2, At: ago(10 * day), Profiles: 12_345}}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.segments.kept > 0 {
		out = append(out, cdp.SegmentRun{Name: name, Version: 2, At: ago(0), Profiles: 12_399})
	}
	return out, ctx.Err()
}

func (f *fakeDesk) SegmentChoices(ctx context.Context) (cdp.SegmentChoices, error) {
	return cdp.SegmentChoices{Purposes: []cdp.Choice{{Value: "newsletter", Title: "Newsletter " + hostile}, {Value: "orders", Title: "Order handling"}}, Recipients: []cdp.Choice{{Value: "letterwing", Title: "Letterwing Inc."}},
		Sources: []cdp.Choice{{Value: "shop.orders", Title: "Shopify"}}, Segments: []cdp.Choice{{Value: "readers"}, {Value: "winback", Title: "bought twice"}},
		Countries: []string{"DE", "RO"}, Channels: []string{"store", "web"}, Kinds: []string{"order", "visit"}, Looked: 5000}, f.call(ctx, "SegmentChoices")
}

func (f *fakeDesk) CountSegment(ctx context.Context, ask cdp.SegmentAsk, progress func(int)) (cdp.SegmentCount, error) {
	if progress != nil {
		progress(12_000)
	}
	f.mu.Lock()
	f.segments.counted = append(f.segments.counted, ask.Query)
	if ask.Keep != "" {
		f.segments.kept++
	}
	f.mu.Unlock()
	n := 620_114
	for range strings.Fields(ask.Query) {
		n /= 7
	}
	return cdp.SegmentCount{Ask: ask, Looked: 620_114, Profiles: n, Records: 2 * n, Restricted: 3}, f.call(ctx, "CountSegment")
}

func (f *fakeDesk) LookedAtSegment(ctx context.Context, last cdp.SegmentCount, drafts int) error {
	f.mu.Lock()
	f.segments.looked = append(f.segments.looked, fmt.Sprint(drafts, " ", last.Ask.Query))
	f.mu.Unlock()
	return f.call(ctx, "LookedAtSegment")
}

func (f *fakeDesk) SegmentVersions(ctx context.Context, name string) ([]cdp.Segment, error) {
	if name != "winback" {
		return nil, errFake
	}
	v := func(n int, q string, at time.Duration) cdp.Segment {
		return cdp.Segment{Name: name, Version: n, Query: q, Shape: q, Note: "bought twice, then nothing " + hostile, By: "dpo", At: ago(at)}
	}
	return []cdp.Segment{v(1, "count:order>=2 city:Weimar", 40*day), v(2, "count:order>=2 -count:order>=1/180d", day)}, f.call(ctx, "SegmentVersions")
}

func (f *fakeDesk) SegmentMembers(ctx context.Context, q, after string, n int) (cdp.Page[cdp.SegmentMember], error) {
	var page cdp.Page[cdp.SegmentMember]
	if after == "" {
		page.Items = []cdp.SegmentMember{{Profile: 42117, Records: 14, Sources: []cdp.SourceID{"shop.orders", "newsletter"}, Countries: []string{"DE"}, Bases: []cdp.BasisKind{cdp.BasisConsent}, Seen: ago(day)},
			{Profile: 42118, Records: 1, Sources: []cdp.SourceID{"shop.orders " + hostile}}}
	}
	return page, f.call(ctx, "SegmentMembers")
}

func (f *fakeDesk) CoverageOf(ctx context.Context, cell cdp.CoverageCell, after string, n int) (cdp.Page[cdp.Covered], error) {
	page := cdp.Page[cdp.Covered]{Items: []cdp.Covered{{Record: 1188, Profile: 42117, Source: "shop.orders", Touchpoints: 2, Last: ago(3 * day)}, {Record: 9, Source: "till", Touchpoints: 1}}}
	switch cell.Of {
	case "none":
		page.Items[0].Why = cdp.Verdict{Rule: "use.consent.refused", Reason: "The person refused.", Article: "Art. 7(3)"}
		page.Items = page.Items[:1]
	case "", "quarantined":
	default:
		page.Items = page.Items[:1]
		page.Items[0].Bases = []cdp.BasisKind{cdp.BasisKind(cell.Of)}
	}
	return page, f.call(ctx, "CoverageOf")
}

func (f *fakeDesk) SaveSegment(ctx context.Context, name, q, note string) (cdp.Segment, error) {
	s := cdp.Segment{Name: name, Version: 1, Query: q, Shape: q, Note: note}
	if err := f.call(ctx, "SaveSegment"); err != nil {
		return s, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.segments.saved = append(f.segments.saved, s)
	return s, nil
}

func (f *fakeDesk) ForgetSegment(ctx context.Context, name string) error {
	f.mu.Lock()
	f.segments.gone = append(f.segments.gone, name)
	f.mu.Unlock()
	return f.call(ctx, "ForgetSegment")
}

func (f *fakeDesk) Counts(ctx context.Context, by string, _ func(int)) (cdp.Counts, error) {
	month := func(m int) time.Time { return time.Date(2026, time.Month(m), 1, 0, 0, 0, 0, time.UTC) }
	return cdp.Counts{By: by, Rows: []cdp.Period{{Touchpoints: 12}, {Begin: month(5), Records: 400_000, Touchpoints: 812_000, Given: 40_000, Taken: 900, Reported: 210},
		{Begin: month(7), Records: 100_000, Quarantined: 9, Touchpoints: 200_500, Given: 12, Taken: 1_800, Sent: 9_999, Denied: 123}}}, f.call(ctx, "Counts")
}

func (f *fakeDesk) Coverage(ctx context.Context, _ func(int)) (cdp.Coverage, error) {
	return cdp.Coverage{Profiles: 620_114, Touchpoints: 1_012_500, Rows: []cdp.CoverageRow{
		{Channel: "store", Kind: "visit", Touchpoints: 200_000, Bases: [6]int{0, 0, 0, 0, 0, 60_000}, None: 140_000, Restricted: 3},
		{Channel: "web", Kind: "order", Touchpoints: 812_000, Bases: [6]int{210_000, 800_000, 500_000}, Quarantined: 12},
		{Channel: "web " + cdp.Channel(hostile), Kind: "visit", Touchpoints: 500, None: 500}}}, f.call(ctx, "Coverage")
}
