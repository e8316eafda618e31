package rights

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// matrix is the table of the reference (right x basis), as DPV maps it: each
// cell with the numbers of its notes. 9 is 18(1)(d) for e and f, 10 is 20(3),
// 11 says absolute.
const matrix = `
right      | article    | a     | b   | c    | d   | e    | f
withdraw   | Art. 7(3)  | x     | -   | -    | -   | -    | -
inform13   | Art. 13    | x     | x   | x    | x   | x    | x
inform14   | Art. 14    | x     | x   | - 1  | x   | x    | x
access     | Art. 15    | x     | x   | x    | x   | x    | x
rectify    | Art. 16    | x     | x   | x    | x   | x    | x
erase      | Art. 17    | x 2   | x 3 | - 4  | x 3 | - 4  | x 5
restrict   | Art. 18    | x     | x   | x    | x   | x 9  | x 9
port       | Art. 20    | x 6   | x 6 | -    | -   | - 10 | -
object     | Art. 21(1) | - 7   | -   | -    | -   | x    | x
object_dm  | Art. 21(2) | dm 7  | dm  | dm   | dm  | dm   | dm 11
adm        | Art. 22    | x 8   | x 8 | - 8  | x   | x    | x
complain   | Art. 77    | x     | x   | x    | x   | x    | x`

func TestMatrix(t *testing.T) {
	p := Defaults()
	rows := strings.Split(strings.TrimSpace(matrix), "\n")[1:]
	if len(rows) != len(p.Rights) {
		t.Fatalf("%d rights, the reference has %d", len(p.Rights), len(rows))
	}
	for i, row := range rows {
		cells := strings.Split(row, "|")
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
		}
		r := p.Rights[i]
		if r.ID != cells[0] || r.Article != cells[1] {
			t.Errorf("row %d is %s %s, want %s %s", i, r.ID, r.Article, cells[0], cells[1])
		}
		for k, b := range cdp.Bases() {
			c := r.Cells[b]
			got := c.Mark
			for _, n := range c.Notes {
				got += " " + strconv.Itoa(n)
			}
			if got != cells[k+2] {
				t.Errorf("%s x %s is %q, the reference says %q", r.ID, b, got, cells[k+2])
			}
		}
	}
}

// TestMarks holds the program's judgement against the matrix: with facts under
// which nothing but the basis decides, a right applies where the matrix says so.
func TestMarks(t *testing.T) {
	p := Defaults()
	for _, b := range cdp.Bases() {
		f := Facts{Basis: b, Valid: Yes, Marketing: Yes, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionContract, Open: No, Retention: No}
		for _, a := range p.Apply([]Facts{f}) {
			r, _ := p.right(a.Right)
			switch a.Right {
			case "inform14", "erase", "adm": // turn on facts: below
				continue
			}
			want := Not
			if r.Cells[b].Mark != "-" {
				want = Applies
			}
			if a.Outcome != want {
				t.Errorf("%s x %s: %s (%s), the matrix says %s", a.Right, b, a.Outcome, a.Reason, r.Cells[b].Mark)
			}
		}
	}
}

