package eval_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	difference "github.com/google/go-cmp/cmp"

	"cdp-tui/internal/eval"
)

// naive computes a result from its definitions: by looking at every pair.
func naive(records []eval.Placed) eval.Result {
	var res eval.Result
	res.Records = len(records)
	wrong, missed := map[uint64]int64{}, map[uint64]int64{}
	var precise, recalled float64
	for i, a := range records {
		var both, inProfile, inCluster float64
		for k, b := range records {
			profile, cluster := a.Profile == b.Profile, a.Cluster == b.Cluster
			if profile {
				inProfile++
			}
			if cluster {
				inCluster++
			}
			if profile && cluster {
				both++
			}
			if k <= i {
				continue
			}
			switch {
			case profile && cluster:
				res.Right++
			case profile:
				res.Wrong++
				wrong[a.Profile]++
			case cluster:
				res.Missed++
				missed[a.Cluster]++
			}
		}
		precise += both / inProfile
		recalled += both / inCluster
	}
	share := func(a, b float64) float64 {
		if b == 0 {
			return 1
		}
		return a / b
	}
	f1 := func(p, r float64) eval.Rates {
		out := eval.Rates{Precision: p, Recall: r}
		if p+r > 0 {
			out.F1 = 2 * p * r / (p + r)
		}
		return out
	}
	res.Pairs = f1(share(float64(res.Right), float64(res.Right+res.Wrong)), share(float64(res.Right), float64(res.Right+res.Missed)))
	res.BCubed = f1(share(precise, float64(len(records))), share(recalled, float64(len(records))))

	profiles, clusters := map[uint64][]uint64{}, map[uint64][]uint64{}
	for _, r := range records {
		profiles[r.Profile] = append(profiles[r.Profile], r.Record)
		clusters[r.Cluster] = append(clusters[r.Cluster], r.Record)
	}
	res.Profiles, res.Clusters = len(profiles), len(clusters)
	for _, c := range clusters {
		for _, p := range profiles {
			slices.Sort(c)
			slices.Sort(p)
			if slices.Equal(c, p) {
				res.Exact++
			}
		}
	}
	gather := func(cost map[uint64]int64, group, part func(eval.Placed) uint64) []eval.Group {
		var out []eval.Group
		for number, pairs := range cost {
			g := eval.Group{Number: number, Pairs: pairs}
			parts := map[uint64]eval.Part{}
			for _, r := range records {
				if group(r) != number {
					continue
				}
				g.Records++
				p, ok := parts[part(r)]
				if !ok {
					p = eval.Part{Number: part(r), Example: r.Record}
				}
				p.Records++
				p.Example = min(p.Example, r.Record)
				parts[part(r)] = p
			}
			for _, p := range parts {
				g.Parts = append(g.Parts, p)
			}
			slices.SortFunc(g.Parts, func(a, b eval.Part) int {
				return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Number, b.Number))
			})
			out = append(out, g)
		}
		slices.SortFunc(out, func(a, b eval.Group) int {
			return cmp.Or(cmp.Compare(b.Pairs, a.Pairs), cmp.Compare(a.Number, b.Number))
		})
		return out
	}
	profile, cluster := func(r eval.Placed) uint64 { return r.Profile }, func(r eval.Placed) uint64 { return r.Cluster }
	res.Merges, res.Misses = gather(wrong, profile, cluster), gather(missed, cluster, profile)
	return res
}

