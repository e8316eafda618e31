package datasets

import (
	"fmt"
	"strings"
)

// The rule ladder: which columns of a dataset are which kind of identifier.
//
// The rungs, strongest first. A kind is chosen by what the column is. Two things
// were chosen after looking at figures: which composites there are, by comparing
// rungs on Febrl 1 and 3, so their figures are in-sample; and to write the birth
// dates of the Senzing set in one form, since the first measurement showed that
// rules could not read them (pairs P .900 R .417 before, P .974 R .352 after):
//
//	rung                                              kind         why
//	number of a state's paper, with who issued it     national_id  one person, one number, checked when it was taken down
//	number that people tell or type (febrl, dsgen)    loyalty      says who somebody is, but has typing errors: two numbers need not be two people
//	e-mail address                                    email        families and offices share them
//	phone                                             phone        families, offices and tills share them
//	several facts of a person together (composites)   device       equal to the letter in all parts, digested; joins no more than a device does
//
// A composite is a rule such as "same given name, family name and birth date",
// written in a mapping as one identifier: the digest of its columns when all
// are there. It is exact. What is only near (one letter, one digit, a name and
// a birth date turned round) is no rung: a person judges it.

// registerText allows one activity: it links the records of every dataset.
const registerText = `register: public data with known answers
valid_from: 1970-01-01
owner: test
controllers:
  - { id: office, name: Office, country: DE }
purposes:
  - { id: identity, title: {en: Who is who}, dpv: dpv:IdentityVerification, categories: [user] }
recipients: []
activities:
  - { id: identity, purpose: identity, basis: contract, contract: {ref: test, evidence: source}, retention: {period: P90Y, start: end_of_year}, recipients: [] }
sources:
`

// sourceIDs are those of all datasets.
func sourceIDs() []string {
	return []string{"customers", "reference", "watchlist", "febrl", "dsgen", "chicago", "crm", "orders", "pos"}
}

func register() []byte {
	var b strings.Builder
	b.WriteString(registerText)
	for _, id := range sourceIDs() {
		fmt.Fprintf(&b, "  - { id: %s, controller: office, collection: first_party, activities: [identity], link: identity }\n", id)
	}
	return []byte(b.String())
}

// mappingOf completes a mapping with what all have in common.
func mappingOf(source, country, format, rest string) string {
	return fmt.Sprintf(`version: 1
source: { id: %s, controller: office, country: %s, collection: first_party, activities: [identity], link: identity }
read: { format: %s }
%s`, source, country, format, rest)
}

