package truth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"cdp-tui/internal/ingest/decode"
)

// Columns say where a truth file has what; fields of NDJSON are columns too.
// "" finds the column by its name, "-" as Source says that there is none.
type Columns struct {
	Record  string // key of the record in its source
	Cluster string // what all records of one person have in common
	Source  string // id of the source
}

// ErrColumn is returned when a file lacks a column that it must have.
var ErrColumn = errors.New("the truth file lacks a column")

// A Fault is a row that can not be used.
type Fault struct {
	Line   int
	Reason string // a sentence without any value of the row
}

// maxFaults is how many faults are kept; all are counted.
const maxFaults = 100

// A Truth is a file that was read.
type Truth struct {
	Columns  Columns // as found
	Read     int     // rows, those that can not be used included
	Repeated int     // rows that say again what another one said
	Rejected int     // rows that can not be used
	Faults   []Fault // the first hundred of them
	Hash     string  // hex SHA-256 of the file

	rows     []row
	index    map[name]int
	clusters []string
	numbers  map[string]int // by cluster
}

type name struct{ source, key string }

type row struct {
	line    int
	cluster int
}

// Len is how many different records the truth tells of; they are numbered from 0.
func (t *Truth) Len() int { return len(t.rows) }

// Clusters is how many clusters there are; they are numbered from 0.
func (t *Truth) Clusters() int { return len(t.clusters) }

// ClusterOf returns the number of a record's cluster.
func (t *Truth) ClusterOf(record int) int { return t.rows[record].cluster }

// Name returns what a cluster is called in the file: untrusted text.
func (t *Truth) Name(cluster int) string { return t.clusters[cluster] }

// Find returns the number of the record with a key in a source. Sources in a
// column of their own are compared without case. A file without one may write
// them before the key, as source/key or source:key; a key alone then stands for
// that key in any source.
func (t *Truth) Find(source, key string) (int, bool) {
	key = strings.TrimSpace(key)
	if t.Columns.Source != "" {
		i, ok := t.index[name{strings.ToLower(source), key}]
		return i, ok
	}
	for _, sep := range []string{"/", ":"} {
		if i, ok := t.index[name{"", source + sep + key}]; ok {
			return i, true
		}
	}
	i, ok := t.index[name{"", key}]
	return i, ok
}

// Read reads a truth file. The name tells its format when its content leaves
// that open, and stands in errors.
func Read(file string, r io.Reader, want Columns) (*Truth, error) {
	header := true
	d, err := decode.Open(file, r, decode.Options{Header: &header})
	if err != nil {
		return nil, err
	}
	t := &Truth{index: make(map[name]int), numbers: make(map[string]int)}
	if h := d.Header(); h != nil {
		if t.Columns, err = find(want, h.Names); err != nil {
			return nil, err
		}
	}
	for {
		row, err := d.Next()
		var bad *decode.RowError
		switch {
		case errors.Is(err, io.EOF):
			t.Hash = d.Hash()
			return t, nil
		case errors.As(err, &bad):
			t.Read++
			t.fault(bad.Line, "%s: %s", bad.Code, bad.Reason)
			continue
		case err != nil:
			return nil, err
		}
		if t.Columns.Record == "" { // rows without a header name their fields themselves
			fields, _ := row.Tree.(map[string]any)
			if t.Columns, err = find(want, slices.Sorted(maps.Keys(fields))); err != nil {
				return nil, err
			}
		}
		t.add(row)
	}
}

func (t *Truth) fault(line int, format string, args ...any) {
	t.Rejected++
	if len(t.Faults) < maxFaults {
		t.Faults = append(t.Faults, Fault{line, fmt.Sprintf(format, args...)})
	}
}

func (t *Truth) add(r decode.Row) {
	t.Read++
	var n name
	var cluster string
	for _, f := range []struct {
		column string
		into   *string
		what   string
	}{{t.Columns.Record, &n.key, "record"}, {t.Columns.Cluster, &cluster, "cluster"}, {t.Columns.Source, &n.source, "source"}} {
		if f.column == "" {
			continue
		}
		if *f.into = field(r, f.column); *f.into == "" {
			t.fault(r.Line, "there is no %s in column %s", f.what, f.column)
			return
		}
	}
	n.source = strings.ToLower(n.source)
	number, ok := t.numbers[cluster]
	if !ok {
		number = len(t.clusters)
		t.clusters = append(t.clusters, cluster)
		t.numbers[cluster] = number
	}
	if i, ok := t.index[n]; !ok {
		t.index[n] = len(t.rows)
		t.rows = append(t.rows, row{r.Line, number})
	} else if t.rows[i].cluster == number {
		t.Repeated++
	} else {
		t.fault(r.Line, "line %d puts the same record into another cluster; that line holds", t.rows[i].line)
	}
}

// field returns a value as text, "" when there is none.
func field(r decode.Row, column string) string {
	var v any
	if r.Header != nil {
		v, _ = r.Get(column)
	} else if fields, ok := r.Tree.(map[string]any); ok {
		v = fields[column]
	}
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// find finds the columns among the names that a file has.
func find(want Columns, have []string) (Columns, error) {
	var out Columns
	for _, c := range []struct {
		what, want string
		into       *string
		known      []string // as folded writes them; the surest first
		must       bool
	}{
		{"record", want.Record, &out.Record, []string{"recordid", "recid", "recordkey", "record", "sourcekey", "key", "rowid", "id"}, true},
		{"cluster", want.Cluster, &out.Cluster, []string{"clusterid", "cluster", "trueid", "truth", "truecluster", "entityid", "entity", "personid", "person"}, true},
		{"source", want.Source, &out.Source, []string{"datasource", "sourceid", "source"}, false},
	} {
		switch {
		case c.want == "-" && !c.must:
		case c.want != "":
			if !slices.Contains(have, c.want) {
				return out, fmt.Errorf("%w of the name given for the %s", ErrColumn, c.what)
			}
			*c.into = c.want
		default:
			best := math.MaxInt
			for _, h := range have {
				if i := slices.Index(c.known, folded(h)); i >= 0 && i < best {
					*c.into, best = h, i
				}
			}
			if *c.into == "" && c.must {
				return out, fmt.Errorf("%w for the %s", ErrColumn, c.what)
			}
		}
	}
	if out.Record == out.Cluster {
		return out, fmt.Errorf("%w: record and cluster are one column", ErrColumn)
	}
	return out, nil
}

// folded is a name without case, blanks and signs.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}
