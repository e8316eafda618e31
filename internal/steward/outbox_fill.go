package steward

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A disclosure is one time when data of a source row went to a recipient,
// made by us or reported by its source.
type disclosure struct {
	cdp.Share
	channel cdp.Channel
	ref     string
}

// A rowFacts is what is known of a source row and of where it went.
type rowFacts struct {
	row      cdp.Row
	current  graph.Record
	versions []cdp.RecordID
	known    map[cdp.RecordID]graph.Record // those that were sent, and the current one
	sent     []disclosure
	person   []graph.Record // the current one and those of its profile, once it is asked who this is
	from     cdp.Standpoint // zero: as it is now
}

// rowFacts reads a source row with all that was sent of it.
func (s *Steward) rowFacts(tx *graph.Tx, row cdp.Row) (*rowFacts, error) {
	return (&sight{Steward: s, tx: tx}).rowFacts(row)
}

// rowFacts reads a source row, in the versions that were known, with all that had
// been sent of it. The error is graph.ErrNotFound for a row of which nothing had
// been delivered.
func (v *sight) rowFacts(row cdp.Row) (*rowFacts, error) {
	current, versions, err := v.tx.Row(row.Source, row.Key)
	if err != nil {
		return nil, err
	}
	versions = append(slices.Clone(versions), current)
	if !v.lens.Known.IsZero() {
		if current, err = v.tx.RowKnown(row.Source, row.Key, v.lens.Known); err != nil {
			return nil, err
		}
	}
	f := &rowFacts{row: row, known: make(map[cdp.RecordID]graph.Record)}
	for _, id := range versions {
		h, err := v.tx.Head(id)
		if err != nil {
			return nil, err
		}
		if !v.lens.Knew(h.Recorded) {
			continue
		}
		f.versions = append(f.versions, id)
		if f.known[id] = h; h.ShareCount == 0 {
			continue
		}
		full, err := v.tx.Record(id)
		if err != nil {
			return nil, err
		}
		for _, sh := range full.Shares {
			if sh.At.IsZero() {
				sh.At = cmp.Or(h.At, h.Recorded)
			}
			f.sent = append(f.sent, disclosure{Share: sh, ref: string(row.Source)})
		}
	}
	f.current = f.known[current]
	own, err := v.tx.SharesKnown(f.versions, v.lens.Standpoint)
	if err != nil {
		return nil, err
	}
	for i := range own {
		sh := shareOf(&own[i])
		for _, id := range own[i].Records {
			if slices.Contains(f.versions, id) {
				sh.Record = id
			}
		}
		f.sent = append(f.sent, disclosure{sh, own[i].Channel, own[i].Ref()})
	}
	if at := v.lens.At; !at.IsZero() {
		f.sent = slices.DeleteFunc(f.sent, func(d disclosure) bool { return d.At.After(at) })
	}
	slices.SortStableFunc(f.sent, func(a, b disclosure) int { return a.At.Compare(b.At) })
	return f, nil
}

// endpoints are those at which something may have been said about what was sent.
func (f *rowFacts) endpoints() []cdp.Identifier {
	out := endpointsOf(&f.current.Record)
	for _, d := range f.sent {
		rec := f.known[d.Record]
		for _, e := range endpointsOf(&rec.Record) {
			if !slices.ContainsFunc(out, e.Same) {
				out = append(out, e)
			}
		}
	}
	return out
}

