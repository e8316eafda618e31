package report

import (
	"encoding/csv"
	"html"
	"io"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// ropaColumns are the columns of the template of the UK's Information
// Commissioner for a record of processing activities, word for word (27
// is a second column of the basis there, 26 and 28 to 30 are of UK law).
// docs/design/lint.md says which of them are computed.
var ropaColumns = [...]string{
	"Business function",
	"Purpose of processing",
	"Name and contact details of joint controller (if applicable)",
	"Categories of individuals",
	"Categories of personal data",
	"Categories of recipients",
	"Link to contract with processor",
	"Names of third countries or international organisations that personal data are transferred to (if applicable)",
	"Safeguards for exceptional transfers of personal data to third countries or international organisations (if applicable)",
	"Retention schedule (if possible)",
	"General description of technical and organisational security measures (if possible)",
	"Article 6 lawful basis for processing personal data",
	"Article 9 condition for processing special category data",
	"Legitimate interests for the processing (if applicable)",
	"Link to record of legitimate interests assessment (if applicable)",
	"Rights available to individuals",
	"Existence of automated decision-making, including profiling (if applicable)",
	"The source of the personal data (if applicable)",
	"Link to record of consent",
	"Location of personal data",
	"Data Protection Impact Assessment required?",
	"Data Protection Impact Assessment progress",
	"Link to Data Protection Impact Assessment",
	"Has a personal data breach occurred?",
	"Link to record of personal data breach",
	"Data Protection Act 2018 Schedule 1 Condition for processing",
	"GDPR Article 6 lawful basis for processing personal data",
	"Link to retention and erasure policy document",
	"Is personal data retained and erased in accordance with the policy document?",
	"Reasons for not adhering to policy document (if applicable)",
}

// A ropaCell is the text of a column, and whether it holds something that was
// seen and is not declared.
type ropaCell struct {
	text string
	red  bool
}

// cells are the columns of a row, in the order of ropaColumns.
func ropaCells(r *cdp.RopaRow) [len(ropaColumns)]ropaCell {
	plain := func(s ...string) ropaCell { return ropaCell{text: strings.Join(s, "; ")} }
	items := func(list ...[]cdp.RopaItem) (c ropaCell) {
		var parts []string
		for _, l := range list {
			for _, x := range l {
				part := x.Name
				if !x.Declared {
					part, c.red = "NOT DECLARED: "+part+" (seen "+strconv.Itoa(x.Seen)+" times)", true
				}
				parts = append(parts, part)
			}
		}
		c.text = strings.Join(parts, "; ")
		return c
	}
	purpose := plain(r.Title)
	if r.Title == "" {
		purpose = items(r.Purposes)
	}
	lawful := ""
	if r.Basis != "" {
		lawful = r.Basis.Article() + " " + strings.ReplaceAll(string(r.Basis), "_", " ")
	}
	return [len(ropaColumns)]ropaCell{plain(r.Function), purpose, plain(r.Joint), plain(r.Subjects...), items(r.Categories), items(r.Recipients), plain(r.Contracts...),
		plain(r.Countries...), plain(r.Safeguards...), plain(r.Retention), plain(r.Measures...), plain(lawful), plain(r.Condition), plain(r.Interest), plain(r.Balancing),
		plain(r.Rights...), plain(r.Automated), items(r.Sources), plain(r.Consent), plain(r.Location...), plain(r.DPIA), plain(r.DPIAState), plain(r.DPIARef),
		{}, {}, {}, plain(lawful), plain(r.Law), plain(r.Adhered), plain(r.Reason)}
}

// RopaCSV writes the record as the ICO's template has it, for spreadsheets:
// guarded against being run as formulas.
func RopaCSV(w io.Writer, r cdp.Ropa) error {
	out := csv.NewWriter(w)
	if err := out.Write(ropaColumns[:]); err != nil {
		return err
	}
	for i := range r.Rows {
		var line []string
		for _, c := range ropaCells(&r.Rows[i]) {
			line = append(line, text.CSVCell(text.Clean(c.text).String()))
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// RopaHTML writes the record as a page that needs nothing else. What was seen
// and is not declared is red, and says so in words.
func RopaHTML(w io.Writer, r cdp.Ropa, o Options) error {
	var b strings.Builder
	esc := func(s string) string { return html.EscapeString(text.Clean(s).String()) }
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + esc(r.Name) + "</title>\n<style>body{font-family:sans-serif}table{border-collapse:collapse;font-size:80%}" +
		"td,th{border:1px solid #999;padding:3px;text-align:left;vertical-align:top}.red{background:#fdd;color:#a00}</style></head><body>\n")
	b.WriteString("<h1>" + esc(r.Name) + "</h1>\n<p>Record of processing activities (GDPR Art. 30), as declared and as seen in the store. " + esc(ropaMade(r, o)) +
		", register " + esc(r.Register) + ". Kept by: " + esc(r.Owner) + ". " + strconv.Itoa(r.Red()) + " of " + strconv.Itoa(len(r.Rows)) + " rows hold something that is not declared.</p>\n<ul>\n")
	for _, c := range r.Controllers {
		b.WriteString("<li>" + esc(strings.Join(filled(c.Name, c.Address, c.Country, c.Contact, c.Representative), ", ")) + "</li>\n")
	}
	b.WriteString("</ul>\n<table><thead><tr>")
	for _, c := range ropaColumns {
		b.WriteString("<th>" + esc(c) + "</th>")
	}
	b.WriteString("</tr></thead><tbody>\n")
	for i := range r.Rows {
		b.WriteString("<tr>")
		for _, c := range ropaCells(&r.Rows[i]) {
			if c.red {
				b.WriteString(`<td class="red">` + esc(c.text) + "</td>")
			} else {
				b.WriteString("<td>" + esc(c.text) + "</td>")
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table></body></html>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func filled(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// ropaMade says from where it was looked.
func ropaMade(r cdp.Ropa, o Options) string {
	if r.From.IsNow() {
		return "Made " + o.instant(r.At).String()
	}
	out := "As of " + o.instant(r.At).String()
	if !r.From.Known.IsZero() {
		out += ", as known " + o.instant(r.From.Known).String()
	}
	return out
}

// Ropa writes the record in short: what is declared, how much of it was seen,
// and below what was seen and is not declared.
func Ropa(w io.Writer, r cdp.Ropa, o Options) error {
	p := newPage(w, o)
	p.standpoint("made", r.At, r.From)
	p.fact(0, "register", orElse(digest(r.Register), "none is in force"))
	p.gone(r.Dropped)
	t := newTable(column{title: "ACTIVITY", min: 14}, column{title: "PURPOSE", min: 12, drop: 2}, column{title: "BASIS", drop: 3}, column{title: "RECORDS", right: true}, column{title: "SOURCES SEEN", min: 9, drop: 4},
		column{title: "SENT TO", min: 8, drop: 5}, column{title: "ERASED IN TIME", drop: 1})
	for i := range r.Rows {
		x := &r.Rows[i]
		if x.Activity == "" {
			continue
		}
		t.row(text.Clean(string(x.Activity)), text.Clean(string(x.Purpose)), basis(x.Basis), text.Int(x.Records), seenOf(x.Sources), seenOf(x.Recipients), text.Clean(x.Adhered))
	}
	p.head("Declared", len(t.rows))
	p.table(2, t)
	p.head("Seen and not declared", r.Red())
	for i := range r.Rows {
		x := &r.Rows[i]
		if !x.Red() {
			continue
		}
		for _, s := range x.Sources {
			note := text.Lit("")
			if !s.Declared {
				note = text.Concat(text.Lit("the source itself, with "), plural(s.Seen, "record"))
			}
			p.line(2, words(text.Lit("!"), text.Concat(text.Clean(s.Name), text.Lit(":")), note))
		}
		for _, l := range []struct {
			what string
			list []cdp.RopaItem
		}{{"category", x.Categories}, {"purpose", x.Purposes}, {"recipient", x.Recipients}} {
			for _, item := range l.list {
				if !item.Declared {
					p.line(4, words(text.Clean(l.what), text.Clean(item.Name), text.Concat(text.Lit("(seen "), text.Int(item.Seen), text.Lit(" times)"))))
				}
			}
		}
	}
	return p.done()
}

// seenOf says how many of a list were seen: 1 of 2.
func seenOf(list []cdp.RopaItem) text.Safe {
	if len(list) == 0 {
		return text.Lit("-")
	}
	n := 0
	for _, x := range list {
		if x.Seen > 0 {
			n++
		}
	}
	return words(text.Int(n), text.Lit("of"), text.Int(len(list)))
}
