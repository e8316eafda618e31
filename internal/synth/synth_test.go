package synth

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func (rec *Record) identifiers() map[string]string {
	all := map[string]string{"email": strings.ToLower(rec.Email), "phone": canonicalPhone(rec.Phone), "loyalty": rec.Loyalty, "crm": rec.CRM,
		"cookie": rec.Cookie, "device": rec.Device, "social": rec.Social}
	for k, v := range all {
		if v == "" {
			delete(all, k)
		}
	}
	return all
}

func canonicalPhone(s string) string {
	s = strings.ReplaceAll(s, " ", "")
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		return "+" + rest
	}
	return s
}

// apart reports whether a record may not be linked: the newsletter's ground
// for linking is consent, and the last word was no yes.
func apart(rec *Record) bool {
	return rec.Source == Newsletter && rec.Consents[len(rec.Consents)-1].State != "given"
}

// find is the plainest union-find.
func find(up []int, i int) int {
	for up[i] != i {
		up[i] = up[up[i]]
		i = up[i]
	}
	return i
}

// TestShape holds a population to what is promised of it.
func TestShape(t *testing.T) {
	const n = 60_000
	keys := make(map[string]bool)
	kinds := make(map[string]int)
	sources := make(map[string]int)
	people := make(map[uint64]bool)
	last := make(map[string]int)
	up := make([]int, 0, n)
	var consents, texts, bought, total int
	for rec := range Population(7, n) {
		i := len(up)
		up = append(up, i)
		if id := rec.Source + "/" + rec.Key; keys[id] {
			t.Fatalf("key %s twice", id)
		} else {
			keys[id] = true
		}
		people[rec.Person] = true
		sources[rec.Source]++
		ids := rec.identifiers()
		if len(ids) < 2 || len(ids) > 4 {
			t.Fatalf("%s %s has %d identifiers", rec.Source, rec.Key, len(ids))
		}
		for kind, v := range ids {
			kinds[kind]++
			if rec.Source == Leads || apart(rec) {
				continue
			}
			if j, ok := last[kind+v]; ok {
				up[find(up, i)] = find(up, j)
			}
			last[kind+v] = i
		}
		if rec.At.Before(opening) || rec.At.After(closing) {
			t.Fatalf("%s is of %v", rec.Key, rec.At)
		}
		for _, e := range rec.Events {
			if e.Kind == "" || e.Channel == "" || e.At.IsZero() || e.At.After(rec.At) {
				t.Fatalf("%s: a touchpoint is incomplete or after its record", rec.Key)
			}
			if total++; e.Text != "" {
				texts++
			}
		}
		if len(rec.Consents) > 0 {
			consents++
		}
		if rec.Source == Leads {
			bought++
		}
		for _, s := range []string{rec.Given, rec.Family, rec.City} {
			if s == "" || !utf8.ValidString(s) {
				t.Fatalf("%s: a name is empty or not UTF-8", rec.Key)
			}
		}
	}
	if len(up) != n {
		t.Fatalf("%d records instead of %d", len(up), n)
	}
	if len(kinds) != 7 || len(sources) != len(Sources()) {
		t.Errorf("kinds %v, sources %v", kinds, sources)
	}
	sizes := make(map[int]int)
	for i := range up {
		sizes[find(up, i)]++
	}
	profiles, most := len(sizes)-bought, 0
	for _, s := range sizes {
		most = max(most, s)
	}
	share := func(what string, got, of int, low, high float64) {
		if f := float64(got) / float64(of); f < low || f > high {
			t.Errorf("%s: %.4f, not within %v and %v", what, f, low, high)
		}
	}
	share("profiles per record", profiles, n, 0.32, 0.37)
	share("records with consents", consents, n, 0.18, 0.22)
	share("touchpoints with text", texts, total, 0.035, 0.065)
	share("people per profile", len(people), profiles, 0.9, 1.3)
	if most < 300 || most > 2500 {
		t.Errorf("the largest profile has %d records", most)
	}
	t.Logf("%d profiles, %d people, largest %d, kinds %v, sources %v, consents %d, texts %d of %d", profiles, len(people), most, kinds, sources, consents, texts, total)
}

