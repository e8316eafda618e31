package datasets

import (
	"errors"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/eval"
	"cdp-tui/internal/steward"
)

// A review is what a reviewer was asked.
type review struct {
	asked, same, ambiguous int
	most                   int // verdicts on one profile
	needed                 int // verdicts "same" that would have made every cluster whole, had all pairs been shown
}

// review has a reviewer who is never wrong judge the queue until it is empty.
// A profile that mixes people is taken for the one it has most records of.
func (w *world) review(t testing.TB, what string, truth func(source, key string) (cluster string, ok bool)) (review, eval.Result) {
	t.Helper()
	var r review
	judged := map[[2]cdp.ProfileID]bool{}
	on := map[cdp.ProfileID]int{}
	for again := true; again; {
		again = false
		if _, err := w.desk.FollowMatches(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		whose := w.whose(t, truth)
		if r.asked == 0 {
			clusters := map[string]bool{}
			for _, c := range whose {
				clusters[c] = true
			}
			r.needed = len(whose) - len(clusters)
		}
		for from, more := "", true; more; {
			page, err := w.desk.Matches(t.Context(), cdp.MatchFilter{From: from, Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			from, more = page.Next, page.More
			for _, m := range page.Items {
				if judged[[2]cdp.ProfileID{m.A, m.B}] {
					continue
				}
				judged[[2]cdp.ProfileID{m.A, m.B}] = true
				verdict := cdp.MatchDifferent
				if whose[m.A] == whose[m.B] {
					verdict = cdp.MatchSame
				}
				_, err := w.desk.JudgeMatch(t.Context(), m.A, m.B, verdict, "the truth says so", "")
				var settled *steward.VerdictError
				if errors.Is(err, steward.ErrOneProfile) || errors.Is(err, steward.ErrContradiction) || errors.As(err, &settled) {
					continue // settled by a verdict on another pair
				}
				if err != nil {
					t.Fatal(err)
				}
				again = true
				r.asked++
				if m.Ambiguous {
					r.ambiguous++
				}
				if verdict == cdp.MatchSame {
					r.same++
				}
				on[m.A]++
				on[m.B]++
				r.most = max(r.most, on[m.A], on[m.B])
			}
		}
	}
	res := w.measure(t, what+", after review", truth)
	t.Logf("%s: asked %d times, %d times the same (%.3f), %d ambiguous, at most %d times about one profile; %d were needed",
		what, r.asked, r.same, float64(r.same)/float64(max(1, r.asked)), r.ambiguous, r.most, r.needed)
	return r, res
}

// whose returns the cluster that a profile has most records of.
func (w *world) whose(t testing.TB, truth func(source, key string) (cluster string, ok bool)) map[cdp.ProfileID]string {
	t.Helper()
	out := map[cdp.ProfileID]string{}
	for id, rows := range w.profiles(t) {
		votes := map[string]int{}
		for _, r := range rows {
			c, _ := truth(r.source, r.key)
			votes[c]++
			if best := out[id]; votes[c] > votes[best] || votes[c] == votes[best] && c < best {
				out[id] = c
			}
		}
	}
	return out
}
