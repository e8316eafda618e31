package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

func (p *program) ropaCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ropa",
		Short: "Lay the Art. 30 register beside what the store was seen to do",
		Long: "Compute the record of processing activities (Art. 30) from what is in the store,\nand compare it with what the register declares. What was seen and is not declared\n" +
			"is marked with !. It reads the whole store. --as-of and --as-known lay the register\nin force then beside what was in the store.",
		Example: "  cdp-tui ropa\n  cdp-tui ropa export --format csv > ropa.csv\n  cdp-tui ropa --as-known 2026-05-01",
		Args:    takes(0, 0, "no arguments; its subcommand is export"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			r, err := s.ropa(ctx)
			if err != nil {
				return err
			}
			return s.write(func(j *report.JSON) error { return j.Ropa(r) }, func(w io.Writer, o report.Options) error { return report.Ropa(w, r, o) })
		})),
	}
	p.times(c)
	c.AddCommand(p.ropaExportCommand())
	return c
}

func (s *session) ropa(ctx context.Context) (cdp.Ropa, error) {
	bar := s.progress("records looked at")
	defer bar.end()
	return s.desk.Ropa(ctx, bar.count)
}

func (p *program) ropaExportCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the record of processing activities for an authority",
		Long: "Write the record of processing activities to standard output: as CSV in the 30\ncolumns of the template of the UK's Information Commissioner, as an HTML page, or\n" +
			"as JSON. Column 29, whether data are erased in time, is computed. The export is\nlogged with the digest of its bytes.",
		Example: "  cdp-tui ropa export --format html > ropa.html",
		Args:    takes(0, 0, "no arguments"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			if format != "csv" && format != "json" && format != "html" {
				return usagef("--format is csv, json or html")
			}
			return p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
				r, err := s.ropa(ctx)
				if err != nil {
					return err
				}
				hash := sha256.New()
				w := bufio.NewWriter(io.MultiWriter(s.out, hash))
				switch format {
				case "csv":
					err = report.RopaCSV(w, r)
				case "html":
					err = report.RopaHTML(w, r, s.options())
				default:
					err = report.NewJSON(w, s.options()).Ropa(r)
				}
				if err := errors.Join(err, w.Flush()); err != nil {
					return err
				}
				return s.desk.Exported(ctx, cdp.Ref{Kind: "register", ID: r.Register}, "record of processing activities as "+format, hex.EncodeToString(hash.Sum(nil)))
			})(ctx, args)
		}),
	}
	c.Flags().StringVar(&format, "format", "csv", "csv, json or html")
	p.times(c)
	return c
}
