package lint

import (
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
func (s *Source) Owner() string { return s.Source.Owner }

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
