// Package graph keeps records, identifiers, claims, consents and what follows
// from them: who is who.
//
// A record has a head (claims, attributes, where it came from, how it was
// judged) and a tail (touchpoints, consents, shares). Heads of live records are
// clustered by component, so that one scan is a profile. A component is the
// set of records that active claims connect; its profile ids are minted once,
// keep their meaning through merge and split, and are never derived from a
// member.
//
// The graph judges nothing: each record comes with a [cdp.Ruling] of policy,
// and a claim links only where the ruling says so. Joining is confined to one
// controller by the key of an identifier's row.
//
// The trap: the fast paths here (a new record joins components without their
// being loaded) must stay equal to [partition], which is the meaning of
// "who is who"; a property test compares them over random histories.
package graph
