package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen"
)

// layered is what "layers --json" prints for each application and target.
type layered struct {
	Application string        `json:"application"`
	Target      string        `json:"target,omitempty"`
	Stage       string        `json:"stage,omitempty"`
	Units       []layeredUnit `json:"units"`
}

type layeredUnit struct {
	Unit      string      `json:"unit"`
	Functions []string    `json:"functions"`
	Layers    []unitLayer `json:"layers"`
	Vendor    []string    `json:"vendor,omitempty"`
}

type unitLayer struct {
	Name string `json:"name"`
	// From is f.yml, application or component; Namespace is that of the component.
	From      string   `json:"from"`
	Namespace string   `json:"namespace,omitempty"`
	Package   string   `json:"package"`
	Position  string   `json:"position"`
	Hooks     []string `json:"hooks,omitempty"`
	Functions []string `json:"functions"`
}

func (t *tool) layers() *cobra.Command {
	var value string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "layers [DIR]",
		Short: "List the layers that each unit gets, and which hooks they have",
		Long: "Layers lists the units of a target with their layers, the outermost first: those that f.yml names, of the functions\n" +
			"that list them; the application's and its components'; and the vendor's. Of each it says where it comes from and which\n" +
			"of its methods are called. Without --target the cloud is the one that f.yml names; where it names none, each function\n" +
			"is a unit by itself.",
		Example: "  faasgen layers\n  faasgen layers --target aws --stage prod\n  faasgen layers --json",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			if value != "" {
				if _, err := t.selectTargets(value); err != nil {
					return err
				}
			}
			done := t.progress("reading")
			r, err := t.solve(cmd.Context(), t.options(dir))
			done()
			if err != nil {
				return err
			}
			list := []layered{}
			for _, app := range r.Apps {
				targets := []string{app.Provider()}
				if value != "" {
					chosen, err := t.selectTargets(value)
					if err != nil {
						return err
					}
					targets = nil
					for _, c := range chosen {
						targets = append(targets, c.Name())
					}
				}
				for _, name := range targets {
					l, err := t.layersOf(app, name)
					if err != nil {
						return err
					}
					list = append(list, l)
				}
			}
			if asJSON {
				return t.encode(list)
			}
			for i, l := range list {
				t.printLayers(l, i > 0)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the targets, separated by commas, or all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	t.stageFlag(cmd.Flags())
	return cmd
}

// layersOf asks an application. What is wrong with its deployment is for other commands to say.
func (t *tool) layersOf(app *gen.App, target string) (layered, error) {
	units, err := app.Layers(target)
	out := layered{Application: app.Name, Target: target, Stage: t.stage, Units: []layeredUnit{}}
	for _, u := range units {
		unit := layeredUnit{Unit: u.Unit, Functions: u.Functions, Layers: []unitLayer{}, Vendor: u.Vendor}
		for _, l := range u.Layers {
			own := unitLayer{Name: l.Name, From: "application", Namespace: l.Component, Package: l.Package, Hooks: l.Hooks, Functions: l.Functions}
			switch {
			case l.InSpec:
				own.From = "f.yml"
			case l.Component != "":
				own.From = "component"
			}
			own.Position = fmt.Sprintf("%s:%d:%d", relative(t.dir, l.Pos.Filename), l.Pos.Line, l.Pos.Column)
			unit.Layers = append(unit.Layers, own)
		}
		out.Units = append(out.Units, unit)
	}
	return out, err
}

func (t *tool) printLayers(l layered, separate bool) {
	var b strings.Builder
	if separate {
		b.WriteByte('\n')
	}
	b.WriteString(l.Application)
	for _, word := range []string{l.Target, l.Stage} {
		if word != "" {
			b.WriteString("  " + word)
		}
	}
	b.WriteByte('\n')
	for _, u := range l.Units {
		fmt.Fprintf(&b, "unit %s", u.Unit)
		if len(u.Functions) > 1 {
			fmt.Fprintf(&b, ": %s", strings.Join(u.Functions, ", "))
		}
		b.WriteByte('\n')
		var rows [][]string
		for _, own := range u.Layers {
			hooks := "made by a constructor: hooks not known"
			if own.Hooks != nil {
				hooks = strings.Join(own.Hooks, " ")
			}
			from := own.From
			if own.Namespace != "" {
				from += " " + own.Namespace
			}
			if len(own.Functions) < len(u.Functions) {
				hooks += "  for " + strings.Join(own.Functions, ", ")
			}
			rows = append(rows, []string{own.Name, from, own.Position, hooks})
		}
		for _, arn := range u.Vendor {
			rows = append(rows, []string{arn, l.Target, "", ""})
		}
		widths := make([]int, 3)
		for _, row := range rows {
			for i := range widths {
				widths[i] = max(widths[i], len(row[i]))
			}
		}
		for _, row := range rows {
			line := "  "
			for i, w := range widths {
				line += fmt.Sprintf("%-*s  ", w, row[i])
			}
			b.WriteString(strings.TrimRight(line+row[3], " ") + "\n")
		}
		if rows == nil {
			b.WriteString("  no layers\n")
		}
	}
	fmt.Fprint(t.out, b.String())
}
