package lint

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// A Scope is what every rule may look at.
type Scope struct {
	Now       time.Time
	Zone      *time.Location // of the officer, in which a day ends; UTC when nil
	Pack      *Pack
	Register  *policy.Register   // in force now; nil when there is none
	Registers []*policy.Register // all versions, by the day from which they hold
	Consents  int                // about how many events there are, for the memory that counting them takes

	interests map[cdp.PurposeID][]interest
	uses      map[cdp.SourceID][]*policy.Activity
}

// An interest is when an activity came to rest on a legitimate interest.
type interest struct {
	activity *policy.Activity
	from     time.Time
}

// prepare computes what depends on the registers alone.
func (s *Scope) prepare() {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	s.interests = make(map[cdp.PurposeID][]interest)
	s.uses = make(map[cdp.SourceID][]*policy.Activity)
	if s.Register == nil {
		return
	}
	for i := range s.Register.Activities {
		if a := &s.Register.Activities[i]; a.Basis == cdp.BasisLegitimate {
			s.interests[a.Purpose] = append(s.interests[a.Purpose], interest{a, s.began(a)})
		}
	}
	for _, src := range s.Register.Sources {
		for _, id := range src.Activities {
			if a := s.activity(id); a != nil {
				s.uses[src.ID] = append(s.uses[src.ID], a)
			}
		}
	}
}

