package lint

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// A Run collects what the rules find while the facts pass by. What it keeps
// does not grow with the store: counts per rule and source, and the first refs
// of each rule. The order in which facts come does not matter.
type Run struct {
	scope    *Scope
	filter   cdp.LintFilter
	mutes    map[muted]string
	keep     int
	rules    []rule
	found    []tally // one a rule
	emit     []func(Hit)
	profile  cdp.ProfileID // that is looked at
	observed *Observed
	out      cdp.LintReport
}

type muted struct{ rule, kind, id string }

// A tally is what one rule found so far.
type tally struct {
	rule    cdp.LintRule
	open    int
	muted   int
	sources map[cdp.SourceID]*cdp.SourceFindings
	refs    []cdp.FindingRef // sorted, at most keep of them
}

// New returns a run. Mutes that have ended by now do not count.
func New(s Scope, f cdp.LintFilter, mutes []cdp.Mute) *Run {
	s.prepare()
	r := &Run{scope: &s, filter: f, mutes: make(map[muted]string), keep: f.Refs, observed: newObserved(&s)}
	if r.keep <= 0 {
		r.keep = 20
	}
	for _, m := range mutes {
		if s.Now.Before(m.Until) {
			r.mutes[muted{m.Rule, m.Object.Kind, m.Object.ID}] = m.Reason
		}
	}
	for _, x := range table() {
		if f.Rule != "" && !strings.EqualFold(f.Rule, x.id) {
			continue
		}
		words, _ := s.Pack.Rule(x.id)
		i := len(r.rules)
		r.emit = append(r.emit, func(h Hit) { r.add(i, h) })
		r.rules = append(r.rules, x)
		r.found = append(r.found, tally{rule: words, sources: make(map[cdp.SourceID]*cdp.SourceFindings)})
	}
	r.out = cdp.LintReport{At: s.Now, Register: s.Register.Hash(), Rules: s.Pack.Cite(), Only: f.Says()}
	return r
}

// Profile looks at a profile, its records and what they were sent on for. A
// record in quarantine is a profile of its own, without an id. What is found
// out of a profile's records later comes as the profile without records.
func (r *Run) Profile(p *Profile) {
	r.profile = p.ID
	for _, rec := range slices.Concat(p.Records, p.Before) {
		rec.of = p
	}
	for i := range r.rules {
		if check := r.rules[i].profile; check != nil {
			check(r.scope, p, r.emit[i])
		}
	}
	if p.ID != 0 && len(p.Records) > 0 {
		r.out.Profiles++
	}
	for _, rec := range p.Records {
		r.record(rec, len(p.Records))
	}
	for _, rec := range p.Before {
		r.before(rec)
	}
	r.profile = 0
}

func (r *Run) record(rec *Record, among int) {
	if rec.Quarantined {
		r.out.Quarantined++
	} else {
		r.out.Records++
	}
	r.observed.add(rec, among)
	for i := range r.rules {
		if check := r.rules[i].record; check != nil {
			check(r.scope, rec, r.emit[i])
		}
	}
	r.shares(rec)
}

// before looks at a version that is not current.
func (r *Run) before(rec *Record) {
	r.observed.sent(rec)
	for i := range r.rules {
		if r.rules[i].before {
			r.rules[i].record(r.scope, rec, r.emit[i])
		}
	}
	r.shares(rec)
}

func (r *Run) shares(rec *Record) {
	for k := range rec.Shares {
		s := Share{rec.Shares[k], rec}
		for i := range r.rules {
			if check := r.rules[i].share; check != nil {
				check(r.scope, &s, r.emit[i])
			}
		}
	}
}

// Finish looks at the sources and at the register, after all records, and
// returns what was found.
func (r *Run) Finish(sources []Source) cdp.LintReport {
	r.observed.sources = sources
	for i := range r.rules {
		x := &r.rules[i]
		for k := range sources {
			if x.source != nil {
				x.source(r.scope, &sources[k], r.observed, r.emit[i])
			}
		}
		if x.register != nil && r.scope.Register != nil {
			x.register(r.scope, r.observed, r.emit[i])
		}
	}
	for i := range r.found {
		r.out.Findings = append(r.out.Findings, r.found[i].finding())
	}
	slices.SortFunc(r.out.Findings, func(a, b cdp.Finding) int { return byUrgency(a.LintRule, b.LintRule) })
	return r.out
}

