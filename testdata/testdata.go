// Package testdata is the demo: the files that the systems of a made-up company
// deliver, the mappings that read them, and its activity register. README.md
// tells the stories in them and whom to look for. All people are invented.
//
// The trap: the go tool leaves directories of this name out of ./..., so its
// tests stand in internal/stories.
package testdata

import (
	"embed"
	"time"
)

// FS holds register.yaml, mappings/ and files/.
//
//go:embed register.yaml mappings/*.yaml files/*
var FS embed.FS

// An Item is one file to ingest. Both are paths in FS.
type Item struct {
	File    string
	Mapping string
}

// Register returns the activity register, to be activated before anything is
// ingested.
func Register() []byte {
	text, err := FS.ReadFile("register.yaml")
	if err != nil {
		panic("testdata: register.yaml is embedded: " + err.Error())
	}
	return text
}

// Day is the day on which the stories stand: after the last fact in the files,
// and before any consent in force there runs out.
func Day() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// Demo lists the files in the order in which the systems delivered them. Any
// other order gives the same profiles.
func Demo() []Item {
	item := func(file, mapping string) Item { return Item{"files/" + file, "mappings/" + mapping + ".yaml"} }
	return []Item{
		item("shop-de.csv", "shop.de"),
		item("shop-ro.csv", "shop.ro"),
		item("shop-tr.csv", "shop.tr"),
		item("login-accounts.json", "login.accounts"),
		item("loyalty-cards.csv", "loyalty.cards"),
		item("store-pos.csv", "store.pos"),
		item("newsletter-members.csv", "newsletter.members"),
		item("web-sessions.ndjson", "web.sessions"),
		item("cmp-consents.ndjson", "cmp.consents"),
		item("marketplace-orders.json", "marketplace.orders"),
		item("call-centre.json", "call.centre"),
		item("chat-bot.ndjson", "chat.bot"),
		item("voice-assistant.ndjson", "voice.assistant"),
		item("kiosk-visits.csv", "kiosk.visits"),
		item("survey.csv", "survey"),
		item("mailer-reports.ndjson", "mailer.reports"),
		item("ad-audiences.csv", "ad.audiences"),
		item("ai-segments.csv", "ai.segments"),
		item("sso-wohnen.json", "sso.wohnen"),
		item("broker-list.csv", "broker.list"),
		item("store-wlan.csv", "store.wlan"),
		item("first-aid.csv", "first.aid"),
		item("textile-returns.json", "textile.returns"),
		// What came later: withdrawals, moves, confirmations, a deletion.
		item("preference-centre.ndjson", "preference.centre"),
		item("shop-de-2026-11.csv", "shop.de"),
		item("loyalty-cards-2026-11.csv", "loyalty.cards"),
		item("newsletter-members-2026-11.csv", "newsletter.members"),
	}
}
