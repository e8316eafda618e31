package report

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type whyNotJSON struct {
	A        refJSON           `json:"a"`
	B        refJSON           `json:"b"`
	One      bool              `json:"one"`
	Shared   []sharedValueJSON `json:"shared"`
	Apart    []decisionJSON    `json:"apart"`
	Locks    []decisionJSON    `json:"locks"`
	Conflict []string          `json:"conflict"`
	Lens     *lensJSON         `json:"lens,omitempty"`
	Partial  bool              `json:"partial"`
}

type sharedValueJSON struct {
	Identifier    identifierJSON `json:"identifier"`
	A             string         `json:"a,omitempty"`
	ASource       string         `json:"a_source,omitempty"`
	B             string         `json:"b,omitempty"`
	BSource       string         `json:"b_source,omitempty"`
	Standing      string         `json:"standing,omitempty"`
	Reason        string         `json:"reason,omitempty"`
	Bridged       int            `json:"bridged"`
	Cap           int            `json:"cap"`
	OtherProfiles int            `json:"other_profiles"`
	Decision      string         `json:"decision,omitempty"`
	Verdict       verdictJSON    `json:"verdict"`
}

func wireWhyNot(o Options, n cdp.WhyNot) whyNotJSON {
	return whyNotJSON{wireRef(n.A), wireRef(n.B), n.One, wires(o, n.Shared, func(o Options, s cdp.SharedValue) sharedValueJSON {
		w := sharedValueJSON{wireIdentifier(o, s.Identifier), idOf(s.A), string(s.ASource), idOf(s.B), string(s.BSource), s.Standing, s.Reason,
			s.Bridged, s.Cap, s.OtherProfiles, "", wireVerdict(s.Verdict)}
		if s.Decision != nil {
			w.Decision = idOf(s.Decision.ID)
		}
		return w
	}), wires(o, n.Apart, wireDecision), wires(o, n.Locks, wireDecision), stringsOf(n.Conflict), lensOf(n.Lens), n.Partial}
}

