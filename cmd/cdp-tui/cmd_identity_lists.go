package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// identityListsCommand prints the lists of values that identify nobody.
func (p *program) identityListsCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "lists",
		Short: "Print the lists of placeholders in force, or list all versions",
		Long: "Print the lists of values that look like identifiers and join nobody:\nplaceholders, role mailboxes, reserved domains, dummy phones. A file that stands\n" +
			"in their place holds all of them: what it leaves out is an identifier again.",
		Example: "  cdp-tui identity lists > lists.yaml\n  cdp-tui identity lists --all\n  cdp-tui identity preview --lists lists.yaml",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			versions, err := s.desk.IdentityLists(ctx)
			if err != nil {
				return err
			}
			for _, v := range versions {
				if !all && !v.InForce {
					continue
				}
				switch {
				case s.json:
					err = s.object(listsJSON(v))
				case all:
					mark := " "
					if v.InForce {
						mark = "*"
					}
					_, err = fmt.Fprintf(s.out, "%s %.16s version %d, %s; %s\n", mark, v.Hash, v.Version, listsFrom(s, v), listsDiffer(v))
				default:
					s.say("lists %.16s, version %d, %s", v.Hash, v.Version, listsFrom(s, v))
					for _, d := range v.Differs {
						s.say("  %s", differenceWords(d))
					}
					err = s.source(v.Text)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})),
	}
	c.Flags().BoolVar(&all, "all", false, "list all versions; * marks the one in force")
	return c
}

// listsFrom says since when lists were in force, and by whom.
func listsFrom(s *session, v cdp.IdentityLists) string {
	if v.By == "" {
		return "with the program that made the store"
	}
	return fmt.Sprintf("in force from %s by %s: %s", v.From.In(s.place).Format(time.DateTime), text.Clean(v.By), text.Clean(v.Reason))
}

func listsDiffer(v cdp.IdentityLists) string {
	if len(v.Differs) == 0 {
		return "as this program's"
	}
	words := make([]string, len(v.Differs))
	for i, d := range v.Differs {
		words[i] = fmt.Sprintf("%s +%d -%d", d.List, len(d.Added), len(d.Removed))
	}
	return strings.Join(words, ", ")
}

// mostEntries is how many entries of a list are named; the file has them all.
const mostEntries = 10

// differenceWords says how a list differs from the program's.
func differenceWords(d cdp.ListDifference) string {
	var b strings.Builder
	b.WriteString(d.List)
	for _, part := range []struct {
		sign    string
		entries []string
	}{{"+", d.Added}, {"-", d.Removed}} {
		for i, e := range part.entries {
			if i == mostEntries {
				fmt.Fprintf(&b, " and %d more", len(part.entries)-i)
				break
			}
			fmt.Fprintf(&b, " %s%s", part.sign, text.Clean(e))
		}
	}
	return b.String()
}

type listsVersion struct {
	Lists   string           `json:"lists"`
	Version int              `json:"version"`
	From    string           `json:"from,omitempty"`
	By      string           `json:"by,omitempty"`
	Reason  string           `json:"reason,omitempty"`
	InForce bool             `json:"in_force"`
	Differs []differenceJSON `json:"differs"`
	YAML    string           `json:"yaml"`
}

type differenceJSON struct {
	List    string   `json:"list"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

func listsJSON(v cdp.IdentityLists) listsVersion {
	out := listsVersion{v.Hash, v.Version, "", v.By, v.Reason, v.InForce, []differenceJSON{}, string(v.Text)}
	if !v.From.IsZero() {
		out.From = v.From.UTC().Format(time.RFC3339)
	}
	for _, d := range v.Differs {
		out.Differs = append(out.Differs, differenceJSON{d.List, append([]string{}, d.Added...), append([]string{}, d.Removed...)})
	}
	return out
}
