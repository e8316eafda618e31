package report

import (
	"io"
	"math"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/eval"
	"cdp-tui/internal/text"
)

// An Evaluation is how the profiles of a store compare with a truth file.
type Evaluation struct {
	File, Hash              string // the truth file and its hex SHA-256
	Record, Cluster, Source string // its columns; no Source where it has none

	Rows, Repeated, Rejected int
	Lines                    []int // of the rows that could not be read, the first hundred

	Absent  int // records of the truth that are in no profile
	Unclear int // records of the truth whose key several sources have
	Extra   int // records of profiles of which the truth does not tell

	eval.Score
	Merges []FalseMerge
	Misses []Miss
}

// A FalseMerge is a profile that mixes records of several clusters.
type FalseMerge struct {
	Profile  cdp.ProfileID
	Records  int
	Pairs    int64 // of records that are together and should not be
	Clusters int
	Parts    []ClusterPart // the largest of them
	Why      cdp.Path      // between the first records of the first two
	Across   []int         // hops of Why, from 1, between records of different clusters
}

// A ClusterPart is what a profile has of a cluster.
type ClusterPart struct {
	Cluster cdp.Value // as the truth file calls it
	Records int
	First   cdp.RecordID
}

// A Miss is a cluster whose records are in several profiles.
type Miss struct {
	Cluster  cdp.Value
	Records  int
	Pairs    int64 // of records that should be together and are not
	Profiles int
	Parts    []ProfilePart // the largest of them
	Why      cdp.Path      // between the first two
}

// A ProfilePart is what a cluster has in a profile.
type ProfilePart struct {
	Profile cdp.ProfileID
	Records int
	First   cdp.RecordID
}

// caseLines is how many parts, hops or reasons of a case are written as text.
// JSON has more of them, and the commands profile and why all.
const caseLines = 5

// Evaluate writes how profiles compare with a truth file: the measures, then
// the worst cases with their reasons.
func Evaluate(w io.Writer, e Evaluation, o Options) error {
	p := newPage(w, o)
	p.fact(0, "truth", commas(text.Clean(e.File), words(text.Lit("SHA-256"), digest(e.Hash))))
	in := func(what, name string) text.Safe {
		if name == "" {
			return text.Safe{}
		}
		return words(text.Clean(what), text.Clean(name))
	}
	p.fact(0, "columns", commas(in("record", e.Record), in("cluster", e.Cluster), in("source", e.Source)))
	p.fact(0, "rows", commas(words(text.Int(e.Rows), text.Lit("read")), words(text.Int(e.Repeated), text.Lit("said again")),
		words(text.Int(e.Rejected), text.Lit("could not be used"))))
	if len(e.Lines) > 0 {
		var lines []text.Safe
		for _, n := range e.Lines[:min(len(e.Lines), 10)] {
			lines = append(lines, number(n)) // a comma separates them
		}
		p.fact(0, "! lines that could not be used", words(commas(lines...), more(e.Rejected-len(lines))))
	}
	p.fact(0, "compared", plural(e.Records, "record"))
	for _, left := range []struct {
		n    int
		what string
	}{{e.Absent, "of the truth in no profile"}, {e.Unclear, "of the truth in several sources, and the truth does not say in which"},
		{e.Extra, "of profiles not in the truth"}} {
		if left.n > 0 {
			p.fact(0, "! left out", words(plural(left.n, "record"), text.Clean(left.what)))
		}
	}
	p.put(0, text.Safe{})
	t := newTable(column{title: "MEASURE"}, column{title: "PRECISION", right: true}, column{title: "RECALL", right: true}, column{title: "F1", right: true})
	for _, m := range []struct {
		name string
		r    eval.Rates
	}{{"pairs", e.Score.Pairs}, {"B-cubed", e.Score.BCubed}} {
		t.row(text.Clean(m.name), rate(m.r.Precision), rate(m.r.Recall), rate(m.r.F1))
	}
	p.table(0, t)
	p.fact(0, "pairs of records", commas(words(long(e.Right), text.Lit("right")), words(long(e.Wrong), text.Lit("wrong")), words(long(e.Missed), text.Lit("missed"))))
	p.fact(0, "clusters", commas(words(text.Int(e.Clusters), text.Lit("in the truth")), plural(e.Profiles, "profile"),
		words(text.Int(e.Exact), text.Lit("exactly the same"))))

	p.head("Worst false merges", len(e.Merges))
	for _, m := range e.Merges {
		p.line(2, words(text.Concat(profileID(m.Profile), text.Lit(":")), plural(m.Records, "record"), text.Lit("of"),
			text.Concat(plural(m.Clusters, "cluster"), text.Lit(",")), plural(int(m.Pairs), "pair"), text.Lit("wrong")))
		shown := m.Parts[:min(len(m.Parts), caseLines)]
		for _, c := range shown {
			p.part(words(text.Lit("cluster"), o.cluster(c.Cluster)), c.Records, c.First)
		}
		p.rest(m.Clusters-len(shown), "cluster")
		p.reasons(m.Why, m.Across)
	}
	p.head("Worst misses", len(e.Misses))
	for _, m := range e.Misses {
		p.line(2, words(text.Lit("cluster"), text.Concat(o.cluster(m.Cluster), text.Lit(":")), plural(m.Records, "record"), text.Lit("in"), text.Concat(plural(m.Profiles, "profile"),
			text.Lit(",")), plural(int(m.Pairs), "pair"), text.Lit("missed")))
		shown := m.Parts[:min(len(m.Parts), caseLines)]
		for _, c := range shown {
			p.part(profileID(c.Profile), c.Records, c.First)
		}
		p.rest(m.Profiles-len(shown), "profile")
		p.reasons(m.Why, nil)
	}
	return p.done()
}

