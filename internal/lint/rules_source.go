package lint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

func (s *Source) hit(at time.Time, facts ...string) Hit {
	return Hit{Ref: cdp.Ref{Kind: "source", ID: string(s.Source.ID)}, Source: s.Source.ID, At: at, Facts: facts}
}

func undeclared(_ *Scope, src *Source, o *Observed, emit func(Hit)) {
	if src.Entry != nil {
		return
	}
	facts := []string{"records=" + strconv.Itoa(src.Records), "quarantined=" + strconv.Itoa(src.Quarantined)}
	if seen := o.by[src.Source.ID]; seen != nil && len(seen.Categories) > 0 {
		facts = append(facts, "categories="+strings.Join(sorted(seen.Categories), ", "))
	}
	emit(src.hit(src.Last, facts...))
}

func ownerless(_ *Scope, src *Source, _ *Observed, emit func(Hit)) {
	if strings.TrimSpace(src.Owner()) == "" {
		emit(src.hit(src.Last, "system="+src.Source.System))
	}
}

// Owner is who answers for the system: as the register says, or its mapping.
func (s *Source) Owner() string {
	if s.Entry != nil && s.Entry.Owner != "" {
		return s.Entry.Owner
	}
	return s.Source.Owner
}

// noticeless tells of a source without a notice, or with one that is not in
// force or does not tell of a purpose that the source feeds.
func noticeless(s *Scope, src *Source, _ *Observed, emit func(Hit)) {
	if src.Entry == nil {
		return
	}
	n, ok := s.Register.Notice(src.Entry.Notice)
	if !ok {
		emit(src.hit(time.Time{}, "notice=none", "collection="+src.Entry.Collection))
		return
	}
	var untold []string
	for _, a := range s.uses[src.Source.ID] {
		if p := string(a.Purpose); !slices.Contains(n.Purposes, a.Purpose) && !slices.Contains(untold, p) {
			untold = append(untold, p)
		}
	}
	switch {
	case n.From.In(time.UTC).After(s.Now) || n.To != nil && !s.Now.Before(n.To.In(time.UTC).AddDate(0, 0, 1)):
		emit(src.hit(n.From.In(time.UTC), "notice="+n.ID, "not in force"))
	case len(untold) > 0:
		emit(src.hit(n.From.In(time.UTC), "notice="+n.ID, "purposes it does not tell of="+strings.Join(untold, ", ")))
	}
}

// incompleteSource tells of a system in service whose entry says too little.
func incompleteSource(s *Scope, src *Source, _ *Observed, emit func(Hit)) {
	e := src.Entry
	if e == nil || e.To != nil && !s.Now.Before(e.To.In(time.UTC).AddDate(0, 0, 1)) {
		return
	}
	sync := ""
	if e.Sync != nil {
		sync = e.Sync.String()
	}
	missing := unsaid("system", cmp.Or(e.System, src.Source.System), "kind", cmp.Or(e.Kind, src.Source.Kind), "department", e.Department,
		"country", cmp.Or(e.Country, src.Source.Country), "region", e.Region, "direction", e.Direction, "sync", sync, "fields", strings.Join(e.Fields, ""))
	if len(missing) > 0 {
		emit(src.hit(src.Last, "not said="+strings.Join(missing, ", ")))
	}
}

// unsaid returns the names, of pairs of a name and a text, whose text is empty.
func unsaid(pairs ...string) (out []string) {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			out = append(out, pairs[i])
		}
	}
	return out
}

// silent tells of a source in service that is due and has not delivered.
func silent(s *Scope, src *Source, _ *Observed, emit func(Hit)) {
	e := src.Entry
	if e == nil || e.Sync == nil || src.Last.IsZero() || e.To != nil && !s.Now.Before(e.To.In(time.UTC).AddDate(0, 0, 1)) {
		return
	}
	if due := e.Sync.AddTo(src.Last); s.Now.After(due) {
		emit(src.hit(due, "last delivery="+stamp(src.Last), "expected every="+e.Sync.String()))
	}
}

func bulk(s *Scope, src *Source, o *Observed, emit func(Hit)) {
	var at []int64
	for k := range o.bulk {
		if k.source == src.Source.ID {
			at = append(at, k.at)
		}
	}
	slices.Sort(at)
	for _, t := range at {
		if n := o.instant.count(instant{src.Source.ID, t}); n >= s.Pack.Numbers.Bulk.Count {
			when := time.Unix(t, 0).UTC()
			emit(src.hit(when, "instant="+stamp(when), "consents="+strconv.Itoa(n)))
		}
	}
}
