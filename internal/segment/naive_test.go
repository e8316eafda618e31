package segment

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

// The naive evaluator reads a generated query part by part and looks at lists of
// words: no compiling, no folding, no sharing of code with what it checks. The
// words are such that no spelling rule touches them.

// A naive query is its text, and whether it holds of a profile.
type naive struct {
	text   string
	fields []string // of its leaf, "" has the name "word"
	holds  func(*Subject) bool
}

var naiveNow = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func low[T ~string](list []T) (out []string) {
	for _, v := range list {
		if v != "" {
			out = append(out, strings.ToLower(string(v)))
		}
	}
	return out
}

func reveal(list []cdp.Value) (out []string) {
	for _, v := range list {
		out = append(out, v.Reveal())
	}
	return out
}

// naiveValues are the values of a field of a profile, whole.
func naiveValues(field string, s *Subject) (out []string) {
	switch field {
	case "source":
		out = low(s.Sources)
	case "channel":
		out = low(s.Channels)
	case "basis":
		out = low(s.Bases)
	case "country":
		out = low(s.Countries)
	case "kind":
		out = low(s.Kinds)
	case "touchpoint":
		out = low(s.TouchKinds)
	case "outcome":
		for _, o := range s.Outcomes {
			out = append(out, map[cdp.Outcome]string{cdp.Linked: "linked", cdp.HeldApart: "held-apart"}[o])
		}
	case "consent":
		for _, c := range s.Consents {
			out = append(out, strings.ToLower(string(c.Purpose)+"/"+string(c.State)))
		}
	case "wish":
		for _, w := range s.Wishes {
			if w.Wish == cdp.WishUnstated || w.Wish == cdp.WishNone {
				continue
			}
			ch := string(w.Channel)
			if ch == "" {
				ch = "any"
			}
			out = append(out, ch+"/"+string(w.Wish), string(w.Wish), ch+"/"+w.Topic+"/"+string(w.Wish))
		}
	case "shared":
		for _, v := range s.Shares {
			out = append(out, v.Recipient+"/"+string(v.Purpose))
		}
	case "record":
		out = reveal(s.Records)
	}
	if len(out) == 0 && slices.Contains([]string{"channel", "basis", "country", "consent", "wish", "shared"}, field) {
		return []string{"none"}
	}
	return out
}

func naiveWords(text string) []string { return strings.Fields(strings.ToLower(text)) }

// naiveText reports whether words stand next to each other in one of the texts,
// the last of them compared by last.
func naiveText(texts []string, want string, last func(have, want string) bool) bool {
	w := naiveWords(want)
	for _, t := range texts {
		have := naiveWords(t)
		for i := 0; i+len(w) <= len(have); i++ {
			if slices.Equal(have[i:i+len(w)-1], w[:len(w)-1]) && last(have[i+len(w)-1], w[len(w)-1]) {
				return true
			}
		}
	}
	return false
}

// proseOf are the texts of a field.
func proseOf(field string, s *Subject) []string {
	switch field {
	case "name":
		return []string{strings.Join(reveal(s.Names), " ")} // names are read as one text
	case "city":
		return reveal(s.Cities)
	case "text":
		return reveal(s.Texts)
	}
	return reveal(s.Segments)
}

// oneOff reports whether one letter put in, left out or changed makes them the same.
func oneOff(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	for i := range len(b) {
		if a[i] != b[i] {
			return a[i+1:] == b[i+1:] || a[i+1:] == b[i:]
		}
	}
	return len(a)-len(b) <= 1
}

func equal(have, want string) bool { return have == want }

// genWords compares words in a text field, or in all of them.
func genWords(t *rapid.T, field string) naive {
	form := rapid.SampledFrom([]string{"word", "phrase", "prefix", "fuzzy"}).Draw(t, "form")
	one := []string{"anna", "karl", "gotha", "gera", "golden", "late", "kind"}
	text, want, last := "", rapid.SampledFrom(one).Draw(t, "word"), equal
	switch form {
	case "word":
		text = want
	case "phrase":
		want += " " + rapid.SampledFrom(one).Draw(t, "second")
		text = `"` + want + `"`
	case "prefix":
		want = want[:rapid.IntRange(2, len(want)).Draw(t, "letters")]
		text, last = want+"*", strings.HasPrefix
	case "fuzzy":
		want = want[:len(want)-1] + rapid.SampledFrom([]string{"a", "e", "l", "x"}).Draw(t, "typo")
		text, last = want+"~1", oneOff
	}
	prefix, fields := "", []string{"name", "city", "text", "segment"}
	if field != "" {
		prefix, fields = field+":", []string{field}
	}
	return naive{prefix + text, []string{field}, func(s *Subject) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return naiveText(proseOf(f, s), want, last) })
	}}
}

