package steward

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/audit"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/query"
)

// Stats returns the counts of the store. It reads no personal data and is not
// logged.
func (d *Desk) Stats(ctx context.Context) (cdp.Stats, error) {
	var out cdp.Stats
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if out, err = tx.Stats(); err != nil {
			return err
		}
		out.At = d.s.opt.Now()
		reg, err := d.s.inForce(tx, out.At)
		if err != nil {
			return err
		}
		out.Register, out.RegisterFrom = reg.Hash(), reg.ValidFrom()
		known(reg, out.Sources)
		return nil
	})
	if err != nil {
		return out, err
	}
	if d.s.opt.Index != nil {
		if out.IndexSeq, err = d.s.opt.Index.Position(); err != nil {
			return out, err
		}
		if out.Consent, err = d.s.consentCounts(ctx); err != nil {
			return out, err
		}
	}
	if d.s.opt.Disk != nil {
		out.DiskBytes, err = d.s.opt.Disk()
	}
	return out, err
}

// consentCounts counts profiles by purpose and answer, as the index knows them.
func (s *Steward) consentCounts(ctx context.Context) ([]cdp.ConsentCount, error) {
	ans, err := s.opt.Index.Search(ctx, cdp.SearchRequest{Limit: 1}, s.identified)
	if err != nil {
		return nil, err
	}
	var out []cdp.ConsentCount
	for _, f := range ans.Facets {
		if f.Name != "consent" {
			continue
		}
		for _, v := range f.Values {
			purpose, state, ok := strings.Cut(v.Value, "/")
			if !ok {
				continue
			}
			if purpose == "" {
				purpose = "all purposes"
			}
			i := slices.IndexFunc(out, func(c cdp.ConsentCount) bool { return string(c.Purpose) == purpose })
			if i < 0 {
				out = append(out, cdp.ConsentCount{Purpose: cdp.PurposeID(purpose)})
				i = len(out) - 1
			}
			switch st := cdp.ConsentState(state); {
			case st.ValidForProcessing():
				out[i].Given += v.Count
			case st == cdp.ConsentRefused, st == cdp.ConsentWithdrawn, st == cdp.ConsentObjected:
				out[i].Refused += v.Count
			default:
				out[i].Other += v.Count
			}
		}
	}
	slices.SortFunc(out, func(a, b cdp.ConsentCount) int { return strings.Compare(string(a.Purpose), string(b.Purpose)) })
	return out, nil
}

func known(reg *policy.Register, sources []cdp.SourceStat) {
	for i := range sources {
		row, in := reg.Source(sources[i].Source.ID)
		sources[i].Known = in
		if !in {
			continue
		}
		// What a delivery did not say of its source, the register may know.
		s := &sources[i].Source
		s.System, s.Kind, s.Owner = cmp.Or(s.System, row.System), cmp.Or(s.Kind, row.Kind), cmp.Or(s.Owner, row.Owner)
		s.Controller, s.Country, s.Collection = cmp.Or(s.Controller, row.Controller), cmp.Or(s.Country, row.Country), cmp.Or(s.Collection, row.Collection)
	}
}

// Sources returns the sources with their counts. It reads no personal data and
// is not logged.
func (d *Desk) Sources(ctx context.Context) ([]cdp.SourceStat, error) {
	var out []cdp.SourceStat
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if out, err = tx.Sources(); err != nil {
			return err
		}
		reg, err := d.s.inForce(tx, d.s.opt.Now())
		known(reg, out)
		return err
	})
	return out, err
}

// Batches returns up to n batches older than before, newest first; before 0
// means from the newest on. It reads no personal data and is not logged.
func (d *Desk) Batches(ctx context.Context, before cdp.BatchID, n int) ([]cdp.Receipt, error) {
	var out []cdp.Receipt
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.Batches(before, clamp(n, 50, 1000))
		return err
	})
	return out, err
}

// Batch returns one batch's receipt.
func (d *Desk) Batch(ctx context.Context, id cdp.BatchID) (cdp.Receipt, error) {
	var out cdp.Receipt
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.Batch(id)
		return err
	})
	return out, err
}

