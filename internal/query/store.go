package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fields that the store answers and the full-text index does not: they hang on
// the day, on single touchpoints, or on what the gates say now.
const (
	FieldCount   = "count"   // touchpoints: order@web>=3/90d
	FieldOutcome = "outcome" // of a record at the gate in
	FieldWish    = "wish"    // channel/wish
	FieldShared  = "shared"  // recipient, or recipient/purpose
	FieldMay     = "may"     // purpose for which something of the profile may be used now
	FieldIn      = "in"      // a saved segment, or one of its versions: name/3
)

// StoreFields are the fields that only the store answers.
func StoreFields() []string {
	return []string{FieldCount, FieldOutcome, FieldWish, FieldShared, FieldMay, FieldIn}
}

// Count asks for profiles with Min to Max touchpoints of a kind on a channel,
// both included, in a time.
type Count struct {
	Kind, Channel string // "" for any
	Min, Max      int    // Max < 0 is no upper bound
	Last          int    // within that many Units before now; 0 for no such bound
	Unit          byte   // d day, w week, m month, y year
	From, To      time.Time
}

// Since returns the earliest time that counts, zero for no bound.
func (n Count) Since(now time.Time) time.Time {
	if n.Last == 0 {
		return n.From
	}
	return Ago{n.Last, n.Unit}.Before(now)
}

// Before returns the time from which on nothing counts any more, zero for no
// bound. What lies ahead of now does not count among the last days.
func (n Count) Before(now time.Time) time.Time {
	switch {
	case n.Last > 0:
		return now.Add(time.Nanosecond)
	case n.To.IsZero():
		return n.To
	}
	return n.To.AddDate(0, 0, 1)
}

func (n Count) String() string {
	var b strings.Builder
	b.WriteString(FieldCount + ":" + escape(n.Kind, false))
	if n.Channel != "" {
		b.WriteString("@" + escape(n.Channel, false))
	}
	switch {
	case n.Max < 0:
		fmt.Fprintf(&b, ">=%d", n.Min)
	case n.Min == n.Max:
		fmt.Fprintf(&b, "=%d", n.Min)
	case n.Min == 0:
		fmt.Fprintf(&b, "<=%d", n.Max)
	default:
		fmt.Fprintf(&b, "=%d..%d", n.Min, n.Max)
	}
	switch {
	case n.Last > 0:
		fmt.Fprintf(&b, "/%d%c", n.Last, n.Unit)
	case !n.From.IsZero() || !n.To.IsZero():
		b.WriteString("/" + day(n.From) + ".." + day(n.To))
	}
	return b.String()
}

// StoreOnly returns the fields of a query that only the store answers, each
// once, in order.
func StoreOnly(n Node) []string {
	var out []string
	add := func(field string) {
		if !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	var walk func(Node)
	walk = func(n Node) {
		switch n := n.(type) {
		case And:
			for _, x := range n {
				walk(x)
			}
		case Or:
			for _, x := range n {
				walk(x)
			}
		case Not:
			walk(n.X)
		case Count:
			add(FieldCount)
		case Term:
			if slices.Contains(StoreFields(), n.Field) {
				add(n.Field)
			}
		}
	}
	walk(n)
	return out
}

// count reads KIND@CHANNEL>=3/90d, of which each part may be missing.
func (p *parser) count(w word, at int) (Node, error) {
	bad := p.fail(at, "count: can not read what is counted", "write count:order>=3/90d, count:order@web=0/2026, or count:@store>=2")
	if w.mode != Word || w.text == "" {
		return nil, bad
	}
	n := Count{Min: 1, Max: -1}
	what, window, windowed := strings.Cut(w.text, "/")
	if i := strings.IndexAny(what, "<>="); i >= 0 {
		if !n.bounds(what[i:]) {
			return nil, bad
		}
		what = what[:i]
	}
	n.Kind, n.Channel, _ = strings.Cut(what, "@")
	n.Kind, n.Channel = strings.ToLower(n.Kind), strings.ToLower(n.Channel)
	if strings.HasSuffix(what, "@") || windowed && !n.window(window) {
		return nil, bad
	}
	if n.Max >= 0 && n.Max < n.Min {
		return nil, p.fail(at, "count: no number is in that range", "the lower bound comes first")
	}
	return n, nil
}

// maxCount bounds numbers in a query.
const maxCount = 1_000_000

func (n *Count) bounds(s string) bool {
	number := func(s string) (int, bool) {
		v, err := strconv.Atoi(s)
		return v, err == nil && v >= 0 && v <= maxCount && s[0] >= '0' && s[0] <= '9'
	}
	op := s[:1]
	if len(s) > 1 && s[1] == '=' {
		op = s[:2]
	}
	rest := s[len(op):]
	if low, high, ok := strings.Cut(rest, ".."); ok && op == "=" {
		a, ok1 := number(low)
		b, ok2 := number(high)
		n.Min, n.Max = a, b
		return ok1 && ok2
	}
	v, ok := number(rest)
	switch op {
	case "=":
		n.Min, n.Max = v, v
	case ">=":
		n.Min, n.Max = v, -1
	case ">":
		n.Min, n.Max = v+1, -1
	case "<=":
		n.Min, n.Max = 0, v
	case "<":
		n.Min, n.Max = 0, v-1
		ok = ok && v > 0
	default:
		return false
	}
	return ok
}

func (n *Count) window(s string) bool {
	if s == "" {
		return false
	}
	if a, ok := agoOf(s); ok {
		n.Last, n.Unit = a.N, a.Unit
		return a.N > 0
	}
	low, high, ranged := strings.Cut(s, "..")
	if !ranged {
		high = low
	}
	if low == "" && high == "" {
		return false
	}
	if low != "" {
		from, _, ok := span(low)
		if !ok {
			return false
		}
		n.From = from
	}
	if high != "" {
		_, after, ok := span(high)
		if !ok {
			return false
		}
		n.To = after.AddDate(0, 0, -1)
	}
	return n.To.IsZero() || !n.To.Before(n.From)
}

// stored holds a term of a field that only the store answers against it.
func (p *parser) stored(t Term, at int) (Node, error) {
	t.Text = strings.ToLower(t.Text)
	if t.Mode == Phrase {
		t.Mode = Word
	}
	switch {
	case (t.Field == FieldMay || t.Field == FieldIn) && t.Mode != Word:
		return nil, p.fail(at, t.Field+": takes a whole name, not * or ~", "write it in full")
	case t.Field == FieldOutcome && !slices.Contains(Outcomes(), t.Text):
		return nil, p.fail(at, "outcome: does not know that", "it knows "+strings.Join(Outcomes(), " and ")+"; records in quarantine or restricted are in no segment")
	case t.Field == FieldWish || t.Field == FieldShared:
		if !strings.Contains(t.Text, "/") {
			t.Text = strings.Replace(t.Text, "=", "/", 1)
		}
	}
	return t, nil
}

// Outcomes are the values of outcome: those of records that are used at all.
func Outcomes() []string { return []string{"linked", "held-apart"} }
