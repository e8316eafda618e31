package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/steward"
)

// registerHead begins a register where none is in force; like the entries, it
// is refused until its blanks are filled in.
const registerHead = `register:                                   # what it is called
valid_from:                                 # the day from which it holds, such as 2026-01-01
owner:                                      # department or function, not a person
controllers:                                # who answers for the processing (Art. 4(7))
  - {id: , name: , country: }
purposes:                                   # why data are processed (Art. 5(1)(b))
  - {id: , title: {en: }, dpv: , categories: []}
recipients: []                              # who gets data (Art. 4(9)): {id: , name: , kind: , country: , contract: }
`

func (p *program) stubCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stub",
		Short: "Print the entries that the register lacks for the sources of the store",
		Long: "Print the entries to write for the sources that deliver data and do not stand in\nthe register; the beginning of a register where none is in force. What only a\n" +
			"person can know is left blank: a register with blanks is refused.",
		Example: "  cdp-tui policy stub > entries.yaml",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			list, err := s.desk.Sources(ctx)
			if err != nil {
				return err
			}
			var unknown []cdp.Source
			for _, src := range list {
				if !src.Known {
					unknown = append(unknown, src.Source)
				}
			}
			if len(unknown) == 0 {
				s.say("the register knows every source of the store")
				return nil
			}
			entries := stubs(unknown)
			if _, _, err := s.desk.Register(ctx); errors.Is(err, steward.ErrNotFound) {
				entries = registerHead + entries
			} else if err != nil {
				return err
			}
			if err := s.source([]byte(entries)); err != nil {
				return err
			}
			s.say("%d sources; fill in every blank, have it reviewed: cdp-tui policy check FILE, cdp-tui policy activate FILE", len(unknown))
			return nil
		})),
	}
}

// stubs are the entries that sources need, an activity of several sources once.
func stubs(sources []cdp.Source) string {
	var ofSources, ofActivities strings.Builder
	ofActivities.WriteString("activities:\n")
	ofSources.WriteString("sources:\n")
	var known []string
	for _, src := range sources {
		entry, activities, _ := strings.Cut(policy.Stub(src), "# under activities:")
		ofSources.WriteString(strings.TrimPrefix(entry, "# under sources:\n"))
		_, activities, _ = strings.Cut(activities, "\n")
		for _, a := range strings.SplitAfter(strings.ReplaceAll(activities, "\n  - id:", "\n\x00  - id:"), "\x00") {
			a = strings.TrimSuffix(a, "\x00")
			if !slices.Contains(known, a) {
				known = append(known, a)
				ofActivities.WriteString(a)
			}
		}
	}
	return ofActivities.String() + ofSources.String()
}

// tellMissing says what the register lacks for sources whose records were
// quarantined: for one source the entry to write, for several where to find it.
func (s *session) tellMissing(ctx context.Context, quarantined map[cdp.SourceID]bool) error {
	if len(quarantined) == 0 || s.quiet {
		return nil
	}
	list, err := s.desk.Sources(ctx)
	if err != nil {
		return err
	}
	var unknown []cdp.Source
	var names, waiting []string
	for _, src := range list {
		switch {
		case !quarantined[src.Source.ID]:
		case src.Known:
			waiting = append(waiting, string(src.Source.ID))
		default:
			unknown = append(unknown, src.Source)
			names = append(names, string(src.Source.ID))
		}
	}
	if len(waiting) > 0 {
		s.say("records of %s are in quarantine: cdp-tui quarantine says why and what would release them", strings.Join(waiting, ", "))
	}
	switch len(unknown) {
	case 0:
		return nil
	case 1:
		s.say("the activity register does not know %s: its records are in quarantine until it does. Entries to write:", names[0])
		if _, err := fmt.Fprint(s.err, policy.Stub(unknown[0])); err != nil {
			return err
		}
		s.hint("complete the register and run cdp-tui policy activate FILE")
	default:
		s.say("the activity register does not know %d sources: their records are in quarantine until it does: %s", len(unknown), strings.Join(names, ", "))
		s.hint("cdp-tui policy stub prints the entries to write; complete the register and run cdp-tui policy activate FILE")
	}
	return nil
}
