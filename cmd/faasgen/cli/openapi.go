package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen"
)

func (t *tool) openapi() *cobra.Command {
	var file string
	var check bool
	cmd := &cobra.Command{
		Use:   "openapi [DIR]",
		Short: "Write the OpenAPI document of the http functions",
		Long: "Openapi writes the OpenAPI 3.1 document of an application's http functions: their routes, parameters, bodies and responses, from\n" +
			"the types of the handlers and their comments. What no schema can describe is noted. --check compares the file with the code\n" +
			"and ends with exit code 2 if it would be another.",
		Example: "  faasgen openapi > openapi.json\n  faasgen openapi -o openapi.json\n  faasgen openapi -o openapi.json --check",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if check && file == "" {
				return usage("found --check without -o, expected the file to compare")
			}
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			document, err := t.contract(cmd.Context(), dir)
			if err != nil {
				return err
			}
			switch {
			case file == "":
				_, err = t.out.Write(document)
				return err
			case check:
				return t.compareContract(file, document)
			}
			defer t.writing.enter()()
			if err := os.WriteFile(absolute(t.dir, file), document, 0o644); err != nil {
				return err
			}
			_, err = fmt.Fprintln(t.out, file)
			return err
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write, in place of standard output")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing: exit code 2 if the file of -o is not current")
	t.stageFlag(cmd.Flags())
	return cmd
}

// contract is the OpenAPI document of the application of a folder, or of the only one below it.
func (t *tool) contract(ctx context.Context, dir string) ([]byte, error) {
	done := t.progress("reading")
	r, err := gen.Generate(ctx, t.options(dir))
	done()
	if err != nil {
		return nil, err
	}
	if r.Diagnostics.Failed() {
		t.print(r.Diagnostics)
		return nil, &failure{code: exitFailed}
	}
	apps := r.Apps
	if i := slices.IndexFunc(apps, func(a *gen.App) bool { return a.Dir == dir }); i >= 0 {
		apps = apps[i : i+1]
	}
	if len(apps) != 1 {
		var dirs []string
		for _, a := range apps {
			dirs = append(dirs, relative(t.dir, a.Dir))
		}
		return nil, &failure{code: exitUsage, text: fmt.Sprintf("found %d applications, expected one", len(apps)), hint: "name the folder of one: " + strings.Join(dirs, ", ")}
	}
	document, notes, err := r.OpenAPI(apps[0])
	if err != nil {
		return nil, err
	}
	t.print(notes)
	return document, nil
}

// compareContract compares a file with a document.
func (t *tool) compareContract(file string, document []byte) error {
	before, err := os.ReadFile(absolute(t.dir, file))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &failure{code: exitUsage, text: file + " is not there", hint: "write it: faasgen openapi -o " + file}
	case err != nil:
		return err
	case !bytes.Equal(bytes.ReplaceAll(before, []byte("\r\n"), []byte("\n")), document):
		return &failure{code: exitUsage, text: file + " is not current", hint: "write it again: faasgen openapi -o " + file}
	}
	return nil
}
