package graph

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// HealthThen is Health as the facts of a standpoint have it, from the profiles
// of [Tx.EveryThen]. Which profiles wait to be parted is known of the present
// alone: Pending is -1. Besides what EveryThen needs it holds about 70 bytes for
// each identifier, and more for those that join nothing.
func (tx *Tx) HealthThen(ctx context.Context, from cdp.Standpoint, judge JudgeThen, top int, progress func(records int)) (cdp.Health, error) {
	rules, err := tx.rulesThen(from)
	if err != nil {
		return cdp.Health{}, err
	}
	v := surveyThen{survey: newSurvey(tx, rules, top), accounts: make(map[valueHash]account), odd: make(map[valueHash]*oddAccount), controllers: []string{""}}
	v.from, v.about, v.joined.n = from, make(map[cdp.Row][]cdp.Decision), 0
	read := 0
	if progress != nil {
		v.progress = func(n int) { progress(read + n) }
	}
	if err := v.decided(ctx); err != nil {
		return cdp.Health{}, err
	}
	var in RecordSet
	err = tx.EveryThen(ctx, from, judge, func(n int) {
		if read = n; progress != nil {
			progress(n)
		}
	}, func(t Then) error {
		for i := range t.Profile.Records {
			in.Add(t.Profile.Records[i].ID)
		}
		return v.profile(&t)
	})
	if err != nil {
		return cdp.Health{}, err
	}
	err = tx.RowsThen(ctx, from, in.Has, func(t RowThen) error {
		rec := &t.Versions[t.Current]
		if in.Has(rec.ID) || rec.Deleted || !rec.Dropped.IsZero() {
			return nil
		}
		ruling, _, err := judge(*rec)
		if err == nil && ruling.Outcome == cdp.Quarantined {
			v.carried(rec, 0)
		}
		return err
	})
	if err != nil {
		return cdp.Health{}, err
	}
	return v.health()
}

// A surveyThen collects what HealthThen tells.
type surveyThen struct {
	*survey
	accounts    map[valueHash]account
	odd         map[valueHash]*oddAccount
	controllers []string
}

// An account is what is known of an identifier.
type account struct {
	records    uint32        // that carry it
	controller uint16        // the first for which it links; 0 for none
	first      cdp.RecordID  // the oldest of the records
	profile    cdp.ProfileID // the first of those that carry it
	kind       cdp.Kind
}

// An oddAccount is what more there is to know of one that joins nothing, that
// links for several controllers, or that is the hash of another.
type oddAccount struct {
	rows     []oddRow
	echoes   []uint16 // controllers for which what it is a hash of joins nothing
	profiles []cdp.ProfileID
	bound    bool
}

// An oddRow is what an identifier does for a controller.
type oddRow struct {
	controller uint16
	states     [resolve.ClassD + 1]resolve.State
}

// A valueHash stands for an identifier.
type valueHash [16]byte

func accountOf(id cdp.Identifier) valueHash {
	sum := sha256.Sum256([]byte(string(id.Kind()) + "\x00" + id.Reveal()))
	return valueHash(sum[:16])
}

// profile takes the account of a profile.
func (v *surveyThen) profile(t *Then) error {
	v.out.Profiles++
	comp := &component{size: len(t.Profile.Records), ids: []minted{{profile: t.Profile.ID}}}
	for _, a := range t.Apart {
		comp.apart = append(comp.apart, apartLink{a.Link.ID, a.Link.Class, a.State})
	}
	slices.SortFunc(comp.apart, apartLink.compare)
	g := newGathering(v.survey, comp)
	for i := range t.Profile.Records {
		rec := &t.Profile.Records[i]
		h := headThen(rec, t.Rulings[i])
		if err := g.add(h); err != nil {
			return err
		}
		v.carried(rec, t.Profile.ID)
		v.links(h, g.apart)
	}
	return g.end()
}

// headThen is the head of a record as it was judged.
func headThen(rec *Record, ruling cdp.Ruling) *head {
	h := &head{ID: rec.ID, Source: rec.Source, Key: rec.Key, Controller: rec.Controller, Deleted: rec.Deleted, Claims: make([]claim, len(rec.Claims))}
	for i := range rec.Claims {
		c := &rec.Claims[i]
		h.Claims[i] = claim{id: c.Identifier, strength: c.Strength, verification: c.Verification, blocked: c.Blocked, generic: c.Generic}
	}
	h.judge(ruling)
	return h
}

// carried counts a record to the identifiers it carries.
func (v *surveyThen) carried(rec *Record, profile cdp.ProfileID) {
	for i := range rec.Claims {
		c := claim{id: rec.Claims[i].Identifier, blocked: rec.Claims[i].Blocked}
		if !c.findable() {
			continue
		}
		key := accountOf(c.id)
		a := v.accounts[key]
		a.kind = c.id.Kind()
		if a.records++; a.first == 0 || rec.ID < a.first {
			a.first = rec.ID
		}
		switch {
		case profile == 0 || profile == a.profile:
		case a.profile == 0:
			a.profile = profile
		default:
			o := v.oddly(key, &a)
			if slices.Contains(o.profiles, profile) {
				break
			}
			if len(o.profiles)+1 >= hubLooked {
				o.bound = true
				break
			}
			o.profiles = append(o.profiles, profile)
		}
		v.accounts[key] = a
	}
}

