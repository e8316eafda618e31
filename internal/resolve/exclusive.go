package resolve

import (
	"cmp"
	"slices"
)

// An exclusive value or fact: parts that hold different ones of a space are not
// joined, unless one part holds all of the other's (a source said of one
// record that both are its).
type exclusive struct {
	space int32 // negative for facts
	token uint64
}

func (e exclusive) compare(o exclusive) int {
	return cmp.Or(cmp.Compare(e.space, o.space), cmp.Compare(e.token, o.token))
}

// exclude reports whether parts hold different exclusive values of a space:
// whether no part holds all that the others hold of it. Facts count if asked for.
func exclude(held []exclusive, parts []*limits, facts bool) bool {
	if len(parts) < 2 || len(held) < 2 {
		return false
	}
	slices.SortFunc(held, exclusive.compare)
	held = slices.Compact(held)
	for i := 0; i < len(held); {
		j := i + 1
		for j < len(held) && held[j].space == held[i].space {
			j++
		}
		if n := j - i; n > 1 && (facts || held[i].space > 0) {
			most := 0
			for _, l := range parts {
				k := 0
				for _, e := range l.held {
					if e.space == held[i].space {
						k++
					}
				}
				most = max(most, k)
			}
			if most < n {
				return true
			}
		}
		i = j
	}
	return false
}
