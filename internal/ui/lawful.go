package ui

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// lawfulKept is how many of each sort the screen keeps: those of which the
// answer changed, those that are unlawful, and the rest. An export has all.
const lawfulKept = 5_000

// A rejudged is something done that was judged again, with its place in the answer.
type rejudged struct {
	cdp.Judged
	no int
}

// A rejudging is a run over the store, and what it found so far.
type rejudging struct {
	mu       sync.Mutex
	cancel   context.CancelFunc
	stopped  bool
	profiles int
	found    int
	kept     [3]int
	items    []rejudged
}

// A judgedAll is what a run found.
type judgedAll struct {
	items   []rejudged
	sum     cdp.LawfulSum
	stopped bool // it was ended before its end
	cut     bool // not all are kept
}

func (r *rejudging) do(ctx context.Context, desk Lenser, f cdp.LawfulFilter) (judgedAll, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.mu.Lock()
	r.cancel = cancel
	r.mu.Unlock()
	sum, err := desk.Lawful(ctx, f, r.take, func(n int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.profiles = n
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		err = nil
	}
	return judgedAll{slices.Clone(r.items), sum, r.stopped, len(r.items) < r.found}, err
}

func (r *rejudging) take(j cdp.Judged) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found++
	sort := 2
	if j.Differs() {
		sort = 0
	} else if j.Unlawful() {
		sort = 1
	}
	if r.kept[sort]++; r.kept[sort] <= lawfulKept {
		r.items = append(r.items, rejudged{j, r.found})
	}
	return nil
}

// stop ends the run; what was found stays.
func (r *rejudging) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	if r.cancel != nil {
		r.cancel()
	}
}

func (r *rejudging) progress() (profiles, found, differ int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.profiles, r.found, r.kept[0]
}

// lawfulScreen is the retrospective report: what was done, judged again.
type lawfulScreen struct {
	*dossier[judgedAll, rejudged]
	filter cdp.LawfulFilter
	run    *rejudging
}

// lawfulTick draws how far a run is.
type lawfulTick struct{ of *rejudging }

const lawfulEvery = 500 * time.Millisecond

// visitLawful goes to the report: of the whole store, or of a profile; "uses"
// takes the uses in.
func (m *Model) visitLawful(arg string) tea.Cmd {
	a := address{Screen: "lawful"}
	for _, w := range strings.Fields(arg) {
		switch id, err := cdp.ParseProfileID(w); {
		case w == "uses":
			a.All = true
		case w == "unlawful" || w == "differing":
			a.Query = w
		case err != nil:
			return m.info("cmd.whose")
		default:
			a.Object = id.String()
		}
	}
	return m.visit(a)
}

