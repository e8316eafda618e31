package report

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// The objects of JSON. Their names and fields are a promise to programs, kept
// in docs/json.md and compared with it by a test. Strings, times and objects
// that are empty or unknown are left out; numbers, booleans and lists are not.
// A personal value stands in clear under its name or masked under the name with
// _masked (value: masked), never both.

type refJSON struct {
	Kind string `json:"kind,omitempty"`
	ID   string `json:"id,omitempty"`
}

func wireRef(r cdp.Ref) refJSON { return refJSON{r.Kind, r.ID} }

type identifierJSON struct {
	Kind   string `json:"kind,omitempty"`
	Value  string `json:"value,omitempty"`
	Masked string `json:"masked,omitempty"`
	Tag    string `json:"tag,omitempty"`
}

func wireIdentifier(o Options, i cdp.Identifier) identifierJSON {
	if i.IsZero() {
		return identifierJSON{}
	}
	tag := i.Tag()
	w := identifierJSON{Kind: string(i.Kind()), Tag: hex.EncodeToString(tag[:])}
	w.Value, w.Masked = o.wire(identKind(i), i.Reveal())
	return w
}

func pointIdentifier(o Options, i *cdp.Identifier) *identifierJSON {
	if i == nil {
		return nil
	}
	w := wireIdentifier(o, *i)
	return &w
}

type verdictJSON struct {
	Allow    bool     `json:"allow"`
	Rule     string   `json:"rule,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Article  string   `json:"article,omitempty"`
	Basis    string   `json:"basis,omitempty"`
	Activity string   `json:"activity,omitempty"`
	Facts    []string `json:"facts"`
	From     stamp    `json:"from,omitempty"`
	Until    stamp    `json:"until,omitempty"`
	Register string   `json:"register,omitempty"`
}

func wireVerdict(v cdp.Verdict) verdictJSON {
	return verdictJSON{v.Allow, v.Rule, v.Reason, v.Article, string(v.Basis), string(v.Activity), stringsOf(v.Facts),
		stampOf(v.From), stampOf(v.Until), v.Register}
}

type touchpointJSON struct {
	At           stamp  `json:"at,omitempty"`
	Channel      string `json:"channel,omitempty"`
	Kind         string `json:"kind,omitempty"`
	Purpose      string `json:"purpose,omitempty"`
	Source       string `json:"source,omitempty"`
	Record       string `json:"record,omitempty"`
	No           int    `json:"no"`
	Key          string `json:"key,omitempty"`
	KeyMasked    string `json:"key_masked,omitempty"`
	Detail       string `json:"detail,omitempty"`
	DetailMasked string `json:"detail_masked,omitempty"`
	Text         string `json:"text,omitempty"`
	TextMasked   string `json:"text_masked,omitempty"`
}

func wireTouchpoint(o Options, t cdp.Touchpoint) touchpointJSON {
	w := touchpointJSON{At: stampOf(t.At), Channel: string(t.Channel), Kind: t.Kind, Purpose: string(t.Purpose), Source: string(t.Source), Record: idOf(t.Record), No: t.No}
	w.Key, w.KeyMasked = o.wire(text.KindKey, t.Key)
	w.Detail, w.DetailMasked = o.wire(text.KindText, t.Detail.Reveal())
	w.Text, w.TextMasked = o.wire(text.KindText, t.Text.Reveal())
	return w
}

type standingJSON struct {
	Purpose    string             `json:"purpose,omitempty"`
	State      string             `json:"state"`
	Permits    bool               `json:"permits"`
	Since      stamp              `json:"since,omitempty"`
	Expires    stamp              `json:"expires,omitempty"`
	Endpoint   identifierJSON     `json:"endpoint,omitzero"`
	Controller string             `json:"controller,omitempty"`
	Channel    string             `json:"channel,omitempty"`
	Complete   int                `json:"complete"`
	Missing    []string           `json:"missing"`
	Conflict   bool               `json:"conflict"`
	Events     []consentEventJSON `json:"events"`
}

func wireStanding(o Options, s cdp.Standing) standingJSON {
	return standingJSON{string(s.Purpose), stateName(s.State), s.State.ValidForProcessing(), stampOf(s.Since), stampOf(s.Expires),
		wireIdentifier(o, s.Endpoint), s.Controller, string(s.Channel), s.Complete, stringsOf(s.Missing), s.Conflict, wires(o, s.Events, wireEvent)}
}

func stateName(s cdp.ConsentState) string {
	if s == cdp.NoStatement {
		return "none"
	}
	return string(s)
}

type consentEventJSON struct {
	State       string `json:"state"`
	At          stamp  `json:"at,omitempty"`
	Expires     stamp  `json:"expires,omitempty"`
	PreTicked   bool   `json:"pre_ticked"`
	By          string `json:"by,omitempty"`
	Method      string `json:"method,omitempty"`
	Notice      string `json:"notice,omitempty"`
	Language    string `json:"language,omitempty"`
	Proof       string `json:"proof,omitempty"`
	ProofMasked string `json:"proof_masked,omitempty"`
	Regulation  string `json:"regulation,omitempty"`
	Source      string `json:"source,omitempty"`
	Record      string `json:"record,omitempty"`
	Recorded    stamp  `json:"recorded,omitempty"`
}

func wireEvent(o Options, e cdp.Consent) consentEventJSON {
	w := consentEventJSON{State: stateName(e.State), At: stampOf(e.At), Expires: stampOf(e.Expires), PreTicked: e.PreTicked, By: e.By, Method: e.Method,
		Notice: e.Notice, Language: e.Language, Regulation: e.Regulation, Source: string(e.Source), Record: idOf(e.Record), Recorded: stampOf(e.Recorded)}
	w.Proof, w.ProofMasked = o.wire(text.KindText, e.Proof.Reveal())
	return w
}

type useJSON struct {
	Record   string      `json:"record,omitempty"`
	Source   string      `json:"source,omitempty"`
	Activity string      `json:"activity,omitempty"`
	Purpose  string      `json:"purpose,omitempty"`
	Title    string      `json:"title,omitempty"`
	Verdict  verdictJSON `json:"verdict"`
}

func wireUse(_ Options, u cdp.Use) useJSON {
	return useJSON{idOf(u.Record), string(u.Source), string(u.Activity), string(u.Purpose), u.Title, wireVerdict(u.Verdict)}
}

type shareJSON struct {
	At        stamp    `json:"at,omitempty"`
	Recipient string   `json:"recipient,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
	Fields    []string `json:"fields"`
	Mode      string   `json:"mode,omitempty"`
	Source    string   `json:"source,omitempty"`
	Record    string   `json:"record,omitempty"`
	ID        string   `json:"id,omitempty"`
}

