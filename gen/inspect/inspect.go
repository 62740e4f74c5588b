// Package inspect says what an application is made of, without generating anything of it: the graph of its functions and
// what they need, the configuration that it takes, samples of what its functions decode, secrets in its files. gen.Read reads
// applications to be asked, and gen.App.Inspect is one that was generated.
package inspect

import (
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Application is one application that was read and has no mistakes.
type Application struct {
	// Dir is the absolute folder of f.yml, Service its service.
	Dir, Service string

	graph *wiring.Graph
	plan  *plan.Plan
	env   []string
}

// New is for gen: g is the solved application, p what is planned for the generated code, and env the environment of the
// command, which configuration may come from.
func New(g *wiring.Graph, p *plan.Plan, env []string) *Application {
	return &Application{Dir: g.App.Dir, Service: g.App.Spec.Service, graph: g, plan: p, env: env}
}
