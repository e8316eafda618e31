package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
)

func (p *program) outboxCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "outbox",
		Short: "Tell recipients what changed about data they got (Art. 19), and keep their answers",
		Long:  "Whoever got data is told of a withdrawal, an objection, a correction, a restriction\nand an erasure: one notice per recipient, made by itself from the shares of our own\nruns and from those that sources report.",
		Args:  takes(0, 0, "a sub-command: list, send, ack, fail or impossible"),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.outboxListCommand(), p.outboxSendCommand(), p.outboxAckCommand(),
		p.outboxMarkCommand("fail", cdp.NoticeFailed, "Note that a notice could not be delivered"),
		p.outboxMarkCommand("impossible", cdp.NoticeImpossible, "Note that telling a recipient is impossible or a disproportionate effort (Art. 19)"))
	return c
}

func (p *program) outboxListCommand() *cobra.Command {
	var f cdp.OutboxFilter
	var limit int
	c := &cobra.Command{
		Use:     "list",
		Short:   "List what recipients must be told",
		Long:    "List what recipients must be told, and how far that is. --as-known lists the notices\nthat had been made by then, as they stood; --as-of those whose cause had come about.",
		Example: "  cdp-tui outbox list --to letterwing\n  cdp-tui outbox list --all --json\n  cdp-tui outbox list --as-known 2026-05-01",
		Args:    takes(0, 0, "no arguments"),
	}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
		if limit < 0 {
			return usagef("--limit is not negative")
		}
		if f.State != "" && !slices.Contains(cdp.NoticeStates(), f.State) {
			return usagef("--state is one of %s", joinedWords(cdp.NoticeStates()))
		}
		return list(s, limit, func(last *cdp.Notification, n int) ([]cdp.Notification, error) {
			after := cdp.NoticeID(0)
			if last != nil {
				after = last.ID
			}
			out, err := s.desk.Outbox(ctx, f, after, n)
			if err == nil && f.Recipient != "" && last == nil && len(out) == 0 {
				err = s.recipient(ctx, f.Recipient)
			}
			if err != nil {
				return nil, err
			}
			var about []cdp.Ref
			for _, x := range out {
				if len(about) < 4_000 && x.Profile != 0 {
					about = append(about, profileRef(x.Profile))
				}
			}
			return out, s.disclose(ctx, cdp.Ref{Kind: "outbox"}, about, "identifiers")
		}, (*report.JSON).Notices, report.Notices)
	}))
	c.Flags().StringVar(&f.Recipient, "to", "", "only this `RECIPIENT`")
	c.Flags().StringVar((*string)(&f.State), "state", "", "only in this `STATE`: "+joinedWords(cdp.NoticeStates()))
	c.Flags().BoolVar(&f.All, "all", false, "settled ones too")
	c.Flags().IntVar(&limit, "limit", 50, "how many; 0 for all")
	p.times(c)
	return c
}

