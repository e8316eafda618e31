package mapping

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest/decode"

	"github.com/expr-lang/expr/vm"
)

// A Canon makes identifiers canonical. *ident.Canonicaliser is one.
type Canon interface {
	Canon(kind cdp.Kind, raw string, opt ident.Options) (cdp.Identifier, ident.Verdict)
	Derive(id cdp.Identifier) []cdp.Identifier
}

// maxKey bounds the key of a record, in bytes: it enters keys of the store.
const maxKey = 400

// A Mapper makes rows of one file into records. It is not safe for use by
// several goroutines at once.
type Mapper struct {
	m       *Mapping
	canon   Canon
	lineage cdp.Lineage
	country string

	header   *decode.Header
	cols     []int  // by slot: column of the file, -1 for none
	hidden   []bool // by column of the file: never stored
	hides    bool
	env      map[string]any
	stamp    []int // by slot: serial of the row whose value env holds
	serial   int
	vm       vm.VM
	row      decode.Row
	tree     any // of row, scrubbed
	envelope map[string]any
	shared   uintptr // of the envelope that was scrubbed
	cut      bool    // something was taken out of this row's tree

	keys  map[string]bool // names judged by NeverStored
	notes notes

	it    any         // of an each, as read
	itset bool        // env has it
	bad   *cdp.Reject // the first thing wrong with this row
	rec   *cdp.Record
}

// NewMapper returns a Mapper whose records carry lineage's file, hashes and
// batch. The country serves phone numbers when the mapping names none.
func (m *Mapping) NewMapper(canon Canon, lineage cdp.Lineage, country string) *Mapper {
	lineage.Mapping = m.hash
	if m.Source.Country != "" {
		country = m.Source.Country
	}
	p := &Mapper{m: m, canon: canon, lineage: lineage, country: country,
		cols: make([]int, len(m.columns)), stamp: make([]int, len(m.columns)), env: map[string]any{}, keys: map[string]bool{}}
	p.env["it"], p.env["i"] = nil, 0
	p.env["col"] = func(name string) any { return p.named(name) }
	p.env["path"] = func(path string) any { v, _ := p.get(path); return native(v) }
	p.env["envelope"] = func(path string) any {
		v, _ := decode.Row{Tree: p.envelope}.Get(path)
		return native(v)
	}
	p.env["fingerprint"] = p.fingerprint
	return p
}

// Notes returns what was noted since the last call.
func (p *Mapper) Notes() []cdp.Note { return p.notes.take() }

// Row makes one row into a record, a reject or a drop: exactly one of the
// three is not nil.
func (p *Mapper) Row(row decode.Row) (*cdp.Record, *cdp.Reject, *cdp.Drop) {
	p.begin(row)
	for _, s := range p.m.skips {
		if p.test(s.when) {
			if p.bad != nil {
				break
			}
			return nil, nil, &cdp.Drop{Line: row.Line, Row: row.Num, Rule: s.rule}
		}
	}
	rec := &cdp.Record{Source: p.m.Source.ID, Lineage: p.at(row.Line, row.Num, row.Offset)}
	p.rec = rec
	key, has := p.text(p.m.key)
	key = strings.TrimSpace(key)
	switch {
	case has != present || key == "":
		p.fail("record.key", p.m.key.field, "the row has no key, so it could not be told from others of its source")
	case len(key) > maxKey:
		p.fail("record.key_long", p.m.key.field, "the key of the row is longer than 400 bytes")
	}
	rec.Key = key
	if p.bad == nil {
		rec.At = p.when(p.m.time)
		rec.Deleted = p.m.deleteWhen != nil && p.test(p.m.deleteWhen)
		p.claims()
		p.attributes()
		p.touchpoints()
		p.consents()
		p.preferences()
		p.restriction()
		p.rest()
		p.bound()
	}
	if p.bad != nil {
		p.bad.Lineage = rec.Lineage
		p.bad.Source = rec.Source
		p.bad.Raw, p.bad.Header = p.raw()
		return nil, p.bad, nil
	}
	return rec, nil, nil
}