// oddly is the further account of an identifier.
func (v *surveyThen) oddly(key valueHash, a *account) *oddAccount {
	o := v.odd[key]
	if o == nil {
		o = &oddAccount{}
		if a.controller != 0 {
			o.rows = []oddRow{{controller: a.controller}}
		}
		v.odd[key] = o
	}
	return o
}

// links notes what the identifiers of a record do that may link.
func (v *surveyThen) links(h *head, apart map[apartKey]resolve.State) {
	rec := h.resolvable(v.rules)
	leave(&rec, cdp.Row{Source: h.Source, Key: h.Key}, v.about[cdp.Row{Source: h.Source, Key: h.Key}])
	by := v.controller(h.Controller)
	for _, l := range v.rules.LinksOf(&rec) {
		if v.suppressed[l.ID.Key()] {
			continue
		}
		key, state := accountOf(l.ID), apart[apartKey{l.ID.Key(), l.Class}]
		a := v.accounts[key]
		if a.controller == 0 {
			a.kind, a.controller = l.ID.Kind(), by
			v.accounts[key] = a
			if o := v.odd[key]; o != nil {
				o.rows = append(o.rows, oddRow{controller: by})
			}
		}
		if state == resolve.Joins && a.controller == by {
			continue
		}
		o := v.oddly(key, &a)
		i := slices.IndexFunc(o.rows, func(r oddRow) bool { return r.controller == by })
		if i < 0 {
			i = len(o.rows)
			o.rows = append(o.rows, oddRow{controller: by})
		}
		o.rows[i].states[l.Class] = state
		if state == resolve.Joins || l.ID.Kind().IsHash() {
			continue
		}
		for _, hash := range l.ID.Hashes() {
			key := accountOf(hash)
			a := v.accounts[key]
			if o := v.oddly(key, &a); !slices.Contains(o.echoes, by) {
				o.echoes = append(o.echoes, by)
			}
		}
	}
}

func (v *surveyThen) controller(name string) uint16 {
	i := slices.Index(v.controllers[1:], name) + 1
	if i == 0 {
		i = len(v.controllers)
		v.controllers = append(v.controllers, name)
	}
	return uint16(i)
}

// A hubThen is a value in the running for the most carried ones.
type hubThen struct {
	key   valueHash
	state string
	account
}

// health counts the identifiers, and is what was collected.
func (v *surveyThen) health() (cdp.Health, error) {
	hubs := best[hubThen]{n: v.top, compare: func(a, b hubThen) int {
		return cmp.Or(cmp.Compare(b.records, a.records), cmp.Compare(a.first, b.first))
	}}
	suppressed := make(map[valueHash]bool, len(v.suppressed))
	for id := range v.suppressed {
		suppressed[accountOf(cdp.NewIdentifier(id.Kind, id.Value.Reveal(), [4]byte{}))] = true
	}
	for key, a := range v.accounts {
		if state := v.does(key, &a, suppressed[key]); a.records > 1 && !v.survey.rules.Kinds[string(a.kind)].Echo {
			hubs.add(hubThen{key, state, a})
		}
	}
	out, err := v.survey.health()
	if err != nil {
		return out, err
	}
	out.Counts.Pending = -1
	for i := range hubs.items {
		h, err := v.hub(&hubs.items[i])
		if err != nil {
			return out, err
		}
		out.Hubs = append(out.Hubs, h)
	}
	slices.SortFunc(out.Hubs, func(a, b cdp.Hub) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), compareIdentifiers(a.Identifier, b.Identifier))
	})
	return out, nil
}

// does counts an identifier by what it does, which it returns in a word.
func (v *surveyThen) does(key valueHash, a *account, suppressed bool) string {
	k, o := v.kind(a.kind), v.odd[key]
	switch {
	case suppressed:
		k.Suppressed++
		return "suppressed"
	case a.controller == 0:
		k.Kept++
		return "withheld"
	case o == nil:
		k.Joins++
		return resolve.Joins.String()
	}
	out := resolve.Joins
	for _, row := range o.rows {
		at := valueRow{}
		for class, s := range row.states {
			at.standings[class].state = s
		}
		state, _ := at.state()
		echo := state != resolve.Joins && v.survey.rules.Kinds[string(a.kind)].Echo && slices.Contains(o.echoes, row.controller)
		v.count(k, state, !echo)
		if state != resolve.Joins {
			out = state
		}
	}
	return out.String()
}

// hub tells of a value that many carry, by a record that does.
func (v *surveyThen) hub(h *hubThen) (cdp.Hub, error) {
	out := cdp.Hub{State: h.state, Records: int(h.records)}
	rec, err := v.tx.Head(h.first)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(rec.Claims, func(c cdp.Claim) bool { return accountOf(c.Identifier) == h.key })
	if i < 0 {
		return out, fmt.Errorf("graph: health: %v: %w", h.first, layout.ErrDamaged)
	}
	out.Identifier = rec.Claims[i].Identifier
	if h.profile != 0 {
		out.Profiles = []cdp.ProfileID{h.profile}
	}
	if o := v.odd[h.key]; o != nil {
		out.Profiles, out.Bound = append(out.Profiles, o.profiles...), o.bound
	}
	slices.Sort(out.Profiles)
	out.ProfileCount = len(out.Profiles)
	out.Profiles = out.Profiles[:min(hubProfiles, len(out.Profiles))]
	return out, nil
}
