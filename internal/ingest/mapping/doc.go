// Package mapping is the language in which a person says how the rows of one
// source become records: one strict YAML file per source, reviewed like a
// contract because consents, grounds and shares are read by it. [Load] checks
// a file as a whole and points at every mistake with line and caret; a
// [Mapper] then turns each row into exactly one of a record, a reject or a drop.
//
// Nothing is guessed and nothing is lost silently: a time that fits no layout
// or an expression that fails rejects its row; a value missing from a map is
// noted and, for a consent, becomes an unreadable statement; an identifier
// that can not be read stays as an attribute.
//
// The trap: what must never be stored (password hashes, tokens, card numbers)
// has to go before anything else sees the row. A Mapper hides such columns and
// values first, from expressions and rejects as well; whoever handles a row
// outside of it has not had that done.
package mapping
