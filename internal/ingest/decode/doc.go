// Package decode turns the files that systems export into rows: CSV, NDJSON,
// JSON documents and vCards, plain or gzip or zstd, in the charsets still met
// in Europe. It knows nothing of customers or mappings.
//
// A file is read once, front to back, in bounded memory. Whatever can be told
// apart as one row comes out as one: as a [Row], or as a [RowError] that says
// what is wrong with it, after which reading goes on. Only damage after which
// the rows can no longer be told apart ends the file with a [FileError].
//
// The trap: a lenient reader invents data. Duplicate or case-folded JSON keys,
// replacement characters, cut rows and widths made to fit can each turn a
// refusal into a consent, so all of them are errors here, and what had to be
// guessed (a charset without a mark) is said in [Info].
package decode
