package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/ingest/mapping"
)

const blocked = `
version: 1
source: { id: crm }
read: { format: ndjson, layouts: [rfc3339] }
record: { key: { col: id } }
identifiers:
  - { kind: email, from: { col: email }, link: strong }
restriction:
  when: kind != "test"
  restricted: { col: locked, map: { "yes": "true", "no": "false" } }
  ground: { col: why, map: { "wrong data": accuracy, "lawsuit": claims } }
  time: { from: { col: since } }
  proof: { col: case }
`

// TestRestrictionOfRows: what is not stated says nothing, what can not be read
// restricts.
func TestRestrictionOfRows(t *testing.T) {
	for _, tt := range []struct {
		name, row, want string
		notes           int
	}{
		{"restricted", `"locked":"yes","why":"wrong data","since":"2026-04-01T00:00:00Z","case":"C-1"`, "restricted accuracy 2026-04-01 C-1", 0},
		{"lifted", `"locked":"no","why":"wrong data","since":"2026-06-01T00:00:00Z"`, "lifted 2026-06-01", 0},
		{"nothing stated", `"why":"lawsuit"`, "", 0},
		{"empty", `"locked":""`, "", 0},
		{"null", `"locked":null`, "", 0},
		{"can not be read", `"locked":"perhaps"`, "restricted", 1},
		{"a ground that nobody knows", `"locked":"yes","why":"mood"`, "restricted", 1},
		{"not of these rows", `"locked":"yes","kind":"test"`, "", 0},
	} {
		o := run(t, load(t, blocked), "x.ndjson", `{"id":"1","email":"ana@lindenhof-mail.de",`+tt.row+"}\n")
		if len(o.records) != 1 {
			t.Fatalf("%s: %d records", tt.name, len(o.records))
		}
		var out []string
		for _, e := range o.records[0].Restrictions {
			s := []string{"restricted"}
			if e.Lifted {
				s[0] = "lifted"
			}
			if !e.Whole {
				s = append(s, "row")
			}
			if s = append(s, string(e.Ground)); !e.At.IsZero() {
				s = append(s, e.At.Format("2006-01-02"))
			}
			out = append(out, strings.Join(strings.Fields(fmt.Sprint(strings.Join(append(s, e.Proof.Reveal()), " "))), " "))
		}
		if got := strings.Join(out, "; "); got != tt.want || len(o.notes) != tt.notes {
			t.Errorf("%s: %q with %d notes, want %q with %d", tt.name, got, len(o.notes), tt.want, tt.notes)
		}
	}
	for _, bad := range []string{`restricted: { col: locked, map: { "yes": maybe } }`, `ground: mood`} {
		text := strings.Replace(blocked, `restricted: { col: locked, map: { "yes": "true", "no": "false" } }`, bad, 1)
		if strings.HasPrefix(bad, "ground") {
			text = strings.Replace(blocked, `ground: { col: why, map: { "wrong data": accuracy, "lawsuit": claims } }`, bad, 1)
		}
		if text == blocked {
			t.Fatal("nothing was replaced")
		}
		if _, err := mapping.Load("blocked", []byte(text)); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}
