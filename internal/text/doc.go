// Package text makes untrusted text safe to show: it sanitises, measures, cuts,
// masks and folds the strings that came from the customers' data.
//
// The trap: a terminal obeys what it is shown. A stored name can hold escape
// sequences, bidi overrides or invisible characters, and dropping them silently
// would hide from an auditor that the value is hostile. So nothing is dropped:
// every such character becomes a visible mark like ‹009B›, and only a Safe may
// reach a terminal. Stores, exports and copies keep the raw value (it is evidence).
package text