// TestSame: the seed decides, and nothing else does.
func TestSame(t *testing.T) {
	digest := func(seed uint64, n int) string {
		h := sha256.New()
		for rec := range Population(seed, n) {
			line, err := rec.JSON()
			if err != nil {
				t.Fatal(err)
			}
			h.Write(line)
			fmt.Fprintln(h, rec.Person)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	a := digest(1, 10_000)
	if a != digest(1, 10_000) {
		t.Error("the same seed gave other people")
	}
	if a == digest(2, 10_000) {
		t.Error("another seed gave the same people")
	}
}

func TestStops(t *testing.T) {
	n := 0
	for range Population(1, 50_000) {
		if n++; n == 10 {
			break
		}
	}
	if n != 10 {
		t.Fatalf("%d records", n)
	}
	for range Population(1, 0) {
		t.Fatal("a record of nobody")
	}
}

// TestJSON: a line says what the record says, less the truth.
func TestJSON(t *testing.T) {
	for rec := range Population(3, 2000) {
		line, err := rec.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(line), "}\n") {
			t.Fatal("not a line")
		}
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		social := ""
		if m["network"] != nil {
			social = m["network"].(string) + ":" + m["social"].(string)
		}
		for field, want := range map[string]string{"id": rec.Key, "email": rec.Email, "phone": rec.Phone, "card": rec.Loyalty,
			"customer": rec.CRM, "cookie": rec.Cookie, "device": rec.Device, "city": rec.City} {
			if got, _ := m[field].(string); got != want {
				t.Fatalf("%s of %s differs", field, rec.Key)
			}
		}
		if social != rec.Social || len(m["events"].([]any)) != Touches {
			t.Fatalf("%s: social or events differ", rec.Key)
		}
		if said, _ := m["consents"].([]any); len(said) != len(rec.Consents) {
			t.Fatalf("%s: consents differ", rec.Key)
		}
		if _, told := m["person"]; told {
			t.Fatal("the truth is on the row")
		}
	}
}

func TestFiles(t *testing.T) {
	for _, s := range Sources() {
		if !strings.Contains(string(Mapping(s)), "source: { id: "+s+",") || !strings.Contains(string(Register()), "{id: "+s+",") {
			t.Errorf("%s has no mapping or is not in the register", s)
		}
	}
	if Mapping("register") != nil || Mapping("nothing") != nil {
		t.Error("a mapping of no source")
	}
	if !slices.Contains(Sources(), Leads) {
		t.Error("no bought addresses")
	}
}

func BenchmarkPopulation(b *testing.B) {
	n := 0
	for b.Loop() {
		for range Population(1, 10_000) {
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}

// TestCrowds: what shares a device shares nothing else, with nobody.
func TestCrowds(t *testing.T) {
	const n = 5_000
	seen := make(map[string]string)
	for rec := range Population(7, 2_000) {
		seen[rec.Source+"/"+rec.Key] = "population"
		for kind, v := range rec.identifiers() {
			seen[kind+v] = "population"
		}
	}
	devices := make(map[string]bool)
	for name, crowd := range map[string]func(func(*Record) bool){"visits": Visits(7, n), "kiosk": Kiosk(7, n)} {
		device, got := "", 0
		for rec := range crowd {
			ids := rec.identifiers()
			if got++; got == 1 {
				device = ids["device"]
			}
			if ids["device"] != device || device == "" || len(ids) < 2 || name == "visits" && (len(ids) != 2 || ids["cookie"] == "") || name == "kiosk" && ids["crm"] == "" {
				t.Fatalf("%s: record %d has %d identifiers or another device", name, got, len(ids))
			}
			delete(ids, "device")
			for kind, v := range ids {
				if by := seen[kind+v]; by != "" {
					t.Fatalf("%s: record %d shares its %s with %s", name, got, kind, by)
				}
				seen[kind+v] = name
			}
			if seen[rec.Source+"/"+rec.Key] != "" {
				t.Fatalf("%s: key of record %d twice", name, got)
			}
			seen[rec.Source+"/"+rec.Key] = name
		}
		if got != n || devices[device] || seen["device"+device] != "" {
			t.Fatalf("%s: %d records, or a device of others", name, got)
		}
		devices[device] = true
	}
}
