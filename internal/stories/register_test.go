package stories

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/steward"
	"cdp-tui/testdata"

	"golang.org/x/text/encoding/charmap"
)

func register(t *testing.T) *policy.Register {
	t.Helper()
	r, err := policy.Parse("register.yaml", testdata.Register())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegister(t *testing.T) {
	reg := register(t)
	for _, p := range reg.Purposes {
		if p.Title.EN == "" || p.Title.DE == "" || p.Title.RO == "" || p.Title.TR == "" {
			t.Errorf("purpose %s lacks a title", p.ID)
		}
	}
	bases := map[cdp.BasisKind]int{}
	used := map[cdp.PurposeID]bool{}
	for _, a := range reg.Activities {
		bases[a.Basis]++
		used[a.Purpose] = true
	}
	for _, b := range cdp.Bases() {
		if bases[b] == 0 {
			t.Errorf("no activity rests on %s", b)
		}
	}
	for _, p := range reg.Purposes {
		if !used[p.ID] {
			t.Errorf("no activity serves purpose %s", p.ID)
		}
	}
	// The gaps are there on purpose, and no others.
	var gaps []string
	for _, r := range reg.Recipients {
		if r.Kind == "processor" && r.Contract == "" {
			gaps = append(gaps, r.ID+" has no contract")
		}
		if !slices.Contains([]string{"DE", "IE"}, r.Country) && r.Transfer == "" {
			gaps = append(gaps, r.ID+" has no transfer tool")
		}
	}
	for _, a := range reg.Activities {
		if a.Basis == cdp.BasisLegitimate && a.Balancing == nil {
			gaps = append(gaps, string(a.ID)+" has no balancing test")
		}
	}
	for _, x := range reg.Sources {
		if x.Notice == "" {
			gaps = append(gaps, string(x.ID)+" has no notice")
		}
	}
	for _, c := range reg.Controllers {
		if c.Authority == "" {
			gaps = append(gaps, c.ID+" has no authority")
		}
	}
	for _, a := range reg.Activities {
		if a.Automated == "" {
			gaps = append(gaps, string(a.ID)+" does not say what is automated")
		}
	}
	for _, x := range reg.Sources {
		if x.Department == "" || x.Region == "" || x.Direction == "" || x.Sync == nil || len(x.Fields) == 0 || x.System == "" || x.Owner == "" {
			gaps = append(gaps, string(x.ID)+" is not described")
		}
	}
	if want := []string{"adserver has no transfer tool", "druckhaus has no contract", "prospects.mail has no balancing test", "kiosk.visits has no notice", "broker.list has no notice",
		"wohnen has no authority", "segments.build does not say what is automated", "kiosk.visits is not described"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps %q", gaps)
	}
	if n := strings.Count(string(testdata.Register()), "# gap:"); n != len(gaps)+1 { // and store.wlan, which is not there
		t.Errorf("%d gaps are marked", n)
	}
}

func TestMappingsAgreeWithTheRegister(t *testing.T) {
	reg := register(t)
	fed := map[cdp.SourceID]bool{}
	for _, it := range testdata.Demo() {
		m := load(t, it.Mapping)
		fed[m.Source.ID] = true
		if name := path.Base(it.Mapping); name != string(m.Source.ID)+".yaml" {
			t.Errorf("%s maps %s", name, m.Source.ID)
		}
		s, ok := reg.Source(m.Source.ID)
		if m.Source.ID == "store.wlan" {
			if ok {
				t.Error("store.wlan is registered")
			}
			continue
		}
		link := m.Source.Link
		if link == "" {
			link = "none"
		}
		if !ok || s.Controller != m.Source.Controller || s.Collection != m.Source.Collection || s.Link != link || !slices.Equal(s.Activities, m.Source.Activities) {
			t.Errorf("%s: mapping and register differ", m.Source.ID)
		}
	}
	for _, s := range reg.Sources {
		if !fed[s.ID] {
			t.Errorf("source %s delivers nothing", s.ID)
		}
	}
	entries, err := testdata.FS.ReadDir("mappings")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(fed) {
		t.Errorf("%d mappings, %d of them used", len(entries), len(fed))
	}
}

// Every purpose and recipient that a record names is one of the register, but
// for those that are wrong on purpose; so is what the gate found.
func TestRecordsNameWhatTheRegisterKnows(t *testing.T) {
	w, _ := loaded(t)
	reg := register(t)
	unknown := map[string]bool{}
	findings := map[string]int{}
	seen := 0
	for id := cdp.RecordID(1); ; id++ {
		v, err := w.desk.Record(t.Context(), id)
		if errors.Is(err, steward.ErrNotFound) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		seen++
		for _, x := range v.Record.Touchpoints {
			if _, ok := reg.Purpose(x.Purpose); !ok && v.Record.Source != "store.wlan" {
				unknown["purpose "+string(x.Purpose)] = true
			}
			if x.At.IsZero() || x.At.After(testdata.Day()) || x.At.Year() < 2024 {
				t.Errorf("%v of %s: %s at %v", id, v.Record.Source, x.Kind, x.At)
			}
		}
		for _, c := range v.Record.Consents {
			if _, ok := reg.Purpose(c.Purpose); !ok {
				unknown["purpose "+string(c.Purpose)] = true
			}
		}
		for _, s := range v.Record.Shares {
			if _, ok := reg.Recipient(s.Recipient); !ok {
				unknown["recipient "+s.Recipient] = true
			}
		}
		for _, f := range v.Ruling.Findings {
			findings[f]++
		}
	}
	if seen < 700 {
		t.Errorf("%d records seen", seen)
	}
	if len(unknown) != 2 || !unknown["recipient klickpartner"] || !unknown["purpose "] { // the banner's empty answer agrees to nothing at all
		t.Errorf("not in the register: %v", unknown)
	}
	var names []string
	for f := range findings {
		names = append(names, f)
	}
	slices.Sort(names)
	want := []string{"category.not_allowed: user.demographic.children", "category.not_allowed: user.financial", "category.not_allowed: user.health_and_medical",
		"category.special: health", "consent.pre_ticked", "consent.unreadable", "hold.retention_passed", "person.birth: unreadable"}
	if !slices.Equal(names, want) {
		t.Errorf("findings %v", findings)
	}
}

var (
	addresses = regexp.MustCompile(`[\p{L}0-9._%+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)`)
	numbers   = regexp.MustCompile(`(?:\+49 \(0\)|\+44 |\b0)(?:1\d\d|30|7700)[ /][0-9 ]{6,}`)
)

// Addresses and numbers are invented, or of ranges that regulators keep for
// film: the demo must reach nobody.
func TestPeopleAreMadeUp(t *testing.T) {
	made := []string{"post-lindenau.de", "brieftaube-mail.de", "fernpost-eule.de", "posta-cernava.ro", "scrisori-brad.ro", "posta-yesilova.com.tr",
		"mektup-kutum.com.tr", "letterbox-hollow.co.uk", "relay-piata-mare.ro", "lindenhof-mode.de", "lindenhof-wohnen.de"}
	film := []string{"0171 39200", "0171/39200", "0176 040690", "0176/040690", "+49 (0)171 39200", "+49 (0)176 040690", "+44 7700 900", "030 23125"}
	var mails, phones int
	check := func(name string, data []byte) {
		for _, m := range addresses.FindAllStringSubmatch(string(data), -1) {
			mails++
			if !slices.Contains(made, m[1]) && !strings.HasSuffix(m[1], ".example") { // RFC 2606
				t.Errorf("%s: an address at %s", name, m[1])
			}
		}
		for _, n := range numbers.FindAllString(string(data), -1) {
			phones++
			if !slices.ContainsFunc(film, func(p string) bool { return strings.HasPrefix(n, p) }) {
				t.Errorf("%s: a number outside the ranges for film", name)
			}
		}
	}
	for _, it := range testdata.Demo() {
		data := file(t, it.File)
		if strings.Contains(string(file(t, it.Mapping)), "charset: windows-") {
			text, err := charmap.Windows1252.NewDecoder().Bytes(data)
			if err != nil {
				t.Fatal(err)
			}
			data = text
		}
		check(it.File, data)
	}
	check("register.yaml", testdata.Register())
	if mails < 300 || phones < 50 {
		t.Errorf("%d addresses and %d numbers found: the test looks past them", mails, phones)
	}
}
