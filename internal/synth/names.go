package synth

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A locale is where a person is from: names, cities, numbers. Family names are
// common ones, or composed, so that there are as many as among real customers.
type locale struct {
	country, language string
	share             int // percent of people
	given             []string
	common            []string // family names, most frequent first
	stem, ending      []string // of composed family names
	cities            []string // larger ones more than once
	mobile            []string // prefixes of telephone numbers
	digits            int      // that follow a prefix
	domains           []string // under top-level domains that do not exist
}

func pickLocale(r *rand.Rand) *locale {
	n := r.IntN(100)
	for i := range locales {
		if n -= locales[i].share; n < 0 {
			return &locales[i]
		}
	}
	return &locales[0]
}

// name draws a name. Half the people have one of the common family names, the
// first of which are the most frequent.
func (l *locale) name(r *rand.Rand) (given, family string) {
	given = pick(r, l.given)
	if r.IntN(12) == 0 {
		given += "-" + pick(r, l.given)
	}
	if r.IntN(2) == 0 {
		i := len(l.common) * r.IntN(1000) / 1000 * r.IntN(1000) / 1000
		return given, l.common[i]
	}
	family = pick(r, l.stem) + pick(r, l.ending)
	first, n := utf8.DecodeRuneInString(family)
	return given, string(unicode.ToUpper(first)) + family[n:]
}

func (l *locale) phone(r *rand.Rand) string {
	s := pick(r, l.mobile)
	for i := range l.digits {
		d := r.IntN(10)
		if i == 0 {
			d = 1 + r.IntN(9)
		}
		s += strconv.Itoa(d)
	}
	return s
}

// mail makes an address that nobody else has.
func mail(r *rand.Rand, p *person) string {
	local := plain(p.given) + "." + plain(p.family)
	if r.IntN(3) == 0 {
		local = plain(p.family) + plain(p.given)[:1]
	}
	return fmt.Sprintf("%s.%s%d@%s", local, strconv.FormatUint(p.number, 36), len(p.mails), pick(r, p.locale.domains))
}

// plain writes a name in the letters of mail addresses.
func plain(s string) string { return ascii.Replace(strings.ToLower(s)) }

var ascii = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ă", "a", "â", "a", "î", "i", "ș", "s", "ț", "t",
	"ç", "c", "ğ", "g", "ı", "i", "i̇", "i", "ş", "s", "é", "e", " ", ".", "'", "")

var (
	segments = [...]string{"new", "loyal", "bargain", "premium", "dormant", "seasonal", "business", "student"}
	networks = [...]string{"facebook", "google", "apple"}
	carriers = [...]string{"paketdienst", "curier"}
	notices  = [...]string{"2020-11", "2022-03", "2024-09"}
	articles = [...]string{"Sommerkleid", "Regenmantel", "Wanderstiefel", "Kaffeemühle", "rochie", "cizme", "geantă", "elbise", "çanta", "kazak",
		"armchair", "raincoat", "lamp", "teapot", "bicycle bell", "Schal", "fular", "eşarp", "notebook", "Teppich"}
)

