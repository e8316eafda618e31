package exchange_test

import (
	"context"
	"fmt"
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
)

// there is when a document arrives: what nobody has dated counts from then on.
var there = now.Add(time.Hour)

// back ingests what was exported by its preset, and gives what holds then.
func back(t interface{ Fatal(...any) }, c *ident.Canonicaliser, p ingest.Preset, doc []byte) ([]cdp.Standing, []cdp.Preference) {
	if len(doc) == 0 {
		return nil, nil
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
	var stated []cdp.Preference
	for _, r := range g.records {
		for _, e := range r.Consents {
			e.Controller, e.Recorded, e.Source = "lindenhof", there, r.Source
			events = append(events, e)
		}
		for _, x := range r.Preferences {
			x.Controller, x.Recorded, x.Source = "lindenhof", there, r.Source
			stated = append(stated, x)
		}
	}
	return policy.Standings(events, there), stated
}

// named is what a purpose is called when it comes back.
func named(format string, p cdp.PurposeID, all []cdp.Standing) cdp.PurposeID {
	prefix := map[string]string{"gcm": "google.", "unomi": "lindenhof/", "xdm": "adobe."}[format]
	if prefix == "" {
		prefix = format + "."
	}
	bare, own := strings.CutPrefix(string(p), prefix)
	taken := slices.ContainsFunc(all, func(s cdp.Standing) bool { return own && s.Purpose == cdp.PurposeID(bare) })
	switch {
	case own && !taken:
		return p
	case format == "unomi" && !own && strings.Contains(string(p), "/"):
		return p
	}
	return cdp.PurposeID(prefix) + p
}

var purposes = map[cdp.PurposeID]exchange.Purpose{"newsletter": {Title: "Newsletter", DPV: "dpv:DirectMarketing", Marketing: true}, "offers": {Marketing: true},
	"profile": {Title: "Customer profile", DPV: "dpv:Personalisation"}, "statistics": {DPV: "dpv:ServiceUsageAnalytics"}}

const register = `
register: test
valid_from: 2024-01-01
owner: office
consent: {validity: P2Y, confirm_within: P30D}
controllers: [{id: lindenhof, name: Lindenhof, country: DE}]
purposes:
  - {id: newsletter, title: {en: Newsletter}, dpv: dpv:DirectMarketing, categories: [user.contact]}
  - {id: offers, title: {en: Offers}, dpv: dpv:DirectMarketing, categories: [user.contact]}
  - {id: profile, title: {en: Profile}, dpv: dpv:Personalisation, categories: [user.contact]}
  - {id: statistics, title: {en: Statistics}, dpv: dpv:ServiceUsageAnalytics, categories: [user.contact]}
notices:
  - {id: NL-1, purposes: [newsletter, offers], texts: [{language: de, sha256: 7818a44b9bcb8499d8f5e0f4f9a7afe58f1ee2165436bb79431fe426cd7b4af9, ref: a}], valid_from: 2024-01-01, valid_to: 2026-05-31}
  - {id: NL-2, purposes: [newsletter, offers], texts: [{language: de, sha256: d1134f47eabe08712a17d1129c05ba1ef77bdead85c1e59fde8a2cb9b9154093, ref: b}], valid_from: 2026-06-01, material_change: true, change: more data}
recipients: []
activities: []
sources: []
`

// person makes the consents and preferences of one person, at random, as they
// hold under a register that has a say in it.
func person(t *rapid.T, c *ident.Canonicaliser, format string, reg *policy.Register) exchange.Person {
	endpoints := endpointsOf(c)
	endpoint := func() cdp.Identifier {
		return rapid.SampledFrom(endpoints[:rapid.IntRange(1, len(endpoints)).Draw(t, "of")]).Draw(t, "endpoint")
	}
	prefix := map[string]string{"gcm": "google.", "unomi": "lindenhof/", "xdm": "adobe."}[format]
	if prefix == "" {
		prefix = format + "."
	}
	own := cdp.PurposeID(prefix + rapid.SampledFrom([]string{"ad_storage", "share", "newsletter"}).Draw(t, "own"))
	day := func() time.Time {
		return now.AddDate(0, 0, -rapid.IntRange(1, 900).Draw(t, "day")).Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "micros")) * time.Microsecond)
	}
	some := func(name string) bool { return rapid.IntRange(0, 5).Draw(t, name) == 0 }
	var events []cdp.Consent
	for range rapid.IntRange(1, 7).Draw(t, "events") {
		e := cdp.Consent{Controller: rapid.SampledFrom([]string{"lindenhof", "lindenhof", "lindenhof", "wohnen"}).Draw(t, "controller"), Source: "centre", Recorded: now.AddDate(0, 0, -1)}
		e.Endpoint = endpoint()
		e.Purpose = rapid.SampledFrom([]cdp.PurposeID{"newsletter", "offers", "profile", "statistics", own, ""}).Draw(t, "purpose")
		e.State = rapid.SampledFrom(cdp.ConsentStates()).Draw(t, "state")
		e.Channel = rapid.SampledFrom([]cdp.Channel{"", "", "email", "sms", "web", "app"}).Draw(t, "channel")
		e.Regulation = rapid.SampledFrom([]string{"", "gdpr", "ccpa"}).Draw(t, "regulation")
		e.PreTicked, e.Explicit, e.Bundled, e.Conditional = some("ticked"), some("explicit"), some("bundled"), some("conditional")
		e.Speaker = rapid.SampledFrom([]cdp.Speaker{cdp.ByPerson, cdp.ByPerson, cdp.ByParent, cdp.ByGuardian, cdp.ByAgent}).Draw(t, "speaker")
		if !some("undated") {
			e.At = day()
		}
		if e.State.ValidForProcessing() && rapid.IntRange(0, 2).Draw(t, "ends") == 0 && !e.At.IsZero() {
			e.Expires = e.At.AddDate(0, rapid.IntRange(1, 30).Draw(t, "months"), 0).Truncate(time.Second)
		}
		e.Notice = rapid.SampledFrom([]string{"", "NL-1", "NL-2"}).Draw(t, "notice")
		e.Method = rapid.SampledFrom([]string{"", "form"}).Draw(t, "method")
		e.Language = rapid.SampledFrom([]string{"", "de"}).Draw(t, "language")
		e.Proof = rapid.SampledFrom([]cdp.Value{"", "letter 7"}).Draw(t, "proof")
		events = append(events, e)
	}
	terms := policy.Terms{}
	if rapid.Bool().Draw(t, "register") {
		terms.Register = reg
	}
	if some("child") {
		terms.Born, terms.Country = now.AddDate(-14, 0, 0), "DE"
	}
	p := exchange.Person{Profile: "P-0000007", At: now, Controller: "lindenhof", Standings: terms.Standings(events, now), Purposes: purposes,
		Controllers: map[string]exchange.Controller{"lindenhof": {Name: "Lindenhof GmbH", Country: "DE", Contact: "dpo@lindenhof.example"}}}
	var stated []cdp.Preference
	for range rapid.IntRange(0, 5).Draw(t, "wishes") {
		x := cdp.Preference{Controller: rapid.SampledFrom([]string{"lindenhof", "lindenhof", "lindenhof", "wohnen"}).Draw(t, "controller"), Source: "centre", Recorded: now.AddDate(0, 0, -1)}
		x.Endpoint = endpoint()
		x.Channel = rapid.SampledFrom([]cdp.Channel{"", "email", "sms", "phone"}).Draw(t, "channel")
		x.Topic = rapid.SampledFrom([]string{"", "", "garden"}).Draw(t, "topic")
		x.Wish = rapid.SampledFrom(cdp.Wishes()).Draw(t, "wish")
		x.Frequency = rapid.SampledFrom([]string{"", "", "P1W", "monthly"}).Draw(t, "frequency")
		x.Quiet = rapid.SampledFrom([]cdp.Quiet{{}, {}, {From: 21 * 60, To: 7 * 60, Zone: "Europe/Berlin"}, {From: 0, To: 390}}).Draw(t, "quiet")
		x.Language = rapid.SampledFrom([]string{"", "", "ro", "tr-TR"}).Draw(t, "language")
		if !some("undated") {
			x.At = day()
		}
		stated = append(stated, x)
	}
	p.Wishes = policy.Preferring(stated, now)
	return p
}

