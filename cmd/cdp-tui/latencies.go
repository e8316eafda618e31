package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
	"cdp-tui/internal/synth"
)

// A reservoir keeps a random sample of records.
type reservoir struct {
	r       *rand.Rand
	n, seen int
	records []*synth.Record
}

func newReservoir(n int, seed uint64) *reservoir {
	return &reservoir{r: rand.New(rand.NewPCG(seed, 1)), n: n}
}

func (k *reservoir) offer(rec *synth.Record) {
	k.seen++
	if len(k.records) < k.n {
		k.records = append(k.records, rec)
	} else if i := k.r.IntN(k.seen); i < k.n {
		k.records[i] = rec
	}
}

// What one opens of a profile at first.
const (
	openRecords = 500
	openTouches = 50
)

// subjects are what is opened, looked up and searched for.
type subjects struct {
	random   []cdp.ProfileID // each profile as likely as any other
	byRecord []cdp.ProfileID // of random records: the larger the likelier
	mails    []cdp.Identifier
	names    []string // family names
	full     []string // given and family name
	near     []string // family names with a letter missing, fuzzy
	starts   []string // beginnings of family names
}

// latencies measures one thing after the other on the store as it is.
func (s *session) latencies(ctx context.Context, w stopwatch, samples []*synth.Record) ([]latency, error) {
	g, err := graph.Open(ctx, s.kv)
	if err != nil {
		return nil, err
	}
	sub, err := s.subjects(ctx, g, samples)
	if err != nil {
		return nil, err
	}
	open := func(ids []cdp.ProfileID) func(int) error {
		return func(i int) error {
			return g.View(ctx, func(tx *graph.Tx) error {
				if _, err := tx.Profile(ids[i], openRecords); err != nil {
					return err
				}
				_, err := tx.Touchpoints(ids[i], "", openTouches)
				return err
			})
		}
	}
	openLogged := func(ids []cdp.ProfileID) func(int) error {
		return func(i int) error {
			if _, err := s.desk.Profile(ctx, ids[i]); err != nil {
				return err
			}
			_, err := s.desk.Touchpoints(ctx, ids[i], "", openTouches)
			return err
		}
	}
	find := func(req func(int) cdp.SearchRequest) func(int) error {
		return func(i int) error {
			ans, err := s.index.Search(ctx, s.steward.Feed(), req(i), func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error) { return nil, nil })
			if err == nil && ans.Partial != "" {
				err = errors.New(ans.Partial)
			}
			return err
		}
	}
	text := func(list []string) func(int) cdp.SearchRequest {
		return func(i int) cdp.SearchRequest { return cdp.SearchRequest{Query: list[i]} }
	}
	remarks := []string{`"Wünscht keine Werbung mehr"`, "text:voucher", "text:Gutschein", "text:hâlâ", "text:Rückruf"}
	sources := synth.Sources()
	tests := []struct {
		name   string
		target float64 // milliseconds
		f      func(i int) error
	}{
		{"profile and its first page, graph", 5, open(sub.random)},
		{"  sampled by record", 5, open(sub.byRecord)},
		{"profile and its first page, desk, logged", 15, openLogged(sub.random)},
		{"  sampled by record", 15, openLogged(sub.byRecord)},
		{"identifier look-up, graph", 0.2, func(i int) error {
			return g.View(ctx, func(tx *graph.Tx) error {
				found, err := tx.Lookup(sub.mails[i])
				if err == nil && len(found) == 0 {
					err = graph.ErrNotFound
				}
				return err
			})
		}},
		{"identifier beginning, first 20, graph", 0, func(i int) error {
			v := sub.mails[i].Reveal()
			return g.View(ctx, func(tx *graph.Tx) error {
				_, err := tx.LookupPrefix(cdp.KindEmail, v[:min(6, len(v))], 20)
				return err
			})
		}},
		{"family name, index", 10, find(text(sub.names))},
		{"given and family name, index", 10, find(text(sub.full))},
		{"given and family name, desk, logged", 0, func(i int) error {
			_, err := s.desk.Search(ctx, cdp.SearchRequest{Query: sub.full[i]})
			return err
		}},
		{"one letter missing, index", 0, find(text(sub.near))},
		{"beginning of a name, index", 0, find(text(sub.starts))},
		{"free text, index", 0, find(func(i int) cdp.SearchRequest { return cdp.SearchRequest{Query: remarks[i%len(remarks)]} })},
		{"family name within a source, index", 0, find(func(i int) cdp.SearchRequest {
			return cdp.SearchRequest{Query: sub.names[i], Facets: map[string][]string{"source": {sources[i%len(sources)]}}}
		})},
		{"everyone, with facets, index", 0, find(func(int) cdp.SearchRequest { return cdp.SearchRequest{Query: "*"} })},
	}
	var out []latency
	for _, t := range tests {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		l, err := w.sample(t.name, len(samples), t.target, t.f)
		if err != nil {
			return out, err
		}
		out = append(out, l)
	}
	return out, nil
}

