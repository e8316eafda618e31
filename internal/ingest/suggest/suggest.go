package suggest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
)

// A Report says what a suggestion rests on. It holds no values of rows.
type Report struct {
	Info   decode.Info
	Rows   int      // looked at
	Bad    int      // of them that can not be read
	Fields []Field  // as met in the file
	Blanks []string // what a person has to fill in, as paths of the mapping
}

// A Field is a column, or a path of a tree, and what it may be.
type Field struct {
	Name     string
	Meaning  string // "" for not known
	Evidence string
}

// rowsMax is how many rows are profiled.
const rowsMax = 1000

// fieldsMax bounds the fields of a tree.
const fieldsMax = 400

// ErrNoRows means that there is nothing to suggest a mapping from.
var ErrNoRows = errors.New("the file has no rows that can be read")

// Suggest reads the beginning of a file and writes a mapping for it; of a CSV
// the header is enough. The name serves to detect the format and to name the
// source. The error names the file; it is ErrNoRows or a *decode.FileError.
func Suggest(name string, r io.Reader) ([]byte, Report, error) {
	rd, err := decode.Open(name, r, decode.Options{})
	if err != nil {
		return nil, Report{}, err
	}
	s := &suggestion{name: name, fields: map[string]*profile{}}
	var first error // of the rows that can not be read
	for s.report.Rows < rowsMax {
		row, err := rd.Next()
		var bad *decode.RowError
		switch {
		case errors.As(err, &bad):
			s.report.Bad++
			if first == nil {
				first = fmt.Errorf("%w: %w", ErrNoRows, bad)
			}
			continue
		case err == io.EOF:
		case err != nil && s.report.Rows == 0:
			return nil, Report{}, err
		case err == nil:
			s.row(row)
			s.report.Rows++
			continue
		}
		break
	}
	s.report.Info = rd.Info()
	if h := rd.Header(); s.report.Rows == 0 && h != nil && h.Raw != nil { // the names of columns say something by themselves
		s.csv = true
		for _, n := range h.Names {
			s.field(n)
		}
	}
	if len(s.order) == 0 {
		return nil, s.report, fmt.Errorf("%s: %w", name, cmp.Or(first, ErrNoRows))
	}
	s.judge()
	s.write()
	return []byte(s.out.String()), s.report, nil
}

type suggestion struct {
	name   string
	csv    bool
	order  []string
	fields map[string]*profile
	lists  []string // paths of lists of objects: not profiled
	report Report
	cols   []column
	out    strings.Builder
}

// A column is a profile with its verdict.
type column struct {
	*profile
	meaning  meaning
	evidence string
}

func (s *suggestion) row(r decode.Row) {
	if r.Header != nil {
		s.csv = true
		for i, n := range r.Header.Names {
			v := ""
			if i < len(r.Cells) {
				v = r.Cells[i]
			}
			s.field(n).add(v)
		}
		return
	}
	seen := map[string]bool{}
	s.tree("", r.Tree, 0, seen)
	for n, p := range s.fields {
		if !seen[n] {
			p.rows++
		}
	}
}

func (s *suggestion) field(name string) *profile {
	p := s.fields[name]
	if p == nil {
		p = newProfile(name, !s.csv)
		p.rows = 0
		if !s.csv {
			p.rows = s.report.Rows
		}
		s.fields[name] = p
		s.order = append(s.order, name)
	}
	return p
}

