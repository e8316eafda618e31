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

// profileLimit is how many records of a profile are read for its overview.
const profileLimit = 500

// Profile returns the overview of a profile, by its id or an alias.
func (d *Desk) Profile(ctx context.Context, id cdp.ProfileID) (cdp.Profile, error) {
	var out cdp.Profile
	err := d.readProfile(ctx, d.entry("view", profileRef(id), "overview"), id, profileLimit, func(v *sight, p graph.Profile, r *reading) (err error) {
		if out, err = v.overview(p); err != nil {
			return err
		}
		r.saw(p.ID, p.Size)
		for _, rec := range p.Records {
			r.saw(rec.ID)
		}
		return nil
	})
	return out, err
}

// overview makes what an officer sees of what the graph keeps.
func (v *sight) overview(p graph.Profile) (cdp.Profile, error) {
	out := cdp.Profile{ID: p.ID, Asked: p.Asked, Minted: p.Minted, RecordCount: p.Size, Truncated: len(p.Records) < p.Size || v.partial, Lens: v.lens}
	var err error
	for _, rec := range p.Records {
		out.TouchpointCount += rec.TouchpointCount
		out.Records = append(out.Records, cdp.Member{Record: rec.ID, Source: rec.Source, Key: cdp.Value(rec.Key), At: rec.At, Recorded: rec.Recorded,
			Batch: rec.Lineage.Batch, Line: rec.Lineage.Line, Version: rec.Version, Touchpoints: rec.TouchpointCount, Outcome: rec.Outcome})
		for _, t := range []time.Time{rec.At, rec.First, rec.Last} {
			if t.IsZero() {
				continue
			}
			if out.Since.IsZero() || t.Before(out.Since) {
				out.Since = t
			}
			if t.After(out.Seen) {
				out.Seen = t
			}
		}
		if rec.Outcome > out.Outcome {
			out.Outcome = rec.Outcome
		}
	}
	all, err := v.shares(p.Records)
	if err != nil {
		return out, err
	}
	out.ShareCount = len(all)
	if out.Outcome != cdp.Linked {
		for _, rec := range p.Records {
			if rec.Outcome == out.Outcome {
				why, err := v.apart(rec)
				if err != nil {
					return out, err
				}
				out.Apart = &why
				break
			}
		}
	}
	out.Restrict = slices.ContainsFunc(p.Records, func(r graph.Record) bool { return r.Outcome == cdp.EvidenceOnly && r.Rule == restrictedWhole })
	if out.Identifiers, err = v.held(p); err != nil {
		return out, err
	}
	out.Attributes = golden(p.Records)
	for _, a := range out.Attributes {
		if strings.HasPrefix(a.Name, "preference") {
			out.Preferences = append(out.Preferences, cdp.Attribute{Name: a.Name, Value: a.Value, Category: a.Category, Origin: a.Origin, Special: a.Special})
		}
		if a.Name == "country" && !a.Conflict && len(a.Value) == 2 {
			out.Country = strings.ToUpper(a.Value.Reveal())
		}
	}
	if out.Consents, err = v.standings(out.Identifiers, p.Records); err != nil {
		return out, err
	}
	if out.Wishes, err = v.wishes(out.Identifiers, p.Records); err != nil {
		return out, err
	}
	history, err := v.tx.History(p.ID)
	for _, c := range history {
		if !v.lens.Knew(c.At) {
			continue
		}
		switch c.Verb {
		case "merge":
			out.Merges++
		case "split":
			out.Splits++
		}
	}
	return out, err
}

// apart says why a record is not linked: the verdict that decided.
func (v *sight) apart(rec graph.Record) (cdp.Verdict, error) {
	ruling, err := v.judge(rec)
	if err != nil {
		return cdp.Verdict{}, err
	}
	return ruling.Verdict, nil
}

