package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

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
		if sum.Lines == 0 {
			if err := noList(texts, numbers); err != nil {
				return err
			}
		}
		asked := texts
		if kind != "" {
			asked = make([]string, len(texts))
			for i, t := range texts {
				asked[i] = kind + ":" + t
			}
		}
		found, err := s.desk.FindEach(ctx, asked)
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
	if sum.Found == 0 {
		s.say("hint: " + oneALine + ", written as cdp-tui find takes it; --kind says of what hashes are")
	}
	return nil
}

// noList says why lines are no list of identifiers: each would only be "not
// found", which reads as if nobody in it were known.
func noList(texts []string, numbers []int) error {
	if len(texts) == 0 {
		return hint(errors.New("the list is empty"), oneALine)
	}
	for i, t := range texts {
		if !utf8.ValidString(t) || strings.ContainsRune(t, 0) {
			return hint(fmt.Errorf("line %d of the list is no text in UTF-8", numbers[i]), "unpack an archive first, and save a spreadsheet as text; "+oneALine)
		}
	}
	switch texts[0][0] {
	case '{', '[', '<':
		return hint(errors.New("the list is JSON or XML"), oneALine+"; of JSON, jq -r .email FILE | cdp-tui audience - gives them")
	}
	for _, sep := range []string{"\t", ";", ","} {
		columns := strings.Count(texts[0], sep)
		if columns == 0 || len(texts) == 1 || slices.ContainsFunc(texts, func(t string) bool { return strings.Count(t, sep) != columns }) {
			continue
		}
		return hint(fmt.Errorf("the list is a table of %d columns", columns+1), "%s: cut out the column, as cut -d '%s' -f 2 FILE | cdp-tui audience - does with the second", oneALine, sep)
	}
	return nil
}

const oneALine = "a list has one identifier or hash a line"
