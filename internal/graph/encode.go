package graph

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// maxKinds bounds the kinds of touchpoints that a head names.
const maxKinds = 16

// A head is what is known of a record without its tail.
type head struct {
	ID         cdp.RecordID
	Source     cdp.SourceID
	Controller string
	Key        string
	At         time.Time
	Recorded   time.Time
	Batch      cdp.BatchID
	Line, Row  int
	Offset     int64
	Version    int // 1 for the first that arrived
	Deleted    bool

	Outcome  cdp.Outcome
	Rule     string
	Activity cdp.ActivityID
	Register string
	Due      time.Time
	Findings []string

	Claims     []claim
	Attributes []cdp.Attribute
	Grounds    []cdp.Ground
	Activities []cdp.ActivityID

	Bases []cdp.BasisKind // on which it may be held

	Touchpoints int
	First, Last time.Time     // of the touchpoints; First is zero when one has no time
	Channels    []cdp.Channel // of the touchpoints, each once
	Kinds       []string      // of the touchpoints, each once, at most maxKinds
	Texts       bool          // a touchpoint has free text
	Consents    int
	Shares      int
	Preferences int

	Since   time.Time // in quarantine since; zero otherwise
	Dropped time.Time // its content was dropped then
}

// A claim as stored: the verdict in short. The whole verdict is judged again
// when it is shown; facts and register versions are kept for that.
type claim struct {
	id           cdp.Identifier
	strength     cdp.Strength
	verification cdp.Verification
	blocked      string
	generic      string
	active       bool
	rule         string
	basis        cdp.BasisKind
	until        time.Time
}

// findable reports whether the record is found by the claim. A word for no
// value ("n/a", 0000) is carried by everybody and leads to nobody; any other
// value does, also one that must not link: a person may ask for all that is held.
func (c *claim) findable() bool { return !strings.HasPrefix(c.blocked, "placeholder.") }

func appendIdentifier(w *layout.Writer, id cdp.Identifier) {
	w.Word(string(id.Kind()))
	w.Text(id.Reveal())
	tag := id.Tag()
	w.B = append(w.B, tag[:]...)
}

func takeIdentifier(r *layout.Reader) cdp.Identifier {
	kind, value := r.Word(), r.Text()
	var tag [4]byte
	for i := range tag {
		tag[i] = r.Byte()
	}
	return cdp.NewIdentifier(cdp.Kind(kind), value, tag)
}

func (h *head) encode(w *layout.Writer) {
	// What paging through touchpoints needs comes first: see spans.
	w.Word(string(h.Source))
	w.Uint(uint64(h.Touchpoints))
	w.Time(h.First)
	w.Time(h.Last)
	w.Word(h.Controller)
	w.Text(h.Key)
	w.Time(h.At)
	w.Time(h.Recorded)
	w.Uint(uint64(h.Batch))
	w.Uint(uint64(h.Line))
	w.Uint(uint64(h.Row))
	w.Int(h.Offset)
	w.Uint(uint64(h.Version))
	w.Bool(h.Deleted)
	w.Byte(byte(h.Outcome))
	w.Word(h.Rule)
	w.Word(string(h.Activity))
	w.Word(h.Register)
	w.Time(h.Due)
	w.Uint(uint64(len(h.Findings)))
	for _, f := range h.Findings {
		w.Word(f)
	}
	w.Uint(uint64(len(h.Claims)))
	for i := range h.Claims {
		c := &h.Claims[i]
		appendIdentifier(w, c.id)
		flags := byte(c.strength) | byte(c.verification)<<2
		if c.active {
			flags |= 1 << 5
		}
		w.Byte(flags)
		w.Word(c.blocked)
		w.Word(c.generic)
		w.Word(c.rule)
		w.Word(string(c.basis))
		w.Time(c.until)
	}
	w.Uint(uint64(len(h.Attributes)))
	for _, a := range h.Attributes {
		w.Word(a.Name)
		w.Text(a.Value.Reveal())
		w.Word(a.Category)
		w.Word(string(a.Origin))
		w.Word(a.Special)
	}
	w.Uint(uint64(len(h.Grounds)))
	for _, g := range h.Grounds {
		w.Word(string(g.Activity))
		w.Text(g.Ref.Reveal())
		w.Time(g.From)
		w.Time(g.To)
	}
	w.Uint(uint64(len(h.Activities)))
	for _, a := range h.Activities {
		w.Word(string(a))
	}
	w.Uint(uint64(len(h.Bases)))
	for _, b := range h.Bases {
		w.Word(string(b))
	}
	w.Uint(uint64(len(h.Channels)))
	for _, c := range h.Channels {
		w.Word(string(c))
	}
	w.Uint(uint64(len(h.Kinds)))
	for _, k := range h.Kinds {
		w.Word(k)
	}
	w.Bool(h.Texts)
	w.Uint(uint64(h.Consents))
	w.Uint(uint64(h.Shares))
	if !h.Since.IsZero() || h.Preferences > 0 {
		w.Time(h.Since)
		w.Time(h.Dropped)
	}
	if h.Preferences > 0 {
		w.Uint(uint64(h.Preferences))
	}
}

