package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// flagError says what is wrong with a flag, and what it takes. The value that
// was given is not repeated: it can be a personal one.
func flagError(cmd *cobra.Command, err error) error {
	return &usageError{flagText(cmd, err.Error()), cmd.CommandPath() + " --help lists the flags"}
}

var (
	wrongValue = regexp.MustCompile(`^invalid argument .* for "(?:-\w, )?(--[a-z-]+)" flag: (?s:.*)$`)
	noValue    = regexp.MustCompile(`^flag needs an argument: (?:'(\w)' in -.*|(--[a-z-]+))$`)
	noFlag     = regexp.MustCompile(`^unknown flag: (--.*)$`)
	noLetter   = regexp.MustCompile(`^unknown shorthand flag: '(\w)' in -`)
)

func flagText(cmd *cobra.Command, text string) string {
	if m := wrongValue.FindStringSubmatch(text); m != nil {
		return m[1] + " takes " + flagTakes(cmd, m[1], strings.HasSuffix(text, "out of range"))
	}
	if m := noValue.FindStringSubmatch(text); m != nil {
		name := m[2]
		if name == "" {
			name = "-" + m[1]
		}
		return name + " needs a value after it"
	}
	if m := noFlag.FindStringSubmatch(text); m != nil {
		switch m[1] {
		case "--as-of", "--as-known":
			if cmd.Flags().Lookup("out") != nil && cmd.Flags().Lookup("to") != nil {
				return "what is sent is of now: share plan " + m[1] + " shows what would have gone then, and outbox list what was due"
			}
			return cmd.Name() + " shows the present: " + m[1] + " is a flag of profile, search, find, why, graph, segment and others (README: on any day)"
		case "--for":
			return cmd.Name() + " shows the present: --for is a flag of profile, record and trace"
		}
		if plainWord.MatchString(m[1]) {
			return "there is no flag " + m[1] + " here"
		}
		return "there is no such flag"
	}
	if m := noLetter.FindStringSubmatch(text); m != nil {
		return "there is no flag -" + m[1] + " here"
	}
	return "a flag is written --name, --name=value or --name value"
}

// flagTakes says what is written after a flag.
func flagTakes(cmd *cobra.Command, name string, far bool) string {
	kind := ""
	if f := cmd.Flag(strings.TrimPrefix(name, "--")); f != nil {
		kind = f.Value.Type()
	}
	switch kind {
	case "int", "int64":
		if far {
			return "a smaller number"
		}
		return "a whole number, such as " + name + " 20"
	case "uint", "uint64":
		if far {
			return "a smaller number"
		}
		return "a whole number that is not negative, such as " + name + " 20"
	case "float64":
		return "a number, such as " + name + " 2.5"
	case "bool":
		return "no value, or " + name + "=false"
	}
	return "another value"
}
