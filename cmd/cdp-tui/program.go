package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"cdp-tui/internal/query"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/text"
)

// A program is one run: its streams, environment and clock, and the global flags.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	now      func() time.Time
	width    int // of the terminal on standard output; 0 when there is none

	inTerminal, outTerminal, errTerminal bool

	store  string
	json   bool
	reveal string
	as     string
	plain  bool
	quiet  bool
	zone   string

	looks    looks
	lens     lens
	args     []string // as given to main; nil when it can not be run again
	revealed bool     // --reveal was given
	place    *time.Location
	typed    string // the query, to point at a mistake in it on a terminal
}

// main runs a command line and returns the exit code.
func (p *program) main(ctx context.Context, args []string) (code int) {
	defer func() {
		if v := recover(); v != nil { // what it says may hold personal data
			fmt.Fprintf(p.err, "cdp-tui: error: internal error (%T)\ncdp-tui: hint: the store is safe; please report what you did\n", v)
			code = exitError
		}
	}()
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	var child exitStatus
	if errors.As(err, &child) {
		return int(child)
	}
	if errors.Is(err, syscall.EPIPE) {
		return exitError // nobody reads any more, and nobody needs to be told
	}
	if err != nil && ctx.Err() != nil && !errors.Is(err, context.Canceled) {
		err = errors.Join(context.Canceled, err)
	}
	p.complain(err)
	return exitOf(err)
}

// complain prints an error and its hint.
func (p *program) complain(err error) {
	if err == nil {
		return
	}
	message := messageOf(err)
	if errors.Is(err, context.Canceled) {
		message = strings.TrimPrefix(strings.ReplaceAll(message, ": context canceled", ""), "context canceled")
		message = strings.TrimSuffix("interrupted: "+strings.TrimSpace(message), ": ")
	}
	var syntax *query.Error
	if errors.As(err, &syntax) && p.errTerminal && p.typed != "" {
		message = "the query can not be read\n" + syntax.Show(p.typed)
	}
	for i, line := range text.Block(message) {
		if i == 0 {
			fmt.Fprintf(p.err, "cdp-tui: error: %s\n", line)
		} else {
			fmt.Fprintf(p.err, "%s\n", line)
		}
	}
	if h := hintOf(err); h != "" {
		p.hint(h)
	}
}

func (p *program) hint(s string) { fmt.Fprintf(p.err, "cdp-tui: hint: %s\n", text.Clean(s)) }

// say narrates; --quiet silences it.
func (p *program) say(format string, args ...any) {
	if !p.quiet {
		fmt.Fprintf(p.err, "cdp-tui: %s\n", text.Clean(fmt.Sprintf(format, args...)))
	}
}