func decodeHead(id cdp.RecordID, r *layout.Reader) (*head, error) {
	h := &head{ID: id}
	h.Source = cdp.SourceID(r.Word())
	h.Touchpoints = int(r.Uint())
	h.First, h.Last = r.Time(), r.Time()
	h.Controller = r.Word()
	h.Key = r.Text()
	h.At = r.Time()
	h.Recorded = r.Time()
	h.Batch = cdp.BatchID(r.Uint())
	h.Line, h.Row, h.Offset = int(r.Uint()), int(r.Uint()), r.Int()
	h.Version = int(r.Uint())
	h.Deleted = r.Bool()
	h.Outcome = cdp.Outcome(r.Byte())
	h.Rule = r.Word()
	h.Activity = cdp.ActivityID(r.Word())
	h.Register = r.Word()
	h.Due = r.Time()
	for range r.Count() {
		h.Findings = append(h.Findings, r.Word())
	}
	if n := r.Count(); n > 0 {
		h.Claims = make([]claim, 0, n)
		for range n {
			c := claim{id: takeIdentifier(r)}
			flags := r.Byte()
			c.strength, c.verification, c.active = cdp.Strength(flags&3), cdp.Verification(flags>>2&7), flags&(1<<5) != 0
			c.blocked, c.generic, c.rule = r.Word(), r.Word(), r.Word()
			c.basis = cdp.BasisKind(r.Word())
			c.until = r.Time()
			h.Claims = append(h.Claims, c)
		}
	}
	if n := r.Count(); n > 0 {
		h.Attributes = make([]cdp.Attribute, 0, n)
		for range n {
			h.Attributes = append(h.Attributes, cdp.Attribute{Name: r.Word(), Value: cdp.Value(r.Text()),
				Category: r.Word(), Origin: cdp.Origin(r.Word()), Special: r.Word()})
		}
	}
	for range r.Count() {
		h.Grounds = append(h.Grounds, cdp.Ground{Activity: cdp.ActivityID(r.Word()), Ref: cdp.Value(r.Text()), From: r.Time(), To: r.Time()})
	}
	for range r.Count() {
		h.Activities = append(h.Activities, cdp.ActivityID(r.Word()))
	}
	for range r.Count() {
		h.Bases = append(h.Bases, cdp.BasisKind(r.Word()))
	}
	for range r.Count() {
		h.Channels = append(h.Channels, cdp.Channel(r.Word()))
	}
	for range r.Count() {
		h.Kinds = append(h.Kinds, r.Word())
	}
	h.Texts = r.Bool()
	h.Consents, h.Shares = int(r.Uint()), int(r.Uint())
	if len(r.B) > 0 {
		h.Since, h.Dropped = r.Time(), r.Time()
	}
	if len(r.B) > 0 {
		h.Preferences = int(r.Uint())
	}
	if !r.Done() {
		r.Fail("something after the head")
		return nil, fmt.Errorf("graph: head of %v: %w", id, r.Err())
	}
	return h, nil
}

// A tail is what happened and was said in a record.
type tail struct {
	Touchpoints []cdp.Touchpoint
	Consents    []cdp.Consent
	Shares      []cdp.Share
	Preferences []cdp.Preference
}

func tailOf(rec *cdp.Record) tail {
	return tail{rec.Touchpoints, rec.Consents, rec.Shares, rec.Preferences}
}

func (t *tail) empty() bool {
	return len(t.Touchpoints)+len(t.Consents)+len(t.Shares)+len(t.Preferences) == 0
}

func (t *tail) encode(w *layout.Writer) {
	w.Uint(uint64(len(t.Touchpoints)))
	for _, p := range t.Touchpoints {
		w.Text(p.Key)
		w.Word(string(p.Channel))
		w.Word(p.Kind)
		w.Time(p.At)
		w.Text(p.Text.Reveal())
		w.Text(p.Detail.Reveal())
		w.Word(string(p.Purpose))
	}
	w.Uint(uint64(len(t.Consents)))
	for i := range t.Consents {
		appendIdentifier(w, t.Consents[i].Endpoint)
		w.Word(string(t.Consents[i].Purpose))
		w.Word(t.Consents[i].Controller)
		encodeConsent(w, &t.Consents[i])
	}
	w.Uint(uint64(len(t.Shares)))
	for _, s := range t.Shares {
		w.Word(s.Recipient)
		w.Word(string(s.Purpose))
		w.Time(s.At)
		w.Uint(uint64(len(s.Fields)))
		for _, f := range s.Fields {
			w.Word(f)
		}
		w.Word(s.Mode)
	}
	if len(t.Preferences) == 0 {
		return // as all tails were before there were preferences
	}
	w.Uint(uint64(len(t.Preferences)))
	for i := range t.Preferences {
		appendIdentifier(w, t.Preferences[i].Endpoint)
		w.Word(t.Preferences[i].Controller)
		encodePreference(w, &t.Preferences[i])
	}
}

