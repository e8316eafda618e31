package cdp

// Languages are those in which answers are printed: English, German, Romanian,
// Turkish (ISO 639-1).
func Languages() []string { return []string{"en", "de", "ro", "tr"} }

// Words are a text in the languages of answers. English is always there.
type Words struct{ EN, DE, RO, TR string }

// In returns the text in a language, in English if there is none.
func (w Words) In(language string) string {
	s := map[string]string{"de": w.DE, "ro": w.RO, "tr": w.TR}[language]
	if s == "" {
		return w.EN
	}
	return s
}
