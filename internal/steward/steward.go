package steward

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"
	"time"

	"cdp-tui/internal/audit"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/query"
	"cdp-tui/internal/rights"
)

// An Index finds profiles by what is written about them. It follows the
// journal by itself.
type Index interface {
	Search(ctx context.Context, req cdp.SearchRequest, ident func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error)) (cdp.SearchAnswer, error)
	Position() (uint64, error)
}

// Options of a steward.
type Options struct {
	Now   func() time.Time // the one clock of the program
	Index Index            // nil: search answers with ErrNoIndex
	Disk  func() (int64, error)
	// Canon makes what an officer types canonical, for look-ups.
	Canon func(kind cdp.Kind, raw string) (cdp.Identifier, bool)
	// Zone is where the officer sits, for reports; UTC when nil.
	Zone *time.Location
	// Matcher finds possible matches; nil: by the rules that come with the
	// program, with no knowledge of values that nobody has.
	Matcher *graph.Matcher
}

// A Steward keeps a graph.
type Steward struct {
	g   *graph.Store
	opt Options

	rights *rights.Pack

	mu             sync.Mutex
	register       []policy.Version // all, by valid-from
	loaded         bool
	needs          map[needKey][]cdp.PurposeID
	ends           map[needKey][]string // see endsOn
	runs           map[cdp.RunID]bool   // of disclosures under way in this process
	lookedForRuns  bool                 // see settleRuns
	endingCarriers int                  // see there
	followed       int                  // records on which changes bear, see followedRecords
}

type needKey struct {
	register string
	source   cdp.SourceID
}

// New returns the steward of a graph.
func New(g *graph.Store, opt Options) *Steward {
	if opt.Matcher == nil {
		opt.Matcher = graph.DefaultMatcher(nil, "")
	}
	return &Steward{g: g, opt: opt, rights: rights.Defaults(), needs: make(map[needKey][]cdp.PurposeID), ends: make(map[needKey][]string), followed: followedRecords, endingCarriers: endingCarriers}
}

// An Actor is who acts: a person or a part of the program.
type Actor struct {
	Name     string // login name or function; goes into the log
	ReadOnly bool   // may see, not decide who is who
}

// A Desk is where an actor works.
type Desk struct {
	s      *Steward
	actor  Actor
	lens   cdp.Lens
	within *reading // of several reads that are one use; nil when each is one
}

// As gives the actor a desk.
func (s *Steward) As(a Actor) *Desk { return &Desk{s: s, actor: a} }

var (
	// ErrNoIndex is returned by Search while there is no index.
	ErrNoIndex = errors.New("there is no search index: run cdp-tui reindex")
	// ErrReason is returned for an act that needs a reason and has none.
	ErrReason = errors.New("a reason is needed: it goes into the log")
	// ErrRegister is returned while a version of the register is damaged:
	// activating the same text again puts it right.
	ErrRegister = errors.New("the gates stay closed")
	// ErrNotFound is returned for an id or value that the store does not have.
	ErrNotFound = graph.ErrNotFound
)

// entry makes a log entry of the actor.
func (d *Desk) entry(verb string, object cdp.Ref, detail string) cdp.Entry {
	return cdp.Entry{Actor: d.actor.Name, Verb: verb, Object: object, Detail: detail}
}

// update changes data and logs it, in one transaction.
// What one transaction left to be settled is settled before it returns.
func (d *Desk) update(ctx context.Context, e *cdp.Entry, f func(*graph.Tx) error) error {
	if !d.lens.IsPlain() && e.Verb != "reveal" && e.Verb != "export" {
		return ErrPast
	}
	left := false
	err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		left = tx.LeftPending()
		return d.log(tx, *e)
	})
	if err != nil || !left {
		return err
	}
	return d.settleRest(ctx, nil)
}

// settleRest settles components from which more had to part than fitted in one
// transaction. It can be cut off and repeated: see Tick. A witness, if there is
// one, sees what it does.
func (d *Desk) settleRest(ctx context.Context, seen *graph.Witness) error {
	for more := true; more; {
		saw := graph.NewWitness()
		err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
			saw = graph.NewWitness()
			tx.Watch(saw)
			_, again, err := tx.SettleNext()
			if more = again; err != nil || !again {
				return err
			}
			return d.log(tx, d.entry("settle", cdp.Ref{}, "records of a profile too large to divide at once are parted"))
		})
		if err != nil {
			return err
		}
		if seen != nil {
			seen.Join(saw)
		}
	}
	return d.finishRules(ctx)
}

