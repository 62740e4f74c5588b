package cli

import (
	"math"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec/edit"
)

func (t *tool) group() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "group NAME FUNCTION...",
		Short: "Put functions into one deployed unit, in f.yml",
		Long: "Group puts functions into the group NAME below aggregation in f.yml, which is added if there is none, and takes them\n" +
			"out of the groups that they are in. A group that has no function left is removed. Only the lines that have to change\n" +
			"do: comments and order stay.\n\n" +
			"It shows the difference and the groups, and writes f.yml only with --write. Where f.yml has a form that cannot be\n" +
			"edited, such as groups in braces, anchors and aliases, it prints the lines to write by hand; the exit code is 1.",
		Example: "  faasgen group orders order-create order-list\n  faasgen group orders order-pay --write",
		Args:    arguments(2, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !annotations.ValidName(args[0]) {
				return usage("found %s as the name of a group, expected 2 to 60 letters, digits and dashes that start with a letter", quote(args[0]))
			}
			return t.regroup(cmd.Context(), args[1:], write, func(source []byte, app edit.Application) (*edit.Result, error) {
				return edit.Group(source, args[0], args[1:], app)
			})
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "write f.yml")
	t.stageFlag(cmd.Flags())
	return cmd
}
