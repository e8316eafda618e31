package tcf

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sample is the vector of the specification.
const sample = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA"

var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func codes(list []Finding) (out []string) {
	for _, f := range list {
		if out = append(out, f.Code); f.Invalid {
			out[len(out)-1] += "!"
		}
	}
	return out
}

// TestSpecificationSample: the specification's own sample, which its policy
// version makes invalid.
func TestSpecificationSample(t *testing.T) {
	s, err := Decode(sample)
	if err != nil {
		t.Fatal(err)
	}
	if s.Created.Format(time.DateOnly) != "2025-06-03" || !s.Created.Equal(s.LastUpdated) || s.CMP != 880 || s.Language != "EN" || s.VendorList != 48 ||
		s.Policy != 2 || len(s.Consent)+len(s.Interest)+len(s.SpecialFeatures) != 0 || s.PublisherCC != "DE" {
		t.Errorf("core: %+v", s)
	}
	if !s.HasDisclosed || s.Publisher == nil || s.Publisher.Custom != 0 {
		t.Errorf("segments: %+v", s)
	}
	if got := codes(s.Findings(now)); !slices.Contains(got, "policy.old!") || s.Valid(now) {
		t.Errorf("findings: %v", got)
	}
	if before := time.Date(2023, 9, 30, 12, 0, 0, 0, time.UTC); slices.Contains(codes(s.Findings(before)), "policy.old!") {
		t.Error("policies 2 were valid until 30 September 2023")
	}
	for _, x := range s.Said(now) {
		if x.State != Unreadable {
			t.Errorf("%s is %s in an invalid string", x.Name, x.State)
		}
	}
}

// A writer packs bits, to make strings for tests.
type writer struct{ bits []byte }

func (w *writer) num(v int64, n int) {
	for i := n - 1; i >= 0; i-- {
		w.bits = append(w.bits, byte(v>>i&1))
	}
}

func (w *writer) flags(set []int, n int) {
	for i := 1; i <= n; i++ {
		if slices.Contains(set, i) {
			w.num(1, 1)
		} else {
			w.num(0, 1)
		}
	}
}

func (w *writer) letters(s string) { w.num(int64(s[0]-'A'), 6); w.num(int64(s[1]-'A'), 6) }

func (w *writer) vendors(list []int, ranged bool) {
	most := 0
	for _, v := range list {
		most = max(most, v)
	}
	w.num(int64(most), 16)
	if !ranged {
		w.num(0, 1)
		w.flags(list, most)
		return
	}
	w.num(1, 1)
	w.ranges(list)
}

func (w *writer) ranges(list []int) {
	var runs [][2]int
	for _, v := range list {
		if n := len(runs); n > 0 && runs[n-1][1] == v-1 {
			runs[n-1][1] = v
		} else {
			runs = append(runs, [2]int{v, v})
		}
	}
	w.num(int64(len(runs)), 12)
	for _, r := range runs {
		if r[0] == r[1] {
			w.num(0, 1)
			w.num(int64(r[0]), 16)
			continue
		}
		w.num(1, 1)
		w.num(int64(r[0]), 16)
		w.num(int64(r[1]), 16)
	}
}

func (w *writer) String() string {
	for len(w.bits)%6 != 0 {
		w.bits = append(w.bits, 0)
	}
	var b strings.Builder
	for i := 0; i < len(w.bits); i += 6 {
		n := 0
		for _, x := range w.bits[i : i+6] {
			n = n<<1 | int(x)
		}
		b.WriteByte(alphabet[n])
	}
	return b.String()
}

func write(s *String, ranged bool) string {
	w := &writer{}
	w.num(2, 6)
	w.num(s.Created.UnixMilli()/100, 36)
	w.num(s.LastUpdated.UnixMilli()/100, 36)
	w.num(int64(s.CMP), 12)
	w.num(int64(s.CMPVersion), 12)
	w.num(int64(s.Screen), 6)
	w.letters(s.Language)
	w.num(int64(s.VendorList), 12)
	w.num(int64(s.Policy), 6)
	w.num(1, 1)
	w.num(0, 1)
	w.flags(s.SpecialFeatures, 12)
	w.flags(s.Consent, 24)
	w.flags(s.Interest, 24)
	w.num(0, 1)
	w.letters(s.PublisherCC)
	w.vendors(s.VendorConsent, ranged)
	w.vendors(s.VendorInterest, !ranged)
	w.num(int64(len(s.Restrictions)), 12)
	for _, r := range s.Restrictions {
		w.num(int64(r.Purpose), 6)
		w.num(int64(r.Type), 2)
		w.ranges(r.Vendors)
	}
	out := w.String()
	if s.HasDisclosed {
		w := &writer{}
		w.num(segDisclosed, 3)
		w.vendors(s.Disclosed, ranged)
		out += "." + w.String()
	}
	if p := s.Publisher; p != nil {
		w := &writer{}
		w.num(segPublisher, 3)
		w.flags(p.Consent, 24)
		w.flags(p.Interest, 24)
		w.num(int64(p.Custom), 6)
		w.flags(p.CustomConsent, p.Custom)
		w.flags(p.CustomInterest, p.Custom)
		out += "." + w.String()
	}
	return out
}