// recipient returns ErrNotFound for a recipient that the register does not name
// and that got nothing: an empty answer about it would pass for good news.
func (s *session) recipient(ctx context.Context, id string) error {
	declared, err := s.desk.ShareTargets(ctx)
	if err != nil {
		return err
	}
	st, err := s.desk.Stats(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range declared {
		names = append(names, t.Recipient)
	}
	for _, d := range st.Shared {
		names = append(names, d.Recipient)
	}
	if slices.Sort(names); slices.Contains(names, id) {
		return nil
	}
	return hint(fmt.Errorf("recipient %s: %w", id, steward.ErrNotFound), "there are %s", joinedWords(slices.Compact(names)))
}

func joinedWords[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}

func (p *program) outboxSendCommand() *cobra.Command {
	var to, format, out string
	c := &cobra.Command{
		Use:   "send --to RECIPIENT --out FILE",
		Short: "Write the notices that are due for a recipient, and note them as sent",
		Long: "Write the notices that are due, or failed, for a recipient to a new file of mode\n0600 (- for a pipe), with the identifiers by which it knows the people. OpenDSR 2.0\n" +
			"has no message for a correction or a restriction: these stay due, and are told.",
		Example: "  cdp-tui outbox send --to letterwing --format opendsr --out letterwing.ndjson",
		Args:    takes(0, 0, "no arguments"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		if to == "" || out == "" {
			return &usageError{"say to whom and where it goes", "--to RECIPIENT --out FILE"}
		}
		if !slices.Contains(report.NoticeFormats(), format) {
			return usagef("--format is one of %s", strings.Join(report.NoticeFormats(), ", "))
		}
		return p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			o, err := p.outlet(out, report.NoticeHeader(format), nil)
			if err != nil {
				return err
			}
			defer o.Abort()
			unsaid := 0
			sent, err := s.desk.SendNotices(ctx, to, format, func(n cdp.NoticeLine) ([]byte, bool, error) {
				b, said, err := report.Notice(n, format)
				if !said {
					unsaid++
				}
				return b, said, err
			}, o)
			if err == nil && sent == 0 {
				err = s.recipient(ctx, to)
			}
			if err != nil {
				return err
			}
			s.say("%d notices sent to %s", sent, to)
			if unsaid > 0 {
				return hint(fmt.Errorf("%d corrections or restrictions can not be said in %s and stay due: %w", unsaid, format, errRejects), "send them with --format json")
			}
			return nil
		})(ctx, args)
	})
	c.Flags().StringVar(&to, "to", "", "the `RECIPIENT`")
	c.Flags().StringVar(&format, "format", "json", "one of "+strings.Join(report.NoticeFormats(), ", "))
	c.Flags().StringVar(&out, "out", "", "the new `FILE`, or - for a pipe")
	return c
}

func (p *program) outboxMarkCommand(verb string, state cdp.NoticeState, short string) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     verb + " NOTICE --reason REASON",
		Short:   short,
		Example: "  cdp-tui outbox " + verb + " N-000004 --reason \"recipient was wound up in 2025\"",
		Args:    takes(1, 1, "a notice, such as N-000004"),
	}
	c.RunE = p.run(func(ctx context.Context, args []string) error {
		id, err := cdp.ParseNoticeID(args[0])
		if err != nil {
			return usagef("a notice is written N-000004")
		}
		if reason == "" {
			return &usageError{"that needs a reason", `it goes into the log: --reason "..."`}
		}
		return p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			n, err := s.desk.MarkNotice(ctx, id, state, reason)
			if err != nil {
				return err
			}
			if err := s.disclose(ctx, cdp.Ref{Kind: "notice", ID: id.String()}, nil, "identifiers"); err != nil {
				return err
			}
			page := cdp.Page[cdp.Notification]{Items: []cdp.Notification{n}}
			return s.write(func(j *report.JSON) error { return j.Notices(page.Items) },
				func(w io.Writer, o report.Options) error { return report.Notices(w, page, o) })
		})(ctx, args)
	})
	c.Flags().StringVar(&reason, "reason", "", "the `REASON`; it goes into the log")
	return c
}

func (p *program) outboxAckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ack FILE",
		Short: "Take what recipients answer to notices from a file",
		Long: "Take answers from a file (- for standard input): NDJSON, or CSV with a header. The\nreference is about, notice or subject_request_id; the answer is status, state or\n" +
			"request_status: acknowledged, completed, sent, failed, cancelled, impossible, and\npending or in_progress, which change nothing; at is RFC 3339. Repeated answers and\nanswers out of order do no harm. Lines that cite no notice are told: exit code 3.",
		Example: "  cdp-tui outbox ack answers-letterwing.ndjson",
		Args:    takes(1, 1, "the file of answers, or -"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			in := p.in
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return explained(err, args[0])
				}
				defer f.Close()
				in = f
			}
			acks, waiting, err := readAcks(in)
			if err != nil {
				return hint(err, "cdp-tui outbox ack --help says what a line holds")
			}
			return p.with(use{}, func(ctx context.Context, s *session, args []string) error {
				r, err := s.desk.Acknowledge(ctx, acks, "file "+filepath.Base(args[0]))
				if err != nil {
					return err
				}
				if waiting > 0 {
					s.say("%d answers say that it is under way", waiting)
				}
				err = s.write(func(j *report.JSON) error { return j.Acks(r) },
					func(w io.Writer, o report.Options) error { return report.Acks(w, r, o) })
				if err == nil && len(r.Unknown) > 0 {
					err = hint(fmt.Errorf("%d lines cite no notice: %w", len(r.Unknown), errRejects), "the others were taken")
				}
				return err
			})(ctx, args)
		}),
	}
}