// genWhole compares a whole value, the beginning of one, or its first part.
func genWhole(t *rapid.T, field string) naive {
	values := map[string][]string{
		"source": {"web", "shop.orders", "shop.returns", "none"}, "channel": {"web", "store", "none", "sto"}, "basis": {"consent", "contract", "none", "con"},
		"country": {"DE", "ro", "none", "d1"}, "kind": {"email", "phone", "ema"}, "touchpoint": {"order", "order.return", "visit", "none"}, "outcome": {"linked", "held-apart"},
		"consent": {"news", "news/given", "NEWS/refused", "ads", "ads/withdrawn", "ads/unreadable", "none", "new", "news.partners/given"}, "record": {"k77x", "K78Y", "k7x"},
		"wish": {"email", "email/unwanted", "any/unwanted", "unwanted", "wanted", "post/wine/wanted", "none", "sms", "post"}, "shared": {"mailer", "mailer/news", "printer", "none", "mail"},
	}[field]
	v := rapid.SampledFrom(values).Draw(t, "value")
	want, text := strings.ToLower(v), field+":"+v
	prefix := field != "outcome" && rapid.IntRange(0, 3).Draw(t, "prefix") == 0
	if prefix {
		text += "*"
	}
	return naive{text, []string{field}, func(s *Subject) bool {
		return slices.ContainsFunc(naiveValues(field, s), func(have string) bool {
			parted := slices.Contains([]string{"consent", "wish", "shared"}, field)
			return have == want || prefix && strings.HasPrefix(have, want) || !prefix && parted && strings.HasPrefix(have, want+"/")
		})
	}}
}

func genHas(t *rapid.T) naive {
	thing := rapid.SampledFrom(append(query.Things(), "email", "phone")).Draw(t, "thing")
	return naive{"has:" + thing, []string{"has"}, func(s *Subject) bool {
		switch thing {
		case "name", "city", "text", "segment":
			return strings.TrimSpace(strings.Join(proseOf(thing, s), "")) != ""
		case "email", "phone":
			return slices.Contains(naiveValues("kind", s), thing)
		}
		return slices.ContainsFunc(naiveValues(thing, s), func(v string) bool { return v != "none" })
	}}
}

func genIdentifier(t *rapid.T) naive {
	field := rapid.SampledFrom([]string{"email", "id", ""}).Draw(t, "kind")
	v := rapid.SampledFrom([]string{"p1@a.test", "p2@a.test", "p9@b.test"}).Draw(t, "address")
	if field == "" { // a bare word that looks like one; it stands in no text
		return naive{v, []string{"id"}, func(s *Subject) bool { return carries(s, v, equal) }}
	}
	if rapid.Bool().Draw(t, "beginning") {
		return naive{field + ":" + v[:2] + "*", []string{field}, func(s *Subject) bool { return carries(s, v[:2], strings.HasPrefix) }}
	}
	return naive{field + ":" + v, []string{field}, func(s *Subject) bool { return carries(s, v, equal) }}
}

func carries(s *Subject, want string, is func(have, want string) bool) bool {
	return slices.ContainsFunc(s.Identifiers, func(i cdp.Identifier) bool { return is(i.Reveal(), want) })
}

func genSize(t *rapid.T) naive {
	low, high := rapid.IntRange(1, 4).Draw(t, "low"), rapid.IntRange(4, 6).Draw(t, "high")
	form := rapid.SampledFrom([]string{"size:%d..%d", "size:>=%d", "size:<=%[2]d", "size:%d"}).Draw(t, "form")
	return naive{strings.Split(fmt.Sprintf(form, low, high), "%!")[0], []string{"size"}, func(s *Subject) bool {
		switch form {
		case "size:%d..%d":
			return low <= s.Size && s.Size <= high
		case "size:>=%d":
			return s.Size >= low
		case "size:%d":
			return s.Size == low
		}
		return s.Size <= high
	}}
}

