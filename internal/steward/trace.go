package steward

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Trace answers why a value of a profile, or the profile as a whole, is there:
// held because, linked by, sent to, used for. of names the value: kind
// "identifier" with the tag form, kind "attribute" with the name; zero for all.
func (d *Desk) Trace(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.TraceNode, error) {
	var out cdp.TraceNode
	err := d.readProfile(ctx, d.entry("trace", profileRef(id), strings.TrimSpace(of.Kind+" "+of.ID)), id, 0, func(v *sight, p graph.Profile, r *reading) (err error) {
		t := tracer{sight: v, p: p, of: of}
		out, err = t.trace()
		for _, rec := range t.records {
			r.saw(rec.ID)
		}
		return err
	})
	return out, err
}

type tracer struct {
	*sight
	p       graph.Profile
	of      cdp.Ref
	ident   *cdp.Identifier
	special string         // special category of the attribute traced
	records []graph.Record // that carry the value
	rulings []cdp.Ruling
}

func (t *tracer) trace() (cdp.TraceNode, error) {
	root, err := t.root()
	if err != nil {
		return root, err
	}
	for _, rec := range t.records {
		ruling, err := t.judge(rec)
		if err != nil {
			return root, err
		}
		t.rulings = append(t.rulings, ruling)
	}
	held, err := t.heldBecause()
	if err != nil {
		return root, err
	}
	linked, err := t.linkedBy()
	if err != nil {
		return root, err
	}
	sent, err := t.sentTo()
	if err != nil {
		return root, err
	}
	root.Children = []cdp.TraceNode{held, linked, sent, t.usedFor()}
	return root, nil
}

// root names the value and finds the records that carry it.
func (t *tracer) root() (cdp.TraceNode, error) {
	ref := profileRef(t.p.ID)
	root := cdp.TraceNode{Label: t.p.ID.String(), Ref: &ref}
	switch t.of.Kind {
	case "":
		t.records = t.p.Records
		return root, nil
	case "identifier":
		for _, rec := range t.p.Records {
			for _, c := range rec.Claims {
				if c.Identifier.String() == t.of.ID {
					t.records = append(t.records, rec)
					t.ident = &c.Identifier
				}
			}
		}
		if t.ident != nil {
			root.Label, root.Ident = string(t.ident.Kind()), t.ident
		}
	case "attribute":
		for _, rec := range t.p.Records {
			if slices.ContainsFunc(rec.Attributes, func(a cdp.Attribute) bool { return a.Name == t.of.ID }) {
				t.records = append(t.records, rec)
			}
		}
		for _, g := range golden(t.p.Records) {
			if g.Name == t.of.ID {
				root.Label, root.Data, root.Special = g.Name, g.Value, g.Special
				t.special = g.Special
				if g.Conflict {
					root.Mark = "!"
					root.Fields = append(root.Fields, cdp.TraceField{Name: "conflict", Text: "the sources do not agree"})
				}
			}
		}
	}
	if len(t.records) == 0 {
		return root, fmt.Errorf("%v has no such %s: %w", t.p.ID, t.of.Kind, ErrNotFound)
	}
	return root, nil
}

// traceLimit bounds the records a trace spells out.
const traceLimit = 100

func (t *tracer) heldBecause() (cdp.TraceNode, error) {
	out := cdp.TraceNode{Label: "held because", Fields: []cdp.TraceField{{Name: "records", Text: fmt.Sprint(len(t.records))}}}
	for i, rec := range t.records {
		if i == traceLimit {
			out.Children = append(out.Children, cdp.TraceNode{Label: fmt.Sprintf("and %d more records", len(t.records)-i)})
			break
		}
		n, err := t.record(rec, t.rulings[i])
		if err != nil {
			return out, err
		}
		out.Children = append(out.Children, n)
	}
	return out, nil
}

