package ingest

import (
	"context"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/mapping"
)

func TestReplay(t *testing.T) {
	broken := strings.Replace(plain, `"2006-01-02"`, `"02.01.2006"`, 1)
	m, err := mapping.Load("plain.yaml", []byte(broken))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"x.csv":    "id;at;email;kind\n1;2024-01-02;a@lindenhof-mail.de;\"a;\"\"\nb\"\n2;2024-01-02;;b\n;2024-01-02;;a\n4;2024-01-02\n5;2024-01-02;;test2\n",
		"x.ndjson": `{"id":"6","at":"2024-01-02","kind":"a"}` + "\n{\"id\":\n",
		"x.json":   `[{"id":"7","at":"2024-01-02","secret":"x","items":[{"id":1}]}]`,
	}
	for name, file := range files {
		g := newGate()
		r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Mapping: m, Name: name, Open: text(file)})
		if err != nil || r.Rejected != r.Rows {
			t.Fatalf("%s: %+v, %v", name, r, err)
		}
		rejects := g.rejects
		for i := range rejects {
			rejects[i].ID = uint64(i + 1)
		}
		after := newGate()
		out, err := Replay(context.Background(), Options{Gate: after, Canon: canon(t), Mapping: plainMapping(t)}, rejects)
		if err != nil || len(out) != 1 {
			t.Fatalf("%s: %v, %v", name, out, err)
		}
		// The same as if the file had been read under the mapping in the first place.
		fresh := newGate()
		if _, err := Run(context.Background(), Options{Gate: fresh, Canon: canon(t), Mapping: plainMapping(t), Name: name, Open: text(file)}); err != nil {
			t.Fatal(err)
		}
		if a, b := reveal(after.records), reveal(fresh.records); a != b || len(after.records) == 0 {
			t.Errorf("%s: replayed\n%swant\n%s", name, a, b)
		}
		if len(out[0].Still) != len(fresh.rejects) || len(out[0].Settled)+len(out[0].Still) != len(rejects) || out[0].Receipt.Rows != len(out[0].Settled) {
			t.Errorf("%s: settled %v, still %d, rejects %d", name, out[0].Settled, len(out[0].Still), len(fresh.rejects))
		}
		for i, s := range out[0].Still {
			if s.ID == 0 || s.Code == "" || s.Lineage.Line != fresh.rejects[i].Lineage.Line {
				t.Errorf("%s: still %+v", name, s)
			}
		}
	}
}

func TestReplaySaysWhenTheTextIsGone(t *testing.T) {
	m := plainMapping(t)
	out, err := Replay(context.Background(), Options{Gate: newGate(), Canon: canon(t), Mapping: m}, []cdp.Reject{{ID: 3, Source: "shop.orders"}, {ID: 4, Source: "other"}, {ID: 5, Source: "shop.orders", Replay: 9}})
	if err != nil || len(out) != 1 || len(out[0].Still) != 1 || out[0].Still[0].Code != "replay.text" || out[0].Still[0].ID != 3 {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestARowThatWasCutIsNotReplayed: what is kept of a long row can look whole,
// and would become a record that says less than the source did.
func TestARowThatWasCutIsNotReplayed(t *testing.T) {
	for _, long := range []int{30_000, 50_000} {
		g := newGate()
		row := "1;gestern;" + strings.Repeat("x", long) + ";" + strings.Repeat("y", long) + "\n2;2024-01-02;;a\n;2024-01-02;;a\n"
		o := Options{Gate: g, Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: text("id;at;email;kind\n" + row)}
		if r, err := Run(context.Background(), o); err != nil || r.Rejected != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		lax, err := mapping.Load("lax.yaml", []byte(strings.NewReplacer("  time: { from: { col: at } }\n", "", "{ col: id }", "{ expr: 'given(id) ? id : \"none\"' }").Replace(plain)))
		if err != nil {
			t.Fatal(err)
		}
		after := newGate()
		out, err := Replay(context.Background(), Options{Gate: after, Canon: canon(t), Mapping: lax}, g.rejects)
		if err != nil || len(out) != 1 || len(out[0].Still) != 1 || out[0].Still[0].Code != "replay.text" || len(after.records) != 1 || after.records[0].Key != "none" {
			t.Errorf("%d: %+v, %v, %d records", long, out[0].Still, err, len(after.records))
		}
	}
}
