package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// A suppressing is what the flags say of an act on the suppression list.
type suppressing struct {
	cdp.Suppressing
	scope, channel, date, ref, from string
	yes                             bool
}

func (p *program) suppressionCommand() *cobra.Command {
	root := group("suppression", "Keep the list of who must not come back, or must get no marketing")
	root.Long = "The suppression list keeps endpoints by a keyed hash, so that it survives an erasure\nand names nobody. Scope all: rows with the endpoint are refused when they are\n" +
		"delivered, and what is there is used for nothing. Scope marketing: the person gets\nno direct marketing (Art. 21(3)), over one --channel or all.\n\n" +
		"An identifier that shall not link people is another thing: cdp-tui suppress."
	for _, v := range []struct {
		use, short, example string
		ended               bool
	}{
		{"add [ENDPOINT...]", "Put endpoints on the suppression list", "  cdp-tui suppression add anna@shop.example --scope marketing --origin objection --date 2026-11-03 --ref L-18\n" +
			"  cdp-tui suppression add --from robinson.txt --scope marketing --channel email --origin register --date 2026-11-01 --ref 2026-11", false},
		{"end [ENDPOINT...]", "End what stands on the suppression list", "  cdp-tui suppression end anna@shop.example --scope marketing --origin objection --date 2026-11-20 --ref C-7", true},
	} {
		in := &suppressing{}
		in.Ended = v.ended
		c := &cobra.Command{Use: v.use, Short: v.short, Long: v.short + ".\nENDPOINT is an e-mail address, or kind:value (phone:+49301234567,\nemail_sha256:9f86d0...); --from reads one a line. Without --yes nothing is done.",
			Example: v.example, Args: takes(0, -1, "endpoints"),
			RunE: p.run(func(ctx context.Context, args []string) error { return p.suppress(ctx, args, in) })}
		f := c.Flags()
		f.StringVar(&in.scope, "scope", "", "all or marketing")
		f.StringVar(&in.channel, "channel", "", "of marketing: over this channel only")
		f.StringVar(&in.Origin, "origin", "", "erasure, objection, or register (a Robinson list, İYS)")
		f.StringVar(&in.Controller, "controller", "", "for this controller only")
		f.StringVar(&in.date, "date", "", "since when: a `DAY` 2026-11-03, or a time")
		f.StringVar(&in.ref, "ref", "", "`REFERENCE` of the case or list that it came from")
		f.StringVar(&in.from, "from", "", "`FILE` with one endpoint a line; - for standard input")
		f.BoolVar(&in.yes, "yes", false, "do it")
		complete(c, "scope", []string{string(cdp.SuppressAll), string(cdp.SuppressMarketing)})
		complete(c, "origin", cdp.SuppressionOrigins())
		root.AddCommand(c)
	}
	root.AddCommand(p.suppressionListCommand(), p.suppressionImportCommand())
	return root
}

func (in *suppressing) read(zone *time.Location) error {
	for _, f := range []struct{ name, value, example string }{{"scope", in.scope, "--scope marketing"}, {"origin", in.Origin, "--origin objection"},
		{"date", in.date, "--date 2026-11-03"}, {"ref", in.ref, "--ref L-2026-18"}} {
		if strings.TrimSpace(f.value) == "" {
			return &usageError{"--" + f.name + " is needed", f.example}
		}
	}
	at, day, ok := moment(in.date, zone)
	if !ok {
		return usagef("--date is a day such as 2026-11-03, or a time such as 2026-11-03T10:15")
	}
	in.At, in.Day, in.Ref, in.Scope, in.Channel = at, day, cdp.Value(in.ref), cdp.SuppressionScope(in.scope), cdp.Channel(in.channel)
	return nil
}

// suppressChunk is how many endpoints one transaction suppresses.
const suppressChunk = 500

func (p *program) suppress(ctx context.Context, args []string, in *suppressing) error {
	if err := in.read(p.place); err != nil {
		return err
	}
	if (in.from == "") == (len(args) == 0) {
		return &usageError{"name endpoints, or a file of them with --from", "cdp-tui suppression add anna@shop.example ..."}
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		if in.from != "" {
			var err error
			if args, err = p.lines(in.from); err != nil {
				return err
			}
		}
		var all []cdp.Identifier
		for i, typed := range args {
			id, err := s.desk.Spelled(typed)
			if err != nil {
				return hint(fmt.Errorf("endpoint %d: %w", i+1, err), "an e-mail address, or kind:value such as phone:+49301234567")
			}
			all = append(all, id)
		}
		act := report.Suppressed{Done: in.yes, Act: in.Suppressing}
		for part := range slices.Chunk(all, suppressChunk) {
			x := in.Suppressing
			x.Endpoints = part
			if err := s.suppressPart(ctx, x, &act, in.yes); err != nil {
				return err
			}
		}
		return s.suppressed(ctx, act)
	})(ctx, nil)
}

