package policy

import (
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// TransferTo says why data may not go to a recipient at a time as far as
// chapter V is concerned, whatever the data: the rule as in a verdict on a
// share, a cause that completes a sentence, the article. The rule is "" when
// they may, and for a recipient that the register does not have.
func (r *Register) TransferTo(recipient string, at time.Time) (rule, cause, article string) {
	if r == nil || r.recipients[recipient] == nil {
		return "", "", ""
	}
	rule, cause, article, _ = r.transfer(r.recipients[recipient], at)
	return rule, cause, article
}

// GivenByChild reports whether a standing is that of a permission which a child
// gave alone (Art. 8(1)).
func GivenByChild(s *cdp.Standing) bool {
	return s.State == cdp.ConsentInvalidated && s.Why == whyChild
}

// TickedBeforehand reports whether a standing is that of a box which was ticked
// already (Rec. 32).
func TickedBeforehand(s *cdp.Standing) bool {
	return s.State == cdp.ConsentInvalidated && s.Why == whyTicked
}

// Changed returns the notice whose change makes it necessary to ask again, for a
// standing that says so.
func (r *Register) Changed(s *cdp.Standing) (Notice, bool) {
	id, ok := strings.CutPrefix(s.Why, whyNotice)
	if !ok || s.State != cdp.ConsentStale {
		return Notice{}, false
	}
	return r.Notice(id)
}