// changed returns the fields of a disclosure that the current version of its
// row has otherwise.
func (f *rowFacts) changed(d *disclosure) []string {
	sent := f.known[d.Record]
	var out []string
	for _, name := range d.Fields {
		was, carried := valuesOf(&sent.Record, name)
		is, _ := valuesOf(&f.current.Record, name)
		if carried && !slices.Equal(was, is) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func valuesOf(rec *cdp.Record, name string) (out []string, carried bool) {
	for _, a := range rec.Attributes {
		if a.Name == name {
			out = append(out, a.Value.Reveal())
		}
	}
	for _, c := range rec.Claims {
		if string(c.Identifier.Kind()) == name {
			out = append(out, c.Identifier.Reveal())
		}
	}
	slices.Sort(out)
	return out, len(out) > 0
}

// notices are those that a row gives cause for. They are a function of what is
// known: the order in which it was learnt does not matter. When a permission
// ends by time alone the row is judged again, which the journal tells.
func (s *Steward) notices(tx *graph.Tx, reg *policy.Register, row cdp.Row, now time.Time) ([]cdp.Notification, error) {
	f, err := s.rowFacts(tx, row)
	if err != nil || len(f.sent) == 0 {
		return nil, err
	}
	type to struct {
		recipient string
		purpose   cdp.PurposeID
	}
	var order []to
	groups := make(map[to][]disclosure)
	for _, d := range f.sent {
		k := to{d.Recipient, d.Purpose}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], d)
	}
	var out []cdp.Notification
	for _, k := range order {
		all := groups[k]
		last := all[len(all)-1]
		base := cdp.Notification{Recipient: k.recipient, Purpose: k.purpose, Controller: f.current.Controller, Row: row, Record: last.Record,
			Profile: f.current.Profile, Share: last.ref, Shared: last.At}
		if base.Profile, err = tx.ProfileOf(f.current.ID); err != nil {
			return nil, err
		}
		stops, err := s.stops(tx, reg, f, k.purpose, now)
		if err != nil {
			return nil, err
		}
		for _, x := range stops {
			n := base
			n.Cause, n.Subject, n.Event, n.Rule, n.Fields = x.cause, x.subject, x.event, x.rule, fieldsOf(all, &x)
			if len(n.Fields) == 0 {
				continue
			}
			about := s.about(&n)
			i := slices.IndexFunc(out, func(o cdp.Notification) bool { return s.about(&o) == about })
			if i < 0 {
				out = append(out, n)
				continue
			}
			out[i].Fields = slices.Compact(slices.Sorted(slices.Values(slices.Concat(out[i].Fields, n.Fields)))) // of one moment, over several channels
		}
		if fields := f.corrected(all); len(fields) > 0 && !f.current.Deleted {
			n := base
			n.Cause, n.Subject, n.Event, n.Rule, n.Fields = cdp.CauseCorrection, selfOf(&f.current.Record), f.current.Recorded, "changed by "+f.current.ID.String(), fields
			out = append(out, n)
		}
	}
	return out, nil
}

