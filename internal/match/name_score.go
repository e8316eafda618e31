package match

import "slices"

// compareNames gives the best of all pairs of names. Senior and junior of one
// name are two people whatever other spelling agrees.
func compareNames(as, bs []name) Field {
	best := Field{Name: FieldName, How: Missing, Why: "at most one side has a name that may be compared"}
	if len(as) > 0 && len(bs) > 0 {
		best.Why = "the names are in different scripts"
	}
	for i := range as {
		for j := range bs {
			best = best.or(compareName(&as[i], &bs[j]))
		}
	}
	return best
}

func compareName(a, b *name) Field {
	f := Field{Name: FieldName}
	switch {
	case a.script != b.script:
		return f.as(Missing, 0, "the names are in different scripts")
	case a.generation != 0 && b.generation != 0 && a.generation != b.generation:
		return f.as(Differs, nameGeneration, "one is the elder, one the younger of a name")
	case a.org && b.org:
		return compareOrgs(a, b)
	case a.org || b.org:
		return compareMixed(a, b)
	case len(a.given)+len(a.family) > 0 && len(b.given)+len(b.family) > 0:
		return compareParts(a, b)
	}
	f = compareWhole(a, b)
	if (a.half() || b.half()) && f.Points > namePart {
		return f.as(Near, namePart, "the part that is there agrees, the rest is missing")
	}
	return f
}

// half reports whether only the given or only the family name is known.
func (n *name) half() bool { return (len(n.given) == 0) != (len(n.family) == 0) }

func compareParts(a, b *name) Field {
	f := Field{Name: FieldName}
	given, family := gradeParts(a.given, b.given, a.g, b.g), gradeParts(a.family, b.family, a.f, b.f)
	straight := f.ofGrades(given, family)
	if straight.Points >= nameNear {
		return straight
	}
	x, y := gradeParts(a.given, b.family, a.g, b.f), gradeParts(a.family, b.given, a.f, b.g)
	switch {
	case x == gradeSame && y == gradeSame:
		return straight.or(f.as(Swapped, nameNearOne, "given and family name exchanged"))
	case x >= gradeNear && y >= gradeNear:
		return straight.or(f.as(Swapped, nameNear, "given and family name exchanged, written otherwise"))
	case x == gradeSame && y == gradeMissing || x == gradeMissing && y == gradeSame:
		return straight.or(f.as(Swapped, namePartNear, "the given name of one is the family name of the other"))
	}
	return straight
}

func (f Field) ofGrades(given, family grade) Field {
	switch {
	case given == gradeMissing && family == gradeMissing:
		return f.as(Missing, 0, "one has a given name only, the other a family name only")
	case family == gradeMissing || given == gradeMissing:
		part, what := max(given, family), "given name"
		if given == gradeMissing {
			what = "family name"
		}
		switch part {
		case gradeSame:
			return f.as(Near, namePart, "the same "+what+", the rest is missing")
		case gradeNear:
			return f.as(Near, namePartNear, "a similar "+what+", the rest is missing")
		case gradeInitial:
			return f.as(Initial, 0, "an initial of the "+what+", the rest is missing")
		}
		return f.as(Differs, nameRelative, "another "+what+", the rest is missing")
	case given == gradeSame && family == gradeSame:
		return f.as(Exact, nameExact, "the same given and family name")
	case given == gradeNear && family == gradeNear:
		return f.as(Near, nameNear, "similar given and family names")
	case given == gradeNear && family == gradeSame:
		return f.as(Near, nameNearOne, "the same family name, a similar given name")
	case given == gradeSame && family == gradeNear:
		return f.as(Near, nameNearOne, "the same given name, a similar family name")
	case given == gradeInitial && family == gradeSame:
		return f.as(Initial, nameInitial, "the same family name, the initial of the given name")
	case given == gradeSame && family == gradeInitial:
		return f.as(Initial, nameInitialIsh, "the same given name, the initial of the family name")
	case given >= gradeInitial && family >= gradeInitial:
		return f.as(Initial, nameInitialIsh, "a similar name with an initial")
	case given >= gradeNear:
		return f.as(Differs, nameOtherLast, "the given name agrees, the family name does not")
	case family >= gradeNear:
		return f.as(Differs, nameRelative, "the family name agrees, the given name does not")
	}
	return f.as(Differs, nameDiffers, "another name")
}

// compareWhole compares names of which at least one is not told apart into
// given and family name.
func compareWhole(a, b *name) Field {
	f := Field{Name: FieldName}
	x, y := shorterFirst(a.all, b.all)
	whole, initials, exact := matchWords(x, y)
	switch n := len(x); {
	case n == 1 && exact == 1 && len(y) == 1:
		return f.as(Near, namePart, "the same single name")
	case n == 1 && whole == 1:
		return f.as(Near, namePartNear, "a single name is part of the other's")
	case n == 1 && initials == 1:
		return f.as(Initial, 0, "an initial only")
	case n == 1:
		return f.as(Differs, nameRelative, "another name")
	case exact == n && n == len(y):
		return f.as(Exact, nameExact, "the same names")
	case exact == n:
		return f.as(Near, nameNearOne, "all names of one are among the other's")
	case whole == n && exact > 0:
		return f.as(Near, nameNearOne, "the same names but for spelling")
	case whole == n:
		return f.as(Near, nameNear, "similar names")
	case whole > 0 && whole+initials == n:
		return f.as(Initial, nameInitial, "the same names, some as initials")
	case n > 2 && whole == n-1:
		return f.as(Near, nameNear, "all names but one agree")
	case whole > 0:
		return f.as(Differs, nameRelative, "only a part of the name agrees")
	}
	return f.as(Differs, nameDiffers, "another name")
}

// compareMixed compares a person with a company, which may be the person's
// business.
func compareMixed(a, b *name) Field {
	f := Field{Name: FieldName}
	x, y := shorterFirst(a.all, b.all)
	switch _, _, exact := matchWords(x, y); {
	case exact == len(x) && exact > 1:
		return f.as(Near, nameNear, "a company of the person's name")
	case exact == len(x):
		return f.as(Near, namePartNear, "one word in the names of a person and a company")
	}
	return f.as(Differs, nameRelative, "a person and a company of another name")
}

// compareOrgs compares names of companies by their words.
func compareOrgs(a, b *name) Field {
	f := Field{Name: FieldName}
	x, y := shorterFirst(a.all, b.all)
	whole, _, exact := matchWords(x, y)
	jx, jy := joined(x), joined(y)
	switch {
	case slices.Equal(jx, jy):
		return f.as(Exact, nameExact, "the same company name")
	case whole == len(x) && whole == len(y):
		return f.as(Near, nameNearOne, "the same company name but for spelling or order")
	case nearness(jx, jy) >= 0.92, whole == len(x) && whole > 1:
		return f.as(Near, nameNear, "a similar company name, or a longer form of it")
	case whole*2 >= len(y):
		return f.as(Near, namePart, "half or more of the company name agrees")
	case whole > 0 && exact > 0:
		return f.as(Near, 0, "a word of the company name agrees")
	}
	return f.as(Differs, nameRelative, "another company name")
}