func (p *page) part(name text.Safe, records int, first cdp.RecordID) {
	p.line(4, words(text.Concat(name, text.Lit(":")), text.Concat(plural(records, "record"), text.Lit(", the first is")), recordID(first)))
}

func (p *page) rest(n int, what string) {
	if n > 0 {
		p.line(4, words(text.Lit("and"), text.Int(n), text.Lit("more"), text.Clean(several(n, what))))
	}
}

// reasons writes a path in short: a hop a line, with ! before one that should
// not be; or why there is none.
func (p *page) reasons(why cdp.Path, across []int) {
	wrong := make(map[int]bool, len(across))
	for _, n := range across {
		wrong[n] = true
	}
	shown := 0
	for i, h := range why.Hops {
		if shown == caseLines || len(across) > 0 && !wrong[i+1] {
			continue // of a long chain the hops that should not be are what matters
		}
		shown++
		mark := text.Lit("-")
		if wrong[i+1] {
			mark = text.Lit("!")
		}
		p.line(4, words(mark, recordID(h.From), text.Lit("of"), text.Clean(string(h.FromSource)), text.Lit("and"), recordID(h.To), text.Lit("of"),
			text.Clean(string(h.ToSource)), text.Lit("both carry"), p.o.named(h.Identifier)))
	}
	p.rest(len(why.Hops)-shown, "hop")
	if why.Found {
		return
	}
	for _, n := range why.Not[:min(len(why.Not), caseLines)] {
		p.line(4, text.Concat(text.Lit("x "), text.Clean(n)))
	}
	p.rest(len(why.Not)-caseLines, "reason")
}

// more says how many of a list are not written.
func more(n int) text.Safe {
	if n <= 0 {
		return text.Safe{}
	}
	return words(text.Lit("and"), text.Int(n), text.Lit("more"))
}

// rate is a rate with four digits, never rounded up: 1.0000 is all of them.
func rate(r float64) text.Safe {
	return text.Clean(strconv.FormatFloat(math.Floor(r*1e4)/1e4, 'f', 4, 64))
}

// cluster returns the name of a cluster as it may be shown.
func (o Options) cluster(v cdp.Value) text.Safe { return o.show(clusterKind(v), v.Reveal()) }

// long is a number of pairs.
func long(n int64) text.Safe { return text.Int(int(n)) }
