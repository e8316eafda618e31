// Package explain gives the reasons of a profile: by which chain of evidence
// two records are one, which claim or value holds it together, what would have
// to go for two records to part, and how dense the evidence is.
//
// It sees a component as numbers: records, the values they carry, and claims
// that link ("record R carries value V"). What does not link is left out by
// the caller. A person's word that two records are the same ties them too; no
// cut takes it back.
//
// Every answer is the same for the same graph, in whatever order its claims
// and values are numbered. Records of equal merit are told apart by number, so
// a caller numbers them by something that stays: their ids.
//
// Nothing recurses and all memory is linear, so that a component that went
// wrong (100,000 records on one device) can be explained like any other.
package explain
