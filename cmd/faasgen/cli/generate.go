package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
)

func (t *tool) generate() *cobra.Command {
	force := false
	cmd := &cobra.Command{
		Use:   "generate [DIR]",
		Short: "Write the generated code of every application in a folder",
		Long: "Generate writes internal/faasgen of every application (folder with an f.yml) in or below DIR, or of the one\n" +
			"that DIR is in. It writes nothing unless all is well, and prints the files that it changed. A generated file that\n" +
			"was changed by hand is an error; --force overwrites it. What a merge left of generated files is always replaced.\n\n" +
			"The code does not depend on configuration files. What is wrong with these is reported when the code is written, and a key\n" +
			"that has no value yet is a note.",
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			r, changed, err := t.write(cmd.Context(), gen.Options{Dir: dir, Targets: t.targets, Force: force})
			for _, path := range changed {
				fmt.Fprintln(t.out, relative(t.dir, path))
			}
			if err != nil {
				return err
			}
			ds, err := r.CheckConfig(func(app *gen.App) (annotations.Diagnostics, error) {
				return t.forTargets(app, nil, "", inspect.Checking{Lenient: true})
			})
			if err != nil {
				return err
			}
			if t.print(ds); ds.Failed() {
				return &failure{code: exitFailed}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite generated files that were changed by hand")
	return cmd
}

// solve generates in memory and prints what is wrong. Its failure has been printed.
func (t *tool) solve(ctx context.Context, o gen.Options) (*gen.Result, error) {
	done := t.progress("generating")
	defer done()
	r, err := gen.Generate(ctx, o)
	done()
	if err != nil {
		return nil, err
	}
	t.print(r.Diagnostics)
	if r.Diagnostics.Failed() {
		return nil, &failure{code: exitFailed}
	}
	return r, nil
}

// current generates and writes, and overwrites nothing that a person has changed.
func (t *tool) current(ctx context.Context, dir string) (r *gen.Result, changed []string, err error) {
	return t.write(ctx, t.options(dir))
}

// write generates and writes.
func (t *tool) write(ctx context.Context, o gen.Options) (r *gen.Result, changed []string, err error) {
	if r, err = t.solve(ctx, o); err != nil {
		return nil, nil, err
	}
	changed, err = t.commit(ctx, r)
	return r, changed, err
}

// commit writes what was generated, and lets no signal come between its files.
func (t *tool) commit(ctx context.Context, r *gen.Result) (changed []string, err error) {
	defer t.writing.enter()()
	return r.Commit(ctx)
}

func (t *tool) print(ds annotations.Diagnostics) {
	if len(ds) > 0 {
		fmt.Fprint(t.err, t.paint(ds.Render(t.dir)))
	}
}
