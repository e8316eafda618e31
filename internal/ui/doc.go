// Package ui is the console: one Bubble Tea program that shows what a Desk knows
// and asks it to act. Screens are plain structs; the root Model is the only
// Bubble Tea model, keys live in binding tables from which help, hints and
// palette are made, and every place has an address ("profile?P-0000007&tab=3")
// from which it can be opened again.
//
// The trap: nothing here may read in Update or View, and nothing that came from
// a source may reach the terminal but as a text.Safe, masked unless a reveal
// was logged first. So reads are commands (see load and list), and data become
// text in show, nowhere else.
package ui
