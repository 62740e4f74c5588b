package cli

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/framework/adapter"
)

const (
	module = "github.com/faasgen/faasgen"
	// devel is the version of a working copy.
	devel = "(devel)"
)

// facts is what "version --json" prints.
type facts struct {
	// Version is that of the module, "(devel)" when it was built from its own working copy.
	Version string `json:"version"`
	Go      string `json:"go"`
	// Contract is the number of the contract between generated code and the framework.
	Contract int `json:"contract"`
}

func version() facts {
	f := facts{Version: devel, Go: runtime.Version(), Contract: contract()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return f
	}
	modules := append([]*debug.Module{&info.Main}, info.Deps...) // as a tool of another module we are a dependency
	for _, m := range modules {
		if m.Path == module && m.Version != "" {
			f.Version = m.Version
			if m.Replace != nil || strings.HasSuffix(m.Version, "+dirty") {
				f.Version = devel // these files exist only here
			}
		}
	}
	return f
}

// contract is the length of the array that parameterises adapter.LatestVersion: its type's name is
// Version[[1]struct {}].
func contract() int {
	var n int
	_, _ = fmt.Sscanf(reflect.TypeFor[adapter.LatestVersion]().Name(), "Version[[%d]", &n)
	return n
}

func (t *tool) version() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			f := version()
			if asJSON {
				return t.encode(f)
			}
			_, err := fmt.Fprintf(t.out, "faasgen %s %s contract %d\n", f.Version, f.Go, f.Contract)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}
