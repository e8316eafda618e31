package stories

import (
	"fmt"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// everyCard asks for the card of each profile, of each of its values, and of
// each record, those in quarantine too.
func everyCard(t *testing.T, w *world, f func(cdp.Card)) int {
	t.Helper()
	type ask struct {
		id cdp.ProfileID
		of cdp.Ref
	}
	var asks []ask
	err := w.g.View(t.Context(), func(tx *graph.Tx) error {
		for p, err := range tx.ByComponent() {
			if err != nil {
				return err
			}
			asks = append(asks, ask{id: p.ID})
			seen := make(map[cdp.Ref]bool)
			add := func(kind, id string) {
				if ref := (cdp.Ref{Kind: kind, ID: id}); !seen[ref] {
					seen[ref] = true
					asks = append(asks, ask{p.ID, ref})
				}
			}
			for _, rec := range p.Records {
				add("record", rec.ID.String())
				for _, a := range rec.Attributes {
					add("attribute", a.Name)
				}
				for _, c := range rec.Claims {
					add("identifier", c.Identifier.String())
				}
				for i := range rec.TouchpointCount {
					add("touchpoint", fmt.Sprintf("%v/%d", rec.ID, i+1))
				}
				for i := range rec.ShareCount {
					add("share", fmt.Sprintf("%v/%d", rec.ID, i+1))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range slices.Clone(asks) {
		if a.of.Kind != "" {
			continue
		}
		uses, err := w.desk.Uses(t.Context(), a.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range uses {
			asks = append(asks, ask{a.id, cdp.Ref{Kind: "use", ID: u.PartID()}})
		}
	}
	waiting, err := w.desk.Quarantined(t.Context(), 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range waiting {
		asks = append(asks, ask{0, cdp.Ref{Kind: "record", ID: q.Record.String()}})
	}
	for _, a := range asks {
		c, err := w.desk.Card(t.Context(), a.id, a.of)
		if err != nil {
			t.Fatalf("%v %v: %v", a.id, a.of, err)
		}
		f(c)
	}
	return len(asks)
}

// TestCardNoBlank: of every value of the demo each of the six questions is
// answered, and what an answer does not say is an unknown.
func TestCardNoBlank(t *testing.T) {
	w, _ := loaded(t)
	n := everyCard(t, w, func(c cdp.Card) {
		noted := func(q cdp.Question, code string, rec cdp.RecordID) bool {
			return slices.ContainsFunc(c.Unknown, func(u cdp.CardUnknown) bool {
				return u.Question == q && u.Code == code && (rec == 0 || u.Record == 0 || u.Record == rec)
			})
		}
		said := func(q cdp.Question, code string, rec cdp.RecordID, ok bool) {
			if !ok && !noted(q, code, rec) {
				t.Errorf("%v %v: %s of %v is blank", c.Profile, c.Of, code, rec)
			}
		}
		if len(c.Sources) == 0 || len(c.Links) != len(c.Sources) {
			t.Errorf("%v %v: %d sources and %d links", c.Profile, c.Of, len(c.Sources), len(c.Links))
		}
		for _, s := range c.Sources {
			said(cdp.AskSource, "source.system", s.Record, s.System != "")
			said(cdp.AskSource, "source.owner", s.Record, s.Owner != "")
			said(cdp.AskSource, "source.controller", s.Record, s.Controller != "")
			said(cdp.AskSource, "source.file", s.Record, s.File != "")
			said(cdp.AskSource, "source.origin", s.Record, len(s.Origins) > 0)
			if s.Lineage.Row == 0 || s.Batch == 0 || s.Recorded.IsZero() || s.FileHash == "" && !s.Stream {
				t.Errorf("%v %v: %v has no line, batch, time or hash", c.Profile, c.Of, s.Record)
			}
		}
		for _, l := range c.Links {
			said(cdp.AskLink, "link.path", l.Record, l.Found && (l.Record == l.Anchor || len(l.Hops) > 0))
		}
		said(cdp.AskBasis, "use.basis", 0, len(c.Uses) > 0)
		for _, u := range c.Uses {
			rec := u.Records[0]
			said(cdp.AskBasis, "use.purpose", rec, u.Purpose != "" && u.Title.EN != "")
			if u.Verdict.Rule == "" || u.Verdict.Allow && len(u.Intervals) == 0 {
				t.Errorf("%v %v: %s holds without rule or interval", c.Profile, c.Of, u.Activity)
			}
			if u.Verdict.Allow && len(u.Evidence) == 0 && !slices.ContainsFunc(c.Unknown, func(x cdp.CardUnknown) bool { return x.Question == cdp.AskBasis && x.Activity == u.Activity }) {
				t.Errorf("%v %v: %s holds without evidence", c.Profile, c.Of, u.Activity)
			}
		}
		for _, r := range c.Recipients {
			said(cdp.AskRecipients, "recipient.name", r.Record, r.Name != "" && r.Country != "")
			said(cdp.AskRecipients, "recipient.time", r.Record, !r.At.IsZero())
			said(cdp.AskRecipients, "recipient.purpose", r.Record, r.Title.EN != "")
			said(cdp.AskRecipients, "recipient.fields", r.Record, len(r.Fields) > 0)
		}
		said(cdp.AskRetention, "retention.none", 0, len(c.Retention) > 0)
		for _, r := range c.Retention {
			said(cdp.AskRetention, "retention.end", r.Records[0], !r.End.IsZero() || r.Waits != "")
		}
		rights := make(map[string]bool)
		for _, r := range c.Rights {
			rights[r.Right] = true
			if r.Why.DE == "" || r.Article == "" || r.DPV == "" || r.Outcome == "" {
				t.Errorf("%v %v: right %s is blank", c.Profile, c.Of, r.Right)
			}
		}
		if len(rights) != 12 {
			t.Errorf("%v %v: %d rights", c.Profile, c.Of, len(rights))
		}
	})
	if n < 1000 {
		t.Errorf("%d cards: the demo has more values than that", n)
	}
	t.Logf("%d cards", n)
}
