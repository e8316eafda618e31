package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// audienceChunk is how many lines of a list are looked up, and logged, at once.
const audienceChunk = 1_000

func (p *program) audienceCommand() *cobra.Command {
	var kind string
	c := &cobra.Command{
		Use:   "audience FILE",
		Short: "Trace a list of identifiers or their hashes to profiles",
		Long: "Look up each line of FILE (- for standard input): an identifier as cdp-tui find\ntakes it, or with --kind one of that kind. Lists for advertisers hold hashes:\n" +
			"--kind email_sha256, email_md5 or phone_sha256 finds who carries the address or\nnumber. Lines are named by their numbers.",
		Example: "  cdp-tui audience --kind email_sha256 custom-audience.csv\n  cdp-tui audience --json list.txt",
		Args:    takes(1, 1, "the file of the list, or -"),
	}
	c.Flags().StringVar(&kind, "kind", "", "kind of identifier on each line")
	c.RunE = p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
		if err := checkKind(kind); err != nil {
			return err
		}
		in := io.Reader(p.in)
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return hint(fmt.Errorf("the list can not be read: %w", err), "name a file of one identifier a line, or - for standard input")
			}
			defer f.Close()
			in = f
		}
		return s.traceList(ctx, in, kind)
	}))
	return c
}

func checkKind(kind string) error {
	if kind == "" {
		return nil
	}
	var names []string
	for _, k := range cdp.Kinds() {
		if string(k) == kind {
			return nil
		}
		names = append(names, string(k))
	}
	return usagef("--kind is one of %s", strings.Join(names, ", "))
}

// traceList looks up the lines of a list.
func (s *session) traceList(ctx context.Context, in io.Reader, kind string) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<10)
	sum := cdp.AudienceSum{}
	profiles := make(map[cdp.ProfileID]bool)
	var texts []string
	var numbers []int
	n := 0
	flush := func() error {
		found, err := s.desk.FindEach(ctx, texts)
		if err != nil {
			return err
		}
		part := make([]cdp.AudienceLine, len(texts))
		var about []cdp.Ref
		for i := range texts {
			part[i] = cdp.AudienceLine{Line: numbers[i], Found: found[i]}
			sum.Lines++
			if len(found[i]) > 0 {
				sum.Found++
			}
			for _, f := range found[i] {
				about = append(about, f.Ref)
				if f.Profile != 0 {
					profiles[f.Profile] = true
				}
			}
		}
		if err := s.disclose(ctx, cdp.Ref{Kind: "search"}, about, "identifiers"); err != nil {
			return err
		}
		texts, numbers = texts[:0], numbers[:0]
		return s.write(func(j *report.JSON) error { return j.Audience(part) },
			func(w io.Writer, o report.Options) error { return report.Audience(w, part, o) })
	}
	for lines.Scan() {
		n++
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		if kind != "" {
			text = kind + ":" + text
		}
		texts, numbers = append(texts, text), append(numbers, n)
		if len(texts) == audienceChunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return hint(fmt.Errorf("line %d of the list is longer than 64 KiB", n+1), "a list has one identifier a line")
	case err != nil:
		return fmt.Errorf("line %d of the list: %w", n+1, err)
	}
	if err := flush(); err != nil {
		return err
	}
	sum.Profiles = len(profiles)
	s.say("lines: %d, found: %d, profiles: %d", sum.Lines, sum.Found, sum.Profiles)
	return nil
}
