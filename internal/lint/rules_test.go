package lint_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/lint"
)

// A fixture shows data for which a rule does not hold, and data that are as
// near as can be and for which it does.
type fixture struct {
	fires int // how often
	fire  func(*world)
	near  func(*world)
}

func fixtures() map[string]fixture {
	out := registerFixtures()
	for _, more := range []map[string]fixture{recordFixtures(), consentFixtures(), shareFixtures()} {
		for id, f := range more {
			out[id] = f
		}
	}
	return out
}

func registerFixtures() map[string]fixture {
	const test = "balancing: {date: 2024-01-01, author: dpo, outcome: passed, review_by: 2030-01-01}, "
	return map[string]fixture{
		"LI_WITHOUT_LIA": {2, // once for each source that feeds the activity
			func(w *world) { w.edit(test, "") },
			func(w *world) {}},
		"ART22_NO_EXCEPTION": {3, // none named, and one that does not go with the basis, of two sources
			func(w *world) {
				w.edit("id: news.send,", "id: news.send, automated: a score closes accounts,").edit("id: order,", `id: order, automated: "credit limit, Art. 22(2)(c)",`)
			},
			func(w *world) {
				w.edit("id: news.send,", "id: news.send, automated: none,").edit("id: order,", `id: order, automated: "credit limit, Art. 22(2)(a)",`)
			}},
		"DPIA_MISSING": {2,
			func(w *world) {
				w.edit("id: news.send,", "id: news.send, dpia: {required: true},").edit("id: place.find,", "id: place.find, dpia: {required: true, date: 2024-01-01, review_by: 2026-11-18},")
			},
			func(w *world) {
				w.edit("id: news.send,", "id: news.send, dpia: {required: false},").edit("id: place.find,", "id: place.find, dpia: {required: true, date: 2024-01-01, review_by: 2026-11-19},")
			}},
		"REGISTER_INCOMPLETE": {4, // an authority, a region, a notice, and whether a machine decides
			func(w *world) {
				complete(w).edit("authority: LfD Garden, ", "").edit(", region: Cork", "").edit("automated: none, purpose: place", "purpose: place").edit("purposes: [orders, news, advice, place]", "purposes: [orders, news, place]")
			},
			func(w *world) { complete(w) }},
		"SOURCE_INCOMPLETE": {2,
			func(w *world) {
				complete(w).edit("direction: in, id: letters", "id: letters").edit("sync: P1D, id: app", "id: app")
			},
			func(w *world) { complete(w) }},
		"LAW_UNCONFIRMED": {2, // an age and a decision
			func(w *world) {
				w.edit("country: US, contract: C-2, transfer: A46-2-c", "country: BR, contract: C-2, transfer: A45-3")
				w.add("letters", born("1980-08-14", "DK"))
			},
			func(w *world) {
				w.edit("country: US, contract: C-2, transfer: A46-2-c", "country: JP, contract: C-2, transfer: A45-3")
				w.add("letters", born("1980-08-14", "AT"))
			}},
		"LIA_LATE": {2,
			func(w *world) {
				w.edit(test, "valid_from: 2024-02-01, balancing: {date: 2024-02-02, author: dpo, outcome: passed, review_by: 2030-01-01}, ")
			},
			func(w *world) {
				w.edit(test, "valid_from: 2024-02-01, balancing: {date: 2024-02-01, author: dpo, outcome: passed, review_by: 2030-01-01}, ")
			}},
		"LIA_EXPIRED": {2,
			func(w *world) { w.edit("review_by: 2030-01-01", "review_by: 2026-11-18") },
			func(w *world) { w.edit("review_by: 2030-01-01", "review_by: 2026-11-19") }}, // the last day still counts
		"TRANSFER_NO_TOOL": {1,
			func(w *world) { w.edit(", transfer: A46-2-c", "") },
			func(w *world) { w.edit("country: US, contract: C-2, transfer: A46-2-c", "country: IE, contract: C-2") }},
		"TRANSFER_ANNULLED": {2,
			func(w *world) {
				w.edit("contract: C-2, ", `contract: "C-2, certified under the EU-US Privacy Shield", `)
				w.edit("country: DE, contract: C-1", "country: US, contract: C-1, transfer: A45-3, transfer_ground: safe-harbor")
			},
			func(w *world) {
				w.edit("contract: C-2, transfer: A46-2-c", "contract: C-2, transfer: A45-3, transfer_ground: dpf")
			}},
		"PROCESSOR_NO_CONTRACT": {1,
			func(w *world) { w.edit("kind: processor, country: DE, contract: C-1", "kind: processor, country: DE") },
			func(w *world) { w.edit("kind: processor, country: DE, contract: C-1", "kind: controller, country: DE") }},
		"RECIPIENT_UNNAMED": {1,
			func(w *world) { w.edit("Mailer Inc.", "Marketing  Partners") },
			func(w *world) { w.edit("Mailer Inc.", "Marketing Partners Ltd.") }},
		"ROPA_DRIFT": {3,
			func(w *world) {
				w.add("letters", all(attribute("birth", "x", "user.demographic.date_of_birth", ""), touch("survey", "advice", "2026-10-01"), sent("parcel", "news", "2026-10-01")))
			},
			func(w *world) {
				w.add("letters", all(name, touch("letter.sent", "news", "2026-10-01"), sent("mailer", "news", "2026-10-01")))
			}},
		"DECLARED_UNSEEN": {3, // place.find, and both recipients
			func(w *world) {
				w.add("app", nil).add("letters", says(given("news", "2026-01-01"))).add("orders", nil).add("visits", nil).add("bought", nil)
			},
			func(w *world) {
				w.edit("activities: [order, place.find]", "activities: [order]").edit("  - {id: place.find, purpose: place, owner: sales, basis: consent, retention: {period: P30D, start: collection}, recipients: []}\n", "")
				w.add("app", nil).add("orders", sent("parcel", "orders", "2026-10-01")).add("letters", all(says(given("news", "2026-01-01")), sent("mailer", "news", "2026-10-01"))).add("visits", nil).add("bought", nil)
			}},
		"COLLECTED_NEVER_USED": {1,
			func(w *world) { w.add("visits", all(on("2025-11-19"), name, func(r *record) { r.Claims = nil })) },
			func(w *world) { w.add("visits", all(on("2025-11-20"), name)) }},
		"SOURCE_UNDECLARED": {1,
			func(w *world) { w.sources = append(w.sources, cdp.Source{ID: "wlan"}) },
			func(w *world) {}},
		"SOURCE_NO_OWNER": {1,
			func(w *world) { w.sources = append(w.sources, cdp.Source{ID: "wlan", System: "S", Owner: " "}) },
			func(w *world) { w.sources = append(w.sources, cdp.Source{ID: "wlan", Owner: "IT"}) }},
		"SOURCE_SILENT": {1,
			func(w *world) {
				w.edit("link: order}\n  - {id: letters", "link: order, sync: P7D}\n  - {id: letters")
				w.silentBy = map[cdp.SourceID]time.Time{"orders": now().AddDate(0, 0, -7).Add(-time.Second)}
			},
			func(w *world) {
				w.edit("link: order}\n  - {id: letters", "link: order, sync: P7D}\n  - {id: letters")
				w.silentBy = map[cdp.SourceID]time.Time{"orders": now().AddDate(0, 0, -7)}
			}},
		"SOURCE_NO_NOTICE": {1, // it tells of the orders, not of the place
			func(w *world) { notice(w, "orders, news, advice") },
			func(w *world) { notice(w, "orders, news, advice, place") }},
		"CONSENT_BULK": {1,
			func(w *world) { people(w, 10) },
			func(w *world) { people(w, 9) }},
	}
}

