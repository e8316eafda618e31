package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/rulefile"
)

// A Mapping says how the rows of one source become records. It is immutable
// and can be used by several Mappers at once.
type Mapping struct {
	Name   string // of the file
	Source cdp.Source
	Detect Fingerprint

	hash            string
	options         decode.Options
	nulls           map[string]bool
	emptyCellIsNull bool
	columns         []string // that the mapping reads, by slot

	key         *value
	time        *clock
	deleteWhen  *expression
	skips       []skip
	identifiers []identifier
	attributes  []attribute
	touchpoints []touchpoint
	consents    []consent
	preferences []preference
	restriction *restriction
	grounds     []ground
	shares      []share
	activities  []activity
	secrets     []*value // columns and paths marked store: never
}

// A Fingerprint is how a mapping knows its files: the share of these columns,
// or paths of the first rows, that are there.
type Fingerprint struct {
	Headers, Paths []string
	Without        []string // none of these may be there
	Format         string   // as in decode.Options; "" for any
}

// Hash is the content hash of the mapping's text, in hexadecimal.
func (m *Mapping) Hash() string { return m.hash }

// Options are how the mapping's files are to be read.
func (m *Mapping) Options() decode.Options { return m.options }

// Fits reports whether a CSV of this header can be one of the mapping's: it
// has at least one of the columns that the mapping reads.
func (m *Mapping) Fits(h *decode.Header) bool {
	return len(m.columns) == 0 || slices.ContainsFunc(m.columns, func(name string) bool {
		_, has := h.Index(name)
		return has
	})
}

type skip struct {
	rule string
	when *expression
}

type identifier struct {
	kind            cdp.Kind
	kindOf          *value // when the row says what it is
	each, when      *expression
	from            *value
	issuer, country *value
	verified        *value
	link            cdp.Strength
	hashed          string
	derive          bool
}

type attribute struct {
	name       string
	each, when *expression
	from       *value
	category   string
	origin     cdp.Origin
	special    string
	never      bool
	layouts    []layout // of a day, kept as YYYY-MM-DD; none: kept as it is
}

type touchpoint struct {
	each, when                          *expression
	kind, channel, key, text, detail, p *value
	time                                *clock
}

type consent struct {
	each, when, preTicked                                                *expression
	endpoint                                                             *identifier
	purpose, channel, state, notice, method, language, proof, regulation *value
	explicit, bundled, conditional, speaker                              *value
	absent, empty, emptyList                                             cdp.ConsentState
	time, expires                                                        *clock
}

type ground struct {
	activity   cdp.ActivityID
	each, when *expression
	ref        *value
	from, to   *clock
}

type share struct {
	each, when         *expression
	recipient, purpose *value
	time               *clock
	fields             []string
	mode               string
}

type activity struct {
	id   cdp.ActivityID
	when *expression
}

// stateNone, as a target of a consent's map, means that the source makes no
// statement: no event.
const stateNone = "none"

var sourceID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]$`)
var activityID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$`)
var country = regexp.MustCompile(`^[A-Z]{2}$`)

// Load reads and checks a mapping file. The name serves messages only. The
// error is a *rulefile.Error or rulefile.Errors with every mistake found. Load
// does not know the register: whether a purpose or an activity exists is a
// question of policy, asked when records are admitted.
func Load(name string, data []byte) (*Mapping, error) {
	f, err := rulefile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	var doc document
	if err := f.Decode(&doc); err != nil {
		return nil, err
	}
	l := &loader{f: f, doc: &doc, slots: map[string]int{}, m: &Mapping{Name: name, hash: f.Hash}}
	l.source()
	l.read()
	l.record()
	l.identifiers()
	l.attributes()
	l.touchpoints()
	l.consents()
	l.preferences()
	l.restriction()
	l.rest()
	if err := rulefile.Join(l.errs...); err != nil {
		return nil, err
	}
	return l.m, nil
}