// record tells where a record came from and on what basis it is held.
func (t *tracer) record(rec graph.Record, ruling cdp.Ruling) (cdp.TraceNode, error) {
	ref := recordRef(rec.ID)
	at := rec.At
	if at.IsZero() {
		at = rec.Recorded
	}
	n := cdp.TraceNode{Label: string(rec.Source), At: at, Ref: &ref}
	b, err := t.tx.Batch(rec.Lineage.Batch)
	if err != nil {
		return n, fmt.Errorf("%v: %w", rec.Lineage.Batch, err)
	}
	src, err := t.tx.Source(rec.Source)
	if err != nil {
		return n, err
	}
	n.Fields = []cdp.TraceField{
		{Name: "record", Text: rec.ID.String()}, {Name: "key", Data: cdp.Value(rec.Key)},
		{Name: "system", Text: or(src.System, string(src.ID))}, {Name: "owner", Text: or(src.Owner, "unknown")},
		{Name: "controller", Text: or(rec.Controller, "unknown")},
		{Name: "batch", Text: rec.Lineage.Batch.String()}, {Name: "file", Data: cdp.Value(b.File)},
		{Name: "line", Text: lineOf(rec.Lineage)}, {Name: "sha256", Text: or(b.FileHash, "unknown (stream)")},
		{Name: "mapping", Text: b.Mapping}, {Name: "recorded", Text: rec.Recorded.UTC().Format("2006-01-02 15:04:05 MST")},
		{Name: "version", Text: fmt.Sprint(rec.Version)},
	}
	if t.of.Kind == "attribute" {
		for _, a := range rec.Attributes {
			if a.Name == t.of.ID {
				n.Fields = append(n.Fields, cdp.TraceField{Name: "value", Data: a.Value, Special: t.special}, cdp.TraceField{Name: "origin", Text: or(string(a.Origin), "unknown")},
					cdp.TraceField{Name: "category", Text: or(a.Category, "unknown")})
			}
		}
	}
	for _, f := range ruling.Findings {
		n.Children = append(n.Children, cdp.TraceNode{Label: "finding: " + f, Mark: "!"})
	}
	for _, u := range uses(t.reg, rec, ruling) {
		n.Children = append(n.Children, basisNode(u))
	}
	if len(ruling.Holding) == 0 {
		n.Children = append(n.Children, verdictNode("basis unknown", ruling.Verdict, "?"))
	}
	consents, err := t.consents(rec)
	if err != nil {
		return n, err
	}
	n.Children = append(n.Children, consents...)
	return n, nil
}

// basisNode tells for what a record may, or may not, be held.
func basisNode(u cdp.Use) cdp.TraceNode {
	label := or(u.Title, string(u.Purpose))
	if label == "" {
		label = string(u.Activity)
	}
	if u.Verdict.Allow {
		return verdictNode(fmt.Sprintf("%s: %s %s", label, u.Verdict.Article, words(string(u.Verdict.Basis))), u.Verdict, "")
	}
	return verdictNode(label+": not allowed", u.Verdict, "x")
}

func verdictNode(label string, v cdp.Verdict, mark string) cdp.TraceNode {
	n := cdp.TraceNode{Label: label, Mark: mark, Fields: []cdp.TraceField{{Name: "rule", Text: v.Rule}, {Name: "reason", Text: v.Reason}}}
	add := func(name, text string) {
		if text != "" {
			n.Fields = append(n.Fields, cdp.TraceField{Name: name, Text: text})
		}
	}
	add("article", v.Article)
	add("activity", string(v.Activity))
	for _, f := range v.Facts {
		add("fact", f)
	}
	if !v.Until.IsZero() {
		add("until", v.Until.UTC().Format("2006-01-02 15:04 MST"))
	}
	add("register", v.Register)
	return n
}