// notice enters a notice for some purposes, and lets all sources name it.
func notice(w *world, purposes string) {
	w.edit("recipients:\n  - {id: parcel", "notices:\n  - {id: N-1, valid_from: 2024-01-01, purposes: ["+purposes+"]}\nrecipients:\n  - {id: parcel")
	for _, link := range []string{"[order], link: order", "[news.send], link: none", "[advise], link: none", "[order, place.find], link: order"} {
		w.register = strings.ReplaceAll(w.register, link, link+", notice: N-1")
	}
}

// people consent in one second.
func people(w *world, n int) {
	for range n {
		w.add("letters", says(given("news", "2026-01-01 08:00:00")))
	}
	w.add("letters", says(given("news", "2026-01-01 08:00:01")))
}

func recordFixtures() map[string]fixture {
	objection := no(cdp.ConsentObjected, "advice", "2026-03-01")
	stop := no(cdp.ConsentObjected, "news", "2026-03-01")
	return map[string]fixture{
		"BASIS_BEFORE": {2,
			func(w *world) {
				w.edit("basis: contract, ", "valid_from: 2026-06-01, basis: contract, ").add("orders", on("2026-05-31"))
				w.add("letters", all(says(given("news", "2026-02-02 10:00")), touch("letter.sent", "news", "2026-02-02 09:59")))
			},
			func(w *world) {
				w.edit("basis: contract, ", "valid_from: 2026-06-01, basis: contract, ").add("orders", on("2026-06-01"))
				w.add("letters", all(says(given("news", "2026-02-02 10:00")), touch("letter.sent", "news", "2026-02-02 10:00")))
			}},
		"BASIS_SWAP": {1,
			func(w *world) {
				w.edit("basis: legitimate_interest, ", "valid_from: 2026-05-31, basis: legitimate_interest, ").add("visits", says(no(cdp.ConsentWithdrawn, "advice", "2026-05-01")))
			},
			func(w *world) { // a day later
				w.edit("basis: legitimate_interest, ", "valid_from: 2026-06-01, basis: legitimate_interest, ").add("visits", says(no(cdp.ConsentWithdrawn, "advice", "2026-05-01")))
			}},
		"NO_BASIS": {1,
			func(w *world) { w.add("letters", func(r *record) { r.quarantined = true }) },
			func(w *world) { w.add("letters", says(given("news", "2026-01-01"))) }},
		"LI_AFTER_OBJECTION": {1,
			func(w *world) { w.add("visits", all(says(objection), touch("visit", "advice", "2026-03-02"))) },
			func(w *world) { w.add("visits", all(says(objection), touch("visit", "advice", "2026-02-28"))) }},
		"MARKETING_AFTER_OBJECTION": {2,
			func(w *world) {
				w.add("letters", all(says(given("news", "2026-01-01"), stop), touch("letter.sent", "news", "2026-03-02")))
				w.add("letters", all(says(given("news", "2026-01-01")), suppressedOn("2026-03-01"), touch("letter.sent", "news", "2026-03-02")))
			},
			func(w *world) { // that she opens an old one is not ours
				w.add("letters", all(says(given("news", "2026-01-01"), stop), touch("letter.sent", "news", "2026-02-28"), touch("letter.opened", "news", "2026-03-02")))
			}},
		"USE_AFTER_WITHDRAWAL": {1,
			func(w *world) {
				w.add("letters", all(says(given("news", "2026-01-01"), no(cdp.ConsentWithdrawn, "news", "2026-03-01 10:00")), touch("letter.sent", "news", "2026-03-01 10:01")))
			},
			func(w *world) {
				w.add("letters", all(says(given("news", "2026-01-01"), no(cdp.ConsentWithdrawn, "news", "2026-03-01 10:00")), touch("letter.sent", "news", "2026-03-01 09:59")))
			}},
		"USE_WHILE_RESTRICTED": {1,
			func(w *world) {
				w.add("letters", all(says(given("news", "2026-01-01")), restrictedOn("2026-02-20"), touch("letter.sent", "news", "2026-03-01")))
			},
			func(w *world) {
				w.add("letters", all(says(given("news", "2026-01-01")), restrictedOn("2026-03-02"), touch("letter.sent", "news", "2026-03-01")))
			}},
		"USE_NO_BASIS": {1,
			func(w *world) { w.add("letters", touch("letter.sent", "news", "2026-03-01")) },
			func(w *world) {
				w.add("letters", all(says(given("news", "2026-01-01")), touch("letter.sent", "news", "2026-03-01")))
			}},
		"ART9_CONDITION_MISSING": {1,
			func(w *world) { w.add("orders", attribute("note", "x", "user.content", "health")) },
			func(w *world) {
				w.edit("basis: contract, ", "condition: A9-2-a, basis: contract, ").add("orders", attribute("note", "x", "user.content", "health"))
			}},
		"ART10_NO_LAW": {1,
			func(w *world) { // a condition of Art. 9 is none of Art. 10
				w.edit("basis: contract, ", "condition: A9-2-a, basis: contract, ").add("orders", attribute("note", "x", "user.content", "criminal"))
			},
			func(w *world) {
				w.edit("basis: contract, contract: {ref: Terms, evidence: source}, ", "condition: A10, basis: legal_obligation, law: X §1, ").add("orders", attribute("note", "x", "user.content", "criminal"))
			}},
		"LOCATION_NO_CONSENT": {1,
			func(w *world) {
				w.add("app", all(attribute("where", "52.52", "user.location.precise", ""), says(no(cdp.ConsentRefused, "place", "2026-10-01"))))
			},
			func(w *world) {
				w.add("app", all(attribute("where", "52.52", "user.location.precise", ""), says(given("place", "2026-10-01"))))
			}},
		"RETENTION_PASSED": {1,
			func(w *world) { w.add("orders", on("2023-11-19")) },
			func(w *world) { w.add("orders", on("2023-11-20")) }},
		"PURPOSELESS": {1,
			func(w *world) { w.add("orders", attribute("car", "x", "user.vehicle", "")) },
			func(w *world) { w.add("orders", attribute("iban", "x", "user.financial.account", "")) }},
		"SOURCE_UNKNOWN": {1,
			func(w *world) { w.add("nowhere", nil) },
			func(w *world) { w.add("orders", nil) }},
		"NOT_INFORMED": {1,
			func(w *world) { // bought on 10 February, first mail on the 20th: that was the last moment
				w.add("bought", on("2026-02-10")).add("visits", all(on("2026-02-20"), touch("mail.sent", "advice", "2026-02-20 09:00"), touch("notice.sent", "advice", "2026-02-20 09:01"))).join()
			},
			func(w *world) {
				w.add("bought", on("2026-02-10")).add("visits", all(on("2026-02-20"), touch("notice.sent", "advice", "2026-02-20 09:00"), touch("mail.sent", "advice", "2026-02-20 09:00"))).join()
			}},
		"MINOR_CONSENT": {1, // RO: 16, and the same child where 14 is enough
			func(w *world) { w.add("letters", all(born("2012-08-14", "RO"), says(given("news", "2026-09-01")))) },
			func(w *world) { w.add("letters", all(born("2012-08-14", "AT"), says(given("news", "2026-09-01")))) }},
		"BIRTH_UNREADABLE": {2, // one day or another, and none; the dots say which it is
			func(w *world) { w.add("letters", born("3/4/2012", "RO")).add("letters", born("spring", "RO")) },
			func(w *world) { w.add("letters", born("03.04.2012", "RO")).add("letters", born("13/4/2012", "RO")) }},
		"OBJECTION_NOT_SHOWN": {1, // a second late
			func(w *world) {
				w.add("letters", all(touch("mail.sent", "news", "2026-02-20 09:00:00"), touch("notice.sent", "news", "2026-02-20 09:00:01")))
			},
			func(w *world) {
				w.add("letters", all(touch("mail.sent", "news", "2026-02-20 09:00:00"), touch("notice.sent", "news", "2026-02-20 09:00:00")))
				w.add("visits", touch("mail.sent", "advice", "2026-02-20 09:00")) // no direct marketing
			}},
		"SSO_LINK": {1,
			func(w *world) {
				login := cdp.NewIdentifier(cdp.KindLogin, "sso:7", [4]byte{7})
				w.crossed = []lint.Crossing{{Identifier: login, Controllers: []string{"garden", "shop"}}}
				w.add("orders", nil)
			},
			func(w *world) { w.add("orders", nil).add("visits", nil).join() }},
	}
}

