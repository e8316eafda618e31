package main

import (
	"context"

	"cdp-tui/internal/cdp"
)

// A report of the whole store, profile by profile, as a phase of its own.
type benchReport struct {
	name string
	read func(context.Context, *session) (profiles int, err error)
}

// benchReports are segments by what must be read of each profile to know
// whether it is in, and the two reports over all facts.
func benchReports() []benchReport {
	segment := func(name string, ask cdp.SegmentAsk) benchReport {
		return benchReport{"segment " + name, func(ctx context.Context, s *session) (int, error) {
			bar := s.progress("profiles looked at")
			defer bar.end()
			c, err := s.desk.CountSegment(ctx, ask, bar.count)
			return c.Looked, err
		}}
	}
	return []benchReport{
		segment("heads", cdp.SegmentAsk{Query: "country:DE size:>=2 seen:2026"}),
		segment("touchpoints", cdp.SegmentAsk{Query: "count:order>=2/1y -count:order@store>=1"}),
		segment("consents", cdp.SegmentAsk{Query: "consent:newsletter/given -wish:email/unwanted"}),
		segment("gate", cdp.SegmentAsk{Query: "may:newsletter", Purpose: "newsletter"}),
		{"counts over time", func(ctx context.Context, s *session) (int, error) {
			bar, n := s.progress("profiles read"), 0
			defer bar.end()
			_, err := s.desk.Counts(ctx, "month", func(profiles int) { n = profiles; bar.count(profiles) })
			return n, err
		}},
		{"coverage", func(ctx context.Context, s *session) (int, error) {
			bar := s.progress("profiles read")
			defer bar.end()
			c, err := s.desk.Coverage(ctx, bar.count)
			return c.Profiles, err
		}},
	}
}
