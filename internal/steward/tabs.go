package steward

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// Touchpoints returns a page of a profile's touchpoints, newest first.
func (d *Desk) Touchpoints(ctx context.Context, id cdp.ProfileID, after string, n int) (cdp.Page[cdp.Touchpoint], error) {
	var out cdp.Page[cdp.Touchpoint]
	err := d.read(ctx, d.entry("view", profileRef(id), "touchpoints"), func(tx *graph.Tx, r *reading) (err error) {
		if d.lens.IsPlain() {
			out, err = tx.Touchpoints(id, after, clamp(n, 50, 1000))
		} else {
			out, err = d.touchpointsThen(tx, id, after, clamp(n, 50, 1000))
		}
		if err != nil {
			return err
		}
		for _, t := range out.Items {
			r.saw(t.Record, t.At.UnixMicro(), t.Kind)
		}
		r.detail = fmt.Sprintf("touchpoints: %d of %d", len(out.Items), out.Total)
		return nil
	})
	return out, err
}

func clamp(n, byDefault, most int) int {
	if n <= 0 {
		return byDefault
	}
	return min(n, most)
}

// Uses returns, for each record and activity of a profile, whether the record
// may be held for it now, and why.
func (d *Desk) Uses(ctx context.Context, id cdp.ProfileID) ([]cdp.Use, error) {
	var out []cdp.Use
	err := d.readProfile(ctx, d.entry("view", profileRef(id), "purposes and bases"), id, 0, func(v *sight, p graph.Profile, r *reading) error {
		out = nil
		for _, rec := range p.Records {
			ruling, err := v.judge(rec)
			if err != nil {
				return err
			}
			out = append(out, uses(v.reg, rec, ruling)...)
			r.saw(rec.ID)
		}
		return nil
	})
	return out, err
}

func uses(reg *policy.Register, rec graph.Record, ruling cdp.Ruling) []cdp.Use {
	var out []cdp.Use
	for _, v := range ruling.Holding {
		u := cdp.Use{Record: rec.ID, Source: rec.Source, Activity: v.Activity, Verdict: v}
		if a, ok := reg.Activity(v.Activity); ok {
			u.Purpose = a.Purpose
			if p, ok := reg.Purpose(a.Purpose); ok {
				u.Title = p.Title.EN
			}
		}
		out = append(out, u)
	}
	return out
}

// Shares returns the disclosures of a profile's data, latest first: those of
// its records and of the versions before them.
func (d *Desk) Shares(ctx context.Context, id cdp.ProfileID) ([]cdp.Share, error) {
	var out []cdp.Share
	err := d.readProfile(ctx, d.entry("view", profileRef(id), "shares"), id, 0, func(v *sight, p graph.Profile, r *reading) (err error) {
		if out, err = v.shares(p.Records); err != nil {
			return err
		}
		for _, s := range out {
			r.saw(s.Record, s.Recipient, s.At.UnixMicro())
		}
		return nil
	})
	return out, err
}

// shareOf tells of a share of our own as sources tell of theirs.
func shareOf(l *cdp.ShareLine) cdp.Share {
	return cdp.Share{Recipient: l.Recipient, Purpose: l.Purpose, At: l.At, Fields: l.Fields, Mode: "run", Record: l.Records[0], Channel: l.Channel, Topic: l.Topic, Records: l.Records, ID: l.Ref()}
}

