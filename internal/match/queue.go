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

// Review makes the queue of pairs that were compared, each given once:
// possible matches only, best first, ambiguous ones flagged. A pair is kept
// when it is among the PerProfile best of both its profiles; equal scores are
// ordered by number.
//
// What becomes of the pairs of a profile depends on them and on the pairs of
// its partners only: after a change, the queue of the profiles touched is
// found without the rest.
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
	partners := map[uint64][]uint64{} // best first
	fits := map[[2]uint64]bool{}
	for _, c := range queue {
		partners[c.A] = append(partners[c.A], c.B)
		partners[c.B] = append(partners[c.B], c.A)
		fits[[2]uint64{c.A, c.B}] = true
	}
	among := func(a, b uint64) bool {
		ps := partners[a]
		return slices.Contains(ps[:min(len(ps), r.PerProfile)], b)
	}
	rival := func(a, b uint64) bool { // a fits one that does not fit b
		return slices.ContainsFunc(partners[a], func(c uint64) bool {
			return c != b && !fits[[2]uint64{min(b, c), max(b, c)}]
		})
	}
	kept := queue[:0]
	for _, c := range queue {
		if among(c.A, c.B) && among(c.B, c.A) {
			c.Ambiguous = rival(c.A, c.B) || rival(c.B, c.A)
			kept = append(kept, c)
		}
	}
	return kept
}
