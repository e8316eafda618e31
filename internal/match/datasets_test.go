package match

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/rulefile"
)

// The figures are quality, not time: see /work/shared/datasets, which is not
// part of the project. MATCH_SHOW=wrong and MATCH_SHOW=missed list the pairs
// that a reviewer refuses, and those that nobody is shown.
const datasets = "../../../shared/datasets"

// A row is a record of a data set with the answer.
type row struct {
	truth  string
	record cdp.Record
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(datasets, path))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, line := range all[1:] {
		m := map[string]string{}
		for i, v := range line {
			if i < len(all[0]) {
				m[strings.TrimSpace(strings.TrimPrefix(all[0][i], "\ufeff"))] = strings.TrimSpace(v)
			}
		}
		out = append(out, m)
	}
	return out
}

// attributes takes name, column pairs; columns joined by a + are put in one.
func attributes(m map[string]string, pairs ...string) (out []cdp.Attribute) {
	for i := 0; i < len(pairs); i += 2 {
		var vs []string
		for col := range strings.SplitSeq(pairs[i+1], "+") {
			if v := m[col]; v != "" {
				vs = append(vs, v)
			}
		}
		if len(vs) > 0 {
			out = append(out, cdp.Attribute{Name: pairs[i], Value: cdp.Value(strings.Join(vs, " "))})
		}
	}
	return out
}

func claim(kind cdp.Kind, v string) cdp.Claim {
	return cdp.Claim{Identifier: cdp.NewIdentifier(kind, v, [4]byte{})}
}

// canonical makes claims as the house does.
type canonical struct{ c *ident.Canonicaliser }

func newCanonical(t *testing.T) canonical {
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	return canonical{ident.New([32]byte{1}, lists)}
}

func (c canonical) add(out []cdp.Claim, kind cdp.Kind, v, country, issuer string) []cdp.Claim {
	id, verdict := c.c.Canon(kind, v, ident.Options{Country: country, Issuer: issuer})
	switch verdict.Outcome {
	case ident.OK:
		out = append(out, cdp.Claim{Identifier: id})
	case ident.Generic:
		out = append(out, cdp.Claim{Identifier: id, Generic: verdict.Rule})
	}
	return out
}

// A parts is a union-find.
type parts []int

func newParts(n int) parts {
	p := make(parts, n)
	for i := range p {
		p[i] = i
	}
	return p
}

func (p parts) find(i int) int {
	for p[i] != i {
		i, p[i] = p[p[i]], p[p[i]]
	}
	return i
}

func (p parts) join(i, j int) { p[p.find(i)] = p.find(j) }

// pairwise gives precision and recall over pairs of records.
func pairwise(rows []row, p parts) (precision, recall float64) {
	truth, got, both := map[string]int{}, map[int]int{}, map[string]int{}
	for i, r := range rows {
		truth[r.truth]++
		got[p.find(i)]++
		both[fmt.Sprint(p.find(i), " ", r.truth)]++
	}
	pairs := func(n int) float64 { return float64(n * (n - 1) / 2) }
	var t, g, b float64
	for _, n := range truth {
		t += pairs(n)
	}
	for _, n := range got {
		g += pairs(n)
	}
	for _, n := range both {
		b += pairs(n)
	}
	return b / max(g, 1), b / max(t, 1)
}

// A result is what rules alone gave, and what a reviewer who is never wrong
// made of the queue.
type result struct {
	precision, recall     float64 // rules alone
	reviewedP, reviewedR  float64
	queue, right, missing int // pairs of profiles; missing are the fewest that had to be found
	mostPerProfile        int
	ambiguous             int
}

func f1(p, r float64) float64 { return 2 * p * r / (p + r) }

