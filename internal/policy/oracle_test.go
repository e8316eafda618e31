package policy

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// The naive evaluator: written from the rules as an officer would apply them by
// hand, day by day, on what the register file says. It shares no code with
// Decide but the lists of law.

// hand is what somebody knows who goes through the statements of one endpoint,
// purpose and channel day by day.
type hand struct {
	word     string // yes, pending, asked, no, objected, ended, void, unreadable, ""
	since    time.Time
	ends     time.Time // of a yes or a pending
	evidence map[string]bool
	methods  []string // of the last statement
	explicit bool
	twoSteps bool
	late     bool      // a pending ran out, and what comes as its confirmation is none
	asked    time.Time // when the pending was
	askedOn  string
}

var words = map[cdp.ConsentState]string{
	cdp.ConsentGiven: "yes", cdp.ConsentRenewed: "yes", cdp.ConsentPending: "pending", cdp.ConsentRequested: "asked", cdp.ConsentDeferred: "asked",
	cdp.ConsentRefused: "no", cdp.ConsentWithdrawn: "no", cdp.ConsentObjected: "objected", cdp.ConsentExpired: "ended", cdp.ConsentEmpty: "ended",
	cdp.ConsentStale: "ended", cdp.ConsentInvalidated: "void", cdp.ConsentRevoked: "void", cdp.ConsentUnreadable: "unreadable", cdp.NoStatement: "",
}

// worse orders the words of one instant: the later one holds.
var worse = []string{"asked", "yes", "pending", "unreadable", "ended", "void", "no", "objected"}

func wordOf(r *Register, f *Facts, c cdp.Consent) string {
	w, known := words[c.State]
	if !known {
		w = "unreadable"
	}
	if w != "yes" && w != "pending" {
		return w
	}
	said := c.At
	if said.IsZero() {
		said = c.Recorded
	}
	switch age, ok := r.ConsentAge(f.Country, said); {
	case c.PreTicked:
		return "void"
	case f.Born.IsZero() && f.BirthUnread && ok && c.Speaker != cdp.ByParent && c.Speaker != cdp.ByGuardian:
		return "maybe a child"
	case !f.Born.IsZero() && ok && c.Speaker != cdp.ByParent && c.Speaker != cdp.ByGuardian && f.Born.AddDate(age.Age, 0, 0).After(said):
		return "child"
	}
	return w
}

