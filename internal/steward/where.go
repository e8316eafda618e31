package steward

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// Where tells in which systems a person's data are, where those stand, who
// answers for them, and who got them. of names a value, as for Trace: then it is
// told which of them hold that very value.
func (d *Desk) Where(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Whereabouts, error) {
	var out cdp.Whereabouts
	err := d.readProfile(ctx, d.entry("view", profileRef(id), "where it is"), id, 0, func(v *sight, p graph.Profile, r *reading) (err error) {
		t := tracer{sight: v, p: p, of: of}
		if _, err := t.root(); err != nil {
			return err
		}
		out = cdp.Whereabouts{Profile: p.ID, Of: of, Ident: t.ident, Lens: d.lens, At: v.at.At, Place: v.place(d.s.rights, p.Records)}
		if out.Systems, err = v.systems(p.Records); err != nil {
			return err
		}
		all, err := v.shares(p.Records)
		if err != nil {
			return err
		}
		out.Recipients = v.receivers(all)
		if of.Kind != "" {
			if all, err = v.shares(t.records); err != nil {
				return err
			}
			markHolders(&out, t.records, slices.DeleteFunc(all, func(s cdp.Share) bool { return !t.sharedField(s) }))
		}
		for _, s := range out.Systems {
			r.saw(s.Source, s.Records)
		}
		for _, s := range out.Recipients {
			r.saw(s.Recipient, s.Times)
		}
		return nil
	})
	return out, err
}

// markHolders marks the systems whose records, and the recipients whose shares,
// hold the value that is asked for, and puts them first.
func markHolders(w *cdp.Whereabouts, records []graph.Record, shares []cdp.Share) {
	for i := range w.Systems {
		s := &w.Systems[i]
		for _, rec := range records {
			if rec.Source == s.Source {
				s.Carrying = append(s.Carrying, rec.ID)
			}
		}
	}
	for _, share := range shares {
		for i := range w.Recipients {
			if r := &w.Recipients[i]; r.Recipient == share.Recipient {
				r.Carrying++
			}
		}
	}
	slices.SortStableFunc(w.Systems, func(a, b cdp.WhereSystem) int {
		return -cmp.Compare(truth(len(a.Carrying) > 0), truth(len(b.Carrying) > 0))
	})
	slices.SortStableFunc(w.Recipients, func(a, b cdp.WhereRecipient) int {
		return -cmp.Compare(truth(a.Carrying > 0), truth(b.Carrying > 0))
	})
}

// systems are the sources of some records, by id.
func (v *sight) systems(records []graph.Record) ([]cdp.WhereSystem, error) {
	last := make(map[cdp.SourceID]time.Time)
	stats, err := v.tx.Sources()
	if err != nil {
		return nil, err
	}
	for _, s := range stats {
		if !s.Last.After(v.at.At) { // what was delivered later was not there
			last[s.Source.ID] = s.Last
		}
	}
	var out []cdp.WhereSystem
	for _, rec := range records {
		i := slices.IndexFunc(out, func(s cdp.WhereSystem) bool { return s.Source == rec.Source })
		if i < 0 {
			s, err := v.system(rec.Source, last[rec.Source])
			if err != nil {
				return nil, err
			}
			i, out = len(out), append(out, s)
		}
		s := &out[i]
		s.Records++
		if t := cmp.Or(rec.At, rec.Recorded); t.After(s.Seen) {
			s.Seen = t
		}
		for _, a := range rec.Attributes {
			s.Held = appendNew(s.Held, a.Name)
		}
		for _, c := range rec.Claims {
			s.Held = appendNew(s.Held, string(c.Identifier.Kind()))
		}
	}
	for i := range out {
		slices.Sort(out[i].Held)
	}
	slices.SortFunc(out, func(a, b cdp.WhereSystem) int { return cmp.Compare(a.Source, b.Source) })
	return out, nil
}

