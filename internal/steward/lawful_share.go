package steward

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// lawful judges one disclosure of data of a profile for the day on which it
// happened, by the gate out: by all that is known of the person, and field by
// field. It was lawful when everything that is said to have been sent might go; when
// that is not said, when anything might.
func (v *sight) lawful(s cdp.Share, p graph.Profile) (cdp.Judged, error) {
	out := cdp.Judged{Share: s, Profile: p.ID}
	of := s.Records
	if len(of) == 0 {
		of = []cdp.RecordID{s.Record}
	}
	sent := make([]graph.Record, len(of))
	for i, id := range of {
		var err error
		if sent[i], err = v.tx.Head(id); err != nil {
			return out, err
		}
	}
	at := s.At
	if at.IsZero() {
		at = cmp.Or(sent[0].At, sent[0].Recorded)
	}
	var err error
	if out.Now, err = v.disclosed(s, sent, p, cdp.Standpoint{At: at}); err != nil {
		return out, err
	}
	out.Then, err = v.disclosed(s, sent, p, cdp.Standpoint{At: at, Known: at})
	if errors.Is(err, errUnknownThen) {
		out.UnknownThen, err = true, nil
	}
	return out, err
}

// disclosed is the verdict on a disclosure from a standpoint.
func (v *sight) disclosed(s cdp.Share, sent []graph.Record, p graph.Profile, from cdp.Standpoint) (cdp.Verdict, error) {
	person, err := v.person(sent, p, from)
	if err != nil {
		return cdp.Verdict{}, err
	}
	reg, err := v.inForceAt(v.tx, from.From(v.opt.Now()))
	if err != nil {
		return cdp.Verdict{}, err
	}
	purposes := []cdp.PurposeID{s.Purpose}
	if s.Purpose == "" && reg != nil { // its source does not say: any that it feeds
		for i := range sent {
			src, _ := reg.Source(sent[i].Source)
			for _, id := range src.Activities {
				if a, ok := reg.Activity(id); ok && !slices.Contains(purposes, a.Purpose) {
					purposes = append(purposes, a.Purpose)
				}
			}
		}
		if len(purposes) > 1 {
			purposes = purposes[1:]
		}
	}
	var fields, unknown []string
	for _, name := range s.Fields {
		if hasField(person.Records, name) {
			fields = append(fields, name)
			continue
		}
		had, err := v.hadField(sent, name, from)
		if err != nil {
			return cdp.Verdict{}, err
		}
		if !had {
			unknown = append(unknown, name)
		}
	}
	var out cdp.Verdict
	for i, purpose := range purposes {
		g, err := v.gateOutFrom(v.tx, cdp.Ask{Recipient: s.Recipient, Purpose: purpose, Channel: s.Channel, Topic: s.Topic, Fields: fields}, from, v.opt.Now())
		if err != nil {
			return out, err
		}
		d, _, err := g.disclose(&person)
		if err != nil {
			return out, err
		}
		verdict := d.Verdict
		if len(fields) > 0 {
			verdict = worstField(&d)
		}
		if verdict.Allow && len(unknown) > 0 {
			verdict = unknownField(verdict, unknown[0])
		}
		if verdict.Allow {
			return verdict, nil
		}
		if i == 0 {
			out = verdict
		}
	}
	return out, nil
}

// unknownField denies what was said to have been sent and is on no record of the
// person: what it was nobody can judge (Art. 5(2)).
func unknownField(v cdp.Verdict, name string) cdp.Verdict {
	v.Allow, v.Rule, v.Article, v.From, v.Until = false, "share.field.unknown", "Art. 5(2)", time.Time{}, time.Time{}
	v.Reason = fmt.Sprintf("May not be sent: %q is said to have been sent, and no record of the person has a field of that name.", name)
	v.Facts = append(slices.Clone(v.Facts), "field="+name)
	return v
}

// hadField reports whether a version of rows that was sent, or one before it, had
// a field, as known: sources tell of a disclosure again when the field is gone.
func (v *sight) hadField(sent []graph.Record, name string, from cdp.Standpoint) (bool, error) {
	for i := range sent {
		if sent[i].Version == 1 {
			continue
		}
		_, before, err := v.tx.Row(sent[i].Source, sent[i].Key)
		if err != nil {
			return false, err
		}
		for _, id := range before {
			rec, err := v.tx.Head(id)
			if err != nil {
				return false, err
			}
			if from.Knew(rec.Recorded) && hasField([]graph.Record{rec}, name) {
				return true, nil
			}
		}
	}
	return false, nil
}

// hasField reports whether one of some records has a field.
func hasField(records []graph.Record, name string) bool {
	return slices.ContainsFunc(records, func(rec graph.Record) bool {
		_, yes := valuesOf(&rec.Record, name)
		return yes
	})
}

// worstField is the verdict on a disclosure of all that was asked for: a field
// that might not go denies it.
func worstField(d *cdp.Disclosure) cdp.Verdict {
	out, worst := d.Verdict, cdp.FieldAllowed
	for i := range d.Fields {
		if f := &d.Fields[i]; (d.Verdict.Allow || d.Verdict.Rule == "share.nothing") && f.Outcome > worst {
			out, worst = f.Verdict, f.Outcome
		}
	}
	return out
}

// person is the profile of which records were disclosed, as it bore on that: as
// known now the rows that are with them now, in the versions that were sent; as
// known then those that were with them then, in the versions that were known.
func (v *sight) person(sent []graph.Record, p graph.Profile, from cdp.Standpoint) (graph.Profile, error) {
	out := graph.Profile{ID: p.ID}
	add := func(rec graph.Record) {
		if !slices.ContainsFunc(out.Records, func(o graph.Record) bool { return o.Source == rec.Source && o.Key == rec.Key }) {
			out.Records = append(out.Records, rec)
		}
	}
	was := *v
	was.lens = cdp.Lens{Standpoint: from}
	for _, rec := range sent {
		known, err := versionKnown(v.tx, rec, from)
		if err != nil {
			return out, err
		}
		add(known)
	}
	with := p.Records
	if !from.Known.IsZero() {
		with = nil
		for _, rec := range sent {
			then, err := v.tx.ThenOf(rec.ID, from, was.judgeThen)
			if errors.Is(err, graph.ErrNotThen) {
				continue
			}
			if err != nil {
				return out, err
			}
			with = append(with, then.Profile.Records...)
		}
	}
	for _, rec := range with {
		add(rec)
	}
	out.Size = len(out.Records)
	return out, nil
}