// Observed returns what the store was seen to do, for the reconciliation.
func (r *Run) Observed() *Observed { return r.observed }

func (r *Run) add(i int, h Hit) {
	if r.filter.Source != "" && h.Source != r.filter.Source {
		return
	}
	t := &r.found[i]
	reason, off := r.mutes[muted{t.rule.ID, h.Ref.Kind, h.Ref.ID}]
	if !off && h.Source != "" {
		reason, off = r.mutes[muted{t.rule.ID, "source", string(h.Source)}]
	}
	var src *cdp.SourceFindings
	if h.Source != "" {
		if src = t.sources[h.Source]; src == nil {
			src = &cdp.SourceFindings{Source: h.Source}
			t.sources[h.Source] = src
		}
	}
	if off {
		t.muted++
		if src != nil {
			src.Muted++
		}
	} else {
		t.open++
		if src != nil {
			src.Open++
		}
	}
	ref := cdp.FindingRef{Ref: h.Ref, Profile: r.profile, Source: h.Source, At: h.At, Facts: h.Facts, Muted: reason}
	if len(t.refs) == r.keep && compareRefs(ref, t.refs[len(t.refs)-1]) >= 0 {
		return
	}
	k, _ := slices.BinarySearchFunc(t.refs, ref, compareRefs)
	if len(t.refs) == r.keep {
		t.refs = t.refs[:r.keep-1]
	}
	t.refs = slices.Insert(t.refs, k, ref)
}

// compareRefs puts open ones before muted ones, then the latest first: what
// happened last is what can still be stopped.
func compareRefs(a, b cdp.FindingRef) int {
	off := func(r cdp.FindingRef) int {
		if r.Muted != "" {
			return 1
		}
		return 0
	}
	return cmp.Or(off(a)-off(b), b.At.Compare(a.At), strings.Compare(a.Ref.Kind, b.Ref.Kind), strings.Compare(a.Ref.ID, b.Ref.ID),
		slices.Compare(a.Facts, b.Facts))
}

func (t *tally) finding() cdp.Finding {
	f := cdp.Finding{LintRule: t.rule, Open: t.open, Muted: t.muted, Before: -1, Refs: t.refs}
	for _, id := range sorted(t.sources) {
		f.Sources = append(f.Sources, *t.sources[id])
	}
	if f.Search = t.search(); f.Search == "" {
		f.Search = t.shared()
		f.OfStore = f.Search != ""
	}
	return f
}

// searched is of how many refs a search names each.
const searched = 20

// search is a query that finds what was found: by the sources where the rule
// says so, else by the ids, if they are few enough to be named.
func (t *tally) search() string {
	if t.open+t.muted == 0 {
		return ""
	}
	if before, after, ok := strings.Cut(t.rule.Query, "{source}"); ok && len(t.sources) > 0 && len(t.sources) <= searched {
		var parts []string
		for _, id := range sorted(t.sources) {
			parts = append(parts, before+quoted(string(id))+after)
		}
		return strings.Join(parts, " or ")
	}
	var parts []string
	for _, r := range t.refs {
		part := ""
		switch {
		case r.Ref.Kind == "profile":
			part = "profile:" + r.Ref.ID
		case r.Ref.Kind == "record" && r.Profile != 0: // what is in quarantine is in no index
			part = "record:" + r.Ref.ID
		}
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 || len(t.refs) < t.open+t.muted || len(parts) > searched {
		return ""
	}
	return strings.Join(parts, " or ")
}

// shared is a query that finds those whose data went to the recipients that were
// found; "" when something else was found, too, or more than are named. Only the
// store answers it: where data went is in no index.
func (t *tally) shared() string {
	var parts []string
	for _, r := range t.refs {
		if r.Ref.Kind != "recipient" || r.Ref.ID == "" || strings.Contains(r.Ref.ID, "/") {
			return ""
		}
		if part := "shared:" + quoted(r.Ref.ID); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(t.refs) < t.open+t.muted || len(parts) > searched {
		return ""
	}
	return strings.Join(parts, " or ")
}

// quoted writes a word so that the query language reads it as one.
func quoted(s string) string {
	if strings.ContainsAny(s, " \"\\()*~") {
		return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
	}
	return s
}

// stamp writes a time as evidence.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format(time.RFC3339)
}

// day writes a day as evidence.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
