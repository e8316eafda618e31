package layout

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

const (
	letterRestriction = 'H'
	letterSuppression = 'X'
)

// KeyRestrictions holds what was said on restricting a source row.
func KeyRestrictions(source cdp.SourceID, key string) []byte {
	b := append(make([]byte, 0, len(source)+len(key)+5), letterRestriction)
	return appendText(appendText(b, string(source)), key)
}

// AllRestrictions are the rows of restrictions.
func AllRestrictions() kv.Range { return kv.Prefix([]byte{letterRestriction}) }

// KeySuppression holds what was said on suppressing an endpoint.
func KeySuppression(hash cdp.SuppressionHash) []byte {
	return append(append(make([]byte, 0, 33), letterSuppression), hash[:]...)
}

// AllSuppressions are the rows of the suppression list.
func AllSuppressions() kv.Range { return kv.Prefix([]byte{letterSuppression}) }