func (s *Scope) activity(id cdp.ActivityID) *policy.Activity {
	i := slices.IndexFunc(s.Register.Activities, func(a policy.Activity) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Register.Activities[i]
}

// began returns when an activity came to rest on its basis: the day it names,
// or that of the first version of the register from which on it always did.
func (s *Scope) began(a *policy.Activity) time.Time {
	if a.ValidFrom != nil {
		return a.ValidFrom.In(time.UTC)
	}
	from := s.Register.ValidFrom()
	for i := len(s.Registers) - 1; i >= 0; i-- {
		r := s.Registers[i]
		if r.ValidFrom().After(s.Now) {
			continue
		}
		if b, ok := r.Activity(a.ID); !ok || b.Basis != a.Basis || b.Purpose != a.Purpose {
			break
		}
		from = r.ValidFrom()
	}
	return from
}

// at returns the register in force at a time; before the first version that
// one, because nobody had written down another.
func (s *Scope) at(t time.Time) *policy.Register {
	var reg *policy.Register
	for _, r := range s.Registers {
		if reg == nil || !r.ValidFrom().After(t) {
			reg = r
		}
	}
	return reg
}

// A Source is a system that delivers, as it describes itself and as the
// register has it.
type Source struct {
	cdp.SourceStat                // as its mapping describes it, with its counts
	Entry          *policy.Source // of the register; nil when there is none
}

// A Record is a record with what bears on it.
type Record struct {
	cdp.Record                // with its tail
	Controller  string        // who answers for it
	Profile     cdp.ProfileID // 0 in quarantine
	Quarantined bool
	Since       time.Time    // in quarantine since
	Delivered   *Source      // of the record; nil when the store does not know it
	Facts       policy.Facts // on which it is judged now
	Ruling      cdp.Ruling   // of policy, now

	of         *Profile
	used       []judged // of its touchpoints
	judgedUses bool
	standings  []cdp.Standing // of what was said at its endpoints
	folded     bool
}

// A Profile is one person's records, or one record in quarantine.
type Profile struct {
	ID      cdp.ProfileID // 0 for a record in quarantine, or a deleted row
	Records []*Record

	// Before are versions of rows that are not current, or were deleted: what was
	// disclosed of them stays disclosed, and what they say of consent stays said.
	// Their Shares are those that no later version states.
	Before []*Record

	// Crossed are the records of other controllers that one login leads to.
	Crossed []Crossing

	person *policy.Terms
}

// A Crossing is an identifier that leads to records of several controllers.
type Crossing struct {
	Identifier  cdp.Identifier
	Controllers []string // all of them, sorted
}

// A Share is a disclosure with the record that reports it.
type Share struct {
	cdp.Share
	Of *Record
}

// A Hit is one thing for which a rule does not hold.
type Hit struct {
	Ref    cdp.Ref
	Source cdp.SourceID
	At     time.Time
	Facts  []string
}

// hit makes a hit about a record.
func (r *Record) hit(at time.Time, facts ...string) Hit {
	return Hit{Ref: cdp.Ref{Kind: "record", ID: r.ID.String()}, Source: r.Source, At: at, Facts: facts}
}

// time is when the record was so, or was learnt.
func (r *Record) time() time.Time {
	if r.At.IsZero() {
		return r.Recorded
	}
	return r.At
}

// activities are those the record may be held for.
func (s *Scope) activities(r *Record) []*policy.Activity {
	all := s.uses[r.Source]
	if len(r.Activities) == 0 {
		return all
	}
	out := make([]*policy.Activity, 0, len(all))
	for _, a := range all {
		if slices.Contains(r.Activities, a.ID) {
			out = append(out, a)
		}
	}
	return out
}

// The rooms of rules. A rule looks at one of them and tells what it finds.
type (
	registerRule func(*Scope, *Observed, func(Hit))
	sourceRule   func(*Scope, *Source, *Observed, func(Hit))
	recordRule   func(*Scope, *Record, func(Hit))
	profileRule  func(*Scope, *Profile, func(Hit))
	shareRule    func(*Scope, *Share, func(Hit))
)

// A rule is one of the checks under its id.
type rule struct {
	id       string
	before   bool // of records: also versions that are not current
	register registerRule
	source   sourceRule
	record   recordRule
	profile  profileRule
	share    shareRule
}

func (r rule) room() string {
	switch {
	case r.register != nil:
		return "register"
	case r.source != nil:
		return "source"
	case r.record != nil:
		return "record"
	case r.profile != nil:
		return "profile"
	}
	return "share"
}

// table is all rules, room by room.
func table() []rule {
	return []rule{
		{id: "LI_WITHOUT_LIA", register: withoutTest},
		{id: "LIA_LATE", register: testLate},
		{id: "LIA_EXPIRED", register: testExpired},
		{id: "TRANSFER_NO_TOOL", register: noTool},
		{id: "TRANSFER_ANNULLED", register: annulledTool},
		{id: "PROCESSOR_NO_CONTRACT", register: noContract},
		{id: "RECIPIENT_UNNAMED", register: unnamed},
		{id: "ROPA_DRIFT", register: drift},
		{id: "ART22_NO_EXCEPTION", register: noException},
		{id: "DPIA_MISSING", register: noAssessment},
		{id: "REGISTER_INCOMPLETE", register: sketchy},
		{id: "LAW_UNCONFIRMED", register: unconfirmed},
		{id: "DECLARED_UNSEEN", register: unseen},
		{id: "COLLECTED_NEVER_USED", register: neverUsed},

		{id: "SOURCE_UNDECLARED", source: undeclared},
		{id: "SOURCE_NO_OWNER", source: ownerless},
		{id: "SOURCE_NO_NOTICE", source: noticeless},
		{id: "SOURCE_INCOMPLETE", source: incompleteSource},
		{id: "SOURCE_SILENT", source: silent},
		{id: "CONSENT_BULK", source: bulk},

		{id: "BASIS_BEFORE", record: beforeBasis},
		{id: "BASIS_SWAP", record: swapped},
		{id: "NO_BASIS", record: noBasis},
		{id: "LI_AFTER_OBJECTION", record: interestAfterObjection},
		{id: "MARKETING_AFTER_OBJECTION", record: marketingAfterObjection},
		{id: "USE_AFTER_WITHDRAWAL", record: useAfterWithdrawal},
		{id: "USE_WHILE_RESTRICTED", record: usedWhileRestricted},
		{id: "USE_NO_BASIS", record: useWithoutBasis},
		{id: "CONSENT_BUNDLED", before: true, record: bundled},
		{id: "CONSENT_CONDITIONAL", before: true, record: conditional},
		{id: "CONSENT_STALE", before: true, record: stale},
		{id: "MINOR_CONSENT", before: true, record: minor},
		{id: "BIRTH_UNREADABLE", record: birth},
		{id: "CONSENT_BEFORE_NOTICE", record: beforeNotice},
		{id: "EVIDENCE_INCOMPLETE", before: true, record: incomplete},
		{id: "CONSENT_PRETICKED", before: true, record: preTicked},
		{id: "CONSENT_FUTURE", record: future},
		{id: "CONSENT_UNREADABLE", record: unreadable},
		{id: "CONSENT_SAME_SECOND", record: sameSecond},
		{id: "CONSENT_PURPOSE_UNKNOWN", record: unknownPurpose},
		{id: "ART9_CONDITION_MISSING", record: noCondition},
		{id: "ART10_NO_LAW", record: noLaw},
		{id: "LOCATION_NO_CONSENT", record: location},
		{id: "RETENTION_PASSED", record: keptTooLong},
		{id: "PURPOSELESS", record: purposeless},
		{id: "SOURCE_UNKNOWN", record: unknownSource},

		{id: "NOT_INFORMED", profile: notInformed},
		{id: "OBJECTION_NOT_SHOWN", profile: notShown},
		{id: "SSO_LINK", profile: ssoLink},

		{id: "SHARE_AFTER_WITHDRAWAL", share: sharedAfterWithdrawal},
		{id: "SHARE_AFTER_OBJECTION", share: sharedAfterObjection},
		{id: "SHARE_WHILE_RESTRICTED", share: sharedWhileRestricted},
		{id: "SHARE_NO_BASIS", share: sharedWithoutBasis},
		{id: "PURPOSE_MISMATCH", share: mismatch},
		{id: "SHARE_FIELDS", share: tooManyFields},
		{id: "RECIPIENT_UNKNOWN", share: unknownRecipient},
		{id: "SHARE_NO_TOOL", share: sharedWithoutTool},
		{id: "SHARE_NO_CONTRACT", share: sharedWithoutContract},
	}
}

// earlier returns the earlier of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// sorted returns the keys of a map in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