// Rejects returns up to n rows that could not be read, after a reject number;
// the open ones, or all.
func (d *Desk) Rejects(ctx context.Context, after uint64, n int, all bool) ([]cdp.Reject, error) {
	var out []cdp.Reject
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "rejects"}, ""), func(tx *graph.Tx, r *reading) (err error) {
		out, err = tx.Rejects(after, clamp(n, 50, 1000), all)
		for _, x := range out {
			r.saw(x.ID)
		}
		r.detail = counted(len(out), "reject", after != 0, after)
		return err
	})
	return out, err
}

// Replayed marks rejects as settled by a later batch, in as few transactions
// as they need.
func (d *Desk) Replayed(ctx context.Context, ids []uint64, by cdp.BatchID) error {
	return inParts(ctx, d, ids, func(ids []uint64) error {
		e := d.entry("replay", batchRef(by), fmt.Sprintf("%d rejects", len(ids)))
		return d.update(ctx, &e, func(tx *graph.Tx) error { return tx.Replayed(ids, by) })
	})
}

// Quarantined returns up to n records in quarantine after one, with what would
// release each.
func (d *Desk) Quarantined(ctx context.Context, after cdp.RecordID, n int) ([]cdp.Quarantine, error) {
	var out []cdp.Quarantine
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "quarantine"}, ""), func(tx *graph.Tx, r *reading) error {
		out = nil
		records, err := tx.Quarantined(after, clamp(n, 50, 1000))
		if err != nil {
			return err
		}
		reg, err := d.s.inForce(tx, d.s.opt.Now())
		if err != nil {
			return err
		}
		for _, rec := range records {
			ruling, err := d.s.judgeStored(tx, rec)
			if err != nil {
				return err
			}
			out = append(out, cdp.Quarantine{Record: rec.ID, Source: rec.Source, Key: cdp.Value(rec.Key), Batch: rec.Lineage.Batch, Line: rec.Lineage.Line,
				Since: cmp.Or(rec.Since, rec.Recorded), Until: reg.QuarantineEnd(cmp.Or(rec.Since, rec.Recorded)), Verdict: ruling.Verdict, Todo: policy.Todo(ruling.Verdict)})
			r.saw(rec.ID)
		}
		r.detail = counted(len(out), "record", after != 0, after)
		return nil
	})
	return out, err
}

// counted tells how many of a list were shown, and after which when the page
// was not the first.
func counted(n int, what string, further bool, after any) string {
	out := several(n, what)
	if further {
		out += fmt.Sprintf(" after %v", after)
	}
	return out
}

// Log returns up to n entries of the log before a number, newest first: all,
// or those about a thing. Reading the log is itself logged.
func (d *Desk) Log(ctx context.Context, about cdp.Ref, before uint64, n int) ([]cdp.Entry, error) {
	var out []cdp.Entry
	n = clamp(n, 50, 1000)
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "log", ID: strings.TrimSpace(about.Kind + " " + about.ID)}, ""), func(tx *graph.Tx, r *reading) (err error) {
		if about.Kind == "" {
			out, err = audit.Entries(tx.Reader(), before, n)
		} else {
			out, err = audit.About(tx.Reader(), about, before, n)
		}
		r.detail = fmt.Sprintf("%d entries", len(out))
		if before != 0 {
			r.detail += fmt.Sprintf(" before %d", before)
		}
		return err
	})
	return out, err
}

// SavedSearches returns the saved searches by name.
func (d *Desk) SavedSearches(ctx context.Context) ([]cdp.SavedSearch, error) {
	var out []cdp.SavedSearch
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.SavedSearches()
		return err
	})
	for i := range out {
		if n, err := query.Parse(out[i].Query); err == nil { // one that an older program could read is still listed
			out[i].Shape = nameless(n).String()
		}
	}
	return out, err
}

// nameless is a query without the words that may name a person: those that
// are looked for in texts and keys, and identifiers.
func nameless(n query.Node) query.Node {
	switch n := n.(type) {
	case query.And:
		out := make(query.And, len(n))
		for i, x := range n {
			out[i] = nameless(x)
		}
		return out
	case query.Or:
		out := make(query.Or, len(n))
		for i, x := range n {
			out[i] = nameless(x)
		}
		return out
	case query.Not:
		return query.Not{X: nameless(n.X)}
	case query.Term:
		switch n.Field {
		case query.FieldCountry, query.FieldSource, query.FieldChannel, query.FieldBasis, query.FieldConsent, query.FieldKind,
			query.FieldTouchpoint, query.FieldHas, query.FieldProfile, query.FieldIn, query.FieldMay, query.FieldWish, query.FieldShared, query.FieldOutcome:
		default:
			n.Text = "███"
		}
		return n
	}
	return n
}