// subjects chooses what is asked for.
func (s *session) subjects(ctx context.Context, g *graph.Store, samples []*synth.Record) (sub subjects, err error) {
	st, err := s.desk.Stats(ctx)
	if err != nil {
		return sub, err
	}
	r := rand.New(rand.NewPCG(uint64(st.Versions), 2))
	err = g.View(ctx, func(tx *graph.Tx) error {
		for len(sub.random) < len(samples) {
			id := cdp.ProfileID(1 + r.IntN(st.Versions)) // a record mints one profile at most
			live, err := tx.Find(id)
			if errors.Is(err, graph.ErrNotFound) || err == nil && live != id {
				if err := ctx.Err(); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			sub.random = append(sub.random, id)
		}
		for _, rec := range samples {
			sub.name(rec)
			if err := s.identify(tx, &sub, rec); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(sub.byRecord) == 0 || len(sub.mails) == 0 {
		return sub, errors.Join(err, errors.New("nothing to sample"))
	}
	for i := 0; len(sub.byRecord) < len(samples); i++ { // records in quarantine are in no profile
		sub.byRecord = append(sub.byRecord, sub.byRecord[i])
	}
	for i := 0; len(sub.mails) < len(samples); i++ { // not every record has an address
		sub.mails = append(sub.mails, sub.mails[i])
	}
	return sub, nil
}

// identify adds a record's profile and its address.
func (s *session) identify(tx *graph.Tx, sub *subjects, rec *synth.Record) error {
	row, _, err := tx.Row(cdp.SourceID(rec.Source), rec.Key)
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", rec.Key, rec.Source, err)
	}
	id, err := tx.ProfileOf(row)
	if err != nil {
		return fmt.Errorf("%v: %w", row, err)
	}
	if id != 0 {
		sub.byRecord = append(sub.byRecord, id)
	}
	if mail, ok := s.canonical(cdp.KindEmail, rec.Email); ok {
		sub.mails = append(sub.mails, mail)
	}
	return nil
}

// name adds what a record's name is searched by.
func (sub *subjects) name(rec *synth.Record) {
	given, family := longest(rec.Given), longest(rec.Family)
	sub.names = append(sub.names, family)
	sub.full = append(sub.full, given+" "+family)
	runes := []rune(family)
	near := family
	if len(runes) > 4 {
		near = string(runes[:2]) + string(runes[3:])
	}
	if utf8.RuneCountInString(near) > 2 {
		near += "~"
	}
	sub.near = append(sub.near, near)
	sub.starts = append(sub.starts, string(runes[:min(3, len(runes))])+"*")
}

// longest is the longest word of a name.
func longest(name string) (out string) {
	for _, w := range words(name) {
		if len(w) > len(out) {
			out = w
		}
	}
	return out
}
