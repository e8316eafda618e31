package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/ingest/mapping"
)

const centre = `
version: 1
source: { id: centre, country: DE }
read: { format: ndjson, layouts: [rfc3339] }
record: { key: { col: id } }
identifiers:
  - { kind: email, from: { col: email }, link: strong }
  - { kind: phone, from: { col: phone }, link: weak }
preferences:
  - each: 'entries(channels)'
    channel: { expr: 'it.key' }
    wish: { expr: 'it.value', map: { "yes": wanted, "no": unwanted, "-": unstated } }
    time: { from: { col: at } }
    method: centre
  - topic: offers
    frequency: { col: every }
    quiet: { from: { expr: 'quiet?.from' }, to: { expr: 'quiet?.to' }, tz: Europe/Berlin }
    language: { col: lang }
    time: { from: { col: at } }
`

func preferencesOf(t *testing.T, row string) (got, rejected string, notes int) {
	t.Helper()
	o := run(t, load(t, centre), "x.ndjson", row+"\n")
	for _, r := range o.rejects {
		rejected += r.Code + "@" + r.Field
	}
	var out []string
	for _, r := range o.records {
		for _, p := range r.Preferences {
			s := fmt.Sprintf("%s/%s=%s@%s", p.Channel, p.Topic, p.Wish, p.Endpoint.Kind())
			if p.Frequency+p.Language != "" || !p.Quiet.IsZero() {
				s += fmt.Sprintf(" %s %d-%d %s %s", p.Frequency, p.Quiet.From, p.Quiet.To, p.Quiet.Zone, p.Language)
			}
			if p.Proof != "" {
				s += " proof " + p.Proof.Reveal()
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, "; "), rejected, len(o.notes)
}

// TestPreferencesOfRows: what is not stated gives none, what can not be read
// is kept and forbids, what is malformed rejects its row.
func TestPreferencesOfRows(t *testing.T) {
	const who = `"id":"1","email":"ana@lindenhof-mail.de","phone":"+491711234567","when":1`
	for _, tt := range []struct {
		name, row, want, rejected string
		notes                     int
	}{
		{"nothing", ``, "", "", 0},
		{"null", `,"channels":{"sms":null},"every":null,"lang":null`, "", "", 0},
		{"listed as unstated", `,"channels":{"sms":"-"}`, "", "", 0},
		{"at the endpoint of the channel", `,"channels":{"email":"yes","sms":"no"}`, "email/=wanted@email; sms/=unwanted@phone", "", 0},
		{"unlisted", `,"channels":{"email":"vielleicht"}`, "email/=unreadable@email proof vielleicht", "", 1},
		{"frequency and hours", `,"every":"P1W","quiet":{"from":"21:00","to":420},"lang":"tr-TR"`, "/offers=@email P1W 1260-420 Europe/Berlin tr-TR", "", 0},
		{"half an interval", `,"quiet":{"from":"21:00"}`, "", "preference.quiet@preferences[1].quiet.to", 0},
		{"no interval", `,"quiet":{"from":"7:00","to":"07:00"}`, "", "preference.quiet@preferences[1].quiet.to", 0},
		{"no frequency", `,"every":"Weekly!"`, "", "preference.frequency@every", 0},
		{"no language", `,"lang":"deutsch, bitte"`, "", "preference.language@lang", 0},
		{"no time", `,"at":"gestern","channels":{"sms":"no"}`, "", "time.layout@at", 0},
	} {
		row := "{" + who + tt.row + "}"
		got, rejected, notes := preferencesOf(t, row)
		if got != tt.want || rejected != tt.rejected || notes != tt.notes {
			t.Errorf("%s: got %q, rejected %q, %d notes", tt.name, got, rejected, notes)
		}
	}
}

// TestPreferenceMistakes: a mapping that states nothing, or a wish that there
// is not, is refused with its place.
func TestPreferenceMistakes(t *testing.T) {
	for item, want := range map[string]string{
		"{ channel: sms }": "states a wish",
		"{ wish: given }":  "is no wish",
		"{ wish: { col: w, map: { y: wanted, n: refused } } }":            `"refused" is no wish`,
		"{ wish: unwanted, quiet: { from: '21:00' } }":                    "to",
		"{ quiet: { from: '21:00', to: '07:00', tz: Lindenhof } }":        "no time zone",
		"{ wish: unwanted, chanel: sms }":                                 "chanel",
		"{ wish: unwanted, endpoint: { kind: fax, from: { col: fax } } }": "no such kind",
	} {
		_, err := mapping.Load("m.yaml", []byte(head+"preferences:\n  - "+item+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", item, err)
		}
	}
}
