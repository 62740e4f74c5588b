package cli

import (
	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen/spec"
)

func (t *tool) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of f.yml, for editors",
		Example: "  faasgen schema > f.schema.json\n" +
			"  # then, as the first line of f.yml:  # yaml-language-server: $schema=./f.schema.json",
		Args: arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := t.out.Write(spec.Schema())
			return err
		},
	}
}