func newLawful(s *session, a address) screen {
	cols := []column[rejudged]{
		{name: "time", min: 16, cell: func(s show, j rejudged) val {
			if j.Share.At.IsZero() {
				return safe(s.say("unknown"))
			}
			return s.minute(j.Share.At)
		}, by: func(a, b rejudged) int { return a.Share.At.Compare(b.Share.At) }},
		{name: "what", min: 10, max: 24, flex: 1, cell: func(s show, j rejudged) val {
			if j.Use != "" {
				return val{text: s.say("lawful.used", j.Use), raw: "use " + j.Use}
			}
			return recipient(s, j.Share.Recipient)
		}},
		{name: "purpose", min: 10, max: 20, flex: 1, prio: 1, cell: func(_ show, j rejudged) val { return plain(string(j.Share.Purpose)) }},
		{name: "then", min: 4, cell: func(s show, j rejudged) val {
			if j.UnknownThen {
				return safe(s.say("lawful.unknown")).in(widget.Dim)
			}
			return s.lawfulMark(j.Then, true)
		}},
		{name: "now", min: 4, cell: func(s show, j rejudged) val { return s.lawfulMark(j.Now, true) }},
		{name: "differs", min: 3, cell: func(s show, j rejudged) val {
			if !j.Differs() {
				return val{}
			}
			return val{text: text.Lit("!"), raw: "differs", style: widget.Bad}
		}},
		{name: "profile", min: 9, cell: func(_ show, j rejudged) val {
			if j.Profile == 0 {
				return val{}
			}
			return plain(j.Profile.String()).in(widget.Accent)
		}},
		{name: "rule", min: 14, max: 28, flex: 1, prio: 2, cell: func(_ show, j rejudged) val { return plain(j.Now.Rule) }},
		{name: "record", min: 9, prio: 3, cell: func(_ show, j rejudged) val { return plain(j.Share.Record.String()) }},
		{name: "source", min: 10, max: 20, flex: 1, prio: 4, cell: func(_ show, j rejudged) val { return plain(string(j.Share.Source)) }},
	}
	x := &lawfulScreen{filter: cdp.LawfulFilter{Uses: a.All, Unlawful: a.Query == "unlawful", Differing: a.Query == "differing"}, run: &rejudging{}}
	x.filter.Profile, _ = cdp.ParseProfileID(a.Object)
	x.dossier = newDossier[judgedAll](s, "pane.lawful", cols, func(j rejudged) string { return itoa(j.no) }, a)
	x.panes.layout = layoutWide
	x.parts = func(v judgedAll) (out []rejudged) {
		for _, j := range v.items {
			if (!x.filter.Differing || j.Differs()) && (!x.filter.Unlawful || j.Unlawful()) {
				out = append(out, j)
			}
		}
		return out
	}
	x.tell = tellLawful
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.lawful", err) }
	x.crumb = func() text.Safe { return s.say("screen.lawful") }
	x.listing.about = aboutJudged
	x.listing.open = func(j rejudged) tea.Cmd {
		if j.Profile == 0 {
			return s.visit(address{Screen: "record", Object: j.Share.Record.String()})
		}
		return s.visit(address{Screen: "profile", Object: j.Profile.String()})
	}
	x.listing.extra = x.told
	x.rebase()
	x.binds = func() []binding {
		return []binding{
			{id: "onlyunlawful", keys: []string{"!"}, hint: 2, do: x.narrow},
			{id: "withuses", keys: []string{"#"}, hint: 3, do: func() tea.Cmd {
				to := x.base
				to.All = !to.All
				return s.turn(to)
			}},
			{id: "card", keys: []string{"w"}, hint: 3, off: x.empty, do: x.on(func(j rejudged) tea.Cmd {
				to := address{Screen: "card", Object: j.Share.Record.String()}
				if j.Profile != 0 && j.Share.ID != "" {
					to = address{Screen: "card", Object: j.Profile.String(), Of: "share:" + j.Share.ID}
				}
				return s.visit(to)
			})},
			{id: "record", keys: []string{"u"}, hint: 4, off: x.empty, do: x.on(func(j rejudged) tea.Cmd {
				return s.visit(address{Screen: "record", Object: j.Share.Record.String()})
			})},
		}
	}
	return x
}

// rebase writes what is listed into the address.
func (x *lawfulScreen) rebase() {
	x.base = address{Screen: "lawful", All: x.filter.Uses}
	if x.filter.Profile != 0 {
		x.base.Object = x.filter.Profile.String()
	}
	switch {
	case x.filter.Unlawful:
		x.base.Query = "unlawful"
	case x.filter.Differing:
		x.base.Query = "differing"
	}
}

// narrow lists all, then what is unlawful, then that of which the answer changed.
func (x *lawfulScreen) narrow() tea.Cmd {
	f := &x.filter
	f.Unlawful, f.Differing = !f.Unlawful && !f.Differing, f.Unlawful
	x.rebase()
	return x.synced(x.rows.Reread())
}

func (x *lawfulScreen) Open(ctx context.Context) tea.Cmd {
	if x.load.ok {
		return x.dossier.Open(ctx)
	}
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	x.card.Resume(ctx)
	return x.Refresh()
}

// Refresh judges everything again.
func (x *lawfulScreen) Refresh() tea.Cmd {
	run, desk, f := &rejudging{}, x.ses.desk, cdp.LawfulFilter{Profile: x.filter.Profile, Uses: x.filter.Uses}
	x.run = run
	x.read = func(ctx context.Context) (judgedAll, error) { return run.do(ctx, desk, f) }
	return tea.Batch(x.dossier.Refresh(), x.ses.env.after(lawfulEvery, lawfulTick{run}))
}

