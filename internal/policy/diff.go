package policy

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"cdp-tui/internal/rulefile"
)

// A Change is one thing that differs between two versions of a register.
type Change struct {
	Kind  string // register, controller, purpose, notice, recipient, activity, source, ...
	ID    string // of the entry; "" for the register itself
	Field string // as the file names it: "retention.period"; "" when the whole entry is new or gone
	Old   string // "" when it was not said
	New   string // "" when it is not said any more
}

// String is the change in words, for a reviewer.
func (c Change) String() string {
	name := c.Kind
	if c.ID != "" {
		name += " " + c.ID
	}
	if c.Field == "" {
		if c.Old == "" {
			return name + " is new: " + c.New
		}
		return name + " is gone: " + c.Old
	}
	field := strings.NewReplacer("_", " ", ".", " ").Replace(c.Field)
	switch {
	case c.Old == "":
		return name + ": " + field + " is now said: " + c.New
	case c.New == "":
		return name + ": " + field + " is no longer said; it was " + c.Old
	}
	if gone, added := lists(c.Old, c.New); gone != "" || added != "" {
		var parts []string
		if added != "" {
			parts = append(parts, "adds "+added)
		}
		if gone != "" {
			parts = append(parts, "drops "+gone)
		}
		return name + ": " + field + " " + strings.Join(parts, " and ")
	}
	return name + ": " + field + " is " + c.New + ", was " + c.Old
}

// lists returns what two texts differ in when either is a list.
func lists(old, now string) (gone, added string) {
	a, b := strings.Split(old, listed), strings.Split(now, listed)
	if len(a) == 1 && len(b) == 1 {
		return "", ""
	}
	without := func(list, other []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }), listed)
	}
	return without(a, b), without(b, a)
}

// listed stands between the parts of a list.
const listed = ", "

// Diff returns what changes from one version of the register to another: every
// entry that is new or gone, and every field of the others that differs, in the
// order of the sections and ids. The order of entries and of lists in the files
// does not matter. A nil register has no entries. Whether something may be done
// that could not be before is not told from the text: see what a simulation
// over the store says.
func Diff(old, now *Register) []Change {
	var out []Change
	a, b := sections(old), sections(now)
	for _, s := range sectionNames() {
		out = append(out, diffSection(s, a[s], b[s])...)
	}
	return out
}

// An entry is an item of a section: its id, and its fields in order.
type entry struct {
	id     string
	fields []diffField
}

type diffField struct{ name, text string }

func (e *entry) get(name string) string {
	for _, f := range e.fields {
		if f.name == name {
			return f.text
		}
	}
	return ""
}

// gist is an entry in a line: what it says first.
func (e *entry) gist() string {
	var parts []string
	for _, f := range e.fields {
		if f.name != "id" && len(parts) < 4 {
			parts = append(parts, strings.NewReplacer("_", " ", ".", " ").Replace(f.name)+" "+f.text)
		}
	}
	return cmp.Or(strings.Join(parts, "; "), "nothing is said of it")
}

func diffSection(kind string, a, b []entry) (out []Change) {
	find := func(list []entry, id string) *entry {
		for i := range list {
			if list[i].id == id {
				return &list[i]
			}
		}
		return nil
	}
	var known []string
	for _, e := range slices.Concat(a, b) {
		if !slices.Contains(known, e.id) {
			known = append(known, e.id)
		}
	}
	slices.Sort(known)
	for _, id := range known {
		x, y := find(a, id), find(b, id)
		switch {
		case x == nil && id != "":
			out = append(out, Change{Kind: kind, ID: id, New: y.gist()})
			continue
		case y == nil && id != "":
			out = append(out, Change{Kind: kind, ID: id, Old: x.gist()})
			continue
		}
		if x == nil {
			x = &entry{}
		}
		if y == nil {
			y = &entry{}
		}
		var names []string
		for _, f := range slices.Concat(y.fields, x.fields) {
			if !slices.Contains(names, f.name) {
				names = append(names, f.name)
			}
		}
		for _, name := range names {
			if was, is := x.get(name), y.get(name); was != is {
				out = append(out, Change{Kind: kind, ID: id, Field: name, Old: was, New: is})
			}
		}
	}
	return out
}

func singular(tag string) string {
	switch tag {
	case "ages_of_consent":
		return "age of consent"
	case "activities":
		return "activity"
	case "compatibility":
		return "compatibility assessment"
	}
	return strings.TrimSuffix(strings.ReplaceAll(tag, "_", " "), "s")
}

// tagOf returns the name of a field in the file, "" for one that is not there.
func tagOf(f reflect.StructField) string {
	tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return tag
}

// isSection reports whether a field of the register is a list of entries.
func isSection(f reflect.StructField) bool {
	return tagOf(f) != "" && f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct
}

func sectionNames() []string {
	out := []string{"register"}
	t := reflect.TypeFor[Register]()
	for i := range t.NumField() {
		if f := t.Field(i); isSection(f) {
			out = append(out, singular(tagOf(f)))
		}
	}
	return out
}

// sections reads a register as what its file says: every field, so that none
// is forgotten when the register learns to say more.
func sections(r *Register) map[string][]entry {
	out := map[string][]entry{}
	if r == nil {
		return out
	}
	v := reflect.ValueOf(r).Elem()
	var top entry
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case tagOf(f) == "":
		case isSection(f):
			for k := range v.Field(i).Len() {
				var e entry
				e.flatten("", v.Field(i).Index(k))
				e.id = e.get("id")
				if e.id == "" { // an age of consent
					e.id = cmp.Or(e.get("country"), "elsewhere") + " from " + e.get("valid_from")
				}
				out[singular(tagOf(f))] = append(out[singular(tagOf(f))], e)
			}
		default:
			top.flatten(tagOf(f), v.Field(i))
		}
	}
	out["register"] = []entry{top}
	return out
}

// flatten adds what a value says, under its path.
func (e *entry) flatten(path string, v reflect.Value) {
	switch x := v.Interface().(type) {
	case rulefile.Date:
		if !x.IsZero() {
			e.put(path, x.String())
		}
		return
	case rulefile.Period:
		if !x.IsZero() {
			e.put(path, x.String())
		}
		return
	case *bool:
		if x != nil {
			e.put(path, map[bool]string{true: "yes", false: "no"}[*x])
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			n := len(e.fields)
			if e.flatten(path, v.Elem()); len(e.fields) == n { // said, and empty
				e.put(path, "said")
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if tag := tagOf(v.Type().Field(i)); tag != "" {
				e.flatten(strings.TrimPrefix(path+"."+tag, "."), v.Field(i))
			}
		}
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Struct {
				var part entry
				part.flatten("", v.Index(i))
				parts = append(parts, part.gist())
				continue
			}
			parts = append(parts, fmt.Sprint(v.Index(i)))
		}
		slices.Sort(parts)
		e.put(path, strings.Join(parts, listed))
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
		for _, k := range keys {
			e.flatten(path+"."+k.String(), v.MapIndex(k))
		}
	case reflect.Bool:
		if v.Bool() {
			e.put(path, "yes")
		}
	default:
		if !v.IsZero() {
			e.put(path, fmt.Sprint(v))
		}
	}
}

func (e *entry) put(path, text string) {
	if text != "" {
		e.fields = append(e.fields, diffField{path, text})
	}
}
