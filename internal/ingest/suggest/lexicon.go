package suggest

import (
	"strings"
	"unicode"

	"cdp-tui/internal/ident"
)

// A meaning is what a column may hold.
type meaning string

const (
	none       meaning = ""
	email      meaning = "email"
	phone      meaning = "phone"
	givenName  meaning = "given_name"
	familyName meaning = "family_name"
	fullName   meaning = "name"
	gender     meaning = "gender"
	birthDate  meaning = "birth_date"
	street     meaning = "street"
	houseNo    meaning = "house_number"
	postalCode meaning = "postal_code"
	city       meaning = "city"
	land       meaning = "country"
	company    meaning = "company"
	language   meaning = "language"
	customerID meaning = "customer_id"
	rowID      meaning = "id"
	region     meaning = "region"
	orderID    meaning = "order"
	loyaltyID  meaning = "loyalty"
	nationalID meaning = "national_id"
	cookieID   meaning = "cookie"
	deviceID   meaning = "device"
	ipAddress  meaning = "ip"
	iban       meaning = "iban"
	changed    meaning = "changed"
	happened   meaning = "happened"
	consent    meaning = "consent"
	recipient  meaning = "recipient"
	deleted    meaning = "deleted"
	special    meaning = "special"
	freeText   meaning = "note"
	lawful     meaning = "basis" // basis, purpose, retention: the register's, never a guess
	secret     meaning = "secret"
)

