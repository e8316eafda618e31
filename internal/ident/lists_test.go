package ident_test

import (
	"testing"
	"time"

	"cdp-tui/internal/ident"
	"cdp-tui/internal/rulefile"
)

func lists(t testing.TB) ident.Lists {
	t.Helper()
	var l ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func canonicaliser(t testing.TB) *ident.Canonicaliser {
	return ident.New([32]byte{1, 2, 3}, lists(t))
}

func TestDefaultListsAreSound(t *testing.T) {
	l := lists(t)
	for _, p := range l.Check() {
		t.Errorf("%s: %s", p.Path, p.Reason)
	}
	for name, entries := range map[string][]string{
		"words": l.Words, "emails": l.Emails, "locals": l.Locals, "domains": l.Domains,
		"roles": l.Roles, "phones": l.Phones, "births": l.BirthDates, "names": l.Names,
	} {
		if len(entries) == 0 {
			t.Errorf("%s: empty", name)
		}
		seen := map[string]bool{}
		for _, e := range entries {
			if seen[e] {
				t.Errorf("%s: %q twice", name, e)
			}
			seen[e] = true
		}
	}
}

func TestCheckFindsEntriesThatCannotMatch(t *testing.T) {
	bad := ident.Lists{
		Words: []string{" x"}, Names: []string{""}, Locals: []string{"a@b"}, Roles: []string{"a b"}, Emails: []string{"x"},
		Domains: []string{".test"}, Phones: []string{"0171"}, BirthDates: []string{"1.1.1900"}, Repeated: 1,
	}
	want := []string{"$.words[0]", "$.names[0]", "$.email_locals[0]", "$.role_mailboxes[0]", "$.emails[0]",
		"$.reserved_domains[0]", "$.phones[0]", "$.birth_dates[0]", "$.repeated"}
	got := bad.Check()
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i, p := range got {
		if p.Path != want[i] || p.Reason == "" {
			t.Errorf("problem %d: %v, want one at %s", i, p, want[i])
		}
	}
}

func TestDummies(t *testing.T) {
	c := canonicaliser(t)
	for _, d := range []struct {
		y    int
		m    time.Month
		d    int
		want bool
	}{{1900, 1, 1, true}, {1901, 1, 1, true}, {9999, 12, 31, true}, {1987, 3, 14, false}} {
		if got := c.DummyBirthDate(d.y, d.m, d.d); got != d.want {
			t.Errorf("%v: %v", d, got)
		}
	}
	for name, want := range map[string]bool{
		"UNKNOWN": true, "Baby  Boy": true, "baby boy": true, "Max Mustermann": true, "xxxxx": true, "": true, " - ": true, "N. N.": true,
		"Müller": false, "Ali": false, "Ng": false, "Ionescu-Popa": false, "Bo": false,
	} {
		if got := c.DummyName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
