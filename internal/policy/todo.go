package policy

import (
	"regexp"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// Todo returns what would release what a verdict holds back, "" for one that
// allows. For a source without an entry in the register it holds the entry to
// write.
func Todo(v cdp.Verdict) string {
	if v.Allow {
		return ""
	}
	_, rule, _ := strings.Cut(v.Rule, ".")
	rule = strings.TrimPrefix(rule, "special.")
	group, _, _ := strings.Cut(rule, ".")
	switch rule {
	case "register.none":
		return "Write an activity register, have it reviewed and activate it."
	case "register.later":
		return "Wait until the register is in force, or activate the version that is in force now."
	case "source.unknown":
		return "Add to the activity register, fill in every blank, and have it reviewed:\n\n" + Stub(sourceOf(v))
	case "source.controller":
		return "Find out who answers for this source, and name the same controller in its mapping and in the register."
	case "activity.unknown", "activity.source":
		return "Add activity " + string(v.Activity) + " to the register and to the source's entry, or correct the mapping."
	case "activity.none":
		return "If there is a lawful ground for linking, name it as link: in the source's entry of the register; otherwise leave it apart."
	case "activity.differs":
		return "Name the same activity as link in the mapping and in the register."
	case "activity.record":
		return "Nothing, unless the mapping should let the activity apply to this record."
	case "contract.none":
		return "Let the mapping state the contract or order that the record belongs to (grounds), or state another basis."
	case "field.unknown":
		return "Find out what was sent. If the source has another name for a field that the record has, let its mapping (shares, fields) use the record's name."
	case "contract.unclear":
		return "Find out why so many records carry one order number; correct the mapping, or let it state the end of the contract (grounds)."
	case "contract.ended", "ground.ended", "basis.ended":
		return "Nothing lawful but another basis: what it rested on has ended. Check whether the data must be erased."
	case "contract.later", "ground.later", "basis.later", "consent.later":
		return "Wait: it is judged again when the basis begins. Check why the data came before it."
	case "consent.reconsent_required":
		return "Ask the person again, on the notice in force; the consent of before stays as proof of what was done under it."
	case "consent.absent", "consent.requested", "consent.deferred", "consent.expired", "consent.empty":
		return "Ask the person for consent; it is judged again when one arrives."
	case "consent.pending":
		return "Wait for the person to confirm."
	case "consent.refused", "consent.withdrawn", "consent.objected", "marketing.objected":
		return "Nothing: the person said no. Only a new consent that the person gives without being pressed changes it."
	case "consent.unreadable":
		return "Correct the mapping of the source so that its consent can be read, and replay the delivery."
	case "consent.incomplete":
		return "Obtain the evidence of the consent from the source, or ask the person again."
	case "consent.not_explicit":
		return "Ask the person for an explicit consent to the special categories, or name another condition of Art. 9(2)."
	case "consent.method":
		return "Have the consent confirmed in a way that the register accepts."
	case "consent.invalidated", "consent.revoked":
		return "Ask the person for a valid consent; check what was done on the strength of the old one."
	case "legitimate_interest.unbalanced", "legitimate_interest.late", "legitimate_interest.review":
		return "Make the balancing test, or renew it, and enter it in the register with its date."
	case "legitimate_interest.failed":
		return "Rest the activity on another basis, or end it."
	case "legitimate_interest.objected", "public_task.objected":
		return "Decide on the objection: only compelling grounds override it (Art. 21(1))."
	case "legitimate_interest.erasure":
		return "Decide whether overriding grounds exist; otherwise erase."
	case "consent.erasure", "retention.passed":
		return "Erase it, unless another activity or a hold keeps it."
	case "criminal":
		return "Name the law that allows it (condition: A10 with condition_law) in the register, or keep such data out of this source."
	case "preference.unwanted":
		return "Use another channel or none: the person does not want this one. Only the person takes it back."
	case "preference.quiet", "preference.frequency":
		return "Wait: not now."
	case "preference.unreadable":
		return "Say under frequencies: in the register what the word means, or record the preference again."
	case "recipient.unknown", "recipient.activity":
		return "Add the recipient to the register and to the activity, or do not send."
	case "recipient.contract":
		return "Conclude the contract of Art. 28(3) and enter its reference in the register."
	case "recipient.contract_ended":
		return "Renew the contract of Art. 28(3) and enter its new end in the register, or do not send."
	case "recipient.transfer_ended", "recipient.transfer_adequacy", "recipient.transfer_annulled":
		return "Enter a transfer tool that counts (such as A46-2-c, standard clauses) with its reference, or do not send."
	case "recipient.transfer":
		return "Enter the transfer tool of chapter V in the register, or do not send."
	case "restricted", "restricted.row":
		return "Lift the restriction after telling the person (Art. 18(3)), or use one of the exceptions of Art. 18(2)."
	case "suppressed":
		return "Nothing: it was erased, objected to, or is on a register of who wants no marketing. End the suppression only on evidence of a new statement of the person."
	case "none":
		return "Nothing, unless the mapping is wrong about this identifier."
	}
	switch group {
	case "blocked", "generic":
		return "Nothing, unless the value is a real one of this person: then unblock it in review."
	}
	return "Nothing by itself: a person has to look at it."
}

// sourceOf reads back the source that the facts of a verdict name.
func sourceOf(v cdp.Verdict) cdp.Source {
	var s cdp.Source
	for _, f := range v.Facts {
		switch name, text, _ := strings.Cut(f, "="); name {
		case "controller":
			s.Controller = text
		case "source":
			s.ID = cdp.SourceID(text)
		case "collection":
			s.Collection = text
		case "link":
			s.Link = cdp.ActivityID(text)
		case "activity":
			s.Activities = append(s.Activities, cdp.ActivityID(text))
		}
	}
	return s
}

// Stub returns the entry that a source needs in the activity register, ready
// to be filled in. Who answers for it, the basis, the recipients and the
// retention are never guessed: they are blanks, and a register with blanks is
// refused.
func Stub(s cdp.Source) string {
	activities := s.Activities
	if len(activities) == 0 {
		activities = []cdp.ActivityID{cdp.ActivityID(string(s.ID) + ".activity")}
	}
	var b strings.Builder
	line := func(text, comment string) {
		b.WriteString(text)
		if comment != "" {
			b.WriteString(strings.Repeat(" ", max(1, 44-len(text))) + "# " + comment)
		}
		b.WriteByte('\n')
	}
	line("# under sources:", "")
	line("  - id: "+scalar(string(s.ID)), "")
	line(strings.TrimRight("    controller: "+scalar(s.Controller), " "), "one of controllers:")
	line(strings.TrimRight("    collection: "+scalar(s.Collection), " "), "first_party or third_party")
	names := make([]string, len(activities))
	for i, a := range activities {
		names[i] = scalar(string(a))
	}
	line("    activities: ["+strings.Join(names, ", ")+"]", "that this source may feed")
	line(strings.TrimRight("    link: "+scalar(string(s.Link)), " "), "the one of them that is the ground for linking, or none")
	line("# under activities:, where they are not there yet", "")
	for _, a := range names {
		line("  - id: "+a, "")
		line("    purpose:", "one of purposes:")
		line("    basis:", "consent, contract, legal_obligation, vital_interest, public_task or legitimate_interest")
		line("    # its proof", "consent: {purpose: }, contract: {ref: , evidence: }, law:, vital: {ref: } or balancing: {...}")
		line("    retention: {period: , start: }", "such as {period: P3Y, start: "+startContract+"}")
		line("    recipients:", "list of ids; [] when nobody gets the data")
	}
	return b.String()
}

var plainScalar = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// scalar writes text so that YAML reads it as the same text.
func scalar(s string) string {
	if s == "" || plainScalar.MatchString(s) {
		return s
	}
	return rulefile.Quote(s)
}