func consentFixtures() map[string]fixture {
	ticked := given("news", "2026-01-01")
	ticked.PreTicked = true
	asked := ticked
	asked.PreTicked, asked.State = true, cdp.ConsentRequested
	bare := cdp.Consent{Purpose: "news", State: cdp.ConsentGiven, At: at("2026-01-01")}
	other := given("advice", "2026-01-01")
	tied, told := given("news", "2026-01-01"), given("news", "2026-01-01")
	tied.Conditional, told.Bundled = true, true
	elsewhere := func(r *record) { r.Claims[0].Identifier = email("b@post.test") }
	told.Endpoint = email("b@post.test")
	again := given("news", "2026-03-01")
	again.Endpoint = told.Endpoint
	renewed := given("news", "2026-04-01")
	renewed.Notice = "N-2"
	apart := other
	apart.Proof = "q"
	return map[string]fixture{
		"CONSENT_PRETICKED": {1,
			func(w *world) { w.add("letters", says(ticked)) },
			func(w *world) { w.add("letters", says(asked)) }},
		"CONSENT_FUTURE": {1,
			func(w *world) { w.add("letters", says(given("news", "2026-10-02 00:00:01"))) },
			func(w *world) { w.add("letters", says(given("news", "2026-10-02"))) }},
		"CONSENT_UNREADABLE": {1,
			func(w *world) { w.add("letters", says(no(cdp.ConsentUnreadable, "news", "2026-01-01"))) },
			func(w *world) { w.add("letters", says(no(cdp.ConsentEmpty, "news", "2026-01-01"))) }},
		"CONSENT_SAME_SECOND": {1,
			func(w *world) {
				w.add("letters", says(given("news", "2026-01-01 08:00:00"))).add("letters", says(no(cdp.ConsentWithdrawn, "news", "2026-01-01 08:00:00")))
			},
			func(w *world) {
				w.add("letters", says(given("news", "2026-01-01 08:00:00"))).add("letters", says(no(cdp.ConsentWithdrawn, "news", "2026-01-01 08:00:01")))
			}},
		"EVIDENCE_INCOMPLETE": {1,
			func(w *world) { w.add("letters", says(bare)) },
			func(w *world) { // withdrawn: it need not be proved any more
				w.add("letters", says(bare, no(cdp.ConsentWithdrawn, "news", "2026-01-02")))
			}},
		"CONSENT_PURPOSE_UNKNOWN": {1,
			func(w *world) { w.add("letters", says(given("lottery", "2026-01-01"))) },
			func(w *world) { w.add("letters", says(given("advice", "2026-01-01"))) }},
		"CONSENT_CONDITIONAL": {1,
			func(w *world) { w.add("letters", says(tied)) },
			func(w *world) { tied.State = cdp.ConsentRefused; w.add("letters", says(tied)) }},
		"CONSENT_STALE": {1,
			func(w *world) { versions(w, "true").add("letters", says(given("news", "2026-03-31 23:59"))) },
			func(w *world) {
				versions(w, "true").add("letters", says(given("news", "2026-03-31"), renewed))
			}},
		"CONSENT_BEFORE_NOTICE": {1,
			func(w *world) {
				early := renewed
				early.At = at("2026-03-31 23:59")
				versions(w, "false").add("letters", says(early))
			},
			func(w *world) { versions(w, "false").add("letters", says(renewed)) }},
		"CONSENT_BUNDLED": {2,
			func(w *world) {
				w.add("letters", says(given("news", "2026-01-01"), other)).add("letters", all(elsewhere, says(told)))
			},
			func(w *world) { // by acts of their own; and asked again by itself since
				w.add("letters", says(given("news", "2026-01-01"), apart)).add("letters", all(elsewhere, says(told, again)))
			}},
	}
}

