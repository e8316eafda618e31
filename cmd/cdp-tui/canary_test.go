package main

import (
	"regexp"
	"strings"
	"testing"
)

// canaries are values of a person whose data must show nowhere but where a
// reveal was asked for.
var canaries = regexp.MustCompile(`(?i)canary|kanarienvogel|3920777`)

const canaryRows = `id,email,phone,name,city,since,newsletter,note
S-77,ida.canary@lindenpost.de,+49 171 3920777,Ida Canary,Kanarienvogel,2025-01-10,yes,canary calls from Kanarienvogel
S-78,not a canary address,canary phone,Ole Canary,Kanarienvogel,not the canary day,perhaps,canary
S-79,"una.canary@lindenpost.de,+49 171 3920777
`

// TestNothingLeaks runs every command on a person's data, with and without
// mistakes, and looks for the person in what is printed.
func TestNothingLeaks(t *testing.T) {
	b := newBox(t)
	b.write("people.csv", []byte(canaryRows))
	b.write("people.ndjson", []byte(`{"email":"ida.canary@lindenpost.de","email":"ole.canary@lindenpost.de"}`+"\n{\"canary"))
	b.write("people.vcf", []byte("BEGIN:VCARD\nFN:Ida Canary\n"))
	typed := "ida.canary@lindenpost.de"
	for _, c := range []struct {
		code int
		args string
	}{
		{3, "ingest --map shop.yaml people.csv"},
		{3, "ingest --dry-run --map shop.yaml people.csv"},
		{3, "ingest --dry-run --json --map shop.yaml people.csv"},
		{-1, "ingest people.ndjson"},
		{-1, "ingest people.vcf"},
		{-1, "ingest --map segment.events people.ndjson"},
		{0, "ingest suggest people.csv"},
		{0, "rejects"}, {0, "rejects --json"}, {0, "rejects export"}, {0, "rejects export --format csv"},
		{3, "rejects replay --map shop.yaml"},
		{0, "search canary"}, {0, "search --json canary"}, {0, "search --facets --json canary"}, {0, "search text:canary --facets"},
		{2, "search (canary"}, {2, "search canary:canary"}, {2, "search --facet canary=canary"}, {2, "search --limit canary canary"},
		{2, "searches save x (canary"}, {4, "search --saved canary"}, {4, "searches forget canary"}, {0, "searches save x canary"}, {0, "searches"}, {0, "searches --json"},
		{0, "profile " + typed}, {0, "profile --json " + typed}, {0, "find " + typed}, {0, "find --json " + typed},
		{0, "profile --tab identifiers " + typed}, {0, "profile --tab identifiers --json " + typed},
		{0, "profile --tab touchpoints " + typed}, {0, "profile --tab touchpoints --json " + typed},
		{0, "profile --tab consents " + typed}, {0, "profile --tab consents --json " + typed},
		{0, "profile --tab uses " + typed}, {0, "profile --tab shares " + typed}, {0, "profile --tab log " + typed}, {0, "profile --tab history " + typed},
		{0, "record R-0000001"}, {0, "record --json R-0000001"}, {4, "record " + typed},
		{0, "trace " + typed}, {0, "trace --json " + typed}, {0, "trace " + typed + " city"}, {0, "trace " + typed + " " + typed}, {4, "trace " + typed + " canary"},
		{0, "why R-0000001 " + typed}, {0, "why --json R-0000001 " + typed}, {4, "why R-0000001 ole.canary@lindenpost.de"},
		{0, "graph " + typed}, {0, "graph --json " + typed},
		{4, "profile una.canary@lindenpost.de"}, {2, "batches " + typed}, {0, "log " + typed}, {2, typed}, {2, "-" + typed}, {2, "ingest --country " + typed + " x"},
		{2, "graph --hops " + typed + " P-1"}, {2, "presets " + typed}, {2, "--zone " + typed + " stats"},
		{2, "eval --truth people.csv"}, {2, "eval --truth people.csv --record " + typed}, {1, "eval --truth people.vcf"}, {4, "eval --truth people.csv --record name --cluster note"},
		{3, "eval --truth people.csv --record id --cluster name"}, {3, "eval --json --truth people.csv --record id --cluster email"},
		{0, "profiles"}, {0, "profiles --json"}, {0, "quarantine"}, {0, "sources"}, {0, "batches --json"}, {0, "stats"}, {0, "check"}, {0, "log --limit 0"}, {0, "log --limit 0 --json"},
	} {
		args := strings.Fields(c.args)
		cmd := b.command(args...)
		out, err := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); c.code >= 0 && got != c.code {
			t.Errorf("cdp-tui %s: exit code %d (%v), want %d\n%s", c.args, got, err, c.code, out)
		}
		if m := canaries.FindString(string(out)); m != "" {
			t.Errorf("cdp-tui %s prints %q:\n%s", c.args, m, out)
		}
	}
	out, _ := b.run(0, "profile", "--reveal", "test", typed)
	if !canaries.MatchString(out) {
		t.Error("a reveal shows nothing: the test would find no leak either")
	}
}