func TestFacts(t *testing.T) {
	consent := Facts{Basis: cdp.BasisConsent, Valid: Yes, Marketing: No, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionNone}
	contract := Facts{Basis: cdp.BasisContract, Valid: Yes, Marketing: No, Origin: cdp.Observed, Elsewhere: No, Automated: Yes, Decision: DecisionNone, Open: Yes, Retention: Yes}
	law := Facts{Basis: cdp.BasisLaw, Valid: Yes, Marketing: No, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionNone, Retention: Yes}
	interest := Facts{Basis: cdp.BasisLegitimate, Valid: Yes, Marketing: No, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionNone, Retention: Yes}
	with := func(f Facts, change func(*Facts)) Facts { change(&f); return f }
	for _, tc := range []struct {
		name, right string
		f           Facts
		want        Outcome
		reason      string
	}{
		{"a consent stands", "withdraw", consent, Applies, "withdraw.given"},
		{"a consent is gone", "withdraw", with(consent, func(f *Facts) { f.Withdrawn, f.Valid = true, No }), Not, "withdraw.done"},
		{"a consent was never given", "withdraw", with(consent, func(f *Facts) { f.Valid = No }), Not, "withdraw.none"},
		{"no basis known", "withdraw", Facts{}, Check, "basis.unknown"},
		{"collected from the person", "inform14", consent, Not, "inform.person"},
		{"from elsewhere", "inform13", with(consent, func(f *Facts) { f.Elsewhere = Yes }), Not, "inform.elsewhere"},
		{"from elsewhere", "inform14", with(consent, func(f *Facts) { f.Elsewhere = Yes }), Applies, "inform.elsewhere"},
		{"acquired says it, whatever the source", "inform14", with(consent, func(f *Facts) { f.Origin = cdp.Acquired }), Applies, "inform.elsewhere"},
		{"14(5)(c) is checked", "inform14", with(law, func(f *Facts) { f.Elsewhere = Yes }), Check, "inform.law"},
		{"a segment we made", "inform13", with(consent, func(f *Facts) { f.Origin = cdp.Inferred }), Check, "inform.made"},
		{"nobody said how it came to be", "inform13", with(consent, func(f *Facts) { f.Origin = "" }), Check, "origin.unknown"},
		{"asking withdraws", "erase", consent, Applies, "erase.withdraws"},
		{"withdrawn, nothing else", "erase", with(consent, func(f *Facts) { f.Withdrawn, f.Valid = true, No }), Applies, "erase.withdrawn"},
		{"withdrawn, another ground", "erase", with(consent, func(f *Facts) { f.Withdrawn, f.Valid, f.Other = true, No, true }), Not, "erase.other"},
		{"contract open", "erase", contract, Not, "erase.contract"},
		{"contract over, period runs", "erase", with(contract, func(f *Facts) { f.Open = No }), Not, "erase.retention"},
		{"contract over, period over", "erase", with(contract, func(f *Facts) { f.Open, f.Retention = No, No }), Applies, "erase.ended"},
		{"hold runs", "erase", law, Not, "erase.hold"},
		{"hold over", "erase", with(law, func(f *Facts) { f.Retention = No }), Applies, "erase.ended"},
		{"hold not known", "erase", with(law, func(f *Facts) { f.Retention = Unknown }), Check, "erase.need"},
		{"vital need not known", "erase", Facts{Basis: cdp.BasisVital, Valid: Yes, Retention: Unknown}, Check, "erase.need"},
		{"interest, no objection", "erase", interest, Check, "erase.objection"},
		{"interest, objection", "erase", with(interest, func(f *Facts) { f.Objected = true }), Check, "erase.objected"},
		{"marketing is absolute", "erase", with(interest, func(f *Facts) { f.Marketing = Yes }), Applies, "erase.marketing"},
		{"no balancing test", "erase", with(interest, func(f *Facts) { f.Valid, f.Retention = No, Unknown }), Applies, "erase.unlawful"},
		{"provided, on consent", "port", consent, Applies, "port.yes"},
		{"observed, on contract", "port", contract, Applies, "port.yes"},
		{"inferred", "port", with(consent, func(f *Facts) { f.Origin = cdp.Inferred }), Not, "port.made"},
		{"derived", "port", with(contract, func(f *Facts) { f.Origin = cdp.Derived }), Not, "port.made"},
		{"acquired", "port", with(consent, func(f *Facts) { f.Origin = cdp.Acquired }), Not, "port.elsewhere"},
		{"on paper", "port", with(consent, func(f *Facts) { f.Automated = No }), Not, "port.manual"},
		{"origin not known", "port", with(consent, func(f *Facts) { f.Origin = "" }), Check, "origin.unknown"},
		{"consent gone", "port", with(consent, func(f *Facts) { f.Valid = No }), Check, "port.invalid"},
		{"invoice", "port", law, Not, "basis"},
		{"objection stands", "object", with(interest, func(f *Facts) { f.Objected = true }), Not, "object.done"},
		{"consent is withdrawn instead", "object", consent, Not, "object.consent"},
		{"newsletter on consent", "object_dm", with(consent, func(f *Facts) { f.Marketing = Yes }), Applies, "marketing.consent"},
		{"marketing on contract", "object_dm", with(contract, func(f *Facts) { f.Marketing = Yes }), Applies, "marketing.yes"},
		{"no marketing", "object_dm", contract, Not, "marketing.no"},
		{"purpose not known", "object_dm", Facts{Basis: cdp.BasisContract}, Check, "marketing.unknown"},
		{"no machine decides", "adm", contract, Not, "adm.none"},
		{"nobody said", "adm", with(contract, func(f *Facts) { f.Decision = DecisionUnknown }), Check, "adm.unknown"},
		{"a machine decides on a law, under a contract", "adm", with(contract, func(f *Facts) { f.Decision = DecisionLaw }), Check, "adm.law"},
		{"a machine decides on consent, under a law", "adm", with(law, func(f *Facts) { f.Decision = DecisionConsent }), Applies, "adm.human"},
		{"a machine decides and no exception is named", "adm", with(law, func(f *Facts) { f.Decision = DecisionBare }), Applies, "adm.forbidden"},
	} {
		p := Defaults()
		answers := p.Apply([]Facts{tc.f})
		i := slices.IndexFunc(answers, func(a Answer) bool { return a.Right == tc.right })
		if i < 0 {
			t.Errorf("%s: no answer for %s", tc.name, tc.right)
			continue
		}
		if a := answers[i]; a.Outcome != tc.want || a.Reason != tc.reason {
			t.Errorf("%s: %s: %s, %s, want %s, %s", tc.name, tc.right, a.Outcome, a.Reason, tc.want, tc.reason)
		}
	}
}

