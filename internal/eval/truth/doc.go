// Package truth reads truth files: which records of which sources are known to
// be one person. One row a record, as CSV (any separator), NDJSON or JSON, plain
// or packed.
//
// The trap: a row that is read wrong or not at all makes a measure look better
// or worse than it is. So nothing is guessed but the names of columns, which
// are said, and every row that can not be used is counted with its line.
package truth
