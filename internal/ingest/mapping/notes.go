package mapping

import "cdp-tui/internal/cdp"

// maxNotes bounds how many different notes one file can cause.
const maxNotes = 500

// notes counts what is to be said about a delivery as a whole.
type notes struct {
	list []cdp.Note
	at   map[note]int
}

type note struct{ code, field, text string }

func (n *notes) add(code, field, text string, count int) {
	k := note{code, field, text}
	i, known := n.at[k]
	if !known {
		if len(n.list) >= maxNotes {
			k = note{"notes", "", "further notes, not kept one by one"}
			i, known = n.at[k]
		}
		if !known {
			if n.at == nil {
				n.at = map[note]int{}
			}
			i = len(n.list)
			n.at[k] = i
			n.list = append(n.list, cdp.Note{Code: k.code, Field: k.field, Text: k.text})
		}
	}
	n.list[i].Count += count
}

func (n *notes) take() []cdp.Note {
	out := n.list
	n.list = nil
	clear(n.at)
	return out
}
