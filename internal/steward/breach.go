package steward

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/breach"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// ErrBreach is returned for a question about neither or both of source and
// recipient, or about a window that ends before it begins.
var ErrBreach = errors.New("a breach is of a source or of a recipient, in a window that ends after it begins")

// ErrAware is returned when the breach is said to become known later than now.
var ErrAware = errors.New("nobody can have become aware of it yet: that lies ahead")

// BreachScope says whom a breach concerns. It reads the whole store and keeps
// counts only; each is given every person, to be told, and may be nil. With it
// the run is logged as an export. progress is told the number of records seen,
// and may be nil.
//
// A breach of a source concerns what was there at some time of the window: what
// came by its end and was neither replaced nor deleted before it began. One of a
// recipient concerns what went to it in the window. Versions that are not
// current and rows that were deleted count like any other; the latter belong to
// no profile any more. At a desk that looks at another standpoint they are the
// persons of then, by what was known, and the clock stands where it stood.
func (d *Desk) BreachScope(ctx context.Context, q cdp.BreachQuestion, each func(cdp.BreachPerson) error, progress func(records int)) (cdp.Breach, error) {
	now := d.lens.From(d.s.opt.Now()).At
	if q.To.IsZero() {
		q.To = now
	}
	if (q.Source == "") == (q.Recipient == "") || q.To.Before(q.From) {
		return cdp.Breach{}, ErrBreach
	}
	if q.Aware.After(now) { // a clock that begins later would tell a deadline that is not one
		return cdp.Breach{}, ErrAware
	}
	rules := breach.Defaults()
	b := &breached{q: q, from: d.lens.Standpoint, count: breach.NewCount(rules, cmp.Or(q.Aware, now)), each: each, digest: newDigest()}
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if b.reg, err = d.s.inForceAt(tx, d.lens.From(now)); err != nil {
			return err
		}
		if q.Source != "" {
			src, err := tx.Source(q.Source)
			if err == nil && !b.from.Known.IsZero() {
				var then []cdp.SourceStat
				if then, err = sourcesThen(tx, []cdp.SourceStat{{Source: src}}, b.from); err == nil && len(then) == 0 {
					err = ErrNotFound
				}
			}
			if err != nil {
				return fmt.Errorf("source %s: %w", q.Source, err)
			}
		} else if _, known := b.reg.Recipient(q.Recipient); !known {
			b.unknown = true
		}
		runs, err := tx.Runs(0, 1)
		b.shares = len(runs) > 0
		return err
	})
	if err != nil {
		return cdp.Breach{}, err
	}
	seen := 0
	p := pass{gone: func(tx *graph.Tx, before []version) error { return b.profile(tx, 0, nil, before) }}
	p.live = func(tx *graph.Tx, id cdp.ProfileID, records []graph.Record, _ []cdp.Ruling) error {
		if before := seen; progress != nil && before/500 != (seen+len(records))/500 {
			progress(seen + len(records))
		}
		seen += len(records)
		before, err := versionsBefore(tx, records, b.from)
		if err != nil {
			return err
		}
		return b.profile(tx, id, records, before)
	}
	if err := d.everything(ctx, &p, progress); err != nil {
		return cdp.Breach{}, err
	}
	out := b.count.Breach()
	if b.unknown && out.Persons+out.Unresolved == 0 {
		return cdp.Breach{}, fmt.Errorf("recipient %s: %w", q.Recipient, ErrNotFound)
	}
	out.Question, out.At, out.From, out.Dropped = q, now, b.from, p.dropped
	if !q.Aware.IsZero() {
		out.Due, out.Law = rules.Due(q.Aware)
		out.Left = out.Due.Sub(now)
	}
	verb, object := "breach", sourceRef(q.Source)
	if q.Source == "" {
		object = cdp.Ref{Kind: "recipient", ID: q.Recipient}
	}
	if each != nil {
		verb = "export"
	}
	e := d.entry(verb, object, fmt.Sprintf("breach scope: %d persons and %d records without a profile", out.Persons, out.Unresolved))
	e.Digest = hex.EncodeToString(b.digest.Sum(nil))
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e) })
}

// breached collects the scope of a breach.
type breached struct {
	q       cdp.BreachQuestion
	from    cdp.Standpoint
	reg     *policy.Register
	count   *breach.Count
	each    func(cdp.BreachPerson) error
	shares  bool
	unknown bool // the register does not have the recipient
	digest  interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}
}

func (b *breached) within(t time.Time) bool { return !t.Before(b.q.From) && !t.After(b.q.To) }

