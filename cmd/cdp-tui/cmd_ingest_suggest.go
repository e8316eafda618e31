package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"cdp-tui/internal/ingest/suggest"
)

func (p *program) suggestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "suggest FILE",
		Short: "Begin a mapping for a file that no preset knows",
		Long: "Write a commented mapping for a file to standard output. What only a person can\nknow is left blank: the mapping is refused until that is filled in. The comments\n" +
			"say what each guess rests on. Of the file's values there are only those of a\nconsent, to be told what they mean, and of recipients or marks that repeat.",
		Example: "  cdp-tui ingest suggest customers.csv > customers.yaml",
		Args:    takes(1, 1, "a file, or - for standard input"),
		RunE: p.run(func(_ context.Context, args []string) error {
			files, err := p.files(args)
			if err != nil {
				return err
			}
			in, err := files[0].open()
			if err != nil {
				return explained(err, args[0])
			}
			defer in.Close()
			name := filepath.Base(args[0])
			if args[0] == "-" {
				name = "stdin"
			}
			yaml, r, err := suggest.Suggest(name, in)
			if err != nil {
				return err
			}
			if err := p.source(yaml); err != nil {
				return err
			}
			p.say("looked at %s rows (%d can not be read), %d fields", thousands(r.Rows), r.Bad, len(r.Fields))
			for _, b := range r.Blanks {
				p.say("to be filled in: %s", b)
			}
			return nil
		}),
	}
}
