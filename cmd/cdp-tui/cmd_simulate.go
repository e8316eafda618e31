package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) simulateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "simulate FILE",
		Short: "Say what another register would do to the whole store",
		Long: "Judge every record by another version of the activity register and say what\nactivating it would do: which profiles would merge or split, which records would\n" +
			"go into quarantine or come out, and which disclosures would be freed or blocked,\nwith examples. A register that is valid later is judged as of its first day.\n" +
			"Nothing is changed. Its digest, given to policy activate, makes sure that what\nis done is what was shown.",
		Example: "  cdp-tui policy simulate register-2027.yaml\n  cdp-tui policy activate register-2027.yaml --digest 5f0c1a2b3c4d5e6f --reason \"reviewed on 2026-11-20\"",
		Args:    takes(1, 1, "a register file"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, args []string) error {
			_, yaml, err := readRegister(args[0])
			if err != nil {
				return err
			}
			bar := s.progress("records judged")
			sim, err := s.desk.Simulate(ctx, filepath.Base(args[0]), yaml, bar.count)
			bar.end()
			if err != nil {
				return err
			}
			return s.simulated(sim)
		})),
	}
}

func (p *program) simulated(sim cdp.Simulation) error {
	return p.write(func(j *report.JSON) error { return j.Simulation(sim) },
		func(w io.Writer, o report.Options) error { return report.Simulation(w, sim, o) })
}

// activateAs activates a register as it was simulated.
func (p *program) activateAs(ctx context.Context, args []string, digest, reason string) error {
	if len(digest) < 16 {
		return &usageError{"--digest is at least 16 digits of what policy simulate printed", "cdp-tui policy simulate FILE"}
	}
	if strings.TrimSpace(reason) == "" {
		return &usageError{"a reason is needed: it goes into the log", `--reason "reviewed on 2026-11-20"`}
	}
	_, yaml, err := readRegister(args[0])
	if err != nil {
		return err
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, args []string) error {
		bar := s.progress("records judged")
		sim, err := s.desk.ActivateAs(ctx, filepath.Base(args[0]), yaml, digest, reason, bar.count)
		bar.end()
		if err != nil {
			return err
		}
		if err := s.catchUp(ctx); err != nil {
			return err
		}
		s.say("register %.16s, valid from %s, activated exactly as simulated", sim.Register, sim.ValidFrom.Format(time.DateOnly))
		if !s.json {
			return nil
		}
		return s.object(struct {
			Register  string `json:"register"`
			ValidFrom string `json:"valid_from"`
			Judged    int    `json:"judged"`
			Digest    string `json:"digest"`
		}{sim.Register, sim.ValidFrom.UTC().Format(time.RFC3339), sim.Records, sim.Effect.Digest})
	})(ctx, args)
}
