package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/draw"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
)

func (t *tool) graph() *cobra.Command {
	var unit, focus, format string
	var asJSON, why bool
	cmd := &cobra.Command{
		Use:   "graph [--why A B] [DIR]",
		Short: "Show the functions, what they need, and why",
		Long: "Graph shows the functions of every application in or below DIR, or of the one that DIR is in, with their triggers,\n" +
			"what they need, and what that needs: providers, configuration keys, builtins. It needs no generated code.\n\n" +
			"A, B and X are a function, a provider, a type, a configuration key, or an id of the JSON form. A type means all\n" +
			"that is injected as it. With --why there is one argument or two more; when A does not need B the exit code is 1.",
		Example: "  faasgen graph --unit order-create\n" +
			"  faasgen graph --focus order.Store --format mermaid\n" +
			"  faasgen graph --why order-create '*sql.DB'",
		Args: func(cmd *cobra.Command, args []string) error {
			if why {
				return arguments(2, 3)(cmd, args)
			}
			return arguments(0, 1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON {
				if cmd.Flags().Changed("format") && format != "json" {
					return usage("found --json and --format %s, expected one of them", format)
				}
				format = "json"
			}
			write, ok := draw.Formats()[format]
			if !ok {
				return unknown("format", format, slices.Collect(maps.Keys(draw.Formats())))
			}
			if why && focus != "" {
				return usage("found --why and --focus, expected one of them")
			}
			var between []string
			if why {
				between, args = args[:2], args[2:]
			}
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			done := t.progress("reading")
			defer done()
			graphs, ds, err := t.graphs(cmd.Context(), dir)
			done()
			if err != nil {
				return err
			}
			t.print(ds)
			if ds.Failed() {
				return &failure{code: exitFailed}
			}
			parts, err := parts(graphs, unit, focus, between)
			if err != nil {
				return err
			}
			content, err := write(parts, func(name string) string { return relative(t.dir, name) })
			if err == nil {
				_, err = t.out.Write(content)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to write it: text, dot, mermaid or json")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	cmd.Flags().StringVar(&unit, "unit", "", "only what one unit has; app is all functions")
	cmd.Flags().StringVar(&focus, "focus", "", "only what needs X and what X needs")
	cmd.Flags().BoolVar(&why, "why", false, "only the chain that makes A need B")
	t.stageFlag(cmd.Flags())
	return cmd
}

// graphs reads the applications in a folder and draws them.
func (t *tool) graphs(ctx context.Context, dir string) ([]*inspect.Graph, annotations.Diagnostics, error) {
	apps, ds, err := gen.Read(ctx, t.options(dir))
	if err != nil {
		return nil, nil, err
	}
	graphs := make([]*inspect.Graph, len(apps))
	for i, app := range apps {
		graphs[i] = app.Graph()
	}
	return graphs, ds, nil
}

// parts takes the selected parts out of the applications. Those that have nothing of it are left out.
func parts(graphs []*inspect.Graph, unit, focus string, why []string) ([]*inspect.Graph, error) {
	whole := graphs
	if unit != "" {
		graphs = each(graphs, func(g *inspect.Graph) *inspect.Graph { return g.Unit(unit) })
		if len(graphs) == 0 {
			return nil, unknown("unit", unit, unitNames(whole))
		}
	}
	switch {
	case focus != "":
		if err := known(whole, focus); err != nil {
			return nil, err
		}
		graphs = each(graphs, func(g *inspect.Graph) *inspect.Graph { return g.Focus(meant(whole, focus)) })
		if len(graphs) == 0 {
			return nil, &failure{code: exitFailed, text: fmt.Sprintf("unit %s does not need %s", unit, focus)}
		}
	case why != nil:
		if err := known(whole, why...); err != nil {
			return nil, err
		}
		a, b := meant(whole, why[0]), meant(whole, why[1])
		chains := each(graphs, func(g *inspect.Graph) *inspect.Graph { return g.Why(a, b) })
		if len(chains) == 0 {
			return nil, &failure{code: exitFailed, text: why[0] + " does not need " + why[1] + in(unit), hint: whyNot(graphs, a, b, unit)}
		}
		graphs = chains
	}
	return graphs, nil
}

func each(graphs []*inspect.Graph, part func(*inspect.Graph) *inspect.Graph) []*inspect.Graph {
	var list []*inspect.Graph
	for _, g := range graphs {
		if p := part(g); p != nil {
			list = append(list, p)
		}
	}
	return list
}

// meant is what a name means in all applications.
func meant(graphs []*inspect.Graph, name string) []*inspect.Node {
	var nodes []*inspect.Node
	for _, g := range graphs {
		nodes = append(nodes, g.Find(name)...)
	}
	return nodes
}

// maxNames is how many names a message lists.
const maxNames = 20

// known is the error for the first name that no application knows.
func known(graphs []*inspect.Graph, names ...string) error {
	for _, name := range names {
		if meant(graphs, name) != nil {
			continue
		}
		var all, shown []string
		for _, g := range graphs {
			all = append(all, g.Names()...)
			for _, n := range g.Nodes {
				shown = append(shown, n.Name)
			}
		}
		f := &failure{code: exitUsage, text: "nothing here is called " + quote(name), hint: "known: " + list(shown)}
		if s := annotations.Suggest(name, all); s != "" {
			f.hint = "did you mean " + quote(s) + "? (" + f.hint + ")"
		}
		return f
	}
	return nil
}

// list joins names, of which there may be many.
func list(names []string) string {
	slices.Sort(names)
	names = slices.Compact(names)
	more := ""
	if len(names) > maxNames {
		more = fmt.Sprintf(" and %d more", len(names)-maxNames)
		names = names[:maxNames]
	}
	return strings.Join(names, ", ") + more
}

// whyNot says what there is instead of a chain.
func whyNot(graphs []*inspect.Graph, a, b []*inspect.Node, unit string) string {
	if len(each(graphs, func(g *inspect.Graph) *inspect.Graph { return g.Why(b, a) })) > 0 {
		return "it is the other way round"
	}
	var users []string
	for _, g := range graphs {
		for _, e := range g.Edges {
			if slices.Contains(b, e.To) {
				users = append(users, e.From.Name)
			}
		}
	}
	if users == nil {
		return "nothing" + in(unit) + " needs it"
	}
	return "it is needed by: " + list(users)
}

func in(unit string) string {
	if unit == "" {
		return ""
	}
	return " in unit " + unit
}

func unitNames(graphs []*inspect.Graph) []string {
	var names []string
	for _, g := range graphs {
		names = append(names, g.UnitNames()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