// consents tells what was said at the endpoints of a record.
func (t *tracer) consents(rec graph.Record) ([]cdp.TraceNode, error) {
	var endpoints []cdp.Held
	for _, c := range rec.Claims {
		if t.ident == nil || c.Identifier.Same(*t.ident) {
			endpoints = append(endpoints, cdp.Held{Identifier: c.Identifier})
		}
	}
	standings, err := t.sight.standings(endpoints, []graph.Record{rec})
	var out []cdp.TraceNode
	for _, st := range standings {
		endpoint := st.Endpoint
		n := cdp.TraceNode{Label: fmt.Sprintf("consent %s: %s", st.Purpose, words(string(st.State))), Ident: &endpoint, At: st.Since,
			Fields: []cdp.TraceField{{Name: "evidence", Text: fmt.Sprintf("%d %% complete", st.Complete)}}}
		if len(st.Missing) > 0 {
			n.Fields = append(n.Fields, cdp.TraceField{Name: "missing", Text: strings.Join(st.Missing, ", ")})
		}
		if st.State.Restrictive() {
			n.Mark = "x"
		}
		if st.Conflict {
			n.Mark = "!"
		}
		for _, e := range st.Events {
			ref := recordRef(e.Record)
			n.Children = append(n.Children, cdp.TraceNode{Label: words(string(e.State)), At: e.At, Ref: &ref, Fields: []cdp.TraceField{
				{Name: "source", Text: string(e.Source)}, {Name: "notice", Data: cdp.Value(e.Notice)}, {Name: "method", Data: cdp.Value(e.Method)},
				{Name: "proof", Data: e.Proof}, {Name: "recorded", Text: e.Recorded.UTC().Format("2006-01-02 15:04:05 MST")}}})
		}
		out = append(out, n)
	}
	return out, err
}

// linkedBy tells which identifiers join the records that carry the value with
// the rest of the profile, and what does not.
func (t *tracer) linkedBy() (cdp.TraceNode, error) {
	out := cdp.TraceNode{Label: "linked by"}
	held, err := t.held(t.p)
	if err != nil {
		return out, err
	}
	for _, h := range held {
		if t.ident != nil && !t.carries(h.Identifier) {
			continue
		}
		id := h.Identifier
		n := cdp.TraceNode{Label: string(id.Kind()), Ident: &id, At: h.Since, Fields: []cdp.TraceField{
			{Name: "records", Text: fmt.Sprint(h.Records)}, {Name: "sources", Text: joined(h.Sources)}}}
		v := t.verdictOf(id, h.Verdict)
		if h.Active {
			n.Fields = append(n.Fields, cdp.TraceField{Name: "basis", Text: strings.TrimSpace(v.Article + " " + words(string(v.Basis)))})
		} else {
			n.Mark = "x"
			n.Label += ": does not link"
		}
		if h.Standing != "" {
			n.Fields = append(n.Fields, cdp.TraceField{Name: "standing", Text: h.Standing})
		}
		n.Fields = append(n.Fields, cdp.TraceField{Name: "rule", Text: v.Rule}, cdp.TraceField{Name: "reason", Text: v.Reason})
		if h.Shared > 0 {
			n.Fields = append(n.Fields, cdp.TraceField{Name: "shared", Text: fmt.Sprintf("with %d other profiles, not linked", h.Shared)})
		}
		out.Children = append(out.Children, n)
	}
	if len(t.p.Records) == 1 {
		out.Fields = []cdp.TraceField{{Name: "records", Text: "one: nothing had to be linked"}}
	}
	return out, nil
}

// verdictOf returns the whole verdict on linking by an identifier.
func (t *tracer) verdictOf(id cdp.Identifier, short cdp.Verdict) cdp.Verdict {
	for i, rec := range t.records {
		for j, c := range rec.Claims {
			if c.Identifier.Same(id) && j < len(t.rulings[i].Claims) && c.Active == short.Allow {
				return t.rulings[i].Claims[j]
			}
		}
	}
	return short
}

func (t *tracer) carries(id cdp.Identifier) bool {
	return slices.ContainsFunc(t.records, func(r graph.Record) bool {
		return slices.ContainsFunc(r.Claims, func(c cdp.Claim) bool { return c.Identifier.Same(id) })
	})
}