// system is a source as the register's inventory has it; what that leaves out,
// as its mapping does.
func (v *sight) system(id cdp.SourceID, last time.Time) (cdp.WhereSystem, error) {
	src, err := v.tx.Source(id)
	if err != nil {
		return cdp.WhereSystem{}, fmt.Errorf("source %s: %w", id, err)
	}
	in, _ := v.reg.Source(id)
	s := cdp.WhereSystem{Source: id, System: or(in.System, src.System), Kind: or(in.Kind, src.Kind), Owner: or(in.Owner, src.Owner), Department: in.Department,
		Country: or(in.Country, src.Country), Region: in.Region, Direction: in.Direction, Listed: in.Fields, Last: last}
	s.Controller = controllerOf(v.reg, src)
	if c, ok := v.reg.Controller(s.Controller); ok {
		s.Controller = c.Name
	}
	if in.Sync != nil {
		s.Sync = in.Sync.String()
		s.Late = v.lens.IsNow() && !last.IsZero() && in.Sync.AddTo(last).Before(v.at.At)
	}
	s.Unknown = unsaid("system", s.System, "kind", s.Kind, "owner", s.Owner, "department", s.Department, "country", s.Country, "region", s.Region, "direction", s.Direction, "sync", s.Sync)
	if len(s.Listed) == 0 {
		s.Unknown = append(s.Unknown, "fields")
	}
	return s, nil
}

// unsaid are the names of pairs (name, value) without a value.
func unsaid(pairs ...string) []string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			out = append(out, pairs[i])
		}
	}
	return out
}

// receivers are the recipients of some disclosures, latest first.
func (v *sight) receivers(all []cdp.Share) []cdp.WhereRecipient {
	var out []cdp.WhereRecipient
	for _, s := range all {
		i := slices.IndexFunc(out, func(r cdp.WhereRecipient) bool { return r.Recipient == s.Recipient })
		if i < 0 {
			r, _ := v.reg.Recipient(s.Recipient)
			i = len(out)
			out = append(out, cdp.WhereRecipient{Recipient: s.Recipient, Name: r.Name, Kind: r.Kind, Department: r.Department, Country: r.Country, Region: r.Region,
				Unknown: unsaid("name", r.Name, "kind", r.Kind, "country", r.Country, "region", r.Region)})
		}
		r := &out[i]
		r.Times++
		if s.At.After(r.Last) {
			r.Last = s.At
		}
		r.Purposes = appendNew(r.Purposes, s.Purpose)
		for _, f := range s.Fields {
			r.Fields = appendNew(r.Fields, f)
		}
	}
	slices.SortStableFunc(out, func(a, b cdp.WhereRecipient) int { return b.Last.Compare(a.Last) })
	for i := range out {
		slices.Sort(out[i].Fields)
	}
	return out
}

// SeenBy tells how a recipient may see a person: for a purpose, or for each for
// which it is a recipient, the fields that the gate out lets through, and why
// the others stay. Nothing is sent, and nothing is recorded as sent.
func (d *Desk) SeenBy(ctx context.Context, recipient string, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Seen, error) {
	var out cdp.Seen
	e := d.entry("view", profileRef(id), "as "+recipient+" may see it")
	err := d.readProfile(ctx, e, id, 0, func(v *sight, p graph.Profile, r *reading) (err error) {
		known, ok := v.reg.Recipient(recipient)
		if !ok {
			return fmt.Errorf("recipient %q: the register has %s: %w", recipient, recipientNames(v.reg), ErrNotFound)
		}
		out = cdp.Seen{Profile: p.ID, Recipient: recipient, Name: known.Name, Lens: d.lens, At: v.at.At}
		for _, purpose := range v.purposesOf(recipient, purpose) {
			g, err := d.s.gateOutFrom(v.tx, cdp.Ask{Recipient: recipient, Purpose: purpose}, v.lens.Standpoint, v.at.At)
			if err != nil {
				return err
			}
			view := cdp.SeenView{Purpose: purpose}
			if t, ok := v.reg.Purpose(purpose); ok {
				view.Title = titleOf(t.Title)
			}
			if view.Disclosure, _, err = g.disclose(&p); err != nil {
				return err
			}
			out.Views = append(out.Views, view)
			r.saw(purpose, view.Verdict.Rule, view.Sent())
		}
		return nil
	})
	return out, err
}

// purposesOf are those for which the register has a recipient, or the one that
// is asked for, whether it has or not.
func (v *sight) purposesOf(recipient string, asked cdp.PurposeID) []cdp.PurposeID {
	if asked != "" {
		return []cdp.PurposeID{asked}
	}
	var out []cdp.PurposeID
	for _, a := range v.reg.Activities {
		if slices.Contains(a.Recipients, recipient) {
			out = appendNew(out, a.Purpose)
		}
	}
	slices.Sort(out)
	return out
}

func recipientNames(reg *policy.Register) string {
	if reg == nil {
		return "nothing: none is in force"
	}
	names := make([]string, len(reg.Recipients))
	for i, r := range reg.Recipients {
		names[i] = r.ID
	}
	slices.Sort(names)
	return joinWords(names)
}