// measure unites rows by the rule, feeds the queue and reviews it.
func measure(t *testing.T, name string, rows []row, p parts) result {
	t.Helper()
	rules := DefaultRules()
	var res result
	res.precision, res.recall = pairwise(rows, p)
	members := map[int][]int{}
	for i := range rows {
		members[p.find(i)] = append(members[p.find(i)], i)
	}
	people, truth, keysOf := map[int]*Person{}, map[int]string{}, map[string][]int{}
	left := map[string]int{}
	for root, ms := range members {
		var records []cdp.Record
		votes := map[string]int{}
		for _, i := range ms {
			records = append(records, rows[i].record)
			votes[rows[i].truth]++
		}
		for v, n := range votes {
			if best := truth[root]; n > votes[best] || n == votes[best] && v < best {
				truth[root] = v
			}
		}
		left[truth[root]]++
		people[root] = Of(records, nil)
		keys := Keys(people[root])
		if len(keys) > MaxKeys {
			t.Errorf("%s: a person has %d keys", name, len(keys))
		}
		for _, k := range keys {
			keysOf[k] = append(keysOf[k], root)
		}
	}
	for _, n := range left {
		res.missing += n - 1
	}
	for _, person := range people {
		person.Crowded(func(key string) bool { return len(keysOf[key]) > rules.Crowd })
	}
	seen := map[[2]int]bool{}
	var found []Candidate
	for _, block := range keysOf {
		if len(block) > rules.Block {
			continue
		}
		slices.Sort(block)
		for i, a := range block {
			for _, b := range block[i+1:] {
				if !seen[[2]int{a, b}] {
					seen[[2]int{a, b}] = true
					found = append(found, Candidate{A: uint64(a), B: uint64(b), Score: rules.Compare(people[a], people[b])})
				}
			}
		}
	}
	if len(people) < 1000 { // all pairs can be looked at: do the keys lose any?
		for a := range people {
			for b := range people {
				if a < b && !seen[[2]int{a, b}] && rules.Compare(people[a], people[b]).Level == Possible {
					t.Errorf("%s: %s and %s are a possible match and have no key in common", name, rows[a].record.Key, rows[b].record.Key)
				}
			}
		}
	}
	queue := rules.Review(found)
	res.queue = len(queue)
	per := map[uint64]int{}
	for _, c := range queue {
		per[c.A]++
		per[c.B]++
		res.mostPerProfile = max(res.mostPerProfile, per[c.A], per[c.B])
		if c.Ambiguous {
			res.ambiguous++
		}
		if truth[int(c.A)] == truth[int(c.B)] {
			res.right++
			p.join(int(c.A), int(c.B))
		} else if os.Getenv("MATCH_SHOW") == "wrong" {
			t.Logf("wrong: %s %s %v", rows[c.A].record.Key, rows[c.B].record.Key, c.Score)
		}
	}
	if os.Getenv("MATCH_SHOW") == "missed" {
		byTruth := map[string][]int{}
		for root, v := range truth {
			byTruth[v] = append(byTruth[v], root)
		}
		for _, roots := range byTruth {
			slices.Sort(roots)
			for i, a := range roots {
				for _, b := range roots[i+1:] {
					if p.find(a) != p.find(b) {
						t.Logf("missed: %s %s keyed=%v %v", rows[a].record.Key, rows[b].record.Key, seen[[2]int{a, b}], rules.Compare(people[a], people[b]))
					}
				}
			}
		}
	}
	res.reviewedP, res.reviewedR = pairwise(rows, p)
	t.Logf("%s: %d records, %d profiles by rules (P %.4f R %.4f F1 %.4f); %d pairs compared, queue %d (%d right: precision %.3f; %d ambiguous; at most %d per profile; needed %d); after review P %.4f R %.4f F1 %.4f",
		name, len(rows), len(members), res.precision, res.recall, f1(res.precision, res.recall), len(seen), res.queue, res.right,
		float64(res.right)/float64(max(1, res.queue)), res.ambiguous, res.mostPerProfile, res.missing, res.reviewedP, res.reviewedR, f1(res.reviewedP, res.reviewedR))
	return res
}

// floors are what a result must reach; pairs is the precision of the queue.
type floors struct{ reviewedR, f1, pairs float64 }

func (res result) want(t *testing.T, w floors) {
	t.Helper()
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"recall after review", res.reviewedR, w.reviewedR},
		{"F1 after review", f1(res.reviewedP, res.reviewedR), w.f1},
		{"precision of the queue", float64(res.right) / float64(max(1, res.queue)), w.pairs},
	} {
		if c.got < c.want {
			t.Errorf("%s %.4f, want %.4f", c.what, c.got, c.want)
		}
	}
	if res.mostPerProfile > DefaultRules().PerProfile {
		t.Errorf("%d candidates of one profile", res.mostPerProfile)
	}
	if float64(res.queue) > 1.5*float64(res.missing) {
		t.Errorf("queue of %d pairs, %d would do", res.queue, res.missing)
	}
}

// uniteBy joins rows that carry the same value of a kind, unless it is on
// records of more than cap parts.
func uniteBy(rows []row, p parts, bridges int, kinds ...cdp.Kind) {
	carriers := map[cdp.IdentifierKey][]int{}
	var order []cdp.IdentifierKey
	for i, r := range rows {
		for _, c := range r.record.Claims {
			if slices.Contains(kinds, c.Identifier.Kind()) && c.Generic == "" {
				k := c.Identifier.Key()
				if carriers[k] == nil {
					order = append(order, k)
				}
				carriers[k] = append(carriers[k], i)
			}
		}
	}
	before := slices.Clone(p)
	for _, k := range order {
		roots := map[int]bool{}
		for _, i := range carriers[k] {
			roots[before.find(i)] = true
		}
		for _, i := range carriers[k] {
			if len(roots) <= bridges {
				p.join(carriers[k][0], i)
				continue
			}
			for j := range rows[i].record.Claims {
				if c := &rows[i].record.Claims[j]; c.Identifier.Key() == k {
					c.Generic = "shared"
				}
			}
		}
	}
}

