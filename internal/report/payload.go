package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Formats of what leaves.
const (
	PayloadNDJSON      = "ndjson"
	PayloadCSV         = "csv"
	PayloadOpenDSR     = "opendsr"
	PayloadCloudEvents = "cloudevents"
	PayloadParquet     = "parquet" // columns for warehouses; to a file only
)

// PayloadFormats are all formats.
func PayloadFormats() []string {
	return []string{PayloadNDJSON, PayloadCSV, PayloadOpenDSR, PayloadCloudEvents, PayloadParquet}
}

// A Payload writes what leaves about profiles, values in clear. The same line
// gives the same bytes.
type Payload struct {
	format  string
	columns []string
}

// NewPayload returns a writer of a format. CSV and Parquet need their columns:
// names of fields. They are not read otherwise.
func NewPayload(format string, columns []string) (*Payload, error) {
	if !slices.Contains(PayloadFormats(), format) {
		return nil, fmt.Errorf("the format is one of %s", strings.Join(PayloadFormats(), ", "))
	}
	if (format == PayloadCSV || format == PayloadParquet) && len(columns) == 0 {
		return nil, fmt.Errorf("%s needs its columns: name the fields", format)
	}
	return &Payload{format, columns}, nil
}

// Header is what comes before all lines.
func (p *Payload) Header() []byte {
	if p.format != PayloadCSV {
		return nil
	}
	b, _ := csvRow(append([]string{"ref"}, p.columns...)) // to a buffer: it can not fail
	return b
}

// Line returns one line. CSV has no way to write what a terminal obeys: there it
// is shown as marks, and the other formats have it without loss. The error says that a field has no column.
func (p *Payload) Line(l cdp.PayloadLine) ([]byte, error) {
	switch p.format {
	case PayloadCSV:
		cells := make([]string, 1+len(p.columns))
		cells[0] = l.Ref
		for _, f := range l.Fields {
			i := slices.Index(p.columns, f.Name)
			if i < 0 {
				return nil, fmt.Errorf("the field %s has no column", f.Name)
			}
			var values []string
			for _, v := range f.Values {
				values = append(values, text.CSVCell(text.Clean(v.Reveal()).String()))
			}
			cells[1+i] = text.CSVCell(strings.Join(values, "; "))
		}
		return csvRow(cells)
	case PayloadOpenDSR:
		return line(dsrShare(l))
	case PayloadCloudEvents:
		return line(cloudEvent(l))
	case PayloadParquet: // the line is what its digest stands for; Packer makes a row of it
		for _, f := range l.Fields {
			if !slices.Contains(p.columns, f.Name) {
				return nil, fmt.Errorf("the field %s has no column", f.Name)
			}
		}
	}
	return line(shareData{l.Ref, l.Ask.Recipient, string(l.Ask.Purpose), stampOf(l.At), fieldsOf(l.Fields, true)})
}

func csvRow(cells []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.Write(cells)
	w.Flush()
	return b.Bytes(), err
}

// line is one object of NDJSON. What a terminal could obey is escaped, in case
// somebody looks at the file on one.
func line(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("report: payload: %w", err)
	}
	return visible(nil, b.Bytes()), nil
}

type shareData struct {
	Ref       string              `json:"ref"`
	Recipient string              `json:"recipient"`
	Purpose   string              `json:"purpose"`
	At        stamp               `json:"at"`
	Fields    map[string][]string `json:"fields"`
}

func fieldsOf(list []cdp.PayloadField, identifiers bool) map[string][]string {
	out := make(map[string][]string, len(list))
	for _, f := range list {
		if f.Identifier && !identifiers {
			continue
		}
		for _, v := range f.Values {
			out[f.Name] = append(out[f.Name], v.Reveal())
		}
	}
	return out
}

// OpenDSR 2.0 names identities so; it has no message for a disclosure, so what
// is not an identity stands in an extension.
type dsrShareJSON struct {
	Regulation string         `json:"regulation"`
	APIVersion string         `json:"api_version"`
	Identities []dsrIdentity  `json:"subject_identities"`
	Extensions map[string]any `json:"extensions"`
}

type dsrIdentity struct {
	Type   string `json:"identity_type"`
	Value  string `json:"identity_value"`
	Format string `json:"identity_format"`
}

// dsrExtension is the name under which OpenDSR messages carry what the standard
// has no field for.
const dsrExtension = "cdp-tui"

