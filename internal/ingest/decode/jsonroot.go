package decode

import (
	"slices"
	"strings"
)

// envelopeMax is how much of a document that is one object is held, to find its
// array of rows and the fields around it. Behind it, fields after the array
// are not in the envelope.
const envelopeMax = 8 << 20

// member is one field of an object, by its place in the text.
type member struct {
	key      string
	from, to int  // of the value; to is -1 when the text ends before it does
	kind     byte // the first byte of the value
	rows     bool // an array whose first element is an object
	empty    bool // an array without elements
}

// members lists the fields of the object that begins at from; complete is
// false when the text ends, or is damaged, before the object is closed.
func members(b []byte, from int, p *jsonParser) (list []member, complete bool) {
	i := skipSpace(b, from+1)
	for i < len(b) && b[i] == '"' {
		var v valueScan
		n, st := v.feed(b[i:])
		if st != scanDone {
			return list, false
		}
		key, e := p.parse(string(b[i : i+n]))
		if e != nil {
			return list, false
		}
		m := member{key: key.(string), to: -1}
		if i = skipSpace(b, i+n); i >= len(b) || b[i] != ':' {
			return list, false
		}
		if i = skipSpace(b, i+1); i >= len(b) {
			return list, false
		}
		m.from, m.kind = i, b[i]
		if m.kind == '[' {
			if j := skipSpace(b, i+1); j < len(b) {
				m.rows, m.empty = b[j] == '{', b[j] == ']'
			}
		}
		v = valueScan{}
		n, st = v.feed(b[i:])
		if st != scanDone {
			return append(list, m), false
		}
		m.to = i + n
		list = append(list, m)
		if i = skipSpace(b, m.to); i >= len(b) || b[i] != ',' {
			break
		}
		i = skipSpace(b, i+1)
	}
	return list, i < len(b) && b[i] == '}'
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// Names by which the array of rows of a document is known, in lower case.
var (
	// A page or batch of anything.
	pageNames = []string{"batch", "content", "data", "elements", "entries", "hits", "items", "list", "records", "resources", "results", "rows", "value"}
	// Things that have rows of their own, unless they hang on one person.
	thingNames = []string{"accounts", "contacts", "customers", "events", "leads", "members", "messages", "orders", "people", "persons",
		"profiles", "purchases", "subscribers", "subscriptions", "tickets", "transactions", "users", "visits"}
	// What stands beside the rows on a page of anything.
	pagingNames = []string{"count", "cursor", "has_more", "hasmore", "limit", "links", "meta", "next", "next_page", "offset", "page", "pages",
		"pagination", "paging", "per_page", "previous", "size", "total", "total_count", "totalcount", "totalresults"}
	// What a single person or thing has of its own.
	ownNames = []string{"_id", "id", "email", "e-mail", "itemid", "userid", "user_id", "customerid", "customer_id", "key", "uuid", "uid"}
)

// chooseRoot decides which array of a document holds its rows, if any; cut says
// that the document goes on behind the window, long that it is longer than a row may be:
//
//  1. an array of objects that does not end within 8 MiB (no row is so long);
//  2. the only array of objects (or empty array) with a name of a page: batch, items, data, results ...;
//  3. an array of objects that is the only field, or has only fields of paging (total, next ...) beside it;
//  4. the only array of objects with a name of things (customers, orders, users ...), unless the document
//     has an id or e-mail of its own: then it is one row that owns them;
//  5. the only array of objects in a document that is too long to be a row.
func chooseRoot(list []member, cut, long bool) (member, bool) {
	var candidates, pages, things []member
	others, own := 0, false
	for _, m := range list {
		low := strings.ToLower(m.key)
		own = own || slices.Contains(ownNames, low)
		if !slices.Contains(pagingNames, low) {
			others++
		}
		if m.rows && m.to < 0 && cut {
			return m, true
		}
		if m.rows {
			candidates = append(candidates, m)
		}
		if (m.rows || m.empty) && slices.Contains(pageNames, low) {
			pages = append(pages, m)
		}
		if (m.rows || m.empty) && slices.Contains(thingNames, low) {
			things = append(things, m)
		}
	}
	switch {
	case len(pages) == 1:
		return pages[0], true
	case len(pages) > 1:
	case len(candidates) == 1 && others == 1:
		return candidates[0], true
	case len(things) == 1 && !own:
		return things[0], true
	case len(candidates) == 1 && long:
		return candidates[0], true
	}
	return member{}, false
}

// rootSteps reads Options.Root: keys only.
func rootSteps(path string) ([]string, error) {
	var keys []string
	for first := true; path != ""; first = false {
		s, rest, ok := cutStep(path, first)
		if !ok || s.index >= 0 {
			return nil, &FileError{Code: "options", Reason: "the root must be keys joined by dots", Do: "give the path of the list of rows, as in realm.users"}
		}
		keys = append(keys, s.key)
		path = rest
	}
	return keys, nil
}

// envelope reads the fields of an object but the one named skip.
func (r *jsonReader) envelope(b []byte, list []member, skip string) (map[string]any, error) {
	env := make(map[string]any)
	var fresh jsonParser
	fresh.lim = &r.lim
	for _, m := range list {
		if !fresh.fresh(m.key, env, 0, 0) {
			return nil, r.fatal("json.envelope", m.from, "the document "+fresh.bad.reason, "correct the file")
		}
		env[m.key] = nil
		if m.key == skip || m.to < 0 {
			continue
		}
		v, err := r.envelopeValue(b[m.from:m.to], m.from)
		if err != nil {
			return nil, err
		}
		env[m.key] = v
	}
	delete(env, skip)
	return env, nil
}

// envelopeValue parses a field beside the rows. Its damage ends the file: it
// may hold the consent under which all the rows were sent.
func (r *jsonReader) envelopeValue(b []byte, at int) (any, error) {
	if len(b) > r.lim.Record {
		return nil, r.fatal("limit", at, "a field beside the rows is longer than a record may be", "give the root, if this is the list of rows")
	}
	if code, reason := damage(b, r.charset); code != "" {
		return nil, r.fatal("json.envelope", at, "a field beside the rows "+reason, "correct the file")
	}
	v, e := r.p.parse(string(b))
	if e != nil {
		return nil, r.fatal("json.envelope", at+e.at, "a field beside the rows can not be used: "+e.reason, "correct the file")
	}
	return v, nil
}