func TestCompareIsWhatItsDefinitionsSay(t *testing.T) {
	near := cmpopts.EquateApprox(0, 1e-12)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "records")
		spread := rapid.Uint64Range(1, 12).Draw(t, "groups")
		var records []eval.Placed
		for i := range n {
			records = append(records, eval.Placed{Record: uint64(i + 1), Cluster: rapid.Uint64Range(1, spread).Draw(t, "cluster"),
				Profile: rapid.Uint64Range(1, spread).Draw(t, "profile")})
		}
		want := naive(records)
		worst := rapid.IntRange(0, 6).Draw(t, "worst")
		want.Merges, want.Misses = want.Merges[:min(worst, len(want.Merges))], want.Misses[:min(worst, len(want.Misses))]

		records = rapid.Permutation(records).Draw(t, "order")
		got := eval.Compare(slices.Clone(records), worst)
		if d := difference.Diff(want, got, near, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("-naive +got\n%s", d)
		}

		// What is precision in one direction is recall in the other.
		turned := make([]eval.Placed, len(records))
		for i, r := range records {
			turned[i] = eval.Placed{Record: r.Record, Cluster: r.Profile, Profile: r.Cluster}
		}
		back := eval.Compare(turned, worst)
		if back.Pairs.Precision != got.Pairs.Recall || back.Wrong != got.Missed || back.Exact != got.Exact ||
			math.Abs(back.BCubed.Precision-got.BCubed.Recall) > 1e-12 || !difference.Equal(back.Merges, got.Misses, cmpopts.EquateEmpty()) {
			t.Fatalf("turned round: %+v, was %+v", back, got)
		}
	})
}

func TestCompare(t *testing.T) {
	place := func(clusters, profiles string) []eval.Placed {
		var out []eval.Placed
		for i := range clusters {
			out = append(out, eval.Placed{Cluster: uint64(clusters[i]), Profile: uint64(profiles[i]), Record: uint64(i)})
		}
		return out
	}
	for _, c := range []struct {
		name               string
		clusters, profiles string
		want               eval.Score
	}{
		{"nothing", "", "", eval.Score{Pairs: eval.Rates{Precision: 1, Recall: 1, F1: 1}, BCubed: eval.Rates{Precision: 1, Recall: 1, F1: 1}}},
		{"all right", "aabbb", "xxyyy", eval.Score{Records: 5, Clusters: 2, Profiles: 2, Exact: 2, Right: 4,
			Pairs: eval.Rates{Precision: 1, Recall: 1, F1: 1}, BCubed: eval.Rates{Precision: 1, Recall: 1, F1: 1}}},
		{"nothing together", "aabb", "wxyz", eval.Score{Records: 4, Clusters: 2, Profiles: 4, Missed: 2,
			Pairs: eval.Rates{Precision: 1}, BCubed: eval.Rates{Precision: 1, Recall: 0.5, F1: 2. / 3}}},
		{"all together", "aabb", "xxxx", eval.Score{Records: 4, Clusters: 2, Profiles: 1, Right: 2, Wrong: 4,
			Pairs: eval.Rates{Precision: 1. / 3, Recall: 1, F1: 0.5}, BCubed: eval.Rates{Precision: 0.5, Recall: 1, F1: 2. / 3}}},
		{"nothing right", "ab", "xx", eval.Score{Records: 2, Clusters: 2, Profiles: 1, Wrong: 1,
			Pairs: eval.Rates{Recall: 1}, BCubed: eval.Rates{Precision: 0.5, Recall: 1, F1: 2. / 3}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := eval.Compare(place(c.clusters, c.profiles), 5)
			if d := difference.Diff(c.want, got.Score, cmpopts.EquateApprox(0, 1e-12)); d != "" {
				t.Error(d)
			}
		})
	}
}

// A million records in one profile make more pairs than 32 bits hold.
func TestCompareManyRecords(t *testing.T) {
	records := make([]eval.Placed, 1_000_000)
	for i := range records {
		records[i] = eval.Placed{Cluster: uint64(i), Profile: 7, Record: uint64(i)}
	}
	got := eval.Compare(records, 1)
	if got.Wrong != 499_999_500_000 || got.Right != 0 || len(got.Merges) != 1 || len(got.Merges[0].Parts) != len(records) || len(got.Misses) != 0 {
		t.Errorf("%d wrong pairs, %d merges", got.Wrong, len(got.Merges))
	}
}

func BenchmarkCompare(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	records := make([]eval.Placed, 1_000_000)
	for i := range records {
		records[i] = eval.Placed{Cluster: rnd.Uint64N(300_000), Profile: rnd.Uint64N(300_000), Record: uint64(i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		rnd.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		b.StartTimer()
		eval.Compare(records, 10)
	}
}