func (s *session) suppressPart(ctx context.Context, x cdp.Suppressing, act *report.Suppressed, yes bool) error {
	e, err := s.desk.Suppress(ctx, x, !yes)
	act.Effect.Endpoints += e.Endpoints
	act.Effect.New += e.New
	act.Effect.Carriers += e.Carriers
	act.Effect.Later = act.Effect.Later || e.Later
	return err
}

func (s *session) suppressed(ctx context.Context, act report.Suppressed) error {
	if act.Done {
		if _, err := s.desk.Tick(ctx); err != nil {
			return err
		}
	}
	err := s.write(func(j *report.JSON) error { return j.Suppression(act) }, func(w io.Writer, o report.Options) error { return report.Suppression(w, act, o) })
	if err != nil {
		return err
	}
	if !act.Done {
		s.say("nothing was done; repeat the command with --yes")
		return nil
	}
	return s.catchUp(ctx)
}

// lines reads the lines of a file, or of standard input, that hold anything.
func (p *program) lines(path string) (out []string, err error) {
	r := io.Reader(p.in)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, hint(fmt.Errorf("the file can not be read: %w", err), "name a file with one entry a line, or - for standard input")
		}
		defer f.Close()
		r = f
	}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 64<<10)
	for in.Scan() {
		if line := strings.TrimSpace(in.Text()); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	if in.Err() != nil {
		return nil, hint(fmt.Errorf("line %d can not be read: %w", len(out)+1, in.Err()), "the file has one entry a line, of less than 64 KiB")
	}
	return out, nil
}

func (p *program) suppressionListCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{Use: "list", Short: "Show the suppression list; with --json as a file that import reads back",
		Long:    "Show the suppression list by its keyed hashes. With --json each statement is a line\nthat suppression import reads back into this store, or into one that was restored\nfrom its backup: who was erased since is then erased there too.",
		Example: "  cdp-tui suppression list\n  cdp-tui suppression list --json > suppressions.ndjson", Args: takes(0, 0, "no arguments"),
		RunE: p.run(p.with(use{}, func(ctx context.Context, s *session, _ []string) error {
			var list []cdp.SuppressedEndpoint
			more := 0
			err := s.desk.Suppressions(ctx, func(x cdp.SuppressedEndpoint) error {
				if s.json {
					return s.write(func(j *report.JSON) error { return j.SuppressedEndpoint(x) }, nil)
				}
				if limit > 0 && len(list) >= limit {
					more++
					return nil
				}
				list = append(list, x)
				return nil
			})
			if err != nil || s.json {
				return err
			}
			return s.write(nil, func(w io.Writer, o report.Options) error { return report.SuppressionList(w, list, more, o) })
		}))}
	c.Flags().IntVar(&limit, "limit", 200, "at most `N` endpoints; 0 for all")
	p.times(c)
	return c
}

func (p *program) suppressionImportCommand() *cobra.Command {
	yes := false
	c := &cobra.Command{Use: "import FILE", Short: "Read back what suppression list --json wrote", Long: "Read back what suppression list --json wrote of this store, or of the one that it is\na backup of: hashes of another store mean nobody here. Without --yes nothing is done.",
		Example: "  cdp-tui suppression import suppressions.ndjson --yes", Args: takes(1, 1, "a file"),
		RunE: p.run(func(ctx context.Context, args []string) error {
			return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
				text, err := p.lines(args[0])
				if err != nil {
					return err
				}
				list, err := suppressionLines(text)
				if err != nil {
					return err
				}
				act := report.Suppressed{Done: yes}
				for _, x := range list {
					act.Act = x
					if err := s.suppressPart(ctx, x, &act, yes); err != nil {
						return err
					}
				}
				return s.suppressed(ctx, act)
			})(ctx, nil)
		})}
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return c
}

// suppressionLines reads a file of statements, those that say the same together.
func suppressionLines(text []string) (out []cdp.Suppressing, err error) {
	at := make(map[string]int)
	for n, line := range text {
		var l report.SuppressedLine
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		var hash []byte
		if err = d.Decode(&l); err == nil {
			hash, err = hex.DecodeString(l.Hash)
		}
		when, ok := cdp.ParseInstant(string(l.At), time.UTC)
		if err != nil || len(hash) != len(cdp.SuppressionHash{}) || !ok {
			return nil, hint(fmt.Errorf("line %d is no statement of a suppression list", n+1), "the file is what suppression list --json wrote")
		}
		key := fmt.Sprint(l.Controller, "\x00", l.Scope, "\x00", l.Channel, "\x00", l.Ended, "\x00", l.Origin, "\x00", l.At, "\x00", l.Ref)
		i, known := at[key]
		if !known || len(out[i].Hashes) >= suppressChunk {
			i = len(out)
			at[key] = i
			out = append(out, cdp.Suppressing{Controller: l.Controller, Scope: cdp.SuppressionScope(l.Scope), Channel: cdp.Channel(l.Channel), Ended: l.Ended, Origin: l.Origin,
				At: when, Ref: cdp.Value(l.Ref)})
		}
		out[i].Hashes = append(out[i].Hashes, cdp.KeyedHash{Hash: cdp.SuppressionHash(hash), Kind: cdp.Kind(l.Kind)})
	}
	return out, nil
}
