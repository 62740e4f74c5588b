package cli

import (
	"math"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen/spec/edit"
)

func (t *tool) split() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "split FUNCTION...",
		Short: "Take functions out of their group, in f.yml",
		Long: "Split takes functions out of the groups that they are in, so that each is deployed as a unit by itself: a name is\n" +
			"removed from functions, and what a pattern matches is left out by !NAME in functionsPattern. A group that has no\n" +
			"function left is removed. Only the lines of f.yml that have to change do: comments and order stay.\n\n" +
			"It shows the difference and the groups, and writes f.yml only with --write. Where f.yml has a form that cannot be\n" +
			"edited, and for a function that a group has by a route, it prints the lines to write by hand; the exit code is 1.",
		Example: "  faasgen split order-pay\n  faasgen split order-pay --write",
		Args:    arguments(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.regroup(cmd.Context(), args, write, func(source []byte, app edit.Application) (*edit.Result, error) {
				return edit.Split(source, args, app)
			})
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "write f.yml")
	t.stageFlag(cmd.Flags())
	return cmd
}
