package card

import (
	"regexp"
	"strconv"
	"strings"

	"cdp-tui/internal/text"
)

// citation is one reference to the GDPR: "Art. 6(1)(b)", in a list "9(2)(a)" or,
// of the same article, "(c)"; "Rec. 38" is a recital.
var (
	citation = regexp.MustCompile(`^(?:(Art\.|Rec\.) ?)?([0-9]+)?((?:\([0-9a-z]+\))*)$`)
	bracket  = regexp.MustCompile(`\(([0-9a-z]+)\)`)
	sections = regexp.MustCompile(`^([A-ZÄÖÜ][A-Za-zÄÖÜäöü]*) §+ ?([0-9]+[a-z]?(?:\([0-9]+\))*(?:, [0-9]+[a-z]?(?:\([0-9]+\))*)*)$`)
	period   = regexp.MustCompile(`^P([0-9]+)([YMWD])$`)
)

// cite is a citation as lawyers of the language write it: that of the GDPR in
// the short form of its official version; of another law its name stays, and in
// German its section stands before it. What is said besides is said by "law."
// words.
func (l *lexicon) cite(law string) text.Safe {
	if l.lang == "en" {
		return text.Clean(law)
	}
	parts := strings.Split(law, "; ")
	for i, p := range parts {
		if s, ok := l.gdpr(p); ok {
			parts[i] = s
		} else if w, ok := l.words["law."+p]; ok {
			parts[i] = w
		} else if m := sections.FindStringSubmatch(p); m != nil && l.lang == "de" {
			parts[i] = "§ "
			if strings.Contains(m[2], ", ") {
				parts[i] = "§§ "
			}
			parts[i] += bracket.ReplaceAllString(m[2], " Abs. $1") + " " + m[1]
		}
	}
	return text.Clean(strings.Join(parts, "; "))
}

// gdpr writes references to the GDPR; false when it is something else.
func (l *lexicon) gdpr(law string) (string, bool) {
	law = strings.TrimPrefix(law, "GDPR ")
	if !strings.HasPrefix(law, "Art. ") && !strings.HasPrefix(law, "Rec. ") {
		return "", false
	}
	var out []string
	kind := ""
	for _, item := range strings.Split(law, ", ") {
		m := citation.FindStringSubmatch(item)
		if m == nil || m[2]+m[3] == "" {
			return "", false
		}
		if m[1] != "" {
			kind = m[1]
		}
		said := l.inside(m[3])
		switch {
		case m[2] == "":
		case kind == "Rec.":
			said = map[string]string{"de": "Erwägungsgrund ", "ro": "considerentul (", "tr": "gerekçe "}[l.lang] + m[2]
			if l.lang == "ro" {
				said += ")"
			}
		default:
			said = strings.TrimSpace(map[string]string{"de": "Art. ", "ro": "art. ", "tr": "m. "}[l.lang] + m[2] + said)
		}
		out = append(out, strings.TrimSpace(said))
	}
	said := strings.Join(out, ", ")
	switch l.lang {
	case "de":
		return said + " DSGVO", true
	case "ro":
		return said + " RGPD", true
	}
	return "GDPR " + said, true
}

// inside are paragraph and letter of an article.
func (l *lexicon) inside(brackets string) string {
	if l.lang == "tr" {
		return brackets
	}
	out := ""
	for _, b := range bracket.FindAllStringSubmatch(brackets, -1) {
		letter := b[1] >= "a"
		switch {
		case l.lang == "de" && letter:
			out += " lit. " + b[1]
		case l.lang == "de":
			out += " Abs. " + b[1]
		case letter:
			out += " lit. " + b[1] + ")"
		default:
			out += " alin. (" + b[1] + ")"
		}
	}
	return out
}

// lasts is a period of ISO 8601 in words, as it is when it is of several units.
func (l *lexicon) lasts(iso string) text.Safe {
	m := period.FindStringSubmatch(iso)
	if m == nil {
		return text.Clean(iso)
	}
	n, err := strconv.Atoi(m[1])
	switch {
	case err != nil:
		return text.Clean(iso)
	case n == 1:
		return l.say("per.one." + m[2])
	case l.lang == "ro" && (n%100 == 0 || n%100 > 19): // 20 de ani, 3 ani
		return text.Clean(m[1] + " de " + l.say("per."+m[2]).String())
	}
	return text.Clean(m[1] + " " + l.say("per."+m[2]).String())
}

// category is a data category in words, with the id by which the register and
// the mappings name it. One that has no words is said by what it is part of.
func (l *lexicon) category(id string) text.Safe {
	for name := id; name != ""; {
		if w, ok := l.words["cat."+name]; ok {
			return text.Clean(w + " (" + id + ")")
		}
		at := strings.LastIndexByte(name, '.')
		name = name[:max(at, 0)]
	}
	return text.Clean(id)
}