func (v *sight) shares(records []graph.Record) ([]cdp.Share, error) {
	var out []cdp.Share
	var all []cdp.RecordID
	add := func(id cdp.RecordID) error {
		full, err := v.tx.Record(id)
		if err != nil || !v.lens.Knew(full.Recorded) {
			return err
		}
		for i, s := range full.Shares {
			s.ID = fmt.Sprintf("%v/%d", full.ID, i+1)
			if (v.lens.IsNow() || !s.At.After(v.at.At)) && !slices.ContainsFunc(out, func(o cdp.Share) bool {
				return o.Recipient == s.Recipient && o.Purpose == s.Purpose && o.At.Equal(s.At) && o.Source == s.Source && slices.Equal(o.Fields, s.Fields)
			}) {
				out = append(out, s)
			}
		}
		return nil
	}
	for _, rec := range records {
		ids := []cdp.RecordID{}
		if rec.ShareCount > 0 {
			ids = append(ids, rec.ID)
		}
		if rec.Version > 1 {
			_, before, err := v.tx.Row(rec.Source, rec.Key)
			if err != nil {
				return nil, err
			}
			ids = append(ids, before...)
		}
		for _, id := range ids {
			if err := add(id); err != nil {
				return nil, err
			}
		}
		if len(ids) == 0 || ids[0] != rec.ID {
			ids = append(ids, rec.ID)
		}
		all = append(all, ids...)
	}
	own, err := v.tx.SharesKnown(all, v.lens.Standpoint)
	if err != nil {
		return nil, err
	}
	for i := range own {
		if at := own[i].At; v.lens.IsNow() || !at.After(v.at.At) {
			out = append(out, shareOf(&own[i]))
		}
	}
	slices.SortStableFunc(out, func(a, b cdp.Share) int { return b.At.Compare(a.At) })
	return out, nil
}

// History returns the merges and splits of a profile, and what became of its
// identifiers, oldest first: see How for the story.
func (d *Desk) History(ctx context.Context, id cdp.ProfileID) ([]cdp.Change, error) {
	var out []cdp.Change
	err := d.read(ctx, d.entry("view", profileRef(id), "history"), func(tx *graph.Tx, r *reading) (err error) {
		live, err := tx.Find(id)
		if err != nil {
			return err
		}
		out, err = tx.History(live)
		r.saw(live, len(out))
		return err
	})
	return out, err
}

// Record returns a record with its tail, its lineage and how it is judged now.
func (d *Desk) Record(ctx context.Context, id cdp.RecordID) (cdp.RecordView, error) {
	var out cdp.RecordView
	err := d.read(ctx, d.entry("view", recordRef(id), ""), func(tx *graph.Tx, r *reading) error {
		rec, err := tx.Record(id)
		if err != nil {
			return err
		}
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		if !v.lens.Knew(rec.Recorded) {
			return fmt.Errorf("%v: %w: %w", id, errUnknownThen, ErrNotFound)
		}
		out = cdp.RecordView{Record: rec.Record, Controller: rec.Controller, State: rec.State.String(), Profile: rec.Profile, Version: rec.Version}
		f, err := v.factsKnown(tx, rec, v.lens.Standpoint, v.reg) // this version, whichever was current
		if err != nil {
			return err
		}
		out.Ruling = f.ruling()
		for i := range out.Record.Claims {
			if c := &out.Record.Claims[i]; i < len(out.Ruling.Claims) {
				c.Verdict = out.Ruling.Claims[i]
			}
		}
		current, before, err := tx.Row(rec.Source, rec.Key)
		if err != nil {
			return err
		}
		for _, other := range append(before, current) {
			h, err := tx.Head(other)
			if err != nil {
				return err
			}
			if other != id && v.lens.Knew(h.Recorded) {
				out.Others = append(out.Others, other)
			}
		}
		r.saw(id, rec.Version)
		if rec.Profile != 0 {
			r.about = append(r.about, profileRef(rec.Profile))
		}
		return nil
	})
	return out, err
}

// Reveal logs that values about a thing are shown in clear, and why. Only when
// it returns nil may they be shown.
func (d *Desk) Reveal(ctx context.Context, about cdp.Ref, fields []string, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	e := d.entry("reveal", about, strings.Join(fields, ", "))
	e.Reason = reason
	return d.update(ctx, &e, func(*graph.Tx) error { return nil })
}

// Exported logs that data leave the console as a file, a copy or a pipe.
func (d *Desk) Exported(ctx context.Context, about cdp.Ref, detail, digest string) error {
	e := d.entry("export", about, detail)
	e.Digest = digest
	return d.update(ctx, &e, func(*graph.Tx) error { return nil })
}
