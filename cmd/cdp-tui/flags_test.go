package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// What is wrong with a flag of any command is said plainly, without what was
// typed, and ends with exit code 2.
func TestFlagErrors(t *testing.T) {
	name := regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z-]+)`)
	commands, flags := 0, 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		commands++
		for _, m := range name.FindAllStringSubmatch(c.LocalFlags().FlagUsages(), -1) {
			kind := c.Flag(m[1]).Value.Type()
			tries := []string{"--" + m[1]} // without a value
			switch kind {
			case "bool":
				tries = []string{"--" + m[1] + "=mia.canary@lindenpost.de"}
			case "string", "stringArray", "stringSlice":
			default:
				tries = append(tries, "--"+m[1]+"=mia.canary@lindenpost.de", "--"+m[1]+"=99999999999999999999999e999")
			}
			for _, try := range tries {
				flags++
				var out, errs bytes.Buffer
				p := &program{out: &out, err: &errs, in: strings.NewReader("")}
				args := append(strings.Fields(c.CommandPath())[1:], try)
				code, said := p.main(t.Context(), args), errs.String()
				if code != exitUsage || !strings.Contains(said, "--"+m[1]+" ") || !strings.Contains(said, "hint: ") {
					t.Errorf("%v: exit code %d, %s", args, code, said)
				}
				for _, bad := range []string{"strconv", "parsing", "invalid", "‹", "canary", "\"\""} {
					if strings.Contains(said, bad) {
						t.Errorf("%v: %q in %s", args, bad, said)
					}
				}
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&program{}).root())
	if commands < 40 || flags < 80 {
		t.Errorf("%d commands with %d mistakes were tried", commands, flags)
	}
}

func TestFlagTexts(t *testing.T) {
	c := (&program{}).root()
	i := slices.IndexFunc(c.Commands(), func(c *cobra.Command) bool { return c.Name() == "log" })
	log := c.Commands()[i]
	for args, want := range map[string]string{
		"--limit x":                    "--limit takes a whole number, such as --limit 20",
		"--limit 99999999999999999999": "--limit takes a smaller number",
		"--before -1":                  "--before takes a whole number that is not negative, such as --before 20",
		"--limit":                      "--limit needs a value after it",
		"--bogus":                      "there is no flag --bogus here",
		"--mia.canary@lindenpost.de":   "there is no such flag",
		"-mia.canary@lindenpost.de":    "there is no flag -m here",
		"--=3":                         "a flag is written --name, --name=value or --name value",
	} {
		err := log.ParseFlags(strings.Fields(args))
		if err == nil {
			t.Errorf("%s is taken", args)
			continue
		}
		if got := flagError(log, err).Error(); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}