// endpointsOf are identifiers of every kind, of the issuers of the formats and of
// others.
func endpointsOf(c *ident.Canonicaliser) (out []cdp.Identifier) {
	for _, x := range []struct {
		kind        cdp.Kind
		raw, issuer string
	}{{cdp.KindEmail, "ana.weber@post-lindenau.de", ""}, {cdp.KindEmail, "ana@linden.ro", ""}, {cdp.KindPhone, "+491711234567", ""}, {cdp.KindCookie, "c-77", "google.client"},
		{cdp.KindLoyalty, "7700 01", "lindenclub"}, {cdp.KindCookie, "c/78", "didomi"}, {cdp.KindCookie, "c-79", "segment"}, {cdp.KindLogin, "l-1", "segment"},
		{cdp.KindLogin, "l-2", "mparticle.customer"}, {cdp.KindLogin, "l-3", "sso"}, {cdp.KindCRM, "K1", "unomi"}, {cdp.KindCRM, "K2", "adobe"}, {cdp.KindCRM, "K3", "kantara"},
		{cdp.KindCRM, "K@4", "onetrust"}, {cdp.KindCRM, "+K5", "didomi"}, {cdp.KindCRM, "346244611012968789", "mparticle"}, {cdp.KindCRM, "L10204", "lindenhof"}, {cdp.KindDevice, "7F2D1B1C-0A3E-4F5D-9C8B-1A2B3C4D5E6F", ""},
		{cdp.KindSocial, "1000:7", "facebook"}, {cdp.KindOrder, "O-1", "shop"}, {cdp.KindNationalID, "AB123456", "de"}, {cdp.KindIP, "203.0.113.9", ""},
		{cdp.KindEmailSHA256, strings.Repeat("ab12", 16), ""}, {cdp.KindEmailMD5, strings.Repeat("ab12", 8), ""}, {cdp.KindPhoneSHA256, strings.Repeat("cd34", 16), ""},
		{cdp.KindRecord, "k1", "adobe.consents"}, {cdp.KindRecord, "k2", "shop.de"}} {
		id, v := c.Canon(x.kind, x.raw, ident.Options{Issuer: x.issuer})
		if id.IsZero() {
			panic(fmt.Sprint("no ", x.kind, v))
		}
		out = append(out, id)
	}
	return out
}

