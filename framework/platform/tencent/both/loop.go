// Package both runs a unit as the kind of function that it was deployed as: a web function by the loop of tencent/web, every
// other by that of tencent/custom. One package then serves the web functions and the event functions of an application, at the
// price of linking what either needs; where all are of one kind, that kind's own loop is smaller.
//
// # Which kind it is
//
// SCF starts web functions by the file scf_bootstrap and event functions by the file bootstrap, and never the other one. So
// bootstrap is the program, and scf_bootstrap a script next to it that runs the program with the argument [Web]. The variables
// of the runtime API would say less: no document excludes that web functions have them, too.
package both

import (
	"os"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent/custom"
	"github.com/faasgen/faasgen/framework/platform/tencent/web"
)

// Web is the argument that scf_bootstrap passes on.
const Web = "web"

// Run runs the unit and never returns. The codecs are for event functions; requests of a web function come as http.
func Run(n platform.New, codecs ...platform.Codec) {
	if isWeb(os.Args) {
		web.Run(n)
	}
	custom.Run(n, codecs...)
}

// isWeb reports whether the command line is that of a web function.
func isWeb(args []string) bool { return len(args) > 1 && args[1] == Web }
