package match

import (
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
)

// A Value is what a record says in a field, as it is shown to who judges.
type Value struct {
	Field string
	Value cdp.Value
}

// Shown returns the names, birth dates and addresses of a record, with their
// parts put together. Identifiers are shown as such: see [FieldOf].
func Shown(r *cdp.Record) []Value {
	var out []Value
	text := func(names ...string) string {
		var parts []string
		for _, name := range names {
			for _, a := range r.Attributes {
				if v := strings.TrimSpace(a.Value.Reveal()); a.Name == name && v != "" && !slices.Contains(parts, v) {
					parts = append(parts, v)
				}
			}
		}
		return strings.Join(parts, " ")
	}
	add := func(field string, names ...string) {
		if v := text(names...); v != "" {
			out = append(out, Value{field, cdp.Value(v)})
		}
	}
	add(FieldName, "given_name", "first_name", "middle_name", "family_name", "last_name")
	for _, name := range []string{"full_name", "name", "social_name"} {
		add(FieldName, name)
	}
	if len(out) == 0 {
		add(FieldName, "company", "organisation")
	}
	add(FieldBirth, "birth_date")
	for _, of := range []string{"", "shipping_", "billing_"} {
		add(FieldAddress, of+"street", of+"address", of+"house_number", of+"postal_code", of+"city", of+"country")
	}
	return out
}

// FieldOf returns the field in which identifiers of a kind are compared, "" for
// none.
func FieldOf(kind cdp.Kind) string {
	switch kind {
	case cdp.KindEmail:
		return FieldEmail
	case cdp.KindPhone:
		return FieldPhone
	case cdp.KindNationalID:
		return FieldID
	}
	return ""
}

// FieldRank orders fields as [Score] does.
func FieldRank(name string) int {
	return slices.Index([]string{FieldName, FieldBirth, FieldEmail, FieldPhone, FieldAddress, FieldID}, name)
}
