package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A Sending is a disclosure that is to be run as its plan showed it.
type Sending struct {
	Ask     cdp.Ask
	Digest  string   // of the plan: that is sent, or nothing
	Columns []string // of formats that have columns
	Format  string
	File    string // plain name of a new file
	Reason  string
}

// sendFormats are the formats of what leaves, as the report writes them.
func sendFormats() []string { return []string{"ndjson", "csv", "parquet", "opendsr", "cloudevents"} }

// noSend says why nothing can be sent by a plan.
func (s *session) noSend(plan *cdp.SharePlan) text.Safe {
	switch {
	case !s.mayDecide().Empty():
		return s.mayDecide()
	case s.env.Send == nil:
		return s.say("off.send")
	case plan == nil:
		return s.say("off.noplan")
	case plan.Allowed == 0:
		return s.say("off.nothing")
	}
	return text.Safe{}
}

// askSending asks in which format, to which file and why, shows once more what
// leaves, and sends just what the plan showed.
func (s *session) askSending(ask cdp.Ask, plan cdp.SharePlan, again func() tea.Cmd) tea.Cmd {
	out := Sending{Ask: ask, Digest: plan.Digest, Columns: sentFields(plan)}
	var formats []choice
	for _, f := range sendFormats() {
		formats = append(formats, choice{label: text.Clean(f), detail: s.say("send.format." + f), do: func() tea.Cmd {
			out.Format = f
			name := strings.Join([]string{ask.Recipient, string(ask.Purpose), s.env.Now().UTC().Format("2006-01-02")}, "-") + "." + ending(f)
			return s.ask(question{label: s.say("ask.send.file"), value: name, must: s.say("ask.send.file.must"), then: func(file string) tea.Cmd {
				return s.ask(question{label: s.say("ask.send.reason"), must: s.say("ask.reveal.must"), then: func(reason string) tea.Cmd {
					out.File, out.Reason = strings.TrimSpace(file), strings.TrimSpace(reason)
					return s.sureToSend(out, plan, again)
				}})
			}})
		}})
	}
	return s.choose(s.say("send.format"), formats)
}

func (s *session) sureToSend(out Sending, plan cdp.SharePlan, again func() tea.Cmd) tea.Cmd {
	if strings.ContainsAny(out.File, "/\\") || strings.HasPrefix(out.File, ".") {
		return s.info("send.plainname")
	}
	q := widget.Question{Title: s.say("send.title", out.Ask.Recipient), Cancel: s.say("send.not"), Act: s.say("send.do"), Opener: "X", Body: []text.Safe{
		s.say("send.what", plan.Allowed, plan.Profiles, string(out.Ask.Purpose)),
		s.say("send.fields", strings.Join(out.Columns, ", ")),
		s.say("send.denied", plan.Denied),
		s.say("send.file", out.File, out.Format),
		s.because(out.Reason), s.say("confirm.digest", short(plan.Digest))}}
	return s.sure(q, func() tea.Cmd { return s.carryOut(out, plan, again) })
}

// sentFields are the fields of which something goes out by a plan.
func sentFields(plan cdp.SharePlan) []string {
	var out []string
	for _, r := range plan.Fields {
		if r.Outcome == cdp.FieldAllowed && !slices.Contains(out, r.Field) {
			out = append(out, r.Field)
		}
	}
	slices.Sort(out)
	return out
}

// ending is how the file of a format is called.
func ending(format string) string {
	switch format {
	case "opendsr", "cloudevents":
		return format + ".ndjson"
	}
	return format
}