// sentTo tells which recipients got it.
func (t *tracer) sentTo() (cdp.TraceNode, error) {
	out := cdp.TraceNode{Label: "sent to"}
	all, err := t.shares(t.records)
	if err != nil {
		return out, err
	}
	for _, g := range downstream(all, t.sharedField) {
		n := cdp.TraceNode{Label: g.Recipient, At: g.Last, Fields: []cdp.TraceField{{Name: "purpose", Text: string(g.Purpose)}, {Name: "times", Text: fmt.Sprint(g.Count)}}}
		r, ok := t.reg.Recipient(g.Recipient)
		if ok {
			n.Fields = append(n.Fields, cdp.TraceField{Name: "name", Text: r.Name}, cdp.TraceField{Name: "kind", Text: r.Kind},
				cdp.TraceField{Name: "country", Text: r.Country})
		} else {
			n.Mark = "!"
			n.Fields = append(n.Fields, cdp.TraceField{Name: "finding", Text: "the register does not know this recipient (Art. 30(1)(d))"})
		}
		out.Children = append(out.Children, n)
	}
	if len(out.Children) == 0 {
		out.Fields = []cdp.TraceField{{Name: "recipients", Text: "none reported"}}
	}
	return out, nil
}

// sharedField reports whether a share holds the value that is traced. A share
// that names no fields may hold all.
func (t *tracer) sharedField(s cdp.Share) bool {
	if t.of.Kind == "" || len(s.Fields) == 0 {
		return true
	}
	name := t.of.ID
	if t.ident != nil {
		name = string(t.ident.Kind())
	}
	return slices.Contains(s.Fields, name)
}

// usedFor tells for which purposes and in which segments it is used.
func (t *tracer) usedFor() cdp.TraceNode {
	out := cdp.TraceNode{Label: "used for"}
	seen := make(map[string]bool)
	for i, rec := range t.records {
		for _, u := range uses(t.reg, rec, t.rulings[i]) {
			label := or(u.Title, string(u.Activity))
			if u.Verdict.Allow && !seen[label] {
				seen[label] = true
				out.Children = append(out.Children, cdp.TraceNode{Label: label, Fields: []cdp.TraceField{
					{Name: "activity", Text: string(u.Activity)}, {Name: "basis", Text: u.Verdict.Article}}})
			}
		}
		for _, a := range rec.Attributes {
			if a.Origin == cdp.Inferred || a.Origin == cdp.Derived {
				out.Children = append(out.Children, cdp.TraceNode{Label: a.Name, Data: a.Value, Special: a.Special, Fields: []cdp.TraceField{
					{Name: "origin", Text: string(a.Origin)}, {Name: "source", Text: string(rec.Source)}}})
			}
		}
	}
	if len(out.Children) == 0 {
		out.Mark = "?"
		out.Fields = []cdp.TraceField{{Name: "purposes", Text: "none with a valid basis"}}
	}
	return out
}

// downstream groups shares by recipient and purpose, latest first.
func downstream(all []cdp.Share, keep func(cdp.Share) bool) []cdp.Downstream {
	var out []cdp.Downstream
	for _, s := range all {
		if keep != nil && !keep(s) {
			continue
		}
		i := slices.IndexFunc(out, func(d cdp.Downstream) bool { return d.Recipient == s.Recipient && d.Purpose == s.Purpose })
		if i < 0 {
			out = append(out, cdp.Downstream{Recipient: s.Recipient, Purpose: s.Purpose})
			i = len(out) - 1
		}
		out[i].Count++
		if s.At.After(out[i].Last) {
			out[i].Last = s.At
		}
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// words makes a constant readable: legal_obligation is legal obligation.
func words(s string) string { return strings.ReplaceAll(s, "_", " ") }

func joined(ids []cdp.SourceID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = string(id)
	}
	return strings.Join(parts, ", ")
}

func lineOf(l cdp.Lineage) string {
	switch {
	case l.Line > 0:
		return fmt.Sprintf("%d (row %d)", l.Line, l.Row)
	case l.Offset >= 0:
		return fmt.Sprintf("row %d, byte %d", l.Row, l.Offset)
	}
	return fmt.Sprintf("row %d", l.Row)
}