// versions enters a second version of the notice on news, from April 2026.
func versions(w *world, material string) *world {
	return w.edit("recipients:\n  - {id: parcel", "notices:\n  - {id: N-1, valid_from: 2024-01-01, purposes: [news]}\n  - {id: N-2, valid_from: 2026-04-01, purposes: [news], material_change: "+
		material+", change: more}\nrecipients:\n  - {id: parcel")
}

func shareFixtures() map[string]fixture {
	yes, gone := given("news", "2026-01-01"), no(cdp.ConsentWithdrawn, "news", "2026-04-20 10:00")
	return map[string]fixture{
		"SHARE_AFTER_WITHDRAWAL": {1,
			func(w *world) { w.add("letters", all(says(yes, gone), sent("mailer", "news", "2026-04-21"))) },
			func(w *world) { w.add("letters", all(says(yes, gone), sent("mailer", "news", "2026-02-10"))) }},
		"SHARE_AFTER_OBJECTION": {2,
			func(w *world) {
				w.add("letters", all(says(yes, no(cdp.ConsentObjected, "news", "2026-04-20")), sent("mailer", "news", "2026-04-21")))
				w.add("letters", all(says(yes), suppressedOn("2026-04-20"), sent("mailer", "news", "2026-04-21")))
			},
			func(w *world) {
				w.add("letters", all(says(yes, no(cdp.ConsentObjected, "news", "2026-04-20")), sent("mailer", "news", "2026-04-19")))
				w.add("letters", all(says(yes), suppressedOn("2026-04-20"), sent("mailer", "news", "2026-04-19")))
			}},
		"SHARE_WHILE_RESTRICTED": {1,
			func(w *world) {
				w.add("letters", all(says(yes), restrictedOn("2026-02-09"), sent("mailer", "news", "2026-02-10")))
			},
			func(w *world) {
				w.add("letters", all(says(yes), restrictedOn("2026-02-11"), sent("mailer", "news", "2026-02-10")))
			}},
		"SHARE_NO_BASIS": {1,
			func(w *world) { w.add("letters", sent("mailer", "news", "2026-02-10")) },
			func(w *world) { w.add("letters", all(says(yes), sent("mailer", "news", "2026-02-10"))) }},
		"PURPOSE_MISMATCH": {3, // another purpose; one found incompatible; a recipient of another activity
			func(w *world) {
				assessed(w, "incompatible").add("orders", all(sent("mailer", "news", "2026-02-10"), sent("mailer", "advice", "2026-02-10"), sent("mailer", "orders", "2026-02-10")))
			},
			func(w *world) {
				assessed(w, "compatible").add("orders", all(sent("parcel", "orders", "2026-02-10"), sent("mailer", "advice", "2026-02-10")))
			}},
		"SHARE_FIELDS": {1,
			func(w *world) {
				w.add("letters", all(says(yes), sent("mailer", "news", "2026-02-10", "email", "phone")))
			},
			func(w *world) {
				w.add("letters", all(says(yes), name, sent("mailer", "news", "2026-02-10", "email", "given_name")))
			}},
		"RECIPIENT_UNKNOWN": {1,
			func(w *world) { w.add("orders", sent("somebody", "orders", "2026-02-10")) },
			func(w *world) { w.add("orders", sent("parcel", "orders", "2026-02-10")) }},
		"SHARE_NO_TOOL": {1,
			func(w *world) {
				w.edit(", transfer: A46-2-c", "").add("letters", all(says(yes), sent("mailer", "news", "2026-02-10")))
			},
			func(w *world) { w.add("letters", all(says(yes), sent("mailer", "news", "2026-02-10"))) }},
		"SHARE_NO_CONTRACT": {1,
			func(w *world) { w.edit(", contract: C-1", "").add("orders", sent("parcel", "orders", "2026-02-10")) },
			func(w *world) { w.add("orders", sent("parcel", "orders", "2026-02-10")) }},
	}
}