// TestSeveralBases: access and rectification once, erasure, portability and
// objection for each basis.
func TestSeveralBases(t *testing.T) {
	p := Defaults()
	list := []Facts{
		{Basis: cdp.BasisContract, Valid: Yes, Marketing: No, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionNone, Open: Yes, Retention: Yes, Other: true},
		{Basis: cdp.BasisLaw, Valid: Yes, Marketing: No, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionNone, Retention: Yes, Other: true},
		{Basis: cdp.BasisLegitimate, Valid: Yes, Marketing: Yes, Origin: cdp.Provided, Elsewhere: No, Automated: Yes, Decision: DecisionNone, Retention: Yes, Other: true},
	}
	count := make(map[string][]string)
	for _, a := range p.Apply(list) {
		count[a.Right] = append(count[a.Right], string(a.Outcome))
		if a.DPV == "" || a.Article == "" || a.Why.EN == "" || len(a.Of) == 0 {
			t.Errorf("%s: an answer without %+v", a.Right, a)
		}
	}
	for right, want := range map[string]string{"access": "applies", "rectify": "applies", "restrict": "applies", "complain": "applies", "inform13": "applies",
		"erase": "not not applies", "port": "applies not", "object": "not applies", "object_dm": "not applies"} {
		if got := strings.Join(count[right], " "); got != want {
			t.Errorf("%s: %q, want %q", right, got, want)
		}
	}
	if n := len(p.Apply(nil)); n != len(p.Rights) {
		t.Errorf("of nothing known there are %d answers, want one for each of %d rights", n, len(p.Rights))
	}
}

// TestWords: each reason is given by the program, and told in every language in
// words of its own.
func TestWords(t *testing.T) {
	p := Defaults()
	for _, r := range p.Reasons {
		if !slices.Contains(reasons(), r.ID) {
			t.Errorf("reason %s is given by nothing", r.ID)
		}
		w := []string{r.EN, r.DE, r.RO, r.TR}
		for i := range w {
			if slices.Contains(w[:i], w[i]) {
				t.Errorf("reason %s says %q in two languages", r.ID, w[i])
			}
		}
	}
	for _, id := range ids() {
		if _, ok := p.right(id); !ok {
			t.Errorf("no right %s", id)
		}
	}
}

func TestBroken(t *testing.T) {
	for _, tc := range []struct{ cut, put, want string }{
		{`cells: {consent: x 2, contract: x 3,`, `cells: {contract: x 3,`, "no cell for consent"},
		{`consent: x 2,`, `consent: maybe,`, "a cell begins with"},
		{`consent: x 2,`, `consent: x 99,`, "note 99"},
		{`de: Auskunft, `, ``, "de"},
		{`  - id: erase.hold`, `  - id: erase.held`, "no reason erase.hold"},
	} {
		text := strings.Replace(string(Default()), tc.cut, tc.put, 1)
		if text == string(Default()) {
			t.Fatalf("%q is not there", tc.cut)
		}
		if _, err := Parse("rights.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: %v, want %q", tc.put, err, tc.want)
		}
	}
}