var locales = [...]locale{
	{
		country: "DE", language: "de", share: 45,
		given:  strings.Fields("Anna Lea Mia Emma Hannah Sophie Marie Lena Laura Julia Katharina Sabine Petra Monika Ursula Renate Jörg Jürgen Günther Björn Lukas Leon Finn Paul Jonas Felix Maximilian Stefan Andreas Thomas Michael Wolfgang Klaus Dieter Heinz Käthe Bärbel Ayşe Mehmet Ioana Piotr Oğuz Zoë René"),
		common: strings.Fields("Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer"),
		stem:   strings.Fields("linden eichen buchen birken rosen stein gold silber wasser wiesen wald berg tal mühl bären wolfs hirsch fuchs falken adler sonnen stern winter sommer grün schön alten neuen ober unter hohen tiefen breiten kloster kirch burg schloss ritter königs herzogs feld acker garten brunnen bach quell moor heide sand kiesel"),
		ending: strings.Fields("berg burg bach bacher feld felder hof hofer mann maier müller tal thaler wald walder stein steiner hausen häuser brück brücker garten gärtner see heim heimer kamp rath roth schmied weg weger wies wieser höfer auer ecker egger loh horst"),
		cities: strings.Fields("Berlin Berlin Berlin Hamburg Hamburg München München Köln Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg Duisburg Bochum Wuppertal Bielefeld Bonn Münster Karlsruhe Mannheim Augsburg Wiesbaden Gelsenkirchen Mönchengladbach Braunschweig Chemnitz Kiel Aachen Halle Magdeburg Freiburg Krefeld Lübeck Mainz Erfurt Rostock Kassel Saarbrücken Würzburg Göttingen Tübingen"),
		mobile: []string{"+4915015", "+4915016", "+4915613", "+4915614", "+4915817", "+4915819"}, digits: 6,
		domains: strings.Fields("nordpost.beispiel brieftaube.beispiel mailhaus.beispiel postfach.muster eilbote.muster"),
	},
	{
		country: "RO", language: "ro", share: 20,
		given:  strings.Fields("Maria Elena Ioana Andreea Mihaela Cristina Daniela Gabriela Ana Alexandra Ștefania Mălina Ruxandra Iulia Anca Simona Raluca Oana Bianca Teodora Ion Andrei Alexandru Mihai Ștefan Cristian Gheorghe Vasile Nicolae Florin Marius Adrian Bogdan Cătălin Răzvan Dănuț Ionuț Constantin Sorin Horațiu"),
		common: strings.Fields("Popa Popescu Pop Radu Ionescu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Constantin Moldovan Munteanu Stanciu Marin Barbu Dinu Mihai Sandu Ilie Florea Vasile Nistor Oprea Anghel Tudor Șerban Țăranu Lupu Voicu Mocanu Neagu Toma Manole Bălan Crăciun Ștefan Sârbu Cojocaru Ungureanu Lungu Mureșan Olteanu"),
		stem:   strings.Fields("albu bănc băl brad cerb ciob codr corb dobr drag flor frâncu ghin iord jian lăcăt lupș mărg mold munt neagr olten păd petr pietr pitic plop rus săcăl sav șerb șold stân ștef țin trif turc ungur văc vlăd voic zamf zăv izvor"),
		ending: strings.Fields("escu eanu anu aru oiu ea u ei așu uleț eș ilă iceanu uș ănescu"),
		cities: append(strings.Fields("București București București București Iași Cluj-Napoca Cluj-Napoca Timișoara Timișoara Constanța Craiova Brașov Galați Ploiești Oradea Brăila Arad Pitești Sibiu Bacău Suceava Botoșani Buzău Focșani Reșița Călărași Târgoviște Bistrița Slatina"), "Târgu Mureș", "Baia Mare", "Satu Mare", "Râmnicu Vâlcea", "Piatra Neamț"),
		mobile: []string{"+40721", "+40731", "+40742", "+40753", "+40764", "+40773", "+40784", "+40791"}, digits: 6,
		domains: strings.Fields("posta.exemplu scrisoare.exemplu porumbel.exemplu"),
	},
	{
		country: "TR", language: "tr", share: 20,
		given:  strings.Fields("Ayşe Fatma Emine Hatice Zeynep Elif Meryem Şerife Sultan Hanife Özlem Gülşen Çiğdem İrem Işıl Buse Ceren Ebru Nazlı Sıla Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim İsmail Osman Yusuf Murat Ömer Ramazan Halil Süleyman Çağlar Oğuz Barış Tuğrul Yiğit"),
		common: strings.Fields("Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Yavuz Can Acar Güneş Aktaş Bulut Keskin Ünal Gül Işık Tekin Yüksel Güler Coşkun Turan Taş Avcı Bozkurt Sarı Özer"),
		stem:   strings.Fields("ak kara gök kızıl sarı boz demir taş yıldız gün ay öz er koca küçük uzun kısa güneş su dağ ova kaya çam meşe gül bal kurt şahin doğan kartal aslan bay yel kuş"),
		ending: strings.Fields("türk oğlu can kan han soy taş tepe dağ su göz yürek kaya bulut yol alp gül er man lı çı ören pınar bey"),
		cities: strings.Fields("İstanbul İstanbul İstanbul İstanbul İstanbul Ankara Ankara İzmir İzmir Bursa Antalya Adana Konya Gaziantep Şanlıurfa Kocaeli Mersin Diyarbakır Hatay Manisa Kayseri Samsun Balıkesir Kahramanmaraş Aydın Tekirdağ Sakarya Denizli Muğla Eskişehir Mardin Trabzon Ordu Afyonkarahisar Malatya Erzurum Sivas Çorum Çanakkale Iğdır Kırşehir Niğde"),
		mobile: []string{"+90530", "+90532", "+90535", "+90541", "+90543", "+90551", "+90553", "+90505"}, digits: 7,
		domains: strings.Fields("postaci.ornek mektup.ornek guvercin.ornek"),
	},
	{
		country: "GB", language: "en", share: 15,
		given:  strings.Fields("Olivia Amelia Isla Ava Ivy Freya Lily Florence Grace Charlotte Emily Sophia Alice Eleanor Margaret Susan Patricia Siân Niamh Zoë George Oliver Noah Arthur Harry Leo Muhammad Jack Charlie Oscar Jacob Henry Thomas William James David Peter Graham Seán André"),
		common: strings.Fields("Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts Green Hall Thomas Clarke Jackson Wood Harris Edwards Turner Martin Cooper Hill Ward Hughes Moore Clark King Harrison Lewis Baker Lee Allen Morris Khan Scott Watson Davis Parker James Bennett Young Phillips Richardson O'Brien"),
		stem:   strings.Fields("ash black brad bright brook burn clay cold cross east fair farn fern field glen green hart hazel high hollow king lang long mar mill moor new north oak old red rose sand shel south stan stone sum thorn under wald wes west whit win wood"),
		ending: strings.Fields("ford ham ton ley well worth field stead bourne brook bury by combe cott dale don gate grove hurst land man more ridge rick shaw side stone thorpe ward water wick wood"),
		cities: append(strings.Fields("London London London London Birmingham Birmingham Manchester Leeds Glasgow Sheffield Bradford Liverpool Edinburgh Bristol Cardiff Coventry Leicester Nottingham Belfast Newcastle Plymouth Derby Southampton Portsmouth York Norwich Oxford Cambridge Exeter Bath Durham"), "Milton Keynes", "Kingston upon Hull"),
		mobile: []string{"+447301", "+447402", "+447503", "+447704", "+447805", "+447906"}, digits: 6,
		domains: strings.Fields("carrier-pigeon.specimen penny-post.specimen mailcoach.specimen"),
	},
}
