// Package policy answers whether something may be done with data about a
// person: hold, link, use, share, keep. It reads the activity register (GDPR
// Art. 30), folds consent events into their present standing, and judges by
// pure functions: no store, no clock, no randomness; the same question and the
// same facts give the same verdict, so a past decision can be judged again "as
// known then".
//
// Start with [Parse], [Decide] and [Admit]; [Fold] is the consent state
// machine. Nothing is allowed by default: no register, no entry, no basis, an
// unreadable consent or an unknown recipient each deny, with a reason and with
// what to do about it ([Todo]).
//
// The trap: a verdict is true for an instant. Until and a From that lies ahead
// say when time alone can change it; [cdp.Ruling.Due] is the earliest of them,
// and whoever stores a ruling must ask again then. The Facts of verdicts are
// shared between records: read them, never write to them.
package policy
