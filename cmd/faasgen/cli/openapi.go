package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
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
			a, err := t.contract(cmd.Context(), dir)
			if err != nil {
				return err
			}
			document, notes, err := a.OpenAPI()
			if err != nil {
				return err
			}
			t.print(notes)
			return t.deliver(document, file, check, "faasgen openapi")
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write, in place of standard output")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing: exit code 2 if the file of -o is not current")
	t.stageFlag(cmd.Flags())
	return cmd
}

// contract is the application of a folder, or the only one below it.
func (t *tool) contract(ctx context.Context, dir string) (*inspect.Application, error) {
	done := t.progress("reading")
	apps, ds, err := gen.Read(ctx, t.options(dir))
	done()
	if err != nil {
		return nil, err
	}
	if ds.Failed() {
		t.print(ds)
		return nil, &failure{code: exitFailed}
	}
	if i := slices.IndexFunc(apps, func(a *inspect.Application) bool { return a.Dir == dir }); i >= 0 {
		apps = apps[i : i+1]
	}
	if len(apps) != 1 {
		var dirs []string
		for _, a := range apps {
			dirs = append(dirs, relative(t.dir, a.Dir))
		}
		return nil, &failure{code: exitUsage, text: fmt.Sprintf("found %d applications, expected one", len(apps)), hint: "name the folder of one: " + strings.Join(dirs, ", ")}
	}
	return apps[0], nil
}

// deliver prints what was made of a contract by a command, writes it to a file, whose folder it makes, or compares the file with it.
func (t *tool) deliver(text []byte, file string, check bool, command string) error {
	switch {
	case file == "":
		_, err := t.out.Write(text)
		return err
	case check:
		return t.compareContract(file, text, command)
	}
	defer t.writing.enter()()
	path := absolute(t.dir, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out, file)
	return err
}

// compareContract compares a file with what a command writes to it.
func (t *tool) compareContract(file string, text []byte, command string) error {
	before, err := os.ReadFile(absolute(t.dir, file))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &failure{code: exitUsage, text: file + " is not there", hint: "write it: " + command + " -o " + file}
	case err != nil:
		return err
	case !bytes.Equal(bytes.ReplaceAll(before, []byte("\r\n"), []byte("\n")), text):
		return &failure{code: exitUsage, text: file + " is not current", hint: "write it again: " + command + " -o " + file}
	}
	return nil
}
