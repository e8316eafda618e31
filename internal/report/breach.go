package report

import (
	"io"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Breach writes whom a breach concerns, and by when it must be notified.
func Breach(w io.Writer, b cdp.Breach, o Options) error {
	p := newPage(w, o)
	q := b.Question
	p.fact(0, "breach of source", text.Clean(string(q.Source)))
	p.fact(0, "breach at recipient", text.Clean(q.Recipient))
	if !b.From.IsNow() {
		p.standpoint("", b.At, b.From)
	}
	p.fact(0, "window from", orElse(o.instant(q.From), "the beginning"))
	p.fact(0, "window until", o.instant(q.To))
	persons := text.Int(b.Persons)
	if !b.Exact() {
		persons = words(persons, text.Lit("and"), plural(b.Unresolved, "record"), text.Lit("without a profile: the number is approximate"))
	}
	p.fact(0, "persons", persons)
	p.fact(0, "records", text.Int(b.Records))
	p.gone(b.Dropped)
	p.fact(0, "persons with special categories", text.Int(b.WithSpecial))
	p.fact(0, "children", words(text.Int(b.Minors), text.Concat(text.Lit("("), text.Int(b.AgeUnknown), text.Lit(" of unknown age)"))))
	switch {
	case b.Due.IsZero():
		p.say(0, "clock: when you became aware is not stated (--aware)")
	case b.Left < 0:
		p.fact(0, "! notification was due", words(o.instant(b.Due), text.Concat(text.Lit("("), span(-b.Left), text.Lit(" ago; "), text.Clean(b.Law), text.Lit(")"))))
		p.say(2, "a late notification says why it is late (Art. 33(1))")
	default:
		p.fact(0, "notification due", words(o.instant(b.Due), text.Concat(text.Lit("("), span(b.Left), text.Lit(" left; "), text.Clean(b.Law), text.Lit(")"))))
		p.say(2, "what is not known by then may follow in phases (Art. 33(4))")
	}
	for _, l := range []struct {
		title string
		list  []cdp.BreachCount
	}{{"Categories of data", b.Categories}, {"Special categories", b.Special}, {"Countries", b.Countries}} {
		p.head(l.title, len(l.list))
		for _, c := range l.list {
			p.line(2, words(text.Concat(orElse(text.Clean(c.Name), "unknown"), text.Lit(":")), plural(c.Persons, "person")))
		}
	}
	for _, c := range b.Countries {
		if c.Name == "" {
			p.say(2, "where a person lives is said by no record, or by two differently: the numbers by country are approximate")
		}
	}
	p.head("Recipients that got data", len(b.Recipients))
	for _, r := range b.Recipients {
		p.line(2, words(text.Concat(text.Clean(r.Recipient), text.Lit(":")), plural(r.Persons, "person"), text.Lit("in"), text.Concat(plural(r.Shares, "disclosure"), text.Lit(",")), text.Lit("last"), o.minute(r.Last)))
	}
	return p.done()
}

// span is a length of time in hours and minutes.
func span(d time.Duration) text.Safe {
	m := int(d.Round(time.Minute).Minutes())
	return words(text.Int(m/60), text.Lit("h"), text.Int(m%60), text.Lit("min"))
}

// Breach writes the scope of a breach.
func (j *JSON) Breach(b cdp.Breach) error { return j.emit(wireBreach(j.o, b)) }

// BreachPerson writes one affected person.
func (j *JSON) BreachPerson(p cdp.BreachPerson) error { return j.emit(wireBreachPerson(j.o, p)) }

type breachJSON struct {
	At          stamp                 `json:"at,omitempty"`
	AsOf        stamp                 `json:"as_of,omitempty"`
	AsKnown     stamp                 `json:"as_known,omitempty"`
	Dropped     int                   `json:"dropped_since"`
	Source      string                `json:"source,omitempty"`
	Recipient   string                `json:"recipient,omitempty"`
	From        stamp                 `json:"from,omitempty"`
	To          stamp                 `json:"to,omitempty"`
	Aware       stamp                 `json:"aware,omitempty"`
	Due         stamp                 `json:"due,omitempty"`
	Left        float64               `json:"hours_left"`
	Law         string                `json:"law,omitempty"`
	Persons     int                   `json:"persons"`
	Unresolved  int                   `json:"records_without_profile"`
	Exact       bool                  `json:"exact"`
	Records     int                   `json:"records"`
	WithSpecial int                   `json:"persons_with_special"`
	Minors      int                   `json:"children"`
	AgeUnknown  int                   `json:"age_unknown"`
	Categories  []breachCountJSON     `json:"categories"`
	Special     []breachCountJSON     `json:"special"`
	Countries   []breachCountJSON     `json:"countries"`
	Recipients  []breachRecipientJSON `json:"recipients"`
}

type breachCountJSON struct {
	Name    string `json:"name,omitempty"`
	Persons int    `json:"persons"`
}

type breachRecipientJSON struct {
	Recipient string `json:"recipient"`
	Persons   int    `json:"persons"`
	Shares    int    `json:"disclosures"`
	Last      stamp  `json:"last,omitempty"`
}

type breachPersonJSON struct {
	Profile   string           `json:"profile,omitempty"`
	Record    string           `json:"record,omitempty"`
	Records   int              `json:"records"`
	Country   string           `json:"country,omitempty"`
	Language  string           `json:"language,omitempty"`
	Minor     string           `json:"child"`
	Special   []string         `json:"special"`
	Endpoints []identifierJSON `json:"endpoints"`
}

func wireBreach(o Options, b cdp.Breach) breachJSON {
	counts := func(list []cdp.BreachCount) []breachCountJSON {
		return wires(o, list, func(_ Options, c cdp.BreachCount) breachCountJSON { return breachCountJSON(c) })
	}
	q := b.Question
	return breachJSON{stampOf(b.At), stampOf(b.From.At), stampOf(b.From.Known), b.Dropped, string(q.Source), q.Recipient, stampOf(q.From), stampOf(q.To), stampOf(q.Aware), stampOf(b.Due), b.Left.Hours(), b.Law,
		b.Persons, b.Unresolved, b.Exact(), b.Records, b.WithSpecial, b.Minors, b.AgeUnknown, counts(b.Categories), counts(b.Special), counts(b.Countries),
		wires(o, b.Recipients, func(_ Options, r cdp.BreachRecipient) breachRecipientJSON {
			return breachRecipientJSON{r.Recipient, r.Persons, r.Shares, stampOf(r.Last)}
		})}
}

func wireBreachPerson(o Options, p cdp.BreachPerson) breachPersonJSON {
	return breachPersonJSON{profileID(p.Profile).String(), recordID(p.Record).String(), p.Records, p.Country, p.Language, p.Minor, stringsOf(p.Special), wires(o, p.Endpoints, wireIdentifier)}
}
