package policy

import (
	"testing"

	"cdp-tui/internal/cdp"
)

func TestPersonOf(t *testing.T) {
	attrs := func(pairs ...string) (out []cdp.Attribute) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, cdp.Attribute{Category: pairs[i], Value: cdp.Value(pairs[i+1])})
		}
		return out
	}
	for _, tc := range []struct {
		in            []cdp.Attribute
		born, country string
	}{
		{nil, "", ""},
		{attrs(categoryBirth, "2012-08-14", categoryCountry, "ro"), "2012-08-14", "RO"},
		{attrs(categoryBirth, "2012-08-14T00:00:00Z", categoryBirth, "1980-01-01"), "2012-08-14", ""},
		{attrs(categoryCountry, "DE", categoryCountry, "AT"), "", ""},
		{attrs(categoryCountry, "DE", categoryCountry, "de"), "", "DE"},
		{attrs(categoryBirth, "14.08.2012", categoryCountry, "Germany"), "", ""},
		{attrs(categoryBirth, "08-14"), "", ""},
		{attrs(categoryBirth, "20120814", categoryCountry, "RO "), "2012-08-14", "RO"},
		{attrs(categoryBirth, " 2012-08-14T00:00:00Z"), "2012-08-14", ""},
	} {
		born, country := PersonOf(tc.in)
		got := ""
		if !born.IsZero() {
			got = day2(born)
		}
		if got != tc.born || country != tc.country {
			t.Errorf("%q, %q; want %q, %q", got, country, tc.born, tc.country)
		}
	}
}
