package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// Restricted folds statements on restricting one source row into the
// restrictions that are open at a time (Art. 18), oldest first. It is a pure
// function of the set of statements: their order and repetitions do not matter.
//
// A restriction counts from the earlier of when it begins and when it was
// learnt; a lift from the time it gives. A lift that an officer recorded ends
// what it is about whoever demanded it; one that a source states ends only what
// that source stated. At one instant the restriction holds.
func Restricted(said []cdp.Restriction, at time.Time) []cdp.Restriction {
	type key struct {
		source cdp.SourceID
		ground cdp.RestrictionGround
		whole  bool
	}
	open := make(map[key]cdp.Restriction)
	for _, e := range inOrder(said) {
		if RestrictionBegins(&e).After(at) {
			break
		}
		if !e.Lifted {
			k := key{e.Source, e.Ground, e.Whole}
			if _, ok := open[k]; !ok {
				open[k] = e
			}
			continue
		}
		for k := range open {
			if (e.Ground == "" || e.Ground == k.ground) && (e.Source == cdp.OfficerSource || e.Source == k.source) {
				delete(open, k)
			}
		}
	}
	out := make([]cdp.Restriction, 0, len(open))
	for _, e := range open {
		out = append(out, e)
	}
	slices.SortFunc(out, compareRestrictions)
	return out
}

// RestrictionBegins is when a statement counts.
func RestrictionBegins(e *cdp.Restriction) time.Time {
	if at := e.From(); e.Lifted || at.Before(e.Recorded) || e.Recorded.IsZero() {
		return at
	}
	return e.Recorded
}

// compareRestrictions orders statements by when they count: of one instant
// lifts come first.
func compareRestrictions(a, b cdp.Restriction) int {
	if c := RestrictionBegins(&a).Compare(RestrictionBegins(&b)); c != 0 {
		return c
	}
	if a.Lifted != b.Lifted {
		if a.Lifted {
			return -1
		}
		return 1
	}
	if a.Whole != b.Whole {
		if a.Whole {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Ground, b.Ground), cmp.Compare(a.Source, b.Source), a.At.Compare(b.At), a.Recorded.Compare(b.Recorded), cmp.Compare(a.Record, b.Record),
		cmp.Compare(a.Method, b.Method), cmp.Compare(a.Proof.Reveal(), b.Proof.Reveal()), cmp.Compare(a.By, b.By))
}

func inOrder(said []cdp.Restriction) []cdp.Restriction {
	out := slices.Clone(said)
	slices.SortFunc(out, compareRestrictions)
	return out
}

// Suppressed folds the statements of the suppression list at some endpoints
// into those that hold at a time for a controller, oldest first. It is a pure
// function of the set of statements.
func Suppressed(said []cdp.Suppression, controller string, at time.Time) []cdp.Suppression {
	type key struct {
		hash       cdp.SuppressionHash
		controller string
		scope      cdp.SuppressionScope
		channel    cdp.Channel
		origin     string
	}
	list := slices.Clone(said)
	slices.SortFunc(list, compareSuppressions)
	open := make(map[key]cdp.Suppression)
	for _, e := range list {
		if e.Controller != "" && e.Controller != controller || SuppressionBegins(&e).After(at) {
			continue
		}
		k := key{e.Hash, e.Controller, e.Scope, e.Channel, e.Origin}
		if e.Ended {
			delete(open, k)
		} else if _, ok := open[k]; !ok {
			open[k] = e
		}
	}
	out := make([]cdp.Suppression, 0, len(open))
	for _, e := range open {
		out = append(out, e)
	}
	slices.SortFunc(out, compareSuppressions)
	return out
}

// SuppressionBegins is when a statement of the list counts: a no from when it was
// learnt at the latest.
func SuppressionBegins(e *cdp.Suppression) time.Time {
	if e.Ended || e.At.Before(e.Recorded) || e.Recorded.IsZero() {
		return e.At
	}
	return e.Recorded
}