// finishRules ends a change of the rules of identity, or of lists, when all that it makes
// otherwise is settled.
func (d *Desk) finishRules(ctx context.Context) error {
	rules, lists := false, false
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		if rules, err = tx.Unfinished(); err != nil {
			return err
		}
		open, judged, err := tx.Relisting()
		lists = open && judged
		return err
	})
	if err != nil {
		return err
	}
	end := func(what, by string, finish func(*graph.Tx) error) error {
		return d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
			if err := finish(tx); err != nil {
				return err
			}
			return d.log(tx, d.entry("settle", cdp.Ref{Kind: what}, "all is settled by the "+by+" in force"))
		})
	}
	if rules {
		if err := end("identity rules", "rules", (*graph.Tx).Finish); err != nil {
			return err
		}
	}
	if lists {
		return end("identity lists", "lists", (*graph.Tx).FinishLists)
	}
	return nil
}

func (d *Desk) log(tx *graph.Tx, e cdp.Entry, about ...cdp.Ref) error {
	e.At = tx.Now()
	if !d.lens.IsPlain() { // what was seen of another time is not what there is
		e.Detail = strings.TrimPrefix(e.Detail+"; "+lookedAt(d.lens), "; ")
	}
	_, err := audit.Append(tx.KV(), e, about...)
	return err
}

// lookedAt says in a log entry how somebody looked.
func lookedAt(l cdp.Lens) string {
	var out []string
	if !l.At.IsZero() {
		out = append(out, "as of "+l.At.UTC().Format(time.RFC3339))
	}
	if !l.Known.IsZero() {
		out = append(out, "as known at "+l.Known.UTC().Format(time.RFC3339))
	}
	if l.Purpose != "" {
		out = append(out, "for "+string(l.Purpose))
	}
	return strings.Join(out, ", ")
}

// read reads on one snapshot, then logs what was read; only then the caller
// may show it. f fills the entry's digest and what it is about.
func (d *Desk) read(ctx context.Context, e cdp.Entry, f func(*graph.Tx, *reading) error) error {
	r := reading{hash: newDigest()}
	if err := d.s.g.View(ctx, func(tx *graph.Tx) error { return f(tx, &r) }); err != nil {
		if !r.handed {
			return err
		}
		r.detail = strings.TrimPrefix(r.detail+"; cut off when some of it was shown", "; ")
		return errors.Join(err, d.logRead(context.WithoutCancel(ctx), e, &r))
	}
	if d.within != nil {
		d.within.join(&r)
		return nil
	}
	return d.logRead(ctx, e, &r)
}

func (d *Desk) logRead(ctx context.Context, e cdp.Entry, r *reading) error {
	if r.object.Kind != "" {
		e.Object = r.object
	}
	if r.detail != "" {
		e.Detail = r.detail
	}
	if r.verb != "" {
		e.Verb = r.verb
	}
	e.Digest = r.sum()
	return d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e, r.about...) })
}

// together makes one use, with one entry, of the reads that f does at the desk it
// is given: what one screen shows. Nothing is logged when f fails, unless it
// answers with what was found instead.
func (d *Desk) together(ctx context.Context, e cdp.Entry, f func(*Desk) error) error {
	r, one := &reading{hash: newDigest()}, *d
	one.within = r
	err := f(&one)
	if many := (*AmbiguousError)(nil); err != nil && !errors.As(err, &many) {
		return err
	}
	return errors.Join(d.logRead(ctx, e, r), err)
}

// A reading collects what the log says of a read: ids, never values.
type reading struct {
	hash   hash.Hash
	object cdp.Ref
	about  []cdp.Ref
	seen   map[cdp.Ref]bool // what shown noted in about
	detail string
	verb   string // when what came of it has another than was meant
	handed bool   // some of it was handed out already: it is logged even when it fails
}

