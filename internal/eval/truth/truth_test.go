package truth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"cdp-tui/internal/eval/truth"
	"cdp-tui/internal/ingest/decode"
)

func read(t *testing.T, file, text string, c truth.Columns) *truth.Truth {
	t.Helper()
	got, err := truth.Read(file, strings.NewReader(text), c)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestColumnsAreFound(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		columns          truth.Columns
		want             truth.Columns
	}{
		{"all by name", "t.csv", "TEST_GROUP,CLUSTER_ID,DATA_SOURCE,RECORD_ID\n100,7,shop,S-1\n", truth.Columns{}, truth.Columns{Record: "RECORD_ID", Cluster: "CLUSTER_ID", Source: "DATA_SOURCE"}},
		{"tabs, no source", "t.tsv", "key\ttruth\nShop/S-1\t7\n", truth.Columns{}, truth.Columns{Record: "key", Cluster: "truth"}},
		{"the surer name wins", "t.csv", "id,record_id,entity,cluster\nx,S-1,y,7\n", truth.Columns{}, truth.Columns{Record: "record_id", Cluster: "cluster"}},
		{"blanks and case", "t.csv", "\"True Id\",\"Id\"\n7,S-1\n", truth.Columns{}, truth.Columns{Record: "Id", Cluster: "True Id"}},
		{"named", "t.csv", "a,b,source\nS-1,7,shop\n", truth.Columns{Record: "a", Cluster: "b", Source: "-"}, truth.Columns{Record: "a", Cluster: "b"}},
		{"ndjson", "t.ndjson", `{"source":"shop","key":"S-1","cluster":7}` + "\n", truth.Columns{}, truth.Columns{Record: "key", Cluster: "cluster", Source: "source"}},
		{"json", "t.json", `[{"source":"shop","key":"S-1","cluster":"7"}]`, truth.Columns{}, truth.Columns{Record: "key", Cluster: "cluster", Source: "source"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.file, c.text, c.columns)
			if got.Columns != c.want {
				t.Errorf("columns %+v, want %+v", got.Columns, c.want)
			}
			i, ok := got.Find("Shop", "S-1")
			if !ok || got.Name(got.ClusterOf(i)) != "7" || got.Len() != 1 || got.Clusters() != 1 || got.Read != 1 || got.Rejected != 0 {
				t.Errorf("found %v, %+v", ok, got)
			}
			sum := sha256.Sum256([]byte(c.text))
			if got.Hash != hex.EncodeToString(sum[:]) {
				t.Errorf("hash %s", got.Hash)
			}
		})
	}
}

func TestColumnsAreMissing(t *testing.T) {
	for _, c := range []struct {
		file, text string
		columns    truth.Columns
		want       string
	}{
		{"t.csv", "a,cluster\n1,2\n", truth.Columns{}, "for the record"},
		{"t.csv", "id,b\n1,2\n", truth.Columns{}, "for the cluster"},
		{"t.csv", "id,cluster\n1,2\n", truth.Columns{Record: "nothing"}, "given for the record"},
		{"t.csv", "id,cluster\n1,2\n", truth.Columns{Source: "nothing"}, "given for the source"},
		{"t.csv", "id,cluster\n1,2\n", truth.Columns{Cluster: "id"}, "one column"},
		{"t.ndjson", "{\"id\":1}\n", truth.Columns{}, "for the cluster"},
	} {
		_, err := truth.Read(c.file, strings.NewReader(c.text), c.columns)
		if !errors.Is(err, truth.ErrColumn) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want one with %q", c.text, err, c.want)
		}
	}
	var file *decode.FileError
	if _, err := truth.Read("t.csv", strings.NewReader(""), truth.Columns{}); !errors.As(err, &file) {
		t.Errorf("empty file: %v", err)
	}
}

func TestRowsAreAccountedFor(t *testing.T) {
	got := read(t, "t.csv", strings.Join([]string{"source,key,cluster",
		"shop,S-1,7",
		"shop,S-2,7",
		"SHOP,S-1,7", // again
		"shop,S-1,8", // contradicts line 2
		"shop,,9",
		"shop,S-3,",
		",S-3,7",
		"shop,S-4,7,too,many",
		"club,S-1,8", ""}, "\n"), truth.Columns{})
	var faults []string
	for _, f := range got.Faults {
		faults = append(faults, f.Reason)
		if f.Line < 5 || f.Line > 9 {
			t.Errorf("line %d: %s", f.Line, f.Reason)
		}
	}
	if got.Read != 9 || got.Repeated != 1 || got.Rejected != 5 || got.Len() != 3 || got.Clusters() != 2 || got.Read != got.Len()+got.Repeated+got.Rejected {
		t.Errorf("%d read, %d repeated, %d rejected %q, %d records, %d clusters", got.Read, got.Repeated, got.Rejected, faults, got.Len(), got.Clusters())
	}
	if !strings.Contains(faults[0], "line 2 puts the same record into another cluster") {
		t.Errorf("faults %q", faults)
	}
	if i, ok := got.Find("shop", "S-1"); !ok || got.Name(got.ClusterOf(i)) != "7" {
		t.Error("what was said first does not hold")
	}
	for _, none := range [][2]string{{"shop", "S-4"}, {"club", "S-2"}, {"", "S-1"}, {"shop", "s-1"}} {
		if _, ok := got.Find(none[0], none[1]); ok {
			t.Errorf("found %v", none)
		}
	}
}

func TestKeysWithoutASource(t *testing.T) {
	got := read(t, "t.csv", "id,cluster\nshop/S-1,1\nshop:S-2,2\nS-3,3\nS-1,4\nA/B,5\n", truth.Columns{})
	for _, c := range []struct{ source, key, want string }{
		{"shop", "S-1", "1"}, {"shop", "S-2", "2"}, {"club", "S-3", "3"}, {"club", "S-1", "4"}, {"club", "A/B", "5"}, {"club", "a/B", ""}, {"club", "S-2", ""},
	} {
		i, ok := got.Find(c.source, c.key)
		if ok != (c.want != "") || ok && got.Name(got.ClusterOf(i)) != c.want {
			t.Errorf("%s %s: %v %v", c.source, c.key, i, ok)
		}
	}
}

func TestFaultsAreBounded(t *testing.T) {
	got := read(t, "t.csv", "id,cluster\n"+strings.Repeat("x,\n", 500), truth.Columns{})
	if got.Rejected != 500 || len(got.Faults) != 100 {
		t.Errorf("%d rejected, %d kept", got.Rejected, len(got.Faults))
	}
}

func FuzzRead(f *testing.F) {
	f.Add("t.csv", "source,key,cluster\nshop,S-1,7\nshop,S-1,8\n")
	f.Add("t.ndjson", "{\"key\":1,\"cluster\":null}\n")
	f.Fuzz(func(t *testing.T, file, text string) {
		got, err := truth.Read(file, strings.NewReader(text), truth.Columns{})
		if err == nil && got.Read != got.Len()+got.Repeated+got.Rejected {
			t.Errorf("%d rows are not %d+%d+%d", got.Read, got.Len(), got.Repeated, got.Rejected)
		}
	})
}
