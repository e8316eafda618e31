package exchange_test

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/exchange"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rulefile"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// presets are the mappings by which a format comes back.
var presets = map[string]string{"didomi": "didomi.events", "dpv": "dpv.consents", "gcm": "google.consent_mode", "kantara": "kantara.receipts",
	"mparticle": "mparticle.batch", "onetrust": "onetrust.receipts", "segment": "segment.events", "unomi": "unomi.profile", "xdm": "adobe.consents"}

func canon(t testing.TB) *ident.Canonicaliser {
	t.Helper()
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	return ident.New([32]byte{1}, lists)
}

// A gate keeps what is ingested.
type gate struct {
	records []cdp.Record
	rejects []cdp.Reject
}

func (g *gate) Begin(context.Context, cdp.Delivery) (cdp.BatchID, int, error) { return 1, 0, nil }

func (g *gate) Admit(_ context.Context, b cdp.Batch) (cdp.Receipt, error) {
	g.records, g.rejects = append(g.records, b.Records...), append(g.rejects, b.Rejects...)
	return cdp.Receipt{Rows: len(b.Records) + len(b.Rejects) + len(b.Dropped), Admitted: len(b.Records), Rejected: len(b.Rejects), Dropped: len(b.Dropped)}, nil
}

// back ingests what was exported by its preset, and gives what holds then.
func back(t interface{ Fatal(...any) }, c *ident.Canonicaliser, p ingest.Preset, doc []byte) []cdp.Standing {
	if len(doc) == 0 {
		return nil
	}
	g := &gate{}
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(doc))), nil }
	if _, err := ingest.Run(context.Background(), ingest.Options{Gate: g, Canon: c, Mapping: p.Mapping, Name: "x.ndjson", Open: open}); err != nil {
		t.Fatal(err)
	}
	if len(g.rejects) > 0 {
		t.Fatal(p.Name, g.rejects[0].Code, g.rejects[0].Field, g.rejects[0].Reason, string(doc))
	}
	var events []cdp.Consent
	for _, r := range g.records {
		for _, e := range r.Consents {
			e.Controller, e.Recorded, e.Source = "lindenhof", now, r.Source
			events = append(events, e)
		}
	}
	return policy.Standings(events, now)
}

// named is what a purpose is called when it comes back.
func named(format string, p cdp.PurposeID) cdp.PurposeID {
	switch format {
	case "gcm":
		return "google." + cdp.PurposeID(strings.TrimPrefix(string(p), "google."))
	case "unomi":
		return "lindenhof/" + p
	case "xdm":
		return "adobe.marketing"
	}
	return cdp.PurposeID(format) + "." + p
}

var purposes = map[cdp.PurposeID]exchange.Purpose{"newsletter": {Title: "Newsletter", DPV: "dpv:DirectMarketing", Marketing: true}, "offers": {Marketing: true},
	"profile": {Title: "Customer profile"}, "google.ad_storage": {}}

