package lint

import (
	"slices"
	"strings"
)

func sharedAfterWithdrawal(s *Scope, x *Share, emit func(Hit)) {
	if v, ok := x.basis(s); ok && !v.Allow && withdrawn(v) {
		emit(x.judgedHit(v))
	}
}

func sharedAfterObjection(s *Scope, x *Share, emit func(Hit)) {
	if v, ok := x.basis(s); ok && !v.Allow && (objectedTo(v) || suppressed(v)) {
		emit(x.judgedHit(v))
	}
}

func sharedWhileRestricted(s *Scope, x *Share, emit func(Hit)) {
	if v, ok := x.basis(s); ok && !v.Allow && restricted(v) {
		emit(x.judgedHit(v))
	}
}

func sharedWithoutBasis(s *Scope, x *Share, emit func(Hit)) {
	if v, ok := x.basis(s); ok && !v.Allow && !saidNo(v) {
		emit(x.judgedHit(v))
	}
}

// mismatch tells of a purpose for which the source feeds no activity and which
// nobody has found compatible with those it was collected for, and of a
// recipient that is none of the activity's.
func mismatch(s *Scope, x *Share, emit func(Hit)) {
	if s.Register == nil {
		return
	}
	if _, declared := s.Register.Source(x.Of.Source); !declared {
		return // SOURCE_UNDECLARED tells of it
	}
	v, ok := x.allowed(s)
	switch {
	case !ok:
		var collected []string
		for _, a := range s.activities(x.Of) {
			if c, ok := s.at(x.At).CompatibleAt(a.Purpose, x.Purpose, x.At); ok && c.Verdict == "compatible" {
				return
			}
			if p := string(a.Purpose); !slices.Contains(collected, p) {
				collected = append(collected, p)
			}
		}
		emit(x.hit("collected for=" + strings.Join(collected, ", ")))
	case reason(v) == "recipient.activity":
		emit(x.judgedHit(v))
	}
}

func tooManyFields(s *Scope, x *Share, emit func(Hit)) {
	if s.Register == nil {
		return
	}
	p, ok := s.Register.Purpose(x.Purpose)
	if !ok {
		return
	}
	var over []string
	for _, f := range x.Fields {
		if c := category(&x.Of.Record, f); c != "" && !p.Needs(c) {
			over = append(over, f+" ("+c+")")
		}
	}
	if len(over) > 0 {
		emit(x.hit("fields=" + strings.Join(over, ", ")))
	}
}

func unknownRecipient(s *Scope, x *Share, emit func(Hit)) {
	if s.Register == nil {
		return
	}
	if _, ok := s.Register.Recipient(x.Recipient); !ok {
		emit(x.hit())
	}
}

func sharedWithoutTool(s *Scope, x *Share, emit func(Hit)) {
	if v, ok := x.allowed(s); ok && strings.HasPrefix(reason(v), "recipient.transfer") {
		emit(x.judgedHit(v))
	}
}

func sharedWithoutContract(s *Scope, x *Share, emit func(Hit)) {
	if v, ok := x.allowed(s); ok && strings.HasPrefix(reason(v), "recipient.contract") {
		emit(x.judgedHit(v))
	}
}
