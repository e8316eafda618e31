package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// commands are all that can be typed; keys that do the same are told beside.
func (m *Model) commands() []command {
	to := func(screen string) func(string) tea.Cmd {
		return func(string) tea.Cmd { return m.visit(address{Screen: screen}) }
	}
	of := func(screen string) func(string) tea.Cmd {
		return func(arg string) tea.Cmd { return m.visitObject(screen, arg) }
	}
	return []command{
		{name: "dashboard", also: "home start overview", do: func(string) tea.Cmd { return m.home() }},
		{name: "search", also: "find query", key: "/", arg: true, do: func(q string) tea.Cmd { return m.visit(address{Screen: "search", Query: q}) }},
		{name: "open", also: "goto find look up e-mail phone card", arg: true, must: true, do: m.openText},
		{name: "profile", arg: true, must: true, do: of("profile")},
		{name: "record", arg: true, must: true, do: of("record")},
		{name: "trace", also: "origin source", key: "t", arg: true, do: of("trace")},
		{name: "card", also: "why do we have this rights retention recipients basis", key: "w", arg: true, do: m.visitCard},
		{name: "where", also: "systems regions owners location holds stored inventory", key: "c", arg: true, do: m.visitWhere},
		{name: "view-as", also: "recipient sees would get stripped", key: "r", arg: true, do: m.visitViewAs},
		{name: "graph", also: "neighbours map", key: "x", arg: true, do: of("graph")},
		{name: "why", also: "path between linked", key: "w", arg: true, must: true, do: m.visitWhy},
		{name: "sources", also: "systems", do: to("sources")},
		{name: "batches", also: "deliveries files imports", do: to("batches")},
		{name: "batch", arg: true, must: true, do: of("batch")},
		{name: "rejects", also: "bad rows errors", arg: true, do: func(arg string) tea.Cmd { return m.visit(address{Screen: "rejects", All: arg == "all"}) }},
		{name: "quarantine", also: "held back waiting", do: to("quarantine")},
		{name: "log", also: "audit journal", arg: true, do: m.visitLog},
		{name: "matches", also: "possible review queue duplicates", arg: true, do: m.visitMatches},
		{name: "radius", also: "blast wrong merge shares", key: "i", arg: true, must: true, do: func(arg string) tea.Cmd {
			return m.visit(address{Screen: "radius", Object: strings.ToUpper(strings.TrimSpace(arg))})
		}},
		{name: "history", also: "how came merges splits", key: "W", arg: true, do: of("history")},
		{name: "members", also: "records of rows", key: "b", arg: true, do: of("members")},
		{name: "health", also: "identity hubs largest density frozen", do: to("health")},
		{name: "as-of", also: "time past then standpoint", key: ",", arg: true, do: m.lensTyped("as-of")},
		{name: "as-known", also: "time past then standpoint learnt", key: ",", arg: true, do: m.lensTyped("as-known")},
		{name: "for", also: "purpose lens only", key: ",", arg: true, do: m.lensTyped("for")},
		{name: "now", also: "present lens off back", key: ",", do: func(string) tea.Cmd { return m.lookThrough(cdp.Lens{}) }},
		{name: "lens", also: "purpose persons pieces", arg: true, do: m.visitLens},
		{name: "journey", also: "steps story lawful unlawful", arg: true, do: of("journey")},
		{name: "lawful", also: "retrospective judged again shares uses", arg: true, do: m.visitLawful},
		{name: "conflicts", also: "identity review exclusive", do: to("conflicts")},
		{name: "findings", also: "lint unlawful late drift law", do: to("findings")},
		{name: "mutes", also: "muted findings lift unmute", do: to("mutes")},
		{name: "ropa", also: "register art 30 activities declared", do: to("ropa")},
		{name: "breach", also: "leak 72 hours art 33 scope notify", do: func(string) tea.Cmd { return m.askBreach() }},
		{name: "targets", also: "share plan recipients gate out disclose", do: to("targets")},
		{name: "segments", also: "groups audiences saved count", do: to("segments")},
		{name: "builder", also: "filter build segment query without code", arg: true, do: func(arg string) tea.Cmd { return m.visit(address{Screen: "builder", Query: arg}) }},
		{name: "counts", also: "over time months trend facts", do: to("counts")},
		{name: "coverage", also: "touchpoints basis heat", do: to("coverage")},
		{name: "outbox", also: "notices recipients tell art 19", arg: true, do: func(arg string) tea.Cmd { return m.visit(address{Screen: "outbox", All: arg == "all"}) }},
		{name: "drift", also: "radar acknowledged behind", do: to("drift")},
		{name: "decisions", also: "judgements same different undo", do: to("decisions")},
		{name: "decision", arg: true, must: true, do: func(arg string) tea.Cmd { return m.visitDecision("decision", arg) }},
		{name: "undo", also: "take back decision", key: "Z", arg: true, must: true, do: func(arg string) tea.Cmd { return m.visitDecision("undo", arg) }},
		{name: "same", also: "merge join one person", key: "S", arg: true, must: true, do: m.decideTyped(cdp.DecideSame, 2)},
		{name: "different", also: "two people not", key: "D", arg: true, must: true, do: m.decideTyped(cdp.DecideDifferent, 2)},
		{name: "split", also: "take apart", key: "T", arg: true, must: true, do: m.decideTyped(cdp.PlanSplit, 2)},
		{name: "unmerge", also: "alias", key: "M", arg: true, must: true, do: m.decideTyped(cdp.PlanUnmerge, 1)},
		{name: "cut", also: "claim", key: "C", arg: true, must: true, do: m.decideTyped(cdp.DecideCut, 2)},
		{name: "suppress", also: "value identifier block generic", key: "B", arg: true, must: true, do: m.decideTyped(cdp.DecideSuppress, 1)},
		{name: "lock", also: "freeze", key: "L", arg: true, do: m.decideTyped(cdp.DecideLock, 1)},
		{name: "messages", also: "errors toasts notes", do: to("messages")},
		{name: "saved", also: "searches views", arg: true, must: true, do: m.openSaved},
		{name: "save", key: "s", arg: true, must: true, do: m.saveSearch},
		{name: "forget", arg: true, must: true, do: m.forgetSearch},
		{name: "filter", key: "/", arg: true, do: m.setFilter},
		{name: "goto", arg: true, must: true, do: m.gotoRow},
		{name: "reveal", key: "m", arg: true, do: func(reason string) tea.Cmd {
			if reason == "" {
				return m.askReveal()
			}
			return m.reveal(reason)
		}},
		{name: "export", key: "e", arg: true, do: func(format string) tea.Cmd {
			if format == "csv" || format == "jsonl" || format == "dot" || slices.ContainsFunc(papersOf(m.trail.top()), func(p paper) bool { return p.key == format }) {
				return m.export(format)
			}
			return m.askExport()
		}},
		{name: "theme", key: "^t", arg: true, do: func(name string) tea.Cmd {
			if name == "" {
				return m.nextTheme()
			}
			return m.setTheme(name)
		}},
		{name: "mouse", key: "%", do: func(string) tea.Cmd { return m.toggleMouse() }},
		{name: "refresh", key: "^r", do: func(string) tea.Cmd { return m.trail.top().Refresh() }},
		{name: "help", key: "?", do: func(string) tea.Cmd { return m.openHelp() }},
		{name: "quit", also: "exit leave", key: "q", do: func(string) tea.Cmd { return m.leaveProgram() }},
	}
}