// tree profiles the plain values of a tree by path. Keys that may be values
// themselves, as an e-mail address is, are not taken into paths.
func (s *suggestion) tree(path string, v any, depth int, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if depth > 5 || len(v) > 60 {
			return
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if strings.ContainsAny(k, "@ ") || len(k) > 60 || len(s.order) >= fieldsMax {
				continue
			}
			step := decode.QuoteKey(k)
			if path != "" {
				step = path + "." + step
			}
			s.tree(step, v[k], depth+1, seen)
		}
	case []any:
		if len(v) > 0 {
			if m, ok := v[0].(map[string]any); ok && path != "" {
				if _, vcard := m["params"]; vcard {
					s.tree(path+"[0].value", m["value"], depth+1, seen)
					return
				}
				if !slices.Contains(s.lists, path) {
					s.lists = append(s.lists, path)
				}
			}
		}
	case nil:
	default:
		text := fmt.Sprint(v)
		if n, ok := v.(json.Number); ok {
			text = string(n)
		}
		if path != "" {
			seen[path] = true
			s.field(path).add(text)
		}
	}
}

// judge says of every field what it may be.
func (s *suggestion) judge() {
	for _, n := range s.order {
		p := s.fields[n]
		last := n
		if i := strings.LastIndexByte(n, '.'); i >= 0 && p.path {
			last = strings.Trim(n[i+1:], `"`)
		}
		last = strings.TrimSuffix(strings.TrimSuffix(last, "[0]"), "[0].value")
		if m, whole := named(n); whole || p.path && m != none { // billing.address.city
			last = n
		}
		c := column{profile: p}
		c.meaning, c.evidence = verdict(p, last)
		s.cols = append(s.cols, c)
		s.report.Fields = append(s.report.Fields, Field{n, string(c.meaning), c.evidence})
	}
}

// verdict weighs the name of a field against its values: values that have an
// unmistakable form win, and a name whose values contradict it is not believed.
func verdict(p *profile, name string) (meaning, string) {
	m, whole := named(name)
	share := func(n int, what string) string {
		return fmt.Sprintf("%d of %d values are %s, %d different", n, p.given, what, p.values())
	}
	byName := "by its name"
	if !whole {
		byName = "by a part of its name"
	}
	switch {
	case mapping.NeverStored(name):
		return secret, "its name: passwords, keys and card data are never stored"
	case p.given > 0 && p.secrets*2 > p.given:
		return secret, share(p.secrets, "password hashes, tokens or keys by their form")
	case p.all(p.cards):
		return secret, share(p.cards, "payment card numbers by their form")
	case p.given == 0 && m != none:
		return m, byName + " alone: it is empty in the rows looked at"
	case p.given == 0:
		return none, "empty in the rows looked at"
	case m == consent || m == lawful || m == recipient || m == special || m == deleted:
		return m, byName
	case p.all(p.emails):
		return email, share(p.emails, "e-mail addresses by their form")
	case p.all(p.ibans):
		return iban, share(p.ibans, "IBANs (check digits right)")
	case p.all(p.ips) && p.all(p.given-p.ints):
		return ipAddress, share(p.ips, "IP addresses")
	}
	switch m {
	case email:
		return none, "its name says e-mail, its values do not: " + share(p.emails, "e-mail addresses")
	case phone:
		if p.given > 0 && p.phones*2 < p.given {
			return none, "its name says phone, its values do not: " + share(p.phones, "phone numbers by their form")
		}
		return phone, byName + "; " + share(p.phones, "phone numbers by their form")
	case birthDate: // without one layout it is kept as delivered
		if len(p.layouts) == 0 {
			return m, byName + "; not all values are dates of one layout"
		}
		return m, byName + "; all values are dates"
	case changed, happened:
		if len(p.layouts) == 0 {
			return none, "its name says date, its values fit no layout known here"
		}
		return m, byName + "; all values are dates"
	case ipAddress:
		return none, "its name says IP address, its values do not"
	case none:
		if len(p.layouts) > 0 && (p.ints < p.given || p.given >= 20) {
			return happened, "all values are dates; what happened then, the name does not say"
		}
		if p.all(p.uuids) {
			return rowID, share(p.uuids, "UUIDs")
		}
		return none, fmt.Sprintf("%d of %d rows have a value, %d different", p.given, p.rows, p.values())
	}
	return m, fmt.Sprintf("%s; %d of %d rows have a value, %d different", byName, p.given, p.rows, p.values())
}
