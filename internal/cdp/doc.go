// Package cdp holds the words of the program: one type per thing of the
// trade, and the plain values that cross from one room to another. It uses
// only the standard library and does nothing with them.
//
// Where the W3C Data Privacy Vocabulary (DPV 2.3), ISO/IEC TS 27560 or OpenDSR
// have a term for a thing, the word is theirs.
//
// The trap: values about a person must not leak sideways. [Identifier] and
// [Value] therefore print redacted under every fmt verb, in errors, in slog
// and in JSON; only their Reveal methods give the text, and whoever calls
// Reveal answers for where it goes.
package cdp
