package report

import (
	"math"
	"time"

	"cdp-tui/internal/cdp"
)

type sharePlanJSON struct {
	Recipient string          `json:"recipient,omitempty"`
	Purpose   string          `json:"purpose,omitempty"`
	Channel   string          `json:"channel,omitempty"`
	Topic     string          `json:"topic,omitempty"`
	Segment   string          `json:"segment,omitempty"`
	At        stamp           `json:"at,omitempty"`
	AsKnown   stamp           `json:"as_known,omitempty"`
	Register  string          `json:"register,omitempty"`
	Profiles  int             `json:"profiles"`
	Records   int             `json:"records"`
	Allowed   int             `json:"allowed"`
	Denied    int             `json:"denied"`
	Rules     []ruleCountJSON `json:"rules"`
	Fields    []ruleCountJSON `json:"fields"`
	Digest    string          `json:"digest,omitempty"`
}

type ruleCountJSON struct {
	Outcome  string   `json:"outcome,omitempty"`
	Field    string   `json:"field,omitempty"`
	Rule     string   `json:"rule,omitempty"`
	Article  string   `json:"article,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	NotNow   stamp    `json:"not_now,omitempty"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"`
}

type disclosureJSON struct {
	Profile string             `json:"profile,omitempty"`
	Outcome string             `json:"outcome,omitempty"`
	Verdict verdictJSON        `json:"verdict"`
	Fields  []fieldVerdictJSON `json:"fields"`
}

type fieldVerdictJSON struct {
	Field   string      `json:"field,omitempty"`
	Outcome string      `json:"outcome,omitempty"`
	Verdict verdictJSON `json:"verdict"`
	Records []string    `json:"records"`
}

type shareRunJSON struct {
	Run       string   `json:"run,omitempty"`
	Recipient string   `json:"recipient,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
	Channel   string   `json:"channel,omitempty"`
	Topic     string   `json:"topic,omitempty"`
	Fields    []string `json:"fields"`
	Segment   string   `json:"segment,omitempty"`
	State     string   `json:"state,omitempty"`
	Format    string   `json:"format,omitempty"`
	To        string   `json:"to,omitempty"`
	By        string   `json:"by,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Begun     stamp    `json:"begun,omitempty"`
	Released  stamp    `json:"released,omitempty"`
	Done      stamp    `json:"done,omitempty"`
	Register  string   `json:"register,omitempty"`
	Planned   string   `json:"planned,omitempty"`
	Digest    string   `json:"digest,omitempty"`
	SHA256    string   `json:"sha256,omitempty"`
	Lines     int      `json:"lines"`
	Confirmed int      `json:"confirmed"`
	Allowed   int      `json:"allowed"`
	Denied    int      `json:"denied"`
	Struck    int      `json:"struck"`
}