// person makes the consents of one person, at random.
func person(t *rapid.T, c *ident.Canonicaliser) exchange.Person {
	id := func(k cdp.Kind, raw, issuer string) cdp.Identifier {
		out, _ := c.Canon(k, raw, ident.Options{Issuer: issuer})
		return out
	}
	endpoints := []cdp.Identifier{id(cdp.KindEmail, "ana.weber@post-lindenau.de", ""), id(cdp.KindEmail, "ana@linden.ro", ""), id(cdp.KindPhone, "+491711234567", ""),
		id(cdp.KindCookie, "c-77", "google.client"), id(cdp.KindLoyalty, "770001", "lindenclub")}
	var events []cdp.Consent
	for range rapid.IntRange(1, 9).Draw(t, "events") {
		e := cdp.Consent{Controller: "lindenhof", Source: "centre", Recorded: now}
		e.Endpoint = rapid.SampledFrom(endpoints).Draw(t, "endpoint")
		e.Purpose = rapid.SampledFrom([]cdp.PurposeID{"newsletter", "offers", "profile", "google.ad_storage", ""}).Draw(t, "purpose")
		e.State = rapid.SampledFrom(cdp.ConsentStates()).Draw(t, "state")
		e.Channel = rapid.SampledFrom([]cdp.Channel{"", "email", "sms", "web"}).Draw(t, "channel")
		e.Regulation = rapid.SampledFrom([]string{"", "gdpr", "ccpa"}).Draw(t, "regulation")
		e.PreTicked = rapid.IntRange(0, 9).Draw(t, "ticked") == 0
		if rapid.IntRange(0, 5).Draw(t, "undated") > 0 {
			e.At = now.AddDate(0, 0, -rapid.IntRange(1, 900).Draw(t, "day")).Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "micros")) * time.Microsecond)
		}
		if e.State.ValidForProcessing() && rapid.IntRange(0, 2).Draw(t, "ends") == 0 && !e.At.IsZero() {
			e.Expires = e.At.AddDate(0, rapid.IntRange(1, 30).Draw(t, "months"), 0).Truncate(time.Second)
		}
		e.Notice = rapid.SampledFrom([]string{"", "NL-2"}).Draw(t, "notice")
		e.Method = rapid.SampledFrom([]string{"", "form"}).Draw(t, "method")
		e.Language = rapid.SampledFrom([]string{"", "de"}).Draw(t, "language")
		events = append(events, e)
	}
	p := exchange.Person{Profile: "P-0000007", At: now, Standings: policy.Standings(events, now), Purposes: purposes,
		Controllers: map[string]exchange.Controller{"lindenhof": {Name: "Lindenhof GmbH", Country: "DE", Contact: "dpo@lindenhof.example"}}}
	if rapid.Bool().Draw(t, "wish") {
		p.Wishes = []cdp.Preferring{{Endpoint: endpoints[0], Channel: "sms", Wish: cdp.Unwanted}}
	}
	return p
}

// TestThereAndBack: what comes back is what went out, wherever no loss says
// otherwise; and nothing comes back as a permission that was none.
func TestThereAndBack(t *testing.T) {
	c := canon(t)
	for _, name := range exchange.Formats() {
		t.Run(name, func(t *testing.T) {
			preset, err := ingest.LoadPreset(presets[name])
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				p := person(t, c)
				doc, losses, err := exchange.Export(name, p)
				if err != nil {
					t.Fatal(err)
				}
				again, _, _ := exchange.Export(name, p)
				if string(doc) != string(again) {
					t.Fatal("the same person gives other bytes")
				}
				lost := func(purpose cdp.PurposeID, codes ...string) bool {
					return slices.ContainsFunc(losses, func(l exchange.Loss) bool { return l.Purpose == purpose && slices.Contains(codes, l.Code) })
				}
				if len(p.Wishes) > 0 && !lost("", "preference") {
					t.Fatal("a preference is lost and nothing says so")
				}
				got := back(t, c, preset, doc)
				for _, s := range p.Standings {
					compare(t, name, s, got, lost)
				}
				for _, g := range got {
					permitted(t, name, g, p.Standings, doc)
				}
			})
		})
	}
}