// fieldsOf are the fields of all disclosures that a no concerns.
func fieldsOf(all []disclosure, x *stop) []string {
	var out []string
	for _, d := range all {
		if !x.concerns(&d) {
			continue
		}
		for _, f := range d.Fields {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	slices.Sort(out)
	return out
}

// corrected are the fields that changed since they were sent and were not sent
// again since.
func (f *rowFacts) corrected(all []disclosure) []string {
	var out []string
	for i := range all {
		if all[i].Record == f.current.ID {
			continue
		}
		for _, name := range f.changed(&all[i]) {
			again := slices.ContainsFunc(all, func(d disclosure) bool { return d.Record == f.current.ID && slices.Contains(d.Fields, name) })
			if !again && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// about names what a notice is about, keyed by the store.
func (s *Steward) about(n *cdp.Notification) [16]byte {
	key := s.g.Meta().TagKey
	mac := hmac.New(sha256.New, key[:])
	parts := []string{n.Recipient, string(n.Purpose), string(n.Cause), string(n.Subject.Kind()), n.Subject.Reveal(), fmt.Sprint(n.Event.UnixMicro())}
	if strings.HasPrefix(n.Rule, notWanted) { // of one moment, over several channels
		parts = append(parts, n.Rule)
	}
	for _, part := range parts {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	id, _ := cdp.ParseUUID(cdp.UUID([16]byte(mac.Sum(nil)[:16]))) // what UUID writes is one
	return id
}

const (
	fillRecords = 5_000 // read in one view
	fillRows    = 100   // judged in one transaction
	fillChanges = 2_000 // of the journal that are followed one by one
)

// FillOutbox makes the notices that are due: of the rows that changed since it
// was done last, or of all. It can be cut off and repeated. It returns how many
// are new.
func (d *Desk) FillOutbox(ctx context.Context, progress func(records int)) (int, error) {
	var from, head uint64
	var made bool
	var changes []cdp.Change
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if from, made, err = tx.Noticed(); err != nil {
			return err
		}
		if head, err = tx.JournalHead(); err != nil || !made || head == from {
			return err
		}
		changes, err = tx.Changes(from, fillChanges)
		return err
	})
	if err != nil || made && head == from {
		return 0, err
	}
	whole := !made || len(changes) >= fillChanges || slices.ContainsFunc(changes, func(c cdp.Change) bool { return c.Verb == "load" || c.Verb == "register" || c.Verb == "suppression" })
	n := 0
	if whole {
		n, err = d.fillAll(ctx, progress)
	} else {
		n, err = d.fillChanged(ctx, changes)
	}
	if err != nil {
		return n, err
	}
	e := d.entry("notify", cdp.Ref{Kind: "outbox"}, fmt.Sprintf("%d notices are new", n))
	return n, d.update(ctx, &e, func(tx *graph.Tx) error { return tx.SetNoticed(head) })
}

func (d *Desk) fillAll(ctx context.Context, progress func(int)) (n int, err error) {
	for after, seen := cdp.RecordID(0), 0; ; {
		var rows []cdp.Row
		var last cdp.RecordID
		err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
			rows, last, err = tx.RowsAfter(after, fillRecords)
			return err
		})
		if err != nil || last == 0 {
			return n, err
		}
		m, err := d.fillRows(ctx, rows)
		if n += m; err != nil {
			return n, err
		}
		if seen, after = seen+int(last-after), last; progress != nil {
			progress(seen)
		}
	}
}

func (d *Desk) fillChanged(ctx context.Context, changes []cdp.Change) (int, error) {
	var rows []cdp.Row
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		seen := make(map[cdp.Row]bool)
		add := func(rec *cdp.Record) {
			if row := (cdp.Row{Source: rec.Source, Key: rec.Key}); !seen[row] {
				seen[row], rows = true, append(rows, row)
			}
		}
		profiles := make(map[cdp.ProfileID]bool)
		for _, c := range changes {
			if c.Record != 0 {
				rec, err := tx.Head(c.Record)
				if err != nil && !errors.Is(err, graph.ErrNotFound) {
					return err
				}
				if err == nil {
					add(&rec.Record)
				}
			}
			for _, id := range c.Profiles {
				live, err := tx.Find(id)
				if errors.Is(err, graph.ErrNotFound) || err == nil && profiles[live] {
					continue
				}
				if err != nil {
					return err
				}
				profiles[live] = true
				p, err := tx.Profile(live, 0)
				if err != nil {
					return err
				}
				for i := range p.Records {
					add(&p.Records[i].Record)
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return d.fillRows(ctx, rows)
}

// fillRows makes the notices of rows, in as many transactions as it takes.
func (d *Desk) fillRows(ctx context.Context, rows []cdp.Row) (n int, err error) {
	for part := range slices.Chunk(rows, fillRows) {
		err := inParts(ctx, d, part, func(part []cdp.Row) error {
			made := 0
			err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
				made = 0
				reg, err := d.s.inForce(tx, tx.Now())
				if err != nil {
					reg = nil // what is to be told does not wait for a register that can be read
				}
				for _, row := range part {
					list, err := d.s.notices(tx, reg, row, tx.Now())
					if err != nil {
						return fmt.Errorf("row of %s: %w", row.Source, err)
					}
					for i := range list {
						isNew, err := tx.AddNotice(d.s.about(&list[i]), &list[i])
						if err != nil {
							return err
						}
						if isNew {
							made++
						}
					}
				}
				if made == 0 {
					return nil
				}
				return d.log(tx, d.entry("notify", cdp.Ref{Kind: "outbox"}, fmt.Sprintf("%d notices are due", made)))
			})
			n += made
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
