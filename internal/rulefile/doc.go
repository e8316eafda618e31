// Package rulefile reads the program's rule files: mappings, activity
// registers, lists and deadlines that a person writes in YAML and a lawyer
// reviews. It is strict. Every mistake is reported with file, line, column,
// the source line, a caret and what to do about it, as many as there are and
// not one at a time. The same errors are open to the packages that give the
// rules their meaning, through [File.Errorf].
//
// What it takes is a plain subset of YAML 1.2: one document of mappings, lists
// and values. Anchors, aliases, merge keys, tags and directives are refused,
// so that a reviewer reads what the program reads and no small file can unfold
// into a large one. So are duplicate and unknown fields, fields without a
// value, control characters and invisible marks, numbers with a leading zero
// (octal in YAML 1.1) and yes, no, on and off for a boolean.
//
// The trap: the type of a value is decided by the field that receives it, not
// by how the value looks. A text field takes `no`, `1.10` and `007` exactly as
// they are written. A field of type any has no type to decide by: there
// unquoted true, null and numbers become what YAML 1.2 says, and `no` is text.
package rulefile