// Bounds of one record, so that one hostile row can not make a transaction too
// large and so stop a file.
const (
	maxClaims = 200
	maxItems  = 2000    // claims, attributes, touchpoints, consents, preferences, grounds and shares
	maxText   = 1 << 20 // bytes of their texts
)

// bound rejects a row that gives more than a record can hold.
func (p *Mapper) bound() {
	r := p.rec
	items := len(r.Claims) + len(r.Attributes) + len(r.Touchpoints) + len(r.Consents) + len(r.Preferences) + len(r.Grounds) + len(r.Shares)
	if items > maxItems || len(r.Claims) > maxClaims {
		p.tooLarge()
		return
	}
	text := 0
	for i := range r.Attributes {
		text += len(r.Attributes[i].Value)
	}
	for i := range r.Touchpoints {
		t := &r.Touchpoints[i]
		text += len(t.Kind) + len(t.Key) + len(t.Text) + len(t.Detail) + len(t.Channel) + len(t.Purpose)
	}
	for i := range r.Consents {
		c := &r.Consents[i]
		text += len(c.Purpose) + len(c.Channel) + len(c.Notice) + len(c.Method) + len(c.Language) + len(c.Proof) + len(c.Regulation)
	}
	for i := range r.Preferences {
		q := &r.Preferences[i]
		text += len(q.Channel) + len(q.Topic) + len(q.Frequency) + len(q.Language) + len(q.Method) + len(q.Proof)
	}
	for i := range r.Grounds {
		text += len(r.Grounds[i].Ref)
	}
	for i := range r.Shares {
		text += len(r.Shares[i].Recipient) + len(r.Shares[i].Purpose)
	}
	if text > maxText {
		p.fail("record.too_large", "", "the row gives more than 1 MiB of text")
	}
}

func (p *Mapper) tooLarge() {
	p.fail("record.too_large", "", "the row gives more than 200 identifiers or 2,000 attributes, touchpoints, consents and preferences")
}

// RowError makes a row that could not be read into a reject.
func (p *Mapper) RowError(e *decode.RowError) *cdp.Reject {
	r := &cdp.Reject{Source: p.m.Source.ID, Lineage: p.at(e.Line, e.Num, e.Offset), Code: e.Code, Reason: e.Reason}
	if e.Header != nil {
		p.bind(e.Header)
		r.Header = kept(e.Header.Raw, cdp.MaxRejectHeader)
		if _, is := e.Header.Index(e.Field); is || strings.HasPrefix(e.Code, "csv.") {
			r.Field = e.Field
		}
	}
	if !(p.header != nil && e.Header != nil && p.hides) && !secretRaw(e.Raw) {
		r.Raw = kept(e.Raw, cdp.MaxRejectRow)
	} else {
		p.notes.add("never_store", "", "rows that can not be read are kept without their text where a column must never be stored", 1)
	}
	return r
}

func (p *Mapper) at(line, num int, offset int64) cdp.Lineage {
	l := p.lineage
	l.Line, l.Row, l.Offset = line, num, offset
	return l
}

func (p *Mapper) begin(row decode.Row) {
	p.serial++
	p.row, p.bad, p.rec, p.cut = row, nil, nil, false
	p.env["it"], p.env["i"] = nil, 0
	if row.Header != nil {
		p.bind(row.Header)
		if p.hides {
			for i, c := range row.Cells {
				if p.hidden[i] && c != "" {
					p.notes.add("never_store", row.Header.Names[i], "a column of this name is never stored", 1)
				}
			}
		}
		return
	}
	p.tree, p.cut = p.scrub(row.Tree, p.secretField)
	for _, s := range p.m.secrets {
		path := s.path
		if s.col != "" {
			path = decode.QuoteKey(s.col)
		}
		if t, ok := without(p.tree, path); ok {
			p.tree, p.cut = t, true
			p.secretField(s.field)
		}
	}
	if at := reflect.ValueOf(row.Envelope).Pointer(); at != p.shared {
		e, _ := p.scrub(row.Envelope, p.secretField)
		p.envelope, _ = e.(map[string]any)
		p.shared = at
	}
}