// assessed enters an assessment of Art. 6(4) from orders to advice.
func assessed(w *world, verdict string) *world {
	return w.edit("sources:\n  - {id: orders", "compatibility:\n  - {id: c-1, from: orders, to: advice, link: x, context: x, nature: x, consequences: x, safeguards: x, verdict: "+verdict+
		", by: dpo, date: 2026-01-01}\nsources:\n  - {id: orders")
}

// TestEachRuleFiresAndHolds shows each rule what it is for and what it must
// let pass. A rule without both is not tested.
func TestEachRuleFiresAndHolds(t *testing.T) {
	all := fixtures()
	for _, r := range lint.Defaults().All() {
		f, ok := all[r.ID]
		delete(all, r.ID)
		if !ok || f.fires == 0 || f.fire == nil || f.near == nil {
			t.Errorf("%s: no fixture that fires, or no near miss", r.ID)
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			w := newWorld(t)
			f.fire(w)
			if n := w.found(r.ID); n != f.fires {
				t.Errorf("%d findings, want %d", n, f.fires)
			}
			found := w.run(cdp.LintFilter{Rule: r.ID}).Findings[0]
			for _, ref := range found.Refs {
				if len(ref.Facts) == 0 {
					t.Errorf("a finding about %s %s without evidence", ref.Ref.Kind, ref.Ref.ID)
				}
			}
			if r.Room != "register" && found.Search == "" && r.ID != "NO_BASIS" { // what is in quarantine is in no index, what a recipient is in no record
				t.Error("no search finds what was found")
			}
			w = newWorld(t)
			f.near(w)
			if n := w.found(r.ID); n != 0 {
				t.Errorf("%d findings in the near miss: %v", n, w.run(cdp.LintFilter{Rule: r.ID}).Findings[0].Refs)
			}
		})
	}
	for id := range all {
		t.Errorf("a fixture for %s, which is no rule", id)
	}
}

// The words are all there, and what a rule says of its search can be read.
func TestWords(t *testing.T) {
	var ids []string
	for _, r := range lint.Defaults().All() {
		ids = append(ids, r.ID)
		if r.Title == "" || r.Why == "" || r.Todo == "" || r.Article == "" {
			t.Errorf("%s lacks words", r.ID)
		}
	}
	if len(ids) < 20 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("%d rules: %v", len(ids), ids)
	}
}
