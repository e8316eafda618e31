package match

// A How says how a field agreed.
type How string

// The ways in which a field agrees, best first.
const (
	Exact   How = "exact"
	Swapped How = "swapped" // the same parts in each other's place
	Near    How = "near"    // a slip, a variant, or a part of the other
	Initial How = "initial" // a letter that the other begins with
	Shared  How = "shared"  // the same, but known to belong to many
	Missing How = "missing" // at most one side has it, or they cannot be compared
	Differs How = "differs"
)

// Names of fields.
const (
	FieldName    = "name"
	FieldBirth   = "birth_date"
	FieldEmail   = "email"
	FieldPhone   = "phone"
	FieldAddress = "address"
	FieldID      = "national_id"
)

// A Field is what one field says: for (points above 0), against (below), or
// nothing. Why is for an officer and holds no personal value.
type Field struct {
	Name   string
	How    How
	Points float64
	Why    string
}

func (f Field) as(how How, points float64, why string) Field {
	return Field{f.Name, how, points, why}
}

// or returns the field that says more: any comparison before none, then more
// points, then an order of its own, so that the order of values is of no
// account.
func (f Field) or(g Field) Field {
	switch {
	case (f.How == Missing) != (g.How == Missing):
		if f.How == Missing {
			return g
		}
	case f.Points != g.Points:
		if g.Points > f.Points {
			return g
		}
	case f.How != g.How:
		if g.How < f.How {
			return g
		}
	case g.Why < f.Why:
		return g
	}
	return f
}

// A Level says what to do with a pair.
type Level uint8

// The levels.
const (
	None     Level = iota // not shown
	Related               // shown on asking: relatives, households, namesakes
	Possible              // into the queue
)

func (l Level) String() string { return [...]string{"none", "related", "possible"}[min(l, Possible)] }

// A Score is what comparing two profiles gave: a field each, in the order of
// the constants, missing ones included.
type Score struct {
	Total  float64
	Level  Level
	Fields []Field
}

// Rules are the numbers by which pairs become a queue.
type Rules struct {
	Possible   float64 // from this total on a pair is for review
	Related    float64 // from this total on it is worth showing
	Block      int     // profiles under one key; a fuller block says nothing and is skipped
	Crowd      int     // profiles under the key of one value; from more on it is shared by many, see [Person.Crowded]
	PerProfile int     // candidates of one profile that are kept
}

// DefaultRules returns the rules measured in this package's tests.
func DefaultRules() Rules {
	return Rules{Possible: 4, Related: 3, Block: 50, Crowd: 10, PerProfile: 20}
}

// Points of the fields. A name, or a birth date, alone is never enough.
const (
	nameExact      = 3
	nameNearOne    = 2.5 // one part exact, the other near
	nameNear       = 2   // both parts near
	nameInitial    = 2   // family name exact, given name an initial
	nameInitialIsh = 1.25
	namePart       = 1    // one part exact, the other missing
	namePartNear   = 0.5  // one part near, the other missing
	nameOtherLast  = 0.5  // the given name is the same, the family name is not: marriage, or chance
	nameRelative   = -1.5 // the family name is the same, the given name is not
	nameDiffers    = -3
	nameGeneration = -3 // senior and junior

	birthExact   = 2.5
	birthSwapped = 2
	birthNear    = 1.5
	birthDiffers = -2

	idExact   = 3
	idNear    = 2
	idDiffers = -1 // papers are renewed under new numbers

	emailExact  = 2
	emailAlias  = 2 // the same mailbox by another spelling
	emailNear   = 1.75
	emailOther  = 1.5 // the same local part elsewhere
	phoneExact  = 2
	phoneTail   = 1.75 // one is written without country or area
	phoneNear   = 1.5
	sharedValue = 0.5

	addressExact      = 2
	addressShared     = 1 // a block of flats, a home, an office
	addressNear       = 1.5
	addressNumberless = 1
	addressStreet     = 0.75 // the street without the number
	addressArea       = 0.5  // the postcode
	addressCity       = 0.25
	addressDiffers    = -0.5
)

// Compare scores two profiles, the same either way round.
func (r Rules) Compare(a, b *Person) Score {
	fields := make([]Field, 0, 6)
	fields = append(fields,
		compareNames(a.names, b.names),
		compareBirths(a.births, b.births),
		compareMails(a.mails, b.mails),
		comparePhones(a.phones, b.phones),
		compareAddresses(a.addresses, b.addresses),
		compareIDs(a.ids, b.ids))
	s := Score{Fields: fields}
	for _, f := range fields {
		s.Total += f.Points
	}
	switch {
	case s.Total >= r.Possible:
		s.Level = Possible
	case s.Total >= r.Related:
		s.Level = Related
	}
	return s
}

// Field returns what a field said.
func (s Score) Field(name string) Field {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return Field{Name: name, How: Missing}
}