// SaveSearch keeps a search under a name of 1 to 60 bytes. The log has a tag of
// the name: it may be a person's.
func (d *Desk) SaveSearch(ctx context.Context, name, q string) error {
	if name = strings.TrimSpace(name); name == "" || len(name) > 60 {
		return fmt.Errorf("a saved search needs a name of 1 to 60 bytes")
	}
	e := d.entry("save search", d.s.savedRef(name), "")
	return d.update(ctx, &e, func(tx *graph.Tx) error {
		return tx.SaveSearch(cdp.SavedSearch{Name: name, Query: q, By: d.actor.Name})
	})
}

// savedRef tells saved searches apart without their names: by a tag keyed by
// the installation, as identifiers are.
func (s *Steward) savedRef(name string) cdp.Ref {
	key := s.g.Meta().TagKey
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("saved search\x00" + name))
	return cdp.Ref{Kind: "search", ID: "saved#" + hex.EncodeToString(h.Sum(nil)[:4])}
}

// ForgetSearch deletes a saved search.
func (d *Desk) ForgetSearch(ctx context.Context, name string) error {
	e := d.entry("forget search", d.s.savedRef(name), "")
	return d.update(ctx, &e, func(tx *graph.Tx) error { return tx.ForgetSearch(name) })
}

// Check compares the store with a recomputation and logs the outcome.
func (d *Desk) Check(ctx context.Context, progress func(records int)) (cdp.CheckReport, error) {
	var out cdp.CheckReport
	begun := d.s.opt.Now()
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.Check(ctx, progress)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Took = d.s.opt.Now().Sub(begun)
	e := d.entry("check", cdp.Ref{}, fmt.Sprintf("%d records, %d profiles, %d problems", out.Records, out.Profiles, len(out.Problems)))
	return out, d.update(ctx, &e, func(*graph.Tx) error { return nil })
}

// A Activation is what a new register changed.
type Activation struct {
	Hash     string
	From     time.Time
	Judged   int    // records judged again
	Released int    // that left quarantine
	Known    bool   // this very version was activated before
	InForce  string // hash of the version that holds now: this one, unless another one goes before it
}

// Activate keeps a version of the activity register and judges every record
// again by the register that is then in force.
func (d *Desk) Activate(ctx context.Context, name string, text []byte, progress func(judged int)) (Activation, error) {
	reg, err := policy.Parse(name, text)
	if err != nil {
		return Activation{}, err
	}
	out := Activation{Hash: reg.Hash(), From: reg.ValidFrom()}
	e := d.entry("activate", cdp.Ref{Kind: "register", ID: reg.Hash()}, "valid from "+reg.ValidFrom().Format(time.DateOnly))
	e.Digest = reg.Hash()
	err = d.update(ctx, &e, func(tx *graph.Tx) error {
		out.Known, err = keepRegister(tx, reg, text)
		return err
	})
	if err != nil {
		return out, err
	}
	d.s.forget()
	if err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		now, err := d.s.inForce(tx, d.s.opt.Now())
		out.InForce = now.Hash()
		return err
	}); err != nil {
		return out, err
	}
	out.Judged, out.Released, err = d.Rejudge(ctx, progress)
	return out, err
}

// Register returns the text of the register in force at the desk's standpoint, or
// ErrNotFound.
func (d *Desk) Register(ctx context.Context) (hash string, text []byte, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) error {
		reg, err := d.s.inForceAt(tx, d.lens.From(d.s.opt.Now()))
		if err != nil {
			return err
		}
		versions, err := tx.Registers()
		for _, v := range versions {
			if reg != nil && v.Hash == reg.Hash() {
				hash, text = v.Hash, v.Text
			}
		}
		if err == nil && hash == "" {
			err = ErrNotFound
		}
		return err
	})
	return hash, text, err
}
