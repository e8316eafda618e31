package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
)

// Find leads from what an officer types to profiles and records, quarantine
// included. It takes what a query takes for one thing:
//
//	P-0000012, R-0000012           an id; profile: or record: may stand before it
//	email:anna@shop.example        an identifier of a kind; a star at the end: its beginning
//	crm:77120034, crm:shop:7712    kinds of which each system has its own: with its id, or of any system
//	+49 30 1234567, id:LC-7712     an identifier of any kind
//	shop.orders/1001, record:1001  the key of a row in its source, or in any source
//
// A bare word that nobody carries as an identifier is looked up as a key, and
// a short number after that as the number of a profile. At another standpoint it
// leads to what was that, or carried it, then.
func (d *Desk) Find(ctx context.Context, text string) ([]cdp.Found, error) {
	var out []cdp.Found
	err := d.read(ctx, d.entry("find", cdp.Ref{Kind: "search"}, ""), func(tx *graph.Tx, r *reading) (err error) {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		out, err = v.find(ctx, text)
		r.found(out)
		return err
	})
	return out, err
}

func (r *reading) found(list []cdp.Found) {
	for _, f := range list {
		r.saw(f.Ref)
		r.about = append(r.about, f.Ref)
	}
	r.detail = fmt.Sprintf("%d found", len(list))
}

// Resolve is Find where one profile is meant: an *AmbiguousError names the
// candidates when there are several, ErrNotFound says that there is none. The
// Profile of what it returns is 0 for a record in no profile. The id of a
// profile is taken as it is: what is done with it says whether there is one.
func (d *Desk) Resolve(ctx context.Context, text string) (cdp.Found, error) {
	if id, ok := profileNamed(text); ok {
		return cdp.Found{Ref: profileRef(id), Profile: id}, nil
	}
	found, err := d.Find(ctx, text)
	if err != nil {
		return cdp.Found{}, err
	}
	return one(found)
}

// An AmbiguousError says that several profiles are or carry what was typed
// where one was meant; or several records, when no profile does.
type AmbiguousError struct{ Found []cdp.Found }

// Error names the first candidates by their ids.
func (e *AmbiguousError) Error() string {
	const most = 10
	ids := make([]string, 0, most)
	for _, f := range e.Found[:min(len(e.Found), most)] {
		ids = append(ids, f.Ref.ID)
	}
	out := fmt.Sprintf("%d are or carry that: %s", len(e.Found), strings.Join(ids, ", "))
	if more := len(e.Found) - most; more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	return out
}

// one returns what is meant when one profile is: the only one found, else the
// only record that is in none.
func one(found []cdp.Found) (cdp.Found, error) {
	var profiles []cdp.Found
	for _, f := range found {
		if f.Profile != 0 && !slices.ContainsFunc(profiles, func(p cdp.Found) bool { return p.Profile == f.Profile }) {
			profiles = append(profiles, f)
		}
	}
	candidates := profiles
	if len(profiles) == 0 {
		candidates = found
	}
	switch len(candidates) {
	case 0:
		return cdp.Found{}, fmt.Errorf("no profile, record or identifier like that: %w", ErrNotFound)
	case 1:
		return candidates[0], nil
	}
	return cdp.Found{}, &AmbiguousError{candidates}
}

// findLimit is how many things a look-up gives.
const findLimit = 200

// find is Find of the present, in a transaction.
func (s *Steward) find(tx *graph.Tx, text string) ([]cdp.Found, error) {
	return (&sight{Steward: s, tx: tx}).find(context.Background(), text)
}

func (v *sight) find(ctx context.Context, text string) ([]cdp.Found, error) {
	text = strings.TrimSpace(text)
	if id, ok := profileNamed(text); ok {
		return v.findProfile(id)
	}
	if id, ok := recordNamed(text); ok {
		return v.findRecord(id)
	}
	if word, rest, ok := strings.Cut(text, ":"); ok {
		out, err := v.findField(ctx, strings.ToLower(word), strings.Trim(rest, `" `))
		if err != nil || len(out) > 0 {
			return out, err
		}
	}
	if source, key, ok := strings.Cut(text, "/"); ok {
		out, err := v.findRow(cdp.SourceID(source), key)
		if err != nil || len(out) > 0 {
			return out, err
		}
	}
	out, err := v.findCarriers(ctx, query.IdentifierTerm{Text: cdp.Value(text)})
	if err != nil || len(out) > 0 {
		return out, err
	}
	if out, err = v.findKey(text); err != nil || len(out) > 0 {
		return out, err
	}
	const longest = 7 // digits as an id prints them; a longer number is a card's or a phone's
	if id, err := cdp.ParseProfileID(text); err == nil && len(text) <= longest {
		return v.findProfile(id)
	}
	return nil, nil
}

func profileNamed(text string) (cdp.ProfileID, bool) {
	text = after(strings.TrimSpace(text), query.FieldProfile)
	if len(text) < 2 || !strings.EqualFold(text[:2], "P-") {
		return 0, false
	}
	id, err := cdp.ParseProfileID(text)
	return id, err == nil
}

func recordNamed(text string) (cdp.RecordID, bool) {
	text = after(text, query.FieldRecord)
	if len(text) < 2 || !strings.EqualFold(text[:2], "R-") {
		return 0, false
	}
	id, err := cdp.ParseRecordID(text)
	return id, err == nil
}