func identityOf(kind cdp.Kind, value string) dsrIdentity {
	id := dsrIdentity{string(kind), value, "raw"}
	switch kind {
	case cdp.KindEmailSHA256:
		id.Type, id.Format = "email", "sha256"
	case cdp.KindEmailMD5:
		id.Type, id.Format = "email", "md5"
	case cdp.KindPhoneSHA256:
		id.Type, id.Format = "phone", "sha256"
	case cdp.KindCRM, cdp.KindLogin:
		id.Type = "controller_customer_id"
	case cdp.KindCookie:
		id.Type = "cookie_id"
	case cdp.KindDevice:
		id.Type = "device_id"
	case cdp.KindLoyalty:
		id.Type = "loyalty_card"
	}
	return id
}

func dsrShare(l cdp.PayloadLine) dsrShareJSON {
	out := dsrShareJSON{Regulation: "gdpr", APIVersion: "2.0", Identities: []dsrIdentity{}, Extensions: map[string]any{dsrExtension: shareData{
		l.Ref, l.Ask.Recipient, string(l.Ask.Purpose), stampOf(l.At), fieldsOf(l.Fields, false)}}}
	for _, f := range l.Fields {
		for _, v := range f.Values {
			if f.Identifier {
				out.Identities = append(out.Identities, identityOf(cdp.Kind(f.Name), v.Reveal()))
			}
		}
	}
	return out
}

// A CloudEvent 1.0 with its data-classification and sequence extensions: the
// sequence compares as text, so it is padded.
type cloudEventJSON struct {
	SpecVersion    string    `json:"specversion"`
	Type           string    `json:"type"`
	Source         string    `json:"source"`
	ID             string    `json:"id"`
	Time           stamp     `json:"time"`
	Subject        string    `json:"subject"`
	ContentType    string    `json:"datacontenttype"`
	Sequence       string    `json:"sequence"`
	Classification string    `json:"dataclassification"`
	Regulation     string    `json:"dataregulation"`
	Category       string    `json:"datacategory"`
	Data           shareData `json:"data"`
}

func cloudEvent(l cdp.PayloadLine) cloudEventJSON {
	category := "standard"
	if l.Special {
		category = "special-category"
	}
	return cloudEventJSON{"1.0", "io.cdptui.profile.shared.v1", "/cdp/" + l.Controller, l.Ref, stampOf(l.At), "share/" + l.Ref, "application/json", fmt.Sprintf("%020d", l.Seq),
		"confidential", "GDPR", category, shareData{l.Ref, l.Ask.Recipient, string(l.Ask.Purpose), stampOf(l.At), fieldsOf(l.Fields, true)}}
}

// NoticeFormats are the formats in which recipients are told.
func NoticeFormats() []string { return []string{"json", PayloadCSV, PayloadOpenDSR} }

// NoticeHeader is what comes before all notices of a format.
func NoticeHeader(format string) []byte {
	if format != PayloadCSV {
		return nil
	}
	b, _ := csvRow([]string{"about", "cause", "purpose", "since", "fields", "share", "identity_type", "identity_value", "identity_format"})
	return b
}

// Notice returns a notice as it goes out, false for a cause that the format can
// not say: OpenDSR 2.0 knows no correction and no restriction.
func Notice(n cdp.NoticeLine, format string) ([]byte, bool, error) {
	var ids []dsrIdentity
	for _, id := range n.Identities {
		if id.Kind() != cdp.KindRecord {
			ids = append(ids, identityOf(id.Kind(), id.Reveal()))
		}
	}
	told := map[string]any{"cause": n.Cause, "purpose": n.Purpose, "since": stampOf(n.Event), "fields": stringsOf(n.Fields), "share": n.Share}
	switch format {
	case PayloadCSV:
		var out []byte
		for _, id := range append(ids, dsrIdentity{})[:max(1, len(ids))] {
			cells := []string{n.About, string(n.Cause), string(n.Purpose), string(stampOf(n.Event)), strings.Join(n.Fields, " "), n.Share, id.Type, text.CSVCell(id.Value), id.Format}
			b, err := csvRow(cells)
			if err != nil {
				return nil, false, err
			}
			out = append(out, b...)
		}
		return out, true, nil
	case PayloadOpenDSR:
		if n.Cause == cdp.CauseCorrection || n.Cause == cdp.CauseRestriction {
			return nil, false, nil
		}
		b, err := line(map[string]any{"regulation": "gdpr", "subject_request_id": n.About, "subject_request_type": "erasure", "submitted_time": stampOf(n.Event),
			"subject_identities": append([]dsrIdentity{}, ids...), "api_version": "2.0", "extensions": map[string]any{dsrExtension: told}})
		return b, true, err
	}
	told["about"], told["identities"] = n.About, append([]dsrIdentity{}, ids...)
	b, err := line(told)
	return b, true, err
}
