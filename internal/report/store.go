package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Sources writes the systems that deliver data with their counts.
func Sources(w io.Writer, list []cdp.SourceStat, o Options) error {
	p := newPage(w, o)
	p.sources(0, list)
	p.line(0, words(text.Int(len(list)), text.Lit("sources; times in"), p.zoneName()))
	return p.done()
}

func (p *page) sources(indent int, list []cdp.SourceStat) {
	t := newTable(
		column{title: "SOURCE", min: 12}, column{title: "KIND", min: 8, drop: 3}, column{title: "RECORDS", right: true},
		column{title: "TOUCHPOINTS", right: true, drop: 4}, column{title: "QUARANTINED", right: true, drop: 1}, column{title: "APART", right: true, drop: 2},
		column{title: "REJECTS", right: true, drop: 2}, column{title: "REGISTER", drop: 5}, column{title: "LAST", drop: 6},
		column{title: "SYSTEM", min: 8, drop: 7}, column{title: "CONTROLLER", min: 10, drop: 8}, column{title: "COLLECTION", drop: 9})
	for _, s := range list {
		known := text.Lit("no entry")
		if s.Known {
			known = text.Lit("yes")
		}
		t.row(text.Clean(string(s.Source.ID)), text.Clean(s.Source.Kind), text.Int(s.Records), text.Int(s.Touchpoints), text.Int(s.Quarantined),
			text.Int(s.Apart), text.Int(s.Rejects), known, p.o.minute(s.Last), text.Clean(s.Source.System), text.Clean(s.Source.Controller),
			spaced(s.Source.Collection))
	}
	p.table(indent, t)
	var unknown []text.Safe
	for _, s := range list {
		if !s.Known {
			unknown = append(unknown, text.Clean(string(s.Source.ID)))
		}
	}
	if len(unknown) > 0 {
		p.line(indent, words(text.Lit("! not in the activity register, so nothing is guessed and their records are quarantined:"), commas(unknown...)))
	}
}

// Receipt writes what became of a delivery, with the balance of its rows
// spelled out; what else it did is left out where it did not.
func Receipt(w io.Writer, r cdp.Receipt, o Options) error {
	p := newPage(w, o)
	p.fact(0, "batch", batchID(r.Batch))
	p.fact(0, "source", text.Clean(string(r.Source)))
	p.fact(0, "file", text.Clean(r.File))
	p.fact(0, "sha256", text.Clean(r.FileHash))
	p.fact(0, "preset", text.Clean(r.Preset))
	p.fact(0, "mapping", digest(r.Mapping))
	p.fact(0, "begun", o.instant(r.Begun))
	p.fact(0, "done", orElse(o.instant(r.Done), "not yet, or cut off"))
	p.fact(0, "rows read", text.Int(r.Rows))
	for _, f := range fates(r) {
		p.fact(2, f.name, text.Int(f.count))
	}
	p.line(0, balance(r))
	for _, f := range []fate{{"of those held apart", r.HeldApart}, {"of those evidence only", r.Evidence}, {"of those delete markers", r.Deleted},
		{"of those older versions", r.Older}, {"touchpoints", r.Touchpoints}, {"consent events", r.Consents}, {"shares", r.Shares},
		{"new profiles", r.NewProfiles}, {"profiles merged", r.Merged}, {"profiles split", r.Split}, {"released from quarantine", r.Released}} {
		if f.count > 0 {
			p.fact(0, f.name, text.Int(f.count))
		}
	}
	for _, n := range r.Notes {
		p.line(0, words(text.Lit("!"), text.Concat(commas(text.Clean(n.Code), text.Clean(n.Field)), text.Lit(":")),
			text.Clean(n.Text), times(n.Count)))
	}
	return p.done()
}

func times(n int) text.Safe {
	if n <= 1 {
		return text.Safe{}
	}
	return text.Concat(text.Lit("("), text.Int(n), text.Lit(" times)"))
}

type fate struct {
	name  string
	count int
}

// fates are what can become of a row; each row meets one of them.
func fates(r cdp.Receipt) []fate {
	return []fate{{"admitted", r.Admitted}, {"quarantined", r.Quarantined}, {"refused", r.Refused}, {"unchanged", r.Unchanged},
		{"superseding", r.Superseding}, {"rejected", r.Rejected}, {"dropped by rule", r.Dropped}}
}

// balance spells out the sum of the rows, and whether it holds.
func balance(r cdp.Receipt) text.Safe {
	sum := 0
	var parts []text.Safe
	for _, f := range fates(r) {
		sum += f.count
		parts = append(parts, words(text.Int(f.count), text.Clean(f.name)))
	}
	terms := text.Join(text.Lit(" + "), parts...)
	if r.Balanced() {
		return text.Concat(text.Lit("balance: "), terms, text.Lit(" = "), text.Int(sum), text.Lit(" rows read: every row is accounted for"))
	}
	return text.Concat(text.Lit("! balance does not hold: "), terms, text.Lit(" = "), text.Int(sum), text.Lit(", but "), text.Int(r.Rows), text.Lit(" rows were read"))
}

