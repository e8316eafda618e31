// Package widget holds the parts screens are made of: table, tree, text view,
// filter list, prompt, facets, tabs, toasts, confirmation, frames and layout.
// It knows no words of the trade. Each widget is a struct with methods; the
// program has one Bubble Tea model, its root.
//
// A widget's View has exactly the width and height given to SetSize, so that
// views can be put side by side as they are. It is kept until something
// changes, because Bubble Tea draws after every message.
//
// The trap: reads happen in tea.Cmds only, and Bubble Tea cancels none. So a
// widget's reads live in the context given to Open or Resume, Close ends them,
// and an answer is taken only while its generation lasts. Every message that a
// screen does not know must be offered to the Update of its widgets, hidden
// ones included.
package widget
