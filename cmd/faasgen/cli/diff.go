package cli

import (
	"io"

	"github.com/spf13/cobra"
)

func (t *tool) diff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff [DIR]",
		Short: "Show what generate would change; exit code 2 if anything",
		Args:  arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			r, err := t.solve(cmd.Context(), t.options(dir))
			if err != nil {
				return err
			}
			text, err := r.Diff()
			if err != nil || text == "" {
				return err
			}
			if _, err := io.WriteString(t.out, text); err != nil {
				return err
			}
			return &failure{code: exitUsage}
		},
	}
}
