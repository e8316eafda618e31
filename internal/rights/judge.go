package rights

import "cdp-tui/internal/cdp"

// A judge judges the rights over a datum as one activity processes it.
type judge struct {
	f    *Facts
	cell Cell
}

// judge answers for one right. The article is "" when it is that of the right.
func (j *judge) judge(right string) (o Outcome, reason, article string) {
	switch right {
	case "withdraw":
		return j.withdraw()
	case "inform13", "inform14":
		return j.inform(right == "inform14")
	case "erase":
		return j.erase()
	case "restrict":
		if j.f.Basis == cdp.BasisPublicTask || j.f.Basis == cdp.BasisLegitimate {
			return Applies, "restrict.objection", ""
		}
		return Applies, "restrict.grounds", ""
	case "port":
		return j.port()
	case "object":
		return j.object()
	case "object_dm":
		return j.marketing()
	case "adm":
		return j.decision()
	}
	return Applies, "always", "" // access, rectification, complaint: whatever the basis
}

func (j *judge) withdraw() (Outcome, string, string) {
	switch {
	case j.f.Basis == "":
		return Check, "basis.unknown", ""
	case j.cell.Mark != "x":
		return Not, "basis", ""
	case j.f.Withdrawn:
		return Not, "withdraw.done", ""
	case j.f.Valid == No:
		return Not, "withdraw.none", ""
	}
	return Applies, "withdraw.given", ""
}

// inform judges which of the two duties to inform was the one: that on
// collecting from the person, or that on data from elsewhere.
func (j *judge) inform(elsewhere bool) (Outcome, string, string) {
	from := j.f.Elsewhere
	switch j.f.Origin {
	case cdp.Derived, cdp.Inferred:
		return Check, "inform.made", ""
	case cdp.Acquired:
		from = Yes
	case "":
		if from != Yes {
			return Check, "origin.unknown", ""
		}
	}
	switch {
	case from == Unknown:
		return Check, "origin.unknown", ""
	case from == Yes && !elsewhere:
		return Not, "inform.elsewhere", ""
	case from == No && elsewhere:
		return Not, "inform.person", ""
	case !elsewhere:
		return Applies, "inform.person", ""
	case j.f.Basis == "":
		return Check, "basis.unknown", ""
	case j.cell.Mark != "x":
		return Check, "inform.law", "Art. 14(5)(c)"
	}
	return Applies, "inform.elsewhere", ""
}

func (j *judge) erase() (Outcome, string, string) {
	f := j.f
	switch {
	case f.Basis == "":
		return Check, "basis.unknown", ""
	case f.Basis == cdp.BasisConsent:
		return j.eraseConsent()
	case f.Basis == cdp.BasisLegitimate && f.Marketing == Yes:
		return Applies, "erase.marketing", "Art. 17(1)(c), 21(2)"
	case f.Retention == No && f.Open != Yes && f.Basis != cdp.BasisVital:
		return Applies, "erase.ended", "Art. 17(1)(a)"
	case f.Valid == No && f.Retention != Yes:
		return Applies, "erase.unlawful", "Art. 17(1)(d)"
	}
	switch f.Basis {
	case cdp.BasisContract:
		switch {
		case f.Open == Yes:
			return Not, "erase.contract", "Art. 17(1)(a)"
		case f.Retention == Yes:
			return Not, "erase.retention", "Art. 17(1)(a)"
		}
	case cdp.BasisLaw, cdp.BasisPublicTask:
		if f.Retention == Yes {
			return Not, "erase.hold", "Art. 17(3)(b)"
		}
	case cdp.BasisVital:
		if f.Open == No && f.Retention == No {
			return Applies, "erase.ended", "Art. 17(1)(a)"
		}
		if f.Retention == Yes {
			return Not, "erase.retention", "Art. 17(1)(a)"
		}
	case cdp.BasisLegitimate:
		if f.Objected {
			return Check, "erase.objected", "Art. 17(1)(c)"
		}
		return Check, "erase.objection", "Art. 17(1)(c)"
	}
	return Check, "erase.need", "Art. 17(1)(a)"
}

func (j *judge) eraseConsent() (Outcome, string, string) {
	const article = "Art. 17(1)(b)"
	switch {
	case j.f.Other:
		return Not, "erase.other", article
	case j.f.Withdrawn:
		return Applies, "erase.withdrawn", article
	case j.f.Valid == No:
		return Applies, "erase.unlawful", "Art. 17(1)(d)"
	}
	return Applies, "erase.withdraws", article
}

func (j *judge) port() (Outcome, string, string) {
	f := j.f
	switch {
	case f.Basis == "":
		return Check, "basis.unknown", ""
	case f.Basis == cdp.BasisPublicTask:
		return Not, "basis", "Art. 20(3)"
	case j.cell.Mark != "x":
		return Not, "basis", "Art. 20(1)(a)"
	case f.Origin == cdp.Derived || f.Origin == cdp.Inferred:
		return Not, "port.made", "Art. 20(1)"
	case f.Origin == cdp.Acquired || f.Elsewhere == Yes:
		return Not, "port.elsewhere", "Art. 20(1)"
	case f.Automated == No:
		return Not, "port.manual", "Art. 20(1)(b)"
	case f.Origin == "" || f.Automated == Unknown:
		return Check, "origin.unknown", ""
	case f.Valid == No:
		return Check, "port.invalid", ""
	}
	return Applies, "port.yes", ""
}

func (j *judge) object() (Outcome, string, string) {
	switch {
	case j.f.Basis == "":
		return Check, "basis.unknown", ""
	case j.f.Basis == cdp.BasisConsent:
		return Not, "object.consent", ""
	case j.cell.Mark != "x":
		return Not, "basis", ""
	case j.f.Objected:
		return Not, "object.done", ""
	}
	return Applies, "object.may", ""
}

func (j *judge) marketing() (Outcome, string, string) {
	switch {
	case j.f.Marketing == Unknown:
		return Check, "marketing.unknown", ""
	case j.f.Marketing == No:
		return Not, "marketing.no", ""
	case j.f.Objected:
		return Not, "object.done", "Art. 21(3)"
	case j.f.Basis == cdp.BasisConsent:
		return Applies, "marketing.consent", ""
	}
	return Applies, "marketing.yes", ""
}

// decision turns on what a decision rests on, not on the basis of the data.
func (j *judge) decision() (Outcome, string, string) {
	switch j.f.Decision {
	case DecisionUnknown:
		return Check, "adm.unknown", ""
	case DecisionNone:
		return Not, "adm.none", ""
	case DecisionLaw:
		return Check, "adm.law", "Art. 22(2)(b)"
	case DecisionContract, DecisionConsent:
		return Applies, "adm.human", "Art. 22(3)"
	}
	return Applies, "adm.forbidden", "Art. 22(1)"
}
