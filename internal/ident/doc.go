// Package ident turns identifiers as sources write them into canonical ones,
// so that two spellings of one address or number are one value in the graph,
// and names those that must not join people: placeholders ("n/a",
// test@test.com, 000-000-0000) and values that many share (info@, 0800).
//
// The trap: a missed link costs a second look, a false one shows a person the
// data of another. Where a rule could go either way it therefore keeps values
// apart: dots and tags in the local part of an e-mail address stay, an
// extension stays part of a phone number, ids whose case or separators may
// matter are left as they are, and an id without its issuer is no identifier.
//
// Reading, by a [Canonicaliser], is fixed by the lists of the program; what
// joins is judged by the lists in force at a store, by a [Marker].
package ident
