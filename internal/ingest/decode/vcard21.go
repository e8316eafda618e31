package decode

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"
)

// read21 takes the lines of a vCard 2.1 apart: lines folded as in RFC 822,
// parameters without names, values in quoted-printable or base64, each in a charset of its own.
func (r *vcardReader) read21(lines []string) ([]property, *RowError) {
	var props []property
	for i := 0; i < len(lines); {
		l := lines[i]
		i++
		if strings.TrimSpace(l) == "" {
			continue
		}
		p, ok := splitLine(l)
		if !ok {
			return nil, &RowError{Code: "vcard.line", Reason: "has a line that is not a property"}
		}
		if p.name == "BEGIN" || p.name == "END" {
			continue
		}
		enc := p.encoding21()
		value := []byte(p.value)
	folds:
		for ; i < len(lines); i++ {
			next := lines[i]
			folded := next != "" && (next[0] == ' ' || next[0] == '\t')
			switch {
			case enc == "quoted-printable" && bytes.HasSuffix(value, []byte{'='}):
				value = value[:len(value)-1]
			case enc == "base64" && (folded || strings.TrimSpace(next) != "" && !strings.Contains(next, ":")):
				next = strings.TrimSpace(next)
			case !folded:
				break folds
			}
			value = append(value, next...)
		}
		p.value = string(value)
		if enc == "quoted-printable" {
			if bad := r.quotedPrintable(&p); bad != nil {
				return nil, bad
			}
		}
		props = append(props, p)
	}
	return props, nil
}

// encoding21 is the encoding of a value: quoted-printable, base64 or "".
func (p property) encoding21() string {
	enc := p.param("ENCODING")
	for _, s := range p.params {
		if enc == "" && !strings.Contains(s, "=") {
			switch low := strings.ToLower(s); low {
			case "quoted-printable", "base64":
				enc = low
			}
		}
	}
	switch enc {
	case "quoted-printable":
		return enc
	case "b", "base64":
		return "base64"
	}
	return ""
}

// quotedPrintable decodes a value and its charset. A charset must be named,
// unless the bytes are UTF-8 or one was given for the file.
func (r *vcardReader) quotedPrintable(p *property) *RowError {
	raw, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(p.value)))
	if err != nil {
		return fault("vcard.encoding", p.name, "has a quoted-printable value that can not be decoded")
	}
	charset := p.param("CHARSET")
	if charset == "" {
		charset = "utf-8"
		if !utf8.Valid(raw) && r.given != "" {
			charset = r.given
		}
	}
	name, enc, ok := charsetOf(charset)
	if !ok {
		return fault("vcard.charset", p.name, "has a value in a charset that is not known")
	}
	if enc != nil && !ascii(raw) {
		if raw, err = enc.NewDecoder().Bytes(raw); err != nil {
			return fault("vcard.charset", p.name, "has a value that is not in the charset it names")
		}
	}
	if code, _ := damage(raw, name); code != "" {
		return fault("vcard.charset", p.name, "has a value that is not in the charset it names, or names none")
	}
	p.value = strings.ReplaceAll(string(raw), "\r\n", "\n")
	return nil
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// tree21 makes the tree of a vCard 2.1. A parameter without a name is a type,
// but for the names of encodings; those and CHARSET are done with, only
// base64 stays, as in 3.0.
func tree21(props []property) map[string]any {
	out := map[string]any{}
	for _, p := range props {
		types, params := []any{}, map[string]any{}
		for _, s := range p.params {
			k, v, named := strings.Cut(s, "=")
			low := strings.ToLower(k)
			switch {
			case s == "":
			case !named && (low == "quoted-printable" || low == "base64" || low == "7bit" || low == "8bit"), low == "encoding", low == "charset":
			case !named:
				types = append(types, low)
			case low == "type":
				for t := range strings.SplitSeq(v, ",") {
					types = append(types, strings.ToLower(t))
				}
			default:
				list, _ := params[low].([]any)
				params[low] = append(list, v)
			}
		}
		if p.encoding21() == "base64" {
			params["encoding"] = []any{"b"}
		}
		value := p.value
		if !structured(p.name) {
			value = unescape21(value)
		}
		add(out, p, value, types, params, unescape21)
	}
	return out
}

// unescape21 undoes the one escape that vCard 2.1 has.
func unescape21(s string) string { return strings.ReplaceAll(s, `\;`, ";") }
