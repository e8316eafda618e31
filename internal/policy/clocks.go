package policy

import (
	"cmp"
	"time"

	"cdp-tui/internal/cdp"
)

// A Version is a register by its two clocks: what it says holds from its
// valid-from, and it is known since it was activated.
type Version struct {
	*Register
	Recorded time.Time // when it was activated
}

// InForce returns the register in force at a standpoint, nil when there is
// none: policy then denies everything. Of the versions known then, it is the
// one that is valid from the latest day until then; of those of one day the one
// that was activated last. The order of the versions does not matter.
func InForce(versions []Version, from cdp.Standpoint) *Register {
	var best *Version
	for i := range versions {
		v := &versions[i]
		if v.Register == nil || v.ValidFrom().After(from.At) || !from.Knew(v.Recorded) {
			continue
		}
		if best == nil || cmp.Or(v.ValidFrom().Compare(best.ValidFrom()), v.Recorded.Compare(best.Recorded), cmp.Compare(v.Hash(), best.Hash())) > 0 {
			best = v
		}
	}
	if best == nil {
		return nil
	}
	return best.Register
}
