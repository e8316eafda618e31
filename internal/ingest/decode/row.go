package decode

import "slices"

// rawMax is how much of a row is kept as text.
const rawMax = 64 << 10

// A Header names the columns of a CSV.
type Header struct {
	// Names are unique: a name met again becomes name#2, name#3 ..., a missing
	// one col3 (its place). Space around a name is removed.
	Names []string
	// Raw is the header row as read; nil when the file has none. Written before
	// a RowError's Raw it makes a file that can be read again.
	Raw []byte
	Sep rune

	index map[string]int
	null  []string
}

// Index returns the place of a column.
func (h *Header) Index(name string) (int, bool) {
	i, ok := h.index[name]
	return i, ok
}

// A Row is one row of a file. Its parts share memory: read them only.
type Row struct {
	Line   int   // 1-based physical line of its beginning
	Num    int   // 1-based number among rows and bad rows
	Offset int64 // of its beginning in the decoded text, in bytes

	Header *Header  // CSV
	Cells  []string // CSV: as long as Header.Names, or as the row if Options.Ragged

	// Tree is the row of a JSON file: map[string]any holding map[string]any,
	// []any, string, json.Number, bool and nil. A vCard is such a map too, from
	// property name in lower case to its occurrences in order:
	//
	//	{"version": "4.0",
	//	 "tel": [{"value": "+49 171 1234567", "type": ["cell","pref"], "params": {"pref": ["1"]}, "group": "item1"}],
	//	 "n":   [{"value": "Doe;John;;;", "parts": ["Doe","John","","",""], "type": [], "params": {}}]}
	//
	// type holds the TYPE parameters in lower case; params the others, by lower-case
	// name; parts the fields of N, ADR, ORG and GENDER; group is there when given.
	Tree any

	Raw []byte // as read, cut at 64 KiB; personal data

	// Envelope holds the fields of a JSON document around its array of rows,
	// without that array. All rows share it.
	Envelope map[string]any
}

// Cell returns cell i of a CSV row; ok is false when there is no such cell or
// it holds one of Options.Null.
func (r Row) Cell(i int) (v string, ok bool) {
	if i < 0 || i >= len(r.Cells) {
		return "", false
	}
	v = r.Cells[i]
	if r.Header != nil && slices.Contains(r.Header.null, v) {
		return "", false
	}
	return v, true
}

// Get returns the value at a path; ok is false when there is none. A value
// that is there but null (JSON null, a cell listed in Options.Null) is nil, true.
//
// In a CSV row the path is the exact name of a column. In a tree it is keys joined by dots, each
// followed by any number of [n] counted from 0; a key that holds a dot, a bracket or a
// quote is written in double quotes, with \" and \\ inside:
//
//	traits.address.city
//	email[0].value
//	"xdm:consents"."xdm:collect"."xdm:val"
//	consents."example/newsletter".status
func (r Row) Get(path string) (v any, ok bool) {
	if r.Header != nil {
		i, found := r.Header.index[path]
		if !found || i >= len(r.Cells) {
			return nil, false
		}
		c, there := r.Cell(i)
		if !there {
			return nil, true
		}
		return c, true
	}
	return walk(r.Tree, path)
}