func compareSuppressions(a, b cdp.Suppression) int {
	if c := SuppressionBegins(&a).Compare(SuppressionBegins(&b)); c != 0 {
		return c
	}
	if a.Ended != b.Ended {
		if a.Ended {
			return -1
		}
		return 1
	}
	return cmp.Or(slices.Compare(a.Hash[:], b.Hash[:]), cmp.Compare(a.Controller, b.Controller), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Channel, b.Channel),
		cmp.Compare(a.Origin, b.Origin), a.At.Compare(b.At), a.Recorded.Compare(b.Recorded), cmp.Compare(a.Ref.Reveal(), b.Ref.Reveal()), cmp.Compare(a.By, b.By))
}

// erased returns the suppression by which nothing of the record is used, or
// taken in again.
func (j *judge) erased() (cdp.Suppression, bool) {
	if len(j.f.Suppressions) == 0 {
		return cdp.Suppression{}, false
	}
	open := Suppressed(j.f.Suppressions, j.controller(), j.q.At)
	i := slices.IndexFunc(open, func(e cdp.Suppression) bool { return e.Scope == cdp.SuppressAll })
	if i < 0 {
		return cdp.Suppression{}, false
	}
	return open[i], true
}

func (j *judge) controller() string {
	if j.src != nil {
		return j.src.Controller
	}
	return j.q.Source.Controller
}

// unreached judges whether an endpoint is on the suppression list for direct
// marketing, over the channel that is asked about or over all.
func (j *judge) unreached(u *use) (cdp.Verdict, bool) {
	if len(j.f.Suppressions) == 0 || !u.purpose.DirectMarketing || j.q.Act != Use && j.q.Act != Share {
		return cdp.Verdict{}, false
	}
	for _, e := range Suppressed(j.f.Suppressions, j.controller(), j.q.At) {
		if e.Scope == cdp.SuppressMarketing && (e.Channel == "" || e.Channel == j.q.Channel) {
			v := j.deny(u, "suppressed", "an endpoint of the person is on the suppression list for direct marketing", "Art. 21(3)")
			v.Facts = append(slices.Clip(v.Facts), "origin="+e.Origin, "since="+day(SuppressionBegins(&e)))
			return v, true
		}
	}
	return cdp.Verdict{}, false
}

// restricted judges a restriction of the record's row (Art. 18). It is stored
// and stays with its person, and is used for nothing.
func (j *judge) restricted() (cdp.Verdict, bool) {
	if len(j.f.Restrictions) == 0 {
		return cdp.Verdict{}, false
	}
	open := Restricted(j.f.Restrictions, j.q.At)
	if len(open) == 0 {
		return cdp.Verdict{}, false
	}
	rule, cause := "restricted.row", "the processing of this row is restricted; only storage is allowed"
	worst := open[0]
	for _, e := range open {
		if e.Whole {
			rule, cause, worst = "restricted", "the processing of the person's data is restricted; only storage is allowed", e
			break
		}
	}
	v := j.deny(nil, rule, cause, worst.Ground.Article()+", 18(2)")
	v.Facts = append(slices.Clip(v.Facts), "ground="+cmp.Or(string(worst.Ground), "not said"), "since="+day(RestrictionBegins(&worst)))
	v.Until = j.nextBar()
	if j.q.Act == Hold {
		v.Allow, v.Reason = true, "May be stored and nothing else: its processing is restricted."
	}
	return v, true
}

// nextBar returns when a restriction or suppression begins or ends by what is
// known already: zero when none does.
func (j *judge) nextBar() (next time.Time) {
	for i := range j.f.Restrictions {
		if t := RestrictionBegins(&j.f.Restrictions[i]); t.After(j.q.At) {
			next = earliest(next, t)
		}
	}
	for i := range j.f.Suppressions {
		if t := SuppressionBegins(&j.f.Suppressions[i]); t.After(j.q.At) {
			next = earliest(next, t)
		}
	}
	return next
}
