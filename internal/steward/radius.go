package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/audit"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Radius tells what a wrong merge has touched: what was disclosed of the
// profile, to whom, who saw its data here, and what else was logged about it,
// while it was one. what is a
// decision that parted a profile (D-000001), or the id of a profile that was
// merged into another one: parted since, or still to be.
func (d *Desk) Radius(ctx context.Context, what string) (cdp.Radius, error) {
	var out cdp.Radius
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "radius"}, ""), func(tx *graph.Tx, r *reading) error {
		b := &blast{s: d.s, tx: tx}
		var err error
		if id, isProfile := profileNamed(what); isProfile {
			err = b.ofAlias(id)
		} else {
			id, bad := cdp.ParseDecisionID(strings.TrimSpace(what))
			if bad != nil {
				return planf("cdp-tui decisions lists them; cdp-tui how P-0000001 tells what was merged", "a radius is that of a decision, D-000001, or of a profile that was merged, P-0000002")
			}
			err = b.ofDecision(id)
		}
		if err == nil {
			err = b.fill(d.s.opt.Now())
		}
		if err != nil {
			return err
		}
		out = b.Radius
		r.object = profileRef(out.Profiles[0])
		for _, p := range out.Profiles[1:] {
			r.about = append(r.about, profileRef(p))
		}
		r.detail = fmt.Sprintf("blast radius: %s, %s", several(len(out.Shares), "share"), several(len(out.Entries)+out.More, "read"))
		r.saw(out.Profiles, len(out.Shares), len(out.Entries), len(out.Handled))
		return nil
	})
	return out, err
}

type blast struct {
	s  *Steward
	tx *graph.Tx
	cdp.Radius
}

// ofAlias is about a profile id that was merged: it is still an alias, or was
// divided from the survivor since.
func (b *blast) ofAlias(id cdp.ProfileID) error {
	live, err := b.tx.Find(id)
	if err != nil {
		return fmt.Errorf("%v: %w", id, err)
	}
	if live != id {
		m, err := b.tx.BeforeMerge(id)
		if err != nil && !errors.Is(err, graph.ErrBlurred) {
			return err
		}
		b.Profiles, b.Merged, b.Unmerged = []cdp.ProfileID{live, id}, m.Merge.At, m.Held
		return nil
	}
	history, err := b.tx.History(id)
	if err != nil {
		return err
	}
	for _, c := range history {
		switch {
		case c.Verb == "merge" && slices.Index(c.Profiles, id) > 0:
			b.Profiles, b.Merged, b.Parted, b.Decision = []cdp.ProfileID{c.Profiles[0], id}, c.At, time.Time{}, 0
		case c.Verb == "split" && slices.Contains(c.Profiles, id) && len(b.Profiles) > 0 && b.Parted.IsZero():
			b.Parted = c.At
			b.Decision, _ = decisionNamed(c.Rule)
		}
	}
	if len(b.Profiles) == 0 {
		return planf("cdp-tui how "+id.String()+" tells what was merged", "%v was never merged into another profile", id)
	}
	if b.Profiles[0], err = b.tx.Find(b.Profiles[0]); err != nil {
		return err
	}
	b.Unmerged, err = b.rows(id)
	return err
}

func (b *blast) rows(id cdp.ProfileID) ([]cdp.Row, error) {
	p, err := b.tx.Profile(id, 0)
	var out []cdp.Row
	for _, rec := range p.Records {
		out = append(out, cdp.Row{Source: rec.Source, Key: rec.Key})
	}
	return out, err
}

// mostCarriers bounds the carriers of a suppressed identifier whose profiles
// are looked at.
const mostCarriers = 1_000

