package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/rulefile"
)

func canon(t testing.TB) *ident.Canonicaliser {
	t.Helper()
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	return ident.New([32]byte{1}, lists)
}

// reveal writes anything in full, so that tests can compare what prints redacted.
func reveal(v any) string {
	var b bytes.Buffer
	dump(&b, v)
	return b.String()
}

func dump(w io.Writer, v any) {
	switch v := v.(type) {
	case []cdp.Record:
		for _, r := range v {
			dump(w, r)
		}
	case cdp.Record:
		fmt.Fprintf(w, "record %s %s at %v deleted %v %s:%d:%d\n", v.Source, v.Key, v.At, v.Deleted, v.Lineage.File, v.Lineage.Line, v.Lineage.Row)
		for _, c := range v.Claims {
			fmt.Fprintf(w, " claim %s %s %v %v %q %q\n", c.Identifier.Kind(), c.Identifier.Reveal(), c.Strength, c.Verification, c.Blocked, c.Generic)
		}
		for _, a := range v.Attributes {
			fmt.Fprintf(w, " attribute %s=%s %s %s %s\n", a.Name, a.Value.Reveal(), a.Category, a.Origin, a.Special)
		}
		for _, t := range v.Touchpoints {
			fmt.Fprintf(w, " touchpoint %s %s %s %v %s %s %s\n", t.Kind, t.Channel, t.Key, t.At, t.Text.Reveal(), t.Detail.Reveal(), t.Purpose)
		}
		for _, c := range v.Consents {
			fmt.Fprintf(w, " consent %s %s %s %s %s %v until %v %s %s %s %s %s %v\n", c.Endpoint.Kind(), c.Endpoint.Reveal(), c.Purpose, c.Channel, c.State, c.At, c.Expires,
				c.Notice, c.Method, c.Language, c.Proof.Reveal(), c.Regulation, c.PreTicked)
		}
		for _, g := range v.Grounds {
			fmt.Fprintf(w, " ground %s %s %v %v\n", g.Activity, g.Ref.Reveal(), g.From, g.To)
		}
		for _, s := range v.Shares {
			fmt.Fprintf(w, " share %s %s %v %v %s\n", s.Recipient, s.Purpose, s.At, s.Fields, s.Mode)
		}
		fmt.Fprintf(w, " activities %v\n", v.Activities)
	case []cdp.Reject:
		for _, r := range v {
			fmt.Fprintf(w, "reject %s %s %s %s:%d:%d\n raw %s\n header %s\n", r.Code, r.Field, r.Reason, r.Lineage.File, r.Lineage.Line, r.Lineage.Row, r.Raw.Reveal(), r.Header.Reveal())
		}
	case []cdp.Drop:
		for _, d := range v {
			fmt.Fprintf(w, "drop %d %d %s\n", d.Line, d.Row, d.Rule)
		}
	case []cdp.Note:
		for _, n := range v {
			fmt.Fprintf(w, "note %s %s %s %d\n", n.Code, n.Field, n.Text, n.Count)
		}
	default:
		b, _ := json.Marshal(v)
		w.Write(b)
	}
}

// memGate is a store in memory: it knows deliveries again and counts rows as
// the real gate must.
type memGate struct {
	mu      sync.Mutex
	batches map[string]cdp.BatchID // file hash + mapping
	done    map[cdp.BatchID]int
	byKey   map[string][32]byte
	records []cdp.Record
	rejects []cdp.Reject
	drops   []cdp.Drop
	notes   []cdp.Note
	last    int
	admits  int
	failAt  int  // the admit that fails, from 1; 0 for none
	late    bool // it fails after it has committed
	short   bool
	onAdmit func()
}

var errCrash = errors.New("crash")

func newGate() *memGate {
	return &memGate{batches: map[string]cdp.BatchID{}, done: map[cdp.BatchID]int{}, byKey: map[string][32]byte{}}
}

func (g *memGate) Begin(_ context.Context, d cdp.Delivery) (cdp.BatchID, int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := d.FileHash + d.Mapping
	if d.FileHash == "" {
		k = fmt.Sprint("stream", len(g.batches))
	}
	if g.batches[k] == 0 {
		g.batches[k] = cdp.BatchID(len(g.batches) + 1)
	}
	return g.batches[k], g.done[g.batches[k]], nil
}

func (g *memGate) Admit(_ context.Context, b cdp.Batch) (cdp.Receipt, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.admits++
	if g.admits == g.failAt && !g.late {
		return cdp.Receipt{}, errCrash
	}
	var r cdp.Receipt
	for _, rec := range b.Records {
		sum := sha256.Sum256([]byte(reveal(rec)))
		k := string(rec.Source) + "\x00" + rec.Key
		old, known := g.byKey[k]
		switch {
		case !known:
			r.Admitted++
		case old == sum:
			r.Unchanged++
		default:
			r.Superseding++
		}
		g.byKey[k] = sum
		r.Touchpoints += len(rec.Touchpoints)
		r.Consents += len(rec.Consents)
		r.Shares += len(rec.Shares)
		g.records = append(g.records, rec)
	}
	g.rejects = append(g.rejects, b.Rejects...)
	g.drops = append(g.drops, b.Dropped...)
	g.notes = append(g.notes, b.Notes...)
	r.Rejected, r.Dropped, r.Notes = len(b.Rejects), len(b.Dropped), b.Notes
	r.Rows = len(b.Records) + len(b.Rejects) + len(b.Dropped)
	if g.short && r.Rows > 0 {
		r.Rows--
	}
	g.done[b.ID] = b.Rows
	if b.Last {
		g.last++
	}
	if g.admits == g.failAt {
		return cdp.Receipt{}, errCrash
	}
	if g.onAdmit != nil {
		g.onAdmit()
	}
	return r, nil
}

// text opens a text as a file.
func text(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(s))), nil }
}