// maxAckFile bounds a file of answers, which is read as a whole.
const maxAckFile = 64 << 20

// readAcks reads answers; waiting counts those that say that it is under way.
func readAcks(in io.Reader) (acks []cdp.Ack, waiting int, err error) {
	raw, err := io.ReadAll(io.LimitReader(in, maxAckFile+1))
	if err != nil {
		return nil, 0, err
	}
	if len(raw) > maxAckFile {
		return nil, 0, errors.New("the file is larger than 64 MiB")
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	take := func(line int, get func(...string) string) error {
		a := cdp.Ack{Line: line, Ref: get("about", "notice", "subject_request_id"), Reason: get("reason", "detail")}
		switch strings.ToLower(get("status", "state", "request_status")) {
		case "acknowledged", "ack", "completed", "done", "deleted":
			a.State = cdp.NoticeAcked
		case "sent":
			a.State = cdp.NoticeSent
		case "failed", "error", "cancelled":
			a.State = cdp.NoticeFailed
		case "impossible":
			a.State = cdp.NoticeImpossible
		case "pending", "in_progress":
			waiting++
			return nil
		default:
			return fmt.Errorf("line %d: the status is not one that is known", line)
		}
		if s := get("at", "time", "completed_time"); s != "" {
			if a.At, err = time.Parse(time.RFC3339, s); err != nil {
				return fmt.Errorf("line %d: the time is not RFC 3339", line)
			}
			a.At = a.At.UTC().Truncate(time.Microsecond)
		}
		acks = append(acks, a)
		return nil
	}
	if first := bytes.TrimLeft(raw, " \t\r\n"); len(first) > 0 && first[0] == '{' {
		for i, text := range bytes.Split(raw, []byte("\n")) {
			if text = bytes.TrimSpace(text); len(text) == 0 {
				continue
			}
			var fields map[string]any
			if err := json.Unmarshal(text, &fields); err != nil {
				return nil, 0, fmt.Errorf("line %d is no JSON object", i+1)
			}
			if err := take(i+1, func(names ...string) string {
				for _, n := range names {
					if s, ok := fields[n].(string); ok {
						return s
					}
				}
				return ""
			}); err != nil {
				return nil, 0, err
			}
		}
		return acks, waiting, nil
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, 0, errors.New("the file is empty, or no CSV")
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return acks, waiting, nil
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, 0, fmt.Errorf("line %d is no CSV", line)
		}
		if err := take(line, func(names ...string) string {
			for _, n := range names {
				if i := slices.Index(header, n); i >= 0 && i < len(row) {
					return strings.TrimSpace(row[i])
				}
			}
			return ""
		}); err != nil {
			return nil, 0, err
		}
	}
}

func (p *program) driftCommand() *cobra.Command {
	var top int
	c := &cobra.Command{
		Use:     "drift",
		Short:   "Compare what recipients acknowledged with what holds, and find shares after a no",
		Long:    "For each recipient and purpose: who withdrew, objected or was erased and is not\nacknowledged yet, for how many hours, what it acknowledged last, and every\ndisclosure after the no.",
		Example: "  cdp-tui drift\n  cdp-tui drift --json --top 100\n  cdp-tui drift --as-known 2026-05-01",
		Args:    takes(0, 0, "no arguments"),
	}
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
		if top < 1 || top > 1000 {
			return usagef("--top is 1 to 1000")
		}
		bar := s.progress("notices compared")
		r, err := s.desk.Drift(ctx, top, bar.count)
		bar.end()
		if err != nil {
			return err
		}
		var about []cdp.Ref
		for _, x := range r.Items {
			if x.Notice.Profile != 0 {
				about = append(about, profileRef(x.Notice.Profile))
			}
		}
		if err := s.disclose(ctx, cdp.Ref{Kind: "drift"}, about, "identifiers"); err != nil {
			return err
		}
		return s.write(func(j *report.JSON) error { return j.Drift(r) },
			func(w io.Writer, o report.Options) error { return report.Drift(w, r, o) })
	}))
	c.Flags().IntVar(&top, "top", 20, "how many are listed, 1 to 1000")
	p.times(c)
	return c
}
