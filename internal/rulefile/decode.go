package rulefile

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Unmarshaler reads itself from a rule file, for values that can be written
// in more than one form. It calls decode for each form it knows, with a pointer
// to receive it, and returns nil or the error of the form that was meant. The
// errors of decode carry the place; others are given the place of the value.
type Unmarshaler interface {
	UnmarshalYAML(decode func(into any) error) error
}

// Decode fills the value that into points to, which keeps what the file does
// not mention. It understands structs, maps with text keys, slices, pointers,
// text, booleans, numbers, any, [Unmarshaler] and encoding.TextUnmarshaler.
//
// Struct fields are named by their tag, `yaml:"name"`, or else by their Go name
// in lower case; "-" leaves a field out, and the options are `,inline` for a
// struct whose fields stand beside the others, and `,required`.
//
// The error is an *[Error] or [Errors], unless into itself cannot be filled.
func (f *File) Decode(into any) error {
	return f.decode(f.root, into)
}

func (f *File) decode(n *node, into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("rulefile: cannot decode into %T: not a pointer", into)
	}
	d := decoder{f: f}
	d.value(n, v.Elem())
	if d.unfit != nil {
		return d.unfit
	}
	return Join(d.errs...)
}

type decoder struct {
	f     *File
	errs  []*Error
	unfit error // the Go type cannot be filled: a mistake in the program
}

func (d *decoder) add(pos Position, hint, format string, args ...any) {
	e := d.f.errorAt(pos, format, args...)
	e.Hint = hint
	d.errs = append(d.errs, e)
}

