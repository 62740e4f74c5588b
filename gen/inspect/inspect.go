// Package inspect says what an application is made of, without generating anything of it: the graph of its functions and
// what they need, the configuration that it takes, samples of what its functions decode, secrets in its files. Applications
// come from gen.Read, which reads source alone, or from gen.App.Inspect.
package inspect

import (
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

// Application is one application that was read and has no mistakes. It answers questions about the graph and the configuration, so
// that package gen need not.
type Application struct {
	// Dir is the absolute folder of f.yml, Service its service.
	Dir, Service string

	graph *wiring.Graph
	plan  Plan
	env   []string
}

// Plan is how functions are grouped, as far as it matters here.
type Plan struct {
	Units []Unit
	// All is the name that stands for every function.
	All string
	// Groups are the functions of each group of f.yml, by the group's name.
	Groups map[string][]string
	// Spec is f.yml at the requested stage, or at the default one.
	Spec *spec.Spec
}

// Unit is one unit of a plan.
type Unit struct {
	Name      string
	Settings  spec.Settings
	Functions []*model.Function
	// Stored are the variables whose references secrets of f.yml make, and whether they lead to a store of the target, which checks them.
	Stored map[string]bool
}

// New is for gen: g is the solved application, p what is planned for the generated code, and env the environment of the
// command, which configuration may come from.
func New(g *wiring.Graph, p Plan, env []string) *Application {
	return &Application{Dir: g.App.Dir, Service: g.App.Spec.Service, graph: g, plan: p, env: env}
}

// Units are those that the generated code is made for, each function by itself.
func (a *Application) Units() []Unit { return a.plan.Units }
