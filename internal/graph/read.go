package graph

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A Record is a record as the graph keeps it.
type Record struct {
	cdp.Record // Touchpoints, Consents and Shares only where the doc says so
	Controller string
	Version    int
	State      State
	Profile    cdp.ProfileID // when live

	Outcome  cdp.Outcome
	Rule     string
	Activity cdp.ActivityID
	Register string
	Due      time.Time
	Findings []string
	Bases    []cdp.BasisKind

	TouchpointCount, ConsentCount, ShareCount, PreferenceCount int
	First, Last                                                time.Time // of its touchpoints
	Channels                                                   []cdp.Channel
	TouchKinds                                                 []string
	Texts                                                      bool

	Since   time.Time // in quarantine since; zero for a record with a basis
	Dropped time.Time // its content was dropped then; zero while it is there
}

// A State says whether a record counts now.
type State byte

// States of a record.
const (
	Live State = iota
	InQuarantine
	Superseded
	Deleted
	Dropped // a stub: its content was dropped at the end of its quarantine
)

func (s State) String() string {
	return [...]string{"live", "quarantined", "superseded", "deleted", "dropped"}[min(s, Dropped)]
}

func (h *head) record(s State) Record {
	r := Record{Controller: h.Controller, Version: h.Version, State: s, Outcome: h.Outcome, Rule: h.Rule, Activity: h.Activity,
		Register: h.Register, Due: h.Due, Findings: h.Findings, Bases: h.Bases, TouchpointCount: h.Touchpoints,
		ConsentCount: h.Consents, ShareCount: h.Shares, PreferenceCount: h.Preferences, First: h.First, Last: h.Last, Channels: h.Channels, TouchKinds: h.Kinds, Texts: h.Texts,
		Since: h.Since, Dropped: h.Dropped}
	r.Record = cdp.Record{ID: h.ID, Source: h.Source, Key: h.Key, At: h.At, Recorded: h.Recorded, Deleted: h.Deleted,
		Lineage:    cdp.Lineage{Batch: h.Batch, Line: h.Line, Row: h.Row, Offset: h.Offset},
		Attributes: h.Attributes, Grounds: h.Grounds, Activities: h.Activities, Claims: make([]cdp.Claim, len(h.Claims))}
	for i := range h.Claims {
		c := &h.Claims[i]
		r.Claims[i] = cdp.Claim{Identifier: c.id, Strength: c.strength, Verification: c.verification, Blocked: c.blocked, Generic: c.generic,
			Active: c.active, Verdict: cdp.Verdict{Allow: c.active, Rule: c.rule, Basis: c.basis, Article: c.basis.Article(), Until: c.until, Register: h.Register}}
	}
	return r
}

// Record returns a record with its tail and its whole lineage, or ErrNotFound.
func (tx *Tx) Record(id cdp.RecordID) (Record, error) {
	p, err := tx.place(id)
	if err != nil {
		return Record{}, err
	}
	h, err := tx.headAt(id, p)
	if err != nil {
		return Record{}, err
	}
	r := h.record(State(p.state))
	if p.state == placeLive {
		c, err := tx.component(p.component)
		if err != nil {
			return r, err
		}
		r.Profile = c.profile()
		if err := tx.stand(&r, h, c); err != nil {
			return r, err
		}
	}
	t, err := tx.tail(id)
	if err != nil {
		return r, err
	}
	tx.addTail(&r, t)
	b, err := tx.Batch(r.Lineage.Batch)
	if err == nil {
		r.Lineage.File, r.Lineage.FileHash, r.Lineage.Mapping = b.File, b.FileHash, b.Mapping
	} else if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return r, err
}