// visitObject goes to a screen of an object; without one, of the present
// screen's. What is no id is looked up: an identifier, a record's key.
func (m *Model) visitObject(screen, arg string) tea.Cmd {
	id, of, _ := strings.Cut(arg, " ")
	if id == "" {
		a := m.trail.top().Address()
		if !strings.HasPrefix(a.Object, "P-") {
			return m.info("cmd.whose")
		}
		id = a.Object
	}
	name, ok := canonical(screen, id)
	if !ok && screen != "batch" {
		return m.lookUp(arg, func(f cdp.Found) address {
			if screen == "record" {
				a, _ := idAddress(f.Ref.ID)
				return a
			}
			a := foundAddress(f)
			if a.Screen == "profile" {
				a.Screen = screen
			}
			return a
		})
	}
	return m.visit(address{Screen: screen, Object: name, Of: strings.TrimSpace(of)})
}

// canonical is an id as the store writes it, or what was typed, and false, when
// it is none.
func canonical(screen, id string) (string, bool) {
	switch screen {
	case "record":
		if r, err := cdp.ParseRecordID(id); err == nil {
			return r.String(), true
		}
	case "batch":
		if b, err := cdp.ParseBatchID(id); err == nil {
			return b.String(), true
		}
	default:
		if p, err := cdp.ParseProfileID(id); err == nil {
			return p.String(), true
		}
	}
	return id, false
}

