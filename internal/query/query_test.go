package query

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParse(t *testing.T) {
	w := func(s string) Term { return Term{Text: s} }
	f := func(field, s string) Term { return Term{Field: field, Text: s} }
	for _, c := range []struct {
		in   string
		want Node
		out  string // canonical; "" when it is in
	}{
		{"", All{}, "*"},
		{" \t\n", All{}, "*"},
		{"*", All{}, ""},
		{"weiß", w("weiß"), ""},
		{"anna weiß", And{w("anna"), w("weiß")}, ""},
		{"anna AND weiß", And{w("anna"), w("weiß")}, "anna weiß"},
		{"a1 or b2 c3", Or{w("a1"), And{w("b2"), w("c3")}}, ""},
		{"(a1 OR b2) c3", And{Or{w("a1"), w("b2")}, w("c3")}, "(a1 or b2) c3"},
		{"(a1 or b2) or (c3 or d4)", Or{w("a1"), w("b2"), w("c3"), w("d4")}, "a1 or b2 or c3 or d4"},
		{"a1 (b2 (c3))", And{w("a1"), w("b2"), w("c3")}, "a1 b2 c3"},
		{"anna - berlin", And{w("anna"), w("berlin")}, "anna berlin"}, // a dash of its own negates nothing
		{"anna -- berlin", And{w("anna"), w("berlin")}, "anna berlin"},
		{"- anna", w("anna"), "anna"},
		{"anna -", w("anna"), "anna"},
		{"anna - -berlin", And{w("anna"), Not{w("berlin")}}, "anna -berlin"},
		{"(anna - ) or - berlin", Or{w("anna"), w("berlin")}, "anna or berlin"},
		{"name:(anna -)", f("name", "anna"), "name:anna"},
		{"not - anna", Not{w("anna")}, "-anna"},
		{"--anna", w("anna"), "anna"},
		{"a1 -b2", And{w("a1"), Not{w("b2")}}, ""},
		{"not a1", Not{w("a1")}, "-a1"},
		{"not not a1", w("a1"), "a1"},
		{"-(a1 b2)", Not{And{w("a1"), w("b2")}}, ""},
		{"-(a1)", Not{w("a1")}, "-a1"},
		{`\or`, w("or"), ""},
		{`"or"`, Term{Text: "or", Mode: Phrase}, ""},
		{"orange android notes", And{w("orange"), w("android"), w("notes")}, ""},
		{"weiß-popa", w("weiß-popa"), ""},
		{`\-x1`, w("-x1"), ""},
		{`"late delivery"`, Term{Text: "late delivery", Mode: Phrase}, ""},
		{`text:"a \"b\" \\"`, Term{Field: "text", Text: `a "b" \`, Mode: Phrase}, ""},
		{"Name:wei*", Term{Field: "name", Text: "wei", Mode: Prefix}, "name:wei*"},
		{"weiss~", Term{Text: "weiss", Mode: Fuzzy, Fuzz: 1}, "weiss~1"},
		{"city:berlin~2", Term{Field: "city", Text: "berlin", Mode: Fuzzy, Fuzz: 2}, ""},
		{`a\*b`, w("a*b"), ""},
		{`a\ b`, w("a b"), ""},
		{`a\:b`, w("a:b"), ""},
		{"count:Order@Web>=3/90d", Count{Kind: "order", Channel: "web", Min: 3, Max: -1, Last: 90, Unit: 'd'}, "count:order@web>=3/90d"},
		{"count:order", Count{Kind: "order", Min: 1, Max: -1}, "count:order>=1"},
		{"count:@store<2/2026", Count{Channel: "store", Max: 1, From: date("2026-01-01"), To: date("2026-12-31")}, "count:@store<=1/2026-01-01..2026-12-31"},
		{"count:>5/..2025-06", Count{Min: 6, Max: -1, To: date("2025-06-30")}, "count:>=6/..2025-06-30"},
		{"count:visit=0/6m", Count{Kind: "visit", Last: 6, Unit: 'm'}, ""},
		{"count:visit=2..4", Count{Kind: "visit", Min: 2, Max: 4}, ""},
		{"may:Newsletter", f("may", "newsletter"), "may:newsletter"},
		{"wish:email=unwanted", f("wish", "email/unwanted"), "wish:email/unwanted"},
		{"in:winback/3 outcome:held-apart", And{f("in", "winback/3"), f("outcome", "held-apart")}, ""},
		{"shared:mail*", Term{Field: "shared", Text: "mail", Mode: Prefix}, ""},
		{"source:shop.orders", f("source", "shop.orders"), ""},
		{"source:(shop or pos)", Or{f("source", "shop"), f("source", "pos")}, "source:shop or source:pos"},
		{"name:(anna city:bonn)", And{f("name", "anna"), f("city", "bonn")}, "name:anna city:bonn"},
		{"consent:newsletter=given", f("consent", "newsletter/given"), "consent:newsletter/given"},
		{"consent:newsletter", f("consent", "newsletter"), ""},
		{`channel:"call centre"`, f("channel", "call centre"), `channel:call\ centre`},
		{"has:Email", f("has", "email"), "has:email"},
		{"email:anna@lindenhof.test", f("email", "anna@lindenhof.test"), ""},
		{"phone:+4930123*", Term{Field: "phone", Text: "+4930123", Mode: Prefix}, ""},
		{"p-12", f("profile", "P-0000012"), "profile:P-0000012"},
		{"profile:12", f("profile", "P-0000012"), "profile:P-0000012"},
		{"R-0000007", f("record", "R-0000007"), "record:R-0000007"},
		{"record:gid://shop/1", f("record", "gid://shop/1"), ""},
		{"seen:2026-01-05", Seen{From: date("2026-01-05"), To: date("2026-01-05")}, "seen:2026-01-05..2026-01-05"},
		{"seen:2026-02", Seen{From: date("2026-02-01"), To: date("2026-02-28")}, "seen:2026-02-01..2026-02-28"},
		{"seen:2026", Seen{From: date("2026-01-01"), To: date("2026-12-31")}, "seen:2026-01-01..2026-12-31"},
		{"seen:2026-01-01..2026-02-01", Seen{From: date("2026-01-01"), To: date("2026-02-01")}, ""},
		{"seen:2025..2026-02", Seen{From: date("2025-01-01"), To: date("2026-02-28")}, "seen:2025-01-01..2026-02-28"},
		{"seen:>2026-01-01", Seen{From: date("2026-01-02")}, "seen:2026-01-02.."},
		{"seen:>2026", Seen{From: date("2027-01-01")}, "seen:2027-01-01.."},
		{"seen:>=2026", Seen{From: date("2026-01-01")}, "seen:2026-01-01.."},
		{"seen:<2026-03-01", Seen{To: date("2026-02-28")}, "seen:..2026-02-28"},
		{"seen:<=2026-03", Seen{To: date("2026-03-31")}, "seen:..2026-03-31"},
		{"seen:30d", Seen{Since: Ago{30, 'd'}, Until: Ago{0, 'd'}}, ""},
		{"seen:6m..", Seen{Since: Ago{6, 'm'}}, ""},
		{"seen:..1y", Seen{Until: Ago{1, 'y'}}, ""},
		{"seen:12w..2w", Seen{Since: Ago{12, 'w'}, Until: Ago{2, 'w'}}, ""},
		{"seen:2026-01..7d", Seen{From: date("2026-01-01"), Until: Ago{7, 'd'}}, "seen:2026-01-01..7d"},
		{"seen:7d..7d", Seen{Since: Ago{7, 'd'}, Until: Ago{7, 'd'}}, ""},
		{"seen:0d", Seen{Since: Ago{0, 'd'}, Until: Ago{0, 'd'}}, "seen:0d..0d"},
		{"size:3", Size{3, 3}, "size:3..3"},
		{"size:>=3", Size{3, 0}, "size:3.."},
		{"size:>3", Size{4, 0}, "size:4.."},
		{"size:<3", Size{1, 2}, "size:1..2"},
		{"size:..7", Size{1, 7}, "size:1..7"},
	} {
		got, err := Parse(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: got %#v, want %#v", c.in, got, c.want)
		}
		out := c.out
		if out == "" {
			out = c.in
		}
		if got.String() != out {
			t.Errorf("%q: prints %q, want %q", c.in, got.String(), out)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		in   string
		pos  int
		part string
	}{
		{"(a1", 0, "never closed"},
		{"a1)", 2, "never opened"},
		{"a1 ()", 3, "empty"},
		{`x "abc`, 2, "quote"},
		{"a1 or", 3, "follows"},
		{"a1 and", 3, "follows"},
		{"or a1", 0, "operator"},
		{" - ", 1, "a dash alone"},
		{"a1 (-)", 3, "empty"},
		{"a1 not -", 8, "ends"},
		{"nmae:x", 0, "did you mean name"},
		{"http://x", 0, "quotes"},
		{"name: x", 5, "no value"},
		{"name:", 0, "no value"},
		{"a*", 0, "at least 2"},
		{"ab*c", 2, "end a word"},
		{"*ab", 0, "end a word"},
		{"ab~", 0, "at least 3"},
		{"abc~3", 3, "end a word"},
		{"email:anna~1", 6, "only names"},
		{"email:*", 6, "has:email"},
		{"has:shoe", 4, "does not know"},
		{"seen:soon", 5, "range"},
		{"seen:2026-02..2026-01", 5, "ends before"},
		{"seen:2026-13", 5, "range"},
		{"seen:>30d", 5, "two things"},
		{"seen:2w..30d", 5, "ends before"},
		{"seen:99999d", 5, "range"},
		{"seen:-3d", 5, "range"},
		{"size:9..3", 5, "no profile"},
		{"size:<1", 5, "no profile"},
		{"size:-1", 5, "range"},
		{"size:3~", 5, "range"},
		{"profile:x", 8, "not the id"},
		{"...", 0, "no letter"},
		{`a\`, 1, "backslash"},
		{strings.Repeat("a ", 65), 128, "more than 64"},
		{strings.Repeat("(", 40) + "a", 32, "nested"},
		{strings.Repeat("a", 1001), 1000, "longer"},
	} {
		_, err := Parse(c.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: error %v, want an *Error", c.in, err)
			continue
		}
		if e.Pos != c.pos || !strings.Contains(e.Error(), c.part) {
			t.Errorf("%q: %v at %d, want %q at %d", c.in, err, e.Pos, c.part, c.pos)
		}
	}
}

func TestErrorShow(t *testing.T) {
	q := "münchen\x1bx\u202ey\u2028nmae:anna"
	_, err := Parse(q)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	lines := strings.Split(e.Show(q), "\n")
	if len(lines) != 3 || lines[0] != "münchen x y nmae:anna" || lines[1] != "            ^" {
		t.Errorf("shown as %q", lines)
	}
	if strings.Contains(e.Error(), "anna") {
		t.Errorf("the error holds the query's text: %v", e)
	}
}

func TestIdentifiers(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []IdentifierTerm
	}{
		{"anna weiß", nil},
		{"email:a@b.test -phone:+4930*", []IdentifierTerm{{cdp.KindEmail, "a@b.test", false}, {cdp.KindPhone, "+4930", true}}},
		{"a@b.test or a@b.test", []IdentifierTerm{{cdp.KindEmail, "a@b.test", false}}},
		{`"+49 30 1234567"`, []IdentifierTerm{{cdp.KindPhone, "+49 30 1234567", false}}},
		{"030/1234567", []IdentifierTerm{{cdp.KindPhone, "030/1234567", false}}},
		{"4000-1234-5678", []IdentifierTerm{{"", "4000-1234-5678", false}}},
		{"LC-77120034", []IdentifierTerm{{"", "LC-77120034", false}}},
		{"id:c:9f3", []IdentifierTerm{{"", "c:9f3", false}}},
		{"R-12", []IdentifierTerm{{cdp.KindRecord, "R-12", false}}},
		{"record:ORD-12", nil},
		{"name:a@b.test", nil},
		{"2026 12345 @x x@", nil},
	} {
		n, err := Parse(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if got := Identifiers(n); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %d look-ups %#v, want %#v", c.in, len(got), got, c.want)
		}
	}
}

// genQuery draws queries that mostly parse.
func genQuery() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"anna", "weiß", "or", "and", "not", "-", "(", ")", `"late delivery"`, "name:", "source:", "consent:a=b=c",
		"size:>=3", "seen:2026", "seen:<2026-03", "foo*", "fo\\*o*", "bar~2", `\(`, `\or`, "a..b", "\xff9", "\u200b1", "x\\ y", "*", "email:a@b.test", "P-7", "r-8", "has:email",
		"name:(", `"q\"q1"`, "1:2", "text:<b1>", "\x07", "~", "z9"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), rapid.SampledFrom([]string{" ", " ", ""}).Draw(t, "sep"))
	})
}

func TestCanonicalFormParsesToTheSameTree(t *testing.T) {
	parsed := 0
	rapid.Check(t, func(t *rapid.T) {
		parsed += roundTrip(t, genQuery().Draw(t, "query"))
	})
	if parsed < 10 {
		t.Errorf("only %d of the queries parsed: the generator is no good", parsed)
	}
}

func roundTrip(t interface{ Fatalf(string, ...any) }, q string) int {
	n, err := Parse(q)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Pos < 0 || e.Pos > len(q) || e.Msg == "" {
			t.Fatalf("%q: bad error %#v", q, err)
		}
		return 0
	}
	s := n.String()
	if utf8.RuneCountInString(s) > MaxLength {
		return 1
	}
	again, err := Parse(s)
	if err != nil {
		t.Fatalf("%q prints %q, which does not parse: %v", q, s, err)
	}
	if !reflect.DeepEqual(n, again) {
		t.Fatalf("%q prints %q: %#v is not %#v", q, s, again, n)
	}
	return 1
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"anna weiß", `name:"a b" or -(x1* y12~2)`, "seen:2026..2027 size:>3", "source:(a or b)", `\`, "((((", "consent:a=b", "a\xff\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		roundTrip(t, s)
		if n, err := Parse(s); err == nil {
			Identifiers(n)
		} else {
			var e *Error
			errors.As(err, &e)
			_ = e.Show(s)
		}
	})
}
