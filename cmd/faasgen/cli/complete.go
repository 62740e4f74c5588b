package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	platform "github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/templates"
)

// complete has shells complete what a command takes: names of functions and units, targets, stages, languages. It prints no
// mistakes of the application.
func (t *tool) complete(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		t.complete(cmd)
	}
	flags := map[string]func(*cobra.Command) []string{
		"target":   func(cmd *cobra.Command) []string { return t.targetNames(cmd.Flag("target").Usage) },
		"lang":     func(*cobra.Command) []string { return languageNames() },
		"stage":    func(cmd *cobra.Command) []string { return t.stageNames(cmd.Context()) },
		"template": func(*cobra.Command) []string { return scaffoldNames() },
		"unit":     func(cmd *cobra.Command) []string { return t.unitNames(cmd.Context()) },
	}
	for name, list := range flags {
		if f := root.Flags().Lookup(name); f != nil && f.Value.Type() == "string" {
			_ = root.RegisterFlagCompletionFunc(name, words(list)) // it fails for unknown flags alone
		}
	}
	if root.Name() == "invoke" {
		_ = root.RegisterFlagCompletionFunc("data", t.completeData)
	}
	_, takes, _ := strings.Cut(root.Use, " ")
	switch {
	case takes == "FUNCTION":
		root.ValidArgsFunction = t.completeFunctions(0, 1, nil)
	case takes == "FUNCTION...":
		root.ValidArgsFunction = t.completeFunctions(0, -1, nil)
	case takes == "NAME FUNCTION...":
		root.ValidArgsFunction = t.completeFunctions(1, -1, nil)
	case root.Name() == "task":
		root.ValidArgsFunction = t.completeFunctions(0, 1, func(f *target.Function) bool { return f.Task })
	case root.HasParent() && root.Parent().Name() == "secret":
		root.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return t.secretNames(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
		}
	case strings.HasSuffix(takes, "DIR]"), takes == "NAME|DIR":
		root.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	default:
		root.ValidArgsFunction = cobra.NoFileCompletions
	}
}

// words completes the last of several words that commas separate.
func words(list func(*cobra.Command) []string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndex(begun, ",")+1]
		var found []string
		for _, name := range list(cmd) {
			if strings.HasPrefix(before+name, begun) && !slices.Contains(strings.Split(before, ","), name) {
				found = append(found, before+name)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFunctions completes the arguments from first on, most of them at most or any number if it is negative, with functions that
// were not given yet.
func (t *tool) completeFunctions(first, most int, which func(*target.Function) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) < first || most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []string
		for _, app := range t.applications(cmd.Context()) {
			functions := app.Functions
			if which != nil { // which takes what Target alone knows
				functions = nil
				seen, _ := app.Target("")
				for _, u := range seen.Units {
					functions = append(functions, u.Functions...)
				}
			}
			for _, f := range functions {
				if strings.HasPrefix(f.Name, begun) && !slices.Contains(args, f.Name) && (which == nil || which(f)) {
					found = append(found, f.Name)
				}
			}
		}
		return sorted(found), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeData completes what a function takes with a sample of it, to be edited.
func (t *tool) completeData(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 || begun != "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, app := range t.applications(cmd.Context()) {
		if !slices.ContainsFunc(app.Functions, func(f *target.Function) bool { return f.Name == args[0] }) {
			continue
		}
		inspected, err := app.Inspect()
		if err != nil {
			break
		}
		if sample, err := inspected.Sample(args[0]); err == nil && sample != nil {
			return []string{string(sample)}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// applications are those of the working directory.
func (t *tool) applications(ctx context.Context) []*gen.App {
	r, err := gen.Generate(ctx, t.options(t.dir))
	if err != nil {
		return nil
	}
	return r.Apps
}

// targetNames are the targets, and the other words that the usage of --target has.
func (t *tool) targetNames(usage string) (names []string) {
	for _, word := range []string{"all", platform.Name} {
		if strings.Contains(usage, word+" for ") || strings.HasSuffix(usage, "or "+word) {
			names = append(names, word)
		}
	}
	for _, known := range t.targets {
		names = append(names, known.Name())
	}
	return sorted(names)
}

func (t *tool) stageNames(ctx context.Context) (names []string) {
	for _, app := range t.applications(ctx) {
		if stages, err := app.Stages(); err == nil {
			names = append(names, stages...)
		}
	}
	return sorted(names)
}

func (t *tool) unitNames(ctx context.Context) (names []string) {
	for _, app := range t.applications(ctx) {
		seen, _ := app.Target(app.Provider())
		for _, u := range seen.Units {
			names = append(names, u.Name)
		}
	}
	return sorted(names)
}

func (t *tool) secretNames(ctx context.Context) (names []string) {
	for _, app := range t.applications(ctx) {
		seen, _ := app.Target(app.Provider())
		for _, u := range seen.Units {
			for _, s := range u.Secrets() {
				names = append(names, s.Key)
			}
		}
	}
	return sorted(names)
}

func scaffoldNames() (names []string) {
	for _, s := range templates.Scaffolds() {
		names = append(names, s.Name)
	}
	return names
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