// compare looks for a standing among those that came back.
func compare(t *rapid.T, format string, s cdp.Standing, got []cdp.Standing, lost func(cdp.PurposeID, ...string) bool) {
	if s.State == cdp.NoStatement {
		return
	}
	regulation := "gdpr"
	for _, e := range s.Events {
		if e.Regulation != "" {
			regulation = e.Regulation
		}
	}
	for _, g := range got {
		if !g.Endpoint.Same(s.Endpoint) || g.Purpose != named(format, s.Purpose) || g.Channel != s.Channel && !(format == "gcm" && g.Channel == "web") {
			continue
		}
		if r := g.Events[0].Regulation; r != "" && r != regulation || r == "" && regulation != "gdpr" {
			continue
		}
		if g.State != s.State && !lost(s.Purpose, "state", "channel", "purpose") {
			t.Fatalf("%s %s went out as %s and came back as %s", s.Purpose, s.Channel, s.State, g.State)
		}
		if g.State == s.State && !g.Since.Equal(s.Since) && !lost(s.Purpose, "time", "state", "channel", "purpose") {
			t.Fatalf("%s: since %v, came back %v", s.Purpose, s.Since, g.Since)
		}
		if g.State == s.State && s.State.ValidForProcessing() && !g.Expires.Equal(s.Expires) && !lost(s.Purpose, "expires", "channel", "purpose", "state") {
			t.Fatalf("%s: ends %v, came back %v", s.Purpose, s.Expires, g.Expires)
		}
		if g.State == s.State && g.Complete < s.Complete && !lost(s.Purpose, "evidence", "channel", "purpose", "state") {
			t.Fatalf("%s: evidence %d %%, came back %d %%, missing %v", s.Purpose, s.Complete, g.Complete, g.Missing)
		}
		return
	}
	if !lost(s.Purpose, "state", "endpoint", "purpose", "channel", "regulation") {
		t.Fatalf("%s at %v, %s: %s did not come back, and no loss says so", s.Purpose, s.Endpoint, s.Channel, s.State)
	}
}

// permitted checks that a permission that came back went out.
func permitted(t *rapid.T, format string, g cdp.Standing, went []cdp.Standing, doc []byte) {
	if !g.State.ValidForProcessing() || g.Endpoint.Kind() == cdp.KindRecord { // which is bound to nobody
		return
	}
	ok := slices.ContainsFunc(went, func(s cdp.Standing) bool {
		return s.Endpoint.Same(g.Endpoint) && named(format, s.Purpose) == g.Purpose && s.State.ValidForProcessing() && (s.Channel == "" || s.Channel == g.Channel || g.Channel == "" || format == "gcm")
	})
	if !ok {
		t.Fatalf("%s at %v came back as %s and did not go out as a permission\n%s", g.Purpose, g.Endpoint, g.State, doc)
	}
}

// TestDocumentsAreStrict: each line is one strict JSON object without anything
// twice, as the ingest asks.
func TestDocumentsAreStrict(t *testing.T) {
	c := canon(t)
	rapid.Check(t, func(t *rapid.T) {
		p := person(t, c)
		for _, name := range exchange.Formats() {
			doc, _, err := exchange.Export(name, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(strings.TrimSuffix(string(doc), "\n"), "\n") {
				if line != "" && !json.Valid([]byte(line)) {
					t.Fatalf("%s: %s", name, line)
				}
			}
		}
	})
	if _, _, err := exchange.Export("fax", exchange.Person{}); err == nil {
		t.Error("an unknown format")
	}
}

// TestHowItWasGiven: an express consent and the word of a parent come back from
// a record; a receipt that can not tell an express consent from another says so.
func TestHowItWasGiven(t *testing.T) {
	c := canon(t)
	at, _ := c.Canon(cdp.KindEmail, "ana.weber@post-lindenau.de", ident.Options{})
	for _, explicit := range []bool{true, false} {
		events := []cdp.Consent{{Endpoint: at, Controller: "lindenhof", Purpose: "newsletter", State: cdp.ConsentGiven, At: now.AddDate(0, -1, 0), Explicit: explicit, Speaker: cdp.ByParent}}
		p := exchange.Person{Profile: "P-0000007", At: now, Standings: policy.Standings(events, now), Purposes: purposes}
		preset, err := ingest.LoadPreset("dpv.consents")
		if err != nil {
			t.Fatal(err)
		}
		doc, _, err := exchange.Export("dpv", p)
		if err != nil {
			t.Fatal(err)
		}
		if got := back(t, c, preset, doc); len(got) != 1 || got[0].Explicit != explicit || got[0].Speaker != cdp.ByParent {
			t.Errorf("explicit %v by a parent came back as %+v", explicit, got)
		}
		_, losses, err := exchange.Export("kantara", p)
		if err != nil {
			t.Fatal(err)
		}
		if said := slices.ContainsFunc(losses, func(l exchange.Loss) bool { return l.Code == "explicit" }); said == explicit {
			t.Errorf("explicit %v: losses of a receipt %+v", explicit, losses)
		}
	}
}