// LoadFingerprint reads of a mapping file only how it knows its files, which
// is much less work than Load. The rest of the file is not checked.
func LoadFingerprint(name string, data []byte) (Fingerprint, error) {
	var doc document
	if err := rulefile.Decode(name, data, &doc); err != nil {
		return Fingerprint{}, err
	}
	return doc.fingerprint(), nil
}

func (d *document) fingerprint() Fingerprint {
	f := Fingerprint{Headers: d.Detect.Headers, Paths: d.Detect.Paths, Without: d.Detect.Without}
	if d.Read.Format != "auto" {
		f.Format = d.Read.Format
	}
	return f
}

func (l *loader) source() {
	s := l.doc.Source
	if l.doc.Version != 1 {
		l.fail("$.version", "version 1 of the mapping language is known here, not %d", l.doc.Version)
	}
	if !sourceID.MatchString(s.ID) {
		l.fail("$.source.id", "the id of a source is 2 to 64 small letters, digits, dots, dashes and underscores").WithHint("such as shop.orders")
	}
	if s.Country != "" && !country.MatchString(s.Country) {
		l.fail("$.source.country", "a country is two capital letters (ISO 3166-1), such as DE")
	}
	if s.Collection != "" && s.Collection != "first_party" && s.Collection != "third_party" {
		l.fail("$.source.collection", "the collection is first_party or third_party")
	}
	out := cdp.Source{ID: cdp.SourceID(s.ID), System: s.System, Kind: s.Kind, Owner: s.Owner, Controller: s.Controller,
		Country: s.Country, Collection: s.Collection, Link: cdp.ActivityID(s.Link)}
	for i, a := range s.Activities {
		l.activityID("$.source.activities["+strconv.Itoa(i)+"]", a)
		if slices.Contains(out.Activities, cdp.ActivityID(a)) {
			l.fail("$.source.activities["+strconv.Itoa(i)+"]", "this activity is named twice")
		}
		out.Activities = append(out.Activities, cdp.ActivityID(a))
	}
	if s.Link != "" {
		l.activityID("$.source.link", s.Link)
		if !slices.Contains(out.Activities, out.Link) {
			l.fail("$.source.link", "the activity for linking is not one of the source's activities").WithHint("add it to activities")
		}
	}
	l.m.Source = out
	d := l.doc.Detect
	if len(d.Headers) > 0 && len(d.Paths) > 0 {
		l.fail("$.detect", "a file is known by headers (CSV) or by paths (JSON, vCard), not by both")
	}
	for i, p := range append(slices.Clone(d.Paths), d.Without...) {
		if err := decode.CheckPath(p); err != nil && len(d.Paths) > 0 {
			at := "$.detect.paths[" + strconv.Itoa(i) + "]"
			if i >= len(d.Paths) {
				at = "$.detect.without[" + strconv.Itoa(i-len(d.Paths)) + "]"
			}
			l.fail(at, "%v", err)
		}
	}
	l.m.Detect = l.doc.fingerprint()
}

func (l *loader) activityID(path, id string) cdp.ActivityID {
	if !activityID.MatchString(id) {
		l.fail(path, "an activity is named as in the register: letters, digits and . _ - /").WithHint("such as shop.orders")
	}
	return cdp.ActivityID(id)
}

func (l *loader) read() {
	r := l.doc.Read
	o := decode.Options{Charset: r.Charset, Root: r.Root, Header: r.Header, Null: r.Null, ApostropheGuard: r.ApostropheGuard}
	switch r.Format {
	case "", "auto":
	case decode.CSV, decode.NDJSON, decode.JSON, decode.VCard:
		o.Format = r.Format
	default:
		l.fail("$.read.format", "the formats are csv, ndjson, json, vcard and auto")
	}
	if r.Charset == "auto" {
		o.Charset = ""
	}
	switch n := utf8.RuneCountInString(r.Sep); {
	case r.Sep == "" || r.Sep == "auto":
	case r.Sep == "tab":
		o.Sep = '\t'
	case n == 1:
		o.Sep, _ = utf8.DecodeRuneInString(r.Sep)
	default:
		l.fail("$.read.sep", "a separator is one character, tab or auto")
	}
	l.m.nulls = map[string]bool{}
	for _, n := range o.Null {
		l.m.nulls[n] = true
	}
	// Nothing in a cell of a CSV says nothing; an empty text in a tree says something.
	l.m.emptyCellIsNull = o.Null == nil
	l.m.options = o
}

