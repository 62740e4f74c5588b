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

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
)

func (t *tool) openapi() *cobra.Command {
	return t.documents("openapi", "Write the OpenAPI document of the http functions",
		"Openapi writes the OpenAPI 3.1 document of an application's http functions: their routes, parameters, bodies and responses, from\n"+
			"the types of the handlers and their comments.", func(r *gen.Result, app *gen.App) ([]byte, annotations.Diagnostics, error) { return r.OpenAPI(app) })
}

func (t *tool) asyncapi() *cobra.Command {
	return t.documents("asyncapi", "Write the AsyncAPI document of the functions that take events",
		"Asyncapi writes the AsyncAPI 3.0 document of an application's events: the buckets, queues, topics and so on, by their logical\n"+
			"names, and what functions read from the messages, from the types of the handlers and their comments.",
		func(_ *gen.Result, app *gen.App) ([]byte, annotations.Diagnostics, error) {
			inspected, err := app.Inspect()
			if err != nil {
				return nil, nil, err
			}
			return inspected.AsyncAPI()
		})
}

// documents is a command that writes a document of an application.
func (t *tool) documents(name, short, long string, document func(*gen.Result, *gen.App) ([]byte, annotations.Diagnostics, error)) *cobra.Command {
	var file string
	var check bool
	cmd := &cobra.Command{
		Use:   name + " [DIR]",
		Short: short,
		Long: long + " What no schema can describe is noted. --check compares the file with\n" +
			"the code and ends with exit code 2 if it would be another.",
		Example: fmt.Sprintf("  faasgen %s > %[1]s.json\n  faasgen %[1]s -o %[1]s.json\n  faasgen %[1]s -o %[1]s.json --check", name),
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if check && file == "" {
				return usage("found --check without -o, expected the file to compare")
			}
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			r, app, err := t.application(cmd.Context(), dir)
			if err != nil {
				return err
			}
			text, notes, err := document(r, app)
			if err != nil {
				return err
			}
			t.print(notes)
			return t.deliver(text, file, check, "faasgen "+name)
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write, in place of standard output")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing: exit code 2 if the file of -o is not current")
	t.stageFlag(cmd.Flags())
	return cmd
}

// application is that of a folder, or the only one below it.
func (t *tool) application(ctx context.Context, dir string) (*gen.Result, *gen.App, error) {
	done := t.progress("reading")
	r, err := gen.Generate(ctx, t.options(dir))
	done()
	if err != nil {
		return nil, nil, err
	}
	if r.Diagnostics.Failed() {
		t.print(r.Diagnostics)
		return nil, nil, &failure{code: exitFailed}
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
		return nil, nil, &failure{code: exitUsage, text: fmt.Sprintf("found %d applications, expected one", len(apps)), hint: "name the folder of one: " + strings.Join(dirs, ", ")}
	}
	return r, apps[0], nil
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