// after is what stands behind a field's name and colon, or all of the text.
func after(text, field string) string {
	if word, rest, ok := strings.Cut(text, ":"); ok && strings.EqualFold(word, field) {
		return rest
	}
	return text
}

// findField finds by a field of the query language that names one thing.
func (v *sight) findField(ctx context.Context, field, text string) ([]cdp.Found, error) {
	if field == query.FieldRecord {
		if source, key, ok := strings.Cut(text, "/"); ok {
			if out, err := v.findRow(cdp.SourceID(source), key); err != nil || len(out) > 0 {
				return out, err
			}
		}
		return v.findKey(text)
	}
	t := query.IdentifierTerm{Kind: cdp.Kind(field)}
	switch {
	case field == query.FieldID:
		t.Kind = ""
	case !query.IsKind(field):
		return nil, nil
	}
	const shortest = 2 // a beginning of fewer characters finds anybody
	text, t.Prefix = strings.CutSuffix(text, "*")
	if t.Prefix && len(text) < shortest {
		return nil, nil
	}
	t.Text = cdp.Value(text)
	return v.findCarriers(ctx, t)
}

func (v *sight) findCarriers(ctx context.Context, t query.IdentifierTerm) ([]cdp.Found, error) {
	if !v.lens.IsNow() {
		return v.carriedThen(ctx, t)
	}
	carriers, err := v.carriers(v.tx, t)
	if err != nil {
		return nil, err
	}
	var out []cdp.Found
	found := make(map[cdp.Ref]bool)
	for _, c := range carriers {
		if len(out) == findLimit {
			out[findLimit-1].Note = "more carry it: search lists all"
			break
		}
		id := c.Identifier
		id = v.tagged(id)
		f := cdp.Found{Ref: profileRef(c.Profile), Profile: c.Profile, Identifier: &id}
		if c.Profile == 0 {
			f.Ref, f.Note = recordRef(c.Record), "in quarantine"
		}
		if !found[f.Ref] {
			found[f.Ref] = true
			out = append(out, f)
		}
	}
	return out, nil
}

func (v *sight) findProfile(id cdp.ProfileID) ([]cdp.Found, error) {
	if !v.lens.IsNow() {
		return v.profileThen(id)
	}
	live, err := v.tx.Find(id)
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f := cdp.Found{Ref: profileRef(live), Profile: live}
	if live != id {
		f.Note = id.String() + " is an alias of " + live.String()
	}
	return []cdp.Found{f}, nil
}

func (v *sight) findRecord(id cdp.RecordID) ([]cdp.Found, error) {
	rec, err := v.tx.Head(id)
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !v.lens.IsNow() {
		return v.recordThen(rec)
	}
	p, err := v.tx.ProfileOf(id)
	f := cdp.Found{Ref: recordRef(id), Profile: p}
	if rec.State != graph.Live {
		f.Note = rec.State.String()
	}
	return []cdp.Found{f}, err
}

// findRow finds the current record of a row of a source, or the one of then.
func (v *sight) findRow(source cdp.SourceID, key string) ([]cdp.Found, error) {
	id, _, err := v.tx.Row(source, key)
	if err == nil && !v.lens.Known.IsZero() {
		id, err = v.tx.RowKnown(source, key, v.lens.Known)
	}
	if errors.Is(err, graph.ErrNotFound) || errors.Is(err, graph.ErrKeyTooLong) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.findRecord(id)
}

// findKey finds the rows of a key in all sources: they are few.
func (v *sight) findKey(key string) ([]cdp.Found, error) {
	sources, err := v.tx.Sources()
	if err != nil {
		return nil, err
	}
	var out []cdp.Found
	for _, src := range sources {
		more, err := v.findRow(src.Source.ID, key)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// lookup finds what carries an identifier as an officer types it: canonical,
// or with the issuer left out, or as its hash.
func (s *Steward) lookup(tx *graph.Tx, kind cdp.Kind, raw string) ([]graph.Carrier, error) {
	if s.opt.Canon == nil {
		return nil, nil
	}
	id, ok := s.opt.Canon(kind, raw)
	if ok {
		out, err := tx.Lookup(id)
		if err != nil || len(out) > 0 {
			return out, err
		}
	}
	return s.anyIssuer(tx, kind, raw)
}

// anyIssuer finds an id of whatever issuer by what follows the colon: the
// issuers are the sources' ids and few.
func (s *Steward) anyIssuer(tx *graph.Tx, kind cdp.Kind, raw string) ([]graph.Carrier, error) {
	if !issued(kind) {
		return nil, nil
	}
	issuers, err := tx.Issuers(kind)
	if err != nil {
		return nil, err
	}
	var out []graph.Carrier
	for _, issuer := range issuers {
		id, ok := s.opt.Canon(kind, issuer+":"+raw)
		if !ok {
			continue
		}
		more, err := tx.Lookup(id)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// issued reports whether ids of a kind have issuers.
func issued(kind cdp.Kind) bool {
	switch kind {
	case cdp.KindLoyalty, cdp.KindCRM, cdp.KindLogin, cdp.KindSocial, cdp.KindOrder, cdp.KindCookie, cdp.KindNationalID:
		return true
	}
	return false
}