func (d *decoder) value(n *node, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		if n.null {
			v.SetZero()
			return
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.value(n, v.Elem())
		return
	}
	if v.Kind() == reflect.Interface && v.NumMethod() == 0 {
		if x := d.free(n); x != nil {
			v.Set(reflect.ValueOf(x))
		} else {
			v.SetZero()
		}
		return
	}
	if v.CanAddr() {
		if u, ok := v.Addr().Interface().(Unmarshaler); ok {
			d.custom(n, u)
			return
		}
	}
	if n.null {
		d.add(n.pos, `fill it in or remove it; for the word itself write "null" in quotes`, "a value is missing here")
		return
	}
	if v.CanAddr() {
		if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
			d.textual(n, u)
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Map:
		d.dictionary(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.String:
		if d.single(n, "text") {
			v.SetString(n.text)
		}
	case reflect.Bool:
		d.boolean(n, v)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		d.number(n, v)
	default:
		d.unfit = fmt.Errorf("rulefile: cannot decode into Go type %s", v.Type())
	}
}

func (d *decoder) custom(n *node, u Unmarshaler) {
	err := u.UnmarshalYAML(func(into any) error { return d.f.decode(n, into) })
	var all Errors
	var one *Error
	switch {
	case err == nil:
	case errors.As(err, &all):
		d.errs = append(d.errs, all...)
	case errors.As(err, &one):
		d.errs = append(d.errs, one)
	default:
		d.add(n.pos, "", "%v", err)
	}
}

func (d *decoder) textual(n *node, u encoding.TextUnmarshaler) {
	if !d.single(n, "a single value") {
		return
	}
	err := u.UnmarshalText([]byte(n.text))
	if err == nil {
		return
	}
	if _, ok := u.(*time.Time); ok {
		d.add(n.pos, "write it as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00 (RFC 3339)", "%s is not a point in time", quote(n.text))
		return
	}
	d.add(n.pos, "", "%v", err)
}

// single reports whether n is one value, and complains if not.
func (d *decoder) single(n *node, wanted string) bool {
	switch n.shape {
	case list:
		d.add(n.pos, "", "%s is wanted here, not a list", wanted)
		return false
	case mapping:
		d.add(n.pos, "", "%s is wanted here, not a group of fields", wanted)
		return false
	}
	return true
}

func (d *decoder) boolean(n *node, v reflect.Value) {
	if !d.single(n, "true or false") {
		return
	}
	switch {
	case n.shape == plain && n.text == "true":
		v.SetBool(true)
	case n.shape == plain && n.text == "false":
		v.SetBool(false)
	default:
		hint := ""
		switch strings.ToLower(n.text) {
		case "yes", "on", "y", "true":
			hint = "write true, in small letters and without quotes"
		case "no", "off", "n", "false":
			hint = "write false, in small letters and without quotes"
		}
		d.add(n.pos, hint, "true or false is wanted here, not %s", quote(n.text))
	}
}

// Numbers are decimal. 010 is eight in YAML 1.1 and ten in YAML 1.2, 1_000 a
// thousand or a word: such forms are refused, not interpreted.
var (
	wholeNumber   = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,18})$`)
	decimalNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,30})?$`)
	likeNumber    = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?$|^[-+]?0[xob][0-9a-fA-F_]+$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$|^[-+]?\.[0-9]+([eE][-+]?[0-9]+)?$`)
)

func (d *decoder) number(n *node, v reflect.Value) {
	whole := !v.CanFloat()
	wanted, form := "a number", decimalNumber
	if whole {
		wanted, form = "a whole number", wholeNumber
	}
	if !d.single(n, wanted) {
		return
	}
	switch {
	case n.shape == quoted && form.MatchString(n.text):
		d.add(n.pos, "remove the quotes", "%s is wanted here, not text", wanted)
		return
	case n.shape == quoted || !form.MatchString(n.text):
		hint := ""
		if likeNumber.MatchString(n.text) {
			hint = "write it in plain decimal digits, without leading zeros, signs or underscores"
		}
		d.add(n.pos, hint, "%s is wanted here, not %s", wanted, quote(n.text))
		return
	}
	fits := false
	switch {
	case v.CanInt():
		i, err := strconv.ParseInt(n.text, 10, 64)
		if fits = err == nil && !v.OverflowInt(i); fits {
			v.SetInt(i)
		}
	case v.CanUint():
		u, err := strconv.ParseUint(n.text, 10, 64)
		if fits = err == nil && !v.OverflowUint(u); fits {
			v.SetUint(u)
		}
	default:
		x, err := strconv.ParseFloat(n.text, 64)
		if fits = err == nil && !v.OverflowFloat(x); fits {
			v.SetFloat(x)
		}
	}
	if !fits {
		d.add(n.pos, "", "%s is out of range here", quote(n.text))
	}
}

func (d *decoder) slice(n *node, v reflect.Value) {
	if n.shape != list {
		d.add(n.pos, `begin each item with "- ", or write [a, b]`, "a list is wanted here")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		d.value(item, out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) dictionary(n *node, v reflect.Value) {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		d.unfit = fmt.Errorf("rulefile: cannot decode into Go type %s: keys are text", t)
		return
	}
	if n.shape != mapping {
		d.add(n.pos, `write one "name: value" a line`, "named values are wanted here")
		return
	}
	out := reflect.MakeMapWithSize(t, len(n.fields))
	for _, fl := range n.fields {
		val := reflect.New(t.Elem()).Elem()
		d.value(fl.val, val)
		out.SetMapIndex(reflect.ValueOf(fl.name).Convert(t.Key()), val)
	}
	v.Set(out)
}

// A slot is where a field of the file goes in a struct.
type slot struct {
	name     string
	index    []int
	required bool
}

func slots(t reflect.Type, index []int) []slot {
	var out []slot
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if name == "-" || !sf.IsExported() {
			continue
		}
		at := append(slices.Clone(index), i)
		opts := strings.Split(options, ",")
		if slices.Contains(opts, "inline") && sf.Type.Kind() == reflect.Struct {
			out = append(out, slots(sf.Type, at)...)
			continue
		}
		if name == "" {
			name = strings.ToLower(sf.Name)
		}
		out = append(out, slot{name, at, slices.Contains(opts, "required")})
	}
	return out
}

func (d *decoder) structure(n *node, v reflect.Value) {
	known := slots(v.Type(), nil)
	names := make([]string, len(known))
	for i, s := range known {
		names[i] = s.name
	}
	if n.shape != mapping {
		d.add(n.pos, fieldsHint(names), "fields are wanted here")
		return
	}
	for _, fl := range n.fields {
		i := slices.Index(names, fl.name)
		if i < 0 {
			hint := fieldsHint(names)
			if near := nearest(fl.name, names); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			d.add(fl.pos, hint, "unknown field %s", quote(fl.name))
			continue
		}
		d.value(fl.val, v.FieldByIndex(known[i].index))
	}
	for _, s := range known {
		if s.required && n.field(s.name) == nil {
			d.add(n.pos, "", "field %q is missing here", s.name)
		}
	}
}

func fieldsHint(names []string) string {
	if len(names) == 0 {
		return "no fields are known here"
	}
	return "known here: " + strings.Join(names, ", ")
}

// free decodes where no Go type decides: as YAML 1.2 says, less the forms in
// which a number could be read in two ways.
func (d *decoder) free(n *node) any {
	switch n.shape {
	case list:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = d.free(item)
		}
		return out
	case mapping:
		out := make(map[string]any, len(n.fields))
		for _, fl := range n.fields {
			out[fl.name] = d.free(fl.val)
		}
		return out
	case quoted:
		return n.text
	}
	switch {
	case n.null:
		return nil
	case n.text == "true":
		return true
	case n.text == "false":
		return false
	case wholeNumber.MatchString(n.text):
		if i, err := strconv.ParseInt(n.text, 10, 64); err == nil {
			return i
		}
	case decimalNumber.MatchString(n.text):
		if x, err := strconv.ParseFloat(n.text, 64); err == nil {
			return x
		}
	}
	if l := strings.ToLower(n.text); l == "true" || l == "false" {
		d.add(n.pos, "write it in small letters, or in quotes if it is text", "%s could be read as a boolean or as text", quote(n.text))
	}
	if likeNumber.MatchString(n.text) {
		d.add(n.pos, "put it in quotes if it is text, or write it in plain decimal digits", "%s could be read as a number or as text", quote(n.text))
	}
	return n.text
}
