package stories

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
	"cdp-tui/testdata"
)

// second returns a store of the same company whose only sources are what other
// systems hand back.
func second(t *testing.T, presets map[string]string) *world {
	t.Helper()
	var activities, sources strings.Builder
	known := map[string]bool{}
	for _, format := range exchange.Formats() {
		p, err := ingest.LoadPreset(presets[format])
		if err != nil {
			t.Fatal(err)
		}
		src := p.Mapping.Source
		var list []string
		for _, a := range src.Activities {
			if list = append(list, string(a)); !known[string(a)] {
				fmt.Fprintf(&activities, "  - {id: %s, purpose: proof, owner: office, basis: legal_obligation, law: 'GDPR Art. 5(2), 7(1)', retention: {period: P3Y, start: end_of_year, law: BGB §195}, recipients: []}\n", a)
			}
			known[string(a)] = true
		}
		fmt.Fprintf(&sources, "  - {id: %s, controller: lindenhof, collection: first_party, notice: DSE-2024-SHOP, activities: [%s], link: none}\n", src.ID, strings.Join(list, ", "))
	}
	text := strings.Replace(string(testdata.Register()), "valid_from: 2024-01-01", "valid_from: 2024-01-02", 1) // it goes before the one that is there
	text = strings.Replace(text, "\nactivities:\n", "\nactivities:\n"+activities.String(), 1)
	text = strings.Replace(text, "\nsources:\n", "\nsources:\n"+sources.String(), 1)
	w := empty(t)
	if _, err := w.desk.Activate(t.Context(), "register.yaml", []byte(text), nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestTheLivingProfileMoves: what customers of the demo agreed to and want goes
// out in each format, is ingested by a second store, and stands there as it
// stood here, but for the losses that were told.
func TestTheLivingProfileMoves(t *testing.T) {
	presets := map[string]string{"didomi": "didomi.events", "dpv": "dpv.consents", "gcm": "google.consent_mode", "kantara": "kantara.receipts",
		"mparticle": "mparticle.batch", "onetrust": "onetrust.receipts", "segment": "segment.events", "unomi": "unomi.profile", "xdm": "adobe.consents"}
	prefix := map[string]string{"gcm": "google.", "unomi": "lindenhof/", "xdm": "adobe."}
	here, _ := loaded(t)
	reg := register(t)
	purposes := map[cdp.PurposeID]exchange.Purpose{}
	for _, p := range reg.Purposes {
		purposes[p.ID] = exchange.Purpose{Title: p.Title.EN, DPV: p.DPV, Categories: p.Categories, Marketing: p.DirectMarketing}
	}
	exactly := map[string]int{}
	for _, format := range exchange.Formats() {
		there := second(t, presets)
		for _, number := range []string{"L10204", "L10241", "L10315", "L10352", "L10389", "L10648", "L11832", "L12424", "L12720", "L13164"} {
			p := here.customer(t, number)
			doc, losses, err := exchange.Export(format, exchange.Person{Profile: p.ID.String(), At: testdata.Day(), Controller: "lindenhof", Standings: p.Consents, Wishes: p.Wishes, Purposes: purposes})
			if err != nil {
				t.Fatal(err)
			}
			preset, err := ingest.LoadPreset(presets[format])
			if err != nil {
				t.Fatal(err)
			}
			if len(doc) > 0 {
				r, err := ingest.Run(t.Context(), ingest.Options{Gate: there.desk, Canon: there.canon, Mapping: preset.Mapping, Name: number + ".ndjson", Size: int64(len(doc)),
					Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(doc)), nil }})
				if err != nil || r.Rejected > 0 || r.Quarantined > 0 || r.Refused > 0 {
					t.Fatalf("%s, %s: %+v, %v", format, number, r, err)
				}
			}
			told := func(i int, wishes bool, codes ...string) bool {
				return slices.ContainsFunc(losses, func(l exchange.Loss) bool {
					of := l.Of
					if wishes {
						of = l.Wishes
					}
					return slices.Contains(of, i) && slices.Contains(codes, l.Code)
				})
			}
			for i, s := range p.Consents {
				if s.State == cdp.NoStatement {
					continue
				}
				var events []cdp.Consent
				err := there.g.View(t.Context(), func(tx *graph.Tx) (err error) {
					events, err = tx.ConsentsOf(s.Endpoint)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				own := prefix[format]
				if own == "" {
					own = format + "."
				}
				got := policy.Standings(events, testdata.Day())
				j := slices.IndexFunc(got, func(g cdp.Standing) bool {
					return g.Purpose == cdp.PurposeID(own)+s.Purpose && g.Channel == s.Channel && g.Controller == s.Controller
				})
				whole := told(i, false, "endpoint", "purpose", "channel", "controller", "regulation")
				switch {
				case j < 0 && !whole && !told(i, false, "state"):
					t.Errorf("%s, %s: %s is lost, and nothing says so", format, number, s.Purpose)
				case j >= 0 && !whole && got[j].State != s.State && !told(i, false, "state"):
					t.Errorf("%s, %s: %s went as %s and came as %s", format, number, s.Purpose, s.State, got[j].State)
				case j >= 0 && !whole && got[j].State == s.State && !got[j].Since.Equal(s.Since) && !told(i, false, "time"):
					t.Errorf("%s, %s: %s since %v, came as %v", format, number, s.Purpose, s.Since, got[j].Since)
				case j >= 0 && !whole && got[j].State == s.State:
					exactly[format]++
				}
			}
			for i, x := range p.Wishes {
				var stated []cdp.Preference
				err := there.g.View(t.Context(), func(tx *graph.Tx) (err error) {
					stated, err = tx.PreferencesOf(x.Endpoint)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				got := policy.Preferring(stated, testdata.Day())
				same := slices.ContainsFunc(got, func(g cdp.Preferring) bool {
					return g.Channel == x.Channel && g.Topic == x.Topic && g.Wish == x.Wish && g.Frequency == x.Frequency && g.Quiet == x.Quiet && g.Language == x.Language
				})
				if !same && !told(i, true, "preference", "wish", "frequency", "quiet", "language", "endpoint") {
					t.Errorf("%s, %s: a preference for %q %q is lost, and nothing says so", format, number, x.Channel, x.Topic)
				}
				if same {
					exactly[format+" preferences"]++
				}
			}
		}
	}
	for _, name := range []string{"didomi", "dpv", "kantara", "onetrust", "unomi", "didomi preferences", "dpv preferences", "onetrust preferences", "unomi preferences"} {
		if exactly[name] == 0 {
			t.Errorf("%s: nothing came back as it went out: %v", name, exactly)
		}
	}
}
