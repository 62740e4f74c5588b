package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
)

func (t *tool) config() *cobra.Command {
	var env, unit string
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "config [--env NAME] [DIR]",
		Short: "List the configuration keys in use, and where each value comes from",
		Long: "Config lists every configuration key that the applications in or below DIR take: its type, whether it has to be\n" +
			"there, the place of its value, and its environment variable; the application's own first, then those of components that\n" +
			"the application sets or has to, and their secrets. With --all it lists the others of components, too, and of each key the fields that take it\n" +
			"and the functions that need them. It never shows a value. A key that is missing in the environment, or has a value of the wrong type, is an error; one\n" +
			"that the files have and nothing reads is noted. Variables of this process count, and environment in f.yml.",
		Example: "  faasgen config --env prod\n  faasgen config --unit order-create --json",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			if env != "" && t.stage != "" && env != t.stage {
				return usage("found --env %s and --stage %s, expected one of them: config.<stage>.yml is that of the stage", env, t.stage)
			}
			done := t.progress("reading")
			defer done()
			configs, ds, err := t.configs(cmd.Context(), dir, env, unit)
			done()
			if err != nil {
				return err
			}
			if unit != "" && len(configs) == 0 && !ds.Failed() {
				return t.noUnit(cmd, dir, unit)
			}
			var found annotations.Diagnostics
			for _, c := range configs {
				found = append(found, c.Diagnostics()...)
			}
			if asJSON {
				list := make([]configuration, len(configs))
				for i, c := range configs {
					list[i] = t.configuration(c)
				}
				if err := t.encode(list); err != nil {
					return err
				}
			} else {
				for i, c := range configs {
					t.configTable(c, i > 0, all)
				}
			}
			ds = append(ds, found...)
			t.print(ds)
			if ds.Failed() {
				return &failure{code: exitFailed}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&env, "env", "", "the environment, for config.<env>.yml; the default is the stage that f.yml names")
	cmd.Flags().StringVar(&unit, "unit", "", "only what one unit takes")
	cmd.Flags().BoolVar(&all, "all", false, "list all keys of components, too, and who takes each key")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON, with all keys")
	t.stageFlag(cmd.Flags())
	return cmd
}

// configs reads the applications in a folder, and says of those that have the unit what they take from configuration.
func (t *tool) configs(ctx context.Context, dir, env, unit string) ([]*inspect.Config, annotations.Diagnostics, error) {
	apps, ds, err := gen.Read(ctx, t.options(dir))
	var list []*inspect.Config
	errs := []error{err}
	for _, app := range apps {
		c, found, err := configOf(app, env, unit)
		ds, errs = append(ds, found...), append(errs, err)
		if c != nil {
			list = append(list, c)
		}
	}
	return list, ds, errors.Join(errs...)
}

// configOf is the configuration of an application. What runs on this machine sees .env, too.
func configOf(app *inspect.Application, env, unit string) (*inspect.Config, annotations.Diagnostics, error) {
	m, ds, err := machineOf(app.Dir)
	if err != nil || m == nil {
		return nil, ds, err
	}
	if env != m.env {
		m.file = nil
	}
	c, err := app.Config(env, unit, m.lookup)
	return c, nil, err
}

// noUnit is the error for a unit that no application has.
func (t *tool) noUnit(cmd *cobra.Command, dir, unit string) error {
	graphs, _, err := t.graphs(cmd.Context(), dir)
	if err != nil {
		return err
	}
	return unknown("unit", unit, unitNames(graphs))
}

