// Package search finds profiles by what is written about them: names, cities,
// free text, keys of records, and the dimensions an officer filters by. It is
// the door to Bleve, follows the journal of the store through a [Feed] it
// declares, and holds nothing that can not be rebuilt from there.
//
// One document per profile, with inverted lists only: no stored fields, no
// doc values, no numbers, no dates, no identifiers. A query is evaluated by
// this package on the segments' bitmaps, so that a hit list of any length is
// counted, faceted and ranked in milliseconds: sizes, days and the facets are
// terms of one field, and counting a facet is a cardinality of two bitmaps.
// The journal position is written in the batch of the documents.
//
// The traps:
//
//   - Bleve never syncs index_meta.json after creating an index; a power cut in
//     the first seconds would leave an index that can not be opened. Here the
//     files and directories are synced before the index is named in CURRENT.
//   - A damaged or truncated file is mapped into memory: reading it raises
//     SIGBUS, which recover does not see unless [runtime/debug.SetPanicOnFault]
//     is on. It is on in Open and Search, which answer with [ErrRebuild]; the
//     background goroutines of Bleve are out of reach. Open also compares each
//     segment with its checksum.
//   - Deleted text stays in the segments until they are merged. A [Index.Rebuild]
//     writes a new directory and removes the old one.
package search
