package steward

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// endpointsShown bounds the identifiers of a profile whose statements are read
// for its overview.
const endpointsShown = 200

// wishes folds what was stated at the endpoints of a profile on how to speak to
// the person. What was stated to another controller is not this one's to see.
func (v *sight) wishes(held []cdp.Held, records []graph.Record) ([]cdp.Preferring, error) {
	var endpoints []cdp.Identifier
	for _, h := range held[:min(len(held), endpointsShown)] {
		endpoints = append(endpoints, h.Identifier)
	}
	var controllers []string
	for _, rec := range records {
		if rec.PreferenceCount > 0 {
			endpoints = append(endpoints, selfOf(&rec.Record))
		}
		if !slices.Contains(controllers, rec.Controller) {
			controllers = append(controllers, rec.Controller)
		}
	}
	var stated []cdp.Preference
	for _, c := range controllers {
		more, err := v.tx.PreferencesAt(endpoints, c)
		if err != nil {
			return nil, err
		}
		stated = append(stated, more...)
	}
	if !v.lens.Known.IsZero() {
		stated = slices.DeleteFunc(stated, func(p cdp.Preference) bool { return !v.lens.Knew(p.Recorded) })
	}
	return policy.Preferring(stated, v.at.At), nil
}

// selfOf is the endpoint of a record that names no other.
func selfOf(rec *cdp.Record) cdp.Identifier {
	return cdp.NewIdentifier(cdp.KindRecord, string(rec.Source)+":"+rec.Key, [4]byte{})
}
