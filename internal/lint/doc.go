// Package lint finds what is unlawful, late or drifting before a regulator
// does. It is pure: facts in, findings out. steward gathers the facts in one
// pass over the store and keeps what is found.
//
// A rule looks at one of five things: the register with what the store was
// seen to do, a source, a record, a profile, a share. Its words, its severity
// and the numbers of law it counts with stand in rules.yaml. Whether something
// was lawful at a time is never said here: [policy.Decide] says it, and the
// rules say which of its answers an officer should see.
//
// The trap: a finding must not hold a personal value, so the facts of one are
// ids, names of the register, times and versions.
package lint