// senzing maps one of the three files: people and companies with papers,
// addresses and phones of many countries. Countries are written in several
// ways; the same number of two countries is two papers. Related companies
// (REL_POINTER) and employers are no evidence of being one.
func senzing(source string) string {
	return mappingOf(source, "US", "ndjson", `record:
  key: { col: RECORD_ID }
identifiers:
  - { kind: national_id, each: 'filter(FEATURES, "SSN_NUMBER" in #)', from: { expr: it.SSN_NUMBER }, issuer: ssn, link: strong }
  - kind: national_id
    each: 'filter(FEATURES, "PASSPORT_NUMBER" in #)'
    from: { expr: it.PASSPORT_NUMBER }
    issuer: { expr: it.PASSPORT_COUNTRY, map: { US: passport/us, USA: passport/us, CA: passport/ca, CAN: passport/ca, Canada: passport/ca, DE: passport/de, Germany: passport/de } }
    link: strong
  - kind: national_id
    each: 'filter(FEATURES, "DRIVERS_LICENSE_NUMBER" in #)'
    from: { expr: it.DRIVERS_LICENSE_NUMBER }
    issuer: { expr: it.DRIVERS_LICENSE_STATE, map: { CA: licence/ca, OR: licence/or, MN: licence/mn, NV: licence/nv, TX: licence/tx, Texas: licence/tx } }
    link: strong
  - kind: national_id
    each: 'filter(FEATURES, "NATIONAL_ID_NUMBER" in # && "NATIONAL_ID_COUNTRY" in #)'
    from: { expr: it.NATIONAL_ID_NUMBER }
    issuer: { expr: it.NATIONAL_ID_COUNTRY, map: { China: national/cn, Hong Kong: national/hk, SG: national/sg } }
    link: strong
  - kind: national_id
    each: 'filter(FEATURES, "TAX_ID_NUMBER" in #)'
    from: { expr: it.TAX_ID_NUMBER }
    issuer: { expr: it.TAX_ID_COUNTRY, map: { US: tax/us, DE: tax/de, IN: tax/in } }
    link: strong
  - { kind: national_id, each: 'filter(FEATURES, "LEI_NUMBER" in #)', from: { expr: it.LEI_NUMBER }, issuer: lei, link: strong }
  - { kind: email, each: 'filter(FEATURES, "EMAIL_ADDRESS" in #)', from: { expr: it.EMAIL_ADDRESS }, link: strong }
  - { kind: phone, each: 'filter(FEATURES, "PHONE_NUMBER" in #)', from: { expr: it.PHONE_NUMBER }, link: weak }
attributes:
  - { name: given_name, each: 'filter(FEATURES, "NAME_FIRST" in #)', from: { expr: it.NAME_FIRST }, category: user.name }
  - { name: family_name, each: 'filter(FEATURES, "NAME_LAST" in #)', from: { expr: it.NAME_LAST }, category: user.name }
  - { name: name, each: 'filter(FEATURES, "NAME_FULL" in #)', from: { expr: it.NAME_FULL }, category: user.name }
  - { name: company, each: 'filter(FEATURES, "NAME_ORG" in #)', from: { expr: it.NAME_ORG }, category: user.name }
  - { name: birth_date, each: 'filter(FEATURES, "DATE_OF_BIRTH" in #)', from: { expr: '`+birthDay("it.DATE_OF_BIRTH")+`' }, category: user.demographic.date_of_birth }
  - { name: address, each: 'filter(FEATURES, "ADDR_FULL" in #)', from: { expr: it.ADDR_FULL }, category: user.contact.address }
  - { name: street, each: 'filter(FEATURES, "ADDR_LINE1" in #)', from: { expr: it.ADDR_LINE1 }, category: user.contact.address.street }
  - { name: postal_code, each: 'filter(FEATURES, "ADDR_POSTAL_CODE" in #)', from: { expr: it.ADDR_POSTAL_CODE }, category: user.contact.address.postal_code }
  - { name: city, each: 'filter(FEATURES, "ADDR_CITY" in #)', from: { expr: it.ADDR_CITY }, category: user.contact.address.city }
`)
}

// birthDay writes a date of birth as YYYY-MM-DD where it can be read in one way
// only, as rules and people need it to compare: an American source has the
// month first (20/8/1991 is left as it is), and nobody is born in the future
// (67 is 1967, of 06 nobody can tell the century).
func birthDay(of string) string {
	read := func(parts, sep, layout, sure string) string {
		return fmt.Sprintf(`len(%[1]s) == 3 && %[1]s[2] matches "^([0-9]{4}|2[7-9]|[3-9][0-9])$" && %[4]s `+
			`? text(date(%[1]s[0] + "%[2]s" + %[1]s[1] + "%[2]s" + (len(%[1]s[2]) == 4 ? %[1]s[2] : "19" + %[1]s[2]), "%[3]s", "UTC"))[:10] : `,
			parts, sep, layout, sure)
	}
	return `let a = split(` + of + `, "/"); let b = split(` + of + `, "-"); ` +
		read("a", "/", "1/2/2006", `int(a[0]) < 13`) + read("b", "-", "2-Jan-2006", `len(b[1]) == 3`) + of
}

