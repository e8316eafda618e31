package match

import "strings"

// A mail is an e-mail address: its local part as most hosts read it, without
// dots and what follows a plus.
type mail struct {
	local, bare, domain string
	shared              bool
}

func newMail(s string, shared bool) (mail, bool) {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || len(s) > 254 {
		return mail{}, false
	}
	bare, _, _ := strings.Cut(local, "+")
	bare = strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r == '-' {
			return -1
		}
		return r
	}, bare)
	if bare == "" {
		bare = local
	}
	return mail{local, bare, domain, shared}, true
}

// minLocal is the length from which a local part is its owner's choice rather
// than a common short name; minSlip that from which two that are one slip
// apart are likelier a slip than two people.
const minLocal, minSlip = 6, 5

func compareMails(as, bs []mail) Field {
	best := Field{Name: FieldEmail, How: Missing, Why: "at most one side has an e-mail address that may be compared"}
	for _, a := range as {
		for _, b := range bs {
			best = best.or(compareMail(a, b))
		}
	}
	return best
}

func compareMail(a, b mail) Field {
	f := Field{Name: FieldEmail}
	same := a.domain == b.domain
	switch {
	case same && a.local == b.local && (a.shared || b.shared):
		return f.as(Shared, sharedValue, "the same address, which many share")
	case a.shared || b.shared:
		return f.as(Differs, 0, "other addresses")
	case same && a.local == b.local:
		return f.as(Exact, emailExact, "the same address, which does not link them")
	case same && a.bare == b.bare:
		return f.as(Near, emailAlias, "the same address but for dots or what follows a plus")
	case same && len(a.bare) >= minSlip && withinOne(a.bare, b.bare):
		return f.as(Near, emailNear, "one slip apart before the @")
	case a.local == b.local && len(a.local) > 3 && withinOne(a.domain, b.domain):
		return f.as(Near, emailNear, "one slip apart after the @")
	case a.bare == b.bare && len(a.bare) >= minLocal:
		return f.as(Near, emailOther, "the same before the @, with another host")
	}
	return f.as(Differs, 0, "other addresses") // people have several
}

// A phone is a number's digits, the country's included where it is known.
type phone struct {
	digits string
	shared bool
}

// tail are the last digits that are compared when a number was written without
// country or area.
const tail = 7

func newPhone(s string, shared bool) (phone, bool) {
	s, _, _ = strings.Cut(s, ";")
	d := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return phone{d, shared}, len(d) >= tail-1 && len(d) <= 20
}

func comparePhones(as, bs []phone) Field {
	best := Field{Name: FieldPhone, How: Missing, Why: "at most one side has a phone number that may be compared"}
	for _, a := range as {
		for _, b := range bs {
			best = best.or(comparePhone(a, b))
		}
	}
	return best
}

func comparePhone(a, b phone) Field {
	f := Field{Name: FieldPhone}
	switch {
	case a.digits == b.digits && (a.shared || b.shared):
		return f.as(Shared, sharedValue, "the same number, which many share")
	case a.shared || b.shared:
		return f.as(Differs, 0, "other numbers")
	case a.digits == b.digits:
		return f.as(Exact, phoneExact, "the same number, which does not link them")
	case len(a.digits) >= tail && len(b.digits) >= tail && len(a.digits) != len(b.digits) && sameTail(a.digits, b.digits):
		return f.as(Near, phoneTail, "the same last digits; one is written without country or area")
	case withinOne(a.digits, b.digits):
		return f.as(Near, phoneNear, "one slip apart")
	}
	return f.as(Differs, 0, "other numbers")
}

// sameTail reports whether the shorter number is the end of the longer one,
// less a leading 0.
func sameTail(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	bare := strings.TrimLeft(a, "0")
	return strings.HasSuffix(b, a) || len(bare) >= tail && strings.HasSuffix(b, bare)
}

// A nationalID is a number with who gave it out.
type nationalID struct{ issuer, number string }

func newNationalID(s string) (nationalID, bool) {
	issuer, number, ok := strings.Cut(s, ":")
	if !ok {
		issuer, number = "", s
	}
	return nationalID{issuer, number}, len(number) > 3 && len(number) <= 64
}

func compareIDs(as, bs []nationalID) Field {
	best := Field{Name: FieldID, How: Missing, Why: "no number of one issuer on both sides"}
	for _, a := range as {
		for _, b := range bs {
			if a.issuer == b.issuer {
				best = best.or(compareID(a.number, b.number))
			}
		}
	}
	return best
}

func compareID(a, b string) Field {
	f := Field{Name: FieldID}
	switch {
	case a == b:
		return f.as(Exact, idExact, "the same number, which does not link them")
	case len(a) > 5 && withinOne(a, b):
		return f.as(Near, idNear, "one slip apart")
	}
	return f.as(Differs, idDiffers, "another number of the same issuer")
}
