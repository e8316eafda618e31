package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/policy"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/text"
)

func (p *program) policyDiffCommand() *cobra.Command {
	var active bool
	c := &cobra.Command{
		Use:   "diff [OLD] NEW",
		Short: "Say what differs between two versions of the register",
		Long: "Say in words what differs between two register files, or with --active between\nthe register in force and a file. What it does to the records of the store is\n" +
			"not told from the text.",
		Example: "  cdp-tui policy diff register-2025.yaml register-2026.yaml\n  cdp-tui policy diff --active register.yaml",
		Args:    takes(1, 2, "two register files, or --active and one"),
	}
	c.Flags().BoolVar(&active, "active", false, "compare with the register in force")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if active != (len(args) == 1) {
			return usagef("%s takes two register files, or --active and one", cmd.CommandPath())
		}
		if active {
			return p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
				hash, yaml, err := s.desk.Register(ctx)
				if errors.Is(err, steward.ErrNotFound) {
					return hint(fmt.Errorf("no register is in force: %w", err), "cdp-tui policy activate FILE")
				}
				if err != nil {
					return err
				}
				old, err := policy.Parse("register "+hash[:12], yaml)
				if err != nil {
					return err
				}
				return s.differ(old, "the register in force", args[0])
			}))(cmd, args)
		}
		return p.run(func(_ context.Context, args []string) error {
			old, _, err := readRegister(args[0])
			if err != nil {
				return err
			}
			return p.differ(old, filepath.Base(args[0]), args[1])
		})(cmd, args)
	}
	return c
}

// differ prints what changes from one register to that of a file.
func (p *program) differ(old *policy.Register, name, path string) error {
	now, _, err := readRegister(path)
	if err != nil {
		return err
	}
	changes := policy.Diff(old, now)
	p.say("%s (%.16s, valid from %s) and %s (%.16s, valid from %s): %s", text.Clean(name), old.Hash(), old.ValidFrom().Format(time.DateOnly),
		filepath.Base(path), now.Hash(), now.ValidFrom().Format(time.DateOnly), changesOf(len(changes)))
	for _, c := range changes {
		if p.json {
			if err := p.object(struct {
				Kind  string `json:"kind"`
				ID    string `json:"id"`
				Field string `json:"field"`
				Old   string `json:"old"`
				New   string `json:"new"`
				Text  string `json:"text"`
			}{c.Kind, c.ID, c.Field, c.Old, c.New, c.String()}); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintln(p.out, text.Clean(c.String())); err != nil {
			return err
		}
	}
	return nil
}

func changesOf(n int) string {
	if n == 1 {
		return "1 change"
	}
	return thousands(n) + " changes"
}
