package main

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"cdp-tui/internal/policy"
)

// docs/register.md names every key of a register, and its example can be
// activated.
func TestRegisterReference(t *testing.T) {
	raw, err := os.ReadFile("../../docs/register.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	_, example, _ := strings.Cut(doc, "```yaml\n")
	example, _, found := strings.Cut(example, "```")
	if _, err := policy.Parse("docs/register.md", []byte(example)); !found || err != nil {
		t.Errorf("the example: %v", err)
	}
	_, keys, _ := strings.Cut(doc, "## Keys")
	seen := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
			if name == "" {
				continue
			}
			seen++
			if !strings.Contains(keys, "`"+name+"`") {
				t.Errorf("%v: %s is not described", typ, name)
			}
			walk(typ.Field(i).Type)
		}
	}
	walk(reflect.TypeFor[policy.Register]())
	if seen < 40 {
		t.Errorf("only %d keys were met", seen)
	}
}