// ofDecision is about a decision that parted a profile.
func (b *blast) ofDecision(id cdp.DecisionID) error {
	one, err := b.tx.Decision(uint64(id))
	if err != nil {
		return fmt.Errorf("%v: %w", id, err)
	}
	b.Decision, b.Parted = id, one.At
	var recs []cdp.RecordID
	for _, r := range one.Rows {
		rec, _, err := b.tx.Row(r.Source, r.Key)
		if errors.Is(err, graph.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		recs = append(recs, rec)
	}
	if one.Verb == cdp.DecideSuppress {
		if recs, err = b.tx.Carriers(one.Identifier, 0, mostCarriers); err != nil {
			return err
		}
	}
	seen := make(map[cdp.ProfileID]bool)
	for _, rec := range recs {
		p, err := b.tx.ProfileOf(rec)
		if err != nil || p == 0 || seen[p] {
			if err != nil {
				return err
			}
			continue
		}
		seen[p] = true
		history, err := b.tx.History(p)
		if err != nil {
			return err
		}
		b.partedBy(id, history)
	}
	if len(b.Profiles) == 0 {
		return planf("", "%v divided no profile", id)
	}
	slices.Sort(b.Profiles) // the oldest id was that of all
	b.Profiles = slices.Compact(b.Profiles)
	for _, p := range b.Profiles[1:] {
		if live, err := b.tx.Find(p); err != nil || live != p {
			continue // parted no more
		}
		rows, err := b.rows(p)
		if err != nil {
			return err
		}
		b.Unmerged = append(b.Unmerged, rows...)
	}
	return nil
}

// partedBy takes the profiles that a decision divided from a history, and when
// they had become one.
func (b *blast) partedBy(id cdp.DecisionID, history []cdp.Change) {
	for _, c := range history {
		by, ok := decisionNamed(c.Rule)
		if c.Verb != "split" || !ok || by != id || c.At.After(b.Parted) {
			continue
		}
		b.Profiles = append(b.Profiles, c.Profiles...)
		for _, m := range history {
			if m.Verb == "merge" && m.At.Before(c.At) && m.At.After(b.Merged) && slices.ContainsFunc(m.Profiles[1:], func(p cdp.ProfileID) bool { return slices.Contains(c.Profiles, p) }) {
				b.Merged = m.At
			}
		}
	}
}

// mostEntries bounds the entries of each sort that a radius lists.
const mostEntries = 500

// fill adds what was disclosed and logged.
func (b *blast) fill(now time.Time) error {
	parts := make(map[cdp.Row]bool)
	for _, r := range b.Unmerged {
		parts[r] = true
	}
	until := b.Parted
	if until.IsZero() {
		until = now
	}
	seen := make(map[cdp.ProfileID]bool)
	for _, id := range b.Profiles {
		live, err := b.tx.Find(id)
		if errors.Is(err, graph.ErrNotFound) || err == nil && seen[live] {
			continue
		}
		if err != nil {
			return err
		}
		seen[live] = true
		v, err := b.s.look(b.tx, cdp.Lens{})
		if err != nil {
			return err
		}
		p, err := b.tx.Profile(live, 0)
		if err != nil {
			return err
		}
		for _, rec := range p.Records {
			list, err := v.shares([]graph.Record{rec})
			if err != nil {
				return err
			}
			for _, sh := range list {
				if !sh.At.IsZero() && sh.At.After(until) {
					continue // after they were parted it is right again
				}
				b.Shares = append(b.Shares, cdp.RadiusShare{Share: sh, Before: !sh.At.IsZero() && sh.At.Before(b.Merged),
					Parts: parts[cdp.Row{Source: rec.Source, Key: rec.Key}]})
			}
		}
	}
	slices.SortStableFunc(b.Shares, func(x, y cdp.RadiusShare) int { return y.At.Compare(x.At) })
	b.recipients()
	return b.entries(until)
}

func (b *blast) recipients() {
	for _, sh := range b.Shares {
		if sh.Before {
			continue
		}
		i := slices.IndexFunc(b.Recipients, func(r cdp.RadiusRecipient) bool { return r.Recipient == sh.Recipient })
		if i < 0 {
			i = len(b.Recipients)
			b.Recipients = append(b.Recipients, cdp.RadiusRecipient{Recipient: sh.Recipient})
		}
		r := &b.Recipients[i]
		r.Shares++
		if !sh.At.IsZero() && (r.First.IsZero() || sh.At.Before(r.First)) {
			r.First = sh.At
		}
		if sh.At.After(r.Last) {
			r.Last = sh.At
		}
		if sh.Purpose != "" && !slices.Contains(r.Purposes, sh.Purpose) {
			r.Purposes = append(r.Purposes, sh.Purpose)
		}
		for _, f := range sh.Fields {
			if !slices.Contains(r.Fields, f) {
				r.Fields = append(r.Fields, f)
			}
		}
	}
	for i := range b.Recipients {
		slices.Sort(b.Recipients[i].Fields)
		slices.Sort(b.Recipients[i].Purposes)
	}
	slices.SortFunc(b.Recipients, func(x, y cdp.RadiusRecipient) int {
		return cmp.Or(cmp.Compare(y.Shares, x.Shares), strings.Compare(x.Recipient, y.Recipient))
	})
}

// handled are the verbs of the log that show nobody personal data: what changes
// something, and how an act is prepared. All others are taken for reads.
var handled = map[string]bool{"plan": true, "preview": true, "decide": true, "undo": true, "settle": true, "judge": true,
	"deliver": true, "ingest": true, "replay": true, "activate": true, "check": true}

// entries adds what was logged about the profiles while they were one.
func (b *blast) entries(until time.Time) error {
	seen := make(map[uint64]bool)
	for _, id := range b.Profiles {
		const page = 1_000
		for before := uint64(0); ; {
			list, err := audit.About(b.tx.Reader(), profileRef(id), before, page)
			if err != nil {
				return err
			}
			for _, e := range list {
				if before = e.Seq; !seen[e.Seq] && !e.At.Before(b.Merged) && !e.At.After(until) {
					seen[e.Seq] = true
					b.Entries = append(b.Entries, e)
				}
			}
			if len(list) < page || list[len(list)-1].At.Before(b.Merged) {
				break
			}
		}
	}
	slices.SortFunc(b.Entries, func(x, y cdp.Entry) int { return cmp.Compare(y.Seq, x.Seq) })
	var read []cdp.Entry
	for _, e := range b.Entries {
		if !handled[e.Verb] {
			read = append(read, e)
		} else if len(b.Handled) < mostEntries {
			b.Handled = append(b.Handled, e)
		}
	}
	b.Entries = read
	if over := len(b.Entries) - mostEntries; over > 0 {
		b.Entries, b.More = b.Entries[:mostEntries], over
	}
	return nil
}
