package report

import (
	"math"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

type neighbourhoodJSON struct {
	Profile     string           `json:"profile"`
	Hops        int              `json:"hops"`
	Identifiers []heldJSON       `json:"identifiers"`
	SentTo      []sentJSON       `json:"sent_to"`
	Shared      []sharingJSON    `json:"shared"`
	Hidden      int              `json:"hidden"`
	Lens        *lensJSON        `json:"lens,omitempty"`
	Partial     bool             `json:"partial"`
	Wide        []identifierJSON `json:"wide"`
}

type sentJSON struct {
	Recipient string `json:"recipient,omitempty"`
	Purpose   string `json:"purpose,omitempty"`
	Count     int    `json:"count"`
	Last      stamp  `json:"last,omitempty"`
}

type sharingJSON struct {
	Identifier identifierJSON `json:"identifier"`
	From       string         `json:"from,omitempty"`
	Profiles   []string       `json:"profiles"`
	Reason     string         `json:"reason,omitempty"`
	Hop        int            `json:"hop"`
}

func wireNeighbourhood(o Options, n cdp.Neighbourhood) neighbourhoodJSON {
	return neighbourhoodJSON{n.Centre.String(), n.Hops, wires(o, n.Held, wireHeld), wires(o, n.Down, wireSent), wires(o, n.Shared, wireSharing), n.Hidden, lensOf(n.Lens), n.Partial, wires(o, n.Wide, wireIdentifier)}
}

func wireSent(_ Options, d cdp.Downstream) sentJSON {
	return sentJSON{d.Recipient, string(d.Purpose), d.Count, stampOf(d.Last)}
}

func wireSharing(o Options, s cdp.Sharing) sharingJSON {
	return sharingJSON{wireIdentifier(o, s.Identifier), idOf(s.From), idsOf(s.Profiles), s.Reason, s.Hop}
}

type hitJSON struct {
	Profile    string      `json:"profile"`
	Name       string      `json:"name,omitempty"`
	NameMasked string      `json:"name_masked,omitempty"`
	City       string      `json:"city,omitempty"`
	CityMasked string      `json:"city_masked,omitempty"`
	Country    string      `json:"country,omitempty"`
	Score      float64     `json:"score"`
	Matched    []matchJSON `json:"matched"`
	Records    int         `json:"records"`
	Sources    []string    `json:"sources"`
	Bases      []string    `json:"bases"`
	Seen       stamp       `json:"seen,omitempty"`
}

type matchJSON struct {
	Field          string   `json:"field,omitempty"`
	Fragment       string   `json:"fragment,omitempty"`
	FragmentMasked string   `json:"fragment_masked,omitempty"`
	Spans          [][2]int `json:"spans"`
}

func wireHit(o Options, h cdp.Hit) hitJSON {
	w := hitJSON{Profile: h.Profile.String(), Country: h.Country, Score: finite(h.Score), Matched: wires(o, h.Matched, wireMatch), Records: h.Records,
		Sources: stringsOf(h.Sources), Bases: stringsOf(h.Bases), Seen: stampOf(h.Seen)}
	w.Name, w.NameMasked = o.wire(text.KindName, h.Name.Reveal())
	w.City, w.CityMasked = o.wire(text.KindName, h.City.Reveal())
	return w
}

// wireMatch keeps the spans only where the fragment they count in is shown.
func wireMatch(o Options, m cdp.Match) matchJSON {
	w := matchJSON{Field: m.Field, Spans: [][2]int{}}
	w.Fragment, w.FragmentMasked = o.wire(text.KindText, m.Fragment.Reveal())
	if w.Fragment != "" {
		w.Spans = append(w.Spans, m.Spans...)
	}
	return w
}

// finite keeps what JSON can not say out of it, rounded so that the last bits
// of a sum do not show.
func finite(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	if r := math.Round(f*1e6) / 1e6; !math.IsInf(r, 0) {
		return r
	}
	return f
}

type searchJSON struct {
	Total   int         `json:"total"`
	Partial string      `json:"partial,omitempty"`
	Behind  uint64      `json:"behind"`
	Hits    []hitJSON   `json:"hits"`
	Facets  []facetJSON `json:"facets"`
	Lens    *lensJSON   `json:"lens,omitempty"`
}

type facetJSON struct {
	Name   string           `json:"name,omitempty"`
	Values []facetValueJSON `json:"values"`
}

type facetValueJSON struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

func wireSearch(o Options, a cdp.SearchAnswer) searchJSON {
	return searchJSON{a.Total, a.Partial, a.Behind, wires(o, a.Hits, wireHit), wires(o, a.Facets, func(o Options, f cdp.Facet) facetJSON {
		return facetJSON{f.Name, wires(o, f.Values, func(_ Options, v cdp.FacetValue) facetValueJSON { return facetValueJSON{v.Value, v.Count} })}
	}), lensOf(a.Lens)}
}

type sourceJSON struct {
	Source       string   `json:"source"`
	System       string   `json:"system,omitempty"`
	Kind         string   `json:"kind,omitempty"`
	Owner        string   `json:"owner,omitempty"`
	Controller   string   `json:"controller,omitempty"`
	Country      string   `json:"country,omitempty"`
	Collection   string   `json:"collection,omitempty"`
	Activities   []string `json:"activities"`
	LinkActivity string   `json:"link_activity,omitempty"`
	InRegister   bool     `json:"in_register"`
	Records      int      `json:"records"`
	Touchpoints  int      `json:"touchpoints"`
	Quarantined  int      `json:"quarantined"`
	HeldApart    int      `json:"held_apart"`
	Rejects      int      `json:"rejects"`
	Batches      int      `json:"batches"`
	Last         stamp    `json:"last,omitempty"`
}

func wireSource(_ Options, s cdp.SourceStat) sourceJSON {
	x := s.Source
	return sourceJSON{string(x.ID), x.System, x.Kind, x.Owner, x.Controller, x.Country, x.Collection, stringsOf(x.Activities), string(x.Link), s.Known,
		s.Records, s.Touchpoints, s.Quarantined, s.Apart, s.Rejects, s.Batches, stampOf(s.Last)}
}

type batchJSON struct {
	Batch       string     `json:"batch,omitempty"`
	Source      string     `json:"source,omitempty"`
	File        string     `json:"file,omitempty"`
	SHA256      string     `json:"sha256,omitempty"`
	Mapping     string     `json:"mapping,omitempty"`
	Preset      string     `json:"preset,omitempty"`
	Begun       stamp      `json:"begun,omitempty"`
	Done        stamp      `json:"done,omitempty"`
	Rows        int        `json:"rows"`
	Admitted    int        `json:"admitted"`
	Quarantined int        `json:"quarantined"`
	Refused     int        `json:"refused"`
	Unchanged   int        `json:"unchanged"`
	Superseding int        `json:"superseding"`
	Rejected    int        `json:"rejected"`
	Dropped     int        `json:"dropped"`
	Balanced    bool       `json:"balanced"`
	HeldApart   int        `json:"held_apart"`
	Evidence    int        `json:"evidence_only"`
	Deleted     int        `json:"deleted"`
	Older       int        `json:"older"`
	Touchpoints int        `json:"touchpoints"`
	Consents    int        `json:"consents"`
	Shares      int        `json:"shares"`
	NewProfiles int        `json:"new_profiles"`
	Merged      int        `json:"merged"`
	Split       int        `json:"split"`
	Released    int        `json:"released"`
	Notes       []noteJSON `json:"notes"`
}

type noteJSON struct {
	Code  string `json:"code,omitempty"`
	Field string `json:"field,omitempty"`
	Text  string `json:"text,omitempty"`
	Count int    `json:"count"`
}

func wireBatch(o Options, r cdp.Receipt) batchJSON {
	return batchJSON{idOf(r.Batch), string(r.Source), r.File, r.FileHash, r.Mapping, r.Preset, stampOf(r.Begun), stampOf(r.Done),
		r.Rows, r.Admitted, r.Quarantined, r.Refused, r.Unchanged, r.Superseding, r.Rejected, r.Dropped, r.Balanced(),
		r.HeldApart, r.Evidence, r.Deleted, r.Older, r.Touchpoints, r.Consents, r.Shares, r.NewProfiles, r.Merged, r.Split, r.Released,
		wires(o, r.Notes, func(_ Options, n cdp.Note) noteJSON { return noteJSON{n.Code, n.Field, n.Text, n.Count} })}
}

type statsJSON struct {
	At           stamp              `json:"at,omitempty"`
	Profiles     int                `json:"profiles"`
	Records      int                `json:"records"`
	Versions     int                `json:"versions"`
	Identifiers  int                `json:"identifiers"`
	Touchpoints  int                `json:"touchpoints"`
	Consents     int                `json:"consents"`
	Shares       int                `json:"shares"`
	Quarantined  int                `json:"quarantined"`
	HeldApart    int                `json:"held_apart"`
	Rejects      int                `json:"rejects"`
	Batches      int                `json:"batches"`
	Merges       int                `json:"merges"`
	Splits       int                `json:"splits"`
	Largest      string             `json:"largest,omitempty"`
	LargestSize  int                `json:"largest_size"`
	LargestBound bool               `json:"largest_bound"`
	SizeClasses  []sizeClassJSON    `json:"size_classes"`
	JournalSeq   uint64             `json:"journal_seq"`
	IndexSeq     uint64             `json:"index_seq"`
	DiskBytes    int64              `json:"disk_bytes"`
	Register     string             `json:"register,omitempty"`
	RegisterFrom stamp              `json:"register_from,omitempty"`
	Sources      []sourceJSON       `json:"sources"`
	ByPurpose    []consentCountJSON `json:"consents_by_purpose"`
	SentTo       []sentJSON         `json:"sent_to"`
}

type sizeClassJSON struct {
	Records  string `json:"records"`
	Profiles int    `json:"profiles"`
}

type consentCountJSON struct {
	Purpose string `json:"purpose,omitempty"`
	Given   int    `json:"given"`
	Refused int    `json:"refused"`
	Other   int    `json:"other"`
}

func wireStats(o Options, s cdp.Stats) statsJSON {
	classes := make([]sizeClassJSON, 0, len(s.SizeClasses))
	for i, n := range s.SizeClasses {
		if i < len(sizeClasses()) {
			classes = append(classes, sizeClassJSON{sizeClasses()[i], n})
		}
	}
	return statsJSON{stampOf(s.At), s.Profiles, s.Records, s.Versions, s.Identifiers, s.Touchpoints, s.Consents, s.Shares, s.Quarantined, s.Apart,
		s.Rejects, s.Batches, s.Merges, s.Splits, idOf(s.Largest), s.LargestSize, s.LargestBound, classes, s.JournalSeq, s.IndexSeq, s.DiskBytes, s.Register,
		stampOf(s.RegisterFrom), wires(o, s.Sources, wireSource),
		wires(o, s.Consent, func(_ Options, c cdp.ConsentCount) consentCountJSON {
			return consentCountJSON{string(c.Purpose), c.Given, c.Refused, c.Other}
		}), wires(o, s.Shared, wireSent)}
}

type checkJSON struct {
	Records     int           `json:"records"`
	Profiles    int           `json:"profiles"`
	Identifiers int           `json:"identifiers"`
	Problems    []problemJSON `json:"problems"`
}

type problemJSON struct {
	Code string  `json:"code,omitempty"`
	Ref  refJSON `json:"ref,omitzero"`
	Text string  `json:"text,omitempty"`
}

func wireCheck(c cdp.CheckReport) checkJSON {
	return checkJSON{c.Records, c.Profiles, c.Identifiers, wires(Options{}, c.Problems, func(_ Options, p cdp.Problem) problemJSON {
		return problemJSON{p.Code, wireRef(p.Ref), p.Text}
	})}
}