// TestThereAndBack: what comes back is what went out less the losses that are
// told, each of those is real, and nothing comes back as a permission, or as a
// wish, that was none.
func TestThereAndBack(t *testing.T) {
	c := canon(t)
	reg, err := policy.Parse("register.yaml", []byte(register))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range exchange.Formats() {
		t.Run(name, func(t *testing.T) {
			preset, err := ingest.LoadPreset(presets[name])
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				p := person(t, c, name, reg)
				doc, losses, err := exchange.Export(name, p)
				if err != nil {
					t.Fatal(err)
				}
				again, _, _ := exchange.Export(name, p)
				if string(doc) != string(again) {
					t.Fatal("the same person gives other bytes")
				}
				x := trip{t: t, format: name, p: p, doc: string(doc), losses: losses}
				x.got, x.stated = back(t, c, preset, doc)
				for i := range p.Standings {
					x.standing(i)
				}
				for i := range p.Wishes {
					x.wish(i)
				}
				x.codes()
				x.permitted()
				x.wished()
			})
		})
	}
}

// A trip is what went out and came back.
type trip struct {
	t      *rapid.T
	format string
	p      exchange.Person
	doc    string
	losses []exchange.Loss
	got    []cdp.Standing
	stated []cdp.Preference
}

// told are the codes of what is said to be lost of a standing.
func (x *trip) told(place int) (out []string) {
	for _, l := range x.losses {
		if slices.Contains(l.Of, place) {
			out = append(out, l.Code)
			if l.Purpose != x.p.Standings[place].Purpose {
				x.t.Fatalf("a loss of %q is told of %q", x.p.Standings[place].Purpose, l.Purpose)
			}
		}
	}
	return out
}

func regulationOf(s cdp.Standing) string {
	for _, e := range s.Events {
		if e.Regulation != "" {
			return e.Regulation
		}
	}
	return "gdpr"
}

// moments counts what was said when.
func moments(s cdp.Standing) int {
	seen := map[string]bool{}
	for _, e := range s.Events {
		at := e.At
		if at.IsZero() && !e.State.ValidForProcessing() {
			at = e.Recorded
		}
		seen[fmt.Sprint(e.State, e.PreTicked && (e.State.ValidForProcessing() || e.State == cdp.ConsentPending), at.UnixNano())] = true
	}
	return len(seen)
}

var evidence = map[string]func(cdp.Consent) string{"notice": func(c cdp.Consent) string { return c.Notice }, "method": func(c cdp.Consent) string { return c.Method },
	"language": func(c cdp.Consent) string { return c.Language }, "proof": func(c cdp.Consent) string { return c.Proof.Reveal() }}

// shows reports whether a kind of evidence that came back is one that went out.
func shows(got, out cdp.Standing, name string) bool {
	for _, g := range got.Events {
		for _, s := range out.Events {
			if v := evidence[name](g); v != "" && v == evidence[name](s) && !slices.Contains(got.Missing, name) {
				return true
			}
		}
	}
	return false
}

