package policy

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/rulefile"
)

func TestDiff(t *testing.T) {
	old := amended(t)
	for _, tc := range []struct {
		change []string
		want   []string
	}{
		{nil, nil},
		{[]string{"# none", ""}, nil},
		{[]string{"valid_from: 2026-01-01", "valid_from: 2026-07-01"}, []string{"register: valid from is 2026-07-01, was 2026-01-01"}},
		{[]string{"period: P3Y", "period: P2Y"}, []string{"activity order.fulfilment: retention period is P2Y, was P3Y"}},
		{[]string{"    basis: contract\n    contract: {ref: Terms, evidence: source}\n", "    basis: consent\n"}, []string{
			"activity order.fulfilment: basis is consent, was contract",
			"activity order.fulfilment: contract ref is no longer said; it was Terms",
			"activity order.fulfilment: contract evidence is no longer said; it was source"}},
		{[]string{"activities:\n  -", "recipients:\n  - {id: mailer, name: Mailer, kind: processor, country: US, contract: DPA}\nactivities:\n  -", "recipients: []", "recipients: [mailer]"}, []string{
			"recipient mailer is new: name Mailer; kind processor; country US; contract DPA",
			"activity order.fulfilment: recipients is now said: mailer"}},
		{[]string{"categories: [user.contact]", "categories: [user.name, user.contact.email]"}, []string{"purpose orders: categories adds user.contact.email, user.name and drops user.contact"}},
		{[]string{"id: shop\n", "id: store\n"}, []string{
			"source shop is gone: controller lindenhof; collection first_party; activities order.fulfilment; link order.fulfilment",
			"source store is new: controller lindenhof; collection first_party; activities order.fulfilment; link order.fulfilment"}},
		{[]string{"owner:", "consent: {validity: P2Y}\nowner:"}, []string{"register: consent validity is now said: P2Y"}},
		{[]string{"sources:\n", "ages_of_consent:\n  - {country: TR, age: 18, valid_from: 2020-01-01, law: practice}\nsources:\n"}, []string{"age of consent TR from 2020-01-01 is new: country TR; age 18; valid from 2020-01-01; law practice"}},
		{[]string{"dpv: dpv:CustomerOrderManagement", "dpv: dpv:CustomerOrderManagement\n    information_society: false"}, []string{"purpose orders: information society is now said: no"}},
	} {
		pairs := tc.change
		if len(pairs) == 2 && pairs[0] == "# none" {
			pairs = []string{"register: Small", "# another comment\nregister: Small"}
		}
		var got []string
		for _, c := range Diff(old, amended(t, pairs...)) {
			got = append(got, c.String())
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%q:\n got %s\nwant %s", tc.change, strings.Join(got, "\n     "), strings.Join(tc.want, "\n     "))
		}
		back := Diff(amended(t, pairs...), old)
		if len(back) != len(got) {
			t.Errorf("%q: %d changes there, %d back", tc.change, len(got), len(back))
		}
	}
	if all := Diff(nil, old); len(all) < 5 {
		t.Errorf("from no register: %v", all)
	}
}

// TestDiffSeesEveryField: whatever a register can say, a change of it is seen.
func TestDiffSeesEveryField(t *testing.T) {
	seen := 0
	var walk func(v reflect.Value, path string, check func(path string))
	walk = func(v reflect.Value, path string, check func(path string)) {
		switch v.Interface().(type) {
		case rulefile.Date:
			v.Set(reflect.ValueOf(rulefile.Date{Year: 2031, Month: 2, Day: 3}))
			check(path)
			return
		case rulefile.Period:
			v.Set(reflect.ValueOf(rulefile.Period{Years: 7}))
			check(path)
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			walk(v.Elem(), path, check)
			if v.Type().Elem().Kind() == reflect.Bool {
				v.Elem().SetBool(false) // no is not the same as not said
				check(path)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if tag := tagOf(v.Type().Field(i)); tag != "" {
					walk(v.Field(i), path+"."+tag, check)
				}
			}
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			walk(v.Index(0), path+"[0]", check)
		case reflect.Map:
			one := reflect.New(v.Type().Elem()).Elem()
			one.Set(reflect.ValueOf(rulefile.Period{Days: 7}))
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf("weekly"), one)
			check(path)
		case reflect.Bool:
			v.SetBool(true)
			check(path)
		case reflect.Int:
			v.SetInt(17)
			check(path)
		case reflect.String:
			v.SetString("changed")
			check(path)
		default:
			t.Fatalf("%s: a %s, which the test does not know", path, v.Kind())
		}
	}
	r := &Register{}
	before := &Register{}
	walk(reflect.ValueOf(r).Elem(), "$", func(path string) {
		seen++
		if len(Diff(before, r)) == 0 {
			t.Errorf("a change of %s is not seen", path)
		}
		*before = *clone(reflect.ValueOf(*r)).Interface().(*Register)
	})
	if seen < 100 {
		t.Errorf("only %d fields", seen)
	}
}

// clone copies what a file can say, deeply.
func clone(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type())
	var set func(to, from reflect.Value)
	set = func(to, from reflect.Value) {
		switch from.Kind() {
		case reflect.Pointer:
			if !from.IsNil() {
				to.Set(reflect.New(from.Type().Elem()))
				set(to.Elem(), from.Elem())
			}
		case reflect.Struct:
			for i := range from.NumField() {
				if from.Type().Field(i).IsExported() {
					set(to.Field(i), from.Field(i))
				}
			}
		case reflect.Slice:
			if !from.IsNil() {
				to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
				for i := range from.Len() {
					set(to.Index(i), from.Index(i))
				}
			}
		default:
			to.Set(from)
		}
	}
	set(out.Elem(), v)
	return out
}
