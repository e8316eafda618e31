package report

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// objects are the wire structs by the name under which docs/json.md describes
// them.
func objects() map[string]reflect.Type {
	of := reflect.TypeOf
	return map[string]reflect.Type{
		"segment": of(segmentJSON{}), "tally": of(tallyJSON{}), "segment_count": of(segmentCountJSON{}), "segment_run": of(segmentRunJSON{}),
		"segment_member": of(segmentMemberJSON{}), "counts": of(countsJSON{}), "period": of(periodJSON{}), "coverage": of(coverageJSON{}), "coverage_row": of(coverageRowJSON{}), "covered": of(coveredJSON{}),
		"profile": of(profileJSON{}), "held": of(heldJSON{}), "attribute": of(attributeJSON{}), "statement": of(statementJSON{}),
		"preference": of(preferenceJSON{}), "record": of(memberJSON{}), "members": of(membersJSON{}), "row": of(rowJSON{}),
		"identifier": of(identifierJSON{}), "ref": of(refJSON{}), "verdict": of(verdictJSON{}), "touchpoint": of(touchpointJSON{}),
		"consent": of(standingJSON{}), "consent_event": of(consentEventJSON{}), "use": of(useJSON{}), "share": of(shareJSON{}),
		"trace": of(traceJSON{}), "trace_field": of(traceFieldJSON{}), "path": of(pathJSON{}), "hop": of(hopJSON{}), "end": of(endJSON{}),
		"neighbourhood": of(neighbourhoodJSON{}), "sent": of(sentJSON{}), "sharing": of(sharingJSON{}), "search": of(searchJSON{}),
		"hit": of(hitJSON{}), "match": of(matchJSON{}), "facet": of(facetJSON{}), "facet_value": of(facetValueJSON{}), "source": of(sourceJSON{}),
		"batch": of(batchJSON{}), "note": of(noteJSON{}), "reject": of(rejectJSON{}), "quarantine": of(quarantineJSON{}), "stats": of(statsJSON{}),
		"size_class": of(sizeClassJSON{}), "consent_count": of(consentCountJSON{}), "check": of(checkJSON{}), "problem": of(problemJSON{}),
		"entry": of(entryJSON{}), "record_view": of(recordViewJSON{}), "lineage": of(lineageJSON{}), "claim": of(claimJSON{}),
		"delivered": of(deliveredJSON{}), "ground": of(groundJSON{}), "found": of(foundJSON{}), "audience": of(audienceJSON{}), "saved_search": of(savedJSON{}),
		"change": of(changeJSON{}), "evaluation": of(evaluationJSON{}), "rates": of(ratesJSON{}), "false_merge": of(falseMergeJSON{}),
		"health": of(healthJSON{}), "shape": of(shapeJSON{}), "hub": of(hubJSON{}), "kind_health": of(kindHealthJSON{}),
		"decision_count": of(decisionCountJSON{}), "source_health": of(sourceHealthJSON{}), "conflict": of(conflictJSON{}), "side": of(sideJSON{}),
		"cluster_part": of(clusterPartJSON{}), "miss": of(missJSON{}), "profile_part": of(profilePartJSON{}),
		"possible_match": of(possibleMatchJSON{}), "match_field": of(matchFieldJSON{}), "unsure": of(unsureJSON{}), "match_view": of(matchViewJSON{}),
		"match_side": of(matchSideJSON{}), "match_value": of(matchValueJSON{}), "match_verdict": of(matchVerdictJSON{}), "match_counts": of(matchCountsJSON{}),
		"act": of(actJSON{}), "decision": of(decisionJSON{}), "decided_row": of(decidedRowJSON{}), "effect": of(effectJSON{}),
		"profile_effect": of(profileEffectJSON{}), "why_not": of(whyNotJSON{}), "shared_value": of(sharedValueJSON{}), "happened": of(happenedJSON{}),
		"holding": of(holdingJSON{}), "pillar": of(pillarJSON{}), "bridge": of(bridgeJSON{}), "apart_claim": of(apartClaimJSON{}),
		"cut_advice": of(cutJSON{}), "cut_claim": of(cutClaimJSON{}), "radius": of(radiusJSON{}), "radius_recipient": of(radiusRecipientJSON{}),
		"breach": of(breachJSON{}), "breach_count": of(breachCountJSON{}), "breach_recipient": of(breachRecipientJSON{}), "breach_person": of(breachPersonJSON{}),
		"ropa": of(ropaJSON{}), "ropa_controller": of(ropaControllerJSON{}), "ropa_row": of(ropaRowJSON{}), "ropa_item": of(ropaItemJSON{}),
		"lint": of(lintJSON{}), "finding": of(findingJSON{}), "source_finding": of(sourceFindingJSON{}), "finding_ref": of(findingRefJSON{}),
		"lint_rule": of(lintRuleJSON{}), "lint_number": of(lintNumberJSON{}), "lint_run": of(lintRunJSON{}), "lint_count": of(lintCountJSON{}), "mute": of(muteJSON{}),
		"radius_share": of(radiusShareJSON{}), "wish": of(wishJSON{}), "wish_event": of(wishEventJSON{}),
		"instruction": of(instructionJSON{}), "restricted_row": of(restrictedJSON{}), "restriction": of(restrictionJSON{}), "suppression": of(suppressionJSON{}), "suppressed": of(SuppressedLine{}), "purpose_effect": of(purposeEffectJSON{}), "record_effect": of(recordEffectJSON{}),
		"lens": of(lensJSON{}), "lensed": of(lensedJSON{}), "lens_piece": of(lensPieceJSON{}), "left_out": of(leftOutJSON{}),
		"where": of(whereJSON{}), "where_system": of(whereSystemJSON{}), "where_recipient": of(whereRecipientJSON{}),
		"seen": of(seenJSON{}), "seen_view": of(seenViewJSON{}), "seen_field": of(seenFieldJSON{}),
		"card": of(cardJSON{}), "card_part": of(cardPartJSON{}), "jurisdiction": of(jurisdictionJSON{}), "competence": of(competenceJSON{}), "card_source": of(cardSourceJSON{}),
		"card_link": of(cardLinkJSON{}), "card_use": of(cardUseJSON{}), "card_interval": of(cardIntervalJSON{}), "evidence": of(evidenceJSON{}),
		"card_recipient": of(cardRecipientJSON{}), "card_retention": of(cardRetentionJSON{}), "card_right": of(cardRightJSON{}), "card_unknown": of(cardUnknownJSON{}),
		"share_plan": of(sharePlanJSON{}), "rule_count": of(ruleCountJSON{}), "disclosure": of(disclosureJSON{}), "field_verdict": of(fieldVerdictJSON{}),
		"share_run": of(shareRunJSON{}), "share_line": of(shareLineJSON{}), "notice": of(noticeJSON{}), "notice_step": of(noticeStepJSON{}), "acks": of(acksJSON{}),
		"drift": of(driftJSON{}), "drift_target": of(driftTargetJSON{}), "drift_item": of(driftItemJSON{}), "acked": of(ackedJSON{}),
		"simulation": of(simulationJSON{}), "outcome_shift": of(outcomeShiftJSON{}), "share_shift": of(shareShiftJSON{}),
		"reasking": of(reaskingJSON{}), "step": of(stepJSON{}), "judged": of(judgedJSON{}),
		"basis_history": of(basisHistoryJSON{}), "basis_interval": of(basisIntervalJSON{}),
	}
}

