// Package card puts a card, the six answers to "why do you have this", into
// words: sections and lines in English, German, Romanian and Turkish. Reports
// print them and the console shows them. It is pure, and decides nothing: what
// is unknown comes with the card.
//
// The trap: a line is made of parts, and what a source delivered stays apart
// from the program's words until whoever shows it has masked it.
package card