func decodeTail(r *layout.Reader) (*tail, error) {
	t := &tail{}
	if n := r.Count(); n > 0 {
		t.Touchpoints = make([]cdp.Touchpoint, 0, n)
		for range n {
			t.Touchpoints = append(t.Touchpoints, cdp.Touchpoint{Key: r.Text(), Channel: cdp.Channel(r.Word()), Kind: r.Word(),
				At: r.Time(), Text: cdp.Value(r.Text()), Detail: cdp.Value(r.Text()), Purpose: cdp.PurposeID(r.Word())})
		}
	}
	for range r.Count() {
		c := cdp.Consent{Endpoint: takeIdentifier(r), Purpose: cdp.PurposeID(r.Word()), Controller: r.Word()}
		decodeConsent(r, &c)
		t.Consents = append(t.Consents, c)
	}
	for range r.Count() {
		s := cdp.Share{Recipient: r.Word(), Purpose: cdp.PurposeID(r.Word()), At: r.Time()}
		for range r.Count() {
			s.Fields = append(s.Fields, r.Word())
		}
		s.Mode = r.Word()
		t.Shares = append(t.Shares, s)
	}
	if len(r.B) > 0 {
		for range r.Count() {
			p := cdp.Preference{Endpoint: takeIdentifier(r), Controller: r.Word()}
			decodePreference(r, &p)
			t.Preferences = append(t.Preferences, p)
		}
	}
	if !r.Done() {
		r.Fail("something after the tail")
		return nil, r.Err()
	}
	return t, nil
}

// contentHash is the same for two records that say the same of the same source
// row, wherever they were read and however they were judged. The error says
// why a record is unfit to be kept.
func contentHash(rec *cdp.Record) ([16]byte, error) {
	var w layout.Writer
	h := newHead(rec, "")
	h.Recorded, h.Batch, h.Line, h.Row, h.Offset = time.Time{}, 0, 0, 0, 0
	h.encode(&w)
	size := len(w.B)
	t := tailOf(rec)
	t.encode(&w)
	tail := len(w.B) - size
	for i := range rec.Restrictions { // kept with the row, not with the record
		encodeRestriction(&w, &rec.Restrictions[i])
	}
	sum := sha256.Sum256(w.B)
	return [16]byte(sum[:16]), unfit(rec, size, tail)
}

// newHead makes the head of a record that was not judged yet.
func newHead(rec *cdp.Record, controller string) *head {
	h := &head{ID: rec.ID, Source: rec.Source, Controller: controller, Key: rec.Key, At: rec.At, Recorded: rec.Recorded,
		Batch: rec.Lineage.Batch, Line: rec.Lineage.Line, Row: rec.Lineage.Row, Offset: rec.Lineage.Offset,
		Version: 1, Deleted: rec.Deleted, Attributes: rec.Attributes, Grounds: rec.Grounds, Activities: rec.Activities,
		Touchpoints: len(rec.Touchpoints), Consents: len(rec.Consents), Shares: len(rec.Shares), Preferences: len(rec.Preferences)}
	for i := range rec.Touchpoints {
		at := rec.Touchpoints[i].At
		if i == 0 || at.Before(h.First) {
			h.First = at
		}
		if at.After(h.Last) {
			h.Last = at
		}
		t := &rec.Touchpoints[i]
		if !slices.Contains(h.Channels, t.Channel) && t.Channel != "" {
			h.Channels = append(h.Channels, t.Channel)
		}
		if len(h.Kinds) < maxKinds && !slices.Contains(h.Kinds, t.Kind) {
			h.Kinds = append(h.Kinds, t.Kind)
		}
		h.Texts = h.Texts || t.Text != ""
	}
	h.Claims = make([]claim, len(rec.Claims))
	for i, c := range rec.Claims {
		h.Claims[i] = claim{id: c.Identifier, strength: c.Strength, verification: c.Verification, blocked: c.Blocked, generic: c.Generic}
	}
	return h
}

// judge copies a ruling into the head. A claim is active only when policy
// allows it and nothing about the value forbids it.
func (h *head) judge(ruling cdp.Ruling) {
	h.Outcome, h.Rule, h.Activity = ruling.Outcome, ruling.Verdict.Rule, ruling.Verdict.Activity
	h.Register, h.Due, h.Findings = ruling.Verdict.Register, ruling.Due, ruling.Findings
	h.Bases = nil
	if h.Outcome != cdp.Quarantined {
		h.Since = time.Time{}
	}
	for _, v := range ruling.Holding {
		if v.Allow && v.Basis != "" && !slices.Contains(h.Bases, v.Basis) {
			h.Bases = append(h.Bases, v.Basis)
		}
	}
	for i := range h.Claims {
		c := &h.Claims[i]
		c.active, c.rule, c.basis, c.until = false, "link.unjudged", "", time.Time{}
		if i < len(ruling.Claims) {
			v := ruling.Claims[i]
			c.rule, c.basis, c.until = v.Rule, v.Basis, v.Until
			c.active = v.Allow && ruling.Outcome.Links() && c.strength != cdp.LinkNone &&
				c.blocked == "" && c.generic == "" && !h.Deleted
		}
	}
}

func (h *head) write(w *layout.Writer) []byte {
	w.B = w.B[:0]
	h.encode(w)
	return w.B
}
