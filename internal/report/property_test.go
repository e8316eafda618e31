package report

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

// secret is a part of every personal value that fill makes; no mask leaves it.
const secret = "qzkvjwxh"

// fill sets v, whatever it is, to random values: hostile strings, times known
// and unknown, and personal values that all hold the secret.
func fill(t *rapid.T, v reflect.Value, depth int) {
	nasty := rapid.OneOf(rapid.String(), rapid.StringMatching(`[\x00-\x{9f}\x{202a}-\x{202e}aß渡 ]{0,40}`),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }))
	personal := func() string { return nasty.Draw(t, "before") + secret + nasty.Draw(t, "after") }
	switch x := v.Addr().Interface().(type) {
	case *cdp.Identifier:
		if rapid.Bool().Draw(t, "ident") {
			kind := rapid.SampledFrom(cdp.Kinds()).Draw(t, "kind")
			value := "issuer:" + personal() // what stands before the colon is no secret
			if kind == cdp.KindRecord {
				value += "@" // keys are masked for a reason only
			}
			*x = cdp.NewIdentifier(kind, value, [4]byte{1, 2, 3, 4})
		}
		return
	case *cdp.Value:
		if rapid.Bool().Draw(t, "value") {
			*x = cdp.Value(personal() + "@")
		}
		return
	case *time.Time:
		if rapid.Bool().Draw(t, "time") {
			*x = time.Unix(rapid.Int64Range(-1<<33, 1<<34).Draw(t, "unix"), 5)
		}
		return
	case *time.Duration:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(nasty.Draw(t, "string"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(rapid.Int32().Draw(t, "int")))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Uint8().Draw(t, "uint8")))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint"))
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, "float"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "pointer") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth+1)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, max(0, 3-depth)).Draw(t, "len")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), depth)
		}
	default:
		t.Fatalf("no value for %v", v.Type())
	}
}

func random[T any](t *rapid.T) T {
	var x T
	fill(t, reflect.ValueOf(&x).Elem(), 0)
	return x
}

// both writes random answers as text and as JSON.
func both[T any](text func(io.Writer, T, Options) error, object func(*JSON, T) error) func(*rapid.T, Options) (string, string) {
	return func(t *rapid.T, o Options) (string, string) {
		x := random[T](t)
		var a, b bytes.Buffer
		if err := text(&a, x, o); err != nil {
			t.Fatal(err)
		}
		if err := object(NewJSON(&b, o), x); err != nil {
			t.Fatal(err)
		}
		return a.String(), b.String()
	}
}

func TestRandomAnswers(t *testing.T) {
	for name, write := range map[string]func(*rapid.T, Options) (string, string){
		"profile":     both(Profile, (*JSON).Profile),
		"members":     both(Profile, (*JSON).Members),
		"touchpoints": both(Touchpoints, func(j *JSON, p cdp.Page[cdp.Touchpoint]) error { return j.Touchpoints(p.Items) }),
		"record":      both(Record, (*JSON).Record),
		"found":       both(Found, (*JSON).Found),
		"saved":       both(SavedSearches, (*JSON).SavedSearches),
		"consents":    both(Consents, (*JSON).Consents),
		"wishes":      both(Wishes, (*JSON).Wishes),
		"uses":        both(Uses, (*JSON).Uses),
		"shares":      both(Shares, func(j *JSON, p cdp.Page[cdp.Share]) error { return j.Shares(p.Items) }),
		"trace":       both(Trace, (*JSON).Trace),
		"path":        both(Path, (*JSON).Path),
		"around":      both(Neighbourhood, (*JSON).Neighbourhood),
		"hits":        both(Hits, (*JSON).Search),
		"sources":     both(Sources, (*JSON).Sources),
		"receipt":     both(Receipt, func(j *JSON, r cdp.Receipt) error { return j.Batches([]cdp.Receipt{r}) }),
		"batches":     both(Batches, func(j *JSON, p cdp.Page[cdp.Receipt]) error { return j.Batches(p.Items) }),
		"rejects":     both(Rejects, func(j *JSON, p cdp.Page[cdp.Reject]) error { return j.Rejects(p.Items) }),
		"quarantine":  both(Quarantined, func(j *JSON, p cdp.Page[cdp.Quarantine]) error { return j.Quarantined(p.Items) }),
		"stats":       both(Stats, (*JSON).Stats),
		"check":       both(Check, (*JSON).Check),
		"evaluation":  both(Evaluate, (*JSON).Evaluation),
		"matches":     both(Matches, func(j *JSON, p cdp.Page[cdp.PossibleMatch]) error { return j.PossibleMatches(p.Items) }),
		"match":       both(Match, (*JSON).MatchView),
		"entries":     both(Entries, func(j *JSON, p cdp.Page[cdp.Entry]) error { return j.Entries(p.Items) }),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				o := Options{Width: rapid.SampledFrom([]int{0, 20, 60, 80, 120}).Draw(t, "width"), Reveal: rapid.Bool().Draw(t, "reveal")}
				plain, object := write(t, o)
				if wrong := hygiene(plain, o.Width); wrong != "" {
					t.Fatal(wrong)
				}
				if wrong := hygiene(object, 0); wrong != "" {
					t.Fatal(wrong)
				}
				for _, line := range strings.Split(strings.TrimSuffix(object, "\n"), "\n") {
					if !json.Valid([]byte(line)) && line != "" {
						t.Fatal("not JSON")
					}
				}
				if !o.Reveal && (strings.Contains(plain, secret) || strings.Contains(object, secret)) {
					t.Fatal("a mask leaves the secret")
				}
			})
		})
	}
}

func TestRandomCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Options{Reveal: rapid.Bool().Draw(t, "reveal")}
		for _, write := range []func(*CSV) error{
			func(c *CSV) error { return c.Hits(random[[]cdp.Hit](t)) },
			func(c *CSV) error { return c.Rejects(random[[]cdp.Reject](t)) },
			func(c *CSV) error { return c.Quarantined(random[[]cdp.Quarantine](t)) },
			func(c *CSV) error { return c.Touchpoints(random[[]cdp.Touchpoint](t)) },
		} {
			var b bytes.Buffer
			if err := write(NewCSV(&b, o)); err != nil {
				t.Fatal(err)
			}
			if wrong := hygiene(b.String(), 0); wrong != "" {
				t.Fatal(wrong)
			}
			if !o.Reveal && strings.Contains(b.String(), secret) {
				t.Fatal("a mask leaves the secret")
			}
		}
	})
}
