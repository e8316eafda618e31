package synth

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// What happens in a source: a kind of touchpoint and its channel.
type happening struct{ kind, channel string }

func happenings(source string) []happening {
	switch source {
	case Shop:
		return []happening{{"order", "shop"}, {"order", "shop"}, {"return", "shop"}, {"review", "shop"}, {"visit", "web"}}
	case Web:
		return []happening{{"visit", "web"}, {"visit", "web"}, {"search", "web"}, {"cart", "web"}, {"chat", "chat"}}
	case Store:
		return []happening{{"purchase", "store"}, {"purchase", "store"}, {"return", "store"}, {"visit", "store"}}
	case Newsletter:
		return []happening{{"newsletter.sent", "email"}, {"newsletter.open", "email"}, {"newsletter.click", "email"}}
	case Calls:
		return []happening{{"call", "phone"}, {"call", "phone"}, {"callback", "phone"}}
	case App:
		return []happening{{"app.open", "app"}, {"push.open", "app"}, {"share", "social"}, {"scan", "store"}}
	}
	return []happening{{"letter", "post"}}
}

// happen fills in the events: the last at the record's time, the others in the
// weeks before it.
func (rec *Record) happen(r *rand.Rand) {
	kinds := happenings(rec.Source)
	at := rec.At
	for i := len(rec.Events) - 1; i >= 0; i-- {
		h := pick(r, kinds)
		e := Event{Kind: h.kind, Channel: h.channel, At: at}
		switch h.kind {
		case "order", "purchase", "return", "cart", "scan":
			e.Detail = pick(r, articles[:]) + ", " + strconv.Itoa(5+r.IntN(250)) + ".90 EUR"
		case "visit", "search", "share":
			e.Detail = "/" + pick(r, articles[:]) + "/" + strconv.Itoa(r.IntN(5000))
		case "newsletter.sent", "newsletter.open", "newsletter.click", "push.open", "letter":
			e.Detail = "campaign " + strconv.Itoa(at.Year()) + "-" + strconv.Itoa(1+r.IntN(52))
		}
		if r.IntN(1000) < textual(h.kind) {
			e.Text = remark(r, rec.Language)
		}
		rec.Events[i] = e
		at = at.Add(-time.Duration(1+r.IntN(20*24*60)) * time.Minute)
	}
}

// textual is how many of a thousand touchpoints of a kind have free text.
func textual(kind string) int {
	switch kind {
	case "review", "chat":
		return 330
	case "call", "callback":
		return 150
	case "return":
		return 100
	}
	return 0
}

// remark makes a free text of two or three clauses.
func remark(r *rand.Rand, language string) string {
	l := remarks(language)
	s := pick(r, l.opening) + " " + pick(r, articles[:]) + " " + pick(r, l.middle)
	if r.IntN(2) == 0 {
		s += " " + pick(r, l.end)
	}
	return s
}

type phrases struct{ opening, middle, end []string }

func remarks(language string) phrases {
	switch language {
	case "de":
		return phrases{
			[]string{"Kunde fragt nach", "Sehr zufrieden mit", "Reklamation wegen", "Möchte Auskunft über", "Liefertermin für", "Größe passt nicht bei", "Lob für"},
			[]string{"und bittet um Rückruf.", "aus der letzten Lieferung.", "weil der Gutschein nicht angenommen wurde.", "in einer anderen Farbe.", "nach drei Wochen immer noch nicht da."},
			[]string{"Bitte künftig nur per Post.", "Wünscht keine Werbung mehr.", "Tochter nutzt dasselbe Gerät.", "Gutschrift zugesagt."},
		}
	case "ro":
		return phrases{
			[]string{"Clientul întreabă de", "Foarte mulțumită de", "Reclamație pentru", "Dorește informații despre", "Mărimea nu se potrivește la"},
			[]string{"și roagă să fie sunat înapoi.", "din ultima comandă.", "fiindcă voucherul nu a fost acceptat.", "într-o altă culoare.", "după trei săptămâni tot nu a sosit."},
			[]string{"Nu mai dorește reclame.", "Soțul folosește aceeași adresă.", "S-a promis rambursarea."},
		}
	case "tr":
		return phrases{
			[]string{"Müşteri soruyor:", "Çok memnun kaldı:", "Şikâyet konusu:", "Bilgi istiyor:", "Beden uymadı:"},
			[]string{"ve geri aranmak istiyor.", "son siparişten.", "çünkü indirim kuponu geçmedi.", "başka bir renkte.", "üç hafta sonra hâlâ gelmedi."},
			[]string{"Artık reklam istemiyor.", "Kardeşi aynı cihazı kullanıyor.", "İade sözü verildi."},
		}
	}
	return phrases{
		[]string{"Customer asks about", "Very happy with", "Complaint about", "Wants to know more about", "Wrong size of"},
		[]string{"and would like to be called back.", "from the last delivery.", "because the voucher was not accepted.", "in another colour.", "still not there after three weeks."},
		[]string{"Wants no more advertising.", "The family shares this tablet.", "Refund promised."},
	}
}