// join adds what another reading of the same use saw.
func (r *reading) join(o *reading) {
	fmt.Fprintln(r.hash, o.sum())
	if r.object.Kind == "" {
		r.object = o.object
	}
	for _, ref := range append([]cdp.Ref{o.object}, o.about...) {
		if ref.Kind != "" && ref != r.object && !slices.Contains(r.about, ref) {
			r.about = append(r.about, ref)
		}
	}
	if r.detail != "" && o.detail != "" {
		r.detail += "; "
	}
	r.detail += o.detail
	r.verb = cmp.Or(r.verb, o.verb)
}

func newDigest() hash.Hash { return sha256.New() }

func (r *reading) sum() string { return hex.EncodeToString(r.hash.Sum(nil)) }

func (r *reading) saw(parts ...any) { fmt.Fprintln(r.hash, parts...) }

func profileRef(id cdp.ProfileID) cdp.Ref { return cdp.Ref{Kind: "profile", ID: id.String()} }
func recordRef(id cdp.RecordID) cdp.Ref   { return cdp.Ref{Kind: "record", ID: id.String()} }
func batchRef(id cdp.BatchID) cdp.Ref     { return cdp.Ref{Kind: "batch", ID: id.String()} }
func sourceRef(id cdp.SourceID) cdp.Ref   { return cdp.Ref{Kind: "source", ID: string(id)} }

// registers returns all versions of the activity register, by valid-from.
func (s *Steward) registers(tx *graph.Tx) ([]policy.Version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded {
		return s.register, nil
	}
	versions, err := tx.Registers()
	if errors.Is(err, graph.ErrRegisterGone) {
		return nil, fmt.Errorf("%w: %w", err, ErrRegister)
	} else if err != nil {
		return nil, err
	}
	var out []policy.Version
	for _, v := range versions {
		reg, err := policy.Parse("register "+v.Hash[:12], v.Text)
		if err != nil {
			return nil, fmt.Errorf("the register kept in the store can not be read: %w: %w", ErrRegister, err)
		}
		if reg.Hash() != v.Hash {
			return nil, fmt.Errorf("the register %.12s kept in the store is not what was activated: %w", v.Hash, ErrRegister)
		}
		out = append(out, policy.Version{Register: reg, Recorded: v.Recorded})
	}
	s.register, s.loaded = out, true
	return out, nil
}

// inForce returns the register in force at a time as all that is known now,
// nil when there is none: policy then denies everything.
func (s *Steward) inForce(tx *graph.Tx, at time.Time) (*policy.Register, error) {
	return s.inForceAt(tx, cdp.Standpoint{At: at})
}

// inForceAt returns the register in force at a standpoint.
func (s *Steward) inForceAt(tx *graph.Tx, from cdp.Standpoint) (*policy.Register, error) {
	all, err := s.registers(tx)
	if err != nil {
		return nil, err
	}
	return policy.InForce(all, from), nil
}

// forget drops the registers read, after a new one was activated.
func (s *Steward) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.register, s.loaded = nil, false
}

// needed returns the purposes whose consents bear on records of a source.
func (s *Steward) needed(reg *policy.Register, source cdp.SourceID) []cdp.PurposeID {
	key := needKey{reg.Hash(), source}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.needs[key]; ok {
		return p
	}
	out := []cdp.PurposeID{""} // a no without a purpose counts against each
	add := func(id cdp.ActivityID) {
		a, ok := reg.Activity(id)
		if !ok {
			return
		}
		for _, p := range consentPurposes(a) {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	if src, ok := reg.Source(source); ok {
		for _, a := range src.Activities {
			add(a)
		}
		add(src.Link)
	}
	s.needs[key] = out
	return out
}

// consentPurposes are the purposes whose statements bear on an activity: the
// one it asks consent for, and its own, for which a person may object.
func consentPurposes(a policy.Activity) []cdp.PurposeID {
	out := []cdp.PurposeID{a.Purpose}
	if a.Consent != nil && a.Consent.Purpose != "" && a.Consent.Purpose != a.Purpose {
		out = append(out, a.Consent.Purpose)
	}
	return out
}

// controllerOf returns who answers for a source: the register has the last word.
func controllerOf(reg *policy.Register, src cdp.Source) string {
	if r, ok := reg.Source(src.ID); ok {
		return r.Controller
	}
	return src.Controller
}
