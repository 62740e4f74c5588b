package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen"
)

func (t *tool) format() *cobra.Command {
	check := false
	cmd := &cobra.Command{
		Use:   "fmt [DIR]",
		Short: "Format f.yml and directives",
		Long: "Fmt brings f.yml and the directives of every application in or below DIR, or of the one that DIR is in, into one form,\n" +
			"and prints the files that it changed. Nothing but spaces, blank lines and the quotes of directives changes: order, line\n" +
			"breaks, comments and the style of lists and maps stay. Go files keep all but their directives; gofmt is for the rest.\n" +
			"Generated code, vendor, testdata and other modules are left alone, and so are directives that check reports as unreadable.\n\n" +
			"A file that cannot be parsed is an error and stays as it is, and the others are formatted; the exit code is 1. With --check\n" +
			"nothing is written: the difference is shown, and the exit code is 2 if there is one.",
		Example: "  faasgen fmt\n  faasgen fmt --check ./...",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			files, ds, err := gen.Format(cmd.Context(), gen.Options{Dir: dir})
			if err != nil {
				return err
			}
			t.print(ds)
			failed := ds.Failed()
			for _, f := range files {
				if err := cmd.Context().Err(); err != nil {
					return err
				}
				shown := relative(t.dir, f.Path)
				if check {
					if err := t.showChange(shown, f.Before, f.After); err != nil {
						return err
					}
					continue
				}
				if err := t.replaceFile(f.Path, f.Before, f.After); err != nil {
					t.report(err)
					failed = true
					continue
				}
				fmt.Fprintln(t.out, shown)
			}
			switch {
			case failed:
				return &failure{code: exitFailed}
			case check && len(files) > 0:
				return &failure{code: exitUsage}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "show what would change, and write nothing; exit code 2 if anything")
	return cmd
}