// TestStringsAreReadAsWritten decodes strings that an independent writer made.
func TestStringsAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string, n int) []int {
			var out []int
			for i := 1; i <= n; i++ {
				if rapid.IntRange(0, 2).Draw(t, name) == 0 {
					out = append(out, i)
				}
			}
			return out
		}
		at := time.UnixMilli(rapid.Int64Range(1.6e10, 1.8e10).Draw(t, "created") * 100).UTC()
		want := &String{Version: 2, Created: at, LastUpdated: at, CMP: 7, CMPVersion: 3, Screen: 1, Language: "RO", VendorList: 99, Policy: rapid.IntRange(2, 5).Draw(t, "policy"),
			ServiceSpecific: true, SpecialFeatures: some("special", 2), Consent: some("consent", 11), Interest: some("interest", 11), PublisherCC: "TR",
			VendorConsent: some("vendors", 40), VendorInterest: some("vendor interest", 25)}
		if rapid.Bool().Draw(t, "restricted") {
			want.Restrictions = []Restriction{{Purpose: 7, Type: 1, Vendors: []int{2, 3, 4, 90}}}
		}
		if rapid.Bool().Draw(t, "disclosed") {
			want.HasDisclosed, want.Disclosed = true, some("shown", 30)
		}
		if rapid.Bool().Draw(t, "publisher") {
			want.Publisher = &Publisher{Consent: some("own", 24), Custom: 3, CustomInterest: some("custom", 3)}
		}
		got, err := Decode(write(want, rapid.Bool().Draw(t, "ranged")))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("\n got %+v\nwant %+v", got, want)
		}
		for _, x := range got.Said(now) {
			n := slices.IndexFunc(got.Said(now), func(y Said) bool { return y.Name == x.Name })
			if got.Valid(now) && n < purposes && (x.State == Given) != slices.Contains(want.Consent, n+1) {
				t.Fatalf("%s is %s", x.Name, x.State)
			}
			if x.Claimed && (n == 0 || want.Policy >= 4 && n >= 2 && n <= 5) {
				t.Fatalf("%s rests on legitimate interest", x.Name)
			}
		}
	})
}

// TestFindings: each thing that is wrong, and its near miss.
func TestFindings(t *testing.T) {
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	fine := String{Created: at, LastUpdated: at, Policy: 5, HasDisclosed: true, Disclosed: []int{1, 2}, VendorConsent: []int{2}, Interest: []int{2, 7, 8}}
	if got := codes(fine.Findings(now)); !slices.Equal(got, []string{"interest.ambiguous", "features.undecided"}) {
		t.Errorf("a string without fault: %v", got)
	}
	for code, spoil := range map[string]func(*String){
		"policy.old!":        func(s *String) { s.Policy = 3 },
		"time.future!":       func(s *String) { s.LastUpdated = now.Add(time.Hour) },
		"time.order!":        func(s *String) { s.LastUpdated = at.Add(-time.Hour) },
		"interest.forbidden": func(s *String) { s.Interest = []int{3} },
		"disclosed.missing":  func(s *String) { s.HasDisclosed = false },
		"vendor.hidden":      func(s *String) { s.VendorConsent = []int{3} },
	} {
		s := fine
		if spoil(&s); !slices.Contains(codes(s.Findings(now)), code) {
			t.Errorf("%s: %v", code, codes(s.Findings(now)))
		}
		if s.Valid(now) == strings.HasSuffix(code, "!") {
			t.Errorf("%s: valid %v", code, s.Valid(now))
		}
	}
}

// TestMalformed: what is cut off or altered is refused, and the error does not
// hold it.
func TestMalformed(t *testing.T) {
	for _, s := range []string{"", "C", sample[:20], "B" + sample[1:], sample + ".", sample + ".IDKQA4AAgAKAGQAygAAA", "CQ bk4AQ", strings.Repeat("C", most+1), sample + ".________"} {
		if _, err := Decode(s); !errors.Is(err, ErrMalformed) || len(s) > 8 && strings.Contains(err.Error(), s[:8]) {
			t.Errorf("%.40q: %v", s, err)
		}
	}
	if s, err := Decode(" " + sample + "== "); err != nil || s.CMP != 880 {
		t.Errorf("padding: %v", err)
	}
}

// TestRangesAreBounded: a string that lists all vendors thousands of times is
// refused before it takes memory.
func TestRangesAreBounded(t *testing.T) {
	all := make([]int, 1<<16-1)
	for i := range all {
		all[i] = i + 1
	}
	s := &String{Created: now, LastUpdated: now, Language: "EN", PublisherCC: "DE"}
	for range 5 {
		s.Restrictions = append(s.Restrictions, Restriction{Purpose: 2, Vendors: all})
	}
	if _, err := Decode(write(s, true)); !errors.Is(err, ErrMalformed) {
		t.Errorf("five times all vendors: %v", err)
	}
	s.Restrictions = s.Restrictions[:3]
	if got, err := Decode(write(s, true)); err != nil || len(got.Restrictions[2].Vendors) != len(all) {
		t.Errorf("three times: %v", err)
	}
}

// FuzzDecode: no string makes the decoder panic or eat memory, and what it
// takes can be asked anything.
func FuzzDecode(f *testing.F) {
	f.Add(sample)
	f.Add("")
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		b := []byte(sample)
		b[rnd.IntN(len(b))] = alphabet[rnd.IntN(64)]
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Decode(s)
		if err != nil {
			if got != nil {
				t.Fatal("an error and a string")
			}
			return
		}
		got.Findings(now)
		if n := len(got.Said(now)); n < 12 || n > 13 {
			t.Fatalf("%d statements", n)
		}
	})
}