// held lists the identifiers of a profile, strongest kinds first.
func (v *sight) held(p graph.Profile) ([]cdp.Held, error) {
	var out []cdp.Held
	at := make(map[cdp.IdentifierKey]int)
	for _, rec := range p.Records {
		for _, c := range rec.Claims {
			i, ok := at[c.Identifier.Key()]
			if !ok {
				i = len(out)
				at[c.Identifier.Key()] = i
				by, err := byLists(v.ground(), c)
				if err != nil {
					return nil, err
				}
				out = append(out, cdp.Held{Identifier: c.Identifier, Verdict: shortVerdict(c), Basis: c.Verdict.Basis})
				out[i].Verdict.Reason += by
			}
			h := &out[i]
			h.Records++
			if !slices.Contains(h.Sources, rec.Source) {
				h.Sources = append(h.Sources, rec.Source)
			}
			if t := cmp.Or(rec.At, rec.Recorded); h.Since.IsZero() || t.Before(h.Since) {
				h.Since = t
			}
			if c.Standing != "" && !h.Active {
				h.Standing = c.Standing
			}
			if c.Active && !h.Active {
				h.Standing = ""
				h.Active, h.Verdict, h.Basis = true, shortVerdict(c), c.Verdict.Basis
			}
			if h.Basis == "" && len(rec.Bases) > 0 {
				h.Basis = rec.Bases[0]
			}
		}
	}
	order := cdp.Kinds()
	slices.SortStableFunc(out, func(a, b cdp.Held) int {
		return cmp.Compare(slices.Index(order, a.Identifier.Kind()), slices.Index(order, b.Identifier.Kind()))
	})
	for i := range out {
		if len(out) > 100 {
			break // a profile that large is a finding of its own; counting who shares each is not worth its time
		}
		if !v.lens.IsNow() && v.around == nil {
			break // the rows that tell are those of the present
		}
		shared, err := v.ground().Sharing(out[i].Identifier, p.ID)
		if err != nil {
			return nil, err
		}
		out[i].Shared = len(shared)
	}
	return out, nil
}

// shortVerdict completes the verdict that is kept with a claim by what is
// known without judging again.
func shortVerdict(c cdp.Claim) cdp.Verdict {
	v := c.Verdict
	switch {
	case c.Blocked != "":
		v.Rule, v.Reason = "link.blocked."+c.Blocked, "the value is a placeholder: it identifies nobody"
	case c.Generic != "":
		v.Rule, v.Reason = "link.generic."+c.Generic, "many people share the value: it does not link"
	case c.Strength == cdp.LinkNone:
		v.Rule, v.Reason = "link.none", "the mapping says that the kind does not link"
	}
	return v
}

// golden picks for each attribute the value that is shown: the latest that was
// provided or observed, else the latest.
func golden(records []graph.Record) []cdp.Golden {
	var out []cdp.Golden
	at := make(map[string]int)
	for _, rec := range records {
		for _, a := range rec.Attributes {
			i, ok := at[a.Name]
			if !ok {
				i = len(out)
				at[a.Name] = i
				out = append(out, cdp.Golden{Name: a.Name})
			}
			g := &out[i]
			when := cmp.Or(rec.At, rec.Recorded)
			g.Others = append(g.Others, cdp.Statement{Value: a.Value, Source: rec.Source, Record: rec.ID, At: when})
			if a.Special != "" {
				g.Special = a.Special // whichever value is shown: L4, the most restrictive answer holds
			}
			if g.Value == "" || preferred(a.Origin, g.Origin) > 0 || preferred(a.Origin, g.Origin) == 0 && when.After(g.At) {
				g.Value, g.Source, g.Origin, g.Category, g.At = a.Value, rec.Source, a.Origin, a.Category, when
			}
		}
	}
	for i := range out {
		g := &out[i]
		// What was observed or derived differs from time to time without anyone
		// being wrong: orders have other totals.
		g.Conflict = g.Origin != cdp.Observed && g.Origin != cdp.Derived && slices.ContainsFunc(g.Others, func(s cdp.Statement) bool {
			return !strings.EqualFold(strings.TrimSpace(s.Value.Reveal()), strings.TrimSpace(g.Value.Reveal()))
		})
	}
	slices.SortFunc(out, func(a, b cdp.Golden) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func preferred(a, b cdp.Origin) int {
	rank := func(o cdp.Origin) int {
		if o == cdp.Provided || o == cdp.Observed {
			return 1
		}
		return 0
	}
	return rank(a) - rank(b)
}

// standings folds all consent events at the endpoints of a profile.
func (v *sight) standings(held []cdp.Held, records []graph.Record) ([]cdp.Standing, error) {
	var events []cdp.Consent
	for i, h := range held {
		if i == 200 {
			break
		}
		more, err := v.tx.ConsentsOf(h.Identifier)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	for _, rec := range records {
		if rec.ConsentCount == 0 {
			continue
		}
		more, err := v.tx.ConsentsOf(cdp.NewIdentifier(cdp.KindRecord, string(rec.Source)+":"+rec.Key, [4]byte{}))
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	// What was said to another controller is not this one's to see.
	events = slices.DeleteFunc(events, func(c cdp.Consent) bool {
		return !slices.ContainsFunc(records, func(r graph.Record) bool { return r.Controller == c.Controller })
	})
	return termsOf(v.reg, records).Standings(v.knew(events), v.at.At), nil
}
