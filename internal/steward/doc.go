// Package steward is the only hand that changes data, and the only eye that
// reads personal data: it asks policy, acts on the graph and writes the log
// entry, in one transaction.
//
// Whoever acts holds a [Desk], which [Steward.As] gives for an actor. Its
// methods take and return plain values of package cdp. A read is logged once
// per page, search, export or command, before its answer is returned: if it
// can not be logged, nothing is shown.
//
// The trap: the functions given to the graph may run more than once; what they
// count they reset first.
package steward
