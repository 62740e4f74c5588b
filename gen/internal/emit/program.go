package emit

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

// Program writes the main package that runs an application package on a target: it names the loop and the codecs, and nothing
// else, so that nothing else is linked. What says whom it serves, such as: the unit order-create.
func Program(what, targetName, application string, e target.Entry) []byte {
	imports := []string{application}
	symbol := func(s target.Symbol) string {
		if !slices.Contains(imports, s.Import) {
			imports = append(imports, s.Import)
		}
		return path.Base(s.Import) + "." + s.Name
	}
	args := []string{path.Base(application) + ".New"}
	run := symbol(target.Symbol{Import: e.Loop, Name: "Run"})
	for _, c := range e.Codecs {
		args = append(args, symbol(c)+"()")
	}
	slices.Sort(imports)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n\n// Command %s runs %s.\npackage main\n\nimport (\n", Header, targetName, what)
	for _, i := range imports {
		fmt.Fprintf(&b, "\t%q\n", i)
	}
	fmt.Fprintf(&b, ")\n\nfunc main() {\n\t%s(%s)\n}\n", run, strings.Join(args, ", "))
	return b.Bytes()
}