type shareLineJSON struct {
	Ref       string   `json:"ref,omitempty"`
	Profile   string   `json:"profile,omitempty"`
	Recipient string   `json:"recipient,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
	Channel   string   `json:"channel,omitempty"`
	Topic     string   `json:"topic,omitempty"`
	At        stamp    `json:"at,omitempty"`
	Allow     bool     `json:"allow"`
	Struck    stamp    `json:"struck,omitempty"`
	Rule      string   `json:"rule,omitempty"`
	Article   string   `json:"article,omitempty"`
	Until     stamp    `json:"until,omitempty"`
	Fields    []string `json:"fields"`
	Records   []string `json:"records"`
	Digest    string   `json:"digest,omitempty"`
	Register  string   `json:"register,omitempty"`
	State     string   `json:"state,omitempty"`
}

type noticeJSON struct {
	Notice    string           `json:"notice,omitempty"`
	About     string           `json:"about,omitempty"`
	Recipient string           `json:"recipient,omitempty"`
	Purpose   string           `json:"purpose,omitempty"`
	Cause     string           `json:"cause,omitempty"`
	Subject   identifierJSON   `json:"subject"`
	Profile   string           `json:"profile,omitempty"`
	Record    string           `json:"record,omitempty"`
	Fields    []string         `json:"fields"`
	Share     string           `json:"share,omitempty"`
	Shared    stamp            `json:"shared,omitempty"`
	Event     stamp            `json:"event,omitempty"`
	Rule      string           `json:"rule,omitempty"`
	Made      stamp            `json:"made,omitempty"`
	State     string           `json:"state,omitempty"`
	Steps     []noticeStepJSON `json:"steps"`
}

type noticeStepJSON struct {
	State    string `json:"state,omitempty"`
	At       stamp  `json:"at,omitempty"`
	Recorded stamp  `json:"recorded,omitempty"`
	By       string `json:"by,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

type acksJSON struct {
	Lines    int   `json:"lines"`
	Changed  int   `json:"changed"`
	Repeated int   `json:"repeated"`
	Unknown  []int `json:"unknown"`
}

type driftJSON struct {
	At      stamp             `json:"at,omitempty"`
	AsKnown stamp             `json:"as_known,omitempty"`
	Targets []driftTargetJSON `json:"targets"`
	Items   []driftItemJSON   `json:"items"`
	More    int               `json:"more"`
}

type driftTargetJSON struct {
	Recipient   string  `json:"recipient,omitempty"`
	Name        string  `json:"name,omitempty"`
	Purpose     string  `json:"purpose,omitempty"`
	Notices     int     `json:"notices"`
	InStep      int     `json:"in_step"`
	Behind      int     `json:"behind"`
	After       int     `json:"after"`
	OldestHours float64 `json:"oldest_hours"`
	LastHours   float64 `json:"last_hours"`
}

type driftItemJSON struct {
	Notice noticeJSON  `json:"notice"`
	Holds  bool        `json:"holds"`
	InStep bool        `json:"in_step"`
	Hours  float64     `json:"hours"`
	Acked  *ackedJSON  `json:"acked,omitempty"`
	After  []shareJSON `json:"after"`
}

type ackedJSON struct {
	Cause  string `json:"cause,omitempty"`
	Event  stamp  `json:"event,omitempty"`
	At     stamp  `json:"at,omitempty"`
	Notice string `json:"notice,omitempty"`
}

func hours(d time.Duration) float64 { return math.Round(d.Hours()*10) / 10 }

func wireRules(list []cdp.RuleCount) []ruleCountJSON {
	out := make([]ruleCountJSON, len(list))
	for i, r := range list {
		out[i] = ruleCountJSON{r.Outcome.String(), r.Field, r.Rule, r.Article, r.Reason, stampOf(r.NotNow), r.Count, idsOf(r.Examples)}
	}
	return out
}

// SharePlan writes what a disclosure would send.
func (j *JSON) SharePlan(p cdp.SharePlan) error { return j.emit(wirePlan(p)) }

func wirePlan(p cdp.SharePlan) sharePlanJSON {
	return sharePlanJSON{p.Ask.Recipient, string(p.Ask.Purpose), string(p.Ask.Channel), p.Ask.Topic, p.Ask.Segment, stampOf(p.At), stampOf(p.Known), p.Register, p.Profiles, p.Records,
		p.Allowed, p.Denied, wireRules(p.Rules), wireRules(p.Fields), p.Digest}
}

// Disclosures writes one object a profile.
func (j *JSON) Disclosures(list []cdp.Disclosure) error {
	for i := range list {
		d := &list[i]
		w := disclosureJSON{Profile: idOf(d.Profile), Outcome: outcomeOf(d.Verdict.Allow).String(), Verdict: wireVerdict(d.Verdict), Fields: make([]fieldVerdictJSON, len(d.Fields))}
		for k, f := range d.Fields {
			w.Fields[k] = fieldVerdictJSON{f.Field, f.Outcome.String(), wireVerdict(f.Verdict), idsOf(f.Records)}
		}
		if err := j.emit(w); err != nil {
			return err
		}
	}
	return nil
}

func outcomeOf(allow bool) cdp.FieldOutcome {
	if allow {
		return cdp.FieldAllowed
	}
	return cdp.FieldDenied
}

// ShareRuns writes one object a run.
func (j *JSON) ShareRuns(list []cdp.ShareRun) error {
	for _, r := range list {
		if err := j.emit(shareRunJSON{idOf(r.ID), r.Ask.Recipient, string(r.Ask.Purpose), string(r.Ask.Channel), r.Ask.Topic, stringsOf(r.Ask.Fields), r.Ask.Segment, string(r.State), r.Format, r.To,
			r.By, r.Reason, stampOf(r.Begun), stampOf(r.Released), stampOf(r.Done), r.Register, r.Planned, r.Digest, r.FileHash, r.Lines, r.Confirmed, r.Allowed, r.Denied, r.Struck}); err != nil {
			return err
		}
	}
	return nil
}

// ShareLines writes one object a line of a run.
func (j *JSON) ShareLines(list []cdp.ShareLine) error {
	for i := range list {
		l := &list[i]
		if err := j.emit(shareLineJSON{l.Ref(), idOf(l.Profile), l.Recipient, string(l.Purpose), string(l.Channel), l.Topic, stampOf(l.At), l.Allow, stampOf(l.Struck), l.Rule, l.Article,
			stampOf(l.Until), stringsOf(l.Fields), idsOf(l.Records), l.Digest, l.Register, string(l.State)}); err != nil {
			return err
		}
	}
	return nil
}

func wireNotice(o Options, n *cdp.Notification) noticeJSON {
	w := noticeJSON{idOf(n.ID), n.About, n.Recipient, string(n.Purpose), string(n.Cause), wireIdentifier(o, n.Subject), idOf(n.Profile), idOf(n.Record), stringsOf(n.Fields),
		n.Share, stampOf(n.Shared), stampOf(n.Event), n.Rule, stampOf(n.Made), string(n.State), make([]noticeStepJSON, len(n.Steps))}
	for i, s := range n.Steps {
		w.Steps[i] = noticeStepJSON{string(s.State), stampOf(s.At), stampOf(s.Recorded), s.By, s.Reason}
	}
	return w
}

// Notices writes one object a notice.
func (j *JSON) Notices(list []cdp.Notification) error {
	for i := range list {
		if err := j.emit(wireNotice(j.o, &list[i])); err != nil {
			return err
		}
	}
	return nil
}

// Acks writes what became of acknowledgements.
func (j *JSON) Acks(r cdp.AckResult) error {
	return j.emit(acksJSON{r.Lines, r.Changed, r.Repeated, append([]int{}, r.Unknown...)})
}

// Drift writes the drift of all recipients.
func (j *JSON) Drift(r cdp.DriftReport) error {
	w := driftJSON{At: stampOf(r.At), AsKnown: stampOf(r.Known), Targets: make([]driftTargetJSON, len(r.Targets)), Items: make([]driftItemJSON, len(r.Items)), More: r.More}
	for i, t := range r.Targets {
		w.Targets[i] = driftTargetJSON{t.Recipient, t.Name, string(t.Purpose), t.Notices, t.InStep, t.Behind, t.After, hours(t.Oldest), hours(t.Latency)}
	}
	for i := range r.Items {
		x := &r.Items[i]
		d := driftItemJSON{Notice: wireNotice(j.o, &x.Notice), Holds: x.Holds, InStep: x.InStep, Hours: hours(x.Open), After: make([]shareJSON, len(x.After))}
		if x.Acked != nil {
			d.Acked = &ackedJSON{string(x.Acked.Cause), stampOf(x.Acked.Event), stampOf(x.Acked.At), idOf(x.Acked.Notice)}
		}
		for k, s := range x.After {
			d.After[k] = wireShare(j.o, s)
		}
		w.Items[i] = d
	}
	return j.emit(w)
}