func (tx *Tx) addTail(r *Record, t *tail) {
	r.Touchpoints, r.Consents, r.Shares, r.Preferences = t.Touchpoints, t.Consents, t.Shares, t.Preferences
	for i := range r.Touchpoints {
		r.Touchpoints[i].Source, r.Touchpoints[i].Record, r.Touchpoints[i].No = r.Source, r.ID, i+1
	}
	for i := range r.Consents {
		r.Consents[i].Record, r.Consents[i].Recorded = r.ID, r.Recorded
	}
	for i := range r.Preferences {
		r.Preferences[i].Record, r.Preferences[i].Recorded = r.ID, r.Recorded
	}
	for i := range r.Shares {
		r.Shares[i].Source, r.Shares[i].Record = r.Source, r.ID
	}
}

// A Profile is a profile as the graph keeps it.
type Profile struct {
	ID      cdp.ProfileID
	Asked   cdp.ProfileID
	Minted  time.Time
	Aliases []cdp.ProfileID
	Size    int      // records
	Records []Record // without tails; the first Limit of them, by id
	Next    uint64   // where ByComponentFrom or EveryThenFrom goes on; set by them only
}

// Profile returns a profile with at most limit records; 0 means all.
func (tx *Tx) Profile(id cdp.ProfileID, limit int) (Profile, error) {
	live, row, err := tx.find(id)
	if err != nil {
		return Profile{}, err
	}
	c, err := tx.component(row.component)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{ID: live, Asked: id, Minted: row.minted, Size: c.size}
	for _, m := range c.ids[1:] {
		p.Aliases = append(p.Aliases, m.profile)
	}
	if limit > 0 {
		p.Records = make([]Record, 0, min(limit, c.size))
	}
	for h, err := range tx.heads(c) {
		if err != nil {
			return p, err
		}
		r := h.record(Live)
		r.Profile = live
		if err := tx.stand(&r, h, c); err != nil {
			return p, err
		}
		if p.Records = append(p.Records, r); len(p.Records) == limit {
			break
		}
	}
	slices.SortFunc(p.Records, func(a, b Record) int { return int(int64(a.ID) - int64(b.ID)) })
	return p, nil
}

// heads yields the members of a component one by one.
func (tx *Tx) heads(c *component) iter.Seq2[*head, error] {
	return func(yield func(*head, error) bool) {
		for _, in := range append([]layout.Component{c.id}, c.segments...) {
			for e, err := range tx.r.Scan(layout.Members(in)) {
				var h *head
				if err == nil {
					h, err = tx.headOf(e)
				}
				if !yield(h, err) || err != nil {
					return
				}
			}
		}
	}
}

func (tx *Tx) headOf(e kv.Entry) (*head, error) {
	_, id, err := layout.MemberOf(e.Key)
	if err != nil {
		return nil, err
	}
	value, err := layout.Unseal(e.Key, e.Value)
	if err != nil {
		return nil, fmt.Errorf("graph: head of %v: %w", id, err)
	}
	return decodeHead(id, tx.reader(value))
}

// Profiles yields all live profiles from an id on, by id, with their records.
func (tx *Tx) Profiles(from cdp.ProfileID) iter.Seq2[Profile, error] {
	return func(yield func(Profile, error) bool) {
		for e, err := range tx.r.Scan(layout.ProfilesFrom(from)) {
			if err != nil {
				yield(Profile{}, fmt.Errorf("graph: profiles: %w", err))
				return
			}
			p, err := tx.Profile(cdp.ProfileID(layout.LastNumber(e.Key)), 0)
			if errors.Is(err, ErrNotFound) || err == nil && p.Asked != p.ID {
				continue
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// Texts returns the free texts of a record's touchpoints, from its tail alone.
func (tx *Tx) Texts(id cdp.RecordID) ([]cdp.Value, error) {
	t, err := tx.tail(id)
	if err != nil {
		return nil, err
	}
	var out []cdp.Value
	for i := range t.Touchpoints {
		if t.Touchpoints[i].Text != "" {
			out = append(out, t.Touchpoints[i].Text)
		}
	}
	return out, nil
}
