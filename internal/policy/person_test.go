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
	const unreadable, ambiguous = BirthUnreadable, BirthAmbiguous
	for _, tc := range []struct {
		in                   []cdp.Attribute
		born, country, doubt string
	}{
		{nil, "", "", ""},
		{attrs(categoryBirth, "2012-08-14", categoryCountry, "ro"), "2012-08-14", "RO", ""},
		{attrs(categoryBirth, "2012-08-14T00:00:00Z", categoryBirth, "1980-01-01"), "2012-08-14", "", ""},
		{attrs(categoryCountry, "DE", categoryCountry, "AT"), "", "", ""},
		{attrs(categoryCountry, "DE", categoryCountry, "de"), "", "DE", ""},
		{attrs(categoryBirth, "14.08.2012", categoryCountry, "Germany"), "2012-08-14", "", ""},
		{attrs(categoryBirth, "03.04.1989"), "1989-04-03", "", ""},
		{attrs(categoryBirth, "3. 4. 1989"), "1989-04-03", "", ""},
		{attrs(categoryBirth, "1989/04/03"), "1989-04-03", "", ""},
		{attrs(categoryBirth, "1989.4.3"), "1989-04-03", "", ""},
		{attrs(categoryBirth, "3/4/1989"), "1989-04-03", "", ambiguous},
		{attrs(categoryBirth, "04-03-1989"), "1989-04-03", "", ambiguous},
		{attrs(categoryBirth, "3/4/1989", categoryBirth, "1989-04-03"), "1989-04-03", "", ""}, // another record settles it
		{attrs(categoryBirth, "3/4/1989", categoryBirth, "1989-03-04"), "1989-04-03", "", ambiguous},
		{attrs(categoryBirth, "13/4/1989"), "1989-04-13", "", ""},
		{attrs(categoryBirth, "4/13/1989"), "1989-04-13", "", ""},
		{attrs(categoryBirth, "4/4/1989"), "1989-04-04", "", ""},
		{attrs(categoryBirth, "20120814", categoryCountry, "RO "), "2012-08-14", "RO", ""},
		{attrs(categoryBirth, "20120814T000000Z"), "2012-08-14", "", ""},
		{attrs(categoryBirth, " 2012-08-14 00:00:00"), "2012-08-14", "", ""},
		{attrs(categoryBirth, "14.8.2012 00:00"), "2012-08-14", "", ""},
		{attrs(categoryBirth, "10:20:30"), "", "", unreadable},
		{attrs(categoryBirth, "08-14"), "", "", ""}, // no year: nothing is said of the age
		{attrs(categoryBirth, "--0814"), "", "", ""},
		{attrs(categoryBirth, "30.02.1989"), "", "", unreadable},
		{attrs(categoryBirth, "13/13/1989"), "", "", unreadable},
		{attrs(categoryBirth, "03.04.89"), "", "", unreadable}, // of which century?
		{attrs(categoryBirth, "1900-01-01"), "", "", unreadable},
		{attrs(categoryBirth, "0000-00-00"), "", "", unreadable},
		{attrs(categoryBirth, "612748800"), "", "", unreadable},
		{attrs(categoryBirth, "03.04/1989"), "", "", unreadable},
		{attrs(categoryBirth, "unknown", categoryBirth, "03.04.1989"), "1989-04-03", "", ""},
	} {
		p := PersonOf(tc.in)
		got := ""
		if !p.Born.IsZero() {
			got = day2(p.Born)
		}
		if got != tc.born || p.Country != tc.country || p.Doubt != tc.doubt {
			t.Errorf("%v: %q, %q, %q; want %q, %q, %q", reveal(tc.in), got, p.Country, p.Doubt, tc.born, tc.country, tc.doubt)
		}
	}
}

func reveal(list []cdp.Attribute) (out []string) {
	for _, a := range list {
		out = append(out, a.Value.Reveal())
	}
	return out
}
