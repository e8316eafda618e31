package steward

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Journey tells what happened to a person's data, step by step, oldest first:
// what they did, what they said, what was sent on, each with its source, and
// with what the law said to it on that day. between bounds the days; zero
// times do not.
func (d *Desk) Journey(ctx context.Context, id cdp.ProfileID, from, to time.Time) ([]cdp.Step, error) {
	var out []cdp.Step
	err := d.readProfile(ctx, d.entry("view", profileRef(id), "journey"), id, 0, func(v *sight, p graph.Profile, r *reading) (err error) {
		out, err = v.journey(p)
		out = slices.DeleteFunc(out, func(s cdp.Step) bool {
			return !from.IsZero() && s.At.Before(from) || !to.IsZero() && !s.At.Before(to)
		})
		for _, s := range out {
			r.saw(s.Record, s.Kind, s.At.UnixMicro())
		}
		return err
	})
	return out, err
}

func (v *sight) journey(p graph.Profile) ([]cdp.Step, error) {
	var out []cdp.Step
	for _, rec := range p.Records {
		full, err := v.tx.Record(rec.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range full.Touchpoints {
			s, err := v.touched(rec, t)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	all, err := v.shares(p.Records)
	if err != nil {
		return nil, err
	}
	for _, sh := range all {
		j, err := v.lawful(sh, p)
		if err != nil {
			return nil, err
		}
		s := cdp.Step{At: sh.At, Kind: "share", What: or(sh.Mode, "sent"), Source: sh.Source, Record: sh.Record, Purpose: sh.Purpose,
			Recipient: sh.Recipient, Activity: j.Now.Activity, Verdict: j.Now, Judged: true, Part: cdp.Ref{Kind: "share", ID: sh.ID}}
		v.titled(&s)
		out = append(out, s)
	}
	statements, err := v.statementSteps(p)
	if err != nil {
		return nil, err
	}
	out = append(out, statements...)
	if !v.lens.IsNow() {
		out = slices.DeleteFunc(out, func(s cdp.Step) bool { return s.At.After(v.at.At) })
	}
	slices.SortStableFunc(out, func(a, b cdp.Step) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Record, b.Record), cmp.Compare(a.Kind, b.Kind))
	})
	return out, nil
}

// touched judges a touchpoint: may its record be used, on that day, for the
// purpose it states, or else for any purpose of its source.
func (v *sight) touched(rec graph.Record, t cdp.Touchpoint) (cdp.Step, error) {
	s := cdp.Step{At: t.At, Kind: "touchpoint", What: t.Kind, Channel: t.Channel, Detail: t.Detail, Source: rec.Source, Record: rec.ID,
		Purpose: t.Purpose, Judged: true, Part: cdp.Ref{Kind: "touchpoint", ID: t.PartID()}}
	at := t.At
	if at.IsZero() {
		at = cmp.Or(rec.At, rec.Recorded)
	}
	f, err := v.factsSpoken(rec, cdp.Standpoint{At: at, Known: v.lens.Known})
	if err != nil {
		return s, err
	}
	s.Verdict = f.touched(t)
	s.Activity = s.Verdict.Activity
	if a, ok := f.reg.Activity(s.Activity); ok {
		s.Purpose = a.Purpose
	}
	v.titled(&s)
	return s, nil
}

// purposes are those of the activities of the record's source.
func (f *bearing) purposes() []cdp.PurposeID {
	src, _ := f.reg.Source(f.src.ID)
	var out []cdp.PurposeID
	for _, id := range src.Activities {
		if a, ok := f.reg.Activity(id); ok {
			out = appendNew(out, a.Purpose)
		}
	}
	return out
}

func (v *sight) titled(s *cdp.Step) {
	if p, ok := v.reg.Purpose(s.Purpose); ok {
		s.Title = p.Title.EN
	}
}

// statementSteps are what was said at the endpoints of a profile.
func (v *sight) statementSteps(p graph.Profile) ([]cdp.Step, error) {
	held, err := v.held(p)
	if err != nil {
		return nil, err
	}
	standings, err := v.standings(held, p.Records)
	if err != nil {
		return nil, err
	}
	type said struct {
		key     cdp.IdentifierKey
		purpose cdp.PurposeID
		state   cdp.ConsentState
		at      int64
		record  cdp.RecordID
		channel cdp.Channel
	}
	seen := make(map[said]bool) // an event without a channel is in the standing of each
	var out []cdp.Step
	for _, st := range standings {
		for _, e := range st.Events {
			k := said{e.Endpoint.Key(), e.Purpose, e.State, e.At.UnixMicro(), e.Record, e.Channel}
			if seen[k] {
				continue
			}
			seen[k] = true
			endpoint := e.Endpoint
			s := cdp.Step{At: cmp.Or(e.At, e.Recorded), Kind: "statement", What: string(e.State), Channel: e.Channel, Detail: cdp.Value(e.Method),
				Source: e.Source, Record: e.Record, Purpose: e.Purpose, Endpoint: &endpoint}
			v.titled(&s)
			out = append(out, s)
		}
	}
	wishes, err := v.wishes(held, p.Records)
	return append(out, wishSteps(wishes)...), err
}

// wishSteps are what was stated on how to speak to the person, each once: a
// statement is in the fold of each channel and topic.
func wishSteps(folds []cdp.Preferring) []cdp.Step {
	seen := make(map[cdp.Preference]bool)
	var out []cdp.Step
	for _, f := range folds {
		for _, e := range f.Events {
			if seen[e] {
				continue
			}
			seen[e] = true
			what := []string{string(e.Wish), e.Frequency, e.Language}
			if !e.Quiet.IsZero() {
				what = append(what, "quiet "+e.Quiet.Hours())
			}
			what = slices.DeleteFunc(what, func(s string) bool { return s == "" })
			endpoint := e.Endpoint
			out = append(out, cdp.Step{At: cmp.Or(e.At, e.Recorded), Kind: "wish", What: strings.Join(what, ", "), Channel: e.Channel, Detail: cdp.Value(e.Topic),
				Source: e.Source, Record: e.Record, Endpoint: &endpoint})
		}
	}
	return out
}