func (p *Mapper) secretField(name string) {
	if len(name) > 64 || strings.ContainsAny(name, "@ ") {
		name = "a field"
	}
	p.notes.add("never_store", name, "a field of this name is never stored", 1)
}

// bind looks up the columns of a header once.
func (p *Mapper) bind(h *decode.Header) {
	if h == p.header {
		return
	}
	p.header = h
	for s, name := range p.m.columns {
		p.cols[s] = -1
		if i, ok := h.Index(name); ok {
			p.cols[s] = i
		} else {
			p.notes.add("missing_column", name, "the mapping reads this column, and the file does not have it", 1)
		}
	}
	p.hidden, p.hides = make([]bool, len(h.Names)), false
	for i, name := range h.Names {
		p.hidden[i] = NeverStored(name)
		for _, s := range p.m.secrets {
			p.hidden[i] = p.hidden[i] || s.col == name
		}
		p.hides = p.hides || p.hidden[i]
	}
}

// fail notes the first thing that is wrong with the row.
func (p *Mapper) fail(code, field, reason string) {
	if p.bad == nil {
		p.bad = &cdp.Reject{Code: code, Field: field, Reason: reason}
	}
}

func kept(b []byte, most int) cdp.Value { return cdp.Value(b[:min(len(b), most)]) }

// raw gives the text of the row as it may be kept: as read, or written anew
// without what must never be stored.
func (p *Mapper) raw() (raw, header cdp.Value) {
	if h := p.row.Header; h != nil {
		header = kept(h.Raw, cdp.MaxRejectHeader)
		dirty := false
		cells := append([]string(nil), p.row.Cells...)
		for i, c := range cells {
			if c != "" && (p.hidden[i] || SecretForm(c) != "") {
				cells[i], dirty = "", true
			}
		}
		if !dirty {
			return kept(p.row.Raw, cdp.MaxRejectRow), header
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if h.Sep != 0 {
			w.Comma = h.Sep
		}
		if w.Write(cells) != nil {
			return "", header
		}
		w.Flush()
		raw = cdp.Value(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	} else {
		tree, dirty := redact(p.tree)
		if !dirty && !p.cut {
			return kept(p.row.Raw, cdp.MaxRejectRow), ""
		}
		b, err := json.Marshal(tree)
		if err != nil {
			return "", ""
		}
		raw = cdp.Value(b)
	}
	if len(raw) > cdp.MaxRejectRow {
		return "", header
	}
	return raw, header
}

// fingerprint is the content hash of the row without what is never stored, for
// rows that have no key of their own.
func (p *Mapper) fingerprint() string {
	h := sha256.New()
	if p.row.Header != nil {
		for i, c := range p.row.Cells {
			if !p.hidden[i] {
				h.Write([]byte(p.row.Header.Names[i]))
				h.Write([]byte{0})
				h.Write([]byte(c))
				h.Write([]byte{0})
			}
		}
	} else if b, err := json.Marshal(p.tree); err == nil {
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// when reads a time; zero when the row does not say.
func (p *Mapper) when(c *clock) time.Time {
	if c == nil {
		return time.Time{}
	}
	if c.from.expr != nil {
		v := p.eval(c.from.expr, c.field)
		if t, ok := v.(time.Time); ok {
			return t.UTC()
		}
		if s, ok := v.(string); ok && c.from.listed == nil {
			return p.parsed(c, s)
		}
	}
	s, has := p.text(c.from)
	if has != present || strings.TrimSpace(s) == "" {
		return time.Time{}
	}
	return p.parsed(c, s)
}

func (p *Mapper) parsed(c *clock, s string) time.Time {
	if strings.TrimSpace(s) == "" {
		return time.Time{}
	}
	t, err := c.parse(s)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		p.fail("time.layout", c.field, "the time fits none of the layouts that the mapping gives")
		return time.Time{}
	}
	return t
}
