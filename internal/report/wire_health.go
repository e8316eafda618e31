package report

import "cdp-tui/internal/cdp"

// Health writes how well identity resolution holds.
func (j *JSON) Health(h cdp.Health) error { return j.emit(wireHealth(j.o, h)) }

// Conflicts writes one object a conflict.
func (j *JSON) Conflicts(list []cdp.Conflict) error { return each(j, list, wireConflict) }

type healthJSON struct {
	At         stamp               `json:"at,omitempty"`
	AsOf       stamp               `json:"as_of,omitempty"`
	AsKnown    stamp               `json:"as_known,omitempty"`
	Profiles   int                 `json:"profiles"`
	Records    int                 `json:"records"`
	Linked     int                 `json:"linked"`
	Conflicts  int                 `json:"conflicts"`
	Matches    int                 `json:"possible_matches"`
	Backlog    int                 `json:"backlog"`
	Frozen     int                 `json:"frozen"`
	Held       int                 `json:"held"`
	Generic    int                 `json:"generic"`
	Pending    int                 `json:"pending"`
	Largest    []shapeJSON         `json:"largest"`
	Sparse     []shapeJSON         `json:"least_dense"`
	HeldBy     []shapeJSON         `json:"held_by_one"`
	FrozenList []shapeJSON         `json:"frozen_profiles"`
	Hubs       []hubJSON           `json:"hubs"`
	Kinds      []kindHealthJSON    `json:"kinds"`
	Decisions  []decisionCountJSON `json:"decisions"`
	Sources    []sourceHealthJSON  `json:"sources"`
}

func wireHealth(o Options, h cdp.Health) healthJSON {
	c := h.Counts
	return healthJSON{stampOf(h.At), stampOf(h.From.At), stampOf(h.From.Known), h.Profiles, h.Records, h.Linked, c.Conflicts, c.Matches, c.Backlog(), c.Frozen, c.Held, c.Generic, c.Pending,
		wires(o, h.Largest, wireShape), wires(o, h.Sparse, wireShape), wires(o, h.Held, wireShape), wires(o, h.Frozen, wireShape),
		wires(o, h.Hubs, func(o Options, x cdp.Hub) hubJSON {
			return hubJSON{wireIdentifier(o, x.Identifier), x.State, x.Records, idsOf(x.Profiles), x.ProfileCount, x.Bound}
		}),
		wires(o, h.Kinds, func(_ Options, k cdp.KindHealth) kindHealthJSON {
			return kindHealthJSON{string(k.Kind), k.Joins, k.Generic, k.Conflict, k.Different, k.Locked, k.Guarded, k.Suppressed, k.Kept}
		}),
		wires(o, h.Decisions, func(_ Options, d cdp.DecisionCount) decisionCountJSON {
			return decisionCountJSON{d.Verb, d.InForce, d.Undone}
		}),
		wires(o, h.Sources, func(_ Options, s cdp.SourceHealth) sourceHealthJSON {
			return sourceHealthJSON{string(s.Source), s.Records, s.Linked, s.Across, s.Linking, s.Apart, s.Denied, s.Never}
		})}
}

type shapeJSON struct {
	Profile  string         `json:"profile"`
	Records  int            `json:"records"`
	Values   int            `json:"values"`
	Claims   int            `json:"claims"`
	Density  float64        `json:"density"`
	Estimate bool           `json:"estimate"`
	Bridges  int            `json:"bridges"`
	Holder   identifierJSON `json:"holder,omitzero"`
	Class    string         `json:"class,omitempty"`
	Pieces   []int          `json:"pieces"`
	Further  int            `json:"further"`
	Parting  int            `json:"parting"`
}

func wireShape(o Options, s cdp.ProfileShape) shapeJSON {
	return shapeJSON{profileID(s.Profile).String(), s.Records, s.Values, s.Claims, finite(s.Density), s.Estimate, s.Bridges, wireIdentifier(o, s.Holder), s.Class,
		append([]int{}, s.Pieces...), s.Further, s.Parting}
}

type hubJSON struct {
	Identifier   identifierJSON `json:"identifier"`
	State        string         `json:"state"`
	Records      int            `json:"records"`
	Profiles     []string       `json:"profiles"`
	ProfileCount int            `json:"profile_count"`
	Bound        bool           `json:"bound"`
}

type kindHealthJSON struct {
	Kind       string `json:"kind"`
	Joins      int    `json:"joins"`
	Generic    int    `json:"generic"`
	Conflict   int    `json:"conflict"`
	Different  int    `json:"different"`
	Locked     int    `json:"locked"`
	Guarded    int    `json:"guarded"`
	Suppressed int    `json:"suppressed"`
	Withheld   int    `json:"withheld"`
}

type decisionCountJSON struct {
	Verb    string `json:"verb"`
	InForce int    `json:"in_force"`
	Undone  int    `json:"undone"`
}

type sourceHealthJSON struct {
	Source  string `json:"source"`
	Records int    `json:"records"`
	Linked  int    `json:"linked"`
	Across  int    `json:"across"`
	Linking int    `json:"linking"`
	Apart   int    `json:"apart"`
	Denied  int    `json:"denied"`
	Never   int    `json:"never"`
}

type conflictJSON struct {
	Identifier identifierJSON `json:"identifier"`
	Controller string         `json:"controller,omitempty"`
	Class      string         `json:"class"`
	State      string         `json:"state"`
	Records    int            `json:"records"`
	Bound      bool           `json:"bound"`
	Profiles   []sideJSON     `json:"profiles"`
	Why        []string       `json:"why"`
	Decisions  []string       `json:"decisions"`
}

type sideJSON struct {
	Profile  string `json:"profile"`
	Records  int    `json:"records"`
	Carriers int    `json:"carriers"`
}

func wireConflict(o Options, c cdp.Conflict) conflictJSON {
	return conflictJSON{wireIdentifier(o, c.Identifier), c.Controller, c.Class, c.State, c.Records, c.Bound,
		wires(o, c.Sides, func(_ Options, s cdp.ConflictSide) sideJSON {
			return sideJSON{s.Profile.String(), s.Records, s.Carriers}
		}), stringsOf(c.Why), idsOf(c.Decisions)}
}
