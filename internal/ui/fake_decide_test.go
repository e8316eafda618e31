package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cdp-tui/internal/cdp"
)

// fakeDecisions are the decisions of a fakeDesk: what was asked for, and what
// was done.
type fakeDecisions struct {
	planned  []string // verb and things
	digests  []string // with which was decided
	made     []cdp.Decision
	stale    bool // the data changed since the preview
	other    bool // what is done is not what was previewed
	few      bool // an act touches three profiles
	readOnly bool
}

func (f *fakeDesk) Plan(ctx context.Context, verb string, things []string) (cdp.Decision, error) {
	f.mu.Lock()
	f.decided.planned = append(f.decided.planned, verb+" "+strings.Join(things, " "))
	f.mu.Unlock()
	d := cdp.Decision{Verb: verb}
	switch verb {
	case cdp.PlanSplit, cdp.PlanUnmerge:
		d.Verb = cdp.DecideDifferent
	case cdp.DecideSuppress, cdp.DecideCut:
		d.Identifier = ident(cdp.KindPhone, "+491511234567")
	}
	if verb != cdp.DecideSuppress {
		for i := range 3 {
			d.Rows = append(d.Rows, cdp.DecidedRow{Row: cdp.Row{Source: "shop.orders", Key: fmt.Sprintf("m.weiss%d@lindenhof.test", i)}, Group: 1 + i/2})
		}
	}
	if verb == cdp.PlanUnmerge {
		d.Untied = []cdp.Row{d.Rows[2].Row}
	}
	return d, f.call(ctx, "Plan")
}

func fakeEffect(digest string) cdp.Effect {
	return cdp.Effect{Digest: strings.Repeat(digest, 16), Counts: cdp.EffectCounts{Appear: 1, Vanish: 1, Change: 14, Records: 23, Links: 4}, Largest: cdp.ProfileEffect{Profile: 42117, Before: 23, After: 21},
		Appear: []cdp.ProfileEffect{{Profile: 42122, After: 2, Records: []cdp.RecordID{1190, 1191}}},
		Vanish: []cdp.ProfileEffect{{Profile: 42130, Before: 1, Records: []cdp.RecordID{1188}}},
		Change: []cdp.ProfileEffect{{Profile: 42117, Before: 23, After: 21, Records: []cdp.RecordID{1188, 1189}}}}
}

func (f *fakeDesk) Preview(ctx context.Context, list []cdp.Decision) (cdp.Effect, error) {
	e := fakeEffect("9c1f")
	if f.decided.few {
		e.Counts.Change = 1
	}
	return e, f.call(ctx, "Preview")
}

func (f *fakeDesk) PreviewUndo(ctx context.Context, ids []cdp.DecisionID) (cdp.Effect, error) {
	return fakeEffect("77aa"), f.call(ctx, "PreviewUndo")
}

func (f *fakeDesk) carried(digest, reason string) (cdp.Effect, error) {
	f.decided.digests = append(f.decided.digests, digest)
	switch {
	case strings.TrimSpace(reason) == "":
		return cdp.Effect{}, errors.New("a reason is needed")
	case f.decided.stale:
		return cdp.Effect{}, errors.New("nothing was done: the data changed since the preview")
	case f.decided.other:
		return fakeEffect("0000"), errors.New("it was done, and otherwise than previewed")
	}
	return fakeEffect(digest[:4]), nil
}

func (f *fakeDesk) Decide(ctx context.Context, list []cdp.Decision, digest string) ([]cdp.Decision, cdp.Effect, error) {
	if err := f.call(ctx, "Decide"); err != nil {
		return nil, cdp.Effect{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.carried(digest, list[0].Reason)
	if e.Digest == "" {
		return nil, e, err
	}
	for _, d := range list {
		d.ID, d.By, d.At = cdp.DecisionID(13+len(f.decided.made)), "dpo", start
		f.decided.made = append(f.decided.made, d)
	}
	return f.decided.made[len(f.decided.made)-len(list):], e, err
}

func (f *fakeDesk) Undo(ctx context.Context, ids []cdp.DecisionID, reason, digest string) ([]cdp.Decision, cdp.Effect, error) {
	if err := f.call(ctx, "Undo"); err != nil {
		return nil, cdp.Effect{}, err
	}
	d, _ := f.Decision(ctx, ids[0])
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.carried(digest, reason)
	if e.Digest == "" {
		return nil, e, err
	}
	d.UndoneBy, d.UndoneFor, d.Undone = "dpo", reason, start
	f.decided.made = append(f.decided.made, d)
	return []cdp.Decision{d}, e, err
}

func (f *fakeDesk) Decisions(ctx context.Context, before cdp.DecisionID, n int) ([]cdp.Decision, error) {
	from := 12
	if before > 0 {
		from = int(before) - 1
	}
	var out []cdp.Decision
	for i := from; i > 0 && len(out) < n; i-- {
		out = append(out, f.decision(cdp.DecisionID(i)))
	}
	return out, f.call(ctx, "Decisions")
}

func (f *fakeDesk) decision(id cdp.DecisionID) cdp.Decision {
	verb := []string{cdp.DecideSame, cdp.DecideDifferent, cdp.DecideCut, cdp.DecideSuppress, cdp.DecideLock}[id%5]
	d := cdp.Decision{ID: id, Verb: verb, By: "ana", Reason: "called the person: " + hostile, At: ago(9 * day)}
	if verb != cdp.DecideSuppress {
		d.Rows = []cdp.DecidedRow{{Row: cdp.Row{Source: "shop.orders", Key: "m.weiss@lindenhof.test"}, Group: 1}, {Row: cdp.Row{Source: "newsletter", Key: "n-7"}, Group: 2}}
	}
	if verb == cdp.DecideCut || verb == cdp.DecideSuppress {
		d.Identifier = ident(cdp.KindEmail, "m.weiss@lindenhof.test")
	}
	if id%4 == 0 {
		d.UndoneBy, d.UndoneFor, d.Undone = "dpo", "it was the daughter", ago(day)
	}
	return d
}

func (f *fakeDesk) Decision(ctx context.Context, id cdp.DecisionID) (cdp.Decision, error) {
	err := f.call(ctx, "Decision")
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.decided.made) - 1; i >= 0; i-- {
		if f.decided.made[i].ID == id {
			return f.decided.made[i], err
		}
	}
	return f.decision(id), err
}
