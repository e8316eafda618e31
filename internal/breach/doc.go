// Package breach says whom a personal data breach concerns, and by when it must
// be notified (GDPR Art. 33, 34). It is pure: facts in, a scope out.
//
// Persons are counted, not records or identifiers: records of one profile are
// one person. Records that belong to no profile are counted apart, because
// nobody knows how many persons they are; the sum of both is approximate.
//
// The trap: seventy-two hours are hours that pass. They run through nights,
// weekends and holidays, and a change of the clocks moves what the wall shows
// (Reg. 1182/71 Art. 3(1)).
package breach