func (l *loader) record() {
	r := l.doc.Record
	l.m.key = l.value("$.record.key", r.Key, readOnly)
	l.m.time = l.clock("$.record.time", r.Time)
	l.m.deleteWhen = l.condition("$.record.delete_when", r.DeleteWhen)
	for i, s := range r.SkipWhen {
		at := "$.record.skip_when[" + strconv.Itoa(i) + "]"
		if s.Rule == "" {
			l.fail(at+".rule", "a rule that leaves rows out has a name, under which they are counted")
		}
		l.m.skips = append(l.m.skips, skip{s.Rule, l.condition(at+".when", s.When)})
	}
}

// clock compiles a time; nil when it is not given.
func (l *loader) clock(path string, s *timeSpec) *clock {
	if s == nil {
		return nil
	}
	c := &clock{from: l.value(path+".from", s.From, readOnly)}
	if c.from != nil {
		c.field = c.from.field
	}
	names, at := s.Layouts, path+".layouts"
	if len(names) == 0 {
		names, at = l.doc.Read.Layouts, "$.read.layouts"
	}
	tz, tzAt := s.TZ, path+".tz"
	if tz == "" {
		tz, tzAt = l.doc.Read.TZ, "$.read.tz"
	}
	if len(names) == 0 {
		l.fail(path, "no layouts say how this time is written").
			WithHint("add layouts here or under read: rfc3339, unix, unix_ms, unix_us or the reference time, such as \"2006-01-02 15:04:05\"")
		return nil
	}
	loc := time.UTC
	if tz != "" {
		z, err := time.LoadLocation(tz)
		if err != nil || tz == "Local" {
			l.fail(tzAt, "this is no time zone").WithHint("write one of the IANA database, such as Europe/Berlin or UTC")
		} else {
			loc = z
		}
	}
	for i, n := range names {
		lay := layout{n, loc}
		here := at + "[" + strconv.Itoa(i) + "]"
		if msg := lay.check(); msg != "" {
			l.fail(here, "%s", msg)
			continue
		}
		if tz == "" && !lay.zoned() && n != rfc3339 {
			l.fail(here, "times in this layout have no zone, and none is given").WithHint("add tz: Europe/Berlin, or whichever zone the source writes in")
		}
		for _, o := range c.layouts {
			if lay.contradicts(o) || o.contradicts(lay) {
				l.fail(here, "this layout and %s read some times as two different days", strconv.Quote(o.name)).WithHint("keep the one that the source uses")
			}
		}
		c.layouts = append(c.layouts, lay)
	}
	return c
}

// kindOf compiles what an identifier is: a constant, or what the row says.
func (l *loader) kindOf(path string, s valueSpec) (cdp.Kind, *value) {
	v := l.value(path, s, anyValue)
	if v != nil && v.lit != nil {
		return l.kind(path, *v.lit), nil
	}
	if v != nil {
		for _, k := range keysOf(v.listed) {
			l.kind(path+".map['"+k+"']", v.listed[k])
		}
	}
	return "", v
}

func (l *loader) kind(path, k string) cdp.Kind {
	if slices.Contains(cdp.Kinds(), cdp.Kind(k)) {
		return cdp.Kind(k)
	}
	names := make([]string, 0, len(cdp.Kinds()))
	for _, k := range cdp.Kinds() {
		names = append(names, string(k))
	}
	l.fail(path, "no such kind of identifier").WithHint("known: %s", strings.Join(names, ", "))
	return cdp.Kind(k)
}

func (l *loader) hashed(path string, k cdp.Kind, h string) string {
	switch {
	case h == "", h == "sha256" && (k == cdp.KindEmail || k == cdp.KindPhone), h == "md5" && k == cdp.KindEmail:
	default:
		l.fail(path, "hashes are read of e-mail (sha256, md5) and phone (sha256)")
	}
	return h
}