func wireShare(_ Options, s cdp.Share) shareJSON {
	return shareJSON{stampOf(s.At), s.Recipient, string(s.Purpose), stringsOf(s.Fields), s.Mode, string(s.Source), idOf(s.Record), s.ID}
}

type rejectJSON struct {
	Reject       uint64 `json:"reject"`
	Source       string `json:"source,omitempty"`
	Batch        string `json:"batch,omitempty"`
	File         string `json:"file,omitempty"`
	SHA256       string `json:"sha256,omitempty"`
	Mapping      string `json:"mapping,omitempty"`
	Line         int    `json:"line"`
	Row          int    `json:"row"`
	Offset       int64  `json:"offset"`
	Code         string `json:"code,omitempty"`
	Field        string `json:"field,omitempty"`
	Reason       string `json:"reason,omitempty"`
	RawBytes     int    `json:"raw_bytes"`
	Raw          string `json:"raw,omitempty"`
	RawBase64    string `json:"raw_base64,omitempty"`
	Header       string `json:"header,omitempty"`
	HeaderBase64 string `json:"header_base64,omitempty"`
	Replay       string `json:"replay,omitempty"`
}

func wireReject(o Options, r cdp.Reject) rejectJSON {
	l := r.Lineage
	w := rejectJSON{Reject: r.ID, Source: string(r.Source), Batch: idOf(l.Batch), File: l.File, SHA256: l.FileHash, Mapping: l.Mapping, Line: l.Line,
		Row: l.Row, Offset: l.Offset, Code: r.Code, Field: r.Field, Reason: r.Reason, RawBytes: len(r.Raw), Replay: idOf(r.Replay)}
	if o.Reveal {
		w.Raw, w.RawBase64 = lossless(r.Raw.Reveal())
		w.Header, w.HeaderBase64 = lossless(r.Header.Reveal())
	}
	return w
}

// lossless returns s where JSON can say it, else its bytes in base 64.
func lossless(s string) (plain, base64Text string) {
	if utf8.ValidString(s) {
		return s, ""
	}
	return "", base64.StdEncoding.EncodeToString([]byte(s))
}

type quarantineJSON struct {
	Record    string      `json:"record,omitempty"`
	Source    string      `json:"source,omitempty"`
	Key       string      `json:"key,omitempty"`
	KeyMasked string      `json:"key_masked,omitempty"`
	Batch     string      `json:"batch,omitempty"`
	Line      int         `json:"line"`
	Since     stamp       `json:"since,omitempty"`
	Until     stamp       `json:"until,omitempty"`
	Verdict   verdictJSON `json:"verdict"`
	ReleaseBy string      `json:"release_by,omitempty"`
}

func wireQuarantine(o Options, q cdp.Quarantine) quarantineJSON {
	w := quarantineJSON{Record: idOf(q.Record), Source: string(q.Source), Batch: idOf(q.Batch), Line: q.Line, Since: stampOf(q.Since),
		Until: stampOf(q.Until), Verdict: wireVerdict(q.Verdict), ReleaseBy: q.Todo}
	w.Key, w.KeyMasked = o.wire(text.KindKey, q.Key.Reveal())
	return w
}

type entryJSON struct {
	Entry  uint64  `json:"entry"`
	At     stamp   `json:"at,omitempty"`
	Actor  string  `json:"actor,omitempty"`
	Verb   string  `json:"verb,omitempty"`
	Object refJSON `json:"object,omitzero"`
	Case   string  `json:"case,omitempty"`
	Reason string  `json:"reason,omitempty"`
	Digest string  `json:"digest,omitempty"`
	Detail string  `json:"detail,omitempty"`
}

func wireEntry(_ Options, e cdp.Entry) entryJSON {
	return entryJSON{e.Seq, stampOf(e.At), e.Actor, e.Verb, wireRef(e.Object), e.Case, e.Reason, e.Digest, e.Detail}
}

// snake writes words as one stable name: "held apart" is held_apart.
func snake(s string) string { return strings.NewReplacer(" ", "_", "-", "_").Replace(s) }
