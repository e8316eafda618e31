package main

import (
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/synth"
)

// TestPopulationIsRead holds the made-up population against the mappings that
// come with it and the canonical forms of identifiers: whatever a record says
// is read, and no identifier counts as a placeholder or as shared.
func TestPopulationIsRead(t *testing.T) {
	register, err := policy.Parse("register.yaml", synth.Register())
	if err != nil {
		t.Fatal(err)
	}
	canon, err := canonicaliser([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	bySource := make(map[string][]*synth.Record)
	for rec := range synth.Population(5, 6000) {
		bySource[rec.Source] = append(bySource[rec.Source], rec)
	}
	for _, source := range synth.Sources() {
		m, err := mapping.Load(source+".yaml", synth.Mapping(source))
		if err != nil {
			t.Fatal(err)
		}
		entry, ok := register.Source(m.Source.ID)
		if !ok || entry.Link != m.Source.Link || entry.Controller != m.Source.Controller {
			t.Errorf("%s: mapping and register differ", source)
		}
		var lines strings.Builder
		for _, rec := range bySource[source] {
			line, err := rec.JSON()
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(line)
		}
		r, err := decode.Open(source+".ndjson", strings.NewReader(lines.String()), m.Options())
		if err != nil {
			t.Fatal(err)
		}
		mapper := m.NewMapper(canon, cdp.Lineage{}, "")
		n := 0
		for ; ; n++ {
			row, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got, reject, _ := mapper.Row(row)
			if got == nil {
				t.Fatalf("%s row %d: %+v", source, row.Num, reject)
			}
			if n < len(bySource[source]) {
				compareSynth(t, bySource[source][n], got)
			}
		}
		if n == 0 || n != len(bySource[source]) {
			t.Errorf("%s: %d rows of %d", source, n, len(bySource[source]))
		}
		for _, note := range mapper.Notes() {
			t.Errorf("%s: %s %s: %s (%d)", source, note.Code, note.Field, note.Text, note.Count)
		}
	}
}

func compareSynth(t *testing.T, want *synth.Record, got *cdp.Record) {
	t.Helper()
	if got.Key != want.Key || !got.At.Equal(want.At) || len(got.Touchpoints) != synth.Touches || len(got.Consents) != len(want.Consents) {
		t.Fatalf("%s %s differs", want.Source, want.Key)
	}
	for i, e := range got.Touchpoints {
		w := want.Events[i]
		if e.Kind != w.Kind || string(e.Channel) != w.Channel || !e.At.Equal(w.At) || e.Text.Reveal() != w.Text || e.Detail.Reveal() != w.Detail {
			t.Fatalf("%s %s: touchpoint %d differs", want.Source, want.Key, i)
		}
	}
	for i, c := range got.Consents {
		if w := want.Consents[i]; string(c.State) != w.State || !c.At.Equal(w.At) || c.Endpoint.Kind() != cdp.KindEmail {
			t.Fatalf("%s %s: consent %d differs", want.Source, want.Key, i)
		}
	}
	if (want.Parcel != "") != (len(got.Shares) == 1) {
		t.Fatalf("%s %s: the parcel is lost, or made up", want.Source, want.Key)
	}
	kinds := make(map[cdp.Kind]bool)
	for _, c := range got.Claims {
		kinds[c.Identifier.Kind()] = true
		if c.Blocked != "" || c.Generic != "" {
			t.Fatalf("%s %s: %s is %s%s", want.Source, want.Key, c.Identifier, c.Blocked, c.Generic)
		}
	}
	for kind, v := range map[cdp.Kind]string{cdp.KindEmail: want.Email, cdp.KindPhone: want.Phone, cdp.KindLoyalty: want.Loyalty,
		cdp.KindCRM: want.CRM, cdp.KindCookie: want.Cookie, cdp.KindDevice: want.Device, cdp.KindSocial: want.Social} {
		if kinds[kind] != (v != "") {
			t.Fatalf("%s %s: %s is lost, or made up", want.Source, want.Key, kind)
		}
	}
}