// Batches writes one delivery a row.
func Batches(w io.Writer, list cdp.Page[cdp.Receipt], o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "BATCH"}, column{title: "SOURCE", min: 10}, column{title: "FILE", min: 10, drop: 2}, column{title: "BEGUN", drop: 4},
		column{title: "ROWS", right: true}, column{title: "ADMITTED", right: true, drop: 1}, column{title: "QUARANTINED", right: true, drop: 3},
		column{title: "REJECTED", right: true, drop: 1}, column{title: "UNCHANGED", right: true, drop: 5}, column{title: "SUPERSEDING", right: true, drop: 6},
		column{title: "REFUSED", right: true, drop: 8}, column{title: "DROPPED", right: true, drop: 7}, column{title: "DONE", drop: 6}, column{title: "PRESET", drop: 9})
	for _, r := range list.Items {
		t.row(batchID(r.Batch), text.Clean(string(r.Source)), text.Clean(r.File), o.minute(r.Begun), text.Int(r.Rows), text.Int(r.Admitted),
			text.Int(r.Quarantined), text.Int(r.Rejected), text.Int(r.Unchanged), text.Int(r.Superseding), text.Int(r.Refused), text.Int(r.Dropped),
			orElse(o.minute(r.Done), "not done"), text.Clean(r.Preset))
	}
	p.table(0, t)
	for _, r := range list.Items {
		if r.Done.IsZero() {
			p.line(0, words(text.Lit("!"), batchID(r.Batch), text.Lit("is not done: it runs, or was cut off; ingesting the file again takes it up")))
		}
		if !r.Balanced() {
			p.line(0, words(text.Lit("!"), batchID(r.Batch), text.Lit("does not balance:"), text.Int(r.Rows), text.Lit("rows read, see its receipt")))
		}
	}
	footer(p, list, "batch", "batches")
	return p.done()
}

// Stats writes the counts of the store.
func Stats(w io.Writer, s cdp.Stats, o Options) error {
	p := newPage(w, o)
	p.fact(0, "counted at", o.instant(s.At))
	for _, f := range []fate{{"profiles", s.Profiles}, {"records", s.Records}, {"records with older versions", s.Versions},
		{"identifiers", s.Identifiers}, {"touchpoints", s.Touchpoints}, {"consent events", s.Consents}, {"shares", s.Shares},
		{"quarantined", s.Quarantined}, {"held apart", s.Apart}, {"rejects open", s.Rejects}, {"batches", s.Batches},
		{"merges", s.Merges}, {"splits", s.Splits}} {
		p.fact(0, f.name, text.Int(f.count))
	}
	if s.Largest != 0 {
		largest := words(profileID(s.Largest), text.Lit("with"), text.Int(s.LargestSize), text.Lit("records"))
		if s.LargestBound {
			largest = commas(largest, text.Lit("or another one: a larger one was divided"))
		}
		p.fact(0, "largest profile", largest)
	}
	for i, n := range s.SizeClasses {
		if i < len(sizeClasses()) {
			p.fact(0, "profiles of "+sizeClasses()[i]+" records", text.Int(n))
		}
	}
	p.fact(0, "bytes on disk", text.Int(int(s.DiskBytes)))
	p.fact(0, "journal", text.Clean(decimal(s.JournalSeq)))
	p.fact(0, "index", text.Clean(decimal(s.IndexSeq)))
	if s.IndexSeq < s.JournalSeq {
		p.line(0, words(text.Lit("! the index is behind by"), text.Clean(decimal(s.JournalSeq-s.IndexSeq)), text.Lit("changes")))
	}
	p.fact(0, "activity register", orElse(digest(s.Register), "none"))
	p.fact(0, "register valid from", o.instant(s.RegisterFrom))
	p.head("Sources", len(s.Sources))
	p.sources(2, s.Sources)
	p.head("Consents by purpose", len(s.Consent))
	t := newTable(column{title: "PURPOSE", min: 12}, column{title: "GIVEN", right: true}, column{title: "REFUSED", right: true}, column{title: "OTHER", right: true})
	for _, c := range s.Consent {
		t.row(orElse(text.Clean(string(c.Purpose)), "not stated"), text.Int(c.Given), text.Int(c.Refused), text.Int(c.Other))
	}
	p.table(2, t)
	p.head("Sent to", len(s.Shared))
	p.downstream(s.Shared)
	return p.done()
}

// sizeClasses are the numbers of records of the profiles that Stats counts
// together.
func sizeClasses() []string { return []string{"1", "2-5", "6-20", "21-100", "more than 100"} }

// Check writes what the self-check of the store found.
func Check(w io.Writer, c cdp.CheckReport, o Options) error {
	p := newPage(w, o)
	p.fact(0, "records checked", text.Int(c.Records))
	p.fact(0, "profiles checked", text.Int(c.Profiles))
	p.fact(0, "identifiers checked", text.Int(c.Identifiers))
	p.fact(0, "problems", text.Int(len(c.Problems)))
	for _, x := range c.Problems {
		p.line(2, text.Concat(text.Lit("! "), commas(text.Clean(x.Code), ref(x.Ref)), text.Lit(": "), text.Clean(x.Text)))
	}
	if len(c.Problems) == 0 {
		p.say(0, "the store agrees with its recomputation")
	}
	return p.done()
}
