package cli

import (
	"go/token"
	"slices"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen/inspect/client"
)

func (t *tool) client() *cobra.Command {
	var language, pkg, file string
	var check bool
	cmd := &cobra.Command{
		Use:   "client --lang go|ts [DIR]",
		Short: "Write a client of the http functions, in Go or TypeScript",
		Long: "Client writes one file without dependencies that calls an application's http functions: a method for each operation of the OpenAPI\n" +
			"document, the types, and an error type. Go uses net/http, TypeScript fetch. --check compares the file with the code and ends with\n" +
			"exit code 2 if it would be another.",
		Example: "  faasgen client --lang ts -o web/client.ts\n  faasgen client --lang go -o client/client.go\n  faasgen client --lang go -o client/client.go --check",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			of := client.Language(language)
			switch {
			case language == "":
				return usage("found no --lang, expected go or ts")
			case !slices.Contains(client.Languages(), of):
				return usage("found --lang %s, expected go or ts", language)
			case check && file == "":
				return usage("found --check without -o, expected the file to compare")
			case cmd.Flags().Changed("package") && of != client.Go:
				return usage("found --package with --lang %s, which has no packages", language)
			case !token.IsIdentifier(pkg) || pkg == "_":
				return usage("found --package %q, expected a name of Go", pkg)
			}
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			_, app, err := t.application(cmd.Context(), dir)
			if err != nil {
				return err
			}
			a, err := app.Inspect()
			if err != nil {
				return err
			}
			text, notes, err := a.Client(of, pkg)
			if err != nil {
				return err
			}
			t.print(notes)
			command := "faasgen client --lang " + language
			if cmd.Flags().Changed("package") {
				command += " --package " + pkg
			}
			return t.deliver(text, file, check, command)
		},
	}
	cmd.Flags().StringVar(&language, "lang", "", "the language: go or ts")
	cmd.Flags().StringVar(&pkg, "package", "client", "the package of a client in Go")
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write, in place of standard output")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing: exit code 2 if the file of -o is not current")
	t.stageFlag(cmd.Flags())
	return cmd
}

// languageNames are those that clients are written in.
func languageNames() (names []string) {
	for _, l := range client.Languages() {
		names = append(names, string(l))
	}
	return names
}
