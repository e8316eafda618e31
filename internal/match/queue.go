package match

import (
	"cmp"
	"slices"
)

// A Candidate is a pair of profiles, by the caller's numbers, with A below B.
type Candidate struct {
	A, B  uint64
	Score Score

	// Ambiguous marks a pair of which a profile fits a third one as well,
	// while those two do not fit each other: at most one of the pairs can be
	// right.
	Ambiguous bool
}

// Review makes the queue: possible matches only, best first, each profile in
// at most PerProfile of them, ambiguous ones flagged. It keeps a pair when
// both of its profiles still have room, so a profile that looks like
// everybody's keeps its best pairs. Equal scores are ordered by number.
func (r Rules) Review(found []Candidate) []Candidate {
	var queue []Candidate
	for _, c := range found {
		if c.Score.Level == Possible {
			queue = append(queue, c)
		}
	}
	slices.SortFunc(queue, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Score.Total, x.Score.Total), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	partners := map[uint64][]uint64{}
	fits := map[[2]uint64]bool{}
	kept := queue[:0]
	for _, c := range queue {
		fits[[2]uint64{c.A, c.B}] = true // also when there is no room for it
		if len(partners[c.A]) >= r.PerProfile || len(partners[c.B]) >= r.PerProfile {
			continue
		}
		partners[c.A] = append(partners[c.A], c.B)
		partners[c.B] = append(partners[c.B], c.A)
		kept = append(kept, c)
	}
	for i := range kept {
		c := &kept[i]
		c.Ambiguous = rivals(c.A, c.B, partners, fits) || rivals(c.B, c.A, partners, fits)
	}
	return kept
}

// rivals reports whether a profile fits another besides b that does not fit b.
func rivals(a, b uint64, partners map[uint64][]uint64, fits map[[2]uint64]bool) bool {
	for _, c := range partners[a] {
		if c != b && !fits[[2]uint64{min(b, c), max(b, c)}] {
			return true
		}
	}
	return false
}
