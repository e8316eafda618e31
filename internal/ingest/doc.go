// Package ingest brings the files of source systems to the gate of the store:
// it recognises a file ([Detect]) or takes the mapping it is given, decodes
// and maps it ([Run]), and hands over batches in which every row is exactly
// one of a record, a reject or a drop. Presets for known systems are embedded.
//
// The trap: the count must close. A row that is neither admitted nor reported
// is a person who is held without anyone knowing, so Run compares what the
// decoder counted with what the gate accounted for and fails when they differ.
package ingest
