package eval

import (
	"cmp"
	"slices"
)

// A Placed record: the cluster in which it should be, the profile in which it
// is, and its own number. Numbers of one field are compared with each other only.
type Placed struct {
	Cluster, Profile, Record uint64
}

// A Score is the outcome of a comparison.
type Score struct {
	Records  int
	Clusters int // that should be
	Profiles int // that are
	Exact    int // profiles that hold all of one cluster and nothing else

	Right  int64 // pairs of records that are together and should be
	Wrong  int64 // pairs that are together and should not be
	Missed int64 // pairs that should be together and are not

	Pairs  Rates
	BCubed Rates
}

// Rates are between 0 and 1. Precision is 1 where nothing was put together,
// recall where nothing was to be; F1 is their harmonic mean, 0 when both are.
type Rates struct{ Precision, Recall, F1 float64 }

func rates(precision, recall float64) Rates {
	r := Rates{Precision: precision, Recall: recall}
	if sum := precision + recall; sum > 0 {
		r.F1 = 2 * precision * recall / sum
	}
	return r
}

// A Group is a profile that mixes clusters, or a cluster that is spread over
// profiles.
type Group struct {
	Number  uint64 // of the profile, or of the cluster
	Records int
	Pairs   int64  // that are wrong, or missed, because of it
	Parts   []Part // at least two, the largest first, then by number
}

// A Part of a group: the records of a profile that belong to one cluster, or
// of a cluster that are in one profile.
type Part struct {
	Number  uint64 // of the cluster, or of the profile
	Records int
	Example uint64 // the lowest record in it
}

// A Result is a score with the groups that cost most, the worst first, then by
// number.
type Result struct {
	Score
	Merges []Group // profiles that mix clusters, and how many pairs they make wrong
	Misses []Group // clusters that are spread over profiles, and how many pairs they miss
}

// Compare measures records, each given once, and keeps up to worst groups of
// either kind. It sorts the slice in place; the order it came in does not
// matter.
func Compare(records []Placed, worst int) Result {
	res := Result{Score: Score{Records: len(records)}}
	byProfile := func(p Placed) (uint64, uint64) { return p.Profile, p.Cluster }
	byCluster := func(p Placed) (uint64, uint64) { return p.Cluster, p.Profile }

	var precise, recalled float64 // sums over records
	var within int64              // pairs of records in one cluster
	res.Merges = groups(records, byProfile, worst, func(of []Placed, parts []Part) {
		res.Profiles++
		for _, p := range parts {
			res.Right += pairs(p.Records)
			precise += float64(p.Records) * float64(p.Records) / float64(len(of))
		}
		res.Wrong += pairs(len(of))
	})
	res.Wrong -= res.Right
	inProfile := sizes(records, func(p Placed) uint64 { return p.Profile })
	res.Misses = groups(records, byCluster, worst, func(of []Placed, parts []Part) {
		res.Clusters++
		within += pairs(len(of))
		for _, p := range parts {
			recalled += float64(p.Records) * float64(p.Records) / float64(len(of))
		}
		if len(parts) == 1 && inProfile[of[0].Profile] == len(of) {
			res.Exact++
		}
	})
	res.Missed = within - res.Right

	share := func(part, of float64) float64 {
		if of == 0 {
			return 1
		}
		return part / of
	}
	right := float64(res.Right)
	res.Pairs = rates(share(right, right+float64(res.Wrong)), share(right, right+float64(res.Missed)))
	res.BCubed = rates(share(precise, float64(len(records))), share(recalled, float64(len(records))))
	return res
}

// pairs is how many pairs n records make.
func pairs(n int) int64 { return int64(n) * int64(n-1) / 2 }

func sizes(records []Placed, of func(Placed) uint64) map[uint64]int {
	n := make(map[uint64]int)
	for _, r := range records {
		n[of(r)]++
	}
	return n
}

// groups sorts records by group and part, hands every group to each, and
// returns those that cost most.
func groups(records []Placed, key func(Placed) (group, part uint64), worst int, each func(of []Placed, parts []Part)) []Group {
	slices.SortFunc(records, func(a, b Placed) int {
		ag, ap := key(a)
		bg, bp := key(b)
		return cmp.Or(cmp.Compare(ag, bg), cmp.Compare(ap, bp), cmp.Compare(a.Record, b.Record))
	})
	var found []Group
	var parts []Part // of one group
	for from := 0; from < len(records); {
		group, _ := key(records[from])
		parts = parts[:0]
		to := from
		for ; to < len(records); to++ {
			g, part := key(records[to])
			if g != group {
				break
			}
			if n := len(parts); n == 0 || parts[n-1].Number != part {
				parts = append(parts, Part{Number: part, Example: records[to].Record})
			}
			parts[len(parts)-1].Records++
		}
		each(records[from:to], parts)
		if len(parts) > 1 && worst > 0 {
			found = keep(found, worst, group, to-from, parts)
		}
		from = to
	}
	for _, g := range found {
		slices.SortStableFunc(g.Parts, func(a, b Part) int { return cmp.Compare(b.Records, a.Records) }) // by number already
	}
	return found
}

// keep adds a group to those found, which are at most worst and in order.
func keep(found []Group, worst int, number uint64, records int, parts []Part) []Group {
	cost := pairs(records)
	for _, p := range parts {
		cost -= pairs(p.Records)
	}
	at := len(found) // groups come by number, so of equals the earlier stays before
	for at > 0 && found[at-1].Pairs < cost {
		at--
	}
	if at == worst {
		return found
	}
	if len(found) == worst {
		found = found[:worst-1]
	}
	return slices.Insert(found, at, Group{Number: number, Records: records, Pairs: cost, Parts: slices.Clone(parts)})
}