// person are the attributes that Febrl's generators give everybody. street
// numbers and streets are two columns.
const person = `attributes:
  - { name: given_name, from: { col: given_name }, category: user.name }
  - { name: family_name, from: { col: surname }, category: user.name }
  - { name: birth_date, from: { col: date_of_birth }, category: user.demographic.date_of_birth }
  - { name: street, from: { expr: 'trim(text(street_number) + " " + text(address_1))' }, category: user.contact.address.street }
  - { name: postal_code, from: { col: postcode }, category: user.contact.address.postal_code }
  - { name: city, from: { col: suburb }, category: user.contact.address.city }
`

// composite is a rung of several columns.
func composite(columns ...string) string {
	given := make([]string, len(columns))
	for i, c := range columns {
		given[i] = "given(" + c + ")"
	}
	return fmt.Sprintf("  - { kind: device, when: '%s', from: { expr: 'digest(\"%s\", %s)' }, link: weak }\n",
		strings.Join(given, " && "), strings.Join(columns, "+"), strings.Join(columns, ", "))
}

// febrl is one identifier with typing errors, and composites for the records
// in which it has one. Each leaves out something that may be mistyped. Cells
// are padded with a blank.
func febrl() string {
	return mappingOf("febrl", "AU", `csv, "null": ["", " "]`, `record:
  key: { col: rec_id }
identifiers:
  - { kind: loyalty, from: { col: soc_sec_id }, issuer: soc_sec_id, link: strong }
`+composite("given_name", "surname", "date_of_birth")+
		composite("surname", "date_of_birth", "postcode")+
		composite("given_name", "date_of_birth", "postcode")+
		composite("given_name", "surname", "postcode")+
		composite("date_of_birth", "street_number", "address_1")+
		person)
}

// dsgen is two independent identifiers: transitivity does the rest. Its phones
// are made assignable by the test.
func dsgen() string {
	return mappingOf("dsgen", "AU", "csv", `record:
  key: { col: rec_id }
identifiers:
  - { kind: loyalty, from: { col: soc_sec_id }, issuer: soc_sec_id, link: strong }
  - { kind: phone, from: { col: phone_number }, link: weak }
`+person)
}

// chicago is sites of schools that share the phones of their offices; the
// numbers lack the area code, which is the city's.
func chicago() string {
	return mappingOf("chicago", "US", "csv", `record:
  key: { col: Id }
identifiers:
  - { kind: phone, from: { expr: 'given(Phone) ? "+1 312 " + Phone : nil' }, link: weak }
  - { kind: email, from: { col: Email Address }, link: strong }
`+`  - { kind: device, when: 'given(col("Site name")) && given(Address)', from: { expr: 'digest("name+address", lower(col("Site name")), lower(Address))' }, link: weak }
attributes:
  - { name: name, from: { col: Site name }, category: user.name }
  - { name: street, from: { col: Address }, category: user.contact.address.street }
  - { name: postal_code, from: { col: Zip }, category: user.contact.address.postal_code }
`)
}

// Seeds of sql-identity-resolution: customers, orders, and tills with cards.

func crm() string {
	return mappingOf("crm", "DE", "csv", `record:
  key: { col: customer_id }
identifiers:
  - { kind: email, from: { col: email }, link: strong }
  - { kind: phone, from: { col: phone }, link: weak }
  - { kind: loyalty, from: { col: loyalty_id }, issuer: card, link: strong }
attributes:
  - { name: given_name, from: { col: first_name }, category: user.name }
  - { name: family_name, from: { col: last_name }, category: user.name }
`)
}

func orders() string {
	return mappingOf("orders", "DE", "csv", `record:
  key: { col: order_id }
identifiers:
  - { kind: email, from: { col: customer_email }, link: strong }
  - { kind: phone, from: { col: contact_phone }, link: weak }
`)
}

func pos() string {
	return mappingOf("pos", "DE", "csv", `record:
  key: { col: transaction_id }
identifiers:
  - { kind: loyalty, from: { col: loyalty_card_id }, issuer: card, link: strong }
  - { kind: phone, from: { col: contact_phone }, link: weak }
`)
}
