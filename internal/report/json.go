package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
)

// JSON writes objects, one a line (NDJSON), as docs/json.md describes them.
// Strings keep every character of the original; what a terminal could obey or
// hide is escaped. Bytes that are not UTF-8 can not be said in JSON and become
// U+FFFD, except in the raw row of a reject, which has a field for them.
type JSON struct {
	w   io.Writer
	o   Options
	buf bytes.Buffer
	enc *json.Encoder
	out []byte
}

// NewJSON returns a writer of objects to w. Width and Zone have no effect.
func NewJSON(w io.Writer, o Options) *JSON {
	j := &JSON{w: w, o: o}
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	return j
}

func (j *JSON) emit(v any) error {
	j.buf.Reset()
	if err := j.enc.Encode(v); err != nil {
		return fmt.Errorf("report: %T: %w", v, err)
	}
	j.out = visible(j.out[:0], j.buf.Bytes())
	_, err := j.w.Write(j.out)
	return err
}

// visible appends src, a JSON text, to dst with every character that shows
// nothing or does something escaped as \u. In JSON such characters stand in
// strings only.
func visible(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		if c := src[i]; c < 0x7f {
			dst = append(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(src[i:])
		switch {
		case unicode.IsPrint(r) && !unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && r != 0x2800:
			dst = append(dst, src[i:i+size]...)
		case r > 0xFFFF:
			r -= 0x10000
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		i += size
	}
	return dst
}

// Profile writes one profile with all that is on its card.
func (j *JSON) Profile(p cdp.Profile) error { return j.emit(wireProfile(j.o, p)) }

// Members writes which records and identifiers make up a profile, and nothing
// else of it: the line of "profiles --json".
func (j *JSON) Members(p cdp.Profile) error { return j.emit(wireMembers(j.o, p)) }

// Record writes one record as it was delivered, with how it is judged.
func (j *JSON) Record(v cdp.RecordView) error { return j.emit(wireRecord(j.o, v)) }

// Found writes one object a thing that a look-up leads to.
func (j *JSON) Found(list []cdp.Found) error { return each(j, list, wireFound) }

// Audience writes one object a line of a list.
func (j *JSON) Audience(list []cdp.AudienceLine) error { return each(j, list, wireAudience) }

// SavedSearches writes one object a query.
func (j *JSON) SavedSearches(list []cdp.SavedSearch) error { return each(j, list, wireSaved) }

// Touchpoints writes one object a touchpoint.
func (j *JSON) Touchpoints(list []cdp.Touchpoint) error { return each(j, list, wireTouchpoint) }

// Consents writes one object a standing, with its events.
func (j *JSON) Consents(list []cdp.Standing) error { return each(j, list, wireStanding) }

// Wishes writes one object an endpoint, channel and topic.
func (j *JSON) Wishes(list []cdp.Preferring) error { return each(j, list, wireWish) }

// Uses writes one object a record and purpose.
func (j *JSON) Uses(list []cdp.Use) error { return each(j, list, wireUse) }

// Shares writes one object a disclosure.
func (j *JSON) Shares(list []cdp.Share) error { return each(j, list, wireShare) }

// Trace writes the tree of a trace as one object.
func (j *JSON) Trace(root cdp.TraceNode) error { return j.emit(wireTrace(j.o, root)) }

// Path writes why two things are one person.
func (j *JSON) Path(p cdp.Path) error { return j.emit(wirePath(j.o, p)) }

// Neighbourhood writes what surrounds a profile.
func (j *JSON) Neighbourhood(n cdp.Neighbourhood) error {
	return j.emit(wireNeighbourhood(j.o, n))
}

// Hits writes one object a profile found.
func (j *JSON) Hits(list []cdp.Hit) error { return each(j, list, wireHit) }

// Search writes a whole answer, with total and facets, as one object.
func (j *JSON) Search(a cdp.SearchAnswer) error { return j.emit(wireSearch(j.o, a)) }

// Sources writes one object a source.
func (j *JSON) Sources(list []cdp.SourceStat) error { return each(j, list, wireSource) }

// Batches writes one object a delivery: its receipt.
func (j *JSON) Batches(list []cdp.Receipt) error { return each(j, list, wireBatch) }

// Rejects writes one object a row that could not be read; the row itself only
// when values are revealed.
func (j *JSON) Rejects(list []cdp.Reject) error { return each(j, list, wireReject) }

// Quarantined writes one object a record in quarantine.
func (j *JSON) Quarantined(list []cdp.Quarantine) error { return each(j, list, wireQuarantine) }

// Stats writes the counts of the store.
func (j *JSON) Stats(s cdp.Stats) error { return j.emit(wireStats(j.o, s)) }

// Check writes what the self-check found.
func (j *JSON) Check(c cdp.CheckReport) error { return j.emit(wireCheck(c)) }

// Evaluation writes how profiles compare with a truth file.
func (j *JSON) Evaluation(e Evaluation) error { return j.emit(wireEvaluation(j.o, e)) }

// Entries writes one object a line of the log.
func (j *JSON) Entries(list []cdp.Entry) error { return each(j, list, wireEntry) }

func each[T, W any](j *JSON, list []T, wire func(Options, T) W) error {
	for _, x := range list {
		if err := j.emit(wire(j.o, x)); err != nil {
			return err
		}
	}
	return nil
}

// stamp is a time as RFC 3339 in UTC; "" when unknown.
type stamp string

func stampOf(t time.Time) stamp {
	if t.IsZero() {
		return ""
	}
	return stamp(t.UTC().Format(time.RFC3339Nano))
}

// Lists are written even when they are empty, so that a reader need not ask.
func wires[T, W any](o Options, list []T, wire func(Options, T) W) []W {
	out := make([]W, len(list))
	for i, x := range list {
		out[i] = wire(o, x)
	}
	return out
}

func stringsOf[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// idsOf prints ids.
func idsOf[T fmt.Stringer](list []T) []string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = id.String()
	}
	return out
}

// idOf prints an id, "" when there is none.
func idOf[T interface {
	~uint64
	fmt.Stringer
}](id T) string {
	if id == 0 {
		return ""
	}
	return id.String()
}