// describe returns the first three cells of the rows that docs/json.md must
// have for an object: name, type, and whether the field is always there.
func describe(t *testing.T, name string, typ reflect.Type) []string {
	var rows []string
	for i := range typ.NumField() {
		tag := typ.Field(i).Tag.Get("json")
		field, rest, _ := strings.Cut(tag, ",")
		if field == "" {
			t.Errorf("%s.%s has no name in JSON", name, typ.Field(i).Name)
		}
		ft, when := typ.Field(i).Type, "always"
		switch rest {
		case "":
		case "omitempty", "omitzero":
			when = "if any"
		default:
			t.Errorf("%s.%s: unexpected option %q", name, field, rest)
		}
		switch ft.Kind() {
		case reflect.Slice, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
			if when != "always" {
				t.Errorf("%s.%s: lists, numbers and booleans are always written", name, field)
			}
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", field, typeName(t, ft), when))
	}
	return rows
}

func typeName(t *testing.T, typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.Pointer:
		return typeName(t, typ.Elem())
	case reflect.String:
		if typ == reflect.TypeOf(stamp("")) {
			return "time"
		}
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return "number"
	case reflect.Array:
		return "pair of " + typeName(t, typ.Elem())
	case reflect.Slice:
		return "list of " + typeName(t, typ.Elem())
	case reflect.Struct:
		for name, o := range objects() {
			if o == typ {
				return "[" + name + "](#" + name + ")"
			}
		}
	}
	t.Errorf("%v is not described", typ)
	return typ.String()
}

var (
	section = regexp.MustCompile("^## ([a-z_]+)$")
	rowCut  = regexp.MustCompile("^(\\| `[^`]+` \\| [^|]+ \\| [^|]+ \\|) (.*) \\|$")
)

// TestDocs compares docs/json.md with the wire structs, both ways.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	name := ""
	for _, line := range strings.Split(string(raw), "\n") {
		if m := section.FindStringSubmatch(line); m != nil {
			name = m[1]
			if got[name] != nil {
				t.Errorf("%s is described twice", name)
			}
			got[name] = []string{}
		}
		if m := rowCut.FindStringSubmatch(line); m != nil {
			got[name] = append(got[name], m[1])
			if len(m[2]) < 4 {
				t.Errorf("%s: %s says nothing", name, m[1])
			}
		}
	}
	for name, typ := range objects() {
		want := describe(t, name, typ)
		if strings.Join(got[name], "\n") != strings.Join(want, "\n") {
			t.Errorf("docs/json.md on %s:\n%s\nwant\n%s", name, strings.Join(got[name], "\n"), strings.Join(want, "\n"))
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("docs/json.md describes %s, which does not exist", name)
	}
}
