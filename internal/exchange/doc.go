// Package exchange writes what a person agreed to, refused and withdrew in the
// formats of other systems, so that the living profile can move there and
// back; the way back are the presets of ingest. It is pure.
//
// What a format can not carry is a loss, and every loss is named: a receipt has
// no state, a category is only yes or no, there are seven signals. Two
// things hold for every format and are tested as properties: what comes back
// differs from what went out exactly where a loss says so, and nothing comes
// back as a permission that did not go out as one. A place in a format that only
// this program reads is named as a loss, too, of the code "extension".
package exchange
