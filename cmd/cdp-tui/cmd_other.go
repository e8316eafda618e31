package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"cdp-tui/internal/ingest"
	"cdp-tui/internal/layout"
)

func (p *program) presetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "presets [NAME]",
		Short:             "List the systems whose files are recognised, or print a mapping",
		Long:              "List the presets, or print one as a mapping to copy and change. A preset names\nactivities; on what basis they rest, only the register of a company can say.",
		Example:           "  cdp-tui presets\n  cdp-tui presets shopify.orders > orders.yaml",
		Args:              takes(0, 1, "the name of a preset, or nothing"),
		ValidArgsFunction: cobra.FixedCompletions(ingest.PresetNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: p.run(func(_ context.Context, args []string) error {
			if len(args) == 1 {
				preset, err := ingest.LoadPreset(args[0])
				if err != nil {
					return &usageError{"there is no such preset", "cdp-tui presets lists them"}
				}
				return p.source(preset.Text)
			}
			all, err := ingest.Presets()
			if err != nil {
				return err
			}
			for _, preset := range all {
				src := preset.Mapping.Source
				if p.json {
					err = p.object(struct {
						Preset string `json:"preset"`
						System string `json:"system"`
						Kind   string `json:"kind"`
						Format string `json:"format"`
					}{preset.Name, src.System, src.Kind, preset.Mapping.Options().Format})
				} else {
					_, err = fmt.Fprintf(p.out, "%-28s %-12s %s\n", preset.Name, src.Kind, src.System)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of the stores it writes",
		Args:  takes(0, 0, "no arguments"),
		RunE: p.run(func(context.Context, []string) error {
			version := "(devel)"
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				version = info.Main.Version
			}
			if p.json {
				return p.object(struct {
					Version string `json:"version"`
					Layout  int    `json:"layout"`
					Go      string `json:"go"`
				}{version, layout.Version, runtime.Version()})
			}
			_, err := fmt.Fprintf(p.out, "cdp-tui %s, store layout %d, %s\n", version, layout.Version, runtime.Version())
			return err
		}),
	}
}

func (p *program) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages into a directory",
		Example: "  cdp-tui man /usr/local/share/man/man1",
		Args:    takes(1, 1, "a directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // the same program writes the same pages
			now := p.now()
			err := doc.GenManTree(root, &doc.GenManHeader{Title: "CDP-TUI", Section: "1", Date: &now, Source: "cdp-tui", Manual: "cdp-tui"}, args[0])
			if err != nil {
				return err
			}
			pages, err := filepath.Glob(filepath.Join(args[0], "cdp-tui*.1"))
			if err != nil {
				return err
			}
			for _, page := range pages {
				if err := os.Chmod(page, 0o644); err != nil { // they hold no data and are for everyone
					return err
				}
			}
			p.say("%d pages", len(pages))
			return nil
		},
	}
}
