package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// evidenceNames are what a consent can show, in the order of the evidence bits.
var evidenceNames = [...]string{"notice", "method", "time", "language", "proof"}

func evidenceOf(c *cdp.Consent) (bits uint8) {
	for i, has := range [...]bool{c.Notice != "", c.Method != "", !c.At.IsZero(), c.Language != "", c.Proof != ""} {
		if has {
			bits |= 1 << i
		}
	}
	return bits
}

func regulationOf(c *cdp.Consent) string {
	if c.Regulation == "" {
		return "gdpr"
	}
	return c.Regulation
}

// severity orders states from the most permissive to the most restrictive one;
// it is negative for a word that is no state.
func severity(s cdp.ConsentState) int {
	switch s {
	case cdp.NoStatement:
		return 0
	case cdp.ConsentRequested:
		return 1
	case cdp.ConsentDeferred:
		return 2
	case cdp.ConsentRenewed:
		return 3
	case cdp.ConsentGiven:
		return 4
	case cdp.ConsentPending:
		return 5
	case cdp.ConsentUnreadable:
		return 6
	case cdp.ConsentStale:
		return 7
	case cdp.ConsentExpired:
		return 8
	case cdp.ConsentEmpty:
		return 9
	case cdp.ConsentInvalidated:
		return 10
	case cdp.ConsentRevoked:
		return 11
	case cdp.ConsentRefused:
		return 12
	case cdp.ConsentWithdrawn:
		return 13
	case cdp.ConsentObjected:
		return 14
	}
	return -1
}

// saidNo reports whether the person said no, as opposed to a permission that
// ended or was never good.
func saidNo(s cdp.ConsentState) bool {
	return s == cdp.ConsentRefused || s == cdp.ConsentWithdrawn || s == cdp.ConsentObjected
}

// history returns the events oldest first, each once.
func history(events []cdp.Consent) []cdp.Consent {
	if len(events) == 0 {
		return nil
	}
	out := slices.Clone(events)
	slices.SortFunc(out, func(a, b cdp.Consent) int { return compare(&a, &b) })
	return slices.CompactFunc(out, func(a, b cdp.Consent) bool { return compare(&a, &b) == 0 })
}

// compare is a total order on events: time, severity, recording, and then
// every other field, so that equal means the same event.
func compare(a, b *cdp.Consent) int {
	if c := cmp.Or(a.At.Compare(b.At), cmp.Compare(severity(standing(a)), severity(standing(b))), a.Recorded.Compare(b.Recorded),
		a.Expires.Compare(b.Expires), cmp.Compare(a.State, b.State), cmp.Compare(a.Record, b.Record)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Controller, b.Controller),
		cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Notice, b.Notice), cmp.Compare(a.Method, b.Method),
		cmp.Compare(a.Language, b.Language), cmp.Compare(a.Proof, b.Proof), cmp.Compare(a.Regulation, b.Regulation),
		cmp.Compare(a.Endpoint.Kind(), b.Endpoint.Kind()), cmp.Compare(a.Endpoint.Reveal(), b.Endpoint.Reveal()),
		compareBool(a.PreTicked, b.PreTicked), compareBool(a.Explicit, b.Explicit), compareBool(a.Bundled, b.Bundled),
		compareBool(a.Conditional, b.Conditional), cmp.Compare(a.Speaker, b.Speaker), cmp.Compare(a.By, b.By),
		compareZone(a.At, b.At), compareZone(a.Recorded, b.Recorded), compareZone(a.Expires, b.Expires))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareZone(a, b time.Time) int {
	return cmp.Compare(a.Location().String(), b.Location().String())
}
