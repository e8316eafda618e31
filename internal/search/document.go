package search

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// fieldFacet holds one term for each value of each dimension: a letter below,
// then the value. One field with many terms costs a fraction of many fields.
const fieldFacet = "f"

// Letters of the dimensions in fieldFacet. They are part of the layout.
const (
	dimSource  = 's'
	dimChannel = 'c'
	dimBasis   = 'b'
	dimConsent = 'k' // purpose/state
	dimCountry = 'l'
	dimKind    = 'i'
	dimTouch   = 't'
	dimHas     = 'h' // of the text fields, which there is a value of
	dimSize    = 'n' // seven digits
	dimDay     = 'd' // 2026-01-31; the month and the year it lies in are terms too, so that a range is few terms
	dimMonth   = 'm'
	dimYear    = 'y'
)

// none is the value of a facet for profiles that have no other.
const none = "none"

// maxSize is the size at which sizes are no longer told apart.
const maxSize = 9_999_999

// A dimension is a facet, or a field answered like one.
type dimension struct {
	field  string
	letter byte
	facet  bool
}

func dimensions() []dimension {
	return []dimension{
		{query.FieldSource, dimSource, true},
		{query.FieldChannel, dimChannel, true},
		{query.FieldBasis, dimBasis, true},
		{query.FieldConsent, dimConsent, true},
		{query.FieldCountry, dimCountry, true},
		{query.FieldKind, dimKind, false},
		{query.FieldTouchpoint, dimTouch, false},
	}
}

// docID is the id of a profile's document: eight bytes, so that the order of
// ids is the order of profiles.
func docID(p cdp.ProfileID) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(p))
	return string(b[:])
}

func profileOf(id []byte) (cdp.ProfileID, error) {
	if len(id) != 8 {
		return 0, fmt.Errorf("search: a document id has %d bytes", len(id))
	}
	return cdp.ProfileID(binary.BigEndian.Uint64(id)), nil
}

// makeDocument makes the document of a profile. The words are cut when Bleve asks
// for it, on its analysis workers.
func makeDocument(f *spelling.Folder, d cdp.Document) *document.Document {
	doc := document.NewDocument(docID(d.Profile))
	add := func(name string, values []cdp.Value, gap int) {
		if len(values) > 0 {
			doc.AddField(&field{name: name, folder: f, values: values, gap: gap})
		}
	}
	add(query.FieldName, d.Names, nameGap)
	add(query.FieldCity, d.Cities, valueGap)
	add(query.FieldText, d.Texts, valueGap)
	add(query.FieldSegment, d.Segments, valueGap)
	if len(d.Records) > 0 {
		doc.AddField(&field{name: query.FieldRecord, folder: f, terms: recordTerms(f, d.Records)})
	}
	doc.AddField(&field{name: fieldFacet, terms: facetTerms(d)})
	return doc
}

// Words of two values of a field are not next to each other, so a phrase does
// not span them; but given and family name may have come as two values.
const (
	nameGap  = 0
	valueGap = 1
)

func facetTerms(d cdp.Document) []string {
	t := make([]string, 0, 32)
	add := func(letter byte, v string) {
		if v != "" && len(v) < 1000 {
			t = append(t, string(letter)+v)
		}
	}
	orNone := func(letter byte, n int) {
		if n == 0 {
			add(letter, none)
		}
	}
	for _, v := range d.Sources {
		add(dimSource, string(v))
	}
	for _, v := range d.Channels {
		add(dimChannel, string(v))
	}
	for _, v := range d.Bases {
		add(dimBasis, string(v))
	}
	for _, v := range d.Consents {
		add(dimConsent, string(v.Purpose)+"/"+string(v.State))
	}
	for _, v := range d.Countries {
		add(dimCountry, v)
	}
	orNone(dimChannel, len(d.Channels))
	orNone(dimBasis, len(d.Bases))
	orNone(dimConsent, len(d.Consents))
	orNone(dimCountry, len(d.Countries))
	for _, v := range d.Kinds {
		add(dimKind, string(v))
	}
	for _, v := range d.TouchKinds {
		add(dimTouch, v)
	}
	for _, h := range []struct {
		field  string
		values []cdp.Value
	}{{query.FieldName, d.Names}, {query.FieldCity, d.Cities}, {query.FieldText, d.Texts}, {query.FieldSegment, d.Segments}} {
		if len(h.values) > 0 {
			add(dimHas, h.field)
		}
	}
	add(dimSize, sizeTerm(d.Size))
	if !d.Seen.IsZero() {
		day := d.Seen.UTC().Format(time.DateOnly)
		add(dimDay, day)
		if len(day) == len(time.DateOnly) {
			add(dimMonth, day[:7])
			add(dimYear, day[:4])
		}
	}
	return t
}

func sizeTerm(n int) string { return fmt.Sprintf("%07d", min(max(n, 0), maxSize)) }

// recordTerms are the keys as they are (=key, folded) and the parts of a key
// that could stand for it: those with a digit and at least three characters.
func recordTerms(f *spelling.Folder, keys []cdp.Value) []string {
	t := make([]string, 0, 2*len(keys))
	for _, k := range keys {
		t = append(t, recordKey(k.Reveal()))
		for _, w := range f.Words(k.Reveal()) {
			if len(w.Key) >= 3 && strings.ContainsAny(w.Key, "0123456789") {
				t = append(t, w.Key)
			}
		}
	}
	return t
}

func recordKey(k string) string {
	k = strings.ToLower(strings.TrimSpace(k))
	return "=" + spelling.Cut([]byte(k))
}

// A field is a field of a document as Bleve wants it: either words to be cut
// from values, with their places, or terms as they are.
type field struct {
	name   string
	folder *spelling.Folder
	values []cdp.Value
	gap    int
	terms  []string

	length int
	freqs  index.TokenFrequencies
}

func (f *field) Name() string             { return f.name }
func (f *field) ArrayPositions() []uint64 { return nil }
func (f *field) Value() []byte            { return nil }
func (f *field) EncodedFieldType() byte   { return 't' }
func (f *field) NumPlainTextBytes() uint64 {
	return 0
}
func (f *field) Size() int           { return 64 }
func (f *field) AnalyzedLength() int { return f.length }

func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.freqs }

// Options: places only where phrases are asked for, frequencies nowhere: the
// rank of a hit says which field matched and how, not how often.
func (f *field) Options() index.FieldIndexingOptions {
	if f.terms != nil {
		return index.IndexField | index.SkipFreqNorm
	}
	return index.IndexField | index.IncludeTermVectors
}

// Analyze makes the terms. Bleve calls it once, on one of its workers.
func (f *field) Analyze() {
	if f.terms != nil {
		f.freqs = make(index.TokenFrequencies, len(f.terms))
		for _, t := range f.terms {
			if _, ok := f.freqs[t]; !ok {
				f.freqs[t] = &index.TokenFreq{Term: []byte(t)}
			}
		}
		f.length = len(f.freqs)
		return
	}
	f.freqs = make(index.TokenFrequencies)
	pos := 1
	for _, v := range f.values {
		words := f.folder.Words(v.Reveal())
		for _, w := range words {
			w.Forms(func(term string) {
				tf, ok := f.freqs[term]
				if !ok {
					tf = &index.TokenFreq{Term: []byte(term)}
					f.freqs[term] = tf
				}
				tf.Locations = append(tf.Locations, &index.TokenLocation{Position: pos + w.Pos, Start: w.Start, End: w.End})
				tf.SetFrequency(tf.Frequency() + 1)
			})
		}
		pos += len(words) + f.gap
	}
	f.length = pos
}