// whole are the codes of what is not written at all, or as being about something
// else: then nothing can be said of its parts.
var whole = []string{"endpoint", "purpose", "channel", "controller", "regulation"}

func (x *trip) standing(place int) {
	s, told := x.p.Standings[place], x.told(place)
	if s.State == cdp.NoStatement {
		if len(told) > 0 {
			x.t.Fatalf("a loss of nothing: %v", told)
		}
		return
	}
	i := slices.IndexFunc(x.got, func(g cdp.Standing) bool {
		return g.Endpoint.Same(s.Endpoint) && g.Purpose == named(x.format, s.Purpose, x.p.Standings) && g.Controller == s.Controller && g.Channel == s.Channel && regulationOf(g) == regulationOf(s)
	})
	differs := map[string]bool{}
	if i < 0 {
		if !slices.ContainsFunc(told, func(c string) bool { return c == "state" || slices.Contains(whole, c) }) {
			x.t.Fatalf("%s at %s %s, channel %q, %s: %s did not come back, and only %v is told\n%s", s.Purpose, s.Endpoint.Kind(), s.Endpoint.Reveal(), s.Channel, s.Controller, s.State, told, x.doc)
		}
		return
	}
	g := x.got[i]
	differs["state"] = g.State != s.State
	differs["time"] = !g.Since.Equal(s.Since)
	differs["expires"] = s.State.ValidForProcessing() && !g.Expires.Equal(s.Expires)
	differs["explicit"] = g.Explicit != s.Explicit
	differs["bundled"] = g.Bundled != s.Bundled
	differs["conditional"] = g.Conditional != s.Conditional
	differs["speaker"] = g.Speaker != s.Speaker
	differs["history"] = moments(g) < moments(s)
	if s.State.ValidForProcessing() {
		for name := range evidence {
			differs["evidence"] = differs["evidence"] || !slices.Contains(s.Missing, name) && !shows(g, s, name)
		}
		for _, name := range s.Missing {
			if g.State.ValidForProcessing() && !slices.Contains(g.Missing, name) && !(x.format == "kantara" && name == "proof") { // a receipt is one
				x.t.Fatalf("%s: evidence that was not there: %s\n%s", s.Purpose, name, x.doc)
			}
		}
	}
	if slices.ContainsFunc(told, func(c string) bool { return slices.Contains(whole, c) }) {
		return // another statement came back in its place, or it is told apart otherwise
	}
	for code, is := range differs {
		if is && !slices.Contains(told, code) && !slices.Contains(told, "state") && !(code == "time" && slices.Contains(told, "expires")) {
			x.t.Fatalf("%s at %s, channel %q, %s (%s): %s is lost and not told, only %v\nout %+v\nback %+v\n%s", s.Purpose, s.Endpoint.Reveal(), s.Channel, s.State, s.Why, code, told, s, g, x.doc)
		}
	}
	for _, code := range told {
		if code != exchange.Extension && !differs[code] && !(code == "evidence" && !s.State.ValidForProcessing()) && !(code == "evidence" && differs["state"]) && !(code == "history" && len(s.Events) > 1) {
			x.t.Fatalf("%s at %s, channel %q, %s: %s is told to be lost, and is not\nout %+v\nback %+v\n%s", s.Purpose, s.Endpoint.Reveal(), s.Channel, s.State, code, s, g, x.doc)
		}
	}
}

// own folds what was stated about one channel and topic alone.
func own(events []cdp.Preference, of cdp.Preferring, at time.Time) (out cdp.Preferring) {
	events = slices.DeleteFunc(slices.Clone(events), func(s cdp.Preference) bool {
		return s.Channel != of.Channel || s.Topic != of.Topic || !s.Endpoint.Same(of.Endpoint) || s.Controller != of.Controller
	})
	if held := policy.Preferring(events, at); len(held) > 0 {
		out = held[0]
	}
	return out
}

func (x *trip) wish(place int) {
	w := x.p.Wishes[place]
	var told []string
	for _, l := range x.losses {
		if slices.Contains(l.Wishes, place) {
			told = append(told, l.Code)
		}
	}
	has := func(c string) bool { return slices.Contains(told, c) }
	s, g := own(w.Events, w, now), own(x.stated, w, there)
	differs := map[string]bool{"wish": g.Wish != s.Wish, "time": s.Wish != cdp.WishUnstated && !g.Since.Equal(s.Since), "frequency": g.Frequency != s.Frequency,
		"quiet": g.Quiet != s.Quiet, "language": g.Language != s.Language}
	for code, is := range differs {
		if is && !has(code) && !has("preference") && !has("endpoint") && !(code == "time" && has("wish")) {
			x.t.Fatalf("a preference, channel %q, topic %q: %s is lost and not told, only %v\nout %+v\nback %+v\n%s", w.Channel, w.Topic, code, told, s, g, x.doc)
		}
	}
	for _, code := range told {
		switch {
		case code == exchange.Extension, has("endpoint"), differs[code]:
		case code == "preference" && len(g.Events) == 0:
		default:
			x.t.Fatalf("a preference, channel %q, topic %q: %s is told to be lost, and is not\nout %+v\nback %+v\n%s", w.Channel, w.Topic, code, s, g, x.doc)
		}
	}
}