func (m *Model) visitWhy(arg string) tea.Cmd {
	a, b, ok := strings.Cut(arg, " ")
	if !ok {
		here := m.trail.top().Address()
		if !strings.HasPrefix(here.Object, "P-") && !strings.HasPrefix(here.Object, "R-") {
			return m.info("cmd.two")
		}
		a, b = here.Object, arg
	}
	return m.visit(address{Screen: "why", Object: a, Of: strings.TrimSpace(b)})
}

// visitCard shows the card of a profile, a value of it, or a record; without one,
// of what the present screen is about.
func (m *Model) visitCard(arg string) tea.Cmd {
	id, of, _ := strings.Cut(arg, " ")
	if id == "" {
		a := m.trail.top().Address()
		if id = a.Object; !strings.HasPrefix(id, "P-") && !strings.HasPrefix(id, "R-") {
			return m.info("cmd.whose")
		}
	}
	if a, ok := idAddress(id); ok && a.Screen == "record" {
		return m.visit(address{Screen: "card", Object: a.Object})
	}
	return m.visitObject("card", strings.TrimSpace(id+" "+of))
}

// visitLog shows the whole log, or the entries about one thing.
func (m *Model) visitLog(arg string) tea.Cmd {
	if arg == "" {
		return m.visit(address{Screen: "log"})
	}
	a, ok := idAddress(arg)
	if !ok {
		return m.lookUp(arg, func(f cdp.Found) address { return address{Screen: "log", Object: f.Ref.ID} })
	}
	return m.visit(address{Screen: "log", Object: a.Object})
}

func (m *Model) setFilter(q string) tea.Cmd {
	if f, ok := able[filterer](m.trail.top()); ok {
		return f.SetFilter(q)
	}
	return m.info("off.filter")
}

func (m *Model) gotoRow(arg string) tea.Cmd {
	n, err := strconv.Atoi(strings.ReplaceAll(arg, ",", ""))
	g, ok := able[goer](m.trail.top())
	if err != nil || n < 1 || !ok {
		return m.info("cmd.row")
	}
	return g.Goto(n - 1)
}

// saveSearch keeps the query of the search screen under a name, and what is
// ticked as part of it.
func (m *Model) saveSearch(name string) tea.Cmd {
	a := m.trail.top().Address()
	if a.Screen != "search" {
		return m.info("off.save")
	}
	desk := m.desk
	return m.work("fail.save", func(ctx context.Context) error { return desk.SaveSearch(ctx, name, asked(a)) }, func() tea.Cmd {
		return tea.Batch(m.palette.load(), m.info("saved.done", text.Clean(name)))
	})
}

// asked writes a search with its facets as one query. Values of one facet are
// alternatives, as they are on the screen.
func asked(a address) string {
	of, order := map[string][]string{}, []string{}
	for _, f := range a.Facets {
		name, v, _ := strings.Cut(f, "=")
		if of[name] == nil {
			order = append(order, name)
		}
		of[name] = append(of[name], name+":"+term(v))
	}
	if len(order) == 0 {
		return a.Query
	}
	parts := []string{"(" + a.Query + ")"}
	for _, name := range order {
		if len(of[name]) == 1 {
			parts = append(parts, of[name][0])
			continue
		}
		parts = append(parts, "("+strings.Join(of[name], " or ")+")")
	}
	return strings.Join(parts, " and ")
}

func (m *Model) forgetSearch(name string) tea.Cmd {
	if m.palette.saved.ok && !slices.ContainsFunc(m.palette.saved.val, func(s cdp.SavedSearch) bool { return s.Name == name }) {
		return m.info("saved.none")
	}
	desk := m.desk
	return m.work("fail.forget", func(ctx context.Context) error { return desk.ForgetSearch(ctx, name) }, func() tea.Cmd {
		return tea.Batch(m.palette.load(), m.info("saved.gone", text.Clean(name)))
	})
}
