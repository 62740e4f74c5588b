package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/faasgen/faasgen/gen/spec"
)

// The exit codes.
const (
	exitFailed = 1 // something was tried and failed, or code or f.yml is wrong
	exitUsage  = 2 // the command was called in a wrong way, or diff, fmt --check or plan found changes
)

// failure is an error with its exit code. Without a text everything has been printed.
type failure struct {
	code       int
	text, hint string
}

func (f *failure) Error() string { return f.text }

func usage(format string, args ...any) error {
	return &failure{code: exitUsage, text: fmt.Sprintf(format, args...)}
}

// report prints err and returns the exit code.
func (t *tool) report(err error) int {
	if err == nil {
		return 0
	}
	var f *failure
	var stage *spec.UnknownStage
	switch {
	case errors.As(err, &f):
	case errors.As(err, &stage):
		f = unknownStage(stage)
	case errors.Is(err, context.Canceled):
		f = &failure{code: exitFailed}
		t.reported.Do(func() { f.text = "interrupted" })
	default:
		f = &failure{code: exitFailed, text: err.Error()}
	}
	if f.text != "" {
		fmt.Fprintf(t.err, "faasgen: %s\n", f.text)
	}
	if f.hint != "" {
		fmt.Fprintf(t.err, "\thint: %s\n", f.hint)
	}
	return f.code
}

// flagError says which flags there are when an unknown one was given.
func flagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if errors.As(err, &missing) {
		var known []string
		dashes := "--"
		if missing.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if dashes == "--" {
				known = append(known, dashes+f.Name)
			} else if f.Shorthand != "" {
				known = append(known, dashes+f.Shorthand)
			}
		})
		return unknown("flag", dashes+missing.GetSpecifiedName(), known)
	}
	return &failure{code: exitUsage, text: err.Error(), hint: fmt.Sprintf("run %q for its flags", cmd.CommandPath()+" --help")}
}

// arguments checks the number of arguments and says what they are.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if least <= len(args) && len(args) <= most {
			return nil
		}
		found := "no argument"
		if len(args) > 0 {
			found = "arguments " + strings.Join(args, " ")
		}
		return usage("found %s, expected: %s", found, strings.TrimSuffix(cmd.UseLine(), " [flags]"))
	}
}

func quote(s string) string { return strconv.Quote(s) }

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// relative is path as a person in dir would write it.
func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}
