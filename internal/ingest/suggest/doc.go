// Package suggest writes a first mapping for a file that no preset knows: it
// reads the names of columns in German, English, Romanian, Turkish and French
// and profiles their values, and gives its evidence for each line as a comment.
//
// The trap: a good guess is still a guess. What a consent's values mean, which
// basis, purpose and recipients apply, how long data are kept, who the
// controller is, in which zone times are written and in which order day and
// month stand when no value tells: all this is left blank on purpose, and
// mapping.Load refuses a file with blanks and points at them.
package suggest
