package suggest

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/rulefile"
)

// The suggestion as a commented mapping file.

func (s *suggestion) line(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// blank writes a field that a person has to fill in.
func (s *suggestion) blank(indent, at, why string) {
	key := at[strings.LastIndexByte(at, '.')+1:]
	s.line("%s%-12s # required: %s", indent, key+":", why)
	s.report.Blanks = append(s.report.Blanks, at)
}

// read gives where a column is read.
func (c column) read() string {
	if c.path {
		return "{ path: " + rulefile.Quote(c.name) + " }"
	}
	return "{ col: " + rulefile.Quote(c.name) + " }"
}

func (s *suggestion) of(ms ...meaning) []column {
	var out []column
	for _, c := range s.cols {
		if slices.Contains(ms, c.meaning) {
			out = append(out, c)
		}
	}
	return out
}

func (s *suggestion) write() {
	i := s.report.Info
	what := strings.ToUpper(i.Format)
	if i.Compression != "" {
		what += ", " + i.Compression
	}
	s.line("# A mapping suggested from %d rows (%s). Check every line; where it says required,", s.report.Rows, what)
	s.line("# only you can know: the file is refused until it is filled in, or the section removed.")
	if s.report.Bad > 0 {
		s.line("# %s could not be read and would be kept as rejects.", rows(s.report.Bad))
	}
	s.line("version: 1")
	s.source()
	s.detect()
	s.readAs()
	s.record()
	s.identifiers()
	s.attributes()
	s.consents()
	s.shares()
	s.rest()
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func (s *suggestion) source() {
	base := strings.TrimSuffix(path.Base(s.name), ".gz")
	base = strings.TrimSuffix(base, path.Ext(base))
	s.line("source:")
	s.line("  # an id such as shop.orders (the file is called %s)", rulefile.Quote(base))
	s.blank("  ", "source.id", "the system and what it delivers, in small letters")
	s.blank("  ", "source.controller", "who decides why and how these data are processed (Art. 4(7))")
	s.blank("  ", "source.collection", "first_party or third_party (Art. 13 or 14)")
	s.blank("  ", "source.activities", "rows of your activity register, which says their basis: [shop.orders]")
	if len(s.of(email, phone, customerID, loyaltyID, cookieID, deviceID, nationalID)) > 0 {
		s.blank("  ", "source.link", "the activity that is the ground for linking these people, one of the above; remove the line if there is none")
	}
	for _, c := range s.of(phone) {
		if c.plus < c.given {
			s.blank("  ", "source.country", fmt.Sprintf("two letters; %d of %d phone numbers do not say their country", c.given-c.plus, c.given))
			break
		}
	}
}

func (s *suggestion) detect() {
	var names []string
	for _, c := range s.cols {
		if len(names) < 12 && c.meaning != secret {
			names = append(names, rulefile.Quote(c.name))
		}
	}
	what := "paths"
	if s.csv {
		what = "headers"
	}
	s.line("detect:")
	s.line("  %s: [%s]", what, strings.Join(names, ", "))
}

func (s *suggestion) readAs() {
	i := s.report.Info
	s.line("read:")
	s.line("  format: %s", i.Format)
	if i.Guessed {
		s.line("  charset: %s # confirm: this is a guess", i.Charset)
	} else if i.Charset != "" && !i.BOM {
		s.line("  charset: %s", i.Charset)
	}
	if i.Format == decode.CSV {
		if i.Sep == '\t' {
			s.line("  sep: tab")
		} else if i.Sep != 0 {
			s.line("  sep: %s", rulefile.Quote(string(i.Sep)))
		}
		s.line("  header: %v", i.Header)
	}
	if i.Root != "" {
		s.line("  root: %s", rulefile.Quote(i.Root))
	}
	nulls := []string{`""`}
	for _, n := range nullWords {
		for _, c := range s.cols {
			if c.nulls[n] > 0 {
				nulls = append(nulls, rulefile.Quote(n))
				break
			}
		}
	}
	if i.Format == decode.CSV || len(nulls) > 1 {
		s.line("  \"null\": [%s]", strings.Join(nulls, ", "))
	}
	for _, d := range i.DuplicateHeaders {
		s.line("  # several columns are called %s: the second is read as %s, and so on", rulefile.Quote(d), rulefile.Quote(d+"#2"))
	}
}

// key chooses the column that tells rows apart.
func (s *suggestion) key() (column, bool) {
	for _, ms := range [][]meaning{{rowID}, {customerID}, {orderID}, {loyaltyID}, {email}} {
		for _, c := range s.of(ms...) {
			if c.unique() {
				return c, true
			}
		}
	}
	for _, c := range s.cols {
		if c.meaning == none && c.unique() && (c.all(c.ints) || keyName(c.name)) && c.rows > 1 {
			return c, true
		}
	}
	return column{}, false
}

// keyName reports whether a name ends as those of keys do.
func keyName(name string) bool {
	words := strings.Fields(fold(name))
	return len(words) > 1 && slices.Contains([]string{"id", "uid", "uuid", "key", "nr", "no", "number", "nummer", "code"}, words[len(words)-1])
}

func (s *suggestion) record() {
	s.line("record:")
	if c, ok := s.key(); ok {
		s.line("  # confirm: %d of %d rows have a value of their own here", c.given, c.rows)
		s.line("  key: %s", c.read())
	} else {
		s.line("  # confirm: no column is known to have a value of its own in every row, so a row is known by its content")
		s.line("  # and a corrected row is a second record. A combination is written {expr: 'a + \"/\" + b'}.")
		s.line("  key: { expr: 'fingerprint()' }")
	}
	for _, c := range append(s.of(changed), s.of(happened)...) {
		s.line("  time: # confirm: when the row was so, by %s", rulefile.Quote(c.name))
		s.time("    ", "record.time", c)
		break
	}
	for _, c := range s.of(deleted) {
		s.line("  # %s may mark deleted rows%s. If it does: delete_when: '...'", rulefile.Quote(c.name), values(c))
	}
}

// time writes from, layouts and tz of a date column.
func (s *suggestion) time(indent, at string, c column) {
	s.line("%sfrom: %s", indent, c.read())
	layouts, ambiguous := order(c.layouts)
	if ambiguous {
		s.line("%s# every value can be read as %s", indent, strings.Join(layouts, " and as "))
		s.blank(indent, at+".layouts", "in which order day and month stand: no day above 12 tells")
	} else {
		s.line("%slayouts: [%s]", indent, rulefile.Quote(layouts[0]))
	}
	if l := layouts[0]; l != "rfc3339" && !strings.HasPrefix(l, "unix") {
		s.blank(indent, at+".tz", "the zone in which the source writes: Europe/Berlin, UTC ...")
	}
}

// order gives the layouts that fit a column, best first, and whether they read
// one value as two days.
func order(fit []string) (layouts []string, ambiguous bool) {
	first := fit[0]
	for _, pair := range [][2]string{{"2/1/2006", "1/2/2006"}, {"2-1-2006", "1-2-2006"}} {
		for _, tail := range []string{"", " 15:04", " 15:04:05"} {
			if slices.Contains(fit, pair[0]+tail) && slices.Contains(fit, pair[1]+tail) {
				return []string{pair[0] + tail, pair[1] + tail}, true
			}
		}
	}
	return []string{first}, false
}

// identifying says how each meaning is written as an identifier.
var identifying = []struct {
	meaning meaning
	rest    string
	note    string
}{
	{email, "kind: email, %s, link: strong", ""},
	{phone, "kind: phone, %s, link: weak", "confirm: families and firms share numbers"},
	{customerID, "kind: crm, %s, link: strong", "confirm: the issuer is this source unless issuer: says another"},
	{loyaltyID, "kind: loyalty, %s, link: strong", "confirm: issuer: names the programme"},
	{nationalID, "kind: national_id, %s, link: none", "confirm: Art. 87, national law says when it may be processed"},
	{orderID, "kind: order, %s, link: none", ""},
	{cookieID, "kind: cookie, %s, link: weak", ""},
	{deviceID, "kind: device, %s, link: weak", ""},
	{ipAddress, "kind: ip, %s, link: none", ""},
}

func (s *suggestion) identifiers() {
	title := false
	for _, k := range identifying {
		for _, c := range s.of(k.meaning) {
			if !title {
				s.line("identifiers:")
				title = true
			}
			note := c.evidence
			if k.note != "" {
				note += "; " + k.note
			}
			s.line("  # %s", note)
			s.line("  - { %s }", fmt.Sprintf(k.rest, "from: "+c.read()))
		}
	}
}

var categories = map[meaning]string{
	givenName: "user.name.first", familyName: "user.name.last", fullName: "user.name", gender: "user.demographic.gender",
	region: "user.contact.address.state", houseNo: "user.contact.address.street", birthDate: "user.demographic.date_of_birth", street: "user.contact.address.street", postalCode: "user.contact.address.postal_code",
	city: "user.contact.address.city", land: "user.contact.address.country", company: "user.job_title", language: "user.device",
	iban: "user.financial.bank_account", freeText: "user.content",
}

// birth writes an attribute that holds birth dates, with how they are written;
// false where they are written as they are kept.
func (s *suggestion) birth(name, category string, c column) bool {
	layouts, ambiguous := order(c.layouts)
	switch {
	case layouts[0] == "2006-01-02":
		return false
	case ambiguous:
		s.line("  - name: %s", rulefile.Quote(name))
		s.line("    from: %s", c.read())
		s.line("    category: %s", category)
		s.line("    # every value can be read as %s", strings.Join(layouts, " and as "))
		s.blank("    ", "attributes["+name+"].layouts", "in which order day and month stand: no day above 12 tells")
	default:
		s.line("  - { name: %s, from: %s, category: %s, layouts: [%s] }", rulefile.Quote(name), c.read(), category, rulefile.Quote(layouts[0]))
	}
	return true
}

func (s *suggestion) attributes() {
	title := func() { s.line("attributes:") }
	used := map[string]bool{}
	head := func() {
		if title != nil {
			title()
			title = nil
		}
	}
	for _, c := range s.cols {
		switch c.meaning {
		case special:
			head()
			s.line("  # %s: it may be of a special category (Art. 9)", c.evidence)
			s.line("  - name: %s", rulefile.Quote(attributeName(c.name)))
			s.line("    from: %s", c.read())
			at := "attributes[" + c.name + "]"
			s.blank("    ", at+".category", "which data these are")
			s.blank("    ", at+".special", "which special category; remove the line if it is none")
		case secret:
			head()
			s.line("  # %s", c.evidence)
			s.line("  - { name: %s, from: %s, category: user.credentials, store: never }", rulefile.Quote(attributeName(c.name)), c.read())
		case none:
			head()
			s.line("  # not known: %s", c.evidence)
			s.line("  # - { name: %s, from: %s, category: user }", rulefile.Quote(attributeName(c.name)), c.read())
		default:
			category, ok := categories[c.meaning]
			if !ok {
				continue
			}
			head()
			s.line("  # %s", c.evidence)
			name := string(c.meaning)
			if used[name] {
				name = attributeName(c.name)
			}
			used[name] = true
			if c.meaning == birthDate && len(c.layouts) > 0 && s.birth(name, category, c) {
				continue
			}
			s.line("  - { name: %s, from: %s, category: %s }", rulefile.Quote(name), c.read(), category)
		}
	}
	if title == nil && !strings.Contains(s.out.String()[strings.LastIndex(s.out.String(), "attributes:"):], "\n  - ") {
		s.line("  []")
	}
}

func attributeName(n string) string {
	return strings.ReplaceAll(fold(strings.NewReplacer("[0]", "", ".value", "").Replace(n)), " ", "_")
}

// values tells how often each value of a column of few is met, if each is met
// again: a recipient or a partner who is met once may be a person.
func values(c column) string {
	vs := c.enum()
	if len(vs) == 0 || c.distinct[vs[len(vs)-1]] < 2 {
		return ""
	}
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = fmt.Sprintf("%s %d times", rulefile.Quote(v), c.distinct[v])
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func (s *suggestion) consents() {
	for i, c := range s.of(consent) {
		if i == 0 {
			s.line("consents:")
		}
		at := "consents[" + strconv.Itoa(i) + "]"
		s.line("  # %s is about consent, %s. What its values mean is not guessed:", rulefile.Quote(c.name), c.evidence)
		s.line("  # given, refused, withdrawn, objected, pending, expired, or none for no statement.")
		s.line("  -")
		s.blank("    ", at+".purpose", "what was agreed to, as your register names it")
		s.blank("    ", at+".channel", "email, sms, phone ...; remove the line if none is meant")
		s.line("    state:")
		key := "col"
		if c.path {
			key = "path"
		}
		s.line("      %s: %s", key, rulefile.Quote(c.name))
		if vs := c.enum(); vs != nil {
			s.line("      map:")
			for _, v := range vs {
				s.line("        %s: # required: in %d of %d rows", rulefile.Quote(v), c.distinct[v], c.rows)
				s.report.Blanks = append(s.report.Blanks, at+".state.map")
			}
		} else {
			s.blank("      ", at+".state.map", "what each value means")
		}
	}
}

func (s *suggestion) shares() {
	for i, c := range s.of(recipient) {
		if i == 0 {
			s.line("shares:")
		}
		s.line("  # %s may name who these data were given to%s", rulefile.Quote(c.name), values(c))
		s.line("  -")
		s.blank("    ", "shares["+strconv.Itoa(i)+"].recipient", fmt.Sprintf("%s if it does; else remove the section", c.read()))
	}
}

func (s *suggestion) rest() {
	for _, c := range s.of(lawful) {
		s.line("# %s is about basis, purpose or retention: the activity register says those, not a mapping.", rulefile.Quote(c.name))
	}
	for _, l := range s.lists {
		s.line("# %s is a list. What happened at a time becomes touchpoints: {each: 'list(path(%s))', kind: ...}", rulefile.Quote(l), strings.ReplaceAll(rulefile.Quote(l), "'", "''"))
	}
	for i, c := range append(s.of(changed), s.of(happened)...) {
		if i > 0 {
			s.line("# %s holds times too (%s): perhaps those of touchpoints.", rulefile.Quote(c.name), strings.Join(c.layouts[:min(2, len(c.layouts))], " or "))
		}
	}
}