// configTable writes one application.
func (t *tool) configTable(c *inspect.Config, separate, all bool) {
	var b strings.Builder
	if separate {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s  %s", c.Service, relative(t.dir, c.Dir))
	if c.Env != "" {
		fmt.Fprintf(&b, "  environment %s", c.Env)
	}
	b.WriteByte('\n')
	keys := slices.Clone(c.Keys)
	if !all {
		keys = slices.DeleteFunc(keys, (*inspect.ConfigKey).Internal)
	}
	rows := make([][]string, len(keys))
	for i, k := range keys {
		from := t.sourceText(k.Source)
		if v := k.Source.Variable; v != "" && v != k.Variable { // of a reference, or of the struct that the key is in
			from += " " + v
		}
		rows[i] = []string{k.Key, k.Type, need(k), from, k.Variable}
	}
	widths := make([]int, 5)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for i, row := range rows {
		line := ""
		for j, cell := range row {
			line += fmt.Sprintf("%-*s  ", widths[j], cell)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		k := keys[i]
		for _, own := range k.Own {
			fmt.Fprintf(&b, "    %s of function %s\n", t.sourceText(own.Source), own.Function)
		}
		if !all {
			continue
		}
		for _, use := range k.Uses {
			p := t.place(use.Pos)
			fmt.Fprintf(&b, "    for %s  %s:%d:%d\n", use.Name, p.File, p.Line, p.Column)
		}
		fmt.Fprintf(&b, "    in %s\n", strings.Join(k.Functions, ", "))
	}
	if hidden := len(c.Keys) - len(keys); hidden > 0 {
		fmt.Fprintf(&b, "and %d more of components, see --all\n", hidden)
	}
	_, _ = io.WriteString(t.out, b.String())
}

// need says whether a key has to be there.
func need(k *inspect.ConfigKey) string {
	switch {
	case k.Required:
		return "required"
	case k.Default != nil:
		return fmt.Sprintf("default %q", *k.Default)
	case k.Member:
		return "member"
	}
	return "optional"
}

// sourceText is a source in one cell.
func (t *tool) sourceText(s inspect.ConfigSource) string {
	switch s.Kind {
	case inspect.FromVariable:
		return "variable"
	case inspect.FromNowhere:
		return "-"
	case inspect.FromDefault, inspect.FromMembers:
		return string(s.Kind)
	}
	p := t.place(s.Pos)
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// configuration is one application in JSON.
type configuration struct {
	Service string      `json:"service"`
	Dir     string      `json:"dir"`
	Env     string      `json:"env,omitempty"`
	Keys    []configKey `json:"keys"`
	Unread  []unread    `json:"unread"`
}

type configKey struct {
	Key       string         `json:"key"`
	Type      string         `json:"type"`
	Variable  string         `json:"variable"`
	Default   *string        `json:"default,omitempty"`
	Required  bool           `json:"required"`
	Member    bool           `json:"member,omitempty"`
	Component bool           `json:"component,omitempty"`
	Missing   bool           `json:"missing"`
	Wrong     string         `json:"wrong,omitempty"`
	Source    configSource   `json:"source"`
	Own       []configSource `json:"own,omitempty"`
	Uses      []configUse    `json:"uses"`
	Functions []string       `json:"functions"`
}

type configSource struct {
	Function string `json:"function,omitempty"`
	Kind     string `json:"kind"`
	Variable string `json:"variable,omitempty"`
	place
}

type configUse struct {
	Name string `json:"name"`
	place
}

type unread struct {
	Key string `json:"key"`
	place
}

func (t *tool) configuration(c *inspect.Config) configuration {
	out := configuration{Service: c.Service, Dir: relative(t.dir, c.Dir), Env: c.Env, Keys: []configKey{}, Unread: []unread{}}
	source := func(s inspect.ConfigSource, function string) configSource {
		return configSource{function, string(s.Kind), s.Variable, t.place(s.Pos)}
	}
	for _, k := range c.Keys {
		key := configKey{
			Key: k.Key, Type: k.Type, Variable: k.Variable, Default: k.Default, Required: k.Required, Member: k.Member, Component: k.Component, Missing: k.Missing,
			Wrong: k.Wrong, Source: source(k.Source, ""), Functions: k.Functions,
		}
		for _, own := range k.Own {
			key.Own = append(key.Own, source(own.Source, own.Function))
		}
		for _, use := range k.Uses {
			key.Uses = append(key.Uses, configUse{use.Name, t.place(use.Pos)})
		}
		out.Keys = append(out.Keys, key)
	}
	for _, u := range c.Unread {
		out.Unread = append(out.Unread, unread{u.Key, t.place(u.Pos)})
	}
	return out
}