const longHelp = `cdp-tui is the console with which data-protection officers see, prove and put
right what a company does with its customers' data (GDPR).

Without a command it opens the default store on the terminal. Every screen has
a command, with --json for programs. Personal values print masked; --reveal
shows them, and the reason given goes into the log. Data go to standard
output, narration and errors to standard error.`

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "cdp-tui",
		Short:         "See, prove and put right what a company does with its customers' data",
		Long:          longHelp + "\n\nExit codes:\n" + exitTable(),
		Example:       "  cdp-tui demo\n  cdp-tui ingest customers.csv orders.json.gz\n  cdp-tui search müller city:köln\n  cdp-tui trace P-0000001 email",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          p.noCommand,
		RunE:          p.run(p.console),
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			p.revealed = cmd.Flags().Changed("reveal")
			return p.settle()
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&p.store, "store", "", "`DIR` of the store (default $XDG_DATA_HOME/cdp-tui/default)")
	f.BoolVar(&p.json, "json", false, "answer in JSON, one object a line (docs/json.md)")
	f.StringVar(&p.reveal, "reveal", "", "show personal values in clear; the `REASON` goes into the log")
	f.StringVar(&p.as, "as", "", "`NAME` of who acts, for the log (default the login name)")
	f.BoolVar(&p.plain, "plain", false, "plain text instead of the full-screen console")
	f.BoolVar(&p.quiet, "quiet", false, "no narration, only data and errors")
	f.StringVar(&p.zone, "zone", "", "time `ZONE` in which times are shown, such as Europe/Berlin (default that of the machine)")
	p.looks.flags(root)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommandGroupID("other")
	root.SetCompletionCommandGroupID("other")
	root.AddGroup(
		&cobra.Group{ID: "people", Title: "People:"},
		&cobra.Group{ID: "identity", Title: "Who is who:"},
		&cobra.Group{ID: "law", Title: "Lawfulness:"},
		&cobra.Group{ID: "data", Title: "Data and their sources:"},
		&cobra.Group{ID: "store", Title: "The store:"},
		&cobra.Group{ID: "other", Title: "Other:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("people", p.searchCommand(), p.findCommand(), p.audienceCommand(), p.searchesCommand())
	add("people", p.through(p.profileCommand(), p.recordCommand(), p.traceCommand())...)
	add("people", p.through(p.cardCommand(), p.whereCommand())...)
	add("people", p.viewAsCommand())
	add("people", p.lensCommand(), p.journeyCommand())
	add("law", p.policyCommand(), p.lawfulCommand())
	add("law", p.consentCommand(), p.preferenceCommand(), p.restrictCommand(), p.suppressionCommand())
	add("people",
		p.graphCommand(), p.profilesCommand(), p.evalCommand())
	add("identity", p.reasonCommands()...)
	add("identity", p.decideCommands()...)
	add("identity", p.undoCommand(), p.decisionsCommand(), p.matchesCommand(), p.healthCommand(), p.conflictsCommand(), p.identityCommand())
	add("data", p.demoCommand(), p.ingestCommand(), p.presetsCommand(), p.sourcesCommand(), p.batchesCommand(),
		p.rejectsCommand(), p.quarantineCommand())
	add("people", p.segmentCommand(), p.countsCommand())
	add("law", p.coverageCommand())
	add("law", p.shareCommand(), p.outboxCommand(), p.driftCommand(), p.lintCommand(), p.ropaCommand(), p.breachCommand())
	add("store", p.statsCommand(), p.logCommand(), p.checkCommand(), p.reindexCommand())
	add("other", p.synthCommand(), p.benchCommand(), p.versionCommand(), p.manCommand())
	return root
}

// settle checks the global flags.
func (p *program) settle() error {
	p.place = time.Local
	if p.zone != "" {
		zone, err := time.LoadLocation(p.zone)
		if err != nil {
			return &usageError{"--zone names no time zone", "write it as Europe/Berlin or UTC"}
		}
		p.place = zone
	}
	if err := p.lens.settle(p.place, p.now()); err != nil {
		return err
	}
	if p.revealed && strings.TrimSpace(p.reveal) == "" {
		return &usageError{"--reveal needs a reason", `it goes into the log: --reveal "case 2026-017, identity check"`}
	}
	if p.as == "" {
		p.as = p.login()
	}
	if len(p.as) > 64 || strings.ContainsFunc(p.as, unicode.IsControl) || strings.TrimSpace(p.as) == "" {
		return usagef("--as is a name of 1 to 64 bytes")
	}
	return nil
}

// login is the name of who runs the program.
func (p *program) login() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name := p.env("USER"); name != "" {
		return name
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

func (p *program) actor() steward.Actor { return steward.Actor{Name: p.as, ReadOnly: p.looks.readOnly} }

func (p *program) options() report.Options {
	return report.Options{Width: p.width, Reveal: p.revealed, Zone: p.place}
}

// run adapts a function to a command of cobra.
func (p *program) run(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error { return f(cmd.Context(), args) }
}

// plainWord is what may be repeated of a command line.
var plainWord = regexp.MustCompile(`^[a-z-]{1,20}$`)

// noCommand refuses words after the program's name that are no command.
func (p *program) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	e := &usageError{"there is no such command", "cdp-tui --help lists the commands"}
	if plainWord.MatchString(args[0]) {
		e.text = fmt.Sprintf("there is no command %q", args[0])
		cmd.SuggestionsMinimumDistance = 2
		if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
			e.hint = "did you mean " + strings.Join(s, " or ") + "?"
		}
	}
	return e
}

// takes checks the number of arguments; most -1 means any number.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return &usageError{fmt.Sprintf("%s takes %s", cmd.CommandPath(), what), cmd.CommandPath() + " --help has an example"}
	}
}

// group makes a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: nameVerb, RunE: func(*cobra.Command, []string) error { return nil }}
	c.AddCommand(subs...)
	return c
}

// nameVerb is the answer of a command that only holds others: nothing was done.
func nameVerb(cmd *cobra.Command, _ []string) error {
	var names []string
	for _, s := range cmd.Commands() {
		names = append(names, s.Name())
	}
	return &usageError{"name what to do: " + cmd.CommandPath() + " " + strings.Join(names, "|"), cmd.CommandPath() + " --help says more"}
}