func byHand(r *Register, f *Facts, events []cdp.Consent, now time.Time) hand {
	h := hand{}
	type said struct {
		c    cdp.Consent
		word string
	}
	days := map[int64][]said{} // by the moment from which they count
	const ahead = int64(1 << 62)
	for _, c := range events {
		w := wordOf(r, f, c)
		if w == "" {
			continue
		}
		when := c.At
		if when.IsZero() && w != "yes" && w != "pending" {
			when = c.Recorded
		}
		switch no := c.State == cdp.ConsentRefused || c.State == cdp.ConsentWithdrawn || c.State == cdp.ConsentObjected; {
		case !when.After(now):
			days[when.Unix()] = append(days[when.Unix()], said{c, w})
		case no && !c.Recorded.IsZero() && !c.Recorded.After(now):
			days[ahead] = append(days[ahead], said{c, w})
		}
	}
	var moments []int64
	for m := range days {
		moments = append(moments, m)
	}
	slices.Sort(moments)
	pass := func(t time.Time) { // time runs out
		if !h.ends.IsZero() && !h.ends.After(t) {
			h.late = h.word == "pending" && r.Consent.Confirm != nil && h.ends.Equal(r.Consent.Confirm.AddTo(h.asked))
			h.word, h.since, h.ends, h.twoSteps = "ended", h.ends, time.Time{}, false
		}
	}
	for _, m := range moments {
		t := time.Unix(m, 0).UTC()
		if m == ahead {
			t = now
		}
		pass(t)
		group := days[m]
		permitted := h.word == "yes" || slices.ContainsFunc(group, func(s said) bool { return s.word == "yes" || s.word == "pending" })
		worst := ""
		var kept []said
		for _, s := range group {
			if alone := map[string]string{"child": "void", "maybe a child": "unreadable"}[s.word]; alone != "" {
				if permitted {
					continue
				}
				s.word = alone
			}
			kept = append(kept, s)
			if slices.Index(worse, s.word) > slices.Index(worse, worst) {
				worst = s.word
			}
		}
		no := h.word == "no" || h.word == "objected"
		restrictive := no || h.word == "ended" || h.word == "void"
		ignored := worst == ""
		switch worst {
		case "asked":
			ignored = h.word != "" && h.word != "asked"
		case "pending":
			ignored = h.word == "yes"
		case "unreadable":
			ignored = restrictive
		case "ended":
			ignored = restrictive && h.word != "ended"
		case "void":
			ignored = no
		case "no":
			ignored = h.word == "objected"
		case "yes":
			other := func(s said) bool {
				return s.word == "yes" && (s.c.State == cdp.ConsentRenewed || s.c.Method != "" && !strings.EqualFold(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(s.c.Method), "doubleoptin"))
			}
			ignored = h.late && !slices.ContainsFunc(kept, other) && !slices.ContainsFunc(kept, func(s said) bool { return s.word == "yes" && s.c.State == cdp.ConsentRenewed })
		}
		if ignored {
			continue
		}
		before := h
		h = hand{word: worst, since: t, evidence: map[string]bool{}, late: before.late && worst != "pending" && worst != "yes"}
		for _, s := range kept {
			if s.word != worst {
				continue
			}
			for name, has := range map[string]bool{"notice": s.c.Notice != "", "method": s.c.Method != "", "time": !s.c.At.IsZero(), "language": s.c.Language != "", "proof": s.c.Proof != ""} {
				h.evidence[name] = h.evidence[name] || has
			}
			if s.c.Method != "" {
				h.methods = append(h.methods, s.c.Method)
			}
			h.explicit = h.explicit || s.c.Explicit
			end := func(e time.Time) {
				if !e.IsZero() && (h.ends.IsZero() || e.Before(h.ends)) {
					h.ends = e
				}
			}
			if worst == "yes" || worst == "pending" {
				end(s.c.Expires)
			}
			at := s.c.At
			if worst == "pending" && r.Consent.Confirm != nil {
				end(r.Consent.Confirm.AddTo(at))
			}
			if worst == "yes" {
				if r.Consent.Validity != nil {
					end(r.Consent.Validity.AddTo(at))
				}
				end(staleFrom(r, s.c.Purpose, s.c.Notice, at, at))
				if before.word == "pending" && s.c.Notice == "" {
					end(staleFrom(r, s.c.Purpose, before.askedOn, before.asked, at))
				}
			}
			if worst == "pending" {
				h.asked = at
				if s.c.Notice != "" {
					h.askedOn = s.c.Notice
				}
			}
		}
		if before.word == worst || before.word == "pending" && worst == "yes" {
			for name := range before.evidence {
				h.evidence[name] = h.evidence[name] || before.evidence[name]
			}
			h.explicit = h.explicit || before.explicit
			if len(h.methods) == 0 {
				h.methods = before.methods
			}
			if worst == "pending" && h.askedOn == "" {
				h.askedOn = before.askedOn
			}
		}
		h.twoSteps = worst == "yes" && (before.word == "pending" || before.word == "yes" && before.twoSteps)
	}
	pass(now)
	return h
}

// staleFrom is the first material change that a statement does not cover.
func staleFrom(r *Register, p cdp.PurposeID, cited string, said, at time.Time) (from time.Time) {
	shown := said
	for _, n := range r.Notices {
		if n.ID == cited && slices.Contains(n.Purposes, p) {
			shown = n.From.In(time.UTC)
		}
	}
	for _, n := range r.Notices {
		d := n.From.In(time.UTC)
		if n.Material && slices.Contains(n.Purposes, p) && d.After(shown) && (from.IsZero() || d.Before(from)) {
			from = d
		}
	}
	if !from.IsZero() && from.Before(at) {
		return at
	}
	return from
}
