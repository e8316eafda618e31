package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/policy"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/text"
)

// maxRules bounds a rule file that is read into memory, in bytes.
const maxRules = 8 << 20

// readRules reads a file written by people; - is stdin, if that is given.
func readRules(stdin io.Reader, path string) ([]byte, error) {
	in := stdin
	if path != "-" || stdin == nil {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxRules+1))
	if err == nil && len(b) > maxRules {
		err = fmt.Errorf("%s: larger than %d MiB, so it is no file of rules or decisions", fileName(path), maxRules>>20)
	}
	return b, err
}

// fileName is a path as an error names it.
func fileName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return filepath.Base(path)
}

func (p *program) policyCommand() *cobra.Command {
	var as, reason string
	activate := &cobra.Command{
		Use:   "activate FILE",
		Short: "Make a register valid and judge every record again by it",
		Long: "Keep a version of the activity register (GDPR Art. 30) in the store. Every\nrecord is judged again by the register that is then in force: records leave\n" +
			"quarantine or go there, and links are made or cut. Nothing is lost: an older\nversion can be activated again by a newer valid_from.",
		Example: "  cdp-tui policy activate register.yaml\n  cdp-tui policy activate register.yaml --digest 5f0c1a2b3c4d5e6f --reason \"reviewed on 2026-11-20\"",
		Args:    takes(1, 1, "a register file"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			if as != "" {
				return p.activateAs(ctx, args, as, reason)
			}
			return p.activate(ctx, args)
		}),
	}
	activate.Flags().StringVar(&as, "digest", "", "`DIGEST` of policy simulate: do what was shown, or nothing")
	activate.Flags().StringVar(&reason, "reason", "", "why; it goes into the log, and is needed with --digest")
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the register in force",
		Long:  "Print the register in force; with --as-of or --as-known that of another time.",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			hash, yaml, err := s.desk.Register(ctx)
			if errors.Is(err, steward.ErrNotFound) {
				return hint(fmt.Errorf("no register is in force: %w", err), "cdp-tui policy activate FILE")
			}
			if err != nil {
				return err
			}
			s.say("register %.16s", hash)
			if s.json {
				return s.object(struct {
					Register string `json:"register"`
					YAML     string `json:"yaml"`
				}{hash, string(yaml)})
			}
			return s.source(yaml)
		})),
	}
	p.times(show)
	check := &cobra.Command{
		Use:     "check FILE",
		Short:   "Say whether a register file can be activated",
		Example: "  cdp-tui policy check register.yaml",
		Args:    takes(1, 1, "a register file"),
		RunE: p.run(func(_ context.Context, args []string) error {
			reg, _, err := readRegister(args[0])
			if err != nil {
				return err
			}
			for _, u := range reg.Unconfirmed() {
				p.say("not confirmed, read the law: %s", u)
			}
			p.say("%s can be activated: register %.16s, valid from %s", filepath.Base(args[0]), reg.Hash(), reg.ValidFrom().Format(time.DateOnly))
			return nil
		}),
	}
	return group("policy", "The activity register (Art. 30): activate, show, check, diff, simulate, stub", activate, show, check, p.policyDiffCommand(),
		p.simulateCommand(), p.stubCommand())
}

func readRegister(path string) (*policy.Register, []byte, error) {
	b, err := readRules(nil, path)
	if err != nil {
		return nil, nil, err
	}
	reg, err := policy.Parse(filepath.Base(path), b)
	return reg, b, err
}

func (p *program) activate(ctx context.Context, args []string) error {
	_, yaml, err := readRegister(args[0]) // before a store is made for it
	if err != nil {
		return err
	}
	return p.with(use{create: true, index: true, asItIs: true}, func(ctx context.Context, s *session, args []string) error {
		s.tellCreated()
		bar := s.progress("records judged")
		a, err := s.desk.Activate(ctx, filepath.Base(args[0]), yaml, bar.count)
		bar.end()
		if err != nil {
			return hint(err, "what was judged is kept: repeat the command")
		}
		if err := s.catchUp(ctx); err != nil {
			return err
		}
		what := "activated"
		if a.Known {
			what = "was activated before"
		}
		s.say("register %.16s, valid from %s, %s: %s records judged, %s left quarantine", a.Hash, a.From.Format(time.DateOnly), what,
			thousands(a.Judged), thousands(a.Released))
		if a.From.After(s.now()) {
			s.say("it is valid only from %s on; until then the one before it holds", a.From.Format(time.DateOnly))
		} else if a.InForce != a.Hash {
			s.say("it is not in force: register %.16s goes before it, which is valid from a later day, or from the same and was activated later; give this one a later valid_from to put it in force", a.InForce)
		}
		if !s.json {
			return nil
		}
		return s.object(struct {
			Register  string `json:"register"`
			ValidFrom string `json:"valid_from"`
			Known     bool   `json:"known"`
			Judged    int    `json:"judged"`
			Released  int    `json:"released"`
			InForce   string `json:"in_force"`
		}{a.Hash, a.From.UTC().Format(time.RFC3339), a.Known, a.Judged, a.Released, a.InForce})
	})(ctx, args)
}

// tellCreated says that a store was made.
func (s *session) tellCreated() {
	if s.created {
		s.say("made a new store in %s", s.dir)
	}
}

// object writes one object that holds no personal values.
func (p *program) object(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// source writes a text that people wrote: as it is to a file or a pipe, made
// safe to show on a terminal.
func (p *program) source(b []byte) error {
	if !p.outTerminal {
		_, err := p.out.Write(b)
		return err
	}
	for _, line := range text.Block(string(b)) {
		if _, err := fmt.Fprintln(p.out, line); err != nil {
			return err
		}
	}
	return nil
}