func (b *breached) profile(tx *graph.Tx, id cdp.ProfileID, records []graph.Record, before []version) error {
	if b.q.Recipient != "" || len(before) > 0 || b.shares {
		if err := disclosedOf(tx, b.reg, records, before, b.shares, b.from); err != nil {
			return err
		}
	}
	p := breach.Person{Unresolved: id == 0}
	told := cdp.BreachPerson{Profile: id, Minor: "unknown"}
	rows := make(map[cdp.Row]bool) // a row is affected once, in however many versions
	look := func(rec *graph.Record, until time.Time) {
		if !b.affected(rec, until, &p) {
			return
		}
		if row := (cdp.Row{Source: rec.Source, Key: rec.Key}); !rows[row] {
			rows[row] = true
			p.Records++
		}
		if told.Record == 0 {
			told.Record = rec.ID
		}
	}
	all := records
	for i := range records {
		look(&records[i], time.Time{})
	}
	for i := range before {
		look(&before[i].Record, before[i].until)
		if len(records) == 0 { // nothing else tells who it was
			all = append(all, before[i].Record)
		}
	}
	if p.Records == 0 {
		return nil
	}
	b.person(all, &p, &told)
	b.count.Add(p)
	fmt.Fprintln(b.digest, id, told.Record, p.Records)
	if b.each == nil {
		return nil
	}
	told.Records, told.Country, told.Special = p.Records, p.Country, p.Special
	if is, known := b.count.Minor(p.Born); known {
		told.Minor = map[bool]string{true: "yes", false: "no"}[is]
	}
	return b.each(told)
}

// affected reports whether the breach concerns a record, which another version
// replaced at a time, zero for never; and adds what of it.
func (b *breached) affected(rec *graph.Record, until time.Time, p *breach.Person) bool {
	if b.q.Recipient != "" {
		found := false
		for _, s := range rec.Shares {
			if s.Recipient != b.q.Recipient || !b.within(s.At) {
				continue
			}
			found = true
			p.Shares = append(p.Shares, s)
			for _, f := range s.Fields {
				b.field(rec, f, p)
			}
		}
		return found
	}
	came := rec.At
	if came.IsZero() || rec.Recorded.Before(came) {
		came = rec.Recorded
	}
	if rec.Source != b.q.Source || came.After(b.q.To) || !until.IsZero() && until.Before(b.q.From) {
		return false
	}
	for _, a := range rec.Attributes {
		add(&p.Categories, a.Category)
		add(&p.Special, a.SpecialKind())
	}
	for _, c := range rec.Claims {
		add(&p.Categories, c.Identifier.Kind().Category())
	}
	for _, t := range rec.Touchpoints {
		if t.Text != "" {
			add(&p.Categories, "user.content")
		}
	}
	p.Shares = append(p.Shares, rec.Shares...)
	return true
}

// field adds the category of a field that was disclosed.
func (b *breached) field(rec *graph.Record, name string, p *breach.Person) {
	for _, a := range rec.Attributes {
		if a.Name == name {
			add(&p.Categories, a.Category)
			add(&p.Special, a.SpecialKind())
			return
		}
	}
	if slices.Contains(cdp.Kinds(), cdp.Kind(name)) {
		add(&p.Categories, cdp.Kind(name).Category())
	}
}

func add(list *[]string, s string) {
	if s != "" && !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// person looks in all records of a profile for what is needed to tell a person.
// Where a person lives is not known when nothing says it, or when records
// differ: where a source is says nothing about its customers.
func (b *breached) person(records []graph.Record, p *breach.Person, told *cdp.BreachPerson) {
	var attributes []cdp.Attribute
	for i := range records {
		rec := &records[i]
		attributes = append(attributes, rec.Attributes...)
		for _, a := range rec.Attributes {
			if a.Name == "language" || a.Name == "preference_language" {
				told.Language = a.Value.Reveal()
			}
		}
		for _, c := range rec.Claims {
			k := c.Identifier.Kind()
			if (k == cdp.KindEmail || k == cdp.KindPhone) && c.Blocked == "" && !slices.ContainsFunc(told.Endpoints, c.Identifier.Same) {
				told.Endpoints = append(told.Endpoints, c.Identifier)
			}
		}
	}
	who := policy.PersonOf(attributes)
	p.Born, p.Country = who.Born, who.Country
}

// addOwnShares adds to records what we disclosed of them ourselves by a
// standpoint, each disclosure once: to the first that feeds the activity it was
// made for.
func addOwnShares(tx *graph.Tx, reg *policy.Register, records []*graph.Record, from cdp.Standpoint) error {
	ids := make([]cdp.RecordID, len(records))
	for i := range records {
		ids[i] = records[i].ID
	}
	lines, err := tx.SharesKnown(ids, from)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if !from.At.IsZero() && l.At.After(from.At) {
			continue
		}
		at := -1
		for i, r := range records {
			if !slices.Contains(l.Records, r.ID) {
				continue
			}
			if src, ok := reg.Source(r.Source); at < 0 || ok && feeds(reg, src, l.Purpose) {
				at = i
				if ok && feeds(reg, src, l.Purpose) {
					break
				}
			}
		}
		if at >= 0 {
			r := records[at]
			r.Shares = append(r.Shares, cdp.Share{Recipient: l.Recipient, Purpose: l.Purpose, At: l.At, Fields: l.Fields, Mode: "run " + l.Run.String(), Source: r.Source, Record: r.ID})
		}
	}
	return nil
}

// feeds reports whether a source feeds an activity for a purpose.
func feeds(reg *policy.Register, src policy.Source, p cdp.PurposeID) bool {
	return slices.ContainsFunc(src.Activities, func(id cdp.ActivityID) bool {
		a, ok := reg.Activity(id)
		return ok && a.Purpose == p
	})
}