// lexicon holds, per meaning, names of columns in German, English, Romanian,
// Turkish and French, folded (no marks, small letters, single blanks). A name
// that ends in "*" fits as a part of a column's name; others fit as a whole or as its last words.
var lexicon = []struct {
	meaning meaning
	names   []string
}{
	{consent, []string{"newsletter*", "consent*", "einwilligung*", "opt in*", "optin*", "opt out*", "optout*", "werbung*", "werbeeinwilligung*", "accepts marketing", "marketing", "subscribed",
		"unsubscribed", "dsgvo*", "gdpr*", "kvkk*", "consimtamant*", "acord*", "abonare*", "abonat*", "dezabonat*", "izin*", "onay*", "riza", "ileti izni", "consentement*", "abonne", "do not call", "permission*"}},
	{lawful, []string{"rechtsgrundlage", "legal basis", "lawful basis", "basis for processing", "zweck", "purpose", "aufbewahrung*", "retention*", "loschdatum", "loschfrist", "temei legal", "scop", "hukuki sebep", "base legale", "finalite"}},
	{recipient, []string{"empfanger", "recipient", "recipients", "destination", "destinations", "partner", "shared with", "weitergabe", "weitergabe an", "destinatar", "destinatari", "alici", "destinataire"}},
	{deleted, []string{"deleted", "is deleted", "geloscht", "to delete", "sters", "silindi", "supprime", "archived", "redacted"}},
	{special, []string{"religion", "konfession", "gesundheit*", "health*", "krankheit*", "diagnosis", "diagnose", "ethnic*", "gewerkschaft*", "trade union", "sexual*", "behinderung*", "disability*", "religie", "sanatate", "saglik*", "din", "sante", "blood type", "blutgruppe"}},
	{email, []string{"email*", "e mail*", "mail", "mailadresse", "mail address", "e posta", "eposta", "e posta adresi", "courriel", "adresse mail", "adresa de mail"}},
	{phone, []string{"phone", "phone number", "telefon", "telefonnummer", "tel", "tel nr", "mobil", "mobile", "mobile phone", "mobiltelefon", "mobilnummer", "handy", "handynummer", "cell", "cellphone", "rufnummer", "numar de telefon", "telefon mobil", "cep", "cep telefonu",
		"cep telefon", "gsm", "telefon numarasi", "telephone", "portable", "numero de telephone", "msisdn"}},
	{birthDate, []string{"geburtsdatum", "geburtstag", "geb", "birthdate", "birth date", "birthday", "date of birth", "dob", "data nasterii", "data de nastere", "dogum tarihi", "date de naissance"}},
	{givenName, []string{"vorname", "firstname", "first name", "given name", "fname", "prenume", "ad", "adi", "isim", "prenom", "name first", "forename"}},
	{familyName, []string{"nachname", "familienname", "lastname", "last name", "surname", "family name", "lname", "nume", "nume de familie", "soyad", "soyadi", "soyisim", "nom", "nom de famille", "name last"}},
	{fullName, []string{"name", "fullname", "full name", "kunde", "kundenname", "customer name", "nume complet", "nume si prenume", "ad soyad", "adi soyadi", "nom complet", "name full"}},
	{gender, []string{"anrede", "geschlecht", "gender", "sex", "salutation", "cinsiyet", "civilite", "sexe"}},
	{street, []string{"strasse", "street", "strasse hausnummer", "address", "address1", "adresse", "strada", "adresa", "sokak", "cadde", "adres", "rue", "address 1", "address 2", "address2", "address line 1", "address line 2", "addr line1", "addr line2", "addr full", "full address"}},
	{houseNo, []string{"street number", "house number", "house no", "hausnummer", "hausnr", "numar", "kapi no"}},
	{postalCode, []string{"plz", "postleitzahl", "zip", "zipcode", "zip code", "postcode", "postal code", "cod postal", "posta kodu", "code postal"}},
	{city, []string{"ort", "wohnort", "stadt", "city", "town", "oras", "localitate", "sehir", "ilce", "ville", "commune", "suburb"}},
	{land, []string{"land", "country", "country code", "landercode", "tara", "ulke", "pays"}},
	{region, []string{"state", "region", "province", "bundesland", "judet", "il", "departement", "addr state"}},
	{company, []string{"firma", "firmenname", "company", "unternehmen", "societate", "companie", "sirket", "societe", "entreprise"}},
	{language, []string{"sprache", "language", "locale", "limba", "dil", "langue"}},
	{loyaltyID, []string{"kundenkarte", "kundenkartennummer", "kartennummer", "kartennr", "bonuskarte", "loyalty*", "card number", "card no", "card fidelitate", "numar card", "sadakat karti", "kart no", "carte de fidelite", "payback*"}},
	{customerID, []string{"kundennummer", "kunden nr", "kundennr", "kdnr", "kd nr", "customer id", "customerid", "customernumber", "customer number", "customer no", "client id", "contact id", "member id", "mitgliedsnummer", "user id", "userid", "account id", "id client", "cod client", "nr client", "musteri no", "musteri numarasi", "numero client"}},
	{orderID, []string{"bestellnummer", "bestellung", "auftragsnummer", "order id", "order number", "order no", "ordernumber", "orderid", "numar comanda", "nr comanda", "comanda", "siparis no", "siparis numarasi", "numero de commande"}},
	{nationalID, []string{"cnp", "tc kimlik no", "tckn", "steuer id", "steueridentifikationsnummer", "sozialversicherungsnummer", "ssn", "social security number", "national id", "personalausweisnummer", "numero de securite sociale", "ssn number", "soc sec id", "national id number", "tax id", "passport", "passport number", "passport no", "reisepassnummer", "drivers license number", "driving licence number", "numar pasaport", "pasaport no"}},
	{cookieID, []string{"cookie", "cookie id", "visitor id", "anonymous id", "anonymousid", "session id", "domain userid", "network userid", "client id cookie"}},
	{deviceID, []string{"device id", "deviceid", "idfa", "gaid", "advertising id", "gerate id", "device"}},
	{ipAddress, []string{"ip", "ip address", "ip adresse", "ip adresi", "adresa ip", "adresse ip"}},
	{iban, []string{"iban", "kontonummer", "bank account"}},
	{changed, []string{"stand", "geandert", "geandert am", "letzte anderung", "updated", "updated at", "last changed", "last modified", "modified", "changed", "aktualisiert", "date maj", "modificat", "actualizat", "guncelleme", "guncelleme tarihi", "mise a jour"}},
	{happened, []string{"datum", "date", "timestamp", "time", "zeit", "zeitpunkt", "erstellt", "erstellt am", "angelegt", "angelegt am", "created", "created at", "registriert am", "registered", "bestelldatum", "order date", "bestellt am", "kaufdatum", "data", "data comenzii", "tarih", "tarihi",
		"kayit tarihi", "siparis tarihi", "date de creation", "date de commande"}},
	{freeText, []string{"bemerkung*", "notiz*", "note", "notes", "comment", "comments", "kommentar", "observatii", "aciklama", "remarque", "observations"}},
	{rowID, []string{"id", "uid", "uuid", "key", "row id", "record id", "nr", "no", "rec id", "unique id", "datensatz", "datensatznummer"}},
}

// fold writes a column's name as the lexicon does.
func fold(name string) string {
	var b strings.Builder
	var last rune
	for _, r := range name {
		switch {
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteByte(' ')
			b.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
		last = r
	}
	return strings.Join(strings.Fields(ident.Fold(b.String())), " ")
}

// named says what a column's name means; whole is false when only its last
// words, or a part, do.
func named(name string) (m meaning, whole bool) {
	f := fold(name)
	if f == "" {
		return none, false
	}
	part := none
	for _, l := range lexicon {
		for _, n := range l.names {
			if stem, open := strings.CutSuffix(n, "*"); open {
				if f == stem {
					return l.meaning, true
				}
				if part == none && (strings.HasPrefix(f, stem) || strings.Contains(f, " "+stem)) {
					part = l.meaning
				}
				continue
			}
			if f == n {
				return l.meaning, true
			}
			if part == none && len(n) > 3 && strings.HasSuffix(f, " "+n) {
				part = l.meaning
			}
		}
	}
	if part == land || part == region {
		for _, doc := range []string{"passport", "national id", "license", "licence", "ausweis", "pass ", "pasaport"} {
			if strings.Contains(f, doc) { // where a document was issued, not where somebody lives
				return none, false
			}
		}
	}
	return part, false
}
