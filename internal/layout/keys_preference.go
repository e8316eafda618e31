package layout

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

// KeyPreferences holds what was stated at an endpoint to a controller on how
// to be spoken to.
func KeyPreferences(endpoint cdp.Identifier, controller string) []byte {
	b := append(make([]byte, 0, 96), letterPreference)
	return appendText(identPart(b, endpoint), controller)
}

// PreferencesOf are the rows of preferences of an endpoint, one per controller.
func PreferencesOf(endpoint cdp.Identifier) kv.Range {
	return kv.Prefix(identPart([]byte{letterPreference}, endpoint))
}

// AllPreferences are all rows of preferences.
func AllPreferences() kv.Range { return kv.Prefix([]byte{letterPreference}) }
