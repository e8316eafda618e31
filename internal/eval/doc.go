// Package eval measures how well records were put together: it compares the
// profiles in which they are with the clusters in which they should be.
//
// Two measures are given, since each hides what the other shows. Pairwise
// counts pairs of records and so is ruled by the largest clusters; B-cubed
// (Bagga and Baldwin, 1998) is the mean over records and so is ruled by the
// many small ones. What is worst in each direction is given by name, to be
// looked at.
//
// The package knows numbers only: memory is linear in the records, time that
// of sorting them.
package eval