func (x *lawfulScreen) Update(msg tea.Msg) (bool, tea.Cmd) {
	if t, ok := msg.(lawfulTick); ok {
		if t.of == x.run && x.load.busy {
			return true, x.ses.env.after(lawfulEvery, t)
		}
		return t.of == x.run, nil
	}
	return x.dossier.Update(msg)
}

// Back ends a run that is under way; what it found stays.
func (x *lawfulScreen) Back() (bool, tea.Cmd) {
	if x.load.busy {
		x.run.stop()
		return true, x.ses.info("lawful.stopping")
	}
	return x.dossier.Back()
}

// told says how far a run is, and what is listed.
func (x *lawfulScreen) told() []text.Safe {
	if x.load.busy {
		profiles, found, differ := x.run.progress()
		return []text.Safe{x.ses.say("lawful.running", profiles, found, differ)}
	}
	var out []text.Safe
	v := x.load.val
	if v.stopped {
		out = append(out, x.ses.say("lawful.stopped"))
	}
	if v.cut {
		out = append(out, x.ses.say("lawful.cut"))
	}
	switch {
	case x.filter.Unlawful:
		out = append(out, x.ses.say("lawful.only.unlawful"))
	case x.filter.Differing:
		out = append(out, x.ses.say("lawful.only.differing"))
	}
	return out
}

// Export judges again and writes everything that the list is narrowed to.
func (x *lawfulScreen) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	desk, f := x.ses.desk, x.filter
	rows, _ := x.rows.source()
	names := x.rows.names()
	return x.ref(), func(ctx context.Context, to *sheet) error {
		if err := to.head(names...); err != nil {
			return err
		}
		_, err := desk.Lawful(ctx, f, func(j cdp.Judged) error {
			if vals := rows.vals(rejudged{Judged: j}); rows.match.vals(vals) {
				return to.row(vals...)
			}
			return nil
		}, nil)
		return err
	}
}

func tellLawful(d *detail, v judgedAll) {
	d.fact("field.disclosures", number(v.sum.Shares))
	if v.sum.Uses > 0 {
		d.fact("field.uses", number(v.sum.Uses))
	}
	d.labelled(d.say("lawful.allowed"), number(v.sum.Allowed))
	d.labelled(d.say("lawful.denied"), bad(v.sum.Denied))
	d.labelled(d.say("lawful.flipped"), bad(v.sum.Flipped))
	d.labelled(d.say("lawful.cleared"), number(v.sum.Cleared))
	d.labelled(d.say("lawful.unknownthen"), number(v.sum.UnknownThen))
	if len(v.sum.ByRule) > 0 {
		d.head(d.say("lawful.byrule"))
	}
	for _, r := range slices.Sorted(maps.Keys(v.sum.ByRule)) {
		such := ""
		if i := slices.IndexFunc(v.items, func(j rejudged) bool { return j.Now.Rule == r }); i >= 0 {
			such = v.items[i].Now.Reason
		}
		d.broken(v.sum.ByRule[r], r, such)
	}
}

func aboutJudged(d *detail, j rejudged) {
	if j.Use != "" {
		d.head(d.say("lawful.used", j.Use))
	} else {
		d.head(recipient(d.show, j.Share.Recipient).text)
	}
	if j.Differs() {
		d.text(widget.Bad, d.say("lawful.differs"))
	}
	d.fact("field.when", d.second(j.Share.At))
	d.fact("field.purpose", plain(string(j.Share.Purpose)))
	d.fact("field.fields", names(j.Share.Fields))
	d.fact("field.source", plain(string(j.Share.Source)))
	d.fact("field.record", plain(j.Share.Record.String()))
	d.head(d.say("lawful.now"))
	d.verdict(j.Now)
	d.head(d.say("lawful.then"))
	if j.UnknownThen {
		d.text(widget.Dim, d.say("lawful.unknown.what"))
		return
	}
	d.verdict(j.Then)
}