func genSeen(t *rapid.T) naive {
	day := fmt.Sprintf("2026-%02d-%02d", rapid.IntRange(1, 7).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	form := rapid.SampledFrom([]string{">=", ">", "<=", "<", "", "month", "last", "not since"}).Draw(t, "form")
	text := "seen:" + form + day
	switch form { // of the bench's day
	case "last":
		n := rapid.IntRange(0, 200).Draw(t, "days")
		return naive{fmt.Sprintf("seen:%dd", n), []string{"seen"}, func(s *Subject) bool {
			have := s.Seen.UTC().Format(time.DateOnly)
			return !s.Seen.IsZero() && have >= naiveNow.UTC().AddDate(0, 0, -n).Format(time.DateOnly) && have <= naiveNow.UTC().Format(time.DateOnly)
		}}
	case "not since":
		n := rapid.IntRange(0, 20).Draw(t, "weeks")
		return naive{fmt.Sprintf("seen:..%dw", n), []string{"seen"}, func(s *Subject) bool {
			return !s.Seen.IsZero() && s.Seen.UTC().Format(time.DateOnly) <= naiveNow.UTC().AddDate(0, 0, -7*n).Format(time.DateOnly)
		}}
	}
	if form == "month" {
		text = "seen:" + day[:7]
	}
	return naive{text, []string{"seen"}, func(s *Subject) bool {
		if s.Seen.IsZero() {
			return false
		}
		have := s.Seen.UTC().Format(time.DateOnly)
		switch form {
		case ">=":
			return have >= day
		case ">":
			return have > day
		case "<=":
			return have <= day
		case "<":
			return have < day
		case "month":
			return have[:7] == day[:7]
		}
		return have == day
	}}
}

func genCount(t *rapid.T) naive {
	kind, channel := rapid.SampledFrom([]string{"", "order", "VISIT"}).Draw(t, "kind"), rapid.SampledFrom([]string{"", "web", "Store"}).Draw(t, "channel")
	n := rapid.IntRange(0, 3).Draw(t, "n")
	op := rapid.SampledFrom([]string{"=", ">=", "<=", ">", "..", ""}).Draw(t, "op")
	window := rapid.SampledFrom([]string{"", "/30d", "/8w", "/3m", "/1y", "/2026-05", "/2026-05..2026-06", "/..2026-05-15", "/2026-06.."}).Draw(t, "window")
	text := "count:" + kind
	if channel != "" {
		text += "@" + channel
	}
	switch op {
	case "":
		n = 1
		if kind+channel == "" {
			text += ">=1"
		}
	case "..":
		text += fmt.Sprintf("=%d..%d", n, n+1)
	default:
		text += fmt.Sprint(op, n)
	}
	text += window
	return naive{text, []string{"count"}, func(s *Subject) bool {
		k := 0
		for _, tp := range s.Touchpoints {
			if kind != "" && !strings.EqualFold(tp.Kind, kind) || channel != "" && !strings.EqualFold(string(tp.Channel), channel) {
				continue
			}
			day := tp.At.UTC().Format(time.DateOnly)
			within := !tp.At.IsZero()
			switch window {
			case "":
				within = true
			case "/30d":
				within = within && !tp.At.Before(naiveNow.AddDate(0, 0, -30)) && !tp.At.After(naiveNow)
			case "/8w":
				within = within && !tp.At.Before(naiveNow.AddDate(0, 0, -56)) && !tp.At.After(naiveNow)
			case "/3m":
				within = within && !tp.At.Before(naiveNow.AddDate(0, -3, 0)) && !tp.At.After(naiveNow)
			case "/1y":
				within = within && !tp.At.Before(naiveNow.AddDate(-1, 0, 0)) && !tp.At.After(naiveNow)
			case "/2026-05":
				within = within && day[:7] == "2026-05"
			case "/2026-05..2026-06":
				within = within && day >= "2026-05-01" && day <= "2026-06-30"
			case "/..2026-05-15":
				within = within && day <= "2026-05-15"
			case "/2026-06..":
				within = within && day >= "2026-06-01"
			}
			if within {
				k++
			}
		}
		switch op {
		case "=":
			return k == n
		case "<=":
			return k <= n
		case ">":
			return k > n
		case "..":
			return k == n || k == n+1
		}
		return k >= n
	}}
}

// naiveSaved are the saved segments of the test.
func naiveSaved(t *rapid.T, depth int) naive {
	q := genNaive(t, depth)
	return naive{"in:" + savedName(q.text), []string{"in"}, q.holds}
}

// savedName hides a query in a name; the resolver reads it back.
func savedName(q string) string { return fmt.Sprintf("q%x", q) }

func genLeaf(t *rapid.T, depth int) naive {
	field := rapid.SampledFrom(append(append(query.Fields(), query.StoreFields()...), "", "email")).Draw(t, "field")
	switch field {
	case "", "name", "city", "text", "segment":
		return genWords(t, field)
	case "has":
		return genHas(t)
	case "id", "email":
		return genIdentifier(t)
	case "size":
		return genSize(t)
	case "seen":
		return genSeen(t)
	case "count":
		return genCount(t)
	case "profile":
		id := cdp.ProfileID(rapid.IntRange(1, 8).Draw(t, "id"))
		return naive{"profile:" + id.String(), []string{field}, func(s *Subject) bool { return s.Profile == id }}
	case "may":
		p := rapid.SampledFrom([]cdp.PurposeID{"news", "ads"}).Draw(t, "purpose")
		return naive{"may:" + string(p), []string{field}, func(s *Subject) bool { return slices.Contains(s.May, p) }}
	case "in":
		return naiveSaved(t, min(depth, 1)-1)
	}
	return genWhole(t, field)
}

func genNaive(t *rapid.T, depth int) naive {
	if depth <= 0 || rapid.Bool().Draw(t, "leaf") {
		return genLeaf(t, depth)
	}
	a, b := genNaive(t, depth-1), genNaive(t, depth-1)
	out := naive{fields: append(slices.Clone(a.fields), b.fields...)}
	switch rapid.IntRange(0, 3).Draw(t, "op") {
	case 0:
		out.text, out.holds = "("+a.text+" "+b.text+")", func(s *Subject) bool { return a.holds(s) && b.holds(s) }
	case 1:
		out.text, out.holds = "("+a.text+" or "+b.text+")", func(s *Subject) bool { return a.holds(s) || b.holds(s) }
	case 2:
		out.text, out.fields, out.holds = "-("+a.text+")", a.fields, func(s *Subject) bool { return !a.holds(s) }
	case 3:
		out.text, out.holds = "("+a.text+" -("+b.text+"))", func(s *Subject) bool { return a.holds(s) && !b.holds(s) }
	}
	return out
}

func genSubject(t *rapid.T, id cdp.ProfileID) *Subject {
	words := func(label string, from ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 2, rapid.ID).Draw(t, label)
	}
	values := func(label string, from ...string) (out []cdp.Value) {
		for _, w := range words(label, from...) {
			out = append(out, cdp.Value(w))
		}
		return out
	}
	s := &Subject{Document: cdp.Document{Profile: id, Size: rapid.IntRange(1, 6).Draw(t, "size"),
		Names: values("names", "Anna Golden", "Karl", "Anne Gera"), Cities: values("cities", "Gotha", "Gera", "Karla"), Texts: values("texts", "late late kind", "golden late"),
		Segments: values("segments", "golden", "kind anna"), Records: values("records", "k77x", "k78y"), Countries: words("countries", "DE", "RO"), TouchKinds: words("touches", "order", "order.return", "visit")}}
	for _, v := range words("sources", "web", "shop.orders", "shop.returns") {
		s.Sources = append(s.Sources, cdp.SourceID(v))
	}
	for _, v := range words("channels", "web", "store") {
		s.Channels = append(s.Channels, cdp.Channel(v))
	}
	for _, v := range words("bases", "consent", "contract") {
		s.Bases = append(s.Bases, cdp.BasisKind(v))
	}
	for _, v := range words("kinds", "email", "phone") {
		s.Kinds = append(s.Kinds, cdp.Kind(v))
	}
	for _, v := range words("may", "news", "ads") {
		s.May = append(s.May, cdp.PurposeID(v))
	}
	for _, v := range words("addresses", "p1@a.test", "p2@a.test", "p9@b.test") {
		s.Identifiers = append(s.Identifiers, cdp.NewIdentifier(cdp.KindEmail, v, [4]byte{v[1]}))
	}
	s.Outcomes = rapid.SliceOfN(rapid.SampledFrom([]cdp.Outcome{cdp.Linked, cdp.HeldApart}), 1, 2).Draw(t, "outcomes")
	if n := rapid.IntRange(-60, 240).Draw(t, "seen"); n >= 0 {
		s.Seen = time.Date(2026, 1, 1+n, 23, 30, 0, 0, time.FixedZone("", 2*3600))
	}
	for range rapid.IntRange(0, 2).Draw(t, "consents") {
		s.Consents = append(s.Consents, cdp.DocumentConsent{Purpose: rapid.SampledFrom([]cdp.PurposeID{"news", "news.partners", "ads"}).Draw(t, "purpose"),
			State: rapid.SampledFrom([]cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentRefused, cdp.ConsentWithdrawn, cdp.ConsentUnreadable}).Draw(t, "state")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "wishes") {
		s.Wishes = append(s.Wishes, cdp.Preferring{Channel: rapid.SampledFrom([]cdp.Channel{"", "email", "post"}).Draw(t, "channel"), Topic: rapid.SampledFrom([]string{"", "wine"}).Draw(t, "topic"),
			Wish: rapid.SampledFrom([]cdp.Wish{cdp.WishUnstated, cdp.WishNone, cdp.Wanted, cdp.Unwanted}).Draw(t, "wish")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "shares") {
		s.Shares = append(s.Shares, cdp.Share{Recipient: rapid.SampledFrom([]string{"mailer", "printer"}).Draw(t, "recipient"), Purpose: rapid.SampledFrom([]cdp.PurposeID{"news", "ads"}).Draw(t, "for")})
	}
	for range rapid.IntRange(0, 4).Draw(t, "touchpoints") {
		tp := cdp.Touchpoint{Kind: rapid.SampledFrom([]string{"order", "visit"}).Draw(t, "kind"), Channel: rapid.SampledFrom([]cdp.Channel{"web", "store", ""}).Draw(t, "at")}
		if n := rapid.IntRange(-20, 450).Draw(t, "day"); n >= 0 {
			tp.At = naiveNow.AddDate(0, 0, 20-n)
		}
		s.Touchpoints = append(s.Touchpoints, tp)
	}
	return s
}

// crowd resolves what a query names among some profiles.
type crowd []*Subject

func (crowd) Carry(term query.IdentifierTerm) (func(*Subject) bool, error) {
	return func(s *Subject) bool { return carries(s, term.Text.Reveal(), equal) }, nil
}

func (crowd) Saved(name string) (query.Node, error) {
	var q []byte
	if _, err := fmt.Sscanf(name, "q%x", &q); err != nil {
		return nil, err
	}
	return query.Parse(string(q))
}

// On random profiles the compiled query and the naive reading of what was asked
// agree, for every field and operator of the language; each field decides both
// ways.
func TestCompiledAgreesWithNaive(t *testing.T) {
	yes, no := map[string]int{}, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		var all crowd
		for id := range cdp.ProfileID(rapid.IntRange(1, 8).Draw(t, "profiles")) {
			all = append(all, genSubject(t, id+1))
		}
		for range 12 {
			q := genNaive(t, 3)
			tree, err := query.Parse(q.text)
			if err != nil {
				t.Fatalf("%s: %v", q.text, err)
			}
			m, err := Compile(tree, naiveNow, all)
			if err != nil {
				t.Fatalf("%s: %v", q.text, err)
			}
			for _, s := range all {
				want := q.holds(s)
				if got := m.Match(s); got != want {
					t.Fatalf("%s: compiled %v, naive %v of %+v", q.text, got, want, s)
				}
				if len(q.fields) == 1 {
					if want {
						yes[q.fields[0]]++
					} else {
						no[q.fields[0]]++
					}
				}
			}
		}
	})
	for _, f := range append(append(query.Fields(), query.StoreFields()...), "", "email") {
		if yes[f] == 0 || no[f] == 0 {
			t.Errorf("the field %q was true %d times and false %d times: the generator is no good", f, yes[f], no[f])
		}
	}
}
