package report

import "cdp-tui/internal/cdp"

// Lint writes what the lint found.
func (j *JSON) Lint(r cdp.LintReport) error { return j.emit(wireLint(j.o, r)) }

// LintRules writes one object a rule.
func (j *JSON) LintRules(list []cdp.LintRule) error { return each(j, list, wireLintRule) }

// LintRuns writes one object a run.
func (j *JSON) LintRuns(list []cdp.LintRun) error { return each(j, list, wireLintRun) }

// Mutes writes one object a mute.
func (j *JSON) Mutes(list []cdp.Mute) error { return each(j, list, wireMute) }

type lintJSON struct {
	At          stamp         `json:"at,omitempty"`
	AsOf        stamp         `json:"as_of,omitempty"`
	AsKnown     stamp         `json:"as_known,omitempty"`
	Register    string        `json:"register,omitempty"`
	Rules       string        `json:"rules"`
	Only        string        `json:"only,omitempty"`
	Records     int           `json:"records"`
	Profiles    int           `json:"profiles"`
	Quarantined int           `json:"quarantined"`
	Dropped     int           `json:"dropped_since"`
	Findings    []findingJSON `json:"findings"`
}

type findingJSON struct {
	Rule     string              `json:"rule"`
	Severity string              `json:"severity"`
	Room     string              `json:"looks_at"`
	Article  string              `json:"article"`
	Title    string              `json:"title"`
	Why      string              `json:"why"`
	Todo     string              `json:"todo"`
	Open     int                 `json:"open"`
	Muted    int                 `json:"muted"`
	Before   int                 `json:"before"`
	Search   string              `json:"search,omitempty"`
	OfStore  bool                `json:"of_store"`
	Sources  []sourceFindingJSON `json:"sources"`
	Refs     []findingRefJSON    `json:"refs"`
}

type sourceFindingJSON struct {
	Source string `json:"source"`
	Open   int    `json:"open"`
	Muted  int    `json:"muted"`
}

type findingRefJSON struct {
	About   refJSON  `json:"about"`
	Profile string   `json:"profile,omitempty"`
	Source  string   `json:"source,omitempty"`
	At      stamp    `json:"at,omitempty"`
	Facts   []string `json:"facts"`
	Muted   string   `json:"muted,omitempty"`
}

func wireLint(o Options, r cdp.LintReport) lintJSON {
	return lintJSON{stampOf(r.At), stampOf(r.From.At), stampOf(r.From.Known), r.Register, r.Rules, r.Only, r.Records, r.Profiles, r.Quarantined, r.Dropped, wires(o, r.Findings, func(o Options, f cdp.Finding) findingJSON {
		return findingJSON{f.ID, string(f.Severity), f.Room, f.Article, f.Title, f.Why, f.Todo, f.Open, f.Muted, f.Before, f.Search, f.OfStore,
			wires(o, f.Sources, func(_ Options, s cdp.SourceFindings) sourceFindingJSON {
				return sourceFindingJSON{string(s.Source), s.Open, s.Muted}
			}),
			wires(o, f.Refs, func(_ Options, x cdp.FindingRef) findingRefJSON {
				return findingRefJSON{wireRef(x.Ref), profileID(x.Profile).String(), string(x.Source), stampOf(x.At), append([]string{}, x.Facts...), x.Muted}
			})}
	})}
}

type lintRuleJSON struct {
	Rule     string           `json:"rule"`
	Severity string           `json:"severity"`
	Room     string           `json:"looks_at"`
	Article  string           `json:"article"`
	Title    string           `json:"title"`
	Why      string           `json:"why"`
	Todo     string           `json:"todo"`
	Query    string           `json:"query,omitempty"`
	Numbers  []lintNumberJSON `json:"numbers"`
}

type lintNumberJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Cite  string `json:"cite"`
}

func wireLintRule(o Options, r cdp.LintRule) lintRuleJSON {
	return lintRuleJSON{r.ID, string(r.Severity), r.Room, r.Article, r.Title, r.Why, r.Todo, r.Query,
		wires(o, r.Numbers, func(_ Options, n cdp.LintNumber) lintNumberJSON { return lintNumberJSON(n) })}
}

type lintRunJSON struct {
	At       stamp           `json:"at,omitempty"`
	Register string          `json:"register,omitempty"`
	Rules    string          `json:"rules"`
	Records  int             `json:"records"`
	Profiles int             `json:"profiles"`
	Counts   []lintCountJSON `json:"counts"`
}

type lintCountJSON struct {
	Rule  string `json:"rule"`
	Open  int    `json:"open"`
	Muted int    `json:"muted"`
}

func wireLintRun(o Options, r cdp.LintRun) lintRunJSON {
	return lintRunJSON{stampOf(r.At), r.Register, r.Rules, r.Records, r.Profiles,
		wires(o, r.Counts, func(_ Options, c cdp.LintCount) lintCountJSON { return lintCountJSON(c) })}
}

type muteJSON struct {
	Rule   string  `json:"rule"`
	About  refJSON `json:"about"`
	Reason string  `json:"reason"`
	By     string  `json:"by"`
	At     stamp   `json:"at,omitempty"`
	Until  stamp   `json:"until,omitempty"`
}

func wireMute(_ Options, m cdp.Mute) muteJSON {
	return muteJSON{m.Rule, wireRef(m.Object), m.Reason, m.By, stampOf(m.At), stampOf(m.Until)}
}