type happenedJSON struct {
	At         stamp          `json:"at,omitempty"`
	Event      string         `json:"event"`
	Words      string         `json:"words"`
	Profiles   []string       `json:"profiles"`
	Record     string         `json:"record,omitempty"`
	Identifier identifierJSON `json:"identifier,omitzero"`
	Rule       string         `json:"rule,omitempty"`
	Decision   string         `json:"decision,omitempty"`
	By         string         `json:"by,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Change     int            `json:"change"`
}

func wireHappened(o Options, e cdp.Event) happenedJSON {
	w := happenedJSON{At: stampOf(e.At), Event: e.Verb, Words: e.Words, Profiles: idsOf(e.Profiles), Record: idOf(e.Record), Rule: e.Rule, Change: int(e.Seq)}
	if e.Claim != nil {
		w.Identifier = wireIdentifier(o, *e.Claim)
	}
	if e.Decision != nil {
		w.Decision, w.By, w.Reason = idOf(e.Decision.ID), e.Decision.By, e.Decision.Reason
	}
	return w
}

type holdingJSON struct {
	Profile     string           `json:"profile"`
	Records     int              `json:"records"`
	Links       int              `json:"links"`
	Density     float64          `json:"density"`
	Decisions   []string         `json:"decisions"`
	Pillars     []pillarJSON     `json:"pillars"`
	Bridges     []bridgeJSON     `json:"bridges"`
	MoreBridges int              `json:"more_bridges"`
	Apart       []apartClaimJSON `json:"apart"`
	Lens        *lensJSON        `json:"lens,omitempty"`
	Partial     bool             `json:"partial"`
}

type pillarJSON struct {
	Identifier identifierJSON `json:"identifier,omitzero"`
	Record     string         `json:"record,omitempty"`
	Decision   string         `json:"decision,omitempty"`
	Pieces     []int          `json:"pieces"`
}

type bridgeJSON struct {
	Record         string         `json:"record"`
	Identifier     identifierJSON `json:"identifier"`
	Class          string         `json:"class,omitempty"`
	WithRecord     int            `json:"with_record"`
	WithIdentifier int            `json:"with_identifier"`
}

type apartClaimJSON struct {
	Identifier identifierJSON `json:"identifier"`
	Standing   string         `json:"standing"`
	Reason     string         `json:"reason,omitempty"`
	Records    []string       `json:"records"`
	Others     int            `json:"others"`
}

func wireHolding(o Options, h cdp.Holding) holdingJSON {
	return holdingJSON{h.Profile.String(), h.Records, h.Links, h.Density, idsOf(h.Decisions),
		wires(o, h.Pillars, func(o Options, p cdp.Pillar) pillarJSON {
			w := pillarJSON{Record: idOf(p.Record), Decision: idOf(p.Decision), Pieces: numbers(p.Pieces)}
			if !p.Identifier.IsZero() {
				w.Identifier = wireIdentifier(o, p.Identifier)
			}
			return w
		}),
		wires(o, h.Bridges, func(o Options, b cdp.Bridge) bridgeJSON {
			return bridgeJSON{b.Record.String(), wireIdentifier(o, b.Identifier), b.Class, b.WithRecord, b.WithValue}
		}), h.MoreBridges,
		wires(o, h.Apart, func(o Options, a cdp.ApartClaim) apartClaimJSON {
			return apartClaimJSON{wireIdentifier(o, a.Identifier), a.Standing, a.Reason, idsOf(a.Records), a.Others}
		}), lensOf(h.Lens), h.Partial}
}

type cutJSON struct {
	A           string           `json:"a,omitempty"`
	B           string           `json:"b,omitempty"`
	Claims      []cutClaimJSON   `json:"claims"`
	Identifiers []identifierJSON `json:"identifiers"`
	Pieces      []int            `json:"pieces"`
	Note        string           `json:"note,omitempty"`
}

type cutClaimJSON struct {
	Record     string         `json:"record"`
	Source     string         `json:"source,omitempty"`
	Key        string         `json:"key,omitempty"`
	KeyMasked  string         `json:"key_masked,omitempty"`
	Identifier identifierJSON `json:"identifier"`
	Class      string         `json:"class,omitempty"`
}

func wireCut(o Options, c cdp.CutAdvice) cutJSON {
	return cutJSON{idOf(c.A), idOf(c.B), wires(o, c.Claims, func(o Options, x cdp.CutClaim) cutClaimJSON {
		w := cutClaimJSON{Record: x.Record.String(), Source: string(x.Row.Source), Identifier: wireIdentifier(o, x.Identifier), Class: x.Class}
		w.Key, w.KeyMasked = o.wire(text.KindKey, x.Row.Key)
		return w
	}), wires(o, c.Values, wireIdentifier), numbers(c.Pieces), c.Note}
}

type radiusJSON struct {
	Profiles   []string              `json:"profiles"`
	Merged     stamp                 `json:"merged,omitempty"`
	Parted     stamp                 `json:"parted,omitempty"`
	Decision   string                `json:"decision,omitempty"`
	Recipients []radiusRecipientJSON `json:"recipients"`
	Shares     []radiusShareJSON     `json:"shares"`
	Entries    []entryJSON           `json:"entries"`
	Handled    []entryJSON           `json:"handled"`
	More       int                   `json:"more_entries"`
	Unmerged   []decidedRowJSON      `json:"rows"`
}

type radiusRecipientJSON struct {
	Recipient string   `json:"recipient,omitempty"`
	Shares    int      `json:"shares"`
	First     stamp    `json:"first,omitempty"`
	Last      stamp    `json:"last,omitempty"`
	Purposes  []string `json:"purposes"`
	Fields    []string `json:"fields"`
}

type radiusShareJSON struct {
	Share  shareJSON `json:"share"`
	Before bool      `json:"before"`
	Parts  bool      `json:"parts"`
}

func wireRadius(o Options, r cdp.Radius) radiusJSON {
	return radiusJSON{idsOf(r.Profiles), stampOf(r.Merged), stampOf(r.Parted), idOf(r.Decision),
		wires(o, r.Recipients, func(_ Options, x cdp.RadiusRecipient) radiusRecipientJSON {
			return radiusRecipientJSON{x.Recipient, x.Shares, stampOf(x.First), stampOf(x.Last), stringsOf(x.Purposes), stringsOf(x.Fields)}
		}),
		wires(o, r.Shares, func(o Options, s cdp.RadiusShare) radiusShareJSON {
			return radiusShareJSON{wireShare(o, s.Share), s.Before, s.Parts}
		}),
		wires(o, r.Entries, wireEntry), wires(o, r.Handled, wireEntry), r.More,
		wires(o, r.Unmerged, func(o Options, row cdp.Row) decidedRowJSON {
			x := decidedRowJSON{Source: string(row.Source)}
			x.Key, x.KeyMasked = o.wire(text.KindKey, row.Key)
			return x
		})}
}
