package mapping

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestReferenceIsComplete compares docs/mapping.md with the tags of the
// structs: every key has its row, and no row is of a key that is not there.
func TestReferenceIsComplete(t *testing.T) {
	text, err := os.ReadFile("../../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]reflect.Type{
		"Values": reflect.TypeFor[valueFields](), "Times": reflect.TypeFor[timeSpec](), "Top": reflect.TypeFor[document](), "source": reflect.TypeFor[sourceSpec](),
		"detect": reflect.TypeFor[detectSpec](), "read": reflect.TypeFor[readSpec](), "record": reflect.TypeFor[recordSpec](), "identifiers": reflect.TypeFor[identifierSpec](),
		"attributes": reflect.TypeFor[attributeSpec](), "touchpoints": reflect.TypeFor[touchpointSpec](), "consents": reflect.TypeFor[consentSpec](), "preferences": reflect.TypeFor[preferenceSpec](),
		"restriction": reflect.TypeFor[restrictionSpec](), "grounds": reflect.TypeFor[groundSpec](), "shares": reflect.TypeFor[shareSpec](), "activities": reflect.TypeFor[activitySpec](),
	}
	cell := regexp.MustCompile("`([a-z_]+)`")
	for name, typ := range sections {
		_, rest, ok := regexpCut(string(text), `(?m)^##+ `+name+`$`)
		if !ok {
			t.Errorf("no section %s", name)
			continue
		}
		section, _, _ := regexpCut(rest, `(?m)^##`)
		documented := map[string]bool{}
		for _, l := range strings.Split(section, "\n") {
			if first, ok := strings.CutPrefix(l, "| "); ok {
				first, _, _ = strings.Cut(first, " | ")
				for _, m := range cell.FindAllStringSubmatch(first, -1) {
					documented[m[1]] = true
				}
			}
		}
		for i := range typ.NumField() {
			key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
			if !documented[key] {
				t.Errorf("section %s does not document %s", name, key)
			}
			delete(documented, key)
		}
		for key := range documented {
			t.Errorf("section %s documents %s, which is not known", name, key)
		}
	}
	for _, f := range []reflect.Type{reflect.TypeFor[endpointSpec](), reflect.TypeFor[quietSpec](), reflect.TypeFor[skipSpec]()} {
		for i := range f.NumField() {
			key, _, _ := strings.Cut(f.Field(i).Tag.Get("yaml"), ",")
			if !strings.Contains(string(text), "`"+key+"`") {
				t.Errorf("%s of %s is not documented", key, f.Name())
			}
		}
	}
	for name := range perRow {
		if name != "it" && name != "i" && !strings.Contains(string(text), "`"+name+"(") {
			t.Errorf("function %s is not documented", name)
		}
	}
}

// TestTheExampleLoads keeps the first example of the reference true.
func TestTheExampleLoads(t *testing.T) {
	text, err := os.ReadFile("../../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	if _, err := Load("docs/mapping.md", []byte(example)); err != nil {
		t.Error(err)
	}
}

func regexpCut(s, at string) (before, after string, ok bool) {
	loc := regexp.MustCompile(at).FindStringIndex(s)
	if loc == nil {
		return s, "", false
	}
	return s[:loc[0]], s[loc[1]:], true
}
