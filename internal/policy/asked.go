package policy

import (
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

// ChangedSince returns the first notice for a purpose with a material change
// that a statement made at a time, on the notice it cites, does not cover, and
// from when it must be asked for again.
func (r *Register) ChangedSince(p cdp.PurposeID, cited string, said time.Time) (n Notice, from time.Time, ok bool) {
	if m, from := r.changed(p, cited, said); m != nil {
		return *m, from, true
	}
	return Notice{}, time.Time{}, false
}
