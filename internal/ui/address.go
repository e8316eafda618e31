package ui

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// errAddress says that a text is no address of a screen.
var errAddress = errors.New("not an address: want screen?object&key=value")

// address names a place with all that is needed to come back to it. It can hold
// personal values (a query, a filter), so it stays in the process.
type address struct {
	Screen string
	Object string   // id of what is shown
	Of     string   // trace: kind:id of the value; why: the other end
	Query  string   // search
	Group  string   // disclosures: query of those whom they are about; "" for all
	Facets []string // search: facet=value
	Tab    int      // profile: from 1
	Filter string
	Sort   string // name of a column, with - before it descending
	Row    int    // of the cursor, from 0
	Hops   int    // graph
	All    bool   // rejects: replayed ones too
}

// String is the form parseAddress reads.
func (a address) String() string {
	var p []string
	add := func(k, v string) {
		if v != "" {
			p = append(p, k+"="+url.QueryEscape(v))
		}
	}
	num := func(k string, n int) {
		if n > 0 {
			p = append(p, k+"="+strconv.Itoa(n))
		}
	}
	if a.Object != "" {
		p = append(p, url.QueryEscape(a.Object))
	}
	add("of", a.Of)
	add("q", a.Query)
	add("group", a.Group)
	for _, f := range a.Facets {
		add("facet", f)
	}
	num("tab", a.Tab)
	num("hops", a.Hops)
	if a.All {
		p = append(p, "all=1")
	}
	add("filter", a.Filter)
	add("sort", a.Sort)
	num("at", a.Row)
	if len(p) == 0 {
		return a.Screen
	}
	return a.Screen + "?" + strings.Join(p, "&")
}

// parseAddress reads an address. Unknown keys are errors: an address that is
// half understood would show something else than it says.
func parseAddress(s string) (address, error) {
	name, rest, _ := strings.Cut(s, "?")
	a := address{Screen: strings.ToLower(strings.TrimSpace(name))}
	if a.Screen == "" {
		return address{}, errAddress
	}
	for i, part := range strings.Split(rest, "&") {
		if part == "" {
			continue
		}
		k, v, ok := strings.Cut(part, "=")
		if !ok && i > 0 {
			return address{}, errAddress
		}
		if !ok {
			k, v = "", part
		}
		v, err := url.QueryUnescape(v)
		if err != nil {
			return address{}, errAddress
		}
		if err := a.set(k, v); err != nil {
			return address{}, err
		}
	}
	return a, nil
}

func (a *address) set(k, v string) (err error) {
	number := func(to *int) {
		n, e := strconv.Atoi(v)
		if e != nil || n < 0 {
			err = errAddress
			return
		}
		*to = n
	}
	switch k {
	case "":
		a.Object = v
	case "of":
		a.Of = v
	case "q":
		a.Query = v
	case "group":
		a.Group = v
	case "facet":
		if v != "" {
			a.Facets = append(a.Facets, v)
		}
	case "filter":
		a.Filter = v
	case "sort":
		a.Sort = v
	case "tab":
		number(&a.Tab)
	case "hops":
		number(&a.Hops)
	case "at":
		number(&a.Row)
	case "all":
		a.All = v == "1"
	default:
		return errAddress
	}
	return err
}

// same reports whether two addresses show the same object, wherever the cursor
// and whatever the filter.
func (a address) same(b address) bool {
	return a.Screen == b.Screen && a.Object == b.Object && a.Of == b.Of && a.Query == b.Query && a.All == b.All
}
