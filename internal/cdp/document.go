package cdp

import "time"

// A Document is what the full-text index is told of a profile. It holds no
// identifiers: the store looks those up itself.
//
// Texts and names are untrusted and personal. Lists need not be sorted; the
// first name and the first city are those shown in a list of hits.
type Document struct {
	Profile ProfileID

	Names     []Value // whole names as delivered; where a source delivers parts, given name and family name joined
	Cities    []Value
	Countries []string // ISO 3166-1 alpha-2, or as delivered
	Texts     []Value  // free text of touchpoints: reviews, chats, notes
	Records   []Value  // keys of its records in their sources
	Segments  []Value

	Sources    []SourceID
	Channels   []Channel
	Bases      []BasisKind
	Consents   []DocumentConsent
	Kinds      []Kind   // of identifiers
	TouchKinds []string // kinds of touchpoints
	Seen       time.Time
	Size       int // records
}

// A DocumentConsent is the state of a profile's consent for a purpose, one for
// each endpoint and state.
type DocumentConsent struct {
	Purpose PurposeID
	State   ConsentState
}