// codes checks that losses speak the words that are promised, and count.
func (x *trip) codes() {
	for _, l := range x.losses {
		if !slices.Contains(exchange.Codes(), l.Code) || l.Text == "" || l.Count != len(l.Of)+len(l.Wishes) || l.Count == 0 {
			x.t.Fatalf("a loss that says nothing: %+v", l)
		}
	}
}

// permitted checks that a permission that came back went out: at the same
// endpoint, for the same purpose, over no more channels, to the same controller,
// under the same regulation. Where a format has purposes of its own, all that is
// said there of one must permit it.
func (x *trip) permitted() {
	for _, g := range x.got {
		if !g.State.ValidForProcessing() {
			continue
		}
		yes := false
		for i, s := range x.p.Standings {
			same := s.Endpoint.Same(g.Endpoint) || x.format == "gcm" && s.Endpoint.Kind() == g.Endpoint.Kind() && strings.HasSuffix(s.Endpoint.Reveal(), strings.SplitN(g.Endpoint.Reveal(), ":", 2)[1])
			if !same || s.Controller != "lindenhof" || regulationOf(s) != regulationOf(g) || s.Channel != "" && s.Channel != g.Channel || !slices.Contains(x.meant(s.Purpose), g.Purpose) {
				continue
			}
			if s.State.ValidForProcessing() {
				yes = true
			} else if s.State.Restrictive() && (s.Channel == g.Channel || x.format == "gcm") {
				x.t.Fatalf("%s came back as %s although %s (%d) is %s\n%s", g.Purpose, g.State, s.Purpose, i, s.State, x.doc)
			}
		}
		for _, s := range x.p.Standings {
			every := s.Purpose == "" && s.Endpoint.Same(g.Endpoint) && s.Controller == "lindenhof" && regulationOf(s) == regulationOf(g) && (s.State.Restrictive() || s.State == cdp.ConsentUnreadable)
			if every && (s.Channel == "" && !g.Since.After(s.Since) || s.Channel != "" && (g.Channel == "" || g.Channel == s.Channel && !g.Since.After(s.Since))) {
				x.t.Fatalf("%s, channel %q, came back as %s although all purposes are %s\n%s", g.Purpose, g.Channel, g.State, s.State, x.doc)
			}
		}
		if !yes {
			x.t.Fatalf("%s at %s, channel %q, came back as %s and did not go out as a permission\n%s", g.Purpose, g.Endpoint.Reveal(), g.Channel, g.State, x.doc)
		}
	}
}

// meant are the purposes as which one comes back.
func (x *trip) meant(p cdp.PurposeID) []cdp.PurposeID {
	out := []cdp.PurposeID{named(x.format, p, x.p.Standings)}
	switch {
	case x.format == "gcm":
		out = append(out, map[cdp.PurposeID][]cdp.PurposeID{"profile": {"google.personalization_storage"}, "statistics": {"google.analytics_storage"}}[p]...)
	case x.format == "xdm" && (p == "newsletter" || p == "offers"):
		out = append(out, "adobe.marketing")
	case x.format == "xdm" && p == "profile":
		out = append(out, "adobe.personalize/content")
	}
	return out
}

// wished checks that nobody is said to want what they did not say they want, and
// that no no is lifted.
func (x *trip) wished() {
	all := policy.Preferring(x.stated, there)
	for _, g := range all {
		if g.Wish != cdp.Wanted || x.format == "xdm" { // where it is at the profile
			continue
		}
		if !slices.ContainsFunc(x.p.Wishes, func(s cdp.Preferring) bool {
			return s.Endpoint.Same(g.Endpoint) && s.Controller == g.Controller && s.Channel == g.Channel && s.Topic == g.Topic && s.Wish == cdp.Wanted
		}) {
			x.t.Fatalf("channel %q, topic %q came back as wanted, and was not\n%s", g.Channel, g.Topic, x.doc)
		}
	}
}