func TestSenzing(t *testing.T) {
	truth := map[string]string{}
	for _, m := range table(t, "senzing-truthset/actual_truthset_key.csv") {
		truth[m["DATA_SOURCE"]+" "+m["RECORD_ID"]] = m["CLUSTER_ID"]
	}
	c := newCanonical(t)
	var rows []row
	for _, f := range []string{"customers", "reference", "watchlist"} {
		for _, m := range table(t, "senzing-truthset/"+f+".csv") {
			key := m["DATA_SOURCE"] + " " + m["RECORD_ID"]
			r := cdp.Record{Key: key, Attributes: attributes(m,
				"given_name", "PRIMARY_NAME_FIRST", "middle_name", "PRIMARY_NAME_MIDDLE", "family_name", "PRIMARY_NAME_LAST",
				"full_name", "PRIMARY_NAME_FULL", "name", "NATIVE_NAME_FULL", "company", "PRIMARY_NAME_ORG", "birth_date", "DATE_OF_BIRTH",
				"street", "ADDR_FULL+ADDR_LINE1", "city", "ADDR_CITY", "postal_code", "ADDR_POSTAL_CODE", "country", "ADDR_COUNTRY")}
			r.Claims = c.add(r.Claims, cdp.KindEmail, m["EMAIL_ADDRESS"], "US", "")
			r.Claims = c.add(r.Claims, cdp.KindPhone, m["PHONE_NUMBER"], "US", "")
			if n := m["PHONE_NUMBER"]; n != "" && !slices.ContainsFunc(r.Claims, func(c cdp.Claim) bool { return c.Identifier.Kind() == cdp.KindPhone }) {
				r.Claims = append(r.Claims, claim(cdp.KindPhone, n)) // numbers of other countries, written without one
			}
			for _, id := range []string{"SSN", "PASSPORT", "DRIVERS_LICENSE", "NATIONAL_ID", "TAX_ID", "LEI"} {
				col := id + "_NUMBER"
				r.Claims = c.add(r.Claims, cdp.KindNationalID, m[col], "", strings.ToLower(id))
			}
			rows = append(rows, row{truth[key], r})
		}
	}
	p := newParts(len(rows))
	uniteBy(rows, p, len(rows), cdp.KindNationalID)
	uniteBy(rows, p, 3, cdp.KindEmail, cdp.KindPhone)
	measure(t, "senzing", rows, p).want(t, floors{reviewedR: 0.9, pairs: 0.8})
}

func febrl(t *testing.T, path string, truth func(id string) string) []row {
	var rows []row
	for _, m := range table(t, path) {
		r := cdp.Record{Key: m["rec_id"], Attributes: attributes(m,
			"given_name", "given_name", "family_name", "surname", "house_number", "street_number", "street", "address_1",
			"city", "suburb", "postal_code", "postcode", "birth_date", "date_of_birth")}
		if v := m["soc_sec_id"]; v != "" {
			r.Claims = append(r.Claims, claim(cdp.KindNationalID, "au:"+v))
		}
		if v := strings.ReplaceAll(m["phone_number"], " ", ""); v != "" {
			r.Claims = append(r.Claims, claim(cdp.KindPhone, v))
		}
		rows = append(rows, row{truth(m["rec_id"]), r})
	}
	return rows
}

func TestFebrl(t *testing.T) {
	for _, set := range []struct{ name, path string }{{"febrl 1", "febrl/dataset1.csv"}, {"febrl 3", "febrl/dataset3.csv"}} {
		t.Run(set.name, func(t *testing.T) {
			rows := febrl(t, set.path, func(id string) string { return strings.Split(id, "-")[1] })
			p := newParts(len(rows))
			uniteBy(rows, p, len(rows), cdp.KindNationalID)
			measure(t, set.name, rows, p).want(t, floors{reviewedR: 0.98, f1: 0.99, pairs: 0.98})
		})
	}
}

func TestFebrlGenerated(t *testing.T) {
	rows := febrl(t, "febrl-dsgen/dataset_A_10000.csv", func(id string) string { return id[:len(id)-1] })
	p := newParts(len(rows))
	uniteBy(rows, p, len(rows), cdp.KindNationalID, cdp.KindPhone)
	measure(t, "febrl A", rows, p).want(t, floors{reviewedR: 0.999, f1: 0.999, pairs: 0.9})
}

func TestCompanies(t *testing.T) {
	var rows []row
	for _, m := range table(t, "dedupe-csv-example/csv_example_input_with_true_ids.csv") {
		r := cdp.Record{Key: m["Id"], Attributes: attributes(m, "company", "Site name", "street", "Address", "postal_code", "Zip")}
		if v := m["Phone"]; v != "" {
			r.Claims = append(r.Claims, claim(cdp.KindPhone, v))
		}
		rows = append(rows, row{m["True Id"], r})
	}
	p := newParts(len(rows))
	uniteBy(rows, p, len(rows), cdp.KindPhone)
	measure(t, "companies", rows, p).want(t, floors{reviewedR: 0.88, f1: 0.86, pairs: 0.8}) // phones alone: F1 .802
}
